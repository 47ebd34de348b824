//! Taking away all that somebody wrote: some of it at a time, so that others write between two of them.
//!
//! That it is to be done is committed with the ban, so whatever ends the server meanwhile, the next start goes on.

use super::store::{find_removal, list_written, update_removal};
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::messages::store as messages;

/// Messages that are taken away in one transaction.
const REMOVED_AT_ONCE: i64 = 50;

/// Takes away what is left of all that was bidden to go.
///
/// # Errors
/// Where the file can't be written; what is left goes the next time.
pub async fn finish(db: &Db) -> Result<()> {
    while db.write_bulk(remove_some).await? {}
    Ok(())
}

/// Takes some of it away; whether there may be more.
fn remove_some(tx: &mut Tx<'_>) -> Result<bool> {
    let Some((who, by)) = find_removal(tx)? else {
        return Ok(false);
    };
    let ids = list_written(tx, who, REMOVED_AT_ONCE)?;
    for id in &ids {
        if let Some(row) = messages::find_row(tx, *id)? {
            messages::delete(tx, &row, Some(by))?;
        }
    }
    if ids.is_empty() {
        update_removal(tx, who, None)?;
    }
    Ok(true)
}
