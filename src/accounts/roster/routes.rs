//! `/auth/roster`: one taps one's name and types one's PIN. Where the host has not switched it on, there is no such page.

use rocket::{get, post, routes, Route, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::entry::{Entry, Pair};
use super::super::hashing::Hashing;
use super::super::store::find_user;
use super::{pin_iterations, store, PIN_LENGTH};
use crate::config::Config;
use crate::db::Db;
use crate::edge::BaseUrl;
use crate::error::{Error, Result};
use crate::form::Body;
use crate::house::store::get_house;
use crate::ids::UserId;
use crate::limits::Limits;
use crate::reply::Json;
use crate::text::Text;

/// The part of `/auth` that is about the roster.
pub fn mounted() -> Vec<Route> {
    routes![list_names, sign_in]
}

/// A name to be tapped.
#[derive(Serialize, ToSchema)]
pub struct RosterName {
    id: UserId,
    first_name: String,
    last_name: String,
    profile_picture: String,
}

/// The names on the roster, for everybody who comes to the door while the host shows them there.
#[utoipa::path(context_path = "/auth", tag = "Accounts", security(()),
    responses((status = 200, body = Vec<RosterName>), (status = 404, description = "The roster is not shown")))]
#[get("/roster")]
pub async fn list_names(base: BaseUrl, db: &State<Db>) -> Result<Json<Vec<RosterName>>> {
    let people = db
        .read(|connection| match get_house(connection)?.roster {
            true => store::list_roster(connection),
            false => Err(Error::not_found()),
        })
        .await?;
    let name = |user: super::super::User| RosterName {
        id: user.id,
        first_name: user.first_name,
        last_name: user.last_name,
        profile_picture: format!("{}{}", base.0, user.picture),
    };
    Ok(Json::ok(people.into_iter().map(name).collect()))
}

/// Whose name was tapped, and his PIN.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct Tapped {
    user_id: UserId,
    /// Six digits.
    pin: String,
}

/// Signs in by name and PIN, as a log-in does.
#[utoipa::path(context_path = "/auth", tag = "Accounts", request_body = Tapped, security(()),
    responses((status = 200, body = Pair), (status = 401, description = "No such name, or not its PIN"),
        (status = 404, description = "The roster is not shown")))]
#[post("/roster", data = "<body>")]
pub async fn sign_in(
    body: Body<'_>,
    entry: Entry<'_>,
    config: &State<Config>,
    hashing: &State<Hashing>,
    limits: &State<Limits>,
) -> Result<Json<Pair>> {
    let mut form = body.read().await?;
    let user = UserId(form.required_id("user_id"));
    let pin = form.password("pin", 4 * PIN_LENGTH);
    if !entry.db.glance(get_house).await?.roster {
        return Err(Error::not_found());
    }
    form.finish()?;
    limits.pin(entry.caller.address, user)?;
    let (person, hash) = entry
        .db
        .glance(move |connection| Ok((find_user(connection, user)?, store::find_pin(connection, user)?)))
        .await?;
    let iterations = pin_iterations(config.password_iterations);
    let right = hashing.verify(pin, hash, iterations).await?;
    match person.filter(|_| right) {
        Some(person) => entry.sign_in(user, &person.username).await.map(Json::ok),
        None => Err(Error::unauthorized(Text::BadCredentials)),
    }
}
