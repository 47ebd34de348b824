//! A bad network between everybody and the server; each message is sent until it is acknowledged, under one name.

use std::sync::Arc;
use std::time::Duration;

use super::play::Mix;
use super::proxy::Proxy;
use super::report::Report;
use super::stage::{Ended, Setup, Stage};
use super::Outcome;

/// Longer than any run.
const FOREVER: Duration = Duration::from_secs(86_400);

/// How much goes wrong.
#[derive(Debug, Clone, Copy)]
pub struct Trouble {
    pub sends: usize,
    /// The share of sends that meet a fault.
    pub faulted: f64,
    /// The longest delay.
    pub longest: Duration,
}

/// Runs it.
pub async fn run(setup: Setup, trouble: Trouble) -> Outcome<Ended> {
    let mut stage = Stage::set(setup).await?;
    let target = stage.link.host();
    let proxy = Arc::new(Proxy::start(&target, stage.setup.seed, trouble.longest).await?);
    stage.connect(Some(Arc::clone(&proxy)), |_| false).await?;
    let mix = Mix {
        drops: 0.0,
        given_up: 0.0,
        fault: trouble.faulted,
        longest_fault: trouble.longest,
        ..Mix::lively()
    };
    let mut play = stage.play(mix, Some(&proxy))?;
    let start = stage.book.now();
    play.closed(stage.devices.len(), FOREVER, trouble.sends).await;
    let settled = play.settle().await;
    let length = Duration::from_micros(stage.book.now() - start);
    let mut report = Report::default();
    report.line(
        "sends",
        format!("{}, {:.0} % meet a fault", trouble.sends, 100.0 * trouble.faulted),
    );
    report.line("took", super::report::seconds(length));
    report.bound("all came to an end", settled.to_string(), "true", settled);
    stage
        .end(play, report, |history, report| {
            let tries = history.attempts.len();
            let cut = history.attempts.iter().filter(|attempt| !attempt.told.is_ok()).count();
            report.line("tries", format!("{tries}, {cut} of them without an acknowledgement"));
        })
        .await
}
