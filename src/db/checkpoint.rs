//! Moving the write-ahead log into the file, beside the writer: in the background at a size, wholly when idle.

use std::sync::atomic::Ordering;
use std::time::Duration;

use rusqlite::Connection;

use super::writer::CheckpointWants;

/// Pages of 4 KiB in the log from which it is copied in the background.
const COPY_AT: i64 = 2_000;
/// Pages from which the writer is asked to let it start anew, so that it stays below about 64 MiB.
const RESET_AT: i64 = 8_000;
/// How often a busy log is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// Looks without a write after which the log is emptied.
const IDLE_LOOKS: u32 = 4;

/// Runs until told to stop.
pub fn run(connection: &Connection, wants: &CheckpointWants) {
    let mut quiet = IDLE_LOOKS;
    while !wants.stop.load(Ordering::Acquire) {
        if quiet >= IDLE_LOOKS {
            wants.wait_for_work();
        }
        wants.wait(LOOK);
        if wants.written.swap(false, Ordering::AcqRel) {
            quiet = 0;
            copy(connection, wants);
        } else {
            quiet += 1;
            if quiet == IDLE_LOOKS {
                let _ = checkpoint(connection, "TRUNCATE");
            }
        }
    }
}

fn copy(connection: &Connection, wants: &CheckpointWants) {
    let Ok(pages) = checkpoint(connection, "NOOP") else {
        return;
    };
    if pages >= COPY_AT {
        let _ = checkpoint(connection, "PASSIVE");
    }
    if pages >= RESET_AT {
        wants.reset.store(true, Ordering::Release);
    }
}

/// Runs a checkpoint; the pages that the log holds.
fn checkpoint(connection: &Connection, mode: &str) -> rusqlite::Result<i64> {
    connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| row.get(1))
}
