//! Moving house: everything comes in from the original backend or from an archive, goes out as one ZIP, or is wiped.
//!
//! Promise: what comes in comes in whole, in one transaction and into a database without people, or nothing changes and
//! one sentence says what was wrong with the file. An archive streams in constant memory and shows to a member nothing
//! that he may not see. Ids, times and the order of messages are kept on every way.

pub mod archive;
pub mod django;
pub mod store;
pub mod wiping;

use std::fmt;

use rocket::Route;

use crate::accounts::names::is_display_name;
use crate::accounts::{Role, NAME_MAX};
use crate::error::Error;
use crate::ids::{BoxId, ChatId, MediaId, MessageId, UserId};

/// The host's part of the routes.
pub fn for_host() -> Vec<Route> {
    let mut all = archive::download::for_host();
    all.extend(wiping::mounted());
    all
}

/// Everybody's part of them, under `/auth`.
pub fn for_members() -> Vec<Route> {
    archive::download::for_members()
}

/// What stands in the place of a hash where no password is known: no password fits it.
pub const NO_PASSWORD: &str = "!";
/// The largest id that comes in: what every client's numbers can hold.
pub const ID_MAX: i64 = 1 << 53;
/// Items of one kind that a summary names; the rest is counted.
const NAMED_MAX: usize = 20;

/// A person who comes in.
#[derive(Debug)]
pub struct NewPerson {
    pub id: UserId,
    pub username: String,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    /// Hashed, or [`NO_PASSWORD`].
    pub password: String,
    pub role: Role,
    pub active: bool,
    pub deleted: bool,
    pub last_online: i64,
    pub created_at: i64,
}

/// A chat that comes in.
#[derive(Debug)]
pub struct NewChat {
    pub id: ChatId,
    pub name: String,
    pub kind: String,
    /// The two of a private chat.
    pub pair: Option<(UserId, UserId)>,
    pub owner: Option<UserId>,
    pub last_seq: i64,
    pub created_at: i64,
    pub announces: bool,
    pub approves: bool,
    pub archived: bool,
    pub retention_days: Option<i64>,
}

/// A box that comes in.
#[derive(Debug)]
pub struct NewBox {
    pub id: BoxId,
    pub chat: ChatId,
    pub title: String,
    pub due: Option<i64>,
    pub closed: bool,
    pub made_by: Option<UserId>,
    pub made_at: i64,
}

/// Somebody's membership that comes in.
#[derive(Debug)]
pub struct NewMember {
    pub chat: ChatId,
    pub user: UserId,
    pub read_seq: i64,
    pub joined_at: i64,
    pub muted: bool,
}

/// A message that comes in.
#[derive(Debug)]
pub struct NewMessage {
    /// None: the next one.
    pub id: Option<MessageId>,
    pub chat: ChatId,
    pub seq: i64,
    pub from_user: UserId,
    pub text: String,
    pub time: i64,
    pub photo: Option<MediaId>,
    pub file: Option<MediaId>,
    pub reply_to: Option<MessageId>,
    pub edited_at: Option<i64>,
    pub deleted: bool,
}

/// Why a file is not taken: a sentence for who brought it, on the way of an error that rolls everything back.
pub fn refuse(sentence: impl Into<String>) -> Error {
    Error::internal(sentence.into())
}

/// A name without what can't be shown in one, cut where it is too long.
pub fn shown_name(name: &str) -> String {
    let short: String = name.trim().chars().take(NAME_MAX).collect();
    if is_display_name(&short) {
        return short;
    }
    let seen: String = short
        .chars()
        .filter(|letter| is_display_name(letter.encode_utf8(&mut [0; 4])))
        .collect();
    if is_display_name(&seen) {
        seen
    } else {
        String::new()
    }
}

/// Things of one kind that whoever imports has to know of: the first by name, the rest counted.
#[derive(Debug, Default)]
pub struct Listed {
    named: Vec<String>,
    more: usize,
}

impl Listed {
    /// Adds one.
    pub fn push(&mut self, item: impl Into<String>) {
        if self.named.len() < NAMED_MAX {
            self.named.push(item.into());
        } else {
            self.more += 1;
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.named.len() + self.more
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.named.is_empty()
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.named.join(", "))?;
        match self.more {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
