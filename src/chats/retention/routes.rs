//! `/chat/<id>/retention`.

use rocket::{put, routes, Route, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::members::store::find_member;
use super::store::{find_retention, update_retention};
use super::DAYS_MAX;
use crate::accounts::guard::{AuthUser, Signed};
use crate::accounts::Role;
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::ids::ChatId;
use crate::order::store::{insert_deed, Deed};
use crate::reply::Json;
use crate::text::Text;

/// The part of `/chat` that is about how long a chat keeps.
pub fn mounted() -> Vec<Route> {
    routes![put_retention]
}

/// How long a chat keeps what was said in it.
#[derive(Serialize, ToSchema)]
pub struct Retention {
    /// 1 to 3650; null: for ever.
    days: Option<i64>,
}

/// Sets after how many days messages lose their content: the group's owner may, and the host in every chat.
#[utoipa::path(context_path = "/chat", tag = "Chats", request_body = Retention,
    responses((status = 200, body = Retention), (status = 400), (status = 403), (status = 404)))]
#[put("/<chat>/retention", data = "<body>", rank = 2)]
pub async fn put_retention(chat: ChatId, body: Signed<'_>, db: &State<Db>) -> Result<Json<Retention>> {
    let Signed { user, body } = body;
    let mut form = body.read().await?;
    if !form.has("days") {
        form.errors.add("days", Text::Required);
    }
    let days = match form.is_null("days") {
        true => None,
        false => form.number("days", 1, DAYS_MAX),
    };
    db.write(move |tx| {
        let before = allowed(tx, chat, &user)?;
        form.finish()?;
        if before != days {
            update_retention(tx, chat, days)?;
            insert_deed(
                tx,
                Deed {
                    note: &days.map_or_else(|| "null".to_owned(), |days| days.to_string()),
                    ..Deed::within(user.id, "retention", chat)
                },
            )?;
        }
        Ok(Json::ok(Retention { days }))
    })
    .await
}

/// Lets the chat's owner and the host pass; how long it keeps so far.
fn allowed(tx: &Tx<'_>, chat: ChatId, user: &AuthUser) -> Result<Option<i64>> {
    let (owner, days) = find_retention(tx, chat)?.ok_or_else(Error::not_found)?;
    if user.role() == Role::Host {
        return Ok(days);
    }
    find_member(tx, chat, user.id)?.ok_or_else(Error::not_found)?;
    match owner == Some(user.id) {
        true => Ok(days),
        false => Err(Error::Forbidden(Text::PermissionDenied)),
    }
}
