//! SQL of guests.

use rusqlite::{Connection, OptionalExtension};

use super::super::names::shown_key;
use super::super::store::delete_sessions;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::UserId;

/// Whether somebody who is here is called so, or nearly so: by his username, or by his names in either order.
pub fn is_shown_name(connection: &Connection, key: &str) -> Result<bool> {
    let mut statement = connection.prepare_cached("SELECT username, first_name, last_name FROM users WHERE active")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (username, first, last): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let names = [username, format!("{first}{last}"), format!("{last}{first}")];
        if names.iter().any(|name| shown_key(name) == key) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Makes somebody a guest until then; false where a guest who is here has this name.
pub fn update_guest(tx: &mut Tx<'_>, user: UserId, key: &str, leaves_at: i64) -> Result<bool> {
    let changed = tx
        .prepare_cached(
            "UPDATE users SET guest_key = ?2, leaves_at = ?3
             WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM users WHERE guest_key = ?2)",
        )?
        .execute((user, key, leaves_at))?;
    Ok(changed > 0)
}

/// When the next guest's time is over.
pub fn find_next_leaving(connection: &Connection) -> Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT min(leaves_at) FROM users WHERE leaves_at IS NOT NULL")?;
    Ok(statement.query_row([], |row| row.get(0)).optional()?.flatten())
}

/// Shows out those whose time is over: their sessions end, their names are free. Who of them had been kept out, and is let in by
/// nobody now.
pub fn show_out(tx: &mut Tx<'_>, now: i64) -> Result<Vec<UserId>> {
    let leaving: Vec<(UserId, bool)> = {
        let mut statement = tx.prepare_cached("SELECT id, active FROM users WHERE leaves_at <= ?1")?;
        let rows = statement.query_map([now], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    for (user, _) in &leaving {
        tx.prepare_cached("UPDATE users SET active = 0, leaves_at = NULL, guest_key = NULL WHERE id = ?1")?
            .execute([user])?;
        delete_sessions(tx, *user, None)?;
    }
    let kept_out = leaving.into_iter().filter(|(_, was_here)| !was_here);
    Ok(kept_out.map(|(user, _)| user).collect())
}
