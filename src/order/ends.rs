//! What ends by itself: a freeze and a silence with a time, and a guest's stay. What depends on one asks the clock at each
//! use; here the end is carried out and told, so that no page has to trust its own clock.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::Notify;

use super::{held, store};
use crate::accounts::guests;
use crate::clock;
use crate::db::{Db, Tx};
use crate::error::Result;

/// How long one sleeps at most: the clock may be set meanwhile, and a laptop may have slept itself.
const NAP: Duration = Duration::from_secs(60);

/// Rings when something got an end.
#[derive(Clone, Default)]
pub struct Ends(Arc<Notify>);

impl Ends {
    /// Looks again for what ends next.
    pub fn look(&self) {
        self.0.notify_one();
    }

    /// Ends what is over, for as long as the database lives.
    pub async fn run(self, db: Db) {
        loop {
            let nap = match end(&db).await {
                Ok(nap) => nap,
                Err(_) if db.is_stopped() => return,
                Err(error) => {
                    tracing::warn!(?error, "what is over could not be ended");
                    NAP
                }
            };
            tokio::select! {
                () = self.0.notified() => {}
                () = tokio::time::sleep(nap) => {}
            }
        }
    }
}

/// Ends what is over; how long to wait for the next.
async fn end(db: &Db) -> Result<Duration> {
    let (next, now) = (db.glance(find_next).await?, clock::now());
    match next {
        None => Ok(NAP),
        Some(next) if next > now => Ok(Duration::from_micros(next.abs_diff(now)).min(NAP)),
        Some(_) => {
            db.write(move |tx| end_all(tx, now)).await?;
            Ok(Duration::ZERO)
        }
    }
}

fn find_next(connection: &Connection) -> Result<Option<i64>> {
    let (order, guest) = (
        store::find_next_end(connection)?,
        guests::store::find_next_leaving(connection)?,
    );
    Ok(order.into_iter().chain(guest).min())
}

fn end_all(tx: &mut Tx<'_>, now: i64) -> Result<()> {
    store::end_what_is_over(tx, now)?;
    for guest in guests::store::show_out(tx, now)? {
        held::store::delete_held_of(tx, guest)?;
    }
    Ok(())
}
