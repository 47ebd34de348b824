//! SQL of retention.

use rusqlite::{Connection, OptionalExtension};

use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ids::{ChatId, MessageId, UserId};
use crate::live::log::{Event, Tell};
use crate::messages;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// Whose a chat is, and how many days it keeps; None for an unknown id.
pub fn find_retention(connection: &Connection, chat: ChatId) -> Result<Option<(Option<UserId>, Option<i64>)>> {
    let mut statement = connection.prepare_cached("SELECT owner_id, retention_days FROM chats WHERE id = ?1")?;
    let found = statement.query_row([chat], |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(found.optional()?)
}

/// Sets how many days a chat keeps, and tells it.
pub fn update_retention(tx: &mut Tx<'_>, chat: ChatId, days: Option<i64>) -> Result<()> {
    tx.prepare_cached("UPDATE chats SET retention_days = ?2 WHERE id = ?1")?
        .execute((chat, days))?;
    tx.tell(Event::ChatUpdated(chat))?;
    Ok(())
}

/// A message as it is looked at here.
struct Old {
    id: MessageId,
    seq: i64,
    deleted: bool,
    time: i64,
}

/// Empties messages that are older than their chat keeps, at most `limit` of one chat; whether there may be more.
pub fn empty_old(tx: &mut Tx<'_>, now: i64, limit: usize) -> Result<bool> {
    for (chat, days, emptied) in list_chats(tx)? {
        let old = list_old(tx, chat, emptied, now - days * DAY, limit)?;
        let Some(last) = old.last() else { continue };
        let seq = last.seq;
        for message in old.iter().filter(|message| !message.deleted) {
            let row = messages::store::find_row(tx, message.id)?.ok_or_else(Error::not_found)?;
            messages::store::delete(tx, &row, None)?;
        }
        tx.prepare_cached("UPDATE chats SET emptied_seq = ?2 WHERE id = ?1")?
            .execute((chat, seq))?;
        if old.len() == limit {
            return Ok(true);
        }
    }
    Ok(false)
}

fn list_chats(connection: &Connection) -> Result<Vec<(ChatId, i64, i64)>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, retention_days, emptied_seq FROM chats WHERE retention_days IS NOT NULL ORDER BY id",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The first messages above a seq, up to the first that is young enough.
fn list_old(connection: &Connection, chat: ChatId, above: i64, before: i64, limit: usize) -> Result<Vec<Old>> {
    let mut statement = connection
        .prepare_cached("SELECT id, seq, deleted, time FROM messages WHERE chat_id = ?1 AND seq > ?2 ORDER BY seq")?;
    let mut rows = statement.query((chat, above))?;
    let mut old = Vec::new();
    while let (true, Some(row)) = (old.len() < limit, rows.next()?) {
        let message = Old {
            id: row.get(0)?,
            seq: row.get(1)?,
            deleted: row.get(2)?,
            time: row.get(3)?,
        };
        if message.time >= before {
            break;
        }
        old.push(message);
    }
    Ok(old)
}
