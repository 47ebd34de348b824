//! SQL of reports.

use rusqlite::{Connection, OptionalExtension, Row};

use super::Report;
use crate::clock;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::{MessageId, UserId};
use crate::live::log::{Event, Tell};
use crate::messages::MessageRow;
use crate::order::store::list_staff;

const REPORT: &str = "SELECT r.id, r.message_id, m.chat_id, m.from_user, r.from_user, r.reason, r.text,
                             m.photo_id IS NOT NULL, f.name, r.at, r.closed_at IS NOT NULL, r.closed_by, r.removed, c.name
                      FROM reports r JOIN messages m ON m.id = r.message_id LEFT JOIN media f ON f.id = m.file_id
                           LEFT JOIN chats c ON c.id = m.chat_id AND NOT c.private";

fn report(row: &Row<'_>) -> rusqlite::Result<Report> {
    Ok(Report {
        id: row.get(0)?,
        message_id: row.get(1)?,
        chat_id: row.get(2)?,
        author: row.get(3)?,
        from_user: row.get(4)?,
        reason: row.get(5)?,
        text: row.get(6)?,
        has_photo: row.get(7)?,
        file_name: row.get(8)?,
        time: clock::rfc3339(row.get(9)?),
        closed: row.get(10)?,
        closed_by: row.get(11)?,
        removed: row.get(12)?,
        group_name: row.get(13)?,
    })
}

/// Reports a message and tells staff; the same person reports it once. Whether it was the first time.
pub fn insert_report(tx: &mut Tx<'_>, message: &MessageRow, from: UserId, reason: &str) -> Result<bool> {
    let added = tx
        .prepare_cached(
            "INSERT INTO reports (message_id, from_user, reason, text, at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (message_id, from_user) DO NOTHING",
        )?
        .execute((message.id, from, reason, &message.text, clock::now()))?
        > 0;
    if added {
        tell_staff(tx)?;
    }
    Ok(added)
}

fn tell_staff(tx: &mut Tx<'_>) -> Result<()> {
    for staff in list_staff(tx)? {
        tx.tell(Event::DeskUpdated(staff))?;
    }
    Ok(())
}

/// One report.
pub fn find_report(connection: &Connection, id: i64) -> Result<Option<Report>> {
    let mut statement = connection.prepare_cached(&format!("{REPORT} WHERE r.id = ?1"))?;
    Ok(statement.query_row([id], report).optional()?)
}

/// How many reports there are; only the open ones, or all.
pub fn count_reports(connection: &Connection, open: bool) -> Result<i64> {
    let mut statement = connection.prepare_cached("SELECT count(*) FROM reports WHERE NOT ?1 OR closed_at IS NULL")?;
    Ok(statement.query_row([open], |row| row.get(0))?)
}

/// Reports, the newest first; only the open ones, or all.
pub fn list_reports(connection: &Connection, open: bool, limit: i64, offset: i64) -> Result<Vec<Report>> {
    let mut statement = connection.prepare_cached(&format!(
        "{REPORT} WHERE NOT ?1 OR r.closed_at IS NULL ORDER BY r.id DESC LIMIT ?2 OFFSET ?3"
    ))?;
    let rows = statement.query_map((open, limit, offset), report)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Closes all open reports of a message and tells staff.
pub fn close_reports(tx: &mut Tx<'_>, message: MessageId, by: UserId, removed: bool) -> Result<()> {
    tx.prepare_cached(
        "UPDATE reports SET closed_at = ?2, closed_by = ?3, removed = ?4 WHERE message_id = ?1 AND closed_at IS NULL",
    )?
    .execute((message, clock::now(), by, removed))?;
    tell_staff(tx)
}
