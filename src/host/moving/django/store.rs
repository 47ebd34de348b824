//! SQL of the original's file: whether it is one, and what stands in it.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Row};

use super::super::refuse;
use super::opening::{Readable, BUSY};
use crate::error::Result;

/// The tables that have to be there.
const TABLES: [&str; 5] = [
    "auth_user",
    "client_client",
    "chat_chat",
    "chat_chat_users",
    "chat_message",
];
/// The link from chats to messages, where messages do not name their chat.
const LINKS: &str = "chat_chat_messages";
/// 'MSGR' in a header: a file of ours.
const OURS: i64 = 0x4D53_4752;

/// The original's file, open for reading, with how its version calls things.
pub struct Source {
    connection: Connection,
    time: &'static str,
    author: &'static str,
    author_is_client: bool,
    member: &'static str,
    member_is_client: bool,
    has_links: bool,
    has_chat: bool,
    /// Behind the connection, so that it is closed before the file goes.
    file: Readable,
}

/// A person as the original has him.
pub struct Person {
    pub id: i64,
    pub password: String,
    pub last_login: Option<String>,
    pub is_superuser: bool,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub is_staff: bool,
    pub is_active: bool,
    pub date_joined: String,
    pub picture: Option<String>,
    pub last_online: Option<String>,
}

/// A chat as the original has it.
pub struct Chat {
    pub id: i64,
    pub name: String,
    pub kind: String,
    pub picture: Option<String>,
}

/// A message as the original has it.
#[derive(Clone)]
pub struct Message {
    pub id: i64,
    pub author: i64,
    pub text: String,
    pub time: String,
    pub photo: Option<String>,
    pub file: Option<String>,
    /// The chat that stands in it; 0 for none.
    pub chat: i64,
}

/// What the source can't be read for is the file's fault, and said as that.
fn damaged(error: rusqlite::Error) -> crate::error::Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => refuse(BUSY),
        _ => refuse(format!("it is damaged or only a part of a file ({error})")),
    }
}

impl Source {
    /// Opens a file and makes sure that it is the original's, and whole. Its folder stays as it is; where it has to be copied to
    /// be read, that is beside `database` and goes with the value.
    pub fn open(path: &Path, database: &Path) -> Result<Source> {
        let file = Readable::of(path, database)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(file.path(), flags).map_err(damaged)?;
        connection
            .pragma_update(None, "trusted_schema", false)
            .map_err(damaged)?;
        connection
            .pragma_update(None, "cell_size_check", true)
            .map_err(damaged)?;
        // All of it is read as it is now, whoever writes meanwhile.
        connection.execute_batch("BEGIN").map_err(damaged)?;
        check_whole(&connection)?;
        let mut source = Source {
            connection,
            time: "time",
            author: "from_user_id",
            author_is_client: false,
            member: "user_id",
            member_is_client: false,
            has_links: false,
            has_chat: false,
            file,
        };
        source.check_tables()?;
        source.learn()?;
        Ok(source)
    }

    fn check_tables(&mut self) -> Result<()> {
        let missing: Vec<&str> = TABLES
            .into_iter()
            .filter(|table| !matches!(self.is_table(table), Ok(true)))
            .collect();
        if missing.is_empty() {
            self.has_links = self.is_table(LINKS)?;
            return Ok(());
        }
        let log = match self.file.has_no_log {
            true => "; or its log, the file of its name with -wal at its end, is missing beside it",
            false => "",
        };
        Err(refuse(match missing.len() == TABLES.len() {
            true => format!("it is a database of another program: none of the original's tables are in it{log}"),
            false => format!("it lacks tables of the original: {}{log}", missing.join(", ")),
        }))
    }

    /// Whether there is a plain table of this name: a view or virtual table could be anything.
    fn is_table(&self, name: &str) -> Result<bool> {
        let sql =
            "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1 AND upper(sql) NOT LIKE 'CREATE VIRTUAL%'";
        let mut statement = self.connection.prepare(sql).map_err(damaged)?;
        statement.exists([name]).map_err(damaged)
    }

    /// Looks how this version calls what has had several names.
    fn learn(&mut self) -> Result<()> {
        let message = self.columns("chat_message")?;
        self.time = one_of("chat_message", &message, &["time", "timestamp"])?;
        self.author = one_of("chat_message", &message, &["from_user_id", "user_id"])?;
        self.member = one_of(
            "chat_chat_users",
            &self.columns("chat_chat_users")?,
            &["user_id", "client_id"],
        )?;
        self.author_is_client = self.names_clients("chat_message", self.author)?;
        self.member_is_client = self.names_clients("chat_chat_users", self.member)?;
        self.has_chat = message.iter().any(|column| column == "chat_id");
        if !self.has_chat && !self.has_links {
            return Err(refuse(format!("it lacks a table of the original: {LINKS}")));
        }
        Ok(())
    }

    fn columns(&self, table: &str) -> Result<Vec<String>> {
        let mut statement = self
            .connection
            .prepare("SELECT name FROM pragma_table_info(?1)")
            .map_err(damaged)?;
        let names = statement.query_map([table], |row| row.get(0)).map_err(damaged)?;
        names.collect::<rusqlite::Result<_>>().map_err(damaged)
    }

    /// Whether a column holds ids of profiles rather than of people.
    fn names_clients(&self, table: &str, column: &str) -> Result<bool> {
        let sql = "SELECT \"table\" FROM pragma_foreign_key_list(?1) WHERE \"from\" = ?2";
        let mut statement = self.connection.prepare(sql).map_err(damaged)?;
        let target: Option<String> = statement
            .query_row([table, column], |row| row.get(0))
            .optional()
            .map_err(damaged)?;
        Ok(target.map_or(column == "client_id", |target| target == "client_client"))
    }

    /// All people, by id.
    pub fn each_person(&self, each: impl FnMut(Person) -> Result<()>) -> Result<()> {
        let sql =
            "SELECT u.id, u.password, u.last_login, u.is_superuser, u.username, u.first_name, u.last_name, u.email,
                          u.is_staff, u.is_active, u.date_joined,
                          (SELECT profile_picture FROM client_client c WHERE c.user_id = u.id ORDER BY c.id LIMIT 1),
                          (SELECT last_online FROM client_client c WHERE c.user_id = u.id ORDER BY c.id LIMIT 1)
                   FROM auth_user u ORDER BY u.id";
        let person = |row: &Row<'_>| {
            Ok(Person {
                id: row.get(0)?,
                password: row.get(1)?,
                last_login: row.get(2)?,
                is_superuser: row.get(3)?,
                username: row.get(4)?,
                first_name: row.get(5)?,
                last_name: row.get(6)?,
                email: row.get(7)?,
                is_staff: row.get(8)?,
                is_active: row.get(9)?,
                date_joined: row.get(10)?,
                picture: row.get(11)?,
                last_online: row.get(12)?,
            })
        };
        self.each(sql, [], person, each)
    }

    /// All chats, by id.
    pub fn each_chat(&self, each: impl FnMut(Chat) -> Result<()>) -> Result<()> {
        let chat = |row: &Row<'_>| {
            Ok(Chat {
                id: row.get(0)?,
                name: row.get(1)?,
                kind: row.get(2)?,
                picture: row.get(3)?,
            })
        };
        let sql = "SELECT id, name, type, chat_picture FROM chat_chat ORDER BY id";
        self.each(sql, [], chat, each)
    }

    /// Ids of the people in a chat, in the order in which they came.
    pub fn list_members(&self, chat: i64) -> Result<Vec<i64>> {
        let (column, join) = (self.member, client_join(self.member_is_client, "l", self.member));
        let shown = if self.member_is_client {
            "c.user_id".to_owned()
        } else {
            format!("l.{column}")
        };
        let sql = format!("SELECT {shown} FROM chat_chat_users l {join} WHERE l.chat_id = ?1 ORDER BY l.id");
        let mut members = Vec::new();
        self.each(
            &sql,
            [chat],
            |row| row.get::<_, i64>(0),
            |user| {
                if !members.contains(&user) {
                    members.push(user);
                }
                Ok(())
            },
        )?;
        Ok(members)
    }

    /// All messages, by id.
    pub fn each_message(&self, each: impl FnMut(Message) -> Result<()>) -> Result<()> {
        let join = client_join(self.author_is_client, "m", self.author);
        let author = if self.author_is_client {
            "c.user_id".to_owned()
        } else {
            format!("m.{}", self.author)
        };
        let (time, chat) = (self.time, if self.has_chat { "m.chat_id" } else { "0" });
        let sql = format!(
            "SELECT m.id, {author}, m.text, m.{time}, m.photo, m.file, {chat} FROM chat_message m {join} ORDER BY m.id"
        );
        let message = |row: &Row<'_>| {
            Ok(Message {
                id: row.get(0)?,
                author: row.get(1)?,
                text: row.get(2)?,
                time: row.get(3)?,
                photo: row.get(4)?,
                file: row.get(5)?,
                chat: row.get::<_, Option<i64>>(6)?.unwrap_or(0),
            })
        };
        self.each(&sql, [], message, each)
    }

    /// Ids of the chats that a message is linked to, in the order of the links.
    pub fn list_chats_of(&self, message: i64) -> Result<Vec<i64>> {
        let mut chats = Vec::new();
        if self.has_links {
            let sql = "SELECT chat_id FROM chat_chat_messages WHERE message_id = ?1 ORDER BY id";
            self.each(
                sql,
                [message],
                |row| row.get::<_, i64>(0),
                |chat| {
                    chats.push(chat);
                    Ok(())
                },
            )?;
        }
        Ok(chats)
    }

    fn each<T>(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        make: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
        mut each: impl FnMut(T) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self.connection.prepare_cached(sql).map_err(damaged)?;
        let mut rows = statement.query(params).map_err(damaged)?;
        while let Some(row) = rows.next().map_err(damaged)? {
            each(make(row).map_err(damaged)?)?;
        }
        Ok(())
    }
}

fn client_join(is_client: bool, table: &str, column: &str) -> String {
    match is_client {
        true => format!("LEFT JOIN client_client c ON c.id = {table}.{column}"),
        false => String::new(),
    }
}

fn one_of(table: &str, columns: &[String], known: &[&'static str]) -> Result<&'static str> {
    let found = known.iter().find(|name| columns.iter().any(|column| column == *name));
    found
        .copied()
        .ok_or_else(|| refuse(format!("its table {table} has no column {}", known.join(" or "))))
}

/// Whether SQLite finds all of it in order; and whether it is rather one of ours.
fn check_whole(connection: &Connection) -> Result<()> {
    let ours: i64 = connection
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(damaged)?;
    if ours == OURS {
        return Err(refuse(
            "it is Messenger's own database already: start it with --database",
        ));
    }
    let verdict: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(damaged)?;
    match verdict.as_str() {
        "ok" => Ok(()),
        fault => Err(refuse(format!("it is damaged or only a part of a file ({fault})"))),
    }
}
