//! `/chat/<chat>/users`, `/read` and `/mute`: somebody's membership.

use rocket::http::Status;
use rocket::{delete, put, routes, Route, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::links;
use super::store;
use crate::accounts::guard::{AuthUser, Signed};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::ids::{ChatId, UserId};
use crate::order::store::{insert_deed, Deed};
use crate::reply::{Json, NO_CONTENT};
use crate::text::Text;

/// The part of `/chat` that is about members.
pub fn mounted() -> Vec<Route> {
    routes![remove_member, read, put_mute, delete_mute]
}

/// Leaves a group, or removes somebody from it: its owner may, and the host. A group's link ends when somebody is removed.
#[utoipa::path(context_path = "/chat", tag = "Chats",
    responses((status = 204), (status = 403, description = "A private chat, or not the caller's to do"), (status = 404)))]
#[delete("/<chat>/users/<who>")]
pub async fn remove_member(chat: ChatId, who: UserId, user: AuthUser, db: &State<Db>) -> Result<Status> {
    db.write(move |tx| {
        let member = store::member(tx, chat, user.id)?;
        if member.private {
            return Err(Error::Forbidden(Text::PrivateIsFixed));
        }
        if who != user.id && !member.leads(user.role()) {
            return Err(Error::Forbidden(Text::PermissionDenied));
        }
        if !store::delete_member(tx, chat, who)? {
            return Err(Error::not_found());
        }
        if who != user.id {
            insert_deed(
                tx,
                Deed {
                    chat: Some(chat),
                    ..Deed::to(user.id, "remove_member", who)
                },
            )?;
        }
        // Else who was removed would come back by it, or anybody into a group that is empty.
        if who != user.id || store::count_members(tx, chat)? == 0 {
            links::store::delete_link(tx, chat)?;
        }
        Ok(NO_CONTENT)
    })
    .await
}

/// How far one has read.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct Mark {
    /// The seq of the last message that was read.
    seq: i64,
}

/// What is left to read.
#[derive(Serialize, ToSchema)]
pub struct Unread {
    unread_count: i64,
}

/// Moves the caller's read mark forward; it never moves back.
#[utoipa::path(context_path = "/chat", tag = "Chats", request_body = Mark, responses((status = 200, body = Unread), (status = 404)))]
#[put("/<chat>/read", data = "<body>", rank = 2)]
pub async fn read(chat: ChatId, body: Signed<'_>, db: &State<Db>) -> Result<Json<Unread>> {
    let Signed { user, body } = body;
    let mut form = body.read().await?;
    let seq = form.integer("seq", 0);
    let unread_count = db.write(move |tx| {
        let member = store::member(tx, chat, user.id)?;
        form.finish()?;
        store::update_read(tx, &member, seq)
    });
    Ok(Json::ok(Unread {
        unread_count: unread_count.await?,
    }))
}

/// Whether the caller's devices keep quiet about a chat.
#[derive(Serialize, ToSchema)]
pub struct Mute {
    muted: bool,
}

/// Mutes a chat for the caller: he is told of it as before, and his devices are to keep quiet.
#[utoipa::path(context_path = "/chat", tag = "Chats", responses((status = 200, body = Mute), (status = 404)))]
#[put("/<chat>/mute", rank = 2)]
pub async fn put_mute(chat: ChatId, user: AuthUser, db: &State<Db>) -> Result<Json<Mute>> {
    mute(chat, user, db, true).await
}

/// Lets the caller's devices be heard again.
#[utoipa::path(context_path = "/chat", tag = "Chats", responses((status = 200, body = Mute), (status = 404)))]
#[delete("/<chat>/mute", rank = 2)]
pub async fn delete_mute(chat: ChatId, user: AuthUser, db: &State<Db>) -> Result<Json<Mute>> {
    mute(chat, user, db, false).await
}

async fn mute(chat: ChatId, user: AuthUser, db: &Db, muted: bool) -> Result<Json<Mute>> {
    db.write(move |tx| {
        let member = store::member(tx, chat, user.id)?;
        store::update_muted(tx, &member, muted)
    })
    .await?;
    Ok(Json::ok(Mute { muted }))
}
