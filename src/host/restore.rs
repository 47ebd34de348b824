//! `/host/restore`: a backup in the place of everything, from within.
//!
//! What comes in is read through before anything changes. Then the server stops as it does at its end, the file is put in
//! place, and the server begins again on the same port; devices come back by themselves and are told to read anew.

use std::io::Write;
use std::sync::Arc;

use rocket::data::{Data, FromData, Outcome};
use rocket::http::Status;
use rocket::request::Request;
use rocket::{post, routes, Route, Shutdown, State};
use serde_json::{json, Value};
use utoipa::ToSchema;

use super::backups::routes::refused;
use super::backups::{BackupName, Folder};
use super::restart::Restart;
use super::setup;
use crate::accounts::guard::{AuthUser, Maybe};
use crate::accounts::Role;
use crate::db::{Db, Failure, Incoming};
use crate::error::{Error, Result};
use crate::form::{Body, Part, Sink};
use crate::media::upload::check_disk;
use crate::reply::Json;
use crate::text::Text;

/// Characters of a backup's name.
const NAME_MAX: usize = 100;

/// The part of `/host` that is about restoring.
pub fn mounted() -> Vec<Route> {
    routes![restore]
}

/// A body of who may put a backup in place of everything.
pub struct Restoring<'r>(Body<'r>);

#[rocket::async_trait]
impl<'r> FromData<'r> for Restoring<'r> {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        let body = Body::new(request, data);
        match allowed(request).await {
            Ok(()) => Outcome::Success(Restoring(body)),
            Err(error) => {
                body.discard().await;
                error.refuse(request)
            }
        }
    }
}

/// The host; or, as long as there is none, who shows the link's token.
async fn allowed(request: &Request<'_>) -> Result<()> {
    if request.headers().contains("x-setup-token") {
        return setup::shown(request).await;
    }
    let Maybe(user) = match request.guard().await {
        rocket::request::Outcome::Success(maybe) => maybe,
        _ => return Err(Error::unauthorized(Text::NotAuthenticated)),
    };
    user.and_then(|user: AuthUser| user.at_least(Role::Host))
}

/// Which backup is to come in.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct RestoreFields {
    /// One of those beside the database.
    backup: Option<String>,
    /// Multipart: one from elsewhere.
    #[schema(value_type = Option<String>, format = Binary)]
    file: Option<String>,
}

/// Puts a backup in place of everything and starts anew with it: for the host, or with `X-Setup-Token` before there is one. The database as it was is kept beside it. Whatever the file
/// is instead of a whole backup is answered with 400, and nothing has changed.
#[utoipa::path(context_path = "/host", tag = "Host", request_body = RestoreFields,
    responses((status = 202, description = "It was read through; the server starts anew with it"), (status = 400), (status = 403),
        (status = 409, description = "Another one is coming in"), (status = 507)))]
#[post("/restore", data = "<body>")]
pub async fn restore(
    body: Restoring<'_>,
    db: &State<Db>,
    restart: &State<Arc<Restart>>,
    shutdown: Shutdown,
) -> Result<Json<Value>> {
    let incoming = Incoming::begin(db.path()).map_err(|error| refused(error.into()))?;
    let mut sink = Receiving {
        db,
        incoming: incoming.ok_or(Error::Conflict(Text::RestoreBusy))?,
        came: false,
    };
    let mut form = body.0.read_with(&mut sink).await?;
    let Receiving { incoming, came, .. } = sink;
    let name = form.maybe("backup", NAME_MAX);
    if !came && name.is_none() {
        form.errors.add("file", Text::Required);
    }
    form.finish()?;
    let field = if came { "file" } else { "backup" };
    let folder = Folder::beside(db.path());
    let from = match name.filter(|_| !came) {
        None => None,
        Some(name) => {
            let known = BackupName::parse(&name).filter(|name| folder.find(name).is_ok());
            let known = known.ok_or_else(|| Error::field(field, Text::InvalidChoice(name)))?;
            Some(folder.path(&known))
        }
    };
    let prepared = tokio::task::spawn_blocking(move || {
        from.map_or(Ok(()), |from| incoming.copy(&from))?;
        incoming.prepare()
    });
    let prepared = prepared.await.map_err(Error::internal)?;
    restart.ask(prepared.map_err(|failure| unfit(field, failure))?);
    shutdown.notify();
    Ok(Json(Status::Accepted, json!({ "status": "restarting" })))
}

/// What is wrong with a file that was to come in.
fn unfit(field: &str, failure: Failure) -> Error {
    let text = match failure {
        Failure::Empty | Failure::NotADatabase => Text::NotABackup,
        Failure::Foreign => Text::BackupForeign,
        Failure::Newer => Text::BackupNewer,
        Failure::Truncated | Failure::InUse => Text::BackupTruncated,
        Failure::Damaged(what) => {
            tracing::warn!(what, "a backup that was to come in is damaged");
            Text::BackupDamaged
        }
        other => return refused(other),
    };
    Error::field(field, text)
}

/// Takes the file beside the database as it comes.
struct Receiving<'r> {
    db: &'r Db,
    incoming: Incoming,
    came: bool,
}

#[rocket::async_trait]
impl Sink for Receiving<'_> {
    async fn take(&mut self, field: &str, _file_name: &str, part: &mut Part<'_>) -> Result<()> {
        if field != "file" {
            while part.chunk().await?.is_some() {}
            return Ok(());
        }
        if self.came {
            return Err(Error::field("file", Text::TwoFiles));
        }
        self.came = true;
        let mut file = self.incoming.file().map_err(Error::internal)?;
        while let Some(bytes) = part.chunk().await? {
            check_disk(self.db)?;
            let written = tokio::task::spawn_blocking(move || file.write_all(&bytes).map(|()| file));
            let written = written.await.map_err(Error::internal)?;
            file = written.map_err(|error| refused(error.into()))?;
        }
        Ok(())
    }

    fn body_max(&self) -> u64 {
        // As long as there is room: the disk is looked at for each piece.
        i64::MAX as u64
    }
}
