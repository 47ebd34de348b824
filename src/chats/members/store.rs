//! SQL of members and their read marks.

use rusqlite::{Connection, OptionalExtension};

use super::super::Member;
use crate::clock;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ids::{ChatId, UserId};
use crate::live::log::{Event, Tell};

/// Somebody's membership of a chat; None where there is no such chat for him.
pub fn find_member(connection: &Connection, chat: ChatId, user: UserId) -> Result<Option<Member>> {
    let mut statement = connection.prepare_cached(
        "SELECT c.private, c.owner_id, m.read_seq, c.last_seq, m.muted, c.announces, c.approves, m.sent_at,
                c.archived
         FROM members m JOIN chats c ON c.id = m.chat_id WHERE m.chat_id = ?1 AND m.user_id = ?2",
    )?;
    let member = statement.query_row((chat, user), |row| {
        Ok(Member {
            chat,
            user,
            private: row.get(0)?,
            owner: row.get(1)?,
            read_seq: row.get(2)?,
            last_seq: row.get(3)?,
            muted: row.get(4)?,
            announces: row.get(5)?,
            approves: row.get(6)?,
            sent_at: row.get(7)?,
            archived: row.get(8)?,
        })
    });
    Ok(member.optional()?)
}

/// Somebody's membership of a chat, or the 404.
pub fn member(connection: &Connection, chat: ChatId, user: UserId) -> Result<Member> {
    find_member(connection, chat, user)?.ok_or_else(Error::not_found)
}

/// Ids of all chats that somebody is in.
pub fn list_chat_ids(connection: &Connection, user: UserId) -> Result<Vec<ChatId>> {
    let mut statement = connection.prepare_cached("SELECT chat_id FROM members WHERE user_id = ?1")?;
    let rows = statement.query_map([user], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Who is in a chat.
pub fn list_members(connection: &Connection, chat: ChatId) -> Result<Vec<UserId>> {
    let mut statement = connection.prepare_cached("SELECT user_id FROM members WHERE chat_id = ?1")?;
    let rows = statement.query_map([chat], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Puts somebody into a chat, untold; whether he was not in it.
pub fn insert_member(tx: &mut Tx<'_>, chat: ChatId, user: UserId, now: i64) -> Result<bool> {
    // What was said before he came is there to be read, and not unread.
    let added = tx
        .prepare_cached(
            "INSERT OR IGNORE INTO members (chat_id, user_id, read_seq, joined_at)
             SELECT id, ?2, last_seq, ?3 FROM chats WHERE id = ?1",
        )?
        .execute((chat, user, now))?;
    Ok(added > 0)
}

/// How many people are in a chat.
pub fn count_members(connection: &Connection, chat: ChatId) -> Result<usize> {
    let mut statement = connection.prepare_cached("SELECT count(*) FROM members WHERE chat_id = ?1")?;
    let count: i64 = statement.query_row([chat], |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// Adds somebody to a chat and tells it; nothing happens if he is in it.
pub fn add_member(tx: &mut Tx<'_>, chat: ChatId, user: UserId) -> Result<()> {
    if insert_member(tx, chat, user, clock::now())? {
        tx.tell(Event::MemberAdded(chat, user))?;
    }
    Ok(())
}

/// Removes somebody from a group and tells it; whether he was in it. Who owned it is followed by who has been in it
/// longest.
pub fn delete_member(tx: &mut Tx<'_>, chat: ChatId, user: UserId) -> Result<bool> {
    let removed = tx
        .prepare_cached("DELETE FROM members WHERE chat_id = ?1 AND user_id = ?2")?
        .execute((chat, user))?;
    if removed == 0 {
        return Ok(false);
    }
    tx.tell(Event::MemberRemoved(chat, user))?;
    let followed = tx
        .prepare_cached(
            "UPDATE chats SET owner_id = (SELECT user_id FROM members WHERE chat_id = ?1 ORDER BY joined_at, user_id LIMIT 1)
             WHERE id = ?1 AND owner_id = ?2",
        )?
        .execute((chat, user))?;
    if followed > 0 {
        tx.tell(Event::ChatUpdated(chat))?;
    }
    Ok(true)
}

/// Moves a member's read mark forward, never back and never beyond the last message; what is unread then.
pub fn update_read(tx: &mut Tx<'_>, member: &Member, seq: i64) -> Result<i64> {
    let read_seq = seq.min(member.last_seq);
    if read_seq <= member.read_seq {
        return Ok(member.last_seq - member.read_seq);
    }
    tx.prepare_cached("UPDATE members SET read_seq = ?3 WHERE chat_id = ?1 AND user_id = ?2")?
        .execute((member.chat, member.user, read_seq))?;
    tx.tell(Event::Read(member.chat, member.user))?;
    Ok(member.last_seq - read_seq)
}

/// Whose hands are up in a chat, the longest first.
pub fn list_hands(connection: &Connection, chat: ChatId) -> Result<Vec<UserId>> {
    let mut statement = connection.prepare_cached(
        "SELECT user_id FROM members WHERE chat_id = ?1 AND hand_at IS NOT NULL ORDER BY hand_at, user_id",
    )?;
    let rows = statement.query_map([chat], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Raises somebody's hand or lowers it, and tells the chat; nothing happens if it is so already.
pub fn update_hand(tx: &mut Tx<'_>, chat: ChatId, user: UserId, up: bool) -> Result<()> {
    let changed = tx
        .prepare_cached(
            "UPDATE members SET hand_at = ?3 WHERE chat_id = ?1 AND user_id = ?2 AND (hand_at IS NULL) = (?3 IS NOT NULL)",
        )?
        .execute((chat, user, up.then(clock::now)))?;
    if changed > 0 {
        tx.tell(Event::ChatUpdated(chat))?;
    }
    Ok(())
}

/// Mutes a chat for a member, or no longer, and tells his devices; nothing happens if it is so already.
pub fn update_muted(tx: &mut Tx<'_>, member: &Member, muted: bool) -> Result<()> {
    if member.muted == muted {
        return Ok(());
    }
    tx.prepare_cached("UPDATE members SET muted = ?3 WHERE chat_id = ?1 AND user_id = ?2")?
        .execute((member.chat, member.user, muted))?;
    tx.tell(Event::Muted(member.chat, member.user))?;
    Ok(())
}
