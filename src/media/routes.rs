//! `/media`: the bytes, for who may see them.

use std::io::{Error as IoError, ErrorKind};
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use rocket::http::{Header, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rocket::{get, routes, Route, State};

use super::disposition::content_disposition;
use super::picture::Format;
use super::range::{matches, wanted, Wanted};
use super::store::{self, Media};
use super::CHUNK;
use crate::accounts::guard::MediaUser;
use crate::accounts::sessions::Sessions;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::ids::{SessionId, UserId};
use crate::reply::{set_streamed, set_whole, Pieces};

/// All of `/media`.
pub fn mounted() -> Vec<Route> {
    routes![default_picture, get_media]
}

/// The picture of who has none; nobody's secret.
static DEFAULT_PICTURE: &[u8] = include_bytes!("../../static/img/profile.png");

#[get("/profile.png")]
fn default_picture() -> Served {
    Served {
        head: Head {
            status: Status::Ok,
            content_type: "image/png".into(),
            disposition: content_disposition(true, "profile.png"),
            etag: "\"default-picture-1\"".into(),
            length: DEFAULT_PICTURE.len() as u64,
            range: None,
            cache: "public, max-age=86400",
        },
        body: Content::Whole(Bytes::from_static(DEFAULT_PICTURE)),
    }
}

/// A picture or file. `size=thumb` gives a photo's small form. Ranges and `If-None-Match` as in RFC 9110.
#[utoipa::path(context_path = "/media", tag = "Files",
    params(("key" = String, Path), ("_name" = String, Path), ("size" = Option<String>, Query, description = "thumb")),
    responses((status = 200, description = "The bytes", content_type = "application/octet-stream"), (status = 206, description = "A part of them"),
        (status = 304, description = "As the client has it"), (status = 404), (status = 416, description = "No such part")))]
#[get("/<key>/<_name>?<size>")]
pub async fn get_media(
    key: &str,
    _name: &str,
    size: Option<&str>,
    user: MediaUser,
    conditions: Conditions<'_>,
    db: &State<Db>,
    sessions: &State<Arc<Sessions>>,
) -> Result<Served> {
    let (wanted_key, reader) = (
        key.to_owned(),
        Reading {
            user: user.id,
            session: user.session,
            db: db.inner().clone(),
            sessions: Arc::clone(sessions),
        },
    );
    let user = user.id;
    let find = wanted_key.clone();
    let media = db
        .glance(move |connection| store::find_visible(connection, &find, user))
        .await?;
    let media = media.ok_or_else(Error::not_found)?;
    let thumb = match (size, media.thumb_type.clone()) {
        (Some("thumb"), Some(kind)) => {
            let id = media.id;
            db.read(move |connection| store::find_thumb(connection, id))
                .await?
                .map(|bytes| (kind, bytes))
        }
        _ => None,
    };
    Ok(match thumb {
        Some((kind, bytes)) => serve_thumb(&media, kind, bytes, &conditions),
        None => serve(media, wanted_key, reader, &conditions),
    })
}

/// What a client says of the copy that it has.
pub struct Conditions<'r> {
    range: Option<&'r str>,
    if_range: Option<&'r str>,
    if_none_match: Option<&'r str>,
}

#[rocket::async_trait]
impl<'r> rocket::request::FromRequest<'r> for Conditions<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> rocket::request::Outcome<Self, Self::Error> {
        let one = |name| request.headers().get_one(name);
        rocket::request::Outcome::Success(Conditions {
            range: one("range"),
            if_range: one("if-range"),
            if_none_match: one("if-none-match"),
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn serve_thumb(media: &Media, kind: String, bytes: Vec<u8>, conditions: &Conditions<'_>) -> Served {
    let etag = format!("\"{}-thumb\"", hex(&media.sha256));
    let mut served = Served {
        head: Head::new(&media.name, kind, etag, bytes.len() as u64),
        body: Content::Whole(bytes.into()),
    };
    if matches(conditions.if_none_match, &served.head.etag) {
        served.not_modified();
    }
    served
}

fn serve(media: Media, key: String, reader: Reading, conditions: &Conditions<'_>) -> Served {
    let etag = format!("\"{}\"", hex(&media.sha256));
    let mut head = Head::new(&media.name, media.content_type, etag, media.size);
    let (start, length) = match wanted(conditions.range, conditions.if_range, &head.etag, media.size) {
        _ if matches(conditions.if_none_match, &head.etag) => {
            let mut served = Served {
                head,
                body: Content::None,
            };
            served.not_modified();
            return served;
        }
        Wanted::All => (0, media.size),
        Wanted::Part { start, end_inclusive } => {
            head.status = Status::PartialContent;
            head.range = Some(format!("bytes {start}-{end_inclusive}/{}", media.size));
            (start, end_inclusive - start + 1)
        }
        Wanted::Unsatisfiable => {
            head.status = Status::RangeNotSatisfiable;
            head.range = Some(format!("bytes */{}", media.size));
            head.content_type = "application/json".to_owned();
            return Served {
                head,
                body: Content::Whole(Bytes::from_static(NOT_SATISFIABLE)),
            };
        }
    };
    head.length = length;
    Served {
        head,
        body: Content::Streamed(Box::pin(read_rows(reader, key, start, length))),
    }
}

/// Who reads, with what is asked again at each row.
#[derive(Clone)]
struct Reading {
    user: UserId,
    session: SessionId,
    db: Db,
    sessions: Arc<Sessions>,
}

impl Reading {
    /// The row that byte `at` stands in; None once the session is over or the file is not his to see.
    async fn row(&self, key: &str, at: u64) -> Result<Option<Vec<u8>>> {
        if self.sessions.find(&self.db, self.session).await?.is_none() {
            return Ok(None);
        }
        let (key, user) = (key.to_owned(), self.user);
        self.db
            .read(move |connection| store::find_chunk(connection, &key, user, at))
            .await
    }
}

/// The bytes from `start` on, a row at a time, each in a read of its own that asks again whether the person may see it.
fn read_rows(reader: Reading, key: String, start: u64, length: u64) -> impl Stream<Item = std::io::Result<Bytes>> {
    let end = start + length;
    stream::try_unfold(start, move |at| {
        let (reader, key) = (reader.clone(), key.clone());
        async move {
            if at >= end {
                return Ok(None);
            }
            let row = reader.row(&key, at).await;
            let row = match row {
                Ok(Some(row)) => Bytes::from(row),
                Ok(None) => return Err(IoError::new(ErrorKind::NotFound, "gone while it was read")),
                Err(error) => {
                    tracing::warn!(?error, "a download broke off");
                    return Err(IoError::other("the database failed"));
                }
            };
            let from = (at % CHUNK as u64) as usize;
            let to = row.len().min(from + (end - at) as usize);
            if from >= to {
                return Err(IoError::new(ErrorKind::UnexpectedEof, "bytes are missing"));
            }
            let part = row.slice(from..to);
            let next = at + part.len() as u64;
            Ok(Some((part, next)))
        }
    })
}

/// The body of a 416; the range that there is stands in its header.
const NOT_SATISFIABLE: &[u8] = br#"{"detail":"The file has no such range."}"#;

struct Head {
    status: Status,
    content_type: String,
    disposition: String,
    etag: String,
    length: u64,
    range: Option<String>,
    cache: &'static str,
}

impl Head {
    fn new(name: &str, content_type: String, etag: String, length: u64) -> Head {
        // Inline only what we decoded ourselves.
        let inline = Format::from_content_type(&content_type).is_some();
        let disposition = content_disposition(inline, name);
        // Each use asks again: a member who was removed, or the next person at this computer, gets nothing from a cache.
        Head {
            status: Status::Ok,
            content_type,
            disposition,
            etag,
            length,
            range: None,
            cache: "private, no-cache",
        }
    }
}

enum Content {
    None,
    Whole(Bytes),
    Streamed(Pin<Box<dyn Stream<Item = std::io::Result<Bytes>> + Send>>),
}

/// A picture or file as an answer.
pub struct Served {
    head: Head,
    body: Content,
}

impl Served {
    fn not_modified(&mut self) {
        self.head.status = Status::NotModified;
        self.body = Content::None;
    }
}

impl<'r> Responder<'r, 'static> for Served {
    fn respond_to(self, _request: &'r Request<'_>) -> response::Result<'static> {
        let head = self.head;
        let mut response = Response::build();
        response
            .status(head.status)
            .raw_header("Content-Type", head.content_type)
            .raw_header("Content-Disposition", head.disposition)
            .raw_header("ETag", head.etag)
            .raw_header("Accept-Ranges", "bytes")
            .raw_header("Cache-Control", head.cache)
            // Even opened on its own, nothing in it runs.
            .raw_header("Content-Security-Policy", "sandbox; default-src 'none'");
        if let Some(range) = head.range {
            response.header(Header::new("Content-Range", range));
        }
        match self.body {
            Content::None => {}
            Content::Whole(bytes) => {
                set_whole(&mut response, bytes);
            }
            Content::Streamed(rows) => {
                response.raw_header("Content-Length", head.length.to_string());
                set_streamed(&mut response, Pieces::new(rows));
            }
        }
        response.ok()
    }
}
