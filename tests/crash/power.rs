//! A power cut at any moment: what was acknowledged is there, on disks that sync when they say so.
//!
//! One run of a real server is written down, every write and sync and acknowledgement in order. From that come many disks,
//! each cut off at another moment and each with another part of what was not synced by then; see [`Drive`]. Each is
//! opened. How many is `MESSENGER_IMAGES`; every image is made from a seed, its own number.

use crate::aftermath::{lost, serves};
use crate::client::Client;
use crate::common::within;
use crate::drive::Drive;
use crate::process::{names, Process, Start};
use crate::trace::{Claim, Folder, Recorder, Said, Step, Syncs, Trace, GONE};
use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt, SeedableRng};
use std::collections::BTreeMap;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Images of a run with all syncs, if nothing else is said; of a run without those of commits there are a quarter.
const IMAGES: usize = 200;
/// One in so many is given to a real server as well.
const SERVED: usize = 25;

/// A run that is over, and what was told in it.
pub struct Run {
    folder: PathBuf,
    trace: Trace,
    /// Who can sign in on every image that knows her.
    pub alice: Client,
    /// Every message as it was in the end.
    pub said: BTreeMap<String, Said>,
    /// The bytes that were sent with a message.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The schema's number.
    pub version: u32,
    // Kept to the end, for a look if the test fails.
    _kept: (Folder, Recorder),
}

/// Somebody who writes in a chat, and writes down what he was told.
struct Author<'r> {
    name: String,
    client: Client,
    chat: i64,
    recorder: &'r Recorder,
}

impl Author<'_> {
    async fn says(&self, number: usize) -> Said {
        let mut said = self.means(number);
        let answer = self.client.send(self.chat, &said.client_id, &said.text()).await;
        self.hears(&mut said, answer.expect("an answer").is(201).body);
        said
    }

    async fn sends_file(&self, number: usize, bytes: &[u8]) -> Said {
        let mut said = self.means(number);
        let answer = self.client.send_file(self.chat, &said.client_id, bytes).await;
        self.hears(&mut said, answer.expect("an answer").is(201).body);
        said
    }

    async fn edits(&self, said: &mut Said) {
        said.version += 1;
        let form = serde_json::json!({"text": said.text()});
        let path = format!("/chat/messages/{}/", said.id);
        self.client.sure("PATCH", &path, Some(form)).await.is(200);
        self.recorder.told(&Claim::Message(said.clone()));
    }

    async fn deletes(&self, said: &mut Said) {
        said.version = GONE;
        let path = format!("/chat/messages/{}/", said.id);
        self.client.sure("DELETE", &path, None).await.is(204);
        self.recorder.told(&Claim::Message(said.clone()));
    }

    /// Sends these, edits each third and deletes each tenth.
    async fn writes(&self, numbers: Range<usize>) {
        for number in numbers {
            let mut said = self.says(number).await;
            if number % 3 == 0 {
                self.edits(&mut said).await;
            }
            if number % 10 == 9 {
                self.deletes(&mut said).await;
            }
        }
    }

    /// Edits a message until the log has become so long that it begins anew.
    async fn fills(&self, log: &Path) {
        let mut said = self.says(2_000).await;
        let before = round(log);
        while round(log) == before {
            self.edits(&mut said).await;
        }
    }

    fn means(&self, number: usize) -> Said {
        Said {
            client_id: format!("{}-{number}", self.name),
            chat: self.chat,
            id: 0,
            seq: 0,
            version: 0,
        }
    }

    fn hears(&self, said: &mut Said, body: serde_json::Value) {
        said.id = body["id"].as_i64().expect("an id");
        said.seq = body["seq"].as_i64().expect("a seq");
        self.recorder.told(&Claim::Message(said.clone()));
    }
}

/// Registers four people and makes two chats of theirs; each of them as an author in each chat.
async fn cast<'r>(base: &str, recorder: &'r Recorder) -> Vec<Author<'r>> {
    let mut people = Vec::new();
    for name in ["alice", "bob", "carol", "dan"] {
        let person = Client::person(base, name).await;
        recorder.told(&Claim::User(person.id));
        people.push((name, person));
    }
    let all: Vec<&Client> = people.iter().map(|(_, person)| person).collect();
    let mut authors = Vec::new();
    for _ in 0..2 {
        let chat = all[0].group(&all[1..]).await;
        recorder.told(&Claim::Chat(chat));
        authors.extend(people.iter().map(|(name, person)| Author {
            name: format!("{name}-{chat}"),
            client: person.clone(),
            chat,
            recorder,
        }));
    }
    authors
}

/// How often a log was begun anew, as its header says; 0 while it is empty.
fn round(log: &Path) -> u32 {
    let mut bytes = [0; 4];
    let header = std::fs::File::open(log).and_then(|file| file.read_exact_at(&mut bytes, 12));
    header.map_or(0, |()| u32::from_be_bytes(bytes))
}

/// Waits until an idle server has emptied its log.
async fn rests(server: &Process, log: &Path) {
    let client = Client::new(&server.base);
    within("an empty log", async {
        while std::fs::metadata(log).expect("a log").len() > 0 {
            client.get("/media/profile.png").await.is(200);
        }
    })
    .await;
}

async fn stops(server: Process) {
    server.signal("TERM");
    assert_eq!(server.ended().await, Some(0));
}

/// Writes a run down: crowds and lone authors, files, an idle server that empties its log, a busy one that begins it anew,
/// a stop and a second start.
async fn record(syncs: Syncs) -> Run {
    let (kept, recorder) = (Folder::new(), Recorder::new());
    let folder = std::fs::canonicalize(kept.path()).unwrap();
    let log = folder.join("messenger.db-wal");
    let start = recorder.under(Start::server(&folder), syncs);
    let server = start.serves().await;
    let mut authors = cast(&server.base, &recorder).await;
    join_all(authors.iter().map(|author| author.writes(0..20))).await;
    rests(&server, &log).await;

    let mut files = BTreeMap::new();
    let mut random = StdRng::seed_from_u64(1);
    let upload = async {
        for number in 1_000..1_004 {
            let mut bytes = vec![0; random.random_range(1..900_000)];
            random.fill_bytes(&mut bytes);
            let mut said = authors[0].sends_file(number, &bytes).await;
            files.insert(said.client_id.clone(), bytes);
            if number == 1_001 {
                authors[0].deletes(&mut said).await;
            }
        }
    };
    tokio::join!(join_all(authors.iter().map(|author| author.writes(20..40))), upload);
    stops(server).await;

    let server = start.serves().await;
    for author in &mut authors {
        author.client = author.client.at(&server.base);
    }
    authors[1].writes(40..90).await;
    join_all(authors[2..4].iter().map(|author| author.fills(&log))).await;
    join_all(authors.iter().map(|author| author.writes(90..100))).await;
    rests(&server, &log).await;
    authors[3].writes(100..140).await;
    stops(server).await;

    let alice = authors[0].client.clone();
    drop(authors);
    let trace = recorder.read();
    let mut said = BTreeMap::new();
    for step in &trace.steps {
        if let Step::Told(Claim::Message(one)) = step {
            said.insert(one.client_id.clone(), one.clone());
        }
    }
    // It stands in the file's header. SQLite would leave files beside it.
    let header = std::fs::read(folder.join("messenger.db")).unwrap();
    let schema = u32::from_be_bytes(header[60..64].try_into().unwrap());
    Run {
        folder,
        trace,
        alice,
        said,
        files,
        version: schema,
        _kept: (kept, recorder),
    }
}

/// Moments to cut a run at, in order: a third anywhere, a third right after an acknowledgement, a third around anything
/// else but a write.
fn moments(trace: &Trace, count: usize) -> Vec<usize> {
    let mut random = StdRng::seed_from_u64(0);
    let (mut told, mut turns) = (Vec::new(), Vec::new());
    for (at, step) in trace.steps.iter().enumerate() {
        match step {
            Step::Write { .. } => {}
            Step::Told(_) => told.push(at + 1),
            _ => turns.push(at + 1),
        }
    }
    let moment = |number: usize| match number % 3 {
        0 => random.random_range(0..=trace.steps.len()),
        1 => *told.choose(&mut random).unwrap(),
        _ => trace
            .steps
            .len()
            .min(turns.choose(&mut random).unwrap() + random.random_range(0..8)),
    };
    let mut moments: Vec<usize> = (0..count).map(moment).collect();
    moments.sort_unstable();
    moments
}

/// Cuts a run so often; what was acknowledged and is not there, of all images.
async fn cut(run: &Run, syncs: Syncs, images: usize) -> Vec<String> {
    let mut drive = Drive::new(&run.trace, &run.folder);
    let (mut all, mut hit) = (Vec::new(), 0);
    for (number, moment) in moments(&run.trace, images).into_iter().enumerate() {
        drive.goes_to(moment);
        eprintln!("image {number}: cut after step {moment} of {}", run.trace.steps.len());
        let image = Folder::new();
        drive.cut(&mut StdRng::seed_from_u64(number as u64), image.path());
        // Before anything else has opened it, as it would be.
        let served = syncs == Syncs::Full && number % SERVED == 0;
        let more = if served {
            serves(image.path(), &drive.told, run).await
        } else {
            Vec::new()
        };
        let lost = lost(&image.path().join("messenger.db"), &drive.told, &more, run);
        hit += usize::from(!lost.is_empty());
        all.extend(
            lost.into_iter()
                .map(|what| format!("image {number}, step {moment}: {what}")),
        );
    }
    eprintln!(
        "{images} images of {} steps with {} messages, {syncs:?}: {hit} had lost something, {} acknowledgements in all",
        run.trace.steps.len(),
        run.said.len(),
        all.len()
    );
    all
}

fn images() -> usize {
    let set = std::env::var("MESSENGER_IMAGES");
    set.map_or(IMAGES, |images| images.parse().expect("a number in MESSENGER_IMAGES"))
}

/// Asserts that the run was one that can tell something, and that all of it was written down.
fn assert_whole(run: &Run) {
    let logs = run.trace.logs(&run.folder);
    assert!(logs >= 5, "logs that were begun: {logs}");
    let mut drive = Drive::new(&run.trace, &run.folder);
    drive.goes_to(run.trace.steps.len());
    let contents = drive.contents();
    assert_eq!(contents.keys().collect::<Vec<_>>(), ["messenger.db"]);
    assert_eq!(names(&run.folder), ["messenger.db"]);
    let file = std::fs::read(run.folder.join("messenger.db")).unwrap();
    assert!(
        contents["messenger.db"] == file,
        "the file is not as it was written down"
    );
}

#[tokio::test]
async fn a_power_cut_loses_nothing_that_was_acknowledged() {
    let run = record(Syncs::Full).await;
    assert_whole(&run);
    let lost = cut(&run, Syncs::Full, images()).await;
    assert!(lost.is_empty(), "acknowledged and lost: {lost:#?}");
}

/// The test of the test: it must see what the syncs are for. A database that loses its last commits is still sound.
#[tokio::test]
async fn a_power_cut_without_the_syncs_of_commits_is_seen_to_lose() {
    let run = record(Syncs::Normal).await;
    assert_whole(&run);
    let lost = cut(&run, Syncs::Normal, (images() / 4).max(20)).await;
    assert!(!lost.is_empty(), "a power cut that loses nothing shows nothing");
}
