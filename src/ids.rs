//! The ids of the house, each its own type, so that a chat can't be looked up with a user's id.
//!
//! One type is at once path parameter, SQL value and JSON number. A path segment that is no id (letters, a sign,
//! more than 64 bits) forwards, and the catchers turn that into the same 404 as an unknown id.

use rocket::request::FromParam;
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::Serialize;
use utoipa::ToSchema;

/// The text was not an id: digits only, at most 2^63 - 1.
#[derive(Debug)]
pub struct NotAnId;

/// Reads an id as clients write it: ASCII digits, nothing else.
pub fn parse(text: &str) -> Result<i64, NotAnId> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NotAnId);
    }
    text.parse().map_err(|_| NotAnId)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl<'a> FromParam<'a> for $name {
            type Error = NotAnId;
            fn from_param(text: &'a str) -> Result<Self, NotAnId> {
                parse(text).map($name)
            }
        }

        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                self.0.to_sql()
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                i64::column_result(value).map($name)
            }
        }
    )+};
}

ids! {
    /// A person with an account.
    UserId,
    /// A signed-in device.
    SessionId,
    /// A private or group chat.
    ChatId,
    /// A message; unique over all chats.
    MessageId,
    /// A stored picture or file.
    MediaId,
    /// A box that files are handed into.
    BoxId,
}

/// Random letters and digits, `length` of them; from the system's generator.
pub fn random_code(length: usize) -> String {
    use rand::distr::{Alphanumeric, SampleString};
    Alphanumeric.sample_string(&mut rand::rng(), length)
}

/// A code that people read to each other, `length` of letters and digits that can't be taken for one another.
pub fn spoken_code(length: usize) -> String {
    use rand::seq::IndexedRandom;
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut rng = rand::rng();
    (0..length)
        .filter_map(|_| LETTERS.choose(&mut rng).copied().map(char::from))
        .collect()
}

/// Random bytes in hex, `bytes` of them; from the system's generator.
pub fn random_hex(bytes: usize) -> String {
    use rand::RngExt;
    use std::fmt::Write;
    let mut rng = rand::rng();
    (0..bytes).fold(String::with_capacity(2 * bytes), |mut text, _| {
        let _ = write!(text, "{:02x}", rng.random::<u8>());
        text
    })
}
