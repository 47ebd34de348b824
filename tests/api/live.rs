//! The snapshot and the event log over HTTP: `/chat/sync/` and `/chat/events/`.

use crate::common::golden::assert_shows;
use crate::common::{stored, within, App, Cursor, User};
use serde_json::{json, Value};
use tokio::io::AsyncWriteExt;

fn at(cursor: &Cursor, wait: u8) -> String {
    format!("/chat/events/?epoch={}&since={}&wait={wait}", cursor.epoch, cursor.id)
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["kind"].as_str().expect("a kind"))
        .collect()
}

fn ids(list: &Value) -> Vec<i64> {
    let mut ids: Vec<i64> = list
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["id"].as_i64().expect("an id"))
        .collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn the_snapshot_holds_what_one_may_see() {
    let app = App::start().await;
    let (alice, bob, eve) = (app.user("alice").await, app.user("bob").await, app.user("eve").await);
    let chat = alice.group("G", &[&bob]).await;
    let pair = alice.private(&bob).await;
    eve.group("Eve's own", &[]).await;
    alice.send(&chat, "hi").await;
    let sync = bob.get("/chat/sync/").await.is(200);
    let sync = sync.shows(
        json!({"epoch": "<string>", "cursor": "<int>", "me": {"id": bob.id, "username": "bob", "email": bob.email}}),
    );
    assert_eq!(ids(&sync.body["chats"]), [chat.id, pair.id]);
    let users = ids(&sync.body["users"]);
    assert!(users.contains(&alice.id), "the people of one's chats: {users:?}");
    let text = sync.text();
    assert!(
        !text.contains("Eve's own") && !text.contains(&alice.email) && !text.contains(&eve.email),
        "{text}"
    );
    let chats = sync.body["chats"].as_array().unwrap();
    let group = chats.iter().find(|found| found["id"] == chat.id).unwrap();
    assert_shows(
        group,
        json!({
            "name": "G", "users": [alice.id, bob.id], "unread_count": 1, "last_seq": 1, "last_message": {"text": "hi"},
            "chat_picture": format!("{}/media/profile.png", app.base())
        }),
    );
    assert_eq!(group, &bob.chat(&chat).await, "as the chat itself is answered");
    assert_eq!(
        eve.get("/chat/sync/").await.is(200).body["chats"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn events_come_whole_in_order_and_go_on_where_they_ended() {
    let app = App::start().await;
    let (alice, bob, eve) = (app.user("alice").await, app.user("bob").await, app.user("eve").await);
    let start = bob.cursor().await;
    let nothing = bob.get(&at(&start, 0)).await.is(200);
    nothing.says(json!({"epoch": start.epoch, "cursor": start.id, "events": [], "more": false}));

    let chat = alice.group("G", &[&bob]).await;
    let one = alice.send(&chat, "one").await;
    let two = bob.send(&chat, "two").await;
    alice.patch(&one.path(), json!({"text": "one, again"})).await.is(200);
    bob.delete(&two.path()).await.is(204);
    let events = bob.events_since(&start).await;
    let messages: Vec<Value> = events
        .iter()
        .filter(|event| kinds(&events).len() > 1 && event["kind"] != "read")
        .cloned()
        .collect();
    let messages: Vec<Value> = messages
        .into_iter()
        .filter(|event| event["kind"].as_str().unwrap().starts_with("message."))
        .collect();
    assert_eq!(
        kinds(&messages),
        [
            "message.created",
            "message.created",
            "message.updated",
            "message.deleted"
        ]
    );
    assert_shows(
        &messages[0],
        json!({"type": "event", "chat_id": chat.id, "data": {"id": one.id, "text": "one, again"}}),
    );
    assert_shows(&messages[1]["data"], json!({"id": two.id, "seq": 2, "deleted": true}));
    assert!(
        !json!(events).to_string().contains("\"two\""),
        "a text deleted since does not come back"
    );

    for (at, event) in events.iter().enumerate() {
        let here = Cursor {
            epoch: start.epoch.clone(),
            id: event["id"].as_i64().unwrap(),
        };
        assert_eq!(
            bob.events_since(&here).await,
            events[at + 1..],
            "from any place on, what follows it"
        );
    }
    assert!(eve.events_since(&start).await.is_empty());
    assert_eq!(
        stored::count(&app, "events"),
        app.rows("SELECT max(id) FROM events")[0][0]
    );
}

#[tokio::test]
async fn a_long_absence_is_made_up_in_several_answers() {
    let app = App::start().await;
    let (alice, bob, eve) = (app.user("alice").await, app.user("bob").await, app.user("eve").await);
    let chat = alice.group("G", &[&bob]).await;
    let hidden = eve.group("Eve's own", &[]).await;
    let start = bob.cursor().await;
    for number in 0..600 {
        alice.send(&chat, &format!("number {number}")).await;
        if number % 3 == 0 {
            eve.send(&hidden, "between").await;
        }
    }
    let events = start.told(&[&bob], &vec!["message.created"; 600], &[]).await;
    let seqs: Vec<i64> = events
        .iter()
        .map(|event| event["data"]["seq"].as_i64().unwrap())
        .collect();
    assert_eq!(seqs, (1..=600).collect::<Vec<i64>>());
}

#[tokio::test]
async fn a_cursor_that_can_not_be_resumed_is_told_so() {
    let app = App::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let chat = alice.group("G", &[&bob]).await;
    alice.send(&chat, "hi").await;
    let now = bob.cursor().await;
    for (epoch, since) in [
        ("0".repeat(32), now.id.to_string()),
        ("x".to_owned(), "0".to_owned()),
        (now.epoch.clone(), (now.id + 1).to_string()),
        (now.epoch.clone(), (now.id + 1_000_000).to_string()),
        (now.epoch.clone(), "-1".to_owned()),
        (now.epoch.clone(), "9223372036854775807".to_owned()),
        (now.epoch.clone(), "9223372036854775808".to_owned()),
    ] {
        let reply = bob
            .get(&format!("/chat/events/?epoch={epoch}&since={since}&wait=30"))
            .await
            .is(200);
        reply.says(json!({"epoch": now.epoch, "cursor": now.id, "reset": "<string>"}));
    }
    let all = Cursor {
        epoch: now.epoch,
        id: 0,
    };
    assert!(
        !bob.events_since(&all).await.is_empty(),
        "from the beginning on, while all of it is kept"
    );
}

#[tokio::test]
async fn as_many_events_are_kept_as_the_setting_says() {
    let mut app = App::with(&[("events_kept", "1000")]).await;
    let alice = app.user("alice").await;
    app.stop().await;
    stored::age(&app, &alice, 1_500);
    let newest = app.rows("SELECT max(id) FROM events")[0][0].as_i64().unwrap();
    app.start_again().await;
    let pruned = async {
        while stored::count(&app, "events") > 1_000 {
            alice.get("/auth/me/").await.is(200);
        }
    };
    within("the end of old events", pruned).await;
    let kept = app.rows("SELECT count(*), min(id), max(id) FROM events");
    assert_eq!(kept, [[1_000, newest - 999, newest]]);
    let epoch = alice.cursor().await.epoch;
    let since = |id: i64| Cursor {
        epoch: epoch.clone(),
        id,
    };
    let too_far = alice.get(&at(&since(newest - 1_001), 0)).await.is(200);
    too_far.says(json!({"epoch": epoch, "cursor": newest, "reset": "too_far"}));
    let events = alice.events_since(&since(newest - 1_000)).await;
    assert_eq!(events.len(), 1_000);
}

#[tokio::test]
async fn who_waits_is_answered_when_there_is_something_for_him() {
    let app = App::start().await;
    let (alice, bob, eve) = (app.user("alice").await, app.user("bob").await, app.user("eve").await);
    let chat = alice.group("G", &[&bob]).await;
    for number in 0..5 {
        let now = bob.cursor().await;
        let (waiting, text) = (at(&now, 30), format!("number {number}"));
        let (heard, sent) = tokio::join!(bob.get(&waiting), alice.send(&chat, &text));
        let heard = heard.is(200).shows(json!({"epoch": now.epoch, "more": false}));
        let events = heard.body["events"].as_array().expect("events");
        assert_eq!(kinds(events), ["message.created"]);
        assert_shows(&events[0]["data"], json!({"id": sent.id, "text": text}));
        assert_eq!(heard.body["cursor"], events[0]["id"]);
    }

    // Eve's wait ends without a word of theirs, and her cursor has gone on.
    let now = eve.cursor().await;
    let waiting = at(&now, 1);
    let (heard, _) = tokio::join!(eve.get(&waiting), alice.send(&chat, "not for Eve"));
    let heard = heard.is(200).shows(json!({"events": [], "more": false}));
    assert!(heard.body["cursor"].as_i64().unwrap() >= now.id);
    let next = Cursor {
        epoch: now.epoch,
        id: heard.body["cursor"].as_i64().unwrap(),
    };
    let own = eve.group("Eve's own", &[]).await;
    let events = eve.events_since(&next).await;
    assert!(
        events.iter().all(|event| event["chat_id"] == own.id) && !events.is_empty(),
        "{events:#?}"
    );

    // Who is added while waiting hears of it.
    let now = eve.cursor().await;
    let waiting = at(&now, 30);
    let (heard, _) = tokio::join!(eve.get(&waiting), alice.add(&chat, &eve));
    let events = heard.is(200).body["events"].clone();
    assert!(
        kinds(events.as_array().unwrap()).contains(&"member.added"),
        "{events:#}"
    );
}

#[tokio::test]
async fn everybody_waiting_hears_the_same() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    let mut others: Vec<User> = Vec::new();
    for number in 0..10 {
        others.push(app.user(&format!("person{number}")).await);
    }
    let chat = alice.group("G", &others.iter().collect::<Vec<_>>()).await;
    let waiting = at(&alice.cursor().await, 30);
    let all = futures_util::future::join_all(others.iter().map(|user| user.get(&waiting)));
    let (heard, sent) = tokio::join!(all, alice.send(&chat, "all of you"));
    let first = heard[0].text();
    for reply in &heard {
        assert_eq!(reply.text(), first);
    }
    assert!(first.contains(&format!("\"id\":{}", sent.id)), "{first}");
}

#[tokio::test]
async fn the_log_outlives_restarts_and_kills() {
    let mut app = App::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let chat = alice.group("G", &[&bob]).await;
    let start = bob.cursor().await;
    alice.send(&chat, "one").await;
    app.restart().await;
    alice.send(&chat, "two").await;
    app.kill().await;
    app.start_again().await;
    alice.send(&chat, "three").await;
    assert_eq!(bob.cursor().await.epoch, start.epoch, "one file, one epoch");
    let events = start.told(&[&alice, &bob], &["message.created"; 3], &[]).await;
    let texts: Vec<&str> = events
        .iter()
        .map(|event| event["data"]["text"].as_str().unwrap())
        .collect();
    assert_eq!(texts, ["one", "two", "three"]);
}

#[tokio::test]
async fn somebody_waiting_does_not_hold_up_the_end() {
    let mut app = App::start().await;
    let alice = app.user("alice").await;
    let now = alice.cursor().await;
    let mut stream = tokio::net::TcpStream::connect(app.host()).await.unwrap();
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\r\n",
        at(&now, 30),
        app.host(),
        alice.access
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    // Another answer on another connection: by then the first request is in the server's hands.
    alice.get("/auth/me/").await.is(200);
    app.stop().await;
    drop(stream);
}
