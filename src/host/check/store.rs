//! SQL of the check. It reads everything, so it is for the command line and not for a request.

use rusqlite::Connection;

use super::Report;
use crate::db::{count_rows, list_dangling, list_faults, newest_version, Failure};

/// Problems shown of one kind.
const SHOWN: i64 = 100;

/// What only we know to be wrong: what to say, and the ids that it is to be said of.
const RULES: [(&str, &str); 9] = [
    (
        "the seqs of chat {} have holes",
        "SELECT c.id FROM chats c
         LEFT JOIN (SELECT chat_id, count(*) AS rows, min(seq) AS first, max(seq) AS last FROM messages GROUP BY chat_id) m
         ON m.chat_id = c.id
         WHERE coalesce(m.rows, 0) <> c.last_seq OR coalesce(m.last, 0) <> c.last_seq OR coalesce(m.first, 1) <> 1",
    ),
    (
        "somebody has read further in chat {} than it goes",
        "SELECT DISTINCT c.id FROM members m JOIN chats c ON c.id = m.chat_id
         WHERE m.read_seq > c.last_seq OR m.read_seq < 0",
    ),
    (
        "bytes of file {} are there without the file",
        "SELECT DISTINCT id >> 20 FROM media_chunks
         WHERE id >> 20 NOT IN (SELECT coalesce(bytes_of, id) FROM media) AND id >> 20 NOT IN (SELECT media_id FROM media_trash)",
    ),
    (
        "bytes of file {} are missing",
        "SELECT id FROM media WHERE purpose <> 'pending' AND size <> (
             SELECT coalesce(sum(length(bytes)), 0) FROM media_chunks
             WHERE media_chunks.id >= coalesce(bytes_of, media.id) << 20
             AND media_chunks.id < (coalesce(bytes_of, media.id) + 1) << 20)",
    ),
    (
        // Those of no chat are in boxes, which an older file has none of.
        "file {} is no message's",
        "SELECT id FROM media WHERE purpose = 'attachment' AND chat_id IS NOT NULL
         AND id NOT IN (SELECT photo_id FROM messages WHERE photo_id IS NOT NULL)
         AND id NOT IN (SELECT file_id FROM messages WHERE file_id IS NOT NULL)
         AND id NOT IN (SELECT photo_id FROM held WHERE photo_id IS NOT NULL)
         AND id NOT IN (SELECT file_id FROM held WHERE file_id IS NOT NULL)",
    ),
    (
        "picture {} is nobody's",
        "SELECT id FROM media WHERE purpose = 'portrait'
         AND id NOT IN (SELECT picture_id FROM users WHERE picture_id IS NOT NULL)
         AND id NOT IN (SELECT picture_id FROM chats WHERE picture_id IS NOT NULL)",
    ),
    (
        "message {} was deleted and still says something",
        "SELECT id FROM messages WHERE deleted AND (text <> '' OR photo_id IS NOT NULL OR file_id IS NOT NULL)",
    ),
    (
        "message {} can't be found by its words",
        "SELECT id FROM messages WHERE text <> '' AND id <= (SELECT upto FROM messages_indexed)
         AND id NOT IN (SELECT id FROM messages_fts_docsize)",
    ),
    (
        "the search knows a message {} that is not there",
        "SELECT id FROM messages_fts_docsize WHERE id NOT IN (SELECT id FROM messages)",
    ),
];

/// An older one has not all of what the rules speak of.
fn is_of_this_version(version: i64) -> bool {
    version == i64::from(newest_version())
}

/// Reads everything and says what is wrong.
///
/// # Errors
/// Where the file can't be read so far.
pub fn report(connection: &Connection, bytes: u64) -> Result<Report, Failure> {
    // One state from the first count to the last.
    let state = connection.unchecked_transaction()?;
    let version: i64 = state.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let mut problems = list_faults(&state)?;
    let mut rows = Default::default();
    // What is asked of rows that can't be read finds only that again.
    if problems.is_empty() {
        rows = count_rows(&state)?;
        problems = list_dangling(&state)?;
        let rules: &[_] = if is_of_this_version(version) { &RULES } else { &[] };
        for (words, sql) in rules {
            let mut statement = state.prepare(&format!("{sql} LIMIT {SHOWN}"))?;
            let ids = statement.query_map([], |row| row.get::<_, i64>(0))?;
            for id in ids {
                problems.push(words.replace("{}", &id?.to_string()));
            }
        }
    }
    Ok(Report {
        bytes,
        version,
        current: is_of_this_version(version),
        rows,
        problems,
    })
}
