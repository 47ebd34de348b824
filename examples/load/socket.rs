//! A device: somebody's socket, which comes back after each break with the cursor it had, and writes down all it hears.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Deserialize;
use serde_json::{json, Value};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{timeout, Instant};
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::WebSocketStream;

use super::history::{digest, Book, Entry, Heard, Kind, Micros, Stream, Told, Wire};
use super::http::{refused, Letter, Link};
use super::people::Person;
use super::proxy::{Fault, Proxy};
use super::Outcome;

/// Longest a connection, a write and an answer may take before the client gives the connection up.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks at what is due.
const TICK: Duration = Duration::from_millis(200);

/// What a device is to do.
pub enum Command {
    Send(Post),
    /// Says that he types.
    Typing(i64),
    /// Says that he has read what he has heard of a chat.
    Read(i64),
    /// Breaks the connection and comes back after a pause.
    Drop {
        politely: bool,
        pause: Duration,
    },
    /// Breaks the connection and stays away.
    Leave,
    /// Comes back.
    Return,
    /// Stops reading, or reads on; it goes on saying that it is there.
    Stall(bool),
    /// Answers once it has heard of all these messages.
    Await(HashSet<i64>, oneshot::Sender<()>),
    End,
}

/// A message that goes by the socket.
pub struct Post {
    pub letter: Letter,
    /// What happens to the connection when it is sent.
    pub fault: Option<Fault>,
    /// Whether it is sent twice, one right after the other.
    pub twice: bool,
    /// Who wants to know what came of it.
    pub done: Option<oneshot::Sender<Told>>,
}

/// Where a device stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Away,
    /// Connected, and hearing what it missed.
    Coming,
    /// Since then.
    Live(Micros),
}

/// How a device connects.
#[derive(Clone)]
pub struct Setting {
    pub book: Arc<Book>,
    pub link: Arc<Link>,
    pub proxy: Option<Arc<Proxy>>,
    /// Whether the system keeps little for it while it doesn't read, as on a network; on one machine it keeps megabytes.
    pub narrow: bool,
}

/// A device at work.
pub struct Device {
    /// Whose it is: a place in the list of people.
    pub person: usize,
    commands: mpsc::UnboundedSender<Command>,
    state: watch::Receiver<State>,
    task: JoinHandle<Stream>,
}

impl Device {
    /// Starts a device of this person; it connects at once.
    pub fn start(place: usize, person: &Person, setting: &Setting, seed: u64) -> Device {
        let (commands, orders) = mpsc::unbounded_channel();
        let (report, state) = watch::channel(State::Away);
        let worker = Worker {
            setting: setting.clone(),
            person: person.clone(),
            random: StdRng::seed_from_u64(seed),
            commands: orders,
            state: report,
            entries: Vec::new(),
            epoch: None,
            cursor: None,
            outbox: VecDeque::new(),
            waiting: Vec::new(),
            created: HashSet::new(),
            seqs: HashMap::new(),
            awaited: Vec::new(),
            stalled: false,
            away: false,
            ended: false,
            ping: Duration::from_secs(25),
        };
        Device {
            person: place,
            commands,
            state,
            task: tokio::spawn(worker.run()),
        }
    }

    /// Gives it something to do.
    pub fn tell(&self, command: Command) {
        // It may have ended; then there is nothing to do.
        let _ = self.commands.send(command);
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        *self.state.borrow()
    }

    /// Whether it hears what happens as it happens.
    pub fn is_live(&self) -> bool {
        matches!(self.state(), State::Live(_))
    }

    /// Waits until it is live after this moment; since when, or None where it was not in time.
    pub async fn live_after(&self, after: Micros, limit: Duration) -> Option<Micros> {
        let mut state = self.state.clone();
        let live = state.wait_for(|state| matches!(state, State::Live(since) if *since >= after));
        let live = *timeout(limit, live).await.ok()?.ok()?;
        match live {
            State::Live(since) => Some(since),
            State::Away | State::Coming => None,
        }
    }

    /// Waits until it is away.
    pub async fn gone(&self) {
        let _ = self.state.clone().wait_for(|state| *state == State::Away).await;
    }

    /// Ends it; all it heard.
    pub async fn end(self) -> Outcome<Stream> {
        self.tell(Command::End);
        Ok(self.task.await?)
    }
}

type Socket = WebSocketStream<TcpStream>;

/// A send that is not answered yet.
struct Waiting {
    letter: Letter,
    start: Micros,
    since: Instant,
    /// False for the second of two equal frames.
    first: bool,
    done: Option<oneshot::Sender<Told>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Asking,
    Replaying,
    Live,
}

/// How long to stay away after a connection.
type Pause = Duration;

/// How a connection ended.
enum End {
    /// By the device itself.
    Own,
    /// By the server, with a code if it said one, or by the network.
    Broken(Option<u16>),
}

struct Worker {
    setting: Setting,
    person: Person,
    random: StdRng,
    commands: mpsc::UnboundedReceiver<Command>,
    state: watch::Sender<State>,
    entries: Vec<Entry>,
    epoch: Option<String>,
    /// Up to where it has heard everything.
    cursor: Option<i64>,
    outbox: VecDeque<Post>,
    waiting: Vec<Waiting>,
    created: HashSet<i64>,
    seqs: HashMap<i64, i64>,
    awaited: Vec<(HashSet<i64>, oneshot::Sender<()>)>,
    stalled: bool,
    away: bool,
    ended: bool,
    ping: Duration,
}

impl Worker {
    async fn run(mut self) -> Stream {
        while !self.ended {
            if self.away {
                self.idle(None).await;
                continue;
            }
            let pause = match timeout(PATIENCE, self.connect()).await {
                Ok(Ok(socket)) => self.converse(socket).await,
                _ => self.moment(),
            };
            self.state.send_replace(State::Away);
            self.unanswered("the connection broke");
            self.idle(Some(pause)).await;
        }
        Stream {
            person: self.person.id,
            entries: self.entries,
        }
    }

    fn now(&self) -> Micros {
        self.setting.book.now()
    }

    fn odd(&mut self, what: impl Into<String>) {
        let (at, what) = (self.now(), what.into());
        self.entries.push(Entry::Odd { at, what });
    }

    /// A short time to stay away: not the same for everybody.
    fn moment(&mut self) -> Pause {
        Duration::from_millis(self.random.random_range(20..200))
    }

    /// Does what is asked until the pause is over, or without one until it is told to come back.
    async fn idle(&mut self, pause: Option<Pause>) {
        let until = pause.map(|pause| Instant::now() + pause);
        while !self.ended && (pause.is_some() || self.away) {
            let command = match until {
                Some(until) => match tokio::time::timeout_at(until, self.commands.recv()).await {
                    Ok(command) => command,
                    Err(_) => return,
                },
                None => self.commands.recv().await,
            };
            match command {
                Some(command) => self.obey(command),
                None => self.ended = true,
            }
        }
    }

    /// What needs no connection.
    fn obey(&mut self, command: Command) {
        match command {
            Command::Send(post) => self.outbox.push_back(post),
            Command::Leave => self.away = true,
            Command::Return => self.away = false,
            Command::Stall(stalled) => self.stalled = stalled,
            Command::Await(mut ids, done) => {
                ids.retain(|id| !self.created.contains(id));
                if ids.is_empty() {
                    let _ = done.send(());
                } else {
                    self.awaited.push((ids, done));
                }
            }
            Command::End => self.ended = true,
            Command::Typing(_) | Command::Read(_) | Command::Drop { .. } => {}
        }
    }

    async fn connect(&mut self) -> Outcome<Socket> {
        let host = self.setting.link.host();
        let stream = match self.setting.narrow {
            true => narrow()?.connect(host.parse()?).await?,
            false => TcpStream::connect(&host).await?,
        };
        stream.set_nodelay(true)?;
        match tokio_tungstenite::client_async(format!("ws://{host}/ws/"), stream).await {
            Ok((socket, _)) => Ok(socket),
            Err(tungstenite::Error::Http(response)) => {
                let status = response.status().as_u16();
                // A server that stops refuses.
                if status != 503 {
                    self.odd(format!("the socket was answered with {status}"));
                    self.away = true;
                }
                Err("no socket".into())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// One connection from its beginning to its end; how long to stay away then.
    async fn converse(&mut self, mut socket: Socket) -> Pause {
        let at = self.now();
        self.entries.push(Entry::Opened { at, since: self.cursor });
        let mut hello = json!({"type": "auth", "token": self.person.token});
        if let (Some(epoch), Some(cursor)) = (&self.epoch, self.cursor) {
            hello["epoch"] = epoch.as_str().into();
            hello["since"] = cursor.into();
        }
        let (pause, end) = match write(&mut socket, &hello).await {
            Ok(()) => self.talk(&mut socket).await,
            Err(_) => (self.moment(), End::Broken(None)),
        };
        let at = self.now();
        self.entries.push(match end {
            End::Own => Entry::Left { at },
            End::Broken(code) => Entry::Closed { at, code },
        });
        pause
    }

    async fn talk(&mut self, socket: &mut Socket) -> (Pause, End) {
        let mut phase = Phase::Asking;
        let mut tick = tokio::time::interval(TICK);
        let (mut pinged, mut heard) = (Instant::now(), Instant::now());
        loop {
            let written = tokio::select! {
                command = self.commands.recv() => match command {
                    None | Some(Command::End) => {
                        self.ended = true;
                        let _ = timeout(TICK, socket.close(None)).await;
                        return (Duration::ZERO, End::Own);
                    }
                    Some(Command::Leave) => {
                        self.away = true;
                        return (Duration::ZERO, End::Own);
                    }
                    Some(Command::Drop { politely, pause }) => {
                        if politely {
                            let _ = timeout(TICK, socket.close(None)).await;
                        }
                        return (pause, End::Own);
                    }
                    Some(Command::Typing(chat)) => write(socket, &json!({"type": "typing", "chat_id": chat})).await,
                    Some(Command::Read(chat)) => match self.seqs.get(&chat) {
                        Some(seq) => write(socket, &json!({"type": "read", "chat_id": chat, "seq": seq})).await,
                        None => Ok(()),
                    },
                    Some(command) => {
                        self.obey(command);
                        heard = Instant::now();
                        Ok(())
                    }
                },
                frame = socket.next(), if !self.stalled => {
                    heard = Instant::now();
                    match frame {
                        Some(Ok(Message::Text(text))) => match self.hear(text.as_str(), &mut phase).await {
                            Some(answer) => write(socket, &answer).await,
                            None => Ok(()),
                        },
                        Some(Ok(Message::Close(frame))) => {
                            return (self.moment(), End::Broken(frame.map(|frame| frame.code.into())));
                        }
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
                        Some(Ok(other)) => {
                            self.odd(format!("a frame that is no text: {other:?}"));
                            Ok(())
                        }
                        Some(Err(_)) | None => return (self.moment(), End::Broken(None)),
                    }
                }
                _ = tick.tick() => {
                    let silent = !self.stalled && heard.elapsed() > 2 * self.ping + PATIENCE;
                    let unanswered = !self.stalled && self.waiting.iter().any(|one| one.since.elapsed() > PATIENCE);
                    if silent || unanswered {
                        return (self.moment(), End::Own);
                    }
                    if phase != Phase::Asking && pinged.elapsed() > self.ping {
                        pinged = Instant::now();
                        write(socket, &json!({"type": "ping"})).await
                    } else {
                        Ok(())
                    }
                }
            };
            let sent = match (written, phase) {
                (Ok(()), Phase::Asking) => Ok(()),
                (Ok(()), _) => self.send(socket).await,
                (Err(error), _) => Err(error),
            };
            if sent.is_err() {
                // What the server said before it closed may still be there.
                let code = self.rest(socket, &mut phase).await;
                return (self.moment(), End::Broken(code));
            }
        }
    }

    /// Hears what is left on a broken connection; the code it was closed with.
    async fn rest(&mut self, socket: &mut Socket, phase: &mut Phase) -> Option<u16> {
        while let Ok(Some(Ok(frame))) = timeout(TICK, socket.next()).await {
            match frame {
                Message::Text(text) => {
                    self.hear(text.as_str(), phase).await;
                }
                Message::Close(frame) => return frame.map(|frame| frame.code.into()),
                _ => {}
            }
        }
        None
    }

    /// Sends what waits to be sent.
    async fn send(&mut self, socket: &mut Socket) -> Outcome<()> {
        while let Some(post) = self.outbox.pop_front() {
            let letter = post.letter;
            let frame = json!({
                "type": "send", "client_id": letter.client_id, "chat_id": letter.chat, "text": letter.text, "reply_to": null
            });
            if let (Some(proxy), Some(fault)) = (&self.setting.proxy, post.fault) {
                proxy.arm(socket.get_ref().local_addr()?, fault);
            }
            let mut one = Waiting {
                letter,
                start: self.now(),
                since: Instant::now(),
                first: true,
                done: post.done,
            };
            let second = post.twice.then(|| Waiting {
                letter: one.letter.clone(),
                first: false,
                done: None,
                ..one
            });
            one.letter.due = one.letter.due.filter(|_| post.fault.is_none());
            self.waiting.push(one);
            write(socket, &frame).await?;
            if let Some(second) = second {
                self.waiting.push(second);
                write(socket, &frame).await?;
            }
        }
        Ok(())
    }

    /// Writes down that no answer came; what is sent until one comes is sent again.
    fn unanswered(&mut self, why: &str) {
        let end = self.now();
        for one in std::mem::take(&mut self.waiting).into_iter().rev() {
            let told = Told::Info { why: why.to_owned() };
            self.note(&one, end, told.clone());
            self.again(one, told);
        }
    }

    fn note(&self, one: &Waiting, end: Micros, told: Told) {
        let attempt = one.letter.attempt(Wire::Socket, one.start, end, told);
        self.setting.book.open().attempts.push(attempt);
    }

    /// Sends a message again that had no answer, or tells who asked what came of it.
    fn again(&mut self, one: Waiting, told: Told) {
        if !one.first {
            return;
        }
        if one.letter.again && !self.ended {
            let letter = Letter {
                due: None,
                ..one.letter
            };
            self.outbox.push_front(Post {
                letter,
                fault: None,
                twice: false,
                done: one.done,
            });
        } else if let Some(done) = one.done {
            let _ = done.send(told);
        }
    }

    fn answered(&mut self, client_id: &str, told: Told) {
        let Some(place) = self.waiting.iter().position(|one| one.letter.client_id == client_id) else {
            self.odd(format!("an answer to {client_id:?}, which was not sent here: {told:?}"));
            return;
        };
        let mut one = self.waiting.remove(place);
        self.note(&one, self.now(), told.clone());
        if told == (Told::Fail { status: 503 }) {
            self.again(one, told);
        } else if one.first {
            if let Some(done) = one.done.take() {
                let _ = done.send(told);
            }
        }
    }

    /// Takes a frame; what is to be answered.
    async fn hear(&mut self, text: &str, phase: &mut Phase) -> Option<Value> {
        let at = self.now();
        let frame: Frame<'_> = match serde_json::from_str(text) {
            Ok(frame) => frame,
            Err(error) => {
                self.odd(format!("{error}: {}", text.chars().take(300).collect::<String>()));
                return None;
            }
        };
        match (&*frame.frame, *phase) {
            ("event", Phase::Replaying | Phase::Live) => match frame.heard(at, *phase == Phase::Live) {
                Some(heard) => self.event(heard),
                None => self.odd(format!("an event without its parts: {text}")),
            },
            ("ack", Phase::Replaying | Phase::Live) => match (&frame.client_id, frame.id, frame.seq, frame.event_id) {
                (Some(name), Some(id), Some(seq), Some(event)) => {
                    let event = Some(event);
                    self.answered(name, Told::Ok { id, seq, event });
                }
                _ => self.odd(format!("an ack without its parts: {text}")),
            },
            ("nack", Phase::Replaying | Phase::Live) => match (&frame.client_id, frame.status) {
                (Some(name), Some(status)) => {
                    let detail = frame.detail.as_deref().into();
                    let told = refused(&self.setting.book, "send", status, &detail);
                    self.answered(name, told);
                }
                _ => self.odd(format!("a nack without its parts: {text}")),
            },
            ("ready", Phase::Asking) => self.ready(&frame, at, phase),
            ("reset", Phase::Replaying) => match frame.cursor {
                Some(cursor) => self.reset(at, cursor, frame.reason.as_deref()).await,
                None => self.odd(format!("a reset without its cursor: {text}")),
            },
            ("live", Phase::Replaying) => match frame.cursor {
                Some(cursor) => {
                    *phase = Phase::Live;
                    self.entries.push(Entry::Live { at, cursor });
                    self.cursor = self.cursor.max(Some(cursor));
                    self.state.send_replace(State::Live(at));
                }
                None => self.odd(format!("live without its cursor: {text}")),
            },
            ("typing" | "seen", Phase::Replaying | Phase::Live) => match frame.chat_id {
                Some(chat) => self.entries.push(Entry::Aside { at, chat }),
                None => self.odd(format!("an aside without its chat: {text}")),
            },
            ("presence", Phase::Replaying | Phase::Live) => {
                let people = frame.users.unwrap_or_default();
                let people = people.iter().map(|one| one.user_id).collect();
                self.entries.push(Entry::Presence { at, people });
            }
            ("ping", _) => return Some(json!({"type": "pong"})),
            ("pong", _) => {}
            _ => self.odd(format!("not now: {}", text.chars().take(300).collect::<String>())),
        }
        None
    }

    fn ready(&mut self, frame: &Frame<'_>, at: Micros, phase: &mut Phase) {
        let (Some(epoch), Some(head)) = (frame.epoch.as_deref(), frame.head) else {
            self.odd("ready without its epoch or head");
            return;
        };
        if frame.user_id != Some(self.person.id) {
            self.odd(format!("ready for {:?}", frame.user_id));
        }
        if self.epoch.as_deref().is_some_and(|known| known != epoch) {
            self.odd(format!("another epoch, {epoch}"));
        }
        self.ping = frame.ping_seconds.map_or(self.ping, Duration::from_secs);
        self.epoch = Some(epoch.to_owned());
        self.cursor.get_or_insert(head);
        self.entries.push(Entry::Ready { at, head });
        self.state.send_replace(State::Coming);
        *phase = Phase::Replaying;
    }

    async fn reset(&mut self, at: Micros, cursor: i64, reason: Option<&str>) {
        let reason = reason.unwrap_or_default().to_owned();
        self.entries.push(Entry::Reset { at, cursor, reason });
        self.cursor = Some(cursor);
        // Without an answer there is no snapshot, and the judge says so.
        if let Ok((200, snapshot)) = self
            .setting
            .link
            .ask("GET", "/chat/sync/", &self.person.token, None)
            .await
        {
            if let Some(cursor) = snapshot["cursor"].as_i64() {
                let at = self.now();
                self.entries.push(Entry::Snapshot { at, cursor });
            }
        }
    }

    fn event(&mut self, heard: Heard) {
        self.cursor = self.cursor.max(Some(heard.id));
        self.entries.push(Entry::Event(heard));
        if heard.kind != Kind::Created {
            return;
        }
        self.created.insert(heard.subject);
        self.seqs.insert(heard.chat, heard.seq);
        let mut place = 0;
        while let Some((ids, _)) = self.awaited.get_mut(place) {
            ids.remove(&heard.subject);
            if ids.is_empty() {
                let _ = self.awaited.swap_remove(place).1.send(());
            } else {
                place += 1;
            }
        }
    }
}

/// A TCP socket with a small buffer and small segments: the other side's buffer is made by their size.
fn narrow() -> Outcome<TcpSocket> {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None)?;
    socket.set_recv_buffer_size(4096)?;
    #[cfg(unix)]
    socket.set_tcp_mss(536)?;
    socket.set_nonblocking(true)?;
    Ok(TcpSocket::from_std_stream(socket.into()))
}

async fn write(socket: &mut Socket, frame: &Value) -> Outcome<()> {
    Ok(timeout(PATIENCE, socket.send(Message::text(frame.to_string()))).await??)
}

/// Any frame of the server's.
#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(rename = "type", borrow)]
    frame: Cow<'a, str>,
    id: Option<i64>,
    kind: Option<Cow<'a, str>>,
    chat_id: Option<i64>,
    data: Option<Data<'a>>,
    client_id: Option<Cow<'a, str>>,
    seq: Option<i64>,
    event_id: Option<i64>,
    status: Option<u16>,
    detail: Option<Cow<'a, str>>,
    epoch: Option<Cow<'a, str>>,
    head: Option<i64>,
    user_id: Option<i64>,
    ping_seconds: Option<u64>,
    cursor: Option<i64>,
    reason: Option<Cow<'a, str>>,
    users: Option<Vec<Present>>,
}

#[derive(Deserialize)]
struct Present {
    user_id: i64,
}

/// What an event is about: a message, a chat, a person, a membership or a mark.
#[derive(Deserialize)]
struct Data<'a> {
    id: Option<i64>,
    user_id: Option<i64>,
    seq: Option<i64>,
    from_user: Option<i64>,
    client_id: Option<Cow<'a, str>>,
    text: Option<Cow<'a, str>>,
    deleted: Option<bool>,
}

impl Frame<'_> {
    fn heard(&self, at: Micros, live: bool) -> Option<Heard> {
        let (kind, data) = (self.kind.as_deref()?, self.data.as_ref()?);
        let (kind, subject) = match kind {
            "message.created" => (Kind::Created, data.id?),
            "message.updated" => (Kind::Updated, data.id?),
            "message.deleted" => (Kind::Deleted, data.id?),
            "chat.created" | "chat.updated" => (Kind::Chat, data.id?),
            "member.added" => (Kind::Added, data.user_id?),
            "member.removed" => (Kind::Removed, data.user_id?),
            "user.updated" => (Kind::User, data.id?),
            "read" => (Kind::Read, data.user_id?),
            _ => return None,
        };
        let message = matches!(kind, Kind::Created | Kind::Updated | Kind::Deleted);
        if message && (data.seq.is_none() || data.from_user.is_none() || data.text.is_none()) {
            return None;
        }
        Some(Heard {
            at,
            id: self.id?,
            kind,
            chat: self.chat_id.unwrap_or_default(),
            subject,
            seq: data.seq.unwrap_or_default(),
            from: data.from_user.unwrap_or_default(),
            name: digest(data.client_id.as_deref().unwrap_or_default()),
            text: digest(data.text.as_deref().unwrap_or_default()),
            deleted: data.deleted.unwrap_or_default(),
            live,
        })
    }
}
