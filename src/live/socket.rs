//! One socket, from its first frame to its close: the contract's frames, each answered.
//!
//! A task a socket reads what its client says, carries it out, and reads the log while the socket is behind. What happens
//! meanwhile is written by the hub, past this task. A message is acknowledged after COMMIT and not before; several may be
//! under way, and are acknowledged in the order they were sent.

use std::collections::VecDeque;
use std::future::{poll_fn, Future};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::StreamExt;
use rocket::data::{IoHandler, IoStream};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error as WireError, Message};
use tokio_tungstenite::WebSocketStream;

use super::connection::{wire, Connection, Due, Wire};
use super::frame::{self, Ack, Close, FRAME_MAX};
use super::handshake::{Door, Doors};
use super::hub::{Hub, Place};
use super::replay::{self, Begun, Cursor, View};
use crate::accounts::presence::Here;
use crate::accounts::sessions::Sessions;
use crate::accounts::tokens::{Keys, TokenType};
use crate::accounts::Session;
use crate::chats::members::store as members;
use crate::clock;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::form::Form;
use crate::ids::{ChatId, SessionId, UserId};
use crate::limits::Limits;
use crate::messages::sending::{send_once, Draft, Sent};
use crate::text::{Lang, Text};

/// How long a socket may take to sign in.
const AUTH: Duration = Duration::from_secs(5);
/// How long a client may take to confirm a close.
const FAREWELL: Duration = Duration::from_secs(1);
/// Frames of one client that may be under way; more are not read yet.
const UNDER_WAY: usize = 64;
/// Between two tellings that somebody writes.
const TYPING: Duration = Duration::from_secs(1);
/// Bytes that are read at once; tungstenite holds as many for each socket, and most frames are shorter.
const READ: usize = 256;

/// What sockets need of the server.
pub struct Live {
    pub db: Db,
    pub hub: Arc<Hub>,
    pub sessions: Arc<Sessions>,
    pub keys: Keys,
    pub limits: Limits,
    pub epoch: String,
    pub doors: Arc<Doors>,
}

/// A connection that has just become a socket.
pub struct Newcomer {
    pub live: Arc<Live>,
    pub lang: Lang,
    pub door: Door,
}

#[rocket::async_trait]
impl IoHandler for Newcomer {
    /// Moves the socket into a task of its own, so that the request and all that it holds is freed.
    async fn io(self: Pin<Box<Self>>, io: IoStream) -> io::Result<()> {
        let newcomer = Pin::into_inner(self);
        tokio::spawn(async move {
            // Boxed, as all that a socket needs for a while only: its task has room for what an idle one needs.
            let Some(mut socket) = Box::pin(newcomer.sign_in(io)).await else {
                return;
            };
            let why = socket.serve().await;
            socket.live.hub.dismiss(&socket.connection);
            if let Some(why) = why {
                Box::pin(farewell(socket.frames, why)).await;
            }
        });
        Ok(())
    }
}

type Frames = WebSocketStream<Stream>;

impl Newcomer {
    /// Waits for the first frame and answers it; None where the socket is closed instead.
    async fn sign_in(self: Box<Self>, io: IoStream) -> Option<Socket> {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ)
            .write_buffer_size(0)
            .max_write_buffer_size(FRAME_MAX)
            .max_message_size(Some(FRAME_MAX))
            .max_frame_size(Some(FRAME_MAX));
        let mut frames: Frames = WebSocketStream::from_raw_socket(Stream::Own(io), Role::Server, Some(config)).await;
        let live = Arc::clone(&self.live);
        let refused = match timeout(AUTH, first(&mut frames)).await {
            Err(_) => Close::AuthTimeout,
            Ok(Err(close)) => close?,
            Ok(Ok(form)) => match self.authenticate(form).await {
                Ok(entry) => return self.enter(frames, entry).await,
                Err(close) => close,
            },
        };
        let connection = frames.get_mut().share(live, Connection::nobody)?;
        connection.close(refused);
        let _ = timeout(FAREWELL, poll_fn(|context| connection.poll_due(context))).await;
        farewell(frames, refused).await;
        None
    }

    async fn authenticate(&self, form: Form) -> std::result::Result<Entry, Close> {
        let is_auth = form.value("type").and_then(Value::as_str) == Some("auth");
        let token = form.value("token").and_then(Value::as_str).unwrap_or_default();
        let claims = self.live.keys.read(token, TokenType::Access).ok().filter(|_| is_auth);
        let claims = claims.ok_or(Close::SignedOut)?;
        // Counted before the log is looked at: what is committed from now on is kept for it.
        let place = self.live.hub.place();
        let session = self.live.sessions.find(&self.live.db, SessionId(claims.sid)).await;
        let session = session.map_err(|_| Close::GoingAway)?.ok_or(Close::SignedOut)?;
        if claims.user_id != Some(session.user.0) {
            return Err(Close::SignedOut);
        }
        let since = match form.value("since") {
            None | Some(Value::Null) => Cursor::Now,
            Some(Value::Number(number)) => number
                .as_i64()
                .filter(|id| *id >= 0)
                .map_or(Cursor::Unknown, Cursor::At),
            Some(_) => Cursor::Unknown,
        };
        let same_epoch = match form.value("epoch") {
            None | Some(Value::Null) => true,
            Some(epoch) => epoch.as_str() == Some(&self.live.epoch),
        };
        let begun = self
            .live
            .db
            .read(move |connection| replay::begin(connection, same_epoch, since))
            .await;
        let begun = begun.map_err(|_| Close::GoingAway)?;
        Ok(Entry { session, place, begun })
    }

    /// Shares the stream with the hub and says `ready`.
    async fn enter(self: Box<Self>, mut frames: Frames, entry: Entry) -> Option<Socket> {
        let Newcomer { live, lang, door } = *self;
        let Entry { session, place, begun } = entry;
        let (cursor, head, reset) = match begun {
            Begun::At { cursor, head } => (cursor, head, None),
            Begun::Reset { reason, head } => (head, head, Some(frame::reset(reason, head))),
        };
        futures_util::SinkExt::flush(&mut frames).await.ok()?;
        let connection = frames.get_mut().share(Arc::clone(&live), |wire| {
            Connection::new(&session, wire, cursor, live.hub.seconds())
        })?;
        connection.say(frame::ready(&live.epoch, head, session.user));
        if let Some(reset) = reset {
            connection.say(reset);
        }
        live.hub.admit(&connection);
        let here = live.sessions.presence().enter(session.user);
        let socket = Socket {
            frames,
            connection,
            session,
            lang,
            answers: VecDeque::new(),
            typed: None,
            is_live: false,
            _here: here,
            _door: door,
            _place: place,
            live,
        };
        // What became of it between the look and the admission: nobody would tell it.
        match socket.live.sessions.find(&socket.live.db, socket.session.id).await {
            Ok(Some(session)) => socket.connection.renew(session.expires_at),
            Ok(None) => socket.connection.close(Close::SignedOut),
            Err(_) => socket.connection.close(Close::GoingAway),
        }
        Some(socket)
    }
}

/// Somebody who may come in.
struct Entry {
    session: Arc<Session>,
    place: Place,
    begun: Begun,
}

/// The first frame's fields, or why there are none; None where the client is gone.
async fn first(frames: &mut Frames) -> std::result::Result<Form, Option<Close>> {
    loop {
        return match frames.next().await {
            Some(Ok(Message::Text(text))) => Form::json(text.as_bytes()).map_err(|_| Some(Close::SignedOut)),
            // A close is answered as the next is asked for, and there is none.
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_))) => continue,
            None => Err(None),
            Some(Ok(_)) => Err(Some(Close::SignedOut)),
            Some(Err(error)) => Err(fault(&error)),
        };
    }
}

/// The code that a faulty frame is answered with; None where there is nobody to answer.
fn fault(error: &WireError) -> Option<Close> {
    use tokio_tungstenite::tungstenite::error::ProtocolError::ResetWithoutClosingHandshake;
    match error {
        WireError::Capacity(_) => Some(Close::TooLarge),
        WireError::Utf8(_) => Some(Close::NotText),
        WireError::Protocol(ResetWithoutClosingHandshake) => None,
        WireError::Protocol(_) => Some(Close::Protocol),
        _ => None,
    }
}

/// Waits for the client's side of a close. What he still sends is read, or the network would take our close frame back.
async fn farewell(mut frames: Frames, why: Close) {
    let gone = async {
        match why {
            // What follows a faulty frame can't be told apart any more.
            Close::TooLarge | Close::Protocol | Close::NotText => {
                let _ = tokio::io::copy(frames.get_mut(), &mut tokio::io::sink()).await;
            }
            _ => while let Some(Ok(_)) = frames.next().await {},
        }
    };
    let _ = timeout(FAREWELL, gone).await;
}

/// An answer under way.
type Answer = Pin<Box<dyn Future<Output = Option<Bytes>> + Send>>;

/// The oldest answer, once it is there.
async fn oldest(answers: &mut VecDeque<Answer>) -> Option<Bytes> {
    let answer = answers.front_mut()?.as_mut().await;
    answers.pop_front();
    answer
}

/// A signed-in socket, as its task has it.
struct Socket {
    frames: Frames,
    connection: Arc<Connection>,
    session: Arc<Session>,
    lang: Lang,
    /// In the order they were asked for; what they wait for is under way, whichever is looked at.
    answers: VecDeque<Answer>,
    /// Where its person was last told to be writing, and when.
    typed: Option<(ChatId, Instant)>,
    /// Whether it was told `live`.
    is_live: bool,
    live: Arc<Live>,
    _here: Here,
    _door: Door,
    _place: Place,
}

impl Socket {
    /// Until it is closed; with what its client is waited for then, None where he is gone.
    async fn serve(&mut self) -> Option<Close> {
        let mut why = Close::GoingAway;
        loop {
            let room = self.answers.len() < UNDER_WAY;
            tokio::select! {
                biased;
                due = poll_fn(|context| self.connection.poll_due(context)) => match due {
                    Due::Read(cursor) => Box::pin(self.catch_up(cursor)).await,
                    Due::Leave => {
                        while !self.answers.is_empty() {
                            let answer = oldest(&mut self.answers).await;
                            self.say(answer);
                        }
                        self.connection.close(Close::GoingAway);
                    }
                    Due::Closed => return Some(why),
                    Due::Broken => return None,
                },
                answer = oldest(&mut self.answers), if !self.answers.is_empty() => self.say(answer),
                frame = self.frames.next(), if room => match frame {
                    Some(Ok(frame)) => self.hear(frame),
                    Some(Err(error)) => match fault(&error) {
                        Some(close) => {
                            why = close;
                            self.connection.close(close);
                        }
                        None => return None,
                    },
                    // Its client has closed it, and is answered already.
                    None => self.connection.finish(),
                },
            }
        }
    }

    fn say(&self, answer: Option<Bytes>) {
        if let Some(answer) = answer {
            self.connection.say(answer);
        }
    }

    /// Reads a part of what was missed; where nothing is left after it, the hub takes over.
    async fn catch_up(&mut self, cursor: i64) {
        let (user, live) = (self.session.user, Arc::clone(&self.live));
        let missed = self.live.db.read(move |connection| {
            let view = View {
                sessions: &live.sessions,
                frames: live.hub.frames(),
                recent: live.hub.recent(),
                moment: live.hub.frames().moment(),
            };
            replay::missed(view, connection, user, cursor)
        });
        let missed = missed.await;
        let missed = match missed {
            Ok(missed) => missed,
            Err(error) => {
                tracing::warn!(?error, "a socket could not read the log");
                return self.connection.close(Close::TooSlow);
            }
        };
        self.connection.replay(missed.frames, missed.cursor);
        let Some(chats) = missed.chats else { return };
        let frame = (!self.is_live).then(|| frame::live(missed.cursor));
        let first = frame.is_some();
        if self.live.hub.join(&self.connection, missed.cursor, &chats, frame) {
            self.is_live = true;
            if first {
                self.live.hub.welcome(&self.connection);
            }
        }
    }

    /// Carries out what the client says.
    fn hear(&mut self, frame: Message) {
        self.live.sessions.touch(&self.live.db, &self.session, clock::now());
        if self.connection.is_closing() {
            return;
        }
        if self.live.limits.frame(self.session.user).is_err() {
            return self.connection.close(Close::Flood);
        }
        let text = match frame {
            Message::Text(text) => text,
            Message::Binary(_) => return self.connection.close(Close::Unsupported),
            _ => return,
        };
        let outcome = Form::json(text.as_bytes()).and_then(|form| self.carry_out(form));
        if let Err(error) = outcome {
            self.connection.say(frame::error(&error, self.lang));
        }
    }

    fn carry_out(&mut self, mut form: Form) -> Result<()> {
        let kind = form
            .value("type")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        match kind.as_str() {
            "send" => self.send(form),
            "typing" => {
                let chat = ChatId(form.required_id("chat_id"));
                form.finish()?;
                return self.typing(chat);
            }
            "read" => {
                let chat = ChatId(form.required_id("chat_id"));
                let seq = form.integer("seq", 0);
                form.finish()?;
                self.read(chat, seq);
            }
            "ping" => self.connection.say(frame::pong()),
            "pong" => {}
            _ => return Err(Error::Malformed(Text::FrameUnknown, Some("unknown_type"))),
        }
        Ok(())
    }

    fn send(&mut self, mut form: Form) {
        let client_id = form.value("client_id").cloned().unwrap_or_default();
        let (user, lang) = (self.session.user, self.lang);
        let queued = self.queue(&mut form, user, client_id.clone());
        self.answers.push_back(Box::pin(async move {
            let sent = match queued {
                Ok(sent) => sent.await,
                Err(error) => Err(error),
            };
            Some(sent.unwrap_or_else(|error| {
                if let Error::Internal(source) = &error {
                    tracing::error!(error = %source, "a message over a socket failed inside");
                }
                frame::nack(&client_id, &error, lang)
            }))
        }));
    }

    /// Queues a message; its acknowledgement.
    fn queue(
        &self,
        form: &mut Form,
        user: UserId,
        client_id: Value,
    ) -> Result<impl Future<Output = Result<Bytes>> + Send + 'static> {
        self.live.limits.message(user)?;
        let draft = Draft::read(form, None, user)?;
        let place = draft.chat;
        let (new, lang) = (draft.with(form, None, None), self.lang);
        std::mem::take(form).finish()?;
        let sent = self.live.db.write(move |tx| send_once(tx, place, user, new));
        Ok(async move {
            let row = match sent.await? {
                Sent::There(row, _) => row,
                Sent::Waits(_) => return Ok(frame::held(&client_id, lang)),
            };
            frame::text(&Ack {
                frame: "ack",
                client_id: row.client_id.as_deref(),
                id: row.id.0,
                seq: row.seq,
                event_id: row.event_id,
                time: &clock::rfc3339(row.time),
            })
        })
    }

    fn read(&mut self, chat: ChatId, seq: i64) {
        let (user, lang) = (self.session.user, self.lang);
        let read = self.live.db.write(move |tx| {
            let member = members::member(tx, chat, user)?;
            members::update_read(tx, &member, seq)
        });
        self.answers.push_back(Box::pin(async move {
            read.await.err().map(|error| frame::error(&error, lang))
        }));
    }

    fn typing(&mut self, chat: ChatId) -> Result<()> {
        let user = self.session.user;
        match self.live.hub.is_member(user, chat) {
            Some(true) => {}
            Some(false) => return Err(Error::not_found()),
            // While it reads the log it is in no chat yet, or not any more for a while; nobody misses this.
            None => return Ok(()),
        }
        let told = self
            .typed
            .is_some_and(|(told, at)| told == chat && at.elapsed() < TYPING);
        if !told {
            self.typed = Some((chat, Instant::now()));
            self.live.hub.mention(chat, Some(user), frame::typing(chat, user));
        }
        Ok(())
    }
}

/// A socket's bytes, as tungstenite reads and answers them.
enum Stream {
    /// Nobody else's.
    Own(IoStream),
    /// The hub writes, and this after what waits.
    Shared(Arc<Connection>, Arc<Live>),
    /// On its way from the one to the other.
    Between,
}

impl Stream {
    /// Has the hub write to it from now on, as this connection; None where it does already.
    fn share(&mut self, live: Arc<Live>, connection: impl FnOnce(Wire) -> Connection) -> Option<Arc<Connection>> {
        let Stream::Own(io) = std::mem::replace(self, Stream::Between) else {
            return None;
        };
        let connection = Arc::new(connection(wire(io)));
        *self = Stream::Shared(Arc::clone(&connection), live);
        Some(connection)
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Stream::Own(io) => Pin::new(io).poll_read(context, out),
            Stream::Shared(connection, live) => {
                let polled = connection.poll_read(context, out);
                if let Poll::Ready(Ok(())) = polled {
                    connection.hear(live.hub.seconds());
                }
                polled
            }
            Stream::Between => Poll::Ready(Ok(())),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut *self {
            Stream::Own(io) => Pin::new(io).poll_write(context, bytes),
            Stream::Shared(connection, _) => {
                // Tungstenite writes whole frames: answers to pings and closes.
                connection.say(Bytes::copy_from_slice(bytes));
                Poll::Ready(Ok(bytes.len()))
            }
            Stream::Between => Poll::Ready(Ok(bytes.len())),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Stream::Own(io) => Pin::new(io).poll_flush(context),
            Stream::Shared(..) | Stream::Between => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
