//! Requests byte by byte, for what an HTTP client would tidy up: paths, doubled headers, other framings.

use super::{within, App, Reply};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

impl App {
    /// Sends these bytes on a connection of their own and gives all that came back until the server closed it.
    pub async fn wire(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.host()).await.expect("a connection");
        let what = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned();
        // A server that refuses early may close before it has read everything; what it said is still there.
        let _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let _ = within(&what, stream.read_to_end(&mut answer)).await;
        answer
    }

    /// Sends these bytes, says that there will be no more, and waits until the server has closed.
    pub async fn cut(&self, bytes: &[u8]) {
        let mut stream = TcpStream::connect(self.host()).await.expect("a connection");
        let _ = stream.write_all(bytes).await;
        let _ = stream.shutdown().await;
        let _ = within("a cut connection", stream.read_to_end(&mut Vec::new())).await;
    }

    /// Sends a request line, exactly as given, with these header lines, and reads the one answer.
    pub async fn line(&self, request_line: &str, headers: &[&str]) -> Reply {
        let mut request = format!("{request_line}\r\n");
        if !headers.iter().any(|header| header.starts_with("Host:")) {
            request.push_str(&format!("Host: {}\r\n", self.host()));
        }
        for header in headers {
            request.push_str(&format!("{header}\r\n"));
        }
        request.push_str("Connection: close\r\n\r\n");
        let answer = self.wire(request.as_bytes()).await;
        parse(request_line, &answer)
    }
}

/// Reads the first answer of what came over the wire.
pub fn parse(what: &str, answer: &[u8]) -> Reply {
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap_or_else(|| panic!("{what}: no answer: {:?}", String::from_utf8_lossy(answer)));
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1)?.parse().ok())
        .unwrap_or_else(|| panic!("{what}: no status: {head}"));
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).expect("a header's name"),
            HeaderValue::from_str(value.trim()).expect("a header's value"),
        );
    }
    let length = headers
        .get("content-length")
        .and_then(|value| value.to_str().ok()?.parse().ok());
    let rest = &answer[end + 4..];
    let bytes = rest[..length.unwrap_or(rest.len()).min(rest.len())].to_vec();
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Reply {
        what: what.to_owned(),
        status,
        headers,
        bytes,
        body,
    }
}
