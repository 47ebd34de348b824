//! The switches of the house: who may set them, and that everybody hears.

use crate::common::golden::assert_is;
use crate::common::{stored, User};
use crate::stage::Stage;
use serde_json::{json, Value};

/// Alice with the host's role, from her next session on.
pub async fn host(stage: &Stage) -> User {
    stored::make_host(&stage.app, &stage.alice);
    stage.alice.again().await
}

/// A new server's switches are its defaults.
fn golden() -> Value {
    let usual = json!({
        "name": "", "registration": "open", "class_code": "", "guests": false, "guest_hours": 12, "roster": false,
        "frozen": false, "frozen_until": null, "slow_seconds": 0, "files": true, "private_chats": "everyone",
        "everyone": true, "locked": false
    });
    let mut all = usual.clone();
    all["defaults"] = usual;
    all
}

fn order() -> Value {
    json!({
        "name": "", "frozen": false, "frozen_until": null, "slow_seconds": 0, "files": true, "private_chats": "everyone"
    })
}

#[tokio::test]
async fn the_host_sets_switches_and_everybody_hears() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    host.get("/auth/me/").await.shows(json!({"host": true, "role": "host"}));
    host.get("/host/settings/").await.is(200).says(golden());
    let sync = stage.bob.get("/chat/sync/").await.is(200).json();
    assert_is(&sync["server"], order());

    let now = stage.eve.cursor().await;
    let changes = json!({"name": " Clasa a 9-a ", "slow_seconds": 5, "private_chats": "staff", "files": false});
    let mut expected = golden();
    for (key, value) in [
        ("name", json!("Clasa a 9-a")),
        ("slow_seconds", json!(5)),
        ("private_chats", json!("staff")),
        ("files", json!(false)),
    ] {
        expected[key] = value;
    }
    host.patch("/host/settings/", changes)
        .await
        .is(200)
        .says(expected.clone());
    host.get("/host/settings/").await.is(200).says(expected);
    let mut told = order();
    for (key, value) in [
        ("name", json!("Clasa a 9-a")),
        ("slow_seconds", json!(5)),
        ("private_chats", json!("staff")),
        ("files", json!(false)),
    ] {
        told[key] = value;
    }
    for user in [&stage.alice, &stage.bob, &stage.eve] {
        let events = user.events_since(&now).await;
        assert_eq!(events.len(), 1, "{events:#?}");
        assert_is(
            &events[0],
            json!({"type": "event", "id": now.id + 1, "kind": "server.updated", "chat_id": null, "data": told}),
        );
    }
    let door = json!({"name": "Clasa a 9-a", "registration": "open", "guests": false, "roster": false});
    stage.app.anonymous().get("/auth/server/").await.is(200).shows(door);
    let rows = stage
        .app
        .rows("SELECT name, slow_seconds, private_chats, files FROM house");
    assert_eq!(rows, [[json!("Clasa a 9-a"), json!(5), json!("staff"), json!(0)]]);
}

#[tokio::test]
async fn a_socket_hears_of_it_whatever_chats_its_person_is_in() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let lonely = stage.app.user("lonely").await;
    let mut socket = lonely.socket().await;
    host.patch("/host/settings/", json!({"frozen": true, "frozen_minutes": 5}))
        .await
        .is(200);
    let event = socket.event().await;
    assert_eq!(
        (&event["kind"], &event["data"]["frozen"]),
        (&json!("server.updated"), &json!(true))
    );
    assert!(event["data"]["frozen_until"].is_string(), "{event}");
}

#[tokio::test]
async fn others_neither_read_nor_set_them() {
    let stage = Stage::set().await;
    let now = stage.bob.cursor().await;
    let before = stored::census(&stage.app);
    stage.bob.get("/host/settings/").await.is(403);
    stage
        .bob
        .patch("/host/settings/", json!({"frozen": true}))
        .await
        .is(403);
    stage.app.anonymous().get("/host/settings/").await.is(401);
    stage
        .app
        .anonymous()
        .patch("/host/settings/", json!({"frozen": true}))
        .await
        .is(401);
    assert_eq!(stored::census(&stage.app), before);
    assert!(stage.bob.events_since(&now).await.is_empty());
}

#[tokio::test]
async fn what_can_not_be_is_named_and_changes_nothing() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let now = stage.bob.cursor().await;
    for (field, value) in [
        ("name", json!("x".repeat(61))),
        ("name", json!("a\u{202e}b")),
        ("registration", json!("half")),
        ("class_code", json!("y".repeat(21))),
        ("guests", json!("perhaps")),
        ("guest_hours", json!(0)),
        ("guest_hours", json!(721)),
        ("frozen", json!(null)),
        ("frozen_minutes", json!(1441)),
        ("slow_seconds", json!(-1)),
        ("slow_seconds", json!(3601)),
        ("files", json!([])),
        ("private_chats", json!("some")),
    ] {
        let reply = host
            .patch("/host/settings/", json!({field: value, "roster": true}))
            .await
            .is(400)
            .json();
        assert!(reply[field].is_array(), "{field}: {reply}");
    }
    host.get("/host/settings/").await.is(200).says(golden());
    assert!(stage.bob.events_since(&now).await.is_empty());
}

#[tokio::test]
async fn a_class_code_is_made_where_one_is_needed() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let made = host
        .patch("/host/settings/", json!({"registration": "code"}))
        .await
        .is(200)
        .json();
    let code = made["class_code"].as_str().expect("a code").to_owned();
    assert_eq!(code.len(), 6);
    let kept = host
        .patch("/host/settings/", json!({"registration": "closed"}))
        .await
        .is(200)
        .json();
    assert_eq!(kept["class_code"], code.as_str());
    let anew = host
        .patch("/host/settings/", json!({"registration": "code", "class_code": ""}))
        .await
        .is(200)
        .json();
    assert_ne!(anew["class_code"], code.as_str());
}
