//! SQL of boxes and of what is in them.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Row};

use super::super::members::store::member;
use super::super::Member;
use super::{HandInBox, Handed};
use crate::accounts::Role;
use crate::clock;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ids::{BoxId, ChatId, MediaId, UserId};
use crate::live::log::{Event, Tell};
use crate::media;

/// A box's own row.
#[derive(Debug, Clone)]
pub struct BoxRow {
    pub id: BoxId,
    pub chat: ChatId,
    pub title: String,
    pub due: Option<i64>,
    pub closed: bool,
    made_by: Option<UserId>,
    made_at: i64,
}

const BOX: &str = "SELECT id, chat_id, title, due, closed, made_by, made_at FROM boxes";

fn box_row(row: &Row<'_>) -> rusqlite::Result<BoxRow> {
    Ok(BoxRow {
        id: row.get(0)?,
        chat: row.get(1)?,
        title: row.get(2)?,
        due: row.get(3)?,
        closed: row.get(4)?,
        made_by: row.get(5)?,
        made_at: row.get(6)?,
    })
}

/// A box of a chat that somebody is in, with his membership; or the 404.
pub fn visible(connection: &Connection, id: BoxId, user: UserId) -> Result<(BoxRow, Member)> {
    let mut statement = connection.prepare_cached(&format!("{BOX} WHERE id = ?1"))?;
    let row = statement.query_row([id], box_row).optional()?;
    let row = row.ok_or_else(Error::not_found)?;
    let member = member(connection, row.chat, user)?;
    Ok((row, member))
}

/// The boxes of a chat as one of its members sees them, the newest first.
pub fn list_boxes(connection: &Connection, member: &Member, role: Role, base: &str) -> Result<Vec<HandInBox>> {
    let mut statement = connection.prepare_cached(&format!("{BOX} WHERE chat_id = ?1 ORDER BY id DESC"))?;
    let rows: Vec<BoxRow> = statement
        .query_map([member.chat], box_row)?
        .collect::<rusqlite::Result<_>>()?;
    rows.into_iter()
        .map(|row| show(connection, row, member, role, base))
        .collect()
}

/// A box as one of its chat's members sees it.
pub fn show(connection: &Connection, row: BoxRow, member: &Member, role: Role, base: &str) -> Result<HandInBox> {
    let leads = member.leads(role);
    let handed = |found: &Row<'_>| {
        let (name, key, at): (String, String, i64) = (found.get(1)?, found.get(3)?, found.get(4)?);
        Ok(Handed {
            user_id: found.get(0)?,
            file_size: found.get(2)?,
            file: format!("{base}{}", media::path(&key, &name)),
            file_name: name,
            time: clock::rfc3339(at),
            late: row.due.is_some_and(|due| at > due),
        })
    };
    let list = |of: Option<UserId>| -> Result<Vec<Handed>> {
        let mut statement = connection.prepare_cached(
            "SELECT f.user_id, m.name, m.size, m.key, f.at FROM box_files f JOIN media m ON m.id = f.media_id
             WHERE f.box_id = ?1 AND (?2 IS NULL OR f.user_id = ?2) ORDER BY f.at, f.user_id",
        )?;
        let rows = statement.query_map((row.id, of), handed)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    };
    Ok(HandInBox {
        id: row.id,
        chat_id: row.chat,
        due: row.due.map(clock::rfc3339),
        closed: row.closed,
        made_by: row.made_by,
        created: clock::rfc3339(row.made_at),
        mine: list(Some(member.user))?.pop(),
        files: leads.then(|| list(None)).transpose()?,
        zip: leads.then(|| {
            format!(
                "{base}/media/boxes/{}/{}",
                row.id,
                media::disposition::url_name(&format!("{}.zip", row.title))
            )
        }),
        title: row.title,
    })
}

/// Makes a box and tells the chat.
pub fn insert_box(tx: &mut Tx<'_>, member: &Member, title: &str, due: Option<i64>) -> Result<BoxId> {
    tx.prepare_cached("INSERT INTO boxes (chat_id, title, due, made_by, made_at) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute((member.chat, title, due, member.user, clock::now()))?;
    let id = BoxId(tx.last_insert_rowid());
    tx.tell(Event::ChatUpdated(member.chat))?;
    Ok(id)
}

/// Sets what may be set of a box and tells the chat.
pub fn update_box(tx: &mut Tx<'_>, row: &BoxRow) -> Result<()> {
    tx.prepare_cached("UPDATE boxes SET title = ?2, due = ?3, closed = ?4 WHERE id = ?1")?
        .execute((row.id, &row.title, row.due, row.closed))?;
    tx.tell(Event::ChatUpdated(row.chat))?;
    Ok(())
}

/// Puts somebody's file into a box in place of the one before; whether there was none.
pub fn upsert_file(tx: &mut Tx<'_>, row: &BoxRow, user: UserId, file: MediaId) -> Result<bool> {
    let first = !delete_row(tx, row.id, user)?;
    media::store::claim_handed(tx, file)?;
    tx.prepare_cached("INSERT INTO box_files (box_id, user_id, media_id, at) VALUES (?1, ?2, ?3, ?4)")?
        .execute((row.id, user, file, clock::now()))?;
    tell_who_may_hear(tx, row.chat, user)?;
    Ok(first)
}

/// Takes somebody's file out of a box; whether there was one.
pub fn delete_file(tx: &mut Tx<'_>, row: &BoxRow, user: UserId) -> Result<bool> {
    let deleted = delete_row(tx, row.id, user)?;
    if deleted {
        tell_who_may_hear(tx, row.chat, user)?;
    }
    Ok(deleted)
}

/// Takes all that somebody has handed in out of the boxes, and tells who saw it there.
pub fn delete_files_of(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    let boxes: Vec<(ChatId, BoxId)> = tx
        .prepare_cached(
            "SELECT b.chat_id, b.id FROM box_files f JOIN boxes b ON b.id = f.box_id WHERE f.user_id = ?1 ORDER BY b.chat_id",
        )?
        .query_map([user], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (_, id) in &boxes {
        delete_row(tx, *id, user)?;
    }
    // Each chat is told once.
    let mut chats: Vec<ChatId> = boxes.into_iter().map(|(chat, _)| chat).collect();
    chats.dedup();
    for chat in chats {
        tell_who_may_hear(tx, chat, user)?;
    }
    Ok(())
}

fn delete_row(tx: &mut Tx<'_>, id: BoxId, user: UserId) -> Result<bool> {
    let before: Option<MediaId> = tx
        .prepare_cached("DELETE FROM box_files WHERE box_id = ?1 AND user_id = ?2 RETURNING media_id")?
        .query_row((id, user), |row| row.get(0))
        .optional()?;
    if let Some(before) = before {
        media::store::delete_media(tx, before)?;
    }
    Ok(before.is_some())
}

/// Tells the person himself, the chat's owner and the staff in it, and nobody else.
fn tell_who_may_hear(tx: &mut Tx<'_>, chat: ChatId, user: UserId) -> Result<()> {
    let hearers: Vec<UserId> = tx
        .prepare_cached(
            "SELECT m.user_id FROM members m JOIN users u ON u.id = m.user_id JOIN chats c ON c.id = m.chat_id
             WHERE m.chat_id = ?1 AND (m.user_id = ?2 OR m.user_id = c.owner_id OR u.role >= ?3) ORDER BY m.user_id",
        )?
        .query_map((chat, user, Role::Staff), |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for hearer in hearers {
        tx.tell(Event::BoxesUpdated(chat, hearer))?;
    }
    Ok(())
}

/// A file of a box, as it goes into a ZIP.
#[derive(Debug)]
pub struct Packed {
    pub media: MediaId,
    pub size: u64,
    /// Whose it is and what he called it; no two of a box are the same.
    pub name: String,
}

/// What is in a box, each under its person's name.
pub fn list_packed(connection: &Connection, id: BoxId) -> Result<Vec<Packed>> {
    let mut statement = connection.prepare_cached(
        "SELECT m.id, m.size, m.name, u.username, trim(u.first_name || ' ' || u.last_name)
         FROM box_files f JOIN media m ON m.id = f.media_id JOIN users u ON u.id = f.user_id
         WHERE f.box_id = ?1 ORDER BY f.at, f.user_id",
    )?;
    let rows = statement.query_map([id], |row| {
        let (size, file, username, full): (i64, String, String, String) =
            (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?);
        Ok((row.get::<_, MediaId>(0)?, size, file, username, full))
    })?;
    let (mut packed, mut taken) = (Vec::new(), HashSet::new());
    for row in rows {
        let (media, size, file, username, full) = row?;
        let who = if full.is_empty() { &username } else { &full };
        let mut name = media::disposition::clean_name(&format!("{who} - {file}"));
        // Two of one name: what they sign in with tells them apart.
        if !taken.insert(name.to_lowercase()) {
            name = media::disposition::clean_name(&format!("{who} ({username}) - {file}"));
            taken.insert(name.to_lowercase());
        }
        packed.push(Packed {
            media,
            size: u64::try_from(size).unwrap_or(0),
            name,
        });
    }
    Ok(packed)
}
