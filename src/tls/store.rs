//! SQL of the authority's one row.

use rusqlite::{Connection, OptionalExtension, Row};

use super::Authority;
use crate::db::Tx;
use crate::error::{Error, Result};

fn authority(row: &Row<'_>) -> rusqlite::Result<Authority> {
    Ok(Authority {
        name: row.get(0)?,
        host: row.get(1)?,
        key: row.get(2)?,
        certificate: row.get(3)?,
        until: row.get(4)?,
    })
}

/// The file's authority, if it has one.
pub fn find_authority(connection: &Connection) -> Result<Option<Authority>> {
    let mut statement = connection.prepare_cached("SELECT name, host, key, certificate, until FROM authority")?;
    Ok(statement.query_row([], authority).optional()?)
}

/// The file's authority; made where there is none or it soon ends, of a computer that is called `host`.
pub fn ensure_authority(tx: &mut Tx<'_>, host: &str, now: i64) -> Result<Authority> {
    if let Some(known) = find_authority(tx)?.filter(|known| known.is_good(now)) {
        return Ok(known);
    }
    let made = Authority::make(host, now).map_err(Error::internal)?;
    tx.prepare_cached(
        "INSERT OR REPLACE INTO authority (id, name, host, key, certificate, until) VALUES (1, ?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((&made.name, &made.host, &made.key, &made.certificate, made.until))?;
    Ok(made)
}
