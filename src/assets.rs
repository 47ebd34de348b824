//! What the binary carries for browsers: the client's files and the page that shows the API, compressed once at start.

use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;

use bytes::Bytes;
use flate2::{write::GzEncoder, Compression};
use include_dir::{include_dir, Dir};
use rocket::http::{ContentType, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rocket::{get, routes, Route, State};
use sha2::{Digest, Sha256};

use crate::error::Error;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/static");

/// The embedded files by their path from the root.
pub struct Assets(HashMap<String, Asset>);

#[derive(Clone)]
struct Asset {
    kind: ContentType,
    etag: String,
    plain: Bytes,
    gzip: Option<Bytes>,
}

impl Assets {
    /// Compresses what gets smaller by it.
    pub fn new(openapi: String) -> Assets {
        let mut all = HashMap::new();
        collect(&FILES, &mut all);
        all.insert("openapi.json".to_owned(), asset("json", openapi.into_bytes().into()));
        Assets(all)
    }
}

fn collect(folder: &'static Dir<'static>, all: &mut HashMap<String, Asset>) {
    for file in folder.files() {
        let name = file.path().to_string_lossy().replace('\\', "/");
        let extension = name.rsplit('.').next().unwrap_or_default();
        all.insert(name.clone(), asset(extension, Bytes::from_static(file.contents())));
    }
    for inner in folder.dirs() {
        collect(inner, all);
    }
}

fn asset(extension: &str, plain: Bytes) -> Asset {
    let kind = ContentType::from_extension(extension).unwrap_or(ContentType::Binary);
    let etag = Sha256::digest(&plain)
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let gzip = encoder.write_all(&plain).and_then(|()| encoder.finish()).ok();
    let gzip = gzip.filter(|gzip| gzip.len() < plain.len() * 9 / 10).map(Bytes::from);
    Asset {
        kind,
        etag: format!("\"{etag}\""),
        plain,
        gzip,
    }
}

/// All pages and files that need no log-in.
pub fn mounted() -> Vec<Route> {
    routes![index, docs, file]
}

#[get("/")]
fn index(assets: &State<Assets>) -> Result<Sent, Error> {
    find(assets, "index.html")
}

#[get("/docs")]
fn docs(assets: &State<Assets>) -> Result<Sent, Error> {
    find(assets, "docs.html")
}

#[get("/<path..>", rank = 30)]
fn file(path: PathBuf, assets: &State<Assets>) -> Result<Sent, Error> {
    find(assets, &path.to_string_lossy().replace('\\', "/"))
}

fn find(assets: &Assets, name: &str) -> Result<Sent, Error> {
    assets.0.get(name).cloned().map(Sent).ok_or_else(Error::not_found)
}

/// An embedded file as an answer.
pub struct Sent(Asset);

impl<'r> Responder<'r, 'static> for Sent {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let Sent(asset) = self;
        let mut response = Response::build();
        response
            .raw_header("ETag", asset.etag.clone())
            .raw_header("Vary", "Accept-Encoding")
            // Asked for again at each visit, and answered without a body: a new version is seen at once.
            .raw_header("Cache-Control", "no-cache");
        let known = request.headers().get_one("if-none-match");
        if crate::media::range::matches(known, &asset.etag) {
            return response.status(Status::NotModified).ok();
        }
        let accepts = request
            .headers()
            .get("accept-encoding")
            .any(|value| value.contains("gzip"));
        let body = match asset.gzip.filter(|_| accepts) {
            Some(gzip) => {
                response.raw_header("Content-Encoding", "gzip");
                gzip
            }
            None => asset.plain,
        };
        response
            .header(asset.kind)
            .sized_body(body.len(), std::io::Cursor::new(body))
            .ok()
    }
}
