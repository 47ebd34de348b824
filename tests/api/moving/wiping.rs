//! Wiping: what is gone, what stays, and who is told.

use super::House;
use crate::common::{stored, App};
use serde_json::{json, Value};

#[tokio::test]
async fn only_the_host_wipes_and_only_by_the_servers_name() {
    let house = House::new().await;
    let census = stored::census(&house.app);
    let right = json!({"confirm": "Messenger", "what": "messages"});
    for user in [&house.bob, &house.eve] {
        user.post("/host/wipe/", right.clone()).await.is(403);
    }
    house.app.anonymous().post("/host/wipe/", right).await.is(401);
    for (body, field) in [
        (json!({"confirm": "messenger", "what": "messages"}), "confirm"),
        (json!({"confirm": "", "what": "messages"}), "confirm"),
        (json!({"what": "everything"}), "confirm"),
        (json!({"confirm": "Messenger", "what": "some"}), "what"),
        (json!({"confirm": "Messenger"}), "what"),
    ] {
        let reply = house.alice.post("/host/wipe/", body).await.is(400);
        assert!(reply.body.get(field).is_some(), "{}", reply.text());
    }
    assert_eq!(stored::census(&house.app), census);
}

#[tokio::test]
async fn messages_go_with_their_bytes_and_people_and_chats_stay() {
    let house = House::new().await;
    let now = house.bob.cursor().await;
    let noise: Vec<u8> = (0..3_000_000_u32)
        .map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    let file = crate::common::Part::file("file", "large.bin", "application/octet-stream", &noise);
    house
        .bob
        .multipart("POST", &format!("/chat/messages/{}/", house.group.id), &[file])
        .await
        .is(201);
    let wiped = house
        .alice
        .post("/host/wipe/", json!({"confirm": "Messenger", "what": "messages"}))
        .await;
    wiped.is(200).says(json!({"messages": 7, "files": 3, "people": 0}));
    for (table, rows) in [
        ("messages", 0),
        ("reactions", 0),
        ("media", 1),
        ("media_trash", 0),
        ("users", 4),
        ("chats", 2),
        ("members", 5),
    ] {
        assert_eq!(stored::count(&house.app, table), rows, "{table}");
    }
    let chat = house.bob.chat(&house.group).await;
    assert_eq!(
        json!([
            chat["last_seq"],
            chat["messages"],
            chat["last_message"],
            chat["unread_count"]
        ]),
        json!([0, [], Value::Null, 0])
    );
    assert_eq!(
        house
            .bob
            .get(&format!("/chat/messages/?chat={}", house.group.id))
            .await
            .is(200)
            .results(),
        [json!(null); 0]
    );
    house
        .bob
        .get(&format!("/chat/messages/{}/", house.first.id))
        .await
        .is(404);
    assert_eq!(
        house.bob.get("/chat/search/?q=answer").await.is(200).results(),
        [json!(null); 0]
    );
    // Who comes back is told to read anew, and what is said then is number one, and found.
    let path = format!("/chat/events/?epoch={}&since={}", now.epoch, now.id);
    house.bob.get(&path).await.is(200).shows(json!({"reset": "too_far"}));
    let said = house.bob.send(&house.group, "a fresh start").await;
    assert_eq!(said.seq, 1);
    assert!(said.id > house.first.id);
    assert_eq!(
        house.carol.get("/chat/search/?q=fresh").await.is(200).results().len(),
        1
    );
    let mut app = house.app;
    app.stop().await;
    let left = std::fs::metadata(app.file()).unwrap().len();
    assert!(left < 1_000_000, "{left} bytes are left");
    let bytes = std::fs::read(app.file()).unwrap();
    for secret in ["second line", "better answer", "between us"] {
        assert!(
            !bytes.windows(secret.len()).any(|part| part == secret.as_bytes()),
            "{secret} is in the file"
        );
    }
}

#[tokio::test]
async fn everything_leaves_the_hosts_alone() {
    let house = House::new().await;
    let wiped = house
        .alice
        .post("/host/wipe/", json!({"confirm": "Messenger", "what": "everything"}))
        .await;
    wiped.is(200).says(json!({"messages": 6, "files": 2, "people": 3}));
    for (table, rows) in [
        ("messages", 0),
        ("media", 0),
        ("media_chunks", 0),
        ("users", 1),
        ("chats", 0),
        ("members", 0),
        ("sessions", 2),
    ] {
        assert_eq!(stored::count(&house.app, table), rows, "{table}");
    }
    house
        .alice
        .get("/auth/me/")
        .await
        .is(200)
        .shows(json!({"username": "alice", "role": "host"}));
    assert_eq!(house.alice.get("/chat/").await.is(200).results(), [json!(null); 0]);
    house.bob.get("/auth/me/").await.is(401);
    let form = json!({"username": "bob", "password": house.bob.password});
    house.app.anonymous().post("/auth/login/", form).await.is(401);
    let new = house.app.user("bob").await;
    assert!(new.id > house.eve.id, "an id is not used again");
}

#[tokio::test]
async fn who_is_here_is_told_to_read_anew() {
    let house = House::new().await;
    let mut on_bob = house.bob.socket().await;
    house
        .alice
        .post("/host/wipe/", json!({"confirm": "Messenger", "what": "messages"}))
        .await
        .is(200);
    let reset = on_bob.find(&["reset"]).await;
    assert_eq!(reset["reason"], "too_far");
    let said = house.carol.send(&house.group, "after it").await;
    assert_eq!(said.seq, 1);
    let event = on_bob.event().await;
    assert_eq!(
        (&event["kind"], &event["data"]["text"]),
        (&json!("message.created"), &json!("after it"))
    );
}

#[tokio::test]
async fn who_comes_after_everything_is_gone_finds_the_group_of_everybody() {
    let app = App::start().await;
    let host = app.user("gazda").await;
    stored::make_host(&app, &host);
    let host = host.again().await;
    let group = host.group("Everyone", &[]).await;
    let everybody = format!("UPDATE house SET everyone_chat = {}", group.id);
    stored::change(&app, &everybody);
    host.post("/host/wipe/", json!({"confirm": "Messenger", "what": "everything"}))
        .await
        .is(200);
    let late = app.user("late").await;
    let chats = late.get("/chat/").await.is(200).json();
    assert_eq!(
        (&chats["count"], &chats["results"][0]["name"]),
        (&json!(1), &json!("Everyone"))
    );
}

/// Who reads meanwhile keeps the log from being emptied at once; that people go on writing must not keep it for good.
#[tokio::test]
async fn what_was_wiped_leaves_the_log_too() {
    let house = House::new().await;
    let secret = "a-word-that-is-said-once";
    house.bob.send(&house.group, secret).await;
    let log = house.app.file().with_extension("db-wal");
    let is_there = || {
        let bytes = std::fs::read(&log).unwrap();
        bytes.windows(secret.len()).any(|part| part == secret.as_bytes())
    };
    let reader = rusqlite::Connection::open(house.app.file()).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    let count: i64 = reader
        .query_row("SELECT count(*) FROM messages", [], |row| row.get(0))
        .unwrap();
    assert!(count > 0);
    house
        .alice
        .post("/host/wipe/", json!({"confirm": "Messenger", "what": "messages"}))
        .await
        .is(200);
    assert!(is_there(), "the reader should have kept it");
    drop(reader);
    let gone = async {
        while is_there() {
            house.bob.send(&house.group, "onwards").await;
        }
    };
    let gone = tokio::time::timeout(std::time::Duration::from_secs(60), gone).await;
    assert!(gone.is_ok(), "it is in {log:?} yet");
}
