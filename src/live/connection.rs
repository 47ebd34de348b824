//! A socket's bytes: its task reads them here, and who has something to say writes it here, straight to the network, without waiting.
//!
//! What the socket does not take at once waits as a pointer to the shared bytes and is written by the socket's own task
//! when there is room; what does not fit there marks the socket *behind*: it is told nothing more as it happens, and
//! reads the log from its own cursor until it has caught up. One mechanism for who is slow and for who comes back.
//!
//! Rejected: a task and a queue for every write. Waking a task a socket costs more than the write.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::frame::{self, Close};
use crate::accounts::Session;
use crate::ids::{SessionId, UserId};

/// Bytes that may wait for a socket; beyond them it is behind.
pub const WAITING_MAX: usize = 256 * 1024;
/// How long a write may be stuck, and then how long a close may.
const STUCK_MAX: Duration = Duration::from_secs(10);
/// Seconds without a word from a client until it is gone.
const SILENCE_MAX: u64 = 60;
/// Frames of one write; Linux takes 1,024 and writes no faster for it.
const SLICES: usize = 64;

pub use wire::{wire, Wire};

/// Where bytes go, and come from. In place and not behind a pointer, except in tests: telling five hundred sockets is for a
/// good part waiting for what they have in memory, one thing after the other.
#[cfg(not(test))]
mod wire {
    use rocket::data::IoStream;

    pub type Wire = IoStream;

    pub fn wire(io: IoStream) -> Wire {
        io
    }
}

#[cfg(test)]
mod wire {
    use rocket::data::IoStream;
    use tokio::io::{AsyncRead, AsyncWrite};

    pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

    impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

    pub type Wire = Box<dyn Duplex>;

    pub fn wire(io: IoStream) -> Wire {
        Box::new(io)
    }
}

/// Whether a socket is told what happens as it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    /// It reads the log from its cursor.
    Behind,
    /// The hub tells it.
    Live,
}

/// What the socket's own task is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// All is written and the log is to be read from here.
    Read(i64),
    /// What is under way is to be answered, and then the socket closed: the server stops.
    Leave,
    /// The close frame is written.
    Closed,
    /// The network failed.
    Broken,
}

/// What became of an event that was handed to a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// It had it already, or is being closed.
    Known,
    /// It is written, or will be; `owed` where it is the first that [`Connection::write`] is to be called for.
    Taken { owed: bool },
    /// It is behind: it will read this in the log.
    Behind,
}

struct Out {
    wire: Wire,
    waiting: VecDeque<Bytes>,
    /// Bytes that wait.
    bytes: usize,
    /// Since when the socket has taken nothing; its own task then writes, and nobody else.
    stuck: Option<Instant>,
    course: Course,
    /// The last event it was told.
    cursor: i64,
    /// Since when it is being closed.
    closing: Option<Instant>,
    leaving: bool,
    broken: bool,
    waker: Option<Waker>,
}

/// A signed-in socket.
pub struct Connection {
    pub user: UserId,
    pub session: SessionId,
    /// Microseconds since 1970 when the session ends by itself.
    expires_at: AtomicI64,
    /// Its session has ended; the close frame may still be on its way.
    over: AtomicBool,
    out: Mutex<Out>,
    /// Seconds on the hub's clock when it was last heard.
    heard: AtomicU64,
    /// What `heard` was when its client was asked whether he is there.
    pinged: AtomicU64,
}

impl Connection {
    /// A socket that will go on after `cursor`; `now` is the hub's clock.
    pub fn new(session: &Session, wire: Wire, cursor: i64, now: u64) -> Connection {
        let mut connection = Connection::nobody(wire);
        connection.user = session.user;
        connection.session = session.id;
        connection.expires_at = AtomicI64::new(session.expires_at);
        connection.lock().cursor = cursor;
        connection.hear(now);
        connection
    }

    /// A socket that is only to be told why it is closed.
    pub fn nobody(wire: Wire) -> Connection {
        Connection {
            user: UserId(0),
            session: SessionId(0),
            expires_at: AtomicI64::new(i64::MAX),
            over: AtomicBool::new(false),
            out: Mutex::new(Out {
                wire,
                waiting: VecDeque::new(),
                bytes: 0,
                stuck: None,
                course: Course::Behind,
                cursor: 0,
                closing: None,
                leaving: false,
                broken: false,
                waker: None,
            }),
            heard: AtomicU64::new(0),
            pinged: AtomicU64::new(u64::MAX),
        }
    }

    /// Writes one frame that is for this socket alone, after what waits.
    pub fn say(&self, frame: Bytes) {
        let mut out = self.lock();
        if out.bytes > WAITING_MAX {
            // Nobody who reads makes the server wait so long for an answer.
            out.close(Close::TooSlow);
        } else {
            out.push(frame);
        }
        out.write_now();
    }

    /// Hands over an event. With `now` it is written as far as the socket takes it, with what waits before it; else by
    /// [`Connection::write`], together with what comes until then.
    pub fn tell(&self, id: i64, frame: &Bytes, now: bool) -> Telling {
        let mut out = self.lock();
        if out.course == Course::Behind {
            return Telling::Behind;
        }
        if id <= out.cursor || out.closing.is_some() || out.broken {
            return Telling::Known;
        }
        if out.bytes + frame.len() > WAITING_MAX {
            out.course = Course::Behind;
            return Telling::Behind;
        }
        out.cursor = id;
        if now {
            out.pass_on(frame);
            return Telling::Taken { owed: false };
        }
        let owed = out.waiting.is_empty();
        out.push(frame.clone());
        Telling::Taken { owed }
    }

    /// Hands over what is not in the log, likewise; whether it is to be written. A socket that is stuck is spared it.
    pub fn mention(&self, frame: &Bytes) -> bool {
        let mut out = self.lock();
        let room = out.course == Course::Live && out.stuck.is_none() && out.closing.is_none() && !out.broken;
        if room {
            out.push(frame.clone());
        }
        room
    }

    /// Writes what was handed over, as far as the socket takes it.
    pub fn write(&self) {
        self.lock().write_now();
    }

    /// Adds events that were read from the log, up to `cursor`; the socket's own task then waits until they are written.
    pub fn replay(&self, frames: Vec<Bytes>, cursor: i64) {
        let mut out = self.lock();
        for frame in frames {
            out.push(frame);
        }
        out.cursor = cursor;
        out.write_now();
    }

    /// From now on it is told what happens after `cursor`, behind a last frame of its own. Called under the lock that
    /// the hub tells under.
    pub fn go_live(&self, cursor: i64, frame: Option<Bytes>) {
        let mut out = self.lock();
        out.course = Course::Live;
        out.cursor = cursor;
        if let Some(frame) = frame {
            out.push(frame);
        }
        out.write_now();
    }

    /// From now on it reads the log.
    pub fn fall_behind(&self) {
        let mut out = self.lock();
        out.course = Course::Behind;
        out.write_now();
    }

    /// Closes it with a code, after what waits.
    pub fn close(&self, why: Close) {
        let mut out = self.lock();
        out.close(why);
        out.write_now();
    }

    /// Its client has closed it: what waits is written, and that is all.
    pub fn finish(&self) {
        let mut out = self.lock();
        out.closing.get_or_insert_with(Instant::now);
        out.write_now();
    }

    /// The server stops: its task answers what is under way, and closes it.
    pub fn ask_to_leave(&self) {
        let mut out = self.lock();
        out.leaving = true;
        if let Some(waker) = out.waker.take() {
            waker.wake();
        }
    }

    /// Whether it is being closed: nothing of its client's counts any more.
    pub fn is_closing(&self) -> bool {
        self.over.load(Ordering::Acquire) || self.lock().closing.is_some()
    }

    /// Its session has ended: nothing of its client's counts from now on.
    pub fn end(&self) {
        self.over.store(true, Ordering::Release);
    }

    /// Reads what its client says.
    pub fn poll_read(&self, context: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.lock().wire).poll_read(context, out)
    }

    /// Notes that its client was heard, by the hub's clock.
    pub fn hear(&self, now: u64) {
        self.heard.store(now, Ordering::Relaxed);
    }

    /// Its session ends by itself at another time now.
    pub fn renew(&self, expires_at: i64) {
        self.expires_at.store(expires_at, Ordering::Relaxed);
    }

    /// Looks after it, now and then: closes it where its session is over or its client takes nothing, cuts it off where
    /// nothing is heard of him, and asks him where little is. `at` is now, and so is `seconds` on the hub's clock and `now`
    /// since 1970.
    pub fn look_after(&self, at: Instant, seconds: u64, now: i64) {
        let heard = self.heard.load(Ordering::Relaxed);
        let silence = seconds.saturating_sub(heard);
        let is_long = |since: Instant| at.saturating_duration_since(since) > STUCK_MAX;
        let mut out = self.lock();
        if silence > SILENCE_MAX || out.closing.is_some_and(is_long) {
            out.fail();
        } else if out.stuck.is_some_and(is_long) {
            // Only what is begun has to be finished; if its client reads on, he learns why.
            out.waiting.truncate(1);
            out.bytes = out.waiting.front().map_or(0, Bytes::len);
            out.close(Close::TooSlow);
        } else if self.expires_at.load(Ordering::Relaxed) <= now {
            out.close(Close::SignedOut);
        } else if silence >= frame::PING_SECONDS && self.pinged.swap(heard, Ordering::Relaxed) != heard {
            out.push(frame::wire_ping());
        }
        out.write_now();
        if out.waiting.is_empty() {
            // Most are silent most of the time: their queues take no memory meanwhile.
            out.waiting.shrink_to_fit();
        }
    }

    /// Writes what waits as there is room, and is ready when the socket's task has something to do.
    pub fn poll_due(&self, context: &mut Context<'_>) -> Poll<Due> {
        let mut out = self.lock();
        if out.stuck.is_some() || !out.waiting.is_empty() {
            // Whoever was let in last is woken by the network: from here on it is this task.
            match out.flush(context) {
                Poll::Ready(()) => out.stuck = None,
                Poll::Pending => drop(out.stuck.get_or_insert_with(Instant::now)),
            }
        }
        if out.broken {
            return Poll::Ready(Due::Broken);
        }
        if out.leaving && out.closing.is_none() {
            return Poll::Ready(Due::Leave);
        }
        if out.waiting.is_empty() {
            if out.closing.is_some() {
                return Poll::Ready(Due::Closed);
            }
            if out.course == Course::Behind {
                return Poll::Ready(Due::Read(out.cursor));
            }
        }
        if !out.waker.as_ref().is_some_and(|waker| waker.will_wake(context.waker())) {
            out.waker = Some(context.waker().clone());
        }
        Poll::Pending
    }

    fn lock(&self) -> MutexGuard<'_, Out> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Out {
    fn push(&mut self, frame: Bytes) {
        if self.broken || self.closing.is_some() {
            return;
        }
        self.bytes += frame.len();
        self.waiting.push_back(frame);
    }

    fn close(&mut self, why: Close) {
        self.push(why.frame());
        self.closing.get_or_insert_with(Instant::now);
    }

    /// Writes a frame after what waits; only what the socket does not take of it is kept.
    fn pass_on(&mut self, frame: &Bytes) {
        let mut taken = 0;
        if self.stuck.is_none() && self.waiting.is_empty() {
            let mut nobody = Context::from_waker(Waker::noop());
            // A failure comes again with what is kept, and is dealt with there.
            if let Poll::Ready(Ok(count)) = Pin::new(&mut self.wire).poll_write(&mut nobody, frame) {
                taken = count;
            }
        }
        if taken < frame.len() {
            self.push(frame.slice(taken..));
            self.write_now();
        }
    }

    /// Writes from whatever thread this is, unless the socket's own task is at it, and wakes that for the rest.
    fn write_now(&mut self) {
        let mut due = self.closing.is_some();
        if self.stuck.is_none() && !self.waiting.is_empty() {
            let mut nobody = Context::from_waker(Waker::noop());
            if self.flush(&mut nobody).is_pending() {
                self.stuck = Some(Instant::now());
                due = true;
            }
        }
        if due || self.course == Course::Behind && self.waiting.is_empty() {
            if let Some(waker) = self.waker.take() {
                waker.wake();
            }
        }
    }

    fn flush(&mut self, context: &mut Context<'_>) -> Poll<()> {
        while let Some(first) = self.waiting.front() {
            let written = if self.waiting.len() == 1 {
                Pin::new(&mut self.wire).poll_write(context, first)
            } else {
                let slices: Vec<IoSlice<'_>> = self
                    .waiting
                    .iter()
                    .take(SLICES)
                    .map(|frame| IoSlice::new(frame))
                    .collect();
                Pin::new(&mut self.wire).poll_write_vectored(context, &slices)
            };
            match written {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(count)) if count > 0 => self.took(count),
                Poll::Ready(Ok(_)) => self.fail(),
                Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Poll::Ready(Err(_)) => self.fail(),
            }
        }
        // Room for a burst is not kept for a socket that is quiet.
        if self.waiting.capacity() > SLICES {
            self.waiting = VecDeque::new();
        }
        Poll::Ready(())
    }

    /// Takes off what was written; a part of a frame leaves its rest.
    fn took(&mut self, mut count: usize) {
        self.bytes -= count;
        if let Some(stuck) = &mut self.stuck {
            *stuck = Instant::now();
        }
        while let Some(first) = self.waiting.front_mut() {
            if count < first.len() {
                drop(first.split_to(count));
                return;
            }
            count -= first.len();
            self.waiting.pop_front();
        }
    }

    fn fail(&mut self) {
        self.broken = true;
        self.waiting = VecDeque::new();
        self.bytes = 0;
        self.stuck = None;
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}
