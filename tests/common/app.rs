//! One running server: started, asked, stopped or killed, and started again on the same file.

use super::{within, Caller, User};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;

/// Where requests go; shared by everybody who speaks to one [`App`], so that a restart on another port reaches them all.
pub struct Link {
    pub http: reqwest::Client,
    pub base: RwLock<String>,
}

/// What a stream of the server has printed so far.
#[derive(Default)]
struct Output {
    lines: Vec<String>,
    ended: bool,
}

/// A server process with its own folder and database file.
pub struct App {
    child: Child,
    folder: TempDir,
    settings: Vec<(String, String)>,
    link: Arc<Link>,
    stdout: watch::Receiver<Output>,
    stderr: watch::Receiver<Output>,
    people: AtomicUsize,
}

impl App {
    /// Starts a server on a new file, with request limits off and cheap password hashes.
    pub async fn start() -> App {
        App::with(&[]).await
    }

    /// Starts a server on a new file with these settings, named as in the settings file, over the defaults of [`App::start`].
    pub async fn with(settings: &[(&str, &str)]) -> App {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let settings: Vec<(String, String)> = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let (child, stdout, stderr) = spawn(&folder, &settings);
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("an HTTP client");
        let link = Arc::new(Link {
            http,
            base: RwLock::default(),
        });
        let app = App {
            child,
            folder,
            settings,
            link,
            stdout,
            stderr,
            people: AtomicUsize::new(0),
        };
        app.ready().await;
        app
    }

    /// Waits until the server says where it listens, and sends everybody there.
    async fn ready(&self) {
        let is_encrypted = self.settings.contains(&("https".to_owned(), "true".to_owned()));
        let mut port = self.port().await;
        if is_encrypted {
            port = super::tls::tunnel(port, self.authority()).await;
        }
        *self.link.base.write().unwrap() = format!("http://127.0.0.1:{port}");
    }

    /// The port that it says it listens on.
    pub async fn port(&self) -> u16 {
        let said = |line: &str| {
            let address = line.strip_prefix("Messenger is running on http")?;
            address.rsplit_once(':')?.1.parse().ok()
        };
        self.printed(said).await
    }

    /// The certificate of its file's authority, which devices are to trust.
    pub fn authority(&self) -> Vec<u8> {
        let rows = self.rows("SELECT certificate FROM authority");
        let hex = rows[0][0].as_str().expect("an authority");
        let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
        (0..hex.len()).step_by(2).map(byte).collect()
    }

    /// The process of the server.
    pub fn id(&self) -> u32 {
        self.child.id().expect("a running server")
    }

    /// Waits for the first line of the server's stdout, printed already or not yet, that `find` makes something of.
    pub async fn printed<T>(&self, find: impl Fn(&str) -> Option<T>) -> T {
        wait(&self.stdout, find).await
    }

    /// Waits until the server has said so many times that it runs.
    pub async fn began(&self, times: usize) {
        let mut stream = self.stdout.clone();
        let said = |output: &Output| {
            let runs = |line: &&String| line.starts_with("Messenger is running on ");
            output.lines.iter().filter(runs).count() >= times
        };
        let arrived = stream.wait_for(|output| output.ended || said(output));
        let output = within("a new beginning", arrived)
            .await
            .expect("the reader of the server's output");
        assert!(said(&output), "the server ended; it said {:#?}", output.lines);
    }

    /// Waits for such a line of the server's log.
    pub async fn logged<T>(&self, find: impl Fn(&str) -> Option<T>) -> T {
        wait(&self.stderr, find).await
    }

    /// The password reset code shown for `name` that is not one of `known`.
    pub async fn reset_code(&self, name: &str, known: &[&str]) -> String {
        let start = format!(">>> Password reset code for {name}: ");
        self.printed(|line| {
            let (code, end) = line.strip_prefix(&start)?.split_once(' ')?;
            let fresh = end == "(valid for 60 minutes)" && !known.contains(&code);
            fresh.then(|| code.to_owned())
        })
        .await
    }

    /// Every line the server has printed on stdout so far.
    pub fn stdout(&self) -> Vec<String> {
        self.stdout.borrow().lines.clone()
    }

    /// Every line the server has printed on stderr so far.
    pub fn stderr(&self) -> Vec<String> {
        self.stderr.borrow().lines.clone()
    }

    /// The address requests go to, without a slash at its end.
    pub fn base(&self) -> String {
        self.link.base.read().unwrap().clone()
    }

    /// The host and port as they stand in a `Host` header.
    pub fn host(&self) -> String {
        self.base().trim_start_matches("http://").to_owned()
    }

    /// The database file.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("messenger.db")
    }

    /// The names in the server's folder, in order.
    pub fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.folder.path())
            .expect("the server's folder")
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// Asks the server to end as an init system does, and asserts exit code 0 and that one file is left.
    pub async fn stop(&mut self) {
        let id = self.child.id().expect("a running server");
        // The shell's own `kill`: a minimal machine need not have the program.
        let sent = std::process::Command::new("sh")
            .args(["-c", &format!("kill -TERM {id}")])
            .status()
            .expect("a shell");
        assert!(sent.success(), "SIGTERM could not be sent");
        let status = within("the server's end", self.child.wait()).await.unwrap();
        assert_eq!(status.code(), Some(0), "exit code after SIGTERM");
        assert_eq!(self.files(), ["messenger.db"], "files left after a clean stop");
    }

    /// Ends the server as a power switch would end the process.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("the server was running");
    }

    /// Starts a stopped or killed server again on the same file; everybody known to it is sent to the new port.
    pub async fn start_again(&mut self) {
        (self.child, self.stdout, self.stderr) = spawn(&self.folder, &self.settings);
        self.ready().await;
    }

    /// Stops the server cleanly and starts it on the same file.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.start_again().await;
    }

    /// Runs a sub-command on this server's file, which is stopped: its exit code, and what it printed on stdout and stderr.
    pub async fn command(&self, args: &[&str]) -> (Option<i32>, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_messenger"));
        command
            .current_dir(self.folder.path())
            .args(args)
            .arg("--database")
            .arg(self.file());
        let ended = command.env("ROCKET_LOG", "off").stdin(Stdio::null()).output();
        let ended = within(&format!("{args:?}"), ended).await.expect("the server's binary");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        (ended.status.code(), text(ended.stdout), text(ended.stderr))
    }

    /// Registers `name` with an e-mail address of its own and logs in.
    pub async fn user(&self, name: &str) -> User {
        let number = self.people.fetch_add(1, Ordering::Relaxed);
        User::register(self.anonymous(), name, number).await
    }

    /// Somebody without a token.
    pub fn anonymous(&self) -> Caller {
        Caller::new(self.link.clone(), None)
    }

    /// Somebody with this access token.
    pub fn bearer(&self, token: &str) -> Caller {
        Caller::new(self.link.clone(), Some(token.to_owned()))
    }

    /// The rows an SQL query gives on the server's file, read beside the running server; a blob comes as lower-case hex.
    pub fn rows(&self, sql: &str) -> Vec<Vec<Value>> {
        super::stored::rows(&self.file(), sql)
    }
}

impl Drop for App {
    /// Ends the server, and shows what it logged if the test failed.
    fn drop(&mut self) {
        let _ = self.child.start_kill();
        if std::thread::panicking() {
            for line in &self.stderr.borrow().lines {
                eprintln!("server: {line}");
            }
        }
    }
}

type Running = (Child, watch::Receiver<Output>, watch::Receiver<Output>);

/// Starts the process in `folder` and the readers of what it prints.
fn spawn(folder: &TempDir, settings: &[(String, String)]) -> Running {
    // Release builds refuse cheap hashes.
    let iterations = if cfg!(debug_assertions) { "1000" } else { "600000" };
    let mut command = Command::new(env!("CARGO_BIN_EXE_messenger"));
    command
        .current_dir(folder.path())
        .arg("--database")
        .arg(folder.path().join("messenger.db"))
        .args(["--port", "0", "--no-open"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ROCKET_") {
            command.env_remove(name);
        }
    }
    command
        .env("ROCKET_ADDRESS", "127.0.0.1")
        .env("ROCKET_RATE_LIMITS", "false")
        .env("ROCKET_PASSWORD_ITERATIONS", iterations)
        .env("ROCKET_LOG", "off");
    for (name, value) in settings {
        command.env(format!("ROCKET_{}", name.to_uppercase()), value);
    }
    let mut child = command.spawn().expect("the server's binary");
    let stdout = read(child.stdout.take().expect("a piped stdout"));
    let stderr = read(child.stderr.take().expect("a piped stderr"));
    (child, stdout, stderr)
}

/// Waits for the first line, there already or not yet, that `find` makes something of.
async fn wait<T>(stream: &watch::Receiver<Output>, find: impl Fn(&str) -> Option<T>) -> T {
    let mut stream = stream.clone();
    let arrived = stream.wait_for(|output| output.ended || output.lines.iter().any(|line| find(line).is_some()));
    let output = within("a line of the server's", arrived)
        .await
        .expect("the reader of the server's output");
    match output.lines.iter().find_map(|line| find(line)) {
        Some(found) => found,
        None => panic!("the server ended without the line; there was {:#?}", output.lines),
    }
}

/// Reads a stream line by line into a place that others can wait on.
fn read(stream: impl AsyncRead + Unpin + Send + 'static) -> watch::Receiver<Output> {
    let (sender, receiver) = watch::channel(Output::default());
    tokio::spawn(async move {
        let mut lines = BufReader::new(stream).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            sender.send_modify(|output| output.lines.push(line));
        }
        sender.send_modify(|output| output.ended = true);
    });
    receiver
}
