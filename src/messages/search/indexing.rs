//! Indexing beside the sends: a message is acknowledged first, and many are indexed in one transaction a little later.
//!
//! Promise: what was acknowledged is found by the next search, which asks for what is missing before it looks; and a
//! crash loses nothing, for how far the index has come is committed with it, and a start goes on from there.
//! Rejected: indexing in the send's transaction (most of the pages it wrote were the index's), and an index in a file of
//! its own (two files can tell two truths).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::store;
use crate::db::{Db, Told};
use crate::error::{Error, Result};

/// Messages of one transaction, at most.
const SLICE: usize = 1_000;
/// So many are indexed at once.
const MANY: usize = 256;
/// How long fewer wait for more, so that a lone sender's next message seldom stands behind the index.
const PATIENCE: Duration = Duration::from_secs(1);
/// Before it is tried again where it failed.
const RETRY: Duration = Duration::from_secs(5);

/// How many messages were sent since the last look, and a bell.
#[derive(Default)]
pub struct Backlog {
    waiting: AtomicUsize,
    bell: Notify,
}

impl Backlog {
    /// Notes a commit's new messages. On the writer's thread: it only counts, and rings for the first and for many.
    pub fn note(&self, events: &[Told]) {
        let new = events.iter().filter(|event| event.kind == "message.created").count();
        if new == 0 {
            return;
        }
        let before = self.waiting.fetch_add(new, Ordering::AcqRel);
        if before == 0 || (before < MANY && before + new >= MANY) {
            self.bell.notify_one();
        }
    }

    /// Waits for many, or until the first has waited long enough.
    async fn grows(&self) {
        self.reaches(1).await;
        // Out of patience is as good as many.
        let _ = tokio::time::timeout(PATIENCE, self.reaches(MANY)).await;
        // Before they are read: what comes from now on counts for the next time.
        self.waiting.store(0, Ordering::Release);
    }

    async fn reaches(&self, count: usize) {
        while self.waiting.load(Ordering::Acquire) < count {
            self.bell.notified().await;
        }
    }
}

/// Runs until the database stops; first of all it indexes what an end cut off.
pub async fn run(db: Db, backlog: Arc<Backlog>) {
    loop {
        match round(&db).await {
            Ok(()) => backlog.grows().await,
            Err(_) if db.is_stopped() => return,
            Err(error) => {
                tracing::warn!(?error, "messages were not indexed; the next search tries, too");
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

async fn round(db: &Db) -> Result<()> {
    while db.write_bulk(|tx| store::index_some(tx, SLICE)).await? {}
    Ok(())
}

/// Indexes what waits, so that a search finds all that was sent before it. Where nothing can be written, what is
/// indexed has to do: a full disk must not keep people from finding what they have.
///
/// # Errors
/// Where the index is broken or the database stops.
pub async fn catch_up(db: &Db) -> Result<()> {
    let mut behind = db.glance(store::is_behind).await?;
    while behind {
        behind = match db.write(|tx| store::index_some(tx, SLICE)).await {
            Err(Error::StorageFull | Error::Unavailable) if !db.is_stopped() => false,
            more => more?,
        };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use futures_util::FutureExt;

    fn sent(count: usize) -> Vec<Told> {
        let told = |kind| Told {
            id: 1,
            kind,
            chat_id: None,
            user_id: None,
            message_id: None,
        };
        let mut events = vec![told("message.created"); count];
        events.push(told("message.updated"));
        events
    }

    #[tokio::test]
    async fn the_first_and_many_are_rung_for_and_an_edit_is_not() {
        let backlog = Backlog::default();
        backlog.note(&sent(0));
        assert_eq!(backlog.reaches(1).now_or_never(), None, "an edit is nothing to index");
        for (count, notes) in [(1, [0, 1]), (MANY, [MANY - 2, 1])] {
            // Polled first, and so asleep when the rest is noted.
            let both = tokio::time::timeout(Duration::from_secs(60), async {
                tokio::join!(backlog.reaches(count), async {
                    for new in notes {
                        assert_eq!(backlog.reaches(count).now_or_never(), None);
                        backlog.note(&sent(new));
                    }
                })
            });
            assert!(both.await.is_ok(), "nobody rang for {count}");
        }
    }
}
