//! Another program holds the file: writing waits for it, then is refused for now; reading goes on.

use crate::client::Client;
use crate::common::{stored, App};
use crate::load::sound;
use crate::process::{contents, Start};
use rusqlite::Connection;
use std::path::Path;

#[tokio::test]
async fn a_lock_refuses_writes_for_now_and_nothing_else() {
    let mut app = App::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let chat = alice.group("G", &[&bob]).await;
    alice.send(&chat, "before").await;
    let before = stored::census(&app);

    let other = Connection::open(app.file()).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let client = Client::bearer(&app.base(), &alice.access);
    let path = format!("/chat/messages/{}/", chat.id);
    let (sent, file, profile, answers) = tokio::join!(
        client.send(chat.id, "mine", "meanwhile"),
        client.send_file(chat.id, "large", &[1; 600_000]),
        client.call(
            "PATCH",
            "/auth/update_profile/1/",
            Some(serde_json::json!({"first_name": "New"}))
        ),
        // Asked while the others wait for the lock.
        async {
            for _ in 0..20 {
                bob.get(&format!("/chat/messages/?chat={}", chat.id)).await.is(200);
                bob.get("/chat/").await.is(200);
            }
        },
    );
    let () = answers;
    for (answer, what) in [(sent, "a message"), (file, "a file"), (profile, "a name")] {
        let answer = answer.unwrap_or_else(|| panic!("{what}: no answer"));
        answer.refuses(503);
        assert!(
            answer.retry_after.is_some_and(|seconds| seconds >= 1),
            "Retry-After for {what}"
        );
    }
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(stored::census(&app), before, "nothing of it was stored");
    drop(other);

    client.send(chat.id, "mine", "meanwhile").await.unwrap().is(201);
    client.send_file(chat.id, "large", &[1; 600_000]).await.unwrap().is(201);
    let history = alice.history(&chat).await;
    let seqs: Vec<i64> = history.iter().map(|message| message["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, [3, 2, 1]);
    crate::kill::assert_swept(&app).await;
    sound(&app.file());
    alice.post(&path, serde_json::json!({"text": "after"})).await.is(201);
    app.stop().await;
}

type Starting = fn(&Path) -> Start;

#[tokio::test]
async fn a_start_on_a_locked_file_says_so() {
    let add: Starting = |folder| {
        let start = Start::bare(folder).args(["user", "add", "bob", "--password-stdin"]);
        start.input("violet harbour")
    };
    let starts = [
        ("BEGIN IMMEDIATE", Start::server as Starting),
        ("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE", add),
    ];
    for (lock, start) in starts {
        let mut app = App::start().await;
        app.user("alice").await;
        app.stop().await;
        let folder = app.file().parent().unwrap().to_owned();
        // Not read while it is locked: the system takes back all locks of a process that closes the file once.
        let before = contents(&folder);
        let other = Connection::open(app.file()).unwrap();
        other.execute_batch(lock).unwrap();
        let hints = ["messenger.db", "locked by another program", "start again"];
        start(&folder).ends().await.refuses(&hints);
        drop(other);
        assert_eq!(contents(&folder), before, "a refused start leaves everything as it was");
        app.start_again().await;
        app.stop().await;
    }
}
