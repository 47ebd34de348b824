//! What other people's programs need for what M1 measures. Only where it is named: `-- peers`.

use std::path::Path;

use super::fanout::{Pace, Side, Speech, Stage, ROOM};
use super::limit::Listener;
use super::report::{thousands, Gate, Pairs, Row};
use super::sockets::Entry;
use super::{process, Bench, Outcome};

/// Messages told a second of processor time, against Socket.IO that stores each in SQLite before it tells it.
pub async fn all(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/socketio");
    if !folder.join("node_modules/better-sqlite3/build").exists() {
        return Err(format!("Socket.IO is not installed: run `npm ci` in {}", folder.display()).into());
    }
    let mut command = process::command("node", bench.cpus.for_server());
    command
        .arg(folder.join("server.js"))
        .arg(bench.folder("peers")?.join("socketio.db"));
    let peer = Listener::spawn(command).await?;
    let theirs = Side::new(peer.pid, peer.port, &vec![Entry::SocketIo; ROOM], Speech::SocketIo).await?;
    let stage = Stage::start(bench, "peers").await?;
    let (_relay, bare) = stage.relay(bench).await?;
    let ours = &stage.side;
    let mut rows = Vec::new();
    for (pace, name, length) in [
        (Pace::CLOSED, "closed loop", 2000),
        (Pace::STEADY, "100 messages/s", 3000),
    ] {
        let length = bench.length(length);
        // Once each unmeasured, to warm up.
        ours.block(pace, length).await?;
        theirs.block(pace, length).await?;
        bare.block(pace, length).await?;
        ours.forget();
        theirs.forget();
        let pairs = Pairs::measure(
            bench.pairs(20),
            async || Ok(1.0 / ours.block(pace, length).await?),
            async || Ok(1.0 / theirs.block(pace, length).await?),
        )
        .await?;
        let limit = 1.0 / bare.block(pace, length).await?;
        let mut notes = vec![format!(
            "{name}: M1's bare loop, which stores nothing, told {}/CPU-s in one block: {:.2} times Socket.IO",
            thousands(limit),
            limit / pairs.limit()
        )];
        notes.push(format!(
            "{name}: the load's core was busy {:.0} % of the time with the server, {:.0} % with Socket.IO",
            100.0 * ours.load(),
            100.0 * theirs.load()
        ));
        if ours.round().is_finite() {
            notes.push(format!(
                "{name}: all had it after {:.2} ms (p50), with Socket.IO after {:.2} ms",
                1e3 * ours.round(),
                1e3 * theirs.round()
            ));
        }
        rows.push(Row {
            id: "peers",
            what: format!("M1, {name}: sockets told a message, a CPU second / Socket.IO 4.8 with better-sqlite3, each message stored with `synchronous=FULL`"),
            ours: format!("{}/CPU-s", thousands(pairs.ours())),
            limit: format!("{}/CPU-s", thousands(pairs.limit())),
            value: pairs.ratio(),
            shown: pairs.shown(),
            gate: Gate::AtLeast(1.0),
            notes,
        });
    }
    theirs.check()?;
    let sizes = (ours.room.sample().len(), theirs.room.sample().len());
    let whole = stage.end().await?;
    if let Some(row) = rows.last_mut() {
        row.notes.extend([
            format!(
                "a frame is {} B, with Socket.IO {} B; nobody signs in there, and nothing is indexed",
                sizes.0, sizes.1
            ),
            whole,
        ]);
    }
    Ok(rows)
}
