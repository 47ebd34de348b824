//! What a server told its disk and its clients, in the order in which it happened: `power.c` writes it down.

use crate::disk::compiled;
use crate::process::Start;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

/// A file or folder, as the system numbers it.
pub type Id = (i64, i64);

/// One thing that happened.
pub enum Step {
    Write { file: Id, at: usize, bytes: Range<usize> },
    Truncate { file: Id, size: usize },
    SyncBegins { number: i64 },
    SyncEnds { of: Id, number: i64 },
    Create { file: Id, path: PathBuf },
    Unlink { path: PathBuf },
    Rename { from: PathBuf, to: PathBuf },
    Told(Claim),
}

/// What somebody was told is stored.
#[derive(Debug, Clone, PartialEq)]
pub enum Claim {
    User(i64),
    Chat(i64),
    Message(Said),
}

/// A message as it was acknowledged. Its text goes through versions: sent, edited, edited again, gone.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    pub client_id: String,
    pub chat: i64,
    pub id: i64,
    pub seq: i64,
    pub version: u32,
}

/// The version of a message that was deleted.
pub const GONE: u32 = u32::MAX;

impl Said {
    /// The text of this version. Longer and shorter ones, so that an edited message takes other pages.
    pub fn text(&self) -> String {
        let name: usize = self.client_id.bytes().map(usize::from).sum();
        let words = (name * 37 + self.version as usize * 211) % 1_500;
        format!("{}{} {}", "again ".repeat(words), self.client_id, self.version)
    }

    /// The version that has this text: none, if it never had.
    pub fn version_of(&self, text: &str) -> Option<u32> {
        let version = text.rsplit(' ').next()?.parse().ok()?;
        let said = Said {
            version,
            ..self.clone()
        };
        (said.text() == text).then_some(version)
    }
}

/// Which of its syncs a server waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syncs {
    /// All that it asks for.
    Full,
    /// Those that SQLite would ask for at `synchronous=NORMAL`.
    Normal,
}

/// A temporary folder that stays for a look if the test fails.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Folder {
        Folder(tempfile::tempdir().expect("a temporary folder"))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.disable_cleanup(true);
            eprintln!("kept: {}", self.0.path().display());
        }
    }
}

/// Where it is written down.
pub struct Recorder {
    folder: Folder,
    own: File,
}

impl Recorder {
    pub fn new() -> Recorder {
        let folder = Folder::new();
        let trace = OpenOptions::new()
            .create(true)
            .append(true)
            .open(folder.path().join("trace"));
        let own = trace.expect("a file for the trace");
        Recorder { folder, own }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("trace")
    }

    /// A server whose disk is listened to.
    pub fn under(&self, start: Start, syncs: Syncs) -> Start {
        static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
        let library = LIBRARY.get_or_init(|| compiled("power"));
        let start = start.env("LD_PRELOAD", library).env("MESSENGER_TRACE", self.path());
        match syncs {
            Syncs::Full => start,
            Syncs::Normal => start.env("MESSENGER_NORMAL", "1"),
        }
    }

    /// Writes down that a client has just been told this.
    pub fn told(&self, claim: &Claim) {
        let text = match claim {
            Claim::User(id) => format!("user {id}"),
            Claim::Chat(id) => format!("chat {id}"),
            Claim::Message(said) => format!(
                "message {} {} {} {} {}",
                said.client_id, said.chat, said.id, said.seq, said.version
            ),
        };
        let head = [TOLD, 0, 0, 0, text.len() as i64];
        let mut step: Vec<u8> = head.iter().flat_map(|field| field.to_ne_bytes()).collect();
        step.extend(text.bytes());
        // In one call, so that nothing of the server's comes in between.
        let written = (&self.own).write(&step).expect("the trace's file");
        assert_eq!(written, step.len(), "a whole step");
    }

    /// All of it so far.
    pub fn read(&self) -> Trace {
        Trace::parse(std::fs::read(self.path()).expect("the trace's file"))
    }
}

/// A whole run.
pub struct Trace {
    bytes: Vec<u8>,
    pub steps: Vec<Step>,
}

/// The numbers of `power.c`, and one of our own.
const WRITE: i64 = 1;
const TRUNCATE: i64 = 2;
const SYNC_BEGINS: i64 = 3;
const SYNC_ENDS: i64 = 4;
const CREATE: i64 = 5;
const UNLINK: i64 = 6;
const RENAME: i64 = 7;
const TOLD: i64 = 8;

impl Trace {
    fn parse(bytes: Vec<u8>) -> Trace {
        let (mut steps, mut here) = (Vec::new(), 0);
        while here < bytes.len() {
            let field = |number: usize| {
                let from = here + 8 * number;
                i64::from_ne_bytes(bytes[from..from + 8].try_into().expect("eight bytes"))
            };
            let (file, at) = ((field(1), field(2)), field(3));
            let payload = here + 40..here + 40 + field(4) as usize;
            let text = || std::str::from_utf8(&bytes[payload.clone()]).expect("a path or a claim");
            steps.push(match field(0) {
                WRITE => Step::Write {
                    file,
                    at: at as usize,
                    bytes: payload.clone(),
                },
                TRUNCATE => Step::Truncate {
                    file,
                    size: at as usize,
                },
                SYNC_BEGINS => Step::SyncBegins { number: at },
                SYNC_ENDS => Step::SyncEnds { of: file, number: at },
                CREATE => Step::Create {
                    file,
                    path: text().into(),
                },
                UNLINK => Step::Unlink { path: text().into() },
                RENAME => {
                    let (from, to) = text().split_once('\0').expect("two paths");
                    Step::Rename {
                        from: from.into(),
                        to: to.into(),
                    }
                }
                TOLD => Step::Told(claim(text())),
                other => panic!("a step of kind {other}"),
            });
            here = payload.end;
        }
        Trace { bytes, steps }
    }

    /// The bytes of a write.
    pub fn bytes(&self, range: &Range<usize>) -> &[u8] {
        &self.bytes[range.clone()]
    }

    /// How often a log in this folder was begun or begun anew: that is when its header is written.
    pub fn logs(&self, folder: &Path) -> usize {
        let (mut logs, mut count) = (Vec::new(), 0);
        for step in &self.steps {
            match step {
                Step::Create { file, path } if *path == folder.join("messenger.db-wal") => logs.push(*file),
                Step::Write { file, at: 0, .. } if logs.contains(file) => count += 1,
                _ => {}
            }
        }
        count
    }
}

fn claim(text: &str) -> Claim {
    let words: Vec<&str> = text.split(' ').collect();
    let number = |at: usize| words[at].parse::<i64>().expect("a number");
    match words[0] {
        "user" => Claim::User(number(1)),
        "chat" => Claim::Chat(number(1)),
        _ => Claim::Message(Said {
            client_id: words[1].to_owned(),
            chat: number(2),
            id: number(3),
            seq: number(4),
            version: u32::try_from(number(5)).expect("a version"),
        }),
    }
}
