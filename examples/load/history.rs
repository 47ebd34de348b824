//! The record of a run: what was asked when, what came of it, and all that each socket heard, in one clock's time.

use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::Outcome;

/// Microseconds since the run began.
pub type Micros = u64;

/// The one clock of a run; it never jumps.
#[derive(Debug, Clone, Copy)]
pub struct Clock(Instant);

impl Clock {
    /// A clock that begins now.
    pub fn start() -> Clock {
        Clock(Instant::now())
    }

    /// Now.
    pub fn now(&self) -> Micros {
        self.at(Instant::now())
    }

    /// That moment.
    pub fn at(&self, moment: Instant) -> Micros {
        moment.saturating_duration_since(self.0).as_micros() as Micros
    }
}

/// What stands for a text in what was heard: a run hears each text many times.
pub fn digest(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Everything that happened.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    pub run: Run,
    pub casts: Vec<Cast>,
    pub attempts: Vec<Attempt>,
    pub edits: Vec<Edit>,
    pub memberships: Vec<Membership>,
    pub looks: Vec<Look>,
    pub streams: Vec<Stream>,
    /// The final read: every message of every chat.
    pub stored: Vec<Stored>,
    /// What no answer may be, whatever was asked.
    pub ill: Vec<String>,
}

/// Which run it was.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub scenario: String,
    pub seed: u64,
}

/// A chat with its members at the beginning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cast {
    pub chat: i64,
    pub members: Vec<i64>,
}

/// One try to send a message. Tries with one `client_id` are one message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    pub person: i64,
    pub chat: i64,
    pub client_id: String,
    pub text: String,
    pub wire: Wire,
    pub start: Micros,
    pub end: Micros,
    pub told: Told,
    /// When it was meant to start, where its time counts: the sender was live and this was the first try.
    pub due: Option<Micros>,
}

/// Which way a message was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wire {
    Socket,
    Http,
}

/// What a sender was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Told {
    /// It is stored.
    Ok { id: i64, seq: i64, event: Option<i64> },
    /// It is not.
    Fail { status: u16 },
    /// Nothing: it may be stored or not.
    Info { why: String },
}

impl Told {
    /// Whether it was acknowledged.
    pub fn is_ok(&self) -> bool {
        matches!(self, Told::Ok { .. })
    }
}

/// A change of a text, or a deletion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    pub person: i64,
    pub chat: i64,
    pub message: i64,
    /// None deletes it.
    pub text: Option<String>,
    pub start: Micros,
    pub end: Micros,
    pub done: Done,
}

/// What came of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Done {
    Yes,
    No,
    Unknown,
}

/// Somebody comes into a chat, or leaves it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Membership {
    pub chat: i64,
    pub person: i64,
    pub added: bool,
    /// When it was first asked for.
    pub start: Micros,
    /// When it was known to be done.
    pub end: Option<Micros>,
}

/// Somebody asks for a message that he knows was acknowledged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Look {
    pub person: i64,
    pub chat: i64,
    pub message: i64,
    pub start: Micros,
    pub found: bool,
}

/// All that one device heard, over all its connections.
#[derive(Debug, Clone, PartialEq)]
pub struct Stream {
    pub person: i64,
    pub entries: Vec<Entry>,
}

/// Something that a device did or heard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Entry {
    /// It connected, and is about to say who it is and where it was.
    Opened {
        at: Micros,
        since: Option<i64>,
    },
    /// The server let it in.
    Ready {
        at: Micros,
        head: i64,
    },
    Event(Heard),
    /// What was missed has been told.
    Live {
        at: Micros,
        cursor: i64,
    },
    /// What was missed can't be told.
    Reset {
        at: Micros,
        cursor: i64,
        reason: String,
    },
    /// It read the snapshot.
    Snapshot {
        at: Micros,
        cursor: i64,
    },
    /// Somebody types in a chat, or has read it: told, never stored.
    Aside {
        at: Micros,
        chat: i64,
    },
    /// These people came or went.
    Presence {
        at: Micros,
        people: Box<[i64]>,
    },
    /// The server or the network ended it.
    Closed {
        at: Micros,
        code: Option<u16>,
    },
    /// The device itself did.
    Left {
        at: Micros,
    },
    /// A frame that the contract does not know, or not there.
    Odd {
        at: Micros,
        what: String,
    },
}

/// An event as it was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    pub at: Micros,
    /// The event's id.
    pub id: i64,
    pub kind: Kind,
    /// 0 for none.
    pub chat: i64,
    /// The message or the person it is about.
    pub subject: i64,
    pub seq: i64,
    pub from: i64,
    /// Digests of `client_id` and text.
    pub name: u64,
    pub text: u64,
    pub deleted: bool,
    /// Told as it happened, and not as something missed.
    pub live: bool,
}

/// What an event tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    Created,
    Updated,
    Deleted,
    Chat,
    Added,
    Removed,
    User,
    Read,
}

/// A message as the final read shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stored {
    pub chat: i64,
    pub id: i64,
    pub seq: i64,
    pub from: i64,
    pub client_id: String,
    pub text: String,
    pub deleted: bool,
}

/// A line of a history file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Run(Run),
    Cast(Cast),
    Attempt(Attempt),
    Edit(Edit),
    Membership(Membership),
    Look(Look),
    Stored(Stored),
    Ill(String),
    /// The entries after it are of this person's device.
    Stream(i64),
    Entry(Entry),
}

impl History {
    /// Writes it to a file, an operation or a frame a line.
    pub fn write(&self, file: &Path) -> Outcome<()> {
        let mut file = BufWriter::new(File::create(file)?);
        let mut line = |line: Line| -> Outcome<()> {
            serde_json::to_writer(&mut file, &line)?;
            Ok(file.write_all(b"\n")?)
        };
        line(Line::Run(self.run.clone()))?;
        self.casts.iter().try_for_each(|one| line(Line::Cast(one.clone())))?;
        self.memberships
            .iter()
            .try_for_each(|one| line(Line::Membership(one.clone())))?;
        self.attempts
            .iter()
            .try_for_each(|one| line(Line::Attempt(one.clone())))?;
        self.edits.iter().try_for_each(|one| line(Line::Edit(one.clone())))?;
        self.looks.iter().try_for_each(|one| line(Line::Look(one.clone())))?;
        self.stored.iter().try_for_each(|one| line(Line::Stored(one.clone())))?;
        self.ill.iter().try_for_each(|one| line(Line::Ill(one.clone())))?;
        for stream in &self.streams {
            line(Line::Stream(stream.person))?;
            stream
                .entries
                .iter()
                .try_for_each(|one| line(Line::Entry(one.clone())))?;
        }
        Ok(file.flush()?)
    }

    /// Reads a file that was written by [`History::write`].
    pub fn read(file: &Path) -> Outcome<History> {
        let mut history = History::default();
        for line in BufReader::new(File::open(file)?).lines() {
            match serde_json::from_str(&line?)? {
                Line::Run(one) => history.run = one,
                Line::Cast(one) => history.casts.push(one),
                Line::Attempt(one) => history.attempts.push(one),
                Line::Edit(one) => history.edits.push(one),
                Line::Membership(one) => history.memberships.push(one),
                Line::Look(one) => history.looks.push(one),
                Line::Stored(one) => history.stored.push(one),
                Line::Ill(one) => history.ill.push(one),
                Line::Stream(person) => history.streams.push(Stream {
                    person,
                    entries: Vec::new(),
                }),
                Line::Entry(one) => {
                    let stream = history.streams.last_mut().ok_or("an entry before its stream")?;
                    stream.entries.push(one);
                }
            }
        }
        Ok(history)
    }
}

/// Where everybody writes down what he did while a run goes on.
#[derive(Debug)]
pub struct Book {
    pub clock: Clock,
    pages: Mutex<History>,
}

impl Book {
    /// An empty one for this run.
    pub fn new(scenario: &str, seed: u64) -> Book {
        let run = Run {
            scenario: scenario.to_owned(),
            seed,
        };
        Book {
            clock: Clock::start(),
            pages: Mutex::new(History {
                run,
                ..History::default()
            }),
        }
    }

    /// To write into, or to look something up.
    pub fn open(&self) -> MutexGuard<'_, History> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Now.
    pub fn now(&self) -> Micros {
        self.clock.now()
    }

    /// Everything so far; the book is empty afterwards.
    pub fn take(&self) -> History {
        std::mem::take(&mut *self.open())
    }
}
