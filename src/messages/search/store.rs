//! SQL of the search.
//!
//! The index knows nothing of chats. Asking for each match whether the caller may see it costs as much again as ranking,
//! so the best of all are ranked first and then looked through; only where too few of them are his are all joined.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension};

use super::super::store::find_message;
use super::super::Message;
use super::{excerpt, Query, Words};
use crate::chats::members::store::list_chat_ids;
use crate::error::Result;
use crate::ids::{ChatId, MessageId};

/// Hits that are counted and can be paged through; nobody reads further.
pub const HITS_MAX: usize = 1_000;
/// Of the best of all, so many must be the caller's, or all matches are asked.
const ENOUGH: usize = 200;

/// Ids of the messages that match and that the caller may see: the best, best first, at most [`HITS_MAX`].
pub fn list_hits(connection: &Connection, query: &Query) -> Result<Vec<MessageId>> {
    let words = query.words.fts5();
    let mut statement = connection
        .prepare_cached("SELECT rowid FROM messages_fts WHERE messages_fts MATCH ?1 ORDER BY rank LIMIT ?2")?;
    let best: Vec<MessageId> = statement
        .query_map((&words, HITS_MAX as i64), |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let chats: HashSet<ChatId> = match query.chat {
        Some(chat) => HashSet::from([chat]),
        None => list_chat_ids(connection, query.user)?.into_iter().collect(),
    };
    let all = best.len() < HITS_MAX;
    let mut place = connection.prepare_cached("SELECT chat_id FROM messages WHERE id = ?1 AND NOT deleted")?;
    let mut his = Vec::new();
    for id in best {
        let chat: Option<ChatId> = place.query_row([id], |row| row.get(0)).optional()?;
        if chat.is_some_and(|chat| chats.contains(&chat)) {
            his.push(id);
        }
    }
    if all || his.len() >= ENOUGH {
        Ok(his)
    } else {
        list_joined(connection, query, &words)
    }
}

fn list_joined(connection: &Connection, query: &Query, words: &str) -> Result<Vec<MessageId>> {
    let mut statement = connection.prepare_cached(
        "SELECT m.id FROM messages_fts f JOIN messages m ON m.id = f.rowid
         WHERE messages_fts MATCH ?1 AND (?3 IS NULL OR m.chat_id = ?3) AND NOT m.deleted
           AND m.chat_id IN (SELECT chat_id FROM members WHERE user_id = ?2)
         ORDER BY f.rank LIMIT ?4",
    )?;
    let rows = statement.query_map((words, query.user, query.chat, HITS_MAX as i64), |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Messages with their excerpts.
pub fn show(connection: &Connection, words: &Words, ids: &[MessageId], base: &str) -> Result<Vec<(Message, String)>> {
    let mut shown = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(message) = find_message(connection, *id, base)? {
            let excerpt = excerpt(&message.text, words);
            shown.push((message, excerpt));
        }
    }
    Ok(shown)
}
