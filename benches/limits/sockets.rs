//! Very many sockets that cost the load's core little: a read, a look at each frame's first bytes, a count.
//!
//! A WebSocket library for each was rejected: five hundred of them cost more than the server's side of the same frames,
//! and the load would measure itself. Frames to the server are masked with zeros, so they are written as they are.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::xmpp::{self, Heard};
use super::{nats, Outcome};

/// Longest that anything is waited for; what has not come by then is lost.
const PATIENCE: Duration = Duration::from_secs(20);
/// Sockets opened at the same time.
const AT_ONCE: usize = 50;
/// How an event begins.
const EVENT: &[u8] = br#"{"type":"event","id":"#;
/// How it goes on where it tells of a message.
const MESSAGE: &[u8] = br#","kind":"message.created""#;
/// How a message begins at the peer.
const PEER_MESSAGE: &[u8] = br#"42["message",{"id":"#;

/// How a socket gets in.
#[derive(Clone)]
pub enum Entry {
    /// A bare TCP connection, which hears events in frames.
    Bare,
    /// The server's own, with an access token.
    Messenger(String),
    /// Engine.IO with Socket.IO on it.
    SocketIo,
    /// XMPP over TCP, under a name.
    Xmpp(String),
    /// NATS, whose server speaks first.
    Nats,
}

/// What all sockets of a room have counted.
#[derive(Default)]
struct Tally {
    /// Sockets that hear what happens.
    live: AtomicU64,
    /// Messages heard by all sockets together.
    heard: AtomicU64,
    /// Other frames: who is here, how far others have read.
    other: AtomicU64,
    /// Sends that were acknowledged.
    acknowledged: AtomicU64,
    /// How often something was read.
    reads: Arc<AtomicU64>,
    /// The count from which on `all` is to ring, whichever is waited for.
    awaited: AtomicU64,
    all: Notify,
    /// The first that went wrong.
    fault: Mutex<Option<String>>,
    /// The first frame with a message.
    sample: Mutex<Vec<u8>>,
    /// When each message was due and from which socket, by the number its text begins with; empty: nobody asks.
    due: Mutex<Vec<(Instant, usize)>>,
    /// Seconds from when a message was due until another socket had it.
    delays: Mutex<Vec<f64>>,
}

impl Tally {
    fn fail(&self, problem: String) {
        lock(&self.fault).get_or_insert(problem);
        self.all.notify_one();
    }

    /// Waits until a count is reached; an error that names it otherwise.
    async fn reaches(&self, counter: &AtomicU64, count: u64, what: &str) -> Outcome<()> {
        self.awaited.store(count, Relaxed);
        let all = async {
            while counter.load(Relaxed) < count {
                if let Some(fault) = lock(&self.fault).clone() {
                    return Err(fault.into());
                }
                self.all.notified().await;
            }
            Outcome::Ok(())
        };
        match tokio::time::timeout(PATIENCE, all).await {
            Ok(outcome) => outcome,
            Err(_) => Err(format!("{} of {count} {what} after {PATIENCE:?}", counter.load(Relaxed)).into()),
        }
    }
}

/// Sockets that are open at the same time, read by tasks of their own.
#[derive(Default)]
pub struct Room {
    tally: Arc<Tally>,
    sockets: Vec<Member>,
}

struct Member {
    write: Arc<OwnedWriteHalf>,
    heard: Arc<AtomicU64>,
    reader: AbortHandle,
}

impl Drop for Room {
    fn drop(&mut self) {
        for socket in &self.sockets {
            socket.reader.abort();
        }
    }
}

impl Room {
    /// Opens a socket for each entry; all of them hear what happens afterwards.
    pub async fn enter(&mut self, port: u16, entries: &[Entry]) -> Outcome<()> {
        for entries in entries.chunks(AT_ONCE) {
            for entry in entries {
                let member = self.open(port, entry).await?;
                self.sockets.push(member);
            }
            let tally = &self.tally;
            tally
                .reaches(&tally.live, self.sockets.len() as u64, "sockets were let in")
                .await?;
        }
        Ok(())
    }

    async fn open(&self, port: u16, entry: &Entry) -> Outcome<Member> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let (read, write) = stream.into_split();
        let write = Arc::new(write);
        let path = match entry {
            Entry::Bare | Entry::Xmpp(_) | Entry::Nats => None,
            Entry::Messenger(_) => Some("/ws/"),
            Entry::SocketIo => Some("/socket.io/?EIO=4&transport=websocket"),
        };
        match (path, entry) {
            (Some(path), _) => say(&write, handshake(path, port).as_bytes()).await?,
            (None, Entry::Xmpp(_)) => say(&write, xmpp::STREAM.as_bytes()).await?,
            (None, Entry::Nats) => {}
            (None, _) => drop(self.tally.live.fetch_add(1, Relaxed)),
        }
        let heard = Arc::new(AtomicU64::new(0));
        let reader = Reader {
            read,
            write: Arc::clone(&write),
            heard: Arc::clone(&heard),
            tally: Arc::clone(&self.tally),
            place: self.sockets.len(),
            entry: entry.clone(),
            upgraded: path.is_none(),
            last: 0,
            rest: Vec::new(),
        };
        let reader = tokio::spawn(reader).abort_handle();
        Ok(Member { write, heard, reader })
    }

    /// How many sockets there are.
    pub fn len(&self) -> usize {
        self.sockets.len()
    }

    /// Writes bytes on the socket of that number.
    pub async fn say(&self, place: usize, bytes: &[u8]) -> Outcome<()> {
        say(&self.sockets[place].write, bytes).await
    }

    /// Counts how often something is read.
    pub fn reads(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.tally.reads)
    }

    /// Messages heard by all sockets together so far.
    pub fn heard(&self) -> u64 {
        self.tally.heard.load(Relaxed)
    }

    /// Frames heard that were no messages and no acknowledgements.
    pub fn other(&self) -> u64 {
        self.tally.other.load(Relaxed)
    }

    /// Waits until that many sends were acknowledged in all; an error where there are more.
    pub async fn acknowledges(&self, count: u64) -> Outcome<()> {
        let tally = &self.tally;
        tally
            .reaches(&tally.acknowledged, count, "sends were acknowledged")
            .await?;
        match tally.acknowledged.load(Relaxed) {
            acknowledged if acknowledged == count => Ok(()),
            acknowledged => Err(format!("{count} messages were said and {acknowledged} acknowledged").into()),
        }
    }

    /// Waits until that many messages were heard in all; an error where one is lost or out of order.
    pub async fn hears(&self, count: u64) -> Outcome<()> {
        let tally = &self.tally;
        tally.reaches(&tally.heard, count, "messages were heard").await
    }

    /// An error unless each socket has heard exactly as many messages as it should, in order and without one twice.
    pub fn check(&self, expected: impl Fn(usize) -> u64) -> Outcome<()> {
        if let Some(fault) = lock(&self.tally.fault).clone() {
            return Err(fault.into());
        }
        for (place, socket) in self.sockets.iter().enumerate() {
            let (heard, expected) = (socket.heard.load(Relaxed), expected(place));
            if heard != expected {
                return Err(format!("socket {place} heard {heard} messages in place of {expected}").into());
            }
        }
        Ok(())
    }

    /// The first frame with a message that was heard.
    pub fn sample(&self) -> Vec<u8> {
        lock(&self.tally.sample).clone()
    }

    /// Notes when the next message is due and which socket says it; gives the number its text has to begin with.
    pub fn due(&self, at: Instant, place: usize) -> usize {
        let mut due = lock(&self.tally.due);
        due.push((at, place));
        due.len() - 1
    }

    /// The delays noted since this was last asked.
    pub fn delays(&self) -> Vec<f64> {
        std::mem::take(&mut *lock(&self.tally.delays))
    }
}

/// Reads one socket for as long as it is open.
struct Reader {
    read: OwnedReadHalf,
    write: Arc<OwnedWriteHalf>,
    heard: Arc<AtomicU64>,
    tally: Arc<Tally>,
    place: usize,
    entry: Entry,
    upgraded: bool,
    /// Id of the last message.
    last: u64,
    /// Bytes of a frame that is not whole yet.
    rest: Vec<u8>,
}

thread_local! {
    // One for all sockets: it stays in the processor's cache.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; 256 * 1024]);
}

impl Future for Reader {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let reader = &mut *self;
        BUFFER.with_borrow_mut(|buffer| loop {
            let mut read = ReadBuf::new(buffer);
            match Pin::new(&mut reader.read).poll_read(context, &mut read) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(())) if !read.filled().is_empty() => {
                    reader.tally.reads.fetch_add(1, Relaxed);
                    reader.take(read.filled());
                }
                Poll::Ready(ended) => {
                    let why = ended
                        .err()
                        .map_or("it was closed".to_owned(), |error| error.to_string());
                    reader.fail(&why);
                    return Poll::Ready(());
                }
            }
        })
    }
}

impl Reader {
    fn fail(&self, why: &str) {
        self.tally.fail(format!("socket {}: {why}", self.place));
    }

    fn take(&mut self, bytes: &[u8]) {
        let mut rest = std::mem::take(&mut self.rest);
        let before = self.heard.load(Relaxed);
        if rest.is_empty() {
            let used = self.parse(bytes);
            rest.extend_from_slice(&bytes[used..]);
        } else {
            rest.extend_from_slice(bytes);
            let used = self.parse(&rest);
            rest.drain(..used);
        }
        self.rest = rest;
        let new = self.heard.load(Relaxed) - before;
        if new > 0 {
            let tally = &self.tally;
            let heard = tally.heard.load(Relaxed) + new;
            tally.heard.store(heard, Relaxed);
            if heard >= tally.awaited.load(Relaxed) {
                tally.all.notify_one();
            }
        }
    }

    /// Hears every whole frame; gives how many bytes those are.
    fn parse(&mut self, bytes: &[u8]) -> usize {
        let mut used = 0;
        if matches!(self.entry, Entry::Xmpp(_)) {
            while let Some(stanza) = xmpp::whole(&bytes[used..]) {
                self.hear_stanza(stanza);
                used += stanza.len();
            }
            return used;
        }
        if matches!(self.entry, Entry::Nats) {
            while let Some((heard, length)) = nats::whole(&bytes[used..]) {
                self.hear_line(heard, &bytes[used..used + length]);
                used += length;
            }
            return used;
        }
        if !self.upgraded {
            let Some(end) = find(bytes, b"\r\n\r\n") else { return 0 };
            if !bytes.starts_with(b"HTTP/1.1 101 ") {
                self.fail(&String::from_utf8_lossy(&bytes[..end.min(300)]));
                return bytes.len();
            }
            self.upgraded = true;
            used = end + 4;
            if let Entry::Messenger(token) = &self.entry {
                self.answer(&frame(
                    &serde_json::json!({ "type": "auth", "token": token }).to_string(),
                ));
            }
        }
        while let Some((head, payload, length)) = whole(&bytes[used..]) {
            self.hear(head, payload, &bytes[used..used + length]);
            used += length;
        }
        used
    }

    fn hear(&mut self, head: u8, payload: &[u8], whole: &[u8]) {
        match (head & 0x0F, &self.entry) {
            (0x1, Entry::Bare | Entry::Messenger(_)) => match message(payload, EVENT) {
                Some((id, rest)) if rest.starts_with(MESSAGE) => self.message(id, payload, whole),
                Some(_) => self.count_other(),
                None => self.reply(payload),
            },
            (0x1, Entry::SocketIo | Entry::Xmpp(_)) => match message(payload, PEER_MESSAGE) {
                Some((id, _)) => self.message(id, payload, whole),
                None => self.talk(payload),
            },
            (0x9, _) => {
                let mut pong = vec![0x8A, 0x80 | payload.len() as u8, 0, 0, 0, 0];
                pong.extend_from_slice(payload);
                self.answer(&pong);
            }
            (0x8, _) => self.fail(&format!(
                "closed: {}",
                String::from_utf8_lossy(payload.get(2..).unwrap_or_default())
            )),
            _ => self.fail("a frame that nobody says"),
        }
    }

    fn hear_stanza(&mut self, stanza: &[u8]) {
        let Entry::Xmpp(name) = &self.entry else { return };
        match xmpp::hear(stanza, name) {
            Heard::Message(id) => self.message(id, stanza, stanza),
            Heard::Asked(answer) => self.answer(answer.as_bytes()),
            Heard::Entered => self.count(&self.tally.live),
            Heard::Other => self.count_other(),
            Heard::Fault => self.fail(&String::from_utf8_lossy(stanza)),
        }
    }

    fn hear_line(&mut self, heard: nats::Heard<'_>, whole: &[u8]) {
        match heard {
            nats::Heard::Message(payload) => match message(payload, EVENT) {
                Some((id, _)) => self.message(id, payload, whole),
                None => self.fail("a message that nobody said"),
            },
            nats::Heard::Asked(answer) => self.answer(answer.as_bytes()),
            nats::Heard::Entered => self.count(&self.tally.live),
            nats::Heard::Fault => self.fail(&String::from_utf8_lossy(whole)),
        }
    }

    fn message(&mut self, id: u64, payload: &[u8], whole: &[u8]) {
        if id <= self.last {
            self.fail(&format!("message {id} came after {}", self.last));
        }
        self.last = id;
        if self.heard.fetch_add(1, Relaxed) == 0 && self.place == 0 {
            *lock(&self.tally.sample) = whole.to_vec();
        }
        let due = lock(&self.tally.due);
        if !due.is_empty() {
            let text = find(payload, br#""text":""#).map(|place| &payload[place + 8..]);
            let numbered = text.filter(|text| text.first().is_some_and(u8::is_ascii_digit));
            match numbered.and_then(|text| due.get(number(text).0 as usize)) {
                Some((_, sender)) if *sender == self.place => {}
                Some((at, _)) => lock(&self.tally.delays).push(at.elapsed().as_secs_f64()),
                None => self.fail("a message without a number"),
            }
        }
    }

    /// What is no event.
    fn reply(&self, payload: &[u8]) {
        let is = |kind: &str| find(payload, format!(r#""type":"{kind}""#).as_bytes()).is_some();
        if is("ack") {
            self.count(&self.tally.acknowledged);
        } else if is("live") {
            self.count(&self.tally.live);
        } else if is("nack") || is("error") || is("reset") {
            self.fail(&String::from_utf8_lossy(payload));
        } else {
            self.count_other();
        }
    }

    /// Engine.IO's and Socket.IO's own talk.
    fn talk(&self, payload: &[u8]) {
        match payload {
            b"2" => self.answer(&frame("3")),
            [b'0', ..] => self.answer(&frame("40")),
            [b'4', b'0', ..] => self.answer(&frame(r#"42["join"]"#)),
            _ if payload.starts_with(br#"42["joined""#) => self.count(&self.tally.live),
            _ => self.fail(&String::from_utf8_lossy(payload)),
        }
    }

    fn count(&self, counter: &AtomicU64) {
        if counter.fetch_add(1, Relaxed) + 1 >= self.tally.awaited.load(Relaxed) {
            self.tally.all.notify_one();
        }
    }

    fn count_other(&self) {
        self.tally.other.fetch_add(1, Relaxed);
    }

    /// Says something short, for which there is always room.
    fn answer(&self, bytes: &[u8]) {
        if !matches!(self.write.try_write(bytes), Ok(written) if written == bytes.len()) {
            self.fail("an answer was not taken");
        }
    }
}

/// A client's text frame.
pub fn frame(text: &str) -> Vec<u8> {
    let mut frame = vec![0x81];
    length(&mut frame, 0x80, text.len());
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(text.as_bytes());
    frame
}

/// A frame with a message of that id, as a server says it, of exactly `bytes` bytes, from 130 to 65,000.
pub fn told(id: u64, bytes: usize) -> Vec<u8> {
    let mut frame = vec![0x81];
    length(&mut frame, 0, bytes - 4);
    frame.extend_from_slice(&event(id, bytes - 4));
    frame
}

/// What is in such a frame, of exactly `bytes` bytes.
pub fn event(id: u64, bytes: usize) -> Vec<u8> {
    let (event, kind) = (String::from_utf8_lossy(EVENT), String::from_utf8_lossy(MESSAGE));
    let mut event = format!(r#"{event}{id}{kind},"data":""#).into_bytes();
    event.resize(bytes - 2, b'x');
    event.extend_from_slice(br#""}"#);
    event
}

fn length(frame: &mut Vec<u8>, mask: u8, length: usize) {
    match length {
        0..=125 => frame.push(mask | length as u8),
        _ => {
            frame.push(mask | 126);
            frame.extend_from_slice(&(length as u16).to_be_bytes());
        }
    }
}

fn handshake(path: &str, port: u16) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
}

async fn say(write: &OwnedWriteHalf, mut bytes: &[u8]) -> Outcome<()> {
    while !bytes.is_empty() {
        match write.try_write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => write.writable().await?,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// A server's frame: its first byte, its payload, and its whole length; None where it is not whole.
fn whole(bytes: &[u8]) -> Option<(u8, &[u8], usize)> {
    let (head, short) = (*bytes.first()?, *bytes.get(1)?);
    let (from, length): (usize, usize) = match short {
        126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        127 => (10, u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?) as usize),
        short => (2, usize::from(short)),
    };
    Some((head, bytes.get(from..from.checked_add(length)?)?, from + length))
}

/// The id that follows a beginning, and what follows that.
fn message<'a>(payload: &'a [u8], beginning: &[u8]) -> Option<(u64, &'a [u8])> {
    payload.strip_prefix(beginning).map(number)
}

fn number(bytes: &[u8]) -> (u64, &[u8]) {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = bytes[..digits].iter().fold(0, |number: u64, digit| {
        number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'))
    });
    (number, &bytes[digits..])
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
