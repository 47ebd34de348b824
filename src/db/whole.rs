//! Whether a file is a whole database of Messenger's, and what it is otherwise.
//!
//! The header is looked at first, by itself: it tells another program's file, a newer version's and half a file without a
//! connection, and so without a trace beside them.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::open::{beside, newest_version, APPLICATION_ID};
use crate::error::quota_as_full;

/// Why a file was not copied, checked or put in place of another.
#[derive(Debug)]
pub enum Failure {
    /// There is no such file.
    Missing,
    /// The file has nothing in it.
    Empty,
    /// The file is no database.
    NotADatabase,
    /// The file is another program's database.
    Foreign,
    /// A newer Messenger wrote the file.
    Newer,
    /// The end of the file is missing.
    Truncated,
    /// What SQLite found wrong in the file.
    Damaged(String),
    /// The file has a log beside it: somebody has it open, or was killed with it.
    InUse,
    /// The target exists.
    Exists,
    /// The target is the database itself.
    Itself,
    /// Somebody else writes the same file.
    Busy,
    /// The server stops.
    Stopped,
    /// The disk is full.
    Full,
    /// The disk kept other bytes than were written.
    Garbled,
    Io(std::io::Error),
    Sql(rusqlite::Error),
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        match error.kind() {
            ErrorKind::NotFound => Failure::Missing,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Failure::Full,
            _ => Failure::Io(error),
        }
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Failure {
        let error = quota_as_full(error);
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Failure::Full,
            Some(ErrorCode::NotADatabase) => Failure::NotADatabase,
            Some(ErrorCode::DatabaseCorrupt) => Failure::Damaged(error.to_string()),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Failure::Busy,
            _ => Failure::Sql(error),
        }
    }
}

impl Failure {
    /// A sentence about `file` for who works at the command line.
    pub fn say(&self, file: &Path) -> String {
        let file = file.display();
        match self {
            Failure::Missing => format!("There is no {file}."),
            Failure::Empty => format!("{file} is empty."),
            Failure::NotADatabase => format!("{file} is not a database."),
            Failure::Foreign => format!("{file} is a database of another program."),
            Failure::Newer => format!("{file} was written by a newer Messenger. Take that version."),
            Failure::Truncated => format!("{file} is not whole: its end is missing."),
            Failure::Damaged(what) => format!("{file} is damaged ({what})."),
            Failure::InUse => format!(
                "{file} is not whole without {file}-wal beside it. Start and stop Messenger on it, or make a backup of it with \"messenger backup\"."
            ),
            Failure::Exists => format!("{file} is there already. Name another file, or replace it with --force."),
            Failure::Itself => format!("{file} is the database itself. Name another file."),
            Failure::Busy => format!("{file} is in use by another program. Try again when that has ended."),
            Failure::Stopped => format!("{file} was not written: the server stops."),
            Failure::Garbled => format!(
                "{file} was not kept: read back, it was not what was written. Do not trust its disk, and name a file on another disk."
            ),
            Failure::Full => format!("The disk of {file} is full. Make room, or name a file on another disk."),
            Failure::Io(error) => format!("{file} can't be used ({error})."),
            Failure::Sql(error) => format!("{file} can't be used ({error})."),
        }
    }
}

/// Where the header of an SQLite file has what is asked of it.
const HEADER: usize = 100;
const MAGIC: &[u8] = b"SQLite format 3\0";
const PAGE_SIZE: usize = 16;
const PAGES: usize = 28;
const USER_VERSION: usize = 60;
const APPLICATION: usize = 68;

/// Looks at a file's header: whether it can be a database of Messenger's that this version reads, with its end.
///
/// # Errors
/// What it is instead.
pub fn inspect(path: &Path) -> Result<(), Failure> {
    let mut file = std::fs::File::open(path)?;
    let about = file.metadata()?;
    if !about.is_file() {
        return Err(Failure::NotADatabase);
    }
    if about.len() == 0 {
        return Err(Failure::Empty);
    }
    let mut header = [0; HEADER];
    if let Err(error) = file.read_exact(&mut header) {
        return match error.kind() {
            ErrorKind::UnexpectedEof => Err(Failure::NotADatabase),
            _ => Err(error.into()),
        };
    }
    let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    if !header.starts_with(MAGIC) {
        return Err(Failure::NotADatabase);
    }
    if i64::from(number(APPLICATION)) != APPLICATION_ID {
        return Err(Failure::Foreign);
    }
    if number(USER_VERSION) > newest_version() {
        return Err(Failure::Newer);
    }
    let page = match u16::from_be_bytes([header[PAGE_SIZE], header[PAGE_SIZE + 1]]) {
        1 => 65_536,
        size => u64::from(size),
    };
    if about.len() < page * u64::from(number(PAGES)) {
        return Err(Failure::Truncated);
    }
    let log = std::fs::metadata(beside(path, "-wal"));
    if log.is_ok_and(|log| log.len() > 0) {
        return Err(Failure::InUse);
    }
    Ok(())
}

/// Opens a file that is there, by its plain name.
///
/// # Errors
/// Where there is none, or it can't be opened.
pub fn open_existing(path: &Path) -> Result<Connection, Failure> {
    if !path.exists() {
        return Err(Failure::Missing);
    }
    // Without the meaning that SQLite gives to names that begin with `file:`.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(super::open::BUSY)?;
    Ok(connection)
}

/// Whether an open file is a database of Messenger's, of this version or an older one.
///
/// # Errors
/// `Newer`; or where it is no database, or can't be read.
pub fn recognize(connection: &Connection) -> Result<(), Failure> {
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    if number("application_id")? != APPLICATION_ID {
        return Err(Failure::Foreign);
    }
    match number("user_version")? > i64::from(newest_version()) {
        true => Err(Failure::Newer),
        false => Ok(()),
    }
}

/// What SQLite finds wrong with the file as a whole, at most a hundred things: its pages, its indexes, its rules.
///
/// # Errors
/// Where it can't be read so far.
pub fn list_faults(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("PRAGMA integrity_check")?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut faults: Vec<String> = rows.collect::<rusqlite::Result<_>>()?;
    faults.retain(|fault| fault != "ok");
    Ok(faults)
}

/// Rows that name a row that is not there, at most a hundred: table and the table named.
///
/// # Errors
/// Where the file can't be read.
pub fn list_dangling(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    let rows = statement.query_map([], |row| {
        let (table, id, parent): (String, Option<i64>, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let id = id.map(|id| format!(" {id}")).unwrap_or_default();
        Ok(format!("{table}{id} names a row of {parent} that is not there"))
    })?;
    rows.take(100).collect()
}

/// Fails with the first thing that is wrong.
///
/// # Errors
/// `Damaged`, or what keeps it from being read.
pub fn verify(connection: &Connection) -> Result<(), Failure> {
    let mut wrong = list_faults(connection)?;
    if wrong.is_empty() {
        wrong = list_dangling(connection)?;
    }
    match wrong.into_iter().next() {
        None => Ok(()),
        Some(first) => Err(Failure::Damaged(first.trim().replace('\n', ", "))),
    }
}

/// How many rows each table has.
pub type Counts = BTreeMap<String, i64>;

/// Counts the rows of every table.
///
/// # Errors
/// Where the file can't be read.
pub fn count_rows(connection: &Connection) -> rusqlite::Result<Counts> {
    let mut statement = connection.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'messages\\_fts%' ESCAPE '\\'
         ORDER BY name",
    )?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?;
    let names: Vec<String> = names.collect::<rusqlite::Result<_>>()?;
    let count = |name: String| {
        let sql = format!("SELECT count(*) FROM \"{}\"", name.replace('"', "\"\""));
        let count = connection.query_row(&sql, [], |row| row.get(0))?;
        Ok((name, count))
    };
    names.into_iter().map(count).collect()
}
