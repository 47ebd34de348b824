//! A server under load: started, killed, stopped, and what the system says it uses.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::Outcome;

const RUNNING: &str = "Messenger is running on http://localhost:";

/// Longest a start or an end may take: a server that hangs must not hang this.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server in a folder of its own; it is killed when the value is dropped.
pub struct Server {
    child: Child,
    program: PathBuf,
    folder: PathBuf,
    pub pid: u32,
    pub port: u16,
    /// How long the last start took, until it said where it listens.
    pub started: Duration,
}

impl Server {
    /// Starts the program on the database in this folder, there already or not.
    pub async fn start(program: &Path, folder: &Path) -> Outcome<Server> {
        let (child, pid, port, started) = spawn(program, folder).await?;
        Ok(Server {
            child,
            program: program.to_owned(),
            folder: folder.to_owned(),
            pid,
            port,
            started,
        })
    }

    /// Starts an ended server again on the same file, on another port: a client that asks at the old one meets nobody.
    pub async fn start_again(&mut self) -> Outcome<()> {
        (self.child, self.pid, self.port, self.started) = spawn(&self.program, &self.folder).await?;
        Ok(())
    }

    /// The database file.
    pub fn file(&self) -> PathBuf {
        self.folder.join("messenger.db")
    }

    /// Where it listens.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Ends it as a power switch would end the process.
    pub async fn kill(&mut self) -> Outcome<()> {
        Ok(self.child.kill().await?)
    }

    /// Asks it to end, as a service manager does.
    pub fn terminate(&self) -> Outcome<()> {
        // The shell's own `kill`: a minimal machine need not have the program.
        let sent = std::process::Command::new("sh")
            .args(["-c", &format!("kill -TERM {}", self.pid)])
            .status()?;
        match sent.success() {
            true => Ok(()),
            false => Err("SIGTERM could not be sent".into()),
        }
    }

    /// Waits for its end; the exit code, or none where a signal ended it.
    pub async fn ended(&mut self) -> Outcome<Option<i32>> {
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        Ok(ended.map_err(|_| "the server did not end")??.code())
    }

    /// Stops it and asserts the exit code of a clean stop.
    pub async fn stop(&mut self) -> Outcome<()> {
        self.terminate()?;
        match self.ended().await? {
            Some(0) => Ok(()),
            code => Err(format!("exit code {code:?} after SIGTERM; it said: {}", self.log()).into()),
        }
    }

    /// What it logged, in all its lives.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("server.log")).unwrap_or_default()
    }

    /// What it uses now.
    pub fn usage(&self) -> Usage {
        Usage::of(self.pid)
    }
}

async fn spawn(program: &Path, folder: &Path) -> Outcome<(Child, u32, u16, Duration)> {
    let start = Instant::now();
    let log = folder.join("server.log");
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ROCKET_") {
            command.env_remove(name);
        }
    }
    command
        .current_dir(folder)
        .arg("--database")
        .arg(folder.join("messenger.db"))
        .args(["--address", "127.0.0.1", "--port", "0", "--no-open"])
        .env("ROCKET_RATE_LIMITS", "false")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(OpenOptions::new().create(true).append(true).open(&log)?)
        .kill_on_drop(true);
    let mut child = command
        .spawn()
        .map_err(|error| format!("{} can't be started: {error}", program.display()))?;
    let pid = child.id().ok_or("the server ended at once")?;
    let output = child.stdout.take().ok_or("no standard output to read")?;
    let mut lines = BufReader::new(output).lines();
    let listening = async {
        while let Some(line) = lines.next_line().await? {
            if let Some(port) = line.strip_prefix(RUNNING) {
                return Outcome::Ok(port.trim().parse()?);
            }
        }
        Err(format!("the server ended: {}", fs::read_to_string(&log)?.trim()).into())
    };
    let port = tokio::time::timeout(PATIENCE, listening)
        .await
        .map_err(|_| "the server did not say where it listens")??;
    let started = start.elapsed();
    // A full pipe would stop whoever writes to it.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok((child, pid, port, started))
}

/// Processor time and memory of a process; nothing where the system doesn't say.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// User and system time of all its threads.
    pub cpu: Option<Duration>,
    /// Resident memory in bytes.
    pub memory: Option<u64>,
    pub threads: Option<u64>,
}

impl Usage {
    /// What this process uses.
    #[cfg(target_os = "linux")]
    pub fn of(pid: u32) -> Usage {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim_end_matches(" kB").trim().parse::<u64>().ok()
        };
        // The name may hold blanks and brackets; after its last one the fields are plain. utime and stime are 14 and 15,
        // in hundredths of a second on every platform this project builds for.
        let ticks = stat.rsplit_once(") ").map(|(_, fields)| {
            let times = fields.split(' ').skip(11).take(2);
            times.filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>()
        });
        Usage {
            cpu: ticks.map(|ticks| Duration::from_millis(ticks * 10)),
            memory: field("VmRSS:").map(|kibibytes| kibibytes * 1024),
            threads: field("Threads:"),
        }
    }

    /// Only Linux's /proc is read.
    #[cfg(not(target_os = "linux"))]
    pub fn of(_pid: u32) -> Usage {
        Usage::default()
    }
}

/// The binary: `MESSENGER_BIN`, or the one Cargo built beside this program.
pub fn binary() -> PathBuf {
    if let Some(named) = std::env::var_os("MESSENGER_BIN") {
        return named.into();
    }
    let name = format!("messenger{}", std::env::consts::EXE_SUFFIX);
    let own = std::env::current_exe().unwrap_or_default();
    // target/release/examples/load, and target/release/messenger.
    own.ancestors()
        .nth(2)
        .map_or_else(|| PathBuf::from(&name), |folder| folder.join(&name))
}
