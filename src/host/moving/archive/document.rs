//! `messenger.json`: one object whose `people`, `chats` and `messages` are read and written row by row.

use serde::{Deserialize, Serialize};

/// What comes before the rows.
#[derive(Debug, Serialize, Deserialize)]
pub struct Head {
    pub format: String,
    pub version: u32,
    /// When it was made.
    pub made: String,
    /// What the server was called.
    pub server: String,
    /// Whose export this is; null: it is everything.
    pub person: Option<i64>,
    /// Whether people have their password hashes with them.
    pub secrets: bool,
}

/// A picture or file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its place in the ZIP.
    pub path: String,
    pub name: String,
    #[serde(rename = "type")]
    pub content_type: String,
    pub size: i64,
    /// In hex.
    pub sha256: String,
    pub width: Option<i64>,
    pub height: Option<i64>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Person {
    pub id: i64,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// guest, member, staff or host.
    pub role: String,
    pub active: bool,
    pub deleted: bool,
    pub picture: Option<File>,
    pub last_online: String,
    pub created: String,
    /// The hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Member {
    pub user_id: i64,
    pub read_seq: i64,
    pub joined: String,
    pub muted: bool,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Chat {
    pub id: i64,
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub private: bool,
    pub owner: Option<i64>,
    pub picture: Option<File>,
    pub last_seq: i64,
    pub created: String,
    /// Whether only its owner and staff write.
    #[serde(default)]
    pub announces: bool,
    /// Whether what others write waits for one of those.
    #[serde(default)]
    pub approves: bool,
    /// Whether it is put away.
    #[serde(default)]
    pub archived: bool,
    /// Days after which what is said in it goes; null: it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<i64>,
    pub members: Vec<Member>,
    /// What files were handed into.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub boxes: Vec<HandInBox>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct HandInBox {
    pub id: i64,
    pub title: String,
    pub due: Option<String>,
    pub closed: bool,
    pub made_by: Option<i64>,
    pub created: String,
    pub files: Vec<Handed>,
}

/// What somebody handed in.
#[derive(Debug, Serialize, Deserialize)]
pub struct Handed {
    pub user_id: i64,
    pub time: String,
    pub file: File,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reaction {
    pub emoji: String,
    pub user_id: i64,
    pub time: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Message {
    pub id: i64,
    pub chat_id: i64,
    pub seq: i64,
    pub from_user: i64,
    pub text: String,
    pub time: String,
    pub photo: Option<File>,
    pub file: Option<File>,
    pub reply_to: Option<i64>,
    pub edited: Option<String>,
    pub deleted: bool,
    pub reactions: Vec<Reaction>,
}
