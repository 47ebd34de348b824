//! The host's backups: made, listed, fetched, deleted, restored; and that nobody else comes near them.

use crate::common::golden::assert_shows;
use crate::common::{stored, Part, Reply, User};
use crate::stage::Stage;
use serde_json::{json, Value};
use std::path::PathBuf;

/// Alice with the host's role, from her next session on.
async fn host(stage: &Stage) -> User {
    stored::make_host(&stage.app, &stage.alice);
    stage.alice.again().await
}

fn folder(stage: &Stage) -> PathBuf {
    stage.app.file().with_file_name("backups")
}

/// The files in the folder of the backups.
fn names(stage: &Stage) -> Vec<String> {
    let entries = std::fs::read_dir(folder(stage)).into_iter().flatten();
    entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}

fn name(backup: &Value) -> String {
    backup["name"].as_str().expect("a name").to_owned()
}

async fn back_up(host: &User) -> String {
    name(&host.post("/host/backups/", json!({})).await.is(201).json())
}

#[tokio::test]
async fn a_backup_is_made_listed_fetched_and_deleted() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    stage.bob.send(&stage.chat, "kept").await;
    host.get("/host/backups/")
        .await
        .is(200)
        .shows(json!({"count": 0, "results": []}));
    let now = stage.bob.cursor().await;
    let made = host.post("/host/backups/", json!({})).await.is(201);
    let golden = json!({"name": "<ends:-by-hand.db>", "bytes": "<int>", "created": "<time>", "nightly": false});
    let made = made.says(golden).json();
    let path = format!("/host/backups/{}/", name(&made));
    // In the same minute another one has another name.
    let second = back_up(&host).await;
    assert_ne!(second, name(&made));
    let listed = host.get("/host/backups/").await.is(200).results();
    assert_eq!(listed.len(), 2, "{listed:?}");
    assert!(listed.contains(&made), "{listed:?}");

    let fetched = host.get(&path).await.is(200);
    assert_eq!(fetched.header("content-length"), made["bytes"].to_string());
    assert_eq!(fetched.header("content-type"), "application/octet-stream");
    let disposition = format!("attachment; filename=\"{}\"", name(&made));
    assert!(
        fetched.header("content-disposition").starts_with(&disposition),
        "{:?}",
        fetched.headers
    );
    let copy = stage.app.file().with_file_name("fetched.db");
    std::fs::write(&copy, &fetched.bytes).unwrap();
    let texts = stored::rows(&copy, "SELECT text FROM messages");
    assert_eq!(texts, [[json!("kept")]]);

    host.delete(&path).await.is(204);
    host.delete(&path).await.is(404);
    host.get(&path).await.is(404);
    assert_eq!(names(&stage), [second]);
    assert!(stage.bob.events_since(&now).await.is_empty(), "it is nobody's business");
}

#[tokio::test]
async fn a_ticket_opens_one_backup_once() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let (one, other) = (back_up(&host).await, back_up(&host).await);
    let issue = format!("/host/backups/{one}/ticket/");
    let ticket = |reply: Reply| {
        let url = reply.body["url"].as_str().expect("a url").to_owned();
        url.strip_prefix(&stage.app.base())
            .expect("an address of this server")
            .to_owned()
    };
    let anybody = stage.app.anonymous();
    let path = ticket(
        host.post(&issue, json!({}))
            .await
            .is(201)
            .shows(json!({"expires": "<time>"})),
    );
    let bytes = anybody.get(&path).await.is(200).bytes;
    assert_eq!(bytes, std::fs::read(folder(&stage).join(&one)).unwrap());
    anybody.get(&path).await.is(404);
    let path = ticket(host.post(&issue, json!({})).await.is(201));
    anybody.get(&path.replace(&one, &other)).await.is(404);
    anybody.get(&path).await.is(404);
    host.post("/host/backups/none.db/ticket/", json!({})).await.is(404);
    stage.bob.post(&issue, json!({})).await.is(403);
    anybody.get(&format!("/host/backups/{one}/?ticket=")).await.is(404);
}

#[tokio::test]
async fn nothing_outside_of_the_folder_has_a_name() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    back_up(&host).await;
    std::fs::write(folder(&stage).join("notes.txt"), "mine").unwrap();
    for path in [
        "..%2Fmessenger.db",
        "%2e%2e%2fmessenger.db",
        "notes.txt",
        "..",
        ".db",
        "a%00.db",
        "messenger.db",
    ] {
        for method in ["GET", "DELETE"] {
            let reply = host.request(method, &format!("/host/backups/{path}/"), None).await;
            assert!(matches!(reply.status, 404 | 405), "{}: {}", reply.what, reply.status);
        }
    }
    for name in ["../messenger.db", "/etc/passwd", "none.db", "notes.txt"] {
        let reply = host
            .post("/host/restore/", json!({"backup": name}))
            .await
            .is(400)
            .json();
        assert!(reply["backup"].is_array(), "{reply}");
    }
    assert!(stage.app.file().exists() && folder(&stage).join("notes.txt").exists());
}

/// Asserts that the server began again, and waits for it.
async fn begun_again(stage: &Stage, reply: Reply) {
    reply.is(202).says(json!({"status": "restarting"}));
    stage.app.began(2).await;
}

#[tokio::test]
async fn a_restored_backup_is_served_on_the_same_port_and_devices_read_anew() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    stage.bob.send(&stage.chat, "before").await;
    let backup = back_up(&host).await;
    let fetched = host.get(&format!("/host/backups/{backup}/")).await.is(200).bytes;
    stage.bob.send(&stage.chat, "after").await;
    let (base, cursor) = (stage.app.base(), stage.bob.cursor().await);
    let mut socket = stage.bob.resume(&cursor).await;

    begun_again(&stage, host.post("/host/restore/", json!({"backup": backup})).await).await;
    assert_eq!(stage.app.base(), base);
    socket.closes(1001).await;
    let texts: Vec<Value> = stage
        .bob
        .history(&stage.chat)
        .await
        .iter()
        .map(|message| message["text"].clone())
        .collect();
    assert_eq!(texts, ["before"]);
    let path = format!("/chat/events/?epoch={}&since={}", cursor.epoch, cursor.id);
    stage.bob.get(&path).await.is(200).shows(json!({"reset": "epoch"}));
    let log = host.get("/host/log/").await.is(200).body;
    assert_shows(
        &log["results"][0],
        json!({"deed": "restore", "actor": null, "actor_name": null}),
    );
    // What was there before is kept, whole.
    let kept = stage
        .app
        .files()
        .into_iter()
        .find(|name| name.contains(".before-restore-"))
        .expect("what was there");
    let kept = stage.app.file().with_file_name(kept);
    let keeper = rusqlite::Connection::open(&kept).unwrap();
    let last: String = keeper
        .query_row("SELECT text FROM messages ORDER BY id DESC", [], |row| row.get(0))
        .unwrap();
    assert_eq!(last, "after");
    // And on it goes: with a file from elsewhere.
    stage.bob.send(&stage.chat, "once more").await;
    let part = Part::file("file", "backup.db", "application/octet-stream", &fetched);
    let reply = host.multipart("POST", "/host/restore/", &[part]).await.is(202);
    assert_eq!(reply.body["status"], "restarting");
    stage.app.began(3).await;
    assert_eq!(stage.bob.history(&stage.chat).await.len(), 1);
    stage.bob.send(&stage.chat, "onwards").await;
}

#[tokio::test]
async fn what_is_no_whole_backup_changes_nothing() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let backup = back_up(&host).await;
    let good = std::fs::read(folder(&stage).join(&backup)).unwrap();
    let foreign = stage.app.file().with_file_name("foreign.db");
    let other = rusqlite::Connection::open(&foreign).unwrap();
    other.execute_batch("CREATE TABLE t (a)").unwrap();
    drop(other);
    let mut newer = good.clone();
    newer[60..64].copy_from_slice(&9_999_u32.to_be_bytes());
    let mut damaged = good.clone();
    (3..30).for_each(|page| damaged[page * 4096..page * 4096 + 2048].fill(0x55));
    let cases = [
        (vec![], "not a backup"),
        (b"a photo, perhaps".to_vec(), "not a backup"),
        (vec![0x55; 100_000], "not a backup"),
        (good[..good.len() / 2].to_vec(), "its end is missing"),
        (std::fs::read(&foreign).unwrap(), "another program"),
        (newer, "newer Messenger"),
        (damaged, "damaged"),
    ];
    let (before, now) = (stored::census(&stage.app), stage.bob.cursor().await);
    for (bytes, words) in cases {
        let part = Part::file("file", "backup.db", "application/octet-stream", &bytes);
        let reply = host.multipart("POST", "/host/restore/", &[part]).await.is(400).json();
        let said = reply["file"][0].as_str().unwrap_or_default();
        assert!(said.contains(words), "{words}: {reply}");
    }
    host.post("/host/restore/", json!({}))
        .await
        .is(400)
        .says(json!({"file": ["This field is required."]}));
    assert_eq!(stored::census(&stage.app), before);
    assert!(stage.bob.events_since(&now).await.is_empty());
    let files = stage.app.files();
    assert!(
        !files
            .iter()
            .any(|name| name.contains("restore") || name.ends_with(".part")),
        "{files:?}"
    );
}

#[tokio::test]
async fn others_do_not_come_near_them() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let backup = back_up(&host).await;
    let (path, before) = (format!("/host/backups/{backup}/"), stored::census(&stage.app));
    let good = std::fs::read(folder(&stage).join(&backup)).unwrap();
    for (caller, status) in [((*stage.bob).clone(), 403), (stage.app.anonymous(), 401)] {
        caller.get("/host/backups/").await.is(status);
        caller.post("/host/backups/", json!({})).await.is(status);
        caller.get(&path).await.is(status);
        caller.delete(&path).await.is(status);
        caller
            .post("/host/restore/", json!({"backup": backup}))
            .await
            .is(status);
        let part = Part::file("file", "backup.db", "application/octet-stream", &good);
        caller.multipart("POST", "/host/restore/", &[part]).await.is(status);
        caller.get("/host/storage/").await.is(status);
    }
    assert_eq!(names(&stage), [backup]);
    assert_eq!(stored::census(&stage.app), before);
}
