//! `/auth/password_reset`: a forgotten password, by mail or, where there is none, by the host's terminal.
//!
//! Asking tells nothing: the answer and its time are the same for a known and an unknown address, since both only
//! queue a row for the mailer. The code is 128 random bits, made when the mail leaves; its SHA-256 is stored, it lives
//! for an hour and counts once. A wrong, a used and an expired code are one answer.

use rocket::{post, routes, Route, State};
use serde_json::{json, Value};
use utoipa::ToSchema;

use super::codes::hash;
use super::guard::Caller;
use super::hashing::Hashing;
use super::names::is_email;
use super::passwords;
use super::{password_rules, store, EMAIL_MAX, PASSWORD_MAX};
use crate::clock;
use crate::config::Config;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::form::Body;
use crate::limits::Limits;
use crate::mail;
use crate::reply::Json;
use crate::text::Text;

pub(super) fn mounted() -> Vec<Route> {
    routes![ask, confirm, validate]
}

fn done() -> Json<Value> {
    Json::ok(json!({ "status": "OK" }))
}

/// Whose password is forgotten.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct Forgotten {
    email: String,
}

/// Sends a code to an address, if somebody has it. The answer is the same if nobody has.
#[utoipa::path(context_path = "/auth", tag = "Accounts", request_body = Forgotten, security(()), responses((status = 200)))]
#[post("/password_reset", data = "<body>")]
pub async fn ask(
    body: Body<'_>,
    caller: Caller,
    db: &State<Db>,
    limits: &State<Limits>,
    mailer: &State<mail::Mailer>,
) -> Result<Json<Value>> {
    let mut form = body.read().await?;
    let email = form.required("email", EMAIL_MAX);
    if !email.is_empty() && !is_email(&email) {
        form.errors.add("email", Text::EmailInvalid);
    }
    form.finish()?;
    limits.reset(caller.address)?;
    db.write(move |tx| {
        let user = store::find_by_email(tx, &email)?;
        mail::store::insert(tx, mail::PASSWORD_RESET, user, clock::now())
    })
    .await?;
    mailer.wake();
    Ok(done())
}

/// A code and the password that it sets.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct Reset {
    token: String,
    password: String,
}

/// Sets a new password with a code; all sessions of the person end.
#[utoipa::path(context_path = "/auth", tag = "Accounts", request_body = Reset, security(()),
    responses((status = 200), (status = 400, description = "A weak password; the code still counts"), (status = 404, description = "A wrong, used or expired code")))]
#[post("/password_reset/confirm", data = "<body>")]
pub async fn confirm(
    body: Body<'_>,
    caller: Caller,
    db: &State<Db>,
    config: &State<Config>,
    hashing: &State<Hashing>,
    limits: &State<Limits>,
) -> Result<Json<Value>> {
    let mut form = body.read().await?;
    let token = form.required("token", 100);
    let password = form.password("password", PASSWORD_MAX);
    if form.errors.has("token") || form.errors.has("password") {
        form.finish()?;
        return Err(Error::not_found());
    }
    limits.code(caller.address)?;
    let code_hash = hash(&token);
    let wanted = code_hash.clone();
    let user = db
        .read(
            move |connection| match store::find_reset_code(connection, &wanted, clock::now())? {
                Some(user) => store::find_user(connection, user),
                None => Ok(None),
            },
        )
        .await?
        .ok_or_else(Error::not_found)?;
    let about = passwords::Person {
        username: &user.username,
        first_name: &user.first_name,
        last_name: &user.last_name,
        email: &user.email,
    };
    password_rules(&mut form, "password", &password, &about);
    form.finish()?;
    let renewed = hashing.hash(password, config.password_iterations).await?;
    db.write(move |tx| {
        // Looked up again: of two confirmations at once, one finds the code used.
        let user = store::find_reset_code(tx, &code_hash, clock::now())?.ok_or_else(Error::not_found)?;
        store::delete_reset_code(tx, user)?;
        store::update_password(tx, user, &renewed, None)?;
        store::delete_sessions(tx, user, None)
    })
    .await?;
    Ok(done())
}

/// A code.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct Code {
    token: String,
}

/// Whether a code counts, without using it.
#[utoipa::path(context_path = "/auth", tag = "Accounts", request_body = Code, security(()), responses((status = 200), (status = 404)))]
#[post("/password_reset/validate_token", data = "<body>")]
pub async fn validate(body: Body<'_>, caller: Caller, db: &State<Db>, limits: &State<Limits>) -> Result<Json<Value>> {
    let mut form = body.read().await?;
    let token = form.required("token", 100);
    form.finish()?;
    limits.code(caller.address)?;
    let found = db
        .read(move |connection| store::find_reset_code(connection, &hash(&token), clock::now()))
        .await?;
    found.map(|_| done()).ok_or_else(Error::not_found)
}
