//! M12: a class that signs in at once, and whether one who writes meanwhile notices.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use futures_util::future::{try_join, try_join_all};

use super::limit::Worker;
use super::report::{median, quantile_of, Gate, Pairs, Row};
use super::sends::steady;
use super::server::{self, Server};
use super::texts::Random;
use super::{Bench, Outcome};

/// How many sign in at once.
const CLASS: usize = 30;

/// M12: wall time of thirty log-ins at once, against the hashing alone spread over all cores.
pub async fn class(bench: &mut Bench) -> Outcome<Vec<Row>> {
    // Both sides get every core: it is the room's wait that counts.
    bench.cpus.load_anywhere();
    let rows = measure(bench).await;
    bench.cpus.load_alone();
    rows
}

async fn measure(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let server = Server::start(&bench.folder("M12")?.join("messenger.db"), bench.cpus.for_all(), &[]).await?;
    let (writer, reader) = (server.person("writer").await?, server.person("reader").await?);
    let names: Vec<String> = (0..CLASS).map(|number| format!("pupil{number}")).collect();
    try_join_all(names.iter().map(|name| server.register(name))).await?;
    let chat = server
        .chat(&mut server.connect().await?, &writer, "A class", &[reader.id])
        .await?;

    let random = RefCell::new(Random::new(10));
    let quiet = async {
        let over = Cell::new(false);
        let wait = async {
            tokio::time::sleep(bench.length(10_000)).await;
            over.set(true);
            Ok(())
        };
        try_join(steady(&server, &writer, chat, &random, &over), wait)
            .await
            .map(|(times, ())| times)
    }
    .await?;

    let cores = bench.cpus.count as f64;
    let meanwhile = RefCell::new(Vec::new());
    let mut bare = Worker::start(&["hash"], bench.cpus.for_all())?;
    bare.work("go").await?;
    let pairs = Pairs::measure(
        bench.pairs(6),
        async || {
            let over = Cell::new(false);
            let (times, wall) = try_join(
                steady(&server, &writer, chat, &random, &over),
                sign_in(&server, &names, &over),
            )
            .await?;
            meanwhile.borrow_mut().extend(times);
            Ok(wall.as_secs_f64())
        },
        async || {
            let mut times = Vec::new();
            for _ in 0..3 {
                times.extend(bare.work("go").await?);
            }
            Ok(CLASS as f64 * median(&times) / cores)
        },
    )
    .await?;
    let crowded = crowded(bench).await?;
    server.stop().await?;

    let millis = |seconds: f64| format!("{:.1} ms", seconds * 1e3);
    let beside = format!(
        "a lone sender's wait meanwhile, one message every 20 ms: p50 {}, p99 {}; when quiet: p50 {}, p99 {}",
        millis(quantile_of(&meanwhile.borrow(), 0.5)),
        millis(quantile_of(&meanwhile.borrow(), 0.99)),
        millis(quantile_of(&quiet, 0.5)),
        millis(quantile_of(&quiet, 0.99)),
    );
    let one = pairs.limit() * cores / CLASS as f64;
    Ok(vec![Row {
        id: "M12",
        what: "thirty log-ins at once, wall time / 30 × one bare PBKDF2 of 600,000 rounds / cores".to_owned(),
        ours: format!("{:.2} s", pairs.ours()),
        limit: format!("{:.2} s", pairs.limit()),
        value: pairs.ratio(),
        shown: pairs.shown(),
        gate: Gate::AtMost(1.5),
        notes: vec![
            beside,
            format!(
                "one bare hash took {} (the faster of two libraries), and {} with one on each of {cores} cores at once",
                millis(one),
                millis(crowded)
            ),
        ],
    }])
}

/// Signs all in at once; gives how long the last one waited, and tells who writes meanwhile that it is over.
async fn sign_in(server: &Server, names: &[String], over: &Cell<bool>) -> Outcome<Duration> {
    let clients = server::open(server.port, names.len()).await?;
    let start = Instant::now();
    let signed = clients
        .into_iter()
        .zip(names)
        .map(|(mut client, name)| async move { client.ask(&server::login(name)).await?.json(200) });
    let signed = try_join_all(signed).await;
    let wall = start.elapsed();
    over.set(true);
    signed.map(|_| wall)
}

/// One bare hash's seconds while every core does one.
async fn crowded(bench: &Bench) -> Outcome<f64> {
    let mut workers = Vec::new();
    for _ in 0..bench.cpus.count {
        workers.push(Worker::start(&["hash"], bench.cpus.for_all())?);
    }
    let times = try_join_all(workers.iter_mut().map(|worker| worker.work("go"))).await?;
    Ok(times.iter().flatten().copied().fold(0.0, f64::max))
}
