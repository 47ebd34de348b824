//! Forgotten passwords by mail: the built server, a real mail server beside it, and everything that can go wrong between.
//!
//! Promise: what is asserted is what arrived at the mail server, what the API answered, what stands in the file and what
//! was logged. Nothing waits by the clock: mail goes out one by one, the oldest first, so that a later mail's arrival
//! says that an earlier one is dealt with. Where a pause of minutes would have to pass, the row is dated back in a
//! stopped server's file; only the first pause, of five seconds, is lived through.
//! Rejected: a mail server written for the tests in Rust (it would understand SMTP as we do), and the library's own stub
//! (it never opens a connection).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;

mod codes;
mod delivery;
mod hostile;
mod retries;
mod secrets;
mod server;
mod trying;

use common::{App, Reply, User};
use rusqlite::Connection;
use serde_json::{json, Value};
use server::MailServer;

/// Starts a server that mails there, logs what it does with mail, and has these settings besides.
async fn mailing(smtp_url: &str, settings: &[(&str, &str)]) -> App {
    let mut all = vec![
        ("smtp_url", smtp_url),
        ("smtp_from", "Messenger <post@chat.example.org>"),
        ("log", "info"),
    ];
    all.extend(settings);
    App::with(&all).await
}

/// Asks for a code, as anybody may.
async fn ask(app: &App, email: &str) -> Reply {
    let reply = app
        .anonymous()
        .post("/auth/password_reset/", json!({"email": email}))
        .await;
    reply.is(200).says(json!({"status": "OK"}))
}

/// Tries a code, without using it: 200 or 404.
async fn validate(app: &App, code: &str) -> Reply {
    app.anonymous()
        .post("/auth/password_reset/validate_token/", json!({"token": code}))
        .await
}

/// Sets a password with a code.
async fn confirm(app: &App, code: &str, password: &str) -> Reply {
    let form = json!({"token": code, "password": password});
    app.anonymous().post("/auth/password_reset/confirm/", form).await
}

/// Waits until all mail that was due before is dealt with, by being the next in the queue; `name` must begin with `last`.
async fn settle(app: &App, server: &MailServer, name: &str) -> User {
    assert!(name.starts_with("last"));
    let user = app.user(name).await;
    ask(app, &user.email).await;
    server.mail(&user.email).await;
    user
}

/// Who waits for mail, null for an unknown address, and after how many tries; without those who only [`settle`].
fn outbox(app: &App) -> Value {
    let rows = app.rows(
        "SELECT users.username, outbox.attempts FROM outbox LEFT JOIN users ON users.id = outbox.user_id
         WHERE coalesce(users.username, '') NOT LIKE 'last%' ORDER BY outbox.id",
    );
    json!(rows)
}

/// Changes a stopped server's file.
fn alter(app: &App, sql: &str) {
    let connection = Connection::open(app.file()).expect("the server's file");
    let changed = connection
        .execute(sql, [])
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    assert!(changed > 0, "{sql} changed nothing");
}

/// Microseconds since 1970.
fn now() -> i64 {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("a clock");
    i64::try_from(since.as_micros()).expect("a time")
}

/// The lines of the log that hold this.
fn lines_with(app: &App, part: &str) -> Vec<String> {
    app.stderr().into_iter().filter(|line| line.contains(part)).collect()
}

/// Waits for a line of the log that holds this.
async fn logged(app: &App, part: &str) -> String {
    app.logged(|line| line.contains(part).then(|| line.to_owned())).await
}
