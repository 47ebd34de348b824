//! Who hears of a commit: the writer hands each commit's events here, in order, and goes on; workers tell the sockets.
//!
//! Promise: each worker takes commits in their order and tells each of its sockets everything that its person may hear,
//! once. A socket that has read the log joins under the worker's lock, and only if nothing was told that it has not read.
//! An event is encoded once, by the first worker that comes to it. Who waits over HTTP is woken by a bell, and reads.
//!
//! Rejected: a broadcast channel (every socket's task wakes for every event), telling on the writer's thread (five
//! hundred writes are two milliseconds that the next commit would wait).

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::{watch, Notify};

use super::connection::Connection;
use super::frame::Close;
use super::frames::Frames;
use super::recent::Recent;
use super::replay::{self, Shown, View};
use super::shard::{Change, Shard};
use crate::accounts::sessions::Sessions;
use crate::clock;
use crate::db::{Batch, Reader, Told};
use crate::ids::{ChatId, SessionId, UserId};

/// Workers at most: more do not help one network card.
const WORKERS_MAX: usize = 4;

/// A commit's events on their way to the sockets.
struct Commit {
    events: Vec<Told>,
    /// As they are shown; None where they can't be read.
    shown: OnceLock<Option<Vec<Option<Shown>>>>,
}

/// What a worker is to tell.
#[derive(Clone)]
enum News {
    Commit(Arc<Commit>),
    /// What was told before is gone: everybody reads the log, which says so.
    Wiped,
    Ended(Arc<Vec<SessionId>>),
    /// With when they end now.
    Renewed(Arc<Vec<(SessionId, i64)>>),
    Mention {
        chat: ChatId,
        except: Option<UserId>,
        frame: Bytes,
    },
    Changes(Arc<Vec<Change>>),
}

/// A worker's queue and its sockets.
#[derive(Default)]
struct Worker {
    queue: Mutex<VecDeque<News>>,
    arrived: Condvar,
    shard: Mutex<Shard>,
    /// All of its sockets, those that are behind too.
    sockets: Mutex<HashMap<usize, Arc<Connection>>>,
}

/// See the module.
pub struct Hub {
    recent: Recent,
    bell: watch::Sender<u64>,
    frames: Frames,
    workers: Vec<Worker>,
    /// How many sockets there are, or are about to be.
    count: AtomicUsize,
    /// Rings when there is none left.
    quiet: Notify,
    /// Whose read marks moved since they were last told.
    read: Mutex<HashSet<(ChatId, UserId)>>,
    /// Sockets that went live since they were last told who is here.
    fresh: Mutex<Vec<Weak<Connection>>>,
    started: Instant,
    /// No socket is to stay.
    stopping: AtomicBool,
    /// No worker is to stay.
    over: AtomicBool,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// A socket's place in the hub: while it lives the hub keeps commits for it.
pub struct Place(Arc<Hub>);

impl Drop for Place {
    fn drop(&mut self) {
        if self.0.count.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.quiet.notify_waiters();
        }
    }
}

impl Default for Hub {
    fn default() -> Hub {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Hub {
            recent: Recent::default(),
            bell: watch::Sender::new(0),
            frames: Frames::default(),
            workers: (0..cores.min(WORKERS_MAX)).map(|_| Worker::default()).collect(),
            count: AtomicUsize::new(0),
            quiet: Notify::new(),
            read: Mutex::default(),
            fresh: Mutex::default(),
            started: Instant::now(),
            stopping: AtomicBool::new(false),
            over: AtomicBool::new(false),
            threads: Mutex::default(),
        }
    }
}

impl Hub {
    /// Starts the workers. They show events as `reader` finds them.
    ///
    /// # Errors
    /// Where the system gives no more threads.
    pub fn start(self: &Arc<Self>, reader: Reader, sessions: &Arc<Sessions>, runtime: &Handle) -> std::io::Result<()> {
        let reader = Arc::new(Mutex::new(reader));
        for index in 0..self.workers.len() {
            let (hub, reader) = (Arc::clone(self), Arc::clone(&reader));
            let (sessions, runtime) = (Arc::clone(sessions), runtime.clone());
            let thread = std::thread::Builder::new().name(format!("hub-{index}")).spawn(move || {
                // What Rocket wraps a socket in sets a timer when the server stops.
                let _runtime = runtime.enter();
                hub.work(&hub.workers[index], &reader, &sessions);
            });
            lock(&self.threads).push(thread?);
        }
        Ok(())
    }

    /// Takes a commit's events and ends of sessions. On the writer's thread: it only notes them and rings.
    pub fn publish(&self, batch: Batch) {
        if batch.events.is_empty() && batch.ended.is_empty() && batch.renewed.is_empty() {
            return;
        }
        if batch.wiped {
            self.frames.clear();
            self.recent.clear();
        }
        self.frames.forget(&batch.events);
        self.recent.keep(&batch.events);
        self.bell.send_modify(|rung| *rung += 1);
        // A socket is counted before it first looks at the log, so who is not counted yet will find this there.
        if self.is_quiet() {
            return;
        }
        if batch.wiped {
            self.send(&News::Wiped);
        }
        if !batch.ended.is_empty() {
            // At once, since the end is answered next; the close frames can wait for the workers.
            for worker in &self.workers {
                worker.each_socket(|socket| {
                    if batch.ended.contains(&socket.session) {
                        socket.end();
                    }
                });
            }
            self.send(&News::Ended(Arc::new(batch.ended)));
        }
        if !batch.renewed.is_empty() {
            self.send(&News::Renewed(Arc::new(batch.renewed)));
        }
        if batch.events.is_empty() {
            return;
        }
        let marks = batch.events.iter().filter(|event| event.kind == "read");
        lock(&self.read).extend(marks.filter_map(|event| event.chat_id.zip(event.user_id)));
        self.send(&News::Commit(Arc::new(Commit {
            events: batch.events,
            shown: OnceLock::new(),
        })));
    }

    fn send(&self, news: &News) {
        for worker in &self.workers {
            lock(&worker.queue).push_back(news.clone());
            worker.arrived.notify_one();
        }
    }

    /// What is kept of the newest events.
    pub fn frames(&self) -> &Frames {
        &self.frames
    }

    /// A bell that rings at each commit from now on.
    pub fn listen(&self) -> watch::Receiver<u64> {
        self.bell.subscribe()
    }

    /// The newest events.
    pub fn recent(&self) -> &Recent {
        &self.recent
    }

    /// Makes room for a socket, before it looks at the log.
    pub fn place(self: &Arc<Self>) -> Place {
        self.count.fetch_add(1, Ordering::SeqCst);
        Place(Arc::clone(self))
    }

    /// Takes a signed-in socket under the hub's care.
    pub fn admit(&self, socket: &Arc<Connection>) {
        let worker = self.worker(socket.user);
        lock(&worker.sockets).insert(Arc::as_ptr(socket) as usize, Arc::clone(socket));
        if self.stopping.load(Ordering::SeqCst) {
            socket.ask_to_leave();
        }
    }

    /// Lets a socket in that has read the log; see [`Shard::join`].
    pub fn join(&self, socket: &Arc<Connection>, cursor: i64, chats: &[ChatId], frame: Option<Bytes>) -> bool {
        let worker = self.worker(socket.user);
        lock(&worker.shard).join(socket, cursor, chats, frame)
    }

    /// Forgets a socket.
    pub fn dismiss(&self, socket: &Arc<Connection>) {
        let worker = self.worker(socket.user);
        lock(&worker.sockets).remove(&(Arc::as_ptr(socket) as usize));
        lock(&worker.shard).leave(socket);
    }

    /// Whether somebody with a socket is in a chat; see [`Shard::is_member`].
    pub fn is_member(&self, user: UserId, chat: ChatId) -> Option<bool> {
        lock(&self.worker(user).shard).is_member(user, chat)
    }

    /// Tells those in a chat, or all but one, what is in no log.
    pub fn mention(&self, chat: ChatId, except: Option<UserId>, frame: Bytes) {
        self.send(&News::Mention { chat, except, frame });
    }

    /// Tells who came and went to those who share a chat with them.
    pub fn mention_changes(&self, changes: Vec<Change>) {
        self.send(&News::Changes(Arc::new(changes)));
    }

    /// Whose read marks moved since this was last asked.
    pub fn take_read(&self) -> HashSet<(ChatId, UserId)> {
        std::mem::take(&mut lock(&self.read))
    }

    /// A socket that went live is to be told who is here.
    pub fn welcome(&self, socket: &Arc<Connection>) {
        lock(&self.fresh).push(Arc::downgrade(socket));
    }

    /// Sockets that are to be told who is here.
    pub fn take_fresh(&self) -> Vec<Arc<Connection>> {
        let fresh = std::mem::take(&mut *lock(&self.fresh));
        fresh.iter().filter_map(Weak::upgrade).collect()
    }

    /// Whether there is no socket.
    pub fn is_quiet(&self) -> bool {
        self.count.load(Ordering::SeqCst) == 0
    }

    /// Seconds since the start: the clock by which sockets are silent.
    pub fn seconds(&self) -> u64 {
        self.started.elapsed().as_secs()
    }

    /// Closes sockets that are slow, silent or of a session that is over.
    pub fn look_after_sockets(&self) {
        self.look_after_at(Instant::now(), clock::now());
    }

    fn look_after_at(&self, at: Instant, now: i64) {
        let seconds = at.duration_since(self.started).as_secs();
        for worker in &self.workers {
            worker.each_socket(|socket| socket.look_after(at, seconds, now));
        }
    }

    /// Closes every socket, and each that comes; waits until they are gone, or for `patience`.
    pub async fn close(&self, patience: Duration) {
        self.stopping.store(true, Ordering::SeqCst);
        for worker in &self.workers {
            worker.each_socket(|socket| socket.ask_to_leave());
        }
        let gone = async {
            loop {
                let quiet = self.quiet.notified();
                if self.is_quiet() {
                    return;
                }
                quiet.await;
            }
        };
        let _ = tokio::time::timeout(patience, gone).await;
    }

    /// Ends the workers, who let go of the database.
    pub fn stop(&self) {
        self.over.store(true, Ordering::SeqCst);
        for worker in &self.workers {
            // Under the lock, so that it is not missed between a look and a wait.
            let _queue = lock(&worker.queue);
            worker.arrived.notify_one();
        }
        for thread in std::mem::take(&mut *lock(&self.threads)) {
            let _ = thread.join();
        }
    }

    /// All of a person's sockets have one worker.
    fn worker(&self, user: UserId) -> &Worker {
        &self.workers[user.0.unsigned_abs() as usize % self.workers.len()]
    }

    fn work(&self, worker: &Worker, reader: &Mutex<Reader>, sessions: &Sessions) {
        let show = |events: &[Told]| {
            // Asked first: what is read after it may be out of date by the time it is kept.
            let moment = self.frames.moment();
            let view = View {
                sessions,
                frames: &self.frames,
                recent: &self.recent,
                moment,
            };
            replay::show(view, &lock(reader), events)
                .inspect_err(|error| tracing::warn!(?error, "a commit can't be told; sockets read the log"))
                .ok()
        };
        while let Some(news) = self.next(worker) {
            worker.tell(news, &show);
        }
    }

    /// All that waits for a worker; None once the server has stopped.
    fn next(&self, worker: &Worker) -> Option<VecDeque<News>> {
        let mut queue = lock(&worker.queue);
        loop {
            if !queue.is_empty() {
                return Some(std::mem::take(&mut *queue));
            }
            if self.over.load(Ordering::SeqCst) {
                return None;
            }
            queue = worker.arrived.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Worker {
    /// Tells news in their order, and writes to each socket once: the last event with what waits before it, as it is told.
    fn tell(&self, news: VecDeque<News>, show: &impl Fn(&[Told]) -> Option<Vec<Option<Shown>>>) {
        let mut shard = lock(&self.shard);
        let mut left = news.len();
        for news in news {
            left -= 1;
            match news {
                News::Commit(commit) if shard.is_empty() => {
                    shard.pass(commit.events.last().map_or(0, |event| event.id));
                }
                News::Commit(commit) => match commit.shown.get_or_init(|| show(&commit.events)) {
                    Some(shown) => {
                        let last = commit.events.last().filter(|_| left == 0).map(|event| event.id);
                        for (event, shown) in commit.events.iter().zip(shown) {
                            shard.tell(event, shown.as_ref(), Some(event.id) == last);
                        }
                    }
                    None => shard.fall_behind(),
                },
                News::Wiped => shard.fall_behind(),
                News::Ended(sessions) => self.each_socket(|socket| {
                    if sessions.contains(&socket.session) {
                        socket.close(Close::SignedOut);
                    }
                }),
                News::Renewed(sessions) => self.each_socket(|socket| {
                    for (_, expires_at) in sessions.iter().filter(|(session, _)| *session == socket.session) {
                        socket.renew(*expires_at);
                    }
                }),
                News::Mention { chat, except, frame } => shard.mention(chat, except, &frame),
                News::Changes(changes) => shard.mention_changes(&changes),
            }
        }
        shard.write();
    }

    fn each_socket(&self, act: impl FnMut(Arc<Connection>)) {
        let sockets: Vec<Arc<Connection>> = lock(&self.sockets).values().cloned().collect();
        sockets.into_iter().for_each(act);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
