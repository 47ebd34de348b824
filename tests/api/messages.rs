//! Sending.

use crate::common::golden::assert_shows;
use crate::common::{stored, Message, Part, Table};
use crate::stage::Stage;
use serde_json::{json, Value};

fn none() -> Value {
    json!({"detail": "Not found."})
}

#[tokio::test]
async fn sending_a_text() {
    let stage = Stage::set().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &stage;
    let now = alice.cursor().await;
    let reply = alice
        .post(&stage.messages(), json!({"text": "  Bună, Bob!  "}))
        .await
        .is(201);
    let reply = reply.in_order(&["id", "from_user", "text", "time", "photo", "file"]);
    let message = Message::of(reply.shows(stage.golden(alice, 1, "Bună, Bob!")));
    assert_eq!(
        stored::message(app, &message),
        json!([chat.id, 1, alice.id, "Bună, Bob!", null, null, 0, 0])
    );
    let events = now.told(&[alice, bob], &["message.created"], &[eve]).await;
    assert_shows(&events[0], json!({"chat_id": chat.id, "kind": "message.created"}));
    assert_shows(&events[0]["data"], message.json.clone());
    assert_eq!(bob.message(&message).await, message.json);
    eve.get(&message.path()).await.is(404).says(none());
    let seen = bob.chat(chat).await;
    assert_shows(
        &seen,
        json!({
            "last_message": {"id": message.id, "text": "Bună, Bob!"}, "messages": [message.id],
            "unread_count": 1, "last_seq": 1, "read_seq": 0
        }),
    );
    assert_shows(&alice.chat(chat).await, json!({"unread_count": 0, "read_seq": 1}));
}

#[tokio::test]
async fn every_way_to_send() {
    let stage = Stage::set().await;
    let Stage { app, alice, chat, .. } = &stage;
    let id = chat.id;
    let long = "ă".repeat(10_000);
    let mut seq = 0;
    for (path, sent, text) in [
        (stage.messages(), json!({"text": "path"}), "path"),
        (
            "/chat/messages/".to_owned(),
            json!({"chat_id": id, "text": "body"}),
            "body",
        ),
        (
            "/chat/messages/".to_owned(),
            json!({"chat_id": id.to_string(), "text": "digits"}),
            "digits",
        ),
        (
            stage.messages(),
            json!({"chat_id": id, "from_user": alice.id, "text": "both"}),
            "both",
        ),
        (
            stage.messages(),
            json!({"from_user": alice.id.to_string(), "text": "myself"}),
            "myself",
        ),
        (stage.messages(), json!({"text": 5}), "5"),
        (stage.messages(), json!({"text": "a\nb\tc"}), "a\nb\tc"),
        (stage.messages(), json!({"text": long}), long.as_str()),
        (
            stage.messages(),
            json!({"text": "<script>alert(1)</script>"}),
            "<script>alert(1)</script>",
        ),
        (
            stage.messages(),
            json!({"text": "'; DROP TABLE messages; --"}),
            "'; DROP TABLE messages; --",
        ),
        (
            stage.messages(),
            json!({"text": "more", "id": 900, "seq": 900, "time": "1999-01-01T00:00:00Z", "edited": true,
                "deleted": true, "reactions": [{"emoji": "👍", "users": [1]}], "epoch": "x", "photo": null}),
            "more",
        ),
    ] {
        seq += 1;
        let message = Message::of(
            alice
                .post(&path, sent)
                .await
                .is(201)
                .shows(stage.golden(alice, seq, text)),
        );
        assert_eq!(stored::message(app, &message)[3], text);
    }
    let form = (
        "application/x-www-form-urlencoded",
        format!("chat_id={id}&text=plain+form%21").into_bytes(),
    );
    alice
        .bytes("POST", "/chat/messages/", Some(form))
        .await
        .is(201)
        .shows(stage.golden(alice, seq + 1, "plain form!"));
    let parts = [
        Part::field("chat_id", &id.to_string()),
        Part::field("text", "multipart ș"),
    ];
    let reply = alice.multipart("POST", "/chat/messages/", &parts).await.is(201);
    reply.shows(stage.golden(alice, seq + 2, "multipart ș"));
    let reply = alice.multipart("POST", &stage.messages(), &parts[1..]).await.is(201);
    reply.shows(stage.golden(alice, seq + 3, "multipart ș"));
}

#[tokio::test]
async fn sending_refuses() {
    let stage = Stage::set().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &stage;
    let other = bob.group("Without Alice", &[]).await;
    let elsewhere = bob.send(&other, "elsewhere").await;
    let (before, now) = (stored::census(app), alice.cursor().await);
    let body = "/chat/messages/";
    let id = chat.id;
    let pk = |field: &str, pk: i64| json!({field: [format!("Invalid pk \"{pk}\" - object does not exist.")]});
    let text = |text: &str| json!({"text": [text]});
    let mut table = Table::new("POST /chat/messages/");
    for (path, sent, answer) in [
        (body, json!({"chat_id": 99, "text": "x"}), pk("chat_id", 99)),
        (body, json!({"chat_id": other.id, "text": "x"}), pk("chat_id", other.id)),
        (
            body,
            json!({"text": "x"}),
            json!({"chat_id": ["This field is required."]}),
        ),
        (&stage.messages(), json!({}), text("This field is required.")),
        (
            &stage.messages(),
            json!({"text": ""}),
            text("This field may not be blank."),
        ),
        (
            &stage.messages(),
            json!({"text": " \n "}),
            text("This field may not be blank."),
        ),
        (
            &stage.messages(),
            json!({"text": null}),
            text("This field may not be null."),
        ),
        (&stage.messages(), json!({"text": true}), text("Not a valid string.")),
        (&stage.messages(), json!({"text": ["x"]}), text("Not a valid string.")),
        (
            &stage.messages(),
            json!({"text": {"a": 1}}),
            text("Not a valid string."),
        ),
        (
            &stage.messages(),
            json!({"text": "a\u{0}b"}),
            text("Null characters are not allowed."),
        ),
        (
            &stage.messages(),
            json!({"text": "x".repeat(10_001)}),
            text("Ensure this field has no more than 10000 characters."),
        ),
        (
            &stage.messages(),
            json!({"text": "x", "reply_to": 99}),
            pk("reply_to", 99),
        ),
        (
            &stage.messages(),
            json!({"text": "x", "reply_to": elsewhere.id}),
            pk("reply_to", elsewhere.id),
        ),
    ] {
        table.says(&alice.post(path, sent).await, 400, answer);
    }
    for (field, value) in [
        ("chat_id", json!("abc")),
        ("chat_id", json!(1e30)),
        ("chat_id", json!(null)),
        ("chat_id", json!([id])),
        ("chat_id", json!({})),
        ("chat_id", json!(true)),
        ("chat_id", json!(-1)),
    ] {
        table.blames(&alice.post(body, json!({field: value, "text": "x"})).await, 400, field);
    }
    for (field, value) in [
        ("client_id", json!("c".repeat(101))),
        ("client_id", json!(["c"])),
        ("client_id", json!("a\u{0}")),
        ("reply_to", json!("abc")),
        ("reply_to", json!(1e30)),
    ] {
        table.blames(
            &alice.post(&stage.messages(), json!({field: value, "text": "x"})).await,
            400,
            field,
        );
    }
    let huge = format!("{{\"chat_id\":1{},\"text\":\"x\"}}", "0".repeat(30));
    let huge = alice
        .bytes("POST", body, Some(("application/json", huge.into_bytes())))
        .await;
    table.blames(&huge, 400, "chat_id");
    let differ = alice
        .post(&stage.messages(), json!({"chat_id": other.id, "text": "x"}))
        .await;
    table.blames(&differ, 400, "chat_id");
    for path in [
        "/chat/messages/99/".to_owned(),
        format!("/chat/messages/{}/", other.id),
        "/chat/messages/abc/".into(),
    ] {
        table.says(&alice.post(&path, json!({"text": "x"})).await, 404, none());
    }
    let denied = json!({"detail": "You do not have permission to perform this action."});
    let as_bob = alice
        .post(&stage.messages(), json!({"from_user": bob.id, "text": "x"}))
        .await;
    table.says(&as_bob, 403, denied);
    table.says(&eve.post(&stage.messages(), json!({"text": "x"})).await, 404, none());
    table.says(
        &eve.post(body, json!({"chat_id": id, "text": "x"})).await,
        400,
        pk("chat_id", id),
    );
    table.done();
    assert_eq!(stored::census(app), before, "a refused message leaves nothing");
    now.told(&[alice, bob], &[], &[eve]).await;
}

#[tokio::test]
async fn answering_a_message() {
    let stage = Stage::set().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &stage;
    let question = alice.send(chat, "When?").await;
    let now = alice.cursor().await;
    let answer = bob.answer(chat, &question, "Now").await;
    assert_shows(
        &answer.json,
        json!({"reply_to": question.id, "seq": 2, "from_user": bob.id}),
    );
    assert_eq!(stored::message(app, &answer)[5], question.id);
    let events = now.told(&[alice, bob], &["message.created"], &[eve]).await;
    assert_shows(&events[0]["data"], json!({"reply_to": question.id}));
}
