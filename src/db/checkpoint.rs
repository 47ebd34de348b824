//! Moving the write-ahead log into the file, beside the writer: in the background at a size, wholly when nobody writes for a
//! moment. Then it begins anew where it lies, for a sync of what is written over needs nothing else of the disk; it is emptied
//! only once nobody has written for longer.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::writer::{CheckpointWants, Log, Queue};

/// Pages of 4 KiB that are not in the file yet, from which they are copied in the background: a commit's sync waits at the
/// disk behind theirs, and a solid-state disk takes some ten milliseconds for a thousand scattered pages, one for a hundred.
const COPY_AT: i64 = 128;
/// Pages from which the log is let start anew, so that it stays below about 64 MiB.
const RESET_AT: i64 = 8_000;
/// What the writer copies itself when it does that: next to nothing.
const REST: i64 = 128;
/// Copies in a row to get there; then the writer copies what is left, as it must.
const COPIES: usize = 16;
/// How often a busy log is looked at.
const LOOK: Duration = Duration::from_millis(10);
/// How long nobody writes until all of the log is copied, so that it begins anew; and how often it is looked at from then on.
const CALM: Duration = Duration::from_secs(1);
/// How long nobody writes until it is emptied.
const IDLE: Duration = Duration::from_secs(10);

/// Runs until told to stop.
pub fn run(connection: &Connection, queue: &Queue, wants: &CheckpointWants) {
    // Who empties the log holds the writer while he waits for readers, and a backup reads for long: it is tried again instead.
    let _ = connection.busy_timeout(Duration::ZERO);
    // None while there is nothing in the log.
    let mut wrote: Option<Instant> = None;
    while !wants.stop.load(Ordering::Acquire) {
        match wrote {
            None => wants.wait_for_work(Duration::MAX),
            Some(at) if at.elapsed() >= CALM => wants.wait_for_work(CALM),
            Some(_) => {}
        }
        wants.wait(LOOK);
        if wants.written.swap(false, Ordering::AcqRel) {
            wrote = Some(Instant::now());
            copy(connection, queue);
        }
        let quiet = wrote.map_or(Duration::ZERO, |at| at.elapsed());
        // What was wiped is in the log yet: that does not wait until everybody is silent.
        if quiet >= IDLE || wants.wiped.load(Ordering::Acquire) {
            if empty(connection) {
                wants.wiped.store(false, Ordering::Release);
                wrote = wrote.filter(|_| quiet < IDLE);
            }
        } else if quiet >= CALM {
            let _ = checkpoint(connection, "PASSIVE");
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

/// Empties the log; false while somebody still reads from it.
pub(super) fn empty(connection: &Connection) -> bool {
    let busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
    busy.is_ok_and(|busy: bool| !busy)
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
