//! Moving the write-ahead log into the file, beside the writer: in the background at a size, wholly when idle.

use std::sync::atomic::Ordering;
use std::time::Duration;

use rusqlite::Connection;

use super::writer::{CheckpointWants, Log, Queue};

/// Pages of 4 KiB that are not in the file yet, from which they are copied in the background: few enough that their sync
/// keeps no commit waiting for long.
const COPY_AT: i64 = 1_000;
/// Pages from which the log is let start anew, so that it stays below about 64 MiB.
const RESET_AT: i64 = 8_000;
/// What the writer copies itself when it does that: next to nothing.
const REST: i64 = 128;
/// Copies in a row to get there; then the writer copies what is left, as it must.
const COPIES: usize = 16;
/// How often a busy log is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// Looks without a write after which the log is emptied.
const IDLE_LOOKS: u32 = 20;

/// Runs until told to stop.
pub fn run(connection: &Connection, queue: &Queue, wants: &CheckpointWants) {
    let mut quiet = IDLE_LOOKS;
    while !wants.stop.load(Ordering::Acquire) {
        if quiet >= IDLE_LOOKS {
            wants.wait_for_work();
        }
        wants.wait(LOOK);
        if wants.written.swap(false, Ordering::AcqRel) {
            quiet = 0;
            copy(connection, queue);
        } else {
            quiet += 1;
            if quiet == IDLE_LOOKS {
                let _ = checkpoint(connection, "TRUNCATE");
            }
        }
    }
}

fn copy(connection: &Connection, queue: &Queue) {
    let Ok(mut size) = checkpoint(connection, "NOOP") else {
        return;
    };
    if size.left >= COPY_AT {
        let _ = checkpoint(connection, "PASSIVE").map(|copied| size = copied);
    }
    if size.pages < RESET_AT {
        return;
    }
    // An upload can write as fast as this copies: it waits, and what messages add is little.
    queue.set_log(Log::Ends);
    for _ in 0..COPIES {
        match checkpoint(connection, "PASSIVE") {
            Ok(size) if size.left > REST => {}
            _ => break,
        }
    }
    queue.set_log(Log::StartsAnew);
}

/// The log after a checkpoint: its pages, and those of them that are not in the file.
struct Size {
    pages: i64,
    left: i64,
}

/// Runs a checkpoint.
fn checkpoint(connection: &Connection, mode: &str) -> rusqlite::Result<Size> {
    connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| {
        let pages = row.get(1)?;
        Ok(Size {
            pages,
            left: pages - row.get::<_, i64>(2)?,
        })
    })
}
