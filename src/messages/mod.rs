//! Messages: sent once, however often they are sent; in one order a chat; edited, deleted, reacted to, found again.
//!
//! Promise: `seq` counts 1, 2, 3 ... in a chat without a hole; the same `client_id` of the same person is the same
//! message for ever, by an index and not by memory, so a retry after a crash or a year makes no second one.

pub mod pages;
pub mod reactions;
pub mod routes;
pub mod search;
pub mod sending;
pub mod store;

use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::clock;
use crate::ids::{ChatId, MessageId, UserId};
use crate::media::{self, Uploaded};

/// Characters of a text.
pub const TEXT_MAX: usize = 10_000;
/// Characters of a client_id.
pub const CLIENT_ID_MAX: usize = 100;

/// A message as the API shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Message {
    pub id: MessageId,
    pub chat_id: ChatId,
    /// 1, 2, 3 ... in its chat.
    pub seq: i64,
    pub from_user: UserId,
    /// Empty once deleted.
    pub text: String,
    pub time: String,
    /// Absolute URL of a photo; in events a path from the root.
    pub photo: Option<String>,
    pub photo_thumb: Option<String>,
    /// Pixels, as shown.
    pub photo_width: Option<u32>,
    pub photo_height: Option<u32>,
    /// Absolute URL of a file; in events a path from the root.
    pub file: Option<String>,
    pub file_name: Option<String>,
    /// Bytes.
    pub file_size: Option<i64>,
    pub client_id: Option<String>,
    pub reply_to: Option<MessageId>,
    pub edited: bool,
    pub edited_at: Option<String>,
    pub deleted: bool,
    /// Who took it away, where that was not its author.
    pub removed_by: Option<UserId>,
    pub reactions: Vec<Reaction>,
}

/// An emoji with the people who set it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Reaction {
    pub emoji: String,
    pub users: Vec<UserId>,
}

/// A message as stored, with what belongs to it.
#[derive(Debug, Clone)]
pub struct MessageRow {
    pub id: MessageId,
    pub chat: ChatId,
    pub seq: i64,
    pub from_user: UserId,
    pub text: String,
    pub time: i64,
    pub photo: Option<Attachment>,
    pub file: Option<Attachment>,
    pub client_id: Option<String>,
    /// The event that told of its sending; None where it was sent before such were kept.
    pub event_id: Option<i64>,
    pub reply_to: Option<MessageId>,
    pub edited_at: Option<i64>,
    pub deleted: bool,
    pub removed_by: Option<UserId>,
    pub reactions: Vec<Reaction>,
}

/// What a message shows of its photo or file.
#[derive(Debug, Clone)]
pub struct Attachment {
    pub key: String,
    pub name: String,
    pub size: i64,
    pub width: Option<u32>,
    pub height: Option<u32>,
}

impl MessageRow {
    /// The message as the API shows it; `base` is what URLs begin with, empty in events.
    pub fn message(self, base: &str) -> Message {
        let url = |attachment: &Attachment| format!("{base}{}", media::path(&attachment.key, &attachment.name));
        let photo = self.photo.as_ref().map(url);
        Message {
            id: self.id,
            chat_id: self.chat,
            seq: self.seq,
            from_user: self.from_user,
            text: self.text,
            time: clock::rfc3339(self.time),
            photo_thumb: photo.as_ref().map(|url| format!("{url}?size=thumb")),
            photo,
            photo_width: self.photo.as_ref().and_then(|photo| photo.width),
            photo_height: self.photo.as_ref().and_then(|photo| photo.height),
            file: self.file.as_ref().map(url),
            file_size: self.file.as_ref().map(|file| file.size),
            file_name: self.file.map(|file| file.name),
            client_id: self.client_id,
            reply_to: self.reply_to,
            edited: self.edited_at.is_some(),
            edited_at: self.edited_at.map(clock::rfc3339),
            deleted: self.deleted,
            removed_by: self.removed_by,
            reactions: self.reactions,
        }
    }
}

/// A message that is to be sent, checked as far as it can be without the database.
#[derive(Debug)]
pub struct NewMessage {
    pub text: String,
    pub client_id: Option<String>,
    pub reply_to: Option<MessageId>,
    pub photo: Option<Uploaded>,
    pub file: Option<Uploaded>,
}

impl NewMessage {
    /// What tells a retry from another message under the same client_id: a hash of all that was sent, to the same chat.
    pub fn fingerprint(&self, chat: ChatId) -> Vec<u8> {
        let mut hash = Sha256::new();
        hash.update(chat.0.to_be_bytes());
        hash.update(self.reply_to.map_or(0, |id| id.0).to_be_bytes());
        for attachment in [&self.photo, &self.file] {
            // A marker first: no photo and a file is not a photo and no file.
            hash.update([u8::from(attachment.is_some())]);
            hash.update(
                attachment
                    .as_ref()
                    .map(|upload| upload.sha256.as_slice())
                    .unwrap_or_default(),
            );
        }
        hash.update(self.text.as_bytes());
        hash.finalize().to_vec()
    }
}
