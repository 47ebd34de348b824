//! Reactions: one emoji, set or taken back by each person once.

pub mod routes;
pub mod store;

/// Different emoji on one message.
pub const KINDS_MAX: i64 = 20;

/// Whether a text is one emoji, with its skin tone or sequence.
pub fn is_emoji(text: &str) -> bool {
    emojis::get(text).is_some()
}
