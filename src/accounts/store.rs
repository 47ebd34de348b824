//! SQL of people and their sessions.

use rusqlite::{Connection, OptionalExtension, Row};

use super::names::{email_key, fold, username_key};
use super::{Role, Session, User};
use crate::db::Tx;
use crate::error::Result;
use crate::ids::{MediaId, SessionId, UserId};
use crate::live::log::{Event, Tell};
use crate::media;

/// The path of the picture of who has none.
pub const DEFAULT_PICTURE: &str = "/media/profile.png";

/// The secret that tokens are signed with; made at the first start.
pub fn jwt_key(tx: &mut Tx<'_>) -> Result<Vec<u8>> {
    let fresh: [u8; 32] = rand::random();
    tx.execute(
        "INSERT OR IGNORE INTO meta (key, value) VALUES ('jwt_key', ?1)",
        [&fresh[..]],
    )?;
    Ok(tx.query_row("SELECT value FROM meta WHERE key = 'jwt_key'", [], |row| row.get(0))?)
}

/// A person who is to be.
#[derive(Debug)]
pub struct NewUser {
    pub username: String,
    /// Empty: none.
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    /// Hashed.
    pub password: String,
    pub role: Role,
}

/// Which of a name and an address somebody else has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    pub username: bool,
    pub email: bool,
}

/// Looks for a name like this one, and for this address, among people other than `except`.
pub fn find_taken(connection: &Connection, username: &str, email: &str, except: Option<UserId>) -> Result<Taken> {
    let except = except.unwrap_or(UserId(0));
    let exists = |sql: &str, key: String| -> Result<bool> {
        Ok(!key.is_empty() && connection.prepare_cached(sql)?.exists((key, except))?)
    };
    Ok(Taken {
        username: exists(
            "SELECT 1 FROM users WHERE username_key = ?1 AND id <> ?2",
            username_key(username),
        )?,
        email: exists(
            "SELECT 1 FROM users WHERE email_key = ?1 AND id <> ?2",
            email_key(email),
        )?,
    })
}

/// Adds a person whose name and address are free.
pub fn insert_user(tx: &mut Tx<'_>, new: &NewUser, now: i64) -> Result<UserId> {
    let email = Some(email_key(&new.email)).filter(|key| !key.is_empty());
    tx.prepare_cached(
        "INSERT INTO users (username, username_key, email, email_key, first_name, last_name, name_key, password, role,
                            last_online, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)",
    )?
    .execute(rusqlite::params![
        new.username,
        username_key(&new.username),
        new.email,
        email,
        new.first_name,
        new.last_name,
        name_key(&new.username, &new.first_name, &new.last_name),
        new.password,
        new.role,
        now,
    ])?;
    Ok(UserId(tx.last_insert_rowid()))
}

/// What the search in names looks through.
pub fn name_key(username: &str, first_name: &str, last_name: &str) -> String {
    fold(&format!("{username} {first_name} {last_name}"))
}

/// What [`user`] reads.
pub const USER: &str =
    "SELECT u.id, u.username, u.first_name, u.last_name, u.email, u.role, u.last_online, m.key, m.name
                    FROM users u LEFT JOIN media m ON m.id = u.picture_id";

/// A row of [`USER`].
///
/// # Errors
/// Where it is another row.
pub fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get(0)?,
        username: row.get(1)?,
        first_name: row.get(2)?,
        last_name: row.get(3)?,
        email: row.get(4)?,
        role: row.get(5)?,
        last_online: row.get(6)?,
        picture: match (row.get::<_, Option<String>>(7)?, row.get::<_, Option<String>>(8)?) {
            (Some(key), Some(name)) => media::path(&key, &name),
            _ => DEFAULT_PICTURE.to_owned(),
        },
    })
}

/// A person who has not been deactivated; also one who has deleted his account, since what he wrote is still there.
pub fn find_user(connection: &Connection, id: UserId) -> Result<Option<User>> {
    let mut statement = connection.prepare_cached(&format!("{USER} WHERE u.id = ?1 AND (u.active OR u.deleted)"))?;
    Ok(statement.query_row([id], user).optional()?)
}

/// When somebody was last here, as it is stored; also of who is kept out.
pub fn find_last_online(connection: &Connection, id: UserId) -> Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT last_online FROM users WHERE id = ?1")?;
    Ok(statement.query_row([id], |row| row.get(0)).optional()?)
}

/// Which of these people exist.
pub fn list_existing(connection: &Connection, ids: &[i64]) -> Result<Vec<UserId>> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM users WHERE id = ?1 AND active")?;
    let mut existing = Vec::with_capacity(ids.len());
    for id in ids {
        if statement.exists([id])? {
            existing.push(UserId(*id));
        }
    }
    Ok(existing)
}

/// How many people match a search by parts of their names; all of them for an empty one.
pub fn count_users(connection: &Connection, search: &str) -> Result<i64> {
    let mut statement = connection
        .prepare_cached("SELECT count(*) FROM users WHERE active AND (?1 = '' OR instr(name_key, ?1) > 0)")?;
    Ok(statement.query_row([fold(search)], |row| row.get(0))?)
}

/// People that match a search, the newest first.
pub fn list_users(connection: &Connection, search: &str, limit: i64, offset: i64) -> Result<Vec<User>> {
    let mut statement = connection.prepare_cached(&format!(
        "{USER} WHERE u.active AND (?1 = '' OR instr(u.name_key, ?1) > 0) ORDER BY u.id DESC LIMIT ?2 OFFSET ?3"
    ))?;
    let rows = statement.query_map((fold(search), limit, offset), user)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// People who share a chat with somebody, and he.
pub fn list_acquaintances(connection: &Connection, id: UserId) -> Result<Vec<User>> {
    let mut statement = connection.prepare_cached(&format!(
        "{USER} WHERE u.id = ?1 OR u.id IN (
             SELECT other.user_id FROM members mine JOIN members other ON other.chat_id = mine.chat_id
             WHERE mine.user_id = ?1)
         ORDER BY u.id"
    ))?;
    let rows = statement.query_map([id], user)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What a log-in needs.
pub struct Login {
    pub user: UserId,
    pub hash: String,
    /// Whether he may come in; else his account is closed.
    pub active: bool,
}

/// What a log-in needs, by the exact name.
pub fn find_login(connection: &Connection, username: &str) -> Result<Option<Login>> {
    let mut statement = connection.prepare_cached("SELECT id, password, active FROM users WHERE username = ?1")?;
    let login = statement.query_row([username], |row| {
        Ok(Login {
            user: row.get(0)?,
            hash: row.get(1)?,
            active: row.get(2)?,
        })
    });
    Ok(login.optional()?)
}

/// Somebody's hash.
pub fn find_password(connection: &Connection, id: UserId) -> Result<Option<String>> {
    let mut statement = connection.prepare_cached("SELECT password FROM users WHERE id = ?1 AND active")?;
    Ok(statement.query_row([id], |row| row.get(0)).optional()?)
}

/// Sets a hash, if the old one is still the one that was checked.
pub fn update_password(tx: &mut Tx<'_>, id: UserId, hash: &str, checked: Option<&str>) -> Result<bool> {
    let changed = tx
        .prepare_cached("UPDATE users SET password = ?2 WHERE id = ?1 AND (?3 IS NULL OR password = ?3)")?
        .execute((id, hash, checked))?;
    Ok(changed > 0)
}

/// Sets the four fields of a profile and tells it.
pub fn update_profile(tx: &mut Tx<'_>, user: &User) -> Result<()> {
    let email = Some(email_key(&user.email)).filter(|key| !key.is_empty());
    tx.prepare_cached(
        "UPDATE users SET username = ?2, username_key = ?3, email = ?4, email_key = ?5, first_name = ?6, last_name = ?7,
                          name_key = ?8 WHERE id = ?1",
    )?
    .execute((
        user.id,
        &user.username,
        username_key(&user.username),
        &user.email,
        email,
        &user.first_name,
        &user.last_name,
        name_key(&user.username, &user.first_name, &user.last_name),
    ))?;
    tx.tell(Event::UserUpdated(user.id))?;
    Ok(())
}

/// Sets or takes away a picture, deletes the one before, and tells it.
pub fn update_picture(tx: &mut Tx<'_>, id: UserId, picture: Option<MediaId>) -> Result<()> {
    let before: Option<MediaId> = tx
        .prepare_cached("SELECT picture_id FROM users WHERE id = ?1")?
        .query_row([id], |row| row.get(0))?;
    tx.prepare_cached("UPDATE users SET picture_id = ?2 WHERE id = ?1")?
        .execute((id, picture))?;
    if let Some(before) = before {
        media::store::delete_media(tx, before)?;
    }
    tx.tell(Event::UserUpdated(id))?;
    Ok(())
}

/// Whether somebody's server this is.
pub fn has_host(connection: &Connection) -> Result<bool> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM users WHERE role = ?1 AND role >= 2 AND active")?
        .exists([Role::Host])?)
}

/// How many people there are beside the host.
pub fn count_people(connection: &Connection) -> Result<i64> {
    let mut statement = connection.prepare_cached("SELECT count(*) FROM users WHERE active AND role < ?1")?;
    Ok(statement.query_row([Role::Host], |row| row.get(0))?)
}

/// The newest people beside the host, with their whole names.
pub fn list_newest(connection: &Connection, limit: i64) -> Result<Vec<(UserId, String)>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, coalesce(nullif(trim(first_name || ' ' || last_name), ''), username) FROM users
         WHERE active AND role < ?1 ORDER BY id DESC LIMIT ?2",
    )?;
    let rows = statement.query_map((Role::Host, limit), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Whether somebody is the only one whose server this is.
pub fn is_last_host(connection: &Connection, id: UserId) -> Result<bool> {
    let sql = "SELECT role = 3 AND NOT EXISTS (SELECT 1 FROM users WHERE role = 3 AND active AND id <> ?1)
               FROM users WHERE id = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([id], |row| row.get(0))?)
}

/// Takes from somebody's row all that is his: names, address, picture, password. His name is free then; the one that takes
/// its place has a blank in it, as nobody's can.
pub fn forget_user(tx: &mut Tx<'_>, id: UserId) -> Result<()> {
    update_picture(tx, id, None)?;
    let name = deleted_username(id);
    tx.prepare_cached(
        "UPDATE users SET username = ?2, username_key = ?2, email = '', email_key = NULL, first_name = ?3, last_name = '',
                          name_key = '', password = '!', role = 1, active = 0, deleted = 1 WHERE id = ?1",
    )?
    .execute((id, name, DELETED_NAME))?;
    tx.prepare_cached("DELETE FROM reset_codes WHERE user_id = ?1")?
        .execute([id])?;
    tx.prepare_cached("DELETE FROM outbox WHERE user_id = ?1")?
        .execute([id])?;
    Ok(())
}

/// What takes the place of the username of somebody who has deleted his account.
pub fn deleted_username(id: UserId) -> String {
    format!("deleted {id}")
}

/// What somebody is called who has deleted his account.
pub const DELETED_NAME: &str = "Deleted account";

// Sessions.

/// A session as its owner sees it.
#[derive(Debug)]
pub struct SessionRow {
    pub id: SessionId,
    pub device: String,
    pub address: String,
    pub created_at: i64,
    pub last_used_at: i64,
}

/// Starts a session with its first refresh token. A guest's ends with his time at the latest.
pub fn insert_session(
    tx: &mut Tx<'_>,
    user: UserId,
    fresh: &str,
    device: &str,
    address: &str,
    now: i64,
    expires_at: i64,
) -> Result<SessionId> {
    tx.prepare_cached(
        "INSERT INTO sessions (user_id, fresh_jti, device, address, created_at, last_used_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?5, (SELECT min(?6, coalesce(leaves_at, ?6)) FROM users WHERE id = ?1))",
    )?
    .execute((user, fresh, device, address, now, expires_at))?;
    Ok(SessionId(tx.last_insert_rowid()))
}

/// A live session with its person.
pub fn find_session(connection: &Connection, id: SessionId) -> Result<Option<Session>> {
    let mut statement = connection.prepare_cached(
        "SELECT s.id, s.user_id, u.username, u.role, s.expires_at, s.last_used_at
         FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ?1 AND u.active",
    )?;
    let session = statement.query_row([id], |row| {
        Ok(Session::new(
            row.get(0)?,
            row.get(1)?,
            row.get(2)?,
            row.get(3)?,
            row.get(4)?,
            row.get(5)?,
        ))
    });
    Ok(session.optional()?)
}

/// Whether somebody exists and may sign in; None for nobody.
pub fn find_active(connection: &Connection, id: UserId) -> Result<Option<bool>> {
    let mut statement = connection.prepare_cached("SELECT active FROM users WHERE id = ?1")?;
    Ok(statement.query_row([id], |row| row.get(0)).optional()?)
}

/// The two refresh tokens that a session takes: (fresh, parent).
pub fn find_refresh(connection: &Connection, id: SessionId, now: i64) -> Result<Option<(String, Option<String>)>> {
    let mut statement =
        connection.prepare_cached("SELECT fresh_jti, parent_jti FROM sessions WHERE id = ?1 AND expires_at > ?2")?;
    Ok(statement
        .query_row((id, now), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

/// Sets the two refresh tokens and how long the session lives; until when, as a guest's ends with his time.
pub fn update_refresh(
    tx: &mut Tx<'_>,
    id: SessionId,
    fresh: &str,
    parent: Option<&str>,
    expires_at: i64,
) -> Result<i64> {
    let mut statement = tx.prepare_cached(
        "UPDATE sessions SET fresh_jti = ?2, parent_jti = ?3,
             expires_at = (SELECT min(?4, coalesce(leaves_at, ?4)) FROM users WHERE users.id = user_id)
         WHERE id = ?1 RETURNING expires_at",
    )?;
    Ok(statement.query_row((id, fresh, parent, expires_at), |row| row.get(0))?)
}

/// Gives somebody another role, which his sessions know at once. A guest who is more from now on need not leave.
pub fn update_role(tx: &mut Tx<'_>, user: UserId, role: Role) -> Result<()> {
    tx.prepare_cached(
        "UPDATE users SET role = ?2, leaves_at = iif(?2 = 0, leaves_at, NULL), guest_key = iif(?2 = 0, guest_key, NULL)
         WHERE id = ?1",
    )?
    .execute((user, role))?;
    let sessions: Vec<(SessionId, i64)> = {
        let mut statement = tx.prepare_cached("SELECT id, expires_at FROM sessions WHERE user_id = ?1")?;
        let rows = statement.query_map([user], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    for (session, expires_at) in sessions {
        tx.renewed(session, expires_at);
    }
    tx.tell(Event::UserUpdated(user))?;
    Ok(())
}

/// How many people hold a role.
pub fn count_role(connection: &Connection, role: Role) -> Result<i64> {
    let mut statement = connection.prepare_cached("SELECT count(*) FROM users WHERE role = ?1 AND active")?;
    Ok(statement.query_row([role], |row| row.get(0))?)
}

/// Notes when a session and its person were last seen.
pub fn touch_session(tx: &mut Tx<'_>, id: SessionId, user: UserId, now: i64) -> Result<()> {
    tx.prepare_cached("UPDATE sessions SET last_used_at = ?2 WHERE id = ?1")?
        .execute((id, now))?;
    tx.prepare_cached("UPDATE users SET last_online = ?2 WHERE id = ?1")?
        .execute((user, now))?;
    Ok(())
}

/// How many sessions somebody has.
pub fn count_sessions(connection: &Connection, user: UserId, now: i64) -> Result<i64> {
    let mut statement =
        connection.prepare_cached("SELECT count(*) FROM sessions WHERE user_id = ?1 AND expires_at > ?2")?;
    Ok(statement.query_row((user, now), |row| row.get(0))?)
}

/// Somebody's sessions, the last used first.
pub fn list_sessions(
    connection: &Connection,
    user: UserId,
    now: i64,
    limit: i64,
    offset: i64,
) -> Result<Vec<SessionRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, device, address, created_at, last_used_at FROM sessions WHERE user_id = ?1 AND expires_at > ?2
         ORDER BY last_used_at DESC, id DESC LIMIT ?3 OFFSET ?4",
    )?;
    let rows = statement.query_map((user, now, limit, offset), |row| {
        Ok(SessionRow {
            id: row.get(0)?,
            device: row.get(1)?,
            address: row.get(2)?,
            created_at: row.get(3)?,
            last_used_at: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Ends one session of somebody; whether there was one.
pub fn delete_session(tx: &mut Tx<'_>, user: UserId, id: SessionId) -> Result<bool> {
    let deleted = tx
        .prepare_cached("DELETE FROM sessions WHERE id = ?1 AND user_id = ?2")?
        .execute((id, user))?
        > 0;
    if deleted {
        tx.ended(id);
    }
    Ok(deleted)
}

/// Ends all sessions of somebody but one.
pub fn delete_sessions(tx: &mut Tx<'_>, user: UserId, except: Option<SessionId>) -> Result<()> {
    let ended: Vec<SessionId> = {
        let mut statement = tx.prepare_cached("DELETE FROM sessions WHERE user_id = ?1 AND id <> ?2 RETURNING id")?;
        let rows = statement.query_map((user, except.unwrap_or(SessionId(0))), |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    for id in ended {
        tx.ended(id);
    }
    Ok(())
}

/// Deletes sessions that nobody can use any more.
pub fn delete_expired(tx: &mut Tx<'_>, now: i64) -> Result<()> {
    tx.execute("DELETE FROM sessions WHERE expires_at <= ?1", [now])?;
    tx.execute("DELETE FROM reset_codes WHERE expires_at <= ?1", [now])?;
    Ok(())
}

// Reset codes.

/// Whose address this is.
pub fn find_by_email(connection: &Connection, email: &str) -> Result<Option<UserId>> {
    let mut statement = connection.prepare_cached("SELECT id FROM users WHERE email_key = ?1 AND active")?;
    Ok(statement.query_row([email_key(email)], |row| row.get(0)).optional()?)
}

/// Gives somebody a code, by its SHA-256; the one before is void.
pub fn insert_reset_code(tx: &mut Tx<'_>, user: UserId, code_hash: &[u8], expires_at: i64) -> Result<()> {
    tx.prepare_cached("INSERT OR REPLACE INTO reset_codes (user_id, code_hash, expires_at) VALUES (?1, ?2, ?3)")?
        .execute((user, code_hash, expires_at))?;
    Ok(())
}

/// Whose code this is, if it still counts.
pub fn find_reset_code(connection: &Connection, code_hash: &[u8], now: i64) -> Result<Option<UserId>> {
    let mut statement =
        connection.prepare_cached("SELECT user_id FROM reset_codes WHERE code_hash = ?1 AND expires_at > ?2")?;
    Ok(statement.query_row((code_hash, now), |row| row.get(0)).optional()?)
}

/// Uses up somebody's code.
pub fn delete_reset_code(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    tx.prepare_cached("DELETE FROM reset_codes WHERE user_id = ?1")?
        .execute([user])?;
    Ok(())
}
