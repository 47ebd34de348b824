//! A server started by hand: with any folder, flags, environment and standard input, whether it serves or refuses.
//!
//! [`crate::common::App`] always serves, on a file of its own; these are the starts that it can't make.

use crate::common::within;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

const RUNNING: &str = "Messenger is running on http";

/// How the program is to be started.
#[derive(Clone)]
pub struct Start {
    folder: PathBuf,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    input: Vec<u8>,
}

/// How it ended.
#[derive(Debug)]
pub struct Ended {
    /// None where a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    folder: PathBuf,
}

/// A server that runs; it is killed when the value is dropped, and what it logged is shown if the test failed.
pub struct Process {
    child: Child,
    stderr: Arc<Mutex<String>>,
    stdout: Vec<String>,
    pub base: String,
}

impl Start {
    /// The program with no arguments at all, in this folder.
    pub fn bare(folder: &Path) -> Start {
        let iterations = if cfg!(debug_assertions) { "1000" } else { "600000" };
        let start = Start {
            folder: folder.to_owned(),
            args: Vec::new(),
            env: Vec::new(),
            input: Vec::new(),
        };
        start
            .env("ROCKET_RATE_LIMITS", "false")
            .env("ROCKET_PASSWORD_ITERATIONS", iterations)
            .env("ROCKET_LOG", "off")
    }

    /// A server on a free port of this computer, with its database in this folder.
    pub fn server(folder: &Path) -> Start {
        Start::bare(folder).args(["--address", "127.0.0.1", "--port", "0", "--no-open"])
    }

    /// With these arguments, after those there are.
    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Start {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// On this database.
    pub fn database(self, file: &Path) -> Start {
        self.args([OsStr::new("--database"), file.as_os_str()])
    }

    /// With this variable set.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Start {
        self.env.push((name.into(), value.as_ref().to_owned()));
        self
    }

    /// With this on standard input.
    pub fn input(mut self, bytes: impl AsRef<[u8]>) -> Start {
        self.input = bytes.as_ref().to_vec();
        self
    }

    fn spawn(&self, input: Stdio) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_messenger"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ROCKET_") {
                command.env_remove(name);
            }
        }
        command
            .current_dir(&self.folder)
            .args(&self.args)
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the server's binary")
    }

    /// Runs to the end; fails if it serves instead.
    pub async fn ends(&self) -> Ended {
        let mut child = self.spawn(Stdio::piped());
        let mut stdin = child.stdin.take().unwrap();
        // A program that refuses its arguments does not read.
        let _ = stdin.write_all(&self.input).await;
        drop(stdin);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut errors = child.stderr.take().unwrap();
        let mut stderr = String::new();
        let stdout = async {
            let mut all = String::new();
            while let Some(line) = lines.next_line().await.unwrap() {
                assert!(!line.starts_with(RUNNING), "it serves: {:?} {:?}", self.args, self.env);
                all.push_str(&line);
                all.push('\n');
            }
            all
        };
        let both = async { tokio::join!(stdout, errors.read_to_string(&mut stderr)) };
        let (stdout, read) = within("the end of a start", both).await;
        read.expect("text on stderr");
        let status = within("the end of a start", child.wait()).await.unwrap();
        Ended {
            code: status.code(),
            stdout,
            stderr,
            folder: self.folder.clone(),
        }
    }

    /// Runs until it says where it listens.
    pub async fn serves(&self) -> Process {
        match self.try_serve().await {
            Ok(process) => process,
            Err(code) => panic!("it ended with exit code {code:?}: {:?} {:?}", self.args, self.env),
        }
    }

    /// Runs until it says where it listens, or ends before: then the exit code.
    pub async fn try_serve(&self) -> Result<Process, Option<i32>> {
        let mut child = self.spawn(Stdio::null());
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut errors = BufReader::new(child.stderr.take().unwrap()).lines();
        let stderr = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&stderr);
        let reader = tokio::spawn(async move {
            while let Ok(Some(line)) = errors.next_line().await {
                *kept.lock().unwrap() += &format!("server: {line}\n");
            }
        });
        let mut stdout = Vec::new();
        loop {
            let line = within("a line of the server's", lines.next_line()).await.unwrap();
            let Some(line) = line else {
                let code = child.wait().await.unwrap().code();
                reader.await.expect("the reader of stderr");
                let stderr = stderr.lock().unwrap();
                assert!(!stderr.contains("panicked"), "{stderr}");
                eprint!("{stderr}");
                return Err(code);
            };
            stdout.push(line);
            let address = stdout.last().and_then(|line| line.strip_prefix(RUNNING));
            if let Some((_, port)) = address.and_then(|address| address.rsplit_once(':')) {
                let base = format!("http://127.0.0.1:{port}");
                // What it prints later is read and forgotten, so that it never waits for a reader.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Ok(Process {
                    child,
                    stderr,
                    stdout,
                    base,
                });
            }
        }
    }
}

impl Process {
    /// The lines that it printed until it said where it listens, that one too.
    pub fn stdout(&self) -> &[String] {
        &self.stdout
    }

    /// Sends it a signal, named as `kill` names it.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().expect("a running server");
        // The shell's own `kill`: a minimal machine need not have the program.
        let sent = std::process::Command::new("sh")
            .args(["-c", &format!("kill -{name} {id}")])
            .status()
            .expect("a shell");
        assert!(sent.success(), "SIG{name} could not be sent");
    }

    /// Waits for its end; the exit code, or None where a signal ended it.
    pub async fn ended(mut self) -> Option<i32> {
        within("the server's end", self.child.wait()).await.unwrap().code()
    }

    /// Ends it as the power switch would end the process.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("the server was running");
    }
}

impl Ended {
    /// Asserts a start that can't be: exit code 1, nothing on stdout, and on stderr one sentence for the person who
    /// started it, with each of `hints` in it.
    #[track_caller]
    pub fn refuses(&self, hints: &[&str]) {
        assert_eq!(self.code, Some(1), "exit code; stderr: {}", self.stderr);
        assert_eq!(self.stdout, "", "stdout of a refused start");
        let line = self.stderr.strip_suffix('\n').unwrap_or(&self.stderr);
        assert!(!line.is_empty(), "nothing was said");
        assert!(!line.contains('\n'), "more than a line: {line}");
        assert!(line.ends_with('.'), "not a sentence: {line}");
        // What only the people who built it could make sense of, or would not like to see there.
        let own = line.replace(&*self.folder.to_string_lossy(), "");
        for stranger in [
            "panicked",
            "RUST_BACKTRACE",
            ".rs",
            ".cargo",
            env!("CARGO_MANIFEST_DIR"),
            "{",
            "Some(",
            "Err(",
        ] {
            assert!(!own.contains(stranger), "{stranger:?} in: {line}");
        }
        assert!(!own.split(' ').any(is_of_code), "a name of the code in: {line}");
        for hint in hints {
            assert!(line.contains(hint), "{hint:?} is not in: {line}");
        }
    }

    /// Asserts exit code 2 and that the usage's error names `what`.
    #[track_caller]
    pub fn is_misused(&self, what: &str) {
        assert_eq!(self.code, Some(2), "exit code; stderr: {}", self.stderr);
        assert_eq!(self.stdout, "", "stdout of a misused program");
        assert!(self.stderr.starts_with("error: "), "{}", self.stderr);
        assert!(self.stderr.contains(what), "{what:?} is not in: {}", self.stderr);
    }
}

/// Whether a word is written `LikeThis`, as types are and words are not; paths and addresses may be anything.
fn is_of_code(word: &str) -> bool {
    let letters: Vec<char> = word.chars().collect();
    let humped = letters
        .windows(2)
        .any(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase());
    humped && !word.contains(['/', '@', '"'])
}

impl Drop for Process {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprint!("{}", self.stderr.lock().unwrap());
        }
    }
}

/// Everything in a folder by name: a file with its size and SHA-256, a folder with nothing.
pub fn contents(folder: &Path) -> BTreeMap<String, Option<(usize, String)>> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let entry = |entry: std::io::Result<std::fs::DirEntry>| {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        let digest = |bytes: Vec<u8>| {
            (
                bytes.len(),
                Sha256::digest(&bytes)
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect(),
            )
        };
        (name, std::fs::read(entry.path()).ok().map(digest))
    };
    entries.map(entry).collect()
}

/// The names of what is in a folder.
pub fn names(folder: &Path) -> Vec<String> {
    contents(folder).into_keys().collect()
}
