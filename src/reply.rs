//! Answers: JSON with a status, and nothing else but a status.

use std::io::Cursor;

use bytes::Bytes;
use rocket::http::{ContentType, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use serde::Serialize;

use crate::error::Error;

/// Bytes handed to the network at once, at most; Rocket's own 4 KiB would cut a page of messages into many writes.
const CHUNK: usize = 256 * 1024;

/// The buffer that an answer of so many bytes needs: a small one must not cost a large one's.
pub fn chunk(length: usize) -> usize {
    length.clamp(1, CHUNK)
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
        Response::build()
            .status(self.0)
            .header(ContentType::JSON)
            .max_chunk_size(chunk(self.1.len()))
            .sized_body(self.1.len(), Cursor::new(self.1))
            .ok()
    }
}

/// 204: done, nothing to say.
pub const NO_CONTENT: Status = Status::NoContent;
/// 205: done, start from scratch; how a log-out is answered.
pub const RESET_CONTENT: Status = Status::ResetContent;
