//! `/chat/messages/<message>/reactions/<emoji>`.

use rocket::{delete, put, State};

use super::super::{store, Message};
use super::is_emoji;
use super::store::{delete_reaction, insert_reaction};
use crate::accounts::guard::AuthUser;
use crate::clock;
use crate::db::Db;
use crate::edge::BaseUrl;
use crate::error::{Error, Result};
use crate::ids::MessageId;
use crate::order::store::standing_in;
use crate::reply::Json;
use crate::text::Text;

/// Sets the caller's reaction.
#[utoipa::path(context_path = "/chat", tag = "Messages", params(("message" = MessageId, Path), ("emoji" = String, Path)),
    responses((status = 200, body = Message), (status = 400, description = "Not an emoji"), (status = 404)))]
#[put("/messages/<message>/reactions/<emoji>")]
pub async fn put_reaction(
    message: MessageId,
    emoji: String,
    user: AuthUser,
    base: BaseUrl,
    db: &State<Db>,
) -> Result<Json<Message>> {
    react(message, emoji, user, base, db, true).await
}

/// Takes the caller's reaction back.
#[utoipa::path(context_path = "/chat", tag = "Messages", params(("message" = MessageId, Path), ("emoji" = String, Path)),
    responses((status = 200, body = Message), (status = 400, description = "Not an emoji"), (status = 404)))]
#[delete("/messages/<message>/reactions/<emoji>")]
pub async fn delete_own_reaction(
    message: MessageId,
    emoji: String,
    user: AuthUser,
    base: BaseUrl,
    db: &State<Db>,
) -> Result<Json<Message>> {
    react(message, emoji, user, base, db, false).await
}

async fn react(
    message: MessageId,
    emoji: String,
    user: AuthUser,
    base: BaseUrl,
    db: &Db,
    set: bool,
) -> Result<Json<Message>> {
    let changed = db.write(move |tx| {
        let (row, member) = store::visible(tx, message, user.id)?;
        if row.deleted {
            return Err(Error::not_found());
        }
        if !is_emoji(&emoji) {
            return Err(Error::field("emoji", Text::NotAnEmoji));
        }
        if set {
            standing_in(tx, &member)?.may_speak(clock::now())?;
        }
        let at = (member.chat, message);
        match set {
            true => insert_reaction(tx, at, user.id, &emoji)?,
            false => delete_reaction(tx, at, user.id, &emoji)?,
        }
        store::find_message(tx, message, &base.0)?.ok_or_else(Error::not_found)
    });
    Ok(Json::ok(changed.await?))
}
