//! X-ray: how one's own request was carried out, for people who learn how such a server works.
//!
//! Promise: it is off unless the setting `xray` turns it on; what is kept is in memory, of the newest requests only, and
//! is shown to the person who made the request and to nobody else. A token is shown as what it says, never with its
//! signature; statements with their placeholders, never with values.

pub mod routes;
pub mod watching;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::accounts::tokens::Claims;
use crate::db::Seen;
use crate::ids::UserId;

/// Requests that are kept, of all people together.
const KEPT: usize = 100;

/// A request that was carried out.
pub struct Record {
    /// As in `X-Request-Id`.
    pub id: String,
    pub user: UserId,
    pub method: String,
    pub path: String,
    pub status: u16,
    pub micros: u64,
    pub claims: Arc<Claims>,
    pub seen: Seen,
}

/// The newest records; empty for ever where X-ray is off.
#[derive(Default)]
pub struct Records(Mutex<VecDeque<Arc<Record>>>);

impl Records {
    /// Keeps one, and forgets the oldest where there is no room.
    pub fn keep(&self, record: Record) {
        let mut kept = self.lock();
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(Arc::new(record));
    }

    /// Somebody's own record.
    pub fn find(&self, id: &str, user: UserId) -> Option<Arc<Record>> {
        let kept = self.lock();
        let mut own = kept.iter().filter(|record| record.user == user);
        own.find(|record| record.id == id).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Record>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
