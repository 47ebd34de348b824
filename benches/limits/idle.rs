//! M4: what a socket takes that nobody says anything on.

use std::cell::RefCell;
use std::time::Duration;

use super::crowd::{self, Crowd};
use super::limit::Listener;
use super::report::{median, thousands, Gate, Pairs, Row};
use super::server::Server;
use super::sockets::{Entry, Room};
use super::{process, Bench, Outcome};

/// Sockets of each person.
const DEVICES: usize = 4;
/// Sockets that are there before the rest is counted, so that a first one's cost is in neither.
const BEFORE: usize = 200;
/// Sockets that are counted.
const COUNTED: usize = 2_000;

/// What one block saw, in bytes for each socket.
#[derive(Default)]
struct Seen {
    own: Vec<f64>,
    kernel: Vec<f64>,
}

/// Bytes of resident memory that each further socket takes a process.
async fn grown(pid: u32, port: u16, entries: &[Entry], seen: &RefCell<Seen>) -> Outcome<f64> {
    let mut room = Room::default();
    room.enter(port, &entries[..BEFORE]).await?;
    settle().await;
    let before = now(pid)?;
    room.enter(port, &entries[BEFORE..]).await?;
    settle().await;
    let after = now(pid)?;
    room.check(|_| 0)?;
    let each = |before: u64, after: u64| (after as f64 - before as f64) / (entries.len() - BEFORE) as f64;
    let mut seen = seen.borrow_mut();
    seen.own.push(each(before.1, after.1));
    seen.kernel.push(each(before.2, after.2));
    Ok(each(before.0, after.0))
}

/// Resident memory, the part of it that is no file's, and the kernel's own objects.
fn now(pid: u32) -> Outcome<(u64, u64, u64)> {
    Ok((
        process::memory(pid, "VmRSS")?,
        process::memory(pid, "RssAnon")?,
        process::kernel_objects()?,
    ))
}

/// Who is here is told within two seconds of their coming; then nothing happens.
async fn settle() {
    tokio::time::sleep(Duration::from_secs(4)).await;
}

/// M4: resident memory of an idle signed-in socket, against a bare task with a socket and a buffer.
pub async fn sockets(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let database = bench.folder("M4")?.join("messenger.db");
    let Crowd { people, .. } = crowd::move_in(&database, (BEFORE + COUNTED) / DEVICES, 20).await?;
    let entries: Vec<Entry> = people
        .iter()
        .flat_map(|person| vec![Entry::Messenger(person.token.clone()); DEVICES])
        .collect();
    let bare = vec![Entry::Bare; entries.len()];
    let (ours, theirs) = (RefCell::<Seen>::default(), RefCell::<Seen>::default());
    let pairs = Pairs::measure(
        bench.pairs(5),
        async || {
            let server = Server::start(&database, bench.cpus.for_server(), &[]).await?;
            let grown = grown(server.pid, server.port, &entries, &ours).await?;
            server.stop().await?;
            Ok(grown)
        },
        async || {
            let idle = Listener::named(&["idle"], bench.cpus.for_server()).await?;
            grown(idle.pid, idle.port, &bare, &theirs).await
        },
    )
    .await?;
    let (ours, theirs) = (ours.into_inner(), theirs.into_inner());
    let bytes = |bytes: f64| format!("{} B", thousands(bytes));
    Ok(vec![Row {
        id: "M4",
        what: format!("resident memory of each of {} idle signed-in sockets / a bare tokio task with a socket and a buffer of 1 KiB", thousands(COUNTED as f64)),
        ours: bytes(pairs.ours()),
        limit: bytes(pairs.limit()),
        value: pairs.ratio(),
        shown: pairs.shown(),
        gate: Gate::AtMost(3.0),
        notes: vec![
            format!("{DEVICES} sockets a person, chats of 20; {BEFORE} sockets were there before the first was counted, each block in a fresh process"),
            format!("of the server's {} a socket are its own memory, the rest pages of files", bytes(median(&ours.own))),
            format!(
                "the kernel's own objects grew by {} a connection with the server and by {} with the bare task (`Slab` of /proc/meminfo: both ends of it, and whatever else the machine did)",
                bytes(median(&ours.kernel)),
                bytes(median(&theirs.kernel))
            ),
        ],
    }])
}
