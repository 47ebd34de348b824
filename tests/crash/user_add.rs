//! `messenger user add`: an account without the API.

use crate::client::Client;
use crate::common::{stored, App};
use crate::process::{names, Ended, Process, Start};
use rusqlite::Connection;
use serde_json::{json, Value};
use std::path::Path;

const PASSWORD: &str = "violet harbour";

async fn add(folder: &Path, name: &str, flags: &[&str], password: &[u8]) -> Ended {
    let args = ["user", "add", name, "--password-stdin"];
    Start::bare(folder).args(args).args(flags).input(password).ends().await
}

#[track_caller]
fn assert_added(ended: &Ended, name: &str) {
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(ended.stderr, "");
    assert!(
        ended.stdout.contains(name) && ended.stdout.lines().count() == 1,
        "{}",
        ended.stdout
    );
    assert!(!ended.stdout.contains(PASSWORD));
}

async fn login(server: &Process, name: &str, password: &str) -> (u16, Value) {
    let form = json!({"username": name, "password": password});
    let answer = Client::new(&server.base).sure("POST", "/auth/login/", Some(form)).await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn whoever_was_added_can_log_in() {
    let folder = tempfile::tempdir().unwrap();
    // Which line end the terminal puts behind it makes no difference; blanks of the password's own do.
    for (name, flags, input) in [
        (
            "alice",
            vec!["--host", "--email", "alice@example.org"],
            "violet harbour\n",
        ),
        ("bob", vec![], "violet harbour\r\n"),
        ("carol", vec!["--email", "carol@example.org"], "violet harbour"),
        ("dan", vec![], " violet harbour \n"),
    ] {
        assert_added(&add(folder.path(), name, &flags, input.as_bytes()).await, name);
        assert_eq!(names(folder.path()), ["messenger.db"]);
    }
    let file = folder.path().join("messenger.db");
    let rows = stored::rows(&file, "SELECT username, role, email FROM users ORDER BY id");
    let expected = [
        json!(["alice", 3, "alice@example.org"]),
        json!(["bob", 1, ""]),
        json!(["carol", 1, "carol@example.org"]),
    ];
    assert_eq!(rows.iter().take(3).map(|row| json!(row)).collect::<Vec<_>>(), expected);

    let server = Start::server(folder.path()).serves().await;
    for name in ["alice", "bob", "carol"] {
        let (status, tokens) = login(&server, name, PASSWORD).await;
        assert_eq!(status, 200, "{name}: {tokens}");
        let client = Client::bearer(&server.base, tokens["access"].as_str().unwrap());
        assert_eq!(client.get("/auth/me/").await.is(200).body["username"], name);
    }
    assert_eq!(login(&server, "dan", PASSWORD).await.0, 401);
    assert_eq!(login(&server, "dan", " violet harbour ").await.0, 200);
    server.signal("TERM");
    assert_eq!(server.ended().await, Some(0));
}

/// A name, flags, a password, and what the refusal speaks of.
type Case<'a> = (&'a str, &'a [&'a str], &'a [u8], &'a [&'a str]);

#[tokio::test]
async fn what_cannot_be_an_account_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let good = PASSWORD.as_bytes();
    assert_added(
        &add(folder.path(), "alice", &["--email", "alice@example.org"], good).await,
        "alice",
    );
    let long = "n".repeat(151);
    let many = "violet harbour ".repeat(20);
    let cases: [Case<'_>; 16] = [
        // Taken, as it is and by a look-alike.
        ("alice", &[], good, &["name", "another"]),
        ("ALICE", &[], good, &["name", "another"]),
        ("\u{430}lice", &[], good, &["name", "another"]),
        ("bob", &["--email", "Alice@example.org"], good, &["address", "another"]),
        ("bob", &["--email", "nonsense"], good, &["nonsense", "e-mail"]),
        (
            "bob",
            &["--email", "a@example.org\r\nBcc: b@example.org"],
            good,
            &["e-mail"],
        ),
        ("", &[], good, &["username"]),
        ("a name", &[], good, &["username"]),
        ("bob\n", &[], good, &["username"]),
        (&long, &[], good, &["username", "150"]),
        ("bob", &[], b"", &["password", "too short", "8"]),
        ("bob", &[], b"short", &["password", "too short", "8"]),
        ("bob", &[], b"83417290563", &["password", "numeric"]),
        ("bob", &[], b"password1", &["password", "too common"]),
        ("bob", &[], many.as_bytes(), &["password", "256"]),
        ("bob", &[], b"violet \xFF\xFE harbour", &["password"]),
    ];
    for (name, flags, password, hints) in cases {
        eprintln!("{name:?} {flags:?} {}", String::from_utf8_lossy(password));
        add(folder.path(), name, flags, password).await.refuses(hints);
        assert_eq!(names(folder.path()), ["messenger.db"]);
        // Opened for writing, so that closing it leaves one file again.
        let file = Connection::open(folder.path().join("messenger.db")).unwrap();
        let count: i64 = file
            .query_row("SELECT count(*) FROM users", [], |row| row.get(0))
            .unwrap();
        assert_eq!(count, 1, "nobody was added");
    }
    let like = add(folder.path(), "Marguerite", &[], b"Marguerite1").await;
    like.refuses(&["password", "too similar"]);
}

#[tokio::test]
async fn nobody_is_added_beside_a_running_server() {
    let mut app = App::start().await;
    let alice = app.user("alice").await;
    let folder = app.file().parent().unwrap().to_owned();
    let ended = add(&folder, "bob", &[], PASSWORD.as_bytes()).await;
    ended.refuses(&["already running", "Stop"]);
    assert_eq!(stored::count(&app, "users"), 1);
    alice.get("/auth/me/").await.is(200);
    app.stop().await;
    assert_added(&add(&folder, "bob", &[], PASSWORD.as_bytes()).await, "bob");
    app.start_again().await;
    let form = json!({"username": "bob", "password": PASSWORD});
    app.anonymous().post("/auth/login/", form).await.is(200);
    app.stop().await;
}
