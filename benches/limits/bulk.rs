//! How much memory a very large file takes on its way in and out.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::http::Client;
use super::report::{Gate, Row};
use super::server::{Person, Server};
use super::texts::Random;
use super::{http, process, Bench, Outcome};

/// Bytes sent at a time; neither side ever has the file whole.
const PIECE: usize = 256 * 1024;
const BOUNDARY: &str = "seven-green-lanterns-41";

/// The growth of resident memory while a file of 1 GiB is uploaded and downloaded again.
pub async fn file(bench: &mut Bench) -> Outcome<Vec<Row>> {
    let size: u64 = if bench.quick { 128 << 20 } else { 1 << 30 };
    let settings = [
        ("ROCKET_FILE_MAX_BYTES", "2147483648"),
        ("ROCKET_QUOTA_BYTES", "8589934592"),
    ];
    bench.cpus.load_anywhere();
    let server = Server::start(
        &bench.folder("file")?.join("messenger.db"),
        bench.cpus.for_all(),
        &settings,
    )
    .await?;
    bench.cpus.load_alone();
    let (ana, bogdan) = (server.person("ana").await?, server.person("bogdan").await?);
    let chat = server
        .chat(&mut server.connect().await?, &ana, "Files", &[bogdan.id])
        .await?;
    let before = process::memory(server.pid, "VmRSS")?;

    let watch = Watch::start(server.pid);
    let start = Instant::now();
    let (path, sent) = upload(server.port, &ana.token, chat, size).await?;
    let (up, up_took) = (watch.peak()?, start.elapsed());
    let watch = Watch::start(server.pid);
    let start = Instant::now();
    let received = download(&server, &ana, &path, size).await?;
    let (down, down_took) = (watch.peak()?, start.elapsed());
    if sent != received {
        return Err("the file that came back is not the one that was sent".into());
    }
    let after = process::memory(server.pid, "VmRSS")?;
    server.stop().await?;

    let mib = |bytes: u64| bytes as f64 / 1_048_576.0;
    let growth = |peak: u64| mib(peak.saturating_sub(before));
    let speed = |took: Duration| mib(size) / took.as_secs_f64();
    let worst = growth(up.max(down));
    Ok(vec![Row {
        id: "file",
        what: format!("growth of resident memory while {:.0} MiB go up and down, streamed", mib(size)),
        ours: format!("{:.1} MiB up, {:.1} MiB down", growth(up), growth(down)),
        limit: "32 MiB".to_owned(),
        value: worst,
        shown: format!("**{worst:.1} MiB**"),
        gate: Gate::AtMost(32.0),
        notes: vec![
            format!("resident before {:.1} MiB, peak {:.1} MiB up, {:.1} MiB down, after {:.1} MiB; the server was fresh: nothing had been sent before", mib(before), mib(up), mib(down), mib(after)),
            format!("{:.0} MiB/s up, durable; {:.0} MiB/s down; the bytes that came back have the same SHA-256", speed(up_took), speed(down_took)),
        ],
    }])
}

/// Sends a file that is never whole anywhere here; gives its path on the server and its SHA-256.
pub async fn upload(port: u16, token: &str, chat: i64, size: u64) -> Outcome<(String, [u8; 32])> {
    let field = |name: &str, value: &str| {
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let head = format!(
        "{}{}--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"large.bin\"\r\nContent-Type: application/octet-stream\r\n\r\n",
        field("chat_id", &chat.to_string()),
        field("text", "a large one"),
    );
    let tail = format!("\r\n--{BOUNDARY}--\r\n");
    let length = head.len() as u64 + size + tail.len() as u64;
    let headers = format!("Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {length}\r\n");
    let mut client = Client::connect(port).await?;
    client
        .send(&http::request("POST", "/chat/messages/", token, &headers, &head))
        .await?;

    let mut random = Random::new(7);
    let mut piece: Vec<u8> = (0..PIECE / 8).flat_map(|_| random.next().to_le_bytes()).collect();
    let mut hash = Sha256::new();
    for number in 0..size / PIECE as u64 {
        // Every piece differs from every other.
        piece[..8].copy_from_slice(&number.to_le_bytes());
        hash.update(&piece);
        if client.send(&piece).await.is_err() {
            // It was refused: the answer says why, if it still can be read.
            let answer = client.answer().await?;
            answer.json(201)?;
        }
    }
    client.send(tail.as_bytes()).await?;
    let message = client.answer().await?.json(201)?;
    let address = message["file"].as_str().ok_or("the message has no file")?;
    let path = address
        .find("/media/")
        .and_then(|place| address.get(place..))
        .ok_or("the file's address is not under /media/")?;
    Ok((path.to_owned(), hash.finalize().into()))
}

async fn download(server: &Server, reader: &Person, path: &str, size: u64) -> Outcome<[u8; 32]> {
    let (mut hash, mut length) = (Sha256::new(), 0);
    let request = http::get(path, &reader.token);
    let mut client = server.connect().await?;
    let pieces = |piece: &[u8]| {
        hash.update(piece);
        length += piece.len() as u64;
    };
    let status = client.stream(&request, pieces).await?;
    if status != 200 || length != size {
        return Err(format!("the download was answered with {status} and {length} B in place of {size}").into());
    }
    Ok(hash.finalize().into())
}

/// Looks at a process's resident memory all the while, from a thread of its own.
struct Watch {
    pid: u32,
    forgotten: bool,
    highest: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
    thread: thread::JoinHandle<()>,
}

impl Watch {
    fn start(pid: u32) -> Self {
        let forgotten = process::forget_peak(pid);
        let (highest, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let (seen, ended) = (Arc::clone(&highest), Arc::clone(&over));
        let thread = thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                seen.fetch_max(process::memory(pid, "VmRSS").unwrap_or(0), Ordering::Relaxed);
                thread::sleep(Duration::from_millis(20));
            }
        });
        Self {
            pid,
            forgotten,
            highest,
            over,
            thread,
        }
    }

    /// The most that was resident at any time: the kernel's own mark where it could be set back, else what was seen.
    fn peak(self) -> Outcome<u64> {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| "the memory could not be watched")?;
        let seen = self.highest.load(Ordering::Relaxed);
        Ok(if self.forgotten {
            seen.max(process::memory(self.pid, "VmHWM")?)
        } else {
            seen
        })
    }
}
