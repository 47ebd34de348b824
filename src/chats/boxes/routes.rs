//! `/chat/<chat>/boxes`, `/chat/boxes/<id>` and `/media/boxes/<id>/<name>`.

use std::sync::Arc;

use rocket::http::Status;
use rocket::{delete, get, patch, post, routes, Route, State};
use rusqlite::Connection;
use serde::Serialize;
use time::format_description::well_known::Rfc3339;
use time::OffsetDateTime;
use tokio::runtime::Handle;
use utoipa::ToSchema;

use super::store::{self, BoxRow};
use super::{HandInBox, TITLE_MAX};
use crate::accounts::guard::{AuthUser, MediaUser, Signed};
use crate::accounts::sessions::Sessions;
use crate::accounts::Role;
use crate::chats::members::store::member;
use crate::chats::Member;
use crate::clock;
use crate::db::Db;
use crate::edge::BaseUrl;
use crate::error::{Error, Result};
use crate::form::Form;
use crate::ids::{BoxId, ChatId, UserId};
use crate::media::disposition::clean_name;
use crate::media::store::find_row;
use crate::media::upload::{Slot, Uploading};
use crate::media::CHUNK;
use crate::order::store::standing_in;
use crate::reply::{Json, NO_CONTENT};
use crate::text::Text;
use crate::zipped::{Download, Zipping};

/// The part of `/chat` that is about boxes.
pub fn mounted() -> Vec<Route> {
    routes![list, create, change, hand_in, take_back]
}

/// The part of `/media` that is about boxes.
pub fn downloads() -> Vec<Route> {
    routes![download]
}

/// The boxes of a chat.
#[derive(Serialize, ToSchema)]
pub struct HandInBoxes {
    results: Vec<HandInBox>,
}

/// The boxes of a chat, the newest first, as the caller sees them.
#[utoipa::path(context_path = "/chat", tag = "Boxes", responses((status = 200, body = HandInBoxes), (status = 404)))]
#[get("/<chat>/boxes", rank = 2)]
pub async fn list(chat: ChatId, user: AuthUser, base: BaseUrl, db: &State<Db>) -> Result<Json<HandInBoxes>> {
    let results = db.read(move |connection| {
        let member = member(connection, chat, user.id)?;
        store::list_boxes(connection, &member, user.role(), &base.0)
    });
    Ok(Json::ok(HandInBoxes {
        results: results.await?,
    }))
}

/// A box to be made, or what is to be changed of one.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct BoxFields {
    /// At most 150 characters.
    title: Option<String>,
    /// RFC 3339; null: none. What comes later is taken and marked.
    due: Option<String>,
    /// Whether nothing is taken any more.
    closed: Option<bool>,
}

/// Makes a box: the chat's owner may, and staff who are in it. Its members are told `chat.updated`.
#[utoipa::path(context_path = "/chat", tag = "Boxes", request_body = BoxFields,
    responses((status = 201, body = HandInBox), (status = 400), (status = 403), (status = 404)))]
#[post("/<chat>/boxes", data = "<body>", rank = 2)]
pub async fn create(chat: ChatId, body: Signed<'_>, base: BaseUrl, db: &State<Db>) -> Result<Json<HandInBox>> {
    let Signed { user, body } = body;
    let mut form = body.read().await?;
    let title = form.required("title", TITLE_MAX);
    let due = due_field(&mut form).unwrap_or_default();
    let made = db.write(move |tx| {
        let member = member(tx, chat, user.id)?;
        leads(&member, user.role())?;
        form.finish()?;
        standing_in(tx, &member)?.may_reword(&member, clock::now())?;
        let id = store::insert_box(tx, &member, &title, due)?;
        let (row, member) = store::visible(tx, id, user.id)?;
        store::show(tx, row, &member, user.role(), &base.0)
    });
    Ok(Json::created(made.await?))
}

/// Renames a box, sets when it is due, closes it or opens it again.
#[utoipa::path(context_path = "/chat", tag = "Boxes", request_body = BoxFields,
    responses((status = 200, body = HandInBox), (status = 400), (status = 403), (status = 404)))]
#[patch("/boxes/<id>", data = "<body>")]
pub async fn change(id: BoxId, body: Signed<'_>, base: BaseUrl, db: &State<Db>) -> Result<Json<HandInBox>> {
    let Signed { user, body } = body;
    let mut form = body.read().await?;
    let title = form.optional("title", TITLE_MAX);
    let (due, closed) = (due_field(&mut form), form.flag("closed"));
    let changed = db.write(move |tx| {
        let (mut row, member) = store::visible(tx, id, user.id)?;
        leads(&member, user.role())?;
        form.finish()?;
        if title.is_some() {
            standing_in(tx, &member)?.may_reword(&member, clock::now())?;
        }
        row.title = title.unwrap_or(row.title);
        row.due = due.unwrap_or(row.due);
        row.closed = closed.unwrap_or(row.closed);
        store::update_box(tx, &row)?;
        store::show(tx, row, &member, user.role(), &base.0)
    });
    Ok(Json::ok(changed.await?))
}

/// When a box is due: nothing where it is left out, None inside where it is null.
fn due_field(form: &mut Form) -> Option<Option<i64>> {
    if form.is_null("due") {
        return Some(None);
    }
    let text = form.maybe("due", 40)?;
    let time = OffsetDateTime::parse(&text, &Rfc3339).ok();
    let micros = time.and_then(|time| i64::try_from(time.unix_timestamp_nanos() / 1000).ok());
    if micros.is_none() {
        form.errors.add("due", Text::NotATime);
    }
    micros.map(Some)
}

fn leads(member: &Member, role: Role) -> Result<()> {
    match member.leads(role) {
        true => Ok(()),
        false => Err(Error::Forbidden(Text::PermissionDenied)),
    }
}

/// Whether somebody may hand into a box, or take back. A teacher asks for files where others may not send them to all.
fn open(connection: &Connection, row: &BoxRow, member: &Member) -> Result<()> {
    if row.closed {
        return Err(Error::Forbidden(Text::BoxClosed));
    }
    standing_in(connection, member).map(drop)
}

/// A file to be handed in.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct HandInFields {
    #[schema(value_type = String, format = Binary)]
    file: String,
}

/// Hands a file in, in place of the one the caller handed in before. He, the chat's owner and staff in it are told
/// `boxes.updated`.
#[utoipa::path(context_path = "/chat", tag = "Boxes",
    request_body(content = HandInFields, content_type = "multipart/form-data"),
    responses((status = 201, body = HandInBox), (status = 200, body = HandInBox, description = "It replaced another"), (status = 400),
        (status = 403, description = "The box is closed"), (status = 404), (status = 413)))]
#[post("/boxes/<id>/files", data = "<body>")]
pub async fn hand_in(
    id: BoxId,
    uploading: Uploading<'_>,
    body: Signed<'_>,
    base: BaseUrl,
    db: &State<Db>,
) -> Result<Json<HandInBox>> {
    let Signed { user, body } = body;
    let mut uploads = uploading.uploads(user.id, &[Slot::file("file")]);
    // Asked before anything is stored, too: who may not hand in brings nothing.
    let asker = user.id;
    let may = db
        .read(move |connection| {
            let (row, member) = store::visible(connection, id, asker)?;
            open(connection, &row, &member)
        })
        .await;
    if let Err(error) = may {
        body.discard().await;
        return Err(error);
    }
    let mut form = body.read_with(&mut uploads).await?;
    uploads.expect(&mut form, "file");
    let file = uploads.found("file");
    form.finish()?;
    let Some(file) = file else {
        return Err(Error::internal("a file that was there"));
    };
    let (shown, first) = db
        .write(move |tx| {
            let (row, member) = store::visible(tx, id, user.id)?;
            open(tx, &row, &member)?;
            let first = store::upsert_file(tx, &row, user.id, file.id)?;
            Ok((store::show(tx, row, &member, user.role(), &base.0)?, first))
        })
        .await?;
    uploads.keep();
    Ok(Json(if first { Status::Created } else { Status::Ok }, shown))
}

/// Takes back what the caller has handed in, while the box is open.
#[utoipa::path(context_path = "/chat", tag = "Boxes",
    responses((status = 204), (status = 403, description = "The box is closed"), (status = 404)))]
#[delete("/boxes/<id>/files", rank = 2)]
pub async fn take_back(id: BoxId, user: AuthUser, db: &State<Db>) -> Result<Status> {
    db.write(move |tx| {
        let (row, member) = store::visible(tx, id, user.id)?;
        open(tx, &row, &member)?;
        match store::delete_file(tx, &row, user.id)? {
            true => Ok(NO_CONTENT),
            false => Err(Error::not_found()),
        }
    })
    .await
}

/// All that was handed in as one ZIP, each file called `Name - file`: for the chat's owner and staff.
#[utoipa::path(context_path = "/media", tag = "Boxes", params(("id" = BoxId, Path), ("_name" = String, Path)),
    responses((status = 200, description = "The ZIP", content_type = "application/zip"), (status = 403), (status = 404)))]
#[get("/boxes/<id>/<_name>")]
pub async fn download(
    id: BoxId,
    _name: &str,
    user: MediaUser,
    db: &State<Db>,
    sessions: &State<Arc<Sessions>>,
    zipping: &State<Zipping>,
) -> Result<Download> {
    let asked = Asked {
        id,
        user: user.id,
        session: user.session,
        db: db.inner().clone(),
        sessions: Arc::clone(sessions),
    };
    let (title, role) = asked.may().await?;
    let files = db.read(move |connection| store::list_packed(connection, id)).await?;
    let (reader, runtime) = (db.reader()?, Handle::current());
    let name = clean_name(&format!("{title}.zip"));
    Ok(zipping.begin(role, name, move |zip| {
        for file in files {
            zip.begin(&file.name, true, file.size)?;
            for number in 0..file.size.div_ceil(CHUNK as u64) {
                // What was taken back meanwhile, or is his to see no more, ends it early.
                runtime.block_on(asked.may())?;
                let row = find_row(&reader, file.media, number)?.ok_or_else(Error::not_found)?;
                zip.write(&row)?;
            }
        }
        Ok(())
    }))
}

/// Who downloads, with what is asked again before each piece.
struct Asked {
    id: BoxId,
    user: UserId,
    session: crate::ids::SessionId,
    db: Db,
    sessions: Arc<Sessions>,
}

impl Asked {
    /// The box's title and his role, if this person may take home what is in it.
    async fn may(&self) -> Result<(String, Role)> {
        let session = self.sessions.find(&self.db, self.session).await?;
        let role = session.ok_or_else(|| Error::unauthorized(Text::NotAuthenticated))?.role;
        let (id, user) = (self.id, self.user);
        let title = self.db.read(move |connection| {
            let (row, member) = store::visible(connection, id, user)?;
            leads(&member, role)?;
            Ok((row.title, role))
        });
        title.await
    }
}
