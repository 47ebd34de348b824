//! SQL of the roster.

use rusqlite::{Connection, OptionalExtension};

use super::super::store::{user, USER};
use super::super::User;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::UserId;

/// The hash of somebody's PIN, if he has one.
pub fn find_pin(connection: &Connection, user: UserId) -> Result<Option<String>> {
    let mut statement = connection
        .prepare_cached("SELECT pin FROM roster JOIN users ON users.id = user_id WHERE user_id = ?1 AND active")?;
    Ok(statement.query_row([user], |row| row.get(0)).optional()?)
}

/// Gives somebody a PIN, by its hash; the one before is void.
pub fn insert_pin(tx: &mut Tx<'_>, user: UserId, hash: &str) -> Result<()> {
    tx.prepare_cached("INSERT OR REPLACE INTO roster (user_id, pin) VALUES (?1, ?2)")?
        .execute((user, hash))?;
    Ok(())
}

/// Takes somebody off the roster; whether he was on it.
pub fn delete_pin(tx: &mut Tx<'_>, user: UserId) -> Result<bool> {
    let deleted = tx
        .prepare_cached("DELETE FROM roster WHERE user_id = ?1")?
        .execute([user])?;
    Ok(deleted > 0)
}

/// Everybody on the roster, by name.
pub fn list_roster(connection: &Connection) -> Result<Vec<User>> {
    let mut statement = connection.prepare_cached(&format!(
        "{USER} JOIN roster r ON r.user_id = u.id WHERE u.active ORDER BY u.first_name, u.last_name, u.id"
    ))?;
    let rows = statement.query_map([], user)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
