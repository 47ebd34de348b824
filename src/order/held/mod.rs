//! Messages that wait: in a chat that approves, what others than its owner and staff write is seen by those alone until one
//! of them lets it through. It gets its seq only then, so the chat has no holes.

pub mod routes;
pub mod store;

use serde::Serialize;
use utoipa::ToSchema;

use crate::ids::{ChatId, UserId};

/// A message that waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct Held {
    pub id: i64,
    pub chat_id: ChatId,
    pub from_user: UserId,
    pub text: String,
    pub time: String,
    /// Absolute URL of a photo.
    pub photo: Option<String>,
    /// Absolute URL of a file.
    pub file: Option<String>,
    pub file_name: Option<String>,
    /// Whether it was turned down; its author alone sees it then.
    pub refused: bool,
}
