//! Guests: a name is enough, for some hours. They read and write where they are members, and nothing else.
//!
//! Promise: a guest's name is nobody else's here, nor looks like one; when his time is over his sessions end and he can't
//! come back, and what he wrote stays under his name.

pub mod routes;
pub mod store;

use crate::ids::spoken_code;

/// Characters of a guest's name.
pub const GUEST_NAME_MAX: usize = 60;

/// Letters and digits of a made username: 30 bits, so that a free one is found at once.
const MADE_LENGTH: usize = 6;

/// A username that nobody typed, perhaps taken.
pub fn made_username() -> String {
    format!("guest-{}", spoken_code(MADE_LENGTH).to_lowercase())
}
