//! `/host/people`: who is here and who is kept out, what somebody may do here, and the end of his sessions.

use std::sync::Arc;

use rocket::http::Status;
use rocket::{delete, get, patch, routes, Route, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::guard::{Host, Signed, Staff};
use crate::accounts::routes::{devices, Device};
use crate::accounts::sessions::Sessions;
use crate::accounts::store::{count_role, delete_session, delete_sessions, find_user, update_role};
use crate::accounts::{Person, Role};
use crate::db::Db;
use crate::edge::BaseUrl;
use crate::error::{Error, Result};
use crate::ids::{SessionId, UserId};
use crate::order::store::{count_kept, find_role, insert_deed, list_kept, Deed};
use crate::order::Silence;
use crate::page::{Page, Paging};
use crate::reply::{Json, NO_CONTENT};
use crate::text::Text;

/// The part of `/host` that is about people.
pub fn mounted() -> Vec<Route> {
    routes![list_people, patch_person, list_sessions, end_session, end_sessions]
}

/// Somebody as those see him who keep order.
#[derive(Serialize, ToSchema)]
pub struct Kept {
    #[serde(flatten)]
    person: Person,
    /// Whether he may write, and until when not.
    silence: Silence,
    /// Whether he is kept out.
    banned: bool,
}

/// Everybody who is here or kept out, the newest first, with what was done about him; `search` finds parts of their names.
/// Staff may read it.
#[utoipa::path(context_path = "/host", tag = "Host",
    params(("search" = Option<String>, Query), ("page" = Option<String>, Query), ("page_size" = Option<i64>, Query)),
    responses((status = 200, body = Page<Kept>), (status = 403)))]
#[get("/people?<search>")]
pub async fn list_people(
    search: Option<String>,
    _staff: Staff,
    paging: Paging,
    base: BaseUrl,
    db: &State<Db>,
    sessions: &State<Arc<Sessions>>,
) -> Result<Json<Page<Kept>>> {
    let search = search.unwrap_or_default();
    let sessions = Arc::clone(sessions);
    let page = db.read(move |connection| {
        let count = count_kept(connection, &search)?;
        let slice = paging.slice(count)?;
        let people = list_kept(connection, &search, slice.limit, slice.offset)?;
        let shown = people.into_iter().map(|kept| Kept {
            person: sessions.person(&kept.user, &base.0),
            silence: kept.silence,
            banned: kept.banned,
        });
        Ok(paging.page(count, slice, shown.collect()))
    });
    Ok(Json::ok(page.await?))
}

/// What somebody is to be.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct PersonChanges {
    /// "member", "staff" or "host".
    role: Role,
}

/// What somebody is from now on.
#[derive(Serialize, ToSchema)]
pub struct Changed {
    id: UserId,
    role: Role,
}

/// Makes somebody a member, staff or a host, which his sessions know at once. A guest who becomes one stays. The last
/// host stays one.
#[utoipa::path(context_path = "/host", tag = "Host", request_body = PersonChanges,
    responses((status = 200, body = Changed), (status = 400), (status = 403), (status = 404), (status = 409, description = "The last host")))]
#[patch("/people/<user>", data = "<body>")]
pub async fn patch_person(user: UserId, body: Signed<'_>, db: &State<Db>) -> Result<Json<Changed>> {
    let Signed { user: host, body } = body;
    let mut form = body.read().await?;
    host.at_least(Role::Host)?;
    if !form.has("role") {
        form.errors.add("role", Text::Required);
    }
    let role = form.choice("role", Role::parse).unwrap_or(Role::Member);
    form.finish()?;
    db.write(move |tx| {
        let before = find_user(tx, user)?.ok_or_else(Error::not_found)?.role;
        if before == Role::Host && role != Role::Host && count_role(tx, Role::Host)? == 1 {
            return Err(Error::Conflict(Text::LastHost));
        }
        if before == role {
            return Ok(());
        }
        update_role(tx, user, role)?;
        let note = role.name();
        insert_deed(
            tx,
            Deed {
                note,
                ..Deed::to(host.id, "role", user)
            },
        )
    })
    .await?;
    Ok(Json::ok(Changed { id: user, role }))
}

/// Somebody's sessions, the last used first: with what device, from where, since when.
#[utoipa::path(context_path = "/host", tag = "Host",
    params(("page" = Option<String>, Query), ("page_size" = Option<i64>, Query)),
    responses((status = 200, body = Page<Device>), (status = 403), (status = 404)))]
#[get("/people/<user>/sessions")]
pub async fn list_sessions(user: UserId, host: Host, paging: Paging, db: &State<Db>) -> Result<Json<Page<Device>>> {
    let current = host.0.session.id;
    let page = db.read(move |connection| {
        find_role(connection, user)?.ok_or_else(Error::not_found)?;
        devices(connection, user, current, paging)
    });
    Ok(Json::ok(page.await?))
}

/// Ends one session of somebody: that device has to sign in again.
#[utoipa::path(context_path = "/host", tag = "Host",
    responses((status = 204), (status = 403), (status = 404, description = "Not one of his")))]
#[delete("/people/<user>/sessions/<session>")]
pub async fn end_session(user: UserId, session: SessionId, host: Host, db: &State<Db>) -> Result<Status> {
    let Host(host) = host;
    db.write(move |tx| {
        if !delete_session(tx, user, session)? {
            return Err(Error::not_found());
        }
        insert_deed(tx, Deed::to(host.id, "end_session", user))?;
        Ok(NO_CONTENT)
    })
    .await
}

/// Ends all sessions of somebody: each of his devices has to sign in again.
#[utoipa::path(context_path = "/host", tag = "Host", responses((status = 204), (status = 403), (status = 404)))]
#[delete("/people/<user>/sessions")]
pub async fn end_sessions(user: UserId, host: Host, db: &State<Db>) -> Result<Status> {
    let Host(host) = host;
    db.write(move |tx| {
        find_user(tx, user)?.ok_or_else(Error::not_found)?;
        delete_sessions(tx, user, None)?;
        insert_deed(tx, Deed::to(host.id, "sign_out", user))
    })
    .await?;
    Ok(NO_CONTENT)
}
