//! As much XMPP as the load speaks: a stream, a name with a password, a room, and messages to it.
//!
//! What the peer says is told apart by a look for the ends of its stanzas, as frames are by their lengths: an XML parser
//! for each socket would cost more than the peer's side of the same messages.

use base64::engine::general_purpose::STANDARD;
use base64::Engine;

/// Where everybody is.
pub const ROOM: &str = "room@conference.localhost";
/// What everybody's password is.
pub const PASSWORD: &str = "seven";
/// How a stream begins, before and after signing in.
pub const STREAM: &str = "<?xml version='1.0'?><stream:stream to='localhost' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";

/// What a stanza means to who comes in or listens.
pub enum Heard {
    /// A message of the room, with the id it has in the room's archive.
    Message(u64),
    /// To be answered with this.
    Asked(String),
    /// We are in the room.
    Entered,
    /// Nothing to us.
    Other,
    /// It went wrong.
    Fault,
}

/// A message to the room. The text has nothing in it that XML writes otherwise.
pub fn message(id: &str, text: &str) -> String {
    format!("<message to='{ROOM}' type='groupchat' id='{id}'><body>{text}</body></message>")
}

/// The first stanza, or the head or the end of a stream; None where it is not whole.
pub fn whole(bytes: &[u8]) -> Option<&[u8]> {
    let head = bytes.iter().position(|byte| *byte == b'>')? + 1;
    let name = bytes.get(1..)?.split(|byte| b" />".contains(byte)).next()?;
    let alone = bytes[..head].ends_with(b"/>") || name.starts_with(b"?") || name == b"stream:stream" || name.is_empty();
    if alone {
        return Some(&bytes[..head]);
    }
    let end = [b"</", name, b">"].concat();
    let rest = find(&bytes[head..], &end)?;
    Some(&bytes[..head + rest + end.len()])
}

/// What a stanza means to somebody of that name.
pub fn hear(stanza: &[u8], name: &str) -> Heard {
    let has = |part: &str| find(stanza, part.as_bytes()).is_some();
    if stanza.starts_with(b"<message ") {
        return match find(stanza, b"<stanza-id by='").and_then(|place| id(&stanza[place..])) {
            Some(id) => Heard::Message(id),
            None if has("<error") => Heard::Fault,
            None => Heard::Other,
        };
    }
    if stanza.starts_with(b"<presence") {
        return match (has("<error"), has("<status code='110'/>")) {
            (true, _) => Heard::Fault,
            (_, true) => Heard::Entered,
            _ => Heard::Other,
        };
    }
    if stanza.starts_with(b"<stream:features") {
        return Heard::Asked(if has("<mechanism>PLAIN<") {
            let identity = STANDARD.encode(format!("\0{name}\0{PASSWORD}"));
            format!("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{identity}</auth>")
        } else {
            "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>".to_owned()
        });
    }
    if stanza.starts_with(b"<success") {
        return Heard::Asked(STREAM.to_owned());
    }
    if stanza.starts_with(b"<iq type='result' id='bind'") {
        return Heard::Asked(format!(
            "<presence to='{ROOM}/{name}'><x xmlns='http://jabber.org/protocol/muc'/></presence>"
        ));
    }
    if stanza.starts_with(b"<?xml") || stanza.starts_with(b"<stream:stream") {
        return Heard::Other;
    }
    Heard::Fault
}

/// The number of the first attribute `id`.
fn id(element: &[u8]) -> Option<u64> {
    let digits = &element[find(element, b" id='")? + 5..];
    let end = digits.iter().position(|byte| *byte == b'\'')?;
    std::str::from_utf8(&digits[..end]).ok()?.parse().ok()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
