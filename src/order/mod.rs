//! Keeping order: what somebody may do right now, whatever his client shows; and what was done about whom.
//!
//! Promise: each rule is asked in the transaction of the change that it is about, so a switch counts from its commit on and
//! for every way in. Staff and the host are bound by none of them. Nothing that was said is lost by a refusal: the answer
//! says why, and the client keeps it.

pub mod ends;
pub mod held;
pub mod people;
pub mod removal;
pub mod reports;
pub mod routes;
pub mod store;

use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::Role;
use crate::chats::Member;
use crate::clock;
use crate::error::{Error, Result};
use crate::house::{House, PrivateChats};
use crate::text::Text;

/// Minutes that somebody can be silenced for, if not until it is undone.
pub const SILENCE_MINUTES_MAX: i64 = 60 * 24 * 30;
/// A time that does not come: silenced until it is undone.
pub const UNTIL_UNDONE: i64 = i64::MAX;

/// Whether somebody may write, as he is told.
#[derive(Debug, Serialize, ToSchema)]
pub struct Silence {
    pub silenced: bool,
    /// When that ends by itself.
    pub until: Option<String>,
}

impl Silence {
    fn of(until: Option<i64>, now: i64) -> Silence {
        let until = until.filter(|until| now < *until);
        Silence {
            silenced: until.is_some(),
            until: until.filter(|until| *until != UNTIL_UNDONE).map(clock::rfc3339),
        }
    }
}

/// What waits for somebody who keeps order.
#[derive(Debug, Serialize, ToSchema)]
pub struct Desk {
    /// Messages that wait in the chats that he decides about.
    pub held: i64,
    /// Reports that nobody has closed; of staff alone.
    pub reports: i64,
}

/// Where somebody stands in this house, as found in the transaction at hand.
pub struct Standing {
    pub role: Role,
    /// Microseconds since 1970.
    pub silenced_until: Option<i64>,
    pub house: House,
}

impl Standing {
    /// Whether he may say anything to others: write, edit, react, name things.
    ///
    /// # Errors
    /// 403 with what holds him back.
    pub fn may_speak(&self, now: i64) -> Result<()> {
        if self.role.is_staff() {
            return Ok(());
        }
        if self.house.is_frozen(now) {
            return Err(Error::Forbidden(Text::Frozen));
        }
        if self.silenced_until.is_some_and(|until| now < until) {
            return Err(Error::Forbidden(Text::Silenced));
        }
        Ok(())
    }

    /// Whether it matters whom he meets.
    pub fn is_watched(&self) -> bool {
        self.house.private_chats != PrivateChats::Everyone && !self.role.is_staff()
    }

    /// Whether he may begin or go on with a chat in which the others are of these roles. A group that no staff is in is as
    /// private as a chat of two.
    ///
    /// # Errors
    /// 403 with the house's rule.
    pub fn may_meet(&self, is_private: bool, others: &[Role]) -> Result<()> {
        let is_seen = others.iter().any(|role| role.is_staff());
        match self.house.private_chats {
            _ if !self.is_watched() => Ok(()),
            PrivateChats::Off if is_private => Err(Error::Forbidden(Text::PrivateOff)),
            _ if is_seen => Ok(()),
            _ if is_private => Err(Error::Forbidden(Text::PrivateWithStaff)),
            _ => Err(Error::Forbidden(Text::GroupWithStaff)),
        }
    }

    /// Whether he may show something in a chat that he is in: a message, another wording, a name for it.
    ///
    /// # Errors
    /// 403 with what holds him back.
    pub fn may_show(&self, member: &Member, now: i64) -> Result<()> {
        self.may_speak(now)?;
        match member.announces && !member.leads(self.role) {
            true => Err(Error::Forbidden(Text::AnnouncesOnly)),
            false => Ok(()),
        }
    }

    /// Whether he may change what the others see of a chat without a look at it first.
    ///
    /// # Errors
    /// 403 with what holds him back.
    pub fn may_reword(&self, member: &Member, now: i64) -> Result<()> {
        self.may_show(member, now)?;
        match member.approves && !member.leads(self.role) {
            true => Err(Error::Forbidden(Text::LookedAt)),
            false => Ok(()),
        }
    }

    /// Whether he may send to a chat that he is in.
    ///
    /// # Errors
    /// 403 with what holds him back, 429 in slow mode with the seconds that are left.
    pub fn may_send(&self, member: &Member, with_files: bool, now: i64) -> Result<()> {
        self.may_show(member, now)?;
        if self.role.is_staff() {
            return Ok(());
        }
        if with_files && !self.house.files {
            return Err(Error::Forbidden(Text::FilesOff));
        }
        if member.leads(self.role) && !member.private {
            return Ok(());
        }
        let slow = self.house.slow_seconds * 1_000_000;
        let wait = member.sent_at + slow - now;
        // A clock that was set back must not silence anybody for a year.
        if (1..=slow).contains(&wait) {
            return Err(Error::TooMany(u64::try_from((wait + 999_999) / 1_000_000).unwrap_or(1)));
        }
        Ok(())
    }
}
