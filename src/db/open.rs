//! Opening the file: refusals in one sentence, the schema, and the threads that own the connections.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use include_dir::{include_dir, Dir};
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{Error as MigrationError, MigrationDefinitionError, Migrations, M};

use super::readers::{Count, Manager};
use super::writer::{self, CheckpointWants, Queue, STATEMENTS};
use super::{checkpoint, Listener};
use crate::error::quota_as_full;

static SQL: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/sql");

/// 'MSGR' in the file's header.
pub(super) const APPLICATION_ID: i64 = 0x4D53_4752;
/// Below it, two connections of one file could corrupt it when one wrote while the other checkpointed (WAL reset).
const OLDEST_SQLITE: i32 = 3_051_003;
/// How long a lock of another program is waited for before 503.
pub(super) const BUSY: Duration = Duration::from_secs(5);
/// The end of the file that says where the server is which has the database. Not in the lock's file: where a lock keeps
/// others from reading, as on Windows, nobody could find it.
const ADDRESS: &str = "-address";
/// How often a start tries to lock the file that has the lock's name: a file system may number its files anew each time.
const LOCKINGS: u32 = 100;
/// How often a stop looks whether the log is gone, every 20 ms.
const CLOSINGS: u32 = 50;

pub struct Opened {
    pub queue: Arc<Queue>,
    pub readers: r2d2::Pool<Manager>,
    pub manager: Manager,
    pub reading: Arc<Count>,
    pub threads: Threads,
}

/// The threads that write, and the lock that says so.
pub struct Threads {
    writer: JoinHandle<()>,
    checkpointer: JoinHandle<()>,
    wants: Arc<CheckpointWants>,
    lock: Lock,
}

/// Says that this process has the database; gone with the value, or with the process.
pub(super) struct Lock {
    file: File,
    path: PathBuf,
    database: PathBuf,
}

impl Drop for Lock {
    fn drop(&mut self) {
        if has_name(&self.file, &self.path) {
            let _ = std::fs::remove_file(beside(&self.database, ADDRESS));
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

impl Threads {
    /// Waits for the writer to finish its queue and for the file to be whole.
    pub fn join(self) {
        self.wants.stop.store(true, Ordering::Release);
        self.wants.wake();
        let joined = self.checkpointer.join().and_then(|()| self.writer.join());
        if joined.is_err() {
            tracing::error!("a thread of the database panicked");
        }
        self.lock.empty_log();
        drop(self.lock);
    }
}

impl Lock {
    /// Opens and closes the file once more while its log is still there: what closes last takes the log away, and a
    /// reader may have been that, which can't write.
    fn empty_log(&self) {
        let log = beside(&self.database, "-wal");
        for _ in 0..CLOSINGS {
            if !log.exists() {
                return;
            }
            if let Ok(connection) = Connection::open(&self.database) {
                // Whoever else has it locked is not waited for: then the log is his to take away.
                let _ = connection.busy_timeout(Duration::ZERO);
                checkpoint::empty(&connection);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Opens everything; see [`super::Db::open`].
pub fn open(path: &Path, readers: u32, mut listener: Listener) -> Result<Opened, String> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(format!(
            "This build has SQLite {}, which can corrupt data; build with 3.51.3 or newer.",
            rusqlite::version()
        ));
    }
    let named = path;
    let path = &resolve(named);
    let lock = lock(path, named)?;
    make_private(path)?;
    let refused = |error: rusqlite::Error| refusal(named, error);
    let mut connection = Connection::open(path).map_err(refused)?;
    connection.busy_timeout(BUSY).map_err(refused)?;
    // Looked at before anything is set: another program's file is left as it was.
    recognize(&connection, named)?;
    settle(&mut connection).map_err(refused)?;
    migrate(&mut connection, named)?;

    let reading = Arc::new(Count::default());
    let readers = r2d2::Pool::builder()
        .max_size(readers)
        // The others are opened when they are needed: a start need not wait for them.
        .min_idle(Some(1))
        .connection_timeout(BUSY)
        .max_lifetime(None)
        .idle_timeout(None)
        .build(manager(path, &reading))
        .map_err(|error| format!("The database {} can't be read: {error}.", named.display()))?;
    let checkpointing = connect(path, OpenFlags::default()).map_err(refused)?;

    let queue = Arc::new(Queue::default());
    let wants = Arc::new(CheckpointWants::default());
    let (jobs, asks) = (Arc::clone(&queue), Arc::clone(&wants));
    let writer = thread("writer", move || {
        writer::run(&connection, &jobs, &mut listener, &asks);
        checkpoint::empty(&connection);
    })?;
    let (jobs, asks) = (Arc::clone(&queue), Arc::clone(&wants));
    let checkpointer = thread("checkpointer", move || checkpoint::run(&checkpointing, &jobs, &asks))?;
    Ok(Opened {
        queue,
        readers,
        manager: manager(path, &reading),
        reading,
        threads: Threads {
            writer,
            checkpointer,
            wants,
            lock,
        },
    })
}

/// Opens connections that read.
fn manager(path: &Path, count: &Arc<Count>) -> Manager {
    Manager {
        inner: SqliteConnectionManager::file(path).with_init(|connection| {
            settle(connection)?;
            connection.pragma_update(None, "query_only", true)
        }),
        count: Arc::clone(count),
    }
}

fn thread(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, String> {
    let builder = std::thread::Builder::new().name(name.to_owned());
    builder
        .spawn(run)
        .map_err(|error| format!("The system gives no thread for the {name}: {error}."))
}

/// The one name of the file: from the root, so that SQLite reads no meaning of its own into it, and without links, so that
/// its lock is found by whatever name it is called.
pub(super) fn resolve(path: &Path) -> PathBuf {
    let whole = std::fs::canonicalize(path).or_else(|error| {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let name = path.file_name().ok_or(error)?;
        Ok::<_, std::io::Error>(std::fs::canonicalize(folder)?.join(name))
    });
    whole.unwrap_or_else(|_| path.to_owned())
}

/// The file of this name with something behind it.
pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// A lock beside the file: SQLite's own would let a second server in. The system drops it with the process, however
/// that ends. A server that stops takes the lock's file away while it holds it; who opened that file before holds a lock
/// on nothing then, and tries again with the one that has the name now.
pub(super) fn lock(path: &Path, named: &Path) -> Result<Lock, String> {
    let beside = beside(path, "-lock");
    let mut tries = 0;
    loop {
        tries += 1;
        let file = OpenOptions::new().create(true).write(true).truncate(false).open(&beside).map_err(|error| {
            let folder = named.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            format!(
                "Messenger can't write to the folder {} ({error}). Start it in a folder of yours, or name another file with --database.",
                folder.display()
            )
        })?;
        match file.try_lock() {
            Ok(()) if tries < LOCKINGS && !has_name(&file, &beside) => {}
            Ok(()) => {
                // Of a server that was killed: where it was is nobody's address now.
                let _ = std::fs::remove_file(self::beside(path, ADDRESS));
                return Ok(Lock {
                    file,
                    path: beside,
                    database: path.to_owned(),
                });
            }
            Err(std::fs::TryLockError::WouldBlock) => {
                return Err(format!(
                    "Another Messenger is already running on {}. Stop that one, or name another file with --database.",
                    named.display()
                ))
            }
            Err(std::fs::TryLockError::Error(error)) => {
                return Err(format!(
                    "The folder of {} can't lock files ({error}). Use a disk of this computer, not a network drive.",
                    path.display()
                ))
            }
        }
    }
}

/// Who has a database.
#[derive(Debug, PartialEq, Eq)]
pub enum Holder {
    Nobody,
    /// A server that is not ready yet, or a command.
    Silent,
    /// A server, by its address.
    At(String),
}

/// Who has the database now.
pub fn holder(path: &Path) -> Holder {
    let path = resolve(path);
    let free = match OpenOptions::new().write(true).open(beside(&path, "-lock")) {
        Ok(file) => !matches!(file.try_lock(), Err(std::fs::TryLockError::WouldBlock)),
        Err(_) => true,
    };
    match std::fs::read_to_string(beside(&path, ADDRESS)) {
        _ if free => Holder::Nobody,
        Ok(address) => Holder::At(address),
        Err(_) => Holder::Silent,
    }
}

/// Says where the server is that has the database, for whoever starts a second one.
///
/// # Errors
/// Where the file can't be written.
pub fn announce(path: &Path, address: &str) -> std::io::Result<()> {
    let path = resolve(path);
    let new = beside(&path, "-address.new");
    std::fs::write(&new, address)?;
    std::fs::rename(new, beside(&path, ADDRESS))
}

/// Whether an open file is still the one of this name.
#[cfg(unix)]
pub(super) fn has_name(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let number = |file: std::io::Result<std::fs::Metadata>| file.ok().map(|file| (file.dev(), file.ino()));
    let held = number(file.metadata());
    held.is_some() && held == number(std::fs::metadata(path))
}

/// As on Unix, as far as the standard library can tell: whether there is a file of this name at all.
#[cfg(not(unix))]
pub(super) fn has_name(_file: &File, path: &Path) -> bool {
    path.exists()
}

/// Makes the file readable for its owner only, before SQLite writes keys and hashes into it; its log takes the same
/// mode. On Windows a new file takes the access list of its folder, which for a user's own folders is that user.
fn make_private(path: &Path) -> Result<(), String> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(format!(
            "The database {} can't be made ({error}). Name another file with --database.",
            path.display()
        )),
    }
}

fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open_with_flags(path, flags)?;
    settle(&mut connection)?;
    Ok(connection)
}

/// The settings of every connection.
fn settle(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // On macOS a sync stops at the disk's own cache without it; elsewhere it means nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    connection.pragma_update(None, "cache_size", -8_000)?;
    connection.pragma_update(None, "temp_store", "MEMORY")
}

/// Checks that the file is ours, or empty.
fn recognize(connection: &Connection, path: &Path) -> Result<(), String> {
    let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let header = number("application_id").and_then(|id| Ok((id, number("schema_version")?)));
    let (id, changes) = header.map_err(|error| refusal(path, error))?;
    if id != APPLICATION_ID && changes > 0 {
        return Err(format!(
            "{} is a database of another program. Name another file with --database.",
            path.display()
        ));
    }
    Ok(())
}

/// Brings the schema up to date.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), String> {
    migrations().to_latest(connection).map_err(|error| match error {
        MigrationError::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => format!(
            "{} was written by a newer Messenger. Start that version, or name another file with --database.",
            path.display()
        ),
        MigrationError::RusqliteError { err, .. } => refusal(path, err),
        other => format!(
            "{} can't be brought to this version: {other}. Restore a backup.",
            path.display()
        ),
    })
}

/// The `user_version` of a file of this version: how many migrations there are.
pub fn newest_version() -> u32 {
    u32::try_from(migration_files().len()).unwrap_or(u32::MAX)
}

fn migration_files() -> Vec<&'static include_dir::File<'static>> {
    let is_migration = |file: &&include_dir::File<'_>| file.path().file_name().is_some_and(|name| name != "schema.sql");
    let mut files: Vec<_> = SQL.files().filter(is_migration).collect();
    files.sort_by_key(|file| file.path());
    files
}

fn migrations() -> Migrations<'static> {
    let files = migration_files();
    Migrations::new(
        files
            .iter()
            .filter_map(|file| file.contents_utf8())
            .map(M::up)
            .collect(),
    )
}

/// The schema after all migrations, as SQLite keeps it: what `sql/schema.sql` shows to readers.
///
/// # Errors
/// Where a migration is wrong.
pub fn schema_of() -> Result<String, String> {
    let mut connection = Connection::open_in_memory().map_err(|error| error.to_string())?;
    migrations()
        .to_latest(&mut connection)
        .map_err(|error| error.to_string())?;
    let mut statement = connection
        .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid")
        .map_err(|error| error.to_string())?;
    let rows = statement
        .query_map([], |row| row.get::<_, String>(0))
        .map_err(|error| error.to_string())?;
    let sql: Result<Vec<_>, _> = rows.collect();
    let sql = sql.map_err(|error| error.to_string())?;
    Ok(format!(
        "-- Generated from the migrations beside this file, for readers. Not run.\n\n{};\n",
        sql.join(";\n\n")
    ))
}

/// Why SQLite can't use the file, and what to do.
fn refusal(path: &Path, error: rusqlite::Error) -> String {
    use rusqlite::ErrorCode::{
        CannotOpen, DatabaseBusy, DatabaseCorrupt, DatabaseLocked, DiskFull, NotADatabase, PermissionDenied, ReadOnly,
    };
    let (file, error) = (path.display(), quota_as_full(error));
    match error.sqlite_error_code() {
        Some(NotADatabase) => format!("{file} is not a database. Move it away, or name another file with --database."),
        Some(DatabaseCorrupt) => {
            format!("{file} is damaged ({error}). Restore a backup, or name another file with --database.")
        }
        Some(DatabaseBusy | DatabaseLocked) => {
            format!("{file} is locked by another program. Close that program and start again.")
        }
        Some(CannotOpen | ReadOnly | PermissionDenied) => {
            format!("{file} can't be opened for writing ({error}). Check its permissions, or name another file with --database.")
        }
        Some(DiskFull) => format!("The disk of {file} is full. Make room and start again."),
        _ => format!("{file} can't be opened: {error}."),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// `.cargo/config.toml` says how; what is built elsewhere than in this tree would not know.
    #[test]
    fn sqlite_is_compiled_as_it_is_to_be() {
        let connection = Connection::open_in_memory().unwrap();
        let mut statement = connection.prepare("PRAGMA compile_options").unwrap();
        let options = statement.query_map([], |row| row.get(0)).unwrap();
        let options: Vec<String> = options.collect::<rusqlite::Result<_>>().unwrap();
        let has = |wanted: &str| options.iter().any(|option| option == wanted);
        assert!(has("DEFAULT_MEMSTATUS=0"), "{options:?}");
        assert!(!has("ENABLE_MEMORY_MANAGEMENT"), "{options:?}");
    }
}
