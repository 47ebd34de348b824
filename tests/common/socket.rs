//! WebSockets of the people of a test: `on_bob.event().await`.
//!
//! Promise: a [`Socket`] gives every text frame once and in the order it came, as text and as JSON. A verb that waits for
//! one kind of frame keeps the others for the next verb; what is thrown away says so. Silence is proved by what comes
//! next, not by a clock. Underneath it is a plain connection: [`Socket::raw`] sends any bytes.

use super::golden::{assert_is, assert_shows};
use super::{raw, within, App, Chat, Cursor, Message, Reply, User};
use futures_util::{SinkExt, StreamExt};
use serde_json::{json, Value};
use std::collections::VecDeque;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::WebSocketStream;

/// The header lines of a handshake; the key and the answer to it are those of RFC 6455, 1.3.
pub const HANDSHAKE: [&str; 4] = [
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// A WebSocket, signed in or not.
pub struct Socket {
    stream: WebSocketStream<TcpStream>,
    /// Whose it is, as a failing assertion shows it.
    who: String,
    /// The frame that greeted it.
    pub ready: Value,
    /// What came between `ready` and `live`, byte for byte.
    pub missed: Vec<String>,
    /// Where `live` says it is.
    pub cursor: i64,
    /// Came while something else was waited for.
    kept: VecDeque<String>,
    /// Frames of WebSocket's own that came likewise.
    pongs: VecDeque<Vec<u8>>,
    code: Option<u16>,
    ended: bool,
}

/// A client's frame with this first byte, masked.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [0x11, 0x22, 0x33, 0x44];
    let mut frame = vec![first];
    match payload.len() {
        length @ 0..=125 => frame.push(0x80 | length as u8),
        length @ 126..=0xFFFF => {
            frame.push(0x80 | 126);
            frame.extend((length as u16).to_be_bytes());
        }
        length => {
            frame.push(0x80 | 127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend(mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// A whole text frame.
pub fn text_frame(text: &str) -> Vec<u8> {
    frame(0x81, text.as_bytes())
}

/// A text of exactly this many bytes that is JSON: a ping with a long field that nobody asks for.
pub fn long_ping(bytes: usize) -> String {
    let start = r#"{"type":"ping","more":""#;
    format!("{start}{}\"}}", "x".repeat(bytes - start.len() - 2))
}

/// The type of a frame.
pub fn type_of(frame: &Value) -> &str {
    frame["type"]
        .as_str()
        .unwrap_or_else(|| panic!("a frame without a type: {frame}"))
}

/// The id of an event.
pub fn id_of(event: &Value) -> i64 {
    event["id"]
        .as_i64()
        .unwrap_or_else(|| panic!("an event without an id: {event}"))
}

/// What a frame says.
pub fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("a frame that is not JSON ({error}): {text}"))
}

impl App {
    /// Asks for a socket with a request line and header lines of one's own; the answer, and the connection.
    pub async fn knock(&self, request_line: &str, headers: &[&str]) -> (Reply, TcpStream) {
        knock(
            TcpStream::connect(self.host()).await.expect("a connection"),
            &self.host(),
            request_line,
            headers,
        )
        .await
    }

    /// A socket that has not said who it is.
    pub async fn stranger(&self) -> Socket {
        Socket::open(&self.host(), &[]).await
    }
}

/// Says a request on a connection and reads its answer, and not a byte more.
async fn knock(mut stream: TcpStream, host: &str, request_line: &str, headers: &[&str]) -> (Reply, TcpStream) {
    let mut request = format!("{request_line}\r\nHost: {host}\r\n");
    for header in headers {
        request.push_str(&format!("{header}\r\n"));
    }
    request.push_str("\r\n");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("a connection that takes a request");
    let reply = answer(&mut stream, request_line).await;
    (reply, stream)
}

/// Reads one answer.
pub async fn answer(stream: &mut TcpStream, what: &str) -> Reply {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        match within(what, stream.read_u8()).await {
            Ok(byte) => bytes.push(byte),
            Err(error) => panic!("{what}: no answer ({error}): {:?}", String::from_utf8_lossy(&bytes)),
        }
    }
    let head = raw::parse(what, &bytes);
    let mut body = vec![0; head.header("content-length").parse().unwrap_or(0)];
    within(what, stream.read_exact(&mut body)).await.expect("a whole body");
    bytes.extend(body);
    raw::parse(what, &bytes)
}

impl User {
    /// Opens a socket and signs in; told from now on.
    pub async fn socket(&self) -> Socket {
        let socket = self.sign_in(&[], json!({})).await;
        assert!(socket.missed.is_empty(), "{}: {:?}", self.name, socket.missed);
        assert_eq!(
            socket.ready["head"], socket.cursor,
            "nothing happened meanwhile, or it would have been told"
        );
        socket
    }

    /// Opens a socket whose errors are in another language.
    pub async fn socket_in(&self, language: &str) -> Socket {
        self.sign_in(&[&format!("Accept-Language: {language}")], json!({}))
            .await
    }

    /// Opens a socket that goes on from a place in the log.
    pub async fn resume(&self, from: &Cursor) -> Socket {
        self.sign_in(&[], json!({"epoch": from.epoch, "since": from.id})).await
    }

    /// Opens a socket and signs in with these fields beside the token.
    pub async fn sign_in(&self, headers: &[&str], fields: Value) -> Socket {
        let mut socket = Socket::open(&self.host(), headers).await;
        socket.say(self.auth(fields)).await;
        socket.enter(self).await
    }

    /// The first frame, with these fields beside the token.
    pub fn auth(&self, fields: Value) -> Value {
        let mut auth = json!({"type": "auth", "token": self.access});
        for (name, value) in fields.as_object().expect("fields") {
            auth[name] = value.clone();
        }
        auth
    }
}

impl Socket {
    /// A socket that has not said who it is, its handshake with these header lines more.
    pub async fn open(host: &str, headers: &[&str]) -> Socket {
        let stream = TcpStream::connect(host).await.expect("a connection");
        Socket::over(stream, host, headers).await
    }

    /// Such a socket, on which the system holds few bytes that were not read yet.
    pub async fn narrow(host: &str) -> Socket {
        let socket = TcpSocket::new_v4().expect("a connection");
        socket.set_recv_buffer_size(4096).expect("a small buffer");
        let stream = socket
            .connect(host.parse().expect("an address"))
            .await
            .expect("a connection");
        Socket::over(stream, host, &[]).await
    }

    async fn over(stream: TcpStream, host: &str, headers: &[&str]) -> Socket {
        let lines: Vec<&str> = HANDSHAKE.iter().chain(headers).copied().collect();
        let (reply, stream) = knock(stream, host, "GET /ws/ HTTP/1.1", &lines).await;
        Socket::upgraded(reply, stream).await
    }

    /// The socket that a connection becomes by this answer.
    pub async fn upgraded(reply: Reply, stream: TcpStream) -> Socket {
        let reply = reply.is(101);
        assert_eq!(reply.header("sec-websocket-accept"), ACCEPT);
        assert!(reply.header("upgrade").eq_ignore_ascii_case("websocket"));
        assert!(reply.header("connection").eq_ignore_ascii_case("upgrade"));
        assert_eq!(reply.header("sec-websocket-extensions"), "", "no compression");
        Socket {
            stream: WebSocketStream::from_raw_socket(stream, Role::Client, None).await,
            who: "somebody".to_owned(),
            ready: Value::Null,
            missed: Vec::new(),
            cursor: 0,
            kept: VecDeque::new(),
            pongs: VecDeque::new(),
            code: None,
            ended: false,
        }
    }

    /// Reads up to `live`, after the first frame was said.
    pub async fn enter(mut self, user: &User) -> Socket {
        self.who = format!("{}'s socket", user.name);
        self.ready = self.next().await;
        let form =
            json!({"type": "ready", "epoch": "<string>", "head": "<int>", "user_id": user.id, "ping_seconds": 25});
        assert_is(&self.ready, form);
        loop {
            let text = self.text().await;
            let frame = parse(&text);
            match type_of(&frame) {
                "event" | "reset" => self.missed.push(text),
                "live" => {
                    assert_is(&frame, json!({"type": "live", "cursor": "<int>"}));
                    self.cursor = frame["cursor"].as_i64().expect("a cursor");
                    return self;
                }
                _ => panic!("{}: before it was live: {text}", self.who),
            }
        }
    }

    /// The events between `ready` and `live`.
    pub fn missed(&self) -> Vec<Value> {
        self.missed.iter().map(|text| parse(text)).collect()
    }

    /// Where to go on from after `live`.
    pub fn here(&self) -> Cursor {
        Cursor {
            epoch: self.ready["epoch"].as_str().expect("an epoch").to_owned(),
            id: self.cursor,
        }
    }

    /// Says a frame.
    pub async fn say(&mut self, frame: Value) {
        self.say_text(&frame.to_string()).await;
    }

    /// Says a text, JSON or not.
    pub async fn say_text(&mut self, text: &str) {
        self.stream
            .send(Frame::text(text))
            .await
            .expect("a socket that takes a frame");
    }

    /// Says several frames in one write.
    pub async fn say_all(&mut self, frames: &[Value]) {
        let bytes: Vec<u8> = frames.iter().flat_map(|frame| text_frame(&frame.to_string())).collect();
        self.raw(&bytes).await;
    }

    /// Says WebSocket's own ping.
    pub async fn wire_ping(&mut self, payload: &[u8]) {
        self.stream
            .send(Frame::Ping(payload.to_vec().into()))
            .await
            .expect("a socket that takes a frame");
    }

    /// Sends bytes as they are. One that the server has closed takes them too, or not.
    pub async fn raw(&mut self, bytes: &[u8]) {
        let _ = self.stream.get_mut().write_all(bytes).await;
    }

    /// Sends a text to a chat and gives the acknowledgement.
    pub async fn send(&mut self, chat: &Chat, text: &str, client_id: &str) -> Value {
        self.say(send(chat, text, client_id)).await;
        let ack = self.answer().await;
        assert_is(
            &ack,
            json!({"type": "ack", "client_id": client_id, "id": "<int>", "seq": "<int>", "event_id": "<int>", "time": "<time>"}),
        );
        ack
    }

    /// The next ack or nack; what comes before it is kept.
    pub async fn answer(&mut self) -> Value {
        self.find(&["ack", "nack"]).await
    }

    /// The next ack or nack; None where the socket is closed before one comes.
    pub async fn answer_or_close(&mut self) -> Option<Value> {
        let is_answer = |text: &String| ["ack", "nack"].contains(&type_of(&parse(text)));
        let mut looked = 0;
        loop {
            if let Some(at) = self.kept.iter().skip(looked).position(is_answer) {
                return self.kept.remove(looked + at).map(|text| parse(&text));
            }
            looked = self.kept.len();
            if self.ended {
                return None;
            }
            self.read().await;
        }
    }

    /// The next frame of one of these types; what comes before it is kept.
    pub async fn find(&mut self, types: &[&str]) -> Value {
        let wanted = |text: &String| types.contains(&type_of(&parse(text)));
        if let Some(text) = self.kept.iter().position(wanted).and_then(|at| self.kept.remove(at)) {
            return parse(&text);
        }
        let mut passed = VecDeque::new();
        std::mem::swap(&mut passed, &mut self.kept);
        loop {
            let text = self.text().await;
            if wanted(&text) {
                self.kept = passed;
                return parse(&text);
            }
            passed.push_back(text);
        }
    }

    /// Whether the socket lives: says a ping and waits for its answer.
    pub async fn lives(&mut self) {
        self.say(json!({"type": "ping"})).await;
        assert_is(&self.find(&["pong"]).await, json!({"type": "pong"}));
    }

    /// The next text frame of any type.
    pub async fn next(&mut self) -> Value {
        parse(&self.text().await)
    }

    /// The next text frame, byte for byte.
    pub async fn text(&mut self) -> String {
        if let Some(text) = self.kept.pop_front() {
            return text;
        }
        while !self.ended {
            self.read().await;
            if let Some(text) = self.kept.pop_front() {
                return text;
            }
        }
        panic!("{}: closed with {:?} where a frame was expected", self.who, self.code);
    }

    /// The next event; who is here and who has read what, which is told now and then, is thrown away.
    pub async fn event(&mut self) -> Value {
        parse(&self.event_text().await)
    }

    /// The next event, byte for byte.
    pub async fn event_text(&mut self) -> String {
        loop {
            let text = self.text().await;
            match type_of(&parse(&text)) {
                "event" => return text,
                "presence" | "seen" => {}
                _ => panic!("{}: {text} where an event was expected", self.who),
            }
        }
    }

    /// The events before the one that tells of this message, byte for byte.
    pub async fn events_until(&mut self, marker: &Message) -> Vec<String> {
        let mut events = Vec::new();
        loop {
            let text = self.event_text().await;
            let event = parse(&text);
            if event["kind"] == "message.created" && event["data"]["id"] == marker.id {
                return events;
            }
            events.push(text);
        }
    }

    /// Asserts that this message, sent after all that was not to be heard, is the next that it is told of.
    pub async fn heard_nothing_until(&mut self, marker: &Message) {
        let events = self.events_until(marker).await;
        assert!(events.is_empty(), "{} heard what is not for it: {events:#?}", self.who);
    }

    /// The same of one who has nobody in common with the others: not even who is here may come before it.
    pub async fn heard_nothing_at_all_until(&mut self, marker: &Message) {
        let frame = self.next().await;
        assert_shows(
            &frame,
            json!({"type": "event", "kind": "message.created", "data": {"id": marker.id}}),
        );
    }

    /// The payload of the next pong of WebSocket's own.
    pub async fn wire_pong(&mut self) -> Vec<u8> {
        loop {
            if let Some(payload) = self.pongs.pop_front() {
                return payload;
            }
            assert!(
                !self.ended,
                "{}: closed with {:?} where a pong was expected",
                self.who, self.code
            );
            self.read().await;
        }
    }

    /// Whether a pong of WebSocket's own came that nobody has taken.
    pub fn has_pong(&self) -> bool {
        !self.pongs.is_empty()
    }

    /// Waits until the server has closed it and the connection is over: the code, None where there was none. What was
    /// said before is kept.
    pub async fn closed(&mut self) -> Option<u16> {
        let who = self.who.clone();
        let end = async {
            while !self.ended {
                self.read().await;
            }
        };
        within(&format!("the end of {who}"), end).await;
        self.code
    }

    /// Asserts that the server closes it with this code.
    pub async fn closes(&mut self, code: u16) {
        let found = self.closed().await;
        assert_eq!(found, Some(code), "{}: after {:?}", self.who, self.kept);
    }

    /// What was said before the close and not taken yet.
    pub fn rest(&mut self) -> Vec<Value> {
        self.kept.drain(..).map(|text| parse(&text)).collect()
    }

    /// Closes it with a code, waits for the server's close, and gives its code.
    pub async fn close(&mut self, code: u16) -> Option<u16> {
        let close = CloseFrame {
            code: code.into(),
            reason: "".into(),
        };
        self.stream
            .close(Some(close))
            .await
            .expect("a socket that can be closed");
        self.closed().await
    }

    /// Takes what comes next from the network.
    async fn read(&mut self) {
        let next = async {
            loop {
                match self.stream.next().await {
                    // Answered by the library, and no news.
                    Some(Ok(Frame::Ping(_))) => {}
                    other => return other,
                }
            }
        };
        match within(&self.who, next).await {
            Some(Ok(Frame::Text(text))) => self.kept.push_back(text.to_string()),
            Some(Ok(Frame::Pong(payload))) => self.pongs.push_back(payload.to_vec()),
            Some(Ok(Frame::Close(close))) => self.code = close.map(|close| close.code.into()),
            Some(Ok(other)) => panic!("{}: {other:?} is no text", self.who),
            Some(Err(_)) | None => self.ended = true,
        }
    }
}

/// A frame that sends a text.
pub fn send(chat: &Chat, text: &str, client_id: &str) -> Value {
    json!({"type": "send", "chat_id": chat.id, "text": text, "client_id": client_id})
}
