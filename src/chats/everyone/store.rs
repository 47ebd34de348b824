//! SQL of the group of everybody; which one it is stands in the house's row.

use rusqlite::Connection;

use crate::chats::members::store::{add_member, count_members, member};
use crate::chats::retention::store::update_retention;
use crate::chats::store::{find_row, insert_chat, update_rules, NewChat, Rules};
use crate::chats::USERS_MAX;
use crate::db::Tx;
use crate::error::Result;
use crate::house::store::{find_everyone, update_everyone};
use crate::ids::{ChatId, UserId};
use crate::live::log::{Event, Tell};
use crate::messages::{self, NewMessage};

/// Makes the group with all who are there, and a welcome in it; all of it told.
pub fn insert_everyone(tx: &mut Tx<'_>, owner: UserId, name: String, welcome: String) -> Result<ChatId> {
    let chat = NewChat {
        name,
        kind: "group".to_owned(),
        creator: owner,
        users: list_first(tx, owner, None)?,
        client_id: None,
    };
    let chat = insert_chat(tx, &chat)?;
    update_everyone(tx, chat)?;
    let member = member(tx, chat, owner)?;
    let welcome = NewMessage {
        text: welcome,
        client_id: None,
        reply_to: None,
        photo: None,
        file: None,
    };
    messages::store::insert(tx, &member, welcome)?;
    Ok(chat)
}

/// Puts all groups away, or brings all back, each told to those in it. Where the group of everybody is put away, another of its
/// name and people takes its place, so that who comes next finds one. How many it were.
pub fn archive_all(tx: &mut Tx<'_>, owner: UserId, archived: bool) -> Result<usize> {
    let rules = Rules {
        archived: Some(archived),
        ..Rules::default()
    };
    let chats = list_groups(tx, !archived)?;
    for &chat in &chats {
        update_rules(tx, chat, &rules)?;
        tx.tell(Event::ChatUpdated(chat))?;
    }
    renew_everyone(tx, owner)?;
    Ok(chats.len())
}

fn list_groups(connection: &Connection, archived: bool) -> Result<Vec<ChatId>> {
    let mut statement =
        connection.prepare_cached("SELECT id FROM chats WHERE NOT private AND archived = ?1 ORDER BY id")?;
    let rows = statement.query_map([archived], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Where the group of everybody is put away, makes another in its place, of its name, rules and people, and tells it.
pub fn renew_everyone(tx: &mut Tx<'_>, owner: UserId) -> Result<()> {
    let Some(before) = find_everyone(tx)? else {
        return Ok(());
    };
    let Some(row) = find_row(tx, before)?.filter(|row| row.archived) else {
        return Ok(());
    };
    let chat = NewChat {
        name: row.name,
        kind: row.kind,
        creator: owner,
        users: list_first(tx, owner, Some(before))?,
        client_id: None,
    };
    let chat = insert_chat(tx, &chat)?;
    let rules = Rules {
        announces: Some(row.announces),
        approves: Some(row.approves),
        archived: None,
    };
    update_rules(tx, chat, &rules)?;
    if row.retention_days.is_some() {
        update_retention(tx, chat, row.retention_days)?;
    }
    update_everyone(tx, chat)
}

/// Puts somebody who has just come into the group of everybody, if there is one with room for him.
pub fn join_everyone(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    match find_everyone(tx)? {
        Some(chat) if count_members(tx, chat)? < USERS_MAX => add_member(tx, chat, user),
        _ => Ok(()),
    }
}

/// As many people as a group can hold, `owner` among them: everybody, or who is in a chat.
fn list_first(connection: &Connection, owner: UserId, of: Option<ChatId>) -> Result<Vec<UserId>> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM users
         WHERE active AND (?2 IS NULL OR id = ?1 OR id IN (SELECT user_id FROM members WHERE chat_id = ?2))
         ORDER BY id <> ?1, id LIMIT ?3",
    )?;
    let rows = statement.query_map((owner, of, USERS_MAX as i64), |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
