//! `/host/roster`: entering people by name. A PIN is shown where it is made and nowhere else.

use std::collections::HashSet;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use rocket::http::Status;
use rocket::{delete, get, post, routes, Route, State};
use rusqlite::Connection;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::guard::{Host, Signed, Staff};
use crate::accounts::hashing::Hashing;
use crate::accounts::names::{is_reserved, username_key};
use crate::accounts::roster::{self, store, Entry};
use crate::accounts::routes::add_user;
use crate::accounts::store::{find_taken, find_user, NewUser};
use crate::accounts::{passwords, Role, User};
use crate::config::Config;
use crate::db::{Db, Tx};
use crate::error::{Error, Fields, Result};
use crate::ids::UserId;
use crate::order::store::{insert_deed, Deed};
use crate::reply::{Json, NO_CONTENT};
use crate::text::Text;

/// Characters of a pasted list.
const LIST_MAX: usize = 100_000;
/// PINs that are hashed at once: a core is left to who signs in.
const HASHED_AT_ONCE: usize = 2;

/// The part of `/host` that is about the roster.
pub fn mounted() -> Vec<Route> {
    routes![list_roster, add_names, new_pin, delete_pin]
}

/// Somebody on the roster.
#[derive(Serialize, ToSchema)]
pub struct Pupil {
    id: UserId,
    username: String,
    first_name: String,
    last_name: String,
}

/// Somebody with the PIN that was made for him.
#[derive(Serialize, ToSchema)]
pub struct Card {
    id: UserId,
    username: String,
    first_name: String,
    last_name: String,
    /// Six digits; nobody can read them again.
    pin: String,
}

impl From<User> for Pupil {
    fn from(user: User) -> Pupil {
        Pupil {
            id: user.id,
            username: user.username,
            first_name: user.first_name,
            last_name: user.last_name,
        }
    }
}

/// Who is on the roster, by name. Staff may read it.
#[utoipa::path(context_path = "/host", tag = "Host", responses((status = 200, body = Vec<Pupil>), (status = 403)))]
#[get("/roster")]
pub async fn list_roster(_staff: Staff, db: &State<Db>) -> Result<Json<Vec<Pupil>>> {
    let people = db.read(store::list_roster).await?;
    Ok(Json::ok(people.into_iter().map(Pupil::from).collect()))
}

/// A list of names.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct Names {
    /// A line a person, at most 500: `Ana Pop`, or columns by tab, `;` or `,` as a spreadsheet gives them: first name, last
    /// name, perhaps a username. A header says otherwise.
    names: String,
}

/// Makes an account with a PIN for each name of a list, or, where something is wrong with it, none.
#[utoipa::path(context_path = "/host", tag = "Host", request_body = Names,
    responses((status = 201, body = Vec<Card>), (status = 400, description = "Lines and names with what is wrong"), (status = 403)))]
#[post("/roster", data = "<body>")]
pub async fn add_names(
    body: Signed<'_>,
    db: &State<Db>,
    config: &State<Config>,
    hashing: &State<Hashing>,
) -> Result<Json<Vec<Card>>> {
    let Signed { user, body } = body;
    let mut form = body.read().await?;
    user.at_least(Role::Host)?;
    let text = form.required("names", LIST_MAX);
    form.finish()?;
    let entries = roster::read(&text).map_err(Error::Invalid)?;
    let wanted = entries.clone();
    db.read(move |connection| check(connection, &wanted)).await?;
    let pins: Vec<String> = entries.iter().map(|_| roster::new_pin()).collect();
    let iterations = roster::pin_iterations(config.password_iterations);
    let hashes: Vec<String> = stream::iter(pins.clone())
        .map(|pin| hashing.hash(pin, iterations))
        .buffered(HASHED_AT_ONCE)
        .try_collect()
        .await?;
    let nobodys = passwords::dummy(config.password_iterations);
    let added = db
        .write(move |tx| {
            check(tx, &entries)?;
            let added = add(tx, entries, &hashes, &nobodys)?;
            let note = added.len().to_string();
            insert_deed(
                tx,
                Deed {
                    note: &note,
                    ..Deed::of(user.id, "roster_add")
                },
            )?;
            Ok(added)
        })
        .await?;
    let cards = added.into_iter().zip(pins).map(|(pupil, pin)| card(pupil, pin));
    Ok(Json::created(cards.collect()))
}

fn card(pupil: Pupil, pin: String) -> Card {
    let Pupil {
        id,
        username,
        first_name,
        last_name,
    } = pupil;
    Card {
        id,
        username,
        first_name,
        last_name,
        pin,
    }
}

/// Whether these can be added to who is here.
fn check(connection: &Connection, entries: &[Entry]) -> Result<()> {
    let there = store::list_roster(connection)?;
    let there: HashSet<String> = there.into_iter().map(|user| Entry::of(&user).key()).collect();
    let mut usernames = HashSet::new();
    let mut errors = Fields::default();
    for entry in entries {
        if there.contains(&entry.key()) {
            errors.add("names", Text::RosterKnown(entry.name()));
        }
        if let Some(username) = &entry.username {
            let twice = !usernames.insert(username_key(username));
            if twice || is_reserved(username) || find_taken(connection, username, "", None)?.username {
                errors.add("names", Text::RosterUsername(username.clone()));
            }
        }
    }
    errors.finish()
}

fn add(tx: &mut Tx<'_>, entries: Vec<Entry>, hashes: &[String], nobodys: &str) -> Result<Vec<Pupil>> {
    let given: HashSet<String> = entries
        .iter()
        .filter_map(|entry| entry.username.as_deref().map(username_key))
        .collect();
    let mut added = Vec::with_capacity(entries.len());
    for (entry, hash) in entries.into_iter().zip(hashes) {
        let username = match &entry.username {
            Some(username) => username.clone(),
            None => free_username(tx, &entry, &given)?,
        };
        let new = NewUser {
            username,
            email: String::new(),
            first_name: entry.first_name,
            last_name: entry.last_name,
            password: nobodys.to_owned(),
            role: Role::Member,
        };
        let id = add_user(tx, &new)?;
        store::insert_pin(tx, id, hash)?;
        added.push(Pupil {
            id,
            username: new.username,
            first_name: new.first_name,
            last_name: new.last_name,
        });
    }
    Ok(added)
}

/// A username made of the names that nobody has, nor is `given` to somebody of the same list.
fn free_username(tx: &Tx<'_>, entry: &Entry, given: &HashSet<String>) -> Result<String> {
    let mut attempt = 0;
    loop {
        let name = entry.made_username(attempt);
        if !given.contains(&username_key(&name)) && !find_taken(tx, &name, "", None)?.username {
            return Ok(name);
        }
        attempt += 1;
    }
}

/// Gives somebody on the roster a new PIN; the old one is void.
#[utoipa::path(context_path = "/host", tag = "Host",
    responses((status = 201, body = Card), (status = 403), (status = 404, description = "Not on the roster")))]
#[post("/roster/<user>/pin")]
pub async fn new_pin(
    user: UserId,
    host: Host,
    db: &State<Db>,
    config: &State<Config>,
    hashing: &State<Hashing>,
) -> Result<Json<Card>> {
    let Host(host) = host;
    let pin = roster::new_pin();
    let iterations = roster::pin_iterations(config.password_iterations);
    let hash = hashing.hash(pin.clone(), iterations).await?;
    let pupil = db
        .write(move |tx| {
            if store::find_pin(tx, user)?.is_none() {
                return Err(Error::not_found());
            }
            store::insert_pin(tx, user, &hash)?;
            insert_deed(tx, Deed::to(host.id, "pin", user))?;
            find_user(tx, user)?.map(Pupil::from).ok_or_else(Error::not_found)
        })
        .await?;
    Ok(Json::created(card(pupil, pin)))
}

/// Takes somebody off the roster: his PIN opens nothing any more. The account and its sessions stay.
#[utoipa::path(context_path = "/host", tag = "Host", responses((status = 204), (status = 403), (status = 404, description = "Not on the roster")))]
#[delete("/roster/<user>")]
pub async fn delete_pin(user: UserId, host: Host, db: &State<Db>) -> Result<Status> {
    let Host(host) = host;
    db.write(move |tx| {
        if !store::delete_pin(tx, user)? {
            return Err(Error::not_found());
        }
        insert_deed(tx, Deed::to(host.id, "roster_remove", user))?;
        Ok(NO_CONTENT)
    })
    .await
}
