//! The frames of `/ws/`: what the server says, as bytes for the wire, and what a client's frame says.
//!
//! A server's frames are not masked, so one is encoded once and the same bytes go to every socket (RFC 6455, 5.2).

use bytes::Bytes;
use serde::Serialize;
use serde_json::{json, Value};

use crate::error::{Error, Result};
use crate::ids::{ChatId, UserId};
use crate::text::{Lang, Text};

/// Bytes of a client's frame.
pub const FRAME_MAX: usize = 64 * 1024;
/// Seconds after which a client that has nothing to say should ping.
pub const PING_SECONDS: u64 = 25;

/// Why the server closes a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum Close {
    /// The server stops.
    GoingAway = 1001,
    /// Against RFC 6455.
    Protocol = 1002,
    /// Binary.
    Unsupported = 1003,
    /// Text that is not UTF-8.
    NotText = 1007,
    /// It does not take what it is sent; it may come back and resume.
    TooSlow = 4008,
    /// Not signed in, or not any more.
    SignedOut = 4401,
    /// No `auth` frame in time.
    AuthTimeout = 4408,
    /// A frame above [`FRAME_MAX`].
    TooLarge = 4413,
    /// Too many frames.
    Flood = 4429,
}

impl Close {
    fn reason(self) -> &'static str {
        match self {
            Close::GoingAway => "the server stops",
            Close::Protocol => "protocol error",
            Close::Unsupported => "text frames only",
            Close::NotText => "not UTF-8",
            Close::TooSlow => "too slow: resume",
            Close::SignedOut => "signed out",
            Close::AuthTimeout => "no auth in time",
            Close::TooLarge => "frame too large",
            Close::Flood => "too many frames",
        }
    }

    /// The close frame.
    pub fn frame(self) -> Bytes {
        let payload = [&(self as u16).to_be_bytes(), self.reason().as_bytes()].concat();
        wire(0x8, &payload)
    }
}

/// A final frame with its payload; RFC 6455, 5.2.
fn wire(opcode: u8, payload: &[u8]) -> Bytes {
    let mut frame = Vec::with_capacity(payload.len() + 10);
    frame.push(0x80 | opcode);
    match payload.len() {
        length @ 0..=125 => frame.push(length as u8),
        length @ 126..=0xFFFF => {
            frame.push(126);
            frame.extend_from_slice(&(length as u16).to_be_bytes());
        }
        length => {
            frame.push(127);
            frame.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(payload);
    Bytes::from(frame)
}

/// WebSocket's own ping, which a browser answers by itself.
pub fn wire_ping() -> Bytes {
    wire(0x9, b"")
}

/// An object as a text frame.
///
/// # Errors
/// Where it can't be written as JSON.
pub fn text(object: &impl Serialize) -> Result<Bytes> {
    Ok(wire(0x1, &serde_json::to_vec(object).map_err(Error::internal)?))
}

fn say(object: &Value) -> Bytes {
    wire(0x1, object.to_string().as_bytes())
}

/// Signed in: what follows is what was missed.
pub fn ready(epoch: &str, head: i64, user: UserId) -> Bytes {
    say(&json!({"type": "ready", "epoch": epoch, "head": head, "user_id": user, "ping_seconds": PING_SECONDS}))
}

/// What was missed can't be told whole: the snapshot is to be read.
pub fn reset(reason: &str, cursor: i64) -> Bytes {
    say(&json!({"type": "reset", "reason": reason, "cursor": cursor}))
}

/// All that was missed has been told: what follows is told as it happens.
pub fn live(cursor: i64) -> Bytes {
    say(&json!({"type": "live", "cursor": cursor}))
}

/// A message is stored for good.
#[derive(Debug, Clone, Serialize)]
pub struct Ack<'a> {
    #[serde(rename = "type")]
    pub frame: &'static str,
    pub client_id: Option<&'a str>,
    pub id: i64,
    pub seq: i64,
    pub event_id: Option<i64>,
    pub time: &'a str,
}

/// A message was not stored, and why: the HTTP answer's status, its text, and its fields where some are wrong.
pub fn nack(client_id: &Value, error: &Error, lang: Lang) -> Bytes {
    let mut object = refusal(error, lang);
    object["type"] = "nack".into();
    object["client_id"] = client_id.clone();
    say(&object)
}

/// A message waits for somebody's look: neither an acknowledgement, since it has no seq yet, nor a refusal.
pub fn held(client_id: &Value, lang: Lang) -> Bytes {
    say(&json!({
        "type": "nack", "client_id": client_id, "status": 202, "code": "held", "detail": Text::Held.say(lang),
    }))
}

/// A frame other than `send` was not carried out.
pub fn error(error: &Error, lang: Lang) -> Bytes {
    let mut object = refusal(error, lang);
    object["type"] = "error".into();
    say(&object)
}

fn refusal(error: &Error, lang: Lang) -> Value {
    let body = error.body(lang);
    let mut object = json!({"status": error.status().code, "detail": ""});
    if let Error::Invalid(_) = error {
        let texts = body
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(_, problem)| match problem {
                Value::Array(texts) => texts.first().and_then(Value::as_str),
                plain => plain.as_str(),
            });
        object["detail"] = texts.collect::<Vec<_>>().join(" ").into();
        object["errors"] = body;
    } else {
        object["detail"] = body["detail"].clone();
        // Which rule holds him back, as over HTTP.
        if let (Error::Forbidden(_), Some(code)) = (error, body.get("code")) {
            object["code"] = code.clone();
        }
    }
    if let Error::TooMany(seconds) = error {
        object["retry_after"] = (*seconds).into();
    }
    object
}

/// Somebody writes.
pub fn typing(chat: ChatId, user: UserId) -> Bytes {
    say(&json!({"type": "typing", "chat_id": chat, "user_id": user}))
}

/// How far others have read.
pub fn seen(chat: ChatId, marks: &[(UserId, i64)]) -> Bytes {
    say(&json!({"type": "seen", "chat_id": chat, "marks": marks}))
}

/// Somebody has come or gone.
#[derive(Debug, Clone, Serialize)]
pub struct Presence {
    pub user_id: UserId,
    pub online: bool,
    pub last_online: String,
}

/// Who has come and gone.
pub fn presence<'a>(users: impl Iterator<Item = &'a Presence>) -> Bytes {
    let users: Vec<&Presence> = users.collect();
    say(&json!({"type": "presence", "users": users}))
}

/// The answer to a client's ping.
pub fn pong() -> Bytes {
    say(&json!({"type": "pong"}))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_frame_says_how_long_it_is() {
        for (length, header) in [
            (0, vec![0x81, 0]),
            (125, vec![0x81, 125]),
            (126, vec![0x81, 126, 0, 126]),
            (65_535, vec![0x81, 126, 0xFF, 0xFF]),
            (65_536, vec![0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let frame = wire(0x1, &vec![b'x'; length]);
            assert_eq!(frame[..header.len()], header, "{length}");
            assert_eq!(frame.len(), header.len() + length);
        }
    }

    #[test]
    fn a_close_frame_carries_its_code() {
        let frame = Close::SignedOut.frame();
        assert_eq!(frame[..4], [0x88, frame.len() as u8 - 2, 0x11, 0x31]);
        assert_eq!(&frame[4..], b"signed out");
    }

    #[test]
    fn a_refusal_says_what_http_would() {
        use crate::text::Text;
        let frame = nack(&"a-1".into(), &Error::field("text", Text::Blank), Lang::En);
        let object: Value =
            serde_json::from_slice(&frame[frame.iter().position(|byte| *byte == b'{').unwrap()..]).unwrap();
        assert_eq!(
            object,
            json!({"type": "nack", "client_id": "a-1", "status": 400, "detail": "This field may not be blank.",
                "errors": {"text": ["This field may not be blank."]}})
        );
    }
}
