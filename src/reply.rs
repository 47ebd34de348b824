//! Answers: JSON with a status, and nothing else but a status.

use std::io::Cursor;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use futures_util::stream::Stream;
use rocket::http::{ContentType, Status};
use rocket::request::Request;
use rocket::response::{self, Builder, Responder, Response};
use rocket::tokio::io::{AsyncRead, ReadBuf};
use serde::Serialize;

use crate::error::Error;

/// Bytes handed to the network at once, at most; Rocket's own 4 KiB would cut a page of messages into many writes.
const CHUNK: usize = 256 * 1024;

/// Gives an answer a body that is in memory, in as few pieces as may be: a small one must not cost a large one's buffer,
/// and a byte more than it needs saves another buffer for its end.
pub fn set_whole(response: &mut Builder<'_>, body: Bytes) {
    let chunk = (body.len() + 1).min(CHUNK);
    response.sized_body(body.len(), Cursor::new(body));
    // After the body: a new one has Rocket's own size again.
    response.max_chunk_size(chunk);
}

/// Gives an answer a body that comes piece by piece.
pub fn set_streamed<'r>(response: &mut Builder<'r>, body: impl AsyncRead + Send + 'r) {
    response.streamed_body(body).max_chunk_size(CHUNK);
}

/// A stream of pieces, read as bytes.
pub struct Pieces<S> {
    pieces: S,
    current: Bytes,
}

impl<S> Pieces<S> {
    /// The bytes of a stream.
    pub fn new(pieces: S) -> Pieces<S> {
        Pieces {
            pieces,
            current: Bytes::new(),
        }
    }
}

impl<S: Stream<Item = std::io::Result<Bytes>> + Unpin> AsyncRead for Pieces<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        if self.current.is_empty() {
            match Pin::new(&mut self.pieces).poll_next(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => return Poll::Ready(Ok(())),
                Poll::Ready(Some(piece)) => self.current = piece?,
            }
        }
        let fits = self.current.len().min(out.remaining());
        out.put_slice(&self.current[..fits]);
        self.current.advance(fits);
        Poll::Ready(Ok(()))
    }
}

/// A value as JSON, with its status.
#[derive(Debug)]
pub struct Json<T>(pub Status, pub T);

impl<T> Json<T> {
    /// 200.
    pub fn ok(value: T) -> Json<T> {
        Json(Status::Ok, value)
    }

    /// 201.
    pub fn created(value: T) -> Json<T> {
        Json(Status::Created, value)
    }
}

impl<'r, T: Serialize> Responder<'r, 'static> for Json<T> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        match Raw::write(&self.1) {
            Ok(body) => Raw(self.0, body).respond_to(request),
            Err(error) => error.respond_to(request),
        }
    }
}

/// JSON that is already text.
#[derive(Debug)]
pub struct Raw(pub Status, pub Bytes);

impl Raw {
    /// A value, written.
    ///
    /// # Errors
    /// Where it can't be written as JSON.
    pub fn write(value: &impl Serialize) -> Result<Bytes, Error> {
        serde_json::to_vec(value).map(Bytes::from).map_err(Error::internal)
    }
}

impl<'r> Responder<'r, 'static> for Raw {
    fn respond_to(self, _request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = Response::build();
        response.status(self.0).header(ContentType::JSON);
        set_whole(&mut response, self.1);
        response.ok()
    }
}

/// 204: done, nothing to say.
pub const NO_CONTENT: Status = Status::NoContent;
/// 205: done, start from scratch; how a log-out is answered.
pub const RESET_CONTENT: Status = Status::ResetContent;

#[cfg(test)]
mod tests {
    use super::*;

    /// Each piece is a write to the network of its own.
    #[test]
    fn a_page_is_handed_over_whole() {
        for (length, chunk) in [(0, 1), (27_000, 27_001), (1 << 20, CHUNK)] {
            let mut response = Response::build();
            set_whole(&mut response, Bytes::from(vec![b' '; length]));
            assert_eq!(response.finalize().body().max_chunk_size(), chunk, "{length} bytes");
        }
        let mut response = Response::build();
        set_streamed(&mut response, Cursor::new(vec![]));
        assert_eq!(response.finalize().body().max_chunk_size(), CHUNK);
    }
}
