//! What takes the room, how long a chat keeps, and a way back in: the host's, and the owner's where it is a group's.

use crate::common::{stored, Chat, User};
use crate::stage::Stage;
use serde_json::{json, Value};

async fn host(stage: &Stage) -> User {
    stored::make_host(&stage.app, &stage.eve);
    stage.eve.again().await
}

fn path(chat: &Chat) -> String {
    format!("/chat/{}/retention/", chat.id)
}

fn days(stage: &Stage, chat: &Chat) -> Value {
    stage
        .app
        .rows(&format!("SELECT retention_days FROM chats WHERE id = {}", chat.id))[0][0]
        .clone()
}

#[tokio::test]
async fn the_host_sees_what_takes_the_room() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let private = stage.alice.private(&stage.bob).await;
    stage.alice.send(&private, "ăă").await;
    stage.alice.send(&stage.chat, "four").await;
    stage.send_file("large.bin", &[1; 300_000]).await;
    let photo = crate::common::Part::file("photo", "p.png", "image/png", &crate::common::pictures::png(40, 40));
    let sent = stage.upload(&[photo]).await.is(201).json();
    let storage = host.get("/host/storage/").await.is(200).json();
    let numbers = ["bytes", "free", "backups_kept"].map(|key| storage[key].as_i64().unwrap_or_default() > 0);
    assert_eq!(numbers, [true; 3], "{storage}");
    assert_eq!(storage["backups"], json!({"count": 0, "bytes": 0}));
    assert_eq!(storage["backup_nightly"], false);
    let chats = storage["chats"].as_array().unwrap();
    assert_eq!(chats.len(), 3);
    let group = &chats[0];
    assert_eq!((&group["id"], &group["name"]), (&json!(stage.chat.id), &json!("G")));
    assert_eq!(group["messages"], json!({"count": 3, "bytes": 4}));
    assert_eq!(group["files"], json!({"count": 1, "bytes": 300_000}));
    assert_eq!(group["photos"]["count"], 1);
    assert_eq!(
        (&group["private"], &group["retention_days"]),
        (&json!(false), &json!(null))
    );
    assert_eq!(chats[1]["name"], "alice, bob", "{chats:?}");
    assert_eq!(chats[1]["messages"], json!({"count": 1, "bytes": 4}));
    let alice = &storage["people"][0];
    assert_eq!(
        (&alice["id"], &alice["uploads"]["count"]),
        (&json!(stage.alice.id), &json!(2))
    );
    let biggest = &storage["biggest"][0];
    assert_eq!(
        (&biggest["name"], &biggest["bytes"]),
        (&json!("large.bin"), &json!(300_000))
    );
    assert_eq!(storage["biggest"].as_array().unwrap().len(), 2, "{sent}");
}

#[tokio::test]
async fn the_owner_and_the_host_say_how_long_a_chat_keeps() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let now = stage.bob.cursor().await;
    stage
        .alice
        .put(&path(&stage.chat), json!({"days": 30}))
        .await
        .is(200)
        .says(json!({"days": 30}));
    assert_eq!(days(&stage, &stage.chat), 30);
    // The same again is no news.
    stage.alice.put(&path(&stage.chat), json!({"days": 30})).await.is(200);
    let told = now.told(&[&stage.alice, &stage.bob], &["chat.updated"], &[]).await;
    assert_eq!(told[0]["data"]["retention_days"], 30);
    assert_eq!(stage.bob.chat(&stage.chat).await["retention_days"], 30);
    host.put(&path(&stage.chat), json!({"days": null}))
        .await
        .is(200)
        .says(json!({"days": null}));
    assert_eq!(days(&stage, &stage.chat), json!(null));
    // A private chat has no owner: it is the host's to say.
    let private = stage.alice.private(&stage.bob).await;
    stage.alice.put(&path(&private), json!({"days": 1})).await.is(403);
    host.put(&path(&private), json!({"days": 1})).await.is(200);

    let now = stage.bob.cursor().await;
    stage.bob.put(&path(&stage.chat), json!({"days": 1})).await.is(403);
    let carol = stage.app.user("carol").await;
    carol.put(&path(&stage.chat), json!({"days": 1})).await.is(404);
    host.put("/chat/99/retention/", json!({"days": 1})).await.is(404);
    for bad in [
        json!({}),
        json!({"days": 0}),
        json!({"days": 3651}),
        json!({"days": "soon"}),
        json!({"days": 1.5}),
    ] {
        let reply = stage.alice.put(&path(&stage.chat), bad.clone()).await.is(400).json();
        assert!(reply["days"].is_array(), "{bad}: {reply}");
    }
    assert_eq!(days(&stage, &stage.chat), json!(null));
    assert!(stage.bob.events_since(&now).await.is_empty());
}

#[tokio::test]
async fn what_is_older_than_its_chat_keeps_loses_its_content() {
    let mut stage = Stage::set().await;
    let old = stage.alice.send(&stage.chat, "long ago").await;
    let file = stage.send_file("old.bin", &[1; 300_000]).await;
    let gone = stage.bob.send(&stage.chat, "deleted by himself").await;
    stage.bob.delete(&gone.path()).await.is(204);
    let young = stage.alice.send(&stage.chat, "just now").await;
    let kept = stage.eve.group("Kept", &[&stage.bob]).await;
    let elsewhere = stage.eve.send(&kept, "long ago, and kept").await;
    stage.alice.put(&path(&stage.chat), json!({"days": 2})).await.is(200);
    stored::make_old(&stage.app, &[&old, &file, &gone, &elsewhere], 3);
    let now = stage.bob.cursor().await;
    stage.app.kill().await;
    stage.app.start_again().await;
    // Emptied as the server starts, and from then on now and then.
    let mut told = Vec::new();
    while told.len() < 2 {
        let since = told
            .last()
            .map_or(now.id, |event: &Value| event["id"].as_i64().unwrap());
        let path = format!("/chat/events/?epoch={}&since={since}&wait=30", now.epoch);
        let events = stage.bob.get(&path).await.is(200).json()["events"]
            .as_array()
            .unwrap()
            .clone();
        told.extend(events);
    }
    let about: Vec<_> = told
        .iter()
        .map(|event| (&event["kind"], &event["data"]["id"]))
        .collect();
    let deleted = json!("message.deleted");
    assert_eq!(about, [(&deleted, &json!(old.id)), (&deleted, &json!(file.id))]);
    let history = stage.bob.history(&stage.chat).await;
    let shown: Vec<_> = history
        .iter()
        .map(|message| json!([message["seq"], message["text"], message["deleted"]]))
        .collect();
    let expected = [
        json!([4, "just now", false]),
        json!([3, "", true]),
        json!([2, "", true]),
        json!([1, "", true]),
    ];
    assert_eq!(shown, expected);
    assert_eq!(stored::message(&stage.app, &young)[3], "just now");
    assert_eq!(stored::message(&stage.app, &elsewhere)[3], "long ago, and kept");
    assert_eq!(stored::count(&stage.app, "media"), 0);
    assert!(stage.eve.events_since(&now).await.is_empty());
}

#[tokio::test]
async fn the_host_lets_somebody_in_who_has_forgotten_his_password() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let now = stage.bob.cursor().await;
    let path = format!("/host/people/{}/recovery/", stage.bob.id);
    stage.alice.post(&path, json!({})).await.is(403);
    stage.app.anonymous().post(&path, json!({})).await.is(401);
    host.post("/host/people/99/recovery/", json!({})).await.is(404);
    assert_eq!(stored::count(&stage.app, "reset_codes"), 0);
    let golden = json!({"code": "<string>", "expires": "<time>"});
    let first = host.post(&path, json!({})).await.is(201).says(golden.clone()).json();
    let second = host.post(&path, json!({})).await.is(201).says(golden).json();
    let confirm = |code: &Value| json!({"token": code["code"], "password": "twelve open doors"});
    let anybody = stage.app.anonymous();
    anybody
        .post("/auth/password_reset/confirm/", confirm(&first))
        .await
        .is(404);
    assert!(stage.bob.events_since(&now).await.is_empty(), "nobody hears of it");
    anybody
        .post("/auth/password_reset/confirm/", confirm(&second))
        .await
        .is(200);
    anybody
        .post("/auth/password_reset/confirm/", confirm(&second))
        .await
        .is(404);
    stage.bob.get("/auth/me/").await.is(401);
    assert_eq!(stored::sessions(&stage.app, &stage.bob), 0);
    let login = json!({"username": "bob", "password": "twelve open doors"});
    anybody.post("/auth/login/", login).await.is(200);
    let code = second["code"].as_str().unwrap();
    let said = [stage.app.stdout(), stage.app.stderr()].concat();
    assert!(!said.iter().any(|line| line.contains(code)), "{said:?}");
}
