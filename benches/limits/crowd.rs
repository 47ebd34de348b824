//! Very many people, made fast: the server makes one with a session; then, while it is stopped, his rows are copied, and
//! his token is signed anew for each copy. The chats they are in are made by the server again.
//!
//! Registering them all was rejected: a password's hash is made to be slow, and each would take two.

use std::path::Path;

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::Engine;
use ring::hmac;
use rusqlite::types::Value;
use rusqlite::Connection;

use super::fill::Model;
use super::server::{Person, Server};
use super::texts::Random;
use super::Outcome;

/// Seconds the copied tokens are good for.
const LIFE: i64 = 24 * 3600;

/// People of one database file, and their chats; no server has it open.
pub struct Crowd {
    /// Each with a session and a token.
    pub people: Vec<Person>,
    /// In the order of the people in them.
    pub chats: Vec<i64>,
}

/// What the person of that number logs in as.
pub fn name(number: usize) -> String {
    format!("resident{number}")
}

/// Lets that many people into a database file, new or not: the first `size` of them share a chat, so do the next, and
/// so on.
pub async fn move_in(database: &Path, count: usize, size: usize) -> Outcome<Crowd> {
    let server = Server::start(database, None, &[]).await?;
    let first = server.person(&name(0)).await?;
    server.stop().await?;
    let people = copies(database, first, count)?;
    let server = Server::start(database, None, &[]).await?;
    let mut client = server.connect().await?;
    let mut chats = Vec::new();
    for (number, people) in people.chunks(size).enumerate() {
        let others: Vec<i64> = people[1..].iter().map(|person| person.id).collect();
        chats.push(
            server
                .chat(&mut client, &people[0], &format!("Room {number}"), &others)
                .await?,
        );
    }
    drop(client);
    server.stop().await?;
    Ok(Crowd { people, chats })
}

fn copies(database: &Path, first: Person, count: usize) -> Outcome<Vec<Person>> {
    let database = Connection::open(database)?;
    let key: Vec<u8> = database.query_row("SELECT value FROM meta WHERE key = 'jwt_key'", [], |row| row.get(0))?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let mut user = Model::read(&database, "users", &format!("id = {}", first.id))?;
    let mut session = Model::read(&database, "sessions", &format!("user_id = {}", first.id))?;
    let mut random = Random::new(11);
    database.execute_batch("BEGIN")?;
    let mut people = vec![first];
    for number in 1..count {
        let (name, jti) = (name(number), random.uuid().replace('-', ""));
        for (column, value) in [
            ("username", name.clone()),
            ("username_key", name.clone()),
            ("email", format!("{name}@example.org")),
            ("email_key", format!("{name}@example.org")),
        ] {
            user.set(column, value)?;
        }
        user.set("id", Value::Null)?;
        let id = user.insert(&database)?;
        session.set("id", Value::Null)?;
        session.set("user_id", id)?;
        session.set("fresh_jti", jti.clone())?;
        session.set("parent_jti", Value::Null)?;
        let sid = session.insert(&database)?;
        let token = signed(&people[0].token, &key, |claims| {
            claims["user_id"] = id.into();
            claims["username"] = name.into();
            claims["sid"] = sid.into();
            claims["jti"] = jti.into();
            claims["exp"] = (claims["iat"].as_i64().unwrap_or_default() + LIFE).into();
        })?;
        people.push(Person { id, token });
    }
    database.execute_batch("COMMIT")?;
    Ok(people)
}

/// A token with other claims.
fn signed(token: &str, key: &hmac::Key, change: impl FnOnce(&mut serde_json::Value)) -> Outcome<String> {
    let mut parts = token.split('.');
    let (head, claims) = parts.next().zip(parts.next()).ok_or("a token is no JWT")?;
    let mut claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims)?)?;
    change(&mut claims);
    let content = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = URL_SAFE_NO_PAD.encode(hmac::sign(key, content.as_bytes()));
    Ok(format!("{content}.{signature}"))
}
