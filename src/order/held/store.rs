//! SQL of messages that wait.

use rusqlite::{Connection, OptionalExtension};

use super::Held;
use crate::chats::Member;
use crate::clock;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::{ChatId, MediaId, UserId};
use crate::live::log::{Event, Tell};
use crate::media;
use crate::messages::store::Sending;
use crate::messages::NewMessage;
use crate::order::store::{list_leaders, BANNED};

/// Keeps a message until somebody has looked at it, and tells those who may.
pub fn insert_held(tx: &mut Tx<'_>, member: &Member, new: &NewMessage) -> Result<()> {
    let now = clock::now();
    let hash = new.client_id.is_some().then(|| new.fingerprint(member.chat));
    let (photo, file) = (
        new.photo.as_ref().map(|upload| upload.id),
        new.file.as_ref().map(|upload| upload.id),
    );
    for id in [photo, file].into_iter().flatten() {
        media::store::claim_attachment(tx, id, member.chat)?;
    }
    tx.prepare_cached(
        "INSERT INTO held (chat_id, from_user, text, time, photo_id, file_id, client_id, client_hash, reply_to)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute((
        member.chat,
        member.user,
        &new.text,
        now,
        photo,
        file,
        &new.client_id,
        hash,
        new.reply_to,
    ))?;
    tx.prepare_cached("UPDATE members SET sent_at = ?3 WHERE chat_id = ?1 AND user_id = ?2")?
        .execute((member.chat, member.user, now))?;
    tell_leaders(tx, member.chat)
}

/// Tells those who decide about what somebody has written that their desk is another: he is out now, or in again.
pub fn tell_leaders_of(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    for chat in list_chats_of(tx, user)? {
        tell_leaders(tx, chat)?;
    }
    Ok(())
}

/// In which chats something of somebody's waits.
fn list_chats_of(connection: &Connection, user: UserId) -> Result<Vec<ChatId>> {
    let mut statement = connection
        .prepare_cached("SELECT DISTINCT chat_id FROM held WHERE from_user = ?1 AND NOT refused ORDER BY chat_id")?;
    let rows = statement.query_map([user], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn tell_leaders(tx: &mut Tx<'_>, chat: ChatId) -> Result<()> {
    for leader in list_leaders(tx, chat)? {
        tx.tell(Event::DeskUpdated(leader))?;
    }
    Ok(())
}

/// The fingerprint of what waits, or was turned down, under somebody's client_id; and which of the two.
pub fn find_by_client_id(connection: &Connection, user: UserId, client_id: &str) -> Result<Option<(Vec<u8>, bool)>> {
    let mut statement =
        connection.prepare_cached("SELECT client_hash, refused FROM held WHERE from_user = ?1 AND client_id = ?2")?;
    let found = statement.query_row((user, client_id), |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(found.optional()?)
}

/// What waits in a chat, the oldest first: all of it but what is of who is banned for those who decide, else one's own, with what was
/// turned down.
pub fn list_held(connection: &Connection, member: &Member, leads: bool, base: &str) -> Result<Vec<Held>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT h.id, h.from_user, h.text, h.time, h.refused, p.key, p.name, f.key, f.name
         FROM held h LEFT JOIN media p ON p.id = h.photo_id LEFT JOIN media f ON f.id = h.file_id
         WHERE h.chat_id = ?1 AND CASE WHEN ?3 THEN NOT h.refused ELSE h.from_user = ?2 END
              AND NOT EXISTS (SELECT 1 FROM users WHERE id = h.from_user AND {BANNED})
         ORDER BY h.id LIMIT 500"
    ))?;
    let rows = statement.query_map((member.chat, member.user, leads), |row| {
        let url = |key: Option<String>, name: Option<String>| Some(format!("{base}{}", media::path(&key?, &name?)));
        Ok(Held {
            id: row.get(0)?,
            chat_id: member.chat,
            from_user: row.get(1)?,
            text: row.get(2)?,
            time: clock::rfc3339(row.get(3)?),
            refused: row.get(4)?,
            photo: url(row.get(5)?, row.get(6)?),
            file: url(row.get(7)?, row.get(8)?),
            file_name: row.get(8)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Takes a message that waits out of the queue, to be sent as it was meant; None where none waits under this id, or its author
/// is banned.
pub fn take_held(tx: &mut Tx<'_>, chat: ChatId, id: i64) -> Result<Option<(UserId, Sending)>> {
    let mut statement = tx.prepare_cached(&format!(
        "DELETE FROM held WHERE id = ?1 AND chat_id = ?2 AND NOT refused
              AND NOT EXISTS (SELECT 1 FROM users WHERE id = from_user AND {BANNED})
         RETURNING from_user, text, photo_id, file_id, client_id, client_hash, reply_to"
    ))?;
    let taken = statement
        .query_row((id, chat), |row| {
            let sending = Sending {
                text: row.get(1)?,
                photo: row.get(2)?,
                file: row.get(3)?,
                client_id: row.get(4)?,
                client_hash: row.get(5)?,
                reply_to: row.get(6)?,
            };
            Ok((row.get(0)?, sending))
        })
        .optional()?;
    drop(statement);
    if taken.is_some() {
        tell_leaders(tx, chat)?;
    }
    Ok(taken)
}

/// Turns a message down, and tells its author: its content goes, its client_id stays known. Whose it was; None where none waits
/// under this id, or its author is banned.
pub fn refuse_held(tx: &mut Tx<'_>, chat: ChatId, id: i64) -> Result<Option<UserId>> {
    let media: Option<(UserId, Option<MediaId>, Option<MediaId>)> = tx
        .prepare_cached(&format!(
            "SELECT from_user, photo_id, file_id FROM held WHERE id = ?1 AND chat_id = ?2 AND NOT refused
                  AND NOT EXISTS (SELECT 1 FROM users WHERE id = from_user AND {BANNED})"
        ))?
        .query_row((id, chat), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((author, photo, file)) = media else {
        return Ok(None);
    };
    tx.prepare_cached("UPDATE held SET refused = 1, photo_id = NULL, file_id = NULL WHERE id = ?1")?
        .execute([id])?;
    for id in [photo, file].into_iter().flatten() {
        media::store::delete_media(tx, id)?;
    }
    tell_leaders(tx, chat)?;
    tx.tell(Event::HeldRefused(chat, author))?;
    Ok(Some(author))
}

/// Takes away what waits of somebody's and what was turned down, with its content, and tells those who decided about it.
pub fn delete_held_of(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    let chats = list_chats_of(tx, user)?;
    let media: Vec<(Option<MediaId>, Option<MediaId>)> = tx
        .prepare_cached("DELETE FROM held WHERE from_user = ?1 RETURNING photo_id, file_id")?
        .query_map([user], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for id in media.into_iter().flat_map(|(photo, file)| [photo, file]).flatten() {
        media::store::delete_media(tx, id)?;
    }
    for chat in chats {
        tell_leaders(tx, chat)?;
    }
    Ok(())
}
