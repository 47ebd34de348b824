//! A database as text and back, so that a file of an old version can be read in a review.

use rusqlite::Connection;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Tables that SQLite or the search index fill themselves.
const DERIVED: &str = "name LIKE 'sqlite_%' OR name LIKE 'messages_fts%'";

fn strings(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>()
        .unwrap_or_else(|error| panic!("{sql}: {error}"))
}

fn tables(connection: &Connection) -> Vec<String> {
    let sql = format!("SELECT name FROM sqlite_schema WHERE type = 'table' AND NOT ({DERIVED}) ORDER BY rowid");
    strings(connection, &sql)
}

/// The statements that make this file again. No server may run on it.
pub fn dump(file: &Path) -> String {
    let connection = Connection::open(file).expect("a database");
    let number = |pragma: &str| -> i64 { connection.pragma_query_value(None, pragma, |row| row.get(0)).unwrap() };
    let mut text = format!(
        "PRAGMA application_id = {};\nPRAGMA user_version = {};\nPRAGMA foreign_keys = OFF;\nBEGIN;\n",
        number("application_id"),
        number("user_version")
    );
    // The index's own tables come with it.
    let schema = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
                  AND NOT (type = 'table' AND name LIKE 'messages_fts_%') ORDER BY rowid";
    for sql in strings(&connection, schema) {
        writeln!(text, "{sql};").unwrap();
    }
    let mut all = tables(&connection);
    all.push("sqlite_sequence".to_owned());
    for table in all {
        let columns = strings(&connection, &format!("SELECT name FROM pragma_table_info('{table}')"));
        let quoted: Vec<String> = columns.iter().map(|column| format!("quote({column})")).collect();
        let sql = format!("SELECT {} FROM {table} ORDER BY 1", quoted.join(" || ', ' || "));
        if table == "sqlite_sequence" {
            // Filled by the rows before; a counter may be beyond them.
            writeln!(text, "DELETE FROM sqlite_sequence;").unwrap();
        }
        for values in strings(&connection, &sql) {
            writeln!(text, "INSERT INTO {table} ({}) VALUES ({values});", columns.join(", ")).unwrap();
        }
    }
    // The rows of the index are made from the messages again, with whatever had not been indexed yet.
    text + "INSERT INTO messages_fts (messages_fts) VALUES ('rebuild');
UPDATE messages_indexed SET upto = (SELECT coalesce(max(id), 0) FROM messages);
COMMIT;\n"
}

/// Makes a file from what [`dump`] wrote, as if it had been written today: sessions have not expired since.
pub fn load(text: &str, file: &Path) {
    let connection = Connection::open(file).expect("a new database");
    connection.execute_batch("PRAGMA journal_mode = WAL").unwrap();
    connection.execute_batch(text).expect("a dump");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let tomorrow = i64::try_from(now.as_micros()).unwrap() + 86_400_000_000;
    connection
        .execute("UPDATE sessions SET expires_at = ?1", [tomorrow])
        .unwrap();
}

/// How many rows each table has.
pub fn counts(file: &Path) -> BTreeMap<String, i64> {
    let connection = Connection::open(file).expect("a database");
    let count = |table: String| {
        let count = connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0));
        (table, count.unwrap())
    };
    tables(&connection).into_iter().map(count).collect()
}
