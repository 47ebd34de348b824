//! SQL of reactions.

use rusqlite::Connection;

use super::super::Reaction;
use super::KINDS_MAX;
use crate::clock;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ids::{ChatId, MessageId, UserId};
use crate::live::log::{Event, Tell};
use crate::text::Text;

/// A message's reactions, in the order in which each emoji came first.
pub fn list_reactions(connection: &Connection, message: MessageId) -> Result<Vec<Reaction>> {
    let mut statement = connection
        .prepare_cached("SELECT emoji, user_id FROM reactions WHERE message_id = ?1 ORDER BY at, user_id, emoji")?;
    let mut found = statement.query([message])?;
    let mut reactions: Vec<Reaction> = Vec::new();
    while let Some(row) = found.next()? {
        let (emoji, user): (String, UserId) = (row.get(0)?, row.get(1)?);
        match reactions.iter_mut().find(|reaction| reaction.emoji == emoji) {
            Some(reaction) => reaction.users.push(user),
            None => reactions.push(Reaction {
                emoji,
                users: vec![user],
            }),
        }
    }
    Ok(reactions)
}

/// Sets a reaction and tells it; nothing happens if it is set.
pub fn insert_reaction(tx: &mut Tx<'_>, (chat, message): (ChatId, MessageId), user: UserId, emoji: &str) -> Result<()> {
    let others: i64 = tx
        .prepare_cached("SELECT count(DISTINCT emoji) FROM reactions WHERE message_id = ?1 AND emoji <> ?2")?
        .query_row((message, emoji), |row| row.get(0))?;
    if others >= KINDS_MAX {
        return Err(Error::field("emoji", Text::TooManyReactions));
    }
    let set = tx
        .prepare_cached("INSERT OR IGNORE INTO reactions (message_id, emoji, user_id, at) VALUES (?1, ?2, ?3, ?4)")?
        .execute((message, emoji, user, clock::now()))?;
    tell_if(tx, set, chat, message)
}

/// Takes a reaction back and tells it; nothing happens if it is not set.
pub fn delete_reaction(tx: &mut Tx<'_>, (chat, message): (ChatId, MessageId), user: UserId, emoji: &str) -> Result<()> {
    let taken = tx
        .prepare_cached("DELETE FROM reactions WHERE message_id = ?1 AND emoji = ?2 AND user_id = ?3")?
        .execute((message, emoji, user))?;
    tell_if(tx, taken, chat, message)
}

fn tell_if(tx: &mut Tx<'_>, changed: usize, chat: ChatId, message: MessageId) -> Result<()> {
    if changed == 0 {
        return Ok(());
    }
    tx.prepare_cached(
        "UPDATE messages SET reacted = EXISTS (SELECT 1 FROM reactions WHERE message_id = ?1) WHERE id = ?1",
    )?
    .execute([message])?;
    tx.tell(Event::MessageUpdated(chat, message))?;
    Ok(())
}
