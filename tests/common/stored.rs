//! What stands in the server's file: the one place where the tests know the names of tables and columns.

use super::{App, Chat, Message, User};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::{json, Value};
use std::path::Path;
use std::time::Duration;

/// The rows a query gives, read beside the running server; a blob comes as lower-case hex.
pub fn rows(file: &Path, sql: &str) -> Vec<Vec<Value>> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the server's file");
    connection.busy_timeout(Duration::from_secs(30)).expect("a time limit");
    let mut statement = connection.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let columns = statement.column_count();
    let rows = statement
        .query_map([], |row| {
            (0..columns)
                .map(|at| row.get_ref(at).map(value))
                .collect::<Result<Vec<Value>, _>>()
        })
        .and_then(Iterator::collect);
    rows.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(integer) => json!(integer),
        ValueRef::Real(real) => json!(real),
        ValueRef::Text(text) => json!(String::from_utf8_lossy(text)),
        ValueRef::Blob(bytes) => json!(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
    }
}

/// A connection of another program's.
fn past_the_server(app: &App) -> Connection {
    let connection = Connection::open(app.file()).expect("the server's file");
    connection.busy_timeout(Duration::from_secs(30)).expect("a time limit");
    connection
}

/// Holds the file's write lock, as another program might, until it is dropped.
pub fn lock(app: &App) -> Connection {
    let connection = past_the_server(app);
    connection.execute_batch("BEGIN IMMEDIATE").expect("the write lock");
    connection
}

/// How many rows a table has.
pub fn count(app: &App, table: &str) -> i64 {
    app.rows(&format!("SELECT count(*) FROM {table}"))[0][0]
        .as_i64()
        .expect("a count")
}

/// Writes events into the log of a server that is stopped: somebody's own name changed, so many times.
pub fn age(app: &App, user: &User, events: i64) {
    let connection = past_the_server(app);
    let sql = "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?1)
               INSERT INTO events (kind, user_id, at) SELECT 'user.updated', ?2, n FROM number";
    let written = connection.execute(sql, (events, user.id)).expect("the log");
    assert_eq!(i64::try_from(written), Ok(events));
}

/// Puts strangers into a chat until it has so many members, past the server.
pub fn crowd(app: &App, chat: &Chat, members: i64) {
    let mut connection = past_the_server(app);
    let missing = members - count(app, &format!("members WHERE chat_id = {}", chat.id));
    let both = connection.transaction().expect("the write lock");
    let sql = "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?1)
               INSERT INTO users (username, username_key, password, last_online, created_at)
               SELECT 'stranger' || n, 'stranger' || n, '', 0, 0 FROM number";
    both.execute(sql, [missing]).expect("strangers");
    let sql = "INSERT INTO members (chat_id, user_id, read_seq, joined_at)
               SELECT ?1, id, 0, 0 FROM users WHERE username LIKE 'stranger%'";
    both.execute(sql, [chat.id]).expect("members");
    both.commit().expect("a crowd");
}

/// Makes somebody the person whose server it is, past the server: sessions that begin from now on know it.
pub fn make_host(app: &App, user: &User) {
    set_role(app, user, 3);
}

/// Gives somebody a role, past the server: 0 guest, 1 member, 2 staff, 3 host.
pub fn set_role(app: &App, user: &User, role: i64) {
    let made = past_the_server(app).execute("UPDATE users SET role = ?2 WHERE id = ?1", [user.id, role]);
    assert_eq!(made.expect("a role"), 1);
}

/// Changes a row of the file, past the server.
pub fn change(app: &App, sql: &str) {
    assert_eq!(past_the_server(app).execute(sql, []).expect(sql), 1, "{sql}");
}

/// Makes messages so many days older, past the server.
pub fn make_old(app: &App, messages: &[&Message], days: i64) {
    for message in messages {
        let sql = "UPDATE messages SET time = time - ?2 * 86400000000 WHERE id = ?1";
        let made = past_the_server(app).execute(sql, (message.id, days));
        assert_eq!(made.expect("a message"), 1);
    }
}

/// chat, seq, sender, text, client id, reply-to, edited, deleted of a message.
pub fn message(app: &App, message: &Message) -> Value {
    let sql = format!(
        "SELECT chat_id, seq, from_user, text, client_id, reply_to, edited_at IS NOT NULL, deleted
         FROM messages WHERE id = {}",
        message.id
    );
    one(app, &sql)
}

/// name, type and owner of a chat.
pub fn chat(app: &App, chat: &Chat) -> Value {
    one(
        app,
        &format!("SELECT name, type, owner_id FROM chats WHERE id = {}", chat.id),
    )
}

/// The ids of a chat's members, ascending.
pub fn members(app: &App, chat: &Chat) -> Value {
    let sql = format!(
        "SELECT user_id FROM members WHERE chat_id = {} ORDER BY user_id",
        chat.id
    );
    app.rows(&sql).concat().into()
}

/// How far somebody has read a chat.
pub fn read_seq(app: &App, chat: &Chat, user: &User) -> Value {
    of_member(app, "read_seq", chat, user)
}

/// Whether somebody mutes a chat: 1 or 0.
pub fn muted(app: &App, chat: &Chat, user: &User) -> Value {
    of_member(app, "muted", chat, user)
}

fn of_member(app: &App, column: &str, chat: &Chat, user: &User) -> Value {
    let sql = format!(
        "SELECT {column} FROM members WHERE chat_id = {} AND user_id = {}",
        chat.id, user.id
    );
    one(app, &sql)[0].clone()
}

/// The codes of a group's link: one or none.
pub fn links(app: &App, chat: &Chat) -> Vec<Value> {
    app.rows(&format!("SELECT code FROM links WHERE chat_id = {}", chat.id))
        .concat()
}

/// The reactions of a message as pairs of emoji and user id, in order.
pub fn reactions(app: &App, message: &Message) -> Vec<Vec<Value>> {
    let sql = format!(
        "SELECT emoji, user_id FROM reactions WHERE message_id = {} ORDER BY 1, 2",
        message.id
    );
    app.rows(&sql)
}

/// name, e-mail, first and last name of an account.
pub fn user(app: &App, name: &str) -> Value {
    one(
        app,
        &format!("SELECT username, email, first_name, last_name FROM users WHERE username = '{name}'"),
    )
}

/// The password hash of an account.
pub fn hash(app: &App, name: &str) -> String {
    let row = one(app, &format!("SELECT password FROM users WHERE username = '{name}'"));
    row[0].as_str().expect("a hash").to_owned()
}

/// How many sessions somebody has.
pub fn sessions(app: &App, user: &User) -> i64 {
    one(
        app,
        &format!("SELECT count(*) FROM sessions WHERE user_id = {}", user.id),
    )[0]
    .as_i64()
    .expect("a count")
}

/// What is stored, counted: a request that is refused leaves it as it was.
pub fn census(app: &App) -> Value {
    // Bytes that came before a refusal belong to nothing and are swept in their own time.
    let tables = [
        "users",
        "chats",
        "members",
        "links",
        "messages",
        "reactions",
        "boxes",
        "box_files",
        "media WHERE purpose <> 'pending'",
        "events",
    ];
    tables.iter().map(|table| json!([table, count(app, table)])).collect()
}

fn one(app: &App, sql: &str) -> Value {
    let mut rows = app.rows(sql);
    assert_eq!(rows.len(), 1, "{sql}");
    rows.remove(0).into()
}
