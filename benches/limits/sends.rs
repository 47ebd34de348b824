//! M5 and M7: what a message costs until it is durable, with many senders and with one.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use super::limit::{Worker, SENT_BYTES, SENT_CHATS};
use super::report::{median, thousands, Gate, Pairs, Row};
use super::server::{self, Person, Server};
use super::texts::{Random, Vocabulary};
use super::{process, Bench, Outcome};

/// Requests on their way at the same time, each on its own connection.
const IN_FLIGHT: usize = 64;

/// People, chats they all are in, and texts: what makes the next message to send.
struct Senders {
    people: Vec<Person>,
    chats: Vec<i64>,
    texts: Vec<String>,
    random: RefCell<Random>,
    sent: Cell<usize>,
}

impl Senders {
    async fn new(server: &Server, count: usize) -> Outcome<Self> {
        let mut people = Vec::new();
        for number in 0..count {
            people.push(server.person(&format!("sender{number}")).await?);
        }
        let everybody: Vec<i64> = people.iter().map(|person| person.id).collect();
        let mut client = server.connect().await?;
        let mut chats = Vec::new();
        for number in 0..SENT_CHATS {
            chats.push(
                server
                    .chat(&mut client, &people[0], &format!("Chat {number}"), &everybody)
                    .await?,
            );
        }
        let mut random = Random::new(3);
        let vocabulary = Vocabulary::new();
        let texts = (0..512).map(|_| vocabulary.text_of(&mut random, SENT_BYTES)).collect();
        Ok(Self {
            people,
            chats,
            texts,
            random: RefCell::new(random),
            sent: Cell::new(0),
        })
    }

    fn next(&self, place: usize) -> Vec<u8> {
        let sent = self.sent.replace(self.sent.get() + 1);
        let person = &self.people[place % self.people.len()];
        let text = &self.texts[sent % self.texts.len()];
        server::send(
            self.chats[sent % self.chats.len()],
            &person.token,
            text,
            &self.random.borrow_mut().uuid(),
        )
    }
}

/// Blocks of sends with as many on their way as there may be, and what was seen in them.
struct Flood<'a> {
    server: &'a Server,
    senders: &'a Senders,
    length: Duration,
    acknowledged: Cell<u64>,
    batch: Cell<Option<usize>>,
    load: RefCell<Vec<f64>>,
}

impl Flood<'_> {
    /// Sends acknowledged a second.
    async fn block(&self) -> Outcome<f64> {
        let mut clients = server::open(self.server.port, IN_FLIGHT).await?;
        let (before, load) = (committed(&self.server.database), process::cpu_time(std::process::id())?);
        let (sends, seconds) = server::drive(&mut clients, self.length, |place| self.senders.next(place)).await?;
        let (after, load) = (
            committed(&self.server.database),
            process::cpu_time(std::process::id())? - load,
        );
        let commits = before
            .zip(after)
            .map(|(before, after)| after.wrapping_sub(before))
            .filter(|commits| *commits > 0);
        let batch = commits.map(|commits| ((sends as f64 / f64::from(commits)).round() as usize).clamp(1, IN_FLIGHT));
        self.batch.set(batch);
        self.acknowledged.set(self.acknowledged.get() + sends);
        self.load.borrow_mut().push(load.as_secs_f64() / seconds);
        Ok(sends as f64 / seconds)
    }

    /// Bare inserts a second, in batches as large as the server's were on average in its last block.
    async fn bare(&self, worker: &mut Worker, batch: Option<usize>) -> Outcome<f64> {
        let batch = batch.unwrap_or(IN_FLIGHT);
        match worker
            .work(&format!("{} {batch}", self.length.as_secs_f64()))
            .await?
            .as_slice()
        {
            [rows, seconds] => Ok(rows / seconds),
            _ => Err("a limit gave no rows and seconds".into()),
        }
    }
}

/// M5: durable sends a second with 64 in flight, against bare inserts in the same table without search.
pub async fn many(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let folder = bench.folder("M5")?;
    let server = Server::start(&folder.join("messenger.db"), bench.cpus.for_server(), &[]).await?;
    let senders = Senders::new(&server, 8).await?;
    let flood = Flood {
        server: &server,
        senders: &senders,
        length: bench.length(1000),
        acknowledged: Cell::new(0),
        batch: Cell::new(None),
        load: RefCell::default(),
    };
    // Once each unmeasured, to warm up; the bare table is made like the server's, with a row of it as a model.
    flood.block().await?;
    let file = folder.join("bare.db");
    let mut worker = Worker::start(
        &["inserts", text(&server.database)?, text(&file)?],
        bench.cpus.for_server(),
    )?;
    flood.bare(&mut worker, flood.batch.get()).await?;
    let pairs = Pairs::measure(
        bench.pairs(20),
        async || flood.block().await,
        async || flood.bare(&mut worker, flood.batch.get()).await,
    )
    .await?;
    let whole = flood.bare(&mut worker, Some(IN_FLIGHT)).await?;

    let (acknowledged, batch, load) = (flood.acknowledged.get(), flood.batch.get(), flood.load.take());
    let database = server.database.clone();
    server.stop().await?;
    kept(&database, acknowledged)?;
    let batch = batch.map_or(
        "of 64, for how many the server's have can't be seen".to_owned(),
        |batch| format!("of {batch}, the server's own mean as the WAL index counts commits"),
    );
    let notes = vec![
        format!("{SENT_BYTES} B of text, {SENT_CHATS} chats of 8 people, search, unread and event log kept; batches {batch}"),
        format!("bare inserts in batches of {IN_FLIGHT}: {}/s; the server reaches {:.3} of that", thousands(whole), pairs.ours() / whole),
        format!("{} sends acknowledged: none lost, none doubled, none out of order", thousands(acknowledged as f64)),
        format!("the load's core was busy {:.0} % of the time", 100.0 * median(&load)),
    ];
    Ok(vec![Row {
        id: "M5",
        what: "durable sends/s, 64 in flight / bare rusqlite inserts/s, same table and batches, `synchronous=FULL`"
            .to_owned(),
        ours: format!("{}/s", thousands(pairs.ours())),
        limit: format!("{}/s", thousands(pairs.limit())),
        value: pairs.ratio(),
        shown: pairs.shown(),
        gate: Gate::AtLeast(0.3),
        notes,
    }])
}

/// An error unless a stopped server's file holds exactly the sends acknowledged, those of each chat without a hole and
/// in the order of their ids.
pub fn kept(database: &Path, acknowledged: u64) -> Outcome<()> {
    let database = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let stored: i64 = database.query_row("SELECT count(*) FROM messages", [], |row| row.get(0))?;
    let astray: i64 = database.query_row(
        "SELECT count(*) FROM (SELECT seq - lag(seq, 1, 0) OVER (PARTITION BY chat_id ORDER BY id) AS step FROM messages) WHERE step <> 1",
        [],
        |row| row.get(0),
    )?;
    if stored == acknowledged as i64 && astray == 0 {
        return Ok(());
    }
    Err(format!("{acknowledged} sends were acknowledged, {stored} are stored, {astray} of them out of order").into())
}

/// M7: the median time a lone sender waits for the acknowledgement, against an append of as many bytes and fdatasync.
pub async fn lone(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let folder = bench.folder("M7")?;
    let server = Server::start(&folder.join("messenger.db"), bench.cpus.for_server(), &[]).await?;
    let senders = Senders::new(&server, 2).await?;
    let count = if bench.quick { 50 } else { 200 };
    let written = Cell::new(0.0);
    let block = async || {
        let mut client = server.connect().await?;
        let mut times = Vec::new();
        let before = process::bytes_to_disk(server.pid)?;
        for _ in 0..count {
            let request = senders.next(0);
            let start = Instant::now();
            let (status, _) = client.poke(&request).await?;
            times.push(start.elapsed().as_secs_f64());
            if status != 201 {
                return Err(format!("a send was answered with {status}").into());
            }
        }
        written.set((process::bytes_to_disk(server.pid)? - before) as f64 / f64::from(count));
        Outcome::Ok(median(&times))
    };

    let file = folder.join("appended");
    let mut append = Worker::start(&["append", text(&file)?], bench.cpus.for_server())?;
    let request = senders.next(0);
    let body = request
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .map_or(0, |head| request.len() - head - 4);
    let order = format!("{count} {body}");
    // Once each unmeasured, to warm up.
    block().await?;
    append.work(&order).await?;
    let pairs = Pairs::measure(bench.pairs(20), block, async || first(&append.work(&order).await?)).await?;
    let pages = append.work(&format!("{count} {:.0}", written.get().max(1.0))).await?;
    server.stop().await?;

    let micros = |seconds: f64| format!("{} µs", thousands(seconds * 1e6));
    Ok(vec![Row {
        id: "M7",
        what: "p50 acknowledgement of a lone sender / p50 of append + fdatasync of the same bytes".to_owned(),
        ours: micros(pairs.ours()),
        limit: micros(pairs.limit()),
        value: pairs.ratio(),
        shown: pairs.shown(),
        gate: Gate::AtMost(2.0),
        notes: vec![
            format!(
                "the bytes are the request's body, {body} B; the disk got {} B a send from the server",
                thousands(written.get())
            ),
            format!(
                "append + fdatasync of those {} B took {} (p50)",
                thousands(written.get()),
                micros(first(&pages)?)
            ),
        ],
    }])
}

/// How many transactions were committed to a database, as the index of its WAL counts them (`iChange`, the third
/// 32-bit word); none where there is no such file.
fn committed(database: &Path) -> Option<u32> {
    let mut name = database.as_os_str().to_owned();
    name.push("-shm");
    let index = std::fs::read(name).ok()?;
    Some(u32::from_ne_bytes(index.get(8..12)?.try_into().ok()?))
}

fn first(answer: &[f64]) -> Outcome<f64> {
    answer.first().copied().ok_or_else(|| "a limit gave no figure".into())
}

fn text(path: &Path) -> Outcome<&str> {
    path.to_str()
        .ok_or_else(|| "the temporary folder's name is not UTF-8".into())
}

/// A sender that sends a message every 20 ms on its own connection until `over` is set; gives how long each took from
/// the moment it was due, so that a late one is not hidden by the one before it.
pub async fn steady(
    server: &Server,
    sender: &Person,
    chat: i64,
    random: &RefCell<Random>,
    over: &Cell<bool>,
) -> Outcome<Vec<f64>> {
    let mut client = server.connect().await?;
    let mut due = tokio::time::interval(Duration::from_millis(20));
    let mut times = Vec::new();
    while !over.get() {
        let start = due.tick().await;
        let client_id = random.borrow_mut().uuid();
        let (status, _) = client
            .poke(&server::send(chat, &sender.token, "on and on", &client_id))
            .await?;
        if status != 201 {
            return Err(format!("a send was answered with {status}").into());
        }
        times.push(start.elapsed().as_secs_f64());
    }
    Ok(times)
}
