//! M10: how long others wait for a message while people log in, search, and send a very large file.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use super::crowd::{self, Crowd};
use super::limit::Worker;
use super::report::{median, quantile_of, thousands, Gate, Pairs, Row};
use super::server::Server;
use super::sockets::{self, Entry, Room};
use super::{process, Bench, Outcome};

/// Sockets, each of somebody else.
const CLIENTS: usize = 200;
/// People in a chat.
const CHAT: usize = 20;
/// Between two messages.
const EVERY: Duration = Duration::from_millis(10);
/// Left to the server after an upload.
const AFTERMATH: Duration = Duration::from_secs(3);

/// People who write in turn, each in his chat.
struct Talk {
    room: Room,
    crowd: Crowd,
    said: Cell<u64>,
    load: RefCell<Vec<f64>>,
    medians: RefCell<Vec<f64>>,
    worst: RefCell<Vec<f64>>,
}

impl Talk {
    /// Says a message every 10 ms until `over`; gives the 99th percentile of what it took from the moment a message was
    /// due until each other member had it.
    async fn p99(&self, over: impl Fn() -> bool) -> Outcome<f64> {
        let load = process::cpu_time(std::process::id())?;
        let start = std::time::Instant::now();
        let mut clock = tokio::time::interval(EVERY);
        while !over() {
            let due = clock.tick().await.into_std();
            let said = self.said.replace(self.said.get() + 1) as usize;
            let sender = said % CLIENTS;
            let number = self.room.due(due, sender);
            let send = serde_json::json!({
                "type": "send", "client_id": format!("m10-{number}"), "chat_id": self.crowd.chats[sender / CHAT],
                "text": format!("{number} {:x<190}", ""),
            });
            self.room.say(sender, &sockets::frame(&send.to_string())).await?;
        }
        self.room.hears(self.said.get() * CHAT as u64).await?;
        let load = process::cpu_time(std::process::id())? - load;
        self.load
            .borrow_mut()
            .push(load.as_secs_f64() / start.elapsed().as_secs_f64());
        let delays = self.room.delays();
        self.medians.borrow_mut().push(quantile_of(&delays, 0.5));
        self.worst.borrow_mut().push(quantile_of(&delays, 1.0));
        Ok(quantile_of(&delays, 0.99))
    }

    /// What was noted beside the figures since this was last asked: medians of the median and of the longest wait.
    fn beside(&self) -> (f64, f64) {
        (median(&self.medians.take()), median(&self.worst.take()))
    }
}

/// M10: p99 from send to receive with log-ins, a large upload and searches under way, against the same when quiet.
pub async fn delays(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let large = bench.large().await?;
    let database = bench.folder("M10")?.join("messenger.db");
    std::fs::copy(&large.path, &database)?;
    let crowd = crowd::move_in(&database, CLIENTS, CHAT).await?;
    let size: u64 = if bench.quick { 128 << 20 } else { 1 << 30 };
    let settings = [
        ("ROCKET_FILE_MAX_BYTES", "2147483648"),
        ("ROCKET_QUOTA_BYTES", "68719476736"),
    ];
    let server = Server::start(&database, bench.cpus.for_server(), &settings).await?;
    // The one whose database it was: what he searches is in his chats.
    let (ana, bogdan) = (server.sign_in("ana").await?, server.sign_in("bogdan").await?);
    let files = server
        .chat(&mut server.connect().await?, &ana, "Files", &[bogdan.id])
        .await?;
    let (port, files, size_text) = (server.port.to_string(), files.to_string(), size.to_string());
    let arguments = ["trouble", &port, &ana.token, &files, &size_text];
    let mut trouble = Worker::start_behind(&arguments, bench.cpus.for_load())?;

    let entries: Vec<Entry> = crowd
        .people
        .iter()
        .map(|person| Entry::Messenger(person.token.clone()))
        .collect();
    let mut room = Room::default();
    room.enter(server.port, &entries).await?;
    let talk = Talk {
        room,
        crowd,
        said: Cell::new(0),
        load: RefCell::default(),
        medians: RefCell::default(),
        worst: RefCell::default(),
    };
    let length = bench.length(8000);
    let quiet = async || {
        let start = std::time::Instant::now();
        talk.p99(|| start.elapsed() > length).await
    };
    // Once unmeasured, to warm up.
    quiet().await?;
    talk.beside();
    let (under_way, beside) = (RefCell::new(Vec::new()), RefCell::new([Vec::new(), Vec::new()]));
    let pairs = Pairs::measure(
        bench.pairs(5),
        async || {
            let over = Cell::new(false);
            let work = async {
                let done = trouble.work("go").await;
                over.set(true);
                done
            };
            let (p99, done) = futures_util::future::try_join(talk.p99(|| over.get()), work).await?;
            under_way.borrow_mut().push(done);
            beside.borrow_mut()[0].push(talk.beside());
            // What the upload leaves to be done is no part of the quiet block that may follow.
            tokio::time::sleep(AFTERMATH).await;
            Ok(p99)
        },
        async || {
            let p99 = quiet().await?;
            beside.borrow_mut()[1].push(talk.beside());
            Ok(p99)
        },
    )
    .await?;
    let expected = talk.said.get();
    let in_chat = |place: usize| {
        let before = place / CHAT * CHAT;
        (before..before + CHAT)
            .map(|sender| (expected + (CLIENTS - 1 - sender) as u64) / CLIENTS as u64)
            .sum()
    };
    talk.room.check(in_chat)?;
    talk.room.acknowledges(expected).await?;
    let (told, load) = (talk.room.heard(), median(&talk.load.borrow()));
    drop(talk);
    server.stop().await?;

    let millis = |seconds: f64| format!("{:.2} ms", seconds * 1e3);
    let middle = |place: usize, pick: fn(&(f64, f64)) -> f64| {
        median(&beside.borrow()[place].iter().map(pick).collect::<Vec<_>>())
    };
    let done = |place: usize| {
        let under_way = under_way.borrow();
        median(
            &under_way
                .iter()
                .filter_map(|done| done.get(place).copied())
                .collect::<Vec<_>>(),
        )
    };
    let seconds = done(2);
    Ok(vec![Row {
        id: "M10",
        what: format!("p99 from send to receive, {CLIENTS} sockets in chats of {CHAT}, 100 messages/s, with log-ins, an upload of {} MiB and searches under way / quiet", size >> 20),
        ours: millis(pairs.ours()),
        limit: millis(pairs.limit()),
        value: pairs.ratio(),
        shown: pairs.shown(),
        gate: Gate::AtMost(3.0),
        notes: vec![
            format!(
                "meanwhile: thirty log in at a time, {:.0} log-ins and {:.0} searches of {} messages in the {seconds:.1} s that an upload took ({:.0} MiB/s), all on the server's one core",
                done(0),
                done(1),
                thousands(large.messages as f64),
                (size >> 20) as f64 / seconds
            ),
            format!(
                "p50 {} and {}, the longest wait of a block {} and {}, with and without them",
                millis(middle(0, |seen| seen.0)),
                millis(middle(1, |seen| seen.0)),
                millis(middle(0, |seen| seen.1)),
                millis(middle(1, |seen| seen.1))
            ),
            format!("{} messages told {} times: none lost, none told twice, every socket's event ids rising", thousands(expected as f64), thousands(told as f64)),
            format!("the load's core was busy {:.0} % of the time, without what sends the file, which yields to it", 100.0 * load),
        ],
    }])
}
