//! What the binary carries for browsers: the client's files and the page that shows the API, made lean and compressed
//! once, when first asked for, on a thread that may take its time.

use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{PoisonError, RwLock};

use bytes::Bytes;
use flate2::{write::GzEncoder, Compression};
use include_dir::{include_dir, Dir};
use rocket::http::{ContentType, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rocket::{get, routes, Route, State};
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::openapi;
use crate::reply::set_whole;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/static");
/// The name of the API's description, which is made and not carried.
const DESCRIPTION: &str = "openapi.json";

/// The files that have been asked for, by their path from the root.
#[derive(Default)]
pub struct Assets(RwLock<HashMap<String, Asset>>);

#[derive(Clone)]
struct Asset {
    kind: ContentType,
    etag: String,
    plain: Bytes,
    gzip: Option<Bytes>,
}

impl Assets {
    /// A file by its path from the root, or the API's description.
    async fn find(&self, name: &str) -> Result<Asset, Error> {
        if let Some(asset) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return Ok(asset.clone());
        }
        let file = FILES.get_file(name);
        if file.is_none() && name != DESCRIPTION {
            return Err(Error::not_found());
        }
        let name = name.to_owned();
        let asked = name.clone();
        let made = tokio::task::spawn_blocking(move || {
            let plain = match file {
                Some(file) => lean(&asked, file.contents()),
                None => Bytes::from(openapi::json().map_err(Error::internal)?),
            };
            Ok::<_, Error>(Asset::new(asked.rsplit('.').next().unwrap_or_default(), plain))
        });
        let asset = made.await.map_err(Error::internal)??;
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name, asset.clone());
        Ok(asset)
    }
}

/// Our own scripts and styles without what only their readers in the repository need: lines that are comments, and
/// indentation. That is an eighth of what a phone has to fetch before it shows anything.
fn lean(name: &str, file: &'static [u8]) -> Bytes {
    let is_ours = name.starts_with("js/") || name.starts_with("css/");
    let Some(text) = std::str::from_utf8(file).ok().filter(|_| is_ours) else {
        return Bytes::from_static(file);
    };
    let mut out = String::with_capacity(text.len());
    let mut in_comment = false;
    for line in text.lines().map(str::trim_start) {
        in_comment = in_comment || line.starts_with("/*");
        if !in_comment && !line.is_empty() && !line.starts_with("//") {
            out.push_str(line);
            out.push('\n');
        }
        in_comment = in_comment && !line.contains("*/");
    }
    out.into()
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
    fn new(extension: &str, plain: Bytes) -> Asset {
        let etag = Sha256::digest(&plain)
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>();
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let gzip = encoder.write_all(&plain).and_then(|()| encoder.finish()).ok();
        // What hardly gets smaller (pictures) is sent as it is.
        let gzip = gzip.filter(|gzip| gzip.len() < plain.len() * 9 / 10).map(Bytes::from);
        Asset {
            kind: kind(extension),
            etag: format!("\"{etag}\""),
            plain,
            gzip,
        }
    }
}

/// All pages and files that need no log-in.
pub fn mounted() -> Vec<Route> {
    routes![index, docs, file]
}

#[get("/")]
async fn index(assets: &State<Assets>) -> Result<Sent, Error> {
    assets.find("index.html").await.map(Sent)
}

#[get("/docs")]
async fn docs(assets: &State<Assets>) -> Result<Sent, Error> {
    assets.find("docs.html").await.map(Sent)
}

/// Any other file. Where there is none, the catcher answers: the path may be one of the API with another method.
#[get("/<path..>", rank = 30)]
async fn file(path: PathBuf, assets: &State<Assets>) -> Option<Sent> {
    let name = path.to_string_lossy().replace('\\', "/");
    assets.find(&name).await.map(Sent).ok()
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
