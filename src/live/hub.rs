//! Who waits for what: the writer hands each commit's events here, in order, and everybody who waits is woken.
//!
//! It keeps the newest events by name only, so that somebody who waits can tell without the database whether one may be
//! for him; what he then gets is read from the log, from his own cursor.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use crate::db::{Batch, Told};
use crate::ids::{ChatId, UserId};

/// Newest events that are kept; who is further behind reads the log.
const KEPT: usize = 4096;

/// The newest events, and a bell.
pub struct Hub {
    recent: Mutex<VecDeque<Told>>,
    bell: watch::Sender<u64>,
}

impl Default for Hub {
    fn default() -> Hub {
        Hub {
            recent: Mutex::new(VecDeque::with_capacity(KEPT)),
            bell: watch::Sender::new(0),
        }
    }
}

impl Hub {
    /// Takes a commit's events and ends of sessions. On the writer's thread: it only notes them and rings.
    pub fn publish(&self, batch: Batch) {
        if batch.events.is_empty() && batch.ended.is_empty() {
            return;
        }
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        for event in batch.events {
            if recent.len() == KEPT {
                recent.pop_front();
            }
            recent.push_back(event);
        }
        drop(recent);
        self.bell.send_modify(|rung| *rung += 1);
    }

    /// A bell that rings at each commit from now on.
    pub fn listen(&self) -> watch::Receiver<u64> {
        self.bell.subscribe()
    }

    /// Whether an event after `cursor` may be for somebody in these chats; also where it is not known any more.
    pub fn concerns(&self, cursor: i64, user: UserId, chats: &HashSet<ChatId>) -> bool {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.front().is_some_and(|oldest| oldest.id > cursor + 1) && recent.len() == KEPT {
            return true;
        }
        recent.iter().rev().take_while(|event| event.id > cursor).any(
            |event| // A new chat names nobody: anybody may be in it.
                event.kind == "chat.created"
                    || event.user_id == Some(user)
                    || event.chat_id.is_none_or(|chat| chats.contains(&chat)),
        )
    }
}
