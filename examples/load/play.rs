//! What people do: they send, most of all; they come and go, edit, read, lose their connection, and try what they may not.
//!
//! What is done next is drawn from the seed; when, from the clock (so many a second), or from the answers (so many on
//! their way). A server that answers slowly gets no fewer messages in the first way: what waits counts as waiting.

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use tokio::sync::{oneshot, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};

use super::history::{Book, Done, Edit, Look, Membership, Micros, Told};
use super::http::{Letter, Link};
use super::people::{Chat, Person};
use super::proxy::Fault;
use super::socket::{Command, Device, Post};

/// How often what is done, for each message that is sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mix {
    /// Sent over HTTP and not over the socket.
    pub http: f64,
    /// Sent twice, one right after the other.
    pub twice: f64,
    /// Sent again long after it was acknowledged.
    pub again: f64,
    /// Given up when no answer comes, and not sent until one does.
    pub given_up: f64,
    /// Sent by somebody who is not in the chat.
    pub outsider: f64,
    pub read: f64,
    pub typing: f64,
    pub edit: f64,
    pub delete: f64,
    /// Somebody comes into a chat or leaves one.
    pub moves: f64,
    /// Somebody's connection breaks.
    pub drops: f64,
    /// A sender looks for what he sent.
    pub look: f64,
    /// Something goes wrong on the way, up to so long.
    pub fault: f64,
    pub longest_fault: Duration,
}

impl Mix {
    /// Nothing but sends.
    pub fn calm() -> Mix {
        Mix::default()
    }

    /// Everything.
    pub fn lively() -> Mix {
        Mix {
            http: 0.15,
            twice: 0.01,
            again: 0.02,
            given_up: 0.1,
            outsider: 0.01,
            read: 0.1,
            typing: 0.05,
            edit: 0.03,
            delete: 0.01,
            moves: 0.02,
            drops: 0.02,
            look: 0.02,
            ..Mix::default()
        }
    }
}

/// A message that was acknowledged.
#[derive(Debug, Clone)]
struct Known {
    sender: usize,
    chat: usize,
    id: i64,
    seq: i64,
    letter: Letter,
}

/// Who is in which chat, as far as those who act know.
#[derive(Default)]
struct Rooms {
    present: HashMap<usize, Vec<usize>>,
    /// Who is just coming or going.
    moving: HashSet<(usize, usize)>,
}

/// What a play needs.
pub struct Cast {
    pub book: Arc<Book>,
    pub link: Arc<Link>,
    /// Where a request meets a fault.
    pub wild: Option<Arc<Link>>,
    pub people: Arc<Vec<Person>>,
    pub chats: Arc<Vec<Chat>>,
    pub devices: Arc<Vec<Device>>,
    /// People who are in no chat.
    pub outsiders: Vec<usize>,
}

/// People at it.
pub struct Play {
    cast: Cast,
    pub mix: Mix,
    /// Bytes of a text, about.
    text: usize,
    random: StdRng,
    seed: u64,
    number: usize,
    devices_of: HashMap<usize, Vec<usize>>,
    /// Devices that neither send nor drop.
    pub quiet: HashSet<usize>,
    rooms: Arc<Mutex<Rooms>>,
    known: Arc<Mutex<Vec<Known>>>,
    tasks: JoinSet<()>,
}

/// Something under way.
type Act = Pin<Box<dyn Future<Output = ()> + Send>>;

/// How many acknowledged messages are remembered, to be edited or sent again.
const REMEMBERED: usize = 2000;

/// Longest that what is under way is waited for at the end.
const PATIENCE: Duration = Duration::from_secs(60);

impl Play {
    /// A play that has not begun.
    pub fn new(cast: Cast, mix: Mix, text: usize, seed: u64) -> Play {
        let mut devices_of: HashMap<usize, Vec<usize>> = HashMap::new();
        for (place, device) in cast.devices.iter().enumerate() {
            devices_of.entry(device.person).or_default().push(place);
        }
        let present = cast.chats.iter().map(|chat| chat.members.clone()).enumerate().collect();
        Play {
            cast,
            mix,
            text,
            random: StdRng::seed_from_u64(seed),
            seed,
            number: 0,
            devices_of,
            quiet: HashSet::new(),
            rooms: Arc::new(Mutex::new(Rooms {
                present,
                moving: HashSet::new(),
            })),
            known: Arc::default(),
            tasks: JoinSet::new(),
        }
    }

    /// Sends so many a second, whatever the server does, for so long.
    pub async fn open(&mut self, rate: f64, length: Duration) {
        let mut due = tokio::time::interval(Duration::from_secs_f64(1.0 / rate));
        due.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let end = Instant::now() + length;
        while Instant::now() < end {
            let moment = due.tick().await;
            self.aside();
            let act = self.act(self.cast.book.clock.at(moment.into_std()));
            self.tasks.spawn(act);
            while self.tasks.try_join_next().is_some() {}
        }
    }

    /// Keeps so many on their way, for so long or until so many were sent.
    pub async fn closed(&mut self, flying: usize, length: Duration, count: usize) {
        let places = Arc::new(Semaphore::new(flying));
        let end = Instant::now() + length;
        for _ in 0..count {
            let place = tokio::time::timeout_at(end, Arc::clone(&places).acquire_owned());
            let Ok(Ok(place)) = place.await else { break };
            self.aside();
            let act = self.act(self.cast.book.now());
            self.tasks.spawn(async move {
                act.await;
                drop(place);
            });
            while self.tasks.try_join_next().is_some() {}
        }
    }

    /// Waits until nothing is under way; false where something still was after a minute.
    pub async fn settle(&mut self) -> bool {
        let rest = async { while self.tasks.join_next().await.is_some() {} };
        tokio::time::timeout(PATIENCE, rest).await.is_ok()
    }

    /// Who is in a chat now.
    pub fn present(&self, chat: usize) -> Vec<usize> {
        lock(&self.rooms).present.get(&chat).cloned().unwrap_or_default()
    }

    fn draw(&mut self, share: f64) -> bool {
        share > 0.0 && self.random.random_bool(share)
    }

    fn pick<T: Clone>(&mut self, all: &[T]) -> Option<T> {
        match all.len() {
            0 => None,
            count => all.get(self.random.random_range(0..count)).cloned(),
        }
    }

    /// A new message, perhaps one that is refused; or an old one again.
    fn act(&mut self, due: Micros) -> Act {
        if self.draw(self.mix.again) {
            if let Some(known) = self.remembered() {
                let letter = Letter {
                    due: None,
                    again: false,
                    ..known.letter
                };
                let http = self.draw(0.5);
                return self.deliver(known.sender, known.chat, letter, http);
            }
        }
        let chat = self.random.random_range(0..self.cast.chats.len());
        let outsiders = self.cast.outsiders.clone();
        let sender = match self.draw(self.mix.outsider) {
            true => self.pick(&outsiders),
            false => None,
        };
        let sender = match sender {
            Some(sender) => sender,
            None => {
                let present = self.present(chat);
                self.pick(&present).unwrap_or(self.cast.chats[chat].owner)
            }
        };
        self.number += 1;
        let letter = Letter {
            person: self.cast.people[sender].id,
            chat: self.cast.chats[chat].id,
            client_id: format!("{:x}-{}", self.seed, self.number),
            text: text(self.number, self.text),
            due: Some(due),
            again: !self.draw(self.mix.given_up),
        };
        let http = self.draw(self.mix.http);
        self.deliver(sender, chat, letter, http)
    }

    /// Brings a message on its way.
    fn deliver(&mut self, sender: usize, chat: usize, mut letter: Letter, http: bool) -> Act {
        let places = self.devices_of.get(&sender).cloned().unwrap_or_default();
        let places: Vec<usize> = places.into_iter().filter(|place| !self.quiet.contains(place)).collect();
        let place = self.pick(&places).filter(|_| !http);
        let mut twice = self.draw(self.mix.twice);
        let fault = match self.draw(self.mix.fault) {
            true if self.draw(0.2) => {
                twice = true;
                None
            }
            true => Some(Fault::random(&mut self.random, self.mix.longest_fault)),
            false => None,
        };
        let known = Arc::clone(&self.known);
        let copy = letter.clone();
        let remember = move |told: Told| {
            let Told::Ok { id, seq, .. } = told else { return };
            let mut known = lock(&known);
            if known.len() < REMEMBERED {
                known.push(Known {
                    sender,
                    chat,
                    id,
                    seq,
                    letter: copy,
                });
            }
        };
        let Some(place) = place else {
            let (book, link) = (Arc::clone(&self.cast.book), Arc::clone(&self.cast.link));
            let first = match fault {
                Some(_) => self.cast.wild.clone().unwrap_or_else(|| Arc::clone(&link)),
                None => Arc::clone(&link),
            };
            let token = self.cast.people[sender].token.clone();
            letter.due = letter.due.filter(|_| fault.is_none());
            return Box::pin(async move {
                let second = async {
                    if twice {
                        first.send(&book, &letter, &token).await;
                    }
                };
                let (told, ()) = tokio::join!(send(&book, &first, &link, letter.clone(), &token), second);
                remember(told);
            });
        };
        let device = &self.cast.devices[place];
        letter.due = letter.due.filter(|_| device.is_live());
        let (done, told) = oneshot::channel();
        device.tell(Command::Send(Post {
            letter,
            fault,
            twice,
            done: Some(done),
        }));
        Box::pin(async move {
            if let Ok(told) = told.await {
                remember(told);
            }
        })
    }

    /// An acknowledged message.
    fn remembered(&mut self) -> Option<Known> {
        let known = Arc::clone(&self.known);
        let known = lock(&known);
        let count = known.len();
        match count {
            0 => None,
            _ => known.get(self.random.random_range(0..count)).cloned(),
        }
    }

    /// The same, and nobody else gets it.
    fn taken(&mut self) -> Option<Known> {
        let known = Arc::clone(&self.known);
        let mut known = lock(&known);
        let count = known.len();
        match count {
            0 => None,
            _ => Some(known.swap_remove(self.random.random_range(0..count))),
        }
    }

    /// What is done beside sending.
    fn aside(&mut self) {
        if self.draw(self.mix.read) {
            self.say(Command::Read);
        }
        if self.draw(self.mix.typing) {
            self.say(Command::Typing);
        }
        if self.draw(self.mix.drops) {
            let politely = self.draw(0.3);
            let pause = Duration::from_millis(self.random.random_range(0..3000));
            if let Some(place) = self.device() {
                self.cast.devices[place].tell(Command::Drop { politely, pause });
            }
        }
        if self.draw(self.mix.edit) {
            self.edit(true);
        }
        if self.draw(self.mix.delete) {
            self.edit(false);
        }
        if self.draw(self.mix.look) {
            self.look();
        }
        if self.draw(self.mix.moves) {
            self.moves();
        }
    }

    fn device(&mut self) -> Option<usize> {
        let place = self.random.random_range(0..self.cast.devices.len().max(1));
        Some(place).filter(|place| *place < self.cast.devices.len() && !self.quiet.contains(place))
    }

    /// Somebody's device says something about a chat he is in.
    fn say(&mut self, what: fn(i64) -> Command) {
        let chat = self.random.random_range(0..self.cast.chats.len());
        let present = self.present(chat);
        let Some(person) = self.pick(&present) else { return };
        let places = self.devices_of.get(&person).cloned().unwrap_or_default();
        if let Some(place) = self.pick(&places).filter(|place| !self.quiet.contains(place)) {
            self.cast.devices[place].tell(what(self.cast.chats[chat].id));
        }
    }

    /// An author changes or deletes what he wrote.
    fn edit(&mut self, keep: bool) {
        let Some(known) = self.taken() else { return };
        self.number += 1;
        let text = keep.then(|| text(self.number, self.text));
        let (book, link) = (Arc::clone(&self.cast.book), Arc::clone(&self.cast.link));
        let token = self.cast.people[known.sender].token.clone();
        let all = Arc::clone(&self.known);
        self.tasks.spawn(async move {
            let path = format!("/chat/messages/{}/", known.id);
            let start = book.now();
            let answer = match &text {
                Some(text) => link.ask("PATCH", &path, &token, Some(json!({"text": text}))).await,
                None => link.ask("DELETE", &path, &token, None).await,
            };
            let done = match answer {
                Ok((200..=299, _)) => Done::Yes,
                Ok((400..=499 | 503, _)) => Done::No,
                Ok((status, body)) => {
                    book.open()
                        .ill
                        .push(format!("{path} was answered with {status}: {body}"));
                    Done::Unknown
                }
                Err(_) => Done::Unknown,
            };
            let end = book.now();
            book.open().edits.push(Edit {
                person: known.letter.person,
                chat: known.letter.chat,
                message: known.id,
                text: text.clone(),
                start,
                end,
                done,
            });
            // One whose text is not known is left alone.
            if done == Done::Yes && text.is_some() {
                lock(&all).push(known);
            }
        });
    }

    /// A sender looks for what he knows to be stored.
    fn look(&mut self) {
        let Some(known) = self.remembered() else { return };
        // Who may have left meanwhile need not find it.
        if self.cast.chats[known.chat].wanderers.contains(&known.sender) {
            return;
        }
        let (book, link) = (Arc::clone(&self.cast.book), Arc::clone(&self.cast.link));
        let token = self.cast.people[known.sender].token.clone();
        let page = self.draw(0.5);
        self.tasks.spawn(async move {
            let (chat, after) = (known.letter.chat, known.seq - 1);
            let path = match page {
                true => format!("/chat/messages/?chat={chat}&after={after}&limit=1"),
                false => format!("/chat/messages/{}/", known.id),
            };
            let start = book.now();
            let found = match link.ask("GET", &path, &token, None).await {
                Ok((200, body)) if page => body["results"][0]["id"] == known.id,
                Ok((200, body)) => body["id"] == known.id,
                Ok((503, _)) | Err(_) => return,
                Ok(_) => false,
            };
            book.open().looks.push(Look {
                person: known.letter.person,
                chat,
                message: known.id,
                start,
                found,
            });
        });
    }

    /// Somebody comes into a group, or leaves it.
    fn moves(&mut self) {
        let chat = self.random.random_range(0..self.cast.chats.len());
        let all = self.cast.chats[chat].wanderers.clone();
        let Some(person) = self.pick(&all) else { return };
        let added = {
            let mut rooms = lock(&self.rooms);
            if !rooms.moving.insert((chat, person)) {
                return;
            }
            let present = rooms.present.entry(chat).or_default();
            let before = present.len();
            present.retain(|one| *one != person);
            before == present.len()
        };
        // He leaves, or the owner takes him out.
        let by_owner = added || self.draw(0.5);
        let group = &self.cast.chats[chat];
        let (id, user) = (group.id, self.cast.people[person].id);
        let actor = if by_owner { group.owner } else { person };
        let token = self.cast.people[actor].token.clone();
        let (book, link, rooms) = (
            Arc::clone(&self.cast.book),
            Arc::clone(&self.cast.link),
            Arc::clone(&self.rooms),
        );
        self.tasks.spawn(async move {
            let start = book.now();
            let end = loop {
                let answer = match added {
                    true => {
                        let form = json!({"users": user});
                        link.ask("PATCH", &format!("/chat/{id}/"), &token, Some(form)).await
                    }
                    false => {
                        link.ask("DELETE", &format!("/chat/{id}/users/{user}/"), &token, None)
                            .await
                    }
                };
                match answer {
                    Ok((200..=299, _)) => break Some(book.now()),
                    // The first time it was done, and the answer was lost.
                    Ok((404, _)) if !added => break Some(book.now()),
                    Ok((503, _)) | Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                    Ok((status, body)) => {
                        let what = format!("a change of members of chat {id} was answered with {status}: {body}");
                        book.open().ill.push(what);
                        break None;
                    }
                }
            };
            book.open().memberships.push(Membership {
                chat: id,
                person: user,
                added,
                start,
                end,
            });
            let mut rooms = lock(&rooms);
            if added && end.is_some() {
                rooms.present.entry(chat).or_default().push(person);
            }
            rooms.moving.remove(&(chat, person));
        });
    }

    /// The owner of each chat says a last word; the ids of these messages by chat.
    pub async fn last_words(&mut self) -> Vec<Option<i64>> {
        let chats = Arc::clone(&self.cast.chats);
        let mut ids = Vec::new();
        for chat in chats.iter() {
            self.number += 1;
            let letter = Letter {
                person: self.cast.people[chat.owner].id,
                chat: chat.id,
                client_id: format!("{:x}-{}", self.seed, self.number),
                text: text(self.number, self.text),
                due: None,
                again: true,
            };
            let (book, link) = (&self.cast.book, &self.cast.link);
            let said = send(book, link, link, letter, &self.cast.people[chat.owner].token);
            ids.push(match tokio::time::timeout(PATIENCE, said).await {
                Ok(Told::Ok { id, .. }) => Some(id),
                _ => None,
            });
        }
        ids
    }
}

/// Sends over HTTP; if it is to be, until an answer comes.
async fn send(book: &Book, first: &Link, link: &Link, mut letter: Letter, token: &str) -> Told {
    let mut told = first.send(book, &letter, token).await;
    letter.due = None;
    while letter.again && matches!(told, Told::Info { .. } | Told::Fail { status: 503 }) {
        tokio::time::sleep(Duration::from_millis(50)).await;
        told = link.send(book, &letter, token).await;
    }
    told
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A text of its own, of about so many bytes.
fn text(number: usize, bytes: usize) -> String {
    const WORDS: [&str; 8] = ["mâine", "la", "ora", "nouă", "în", "clasa", "a", "șaptea"];
    let mut text = number.to_string();
    for place in 0.. {
        if text.len() >= bytes {
            break;
        }
        text.push(' ');
        text.push_str(WORDS[(number + place) % WORDS.len()]);
    }
    text
}
