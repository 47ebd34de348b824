//! `/host/people`: what somebody may do here, and the end of his sessions.

use rocket::http::Status;
use rocket::{delete, patch, routes, Route, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::guard::{Host, Signed};
use crate::accounts::store::{count_role, delete_sessions, find_user, update_role};
use crate::accounts::Role;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::ids::UserId;
use crate::reply::{Json, NO_CONTENT};
use crate::text::Text;

/// The part of `/host` that is about people.
pub fn mounted() -> Vec<Route> {
    routes![patch_person, end_sessions]
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
        match before == role {
            true => Ok(()),
            false => update_role(tx, user, role),
        }
    })
    .await?;
    Ok(Json::ok(Changed { id: user, role }))
}

/// Ends all sessions of somebody: each of his devices has to sign in again.
#[utoipa::path(context_path = "/host", tag = "Host", responses((status = 204), (status = 403), (status = 404)))]
#[delete("/people/<user>/sessions")]
pub async fn end_sessions(user: UserId, _host: Host, db: &State<Db>) -> Result<Status> {
    db.write(move |tx| {
        find_user(tx, user)?.ok_or_else(Error::not_found)?;
        delete_sessions(tx, user, None)
    })
    .await?;
    Ok(NO_CONTENT)
}
