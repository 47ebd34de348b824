//! `kill -9` at random moments while everybody chats; each time on the same file again, and everybody comes back.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::play::Mix;
use super::report::{seconds, Report};
use super::stage::{Ended, Setup, Stage};
use super::Outcome;

/// Longest a start may take.
const READY: Duration = Duration::from_secs(2);
/// Longest everybody's return is waited for before the next kill.
const RETURN: Duration = Duration::from_secs(20);
/// Longer than any run.
const FOREVER: Duration = Duration::from_secs(86_400);

/// Runs it with so many kills under so many messages a second.
pub async fn run(setup: Setup, rate: f64, kills: usize) -> Outcome<Ended> {
    let mut stage = Stage::set(setup).await?;
    stage.connect(None, |_| false).await?;
    let mut play = stage.play(Mix::lively(), None)?;
    let mut random = StdRng::seed_from_u64(!stage.setup.seed);
    let mut report = Report::default();
    let (mut slowest, mut last, mut late) = (Duration::ZERO, Duration::ZERO, 0);
    let killing = async {
        for _ in 0..kills {
            // Some fall into the return of everybody, most into the load.
            tokio::time::sleep(Duration::from_millis(random.random_range(50..1500))).await;
            let server = stage.server.as_mut().ok_or("only a server of ours can be killed")?;
            server.kill().await?;
            let from = stage.book.now();
            server.start_again().await?;
            slowest = slowest.max(server.started);
            let host = server.host();
            stage.link.moves(&host);
            if random.random_bool(0.8) {
                match stage.all_live(from, RETURN).await {
                    Some(at) => last = last.max(Duration::from_micros(at - from)),
                    None => late += 1,
                }
            }
        }
        Outcome::Ok(())
    };
    tokio::select! {
        done = killing => done?,
        () = play.open(rate, FOREVER) => {}
    }
    report.line("kills", kills.to_string());
    report.bound("slowest start", seconds(slowest), "below 2 s", slowest < READY);
    report.line("slowest return of everybody", seconds(last));
    report.bound("returns not whole in 20 s", late.to_string(), "0", late == 0);
    stage.end(play, report, |_, _| {}).await
}
