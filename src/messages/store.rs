//! SQL of messages. What writes into a chat asks for a [`Member`], found in the same transaction.

use rusqlite::{Connection, OptionalExtension, Row, Statement};

use super::reactions::store::list_reactions;
use super::{Attachment, Message, MessageRow, NewMessage};
use crate::chats::Member;
use crate::clock;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ids::{ChatId, MediaId, MessageId, UserId};
use crate::live::log::{Event, Tell};
use crate::media;

const MESSAGE: &str =
    "SELECT m.id, m.chat_id, m.seq, m.from_user, m.text, m.time, m.client_id, m.reply_to, m.edited_at,
           m.deleted, m.reacted, m.photo_id, m.file_id, m.event_id, m.removed_by
    FROM messages m";

/// A row, with the ids of what is still to be added to it.
struct Bare {
    row: MessageRow,
    reacted: bool,
    photo: Option<MediaId>,
    file: Option<MediaId>,
}

fn bare(row: &Row<'_>) -> rusqlite::Result<Bare> {
    Ok(Bare {
        row: MessageRow {
            id: row.get(0)?,
            chat: row.get(1)?,
            seq: row.get(2)?,
            from_user: row.get(3)?,
            text: row.get(4)?,
            time: row.get(5)?,
            photo: None,
            file: None,
            client_id: row.get(6)?,
            event_id: row.get(13)?,
            reply_to: row.get(7)?,
            edited_at: row.get(8)?,
            deleted: row.get(9)?,
            removed_by: row.get(14)?,
            reactions: Vec::new(),
        },
        reacted: row.get(10)?,
        photo: row.get(11)?,
        file: row.get(12)?,
    })
}

impl Bare {
    /// Adds reactions and attachments; most messages have none, and cost no look.
    fn complete(self, connection: &Connection) -> Result<MessageRow> {
        let mut row = self.row;
        if self.reacted {
            row.reactions = list_reactions(connection, row.id)?;
        }
        row.photo = self.photo.map(|id| attachment(connection, id)).transpose()?;
        row.file = self.file.map(|id| attachment(connection, id)).transpose()?;
        Ok(row)
    }
}

fn attachment(connection: &Connection, id: MediaId) -> Result<Attachment> {
    let mut statement = connection.prepare_cached("SELECT key, name, size, width, height FROM media WHERE id = ?1")?;
    Ok(statement.query_row([id], |row| {
        Ok(Attachment {
            key: row.get(0)?,
            name: row.get(1)?,
            size: row.get(2)?,
            width: row.get(3)?,
            height: row.get(4)?,
        })
    })?)
}

fn rows(
    connection: &Connection,
    statement: &mut Statement<'_>,
    params: impl rusqlite::Params,
    base: &str,
) -> Result<Vec<Message>> {
    let mut found = statement.query(params)?;
    let mut messages = Vec::new();
    while let Some(row) = found.next()? {
        messages.push(bare(row)?.complete(connection)?.message(base));
    }
    Ok(messages)
}

/// A message's row, whoever may see it.
pub fn find_row(connection: &Connection, id: MessageId) -> Result<Option<MessageRow>> {
    let mut statement = connection.prepare_cached(&format!("{MESSAGE} WHERE m.id = ?1"))?;
    statement
        .query_row([id], bare)
        .optional()?
        .map(|bare| bare.complete(connection))
        .transpose()
}

/// A message, whoever may see it.
pub fn find_message(connection: &Connection, id: MessageId, base: &str) -> Result<Option<Message>> {
    Ok(find_row(connection, id)?.map(|row| row.message(base)))
}

/// A message of a chat that somebody is in, with his membership; or the 404.
pub fn visible(connection: &Connection, id: MessageId, user: UserId) -> Result<(MessageRow, Member)> {
    let row = find_row(connection, id)?.ok_or_else(Error::not_found)?;
    let member = crate::chats::members::store::member(connection, row.chat, user)?;
    Ok((row, member))
}

/// What a client_id was used for by somebody: the message, and the fingerprint of what was sent.
pub fn find_by_client_id(
    connection: &Connection,
    user: UserId,
    client_id: &str,
) -> Result<Option<(MessageRow, Vec<u8>)>> {
    let mut statement =
        connection.prepare_cached("SELECT id, client_hash FROM messages WHERE from_user = ?1 AND client_id = ?2")?;
    let found = statement
        .query_row((user, client_id), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((id, hash)) = found else { return Ok(None) };
    Ok(find_row(connection, id)?.map(|row| (row, hash)))
}

/// Whether a message is in a chat.
pub fn is_in_chat(connection: &Connection, id: MessageId, chat: ChatId) -> Result<bool> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM messages WHERE id = ?1 AND chat_id = ?2")?
        .exists((id, chat))?)
}

/// A message whose attachments are its chat's already.
pub struct Sending {
    pub text: String,
    pub photo: Option<MediaId>,
    pub file: Option<MediaId>,
    pub client_id: Option<String>,
    /// SHA-256 of what was first sent under `client_id`.
    pub client_hash: Option<Vec<u8>>,
    pub reply_to: Option<MessageId>,
}

/// Sends a message: its attachments become the chat's, and the rest is [`insert_sending`]'s.
pub fn insert(tx: &mut Tx<'_>, member: &Member, new: NewMessage) -> Result<MessageRow> {
    let client_hash = new.client_id.is_some().then(|| new.fingerprint(member.chat));
    let (photo, file) = (
        new.photo.as_ref().map(|upload| upload.id),
        new.file.as_ref().map(|upload| upload.id),
    );
    for id in [photo, file].into_iter().flatten() {
        media::store::claim_attachment(tx, id, member.chat)?;
    }
    let sending = Sending {
        text: new.text,
        photo,
        file,
        client_id: new.client_id,
        client_hash,
        reply_to: new.reply_to,
    };
    insert_sending(tx, member, sending)
}

/// Gives a message the chat's next seq, its row, the sender's read mark, its event.
pub fn insert_sending(tx: &mut Tx<'_>, member: &Member, new: Sending) -> Result<MessageRow> {
    let now = clock::now();
    let (photo, file) = (new.photo, new.file);
    let seq: i64 = tx
        .prepare_cached("UPDATE chats SET last_seq = last_seq + 1 WHERE id = ?1 RETURNING last_seq")?
        .query_row([member.chat], |row| row.get(0))?;
    tx.prepare_cached(
        "INSERT INTO messages (chat_id, seq, from_user, text, time, photo_id, file_id, client_id, client_hash, reply_to)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute((member.chat, seq, member.user, &new.text, now, photo, file, &new.client_id, &new.client_hash, new.reply_to))?;
    let id = MessageId(tx.last_insert_rowid());
    // Who writes has read what stands above.
    tx.prepare_cached("UPDATE members SET read_seq = ?3, sent_at = ?4 WHERE chat_id = ?1 AND user_id = ?2")?
        .execute((member.chat, member.user, seq, now))?;
    let event_id = tx.tell(Event::MessageCreated(member.chat, id))?;
    tx.prepare_cached("UPDATE messages SET event_id = ?2 WHERE id = ?1")?
        .execute((id, event_id))?;
    Ok(MessageRow {
        id,
        chat: member.chat,
        seq,
        from_user: member.user,
        text: new.text,
        time: now,
        photo: photo.map(|id| attachment(tx, id)).transpose()?,
        file: file.map(|id| attachment(tx, id)).transpose()?,
        client_id: new.client_id,
        event_id: Some(event_id),
        reply_to: new.reply_to,
        edited_at: None,
        deleted: false,
        removed_by: None,
        reactions: Vec::new(),
    })
}

/// Rewords a message and tells it.
pub fn update_text(tx: &mut Tx<'_>, row: &MessageRow, text: &str) -> Result<()> {
    tx.prepare_cached("UPDATE messages SET text = ?2, edited_at = ?3 WHERE id = ?1")?
        .execute((row.id, text, clock::now()))?;
    tx.tell(Event::MessageUpdated(row.chat, row.id))?;
    Ok(())
}

/// Takes a message's content away, keeps its row and seq, and tells it; `by` is who did, where that is not its author.
pub fn delete(tx: &mut Tx<'_>, row: &MessageRow, by: Option<UserId>) -> Result<()> {
    let media: (Option<MediaId>, Option<MediaId>) = tx
        .prepare_cached("SELECT photo_id, file_id FROM messages WHERE id = ?1")?
        .query_row([row.id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    tx.prepare_cached(
        "UPDATE messages SET text = '', photo_id = NULL, file_id = NULL, reply_to = NULL, edited_at = NULL, deleted = 1, reacted = 0,
                             removed_by = ?2
         WHERE id = ?1",
    )?
    .execute((row.id, by))?;
    tx.prepare_cached("DELETE FROM reactions WHERE message_id = ?1")?
        .execute([row.id])?;
    for id in [media.0, media.1].into_iter().flatten() {
        media::store::delete_media(tx, id)?;
    }
    tx.tell(Event::MessageDeleted(row.chat, row.id))?;
    Ok(())
}

/// A part of a chat's history.
#[derive(Debug, Clone, Copy)]
pub enum Window {
    /// The newest below a seq, newest first.
    Before(i64),
    /// The oldest above one seq and below another, oldest first.
    Between(i64, i64),
}

/// Which messages of a chat are wanted; by default all.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// What one person wrote.
    pub from: Option<UserId>,
    /// What brings a photo or a file.
    pub media: Option<Media>,
}

/// What a message brings beside its text.
#[derive(Debug, Clone, Copy)]
pub enum Media {
    Photo,
    File,
    Any,
}

impl Filter {
    /// The index that has what is wanted, by name since SQLite can't know that it is the shorter one; and the condition.
    fn place(self) -> &'static str {
        match self.media {
            None => "WHERE m.chat_id = ?1",
            Some(Media::Photo) => "INDEXED BY messages_with_media WHERE m.photo_id IS NOT NULL AND m.chat_id = ?1",
            Some(Media::File) => "INDEXED BY messages_with_media WHERE m.file_id IS NOT NULL AND m.chat_id = ?1",
            Some(Media::Any) => {
                "INDEXED BY messages_with_media
                 WHERE (m.photo_id IS NOT NULL OR m.file_id IS NOT NULL) AND m.chat_id = ?1"
            }
        }
    }
}

/// A page of a chat, or of what is wanted of it: one range of one index.
pub fn list_window(
    connection: &Connection,
    member: &Member,
    window: Window,
    filter: Filter,
    limit: i64,
    base: &str,
) -> Result<Vec<Message>> {
    let (order, above, below) = match window {
        Window::Before(below) => ("DESC", 0, below),
        Window::Between(above, below) => ("ASC", above, below),
    };
    let mut statement = connection.prepare_cached(&format!(
        "{MESSAGE} {} AND m.seq > ?2 AND m.seq < ?3 AND (?4 IS NULL OR m.from_user = ?4)
         ORDER BY m.seq {order} LIMIT ?5",
        filter.place()
    ))?;
    rows(
        connection,
        &mut statement,
        (member.chat, above, below, filter.from, limit),
        base,
    )
}

/// How many messages a chat has, or how many of them are wanted.
pub fn count_in_chat(connection: &Connection, member: &Member, filter: Filter) -> Result<i64> {
    if filter.from.is_none() && filter.media.is_none() {
        return Ok(member.last_seq);
    }
    let mut statement = connection.prepare_cached(&format!(
        "SELECT count(*) FROM messages m {} AND (?2 IS NULL OR m.from_user = ?2)",
        filter.place()
    ))?;
    Ok(statement.query_row((member.chat, filter.from), |row| row.get(0))?)
}

/// How many messages somebody can see, or how many of them one person wrote.
pub fn count_visible(connection: &Connection, user: UserId, from: Option<UserId>) -> Result<i64> {
    let sql = match from {
        // No message's row is ever deleted, so a chat has as many as it has counted.
        None => "SELECT coalesce(sum(c.last_seq), 0) FROM members m JOIN chats c ON c.id = m.chat_id WHERE m.user_id = ?1 OR ?2",
        Some(_) => {
            "SELECT count(*) FROM messages m WHERE m.from_user = ?2
             AND m.chat_id IN (SELECT chat_id FROM members WHERE user_id = ?1)"
        }
    };
    Ok(connection
        .prepare_cached(sql)?
        .query_row((user, from.unwrap_or(UserId(0))), |row| row.get(0))?)
}

/// The messages somebody can see in all his chats, the newest first.
pub fn list_visible(
    connection: &Connection,
    user: UserId,
    from: Option<UserId>,
    limit: i64,
    offset: i64,
    base: &str,
) -> Result<Vec<Message>> {
    let mut statement = connection.prepare_cached(&format!(
        "{MESSAGE} WHERE m.chat_id IN (SELECT chat_id FROM members WHERE user_id = ?1) AND (?2 IS NULL OR m.from_user = ?2)
         ORDER BY m.id DESC LIMIT ?3 OFFSET ?4"
    ))?;
    rows(connection, &mut statement, (user, from, limit, offset), base)
}
