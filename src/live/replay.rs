//! The event log's reading side: what somebody has missed, as it is now.

use std::collections::HashSet;

use bytes::Bytes;
use rusqlite::Connection;
use serde::Serialize;
use utoipa::ToSchema;

use super::frame;
use super::frames::{Frames, Moment};
use super::log::{is_own, SERVER_UPDATED};
use super::recent::Recent;
use super::store::{self, list_rows, share_chat};
use crate::accounts::sessions::Sessions;
use crate::accounts::{self, Person};
use crate::chats::members::store::{find_member, list_chat_ids, list_members};
use crate::chats::{self, Chat};
use crate::clock;
use crate::db::Told;
use crate::error::Result;
use crate::house::store::get_house;
use crate::house::Order;
use crate::ids::{ChatId, UserId};
use crate::messages::{self, Message};
use crate::order::store::{find_silence, get_desk};
use crate::order::{Desk, Silence};

/// Events of one answer.
const PAGE: usize = 200;
/// Bytes of events after which a page for a socket ends: with its last event, however long, it leaves room for answers.
pub const PAGE_BYTES: usize = 160 * 1024;

/// One event on the wire.
#[derive(Debug, Serialize, ToSchema)]
pub struct Frame {
    /// Always "event".
    #[serde(rename = "type")]
    pub frame: &'static str,
    pub id: i64,
    pub kind: &'static str,
    pub chat_id: Option<ChatId>,
    pub data: Data,
}

/// What an event is about, as the API shows it, with URLs as paths from the root.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Data {
    Message(Box<Message>),
    Chat(Box<Chat>),
    Added {
        chat_id: ChatId,
        user_id: UserId,
        chat: Box<Chat>,
    },
    Member {
        chat_id: ChatId,
        user_id: UserId,
    },
    User(Box<Person>),
    Read {
        chat_id: ChatId,
        user_id: UserId,
        seq: i64,
    },
    Muted {
        chat_id: ChatId,
        user_id: UserId,
        muted: bool,
    },
    Silenced(Silence),
    Desk(Desk),
    Server(Box<Order>),
}

/// Where a client says it is.
#[derive(Debug, Clone, Copy)]
pub enum Cursor {
    Now,
    At(i64),
    /// A number that no log of ours has reached: below zero or beyond 64 bits.
    Unknown,
}

/// Whether a client can go on from where it is.
#[derive(Debug, Clone, Copy)]
pub enum Begun {
    At {
        cursor: i64,
        head: i64,
    },
    /// It can't be told all that it missed; why.
    Reset {
        reason: &'static str,
        head: i64,
    },
}

/// Looks where a client is in the log of this epoch.
pub fn begin(connection: &Connection, same_epoch: bool, cursor: Cursor) -> Result<Begun> {
    let head = store::head(connection)?;
    let reason = match cursor {
        _ if !same_epoch => Some("epoch"),
        Cursor::Unknown => Some("unknown"),
        Cursor::At(at) if at > head => Some("unknown"),
        Cursor::At(at) if !store::reaches(connection, at, head)? => Some("too_far"),
        Cursor::At(_) | Cursor::Now => None,
    };
    Ok(match (reason, cursor) {
        (Some(reason), _) => Begun::Reset { reason, head },
        (None, Cursor::At(cursor)) => Begun::At { cursor, head },
        (None, _) => Begun::At { cursor: head, head },
    })
}

/// Whether an event may be for somebody who is in these chats now: what happened in them, what is his own, his comings and
/// goings. Of people only [`visible`] knows whether he shares a chat with them.
fn concerns(event: &Told, user: UserId, chats: &HashSet<ChatId>) -> bool {
    let in_chat = event.chat_id.is_some_and(|chat| chats.contains(&chat));
    match event.kind {
        "user.updated" => in_chat || event.chat_id.is_none(),
        SERVER_UPDATED => true,
        // One's own of a chat only while one is in it.
        kind if is_own(kind) => (in_chat || event.chat_id.is_none()) && event.user_id == Some(user),
        "member.removed" => in_chat || event.user_id == Some(user),
        _ => in_chat,
    }
}

/// A part of the log as somebody may see it.
struct Part {
    events: Vec<Told>,
    /// The last event that was looked at.
    cursor: i64,
    /// Whether there is more to look at.
    more: bool,
}

/// What somebody in these chats may see of the events after a cursor and up to `head`: a part of at most [`PAGE`].
fn visible(
    recent: &Recent,
    connection: &Connection,
    (user, chats): (UserId, &HashSet<ChatId>),
    cursor: i64,
    head: i64,
) -> Result<Part> {
    let wanted = |event: &Told| concerns(event, user, chats);
    let mut events = match recent.list(cursor, head, PAGE + 1, wanted) {
        Some(events) => events,
        None => list_rows(connection, cursor, head, PAGE + 1, wanted)?,
    };
    let more = events.len() > PAGE;
    events.truncate(PAGE);
    let cursor = events.last().filter(|_| more).map_or(head, |event| event.id);
    let mut part = Part {
        events: Vec::with_capacity(events.len()),
        cursor,
        more,
    };
    for event in events {
        let stranger = event
            .user_id
            // One that is told in a chat is for all who are in it.
            .filter(|other| event.kind == "user.updated" && *other != user && event.chat_id.is_none());
        if stranger.map_or(Ok(true), |other| share_chat(connection, user, other))? {
            part.events.push(event);
        }
    }
    Ok(part)
}

/// What somebody may see of the events after a cursor: at most [`PAGE`] of them.
pub struct Since {
    pub frames: Vec<Frame>,
    /// To go on from.
    pub cursor: i64,
    /// Whether there is more.
    pub more: bool,
    /// The chats that he is in.
    pub chats: HashSet<ChatId>,
}

/// What somebody may see of the events after a cursor, as they are now.
pub fn since(
    recent: &Recent,
    connection: &Connection,
    sessions: &Sessions,
    user: UserId,
    cursor: i64,
) -> Result<Since> {
    let head = store::head(connection)?;
    let chats = list_chat_ids(connection, user)?.into_iter().collect();
    let part = visible(recent, connection, (user, &chats), cursor, head)?;
    let mut frames = Vec::with_capacity(part.events.len());
    for event in part.events {
        frames.extend(frame(connection, sessions, &event)?);
    }
    Ok(Since {
        frames,
        cursor: part.cursor,
        more: part.more,
        chats,
    })
}

/// A part of what a socket has missed, ready for the wire.
pub struct Missed {
    pub frames: Vec<Bytes>,
    /// The last event that is in it or was passed over.
    pub cursor: i64,
    /// The chats that its person is in, where nothing is left after it.
    pub chats: Option<Vec<ChatId>>,
}

/// What a socket of somebody has missed after a cursor, up to some size. Where the log does not reach back so far, that.
pub fn missed(view: View<'_>, connection: &Connection, user: UserId, cursor: i64) -> Result<Missed> {
    let head = store::head(connection)?;
    if !store::reaches(connection, cursor, head)? {
        return Ok(Missed {
            frames: vec![frame::reset("too_far", head)],
            cursor: head,
            chats: Some(list_chat_ids(connection, user)?),
        });
    }
    let chats: HashSet<ChatId> = list_chat_ids(connection, user)?.into_iter().collect();
    let part = visible(view.recent, connection, (user, &chats), cursor, head)?;
    let (mut frames, mut bytes, mut last) = (Vec::with_capacity(part.events.len()), 0, cursor);
    for event in &part.events {
        if bytes > PAGE_BYTES {
            return Ok(Missed {
                frames,
                cursor: last,
                chats: None,
            });
        }
        last = event.id;
        if let Some(frame) = view.encoded(connection, event)? {
            bytes += frame.len();
            frames.push(frame);
        }
    }
    Ok(Missed {
        frames,
        cursor: part.cursor,
        chats: (!part.more).then(|| chats.into_iter().collect()),
    })
}

/// What events are shown with.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub sessions: &'a Sessions,
    pub frames: &'a Frames,
    pub recent: &'a Recent,
    /// From before the database was read.
    pub moment: Moment,
}

impl View<'_> {
    /// An event's frame, encoded now or before; None where its object is gone.
    fn encoded(self, connection: &Connection, event: &Told) -> Result<Option<Bytes>> {
        if let Some(frame) = self.frames.find(event) {
            return Ok(Some(frame));
        }
        let Some(shown) = frame(connection, self.sessions, event)? else {
            return Ok(None);
        };
        let frame = frame::text(&shown)?;
        self.frames.keep(self.moment, event, &frame);
        Ok(Some(frame))
    }
}

/// An event as it goes to everybody who may hear it.
#[derive(Debug, Clone)]
pub struct Shown {
    pub frame: Bytes,
    /// Who is in a new chat.
    pub users: Vec<UserId>,
    /// The chats of a changed person.
    pub chats: Vec<ChatId>,
}

/// The events of a commit as they are shown, each with its frame encoded; None for one whose object is gone.
pub fn show(view: View<'_>, connection: &Connection, events: &[Told]) -> Result<Vec<Option<Shown>>> {
    let snapshot = connection.unchecked_transaction()?;
    let show = |event: &Told| -> Result<Option<Shown>> {
        let Some(frame) = view.encoded(&snapshot, event)? else {
            return Ok(None);
        };
        let users = match (event.kind, event.chat_id) {
            ("chat.created", Some(chat)) => list_members(&snapshot, chat)?,
            _ => Vec::new(),
        };
        let chats = match (event.kind, event.user_id) {
            ("user.updated", Some(user)) => match event.chat_id {
                Some(chat) => vec![chat],
                None => list_chat_ids(&snapshot, user)?,
            },
            _ => Vec::new(),
        };
        Ok(Some(Shown { frame, users, chats }))
    };
    events.iter().map(show).collect()
}

fn frame(connection: &Connection, sessions: &Sessions, event: &Told) -> Result<Option<Frame>> {
    Ok(data(connection, sessions, event)?.map(|data| Frame {
        frame: "event",
        id: event.id,
        kind: event.kind,
        chat_id: event.chat_id,
        data,
    }))
}

fn person(connection: &Connection, sessions: &Sessions, user: UserId) -> Result<Option<Data>> {
    let user = accounts::store::find_user(connection, user)?;
    Ok(user.map(|user| Data::User(Box::new(sessions.person(&user, "")))))
}

fn data(connection: &Connection, sessions: &Sessions, event: &Told) -> Result<Option<Data>> {
    Ok(match (event.kind, event.chat_id, event.user_id, event.message_id) {
        (_, Some(_), _, Some(message)) => messages::store::find_message(connection, message, "")?
            .map(Box::new)
            .map(Data::Message),
        ("read", Some(chat), Some(user), _) => find_member(connection, chat, user)?.map(|member| Data::Read {
            chat_id: chat,
            user_id: user,
            seq: member.read_seq,
        }),
        ("muted", Some(chat), Some(user), _) => find_member(connection, chat, user)?.map(|member| Data::Muted {
            chat_id: chat,
            user_id: user,
            muted: member.muted,
        }),
        ("member.added", Some(chat_id), Some(user_id), _) => {
            chats::store::find_chat(connection, chat_id, "")?.map(|chat| Data::Added {
                chat_id,
                user_id,
                chat: Box::new(chat),
            })
        }
        ("member.removed" | "boxes.updated" | "held.refused", Some(chat_id), Some(user_id), _) => {
            Some(Data::Member { chat_id, user_id })
        }
        ("user.updated", _, Some(user), _) => person(connection, sessions, user)?,
        (_, Some(chat), ..) => chats::store::find_chat(connection, chat, "")?
            .map(Box::new)
            .map(Data::Chat),
        ("silenced", _, Some(user), _) => Some(Data::Silenced(find_silence(connection, user)?)),
        ("desk.updated", _, Some(user), _) => Some(Data::Desk(get_desk(connection, user)?)),
        (_, None, Some(user), _) => person(connection, sessions, user)?,
        (SERVER_UPDATED, ..) => Some(Data::Server(Box::new(get_house(connection)?.order(clock::now())))),
        (_, None, None, _) => None,
    })
}
