//! `/chat/<chat>/held`: messages that wait, and what becomes of them.

use rocket::{get, post, routes, Route, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::store::{list_held, refuse_held, take_held};
use super::Held;
use crate::accounts::guard::{AuthUser, Signed};
use crate::chats::members::store as members;
use crate::clock;
use crate::db::Db;
use crate::edge::BaseUrl;
use crate::error::{Error, Result};
use crate::ids::{ChatId, UserId};
use crate::messages::store::insert_sending;
use crate::messages::Message;
use crate::order::store::{insert_deed, standing_in, Deed};
use crate::reply::Json;
use crate::text::Text;

/// The part of `/chat` that is about messages that wait.
pub fn mounted() -> Vec<Route> {
    routes![list, decide]
}

/// What waits in a chat, the oldest first: all of it for its owner and staff, else the caller's own, with what was turned
/// down.
#[utoipa::path(context_path = "/chat", tag = "Chats", responses((status = 200, body = Vec<Held>), (status = 404)))]
#[get("/<chat>/held", rank = 2)]
pub async fn list(chat: ChatId, user: AuthUser, base: BaseUrl, db: &State<Db>) -> Result<Json<Vec<Held>>> {
    let held = db.glance(move |connection| {
        let member = members::member(connection, chat, user.id)?;
        list_held(connection, &member, member.leads(user.role()), &base.0)
    });
    Ok(Json::ok(held.await?))
}

/// What becomes of a message.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct Decision {
    /// Whether it is let through; else it is turned down.
    approve: bool,
}

/// A decided message.
#[derive(Serialize, ToSchema)]
pub struct Decided {
    /// As it now stands in the chat; null where it was turned down.
    message: Option<Message>,
}

/// Lets a message through, which gives it its place in the chat now, or turns it down. The chat's owner may, and staff that
/// is in it.
#[utoipa::path(context_path = "/chat", tag = "Chats", request_body = Decision,
    responses((status = 200, body = Decided), (status = 400), (status = 403), (status = 404, description = "Not there, or decided already")))]
#[post("/<chat>/held/<held>", data = "<body>", rank = 2)]
pub async fn decide(chat: ChatId, held: i64, body: Signed<'_>, base: BaseUrl, db: &State<Db>) -> Result<Json<Decided>> {
    let Signed { user, body } = body;
    let mut form = body.read().await?;
    let approve = form.flag("approve");
    if !form.has("approve") {
        form.errors.add("approve", Text::Required);
    }
    let decided = db.write(move |tx| {
        let member = members::member(tx, chat, user.id)?;
        if !member.leads(user.role()) {
            return Err(Error::Forbidden(Text::PermissionDenied));
        }
        form.finish()?;
        let note = |author: UserId, deed| Deed {
            subject: Some(author),
            chat: Some(chat),
            ..Deed::of(user.id, deed)
        };
        if approve != Some(true) {
            let author = refuse_held(tx, chat, held)?.ok_or_else(Error::not_found)?;
            insert_deed(tx, note(author, "turn_down"))?;
            return Ok(Decided { message: None });
        }
        // It is shown now: so may be what who shows it could write himself.
        standing_in(tx, &member)?.may_show(&member, clock::now())?;
        let (author, sending) = take_held(tx, chat, held)?.ok_or_else(Error::not_found)?;
        // Who has left meanwhile says nothing here any more.
        let author = members::member(tx, chat, author)?;
        let row = insert_sending(tx, &author, sending)?;
        insert_deed(
            tx,
            Deed {
                message: Some(row.id),
                ..note(author.user, "approve")
            },
        )?;
        Ok(Decided {
            message: Some(row.message(&base.0)),
        })
    });
    Ok(Json::ok(decided.await?))
}
