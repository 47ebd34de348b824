//! `/host/handout`: one message, with what is attached to it, in several chats at once.

use rocket::http::Status;
use rocket::{post, routes, Route, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::guard::Signed;
use crate::accounts::Role;
use crate::chats::members::store::find_member;
use crate::db::{Db, Tx};
use crate::edge::BaseUrl;
use crate::error::{Error, Result};
use crate::form::Form;
use crate::ids::{random_hex, ChatId, UserId};
use crate::limits::Limits;
use crate::media::store::{delete_pending, insert_copy};
use crate::media::upload::{Slot, Uploading};
use crate::media::Uploaded;
use crate::messages::sending::{send_once, Draft, Place, Sent};
use crate::messages::{Message, MessageRow, NewMessage};
use crate::reply::Json;
use crate::text::Text;

/// Chats that get the same at once: it is one transaction, and others wait for its end.
const CHATS_MAX: usize = 100;

/// The part of `/host` that hands out.
pub fn mounted() -> Vec<Route> {
    routes![hand_out]
}

/// What is handed out, as JSON without a file or as a form with one.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct HandoutFields {
    /// Chats that the caller is in: 1 to 100.
    chats: Vec<ChatId>,
    /// May be blank beside a photo or a file.
    text: Option<String>,
    /// Multipart: a PNG, JPEG, WebP or GIF.
    #[schema(value_type = Option<String>, format = Binary)]
    photo: Option<String>,
    /// Multipart: any file.
    #[schema(value_type = Option<String>, format = Binary)]
    file: Option<String>,
    /// At most 100 characters. Each message has it with `:` and its chat's id behind it.
    client_id: Option<String>,
}

/// The messages, one a chat, in the order of `chats`.
#[derive(Serialize, ToSchema)]
pub struct HandedOut {
    results: Vec<Message>,
}

/// Hands out to all of these chats or to none. A photo or file is stored once, however many chats it stands in, until the
/// last of the messages is gone. With `client_id` a retry finds what the first try sent.
#[utoipa::path(context_path = "/host", tag = "Host", request_body = HandoutFields,
    responses((status = 201, body = HandedOut), (status = 200, body = HandedOut, description = "All of it was sent before"),
        (status = 400), (status = 403), (status = 409, description = "client_id was used for something else")))]
#[post("/handout", data = "<body>")]
pub async fn hand_out(
    uploading: Uploading<'_>,
    body: Signed<'_>,
    base: BaseUrl,
    db: &State<Db>,
    limits: &State<Limits>,
) -> Result<Json<HandedOut>> {
    let Signed { user, body } = body;
    user.at_least(Role::Staff)?;
    limits.message(user.id)?;
    let mut uploads = uploading.uploads(user.id, &[Slot::photo("photo"), Slot::file("file")]);
    let mut form = body.read_with(&mut uploads).await?;
    uploads.refuse_text(&mut form);
    let chats = chats(&mut form);
    let draft = Draft::read(&mut form, Some(chats.first().copied().unwrap_or(ChatId(0))), user.id)?;
    let new = draft.with(&mut form, uploads.found("photo"), uploads.found("file"));
    form.finish()?;
    let me = user.id;
    let (sent, first) = db.write(move |tx| send_to_each(tx, &chats, me, &new)).await?;
    if first {
        uploads.keep();
    }
    let results = sent.into_iter().map(|row| row.message(&base.0)).collect();
    let status = if first { Status::Created } else { Status::Ok };
    Ok(Json(status, HandedOut { results }))
}

/// Where it goes, each chat once.
fn chats(form: &mut Form) -> Vec<ChatId> {
    let mut chats = Vec::new();
    for chat in form.ids("chats", CHATS_MAX).unwrap_or_default().into_iter().map(ChatId) {
        if !chats.contains(&chat) {
            chats.push(chat);
        }
    }
    if chats.is_empty() && !form.errors.has("chats") {
        form.errors.add("chats", Text::Required);
    }
    chats
}

/// The messages, and whether any of them was not there before: the first such has what was uploaded, the others copies that
/// share the bytes.
fn send_to_each(tx: &mut Tx<'_>, chats: &[ChatId], user: UserId, new: &NewMessage) -> Result<(Vec<MessageRow>, bool)> {
    let mut first = false;
    let mut rows = Vec::with_capacity(chats.len());
    for &chat in chats {
        if find_member(tx, chat, user)?.is_none() {
            return Err(Error::field("chats", Text::InvalidPk(chat.to_string())));
        }
        let (photo, file) = match first {
            true => (copy(tx, &new.photo)?, copy(tx, &new.file)?),
            false => (new.photo.clone(), new.file.clone()),
        };
        let copies: Vec<_> = photo
            .iter()
            .chain(&file)
            .filter(|_| first)
            .map(|copy| copy.id)
            .collect();
        let one = NewMessage {
            text: new.text.clone(),
            client_id: new.client_id.as_ref().map(|id| format!("{id}:{chat}")),
            reply_to: new.reply_to,
            photo,
            file,
        };
        match send_once(tx, Place::Path(chat), user, one)? {
            Sent::There(row, true) => {
                first = true;
                rows.push(*row);
            }
            Sent::There(row, false) => {
                for id in copies {
                    delete_pending(tx, id)?;
                }
                rows.push(*row);
            }
            // Nobody looks at what staff writes before it is shown.
            Sent::Waits(_) => return Err(Error::internal("what staff hands out does not wait")),
        }
    }
    Ok((rows, first))
}

fn copy(tx: &mut Tx<'_>, of: &Option<Uploaded>) -> Result<Option<Uploaded>> {
    let Some(of) = of else { return Ok(None) };
    let id = insert_copy(tx, of.id, &random_hex(16))?;
    let sha256 = of.sha256.clone();
    Ok(Some(Uploaded { id, sha256 }))
}
