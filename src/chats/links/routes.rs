//! `/chat/<chat>/link` and `/chat/join/<code>`.

use rocket::http::Status;
use rocket::{delete, get, post, routes, Route, State};
use rusqlite::Connection;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::{members, Chat, Member, USERS_MAX};
use super::{store, Preview, CODE_LENGTH};
use crate::accounts::guard::AuthUser;
use crate::chats;
use crate::db::Db;
use crate::edge::BaseUrl;
use crate::error::{Error, Result};
use crate::ids::{random_code, ChatId, UserId};
use crate::order::store::{insert_deed, Deed};
use crate::reply::{Json, NO_CONTENT};
use crate::text::Text;

/// The part of `/chat` that is about links.
pub fn mounted() -> Vec<Route> {
    routes![create_link, end_link, preview, join]
}

/// How others may join a group.
#[derive(Serialize, ToSchema)]
pub struct GroupLink {
    code: String,
    /// To be opened in a browser.
    url: String,
}

/// A group's link for others to join: the one there is, else a new one. Any member may ask.
#[utoipa::path(context_path = "/chat", tag = "Chats",
    responses((status = 200, body = GroupLink), (status = 400, description = "A private chat"), (status = 404)))]
#[post("/<chat>/link", rank = 2)]
pub async fn create_link(chat: ChatId, user: AuthUser, base: BaseUrl, db: &State<Db>) -> Result<Json<GroupLink>> {
    user.no_guest()?;
    let code = db.write(move |tx| {
        let member = group_member(tx, chat, user.id)?;
        if let Some(code) = store::find_code(tx, &member)? {
            return Ok(code);
        }
        let code = random_code(CODE_LENGTH);
        store::insert_link(tx, &member, &code)?;
        Ok(code)
    });
    let code = code.await?;
    let url = format!("{}/#/join/{code}", base.0);
    Ok(Json::ok(GroupLink { code, url }))
}

/// Ends a group's link at once, if it has one: its owner may, and the host.
#[utoipa::path(context_path = "/chat", tag = "Chats",
    responses((status = 204), (status = 400, description = "A private chat"), (status = 403, description = "Not the caller's to do"), (status = 404)))]
#[delete("/<chat>/link", rank = 2)]
pub async fn end_link(chat: ChatId, user: AuthUser, db: &State<Db>) -> Result<Status> {
    db.write(move |tx| {
        let member = group_member(tx, chat, user.id)?;
        if !member.leads(user.role()) {
            return Err(Error::Forbidden(Text::PermissionDenied));
        }
        if store::delete_link(tx, chat)? {
            insert_deed(tx, Deed::within(user.id, "end_link", chat))?;
        }
        Ok(NO_CONTENT)
    })
    .await
}

/// Somebody's membership of a group; a private chat has no link.
fn group_member(connection: &Connection, chat: ChatId, user: UserId) -> Result<Member> {
    let member = members::store::member(connection, chat, user)?;
    if member.private {
        return Err(Error::Malformed(Text::PrivateIsForTwo, None));
    }
    Ok(member)
}

/// The group that a link opens, for anybody who has the link.
#[utoipa::path(context_path = "/chat", tag = "Chats", params(("code" = String, Path)), responses((status = 200, body = Preview), (status = 404)))]
#[get("/join/<code>")]
pub async fn preview(code: String, user: AuthUser, base: BaseUrl, db: &State<Db>) -> Result<Json<Preview>> {
    let preview = db.glance(move |connection| store::get_preview(connection, &code, user.id, &base.0));
    Ok(Json::ok(preview.await?))
}

/// Joins the group that a link opens, as if a member had added the caller. Who is in it already just sees it.
#[utoipa::path(context_path = "/chat", tag = "Chats", params(("code" = String, Path)),
    responses((status = 200, body = Chat), (status = 404), (status = 409, description = "The group is full")))]
#[post("/join/<code>")]
pub async fn join(code: String, user: AuthUser, base: BaseUrl, db: &State<Db>) -> Result<Json<Chat>> {
    user.no_guest()?;
    let chat = db.write(move |tx| {
        let chat = store::chat_of(tx, &code)?;
        let is_in = members::store::find_member(tx, chat, user.id)?.is_some();
        if !is_in && members::store::count_members(tx, chat)? >= USERS_MAX {
            return Err(Error::Conflict(Text::GroupIsFull));
        }
        members::store::add_member(tx, chat, user.id)?;
        let member = members::store::member(tx, chat, user.id)?;
        chats::store::get_chat(tx, &member, &base.0)
    });
    Ok(Json::ok(chat.await?))
}
