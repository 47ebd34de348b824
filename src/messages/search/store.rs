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
use crate::db::Tx;
use crate::error::Result;
use crate::ids::{ChatId, MessageId};

/// Hits that are counted and can be paged through; nobody reads further.
pub const HITS_MAX: usize = 1_000;
/// Of the best of all, so many must be the caller's, or all matches are asked.
const ENOUGH: usize = 200;

/// Bytes of text that are indexed in one transaction, about: as many short messages as there may be, few long ones.
const SLICE: i64 = 512 << 10;

/// Whether messages wait to be indexed.
pub fn is_behind(connection: &Connection) -> Result<bool> {
    let mut statement = connection
        .prepare_cached("SELECT coalesce((SELECT max(id) FROM messages), 0) > (SELECT upto FROM messages_indexed)")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// Indexes the oldest messages that wait, at most `limit` of them, and notes how far the index has come; whether more
/// may wait.
pub fn index_some(tx: &mut Tx<'_>, limit: usize) -> Result<bool> {
    let from: MessageId = tx
        .prepare_cached("SELECT upto FROM messages_indexed")?
        .query_row([], |row| row.get(0))?;
    let (last, more) = slice(tx, from, limit)?;
    if last > from {
        tx.prepare_cached(
            "INSERT INTO messages_fts (rowid, text) SELECT id, text FROM messages WHERE id > ?1 AND id <= ?2 ORDER BY id",
        )?
        .execute([from, last])?;
        tx.prepare_cached("UPDATE messages_indexed SET upto = ?1")?
            .execute([last])?;
    }
    Ok(more)
}

/// The last message of the next slice, and whether there may be more behind it.
fn slice(connection: &Connection, from: MessageId, limit: usize) -> Result<(MessageId, bool)> {
    let mut statement =
        connection.prepare_cached("SELECT id, octet_length(text) FROM messages WHERE id > ?1 ORDER BY id")?;
    let mut rows = statement.query([from])?;
    let (mut last, mut count, mut bytes) = (from, 0, 0);
    while count < limit && bytes < SLICE {
        let Some(row) = rows.next()? else {
            return Ok((last, false));
        };
        last = row.get(0)?;
        bytes += row.get::<_, i64>(1)?;
        count += 1;
    }
    Ok((last, true))
}

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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::db::Db;
    use crate::error::Error;
    use crate::ids::UserId;

    /// A database without anything beside the requests: nothing is indexed but by the test.
    struct Bench {
        db: Db,
        _folder: tempfile::TempDir,
    }

    impl Bench {
        async fn new() -> Bench {
            let folder = tempfile::tempdir().unwrap();
            let db = Db::open(&folder.path().join("messenger.db"), Box::new(drop)).unwrap();
            let bench = Bench { db, _folder: folder };
            bench
                .run(
                    "INSERT INTO users (id, username, username_key, password, last_online, created_at) VALUES (1, 'a', 'a', '', 0, 0);
                     INSERT INTO chats (id, name, name_key, type, private, created_at) VALUES (1, '', '', 'group', 0, 0);
                     INSERT INTO members (chat_id, user_id, read_seq, joined_at) VALUES (1, 1, 0, 0);",
                )
                .await;
            bench
        }

        async fn run(&self, sql: &str) {
            let sql = sql.to_owned();
            let ran = self.db.write(move |tx| Ok(tx.execute_batch(&sql)?)).await;
            ran.unwrap();
        }

        /// Makes message number `id` in its chat.
        async fn send(&self, id: i64, text: &str) {
            let row = format!("({id}, 1, {id}, 1, '{text}', 0)");
            self.run(&format!(
                "INSERT INTO messages (id, chat_id, seq, from_user, text, time) VALUES {row}"
            ))
            .await;
        }

        async fn index(&self, limit: usize) -> bool {
            self.db.write(move |tx| index_some(tx, limit)).await.unwrap()
        }

        async fn found(&self, typed: &str) -> Vec<i64> {
            let words = Words::new(typed).unwrap();
            let query = Query {
                words,
                user: UserId(1),
                chat: None,
            };
            let hits = self.db.read(move |connection| list_hits(connection, &query)).await;
            let mut ids: Vec<i64> = hits.unwrap().iter().map(|id| id.0).collect();
            ids.sort_unstable();
            ids
        }

        /// Asserts that the index has the words of the messages, every one of them, and no others.
        async fn is_whole(&self) {
            self.run("INSERT INTO messages_fts (messages_fts, rank) VALUES ('integrity-check', 1)")
                .await;
            assert!(!self.db.read(is_behind).await.unwrap());
        }
    }

    #[tokio::test]
    async fn a_slice_ends_where_it_is_told_and_the_next_goes_on() {
        let bench = Bench::new().await;
        assert!(!bench.db.read(is_behind).await.unwrap());
        for id in 1..=5 {
            bench.send(id, "word").await;
        }
        assert!(bench.db.read(is_behind).await.unwrap());
        assert_eq!(bench.found("word").await, [0; 0]);
        assert!(bench.index(2).await);
        assert_eq!(bench.found("word").await, [1, 2]);
        assert!(bench.index(2).await);
        assert!(!bench.index(2).await);
        assert_eq!(bench.found("word").await, [1, 2, 3, 4, 5]);
        assert!(!bench.index(2).await, "nothing is indexed twice");
        bench.is_whole().await;
    }

    #[tokio::test]
    async fn long_messages_are_not_all_indexed_at_once() {
        let bench = Bench::new().await;
        let long = "a word of many ".repeat(SLICE as usize / 30);
        for id in 1..=4 {
            bench.send(id, &long).await;
        }
        assert!(bench.index(1_000).await);
        assert_eq!(bench.found("many").await, [1, 2, 3], "until the bytes are reached");
        assert!(!bench.index(1_000).await);
        bench.is_whole().await;
    }

    #[tokio::test]
    async fn a_change_before_and_after_indexing_is_the_indexs_once() {
        for indexed in [false, true] {
            let bench = Bench::new().await;
            for (id, text) in [(1, "kept"), (2, "reworded"), (3, "emptied"), (4, "removed")] {
                bench.send(id, text).await;
            }
            if indexed {
                bench.index(10).await;
            }
            bench.run("UPDATE messages SET text = 'considered' WHERE id = 2").await;
            bench
                .run("UPDATE messages SET text = '', deleted = 1 WHERE id = 3")
                .await;
            bench.run("DELETE FROM messages WHERE id = 4").await;
            bench.index(10).await;
            bench.is_whole().await;
            for (word, ids) in [("kept", vec![1]), ("considered", vec![2])] {
                assert_eq!(bench.found(word).await, ids, "{word}, indexed before: {indexed}");
            }
            for word in ["reworded", "emptied", "removed"] {
                assert_eq!(bench.found(word).await, [0; 0], "{word}, indexed before: {indexed}");
            }
        }
    }

    #[tokio::test]
    async fn an_index_that_is_rolled_back_was_never_made() {
        let bench = Bench::new().await;
        bench.send(1, "word").await;
        let failed = bench.db.write(|tx| {
            index_some(tx, 10)?;
            Err::<(), _>(Error::not_found())
        });
        assert!(failed.await.is_err());
        assert_eq!(bench.found("word").await, [0; 0]);
        assert!(bench.db.read(is_behind).await.unwrap());
        bench.index(10).await;
        assert_eq!(bench.found("word").await, [1]);
        bench.is_whole().await;
    }
}
