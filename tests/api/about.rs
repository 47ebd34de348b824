//! What the host reads of the server itself.

use crate::common::golden::assert_is;
use crate::common::{stored, Part};
use crate::house::host;
use crate::stage::Stage;
use serde_json::json;

#[tokio::test]
async fn the_host_reads_what_runs_and_on_which_file() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    stage.bob.send(&stage.chat, "one").await;
    let about = host.get("/host/about/").await.is(200).json();
    let count = |sql: &str| stage.app.rows(sql)[0][0].clone();
    assert_is(
        &about,
        json!({
            "version": env!("CARGO_PKG_VERSION"), "build": "<string>", "sqlite": "<string>", "started": "<time>",
            "uptime_seconds": "<int>", "database": "<string>", "bytes": "<int>",
            "counts": {
                "people": count("SELECT count(*) FROM users"), "chats": count("SELECT count(*) FROM chats"),
                "messages": 1, "files": 0, "sessions": count("SELECT count(*) FROM sessions"),
            },
        }),
    );
    let path = std::path::PathBuf::from(about["database"].as_str().expect("a path"));
    assert!(path.is_absolute() && path.is_file(), "{path:?}");
    assert!(about["bytes"].as_u64().is_some_and(|bytes| bytes > 0), "{about}");
    // Where the file is, is the host's to know.
    stored::set_role(&stage.app, &stage.bob, 2);
    stage.bob.again().await.get("/host/about/").await.is(403);
}

#[tokio::test]
async fn the_settings_of_the_start_are_shown_with_their_meaning_and_without_passwords() {
    let stage = Stage::with(&[
        ("smtp_url", "\"smtp://user:hemligt@localhost:2525\""),
        ("events_kept", "5000"),
    ])
    .await;
    stored::make_host(&stage.app, &stage.alice);
    let host = stage.alice.again().await;
    let reply = host.get("/host/startup/").await.is(200);
    assert!(!reply.text().contains("hemligt"), "{}", reply.text());
    let all = reply.json();
    let one = |name: &str| {
        let found = all.as_array().unwrap().iter().find(|one| one["name"] == name);
        found.unwrap_or_else(|| panic!("{name} is not there: {all}")).clone()
    };
    assert_eq!(one("smtp_url")["value"], "\"smtp://...@localhost:2525\"");
    let kept = one("events_kept");
    assert_eq!((&kept["value"], &kept["default"]), (&json!("5000"), &json!("200000")));
    assert_ne!(kept["from"], "default");
    assert!(kept["meaning"]
        .as_str()
        .unwrap()
        .starts_with("How many events are kept"));
    let photo = one("photo_max_bytes");
    assert_eq!(
        (&photo["value"], &photo["from"]),
        (&photo["default"], &json!("default"))
    );
    assert_eq!(photo["meaning"], one("quota_bytes")["meaning"], "they share a sentence");
    assert_eq!(one("shutdown.grace")["value"], "2");
    let romanian = host
        .header("Accept-Language", "ro")
        .get("/host/startup/")
        .await
        .is(200)
        .json();
    assert_eq!(romanian[0]["name"], "address");
    assert!(romanian[0]["meaning"].as_str().unwrap().starts_with("Unde ascultă."));
    for path in ["/host/startup/", "/host/journal/"] {
        stage.bob.get(path).await.is(403);
    }
}

#[tokio::test]
async fn the_host_reads_the_end_of_the_log_and_no_secret_in_it() {
    let stage = Stage::with(&[("log", "\"warn\"")]).await;
    stored::make_host(&stage.app, &stage.alice);
    let host = stage.alice.again().await;
    let lines = || async { host.get("/host/journal/").await.is(200).json()["lines"].clone() };
    assert_eq!(lines().await, json!([]), "a quiet evening");
    // Something that the log has to speak of: a backup with holes in it.
    let backup = host.post("/host/backups/", json!({})).await.is(201).json();
    let name = backup["name"].as_str().unwrap();
    let mut damaged = std::fs::read(stage.app.file().with_file_name("backups").join(name)).unwrap();
    (3..30).for_each(|page| damaged[page * 4096..page * 4096 + 2048].fill(0x55));
    for written in 1..=2 {
        let part = Part::file("file", "backup.db", "application/octet-stream", &damaged);
        host.multipart("POST", "/host/restore/", &[part]).await.is(400);
        let lines = lines().await;
        let lines = lines.as_array().unwrap();
        assert_eq!(lines.len(), written, "{lines:?}");
        let newest = lines[written - 1].as_str().unwrap();
        let said = |part: &str| newest.contains(part);
        assert!(
            said(" WARN ") && said("a backup that was to come in is damaged"),
            "{newest}"
        );
        // As it stands in the terminal, but for the time, which each of them takes by itself.
        let words = newest.split_once(" WARN ").map(|(_, words)| words.to_owned());
        let printed = |line: &str| (line.split_once(" WARN ")?.1 == words.as_deref()?).then_some(());
        stage.app.logged(printed).await;
    }
    // A code for who has forgotten his password is for the terminal alone.
    let form = json!({"email": stage.bob.email});
    stage.app.anonymous().post("/auth/password_reset/", form).await.is(200);
    stage.app.reset_code(&stage.bob.name, &[]).await;
    assert_eq!(lines().await.as_array().unwrap().len(), 2);
    stage.bob.get("/host/journal/").await.is(403);
}
