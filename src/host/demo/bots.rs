//! The three who live: they are here, hear what is said, take their time to type, and answer who speaks to them.
//!
//! They read the log as a client that polls does and send through the transaction that every message takes, so whatever
//! keeps people in order keeps them, too.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use rand::RngExt;
use rocket::fairing::AdHoc;
use tokio::time::{sleep, sleep_until, Instant};

use super::cast::{BOTS, CLASS};
use super::script::{answer, REACTIONS, TALK};
use super::store::{find_chat, find_user};
use crate::accounts::names::fold;
use crate::accounts::presence::Here;
use crate::chats::members::store::find_member;
use crate::error::Result;
use crate::ids::{ChatId, MessageId, UserId};
use crate::live::frame;
use crate::live::replay::{self, Data};
use crate::live::socket::Live;
use crate::messages::reactions::store::insert_reaction;
use crate::messages::sending::{send_once, Place};
use crate::messages::store::{find_message, visible};
use crate::messages::{Message, NewMessage};

/// Milliseconds between two lines of the bots' own talk.
const BETWEEN: Range<u64> = 18_000..40_000;
/// Before the first.
const FIRST: Duration = Duration::from_secs(6);
/// Between two tellings that somebody types, which lapse after six seconds.
const TYPING: Duration = Duration::from_secs(3);

/// Wakes the bots once the server listens.
pub fn fairing() -> AdHoc {
    AdHoc::on_liftoff("bots", |rocket| {
        Box::pin(async move {
            if let Some(live) = rocket.state::<Arc<Live>>() {
                let live = Arc::clone(live);
                tokio::spawn(async move {
                    if let Err(error) = run(&live).await {
                        if !live.db.is_stopped() {
                            tracing::warn!(?error, "the bots fell asleep");
                        }
                    }
                });
            }
        })
    })
}

/// A while by chance, in milliseconds.
fn between(milliseconds: Range<u64>) -> Duration {
    Duration::from_millis(rand::rng().random_range(milliseconds))
}

struct Bot {
    name: &'static str,
    user: UserId,
    /// The last event it knows of.
    cursor: i64,
    _here: Here,
}

/// A message as a bot hears it.
struct Heard {
    message: Message,
    /// Whether it is to this bot.
    to_me: bool,
    private: bool,
}

async fn run(live: &Arc<Live>) -> Result<()> {
    let mut bell = live.hub.listen();
    let found = live.db.read(|connection| {
        let users = BOTS.map(|name| Ok((name, find_user(connection, name)?)));
        let users = users.into_iter().collect::<Result<Vec<_>>>()?;
        let begun = replay::begin(connection, true, replay::Cursor::Now)?;
        Ok((users, find_chat(connection, CLASS)?, begun))
    });
    let (users, class, begun) = found.await?;
    let (replay::Begun::At { cursor, .. } | replay::Begun::Reset { head: cursor, .. }) = begun;
    let mut bots: Vec<Bot> = users
        .into_iter()
        .filter_map(|(name, user)| {
            let user = user?;
            Some(Bot {
                name,
                user,
                cursor,
                _here: live.sessions.presence().enter(user),
            })
        })
        .collect();
    let ids: Vec<UserId> = bots.iter().map(|bot| bot.user).collect();
    let mut talk = TALK.iter().cycle();
    let mut due = Instant::now() + FIRST;
    loop {
        tokio::select! {
            rung = bell.changed() => if rung.is_err() { return Ok(()) },
            () = sleep_until(due) => {
                due = Instant::now() + between(BETWEEN);
                // Nobody is here to read it.
                if live.hub.is_quiet() {
                    continue;
                }
                if let (Some((name, text)), Some(class)) = (talk.next(), class) {
                    if let Some(bot) = bots.iter().find(|bot| bot.name == *name) {
                        tokio::spawn(say(Arc::clone(live), bot.user, class, (*text).to_owned(), None));
                    }
                }
                continue;
            }
        }
        for bot in &mut bots {
            for heard in hear(live, bot).await? {
                if !ids.contains(&heard.message.from_user) {
                    respond(live, bot, &heard);
                }
            }
        }
    }
}

/// What was sent since, where this bot is.
async fn hear(live: &Arc<Live>, bot: &mut Bot) -> Result<Vec<Heard>> {
    let (reading, user, cursor, name) = (Arc::clone(live), bot.user, bot.cursor, bot.name);
    let (heard, cursor) = live
        .db
        .read(move |connection| {
            let since = replay::since(reading.hub.recent(), connection, &reading.sessions, user, cursor)?;
            let mut heard = Vec::new();
            for frame in since.frames.into_iter().filter(|frame| frame.kind == "message.created") {
                let Data::Message(message) = frame.data else { continue };
                let private = find_member(connection, message.chat_id, user)?.is_some_and(|member| member.private);
                let quoted = message
                    .reply_to
                    .map(|id| find_message(connection, id, ""))
                    .transpose()?;
                let quotes_me = quoted.flatten().is_some_and(|quoted| quoted.from_user == user);
                let names_me = fold(&message.text)
                    .split(|letter: char| !letter.is_alphanumeric())
                    .any(|word| word == name);
                heard.push(Heard {
                    to_me: private || quotes_me || names_me,
                    private,
                    message: *message,
                });
            }
            Ok((heard, since.cursor))
        })
        .await?;
    bot.cursor = cursor;
    Ok(heard)
}

fn respond(live: &Arc<Live>, bot: &Bot, heard: &Heard) {
    let (live, user, message) = (Arc::clone(live), bot.user, &heard.message);
    if heard.to_me {
        let quoted = (!heard.private).then_some(message.id);
        let text = answer(&message.text).to_owned();
        tokio::spawn(say(live, user, message.chat_id, text, quoted));
    } else if message.id.0 % BOTS.len() as i64 == user.0 % BOTS.len() as i64 {
        let emoji = REACTIONS[message.id.0.unsigned_abs() as usize % REACTIONS.len()];
        tokio::spawn(react(live, user, message.id, emoji));
    }
}

/// Reads, types for as long as a quick person would, and sends.
async fn say(live: Arc<Live>, user: UserId, chat: ChatId, text: String, reply_to: Option<MessageId>) {
    sleep(between(500..1200)).await;
    let end = Instant::now() + Duration::from_millis((800 + 35 * text.chars().count() as u64).min(6000));
    while Instant::now() < end {
        live.hub.mention(chat, Some(user), frame::typing(chat, user));
        sleep_until(end.min(Instant::now() + TYPING)).await;
    }
    let new = NewMessage {
        text,
        client_id: None,
        reply_to,
        photo: None,
        file: None,
    };
    let sent = live.db.write(move |tx| send_once(tx, Place::Path(chat), user, new));
    if let Err(error) = sent.await {
        tracing::debug!(?error, "a bot was not heard");
    }
}

async fn react(live: Arc<Live>, user: UserId, message: MessageId, emoji: &'static str) {
    sleep(between(1200..3500)).await;
    let set = live.db.write(move |tx| {
        let (row, member) = visible(tx, message, user)?;
        match row.deleted {
            true => Ok(()),
            false => insert_reaction(tx, (member.chat, row.id), user, emoji),
        }
    });
    if let Err(error) = set.await {
        tracing::debug!(?error, "a bot's reaction was not set");
    }
}
