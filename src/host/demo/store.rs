//! SQL of the demo: what was just written gets the time at which the story has it.

use rusqlite::{Connection, OptionalExtension};

use crate::db::Tx;
use crate::error::Result;
use crate::ids::{ChatId, MessageId, UserId};

/// Somebody by his name.
pub fn find_user(connection: &Connection, username: &str) -> Result<Option<UserId>> {
    let mut statement = connection.prepare_cached("SELECT id FROM users WHERE username = ?1")?;
    Ok(statement.query_row([username], |row| row.get(0)).optional()?)
}

/// A chat by its name.
pub fn find_chat(connection: &Connection, name: &str) -> Result<Option<ChatId>> {
    let mut statement = connection.prepare_cached("SELECT id FROM chats WHERE name = ?1 ORDER BY id LIMIT 1")?;
    Ok(statement.query_row([name], |row| row.get(0)).optional()?)
}

/// Moves a chat's beginning.
pub fn update_chat_time(tx: &mut Tx<'_>, chat: ChatId, at: i64) -> Result<()> {
    tx.prepare_cached("UPDATE chats SET created_at = ?2 WHERE id = ?1")?
        .execute((chat, at))?;
    tx.prepare_cached("UPDATE members SET joined_at = ?2 WHERE chat_id = ?1")?
        .execute((chat, at))?;
    Ok(())
}

/// Moves a message's time.
pub fn update_message_time(tx: &mut Tx<'_>, message: MessageId, at: i64) -> Result<()> {
    tx.prepare_cached("UPDATE messages SET time = ?2 WHERE id = ?1")?
        .execute((message, at))?;
    Ok(())
}

/// Moves the time of a message's last rewording.
pub fn update_edited_time(tx: &mut Tx<'_>, message: MessageId, at: i64) -> Result<()> {
    tx.prepare_cached("UPDATE messages SET edited_at = ?2 WHERE id = ?1")?
        .execute((message, at))?;
    Ok(())
}
