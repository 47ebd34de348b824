//! SQL of what takes the room. It goes through all messages: for the lane of searches.

use rusqlite::{Connection, Row};

use super::{Amount, ChatStorage, Counts, FileStorage, PersonStorage};
use crate::clock;
use crate::error::Result;
use crate::media::store::FIRST_OF_ITS_BYTES;

/// Rows of each list, the largest first.
const SHOWN: i64 = 100;

fn amount(row: &Row<'_>, at: usize) -> rusqlite::Result<Amount> {
    Ok(Amount {
        count: row.get(at)?,
        bytes: row.get(at + 1)?,
    })
}

/// How much of each kind there is.
pub fn count_all(connection: &Connection) -> Result<Counts> {
    let mut statement = connection.prepare_cached(
        "SELECT (SELECT count(*) FROM users WHERE active), (SELECT count(*) FROM chats), (SELECT count(*) FROM messages),
                (SELECT count(*) FROM media WHERE purpose <> 'pending'),
                (SELECT count(*) FROM sessions WHERE expires_at > ?1)",
    )?;
    Ok(statement.query_row([clock::now()], |row| {
        Ok(Counts {
            people: row.get(0)?,
            chats: row.get(1)?,
            messages: row.get(2)?,
            files: row.get(3)?,
            sessions: row.get(4)?,
        })
    })?)
}

/// What chats take, those that take most first.
pub fn list_chats(connection: &Connection) -> Result<Vec<ChatStorage>> {
    let mut statement = connection.prepare_cached(
        "SELECT c.id, CASE WHEN c.private THEN coalesce(low.username, '') || ', ' || coalesce(high.username, '') ELSE c.name END,
                c.private, c.retention_days, c.last_seq, coalesce(t.bytes, 0),
                coalesce(m.photos, 0), coalesce(m.photo_bytes, 0), coalesce(m.files, 0), coalesce(m.file_bytes, 0)
         FROM chats c
         LEFT JOIN users low ON low.id = c.low_user LEFT JOIN users high ON high.id = c.high_user
         LEFT JOIN (SELECT chat_id, sum(octet_length(text)) AS bytes FROM messages GROUP BY chat_id) t ON t.chat_id = c.id
         LEFT JOIN (SELECT chat_id,
                           sum(width IS NOT NULL) AS photos, sum(iif(width IS NOT NULL, size, 0)) AS photo_bytes,
                           sum(width IS NULL) AS files, sum(iif(width IS NULL, size, 0)) AS file_bytes
                    FROM media WHERE purpose = 'attachment' GROUP BY chat_id) m ON m.chat_id = c.id
         ORDER BY coalesce(t.bytes, 0) + coalesce(m.photo_bytes, 0) + coalesce(m.file_bytes, 0) DESC, c.id LIMIT ?1",
    )?;
    let rows = statement.query_map([SHOWN], |row| {
        Ok(ChatStorage {
            id: row.get(0)?,
            name: row.get(1)?,
            private: row.get(2)?,
            retention_days: row.get(3)?,
            messages: amount(row, 4)?,
            photos: amount(row, 6)?,
            files: amount(row, 8)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What people's uploads take, those that take most first.
pub fn list_people(connection: &Connection) -> Result<Vec<PersonStorage>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT u.id, u.username, u.first_name, u.last_name, count(*), sum(m.size)
         FROM media m JOIN users u ON u.id = m.owner_id WHERE {FIRST_OF_ITS_BYTES}
         GROUP BY u.id ORDER BY sum(m.size) DESC, u.id LIMIT ?1",
    ))?;
    let rows = statement.query_map([SHOWN], |row| {
        Ok(PersonStorage {
            id: row.get(0)?,
            username: row.get(1)?,
            first_name: row.get(2)?,
            last_name: row.get(3)?,
            uploads: amount(row, 4)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The largest photos and files.
pub fn list_biggest(connection: &Connection) -> Result<Vec<FileStorage>> {
    let mut statement = connection.prepare_cached(
        "SELECT name, size, chat_id, owner_id, created_at, min(id) FROM media WHERE purpose <> 'pending'
         GROUP BY coalesce(bytes_of, id) ORDER BY size DESC, min(id) LIMIT 20",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(FileStorage {
            name: row.get(0)?,
            bytes: row.get(1)?,
            chat: row.get(2)?,
            from_user: row.get(3)?,
            time: clock::rfc3339(row.get(4)?),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
