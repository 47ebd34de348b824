//! M14: what it takes to be there: time from the start to the first answer, idle memory, the binary's size.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use super::http::{self, Client};
use super::limit::Listener;
use super::report::{median, thousands, Gate, Pairs, Row};
use super::server::{self, Server};
use super::{process, Bench, Outcome};

/// M14: the server with very many messages, against a hyper program that only says hello.
pub async fn small(bench: &mut Bench) -> Outcome<Vec<Row>> {
    // No core is chosen here: `taskset` would start before either program and make the two look alike.
    bench.cpus.load_anywhere();
    let rows = measure(bench).await;
    bench.cpus.load_alone();
    rows
}

async fn measure(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let large = bench.large().await?;
    let hello = hello()?;
    let page = first_page(&large.path).await?;
    let resident = std::cell::RefCell::new((Vec::new(), Vec::new(), Vec::new()));
    let pairs = Pairs::measure(
        bench.pairs(10),
        async || {
            let start = Instant::now();
            let server = Server::start(&large.path, None, &[]).await?;
            answers(server.port, &page).await?;
            let took = start.elapsed();
            settle().await;
            resident
                .borrow_mut()
                .0
                .push(process::memory(server.pid, "VmRSS")? as f64);
            resident
                .borrow_mut()
                .1
                .push(process::memory(server.pid, "RssAnon")? as f64);
            server.stop().await?;
            Ok(took.as_secs_f64())
        },
        async || {
            let start = Instant::now();
            let mut command = process::command(&hello, None);
            command.arg("--serve");
            let listener = Listener::spawn(command).await?;
            answers(listener.port, "/").await?;
            let took = start.elapsed();
            settle().await;
            resident
                .borrow_mut()
                .2
                .push(process::memory(listener.pid, "VmRSS")? as f64);
            Ok(took.as_secs_f64())
        },
    )
    .await?;

    let (ours, anonymous, theirs) = resident.into_inner();
    let (ours, anonymous, theirs) = (median(&ours), median(&anonymous), median(&theirs));
    let sizes = (
        std::fs::metadata(server::binary())?.len() as f64,
        std::fs::metadata(&hello)?.len() as f64,
    );
    let millis = |seconds: f64| format!("{:.1} ms", seconds * 1e3);
    let mib = |bytes: f64| format!("{:.1} MiB", bytes / 1_048_576.0);
    let gate = Gate::AtMost(4.0);
    let row = |what: String, ours: String, limit: String, value: f64, shown: String, notes: Vec<String>| Row {
        id: "M14",
        what,
        ours,
        limit,
        value,
        shown,
        gate,
        notes,
    };
    Ok(vec![
        row(
            format!(
                "start to the first 200 with {} messages / a hyper hello",
                thousands(large.messages as f64)
            ),
            millis(pairs.ours()),
            millis(pairs.limit()),
            pairs.ratio(),
            pairs.shown(),
            vec![format!(
                "the first 200 is `GET {page}`; the file was closed cleanly and is in the system's cache"
            )],
        ),
        row(
            "idle resident memory, the same".to_owned(),
            mib(ours),
            mib(theirs),
            ours / theirs,
            format!("**{:.3}**", ours / theirs),
            vec![format!(
                "of the server's resident memory {} are its own, the rest is mapped from files",
                mib(anonymous)
            )],
        ),
        row(
            "size of the binary, the same".to_owned(),
            mib(sizes.0),
            mib(sizes.1),
            sizes.0 / sizes.1,
            format!("**{:.3}**", sizes.0 / sizes.1),
            Vec::new(),
        ),
    ])
}

/// A page that anybody gets with 200.
async fn first_page(database: &std::path::Path) -> Outcome<String> {
    let server = Server::start(database, None, &[]).await?;
    let mut client = server.connect().await?;
    let mut first = Err("neither / nor /docs nor /openapi.json is answered with 200".into());
    for page in ["/", "/docs", "/openapi.json"] {
        if client.poke(&http::get(page, "")).await?.0 == 200 {
            first = Ok(page.to_owned());
            break;
        }
    }
    drop(client);
    server.stop().await?;
    first
}

async fn answers(port: u16, page: &str) -> Outcome<()> {
    match Client::connect(port).await?.poke(&http::get(page, "")).await? {
        (200, _) => Ok(()),
        (status, _) => Err(format!("GET {page} was answered with {status}").into()),
    }
}

/// Leaves a process alone until what it does after its start is done.
async fn settle() {
    tokio::time::sleep(Duration::from_secs(1)).await;
}

/// Has Cargo build the hello program as this benchmark was built; gives its path.
fn hello() -> Outcome<PathBuf> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args([
            "bench",
            "--bench",
            "hello",
            "--no-run",
            "--offline",
            "--message-format=json",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    let built = cargo.output()?;
    let messages = String::from_utf8(built.stdout)?;
    for message in messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
    {
        if message["target"]["name"] == "hello" {
            if let Some(path) = message["executable"].as_str() {
                return Ok(path.into());
            }
        }
    }
    Err(format!(
        "the hello program could not be built: {}",
        String::from_utf8_lossy(&built.stderr).trim()
    )
    .into())
}
