//! Half of the sockets stop reading; the others should not notice, and the server should not keep what they don't read.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use tokio::time::Instant;

use super::history::Entry;
use super::play::{Mix, Play};
use super::report::{mebibytes, millis, quantile, receipts, Report};
use super::socket::Command;
use super::stage::{Ended, Setup, Stage};
use super::Outcome;

/// The quiet phase is no longer than this.
const QUIET: Duration = Duration::from_secs(60);
/// How much the server's memory may grow.
const GROWTH: u64 = 50 << 20;
/// Between two looks at its memory.
const LOOK: Duration = Duration::from_millis(500);

/// Runs it: a quiet phase, then so long with half of the sockets stalled.
pub async fn run(setup: Setup, rate: f64, length: Duration) -> Outcome<Ended> {
    let mut stage = Stage::set(setup).await?;
    stage.connect(None, |place| place % 2 == 1).await?;
    let stalled: HashSet<usize> = (0..stage.devices.len()).filter(|place| place % 2 == 1).collect();
    let mut play = stage.play(Mix::calm(), None)?;
    play.quiet = stalled.clone();
    let begin = stage.book.now();
    play.open(rate, length.min(QUIET)).await;
    let (middle, before) = (stage.book.now(), stage.usage().memory);
    for place in &stalled {
        stage.devices[*place].tell(Command::Stall(true));
    }
    let most = watched(&stage, &mut play, rate, length).await;
    let end = stage.book.now();
    let mut report = Report::default();
    report.line(
        "stalled",
        format!("{} of {} sockets", stalled.len(), stage.devices.len()),
    );
    if let (Some(before), Some(most)) = (before, most) {
        let growth = most.saturating_sub(before);
        report.bound(
            "growth of memory",
            mebibytes(growth as f64),
            "below 50 MiB",
            growth < GROWTH,
        );
    }
    // Second devices of a person: one of them may stall while the other reads.
    let idle: HashSet<i64> = stalled
        .iter()
        .map(|place| stage.people[stage.devices[*place].person].id)
        .collect();
    stage
        .end(play, report, |history, report| {
            let reads = |person: i64| !idle.contains(&person);
            let mut quiet = receipts(history, begin, middle, reads);
            let mut loud = receipts(history, middle, end, reads);
            report.times("send to receipt, all read", &mut quiet);
            report.times("send to receipt, half stalled", &mut loud);
            let (quiet, loud) = (quantile(&quiet, 0.99), quantile(&loud, 0.99));
            let change = 100.0 * (f64::from(loud) / f64::from(quiet.max(1)) - 1.0);
            let figure = format!("{change:+.0} %, from {} to {}", millis(quiet), millis(loud));
            report.bound("change of p99", figure, "below +20 %", change < 20.0);
            let mut codes: BTreeMap<Option<u16>, usize> = BTreeMap::new();
            for stream in history.streams.iter().filter(|stream| !reads(stream.person)) {
                for entry in &stream.entries {
                    if let Entry::Closed { at, code } = entry {
                        if *at > middle {
                            *codes.entry(*code).or_default() += 1;
                        }
                    }
                }
            }
            report.line("stalled sockets were closed with", format!("{codes:?}"));
        })
        .await
}

/// Plays on and watches the server's memory; the most it used.
async fn watched(stage: &Stage, play: &mut Play, rate: f64, length: Duration) -> Option<u64> {
    let mut most = stage.usage().memory;
    let watching = async {
        let mut next = Instant::now();
        loop {
            next += LOOK;
            tokio::time::sleep_until(next).await;
            most = most.max(stage.usage().memory);
        }
    };
    tokio::select! {
        () = play.open(rate, length) => {}
        () = watching => {}
    }
    most
}
