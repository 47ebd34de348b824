//! Files and folders that the server can't use: each start is refused in one sentence, and nothing is touched.

use crate::client::Client;
use crate::common::{stored, App};
use crate::process::{contents, names, Start};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rusqlite::Connection;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The bytes of a database that a server has made.
async fn made() -> Vec<u8> {
    let mut app = App::start().await;
    app.user("alice").await;
    app.stop().await;
    std::fs::read(app.file()).unwrap()
}

fn garbage(seed: u64, size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size];
    StdRng::seed_from_u64(seed).fill_bytes(&mut bytes);
    bytes
}

fn folder_with(name: &str, bytes: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), bytes).unwrap();
    folder
}

/// Starts a server and `user add` in this folder, on the file there; asserts both refusals and that nothing changed.
async fn assert_refused(what: &str, folder: &Path, hints: &[&str]) {
    eprintln!("{what}");
    let before = contents(folder);
    Start::server(folder).ends().await.refuses(hints);
    assert_eq!(contents(folder), before, "{what}: left as it was");
    let add = Start::bare(folder).args(["user", "add", "alice", "--password-stdin"]);
    add.input("violet harbour").ends().await.refuses(hints);
    assert_eq!(contents(folder), before, "{what}: left as it was by user add");
}

#[tokio::test]
async fn what_is_no_database_is_refused() {
    let cases: [(&str, &[u8]); 3] = [
        ("random bytes", &garbage(1, 20_000)),
        ("a text", b"Dear diary, today I installed a messenger.\n"),
        ("a picture", &crate::common::pictures::png(40, 40)),
    ];
    for (what, bytes) in cases {
        let folder = folder_with("messenger.db", bytes);
        let hints = ["messenger.db", "is not a database", "--database"];
        assert_refused(what, folder.path(), &hints).await;
    }
}

#[tokio::test]
async fn a_damaged_file_is_refused() {
    let whole = made().await;
    let with_garbage = |from: usize| [&whole[..from], &garbage(2, whole.len() - from)].concat();
    let cases = [
        ("a header and garbage after it", with_garbage(100)),
        ("a first page and garbage after it", with_garbage(4096)),
        ("half of a file", whole[..whole.len() / 2].to_vec()),
        ("a file without its last page", whole[..whole.len() - 4096].to_vec()),
        ("a file cut within a page", whole[..5_000].to_vec()),
        ("a file cut within its header", whole[..99].to_vec()),
    ];
    for (what, bytes) in cases {
        let folder = folder_with("messenger.db", &bytes);
        let hints = ["messenger.db", "is damaged", "backup"];
        assert_refused(what, folder.path(), &hints).await;
    }
}

#[tokio::test]
async fn a_database_of_another_program_is_refused() {
    let cases = [
        "CREATE TABLE notes (text); INSERT INTO notes VALUES ('mine')",
        "PRAGMA application_id = 77; CREATE TABLE users (id); INSERT INTO users VALUES (1)",
        "PRAGMA user_version = 3; PRAGMA journal_mode = WAL; CREATE TABLE messages (id)",
    ];
    for sql in cases {
        let folder = tempfile::tempdir().unwrap();
        let connection = Connection::open(folder.path().join("messenger.db")).unwrap();
        connection.execute_batch(sql).unwrap();
        drop(connection);
        let hints = ["messenger.db", "another program", "--database"];
        assert_refused(sql, folder.path(), &hints).await;
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let folder = folder_with("messenger.db", &made().await);
    let connection = Connection::open(folder.path().join("messenger.db")).unwrap();
    let version: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    connection.pragma_update(None, "user_version", version + 1).unwrap();
    drop(connection);
    let hints = ["messenger.db", "newer Messenger", "--database"];
    assert_refused("a newer schema", folder.path(), &hints).await;
}

/// As it is left by `kill -9`: the log beside the file holds what the file does not have yet.
#[tokio::test]
async fn a_newer_schema_is_refused_with_its_log_unmerged() {
    let mut app = App::start().await;
    app.user("alice").await;
    app.kill().await;
    let folder = tempfile::tempdir().unwrap();
    let connection = Connection::open(app.file()).unwrap();
    let version: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    connection.pragma_update(None, "user_version", version + 1).unwrap();
    for name in ["messenger.db", "messenger.db-wal"] {
        std::fs::copy(app.file().with_file_name(name), folder.path().join(name)).unwrap();
    }
    drop(connection);
    let ended = Start::server(folder.path()).ends().await;
    ended.refuses(&["newer Messenger", "--database"]);
    let rows = "SELECT username FROM users";
    let stored = stored::rows(&folder.path().join("messenger.db"), rows);
    assert_eq!(stored, [["alice"]], "what the log held is not lost");
}

#[tokio::test]
async fn an_empty_file_becomes_the_database() {
    let folder = folder_with("messenger.db", b"");
    let server = Start::server(folder.path()).serves().await;
    server.signal("TERM");
    assert_eq!(server.ended().await, Some(0));
    let file = std::fs::read(folder.path().join("messenger.db")).unwrap();
    assert!(file.starts_with(b"SQLite format 3\0"));
}

/// SQLite gives some names a meaning of their own; here each is a file of that name and nothing else.
#[tokio::test]
async fn every_name_is_the_name_of_a_file() {
    for name in [
        ":memory:",
        "file:messenger.db",
        "file::memory:?cache=shared",
        "a?mode=memory",
        "b%20c.db",
        "școală #1.db",
    ] {
        eprintln!("{name}");
        let folder = tempfile::tempdir().unwrap();
        let server = Start::server(folder.path()).env("ROCKET_DATABASE", name).serves().await;
        let client = Client::person(&server.base, "alice").await;
        client.group(&[]).await;
        server.signal("TERM");
        assert_eq!(server.ended().await, Some(0));
        assert_eq!(names(folder.path()), [name]);
        let mode = std::fs::metadata(folder.path().join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "mode of {name}");
        let users = stored::rows(&folder.path().join(name), "SELECT username FROM users");
        assert_eq!(users, [["alice"]], "{name} holds what was stored");
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_refused() {
    // Below a file nothing can be made, whoever asks; permissions would not hold back an administrator.
    let folder = folder_with("file", b"no folder");
    let mut cases = vec![
        folder.path().join("file").join("messenger.db"),
        folder.path().join("none").join("messenger.db"),
    ];
    if cfg!(target_os = "linux") {
        cases.push(PathBuf::from("/proc/messenger.db"));
    }
    for file in cases {
        let before = contents(folder.path());
        let parent = file.parent().unwrap().to_string_lossy().into_owned();
        let ended = Start::server(folder.path()).database(&file).ends().await;
        ended.refuses(&["can't write to the folder", &parent, "--database"]);
        assert_eq!(contents(folder.path()), before);
    }
}

#[tokio::test]
async fn a_folder_in_the_place_of_the_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("messenger.db")).unwrap();
    assert_refused("a folder", folder.path(), &["messenger.db", "--database"]).await;
}

#[tokio::test]
async fn a_second_server_on_the_same_file_is_refused() {
    let mut app = App::start().await;
    let alice = app.user("alice").await;
    let chat = alice.group("G", &[]).await;
    let folder = app.file().parent().unwrap().to_owned();
    // By its name, and by another that leads to the same file.
    let elsewhere = tempfile::tempdir().unwrap();
    let link = elsewhere.path().join("link.db");
    std::os::unix::fs::symlink(app.file(), &link).unwrap();
    // More than once: what refuses the second must not be what the third comes in by.
    for file in [app.file(), app.file(), link] {
        let ended = Start::server(&folder).database(&file).ends().await;
        ended.refuses(&["already running", "--database"]);
        alice.send(&chat, "still here").await;
    }
    assert_eq!(alice.history(&chat).await.len(), 3);
    app.restart().await;
    assert_eq!(alice.history(&chat).await.len(), 3);
    app.stop().await;
}
