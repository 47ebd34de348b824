//! M9: a search over HTTP, against the bare FTS5 query on the same file.

use std::cell::Cell;
use std::time::Instant;

use super::limit::Worker;
use super::report::{median, quantile_of, thousands, Gate, Pairs, Row};
use super::server::{self, Server};
use super::texts::{Random, Vocabulary};
use super::{http, Bench, Outcome};

/// Searches in a block; their 95th percentile is one figure of a pair.
const BLOCK: usize = 99;
/// Blocks of different searches, asked in turn.
const BLOCKS: usize = 4;

/// M9: p95 of searches, the best twenty of each.
pub async fn best(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let large = bench.large().await?;
    let server = Server::start(&large.path, bench.cpus.for_server(), &[]).await?;
    let vocabulary = Vocabulary::new();
    let queries = vocabulary.searches(&mut Random::new(8), BLOCK * BLOCKS);
    let requests: Vec<Vec<u8>> = queries
        .iter()
        .map(|query| request(query, &large.caller.token))
        .collect();
    let file = bench.folder("M9")?.join("queries");
    std::fs::write(&file, queries.join("\n"))?;
    let (database, file) = (large.path.to_str(), file.to_str());
    let (database, file) = database.zip(file).ok_or("the temporary folder's name is not UTF-8")?;
    // What is typed may mean whole words or their beginnings; the bare query means what the server's does.
    let beginnings = !found(&server, &[request(&vocabulary.beginning(), &large.caller.token)])
        .await?
        .is_empty();
    let (kind, other) = if beginnings {
        ("beginnings", "words")
    } else {
        ("words", "beginnings")
    };
    let mut bare = Worker::start(&["search", database, file, kind], bench.cpus.for_server())?;
    let mut beside = Worker::start(&["search", database, file, other], bench.cpus.for_server())?;

    let found = found(&server, &requests).await?;
    bare.work(&format!("0 {}", BLOCK * BLOCKS)).await?;
    let (asked, answered) = (Cell::new(0), Cell::new(0));
    let pairs = Pairs::measure(
        bench.pairs(12),
        async || {
            let from = BLOCK * (asked.replace(asked.get() + 1) % BLOCKS);
            let mut client = server.connect().await?;
            let mut times = Vec::new();
            for request in &requests[from..from + BLOCK] {
                let start = Instant::now();
                client.poke(request).await?;
                times.push(start.elapsed().as_secs_f64());
            }
            Ok(quantile_of(&times, 0.95))
        },
        async || {
            let from = BLOCK * (answered.replace(answered.get() + 1) % BLOCKS);
            Ok(quantile_of(
                &bare.work(&format!("{from} {}", from + BLOCK)).await?,
                0.95,
            ))
        },
    )
    .await?;
    let beside = quantile_of(&beside.work(&format!("0 {}", BLOCK * BLOCKS)).await?, 0.95);
    server.stop().await?;
    let millis = |seconds: f64| format!("{:.2} ms", seconds * 1e3);
    Ok(vec![Row {
        id: "M9",
        what: format!("search p95 over HTTP at {} messages, best 20 / bare FTS5 `MATCH ... ORDER BY rank LIMIT 20`", thousands(large.messages as f64)),
        ours: millis(pairs.ours()),
        limit: millis(pairs.limit()),
        value: pairs.ratio(),
        shown: pairs.shown(),
        gate: Gate::AtMost(2.0),
        notes: vec![
            format!("the server finds {kind}, so the bare query does too; a bare one that finds {other} has a p95 of {}", millis(beside)),
            "a third of the searches each: two commonish words, a commonish with a rare one, a rare one; words as frequent as Zipf's law has them".to_owned(),
            format!("{} of {} searches found something; the median one {} messages; a fifth of all messages is in chats the caller is not in", found.len(), requests.len(), thousands(median(&found))),
        ],
    }])
}

/// The request that searches for words and shows the best twenty messages.
fn request(words: &str, token: &str) -> Vec<u8> {
    http::get(&format!("/chat/search/?q={}&page_size=20", http::escaped(words)), token)
}

/// How many messages each search found that found any: a search that fails ends it.
async fn found(server: &Server, requests: &[Vec<u8>]) -> Outcome<Vec<f64>> {
    let mut client = server.connect().await?;
    let mut counts = Vec::new();
    for request in requests {
        let count = server::number(&client.ask(request).await?.json(200)?, "count")?;
        if count > 0 {
            counts.push(count as f64);
        }
    }
    Ok(counts)
}
