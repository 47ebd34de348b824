//! What is told at most once a second, and stands in no log: who came and went, and how far others have read.
//!
//! Five hundred people who come at once, or read one message, are a few frames and not five hundred times five hundred.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection as Database;

use super::connection::Connection;
use super::frame::{self, Presence};
use super::hub::Hub;
use super::shard::Change;
use super::socket::Live;
use crate::accounts::sessions::Sessions;
use crate::accounts::store::{find_last_online, list_acquaintances};
use crate::chats::members::store::{find_member, list_chat_ids};
use crate::clock;
use crate::db::Db;
use crate::error::Result;
use crate::ids::{ChatId, UserId};

/// Between two tellings.
const EVERY: Duration = Duration::from_secs(1);

/// Tells what has gathered, and looks after the sockets, for as long as the database lives.
pub async fn run(live: Arc<Live>) {
    let Live { hub, sessions, db, .. } = &*live;
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while !db.is_stopped() {
        tick.tick().await;
        hub.look_after_sockets();
        if let Err(error) = tell(hub, sessions, db).await {
            if !db.is_stopped() {
                tracing::warn!(?error, "who is here, or who has read what, was not told");
            }
        }
    }
}

async fn tell(hub: &Hub, sessions: &Arc<Sessions>, db: &Db) -> Result<()> {
    let (changes, read, fresh) = (sessions.presence().take_changes(), hub.take_read(), hub.take_fresh());
    if hub.is_quiet() || changes.is_empty() && read.is_empty() && fresh.is_empty() {
        return Ok(());
    }
    let known = Arc::clone(sessions);
    let gathered = db.read(move |database| {
        let mut marks: BTreeMap<ChatId, Vec<(UserId, i64)>> = BTreeMap::new();
        for (chat, user) in read {
            if let Some(member) = find_member(database, chat, user)? {
                marks.entry(chat).or_default().push((user, member.read_seq));
            }
        }
        let mut told = Vec::with_capacity(changes.len());
        for (user, online) in changes {
            if let Some(presence) = presence(database, &known, user, online)? {
                let chats = list_chat_ids(database, user)?;
                told.push(Change { presence, chats });
            }
        }
        let changed: HashSet<UserId> = told.iter().map(|change| change.presence.user_id).collect();
        Ok((marks, told, welcome(database, &known, fresh, &changed)?))
    });
    let (marks, changes, welcomes) = gathered.await?;
    for (socket, frame) in welcomes {
        socket.say(frame);
    }
    if !changes.is_empty() {
        hub.mention_changes(changes);
    }
    for (chat, marks) in marks {
        hub.mention(chat, None, frame::seen(chat, &marks));
    }
    Ok(())
}

fn presence(database: &Database, sessions: &Sessions, user: UserId, online: bool) -> Result<Option<Presence>> {
    Ok(find_last_online(database, user)?.map(|stored| Presence {
        user_id: user,
        online,
        last_online: clock::rfc3339(sessions.last_seen(user, stored)),
    }))
}

/// Who of their acquaintances is here, for sockets that have just come: what they read in a snapshot is older than the
/// first change that they are told. Who has just `changed` is told to everybody.
fn welcome(
    database: &Database,
    sessions: &Sessions,
    fresh: Vec<Arc<Connection>>,
    changed: &HashSet<UserId>,
) -> Result<Vec<(Arc<Connection>, bytes::Bytes)>> {
    let mut frames: HashMap<UserId, Option<bytes::Bytes>> = HashMap::new();
    let mut welcomes = Vec::with_capacity(fresh.len());
    for socket in fresh {
        let frame = match frames.get(&socket.user) {
            Some(frame) => frame.clone(),
            None => {
                let others = list_acquaintances(database, socket.user)?;
                let here: Vec<Presence> = others
                    .iter()
                    .filter(|other| other.id != socket.user && !changed.contains(&other.id))
                    .filter(|other| sessions.presence().is_online(other.id))
                    .map(|other| Presence {
                        user_id: other.id,
                        online: true,
                        last_online: clock::rfc3339(sessions.last_seen(other.id, other.last_online)),
                    })
                    .collect();
                let frame = (!here.is_empty()).then(|| frame::presence(here.iter()));
                frames.insert(socket.user, frame.clone());
                frame
            }
        };
        welcomes.extend(frame.map(|frame| (socket, frame)));
    }
    Ok(welcomes)
}
