//! A backup in the place of the database.
//!
//! What is to come in is copied beside the database, read through, brought to this version and given a new epoch there,
//! so that whatever is wrong with it shows before anything changes. Then one renaming puts it in place; the database as it
//! was keeps its bytes under another name. Whoever is killed on the way has the one or the other, whole.

use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::open::{beside, lock, migrate, resolve, Lock};
use super::part::{sync_folder, Part};
use super::whole::{inspect, open_existing, verify, Failure};
use super::{checkpoint, local_time};
use crate::clock;
use crate::ids::random_hex;

/// A file that is coming in, beside the database whose place it is to take.
pub struct Incoming {
    part: Part,
    database: PathBuf,
}

/// A file that came in whole and is ready to be put in place.
pub struct Prepared {
    part: Part,
    database: PathBuf,
}

impl Incoming {
    /// Begins; None while another one comes in.
    ///
    /// # Errors
    /// Where the database's folder can't be written.
    pub fn begin(database: &Path) -> std::io::Result<Option<Incoming>> {
        let database = resolve(database);
        let part = Part::begin(&beside(&database, ".restore"))?;
        Ok(part.map(|part| Incoming { part, database }))
    }

    /// Where to write the bytes.
    ///
    /// # Errors
    /// Where the system gives no handle.
    pub fn file(&self) -> std::io::Result<File> {
        self.part.file()
    }

    /// Takes the bytes of a file.
    ///
    /// # Errors
    /// What is wrong with it, or with the disk.
    pub fn copy(&self, from: &Path) -> Result<(), Failure> {
        inspect(from)?;
        let (mut from, mut to) = (File::open(from)?, self.file()?);
        std::io::copy(&mut from, &mut to)?;
        Ok(())
    }

    /// Reads what came in from its beginning to its end, and makes it this version's, with an epoch of its own: devices
    /// that come back are told to read everything again. Codes and mails that were under way are void, and the log of what was
    /// done says that it was put in place, though not by whom: he may be nobody in it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn prepare(self) -> Result<Prepared, Failure> {
        inspect(self.part.path())?;
        let mut connection = open_existing(self.part.path())?;
        connection.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
        verify(&connection)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        migrate(&mut connection, self.part.path()).map_err(Failure::Damaged)?;
        begin_anew(&connection)?;
        drop(connection);
        self.part.sync()?;
        Ok(Prepared {
            part: self.part,
            database: self.database,
        })
    }
}

fn begin_anew(connection: &Connection) -> rusqlite::Result<()> {
    let anew = connection.unchecked_transaction()?;
    anew.execute("UPDATE meta SET value = ?1 WHERE key = 'epoch'", [random_hex(16)])?;
    anew.execute("DELETE FROM reset_codes", [])?;
    anew.execute("DELETE FROM outbox", [])?;
    anew.execute("INSERT INTO deeds (at, deed) VALUES (?1, 'restore')", [clock::now()])?;
    anew.commit()
}

impl Prepared {
    /// Puts it in place of the database, which nobody may have open. Where the database as it was is kept now, if there
    /// was one.
    ///
    /// # Errors
    /// A sentence; the database is then as it was.
    pub fn put(self) -> Result<Option<PathBuf>, String> {
        let lock = lock(&self.database, &self.database)?;
        self.put_locked(&lock)
    }

    fn put_locked(self, _lock: &Lock) -> Result<Option<PathBuf>, String> {
        let database = self.database;
        let failed = |error: std::io::Error| Failure::from(error).say(&database);
        let kept = database
            .exists()
            .then(|| keep_aside(&database))
            .transpose()
            .map_err(failed)?;
        let _ = std::fs::remove_file(beside(&database, "-shm"));
        self.part.put(&database).map_err(failed)?;
        Ok(kept)
    }
}

/// Gives the database a second name. Its log is moved into it first; that of a damaged file, which can't be, goes with the
/// second name, since beside the new file it would be taken for that one's.
fn keep_aside(database: &Path) -> std::io::Result<PathBuf> {
    if let Ok(connection) = open_existing(database) {
        checkpoint::empty(&connection);
    }
    let kept = free_name(database);
    if std::fs::hard_link(database, &kept).is_err() {
        // Not every disk can give a file two names.
        let part = Part::begin(&kept)?.ok_or(std::io::ErrorKind::ResourceBusy)?;
        std::io::copy(&mut File::open(database)?, &mut part.file()?)?;
        part.put(&kept)?;
    }
    let log = beside(database, "-wal");
    match log.metadata() {
        Ok(about) if about.len() > 0 => std::fs::rename(log, beside(&kept, "-wal"))?,
        Ok(_) => std::fs::remove_file(log)?,
        Err(_) => {}
    }
    sync_folder(database)?;
    Ok(kept)
}

fn free_name(database: &Path) -> PathBuf {
    let time = local_time(clock::now(), "%Y-%m-%dT%H%M%S").unwrap_or_default();
    let first = beside(database, &format!(".before-restore-{time}"));
    let others = (2..).map(|number| beside(&first, &format!("-{number}")));
    std::iter::once(first.clone())
        .chain(others)
        .find(|name| !name.exists())
        .unwrap_or(first)
}

/// Puts a copy of `file` in place of the database while no server runs on it. Where the database as it was is kept now, if
/// there was one.
///
/// # Errors
/// A sentence; nothing has changed then.
pub fn restore(database: &Path, file: &Path) -> Result<Option<PathBuf>, String> {
    let (place, failed) = (resolve(database), |failure: Failure| failure.say(file));
    if place.exists() && file.canonicalize().is_ok_and(|file| file == place) {
        return Err(failed(Failure::Itself));
    }
    inspect(file).map_err(failed)?;
    let lock = lock(&place, database)?;
    let incoming = match Incoming::begin(database) {
        Ok(Some(incoming)) => incoming,
        Ok(None) => return Err(Failure::Busy.say(database)),
        Err(error) => return Err(Failure::from(error).say(database)),
    };
    let copied = incoming.copy(file);
    let prepared = copied
        .and_then(|()| incoming.prepare())
        .map_err(|failure| match failure {
            // It is the database's disk that has no room for the copy.
            Failure::Full => Failure::Full.say(database),
            other => failed(other),
        })?;
    prepared.put_locked(&lock)
}
