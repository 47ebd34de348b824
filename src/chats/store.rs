//! SQL of chats, their members and read marks.

use rusqlite::{params, Connection, OptionalExtension, Row};
use sha2::{Digest, Sha256};

use super::members::store::{insert_member, list_hands};
use super::{is_private, Chat, ChatRow, Member, Own, SHOWN_IDS};
use crate::accounts::names::fold;
use crate::accounts::store::DEFAULT_PICTURE;
use crate::clock;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ids::{ChatId, MediaId, UserId};
use crate::live::log::{Event, Tell};
use crate::media;

/// What [`chat_row`] reads, wherever a chat is read from.
const COLUMNS: &str =
    "c.id, c.name, c.type, c.owner_id, c.last_seq, c.created_at, p.key, p.name, c.announces, c.approves,
                       c.retention_days, c.archived";

fn chat_row(row: &Row<'_>) -> rusqlite::Result<ChatRow> {
    Ok(ChatRow {
        id: row.get(0)?,
        name: row.get(1)?,
        kind: row.get(2)?,
        owner: row.get(3)?,
        last_seq: row.get(4)?,
        created_at: row.get(5)?,
        retention_days: row.get(10)?,
        picture: match (row.get::<_, Option<String>>(6)?, row.get::<_, Option<String>>(7)?) {
            (Some(key), Some(name)) => media::path(&key, &name),
            _ => DEFAULT_PICTURE.to_owned(),
        },
        announces: row.get(8)?,
        approves: row.get(9)?,
        archived: row.get(11)?,
    })
}

/// A chat's own row.
pub fn find_row(connection: &Connection, id: ChatId) -> Result<Option<ChatRow>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM chats c LEFT JOIN media p ON p.id = c.picture_id WHERE c.id = ?1"
    ))?;
    Ok(statement.query_row([id], chat_row).optional()?)
}

/// A chat as everybody in it sees it; None for an unknown id.
pub fn find_chat(connection: &Connection, id: ChatId, base: &str) -> Result<Option<Chat>> {
    let row = find_row(connection, id)?;
    row.map(|row| complete(connection, row, base, None)).transpose()
}

/// A chat as one of its members sees it.
pub fn get_chat(connection: &Connection, member: &Member, base: &str) -> Result<Chat> {
    let mut chat = find_chat(connection, member.chat, base)?.ok_or_else(Error::not_found)?;
    chat.own = Some(member.own());
    Ok(chat)
}

fn complete(connection: &Connection, row: ChatRow, base: &str, own: Option<Own>) -> Result<Chat> {
    let mut statement =
        connection.prepare_cached("SELECT user_id, read_seq FROM members WHERE chat_id = ?1 ORDER BY user_id")?;
    let marks = statement
        .query_map([row.id], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut statement =
        connection.prepare_cached("SELECT id FROM messages WHERE chat_id = ?1 AND seq > ?2 ORDER BY seq")?;
    let ids: Vec<_> = statement
        .query_map((row.id, row.last_seq - SHOWN_IDS), |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let last = match ids.last() {
        Some(id) => crate::messages::store::find_message(connection, *id, base)?,
        None => None,
    };
    let hands = list_hands(connection, row.id)?;
    Ok(row.chat(base, marks, hands, ids, last, own))
}

/// Which of somebody's chats are wanted.
#[derive(Debug, Default, Clone)]
pub struct Filter {
    /// Part of the chat's name, folded.
    pub name: String,
    /// Part of the chat's or of a member's name, folded.
    pub search: String,
    /// Chats that one of these is in, too; empty: all.
    pub users: Vec<UserId>,
    /// The type exactly; the two spellings of private are one.
    pub kind: Option<String>,
}

impl Filter {
    /// The four parameters as typed.
    pub fn new(name: Option<String>, search: Option<String>, users: Vec<UserId>, kind: Option<String>) -> Filter {
        let fold_all = |text: Option<String>| text.map(|text| fold(&text)).unwrap_or_default();
        Filter {
            name: fold_all(name),
            search: fold_all(search),
            users,
            kind,
        }
    }
}

const MINE: &str = "FROM members mine JOIN chats c ON c.id = mine.chat_id
    LEFT JOIN media p ON p.id = c.picture_id
    WHERE mine.user_id = ?1
      AND (?2 = '' OR instr(c.name_key, ?2) > 0)
      AND (?3 = '' OR instr(c.name_key, ?3) > 0 OR EXISTS (
          SELECT 1 FROM members m JOIN users u ON u.id = m.user_id
          WHERE m.chat_id = c.id AND m.user_id <> ?1 AND instr(u.name_key, ?3) > 0))
      AND (?4 = '[]' OR EXISTS (
          SELECT 1 FROM members m WHERE m.chat_id = c.id AND m.user_id IN (SELECT value FROM json_each(?4))))
      AND (?5 IS NULL OR CASE WHEN ?5 IN ('privat', 'private') THEN c.private ELSE c.type = ?5 END)";

/// How many of somebody's chats are wanted.
pub fn count_chats(connection: &Connection, user: UserId, filter: &Filter) -> Result<i64> {
    let mut statement = connection.prepare_cached(&format!("SELECT count(*) {MINE}"))?;
    let users = serde_json::to_string(&filter.users).map_err(Error::internal)?;
    Ok(
        statement.query_row(params![user, filter.name, filter.search, users, filter.kind], |row| {
            row.get(0)
        })?,
    )
}

/// Somebody's chats, the newest first.
pub fn list_chats(
    connection: &Connection,
    user: UserId,
    filter: &Filter,
    base: &str,
    limit: i64,
    offset: i64,
) -> Result<Vec<Chat>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS}, mine.read_seq, mine.muted
         {MINE} ORDER BY c.id DESC LIMIT ?6 OFFSET ?7"
    ))?;
    let users = serde_json::to_string(&filter.users).map_err(Error::internal)?;
    let rows = statement.query_map(
        params![user, filter.name, filter.search, users, filter.kind, limit, offset],
        |row| Ok((chat_row(row)?, row.get::<_, i64>(12)?, row.get::<_, bool>(13)?)),
    )?;
    let mut chats = Vec::new();
    for row in rows {
        let (row, read_seq, muted) = row?;
        let own = Own {
            unread_count: row.last_seq - read_seq,
            read_seq,
            muted,
        };
        chats.push(complete(connection, row, base, Some(own))?);
    }
    Ok(chats)
}

/// The private chat of two people.
pub fn find_private(connection: &Connection, one: UserId, other: UserId) -> Result<Option<ChatId>> {
    let mut statement = connection.prepare_cached("SELECT id FROM chats WHERE low_user = ?1 AND high_user = ?2")?;
    Ok(statement
        .query_row((one.min(other), one.max(other)), |row| row.get(0))
        .optional()?)
}

/// What somebody made under a client_id, with the fingerprint of what he asked for.
pub fn find_by_client_id(connection: &Connection, user: UserId, client_id: &str) -> Result<Option<(ChatId, Vec<u8>)>> {
    let mut statement =
        connection.prepare_cached("SELECT id, fingerprint FROM chats WHERE made_by = ?1 AND client_id = ?2")?;
    let found = statement.query_row((user, client_id), |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(found.optional()?)
}

/// A chat that is to be.
#[derive(Debug)]
pub struct NewChat {
    pub name: String,
    pub kind: String,
    pub creator: UserId,
    /// All who are in it, the creator too.
    pub users: Vec<UserId>,
    /// By which the creator knows it again.
    pub client_id: Option<String>,
}

impl NewChat {
    /// What tells a retry from another chat under the same client_id: a hash of its name, type and people.
    pub fn fingerprint(&self) -> Vec<u8> {
        let mut hash = Sha256::new();
        for text in [&self.name, &self.kind] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        }
        for user in &self.users {
            hash.update(user.0.to_be_bytes());
        }
        hash.finalize().to_vec()
    }
}

/// Makes a chat with its members and tells it.
pub fn insert_chat(tx: &mut Tx<'_>, new: &NewChat) -> Result<ChatId> {
    let now = clock::now();
    let private = is_private(&new.kind);
    let pair = private.then(|| (new.users.iter().min().copied(), new.users.iter().max().copied()));
    let (low, high) = pair.unwrap_or_default();
    tx.prepare_cached(
        "INSERT INTO chats (name, name_key, type, private, low_user, high_user, owner_id, created_at, made_by, client_id, fingerprint)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute((
        &new.name,
        fold(&new.name),
        &new.kind,
        private,
        low,
        high,
        (!private).then_some(new.creator),
        now,
        new.creator,
        &new.client_id,
        new.client_id.as_ref().map(|_| new.fingerprint()),
    ))?;
    let id = ChatId(tx.last_insert_rowid());
    for user in &new.users {
        insert_member(tx, id, *user, now)?;
    }
    tx.tell(Event::ChatCreated(id))?;
    Ok(id)
}

/// Renames a chat.
pub fn update_name(tx: &mut Tx<'_>, chat: ChatId, name: &str) -> Result<()> {
    tx.prepare_cached("UPDATE chats SET name = ?2, name_key = ?3 WHERE id = ?1")?
        .execute((chat, name, fold(name)))?;
    Ok(())
}

/// Sets a chat's picture and deletes the one before.
pub fn update_picture(tx: &mut Tx<'_>, chat: ChatId, picture: MediaId) -> Result<()> {
    let before: Option<MediaId> = tx
        .prepare_cached("SELECT picture_id FROM chats WHERE id = ?1")?
        .query_row([chat], |row| row.get(0))?;
    tx.prepare_cached("UPDATE chats SET picture_id = ?2 WHERE id = ?1")?
        .execute((chat, picture))?;
    if let Some(before) = before {
        media::store::delete_media(tx, before)?;
    }
    Ok(())
}

/// What may be set of a group by who leads it; what is None stays.
#[derive(Debug, Default, Clone, Copy)]
pub struct Rules {
    pub announces: Option<bool>,
    pub approves: Option<bool>,
    pub archived: Option<bool>,
}

impl Rules {
    /// Whether any is set.
    pub fn any(&self) -> bool {
        self.announces.or(self.approves).or(self.archived).is_some()
    }
}

/// Sets who writes in a group; whether that is another rule than before.
pub fn update_rules(tx: &mut Tx<'_>, chat: ChatId, rules: &Rules) -> Result<bool> {
    let mut statement = tx.prepare_cached(
        "UPDATE chats SET announces = coalesce(?2, announces), approves = coalesce(?3, approves),
                          archived = coalesce(?4, archived)
         WHERE id = ?1 AND (announces <> coalesce(?2, announces) OR approves <> coalesce(?3, approves)
                            OR archived <> coalesce(?4, archived))",
    )?;
    Ok(statement.execute((chat, rules.announces, rules.approves, rules.archived))? > 0)
}
