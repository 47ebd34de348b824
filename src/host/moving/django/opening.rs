//! The original's file, to be read so that its folder stays as it is.
//!
//! One with a rollback journal is read where it lies: nothing is made beside it for that. In WAL mode even who only reads makes
//! `-wal` and `-shm` beside the file, and can't where the folder is not his; so that one is copied with its log beside the
//! database that it comes into, and read there. Rejected: SQLite's `immutable`, which knows nothing of what stands in the log.

use std::ffi::OsStr;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{ErrorKind, Read, Result as Done};
use std::path::{Path, PathBuf};

use super::super::refuse;
use crate::db::{Part, PART};
use crate::error::{Error, Result};

/// Who writes to it while it is read.
pub const BUSY: &str = "another program is writing to it: stop that one first";

/// A file that can be read: the one that was named, or a copy that is gone with the value.
pub struct Readable {
    path: PathBuf,
    copy: Option<Part>,
    /// Whether it is in WAL mode and there was no log beside it: where it was not closed, what is newest is missing.
    pub has_no_log: bool,
}

impl Readable {
    /// Finds out what a file is, without a change to its folder; a copy stands beside `database`.
    ///
    /// # Errors
    /// What it is, where it is not an SQLite database, or one that its program has to put right first.
    pub fn of(path: &Path, database: &Path) -> Result<Readable> {
        let is_logged = recognize(path)?;
        // SQLite looks beside the file itself, whatever led to it.
        let whole = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        check_journal(&beside(&whole, "-journal"))?;
        if !is_logged {
            return Ok(Readable {
                path: path.to_owned(),
                copy: None,
                has_no_log: false,
            });
        }
        let log = beside(&whole, "-wal");
        let has_log = std::fs::metadata(&log).is_ok_and(|log| log.len() > 0);
        let part = Part::begin(&copy_of(database)).map_err(uncopied)?;
        let part = part.ok_or_else(|| refuse("it is brought in already, by somebody else"))?;
        let before = (state(&whole), state(&log));
        copy(&whole, part.file()).map_err(uncopied)?;
        if has_log {
            copy(&log, make_private(&beside(part.path(), "-wal"))).map_err(uncopied)?;
        }
        if before != (state(&whole), state(&log)) {
            return Err(refuse(BUSY));
        }
        Ok(Readable {
            path: part.path().to_owned(),
            copy: Some(part),
            has_no_log: !has_log,
        })
    }

    /// Where it is to be read.
    pub fn path(&self) -> &Path {
        self.copy.as_ref().map_or(&self.path, Part::path)
    }
}

/// Takes away the copy that an import left beside this database when it was killed: there are password hashes in it.
pub fn clean(database: &Path) {
    let left = beside(&copy_of(database), PART);
    if left.exists() {
        Part::clean(&left);
    }
}

/// What the copy is beside a database, while it is made.
fn copy_of(database: &Path) -> PathBuf {
    beside(database, ".django")
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(OsStr::new(end));
    PathBuf::from(name)
}

fn uncopied(error: std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Error::StorageFull,
        _ => refuse(format!("it can't be copied to be read ({error})")),
    }
}

fn copy(from: &Path, to: Done<File>) -> Done<u64> {
    std::io::copy(&mut File::open(from)?, &mut to?)
}

/// What changes when somebody writes.
fn state(path: &Path) -> Option<(u64, Option<std::time::SystemTime>)> {
    let state = |found: Metadata| (found.len(), found.modified().ok());
    std::fs::metadata(path).ok().map(state)
}

/// A new file that its owner alone can read: there are password hashes in it.
fn make_private(path: &Path) -> Done<File> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A journal that begins with anything but nothing is of a change that was cut off, or is being made.
fn check_journal(path: &Path) -> Result<()> {
    let mut first = [0];
    let begins = File::open(path).and_then(|mut file| file.read_exact(&mut first));
    match begins.is_ok() && first != [0] {
        true => Err(refuse(
            "it was left in the middle of a change, which the -journal beside it undoes: start and stop the program that wrote it, \
             then bring it in",
        )),
        false => Ok(()),
    }
}

/// Says what a file is that is not a database, from how it begins; of one, whether it is in WAL mode.
fn recognize(path: &Path) -> Result<bool> {
    let mut start = [0; 20];
    let mut file = File::open(path).map_err(|error| refuse(format!("it can't be opened ({error})")))?;
    let mut filled = 0;
    while filled < start.len() {
        match file.read(&mut start[filled..]) {
            Ok(0) => break,
            Ok(more) => filled += more,
            Err(error) => return Err(refuse(format!("it can't be read ({error})"))),
        }
    }
    let start = &start[..filled];
    if let Some(rest) = start.strip_prefix(b"SQLite format 3\0") {
        // Behind the size of a page, which version it takes to write and to read it.
        return Ok(rest.get(2..4).is_some_and(|versions| versions.contains(&2)));
    }
    Err(refuse(match start {
        b"" => "it is empty",
        [b'P', b'K', 3, 4, ..] => "it is a ZIP; an archive of Messenger's comes in by `messenger import archive`",
        _ => "it is not an SQLite database",
    }))
}
