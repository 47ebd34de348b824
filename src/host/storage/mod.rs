//! What takes the room.

pub mod routes;
pub mod store;

use serde::Serialize;
use utoipa::ToSchema;

use crate::ids::{ChatId, UserId};

/// So many things of so many bytes together.
#[derive(Debug, Serialize, ToSchema)]
pub struct Amount {
    pub count: i64,
    pub bytes: i64,
}

/// How much of each kind there is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Counts {
    /// Who is here; not who is kept out or has left.
    pub people: i64,
    pub chats: i64,
    /// With those that were deleted, whose rows stay.
    pub messages: i64,
    /// Photos, files and pictures.
    pub files: i64,
    /// Devices that are signed in.
    pub sessions: i64,
}

/// What a chat takes.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChatStorage {
    pub id: ChatId,
    /// Of a private chat the names of its two people.
    pub name: String,
    pub private: bool,
    /// Days that it keeps what was said in it; null: for ever.
    pub retention_days: Option<i64>,
    pub messages: Amount,
    pub photos: Amount,
    pub files: Amount,
}

/// What a person's photos, files and pictures take.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonStorage {
    pub id: UserId,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    pub uploads: Amount,
}

/// A file that takes much.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileStorage {
    pub name: String,
    pub bytes: i64,
    pub chat: Option<ChatId>,
    pub from_user: UserId,
    pub time: String,
}
