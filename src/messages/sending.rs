//! Sending, however a message comes: its fields, and the one transaction that sends it once.

use super::{store, MessageRow, NewMessage, CLIENT_ID_MAX, TEXT_MAX};
use crate::chats;
use crate::clock;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::form::Form;
use crate::ids::{ChatId, MessageId, UserId};
use crate::media::Uploaded;
use crate::order::{self, held};
use crate::text::Text;

/// The chat of a message, by address or by body: an unknown one is 404 or a field's error.
#[derive(Debug, Clone, Copy)]
pub enum Place {
    Path(ChatId),
    Body(ChatId),
}

/// A message as far as it stands in its fields.
pub struct Draft {
    pub chat: Place,
    text: String,
    client_id: Option<String>,
    reply_to: Option<MessageId>,
}

impl Draft {
    /// Reads the fields; what is wrong with them is gathered in the form.
    ///
    /// # Errors
    /// 403 where `from_user` is not the caller.
    pub fn read(form: &mut Form, path: Option<ChatId>, user: UserId) -> Result<Draft> {
        let named = match path {
            Some(_) => form.id("chat_id"),
            None => Some(form.required_id("chat_id")),
        };
        let named = named.map(ChatId);
        if path.is_some_and(|path| named.is_some_and(|named| named != path)) {
            form.errors.add("chat_id", Text::ChatIdsDiffer);
        }
        if form.id("from_user").is_some_and(|from| UserId(from) != user) {
            return Err(Error::Forbidden(Text::PermissionDenied));
        }
        let text = text_field(form).unwrap_or_default();
        let client_id = form.maybe("client_id", CLIENT_ID_MAX);
        let reply_to = if form.is_null("reply_to") {
            None
        } else {
            form.id("reply_to").map(MessageId)
        };
        let chat = path.map(Place::Path).unwrap_or(Place::Body(named.unwrap_or(ChatId(0))));
        Ok(Draft {
            chat,
            text,
            client_id,
            reply_to,
        })
    }

    /// The message with what was uploaded for it. Without, it has to have a text.
    pub fn with(self, form: &mut Form, photo: Option<Uploaded>, file: Option<Uploaded>) -> NewMessage {
        if self.text.is_empty() && photo.is_none() && file.is_none() && !form.errors.has("text") {
            form.errors
                .add("text", if form.has("text") { Text::Blank } else { Text::Required });
        }
        NewMessage {
            text: self.text,
            client_id: self.client_id,
            reply_to: self.reply_to,
            photo,
            file,
        }
    }
}

/// A text, which may be blank beside a photo or a file, and may not be null.
pub fn text_field(form: &mut Form) -> Option<String> {
    if form.is_null("text") {
        form.errors.add("text", Text::Null);
    }
    form.maybe("text", TEXT_MAX)
}

/// What became of a message.
pub enum Sent {
    /// It stands in its chat; whether it was the first time.
    There(Box<MessageRow>, bool),
    /// It waits for somebody's look; whether it was the first time.
    Waits(bool),
}

/// Sends a message, or finds that it was sent before.
///
/// # Errors
/// What keeps order here holds the sender back from; 409 for another message under the same client_id.
pub fn send_once(tx: &mut Tx<'_>, place: Place, user: UserId, new: NewMessage) -> Result<Sent> {
    let (Place::Path(chat) | Place::Body(chat)) = place;
    // Asked first: a retry is answered as the first try was, even by somebody who has left since.
    if let Some(client_id) = &new.client_id {
        if let Some((row, fingerprint)) = store::find_by_client_id(tx, user, client_id)? {
            return match fingerprint == new.fingerprint(chat) {
                true => Ok(Sent::There(Box::new(row), false)),
                false => Err(Error::Conflict(Text::ClientIdReused)),
            };
        }
        match held::store::find_by_client_id(tx, user, client_id)? {
            Some((fingerprint, _)) if fingerprint != new.fingerprint(chat) => {
                return Err(Error::Conflict(Text::ClientIdReused))
            }
            Some((_, true)) => return Err(Error::Forbidden(Text::TurnedDown)),
            Some((_, false)) => return Ok(Sent::Waits(false)),
            None => {}
        }
    }
    let member = chats::members::store::find_member(tx, chat, user)?.ok_or_else(|| match place {
        Place::Path(_) => Error::not_found(),
        Place::Body(chat) => Error::field("chat_id", Text::InvalidPk(chat.to_string())),
    })?;
    if let Some(id) = new.reply_to {
        if !store::is_in_chat(tx, id, chat)? {
            return Err(Error::field("reply_to", Text::InvalidPk(id.to_string())));
        }
    }
    let standing = order::store::standing_in(tx, &member)?;
    standing.may_send(&member, new.photo.is_some() || new.file.is_some(), clock::now())?;
    if member.approves && !member.leads(standing.role) {
        held::store::insert_held(tx, &member, &new)?;
        return Ok(Sent::Waits(true));
    }
    Ok(Sent::There(Box::new(store::insert(tx, &member, new)?), true))
}
