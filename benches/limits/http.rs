//! A client of HTTP/1.1 that costs the load's core as little as it can: one socket, one buffer, no allocation for an
//! answer whose body nobody reads.
//!
//! A full client was rejected for the load: it would use more of its core than the server of its own, and then
//! measure itself.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Outcome;

/// One kept-alive connection.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

/// The beginning of an answer.
#[derive(Clone, Copy)]
struct Head {
    status: u16,
    body: Body,
}

/// How an answer's body is delimited.
#[derive(Clone, Copy)]
enum Body {
    Sized(u64),
    Chunked,
}

/// An answer with its body.
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON, if the status is the one expected; else a sentence with what came.
    pub fn json(&self, status: u16) -> Outcome<serde_json::Value> {
        if self.status != status {
            let body: String = String::from_utf8_lossy(&self.body).chars().take(300).collect();
            return Err(format!("{} in place of {status}: {body}", self.status).into());
        }
        if self.body.is_empty() {
            return Ok(serde_json::Value::Null);
        }
        Ok(serde_json::from_slice(&self.body)?)
    }
}

impl Client {
    /// Connects to this machine's `port`.
    pub async fn connect(port: u16) -> Outcome<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: vec![0; 64 * 1024],
            start: 0,
            end: 0,
        })
    }

    /// Sends a request and reads the whole answer.
    pub async fn ask(&mut self, request: &[u8]) -> Outcome<Answer> {
        self.stream.write_all(request).await?;
        self.answer().await
    }

    /// Sends a request and passes its answer by: the status and the body's length in bytes.
    pub async fn poke(&mut self, request: &[u8]) -> Outcome<(u16, u64)> {
        self.stream.write_all(request).await?;
        let mut length = 0;
        let status = self.read(|piece| length += piece.len() as u64).await?;
        Ok((status, length))
    }

    /// Sends a request and hands each piece of the answer's body to `sink` as it comes.
    pub async fn stream(&mut self, request: &[u8], sink: impl FnMut(&[u8])) -> Outcome<u16> {
        self.stream.write_all(request).await?;
        self.read(sink).await
    }

    /// Sends a part of a request; `answer` follows the last.
    pub async fn send(&mut self, part: &[u8]) -> Outcome<()> {
        Ok(self.stream.write_all(part).await?)
    }

    /// Reads the whole answer of what was sent.
    pub async fn answer(&mut self) -> Outcome<Answer> {
        let mut body = Vec::new();
        let status = self.read(|piece| body.extend_from_slice(piece)).await?;
        Ok(Answer { status, body })
    }

    async fn read(&mut self, mut sink: impl FnMut(&[u8])) -> Outcome<u16> {
        loop {
            let head = self.head().await?;
            match head.body {
                // 100 Continue and its like announce the real answer.
                _ if head.status < 200 => {}
                Body::Sized(length) => {
                    self.pass(length, &mut sink).await?;
                    return Ok(head.status);
                }
                Body::Chunked => {
                    self.chunks(&mut sink).await?;
                    return Ok(head.status);
                }
            }
        }
    }

    async fn head(&mut self) -> Outcome<Head> {
        let mut seen = 0;
        loop {
            let waiting = &self.buffer[self.start..self.end];
            // The end may stand across two reads: look again from three bytes before.
            let from = usize::saturating_sub(seen, 3);
            if let Some(place) = find(&waiting[from..], b"\r\n\r\n") {
                let length = from + place + 4;
                let head = parse(&waiting[..length])?;
                self.start += length;
                return Ok(head);
            }
            seen = waiting.len();
            self.fill().await?;
        }
    }

    async fn pass(&mut self, mut left: u64, sink: &mut impl FnMut(&[u8])) -> Outcome<()> {
        while left > 0 {
            if self.start == self.end {
                self.fill().await?;
            }
            let length = ((self.end - self.start) as u64).min(left);
            let end = self.start + length as usize;
            sink(&self.buffer[self.start..end]);
            self.start = end;
            left -= length;
        }
        Ok(())
    }

    async fn chunks(&mut self, sink: &mut impl FnMut(&[u8])) -> Outcome<()> {
        loop {
            let line = self.line().await?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = u64::from_str_radix(size, 16)?;
            if size == 0 {
                while !self.line().await?.is_empty() {}
                return Ok(());
            }
            self.pass(size, sink).await?;
            self.line().await?;
        }
    }

    async fn line(&mut self) -> Outcome<String> {
        loop {
            let waiting = &self.buffer[self.start..self.end];
            if let Some(place) = find(waiting, b"\r\n") {
                let line = String::from_utf8_lossy(&waiting[..place]).into_owned();
                self.start += place + 2;
                return Ok(line);
            }
            self.fill().await?;
        }
    }

    async fn fill(&mut self) -> Outcome<()> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        } else if self.end == self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.end == self.buffer.len() {
            return Err("the head of an answer is longer than 64 KiB".into());
        }
        let read = self.stream.read(&mut self.buffer[self.end..]).await?;
        if read == 0 {
            return Err("the server closed the connection before the answer was whole".into());
        }
        self.end += read;
        Ok(())
    }
}

/// A request without a body.
pub fn get(path: &str, token: &str) -> Vec<u8> {
    request("GET", path, token, "", "")
}

/// A request with JSON for a body.
pub fn post(path: &str, token: &str, body: &serde_json::Value) -> Vec<u8> {
    let body = body.to_string();
    let headers = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    request("POST", path, token, &headers, &body)
}

/// A request with the headers given, each ended by CR LF, and a body or its beginning.
pub fn request(method: &str, path: &str, token: &str, headers: &str, body: &str) -> Vec<u8> {
    let authorization = if token.is_empty() {
        String::new()
    } else {
        format!("Authorization: Bearer {token}\r\n")
    };
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{authorization}{headers}\r\n{body}").into_bytes()
}

/// What follows `?q=` for a text with any letters.
pub fn escaped(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn parse(head: &[u8]) -> Outcome<Head> {
    let head = std::str::from_utf8(head)?;
    let mut lines = head.split("\r\n");
    let status: u16 = lines
        .next()
        .and_then(|line| line.get(9..12))
        .ok_or("not an HTTP answer")?
        .parse()?;
    let mut body = Body::Sized(0);
    for line in lines {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        if name.eq_ignore_ascii_case("content-length") {
            body = Body::Sized(value.trim().parse()?);
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            body = Body::Chunked;
        }
    }
    Ok(Head { status, body })
}
