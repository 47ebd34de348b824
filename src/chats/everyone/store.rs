//! SQL of the group of everybody; which one it is stands in the house's row.

use rusqlite::Connection;

use crate::chats::members::store::{add_member, count_members, member};
use crate::chats::store::{insert_chat, NewChat};
use crate::chats::USERS_MAX;
use crate::db::Tx;
use crate::error::Result;
use crate::house::store::{find_everyone, update_everyone};
use crate::ids::{ChatId, UserId};
use crate::messages::{self, NewMessage};

/// Makes the group with all who are there, and a welcome in it; all of it told.
pub fn insert_everyone(tx: &mut Tx<'_>, owner: UserId, name: String, welcome: String) -> Result<ChatId> {
    let chat = NewChat {
        name,
        kind: "group".to_owned(),
        creator: owner,
        users: list_first(tx, owner)?,
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

/// Puts somebody who has just come into the group of everybody, if there is one with room for him.
pub fn join_everyone(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    match find_everyone(tx)? {
        Some(chat) if count_members(tx, chat)? < USERS_MAX => add_member(tx, chat, user),
        _ => Ok(()),
    }
}

/// As many people as a group can hold, `owner` among them.
fn list_first(connection: &Connection, owner: UserId) -> Result<Vec<UserId>> {
    let mut statement =
        connection.prepare_cached("SELECT id FROM users WHERE active ORDER BY id <> ?1, id LIMIT ?2")?;
    let rows = statement.query_map((owner, USERS_MAX as i64), |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
