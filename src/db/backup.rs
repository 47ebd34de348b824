//! A copy of the database as of one moment, made while people write.
//!
//! SQLite's online backup, page by page from within one read transaction: a reader keeps nobody from writing, and since
//! its state can't change under it, the copy never begins anew, however much is written meanwhile. The log is not emptied
//! as long as it lasts, and grows by what is written.
//!
//! Rejected: `VACUUM INTO`, which writes every row anew for a smaller file, takes several times as long, and can be neither
//! paced nor stopped between two steps; a backup without the transaction, which a busy writer makes begin again each time.

use std::path::Path;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::part::Part;
use super::whole::{count_rows, inspect, open_existing, verify, Counts, Failure};

/// Pages of 4 KiB copied at once.
const STEP: i32 = 256;
/// Steps after which what is copied is brought to the disk: all of it at the end would keep commits waiting.
const SYNC_EVERY: u32 = 16;

/// A backup that was written and verified.
#[derive(Debug)]
pub struct Written {
    pub bytes: u64,
    pub rows: Counts,
}

/// Copies the database behind `source` to the file `target`, verifies the copy, and only then gives it its name.
/// `going_on` is asked between steps.
///
/// # Errors
/// Why there is no backup; then there is nothing new at `target`, nor beside it.
pub fn back_up(
    source: &Connection,
    target: &Path,
    replace: bool,
    going_on: impl Fn() -> bool,
) -> Result<Written, Failure> {
    refuse_target(source, target, replace)?;
    let part = Part::begin(target)?.ok_or(Failure::Busy)?;
    let state = source.unchecked_transaction()?;
    let rows = count_rows(&state)?;
    copy(&state, &part, &going_on)?;
    drop(state);
    check(&part, &rows).map_err(|failure| blame(source, failure))?;
    let bytes = part.path().metadata()?.len();
    if !replace && target.exists() {
        return Err(Failure::Exists);
    }
    part.put(target)?;
    Ok(Written { bytes, rows })
}

fn refuse_target(source: &Connection, target: &Path, replace: bool) -> Result<(), Failure> {
    let Ok(there) = target.canonicalize() else {
        return Ok(());
    };
    let own = source.path().map(Path::new).and_then(|path| path.canonicalize().ok());
    if own.is_some_and(|own| own == there) {
        return Err(Failure::Itself);
    }
    match replace && there.is_file() {
        true => Ok(()),
        false => Err(Failure::Exists),
    }
}

fn copy(source: &Connection, part: &Part, going_on: impl Fn() -> bool) -> Result<(), Failure> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut target = Connection::open_with_flags(part.path(), flags)?;
    // Nobody sees the copy before it is whole: it needs no way back, only to take no memory.
    target.pragma_update(None, "journal_mode", "OFF")?;
    target.pragma_update(None, "synchronous", "OFF")?;
    target.pragma_update(None, "cache_size", -2_000)?;
    let backup = Backup::new(source, &mut target)?;
    let mut steps = 0;
    loop {
        match backup.step(STEP)? {
            StepResult::Done => return Ok(()),
            StepResult::More => {}
            _ => return Err(Failure::Busy),
        }
        if !going_on() {
            return Err(Failure::Stopped);
        }
        steps += 1;
        if steps % SYNC_EVERY == 0 {
            part.sync()?;
        }
    }
}

/// What is wrong with a copy is wrong with the database, or else its disk did not keep what was written.
fn blame(source: &Connection, failure: Failure) -> Failure {
    use Failure::{Damaged, Empty, Foreign, Newer, NotADatabase, Truncated};
    match failure {
        Damaged(_) | Empty | Foreign | Newer | NotADatabase | Truncated => {
            verify(source).err().unwrap_or(Failure::Garbled)
        }
        other => other,
    }
}

/// Reads the copy from its beginning to its end.
fn check(part: &Part, rows: &Counts) -> Result<(), Failure> {
    let copy = open_existing(part.path())?;
    // A single file, also for who can't write beside it.
    copy.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    verify(&copy)?;
    if count_rows(&copy)? != *rows {
        return Err(Failure::Damaged("the copy has other rows than the database".to_owned()));
    }
    drop(copy);
    inspect(part.path())
}
