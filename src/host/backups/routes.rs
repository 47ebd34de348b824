//! `/host/backups`.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use rocket::http::{ContentType, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rocket::{delete, get, post, routes, Route, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Backup, BackupName, Folder};
use crate::accounts::guard::{Host, Maybe};
use crate::accounts::Role;
use crate::clock;
use crate::db::{local_time, Db, Failure};
use crate::edge::BaseUrl;
use crate::error::{Error, Result};
use crate::ids::random_hex;
use crate::media::disposition::content_disposition;
use crate::page::{Page, Paging};
use crate::reply::{set_streamed, Json, NO_CONTENT};
use crate::text::Text;

/// Microseconds that a ticket counts.
const TICKET: i64 = 60_000_000;

/// The part of `/host` that is about backups.
pub fn mounted() -> Vec<Route> {
    routes![list, create, fetch, issue, remove]
}

/// Why there is no backup.
pub fn refused(failure: Failure) -> Error {
    match failure {
        Failure::Full => Error::StorageFull,
        Failure::Stopped => Error::Unavailable,
        Failure::Busy | Failure::Exists => Error::Conflict(Text::BackupBusy),
        Failure::Sql(error) => error.into(),
        other => Error::internal(format!("{other:?}")),
    }
}

/// As [`refused`], where it is a file that is not there.
fn missing(error: std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::NotFound => Error::not_found(),
        _ => Error::internal(error),
    }
}

/// The backups that lie beside the database, the newest first.
#[utoipa::path(context_path = "/host", tag = "Host", params(("page" = Option<String>, Query), ("page_size" = Option<i64>, Query)),
    responses((status = 200, body = Page<Backup>), (status = 403)))]
#[get("/backups")]
pub async fn list(_host: Host, paging: Paging, db: &State<Db>) -> Result<Json<Page<Backup>>> {
    let all = Folder::beside(db.path()).list().map_err(Error::internal)?;
    let slice = paging.slice(all.len() as i64)?;
    let (count, skip, take) = (all.len() as i64, slice.offset as usize, slice.limit as usize);
    let page = all.into_iter().skip(skip).take(take).collect();
    Ok(Json::ok(paging.page(count, slice, page)))
}

/// Backs up everything as of now, beside the people who write; answers once the backup was read through.
#[utoipa::path(context_path = "/host", tag = "Host",
    responses((status = 201, body = Backup), (status = 403), (status = 409, description = "One is being written"), (status = 507)))]
#[post("/backups")]
pub async fn create(_host: Host, db: &State<Db>) -> Result<Json<Backup>> {
    let folder = Folder::beside(db.path());
    folder.make().map_err(|error| refused(error.into()))?;
    let name = folder.fresh_name(&local_time(clock::now(), "%Y-%m-%dT%H%M")?, "-by-hand");
    db.back_up(folder.path(&name)).await.map_err(refused)?;
    Ok(Json::created(folder.find(&name).map_err(Error::internal)?))
}

/// Deletes a backup.
#[utoipa::path(context_path = "/host", tag = "Host", params(("name" = String, Path)),
    responses((status = 204), (status = 403), (status = 404)))]
#[delete("/backups/<name>")]
pub async fn remove(name: BackupName, _host: Host, db: &State<Db>) -> Result<Status> {
    std::fs::remove_file(Folder::beside(db.path()).path(&name)).map_err(missing)?;
    Ok(NO_CONTENT)
}

/// What opens one backup once, for a minute: a browser that saves a file sends no token.
#[derive(Default)]
pub struct Tickets(Mutex<HashMap<String, (BackupName, i64)>>);

impl Tickets {
    fn issue(&self, name: BackupName, now: i64) -> (String, i64) {
        let (ticket, expires) = (random_hex(16), now + TICKET);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (_, expires)| *expires > now);
        all.insert(ticket.clone(), (name, expires));
        (ticket, expires)
    }

    fn take(&self, ticket: &str, name: &BackupName, now: i64) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = all.remove(ticket);
        taken.is_some_and(|(of, expires)| of == *name && expires > now)
    }
}

/// An address that opens one backup, once.
#[derive(Serialize, ToSchema)]
pub struct Ticket {
    url: String,
    expires: String,
}

/// An address to fetch a backup from without a token: it counts once, for a minute.
#[utoipa::path(context_path = "/host", tag = "Host", params(("name" = String, Path)),
    responses((status = 201, body = Ticket), (status = 403), (status = 404)))]
#[post("/backups/<name>/ticket")]
pub async fn issue(
    name: BackupName,
    _host: Host,
    base: BaseUrl,
    db: &State<Db>,
    tickets: &State<Tickets>,
) -> Result<Json<Ticket>> {
    Folder::beside(db.path()).find(&name).map_err(missing)?;
    let path = format!("{}/host/backups/{}/", base.0, name.text());
    let (ticket, expires) = tickets.issue(name, clock::now());
    Ok(Json::created(Ticket {
        url: format!("{path}?ticket={ticket}"),
        expires: clock::rfc3339(expires),
    }))
}

/// The bytes of a backup, for the host or for who has a ticket.
#[utoipa::path(context_path = "/host", tag = "Host", params(("name" = String, Path), ("ticket" = Option<String>, Query)),
    responses((status = 200, description = "The bytes", content_type = "application/octet-stream"), (status = 403), (status = 404)))]
#[get("/backups/<name>?<ticket>")]
pub async fn fetch(
    name: BackupName,
    ticket: Option<&str>,
    who: Maybe,
    db: &State<Db>,
    tickets: &State<Tickets>,
) -> Result<Fetched> {
    match ticket {
        Some(ticket) if tickets.take(ticket, &name, clock::now()) => {}
        Some(_) => return Err(Error::not_found()),
        None => who.0?.at_least(Role::Host)?,
    }
    let path = Folder::beside(db.path()).path(&name);
    let file = tokio::fs::File::open(path).await.map_err(missing)?;
    let bytes = file.metadata().await.map_err(Error::internal)?.len();
    Ok(Fetched { name, bytes, file })
}

/// A backup as an answer.
pub struct Fetched {
    name: BackupName,
    bytes: u64,
    file: tokio::fs::File,
}

impl<'r> Responder<'r, 'static> for Fetched {
    fn respond_to(self, _request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = Response::build();
        response
            .header(ContentType::Binary)
            .raw_header("Content-Disposition", content_disposition(false, self.name.text()))
            .raw_header("Content-Length", self.bytes.to_string());
        set_streamed(&mut response, self.file);
        response.ok()
    }
}
