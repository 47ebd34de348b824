//! `/host/about`, `/host/startup` and `/host/journal`: what runs here, with which settings, and what it had to say.

use rocket::{get, routes, Route, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::storage::store::count_all;
use super::storage::Counts;
use crate::accounts::guard::Host;
use crate::addresses::Addresses;
use crate::clock;
use crate::config::Setting;
use crate::db::Db;
use crate::error::Result;
use crate::journal;
use crate::reply::Json;
use crate::text::Lang;

/// The part of `/host` that tells of the server itself.
pub fn mounted() -> Vec<Route> {
    routes![get_about, get_journal, get_startup]
}

/// What runs here.
#[derive(Serialize, ToSchema)]
pub struct About {
    version: &'static str,
    /// For which system it was built, and how: "x86_64-unknown-linux-gnu, release".
    build: &'static str,
    /// The version of the SQLite inside.
    sqlite: &'static str,
    started: String,
    uptime_seconds: u64,
    /// The whole path of the file that holds everything.
    database: String,
    /// Of the database, with its log.
    bytes: u64,
    counts: Counts,
}

/// Version, build, since when, on which file, and how much is in it.
#[utoipa::path(context_path = "/host", tag = "Host", responses((status = 200, body = About), (status = 403)))]
#[get("/about")]
pub async fn get_about(_host: Host, db: &State<Db>, addresses: &State<Addresses>) -> Result<Json<About>> {
    let counts = db.search(count_all).await?;
    let age = addresses.age();
    let started = clock::now() - i64::try_from(age.as_micros()).unwrap_or(0);
    let path = std::path::absolute(db.path()).unwrap_or_else(|_| db.path().to_owned());
    Ok(Json::ok(About {
        version: env!("CARGO_PKG_VERSION"),
        build: env!("MESSENGER_BUILD"),
        sqlite: rusqlite::version(),
        started: clock::rfc3339(started),
        uptime_seconds: age.as_secs(),
        database: path.display().to_string(),
        bytes: db.bytes(),
        counts,
    }))
}

/// The settings that the server started with, each with its default and its meaning.
#[utoipa::path(context_path = "/host", tag = "Host", responses((status = 200, body = Vec<Setting>), (status = 403)))]
#[get("/startup")]
pub async fn get_startup(_host: Host, lang: Lang, settings: &State<Vec<Setting>>) -> Json<Vec<Setting>> {
    Json::ok(settings.iter().map(|setting| setting.told_in(lang)).collect())
}

/// The end of the log.
#[derive(Serialize, ToSchema)]
pub struct LogTail {
    /// The newest 500 at most, the oldest first: time, level, part of the program, words.
    lines: Vec<String>,
}

/// The newest lines of the server's log. Codes and links that its window shows are not in it.
#[utoipa::path(context_path = "/host", tag = "Host", responses((status = 200, body = LogTail), (status = 403)))]
#[get("/journal")]
pub async fn get_journal(_host: Host) -> Json<LogTail> {
    Json::ok(LogTail {
        lines: journal::lines(),
    })
}
