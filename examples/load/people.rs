//! The people of a run, and their chats.
//!
//! Hundreds of people are made fast: the server makes one with a session; then, while it is stopped, that person's rows
//! are copied, and tokens are signed with the server's own key. Registering them all was rejected: a password's hash takes
//! as long as a hundred messages, and so do two of them a person.

use std::path::Path;

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::Engine;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::RngExt;
use ring::hmac;
use rusqlite::types::Value as Column;
use rusqlite::{params_from_iter, Connection};
use serde_json::{json, Value};

use super::http::Link;
use super::process::Server;
use super::Outcome;

const PASSWORD: &str = "seven green lanterns 41";

/// How long the copied tokens live: longer than any run.
const LIFE: i64 = 7 * 86_400;

/// Somebody with an account, signed in.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: i64,
    pub token: String,
}

/// A chat; people are places in the list of people.
#[derive(Debug, Clone)]
pub struct Chat {
    pub id: i64,
    /// Who made it; he never leaves.
    pub owner: usize,
    /// With the owner.
    pub members: Vec<usize>,
    /// Who comes and goes while the run lasts; half of them are members at first.
    pub wanderers: Vec<usize>,
}

/// Makes people in a server's own file; the server is started again in between.
pub async fn copied(server: &mut Server, count: usize) -> Outcome<Vec<Person>> {
    let first = registered(&Link::new(&server.host())?, "person-0").await?;
    server.stop().await?;
    let people = copy(&server.file(), &first, count)?;
    server.start_again().await?;
    Ok(people)
}

/// Makes people through the API of a server that is not ours.
pub async fn all_registered(link: &Link, count: usize) -> Outcome<Vec<Person>> {
    let run: u32 = rand::random();
    let mut people = Vec::new();
    for number in 0..count {
        people.push(registered(link, &format!("load-{run:x}-{number}")).await?);
    }
    Ok(people)
}

async fn registered(link: &Link, name: &str) -> Outcome<Person> {
    let form = json!({
        "username": name, "password": PASSWORD, "password2": PASSWORD, "email": format!("{name}@example.org"),
        "first_name": "Load", "last_name": "Person"
    });
    link.sure("POST", "/auth/register/", "", Some(form)).await?;
    let form = json!({"username": name, "password": PASSWORD});
    let tokens = link.sure("POST", "/auth/login/", "", Some(form)).await?;
    let token = tokens["access"].as_str().ok_or("no access token")?.to_owned();
    let me = link.sure("GET", "/auth/me/", &token, None).await?;
    let id = me["id"].as_i64().ok_or("no id")?;
    Ok(Person { id, token })
}

/// A table's row to be copied, every column of it.
struct Model {
    insert: String,
    columns: Vec<String>,
    row: Vec<Column>,
}

impl Model {
    fn read(database: &Connection, table: &str, id: i64) -> Outcome<Model> {
        let mut statement = database.prepare(&format!("SELECT * FROM {table} WHERE id = ?1"))?;
        let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
        let row = statement.query_row([id], |row| (0..columns.len()).map(|place| row.get(place)).collect())?;
        let marks = vec!["?"; columns.len()].join(", ");
        let insert = format!("INSERT INTO {table} ({}) VALUES ({marks})", columns.join(", "));
        Ok(Model { insert, columns, row })
    }

    fn set(&mut self, column: &str, value: impl Into<Column>) -> Outcome<()> {
        let place = self.columns.iter().position(|name| name == column);
        let place = place.ok_or_else(|| format!("the schema has no column {column}: the copier must follow it"))?;
        self.row[place] = value.into();
        Ok(())
    }

    fn insert(&self, database: &Connection) -> Outcome<i64> {
        database
            .prepare_cached(&self.insert)?
            .execute(params_from_iter(self.row.iter()))?;
        Ok(database.last_insert_rowid())
    }
}

fn copy(file: &Path, first: &Person, count: usize) -> Outcome<Vec<Person>> {
    let database = Connection::open(file)?;
    let key: Vec<u8> = database.query_row("SELECT value FROM meta WHERE key = 'jwt_key'", [], |row| row.get(0))?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let mut parts = first.token.split('.');
    let (header, claims) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims)?)?;
    let session = claims["sid"].as_i64().ok_or("a token without its session")?;
    let issued = claims["iat"].as_i64().ok_or("a token without its time")?;
    let mut user = Model::read(&database, "users", first.id)?;
    let mut signed_in = Model::read(&database, "sessions", session)?;
    database.execute_batch("BEGIN")?;
    let mut people = Vec::with_capacity(count);
    for number in 1..=count {
        let name = format!("person-{number}");
        user.set("id", Column::Null)?;
        user.set("username", name.clone())?;
        user.set("username_key", name.clone())?;
        user.set("email", String::new())?;
        user.set("email_key", Column::Null)?;
        let id = user.insert(&database)?;
        signed_in.set("id", Column::Null)?;
        signed_in.set("user_id", id)?;
        signed_in.set("fresh_jti", format!("{:032x}", rand::random::<u128>()))?;
        claims["sid"] = signed_in.insert(&database)?.into();
        claims["user_id"] = id.into();
        claims["username"] = name.into();
        claims["jti"] = format!("{:032x}", rand::random::<u128>()).into();
        claims["exp"] = (issued + LIFE).into();
        let start = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&key, start.as_bytes()).as_ref());
        people.push(Person {
            id,
            token: format!("{start}.{signature}"),
        });
    }
    database.execute_batch("COMMIT")?;
    database.close().map_err(|(_, error)| error)?;
    Ok(people)
}

/// How the chats are to be.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    pub chats: usize,
    /// Members of a group.
    pub size: usize,
    /// Whether some chats are private ones, and people come and go.
    pub mixed: bool,
}

/// Makes chats among these people, so that each is in one at least where that is possible.
pub async fn chats(link: &Link, people: &[Person], shape: Shape, random: &mut StdRng) -> Outcome<Vec<Chat>> {
    let mut order: Vec<usize> = (0..people.len()).collect();
    order.shuffle(random);
    let size = shape.size.clamp(1, order.len());
    let stride = order.len().div_ceil(shape.chats.max(1));
    let mut chats = Vec::new();
    for number in 0..shape.chats {
        let private = shape.mixed && number % 8 == 7;
        let from = number * stride;
        let at = |place: usize| order[(from + place) % order.len()];
        let members: Vec<usize> = (0..if private { size.min(2) } else { size }).map(at).collect();
        // A quarter of the members may leave, and as many others come: never the owner.
        let quarter = if shape.mixed && !private { size / 4 } else { 0 };
        let comers = quarter.min(order.len() - size);
        let wanderers = (size - quarter..size + comers).map(at).collect();
        let others: Vec<i64> = members[1..].iter().map(|place| people[*place].id).collect();
        let kind = if private { "privat" } else { "group" };
        let form =
            json!({"name": format!("Chat {number} {}", random.random_range(0..1000)), "users": others, "type": kind});
        let chat = link
            .sure("POST", "/chat/", &people[members[0]].token, Some(form))
            .await?;
        chats.push(Chat {
            id: chat["id"].as_i64().ok_or("a chat without an id")?,
            owner: members[0],
            members,
            wanderers,
        });
    }
    Ok(chats)
}
