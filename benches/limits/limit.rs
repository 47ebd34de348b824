//! The limits the server is compared with, each a child process of its own, so that its processor time, its memory
//! and its core are its own too: this very executable, started with `--limit` and the limit's name.
//!
//! They are written as bare as the promise allows: same bytes, same durability, same file system, nothing else.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use rusqlite::types::Value;
use rusqlite::{params_from_iter, Connection, OpenFlags};
use sha2::Sha256;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};

use super::http::Client;
use super::report::median;
use super::texts::{Random, Vocabulary};
use super::{bulk, crowd, http, process, server, Outcome};

/// Rounds of PBKDF2 the server does by default, as many as its promise says.
const ROUNDS: u32 = 600_000;

/// How many log in at the same time while others write.
const LOGINS: usize = 30;

/// How many chats the sends, and the bare inserts alike, are spread over.
pub const SENT_CHATS: usize = 64;
/// Bytes of text in each message of either.
pub const SENT_BYTES: usize = 200;

/// A limit that does a piece of work for each line it is given and answers with one line.
pub struct Worker {
    // Held because dropping it ends the process.
    _child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Worker {
    /// Starts the limit named first of `arguments` on the cores named.
    pub fn start(arguments: &[&str], cpus: Option<&str>) -> Outcome<Self> {
        Self::spawn(process::command(std::env::current_exe()?, cpus), arguments)
    }

    /// The same, but everything else on those cores goes before it.
    pub fn start_behind(arguments: &[&str], cpus: Option<&str>) -> Outcome<Self> {
        let mut command = process::command("chrt", cpus);
        command.args(["--idle", "0"]).arg(std::env::current_exe()?);
        Self::spawn(command, arguments)
    }

    fn spawn(mut command: tokio::process::Command, arguments: &[&str]) -> Outcome<Self> {
        let mut child = command
            .arg("--limit")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take().ok_or("no standard input to write")?;
        let output = child.stdout.take().ok_or("no standard output to read")?;
        Ok(Self {
            _child: child,
            input,
            output: BufReader::new(output).lines(),
        })
    }

    /// Has it do one piece of work; gives the numbers it answers with.
    pub async fn work(&mut self, order: &str) -> Outcome<Vec<f64>> {
        self.input.write_all(format!("{order}\n").as_bytes()).await?;
        let answer = self
            .output
            .next_line()
            .await?
            .ok_or("a limit ended before it answered")?;
        answer.split(' ').map(|number| Ok(number.parse()?)).collect()
    }
}

/// A limit that listens.
pub struct Listener {
    // Held because dropping it ends the process.
    _child: Child,
    /// Its process id.
    pub pid: u32,
    /// Where it listens.
    pub port: u16,
}

impl Listener {
    /// Bare hyper that serves `body` on every path, on the cores named.
    pub async fn start(body: &Path, cpus: Option<&str>) -> Outcome<Self> {
        let body = body.to_str().ok_or("the temporary folder's name is not UTF-8")?;
        Self::named(&["static", body], cpus).await
    }

    /// The limit named first of `arguments`, on the cores named.
    pub async fn named(arguments: &[&str], cpus: Option<&str>) -> Outcome<Self> {
        let mut command = process::command(std::env::current_exe()?, cpus);
        command.arg("--limit").args(arguments);
        Self::spawn(command).await
    }

    /// Starts any program that says `listening on` and its port.
    pub async fn spawn(mut command: tokio::process::Command) -> Outcome<Self> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let pid = child.id().ok_or("a limit ended at once")?;
        let port = server::listening(&mut child, "listening on ").await?;
        Ok(Self {
            _child: child,
            pid,
            port,
        })
    }
}

/// What a process started with `--limit` does.
pub fn child(arguments: &[String]) -> Outcome<()> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["static", body] => serve(std::fs::read(body)?),
        ["inserts", model, file] => inserts(Path::new(model), Path::new(file)),
        ["append", file] => append(Path::new(file)),
        ["search", database, queries, kind] => search(
            Path::new(database),
            &std::fs::read_to_string(queries)?,
            *kind == "beginnings",
        ),
        ["hash"] => hash(),
        ["relay", sockets, bytes] => relay(sockets.parse()?, bytes.parse()?),
        ["idle"] => idle(),
        ["trouble", port, token, chat, bytes] => trouble(port.parse()?, token, chat.parse()?, bytes.parse()?),
        _ => Err("no such limit".into()),
    }
}

fn serve(body: Vec<u8>) -> Outcome<()> {
    use http_body_util::Full;
    use hyper::body::{Bytes, Incoming};
    use hyper::{Request, Response};

    let body = Bytes::from(body);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        println!("listening on {}", listener.local_addr()?.port());
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let body = body.clone();
            let service = hyper::service::service_fn(move |_: Request<Incoming>| {
                let mut response = Response::new(Full::new(body.clone()));
                let json = hyper::header::HeaderValue::from_static("application/json");
                response.headers_mut().insert(hyper::header::CONTENT_TYPE, json);
                async move { Ok::<_, std::convert::Infallible>(response) }
            });
            let io = hyper_util::rt::TokioIo::new(stream);
            // A client that goes away is no error here.
            tokio::spawn(async move {
                drop(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(io, service)
                        .await,
                )
            });
        }
    })
}

/// Takes that many connections, then writes every `bytes` bytes that the first of them sends to all of them, each with
/// one write.
fn relay(sockets: usize, bytes: usize) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        println!("listening on {}", listener.local_addr()?.port());
        let mut streams = Vec::with_capacity(sockets);
        while streams.len() < sockets {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            streams.push(stream);
        }
        let mut frame = vec![0; bytes];
        loop {
            streams[0].read_exact(&mut frame).await?;
            for stream in &mut streams {
                stream.write_all(&frame).await?;
            }
        }
    })
}

/// Takes any connection and waits for what it says with a buffer of 1 KiB, each in a task.
fn idle() -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        println!("listening on {}", listener.local_addr()?.port());
        loop {
            let (mut stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            tokio::spawn(async move {
                let mut buffer = [0; 1024];
                while let Ok(1..) = stream.read(&mut buffer).await {
                    std::hint::black_box(&buffer);
                }
            });
        }
    })
}

/// For each line: uploads a file of `bytes`, while thirty people log in again and again and one searches; answers
/// `logins searches seconds`. No limit, but what others have to bear.
fn trouble(port: u16, token: &str, chat: i64, bytes: u64) -> Outcome<()> {
    use futures_util::future::{try_join3, try_join_all};
    use std::cell::Cell;

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let searches: Vec<Vec<u8>> = Vocabulary::new()
        .searches(&mut Random::new(8), 99)
        .iter()
        .map(|words| http::get(&format!("/chat/search/?q={}&page_size=20", http::escaped(words)), token))
        .collect();
    answer(|_| {
        let over = Cell::new(false);
        let login = async |number| {
            let mut count = 0u64;
            while !over.get() {
                let login = server::login(&crowd::name(number));
                Client::connect(port).await?.ask(&login).await?.json(200)?;
                count += 1;
            }
            Outcome::Ok(count)
        };
        let search = async {
            let mut client = Client::connect(port).await?;
            let mut count = 0u64;
            for search in searches.iter().cycle().take_while(|_| !over.get()) {
                client.ask(search).await?.json(200)?;
                count += 1;
            }
            Outcome::Ok(count)
        };
        let upload = async {
            let start = Instant::now();
            let uploaded = bulk::upload(port, token, chat, bytes).await;
            over.set(true);
            uploaded.map(|_| start.elapsed().as_secs_f64())
        };
        let logins = try_join_all((0..LOGINS).map(login));
        let (logins, searched, seconds) = runtime.block_on(try_join3(logins, search, upload))?;
        Ok(format!("{} {searched} {seconds}", logins.iter().sum::<u64>()))
    })
}

/// For each line `seconds batch`: inserts for that long; answers `rows seconds`.
fn inserts(model: &Path, file: &Path) -> Outcome<()> {
    let (columns, mut row) = same_table(model, file)?;
    let place = |name: &str| {
        columns
            .iter()
            .position(|column| column == name)
            .ok_or_else(|| format!("messages has no column {name}"))
    };
    let (id, chat, seq, text, client) = (
        place("id")?,
        place("chat_id")?,
        place("seq")?,
        place("text")?,
        place("client_id")?,
    );
    let database = Connection::open(file)?;
    database.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;")?;
    let marks = vec!["?"; columns.len()].join(", ");
    let mut insert = database.prepare(&format!(
        "INSERT INTO messages ({}) VALUES ({marks})",
        columns.join(", ")
    ))?;
    let mut random = Random::new(5);
    let vocabulary = Vocabulary::new();
    let texts: Vec<String> = (0..512).map(|_| vocabulary.text_of(&mut random, SENT_BYTES)).collect();
    let mut sent = 0usize;
    row[id] = Value::Null;
    answer(|order| {
        let (seconds, batch) = order.split_once(' ').ok_or("seconds and a batch, please")?;
        let (seconds, batch): (f64, usize) = (seconds.parse()?, batch.parse()?);
        let (mut rows, mut spent) = (0, 0.0);
        while spent < seconds {
            // Made outside the clock, as the server's come from a client on another core.
            let ids: Vec<String> = (0..batch).map(|_| random.uuid()).collect();
            let start = Instant::now();
            database.execute_batch("BEGIN IMMEDIATE")?;
            for uuid in ids {
                row[chat] = Value::Integer((sent % SENT_CHATS) as i64 + 1);
                row[seq] = Value::Integer((sent / SENT_CHATS) as i64 + 1);
                row[text] = Value::Text(texts[sent % texts.len()].clone());
                row[client] = Value::Text(uuid);
                insert.execute(params_from_iter(row.iter()))?;
                sent += 1;
            }
            database.execute_batch("COMMIT")?;
            spent += start.elapsed().as_secs_f64();
            rows += batch;
        }
        Ok(format!("{rows} {spent}"))
    })
}

/// Makes the server's table of messages and its indexes, without its triggers and so without its search, in a file of
/// its own; gives the columns and a row the server wrote, to be varied.
fn same_table(model: &Path, file: &Path) -> Outcome<(Vec<String>, Vec<Value>)> {
    let model = Connection::open_with_flags(model, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let page_size: i64 = model.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    let database = Connection::open(file)?;
    database.execute_batch(&format!("PRAGMA page_size = {page_size};"))?;
    let mut statements = model.prepare("SELECT sql FROM sqlite_schema WHERE tbl_name = 'messages' AND type IN ('table', 'index') AND sql IS NOT NULL ORDER BY type DESC")?;
    let statements = statements
        .query_map([], |row| row.get::<_, String>(0))?
        .collect::<Result<Vec<_>, _>>()?;
    database.execute_batch(&statements.join(";\n"))?;
    let mut newest = model.prepare("SELECT * FROM messages WHERE client_id IS NOT NULL ORDER BY id DESC LIMIT 1")?;
    let columns: Vec<String> = newest.column_names().into_iter().map(str::to_owned).collect();
    let row = newest.query_row([], |row| (0..columns.len()).map(|place| row.get(place)).collect())?;
    Ok((columns, row))
}

/// For each line `count bytes`: appends that many times that many bytes, each made durable; answers the median in
/// seconds.
fn append(file: &Path) -> Outcome<()> {
    let mut file: File = OpenOptions::new().create(true).append(true).open(file)?;
    answer(|order| {
        let (count, bytes) = order.split_once(' ').ok_or("a count and bytes, please")?;
        let bytes = vec![b'x'; bytes.parse()?];
        let mut times = Vec::new();
        for _ in 0..count.parse::<usize>()? {
            let start = Instant::now();
            file.write_all(&bytes)?;
            file.sync_data()?;
            times.push(start.elapsed().as_secs_f64());
        }
        Ok(median(&times).to_string())
    })
}

/// For each line `from to`: runs the searches of those numbers, for whole words or for their beginnings; answers each
/// one's time in seconds.
fn search(database: &Path, queries: &str, beginnings: bool) -> Outcome<()> {
    let database = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let table: String = database.query_row(
        "SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL TABLE messages%fts5%'",
        [],
        |row| row.get(0),
    )?;
    let mut best = database.prepare(&format!(
        "SELECT rowid FROM {table} WHERE {table} MATCH ?1 ORDER BY rank LIMIT 20"
    ))?;
    let queries: Vec<String> = queries.lines().map(|words| quoted(words, beginnings)).collect();
    answer(|order| {
        let (from, to) = order.split_once(' ').ok_or("two numbers, please")?;
        let wanted = queries
            .get(from.parse()?..to.parse()?)
            .ok_or("there are not that many searches")?;
        let mut times = Vec::new();
        for query in wanted {
            let start = Instant::now();
            let found = best.query_map([query], |row| row.get::<_, i64>(0))?.count();
            times.push(start.elapsed().as_secs_f64());
            std::hint::black_box(found);
        }
        Ok(times.iter().map(f64::to_string).collect::<Vec<_>>().join(" "))
    })
}

/// Words as FTS5 takes them literally, all of which must be there, or begin a word that is.
fn quoted(words: &str, beginnings: bool) -> String {
    let end = if beginnings { "\"*" } else { "\"" };
    words
        .split(' ')
        .map(|word| format!("\"{word}{end}"))
        .collect::<Vec<_>>()
        .join(" ")
}

/// For each line: one password hash, by each of the two libraries at hand; answers the faster one's seconds.
fn hash() -> Outcome<()> {
    let rounds = std::num::NonZeroU32::new(ROUNDS).ok_or("no rounds")?;
    let mut key = [0; 32];
    answer(|_| {
        let start = Instant::now();
        pbkdf2::pbkdf2_hmac::<Sha256>(b"seven green lanterns 41", b"saltsaltsaltsalt", ROUNDS, &mut key);
        let first = start.elapsed().as_secs_f64();
        let start = Instant::now();
        ring::pbkdf2::derive(
            ring::pbkdf2::PBKDF2_HMAC_SHA256,
            rounds,
            b"saltsaltsaltsalt",
            b"seven green lanterns 41",
            &mut key,
        );
        std::hint::black_box(&key);
        Ok(first.min(start.elapsed().as_secs_f64()).to_string())
    })
}

/// Answers each line of the standard input with one line, until it ends.
fn answer(mut work: impl FnMut(&str) -> Outcome<String>) -> Outcome<()> {
    let mut output = std::io::stdout();
    for order in std::io::stdin().lock().lines() {
        writeln!(output, "{}", work(order?.trim())?)?;
        output.flush()?;
    }
    Ok(())
}
