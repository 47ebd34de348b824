//! The one file: how it is opened, read and written.
//!
//! Promise: `read` sees one committed state and can't write; `write` runs on the one writer thread, and its answer comes
//! after COMMIT with `synchronous=FULL`, so what was answered survives `kill -9` and, on honest disks, a power cut.
//! SQLite's own locks between our connections never meet: two writers could only wait for each other.
//!
//! Rejected: a pool of writers (SQLITE_BUSY between our own requests), autocheckpoint (it stalls the commit that
//! crosses the size), `synchronous=NORMAL` (an acknowledged message could vanish with the power).

mod backup;
mod checkpoint;
mod open;
mod part;
mod readers;
mod restore;
mod watch;
mod whole;
mod writer;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use r2d2::ManageConnection;
use rusqlite::Connection;
use tokio::sync::{oneshot, Semaphore};

use crate::error::{Error, Result};
use crate::ids::{ChatId, MessageId, SessionId, UserId};
use crate::pool::Pool;

pub use backup::{back_up, Written};
pub use open::{holder, newest_version, schema_of, Holder};
pub use part::{Part, PART};
pub use readers::Reader;
pub use restore::{restore, Incoming, Prepared};
pub use watch::{plan, Seen, Statement, Watch};
pub use whole::{count_rows, inspect, list_dangling, list_faults, open_existing, recognize, Counts, Failure};
pub use writer::Tx;

/// Reads that run at once, each on a connection of its own.
const READERS: u32 = 4;
/// Searches that run at once beside them, each on one more.
const SEARCHES: u32 = 2;
/// Searches that may wait.
const SEARCHES_WAITING: usize = 256;

/// A stored time on this computer's clock, written as SQLite's `strftime` is told to: SQLite knows the system's time zone.
///
/// # Errors
/// Where the system does not tell it.
pub fn local_time(micros: i64, format: &str) -> rusqlite::Result<String> {
    let connection = Connection::open_in_memory()?;
    let seconds = micros.div_euclid(1_000_000);
    connection.query_row(
        "SELECT strftime(?1, ?2, 'unixepoch', 'localtime')",
        (format, seconds),
        |row| row.get(0),
    )
}

/// What a commit tells the rest of the house: its events in order, and the sessions it ended or gave another end of life.
#[derive(Debug, Default)]
pub struct Batch {
    pub events: Vec<Told>,
    pub ended: Vec<SessionId>,
    /// With microseconds since 1970 when they end now.
    pub renewed: Vec<(SessionId, i64)>,
    /// Whether what was before is gone: nothing that is kept in memory of it counts any more.
    pub wiped: bool,
}

/// One row of the event log, as just committed.
#[derive(Debug, Clone)]
pub struct Told {
    pub id: i64,
    pub kind: &'static str,
    pub chat_id: Option<ChatId>,
    pub user_id: Option<UserId>,
    pub message_id: Option<MessageId>,
}

/// Who hears of each commit. Called on the writer thread, in commit order, before the next batch: it must not wait.
pub type Listener = Box<dyn FnMut(Batch) + Send>;

/// The database; a clone is another handle on the same.
#[derive(Clone)]
pub struct Db {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    queue: Arc<writer::Queue>,
    manager: readers::Manager,
    reading: Arc<readers::Count>,
    readers: Mutex<Option<r2d2::Pool<readers::Manager>>>,
    permits: Semaphore,
    searches: Pool,
    watches: Arc<watch::Watches>,
    threads: Mutex<Option<open::Threads>>,
}

impl Db {
    /// Opens or makes the file, brings it to this version's schema and starts the writer.
    ///
    /// # Errors
    /// One sentence that says what is wrong with the file and what to do.
    pub fn open(path: &Path, listener: Listener) -> std::result::Result<Db, String> {
        let open::Opened {
            queue,
            readers,
            manager,
            reading,
            threads,
        } = open::open(path, READERS + SEARCHES, listener)?;
        let searches = Pool::start("searching", SEARCHES as usize, SEARCHES_WAITING)
            .map_err(|error| format!("The system gives no more threads: {error}."))?;
        Ok(Db {
            shared: Arc::new(Shared {
                path: path.to_owned(),
                queue,
                manager,
                reading,
                readers: Mutex::new(Some(readers)),
                permits: Semaphore::new(READERS as usize),
                searches,
                watches: Arc::default(),
                threads: Mutex::new(Some(threads)),
            }),
        })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// Says where the server is that has the file, for whoever starts a second one; see [`holder`].
    pub fn announce(&self, address: &str) {
        if let Err(error) = open::announce(&self.shared.path, address) {
            tracing::warn!(%error, "a second start will not find this one");
        }
    }

    /// Bytes of the file and of its log.
    pub fn bytes(&self) -> u64 {
        let length = |path: &Path| path.metadata().map(|about| about.len()).unwrap_or_default();
        length(self.path()) + length(&open::beside(self.path(), "-wal"))
    }

    /// Runs a query, or several that see the same state, on a reader. Keep it short: it holds back checkpoints.
    ///
    /// # Errors
    /// What the closure fails with; `Unavailable` while the server stops.
    pub async fn read<T, F>(&self, query: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let _permit = self.shared.permits.acquire().await.map_err(|_| Error::Unavailable)?;
        let outcome = tokio::task::spawn_blocking(self.on_reader(query)?);
        outcome.await.map_err(Error::internal)?
    }

    /// As [`Db::read`], for what takes a core for milliseconds: on a thread of low priority, so that no message waits
    /// behind a search.
    ///
    /// # Errors
    /// As [`Db::read`]; `Unavailable` too where too many wait.
    pub async fn search<T, F>(&self, query: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        self.shared.searches.run(self.on_reader(query)?).await?
    }

    /// A query as work for a thread that may wait for a reader.
    fn on_reader<T, F>(&self, query: F) -> Result<impl FnOnce() -> Result<T> + Send + 'static>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let (readers, seen) = (self.readers()?, self.shared.watches.of_this_task());
        Ok(move || {
            let connection = readers.get().map_err(|_| Error::Unavailable)?;
            let snapshot = connection.unchecked_transaction()?;
            watch::reading(seen, &snapshot, query)
        })
    }

    /// As [`Db::read`], for a few look-ups by key: run where it stands, since handing it to another thread would cost
    /// more than the look. Never for a scan or a search.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn glance<T, F>(&self, query: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        match self.readers()?.try_get() {
            Some(connection) => {
                let snapshot = connection.unchecked_transaction()?;
                watch::reading(self.shared.watches.of_this_task(), &snapshot, query)
            }
            None => self.read(query).await,
        }
    }

    /// A connection that reads, for somebody who can't wait for one of the others. [`Db::stop`] waits for its end.
    ///
    /// # Errors
    /// Where the file can't be opened.
    pub fn reader(&self) -> Result<Reader> {
        Ok(self.shared.manager.connect()?)
    }

    /// Writes a backup of the database, as of now, to a file that is not there yet; it ends early where the server stops.
    ///
    /// # Errors
    /// Why there is none; see [`back_up`].
    pub async fn back_up(&self, target: PathBuf) -> std::result::Result<Written, Failure> {
        let db = self.clone();
        let written = tokio::task::spawn_blocking(move || {
            if db.is_stopped() {
                return Err(Failure::Stopped);
            }
            let reader = db.shared.manager.connect()?;
            back_up(&reader, &target, false, || !db.is_stopped())
        });
        written
            .await
            .map_err(|error| Failure::Io(std::io::Error::other(error)))?
    }

    /// Runs a change in a transaction and answers after its COMMIT. A change that fails is rolled back alone.
    /// It is queued by the call itself, so changes are made in the order of calls, and carried out even if the caller
    /// goes away meanwhile.
    ///
    /// # Errors
    /// What the closure fails with; `StorageFull`, `Unavailable` or `Internal` where the commit fails: nothing is stored.
    pub fn write<T, F>(&self, change: F) -> impl Future<Output = Result<T>> + Send + 'static + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let queued = self.push(writer::Lane::Message, change);
        async { queued?.await.map_err(|_| Error::Unavailable)? }
    }

    /// As [`Db::write`], in the lane of uploads and clean-ups, which yields to messages after each job and goes at a pace while they come.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub fn write_bulk<T, F>(&self, change: F) -> impl Future<Output = Result<T>> + Send + 'static + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let queued = self.push(writer::Lane::Bulk, change);
        async { queued?.await.map_err(|_| Error::Unavailable)? }
    }

    /// Gives room that nothing uses any more back to the disk, between two commits. What was deleted is not in the file then.
    ///
    /// # Errors
    /// Where the disk has no room for what is left, once more; then all is as before.
    pub async fn shrink(&self) -> Result<()> {
        let shrunk = self.shared.queue.ask_to_shrink()?;
        shrunk.await.map_err(|_| Error::Unavailable)?
    }

    /// Queues a change whose outcome nobody waits for; it is logged if it fails.
    pub fn write_later<F>(&self, what: &'static str, change: F)
    where
        F: FnOnce(&mut Tx<'_>) -> Result<()> + Send + 'static,
    {
        let queued = self.shared.queue.push(writer::Lane::Message, move |tx| {
            change(tx).inspect_err(|error| tracing::warn!(?error, "{what} failed"))
        });
        if queued.is_err() {
            tracing::warn!("{what} was not queued: the writer is full or stopping");
        }
    }

    /// Finishes what is queued, moves everything into the one file and closes it. Later calls get `Unavailable`.
    pub fn stop(&self) {
        self.shared.queue.close();
        self.shared.permits.close();
        drop(
            self.shared
                .readers
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        self.shared.reading.wait();
        if let Some(threads) = self
            .shared
            .threads
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        {
            threads.join();
        }
    }

    /// Watches what is done for the task that asks, until the watch is dropped; None where no task asks.
    pub fn watch(&self) -> Option<Watch> {
        self.shared.watches.begin()
    }

    /// Whether [`Db::stop`] was called: what fails from now on will not work again.
    pub fn is_stopped(&self) -> bool {
        self.shared.permits.is_closed()
    }

    fn push<T, F>(&self, lane: writer::Lane, change: F) -> Result<oneshot::Receiver<Result<T>>>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let seen = self.shared.watches.of_this_task();
        self.shared.queue.push(lane, move |tx| watch::writing(seen, tx, change))
    }

    fn readers(&self) -> Result<r2d2::Pool<readers::Manager>> {
        let readers = self.shared.readers.lock().unwrap_or_else(PoisonError::into_inner);
        readers.clone().ok_or(Error::Unavailable)
    }
}
