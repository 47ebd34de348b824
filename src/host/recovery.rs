//! `/host/people/<id>/recovery`: a way back in for who has forgotten his password, without mail.

use rocket::{post, routes, Route, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::codes::{new_code, CODE_MINUTES};
use crate::accounts::guard::Host;
use crate::accounts::store::find_user;
use crate::clock;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::ids::UserId;
use crate::order::store::{insert_deed, Deed};
use crate::reply::Json;

/// The part of `/host` that lets people in again.
pub fn mounted() -> Vec<Route> {
    routes![recover]
}

/// A code that counts once.
#[derive(Serialize, ToSchema)]
pub struct Recovery {
    /// What `/auth/password_reset/confirm/` takes as `token`.
    code: String,
    expires: String,
}

/// A code that somebody sets a new password with, as one that comes by mail; the one before is void. When it is used, all
/// sessions of that person end.
#[utoipa::path(context_path = "/host", tag = "Host", responses((status = 201, body = Recovery), (status = 403), (status = 404)))]
#[post("/people/<user>/recovery")]
pub async fn recover(user: UserId, host: Host, db: &State<Db>) -> Result<Json<Recovery>> {
    let Host(host) = host;
    let expires = clock::now() + CODE_MINUTES * 60_000_000;
    let code = db.write(move |tx| {
        find_user(tx, user)?.ok_or_else(Error::not_found)?;
        insert_deed(tx, Deed::to(host.id, "recovery", user))?;
        new_code(tx, user)
    });
    Ok(Json::created(Recovery {
        code: code.await?,
        expires: clock::rfc3339(expires),
    }))
}
