//! SQL of what comes in: rows with the ids that they had.

use rusqlite::{params, Connection, OptionalExtension};

use super::{NewBox, NewChat, NewMember, NewMessage, NewPerson};
use crate::accounts::names::{email_key, fold, username_key};
use crate::accounts::store::name_key;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::{BoxId, ChatId, MediaId, MessageId, UserId};

/// Whether anybody has an account here, or ever had.
pub fn has_people(connection: &Connection) -> Result<bool> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM users UNION ALL SELECT 1 FROM chats")?
        .exists([])?)
}

/// Adds a person under his own id. Where somebody before him has a name or address that counts as the same, both keep
/// theirs, and are two people; whether that was so.
pub fn insert_person(tx: &mut Tx<'_>, person: &NewPerson) -> Result<bool> {
    let key = username_key(&person.username);
    let taken = tx
        .prepare_cached("SELECT 1 FROM users WHERE username_key = ?1")?
        .exists([&key])?;
    // No typed name has a key with this sign in it.
    let key = if taken {
        format!("{key}\u{1f}{}", person.id)
    } else {
        key
    };
    let email = Some(email_key(&person.email)).filter(|key| !key.is_empty());
    let email_taken = tx
        .prepare_cached("SELECT 1 FROM users WHERE email_key = ?1")?
        .exists([&email])?;
    tx.prepare_cached(
        "INSERT INTO users (id, username, username_key, email, email_key, first_name, last_name, name_key, password, role,
                            active, deleted, last_online, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?
    .execute(params![
        person.id,
        person.username,
        key,
        person.email,
        email.filter(|_| !email_taken),
        person.first_name,
        person.last_name,
        name_key(&person.username, &person.first_name, &person.last_name),
        person.password,
        person.role,
        person.active,
        person.deleted,
        person.last_online,
        person.created_at,
    ])?;
    Ok(taken || email_taken)
}

/// Whether there is a person of this id by now.
pub fn is_person(connection: &Connection, id: UserId) -> Result<bool> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM users WHERE id = ?1")?
        .exists([id])?)
}

/// Whether somebody has exactly this name by now.
pub fn is_name(connection: &Connection, username: &str) -> Result<bool> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM users WHERE username = ?1")?
        .exists([username])?)
}

/// Gives a person his picture.
pub fn set_portrait(tx: &mut Tx<'_>, user: UserId, picture: MediaId) -> Result<()> {
    tx.prepare_cached("UPDATE users SET picture_id = ?2 WHERE id = ?1")?
        .execute((user, picture))?;
    Ok(())
}

/// Adds a chat under its own id.
pub fn insert_chat(tx: &mut Tx<'_>, chat: &NewChat) -> Result<()> {
    let pair = chat.pair.map(|(one, other)| (one.min(other), one.max(other)));
    tx.prepare_cached(
        "INSERT INTO chats (id, name, name_key, type, private, low_user, high_user, owner_id, last_seq, created_at,
                            announces, approves, archived, retention_days)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?
    .execute(params![
        chat.id,
        chat.name,
        fold(&chat.name),
        chat.kind,
        chat.pair.is_some(),
        pair.map(|pair| pair.0),
        pair.map(|pair| pair.1),
        chat.owner,
        chat.last_seq,
        chat.created_at,
        chat.announces,
        chat.approves,
        chat.archived,
        chat.retention_days,
    ])?;
    Ok(())
}

/// Whether there is a chat of this id by now.
pub fn is_chat(connection: &Connection, id: ChatId) -> Result<bool> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM chats WHERE id = ?1")?
        .exists([id])?)
}

/// Gives a chat its picture.
pub fn set_chat_picture(tx: &mut Tx<'_>, chat: ChatId, picture: MediaId) -> Result<()> {
    tx.prepare_cached("UPDATE chats SET picture_id = ?2 WHERE id = ?1")?
        .execute((chat, picture))?;
    Ok(())
}

/// Puts somebody into a chat.
pub fn insert_member(tx: &mut Tx<'_>, member: &NewMember) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO members (chat_id, user_id, read_seq, joined_at, muted) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((
        member.chat,
        member.user,
        member.read_seq,
        member.joined_at,
        member.muted,
    ))?;
    Ok(())
}

/// Adds a box.
pub fn insert_box(tx: &mut Tx<'_>, new: &NewBox) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO boxes (id, chat_id, title, due, closed, made_by, made_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((
        new.id,
        new.chat,
        &new.title,
        new.due,
        new.closed,
        new.made_by,
        new.made_at,
    ))?;
    Ok(())
}

/// Puts what somebody handed in into a box.
pub fn insert_handed(tx: &mut Tx<'_>, id: BoxId, user: UserId, file: MediaId, at: i64) -> Result<()> {
    tx.prepare_cached("INSERT INTO box_files (box_id, user_id, media_id, at) VALUES (?1, ?2, ?3, ?4)")?
        .execute((id, user, file, at))?;
    Ok(())
}

/// Adds a message.
pub fn insert_message(tx: &mut Tx<'_>, message: &NewMessage) -> Result<MessageId> {
    tx.prepare_cached(
        "INSERT INTO messages (id, chat_id, seq, from_user, text, time, photo_id, file_id, reply_to, edited_at, deleted)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        message.id,
        message.chat,
        message.seq,
        message.from_user,
        message.text,
        message.time,
        message.photo,
        message.file,
        message.reply_to,
        message.edited_at,
        message.deleted,
    ])?;
    Ok(MessageId(tx.last_insert_rowid()))
}

/// Adds a reaction.
pub fn insert_reaction(tx: &mut Tx<'_>, message: MessageId, emoji: &str, user: UserId, at: i64) -> Result<()> {
    tx.prepare_cached("INSERT INTO reactions (message_id, emoji, user_id, at) VALUES (?1, ?2, ?3, ?4)")?
        .execute((message, emoji, user, at))?;
    tx.prepare_cached("UPDATE messages SET reacted = 1 WHERE id = ?1")?
        .execute([message])?;
    Ok(())
}

/// The chat and the seq of a message that has come in.
pub fn find_place(connection: &Connection, id: MessageId) -> Result<Option<(ChatId, i64)>> {
    let mut statement = connection.prepare_cached("SELECT chat_id, seq FROM messages WHERE id = ?1")?;
    Ok(statement
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

/// Sets what a chat has counted, and that everybody has read it.
pub fn update_counted(tx: &mut Tx<'_>, chat: ChatId, last_seq: i64, created_at: i64) -> Result<()> {
    tx.prepare_cached("UPDATE chats SET last_seq = ?2, created_at = ?3 WHERE id = ?1")?
        .execute((chat, last_seq, created_at))?;
    tx.prepare_cached("UPDATE members SET read_seq = ?2, joined_at = ?3 WHERE chat_id = ?1")?
        .execute((chat, last_seq, created_at))?;
    Ok(())
}

/// Whether each chat's messages are within what it has counted, and nobody has read beyond that.
pub fn is_counted(connection: &Connection) -> Result<bool> {
    let broken = connection
        .prepare_cached(
            "SELECT 1 FROM messages m JOIN chats c ON c.id = m.chat_id WHERE m.seq > c.last_seq OR m.seq < 1
             UNION ALL
             SELECT 1 FROM members m JOIN chats c ON c.id = m.chat_id WHERE m.read_seq > c.last_seq OR m.read_seq < 0",
        )?
        .exists([])?;
    Ok(!broken)
}

/// Deletes everything that was written, with photos and files, what waits or was reported of it, and its index; the chats
/// begin anew. How many messages and files there were.
pub fn delete_all_messages(tx: &mut Tx<'_>) -> Result<(i64, i64)> {
    let count = "SELECT (SELECT count(*) FROM messages), (SELECT count(*) FROM media WHERE purpose = 'attachment')";
    let counts = tx.query_row(count, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    // The index goes as a whole: row by row it would be read once more.
    tx.execute_batch(
        "UPDATE messages_indexed SET upto = 0;
         INSERT INTO messages_fts (messages_fts) VALUES ('delete-all');
         DELETE FROM held;
         DELETE FROM reports;
         UPDATE deeds SET message_id = NULL, note = '';
         UPDATE messages SET reply_to = NULL WHERE reply_to IS NOT NULL;
         DELETE FROM messages;
         DELETE FROM media WHERE purpose = 'attachment';
         UPDATE chats SET last_seq = 0;
         UPDATE members SET read_seq = 0, hand_at = NULL;",
    )?;
    Ok(counts)
}

/// Everybody but the hosts.
pub fn list_others(connection: &Connection) -> Result<Vec<UserId>> {
    let mut statement = connection.prepare_cached("SELECT id FROM users WHERE role < 3")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Deletes all chats and everybody but the hosts, once nothing is written; how many people there were.
pub fn delete_all_but_hosts(tx: &mut Tx<'_>) -> Result<i64> {
    tx.execute_batch("DELETE FROM deeds; DELETE FROM chats;")?;
    let deleted = tx.execute("DELETE FROM users WHERE role < 3", [])?;
    Ok(i64::try_from(deleted).unwrap_or(i64::MAX))
}
