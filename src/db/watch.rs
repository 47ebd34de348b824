//! Watching: which statements are run for one request, for who wants to see how his own was carried out.
//!
//! A request is a task of its own, so what a task asks of the database is what its request asked. Statements are told with
//! their placeholders: no value ever leaves SQLite this way. While nobody watches, each use of the database looks at one
//! number and that is all.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::trace::{TraceEvent, TraceEventCodes};
use rusqlite::Connection;
use tokio::task::Id;

use super::Tx;
use crate::error::Result;

/// Statements that are kept of one request.
const STATEMENTS: usize = 200;

/// A statement that was run.
#[derive(Debug, Clone)]
pub struct Statement {
    /// With placeholders where the values were.
    pub sql: String,
    pub took: Duration,
    /// Whether the writer ran it, else a reader did.
    pub on_writer: bool,
}

/// What the database did for one request.
#[derive(Debug, Default)]
pub struct Seen {
    pub statements: Vec<Statement>,
    /// Statements beyond those that are kept.
    pub left_out: usize,
    /// Ids of the events that it told.
    pub events: Vec<i64>,
}

type Shared = Arc<Mutex<Seen>>;

/// Who is being watched.
#[derive(Default)]
pub(super) struct Watches {
    count: AtomicUsize,
    tasks: Mutex<HashMap<Id, Shared>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watches {
    /// Watches the task that asks; None where there is none.
    pub(super) fn begin(self: &Arc<Watches>) -> Option<Watch> {
        let task = tokio::task::try_id()?;
        let seen = Shared::default();
        if lock(&self.tasks).insert(task, Arc::clone(&seen)).is_none() {
            self.count.fetch_add(1, Ordering::Relaxed);
        }
        Some(Watch {
            watches: Arc::clone(self),
            task,
            seen,
        })
    }

    /// What is kept of the task that asks, if somebody watches it. The task set the number itself, so it sees it.
    pub(super) fn of_this_task(&self) -> Option<Shared> {
        if self.count.load(Ordering::Relaxed) == 0 {
            return None;
        }
        lock(&self.tasks).get(&tokio::task::try_id()?).cloned()
    }
}

/// A task is being watched for as long as this is there.
pub struct Watch {
    watches: Arc<Watches>,
    task: Id,
    seen: Shared,
}

impl Watch {
    /// What was seen so far.
    pub fn take(&self) -> Seen {
        std::mem::take(&mut lock(&self.seen))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if lock(&self.watches.tasks).remove(&self.task).is_some() {
            self.watches.count.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

thread_local! {
    /// SQLite's hook is a function without a context; each connection is used by one thread at a time.
    static RUN: RefCell<Vec<(String, Duration)>> = const { RefCell::new(Vec::new()) };
}

fn note(event: TraceEvent<'_>) {
    if let TraceEvent::Profile(statement, took) = event {
        RUN.with_borrow_mut(|run| run.push((statement.sql().into_owned(), took)));
    }
}

/// The hook, for as long as this is there; also when what it watches panics.
struct Hook<'c> {
    connection: &'c Connection,
    seen: Shared,
    on_writer: bool,
}

impl<'c> Hook<'c> {
    fn new(connection: &'c Connection, seen: Shared, on_writer: bool) -> Hook<'c> {
        RUN.with_borrow_mut(Vec::clear);
        connection.trace_v2(TraceEventCodes::SQLITE_TRACE_PROFILE, Some(note));
        Hook {
            connection,
            seen,
            on_writer,
        }
    }
}

impl Drop for Hook<'_> {
    fn drop(&mut self) {
        self.connection.trace_v2(TraceEventCodes::empty(), None);
        let run = RUN.with_borrow_mut(std::mem::take);
        let mut seen = lock(&self.seen);
        let room = STATEMENTS.saturating_sub(seen.statements.len());
        seen.left_out += run.len().saturating_sub(room);
        let on_writer = self.on_writer;
        seen.statements.extend(
            run.into_iter()
                .take(room)
                .map(|(sql, took)| Statement { sql, took, on_writer }),
        );
    }
}

/// Reads, watched or not.
pub(super) fn reading<T>(
    seen: Option<Shared>,
    connection: &Connection,
    query: impl FnOnce(&Connection) -> Result<T>,
) -> Result<T> {
    let _hook = seen.map(|seen| Hook::new(connection, seen, false));
    query(connection)
}

/// Writes, watched or not, and notes what is told.
pub(super) fn writing<T>(
    seen: Option<Shared>,
    tx: &mut Tx<'_>,
    change: impl FnOnce(&mut Tx<'_>) -> Result<T>,
) -> Result<T> {
    let Some(seen) = seen else { return change(tx) };
    let before = tx.events().len();
    let hook = Hook::new(tx.connection(), Arc::clone(&seen), true);
    let outcome = change(tx);
    drop(hook);
    if outcome.is_ok() {
        let told = tx.events().iter().skip(before).map(|event| event.id);
        lock(&seen).events.extend(told);
    }
    outcome
}

/// How SQLite goes about a statement, a line a step; none for one that has no plan.
pub fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let explained = || -> rusqlite::Result<Vec<String>> {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
        // Its values are not known here, and a plan needs none.
        let mut rows = statement.raw_query();
        let (mut steps, mut depths) = (Vec::new(), HashMap::from([(0_i64, 0_usize)]));
        while let Some(row) = rows.next()? {
            let (id, parent, detail): (i64, i64, String) = (row.get(0)?, row.get(1)?, row.get(3)?);
            let depth = depths.get(&parent).copied().unwrap_or(0);
            depths.insert(id, depth + 1);
            steps.push(format!("{}{detail}", "  ".repeat(depth)));
        }
        Ok(steps)
    };
    // BEGIN and PRAGMA have none, and the schema of FTS5's own tables is FTS5's.
    explained().unwrap_or_default()
}
