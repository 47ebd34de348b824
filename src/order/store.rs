//! SQL of standings and of what was done about whom.

use rusqlite::{Connection, OptionalExtension};

use super::{Desk, Silence, Standing, UNTIL_UNDONE};
use crate::accounts::names::fold;
use crate::accounts::store::{user, USER};
use crate::accounts::{Role, User};
use crate::chats::Member;
use crate::clock;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::house::store::{get_house, update_house};
use crate::ids::{ChatId, MessageId, UserId};
use crate::live::log::{Event, Tell};
use crate::text::Text;

/// Where somebody stands.
///
/// # Errors
/// 404 for somebody who is no more.
pub fn standing(connection: &Connection, user: UserId) -> Result<Standing> {
    let mut statement = connection.prepare_cached("SELECT role, silenced_until FROM users WHERE id = ?1 AND active")?;
    let found = statement.query_row([user], |row| Ok((row.get(0)?, row.get(1)?)));
    let (role, silenced_until) = found.optional()?.ok_or_else(Error::not_found)?;
    Ok(Standing {
        role,
        silenced_until,
        house: get_house(connection)?,
    })
}

/// Where somebody stands who may be heard in a chat that he is in.
///
/// # Errors
/// 403 where it is put away, or with the house's rule about whom he may meet.
pub fn standing_in(connection: &Connection, member: &Member) -> Result<Standing> {
    if member.archived {
        return Err(Error::Forbidden(Text::Archived));
    }
    let standing = standing(connection, member.user)?;
    if standing.is_watched() {
        standing.may_meet(member.private, &list_other_roles(connection, member)?)?;
    }
    Ok(standing)
}

/// Which roles the others in somebody's chat have.
fn list_other_roles(connection: &Connection, member: &Member) -> Result<Vec<Role>> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT u.role FROM members m JOIN users u ON u.id = m.user_id
         WHERE m.chat_id = ?1 AND m.user_id <> ?2 AND u.active",
    )?;
    let rows = statement.query_map((member.chat, member.user), |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Something that was done to keep order.
#[derive(Debug, Clone, Copy)]
pub struct Deed<'a> {
    pub actor: UserId,
    /// "silence", "ban", "remove" ...: the wire's word for it.
    pub deed: &'static str,
    pub subject: Option<UserId>,
    pub chat: Option<ChatId>,
    pub message: Option<MessageId>,
    pub note: &'a str,
}

impl Deed<'_> {
    /// Something that was done in a chat.
    pub fn within(actor: UserId, deed: &'static str, chat: ChatId) -> Deed<'static> {
        Deed {
            chat: Some(chat),
            ..Deed::of(actor, deed)
        }
    }

    /// Something that was done in the house as a whole.
    pub fn of(actor: UserId, deed: &'static str) -> Deed<'static> {
        Deed {
            actor,
            deed,
            subject: None,
            chat: None,
            message: None,
            note: "",
        }
    }

    /// Something that was done to somebody.
    pub fn to(actor: UserId, deed: &'static str, subject: UserId) -> Deed<'static> {
        Deed {
            subject: Some(subject),
            ..Deed::of(actor, deed)
        }
    }
}

/// What was set to what, as a note: "frozen=true, frozen_minutes=10". What is nothing was not set.
pub fn note_of<const N: usize>(set: [(&str, Option<String>); N]) -> String {
    let parts = set
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", value?)));
    parts.collect::<Vec<_>>().join(", ")
}

/// Notes what was done, in the transaction that does it.
pub fn insert_deed(tx: &mut Tx<'_>, deed: Deed<'_>) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO deeds (at, actor_id, deed, subject_id, chat_id, message_id, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((
        clock::now(),
        deed.actor,
        deed.deed,
        deed.subject,
        deed.chat,
        deed.message,
        deed.note,
    ))?;
    Ok(())
}

/// A row of what was done.
pub struct DeedRow {
    pub id: i64,
    pub at: i64,
    pub actor: Option<UserId>,
    pub actor_name: Option<String>,
    pub deed: String,
    pub subject: Option<UserId>,
    pub subject_name: Option<String>,
    pub chat: Option<ChatId>,
    pub group_name: Option<String>,
    pub message: Option<MessageId>,
    pub note: String,
}

/// How many rows there are.
pub fn count_deeds(connection: &Connection) -> Result<i64> {
    Ok(connection.query_row("SELECT count(*) FROM deeds", [], |row| row.get(0))?)
}

/// What was done, the newest first.
pub fn list_deeds(connection: &Connection, limit: i64, offset: i64) -> Result<Vec<DeedRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT d.id, d.at, d.actor_id, d.deed, d.subject_id, d.chat_id, d.message_id, d.note,
                coalesce(nullif(trim(a.first_name || ' ' || a.last_name), ''), a.username),
                coalesce(nullif(trim(s.first_name || ' ' || s.last_name), ''), s.username), c.name
         FROM deeds d LEFT JOIN users a ON a.id = d.actor_id LEFT JOIN users s ON s.id = d.subject_id
              LEFT JOIN chats c ON c.id = d.chat_id AND NOT c.private
         ORDER BY d.id DESC LIMIT ?1 OFFSET ?2",
    )?;
    let rows = statement.query_map((limit, offset), |row| {
        Ok(DeedRow {
            id: row.get(0)?,
            at: row.get(1)?,
            actor: row.get(2)?,
            deed: row.get(3)?,
            subject: row.get(4)?,
            chat: row.get(5)?,
            message: row.get(6)?,
            note: row.get(7)?,
            actor_name: row.get(8)?,
            subject_name: row.get(9)?,
            group_name: row.get(10)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Who is kept out. Who has deleted his account, and a guest whose time is over, are not here by themselves.
pub const BANNED: &str = "NOT active AND NOT deleted AND (role > 0 OR leaves_at IS NOT NULL)";

/// A person with what was done about him.
pub struct Kept {
    pub user: User,
    pub silence: Silence,
    pub banned: bool,
}

/// How many people of [`list_kept`] match a search by parts of their names; all of them for an empty one.
pub fn count_kept(connection: &Connection, search: &str) -> Result<i64> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT count(*) FROM users WHERE (active OR {BANNED}) AND (?1 = '' OR instr(name_key, ?1) > 0)"
    ))?;
    Ok(statement.query_row([fold(search)], |row| row.get(0))?)
}

/// People who are here and those who are kept out, the newest first.
pub fn list_kept(connection: &Connection, search: &str, limit: i64, offset: i64) -> Result<Vec<Kept>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT p.*, k.silenced_until, NOT k.active
         FROM (SELECT id, silenced_until, active FROM users
               WHERE (active OR {BANNED}) AND (?1 = '' OR instr(name_key, ?1) > 0)) k
         JOIN ({USER}) p ON p.id = k.id ORDER BY k.id DESC LIMIT ?2 OFFSET ?3"
    ))?;
    let now = clock::now();
    let rows = statement.query_map((fold(search), limit, offset), |row| {
        Ok(Kept {
            user: user(row)?,
            silence: Silence::of(row.get(9)?, now),
            banned: row.get(10)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Somebody's role, whether he is banned or not; None for an unknown id, and for who has deleted his account.
pub fn find_role(connection: &Connection, user: UserId) -> Result<Option<Role>> {
    let mut statement = connection.prepare_cached("SELECT role FROM users WHERE id = ?1 AND NOT deleted")?;
    Ok(statement.query_row([user], |row| row.get(0)).optional()?)
}

/// Silences somebody until then, or no longer, and tells him.
pub fn update_silenced(tx: &mut Tx<'_>, user: UserId, until: Option<i64>) -> Result<()> {
    tx.prepare_cached("UPDATE users SET silenced_until = ?2 WHERE id = ?1")?
        .execute((user, until))?;
    tx.tell(Event::Silenced(user))?;
    Ok(())
}

/// Whether somebody may write.
pub fn find_silence(connection: &Connection, user: UserId) -> Result<Silence> {
    let mut statement = connection.prepare_cached("SELECT silenced_until FROM users WHERE id = ?1")?;
    let until: Option<Option<i64>> = statement.query_row([user], |row| row.get(0)).optional()?;
    Ok(Silence::of(until.flatten(), clock::now()))
}

/// Lets somebody in or keeps him out; whether that changed anything.
pub fn update_active(tx: &mut Tx<'_>, user: UserId, active: bool) -> Result<bool> {
    let changed = tx
        .prepare_cached(&format!(
            "UPDATE users SET active = ?2 WHERE id = ?1 AND iif(?2, {BANNED}, active)"
        ))?
        .execute((user, active))?;
    Ok(changed > 0)
}

/// Notes that all that somebody wrote is to go, and who bade it; None once it is gone, or is to stay.
pub fn update_removal(tx: &mut Tx<'_>, user: UserId, by: Option<UserId>) -> Result<()> {
    tx.prepare_cached("UPDATE users SET removing_by = ?2 WHERE id = ?1")?
        .execute((user, by))?;
    Ok(())
}

/// Somebody of whom all that he wrote is to go, and who bade it.
pub fn find_removal(connection: &Connection) -> Result<Option<(UserId, UserId)>> {
    let mut statement =
        connection.prepare_cached("SELECT id, removing_by FROM users WHERE removing_by IS NOT NULL LIMIT 1")?;
    Ok(statement
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

/// Some of what somebody has written and nobody has taken away yet.
pub fn list_written(connection: &Connection, user: UserId, limit: i64) -> Result<Vec<MessageId>> {
    let mut statement = connection
        .prepare_cached("SELECT id FROM messages WHERE from_user = ?1 AND NOT deleted ORDER BY id LIMIT ?2")?;
    let rows = statement.query_map((user, limit), |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Who may decide about a chat: its owner, and the staff that is in it.
pub fn list_leaders(connection: &Connection, chat: ChatId) -> Result<Vec<UserId>> {
    let mut statement = connection.prepare_cached(
        "SELECT m.user_id FROM members m JOIN users u ON u.id = m.user_id JOIN chats c ON c.id = m.chat_id
         WHERE m.chat_id = ?1 AND (u.role >= ?2 OR c.owner_id = m.user_id)",
    )?;
    let rows = statement.query_map((chat, Role::Staff), |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Who keeps order.
pub fn list_staff(connection: &Connection) -> Result<Vec<UserId>> {
    let mut statement = connection.prepare_cached("SELECT id FROM users WHERE role >= ?1 AND active")?;
    let rows = statement.query_map([Role::Staff], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What waits for somebody.
pub fn get_desk(connection: &Connection, user: UserId) -> Result<Desk> {
    let role = find_role(connection, user)?.unwrap_or(Role::Guest);
    let mut statement = connection.prepare_cached(&format!(
        "SELECT count(*) FROM held h JOIN members m ON m.chat_id = h.chat_id AND m.user_id = ?1
         JOIN chats c ON c.id = h.chat_id WHERE NOT h.refused AND (?2 OR c.owner_id = ?1)
              AND NOT EXISTS (SELECT 1 FROM users WHERE id = h.from_user AND {BANNED})"
    ))?;
    let held = statement.query_row((user, role.is_staff()), |row| row.get(0))?;
    let mut statement = connection.prepare_cached("SELECT count(*) FROM reports WHERE closed_at IS NULL AND ?1")?;
    let reports = statement.query_row([role.is_staff()], |row| row.get(0))?;
    Ok(Desk { held, reports })
}

/// When the next freeze or silence ends by itself.
pub fn find_next_end(connection: &Connection) -> Result<Option<i64>> {
    let mut statement = connection.prepare_cached(
        "SELECT min(until) FROM (
             SELECT frozen_until AS until FROM house WHERE frozen
             UNION ALL SELECT min(silenced_until) FROM users WHERE silenced_until < ?1)",
    )?;
    Ok(statement.query_row([UNTIL_UNDONE], |row| row.get(0))?)
}

/// Ends the freeze and the silences whose time is over, and tells those whom it is about.
pub fn end_what_is_over(tx: &mut Tx<'_>, now: i64) -> Result<()> {
    let mut house = get_house(tx)?;
    if house.frozen && !house.is_frozen(now) {
        house.frozen = false;
        house.frozen_until = None;
        update_house(tx, &house)?;
    }
    let over: Vec<UserId> = {
        let mut statement = tx.prepare_cached("SELECT id FROM users WHERE silenced_until <= ?1")?;
        let rows = statement.query_map([now], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    for user in over {
        update_silenced(tx, user, None)?;
    }
    Ok(())
}
