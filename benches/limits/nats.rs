//! As much of NATS as the load speaks: a subject that everybody listens to, and messages on it.

/// What a client says when it comes in: who it is, what it wants to hear, and that it wants to know once that is so.
const ENTRY: &str = "CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB room 1\r\nPING\r\n";

/// What a line of the server means to who comes in or listens.
pub enum Heard<'a> {
    /// A message, with what is in it.
    Message(&'a [u8]),
    /// To be answered with this.
    Asked(&'static str),
    /// We hear what is said.
    Entered,
    /// It went wrong.
    Fault,
}

/// A message to everybody.
pub fn message(payload: &[u8]) -> Vec<u8> {
    let mut message = format!("PUB room {}\r\n", payload.len()).into_bytes();
    message.extend_from_slice(payload);
    message.extend_from_slice(b"\r\n");
    message
}

/// What the server says first, and of how many bytes that is; None where it is not whole.
pub fn whole(bytes: &[u8]) -> Option<(Heard<'_>, usize)> {
    let end = bytes.windows(2).position(|two| two == b"\r\n")?;
    let (line, from) = (&bytes[..end], end + 2);
    let heard = match line {
        _ if line.starts_with(b"MSG ") => {
            let size = std::str::from_utf8(line)
                .ok()
                .and_then(|line| line.rsplit(' ').next()?.parse().ok());
            let Some(size) = size else {
                return Some((Heard::Fault, from));
            };
            let length = from.checked_add(size)?.checked_add(2)?;
            return bytes
                .get(..length)
                .map(|_| (Heard::Message(&bytes[from..from + size]), length));
        }
        _ if line.starts_with(b"INFO ") => Heard::Asked(ENTRY),
        b"PING" => Heard::Asked("PONG\r\n"),
        b"PONG" => Heard::Entered,
        _ => Heard::Fault,
    };
    Some((heard, from))
}
