//! Search in messages: SQLite's full-text index, diacritics removed, the caller's chats only, best first.
//!
//! What is typed is words and never query syntax: each is quoted, and begins a word of the message.

use rusqlite::{Connection, OptionalExtension};

use super::store::find_message;
use super::Message;
use crate::error::Result;
use crate::ids::{ChatId, MessageId, UserId};

/// Hits that are counted and can be paged through; nobody reads further.
pub const HITS_MAX: i64 = 1_000;
/// Words of an excerpt.
const EXCERPT_WORDS: i64 = 16;

/// What is looked for, by whom, where.
#[derive(Debug, Clone)]
pub struct Query {
    /// In FTS5's syntax, from [`words`].
    pub words: String,
    pub user: UserId,
    pub chat: Option<ChatId>,
}

/// What was typed, as an FTS5 query: every word begins a word of the text. None without a word.
pub fn words(typed: &str) -> Option<String> {
    let words = typed
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let query: Vec<String> = words.take(16).map(|word| format!("\"{word}\"*")).collect();
    (!query.is_empty()).then(|| query.join(" "))
}

const VISIBLE: &str = "FROM messages_fts f JOIN messages m ON m.id = f.rowid
    WHERE messages_fts MATCH ?1 AND (?3 IS NULL OR m.chat_id = ?3)
      AND m.chat_id IN (SELECT chat_id FROM members WHERE user_id = ?2)";

/// How many messages match, up to [`HITS_MAX`].
pub fn count_hits(connection: &Connection, query: &Query) -> Result<i64> {
    let mut statement = connection.prepare_cached(&format!("SELECT count(*) FROM (SELECT 1 {VISIBLE} LIMIT ?4)"))?;
    Ok(statement.query_row((&query.words, query.user, query.chat, HITS_MAX), |row| row.get(0))?)
}

/// The best matches with their excerpts.
pub fn list_hits(
    connection: &Connection,
    query: &Query,
    limit: i64,
    offset: i64,
    base: &str,
) -> Result<Vec<(Message, String)>> {
    let ids: Vec<MessageId> = {
        let sql = format!("SELECT m.id {VISIBLE} ORDER BY f.rank, m.id DESC LIMIT ?4 OFFSET ?5");
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map((&query.words, query.user, query.chat, limit, offset), |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    let mut hits = Vec::with_capacity(ids.len());
    for id in ids {
        let excerpt = excerpt(connection, &query.words, id)?;
        hits.extend(find_message(connection, id, base)?.map(|message| (message, excerpt)));
    }
    Ok(hits)
}

fn excerpt(connection: &Connection, words: &str, id: MessageId) -> Result<String> {
    let mut statement = connection.prepare_cached(
        "SELECT snippet(messages_fts, 0, char(2), char(3), '…', ?3) FROM messages_fts WHERE messages_fts MATCH ?1 AND rowid = ?2",
    )?;
    let marked: Option<String> = statement
        .query_row((words, id, EXCERPT_WORDS), |row| row.get(0))
        .optional()?;
    Ok(marked.map(|marked| escape(&marked)).unwrap_or_default())
}

/// Makes a text safe in a page, and only our marks markup.
fn escape(marked: &str) -> String {
    marked
        .chars()
        .fold(String::with_capacity(marked.len() + 16), |mut out, c| {
            match c {
                '\u{2}' => out.push_str("<mark>"),
                '\u{3}' => out.push_str("</mark>"),
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                other => out.push(other),
            }
            out
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_never_syntax() {
        assert_eq!(words("țară").as_deref(), Some("\"țară\"*"));
        assert_eq!(
            words("a OR \"b\" NEAR(c, 3) -d col:e*").as_deref(),
            Some("\"a\"* \"OR\"* \"b\"* \"NEAR\"* \"c\"* \"3\"* \"d\"* \"col\"* \"e\"*")
        );
        assert_eq!(words(" \"*():^ "), None);
    }

    #[test]
    fn only_our_marks_are_markup() {
        assert_eq!(
            escape("\u{2}<b>\u{3} & \"x\""),
            "<mark>&lt;b&gt;</mark> &amp; &quot;x&quot;"
        );
    }
}
