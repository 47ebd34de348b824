//! SIGTERM while everybody chats: what is under way is acknowledged and stored, or neither, and the end comes soon.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rusqlite::{Connection, OpenFlags};

use super::history::{Entry, History, Told};
use super::play::Mix;
use super::report::{seconds, Report};
use super::stage::{Ended, Setup, Stage};
use super::Outcome;

/// Longest an end may take.
const END: Duration = Duration::from_secs(5);
/// Longest everybody's return is waited for before the next stop.
const RETURN: Duration = Duration::from_secs(20);
/// How long before the signal a send has surely arrived, in microseconds.
const ARRIVED: u64 = 100_000;
/// Longer than any run.
const FOREVER: Duration = Duration::from_secs(86_400);

/// What was found at the stops.
#[derive(Default)]
struct Found {
    slowest: Duration,
    unanswered: usize,
    stored: Vec<String>,
    late: usize,
}

/// Runs it with so many stops under so many messages a second.
pub async fn run(setup: Setup, rate: f64, stops: usize) -> Outcome<Ended> {
    let mut stage = Stage::set(setup).await?;
    stage.connect(None, |_| false).await?;
    // No connection may break for another reason, or an unanswered send would say nothing.
    let mix = Mix {
        drops: 0.0,
        given_up: 0.0,
        ..Mix::lively()
    };
    let mut play = stage.play(mix, None)?;
    let mut found = Found::default();
    let mut random = StdRng::seed_from_u64(!stage.setup.seed);
    let stopping = async {
        for _ in 0..stops {
            tokio::time::sleep(Duration::from_millis(random.random_range(300..1500))).await;
            stop(&mut stage, &mut found).await?;
        }
        Outcome::Ok(())
    };
    tokio::select! {
        done = stopping => done?,
        () = play.open(rate, FOREVER) => {}
    }
    let mut report = Report::default();
    report.line("stops", stops.to_string());
    report.bound("slowest end", seconds(found.slowest), "below 5 s", found.slowest < END);
    let unanswered = found.unanswered.to_string();
    report.bound(
        "sends before a stop, not answered",
        unanswered,
        "0",
        found.unanswered == 0,
    );
    report.bound(
        "returns not whole in 20 s",
        found.late.to_string(),
        "0",
        found.late == 0,
    );
    for what in found.stored {
        stage.book.open().ill.push(what);
    }
    stage
        .end(play, report, |history, report| {
            report.line("closed with", codes(history))
        })
        .await
}

async fn stop(stage: &mut Stage, found: &mut Found) -> Outcome<()> {
    let server = stage.server.as_mut().ok_or("only a server of ours can be stopped")?;
    let (signal, start) = (stage.book.now(), Instant::now());
    server.terminate()?;
    let code = server.ended().await?;
    found.slowest = found.slowest.max(start.elapsed());
    if code != Some(0) {
        let what = format!("exit code {code:?} after SIGTERM; it said: {}", server.log());
        stage.book.open().ill.push(what);
    }
    // Everybody notices that the connection is gone.
    tokio::time::sleep(Duration::from_millis(300)).await;
    unanswered(stage, signal, found)?;
    let from = stage.book.now();
    let server = stage.server.as_mut().ok_or("only a server of ours can be stopped")?;
    server.start_again().await?;
    let host = server.host();
    stage.link.moves(&host);
    if stage.all_live(from, RETURN).await.is_none() {
        found.late += 1;
    }
    Ok(())
}

/// Looks at what was under way at the signal and got no answer: it may not be stored, and it may not have come long before.
fn unanswered(stage: &Stage, signal: u64, found: &mut Found) -> Outcome<()> {
    let server = stage.server.as_ref().ok_or("only a server of ours can be stopped")?;
    let database = Connection::open_with_flags(server.file(), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut stored = database.prepare("SELECT 1 FROM messages WHERE client_id = ?1")?;
    let book = stage.book.open();
    let (mut cut, mut answered) = (HashMap::new(), HashSet::new());
    for attempt in book.attempts.iter().rev() {
        match &attempt.told {
            Told::Info { why } if attempt.end >= signal => {
                cut.insert(&attempt.client_id, (attempt.start, why));
            }
            Told::Ok { .. } => {
                answered.insert(&attempt.client_id);
            }
            _ => {}
        }
    }
    for (name, (start, why)) in cut {
        if answered.contains(name) {
            continue;
        }
        if start + ARRIVED < signal {
            found.unanswered += 1;
        }
        if stored.exists([name])? {
            let what =
                format!("{name}, sent at {start}, was stored at the stop at {signal} and not acknowledged: {why}");
            found.stored.push(what);
        }
    }
    Ok(())
}

/// With which codes connections were closed, and how often.
fn codes(history: &History) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for entry in history.streams.iter().flat_map(|stream| &stream.entries) {
        if let Entry::Closed { code, .. } = entry {
            let code = code.map_or("no code".to_owned(), |code| code.to_string());
            *counts.entry(code).or_default() += 1;
        }
    }
    let counts: Vec<String> = counts.iter().map(|(code, count)| format!("{code}: {count}")).collect();
    counts.join(", ")
}
