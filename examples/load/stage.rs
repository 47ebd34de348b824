//! What all scenarios share: a server with people, chats and devices before, and the last words, the final read and the
//! verdict after.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::SeedableRng;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::check::{check, Verdict};
use super::history::{self, Book, History, Stored};
use super::http::Link;
use super::people::{self, Chat, Person, Shape};
use super::play::{Cast, Mix, Play};
use super::process::{Server, Usage};
use super::proxy::Proxy;
use super::report::{mebibytes, Report};
use super::socket::{Command, Device, Setting};
use super::Outcome;

/// What is to be set up.
#[derive(Debug, Clone)]
pub struct Setup {
    pub scenario: &'static str,
    /// The server's binary.
    pub program: PathBuf,
    /// `host:port` of a server that is not ours.
    pub url: Option<String>,
    /// Where databases and histories are.
    pub folder: PathBuf,
    pub seed: u64,
    pub sockets: usize,
    pub chats: usize,
    pub size: usize,
    /// Whether people come and go, and some are in no chat.
    pub mixed: bool,
    /// Bytes of a text.
    pub text: usize,
    /// Whether a missed bound is a failure, and not only a wrong check.
    pub bounds: bool,
    /// Whether the history of a good run is kept, too.
    pub keep: bool,
    /// Whether a `reset` can be.
    pub resets: bool,
}

/// A server with everything that talks to it.
pub struct Stage {
    pub setup: Setup,
    pub book: Arc<Book>,
    /// Straight to the server.
    pub link: Arc<Link>,
    pub server: Option<Server>,
    pub people: Arc<Vec<Person>>,
    pub chats: Arc<Vec<Chat>>,
    pub devices: Arc<Vec<Device>>,
    /// What the server used before the first socket.
    pub before: Usage,
    outsiders: Vec<usize>,
    folder: TempDir,
}

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    pub verdict: Verdict,
    pub report: Report,
    /// Whether everything was right.
    pub good: bool,
}

/// Longest it may take until all are live, and until all have heard the last words.
const PATIENCE: Duration = Duration::from_secs(30);

impl Stage {
    /// A server with people in their chats, and no sockets yet.
    pub async fn set(setup: Setup) -> Outcome<Stage> {
        println!("{}: seed {}", setup.scenario, setup.seed);
        std::fs::create_dir_all(&setup.folder)?;
        let folder = tempfile::Builder::new().prefix("load-").tempdir_in(&setup.folder)?;
        let mut random = StdRng::seed_from_u64(setup.seed);
        // A tenth of the sockets are second devices.
        let count = if setup.mixed {
            setup.sockets.div_ceil(10) * 9
        } else {
            setup.sockets
        };
        let count = count.clamp(1, setup.sockets.max(1));
        let (mut server, people, link) = match &setup.url {
            Some(host) => {
                let link = Link::new(host)?;
                (None, people::all_registered(&link, count).await?, link)
            }
            None => {
                let mut server = Server::start(&setup.program, folder.path()).await?;
                let people = people::copied(&mut server, count).await?;
                let link = Link::new(&server.host())?;
                (Some(server), people, link)
            }
        };
        let outsiders = if setup.mixed { (count / 50).max(1) } else { 0 };
        let inside = count.saturating_sub(outsiders).max(1);
        let shape = Shape {
            chats: setup.chats,
            size: setup.size,
            mixed: setup.mixed,
        };
        let chats = people::chats(&link, &people[..inside], shape, &mut random).await?;
        let book = Book::new(setup.scenario, setup.seed);
        book.open().casts = chats
            .iter()
            .map(|chat| history::Cast {
                chat: chat.id,
                members: chat.members.iter().map(|place| people[*place].id).collect(),
            })
            .collect();
        let before = server.as_mut().map(|server| server.usage()).unwrap_or_default();
        Ok(Stage {
            book: Arc::new(book),
            link: Arc::new(link),
            server,
            people: Arc::new(people),
            chats: Arc::new(chats),
            devices: Arc::default(),
            before,
            outsiders: (inside..count).collect(),
            folder,
            setup,
        })
    }

    /// Opens all sockets and waits until they are live; `narrow` says for which of them the system keeps little.
    pub async fn connect(&mut self, proxy: Option<Arc<Proxy>>, narrow: impl Fn(usize) -> bool) -> Outcome<()> {
        let link = match &proxy {
            Some(proxy) => Arc::new(Link::new(&proxy.tame)?),
            None => Arc::clone(&self.link),
        };
        let device = |place: usize| {
            let person = place % self.people.len();
            let setting = Setting {
                book: Arc::clone(&self.book),
                link: Arc::clone(&link),
                proxy: proxy.clone(),
                narrow: narrow(place),
            };
            Device::start(
                person,
                &self.people[person],
                &setting,
                self.setup.seed ^ (place as u64) << 32,
            )
        };
        self.devices = Arc::new((0..self.setup.sockets).map(device).collect());
        match self.all_live(0, PATIENCE).await {
            Some(_) => Ok(()),
            None => {
                let live = self.devices.iter().filter(|device| device.is_live()).count();
                Err(format!("{live} of {} sockets are live after {PATIENCE:?}", self.devices.len()).into())
            }
        }
    }

    /// Waits until every device is live after this moment; since when the last is, or None where one was not in time.
    pub async fn all_live(&self, after: u64, limit: Duration) -> Option<u64> {
        let live = self.devices.iter().map(|device| device.live_after(after, limit));
        let live: Option<Vec<u64>> = join_all(live).await.into_iter().collect();
        live.map(|live| live.into_iter().max().unwrap_or(after))
    }

    /// People who do this.
    pub fn play(&self, mix: Mix, proxy: Option<&Proxy>) -> Outcome<Play> {
        let (link, wild) = match proxy {
            Some(proxy) => (
                Arc::new(Link::new(&proxy.tame)?),
                Some(Arc::new(Link::single(&proxy.wild)?)),
            ),
            None => (Arc::clone(&self.link), None),
        };
        let cast = Cast {
            book: Arc::clone(&self.book),
            link,
            wild,
            people: Arc::clone(&self.people),
            chats: Arc::clone(&self.chats),
            devices: Arc::clone(&self.devices),
            outsiders: self.outsiders.clone(),
        };
        Ok(Play::new(cast, mix, self.setup.text, self.setup.seed))
    }

    /// What a server that we started uses now.
    pub fn usage(&self) -> Usage {
        self.server.as_ref().map(Server::usage).unwrap_or_default()
    }

    /// Ends a run: everything that is under way comes to its end, everybody comes back and hears the last words, all is
    /// read and judged. `figures` adds to the report what the history tells.
    pub async fn end(
        mut self,
        mut play: Play,
        mut report: Report,
        figures: impl FnOnce(&History, &mut Report),
    ) -> Outcome<Ended> {
        let mut ill = Vec::new();
        if !play.settle().await {
            ill.push("something that was under way did not come to its end".to_owned());
        }
        for device in self.devices.iter() {
            device.tell(Command::Return);
            device.tell(Command::Stall(false));
        }
        if self.all_live(0, PATIENCE).await.is_none() {
            let away = self.devices.iter().filter(|device| !device.is_live()).count();
            ill.push(format!("{away} devices were not live {PATIENCE:?} after the end"));
        }
        let words = play.last_words().await;
        self.hear(&play, &words).await;
        // Who would hear something twice, or what he should not, hears it by now.
        tokio::time::sleep(Duration::from_millis(500)).await;
        drop(play);
        let devices = std::mem::take(&mut self.devices);
        let devices = Arc::try_unwrap(devices).map_err(|_| "devices are still in use")?;
        let streams = join_all(devices.into_iter().map(Device::end)).await;
        let streams = streams.into_iter().collect::<Outcome<Vec<_>>>()?;
        let (stored, differing) = self.read().await?;
        ill.extend(differing);
        if let Some(server) = &mut self.server {
            server.stop().await?;
            ill.extend(sound(&server.file())?);
            if server.log().contains("panicked") {
                ill.push(format!("the server panicked: {}", server.log()));
            }
        }
        let mut history = self.book.take();
        (history.streams, history.stored) = (streams, stored);
        history.ill.extend(ill);
        let verdict = check(&history);
        figures(&history, &mut report);
        report.besides(&history);
        report.verdict(&verdict);
        if !self.setup.resets && verdict.resets > 0 {
            report.bound("resets", verdict.resets.to_string(), "0", false);
        }
        let kept = report.missed().is_empty();
        let good = verdict.faults.is_empty() && (kept || !self.setup.bounds);
        let heading = format!("{}, seed {}", self.setup.scenario, self.setup.seed);
        report.print(&heading, &verdict);
        if !good || self.setup.keep {
            let file = self
                .setup
                .folder
                .join(format!("{}-{}.jsonl", self.setup.scenario, self.setup.seed));
            history.write(&file)?;
            println!("  the history is {}", file.display());
            println!("  the server's folder is {}", self.folder.keep().display());
        }
        Ok(Ended { verdict, report, good })
    }

    /// Waits until every device has heard the last words of the chats that its person is in, or for as long as is
    /// reasonable: then the judge says who missed what.
    async fn hear(&self, play: &Play, words: &[Option<i64>]) {
        let present: Vec<HashSet<usize>> = (0..self.chats.len())
            .map(|chat| play.present(chat).into_iter().collect())
            .collect();
        let mut heard = Vec::new();
        for device in self.devices.iter() {
            let own = words
                .iter()
                .zip(&present)
                .filter(|(_, all)| all.contains(&device.person));
            let ids = own.filter_map(|(id, _)| *id).collect();
            let (done, all) = oneshot::channel();
            device.tell(Command::Await(ids, done));
            heard.push(all);
        }
        // A timeout is a finding of the judge's.
        let _ = tokio::time::timeout(PATIENCE, join_all(heard)).await;
    }

    /// The final read: each chat as its owner sees it; and where another member sees it otherwise.
    async fn read(&self) -> Outcome<(Vec<Stored>, Vec<String>)> {
        let (mut stored, mut differing) = (Vec::new(), Vec::new());
        for chat in self.chats.iter() {
            let owner = history_of(&self.link, chat.id, &self.people[chat.owner].token).await?;
            // The last who never leaves.
            let other = chat.members.iter().rfind(|one| !chat.wanderers.contains(one));
            if let Some(other) = other.filter(|other| **other != chat.owner) {
                if history_of(&self.link, chat.id, &self.people[*other].token).await? != owner {
                    differing.push(format!("two members read chat {} differently", chat.id));
                }
            }
            stored.extend(owner);
        }
        Ok((stored, differing))
    }
}

/// All messages of a chat, the oldest first.
async fn history_of(link: &Link, chat: i64, token: &str) -> Outcome<Vec<Stored>> {
    let (mut all, mut after) = (Vec::new(), 0);
    loop {
        let path = format!("/chat/messages/?chat={chat}&after={after}&limit=200");
        let page = link.sure("GET", &path, token, None).await?;
        let results = page["results"].as_array().ok_or("a page without results")?;
        let Some(last) = results.last() else { return Ok(all) };
        let next = last["seq"].as_i64().ok_or("a message without its seq")?;
        if next <= after {
            return Err(format!("chat {chat}: a page after {after} ends with {next}").into());
        }
        after = next;
        for one in results {
            all.push(stored(one).ok_or_else(|| format!("not a message: {one}"))?);
        }
    }
}

fn stored(one: &Value) -> Option<Stored> {
    Some(Stored {
        chat: one["chat_id"].as_i64()?,
        id: one["id"].as_i64()?,
        seq: one["seq"].as_i64()?,
        from: one["from_user"].as_i64()?,
        client_id: one["client_id"].as_str().unwrap_or_default().to_owned(),
        text: one["text"].as_str()?.to_owned(),
        deleted: one["deleted"].as_bool()?,
    })
}

/// What SQLite finds wrong with a stopped server's file.
pub fn sound(file: &Path) -> Outcome<Vec<String>> {
    let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut ill = Vec::new();
    let said: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    if said != "ok" {
        ill.push(format!("integrity_check: {said}"));
    }
    if database.prepare("PRAGMA foreign_key_check")?.exists([])? {
        ill.push("foreign_key_check finds rows".to_owned());
    }
    Ok(ill)
}

/// Adds what a server with open sockets uses to a report.
pub fn footprint(report: &mut Report, before: Usage, with: Usage, sockets: usize) {
    if let (Some(before), Some(with)) = (before.memory, with.memory) {
        report.line(
            "memory of the server",
            format!(
                "{} before, {} with {sockets} sockets",
                mebibytes(before as f64),
                mebibytes(with as f64)
            ),
        );
        let each = with.saturating_sub(before) as f64 / sockets.max(1) as f64;
        report.line("memory per socket", format!("{:.1} KiB", each / 1024.0));
    }
}
