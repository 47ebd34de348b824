//! The event log's reading side: what somebody has missed, as it is now.

use rusqlite::Connection;
use serde::Serialize;
use utoipa::ToSchema;

use super::store::{list_rows, Row};
use crate::accounts::sessions::Sessions;
use crate::accounts::{self, Person};
use crate::chats::{self, Chat};
use crate::error::Result;
use crate::ids::{ChatId, UserId};
use crate::messages::{self, Message};

/// Events of one answer.
pub const PAGE: i64 = 200;

/// One event on the wire.
#[derive(Debug, Serialize, ToSchema)]
pub struct Frame {
    /// Always "event".
    #[serde(rename = "type")]
    pub frame: &'static str,
    pub id: i64,
    pub kind: String,
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
}

/// The events after a cursor that somebody may see, in order: at most [`PAGE`], and whether there are more.
pub fn since(
    connection: &Connection,
    sessions: &Sessions,
    user: UserId,
    cursor: i64,
    head: i64,
) -> Result<(Vec<Frame>, bool)> {
    let mut rows = list_rows(connection, user, cursor, head, PAGE + 1)?;
    let more = rows.len() as i64 > PAGE;
    rows.truncate(PAGE as usize);
    let mut frames = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(data) = data(connection, sessions, &row)? else {
            continue;
        };
        frames.push(Frame {
            frame: "event",
            id: row.id,
            kind: row.kind,
            chat_id: row.chat,
            data,
        });
    }
    Ok((frames, more))
}

fn data(connection: &Connection, sessions: &Sessions, row: &Row) -> Result<Option<Data>> {
    Ok(match (row.kind.as_str(), row.chat, row.user, row.message) {
        (_, Some(_), _, Some(message)) => messages::store::find_message(connection, message, "")?
            .map(Box::new)
            .map(Data::Message),
        ("read", Some(chat), Some(user), _) => {
            chats::members::store::find_member(connection, chat, user)?.map(|member| Data::Read {
                chat_id: chat,
                user_id: user,
                seq: member.read_seq,
            })
        }
        ("member.added", Some(chat_id), Some(user_id), _) => {
            chats::store::find_chat(connection, chat_id, "")?.map(|chat| Data::Added {
                chat_id,
                user_id,
                chat: Box::new(chat),
            })
        }
        ("member.removed", Some(chat_id), Some(user_id), _) => Some(Data::Member { chat_id, user_id }),
        (_, Some(chat), ..) => chats::store::find_chat(connection, chat, "")?
            .map(Box::new)
            .map(Data::Chat),
        (_, None, Some(user), _) => {
            accounts::store::find_user(connection, user)?.map(|user| Data::User(Box::new(sessions.person(&user, ""))))
        }
        (_, None, None, _) => None,
    })
}
