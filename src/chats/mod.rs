//! Chats: private ones of two people, groups of many; who is in them and how far each has read.
//!
//! Promise: what a person is not in does not exist for him. A [`Member`] is the proof that he is; the SQL of messages
//! asks for one, so the check can't be forgotten, nor go stale, since both run in one transaction.

pub mod boxes;
pub mod everyone;
pub mod links;
pub mod members;
pub mod retention;
pub mod routes;
pub mod store;

use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::Role;
use crate::clock;
use crate::ids::{ChatId, MessageId, UserId};
use crate::messages::Message;

/// Characters of a name.
pub const NAME_MAX: usize = 150;
/// Characters of a type.
pub const TYPE_MAX: usize = 30;
/// People in a chat.
pub const USERS_MAX: usize = 500;
/// Message ids shown in a chat.
pub const SHOWN_IDS: i64 = 50;

/// Somebody who is in a chat, as found in the transaction at hand.
#[derive(Debug, Clone)]
pub struct Member {
    pub chat: ChatId,
    pub user: UserId,
    pub private: bool,
    pub owner: Option<UserId>,
    pub read_seq: i64,
    pub last_seq: i64,
    pub muted: bool,
    /// Whether only its owner and staff write.
    pub announces: bool,
    /// Whether what others write waits for one of those.
    pub approves: bool,
    /// Whether it is put away: nobody writes.
    pub archived: bool,
    /// When he last wrote, in microseconds since 1970.
    pub sent_at: i64,
}

impl Member {
    /// What the chat is for him alone.
    pub fn own(&self) -> Own {
        Own {
            unread_count: self.last_seq - self.read_seq,
            read_seq: self.read_seq,
            muted: self.muted,
        }
    }

    /// Whether what is the owner's to do is his: he is the owner, or keeps order.
    pub fn leads(&self, role: Role) -> bool {
        role.is_staff() || self.owner == Some(self.user)
    }
}

/// A chat as the API shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Chat {
    pub id: ChatId,
    pub name: String,
    /// Who is in it.
    pub users: Vec<UserId>,
    /// Absolute URL; in events a path from the root.
    pub chat_picture: String,
    /// "privat" is two people, anything else a group.
    #[serde(rename = "type")]
    pub kind: String,
    /// Ids of the newest 50 messages, ascending.
    pub messages: Vec<MessageId>,
    pub last_message: Option<Message>,
    pub last_seq: i64,
    /// Who may remove others; null in a private chat.
    pub owner: Option<UserId>,
    pub created: String,
    /// Days that what was said is kept; null: for ever.
    pub retention_days: Option<i64>,
    /// Whether only its owner and staff write.
    pub announces: bool,
    /// Whether what others write waits for one of those.
    pub approves: bool,
    /// Whether it is put away: it is read, and nobody writes in it.
    pub archived: bool,
    /// Whose hands are up, the longest first.
    pub hands: Vec<UserId>,
    /// How far each has read: pairs of a person and a seq.
    pub marks: Vec<(UserId, i64)>,
    /// What only the caller is told; events leave it out.
    #[serde(flatten)]
    pub own: Option<Own>,
}

/// What a chat is for the caller alone.
#[derive(Debug, Serialize, ToSchema)]
pub struct Own {
    pub unread_count: i64,
    pub read_seq: i64,
    /// Whether his devices keep quiet about it.
    pub muted: bool,
}

/// A chat's own row.
#[derive(Debug, Clone)]
pub struct ChatRow {
    pub id: ChatId,
    pub name: String,
    pub kind: String,
    pub owner: Option<UserId>,
    pub last_seq: i64,
    pub created_at: i64,
    pub retention_days: Option<i64>,
    /// Path of the picture from the root.
    pub picture: String,
    pub announces: bool,
    pub approves: bool,
    pub archived: bool,
}

impl ChatRow {
    /// The chat as the API shows it, to `own`'s reader or in an event.
    pub fn chat(
        self,
        base: &str,
        marks: Vec<(UserId, i64)>,
        hands: Vec<UserId>,
        messages: Vec<MessageId>,
        last: Option<Message>,
        own: Option<Own>,
    ) -> Chat {
        Chat {
            id: self.id,
            name: self.name,
            users: marks.iter().map(|(user, _)| *user).collect(),
            chat_picture: format!("{base}{}", self.picture),
            kind: self.kind,
            messages,
            last_message: last,
            last_seq: self.last_seq,
            owner: self.owner,
            created: clock::rfc3339(self.created_at),
            retention_days: self.retention_days,
            announces: self.announces,
            approves: self.approves,
            archived: self.archived,
            hands,
            marks,
            own,
        }
    }
}

/// Whether a chat of this type is between two people.
pub fn is_private(kind: &str) -> bool {
    matches!(kind, "privat" | "private")
}
