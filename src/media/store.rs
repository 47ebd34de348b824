//! SQL of pictures and files.

use rusqlite::{Connection, OptionalExtension};

use super::CHUNK;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ids::{ChatId, MediaId, UserId};

/// Numbers of chunks that a media id has room for.
const CHUNKS: i64 = 1 << 20;

/// What is known of an upload once its bytes are in.
#[derive(Debug, Clone)]
pub struct Facts {
    pub content_type: &'static str,
    pub size: i64,
    pub sha256: Vec<u8>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub thumb: Option<(&'static str, Vec<u8>)>,
}

/// Begins an upload that belongs to nothing yet.
pub fn insert_pending(tx: &mut Tx<'_>, key: &str, owner: UserId, name: &str, now: i64) -> Result<MediaId> {
    tx.prepare_cached(
        "INSERT INTO media (key, owner_id, purpose, name, content_type, size, sha256, created_at)
         VALUES (?1, ?2, 'pending', ?3, 'application/octet-stream', 0, x'', ?4)",
    )?
    .execute((key, owner, name, now))?;
    Ok(MediaId(tx.last_insert_rowid()))
}

/// Another upload with the same bytes, which belongs to nothing yet; they are stored once.
pub fn insert_copy(tx: &mut Tx<'_>, of: MediaId, key: &str) -> Result<MediaId> {
    tx.prepare_cached(
        "INSERT INTO media (key, owner_id, purpose, name, content_type, size, sha256, width, height, created_at, thumb_type, thumb, bytes_of)
         SELECT ?2, owner_id, 'pending', name, content_type, size, sha256, width, height, created_at, thumb_type, thumb, coalesce(bytes_of, id)
         FROM media WHERE id = ?1",
    )?
    .execute((of, key))?;
    Ok(MediaId(tx.last_insert_rowid()))
}

/// Stores the next bytes of an upload, unless that was deleted meanwhile: they would belong to nothing.
pub fn insert_chunk(tx: &mut Tx<'_>, id: MediaId, number: i64, bytes: &[u8]) -> Result<()> {
    let stored = tx
        .prepare_cached(
            "INSERT INTO media_chunks (id, bytes) SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM media WHERE id = ?3)",
        )?
        .execute((id.0 * CHUNKS + number, bytes, id))?;
    if stored == 1 {
        Ok(())
    } else {
        Err(Error::internal("an upload was deleted while its bytes came"))
    }
}

/// Says what an upload turned out to be.
pub fn update_facts(tx: &mut Tx<'_>, id: MediaId, facts: &Facts) -> Result<()> {
    let (thumb_type, thumb) = facts
        .thumb
        .as_ref()
        .map(|(kind, bytes)| (*kind, bytes.as_slice()))
        .unzip();
    tx.prepare_cached(
        "UPDATE media SET content_type = ?2, size = ?3, sha256 = ?4, width = ?5, height = ?6, thumb_type = ?7, thumb = ?8
         WHERE id = ?1",
    )?
    .execute((id, facts.content_type, facts.size, &facts.sha256, facts.width, facts.height, thumb_type, thumb))?;
    Ok(())
}

/// Makes an upload a message's, in the chat that holds it.
pub fn claim_attachment(tx: &mut Tx<'_>, id: MediaId, chat: ChatId) -> Result<()> {
    claim(
        tx,
        "UPDATE media SET purpose = 'attachment', chat_id = ?2 WHERE id = ?1 AND purpose = 'pending'",
        id,
        Some(chat),
    )
}

/// Makes an upload what somebody hands into a box: an attachment of no chat.
pub fn claim_handed(tx: &mut Tx<'_>, id: MediaId) -> Result<()> {
    claim(
        tx,
        "UPDATE media SET purpose = 'attachment', chat_id = ?2 WHERE id = ?1 AND purpose = 'pending'",
        id,
        None,
    )
}

/// Makes an upload a person's or a chat's picture.
pub fn claim_portrait(tx: &mut Tx<'_>, id: MediaId) -> Result<()> {
    claim(
        tx,
        "UPDATE media SET purpose = 'portrait', chat_id = ?2 WHERE id = ?1 AND purpose = 'pending'",
        id,
        None,
    )
}

fn claim(tx: &mut Tx<'_>, sql: &str, id: MediaId, chat: Option<ChatId>) -> Result<()> {
    match tx.prepare_cached(sql)?.execute((id, chat))? {
        1 => Ok(()),
        _ => Err(Error::internal("an upload was swept before it was claimed")),
    }
}

/// Deletes a picture or file; its bytes go by and by.
pub fn delete_media(tx: &mut Tx<'_>, id: MediaId) -> Result<()> {
    tx.prepare_cached("DELETE FROM media WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Deletes an upload that nothing claimed.
pub fn delete_pending(tx: &mut Tx<'_>, id: MediaId) -> Result<()> {
    tx.prepare_cached("DELETE FROM media WHERE id = ?1 AND purpose = 'pending'")?
        .execute([id])?;
    Ok(())
}

/// Uploads that nothing has claimed yet, with who makes them.
pub fn list_pending(connection: &Connection) -> Result<Vec<(MediaId, UserId)>> {
    let mut statement = connection.prepare_cached("SELECT id, owner_id FROM media WHERE purpose = 'pending'")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Deletes what was being uploaded when the server ended.
pub fn delete_all_pending(tx: &mut Tx<'_>) -> Result<()> {
    tx.execute("DELETE FROM media WHERE purpose = 'pending'", [])?;
    Ok(())
}

/// Deletes at most `chunks` rows of bytes that no media has; whether there may be more.
pub fn delete_trash(tx: &mut Tx<'_>, chunks: i64) -> Result<bool> {
    let first = "SELECT media_id FROM media_trash ORDER BY media_id LIMIT 1";
    let Some(id) = tx
        .prepare_cached(first)?
        .query_row([], |row| row.get::<_, i64>(0))
        .optional()?
    else {
        return Ok(false);
    };
    let deleted = tx
        .prepare_cached(
            "DELETE FROM media_chunks WHERE id IN (SELECT id FROM media_chunks WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT ?3)",
        )?
        .execute((id * CHUNKS, (id + 1) * CHUNKS, chunks))?;
    if (deleted as i64) < chunks {
        tx.prepare_cached("DELETE FROM media_trash WHERE media_id = ?1")?
            .execute([id])?;
    }
    Ok(true)
}

/// Whether bytes wait to be deleted.
pub fn has_trash(connection: &Connection) -> Result<bool> {
    Ok(connection.prepare_cached("SELECT 1 FROM media_trash")?.exists([])?)
}

/// That a row of `media m` is the first that has its bytes, so that they are counted once.
pub const FIRST_OF_ITS_BYTES: &str = "(m.bytes_of IS NULL OR (
    NOT EXISTS (SELECT 1 FROM media o WHERE o.id = m.bytes_of)
    AND NOT EXISTS (SELECT 1 FROM media o WHERE o.bytes_of = m.bytes_of AND o.id < m.id)))";

/// Bytes of all that somebody has uploaded; what is handed out to several chats came once.
pub fn sum_sizes(connection: &Connection, owner: UserId) -> Result<u64> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT coalesce(sum(m.size), 0) FROM media m WHERE m.owner_id = ?1 AND {FIRST_OF_ITS_BYTES}"
    ))?;
    let sum: i64 = statement.query_row([owner], |row| row.get(0))?;
    Ok(u64::try_from(sum).unwrap_or(0))
}

/// A picture or file as it is served.
#[derive(Debug, Clone)]
pub struct Media {
    pub id: MediaId,
    pub name: String,
    pub content_type: String,
    pub size: u64,
    pub sha256: Vec<u8>,
    pub thumb_type: Option<String>,
}

/// What somebody may see under a key: attachments of his chats, what he handed in himself or what others did where he may
/// see it, and everybody's portraits.
pub fn find_visible(connection: &Connection, key: &str, user: UserId) -> Result<Option<Media>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, name, content_type, size, sha256, thumb_type FROM media
         WHERE key = ?1 AND (purpose = 'portrait' OR (purpose = 'attachment' AND EXISTS (
             SELECT 1 FROM members WHERE members.chat_id = media.chat_id AND members.user_id = ?2))
             OR (purpose = 'attachment' AND chat_id IS NULL AND EXISTS (
             SELECT 1 FROM box_files f JOIN boxes b ON b.id = f.box_id JOIN chats c ON c.id = b.chat_id
             JOIN members m ON m.chat_id = b.chat_id AND m.user_id = ?2 JOIN users u ON u.id = ?2
             WHERE f.media_id = media.id AND (f.user_id = ?2 OR c.owner_id = ?2 OR u.role >= 2))))",
    )?;
    let media = statement.query_row((key, user), |row| {
        Ok(Media {
            id: row.get(0)?,
            name: row.get(1)?,
            content_type: row.get(2)?,
            size: u64::try_from(row.get::<_, i64>(3)?).unwrap_or(0),
            sha256: row.get(4)?,
            thumb_type: row.get(5)?,
        })
    });
    Ok(media.optional()?)
}

/// The thumbnail.
pub fn find_thumb(connection: &Connection, id: MediaId) -> Result<Option<Vec<u8>>> {
    let mut statement = connection.prepare_cached("SELECT thumb FROM media WHERE id = ?1")?;
    Ok(statement.query_row([id], |row| row.get(0)).optional()?.flatten())
}

/// The chunk that byte `at` stands in, if this person may still see the file.
pub fn find_chunk(connection: &Connection, key: &str, user: UserId, at: u64) -> Result<Option<Vec<u8>>> {
    let Some(media) = find_visible(connection, key, user)? else {
        return Ok(None);
    };
    find_row(connection, media.id, at / CHUNK as u64)
}

/// A row of the bytes of this number, whoever asks; None where no picture or file has them any more.
pub fn find_shared_row(connection: &Connection, bytes: i64, number: u64) -> Result<Option<Vec<u8>>> {
    let number = i64::try_from(number).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(
        "SELECT bytes FROM media_chunks WHERE id = ?1 * ?2 + ?3
         AND (EXISTS (SELECT 1 FROM media WHERE id = ?1) OR EXISTS (SELECT 1 FROM media WHERE bytes_of = ?1))",
    )?;
    Ok(statement
        .query_row((bytes, CHUNKS, number), |row| row.get(0))
        .optional()?)
}

/// A stored row of a picture or file, whoever asks; None where it is gone.
pub fn find_row(connection: &Connection, id: MediaId, number: u64) -> Result<Option<Vec<u8>>> {
    let number = i64::try_from(number).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(
        "SELECT bytes FROM media_chunks WHERE id = (SELECT coalesce(bytes_of, id) FROM media WHERE id = ?1) * ?2 + ?3",
    )?;
    Ok(statement.query_row((id, CHUNKS, number), |row| row.get(0)).optional()?)
}
