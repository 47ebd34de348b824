//! Deleting bytes that nothing names any more, some at a time, in the lane that yields to messages.

use std::sync::Arc;
use std::time::Duration;

use super::{store, Running};
use crate::db::Db;
use crate::error::Result;

/// Rows of 256 KiB deleted in one transaction.
const SLICE: i64 = 16;
/// How often it is looked whether there is anything to delete.
const LOOK: Duration = Duration::from_secs(5);

/// Runs until the database stops.
pub async fn run(db: Db, running: Arc<Running>) {
    loop {
        if let Err(error) = round(&db, &running).await {
            if db.is_stopped() {
                return;
            }
            tracing::warn!(?error, "unused bytes were not deleted");
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn round(db: &Db, running: &Running) -> Result<()> {
    // An upload deletes itself when it is not used, but can't where the disk is full or locked. What was pending before
    // its owner was seen to upload nothing will never be claimed.
    let mut pending = db.read(store::list_pending).await?;
    pending.retain(|(_, owner)| !running.includes(*owner));
    for (id, _) in pending {
        db.write_bulk(move |tx| store::delete_pending(tx, id)).await?;
    }
    if db.read(store::has_trash).await? {
        while db.write_bulk(|tx| store::delete_trash(tx, SLICE)).await? {}
    }
    Ok(())
}
