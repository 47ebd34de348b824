//! M8 and M13: what a page of history and a page of chats cost the processor.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use super::fill::{Filled, BUSY_CHATS};
use super::http;
use super::limit::{Listener, SENT_BYTES};
use super::report::{median, thousands, Gate, Pairs, Row};
use super::server::{self, Server};
use super::texts::{Random, Vocabulary};
use super::{process, Bench, Outcome};

/// Messages on a page of history.
const PAGE: usize = 50;
/// Connections that ask at the same time.
const CONNECTIONS: usize = 4;

/// Requests a process answered for a second of its processor time.
async fn for_cpu_second(port: u16, pid: u32, length: Duration, next: impl Fn(usize) -> Vec<u8>) -> Outcome<f64> {
    let mut clients = server::open(port, CONNECTIONS).await?;
    for (place, client) in clients.iter_mut().enumerate() {
        client.poke(&next(place)).await?;
    }
    let before = process::cpu_time(pid)?;
    let (count, _) = server::drive(&mut clients, length, next).await?;
    Ok(count as f64 / (process::cpu_time(pid)? - before).as_secs_f64())
}

/// A/A: bare hyper against itself, which must come out as 1, or the machine is too restless for the rest.
pub async fn same(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let body = bench.folder("AA")?.join("body");
    std::fs::write(&body, vec![b' '; 20_000])?;
    let first = Listener::start(&body, bench.cpus.for_server()).await?;
    let second = Listener::start(&body, bench.cpus.for_server()).await?;
    let (length, request) = (bench.length(1000), http::get("/", ""));
    let block =
        async |listener: &Listener| for_cpu_second(listener.port, listener.pid, length, |_| request.clone()).await;
    let pairs = Pairs::measure(
        bench.pairs(20),
        async || block(&first).await,
        async || block(&second).await,
    )
    .await?;
    Ok(vec![Row {
        id: "A/A",
        what: "bare hyper / bare hyper, requests a CPU second: the run is void outside the bounds".to_owned(),
        ours: format!("{}/CPU-s", thousands(pairs.ours())),
        limit: format!("{}/CPU-s", thousands(pairs.limit())),
        value: pairs.ratio(),
        shown: pairs.shown(),
        gate: Gate::Within(0.97, 1.03),
        notes: Vec::new(),
    }])
}

/// M13: an authenticated page of history, against bare hyper serving the same bytes.
pub async fn page(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let folder = bench.folder("M13")?;
    let server = Server::start(&folder.join("messenger.db"), bench.cpus.for_server(), &[]).await?;
    let (ana, bogdan) = (server.person("ana").await?, server.person("bogdan").await?);
    let mut client = server.connect().await?;
    let chat = server.chat(&mut client, &ana, "A class", &[bogdan.id]).await?;
    let (vocabulary, mut random) = (Vocabulary::new(), Random::new(4));
    for number in 0..PAGE + 10 {
        let sender = if number % 2 == 0 { &ana } else { &bogdan };
        let text = vocabulary.text_of(&mut random, SENT_BYTES);
        client
            .ask(&server::send(chat, &sender.token, &text, &random.uuid()))
            .await?
            .json(201)?;
    }
    let request = http::get(&format!("/chat/messages/?chat={chat}&limit={PAGE}"), &ana.token);
    let answer = client.ask(&request).await?;
    let shown = answer.json(200)?["results"].as_array().map_or(0, Vec::len);
    if shown != PAGE {
        return Err(format!("a page of history shows {shown} messages in place of {PAGE}").into());
    }
    let body = folder.join("body");
    std::fs::write(&body, &answer.body)?;
    let hyper = Listener::start(&body, bench.cpus.for_server()).await?;

    let length = bench.length(1000);
    let pairs = Pairs::measure(
        bench.pairs(20),
        async || for_cpu_second(server.port, server.pid, length, |_| request.clone()).await,
        async || for_cpu_second(hyper.port, hyper.pid, length, |_| request.clone()).await,
    )
    .await?;
    drop(client);
    server.stop().await?;
    Ok(vec![Row {
        id: "M13",
        what: "authenticated page of 50 messages, requests a CPU second / bare hyper serving the same bytes".to_owned(),
        ours: format!("{}/CPU-s", thousands(pairs.ours())),
        limit: format!("{}/CPU-s", thousands(pairs.limit())),
        value: pairs.ratio(),
        shown: pairs.shown(),
        gate: Gate::AtLeast(0.4),
        notes: vec![format!(
            "a page is {} B of JSON, its texts {SENT_BYTES} B each",
            thousands(answer.body.len() as f64)
        )],
    }])
}

/// M8: a page of history and a page of chats with very many messages behind them, against the same with few.
pub async fn flat(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let (large, small) = (bench.large().await?, bench.small().await?);
    let (at_large, at_small) = (Reader::start(bench, &large).await?, Reader::start(bench, &small).await?);
    let sizes = (at_large.sizes().await?, at_small.sizes().await?);
    let pairs = Pairs::measure(
        bench.pairs(20),
        async || at_large.block().await,
        async || at_small.block().await,
    )
    .await?;
    let what = format!(
        "CPU of a history page + a page of the caller's 200 chats at {} messages / at {}",
        thousands(large.messages as f64),
        thousands(small.messages as f64)
    );
    let notes = vec![
        format!("history is the newest page of a chat and one at a random depth in turn; the page of chats shows the {BUSY_CHATS} newest"),
        format!("bytes of answers, history and chats: {} and {} at the large size, {} and {} at the small", sizes.0 .0, sizes.0 .1, sizes.1 .0, sizes.1 .1),
    ];
    at_large.server.stop().await?;
    at_small.server.stop().await?;
    Ok(vec![Row {
        id: "M8",
        what,
        ours: format!("{} µs", thousands(pairs.ours() * 1e6)),
        limit: format!("{} µs", thousands(pairs.limit() * 1e6)),
        value: pairs.ratio(),
        shown: pairs.shown(),
        gate: Gate::AtMost(1.5),
        notes,
    }])
}

/// A server with a filled database, and who reads in it.
struct Reader<'a> {
    server: Server,
    filled: &'a Filled,
    random: RefCell<Random>,
    asked: Cell<usize>,
    length: Duration,
}

impl<'a> Reader<'a> {
    async fn start(bench: &Bench, filled: &'a Filled) -> Outcome<Self> {
        let server = Server::start(&filled.path, bench.cpus.for_server(), &[]).await?;
        Ok(Self {
            server,
            filled,
            random: RefCell::new(Random::new(6)),
            asked: Cell::new(0),
            length: bench.length(1000),
        })
    }

    /// Seconds of the server's processor for one page of history and one of chats.
    async fn block(&self) -> Outcome<f64> {
        let both = for_cpu_second(self.server.port, self.server.pid, self.length, |_| self.next()).await?;
        Ok(2.0 / both)
    }

    fn next(&self) -> Vec<u8> {
        let asked = self.asked.replace(self.asked.get() + 1);
        if asked % 2 == 1 {
            return self.chats();
        }
        let mut random = self.random.borrow_mut();
        let (chat, last) = self.filled.busy[random.below(self.filled.busy.len())];
        // The newest page, or one as deep as it goes and still whole.
        let deepest = if asked.is_multiple_of(4) {
            0
        } else {
            (last - PAGE as i64).max(0)
        };
        let before = last + 1 - random.below(deepest as usize + 1) as i64;
        http::get(
            &format!("/chat/messages/?chat={chat}&before={before}&limit={PAGE}"),
            &self.filled.caller.token,
        )
    }

    fn chats(&self) -> Vec<u8> {
        http::get(&format!("/chat/?page_size={BUSY_CHATS}"), &self.filled.caller.token)
    }

    /// The median length of a page of history and the length of a page of chats, in bytes; errors where a page is not
    /// full, for then the two sizes would not be compared on the same work.
    async fn sizes(&self) -> Outcome<(String, String)> {
        let mut client = self.server.connect().await?;
        let mut histories = Vec::new();
        for _ in 0..20 {
            let (history, _) = (self.next(), self.next());
            let answer = client.ask(&history).await?;
            let shown = answer.json(200)?["results"].as_array().map_or(0, Vec::len);
            if shown != PAGE {
                return Err(format!("a page of history shows {shown} messages in place of {PAGE}").into());
            }
            histories.push(answer.body.len() as f64);
        }
        let chats = client.ask(&self.chats()).await?;
        let page = chats.json(200)?;
        let listed = page["results"].as_array().ok_or("no results in the list of chats")?;
        if listed.len() != BUSY_CHATS
            || listed
                .iter()
                .any(|chat| chat["messages"].as_array().map_or(0, Vec::len) != PAGE)
        {
            return Err(format!("the page of chats is not {BUSY_CHATS} chats of {PAGE} message ids each").into());
        }
        Ok((thousands(median(&histories)), thousands(chats.body.len() as f64)))
    }
}
