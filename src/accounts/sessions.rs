//! Who is signed in: the sessions in use, kept in memory as the database has them.
//!
//! Each request looks its session up here. The server is the only one that writes the file, and the writer tells of each
//! session it ended before it answers, so a row is never believed after its end. When somebody was last seen is written
//! to the file at most once a minute.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::clock;
use crate::db::{Batch, Db};
use crate::error::Result;
use crate::ids::{SessionId, UserId};

use super::presence::Presence;
use super::{store, Session};

/// Microseconds between two writes of when somebody was last seen.
const TOUCH: i64 = 60_000_000;

/// The sessions in use.
#[derive(Default)]
pub struct Sessions {
    live: RwLock<HashMap<SessionId, Arc<Session>>>,
    /// Counts the ends: a row that was read before one is not put in after it.
    ends: AtomicU64,
    presence: Arc<Presence>,
}

impl Sessions {
    /// Finds a live session and notes its use.
    ///
    /// # Errors
    /// Only where the database can't be read.
    pub async fn find(&self, db: &Db, id: SessionId) -> Result<Option<Arc<Session>>> {
        let known = self
            .live
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id)
            .cloned();
        let session = match known {
            Some(session) => session,
            None => {
                let ends = self.ends.load(Ordering::Acquire);
                let Some(session) = db.glance(move |connection| store::find_session(connection, id)).await? else {
                    return Ok(None);
                };
                let session = Arc::new(session);
                let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
                if self.ends.load(Ordering::Acquire) == ends {
                    live.insert(id, Arc::clone(&session));
                }
                session
            }
        };
        let now = clock::now();
        if session.expires_at <= now {
            return Ok(None);
        }
        self.touch(db, &session, now);
        Ok(Some(session))
    }

    /// Forgets sessions that have ended or live longer; called by the writer after the commit that did it.
    pub fn forget(&self, batch: &Batch) {
        if batch.ended.is_empty() && batch.renewed.is_empty() {
            return;
        }
        let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
        self.ends.fetch_add(1, Ordering::AcqRel);
        for id in batch.ended.iter().chain(batch.renewed.iter().map(|(id, _)| id)) {
            live.remove(id);
        }
    }

    /// Who is here.
    pub fn presence(&self) -> &Arc<Presence> {
        &self.presence
    }

    /// When somebody was last seen, if that is later than what is stored.
    pub fn last_seen(&self, user: UserId, stored: i64) -> i64 {
        self.presence.last_seen(user, stored)
    }

    /// Notes that a session is used.
    pub fn touch(&self, db: &Db, session: &Session, now: i64) {
        self.presence.see(session.user, now);
        let touched = session.touched_at.load(Ordering::Relaxed);
        // A clock that was set back must not stop the writing, hence the distance and not the order.
        if (now - touched).abs() < TOUCH {
            return;
        }
        if session
            .touched_at
            .compare_exchange(touched, now, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
        {
            let (id, user) = (session.id, session.user);
            db.write_later("noting when a session was used", move |tx| {
                store::touch_session(tx, id, user, now)
            });
        }
    }
}
