//! Who is here, and when who was seen last; in memory.
//!
//! A person is online while a [`Here`] of his lives: each socket holds one, and each wait over HTTP. Going away counts
//! after a grace, so that a page that is loaded anew does not blink.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::clock;
use crate::ids::UserId;

/// How long after his last socket somebody is still online.
const GRACE: Duration = Duration::from_secs(5);

/// What is known of the people who were here since the start.
#[derive(Default)]
pub struct Presence(Mutex<HashMap<UserId, Known>>);

#[derive(Default)]
struct Known {
    /// How many [`Here`]s he has.
    held: usize,
    /// When he let go of the last.
    left: Option<Instant>,
    /// Whether others were told that he is online.
    told: bool,
    /// Microseconds since 1970 when he last did something.
    seen: i64,
}

impl Known {
    fn is_online(&self) -> bool {
        self.held > 0 || self.left.is_some_and(|left| left.elapsed() < GRACE)
    }
}

/// Keeps somebody online while it lives.
pub struct Here {
    presence: Arc<Presence>,
    user: UserId,
}

impl Drop for Here {
    fn drop(&mut self) {
        if let Some(known) = self.presence.lock().get_mut(&self.user) {
            known.held -= 1;
            if known.held == 0 {
                known.left = Some(Instant::now());
                known.seen = clock::now();
            }
        }
    }
}

impl Presence {
    /// Somebody is here until the guard is gone.
    pub fn enter(self: &Arc<Self>, user: UserId) -> Here {
        self.lock().entry(user).or_default().held += 1;
        Here {
            presence: Arc::clone(self),
            user,
        }
    }

    /// Notes that somebody did something.
    pub fn see(&self, user: UserId, now: i64) {
        self.lock().entry(user).or_default().seen = now;
    }

    /// Whether somebody is here.
    pub fn is_online(&self, user: UserId) -> bool {
        self.lock().get(&user).is_some_and(Known::is_online)
    }

    /// When somebody was last seen, if that is later than what is stored.
    pub fn last_seen(&self, user: UserId, stored: i64) -> i64 {
        self.lock().get(&user).map_or(stored, |known| known.seen.max(stored))
    }

    /// Who has come or gone since this was last asked, with whether he is here.
    pub fn take_changes(&self) -> Vec<(UserId, bool)> {
        let mut people = self.lock();
        let changed = people.iter_mut().filter_map(|(user, known)| {
            let online = known.is_online();
            (online != std::mem::replace(&mut known.told, online)).then_some((*user, online))
        });
        changed.collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_online_while_anything_of_his_is_here() {
        let (presence, ana) = (Arc::new(Presence::default()), UserId(1));
        assert!(!presence.is_online(ana));
        let (phone, laptop) = (presence.enter(ana), presence.enter(ana));
        assert_eq!(presence.take_changes(), [(ana, true)]);
        drop(phone);
        assert!(presence.is_online(ana));
        drop(laptop);
        assert!(presence.is_online(ana), "a reload does not blink");
        assert_eq!(presence.take_changes(), [], "nobody is told twice");
        if let Some(known) = presence.lock().get_mut(&ana) {
            known.left = known.left.and_then(|left| left.checked_sub(GRACE));
        }
        assert_eq!(presence.take_changes(), [(ana, false)]);
        assert!(!presence.is_online(ana));
        assert!(presence.last_seen(ana, 7) > 7);
    }
}
