//! Deleting bytes that nothing names any more, some at a time, in the lane that yields to messages.

use std::time::Duration;

use super::store;
use crate::db::Db;

/// Rows of 256 KiB deleted in one transaction.
const SLICE: i64 = 16;
/// How often it is looked whether there is anything to delete.
const LOOK: Duration = Duration::from_secs(5);

/// Runs until the database stops.
pub async fn run(db: Db) {
    loop {
        match db.read(store::has_trash).await {
            Ok(true) => while matches!(db.write_bulk(|tx| store::delete_trash(tx, SLICE)).await, Ok(true)) {},
            Ok(false) => {}
            Err(_) if db.is_stopped() => return,
            Err(error) => tracing::warn!(?error, "what is to be swept can't be read"),
        }
        tokio::time::sleep(LOOK).await;
    }
}
