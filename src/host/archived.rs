//! `/host/archived`: all groups put away at the end of a lesson, or brought back.

use rocket::{delete, put, routes, Route, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::guard::Host;
use crate::chats::everyone::store::archive_all;
use crate::db::Db;
use crate::error::Result;
use crate::order::store::{insert_deed, Deed};
use crate::reply::Json;

/// The part of `/host` that puts chats away.
pub fn mounted() -> Vec<Route> {
    routes![put_away, bring_back]
}

/// How many groups it were.
#[derive(Debug, Serialize, ToSchema)]
pub struct Moved {
    chats: usize,
}

/// Puts every group away: it is read as before, and nobody writes in it. Where the group of everybody is among them, another of
/// its name takes its place. Private chats stay as they are.
#[utoipa::path(context_path = "/host", tag = "Host", responses((status = 200, body = Moved), (status = 403)))]
#[put("/archived")]
pub async fn put_away(host: Host, db: &State<Db>) -> Result<Json<Moved>> {
    set_all(host, db, true).await
}

/// Brings every group back that was put away.
#[utoipa::path(context_path = "/host", tag = "Host", responses((status = 200, body = Moved), (status = 403)))]
#[delete("/archived")]
pub async fn bring_back(host: Host, db: &State<Db>) -> Result<Json<Moved>> {
    set_all(host, db, false).await
}

async fn set_all(Host(host): Host, db: &Db, archived: bool) -> Result<Json<Moved>> {
    let moved = db.write(move |tx| {
        let chats = archive_all(tx, host.id, archived)?;
        if chats > 0 {
            let deed = if archived { "put_away" } else { "bring_back" };
            insert_deed(tx, Deed::of(host.id, deed))?;
        }
        Ok(Moved { chats })
    });
    Ok(Json::ok(moved.await?))
}
