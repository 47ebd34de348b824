//! `DELETE /auth/me`: leaving for good. What somebody wrote stays in the chats of the others, as a deleted account's.
//!
//! He leaves his groups, and is followed as their owner as by any leaving; a group that nobody is in any more is shown to
//! nobody. Private chats keep their two, so that the other can read on. Rejected: deleting what he wrote (answers to it would
//! stand in the air, and `seq` would have holes).

use rocket::http::Status;
use rocket::{delete, routes, Route, State};
use utoipa::ToSchema;

use super::guard::{Proving, Signed};
use super::{store, PASSWORD_MAX};
use crate::chats;
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::ids::UserId;
use crate::live::log::{Event, Tell};
use crate::order::held;
use crate::reply::NO_CONTENT;
use crate::text::Text;

pub(super) fn mounted() -> Vec<Route> {
    routes![delete_me]
}

/// What it takes to delete one's account.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the field is read by its name")]
pub struct Leaving {
    password: String,
}

/// Deletes the caller's account: his name, picture, address and password are gone and his sessions end; what he wrote stays in
/// the chats of the others, as written by a deleted account. The last host can't.
#[utoipa::path(context_path = "/auth", tag = "Accounts", request_body = Leaving,
    responses((status = 204), (status = 400, description = "Not the password"), (status = 409, description = "The last host")))]
#[delete("/me", data = "<body>")]
pub async fn delete_me(body: Signed<'_>, proving: Proving<'_>, db: &State<Db>) -> Result<Status> {
    let Signed { user, body } = body;
    let mut form = body.read().await?;
    let password = form.password("password", PASSWORD_MAX);
    form.finish()?;
    if proving
        .check(user.id, &user.session.username, password)
        .await?
        .is_none()
    {
        return Err(Error::field("password", Text::OldPasswordWrong));
    }
    let id = user.id;
    db.write(move |tx| leave(tx, id)).await?;
    Ok(NO_CONTENT)
}

/// Everything of it, in one transaction.
fn leave(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    if store::is_last_host(tx, user)? {
        return Err(Error::Conflict(Text::LastHost));
    }
    store::forget_user(tx, user)?;
    // Nobody could let it through any more.
    held::store::delete_held_of(tx, user)?;
    for chat in chats::members::store::list_chat_ids(tx, user)? {
        if chats::members::store::member(tx, chat, user)?.private {
            continue;
        }
        // First, while those in it are known to share it with him.
        tx.tell(Event::UserLeft(chat, user))?;
        chats::members::store::delete_member(tx, chat, user)?;
        if chats::members::store::count_members(tx, chat)? == 0 {
            chats::links::store::delete_link(tx, chat)?;
        }
    }
    store::delete_sessions(tx, user, None)
}
