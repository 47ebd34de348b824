//! Each scenario once, small, with a seed that stands here.

use crate::load::chat::Load;
use crate::load::faults::Trouble;
use crate::load::stage::{Ended, Setup};
use crate::load::{chat, faults, herd, kill, stall, stop, Outcome};
use std::path::PathBuf;
use std::time::Duration;

/// So many sockets in so many chats.
fn setup(scenario: &'static str, seed: u64, sockets: usize, chats: usize) -> Setup {
    let mixed = !matches!(scenario, "herd" | "stall");
    Setup {
        scenario,
        program: PathBuf::from(env!("CARGO_BIN_EXE_messenger")),
        url: None,
        folder: PathBuf::from(env!("CARGO_TARGET_TMPDIR")),
        seed,
        sockets,
        chats,
        size: sockets / 4,
        mixed,
        text: 60,
        bounds: false,
        keep: false,
        resets: false,
    }
}

#[track_caller]
fn kept(ended: Outcome<Ended>) -> Ended {
    let ended = ended.unwrap();
    assert!(ended.good, "{:#?}", ended.verdict);
    assert_eq!(ended.verdict.resets, 0, "resets");
    assert!(
        ended.verdict.obliged > 100,
        "too little was looked at: {:#?}",
        ended.verdict
    );
    ended
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_hears_everything_once_and_in_order() {
    let load = Load {
        rate: 100.0,
        closed: None,
        length: Duration::from_secs(4),
        calm: false,
    };
    kept(chat::run(setup("chat", 1, 40, 8), load).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_many_as_the_server_takes() {
    let load = Load {
        rate: 0.0,
        closed: Some(32),
        length: Duration::from_secs(2),
        calm: false,
    };
    kept(chat::run(setup("chat", 2, 40, 8), load).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_9_loses_nothing_that_was_acknowledged() {
    kept(kill::run(setup("kill", 3, 40, 8), 100.0, 4).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_acknowledges_or_refuses() {
    kept(stop::run(setup("stop", 4, 40, 8), 100.0, 3).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_network_loses_nothing_and_doubles_nothing() {
    let trouble = Trouble {
        sends: 200,
        faulted: 0.3,
        longest: Duration::from_secs(1),
    };
    kept(faults::run(setup("faults", 5, 40, 8), trouble).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_herd_misses_nothing() {
    kept(herd::run(setup("herd", 6, 60, 4), 250).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_read_takes_nothing_from_the_others() {
    kept(stall::run(setup("stall", 7, 40, 8), 100.0, Duration::from_secs(3)).await);
}
