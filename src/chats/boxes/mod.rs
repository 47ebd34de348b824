//! Boxes: what a teacher asks for, and what each hands in.
//!
//! Promise: a member sees his own file and nobody else's; the chat's owner and staff see all of them and take them home
//! as one ZIP. Handing in again replaces what was there. A closed box takes nothing any more.

pub mod routes;
pub mod store;

use serde::Serialize;
use utoipa::ToSchema;

use crate::ids::{BoxId, ChatId, UserId};

/// Characters of a title.
pub const TITLE_MAX: usize = 150;

/// A box as the API shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandInBox {
    pub id: BoxId,
    pub chat_id: ChatId,
    pub title: String,
    /// What comes after it is late.
    pub due: Option<String>,
    /// Whether nothing is taken any more.
    pub closed: bool,
    pub made_by: Option<UserId>,
    pub created: String,
    /// What the caller has handed in.
    pub mine: Option<Handed>,
    /// All that was handed in, for the chat's owner and staff; null for everybody else.
    pub files: Option<Vec<Handed>>,
    /// All of it as one ZIP, likewise.
    pub zip: Option<String>,
}

/// A file in a box.
#[derive(Debug, Serialize, ToSchema)]
pub struct Handed {
    pub user_id: UserId,
    pub file_name: String,
    /// Bytes.
    pub file_size: i64,
    /// Absolute URL.
    pub file: String,
    pub time: String,
    /// Whether it came after the box was due.
    pub late: bool,
}
