//! The one writer: group commit without a timer.
//!
//! It blocks for one job, takes what else waits, runs each in its own SAVEPOINT, commits once, tells the listener, and
//! only then answers the callers. Alone, a job commits at once; under load, a batch shares one sync of the disk.
//! Uploads and clean-ups have a lane of their own: one job of it a batch, so that a gigabyte never stands before a message,
//! and at a pace while people write, so that the syncs of messages find the disk free.

use std::collections::VecDeque;
use std::ops::Deref;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{checkpoint, Batch, Listener, Told};
use crate::error::{quota_as_full, Error, Result};
use crate::ids::SessionId;

/// Jobs of one commit.
const BATCH: usize = 256;
/// Jobs that may wait; more is refused with 503 rather than kept in memory.
const WAITING: usize = 4096;
/// How far apart jobs of the bulk lane are while people write: with an upload's rows of 256 KiB 16 MiB/s, about what
/// a room's Wi-Fi brings to one device.
const PACE: Duration = Duration::from_millis(16);
/// How long after a message people are taken to write still.
const WRITING: Duration = Duration::from_secs(1);
/// Statements kept prepared on the writer and on each reader.
pub(super) const STATEMENTS: usize = 256;

/// A transaction of the writer: a connection to run SQL on, and what to tell once it is committed.
pub struct Tx<'c> {
    connection: &'c Connection,
    batch: Batch,
}

impl Deref for Tx<'_> {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        self.connection
    }
}

impl<'c> Tx<'c> {
    /// The connection, for as long as the writer has it.
    pub(super) fn connection(&self) -> &'c Connection {
        self.connection
    }

    /// What is told so far, by all changes of this commit.
    pub(super) fn events(&self) -> &[Told] {
        &self.batch.events
    }

    /// Tells an event that was just written to the log; it is heard after COMMIT.
    pub fn told(&mut self, event: Told) {
        self.batch.events.push(event);
    }

    /// Tells that a session has ended; its sockets and waits end after COMMIT.
    pub fn ended(&mut self, session: SessionId) {
        self.batch.ended.push(session);
    }

    /// Tells that what was before is gone: everybody reads anew after COMMIT.
    pub fn wiped(&mut self) {
        self.batch.wiped = true;
    }

    /// Tells that a session ends by itself at another time now; its sockets and waits go on.
    pub fn renewed(&mut self, session: SessionId, expires_at: i64) {
        self.batch.renewed.push((session, expires_at));
    }
}

/// Which queue a job waits in.
#[derive(Clone, Copy)]
pub enum Lane {
    Message,
    Bulk,
}

#[derive(Default)]
struct Waiting {
    messages: VecDeque<Box<dyn Job>>,
    bulk: VecDeque<Box<dyn Job>>,
    /// Who waits for a smaller file.
    shrinks: Vec<oneshot::Sender<Result<()>>>,
    log: Log,
    closed: bool,
    /// When a job of each lane was last taken.
    wrote: Option<Instant>,
    bulked: Option<Instant>,
}

impl Waiting {
    /// How long the bulk lane waits yet; None: until something else happens.
    fn pause(&self, now: Instant) -> Option<Duration> {
        if self.closed {
            return Some(Duration::ZERO);
        }
        if self.log != Log::Grows {
            return None;
        }
        let since = |at: Option<Instant>| at.map_or(Duration::MAX, |at| now.saturating_duration_since(at));
        let is_calm = since(self.wrote) >= WRITING;
        Some(if is_calm {
            Duration::ZERO
        } else {
            PACE.saturating_sub(since(self.bulked))
        })
    }
}

/// How the write-ahead log goes on.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub enum Log {
    /// It grows.
    #[default]
    Grows,
    /// Uploads wait while it is brought to its end.
    Ends,
    /// All but its end is copied: the writer copies that, and it starts anew.
    StartsAnew,
}

/// The jobs that wait for the writer.
#[derive(Default)]
pub struct Queue {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

impl Queue {
    /// Queues a change; the receiver gets its outcome after COMMIT.
    pub fn push<T, F>(&self, lane: Lane, change: F) -> Result<oneshot::Receiver<Result<T>>>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let (reply, outcome) = oneshot::channel();
        let job = Box::new(Change {
            change: Some(change),
            outcome: None,
            reply,
        });
        let mut waiting = self.lock();
        if waiting.closed {
            return Err(Error::Unavailable);
        }
        let lane = match lane {
            Lane::Message => &mut waiting.messages,
            Lane::Bulk => &mut waiting.bulk,
        };
        if lane.len() >= WAITING {
            return Err(Error::Unavailable);
        }
        lane.push_back(job);
        drop(waiting);
        self.arrived.notify_one();
        Ok(outcome)
    }

    /// Has the writer shrink the file when it comes to it; the receiver gets the outcome.
    pub fn ask_to_shrink(&self) -> Result<oneshot::Receiver<Result<()>>> {
        let (reply, outcome) = oneshot::channel();
        let mut waiting = self.lock();
        if waiting.closed {
            return Err(Error::Unavailable);
        }
        waiting.shrinks.push(reply);
        drop(waiting);
        self.arrived.notify_one();
        Ok(outcome)
    }

    fn take_shrinks(&self) -> Vec<oneshot::Sender<Result<()>>> {
        std::mem::take(&mut self.lock().shrinks)
    }

    /// Refuses further jobs; the writer ends once it has done those that wait.
    pub fn close(&self) {
        self.lock().closed = true;
        self.arrived.notify_one();
    }

    /// Says how the log goes on.
    pub fn set_log(&self, log: Log) {
        self.lock().log = log;
        self.arrived.notify_one();
    }

    /// The next batch, empty if only the log wants something; and how that goes on. None once closed and empty.
    fn next(&self) -> Option<(VecDeque<Box<dyn Job>>, Log)> {
        let mut waiting = self.lock();
        loop {
            let count = waiting.messages.len().min(BATCH);
            let mut batch: VecDeque<_> = waiting.messages.drain(..count).collect();
            let now = Instant::now();
            if count > 0 {
                waiting.wrote = Some(now);
            }
            let pause = waiting.pause(now).filter(|_| !waiting.bulk.is_empty());
            if pause == Some(Duration::ZERO) {
                batch.extend(waiting.bulk.pop_front());
                waiting.bulked = Some(now);
            }
            if !batch.is_empty() || !waiting.shrinks.is_empty() || waiting.log == Log::StartsAnew {
                return Some((batch, waiting.log));
            }
            if waiting.closed {
                return None;
            }
            waiting = match pause {
                Some(pause) => {
                    self.arrived
                        .wait_timeout(waiting, pause)
                        .unwrap_or_else(PoisonError::into_inner)
                        .0
                }
                None => self.arrived.wait(waiting).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What became of a transaction as a whole.
enum Fate {
    Kept,
    Lost(rusqlite::Error),
}

/// A change and who waits for it, with the type of its outcome forgotten.
trait Job: Send {
    /// Runs the change; whether it is to be kept.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Tells the outcome to who waits for it.
    fn answer(self: Box<Self>, fate: &Fate);
}

struct Change<T, F> {
    change: Option<F>,
    outcome: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T, F> Job for Change<T, F>
where
    T: Send,
    F: FnOnce(&mut Tx<'_>) -> Result<T> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let Some(change) = self.change.take() else { return false };
        // A panic is a fault of ours in one change; it must not take the writer with it.
        let outcome = catch_unwind(AssertUnwindSafe(|| change(tx)))
            .unwrap_or_else(|_| Err(Error::internal("a change panicked and was rolled back")));
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn answer(self: Box<Self>, fate: &Fate) {
        let outcome = match (self.outcome, fate) {
            (Some(Err(own)), _) => Err(own),
            (Some(Ok(value)), Fate::Kept) => Ok(value),
            (_, Fate::Lost(error)) => Err(copy(error)),
            (None, Fate::Kept) => Err(Error::Unavailable),
        };
        // The caller may be gone; the change stands all the same.
        let _ = self.reply.send(outcome);
    }
}

/// The same failure for one more caller.
fn copy(error: &rusqlite::Error) -> Error {
    match error {
        rusqlite::Error::SqliteFailure(code, text) => rusqlite::Error::SqliteFailure(*code, text.clone()).into(),
        other => Error::internal(other.to_string()),
    }
}

/// Runs batches until the queue is closed and empty.
pub fn run(connection: &Connection, queue: &Queue, listener: &mut Listener, wants: &Arc<CheckpointWants>) {
    while let Some((mut jobs, log)) = queue.next() {
        let wrote = !jobs.is_empty();
        while !jobs.is_empty() {
            commit(connection, &mut jobs, listener);
        }
        let shrinks = queue.take_shrinks();
        let wrote = wrote || !shrinks.is_empty();
        if !shrinks.is_empty() {
            // No transaction is open here, and none can begin meanwhile.
            let shrunk = connection.execute_batch("VACUUM").map_err(quota_as_full);
            // What was there is gone once the log is emptied; who still reads an old state holds that up, and then the
            // checkpointer does it.
            if !checkpoint::empty(connection) {
                wants.wiped.store(true, Ordering::Release);
            }
            for reply in shrinks {
                let _ = reply.send(shrunk.as_ref().copied().map_err(copy));
            }
        }
        // It looks again by itself while there is something to look at.
        if wrote && !wants.written.swap(true, Ordering::AcqRel) {
            wants.wake();
        }
        if log == Log::StartsAnew {
            let _ = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
            queue.set_log(Log::Grows);
        }
    }
}

/// What the checkpointer waits for.
#[derive(Default)]
pub struct CheckpointWants {
    /// Something was committed since the checkpointer looked.
    pub written: AtomicBool,
    /// Something was wiped that is in the log yet, since somebody was reading.
    pub wiped: AtomicBool,
    /// The server stops.
    pub stop: AtomicBool,
    gate: Mutex<()>,
    bell: Condvar,
}

impl CheckpointWants {
    /// Wakes the checkpointer. Under the gate, so that it is not missed between a look and a wait.
    pub fn wake(&self) {
        let _gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        self.bell.notify_one();
    }

    /// Waits until something is written or the server stops, for `time` at the most.
    pub fn wait_for_work(&self, time: Duration) {
        let gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = |_: &mut ()| !self.written.load(Ordering::Acquire) && !self.stop.load(Ordering::Acquire);
        drop(self.bell.wait_timeout_while(gate, time, idle));
    }

    /// Waits for `time`, or until the server stops.
    pub fn wait(&self, time: Duration) {
        let gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        let going_on = |_: &mut ()| !self.stop.load(Ordering::Acquire);
        drop(self.bell.wait_timeout_while(gate, time, going_on));
    }
}

/// Runs jobs in one transaction and takes them off the queue: all of them, or those before SQLite gave up.
fn commit(connection: &Connection, jobs: &mut VecDeque<Box<dyn Job>>, listener: &mut Listener) {
    let mut tx = Tx {
        connection,
        batch: Batch::default(),
    };
    let mut done = Vec::with_capacity(jobs.len());
    let mut fate = match execute(connection, "BEGIN IMMEDIATE") {
        Ok(()) => Fate::Kept,
        Err(error) => Fate::Lost(error),
    };
    while let (Fate::Kept, Some(mut job)) = (&fate, jobs.pop_front()) {
        fate = run_one(&mut tx, job.as_mut());
        done.push(job);
    }
    if let Fate::Kept = fate {
        if let Err(error) = execute(connection, "COMMIT") {
            stop_if_sync_failed(&error);
            fate = Fate::Lost(error);
        }
    }
    match &fate {
        Fate::Kept => listener(tx.batch),
        Fate::Lost(error) => {
            tracing::warn!(%error, jobs = done.len(), "a transaction was rolled back");
            if !connection.is_autocommit() {
                let _ = execute(connection, "ROLLBACK");
            }
            if done.is_empty() {
                done.extend(jobs.drain(..)); // it could not even begin: nobody is tried again
            }
        }
    }
    for job in done {
        job.answer(&fate);
    }
}

/// Runs a job in its own SAVEPOINT: rolled back alone where it fails. SQLite itself may give up the whole transaction
/// (full disk, I/O error); then nothing of it stands.
fn run_one(tx: &mut Tx<'_>, job: &mut dyn Job) -> Fate {
    let (events, ended) = (tx.batch.events.len(), tx.batch.ended.len());
    let (renewed, wiped) = (tx.batch.renewed.len(), tx.batch.wiped);
    let outcome = execute(tx.connection, "SAVEPOINT job").and_then(|()| {
        if job.run(tx) {
            return execute(tx.connection, "RELEASE job");
        }
        tx.batch.events.truncate(events);
        tx.batch.ended.truncate(ended);
        tx.batch.renewed.truncate(renewed);
        tx.batch.wiped = wiped;
        if tx.connection.is_autocommit() {
            return Err(full());
        }
        execute(tx.connection, "ROLLBACK TO job").and_then(|()| execute(tx.connection, "RELEASE job"))
    });
    match outcome {
        Ok(()) => Fate::Kept,
        Err(error) => Fate::Lost(error),
    }
}

/// SQLite rolls back by itself where the disk is full or failing.
fn full() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(
        rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL),
        Some("the transaction was rolled back".to_owned()),
    )
}

fn execute(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    let statement = connection.prepare_cached(sql);
    let outcome = statement.and_then(|mut statement| statement.execute([]));
    outcome.map(drop).map_err(quota_as_full)
}

/// After a failed fsync the kernel may have dropped the pages it could not write, and a second fsync would succeed
/// without them. Nothing of this batch is acknowledged; the next start reads what the disk really holds.
fn stop_if_sync_failed(error: &rusqlite::Error) {
    use rusqlite::ffi::{SQLITE_IOERR_DIR_FSYNC, SQLITE_IOERR_FSYNC};
    let code = error.sqlite_error().map(|error| error.extended_code);
    if matches!(code, Some(SQLITE_IOERR_FSYNC | SQLITE_IOERR_DIR_FSYNC)) {
        tracing::error!(%error, "the disk did not confirm a write; stopping so that nothing false is acknowledged");
        std::process::exit(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bulk_goes_at_a_pace_while_people_write_and_wait_while_the_log_ends() {
        let now = Instant::now();
        let pause = |wrote: Option<Duration>, bulked: Option<Duration>, log: Log, closed: bool| {
            let waiting = Waiting {
                wrote: wrote.map(|ago| now - ago),
                bulked: bulked.map(|ago| now - ago),
                log,
                closed,
                ..Waiting::default()
            };
            waiting.pause(now)
        };
        let (just, long_ago) = (Some(Duration::from_millis(3)), Some(Duration::from_secs(2)));
        for (wrote, bulked, log, closed, expected) in [
            (None, None, Log::Grows, false, Some(Duration::ZERO)),
            (just, None, Log::Grows, false, Some(Duration::ZERO)),
            (None, just, Log::Grows, false, Some(Duration::ZERO)),
            (long_ago, just, Log::Grows, false, Some(Duration::ZERO)),
            (just, just, Log::Grows, false, Some(Duration::from_millis(13))),
            (just, long_ago, Log::Grows, false, Some(Duration::ZERO)),
            (None, None, Log::Ends, false, None),
            (just, just, Log::StartsAnew, false, None),
            // What waits when the server stops is done at once.
            (just, just, Log::Ends, true, Some(Duration::ZERO)),
        ] {
            assert_eq!(pause(wrote, bulked, log, closed), expected, "{wrote:?} {bulked:?}");
        }
    }
}
