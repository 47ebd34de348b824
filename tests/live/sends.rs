//! Sending over a socket: acknowledged once it is stored, once however often it is sent, or refused with a reason.

use crate::common::golden::{assert_is, assert_shows};
use crate::common::socket::{parse, send, type_of};
use crate::common::{stored, Message};
use crate::stage::Stage;
use serde_json::{json, Value};

/// id, seq, event id, sender, text and client id of each message, in order.
fn rows(stage: &Stage) -> Vec<Vec<Value>> {
    let sql = "SELECT id, seq, event_id, from_user, text, client_id FROM messages ORDER BY id";
    stage.app.rows(sql)
}

/// The ack of a message whose event this is.
fn acks(ack: &Value, event: &Value) {
    assert_is(
        ack,
        json!({
            "type": "ack", "client_id": event["data"]["client_id"], "id": event["data"]["id"], "seq": event["data"]["seq"],
            "event_id": event["id"], "time": event["data"]["time"]
        }),
    );
}

#[tokio::test]
async fn an_ack_is_the_stored_row_and_its_event() {
    let stage = Stage::set().await;
    let Stage {
        alice, bob, eve, chat, ..
    } = &stage;
    let (mut on_alice, mut on_phone) = (alice.socket().await, alice.again().await.socket().await);
    let (mut on_bob, mut on_eve) = (bob.socket().await, eve.socket().await);
    let ack = on_alice.send(chat, "  Bună, Bob! ", "c-1").await;
    let text = on_bob.event_text().await;
    let event = parse(&text);
    acks(&ack, &event);
    let golden = json!({
        "id": ack["id"], "chat_id": chat.id, "seq": 1, "from_user": alice.id, "text": "Bună, Bob!", "time": ack["time"],
        "photo": null, "file": null, "client_id": "c-1", "reply_to": null, "edited": false, "edited_at": null,
        "deleted": false, "removed_by": null, "reactions": [], "photo_thumb": null, "photo_width": null, "photo_height": null,
        "file_name": null, "file_size": null
    });
    assert_is(
        &event,
        json!({"type": "event", "id": ack["event_id"], "kind": "message.created", "chat_id": chat.id, "data": golden}),
    );
    let stored = json!([ack["id"], 1, ack["event_id"], alice.id, "Bună, Bob!", "c-1"]);
    assert_eq!(json!(rows(&stage)), json!([stored]));
    assert_eq!(on_alice.event_text().await, text, "the socket that sent it is told too");
    assert_eq!(on_phone.event_text().await, text, "and so is his other");
    assert_eq!(stored::read_seq(&stage.app, chat, alice), 1);

    // An answer to it, and one without a client_id.
    on_bob
        .say(json!({"type": "send", "chat_id": chat.id, "text": "Salut!", "reply_to": ack["id"]}))
        .await;
    let answer = on_bob.answer().await;
    let event = on_alice.event().await;
    acks(&answer, &event);
    assert_shows(
        &event["data"],
        json!({"reply_to": ack["id"], "client_id": null, "seq": 2}),
    );
    stage.silent(&mut on_eve).await;
}

#[tokio::test]
async fn a_retry_has_the_same_ack_whatever_happened_between() {
    let mut stage = Stage::set().await;
    let (mut on_alice, mut on_bob) = (stage.alice.socket().await, stage.bob.socket().await);
    let first = on_alice.send(&stage.chat, "once", "c-1").await;
    assert_eq!(on_alice.send(&stage.chat, "once", "c-1").await, first);
    let over_http = json!({"text": "once", "client_id": "c-1"});
    let path = format!("/chat/messages/{}/", stage.chat.id);
    stage
        .alice
        .post(&path, over_http.clone())
        .await
        .is(200)
        .shows(json!({"id": first["id"], "seq": 1}));
    let marker = stage.bob.send(&stage.chat, "between").await;
    assert_shows(&on_bob.event().await, json!({"data": {"id": first["id"]}}));
    on_bob.heard_nothing_until(&marker).await;

    stage.app.restart().await;
    let mut on_alice = stage.alice.socket().await;
    assert_eq!(
        on_alice.send(&stage.chat, "once", "c-1").await,
        first,
        "after a restart"
    );
    stage.app.kill().await;
    stage.app.start_again().await;
    let (mut on_alice, mut on_bob) = (stage.alice.socket().await, stage.bob.socket().await);
    assert_eq!(on_alice.send(&stage.chat, "once", "c-1").await, first, "after a kill");
    let message = format!("/chat/messages/{}/", first["id"]);
    stage.alice.patch(&message, json!({"text": "edited"})).await.is(200);
    assert_eq!(on_alice.send(&stage.chat, "once", "c-1").await, first, "after an edit");
    stage.alice.delete(&message).await.is(204);
    assert_eq!(on_alice.send(&stage.chat, "once", "c-1").await, first, "after its end");
    // What was sent over HTTP is the same message over a socket.
    let sent = stage
        .alice
        .send_json(&stage.chat, json!({"text": "by HTTP", "client_id": "c-2"}))
        .await;
    let ack = on_alice.send(&stage.chat, "by HTTP", "c-2").await;
    assert_shows(&ack, json!({"id": sent.id, "seq": sent.seq, "time": sent.json["time"]}));
    stage.bob.remove(&stage.chat, &stage.bob).await.is(204);
    for kind in [
        "message.updated",
        "message.deleted",
        "message.created",
        "member.removed",
    ] {
        assert_shows(&on_bob.event().await, json!({"kind": kind}));
    }
    assert_eq!(stored::count(&stage.app, "messages"), 3);
}

#[tokio::test]
async fn a_client_id_with_other_content_is_refused() {
    let stage = Stage::set().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
        ..
    } = &stage;
    let other = alice.group("Other", &[bob]).await;
    let (mut on_alice, mut on_bob, mut on_eve) = (alice.socket().await, bob.socket().await, eve.socket().await);
    let first = on_alice.send(chat, "once", "c-1").await;
    let before = stored::census(app);
    let mut answered = send(chat, "once", "c-1");
    answered["reply_to"] = first["id"].clone();
    for again in [send(chat, "twice", "c-1"), send(&other, "once", "c-1"), answered] {
        on_alice.say(again).await;
        let nack = on_alice.answer().await;
        assert_is(
            &nack,
            json!({"type": "nack", "client_id": "c-1", "status": 409, "detail": "<string>"}),
        );
    }
    assert_eq!(stored::census(app), before);
    assert_shows(&on_bob.event().await, json!({"data": {"id": first["id"]}}));
    let of_bob = on_bob.send(chat, "twice", "c-1").await;
    assert_ne!(of_bob["id"], first["id"], "another's client_id is another");
    assert_shows(&on_bob.event().await, json!({"data": {"id": of_bob["id"]}}));
    stage.silent(&mut on_eve).await;
}

#[tokio::test]
async fn what_http_refuses_is_refused_with_the_same_words() {
    let stage = Stage::set().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
        own,
    } = &stage;
    let elsewhere = bob.send(&bob.group("Bob's own", &[]).await, "elsewhere").await;
    let (mut in_english, mut in_romanian) = (alice.socket().await, alice.socket_in("ro, en;q=0.5").await);
    let (mut on_bob, mut on_eve) = (bob.socket().await, eve.socket().await);
    let before = stored::census(app);
    let long = "x".repeat(10_001);
    for fields in [
        json!({"chat_id": 99, "text": "x"}),
        json!({"chat_id": own.id, "text": "x"}),
        json!({"chat_id": "abc", "text": "x"}),
        json!({"chat_id": 1.5, "text": "x"}),
        json!({"chat_id": -1, "text": "x"}),
        json!({"chat_id": null, "text": "x"}),
        json!({"chat_id": [chat.id], "text": "x"}),
        json!({"text": "x"}),
        json!({"chat_id": chat.id}),
        json!({"chat_id": chat.id, "text": ""}),
        json!({"chat_id": chat.id, "text": " \n "}),
        json!({"chat_id": chat.id, "text": null}),
        json!({"chat_id": chat.id, "text": true}),
        json!({"chat_id": chat.id, "text": ["x"]}),
        json!({"chat_id": chat.id, "text": "a\u{0}b"}),
        json!({"chat_id": chat.id, "text": long}),
        json!({"chat_id": chat.id, "text": "x", "reply_to": 99}),
        json!({"chat_id": chat.id, "text": "x", "reply_to": elsewhere.id}),
        json!({"chat_id": chat.id, "text": "x", "reply_to": "abc"}),
        json!({"chat_id": chat.id, "text": "x", "from_user": bob.id}),
        json!({"chat_id": chat.id, "text": "x", "client_id": "c".repeat(101)}),
        json!({"chat_id": chat.id, "text": "x", "client_id": "c".repeat(60_000)}),
        json!({"chat_id": chat.id, "text": "x", "client_id": "a\u{0}b"}),
        json!({"chat_id": chat.id, "text": "x", "client_id": {"a": 1}}),
        json!({"chat_id": 99, "text": "", "client_id": true, "reply_to": "abc"}),
    ] {
        for (socket, language) in [(&mut in_english, "en"), (&mut in_romanian, "ro")] {
            let http = alice
                .header("Accept-Language", language)
                .post("/chat/messages/", fields.clone())
                .await;
            let mut frame = fields.clone();
            frame["type"] = json!("send");
            socket.say(frame).await;
            let nack = socket.answer().await;
            let client_id = fields.get("client_id").cloned().unwrap_or_default();
            let form = match http.body.get("detail") {
                Some(detail) => {
                    json!({"type": "nack", "client_id": client_id, "status": http.status, "detail": detail})
                }
                None => {
                    json!({"type": "nack", "client_id": client_id, "status": http.status, "detail": "<string>", "errors": http.body})
                }
            };
            assert!(http.status >= 400, "{}", http.what);
            assert_is(&nack, form);
        }
    }
    // What JSON can write and a text can't hold.
    for text in [r"\ud800", r"a\udc00b", r"\ud800\ud800"] {
        let frame = format!(
            r#"{{"type":"send","chat_id":{},"client_id":"s","text":"{text}"}}"#,
            chat.id
        );
        in_english.say_text(&frame).await;
        assert_is(
            &in_english.answer().await,
            json!({"type": "nack", "client_id": "s", "status": 400, "detail": "<starts:Surrogate>", "errors": {"text": ["<starts:Surrogate>"]}}),
        );
    }
    assert_eq!(stored::census(app), before);
    in_english.lives().await;
    let marker = alice.send(chat, "at last").await;
    on_bob.heard_nothing_until(&marker).await;
    stage.silent(&mut on_eve).await;
}

#[tokio::test]
async fn a_frame_that_says_nothing_is_answered_and_does_no_harm() {
    let stage = Stage::set().await;
    let Stage {
        app, alice, bob, eve, ..
    } = &stage;
    let (mut on_alice, mut on_bob, mut on_eve) = (alice.socket().await, bob.socket().await, eve.socket().await);
    let before = stored::census(app);
    let deep = "[".repeat(30_000);
    for text in [
        "",
        " ",
        "hello",
        "{",
        "null",
        "5",
        "\"ping\"",
        "[]",
        "[{\"type\":\"ping\"}]",
        "{}",
        "{\"type\":null}",
        "{\"type\":5}",
        "{\"type\":\"\"}",
        "{\"type\":\"PING\"}",
        "{\"type\":\"auth\"}",
        "{\"type\":\"ack\"}",
        "{\"type\":\"event\"}",
        "{\"type\":\"ping\"} {\"type\":\"ping\"}",
        "{\"type\":[\"ping\"]}",
        "\u{feff}{\"type\":\"ping\"}",
        deep.as_str(),
    ] {
        on_alice.say_text(text).await;
        let error = on_alice.next().await;
        assert_eq!(type_of(&error), "error", "{text}");
        assert_shows(&error, json!({"status": 400, "detail": "<string>"}));
    }
    // A second greeting changes nobody.
    on_alice.say(eve.auth(json!({}))).await;
    assert_is(
        &on_alice.next().await,
        json!({"type": "error", "status": 400, "detail": "Unknown type of frame."}),
    );
    let mut in_romanian = alice.socket_in("ro").await;
    in_romanian.say(json!({"type": "x"})).await;
    assert_is(
        &in_romanian.find(&["error"]).await,
        json!({"type": "error", "status": 400, "detail": "Tip de mesaj necunoscut."}),
    );
    on_alice
        .say(json!({"type": "ping", "type2": "x", "more": {"a": [1, 2]}}))
        .await;
    assert_is(&on_alice.find(&["pong"]).await, json!({"type": "pong"}));
    on_alice.say(json!({"type": "pong"})).await;
    on_alice.lives().await;
    assert_eq!(stored::census(app), before);
    let marker = alice.send(&stage.chat, "at last").await;
    on_alice.heard_nothing_until(&marker).await;
    on_bob.heard_nothing_until(&marker).await;
    stage.silent(&mut on_eve).await;
}

#[tokio::test]
async fn fifty_in_one_write_are_acknowledged_in_their_order() {
    let stage = Stage::set().await;
    let Stage {
        alice, bob, eve, chat, ..
    } = &stage;
    let (mut on_alice, mut on_bob, mut on_eve) = (alice.socket().await, bob.socket().await, eve.socket().await);
    let mut frames: Vec<Value> = (1..=50)
        .map(|seq| send(chat, &format!("number {seq}"), &format!("c-{seq}")))
        .collect();
    // One in the middle is refused in its turn.
    frames.insert(25, send(chat, "", "blank"));
    on_alice.say_all(&frames).await;
    let (mut seq, mut last) = (0, 0);
    for frame in &frames {
        let answer = on_alice.answer().await;
        assert_eq!(answer["client_id"], frame["client_id"]);
        if answer["client_id"] == "blank" {
            assert_shows(&answer, json!({"type": "nack", "status": 400}));
            continue;
        }
        seq += 1;
        assert_shows(&answer, json!({"type": "ack", "seq": seq}));
        let event_id = answer["event_id"].as_i64().unwrap();
        assert!(event_id > last);
        last = event_id;
        let event = on_bob.event().await;
        acks(&answer, &event);
        assert_eq!(event["data"]["text"], frame["text"]);
    }
    let stored: Vec<Value> = rows(&stage).into_iter().map(|row| row[4].clone()).collect();
    assert_eq!(
        stored,
        (1..=50)
            .map(|seq| json!(format!("number {seq}")))
            .collect::<Vec<Value>>()
    );
    stage.silent(&mut on_eve).await;
}

#[tokio::test]
async fn more_than_may_be_under_way_at_once_wait_their_turn() {
    let stage = Stage::set().await;
    let mut on_alice = stage.alice.socket().await;
    let frames: Vec<Value> = (1..=500)
        .map(|seq| send(&stage.chat, "x", &format!("c-{seq}")))
        .collect();
    on_alice.say_all(&frames).await;
    for seq in 1..=500 {
        assert_shows(
            &on_alice.answer().await,
            json!({"type": "ack", "client_id": format!("c-{seq}"), "seq": seq}),
        );
    }
}

#[tokio::test]
async fn one_client_id_over_twenty_sockets_at_once_is_one_message() {
    let stage = Stage::set().await;
    let Stage {
        alice, bob, eve, chat, ..
    } = &stage;
    let (mut on_bob, mut on_eve) = (bob.socket().await, eve.socket().await);
    let mut sockets = Vec::new();
    for _ in 0..20 {
        sockets.push(alice.socket().await);
    }
    for round in 1..=5 {
        let client_id = format!("c-{round}");
        let sends = sockets
            .iter_mut()
            .map(|socket| socket.send(chat, "at once", &client_id));
        let acks = futures_util::future::join_all(sends).await;
        assert!(acks.iter().all(|ack| ack == &acks[0]), "{acks:#?}");
        assert_shows(&acks[0], json!({"seq": round}));
        assert_shows(
            &on_bob.event().await,
            json!({"id": acks[0]["event_id"], "data": {"id": acks[0]["id"]}}),
        );
        for socket in &mut sockets {
            assert_shows(&socket.event().await, json!({"id": acks[0]["event_id"]}));
        }
    }
    assert_eq!(stored::count(&stage.app, "messages"), 5);
    let marker = alice.send(chat, "the next").await;
    on_bob.heard_nothing_until(&marker).await;
    stage.silent(&mut on_eve).await;
}

#[tokio::test]
async fn who_was_put_out_sends_no_more() {
    let stage = Stage::set().await;
    let Stage {
        app, alice, bob, chat, ..
    } = &stage;
    let (mut on_alice, mut on_bob) = (alice.socket().await, bob.socket().await);
    let first = on_bob.send(chat, "while I am in", "b-1").await;
    alice.remove(chat, bob).await.is(204);
    let before = stored::census(app);
    on_bob.say(send(chat, "and now?", "b-2")).await;
    let pk = format!("Invalid pk \"{}\" - object does not exist.", chat.id);
    assert_is(
        &on_bob.answer().await,
        json!({"type": "nack", "client_id": "b-2", "status": 400, "detail": pk, "errors": {"chat_id": [pk]}}),
    );
    assert_eq!(on_bob.send(chat, "while I am in", "b-1").await, first, "sent it was");
    assert_eq!(stored::census(app), before);
    assert_shows(&on_alice.event().await, json!({"id": first["event_id"]}));
    assert_shows(&on_alice.event().await, json!({"kind": "member.removed"}));
    let marker = Message::of(
        alice
            .post(&format!("/chat/messages/{}/", chat.id), json!({"text": "the next"}))
            .await
            .is(201),
    );
    on_alice.heard_nothing_until(&marker).await;
}

#[tokio::test]
async fn too_many_messages_are_refused_for_a_while() {
    let stage = Stage::with(&[("rate_limits", "true")]).await;
    let Stage { alice, bob, chat, .. } = &stage;
    let (mut on_alice, mut on_phone, mut on_bob) = (
        alice.socket().await,
        alice.again().await.socket().await,
        bob.socket().await,
    );
    let frames = |device: &str| {
        (0..25)
            .map(|number| send(chat, "x", &format!("{device}-{number}")))
            .collect::<Vec<Value>>()
    };
    on_alice.say_all(&frames("a")).await;
    let mut acked = 0;
    for number in 0..25 {
        let answer = on_alice.answer().await;
        if type_of(&answer) == "ack" {
            acked += 1;
            continue;
        }
        assert!(number >= 20, "refused after {number}");
        let wait = answer["retry_after"].as_i64().expect("seconds to wait");
        assert!(wait >= 1);
        let said = format!("Request was throttled. Expected available in {wait} seconds.");
        assert_is(
            &answer,
            json!({"type": "nack", "client_id": format!("a-{number}"), "status": 429, "detail": said, "retry_after": wait}),
        );
    }
    // What came in a moment came before more was allowed; his other socket is he.
    assert!(acked < 25, "nothing was refused");
    on_phone.say_all(&frames("p")).await;
    let mut refused = 0;
    for _ in 0..25 {
        match type_of(&on_phone.answer().await) {
            "ack" => acked += 1,
            _ => refused += 1,
        }
    }
    assert!(refused > 0);
    assert_eq!(stored::count(&stage.app, "messages"), acked);
    let of_bob = on_bob.send(chat, "I may", "b-1").await;
    assert_eq!(of_bob["seq"], acked + 1, "another is not held up");
}

#[tokio::test]
async fn a_flood_of_frames_is_closed() {
    let stage = Stage::with(&[("rate_limits", "true")]).await;
    let Stage { alice, bob, .. } = &stage;
    let (mut on_alice, mut on_bob) = (alice.socket().await, bob.socket().await);
    on_alice.say_all(&vec![json!({"type": "ping"}); 50]).await;
    for _ in 0..50 {
        on_alice.find(&["pong"]).await;
    }
    on_alice.say_all(&vec![json!({"type": "ping"}); 2_000]).await;
    on_alice.closes(4429).await;
    // So is one of WebSocket's own pings, and of pongs that nobody asked for.
    for opcode in [0x89, 0x8A] {
        let mut socket = bob.socket().await;
        let flood: Vec<u8> = (0..5_000)
            .flat_map(|_| crate::common::socket::frame(opcode, b"x"))
            .collect();
        socket.raw(&flood).await;
        socket.closes(4429).await;
    }
    assert_eq!(stored::count(&stage.app, "messages"), 0);
    on_bob.wire_ping(b"x").await;
    drop(on_bob);
}
