//! SQL of the outbox.

use rusqlite::{Connection, OptionalExtension};

use crate::db::Tx;
use crate::error::Result;
use crate::ids::UserId;

/// A mail that is still to be sent.
#[derive(Debug)]
pub struct Mail {
    pub id: i64,
    /// None: asked for by an address that nobody has.
    pub user_id: Option<UserId>,
    pub attempts: usize,
    pub created_at: i64,
    pub due_at: i64,
}

/// Puts a mail in the box; one that is still waiting for the same person is begun anew.
pub fn insert(tx: &mut Tx<'_>, kind: &str, user: Option<UserId>, now: i64) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO outbox (kind, user_id, created_at, due_at) VALUES (?1, ?2, ?3, ?3)
         ON CONFLICT (user_id, kind) DO UPDATE SET attempts = 0, created_at = ?3, due_at = ?3",
    )?
    .execute((kind, user, now))?;
    Ok(())
}

/// The mail that is due first.
pub fn find_next(connection: &Connection) -> Result<Option<Mail>> {
    let mut statement = connection
        .prepare_cached("SELECT id, user_id, attempts, created_at, due_at FROM outbox ORDER BY due_at, id LIMIT 1")?;
    let mail = statement.query_row([], |row| {
        Ok(Mail {
            id: row.get(0)?,
            user_id: row.get(1)?,
            attempts: usize::try_from(row.get::<_, i64>(2)?).unwrap_or(0),
            created_at: row.get(3)?,
            due_at: row.get(4)?,
        })
    });
    Ok(mail.optional()?)
}

/// Notes a failed try and when the next is due, unless the mail was begun anew meanwhile.
pub fn update_due(tx: &mut Tx<'_>, id: i64, created_at: i64, due_at: i64) -> Result<()> {
    tx.prepare_cached("UPDATE outbox SET attempts = attempts + 1, due_at = ?3 WHERE id = ?1 AND created_at = ?2")?
        .execute((id, created_at, due_at))?;
    Ok(())
}

/// Takes a mail out of the box, unless it was begun anew meanwhile.
pub fn delete(tx: &mut Tx<'_>, id: i64, created_at: i64) -> Result<()> {
    tx.prepare_cached("DELETE FROM outbox WHERE id = ?1 AND created_at = ?2")?
        .execute([id, created_at])?;
    Ok(())
}
