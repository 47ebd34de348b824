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

/// Rows after a cursor, up to `head`, that somebody may see: what happened in his chats, his own marks and comings and
/// goings, and the people he shares a chat with. Membership is that of now.
pub fn list_rows(connection: &Connection, user: UserId, cursor: i64, head: i64, limit: i64) -> Result<Vec<Told>> {
    let mut statement = connection.prepare_cached(
        "SELECT e.id, e.kind, e.chat_id, e.user_id, e.message_id FROM events e
         WHERE e.id > ?2 AND e.id <= ?3 AND CASE e.kind
             WHEN 'user.updated' THEN e.user_id = ?1 OR EXISTS (
                 SELECT 1 FROM members mine JOIN members his ON his.chat_id = mine.chat_id
                 WHERE mine.user_id = ?1 AND his.user_id = e.user_id)
             WHEN 'read' THEN e.user_id = ?1 AND EXISTS (
                 SELECT 1 FROM members m WHERE m.chat_id = e.chat_id AND m.user_id = ?1)
             WHEN 'member.removed' THEN e.user_id = ?1 OR EXISTS (
                 SELECT 1 FROM members m WHERE m.chat_id = e.chat_id AND m.user_id = ?1)
             ELSE EXISTS (SELECT 1 FROM members m WHERE m.chat_id = e.chat_id AND m.user_id = ?1) END
         ORDER BY e.id LIMIT ?4",
    )?;
    let rows = statement.query_map((user, cursor, head, limit), |row| {
        Ok(Told {
            id: row.get(0)?,
            kind: kind(&row.get::<_, String>(1)?),
            chat_id: row.get(2)?,
            user_id: row.get(3)?,
            message_id: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
