//! A group's link: who has it, and an account, may join.
//!
//! Promise: a code can't be guessed, opens one group, and opens nothing from the moment its end is answered. It ends when
//! somebody is removed, too: he may have it.

pub mod routes;
pub mod store;

use serde::Serialize;
use utoipa::ToSchema;

use crate::ids::ChatId;

/// Characters of a code; of 62 each, so 131 random bits.
pub const CODE_LENGTH: usize = 22;

/// A group as its link shows it to who is not in it yet.
#[derive(Debug, Serialize, ToSchema)]
pub struct Preview {
    pub id: ChatId,
    pub name: String,
    /// Absolute URL.
    pub chat_picture: String,
    /// How many are in it.
    pub members: usize,
    /// Whether the caller is.
    pub joined: bool,
}
