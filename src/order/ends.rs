//! What ends by itself: a freeze and a silence with a time. The rules ask the clock at each use; here everybody is told, so
//! that no page has to trust its own clock.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::store::{end_what_is_over, find_next_end};
use crate::clock;
use crate::db::Db;

/// How long one sleeps at most: the clock may be set meanwhile.
const NAP: Duration = Duration::from_secs(60);

/// Rings when something got an end.
#[derive(Clone, Default)]
pub struct Ends(Arc<Notify>);

impl Ends {
    /// Looks again for what ends next.
    pub fn look(&self) {
        self.0.notify_one();
    }

    /// Ends what is over and tells it, until the server stops.
    pub async fn run(self, db: Db) {
        while !db.is_stopped() {
            let next = match db.glance(find_next_end).await {
                Ok(next) => next,
                Err(error) => {
                    tracing::warn!(?error, "what ends next could not be read");
                    None
                }
            };
            let left = next.map(|next| u64::try_from(next - clock::now()).unwrap_or(0));
            if left == Some(0) {
                if let Err(error) = db.write(|tx| end_what_is_over(tx, clock::now())).await {
                    tracing::warn!(?error, "what is over could not be ended");
                    tokio::time::sleep(NAP).await;
                }
                continue;
            }
            let nap = left.map(|micros| Duration::from_micros(micros).min(NAP));
            match nap {
                Some(nap) => drop(tokio::time::timeout(nap, self.0.notified()).await),
                None => self.0.notified().await,
            }
        }
    }
}
