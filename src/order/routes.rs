//! `/host/log`, and hands: `/chat/<chat>/hand`.

use rocket::http::Status;
use rocket::{delete, get, put, routes, Route, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::store::{count_deeds, list_deeds, DeedRow};
use super::{held, people, reports};
use crate::accounts::guard::{AuthUser, Staff};
use crate::chats::members::store as members;
use crate::clock;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::ids::{ChatId, MessageId, UserId};
use crate::page::{Page, Paging};
use crate::reply::{Json, NO_CONTENT};
use crate::text::Text;

/// The part of `/chat` that keeps order.
pub fn mounted() -> Vec<Route> {
    let mut all = routes![raise_hand, lower_hand, lower_other];
    all.extend(held::routes::mounted());
    all.extend(reports::routes::mounted());
    all
}

/// The part of `/host` that keeps order.
pub fn for_staff() -> Vec<Route> {
    let mut all = routes![log];
    all.extend(people::mounted());
    all.extend(reports::routes::for_staff());
    all
}

/// Something that was done to keep order.
#[derive(Serialize, ToSchema)]
pub struct Entry {
    id: i64,
    time: String,
    /// Who did it.
    actor: Option<UserId>,
    /// As he is called now, also where he is kept out.
    actor_name: Option<String>,
    /// "settings", "silence", "unsilence", "ban", "unban", "remove", "remove_reported", "dismiss_report", "approve",
    /// "turn_down", "role" (`note`: which), "sign_out", "end_session",
    /// "recovery", "roster_add" (`note`: how many), "pin", "roster_remove",
    /// "remove_member", "chat_rules" (`note`: which), "retention" (`note`: days, or "null"), "end_link", "wipe"
    /// (`note`: what), "restore" (by nobody: who did it may be nobody in the backup) and whatever is added. The notes of
    /// "settings" and "chat_rules" say what was set to what, as in "frozen=true, frozen_minutes=10"; a class code is not in
    /// them.
    deed: String,
    /// About whom.
    subject: Option<UserId>,
    subject_name: Option<String>,
    chat_id: Option<ChatId>,
    /// What the group is called now; nothing for a private chat.
    group_name: Option<String>,
    message_id: Option<MessageId>,
    note: String,
}

impl From<DeedRow> for Entry {
    fn from(row: DeedRow) -> Entry {
        Entry {
            id: row.id,
            time: clock::rfc3339(row.at),
            actor: row.actor,
            actor_name: row.actor_name,
            deed: row.deed,
            subject: row.subject,
            subject_name: row.subject_name,
            chat_id: row.chat,
            group_name: row.group_name,
            message_id: row.message,
            note: row.note,
        }
    }
}

/// What was done to keep order, the newest first. Staff may read it; nobody changes it.
#[utoipa::path(context_path = "/host", tag = "Host",
    params(("page" = Option<String>, Query), ("page_size" = Option<i64>, Query)), responses((status = 200, body = Page<Entry>), (status = 403)))]
#[get("/log")]
pub async fn log(_staff: Staff, paging: Paging, db: &State<Db>) -> Result<Json<Page<Entry>>> {
    let page = db.read(move |connection| {
        let count = count_deeds(connection)?;
        let slice = paging.slice(count)?;
        let deeds = list_deeds(connection, slice.limit, slice.offset)?;
        Ok(paging.page(count, slice, deeds.into_iter().map(Entry::from).collect()))
    });
    Ok(Json::ok(page.await?))
}

/// Raises the caller's hand in a group: everybody in it sees the queue.
#[utoipa::path(context_path = "/chat", tag = "Chats", responses((status = 204), (status = 403, description = "A private chat"), (status = 404)))]
#[put("/<chat>/hand", rank = 2)]
pub async fn raise_hand(chat: ChatId, user: AuthUser, db: &State<Db>) -> Result<Status> {
    db.write(move |tx| {
        let member = members::member(tx, chat, user.id)?;
        if member.private {
            return Err(Error::Forbidden(Text::PermissionDenied));
        }
        if member.archived {
            return Err(Error::Forbidden(Text::Archived));
        }
        members::update_hand(tx, chat, user.id, true)?;
        Ok(NO_CONTENT)
    })
    .await
}

/// Lowers the caller's hand.
#[utoipa::path(context_path = "/chat", tag = "Chats", responses((status = 204), (status = 404)))]
#[delete("/<chat>/hand", rank = 2)]
pub async fn lower_hand(chat: ChatId, user: AuthUser, db: &State<Db>) -> Result<Status> {
    db.write(move |tx| {
        members::member(tx, chat, user.id)?;
        members::update_hand(tx, chat, user.id, false)?;
        Ok(NO_CONTENT)
    })
    .await
}

/// Lowers another's hand, who has been answered: the group's owner may, and staff that is in it.
#[utoipa::path(context_path = "/chat", tag = "Chats", responses((status = 204), (status = 403), (status = 404)))]
#[delete("/<chat>/hands/<who>")]
pub async fn lower_other(chat: ChatId, who: UserId, user: AuthUser, db: &State<Db>) -> Result<Status> {
    db.write(move |tx| {
        let member = members::member(tx, chat, user.id)?;
        if who != user.id && !member.leads(user.role()) {
            return Err(Error::Forbidden(Text::PermissionDenied));
        }
        members::member(tx, chat, who)?;
        members::update_hand(tx, chat, who, false)?;
        Ok(NO_CONTENT)
    })
    .await
}
