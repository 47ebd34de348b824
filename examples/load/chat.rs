//! Everybody chats: the plain load, with everything that people and networks do.

use std::time::Duration;

use super::play::Mix;
use super::process::Usage;
use super::report::{acknowledgements, deliveries, receipts, sends, Report};
use super::stage::{footprint, Ended, Setup, Stage};
use super::Outcome;

/// How hard, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Messages a second, whatever the server does.
    pub rate: f64,
    /// Or so many on their way.
    pub closed: Option<usize>,
    pub length: Duration,
    /// Nothing but sends.
    pub calm: bool,
}

/// Runs it.
pub async fn run(setup: Setup, load: Load) -> Outcome<Ended> {
    let mut stage = Stage::set(setup).await?;
    stage.connect(None, |_| false).await?;
    let mut report = Report::default();
    footprint(&mut report, stage.before, stage.usage(), stage.devices.len());
    let mut play = stage.play(if load.calm { Mix::calm() } else { Mix::lively() }, None)?;
    let own = || Usage::of(std::process::id());
    let (from, before, load_before) = (stage.book.now(), stage.usage(), own());
    match load.closed {
        Some(flying) => play.closed(flying, load.length, usize::MAX).await,
        None => play.open(load.rate, load.length).await,
    }
    let (to, after, load_after) = (stage.book.now(), stage.usage(), own());
    stage
        .end(play, report, |history, report| {
            let length = Duration::from_micros(to - from).as_secs_f64();
            let (sent, heard) = (sends(history, from, to), deliveries(history, from, to));
            report.line("acknowledged", format!("{:.1}/s", sent as f64 / length));
            report.line("events heard", format!("{:.0}/s", heard as f64 / length));
            report.times("send to acknowledgement", &mut acknowledgements(history, from, to));
            report.times("send to receipt", &mut receipts(history, from, to, |_| true));
            if let (Some(before), Some(after)) = (before.cpu, after.cpu) {
                let used = (after - before).as_secs_f64();
                report.line(
                    "processor of the server",
                    format!("{:.0} % of a core", 100.0 * used / length),
                );
                let each = 1e6 * used / heard.max(1) as f64;
                report.line(
                    "processor per event heard",
                    format!("{each:.1} µs, what is sent with it"),
                );
            }
            if let (Some(before), Some(after)) = (load_before.cpu, load_after.cpu) {
                let used = (after - before).as_secs_f64();
                report.line(
                    "processor of the load itself",
                    format!("{:.0} % of a core", 100.0 * used / length),
                );
            }
            if let Some(memory) = after.memory {
                report.line("memory at the end", super::report::mebibytes(memory as f64));
            }
        })
        .await
}
