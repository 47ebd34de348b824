//! Sending, sending again, editing and deleting.

use crate::common::golden::assert_shows;
use crate::common::{stored, App, Chat, Message, Part, Reply, Table, User, NO_IDS};
use serde_json::{json, Value};

fn none() -> Value {
    json!({"detail": "Not found."})
}

struct Stage {
    app: App,
    alice: User,
    bob: User,
    eve: User,
    chat: Chat,
}

/// Alice and Bob in a group of Alice's; Eve is outside, with a chat of her own.
async fn stage() -> Stage {
    let app = App::start().await;
    let (alice, bob, eve) = (app.user("alice").await, app.user("bob").await, app.user("eve").await);
    eve.group("Eve's own", &[]).await;
    let chat = alice.group("G", &[&bob]).await;
    Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    }
}

impl Stage {
    fn path(&self) -> String {
        format!("/chat/messages/{}/", self.chat.id)
    }

    /// A message as everybody in the chat sees it.
    fn golden(&self, from: &User, seq: i64, text: &str) -> Value {
        json!({
            "id": "<int>", "chat_id": self.chat.id, "seq": seq, "from_user": from.id, "text": text, "time": "<time>",
            "photo": null, "file": null, "client_id": null, "reply_to": null, "edited": false, "edited_at": null,
            "deleted": false, "reactions": [], "photo_thumb": null, "photo_width": null, "photo_height": null,
            "file_name": null, "file_size": null
        })
    }
}

#[tokio::test]
async fn sending_a_text() {
    let stage = stage().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &stage;
    let now = alice.cursor().await;
    let reply = alice
        .post(&stage.path(), json!({"text": "  Bună, Bob!  "}))
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
    let stage = stage().await;
    let Stage { app, alice, chat, .. } = &stage;
    let id = chat.id;
    let long = "ă".repeat(10_000);
    let mut seq = 0;
    for (path, sent, text) in [
        (stage.path(), json!({"text": "path"}), "path"),
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
            stage.path(),
            json!({"chat_id": id, "from_user": alice.id, "text": "both"}),
            "both",
        ),
        (
            stage.path(),
            json!({"from_user": alice.id.to_string(), "text": "myself"}),
            "myself",
        ),
        (stage.path(), json!({"text": 5}), "5"),
        (stage.path(), json!({"text": "a\nb\tc"}), "a\nb\tc"),
        (stage.path(), json!({"text": long}), long.as_str()),
        (
            stage.path(),
            json!({"text": "<script>alert(1)</script>"}),
            "<script>alert(1)</script>",
        ),
        (
            stage.path(),
            json!({"text": "'; DROP TABLE messages; --"}),
            "'; DROP TABLE messages; --",
        ),
        (
            stage.path(),
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
    let reply = alice.multipart("POST", &stage.path(), &parts[1..]).await.is(201);
    reply.shows(stage.golden(alice, seq + 3, "multipart ș"));
}

#[tokio::test]
async fn sending_refuses() {
    let stage = stage().await;
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
        (&stage.path(), json!({}), text("This field is required.")),
        (&stage.path(), json!({"text": ""}), text("This field may not be blank.")),
        (
            &stage.path(),
            json!({"text": " \n "}),
            text("This field may not be blank."),
        ),
        (
            &stage.path(),
            json!({"text": null}),
            text("This field may not be null."),
        ),
        (&stage.path(), json!({"text": true}), text("Not a valid string.")),
        (&stage.path(), json!({"text": ["x"]}), text("Not a valid string.")),
        (&stage.path(), json!({"text": {"a": 1}}), text("Not a valid string.")),
        (
            &stage.path(),
            json!({"text": "a\u{0}b"}),
            text("Null characters are not allowed."),
        ),
        (
            &stage.path(),
            json!({"text": "x".repeat(10_001)}),
            text("Ensure this field has no more than 10000 characters."),
        ),
        (&stage.path(), json!({"text": "x", "reply_to": 99}), pk("reply_to", 99)),
        (
            &stage.path(),
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
            &alice.post(&stage.path(), json!({field: value, "text": "x"})).await,
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
        .post(&stage.path(), json!({"chat_id": other.id, "text": "x"}))
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
        .post(&stage.path(), json!({"from_user": bob.id, "text": "x"}))
        .await;
    table.says(&as_bob, 403, denied);
    table.says(&eve.post(&stage.path(), json!({"text": "x"})).await, 404, none());
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
    let stage = stage().await;
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

#[tokio::test]
async fn the_same_client_id_again_is_the_same_message() {
    let stage = stage().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &stage;
    let sent = json!({"text": "once", "client_id": "c-1"});
    let first = alice.send_json(chat, sent.clone()).await;
    assert_shows(&first.json, json!({"client_id": "c-1", "text": "once"}));
    assert_eq!(stored::message(app, &first)[4], "c-1");
    let other = alice.group("Other", &[bob]).await;

    let (before, now) = (stored::census(app), alice.cursor().await);
    let same = |reply: Reply| {
        let reply = reply
            .is(200)
            .shows(json!({"id": first.id, "seq": 1, "chat_id": chat.id}));
        assert_eq!(reply.body["time"], first.json["time"]);
    };
    same(alice.post(&stage.path(), sent.clone()).await);
    same(
        alice
            .post(
                "/chat/messages/",
                json!({"chat_id": chat.id, "text": "once", "client_id": "c-1"}),
            )
            .await,
    );
    same(alice.again().await.post(&stage.path(), sent.clone()).await);
    let mut table = Table::new("a client_id with other content");
    let to_other = format!("/chat/messages/{}/", other.id);
    let reply_to = json!({"text": "once", "client_id": "c-1", "reply_to": first.id});
    for (path, sent) in [
        (stage.path(), json!({"text": "twice", "client_id": "c-1"})),
        (to_other, sent.clone()),
        (stage.path(), reply_to),
    ] {
        table.blames(&alice.post(&path, sent).await, 409, "detail");
    }
    table.done();
    assert_eq!(stored::census(app), before, "a retry stores nothing");
    now.told(&[alice, bob], &[], &[eve]).await;

    let of_bob = bob.send_json(chat, sent.clone()).await;
    assert_ne!(of_bob.id, first.id, "another's client_id is another");

    alice.patch(&first.path(), json!({"text": "edited"})).await.is(200);
    same(alice.post(&stage.path(), sent.clone()).await);
    alice
        .post(&stage.path(), json!({"text": "edited", "client_id": "c-1"}))
        .await
        .is(409);
    alice.delete(&first.path()).await.is(204);
    same(alice.post(&stage.path(), sent.clone()).await);
    let of_bob_again = bob.post(&stage.path(), sent.clone()).await.is(200);
    assert_eq!(of_bob_again.id(), of_bob.id);
    bob.remove(chat, bob).await.is(204);
    assert_eq!(
        bob.post(&stage.path(), sent).await.is(200).id(),
        of_bob.id,
        "left since, and yet it was sent"
    );
    bob.post(&stage.path(), json!({"text": "new", "client_id": "c-2"}))
        .await
        .is(404);
}

#[tokio::test]
async fn fifty_at_once_with_one_client_id_store_one_message() {
    let stage = stage().await;
    let Stage {
        app, alice, bob, chat, ..
    } = &stage;
    let now = alice.cursor().await;
    let attempts = (0..50).map(|_| {
        alice.post(
            "/chat/messages/",
            json!({"chat_id": chat.id, "text": "x", "client_id": "k"}),
        )
    });
    let attempts: Vec<_> = attempts.collect();
    let replies = futures_util::future::join_all(attempts).await;
    let first = replies[0].id();
    assert!(replies.iter().all(|reply| reply.id() == first));
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 49);
    assert_eq!(stored::count(app, "messages"), 1);
    now.told(&[alice, bob], &["message.created"], &[]).await;
}

#[tokio::test]
async fn many_senders_at_once_leave_no_hole() {
    let stage = stage().await;
    let Stage { alice, bob, chat, .. } = &stage;
    let now = alice.cursor().await;
    let sends = (0..60).map(|number| {
        let (user, text) = (if number % 2 == 0 { alice } else { bob }, format!("number {number}"));
        async move { user.send(chat, &text).await.seq }
    });
    let mut seqs = futures_util::future::join_all(sends).await;
    seqs.sort_unstable();
    assert_eq!(seqs, (1..=60).collect::<Vec<i64>>());
    let events = now.told(&[alice, bob], &["message.created"; 60], &[]).await;
    let order: Vec<i64> = events
        .iter()
        .map(|event| event["data"]["seq"].as_i64().unwrap())
        .collect();
    assert_eq!(
        order,
        (1..=60).collect::<Vec<i64>>(),
        "events come in the order of the messages"
    );
}

#[tokio::test]
async fn editing_ones_own_message() {
    let stage = stage().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &stage;
    let message = bob.send(chat, "first wording").await;
    let now = alice.cursor().await;
    let reply = bob
        .patch(&message.path(), json!({"text": " second wording "}))
        .await
        .is(200);
    let mut golden = stage.golden(bob, 1, "second wording");
    golden["edited"] = json!(true);
    golden["edited_at"] = json!("<time>");
    let reply = reply.shows(golden);
    assert_eq!(reply.body["time"], message.json["time"], "the time of sending stays");
    assert_eq!(
        stored::message(app, &message),
        json!([chat.id, 1, bob.id, "second wording", null, null, 1, 0])
    );
    let events = now.told(&[alice, bob], &["message.updated"], &[eve]).await;
    assert_shows(
        &events[0]["data"],
        json!({"id": message.id, "text": "second wording", "edited": true}),
    );
    assert_shows(
        &alice.chat(chat).await,
        json!({"last_message": {"id": message.id, "text": "second wording"}}),
    );

    let (before, now) = (stored::census(app), alice.cursor().await);
    let mut table = Table::new("PATCH /chat/messages/<id>/");
    for (user, sent) in [(alice, json!({"text": "x"})), (eve, json!({"text": "x"}))] {
        table.says(&user.patch(&message.path(), sent).await, 404, none());
    }
    table.says(
        &bob.patch("/chat/messages/999/", json!({"text": "x"})).await,
        404,
        none(),
    );
    table.says(
        &bob.patch("/chat/messages/abc/", json!({"text": "x"})).await,
        404,
        none(),
    );
    for (sent, text) in [
        (json!({"text": ""}), "This field may not be blank."),
        (json!({"text": null}), "This field may not be null."),
        (
            json!({"text": "x".repeat(10_001)}),
            "Ensure this field has no more than 10000 characters.",
        ),
        (json!({"text": "a\u{0}"}), "Null characters are not allowed."),
        (json!({"text": []}), "Not a valid string."),
    ] {
        table.says(&bob.patch(&message.path(), sent).await, 400, json!({"text": [text]}));
    }
    table.done();
    assert_eq!(stored::census(app), before);
    now.told(&[alice, bob], &[], &[eve]).await;
    let sly = json!({"text": "third", "seq": 40, "from_user": bob.id, "chat_id": 1, "time": "1999-01-01T00:00:00Z"});
    bob.patch(&message.path(), sly).await.is(200).shows(json!({
        "text": "third", "seq": 1, "from_user": bob.id, "chat_id": chat.id, "time": message.json["time"]
    }));
}

#[tokio::test]
async fn deleting_a_message() {
    let stage = stage().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &stage;
    let start = alice.cursor().await;
    let secret = "never to be read again";
    let of_bob = bob.send(chat, secret).await;
    let of_alice = alice.send(chat, "of the owner").await;
    let mut table = Table::new("DELETE /chat/messages/<id>/");
    table.says(&eve.delete(&of_bob.path()).await, 404, none());
    table.says(&bob.delete(&of_alice.path()).await, 404, none());
    table.says(&bob.delete("/chat/messages/999/").await, 404, none());
    table.done();
    assert_eq!(stored::message(app, &of_alice)[7], 0);

    let now = alice.cursor().await;
    assert_eq!(bob.delete(&of_bob.path()).await.is(204).bytes, b"");
    let events = now.told(&[alice, bob], &["message.deleted"], &[eve]).await;
    assert_shows(&events[0]["data"], json!({"id": of_bob.id}));
    let row = stored::message(app, &of_bob);
    assert_eq!(row[7], 1, "the row stays");
    assert_eq!(row[1], 1);
    assert!(!row.to_string().contains(secret), "its content does not: {row}");
    let gone = alice.message(&of_bob).await;
    assert_shows(
        &gone,
        json!({"id": of_bob.id, "seq": 1, "deleted": true, "from_user": bob.id, "photo": null, "file": null}),
    );
    assert!(!gone.to_string().contains(secret), "{gone:#}");
    for user in [alice, bob] {
        let told = user.events_since(&start).await;
        assert!(
            !json!(told).to_string().contains(secret),
            "a replay shows it again: {told:#?}"
        );
        assert!(!json!(user.history(chat).await).to_string().contains(secret));
        assert_eq!(user.get("/chat/search/?q=never").await.is(200).ids(), NO_IDS);
    }

    let now = alice.cursor().await;
    let next = bob.send(chat, "another of Bob's").await;
    assert_eq!(next.seq, 3, "no number is used twice");
    alice.delete(&next.path()).await.is(204);
    now.told(&[alice, bob], &["message.created", "message.deleted"], &[eve])
        .await;
    let deleted: Vec<bool> = alice
        .history(chat)
        .await
        .iter()
        .map(|one| one["deleted"] == true)
        .collect();
    assert_eq!(deleted, [true, false, true]);
}

#[tokio::test]
async fn in_a_private_chat_nobody_deletes_the_others_words() {
    let stage = stage().await;
    let Stage { app, alice, bob, .. } = &stage;
    let pair = alice.private(bob).await;
    let (of_alice, of_bob) = (alice.send(&pair, "mine").await, bob.send(&pair, "his").await);
    alice.delete(&of_bob.path()).await.is(404).says(none());
    bob.delete(&of_alice.path()).await.is(404).says(none());
    assert_eq!(stored::message(app, &of_bob)[7], 0);
    assert_eq!(stored::message(app, &of_alice)[7], 0);
}

#[tokio::test]
async fn an_acknowledged_message_outlives_a_kill() {
    let mut stage = stage().await;
    let (alice, bob, chat) = (stage.alice.clone(), stage.bob.clone(), stage.chat.clone());
    let start = bob.cursor().await;
    let mut ids = Vec::new();
    for number in 0..10 {
        let sent = json!({"text": format!("kept {number}"), "client_id": format!("k{number}")});
        ids.insert(0, alice.send_json(&chat, sent).await.id);
    }
    stage.app.kill().await;
    stage.app.start_again().await;
    let kept: Vec<i64> = bob
        .history(&chat)
        .await
        .iter()
        .map(|message| message["id"].as_i64().unwrap())
        .collect();
    assert_eq!(kept, ids);
    start
        .told(&[&alice, &bob], &["message.created"; 10], &[&stage.eve])
        .await;
    let again = alice
        .post(&stage.path(), json!({"text": "kept 9", "client_id": "k9"}))
        .await
        .is(200);
    assert_eq!(again.id(), ids[0]);
    assert_eq!(alice.send(&chat, "next").await.seq, 11);
}
