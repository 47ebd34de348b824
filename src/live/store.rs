//! SQL of the event log's readers.

use rusqlite::Connection;

use super::log::kind;
use crate::db::Told;
use crate::error::Result;
use crate::ids::UserId;

/// The id of the last event; 0 before the first.
pub fn head(connection: &Connection) -> Result<i64> {
    // The counter and not the highest row: it stays where old rows are deleted.
    let mut statement =
        connection.prepare_cached("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'events'")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// Whether a cursor's successors are all still here.
pub fn reaches(connection: &Connection, cursor: i64, head: i64) -> Result<bool> {
    if cursor == head {
        return Ok(true);
    }
    let mut statement = connection.prepare_cached("SELECT min(id) FROM events")?;
    let oldest: Option<i64> = statement.query_row([], |row| row.get(0))?;
    Ok(oldest.is_some_and(|oldest| oldest <= cursor + 1))
}

/// Rows after a cursor and up to `head` that are wanted, at most `limit`.
pub fn list_rows(
    connection: &Connection,
    cursor: i64,
    head: i64,
    limit: usize,
    wanted: impl Fn(&Told) -> bool,
) -> Result<Vec<Told>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, kind, chat_id, user_id, message_id FROM events WHERE id > ?1 AND id <= ?2 ORDER BY id",
    )?;
    let rows = statement.query_map((cursor, head), |row| {
        Ok(Told {
            id: row.get(0)?,
            kind: kind(row.get_ref(1)?.as_str()?),
            chat_id: row.get(2)?,
            user_id: row.get(3)?,
            message_id: row.get(4)?,
        })
    })?;
    let wanted = rows.filter(|row| row.as_ref().map_or(true, &wanted));
    Ok(wanted.take(limit).collect::<rusqlite::Result<_>>()?)
}

/// Whether two people share a chat.
pub fn share_chat(connection: &Connection, one: UserId, other: UserId) -> Result<bool> {
    let mut statement = connection.prepare_cached(
        "SELECT 1 FROM members mine JOIN members his ON his.chat_id = mine.chat_id AND his.user_id = ?2
         WHERE mine.user_id = ?1",
    )?;
    Ok(statement.exists((one, other))?)
}
