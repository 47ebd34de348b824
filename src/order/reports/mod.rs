//! Reports: a member of a chat points staff to a message in it. Staff read what was reported, whether they are in the chat or
//! not, and nothing else of it.

pub mod routes;
pub mod store;

use serde::Serialize;
use utoipa::ToSchema;

use crate::ids::{ChatId, MessageId, UserId};

/// Characters of a reason.
pub const REASON_MAX: usize = 500;

/// A report as staff see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Report {
    pub id: i64,
    pub message_id: MessageId,
    pub chat_id: ChatId,
    /// What the group is called now; nothing for a private chat.
    pub group_name: Option<String>,
    /// Who wrote what was reported.
    pub author: UserId,
    /// Who reported it.
    pub from_user: UserId,
    pub reason: String,
    /// What was written, as it was then.
    pub text: String,
    pub has_photo: bool,
    pub file_name: Option<String>,
    pub time: String,
    pub closed: bool,
    pub closed_by: Option<UserId>,
    /// Whether the message was taken away for it.
    pub removed: bool,
}
