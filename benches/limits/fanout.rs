//! M1 and M2: what it costs to tell a chat of five hundred, one message at a time and in bursts.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::AbortHandle;

use super::crowd::{self, Crowd};
use super::limit::{Listener, SENT_BYTES};
use super::report::{median, thousands, Gate, Pairs, Row};
use super::server::Server;
use super::sockets::{self, Entry, Room};
use super::texts::{Random, Vocabulary};
use super::{nats, process, sends, xmpp, Bench, Outcome};

/// Sockets in the chat, each of somebody else.
pub const ROOM: usize = 500;
/// Messages in a burst.
const BURST: usize = 16;
/// Rounds a second, where they come at a fixed rate.
const RATE: u64 = 100;

/// How messages come.
#[derive(Clone, Copy)]
pub struct Pace {
    /// Messages a round.
    burst: usize,
    /// Whether each message of a round comes from another socket, and not all from one.
    apart: bool,
    /// Rounds a second; None: the next as soon as all have the last.
    rate: Option<u64>,
    /// Only two are told.
    pair: bool,
}

impl Pace {
    /// One message, and the next when everybody has it.
    pub const CLOSED: Self = Self {
        burst: 1,
        apart: false,
        rate: None,
        pair: false,
    };
    /// One message at a time, a hundred a second.
    pub const STEADY: Self = Self {
        rate: Some(RATE),
        ..Self::CLOSED
    };
    /// Bursts that one socket says in one go.
    const PIPELINED: Self = Self {
        burst: BURST,
        ..Self::CLOSED
    };
    /// Bursts that as many sockets say.
    const TOGETHER: Self = Self {
        apart: true,
        ..Self::PIPELINED
    };
    /// One message at a time that only two hear.
    const PAIR: Self = Self {
        pair: true,
        ..Self::CLOSED
    };
}

/// How a message is said.
pub enum Speech {
    /// To the server: in the chat of all, or in that of two.
    Messenger {
        all: i64,
        two: i64,
    },
    /// To the peer of that protocol.
    SocketIo,
    Xmpp,
    /// A message of that many bytes.
    Nats(usize),
    /// As the frame itself, of that many bytes.
    Bare(usize),
}

/// One side of a pair: a process, and the sockets it tells.
pub struct Side {
    /// Its process id.
    pub pid: u32,
    /// All that it tells.
    pub room: Room,
    speech: Speech,
    texts: Vec<String>,
    random: RefCell<Random>,
    said: Cell<u64>,
    said_to_two: Cell<u64>,
    due: Cell<u64>,
    load: RefCell<Vec<f64>>,
    rounds: RefCell<Vec<f64>>,
}

impl Side {
    /// Opens the sockets of a process and warms it up a little.
    pub async fn new(pid: u32, port: u16, entries: &[Entry], speech: Speech) -> Outcome<Self> {
        let mut room = Room::default();
        room.enter(port, entries).await?;
        let (vocabulary, mut random) = (Vocabulary::new(), Random::new(12));
        let texts = (0..512).map(|_| vocabulary.text_of(&mut random, SENT_BYTES)).collect();
        // Who is here is told within two seconds of their coming.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let side = Self {
            pid,
            room,
            speech,
            texts,
            random: RefCell::new(random),
            said: Cell::new(0),
            said_to_two: Cell::new(0),
            due: Cell::new(0),
            load: RefCell::default(),
            rounds: RefCell::default(),
        };
        side.block(Pace::CLOSED, Duration::from_millis(500)).await?;
        side.forget();
        Ok(side)
    }

    /// Seconds of the process's time, and of its children's, for each message that a socket was told; an error where one of them is lost or out
    /// of order.
    pub async fn block(&self, pace: Pace, length: Duration) -> Outcome<f64> {
        let hearers = if pace.pair { 2 } else { self.room.len() as u64 };
        let before = process::family_time(self.pid)?;
        let load = Awake::keep(self.room.reads());
        let start = Instant::now();
        let mut clock = pace
            .rate
            .map(|rate| tokio::time::interval(Duration::from_secs(1) / rate as u32));
        let mut told = 0;
        while start.elapsed() < length {
            if let Some(clock) = &mut clock {
                clock.tick().await;
            }
            let round = Instant::now();
            self.say(pace).await?;
            told += hearers * pace.burst as u64;
            self.due.set(self.due.get() + hearers * pace.burst as u64);
            if clock.is_none() {
                self.room.hears(self.due.get()).await?;
                self.rounds.borrow_mut().push(round.elapsed().as_secs_f64());
            }
        }
        self.room.hears(self.due.get()).await?;
        self.load.borrow_mut().push(load.busy());
        // What is done after the last was told belongs to it: the index is written beside the sends.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Ok((process::family_time(self.pid)? - before).as_secs_f64() / told as f64)
    }

    async fn say(&self, pace: Pace) -> Outcome<()> {
        let mut together = Vec::new();
        for place in 0..pace.burst {
            let said = self.said.get() + self.said_to_two.get();
            let counter = if pace.pair { &self.said_to_two } else { &self.said };
            counter.set(counter.get() + 1);
            let text = &self.texts[said as usize % self.texts.len()];
            let client_id = self.random.borrow_mut().uuid();
            let bytes = match &self.speech {
                Speech::Messenger { all, two } => {
                    let chat = if pace.pair { two } else { all };
                    let send =
                        serde_json::json!({ "type": "send", "client_id": client_id, "chat_id": chat, "text": text });
                    sockets::frame(&send.to_string())
                }
                Speech::SocketIo => {
                    let send = serde_json::json!(["send", { "client_id": client_id, "chat_id": 1, "text": text }]);
                    sockets::frame(&format!("42{send}"))
                }
                Speech::Xmpp => xmpp::message(&client_id, text).into_bytes(),
                Speech::Nats(bytes) => nats::message(&sockets::event(said + 1, *bytes)),
                Speech::Bare(bytes) => sockets::told(said + 1, *bytes),
            };
            if pace.apart && !matches!(self.speech, Speech::Bare(_)) {
                self.room.say(place, &bytes).await?;
            } else {
                together.extend_from_slice(&bytes);
            }
        }
        if !together.is_empty() {
            self.room.say(0, &together).await?;
        }
        Ok(())
    }

    /// An error unless every socket heard every message, once and in order.
    pub fn check(&self) -> Outcome<()> {
        let to_two = |place| if place < 2 { self.said_to_two.get() } else { 0 };
        self.room.check(|place| self.said.get() + to_two(place))
    }

    /// Messages said so far.
    pub fn said(&self) -> u64 {
        self.said.get() + self.said_to_two.get()
    }

    /// The share of its core that the load was busy, in the median block since the last `forget`.
    pub fn load(&self) -> f64 {
        median(&self.load.borrow())
    }

    /// The median time until all had what was said in a round.
    pub fn round(&self) -> f64 {
        median(&self.rounds.borrow())
    }

    /// Forgets what was noted beside the figures.
    pub fn forget(&self) {
        self.load.take();
        self.rounds.take();
    }
}

/// A server with a chat of five hundred who are all there.
pub struct Stage {
    server: Server,
    /// What is measured.
    pub side: Side,
}

impl Stage {
    /// Starts the server in a folder of its own and lets everybody in.
    pub async fn start(bench: &Bench, name: &str) -> Outcome<Self> {
        let database = bench.folder(name)?.join("messenger.db");
        let Crowd { people, chats } = crowd::move_in(&database, ROOM, ROOM).await?;
        let server = Server::start(&database, bench.cpus.for_server(), &[]).await?;
        let mut client = server.connect().await?;
        let speech = Speech::Messenger {
            all: chats[0],
            two: server.chat(&mut client, &people[0], "Two", &[people[1].id]).await?,
        };
        drop(client);
        let entries: Vec<Entry> = people
            .into_iter()
            .map(|person| Entry::Messenger(person.token))
            .collect();
        let side = Side::new(server.pid, server.port, &entries, speech).await?;
        Ok(Self { server, side })
    }

    /// The bare loop that tells as many sockets as many bytes; the process ends with the first of the two.
    pub async fn relay(&self, bench: &Bench) -> Outcome<(Listener, Side)> {
        let bytes = self.side.room.sample().len();
        let arguments = ["relay", &ROOM.to_string(), &bytes.to_string()];
        let relay = Listener::named(&arguments, bench.cpus.for_server()).await?;
        let side = Side::new(relay.pid, relay.port, &vec![Entry::Bare; ROOM], Speech::Bare(bytes)).await?;
        Ok((relay, side))
    }

    /// Stops the server; an error where a message was lost, told twice or out of order, or is stored otherwise.
    pub async fn end(self) -> Outcome<String> {
        let Self { server, side } = self;
        side.check()?;
        let (said, told, other) = (side.said(), side.room.heard(), side.room.other());
        side.room.acknowledges(said).await?;
        drop(side);
        let database = server.database.clone();
        server.stop().await?;
        sends::kept(&database, said)?;
        Ok(format!(
            "{} messages told {} times: none lost, none told twice, every socket's event ids rising, all stored; beside them {} other frames (who is here, who has read)",
            thousands(said as f64),
            thousands(told as f64),
            thousands(other as f64)
        ))
    }
}

/// Keeps the load's thread from sleeping. Whoever writes to a sleeper has to wake him, which costs about as much as a write of
/// a frame and is no part of telling somebody on another device; and it would fall to whoever is slower than the load.
struct Awake {
    busy: Arc<AtomicU64>,
    since: Instant,
    looks: AbortHandle,
}

impl Awake {
    /// `reads` counts how often something was found at a socket.
    fn keep(reads: Arc<AtomicU64>) -> Self {
        let busy = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&busy);
        let looks = tokio::spawn(async move {
            let (mut last, mut read) = (Instant::now(), reads.load(Relaxed));
            loop {
                tokio::task::yield_now().await;
                let (now, reads) = (Instant::now(), reads.load(Relaxed));
                if reads > read {
                    counter.fetch_add(now.duration_since(last).as_nanos() as u64, Relaxed);
                }
                (last, read) = (now, reads);
            }
        });
        Self {
            busy,
            since: Instant::now(),
            looks: looks.abort_handle(),
        }
    }

    /// The share of the time in which there was something to do.
    fn busy(self) -> f64 {
        Duration::from_nanos(self.busy.load(Relaxed)).as_secs_f64() / self.since.elapsed().as_secs_f64()
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        self.looks.abort();
    }
}

/// A time as the table shows it.
pub fn micros(seconds: f64) -> String {
    format!("{:.2} µs", seconds * 1e6)
}

/// M1: processor time for each message told, one message at a time.
pub async fn single(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let paces = [
        (Pace::CLOSED, "closed loop", 2000),
        (Pace::STEADY, "100 messages/s", 3000),
    ];
    let mut rows = figures(bench, "M1", &paces, 1.5).await?;
    let [closed, ..] = rows.as_mut_slice() else {
        return Ok(rows);
    };
    closed.notes.push(format!(
        "{SENT_BYTES} B of text in a chat of {ROOM}, a socket each; the sender's own socket is told too, and gets an acknowledgement once the message is durable"
    ));
    Ok(rows)
}

/// M2: the same where messages come in bursts, against the same loop with one write for each.
pub async fn bursts(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let paces = [
        (Pace::PIPELINED, "bursts of 16 from one socket", 2000),
        (Pace::TOGETHER, "bursts of 16 from 16 sockets", 2000),
    ];
    figures(bench, "M2", &paces, 0.6).await
}

async fn figures(bench: &Bench, id: &'static str, paces: &[(Pace, &str, u64)], gate: f64) -> Outcome<Vec<Row>> {
    let stage = Stage::start(bench, id).await?;
    let (_relay, bare) = stage.relay(bench).await?;
    let ours = &stage.side;
    let mut rows = Vec::new();
    for &(pace, name, length) in paces {
        let length = bench.length(length);
        // Once each unmeasured, to warm up.
        ours.block(pace, length / 2).await?;
        bare.block(pace, length / 2).await?;
        ours.forget();
        bare.forget();
        let pairs = Pairs::measure(
            bench.pairs(20),
            async || ours.block(pace, length).await,
            async || bare.block(pace, length).await,
        )
        .await?;
        let mut notes = vec![format!(
            "{name}: the load's core was busy {:.0} % of the time with the server, {:.0} % with the bare loop",
            100.0 * ours.load(),
            100.0 * bare.load()
        )];
        if pace.rate.is_none() {
            notes.push(format!(
                "{name}: all had it after {:.2} ms (p50), with the bare loop after {:.2} ms; the server's is durable by then",
                1e3 * ours.round(),
                1e3 * bare.round()
            ));
        }
        rows.push(Row {
            id,
            what: format!("CPU for each of {ROOM} sockets told a message of {SENT_BYTES} B, {name} / a bare tokio loop, one write a frame"),
            ours: micros(pairs.ours()),
            limit: micros(pairs.limit()),
            value: pairs.ratio(),
            shown: pairs.shown(),
            gate: Gate::AtMost(gate),
            notes,
        });
    }
    let alone = 2.0 * ours.block(Pace::PAIR, bench.length(3000)).await?;
    bare.check()?;
    let bytes = stage.side.room.sample().len();
    let whole = stage.end().await?;
    if let Some(row) = rows.last_mut() {
        row.notes.extend([
            format!("a frame is {bytes} B; a message that only two hear takes {} µs: to read, store and index it, and to acknowledge it", thousands(alone * 1e6)),
            whole,
        ]);
    }
    Ok(rows)
}
