//! SQL of groups' links.

use rusqlite::{Connection, OptionalExtension};

use super::super::members::store::{count_members, find_member};
use super::super::store::find_row;
use super::super::Member;
use super::Preview;
use crate::clock;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ids::{ChatId, UserId};

/// The code of a group's link, if it has one.
pub fn find_code(connection: &Connection, member: &Member) -> Result<Option<String>> {
    let mut statement = connection.prepare_cached("SELECT code FROM links WHERE chat_id = ?1")?;
    Ok(statement.query_row([member.chat], |row| row.get(0)).optional()?)
}

/// Gives a group that has none a link.
pub fn insert_link(tx: &mut Tx<'_>, member: &Member, code: &str) -> Result<()> {
    tx.prepare_cached("INSERT INTO links (chat_id, code, created_at) VALUES (?1, ?2, ?3)")?
        .execute((member.chat, code, clock::now()))?;
    Ok(())
}

/// Ends a group's link; whether it had one.
pub fn delete_link(tx: &mut Tx<'_>, chat: ChatId) -> Result<bool> {
    let mut statement = tx.prepare_cached("DELETE FROM links WHERE chat_id = ?1")?;
    Ok(statement.execute([chat])? > 0)
}

/// The group that a code opens, or the 404.
pub fn chat_of(connection: &Connection, code: &str) -> Result<ChatId> {
    let mut statement = connection.prepare_cached("SELECT chat_id FROM links WHERE code = ?1")?;
    let found = statement.query_row([code], |row| row.get(0)).optional()?;
    found.ok_or_else(Error::not_found)
}

/// The group that a code opens, as somebody sees it before he joins.
pub fn get_preview(connection: &Connection, code: &str, user: UserId, base: &str) -> Result<Preview> {
    let id = chat_of(connection, code)?;
    let row = find_row(connection, id)?.ok_or_else(Error::not_found)?;
    Ok(Preview {
        id,
        chat_picture: format!("{base}{}", row.picture),
        name: row.name,
        members: count_members(connection, id)?,
        joined: find_member(connection, id, user)?.is_some(),
    })
}
