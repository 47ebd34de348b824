//! A database with very many messages, made fast: the server makes the file, the people, the chats and one message;
//! then, while it is stopped, that message's rows are copied with other texts; and it indexes them for its first search.
//!
//! Sending them all was rejected: a million sends take minutes. So was a schema of our own: it would be another
//! server's file. Copying the rows the server wrote keeps every column we know nothing of.

use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{params, params_from_iter, Connection};

use super::http;
use super::server::{self, Person, Server};
use super::texts::{Random, Vocabulary};
use super::Outcome;

/// Chats the caller is in.
const CHATS: usize = 200;
/// Chats of others, which nothing may be found in.
const FOREIGN_CHATS: usize = 50;
/// How many of the caller's chats, the newest made, have a whole page of messages at any size.
pub const BUSY_CHATS: usize = 20;
/// Rows a transaction.
const BATCH: usize = 50_000;

/// A filled database file; no server has it open.
#[derive(Clone)]
pub struct Filled {
    /// The file.
    pub path: PathBuf,
    /// Who asks.
    pub caller: Person,
    /// The caller's busy chats, each with its last `seq`.
    pub busy: Vec<(i64, i64)>,
    /// How many messages it holds.
    pub messages: usize,
}

/// Makes a database of that many messages in a folder of its own.
pub async fn database(folder: &Path, messages: usize) -> Outcome<Filled> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join("messenger.db");
    let server = Server::start(&path, None, &[]).await?;
    let people = [
        server.person("ana").await?,
        server.person("bogdan").await?,
        server.person("carmen").await?,
    ];
    let (own, foreign) = chats(&server, &people).await?;
    let mut client = server.connect().await?;
    let first = server::send(own[0], &people[0].token, "the first", "the first of all");
    client.ask(&first).await?.json(201)?;
    drop(client);
    server.stop().await?;

    let database = Connection::open(&path)?;
    database.execute_batch("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -200000;")?;
    let counts = copy(&database, &people, &own, &foreign, messages)?;
    database.close().map_err(|(_, error)| error)?;
    let [caller, ..] = people;
    index(&path, &caller).await?;
    Ok(Filled {
        path,
        caller,
        busy: counts,
        messages,
    })
}

/// Has the server write its search index of the copies, as it would have done meanwhile.
async fn index(path: &Path, caller: &Person) -> Outcome<()> {
    let server = Server::start(path, None, &[]).await?;
    let search = http::get("/chat/search/?q=first", &caller.token);
    server.connect().await?.ask(&search).await?.json(200)?;
    server.stop().await
}

async fn chats(server: &Server, people: &[Person; 3]) -> Outcome<(Vec<i64>, Vec<i64>)> {
    let [ana, bogdan, carmen] = people;
    let mut client = server.connect().await?;
    let (mut own, mut foreign) = (Vec::new(), Vec::new());
    for number in 0..FOREIGN_CHATS {
        foreign.push(
            server
                .chat(&mut client, bogdan, &format!("Elsewhere {number}"), &[carmen.id])
                .await?,
        );
    }
    for number in 0..CHATS {
        own.push(
            server
                .chat(&mut client, ana, &format!("Group {number}"), &[bogdan.id, carmen.id])
                .await?,
        );
    }
    Ok((own, foreign))
}

/// A table's row to be copied, with the places of what varies.
pub struct Model {
    insert: String,
    columns: Vec<String>,
    row: Vec<Value>,
}

impl Model {
    /// Reads the newest row of a table that fulfils `condition`.
    pub fn read(database: &Connection, table: &str, condition: &str) -> Outcome<Self> {
        let mut newest = database.prepare(&format!(
            "SELECT * FROM {table} WHERE {condition} ORDER BY id DESC LIMIT 1"
        ))?;
        let columns: Vec<String> = newest.column_names().into_iter().map(str::to_owned).collect();
        let row = newest.query_row([], |row| (0..columns.len()).map(|place| row.get(place)).collect())?;
        let marks = vec!["?"; columns.len()].join(", ");
        let insert = format!("INSERT INTO {table} ({}) VALUES ({marks})", columns.join(", "));
        Ok(Self { insert, columns, row })
    }

    fn place(&self, column: &str) -> Outcome<usize> {
        let place = self.columns.iter().position(|name| name == column);
        place.ok_or_else(|| format!("the schema has no column {column}: the filler must follow it").into())
    }

    /// Varies a column.
    pub fn set(&mut self, column: &str, value: impl Into<Value>) -> Outcome<()> {
        let place = self.place(column)?;
        self.row[place] = value.into();
        Ok(())
    }

    /// Writes the row as it is now; gives its id.
    pub fn insert(&self, database: &Connection) -> Outcome<i64> {
        database
            .prepare_cached(&self.insert)?
            .execute(params_from_iter(self.row.iter()))?;
        Ok(database.last_insert_rowid())
    }
}

/// Copies the first message and its event until there are enough; gives the busy chats with their last `seq`.
fn copy(
    database: &Connection,
    people: &[Person; 3],
    own: &[i64],
    foreign: &[i64],
    messages: usize,
) -> Outcome<Vec<(i64, i64)>> {
    let mut message = Model::read(database, "messages", "client_id IS NOT NULL")?;
    let mut event = Model::read(database, "events", "message_id IS NOT NULL")?;
    let Value::Integer(first_time) = message.row[message.place("time")?] else {
        return Err("a message's time is no integer".into());
    };
    let vocabulary = Vocabulary::new();
    let mut random = Random::new(9);
    let busy = &own[own.len() - BUSY_CHATS..];
    let mut last: std::collections::BTreeMap<i64, i64> = own.iter().chain(foreign).map(|chat| (*chat, 0)).collect();
    last.insert(own[0], 1);
    for number in 0..messages {
        if number % BATCH == 0 {
            database.execute_batch("BEGIN")?;
        }
        let chat = chat_of(number, messages, &mut random, own, foreign, busy);
        let seq = last.entry(chat).or_default();
        *seq += 1;
        // Not all from one person, and the caller is in his own chats only.
        let from = if foreign.contains(&chat) {
            &people[1 + number % 2]
        } else {
            &people[number % 3]
        };
        let time = first_time + number as i64 + 1;
        message.set("id", Value::Null)?;
        message.set("chat_id", chat)?;
        message.set("seq", *seq)?;
        message.set("from_user", from.id)?;
        let words = 4 + random.below(17);
        message.set("text", vocabulary.text(&mut random, words))?;
        message.set("time", time)?;
        message.set("client_id", random.uuid())?;
        event.set("id", Value::Null)?;
        event.set("chat_id", chat)?;
        event.set("message_id", message.insert(database)?)?;
        event.set("at", time)?;
        event.insert(database)?;
        if (number + 1) % BATCH == 0 || number + 1 == messages {
            database.execute_batch("COMMIT")?;
        }
    }
    let mut update = database.prepare("UPDATE chats SET last_seq = ?2 WHERE id = ?1")?;
    for (chat, seq) in &last {
        update.execute(params![chat, seq])?;
    }
    Ok(busy
        .iter()
        .map(|chat| (*chat, last.get(chat).copied().unwrap_or(0)))
        .collect())
}

/// Where a message goes. At the smallest size the busy chats get them all, so that a page of history and a page of
/// chats show as much there as at the largest: only what lies behind the page differs.
fn chat_of(number: usize, messages: usize, random: &mut Random, own: &[i64], foreign: &[i64], busy: &[i64]) -> i64 {
    if messages < 100 * BUSY_CHATS {
        return busy[number % busy.len()];
    }
    match random.below(own.len() + foreign.len()) {
        place if place < own.len() => own[place],
        place => foreign[place - own.len()],
    }
}
