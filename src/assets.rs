//! What the binary carries for browsers: the client's files, the API's description and the page that shows it, which
//! `build.rs` has made lean and compressed.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use rocket::http::{ContentType, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rocket::{get, routes, Route};

use crate::reply::set_whole;

/// What `build.rs` runs; its tests run here.
#[cfg(test)]
mod joined;

// The digest of all files and the table of them, in the order of their names.
include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// A file as it was when the binary was built, by its path from the root.
struct File {
    name: &'static str,
    etag: &'static str,
    plain: &'static [u8],
    gzip: Option<&'static [u8]>,
}

/// A file as it is sent.
struct Asset {
    kind: ContentType,
    etag: String,
    plain: Bytes,
    gzip: Option<Bytes>,
}

/// A file by its path from the root.
fn find(name: &str) -> Option<Asset> {
    let at = FILES.binary_search_by(|file| file.name.cmp(name)).ok()?;
    let file = &FILES[at];
    Some(Asset {
        kind: kind(name.rsplit('.').next().unwrap_or_default()),
        etag: format!("\"{}\"", file.etag),
        plain: Bytes::from_static(file.plain),
        gzip: file.gzip.map(Bytes::from_static),
    })
}

/// The type of a file, by the end of its name.
fn kind(extension: &str) -> ContentType {
    match extension {
        // Rocket does not know it, and a browser takes no manifest of another type without a word.
        "webmanifest" => ContentType::new("application", "manifest+json"),
        known => ContentType::from_extension(known).unwrap_or(ContentType::Binary),
    }
}

impl Asset {
    /// For as long as it is this version: asked for again at each visit, and answered without a body.
    fn sent(self) -> Sent {
        Sent(self, Kept::UntilChanged)
    }
}

/// All pages and files that need no log-in.
pub fn mounted() -> Vec<Route> {
    routes![index, docs, part, file]
}

#[get("/")]
async fn index() -> Option<Sent> {
    find("index.html").map(Asset::sent)
}

#[get("/docs")]
async fn docs() -> Option<Sent> {
    find("docs.html").map(Asset::sent)
}

/// A part of a page, as the page of this version asks for it. Another version's is not here: whoever has an old page gets
/// none of a new one's parts.
#[get("/assets/<digest>/<path..>", rank = 29)]
async fn part(digest: &str, path: PathBuf) -> Option<Sent> {
    let asset = find(&name(&path)).filter(|_| digest == DIGEST);
    asset.map(|asset| Sent(asset, Kept::ForGood))
}

/// Any other file. Where there is none, the catcher answers: the path may be one of the API with another method.
#[get("/<path..>", rank = 30)]
async fn file(path: PathBuf) -> Option<Sent> {
    find(&name(&path)).map(Asset::sent)
}

fn name(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// How long a browser may show what it has.
enum Kept {
    /// Asked for again at each visit, and answered without a body: a new version is seen at once.
    UntilChanged,
    /// Its address is another one when it changes.
    ForGood,
}

/// A file as an answer.
pub struct Sent(Asset, Kept);

impl<'r> Responder<'r, 'static> for Sent {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let Sent(asset, kept) = self;
        let mut response = Response::build();
        response.raw_header("Vary", "Accept-Encoding");
        match kept {
            Kept::ForGood => {
                response.raw_header("Cache-Control", "public, max-age=31536000, immutable");
            }
            Kept::UntilChanged => {
                response
                    .raw_header("Cache-Control", "no-cache")
                    .raw_header("ETag", asset.etag.clone());
                let known = request.headers().get_one("if-none-match");
                if crate::media::range::matches(known, &asset.etag) {
                    return response.status(Status::NotModified).ok();
                }
            }
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
        response.header(asset.kind);
        set_whole(&mut response, body);
        response.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_file_has_its_type() {
        for (extension, expected) in [
            ("html", "text/html; charset=utf-8"),
            ("css", "text/css; charset=utf-8"),
            ("js", "text/javascript"),
            ("mjs", "text/javascript"),
            ("json", "application/json"),
            ("svg", "image/svg+xml"),
            ("png", "image/png"),
            ("ico", "image/x-icon"),
            ("woff2", "font/woff2"),
            ("webmanifest", "application/manifest+json"),
            ("nonsense", "application/octet-stream"),
        ] {
            assert_eq!(kind(extension).to_string(), expected, "{extension}");
        }
    }
}
