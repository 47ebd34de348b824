//! SQL of what goes out, a page at a time. `person` narrows everything to what he may see at that moment.

use rusqlite::{Connection, OptionalExtension, Row};

use super::document::{Chat, File, HandInBox, Handed, Member, Message, Person, Reaction};
use super::media_path;
use crate::accounts::Role;
use crate::clock::rfc3339;
use crate::error::Result;
use crate::ids::UserId;

/// Rows of one read.
pub const ROWS: usize = 500;

/// How far things had come when an archive was begun: the last message and the last picture or file.
pub fn ends(connection: &Connection) -> Result<(i64, i64)> {
    let sql = "SELECT coalesce((SELECT max(id) FROM messages), 0), coalesce((SELECT max(id) FROM media), 0)";
    Ok(connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// A picture or file whose eight columns begin at `at`.
fn file(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<File>> {
    if row.get::<_, Option<i64>>(at)?.is_none() {
        return Ok(None);
    }
    let name: String = row.get(at + 1)?;
    let sha256: Vec<u8> = row.get(at + 4)?;
    Ok(Some(File {
        path: media_path(row.get(at + 7)?, &name),
        name,
        content_type: row.get(at + 2)?,
        size: row.get(at + 3)?,
        sha256: sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
        width: row.get(at + 5)?,
        height: row.get(at + 6)?,
    }))
}

const FILE: &str =
    "{}.id, {}.name, {}.content_type, {}.size, {}.sha256, {}.width, {}.height, coalesce({}.bytes_of, {}.id)";

fn file_of(table: &str) -> String {
    FILE.replace("{}", table)
}

/// People after an id: all, or those in somebody's chats and those who wrote there.
pub fn list_people(connection: &Connection, person: Option<UserId>, secrets: bool, after: i64) -> Result<Vec<Person>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT u.id, u.username, u.first_name, u.last_name, u.email, u.role, u.active, u.deleted, u.last_online,
                u.created_at, u.password, {}
         FROM users u LEFT JOIN media p ON p.id = u.picture_id
         WHERE u.id > ?1 AND (?2 IS NULL OR u.id = ?2
            OR u.id IN (SELECT user_id FROM members WHERE chat_id IN (SELECT chat_id FROM members WHERE user_id = ?2))
            OR u.id IN (SELECT from_user FROM messages WHERE chat_id IN (SELECT chat_id FROM members WHERE user_id = ?2))
            OR u.id IN (SELECT r.user_id FROM reactions r JOIN messages m ON m.id = r.message_id
                        WHERE m.chat_id IN (SELECT chat_id FROM members WHERE user_id = ?2)))
         ORDER BY u.id LIMIT ?3",
        file_of("p")
    ))?;
    let rows = statement.query_map((after, person, ROWS as i64), |row| {
        let id: i64 = row.get(0)?;
        let shows_email = person.is_none_or(|person| person.0 == id);
        Ok(Person {
            id,
            username: row.get(1)?,
            first_name: row.get(2)?,
            last_name: row.get(3)?,
            email: if shows_email { Some(row.get(4)?) } else { None },
            role: role_name(row.get(5)?).to_owned(),
            active: row.get(6)?,
            deleted: row.get(7)?,
            last_online: rfc3339(row.get(8)?),
            created: rfc3339(row.get(9)?),
            password: if secrets { Some(row.get(10)?) } else { None },
            picture: file(row, 11)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A role by its name in the JSON.
pub fn role_of(name: &str) -> Option<Role> {
    [Role::Guest, Role::Member, Role::Staff, Role::Host]
        .into_iter()
        .find(|role| role_name(*role) == name)
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Guest => "guest",
        Role::Member => "member",
        Role::Staff => "staff",
        Role::Host => "host",
    }
}

/// Chats after an id: all, or somebody's.
pub fn list_chats(connection: &Connection, person: Option<UserId>, after: i64) -> Result<Vec<Chat>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT c.id, c.name, c.type, c.private, c.owner_id, c.last_seq, c.created_at, c.announces, c.approves,
                c.archived, c.retention_days, {}
         FROM chats c LEFT JOIN media p ON p.id = c.picture_id
         WHERE c.id > ?1 AND (?2 IS NULL OR EXISTS (SELECT 1 FROM members WHERE chat_id = c.id AND user_id = ?2))
         ORDER BY c.id LIMIT ?3",
        file_of("p")
    ))?;
    let rows = statement.query_map((after, person, ROWS as i64), |row| {
        Ok(Chat {
            id: row.get(0)?,
            name: row.get(1)?,
            kind: row.get(2)?,
            private: row.get(3)?,
            owner: row.get(4)?,
            last_seq: row.get(5)?,
            created: rfc3339(row.get(6)?),
            announces: row.get(7)?,
            approves: row.get(8)?,
            archived: row.get(9)?,
            retention_days: row.get(10)?,
            picture: file(row, 11)?,
            members: Vec::new(),
            boxes: Vec::new(),
        })
    })?;
    let mut chats = rows.collect::<rusqlite::Result<Vec<Chat>>>()?;
    for chat in &mut chats {
        chat.members = list_members(connection, chat.id)?;
        chat.boxes = list_boxes(connection, person, chat.id)?;
    }
    Ok(chats)
}

/// Whether a row of `box_files`, as `h` with its box `b`, is there for somebody: his own, and all for who keeps order in the chat
/// while he is in it; for everybody's archive, each.
const IS_SEEN: &str = "(?1 IS NULL OR EXISTS (
    SELECT 1 FROM members s JOIN users u ON u.id = s.user_id JOIN chats c ON c.id = s.chat_id
    WHERE s.chat_id = b.chat_id AND s.user_id = ?1 AND (h.user_id = ?1 OR c.owner_id = ?1 OR u.role >= 2)))";

fn list_boxes(connection: &Connection, person: Option<UserId>, chat: i64) -> Result<Vec<HandInBox>> {
    let mut statement = connection
        .prepare_cached("SELECT id, title, due, closed, made_by, made_at FROM boxes WHERE chat_id = ?1 ORDER BY id")?;
    let rows = statement.query_map([chat], |row| {
        Ok(HandInBox {
            id: row.get(0)?,
            title: row.get(1)?,
            due: row.get::<_, Option<i64>>(2)?.map(rfc3339),
            closed: row.get(3)?,
            made_by: row.get(4)?,
            created: rfc3339(row.get(5)?),
            files: Vec::new(),
        })
    })?;
    let mut boxes = rows.collect::<rusqlite::Result<Vec<HandInBox>>>()?;
    for one in &mut boxes {
        one.files = list_handed(connection, person, one.id)?;
    }
    Ok(boxes)
}

fn list_handed(connection: &Connection, person: Option<UserId>, id: i64) -> Result<Vec<Handed>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT h.user_id, h.at, {} FROM box_files h JOIN boxes b ON b.id = h.box_id JOIN media f ON f.id = h.media_id
         WHERE h.box_id = ?2 AND {IS_SEEN} ORDER BY h.at, h.user_id",
        file_of("f")
    ))?;
    let rows = statement.query_map((person, id), |row| {
        let handed = |file| {
            Ok(Handed {
                user_id: row.get(0)?,
                time: rfc3339(row.get(1)?),
                file,
            })
        };
        file(row, 2)?.map(handed).transpose()
    })?;
    Ok(rows
        .filter_map(rusqlite::Result::transpose)
        .collect::<rusqlite::Result<_>>()?)
}

fn list_members(connection: &Connection, chat: i64) -> Result<Vec<Member>> {
    let mut statement = connection.prepare_cached(
        "SELECT user_id, read_seq, joined_at, muted FROM members WHERE chat_id = ?1 ORDER BY user_id",
    )?;
    let rows = statement.query_map([chat], |row| {
        Ok(Member {
            user_id: row.get(0)?,
            read_seq: row.get(1)?,
            joined: rfc3339(row.get(2)?),
            muted: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Where the next messages are read from.
#[derive(Debug, Clone, Copy)]
pub enum After {
    /// Of all chats, by id.
    Id(i64),
    /// Of one chat, by seq.
    Seq(i64, i64),
}

/// What an answer answers, as far as a page shows it.
pub struct Quote {
    pub from_user: i64,
    pub seq: i64,
    pub text: String,
}

/// Messages up to one that was the last when the archive was begun, each with what it answers.
pub fn list_messages(
    connection: &Connection,
    person: Option<UserId>,
    after: After,
    upto: i64,
    limit: usize,
) -> Result<Vec<(Message, Option<Quote>)>> {
    let (place, chat, after) = match after {
        After::Id(id) => ("(?1 IS NULL OR m.chat_id = ?1) AND m.id > ?2", None, id),
        After::Seq(chat, seq) => ("m.chat_id = ?1 AND m.seq > ?2", Some(chat), seq),
    };
    let order = if chat.is_some() { "m.seq" } else { "m.id" };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT m.id, m.chat_id, m.seq, m.from_user, m.text, m.time, m.reply_to, m.edited_at, m.deleted, m.reacted,
                q.from_user, q.seq, substr(q.text, 1, 200), {}, {}
         FROM messages m LEFT JOIN media p ON p.id = m.photo_id LEFT JOIN media f ON f.id = m.file_id
              LEFT JOIN messages q ON q.id = m.reply_to
         WHERE {place} AND m.id <= ?3
           AND (?4 IS NULL OR EXISTS (SELECT 1 FROM members WHERE chat_id = m.chat_id AND user_id = ?4))
         ORDER BY {order} LIMIT ?5",
        file_of("p"),
        file_of("f")
    ))?;
    let rows = statement.query_map((chat, after, upto, person, limit as i64), |row| {
        let quote = match row.get::<_, Option<i64>>(10)? {
            Some(from_user) => Some(Quote {
                from_user,
                seq: row.get(11)?,
                text: row.get(12)?,
            }),
            None => None,
        };
        let message = Message {
            id: row.get(0)?,
            chat_id: row.get(1)?,
            seq: row.get(2)?,
            from_user: row.get(3)?,
            text: row.get(4)?,
            time: rfc3339(row.get(5)?),
            reply_to: row.get(6)?,
            edited: row.get::<_, Option<i64>>(7)?.map(rfc3339),
            deleted: row.get(8)?,
            photo: file(row, 13)?,
            file: file(row, 21)?,
            reactions: Vec::new(),
        };
        Ok((message, quote, row.get::<_, bool>(9)?))
    })?;
    let mut messages = Vec::new();
    for row in rows {
        let (mut message, quote, reacted) = row?;
        if reacted {
            message.reactions = list_reactions(connection, message.id)?;
        }
        messages.push((message, quote));
    }
    Ok(messages)
}

fn list_reactions(connection: &Connection, message: i64) -> Result<Vec<Reaction>> {
    let mut statement = connection
        .prepare_cached("SELECT emoji, user_id, at FROM reactions WHERE message_id = ?1 ORDER BY at, user_id, emoji")?;
    let rows = statement.query_map([message], |row| {
        Ok(Reaction {
            emoji: row.get(0)?,
            user_id: row.get(1)?,
            time: rfc3339(row.get(2)?),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A picture or file that goes along.
pub struct Media {
    pub id: i64,
    /// The number of its bytes, which others may have, too.
    pub bytes: i64,
    pub path: String,
    pub size: u64,
}

/// Pictures and files after an id and up to another: all that something shows, or what somebody may see of them.
pub fn list_media(connection: &Connection, person: Option<UserId>, after: i64, upto: i64) -> Result<Vec<Media>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT id, name, size, coalesce(bytes_of, id) FROM media WHERE id > ?2 AND id <= ?3 AND CASE purpose
             WHEN 'attachment' THEN (?1 IS NULL OR EXISTS (
                 SELECT 1 FROM members WHERE chat_id = media.chat_id AND user_id = ?1))
                 -- What waits for a look is in no chat yet.
                 AND (EXISTS (SELECT 1 FROM messages WHERE photo_id = media.id)
                      OR EXISTS (SELECT 1 FROM messages WHERE file_id = media.id))
                 OR EXISTS (SELECT 1 FROM box_files h JOIN boxes b ON b.id = h.box_id
                            WHERE h.media_id = media.id AND {IS_SEEN})
             WHEN 'portrait' THEN ?1 IS NULL OR EXISTS (
                 SELECT 1 FROM chats c JOIN members mine ON mine.chat_id = c.id AND mine.user_id = ?1
                 WHERE c.picture_id = media.id) OR EXISTS (
                 SELECT 1 FROM users u JOIN members his ON his.user_id = u.id
                 JOIN members mine ON mine.chat_id = his.chat_id AND mine.user_id = ?1 WHERE u.picture_id = media.id)
                 OR EXISTS (SELECT 1 FROM users WHERE id = ?1 AND picture_id = media.id)
             ELSE 0 END
         ORDER BY id LIMIT ?4"
    ))?;
    let rows = statement.query_map((person, after, upto, ROWS as i64), |row| {
        let (name, bytes): (String, i64) = (row.get(1)?, row.get(3)?);
        Ok(Media {
            path: media_path(bytes, &name),
            id: row.get(0)?,
            bytes,
            size: u64::try_from(row.get::<_, i64>(2)?).unwrap_or(0),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Whether somebody may use the server still; everybody's archive has nobody to ask for.
pub fn is_here(connection: &Connection, person: Option<UserId>) -> Result<bool> {
    let Some(person) = person else { return Ok(true) };
    let mut statement = connection.prepare_cached("SELECT active FROM users WHERE id = ?1")?;
    Ok(statement
        .query_row([person], |row| row.get(0))
        .optional()?
        .unwrap_or(false))
}
