//! Moving the write-ahead log into the file, beside the writer: in the background at a size, wholly when idle.

use std::sync::atomic::Ordering;
use std::time::Duration;

use rusqlite::Connection;

use super::writer::{CheckpointWants, Queue};

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
            copy(connection, queue, wants);
        } else {
            quiet += 1;
            if quiet == IDLE_LOOKS {
                let _ = checkpoint(connection, "TRUNCATE");
            }
        }
    }
}

fn copy(connection: &Connection, queue: &Queue, wants: &CheckpointWants) {
    let Ok(mut log) = checkpoint(connection, "NOOP") else {
        return;
    };
    if log.left >= COPY_AT {
        let _ = checkpoint(connection, "PASSIVE").map(|copied| log = copied);
    }
    if log.pages < RESET_AT {
        return;
    }
    // An upload can write as fast as this copies: it waits, and what messages add is little.
    queue.hold_bulk(true);
    for _ in 0..COPIES {
        match checkpoint(connection, "PASSIVE") {
            Ok(log) if log.left > REST => {}
            _ => break,
        }
    }
    wants.reset.store(true, Ordering::Release);
    queue.wake();
}

/// The log after a checkpoint: its pages, and those of them that are not in the file.
struct Log {
    pages: i64,
    left: i64,
}

/// Runs a checkpoint.
fn checkpoint(connection: &Connection, mode: &str) -> rusqlite::Result<Log> {
    connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| {
        let pages = row.get(1)?;
        Ok(Log {
            pages,
            left: pages - row.get::<_, i64>(2)?,
        })
    })
}
