//! The connections that read, counted, so that a stop knows when the last of them has closed.
//!
//! The pool opens and drops connections on threads of its own, which the end of the process would cut off with the file
//! open: the log would stay beside it.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use r2d2::ManageConnection;
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::Connection;

/// How long a stop waits for them.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many connections are open or being opened.
#[derive(Default)]
pub struct Count {
    open: Mutex<usize>,
    closed: Condvar,
}

impl Count {
    /// Waits until all are closed, or for [`PATIENCE`].
    pub fn wait(&self) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.closed.wait_timeout_while(open, PATIENCE, |open| *open > 0));
    }
}

/// One of the connections being counted.
struct Counted(Arc<Count>);

impl Counted {
    fn new(count: &Arc<Count>) -> Counted {
        *count.open.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        Counted(Arc::clone(count))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        *self.0.open.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.closed.notify_all();
    }
}

/// A connection that reads. It is closed before it is counted off.
pub struct Reader {
    connection: Connection,
    _counted: Counted,
}

impl Deref for Reader {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

/// Opens them.
pub struct Manager {
    pub inner: SqliteConnectionManager,
    pub count: Arc<Count>,
}

impl ManageConnection for Manager {
    type Connection = Reader;
    type Error = rusqlite::Error;

    fn connect(&self) -> rusqlite::Result<Reader> {
        let counted = Counted::new(&self.count);
        Ok(Reader {
            connection: self.inner.connect()?,
            _counted: counted,
        })
    }

    fn is_valid(&self, reader: &mut Reader) -> rusqlite::Result<()> {
        self.inner.is_valid(&mut reader.connection)
    }

    fn has_broken(&self, reader: &mut Reader) -> bool {
        self.inner.has_broken(&mut reader.connection)
    }
}
