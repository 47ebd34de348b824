//! The end of a guest's time, which comes while nobody asks.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::store;
use crate::clock;
use crate::db::Db;
use crate::error::Result;

/// Between two looks at the clock: a laptop that slept knows at most so late that a time has passed meanwhile.
const LOOK: Duration = Duration::from_secs(60);

/// Wakes who watches over the guests' time: there is another one.
#[derive(Default)]
pub struct Leaving(Notify);

impl Leaving {
    /// Has the times looked at again.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// Shows guests out when their time is over, for as long as the database lives.
pub async fn run(db: Db, leaving: Arc<Leaving>) {
    loop {
        let wait = match show_out(&db).await {
            Ok(wait) => wait,
            Err(_) if db.is_stopped() => return,
            Err(error) => {
                tracing::warn!(?error, "whose time is over was not shown out");
                LOOK
            }
        };
        tokio::select! {
            () = leaving.0.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Shows out whose time is over; how long to wait for the next.
async fn show_out(db: &Db) -> Result<Duration> {
    let Some(next) = db.read(store::find_next_leaving).await? else {
        return Ok(LOOK);
    };
    let now = clock::now();
    if next > now {
        return Ok(Duration::from_micros(next.abs_diff(now)).min(LOOK));
    }
    db.write(move |tx| store::show_out(tx, now)).await?;
    Ok(Duration::ZERO)
}
