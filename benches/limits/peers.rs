//! What other people's programs need for what M1 measures. Only where they are named: `-- peers`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::fanout::{Pace, Side, Speech, Stage, ROOM};
use super::limit::Listener;
use super::report::{thousands, Gate, Pairs, Row};
use super::sockets::Entry;
use super::{process, xmpp, Bench, Outcome};

/// Where Debian puts what starts ejabberd; it names the folder of its modules.
const EJABBERD: &str = "/usr/sbin/ejabberdctl";
/// Where Erlang's own modules are, and the driver of SQLite.
const ERLANG: &str = "/usr/lib/erlang/lib";

/// What the server's own frame has in M1, without its head: as many bytes are said to NATS.
const EVENT: usize = 621;
/// How long a peer that does not say when it listens is knocked at.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is said of a peer beside its figures.
struct Peer {
    name: &'static str,
    /// How it is set up.
    what: &'static str,
    /// What it leaves out.
    without: &'static str,
}

/// Messages told a second of processor time, against Socket.IO that stores each in SQLite before it tells it.
pub async fn socketio(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let folder = ours("socketio");
    if !folder.join("node_modules/better-sqlite3/build").exists() {
        return Err(format!("Socket.IO is not installed: run `npm ci` in {}", folder.display()).into());
    }
    let mut command = process::command("node", bench.cpus.for_server());
    command
        .arg(folder.join("server.js"))
        .arg(bench.folder("socketio")?.join("socketio.db"));
    let process = Listener::spawn(command).await?;
    let theirs = Side::new(
        process.pid,
        process.port,
        &vec![Entry::SocketIo; ROOM],
        Speech::SocketIo,
    )
    .await?;
    let peer = Peer {
        name: "Socket.IO",
        what: "Socket.IO 4.8 with better-sqlite3, each message stored with `synchronous=FULL`",
        without: "nobody signs in there, and nothing is indexed",
    };
    beside(bench, &peer, &theirs).await
}

/// The same against ejabberd, whose room keeps its archive in SQLite.
pub async fn ejabberd(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let folder = bench.folder("ejabberd")?;
    let archive = folder.join("ejabberd.sqlite");
    let process = start_ejabberd(bench, &folder, &archive).await?;
    let entries: Vec<Entry> = (0..ROOM).map(|number| Entry::Xmpp(resident(number))).collect();
    let theirs = Side::new(process.pid, process.port, &entries, Speech::Xmpp).await?;
    let peer = Peer {
        name: "ejabberd",
        what: "ejabberd's MUC with its archive in SQLite, each message stored with `synchronous=FULL`",
        without: "its archive has four indexes and none of words, and nobody's read marks are kept",
    };
    let rows = beside(bench, &peer, &theirs).await?;
    let stored: i64 = Connection::open(&archive)?.query_row(
        "SELECT count(*) FROM archive WHERE username = ?1 AND kind = 'groupchat'",
        [xmpp::ROOM],
        |row| row.get(0),
    )?;
    if stored != theirs.said() as i64 {
        return Err(format!("{} messages were said to ejabberd and {stored} stored", theirs.said()).into());
    }
    Ok(rows)
}

/// The same against nats-server, which tells a subject and stores nothing: what a message costs where that is all.
pub async fn nats(bench: &mut Bench) -> Outcome<Vec<Row>> {
    // Free now; whoever takes it in between makes the start fail.
    let port = std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    let mut command = process::command("sh", bench.cpus.for_server());
    command.args([
        "-c",
        &format!("echo listening on {port}; exec nats-server -a 127.0.0.1 -p {port} -l /dev/null"),
    ]);
    let process = Listener::spawn(command).await?;
    let begun = Instant::now();
    while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        if begun.elapsed() > PATIENCE {
            return Err("nats-server is not installed: run `apt-get install nats-server`".into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let theirs = Side::new(process.pid, process.port, &vec![Entry::Nats; ROOM], Speech::Nats(EVENT)).await?;
    let peer = Peer {
        name: "nats-server",
        what: "nats-server, which tells a subject and stores nothing",
        without: "nothing is stored, known or acknowledged there",
    };
    beside(bench, &peer, &theirs).await
}

/// Starts ejabberd in a folder of its own, with an account for each socket.
async fn start_ejabberd(bench: &Bench, folder: &Path, archive: &Path) -> Outcome<Listener> {
    let missing = "ejabberd is not installed: run `apt-get install ejabberd erlang-p1-sqlite3`";
    let control = std::fs::read_to_string(EJABBERD).map_err(|_| missing)?;
    let modules = control
        .lines()
        .find_map(|line| line.strip_prefix("ERL_LIBS="))
        .ok_or("ejabberdctl does not say where ejabberd is")?;
    let is_driver = |name: &str| name.starts_with("p1_sqlite3");
    if !std::fs::read_dir(ERLANG)?
        .any(|entry| entry.is_ok_and(|entry| entry.file_name().to_str().is_some_and(is_driver)))
    {
        return Err(missing.into());
    }
    // As the server's own file: a rollback journal would cost it more.
    Connection::open(archive)?.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    // Free now; whoever takes it in between makes the start fail.
    let port = std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    let settings = std::fs::read_to_string(ours("ejabberd").join("ejabberd.yml"))?;
    let place = folder.to_str().ok_or("the temporary folder's name is not UTF-8")?;
    let settings = settings.replace("@PORT@", &port.to_string()).replace("@FOLDER@", place);
    std::fs::write(folder.join("ejabberd.yml"), settings)?;
    let announce = format!(
        "[ok = ejabberd_auth:try_register(<<\"resident\", (integer_to_binary(N))/binary>>, <<\"localhost\">>, <<\"{}\">>) || N <- lists:seq(0, {})], io:format(\"listening on {port}~n\").",
        xmpp::PASSWORD,
        ROOM - 1,
    );
    let mut command = process::command("erl", bench.cpus.for_server());
    // No distribution, and so no epmd; its threads don't spin while they wait, which would count against it.
    command
        .args([
            "+K",
            "true",
            "+sbwt",
            "none",
            "+sbwtdcpu",
            "none",
            "+sbwtdio",
            "none",
            "-noinput",
        ])
        .args(["-mnesia", "dir", &format!("{:?}", folder.join("mnesia"))])
        .args(["-s", "ejabberd", "-eval", &announce]);
    command
        .current_dir(folder)
        .env("ERL_LIBS", modules.trim_matches(['\'', '"']))
        .env("ERL_CRASH_DUMP", folder.join("crash.dump"))
        .env("EJABBERD_CONFIG_PATH", folder.join("ejabberd.yml"))
        .env("EJABBERD_LOG_PATH", folder.join("ejabberd.log"));
    Listener::spawn(command).await
}

fn resident(number: usize) -> String {
    format!("resident{number}")
}

/// A folder with what a peer needs of ours.
fn ours(peer: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers").join(peer)
}

/// The server and a peer in turn, and what stands beside the figures.
async fn beside(bench: &mut Bench, peer: &Peer, theirs: &Side) -> Outcome<Vec<Row>> {
    let Peer { name: other, .. } = peer;
    let stage = Stage::start(bench, &format!("beside {other}")).await?;
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
            "{name}: M1's bare loop, which stores nothing, told {}/CPU-s in one block: {:.2} times {other}",
            thousands(limit),
            limit / pairs.limit()
        )];
        notes.push(format!(
            "{name}: the load's core was busy {:.0} % of the time with the server, {:.0} % with {other}",
            100.0 * ours.load(),
            100.0 * theirs.load()
        ));
        if ours.round().is_finite() {
            notes.push(format!(
                "{name}: all had it after {:.2} ms (p50), with {other} after {:.2} ms",
                1e3 * ours.round(),
                1e3 * theirs.round()
            ));
        }
        rows.push(Row {
            id: "peers",
            what: format!("M1, {name}: sockets told a message, a CPU second / {}", peer.what),
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
            format!("a frame is {} B, with {other} {} B; {}", sizes.0, sizes.1, peer.without),
            whole,
        ]);
    }
    Ok(rows)
}
