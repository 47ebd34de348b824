//! Everybody is away, much is said, and all come back at the same moment.

use std::time::Duration;

use super::play::Mix;
use super::report::{seconds, Report};
use super::socket::Command;
use super::stage::{Ended, Setup, Stage};
use super::Outcome;

/// Longest it may take until all are live again.
const RETURN: Duration = Duration::from_secs(5);
/// Longest it is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longer than any run.
const FOREVER: Duration = Duration::from_secs(86_400);
/// Sends on their way while everybody is away.
const FLYING: usize = 64;

/// Runs it; each member of a chat misses about so many events.
pub async fn run(setup: Setup, missed: usize) -> Outcome<Ended> {
    let mut stage = Stage::set(setup).await?;
    stage.connect(None, |_| false).await?;
    for device in stage.devices.iter() {
        device.tell(Command::Leave);
    }
    for device in stage.devices.iter() {
        device.gone().await;
    }
    let mix = Mix {
        http: 1.0,
        ..Mix::calm()
    };
    let mut play = stage.play(mix, None)?;
    play.closed(FLYING, FOREVER, missed * stage.chats.len()).await;
    play.settle().await;
    let (from, before) = (stage.book.now(), stage.usage());
    for device in stage.devices.iter() {
        device.tell(Command::Return);
    }
    let live = stage.all_live(from, PATIENCE).await;
    let after = stage.usage();
    let mut report = Report::default();
    report.line("sockets", stage.devices.len().to_string());
    let took = live.map_or(PATIENCE, |at| Duration::from_micros(at - from));
    report.bound("all live again", seconds(took), "below 5 s", took < RETURN);
    if let (Some(before), Some(after)) = (before.cpu, after.cpu) {
        report.line("processor of the server for it", seconds(after - before));
    }
    if let (Some(before), Some(after)) = (before.memory, after.memory) {
        let grown = after.saturating_sub(before) as f64;
        report.line("growth of its memory", super::report::mebibytes(grown));
    }
    stage
        .end(play, report, |history, report| {
            let until = from + took.as_micros() as u64;
            let heard = super::report::deliveries(history, from, until);
            report.line("events told meanwhile", heard.to_string());
        })
        .await
}
