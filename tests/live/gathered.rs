//! What stands in no log: who writes, who has read what, who is here.

use crate::common::golden::{assert_is, assert_shows};
use crate::common::socket::{parse, type_of};
use crate::common::{stored, within, Chat, Socket, User};
use crate::stage::Stage;
use serde_json::{json, Value};

fn typing(chat: &Chat) -> Value {
    json!({"type": "typing", "chat_id": chat.id})
}

/// The next news of this person's coming or going; all else is kept.
async fn news_of(socket: &mut Socket, user: &User) -> Value {
    loop {
        let frame = socket.find(&["presence"]).await;
        assert_shows(&frame, json!({"type": "presence", "users": "<any>"}));
        for found in frame["users"].as_array().expect("people") {
            assert_is(
                found,
                json!({"user_id": "<int>", "online": "<bool>", "last_online": "<time>"}),
            );
            if found["user_id"] == user.id {
                return found.clone();
            }
        }
    }
}

async fn is_online(asker: &User, user: &User) -> bool {
    let found = asker.get(&format!("/auth/user/{}/", user.id)).await.is(200).json();
    found["online"].as_bool().expect("online")
}

#[tokio::test]
async fn who_writes_is_told_to_the_others_in_that_chat() {
    let stage = Stage::set().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
        ..
    } = &stage;
    let carol = app.user("carol").await;
    alice.add(chat, &carol).await.is(200);
    let pair = alice.private(bob).await;
    let before = stored::census(app);
    let (mut on_alice, mut on_phone) = (alice.socket().await, alice.again().await.socket().await);
    let (mut on_bob, mut on_carol, mut on_eve) = (bob.socket().await, carol.socket().await, eve.socket().await);
    on_alice.say(typing(chat)).await;
    let told = json!({"type": "typing", "chat_id": chat.id, "user_id": alice.id});
    assert_is(&on_bob.find(&["typing"]).await, told.clone());
    assert_is(&on_carol.find(&["typing"]).await, told);
    // In the chat of two, the two only; and again at once it is not news.
    for _ in 0..20 {
        on_bob.say(typing(&pair)).await;
    }
    on_bob.lives().await;
    assert_is(
        &on_alice.find(&["typing"]).await,
        json!({"type": "typing", "chat_id": pair.id, "user_id": bob.id}),
    );
    on_phone.find(&["typing"]).await;
    assert_eq!(stored::census(app), before, "none of it is stored");
    let marker = carol.send(chat, "the next").await;
    for socket in [&mut on_alice, &mut on_phone, &mut on_bob, &mut on_carol] {
        socket.heard_nothing_until(&marker).await;
    }
    stage.silent(&mut on_eve).await;
}

#[tokio::test]
async fn in_a_chat_that_is_not_ones_own_nobody_is_told_anything() {
    let stage = Stage::set().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
        ..
    } = &stage;
    let message = alice.send(chat, "hi").await;
    let mut on_bob = bob.socket().await;
    let mut on_eve = eve.socket().await;
    let before = stored::census(app);
    let none = json!({"type": "error", "status": 404, "detail": "Not found."});
    for id in [json!(chat.id), json!(999), json!(i64::MAX), json!(chat.id.to_string())] {
        on_eve.say(json!({"type": "typing", "chat_id": id})).await;
        assert_is(&on_eve.next().await, none.clone());
        on_eve.say(json!({"type": "read", "chat_id": id, "seq": 1})).await;
        assert_is(&on_eve.next().await, none.clone());
    }
    for frame in [
        json!({"type": "typing"}),
        json!({"type": "read", "seq": 1}),
        json!({"type": "typing", "chat_id": "abc"}),
        json!({"type": "typing", "chat_id": null}),
        json!({"type": "typing", "chat_id": 1.5}),
        json!({"type": "read", "chat_id": {}, "seq": 1}),
        json!({"type": "read", "chat_id": chat.id}),
        json!({"type": "read", "chat_id": chat.id, "seq": -1}),
        json!({"type": "read", "chat_id": chat.id, "seq": "x"}),
        json!({"type": "read", "chat_id": chat.id, "seq": null}),
    ] {
        on_eve.say(frame.clone()).await;
        let error = on_eve.next().await;
        assert_shows(
            &error,
            json!({"type": "error", "status": 400, "detail": "<string>", "errors": "<any>"}),
        );
    }
    assert_eq!(stored::census(app), before);
    assert_eq!(stored::read_seq(app, chat, bob), 0);
    // Who was put out is told as little.
    alice.remove(chat, bob).await.is(204);
    assert_shows(&on_bob.event().await, json!({"kind": "member.removed"}));
    on_bob.say(typing(chat)).await;
    assert_is(&on_bob.find(&["error"]).await, none.clone());
    on_bob
        .say(json!({"type": "read", "chat_id": chat.id, "seq": message.seq}))
        .await;
    assert_is(&on_bob.find(&["error"]).await, none);
    let mut on_alice = alice.socket().await;
    let marker = alice.send(chat, "the next").await;
    on_alice.heard_nothing_until(&marker).await;
    stage.silent(&mut on_eve).await;
}

/// A socket that does not take what it is sent is told of nothing as it happens, and its person is as much a member as
/// before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_behind_may_write_and_read_as_any_member() {
    let stage = Stage::set().await;
    let Stage {
        app, alice, bob, chat, ..
    } = &stage;
    let mut slow = stage.narrow().await;
    let (mut on_alice, mut quick) = (alice.socket().await, bob.socket().await);
    stage.flood(&mut on_alice, &"x".repeat(10_000)).await;
    // What Bob's other socket has heard, his worker has told: the slow one is behind. Then it is the only one.
    for seq in 1..=400 {
        assert_shows(&quick.event().await, json!({"data": {"seq": seq}}));
    }
    assert_eq!(quick.close(1000).await, Some(1000));
    slow.say(typing(chat)).await;
    slow.say(json!({"type": "read", "chat_id": chat.id, "seq": 3})).await;
    slow.say(json!({"type": "typing", "chat_id": null})).await;
    assert_shows(&slow.find(&["error"]).await, json!({"status": 400}));
    let rest = slow.rest();
    assert!(rest.iter().all(|frame| type_of(frame) == "event"), "{rest:#?}");
    // It is told all that it missed, and then heard of again. What others are told of a mark is stored.
    let seen = on_alice.find(&["seen"]).await;
    assert_is(
        &seen,
        json!({"type": "seen", "chat_id": chat.id, "marks": [[bob.id, 3]]}),
    );
    assert_eq!(stored::read_seq(app, chat, bob), 3);
    let marker = alice.send(chat, "and on it goes").await;
    slow.events_until(&marker).await;
    slow.say(typing(chat)).await;
    let told = json!({"type": "typing", "chat_id": chat.id, "user_id": bob.id});
    assert_is(&on_alice.find(&["typing"]).await, told);
}

#[tokio::test]
async fn a_read_mark_is_told_to_ones_devices_at_once_and_to_members_in_a_while() {
    let stage = Stage::set().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
        ..
    } = &stage;
    for number in 0..5 {
        alice.send(chat, &format!("number {number}")).await;
    }
    let (mut on_alice, mut on_eve) = (alice.socket().await, eve.socket().await);
    let (mut on_bob, mut on_phone) = (bob.socket().await, bob.again().await.socket().await);
    let now = bob.cursor().await;
    on_bob.say(json!({"type": "read", "chat_id": chat.id, "seq": 3})).await;
    let event = json!({
        "type": "event", "id": now.id + 1, "kind": "read", "chat_id": chat.id, "data": {"chat_id": chat.id, "user_id": bob.id, "seq": 3}
    });
    let text = on_bob.event_text().await;
    assert_is(&parse(&text), event);
    assert_eq!(on_phone.event_text().await, text);
    assert_eq!(stored::read_seq(app, chat, bob), 3);
    let seen = |seq: i64| json!({"type": "seen", "chat_id": chat.id, "marks": [[bob.id, seq]]});
    for socket in [&mut on_alice, &mut on_bob, &mut on_phone] {
        assert_is(&socket.find(&["seen"]).await, seen(3));
    }
    // Never back, nor beyond the last; where nothing moved, nothing is told.
    for seq in [1, 3] {
        on_phone
            .say(json!({"type": "read", "chat_id": chat.id, "seq": seq}))
            .await;
    }
    on_phone.lives().await;
    on_phone
        .say(json!({"type": "read", "chat_id": chat.id, "seq": i64::MAX}))
        .await;
    assert_shows(&on_bob.event().await, json!({"kind": "read", "data": {"seq": 5}}));
    assert_is(&on_alice.find(&["seen"]).await, seen(5));
    assert_eq!(stored::read_seq(app, chat, bob), 5);
    bob.chat(chat).await;
    assert_shows(&bob.chat(chat).await, json!({"unread_count": 0, "read_seq": 5}));
    // Over HTTP it is told likewise; and a message of one's own tells it by itself.
    alice.send(chat, "number 5").await;
    assert_shows(&on_bob.event().await, json!({"kind": "message.created"}));
    bob.put(&format!("/chat/{}/read/", chat.id), json!({"seq": 6}))
        .await
        .is(200);
    assert_shows(&on_bob.event().await, json!({"kind": "read", "data": {"seq": 6}}));
    assert_is(&on_alice.find(&["seen"]).await, seen(6));
    let marker = bob.send(chat, "all read").await;
    on_bob.heard_nothing_until(&marker).await;
    assert_shows(
        &on_alice.event().await,
        json!({"kind": "message.created", "data": {"seq": 6}}),
    );
    on_alice.heard_nothing_until(&marker).await;
    stage.silent(&mut on_eve).await;
}

#[tokio::test]
async fn five_who_read_are_told_together() {
    let stage = Stage::set().await;
    let Stage { app, alice, chat, .. } = &stage;
    let mut others = Vec::new();
    for number in 0..5 {
        let user = app.user(&format!("person{number}")).await;
        alice.add(chat, &user).await.is(200);
        others.push(user);
    }
    let message = alice.send(chat, "read this").await;
    let mut on_alice = alice.socket().await;
    let path = format!("/chat/{}/read/", chat.id);
    let reads = others.iter().map(|user| user.put(&path, json!({"seq": message.seq})));
    for reply in futures_util::future::join_all(reads).await {
        reply.is(200);
    }
    let mut marks: Vec<Value> = Vec::new();
    let mut frames = 0;
    while marks.len() < 5 {
        let seen = on_alice.find(&["seen"]).await;
        assert_shows(&seen, json!({"type": "seen", "chat_id": chat.id, "marks": "<any>"}));
        marks.extend(seen["marks"].as_array().unwrap().iter().cloned());
        frames += 1;
    }
    marks.sort_by_key(|mark| mark[0].as_i64());
    let all: Vec<Value> = others.iter().map(|user| json!([user.id, message.seq])).collect();
    assert_eq!(marks, all, "each once, in {frames} frames");
}

#[tokio::test]
async fn who_is_banned_is_told_to_have_gone() {
    let stage = Stage::set().await;
    let Stage {
        app, alice, bob, eve, ..
    } = &stage;
    stored::make_host(app, eve);
    let host = eve.again().await;
    let (mut on_alice, mut on_eve) = (alice.socket().await, host.socket().await);
    let mut on_bob = bob.socket().await;
    assert_eq!(news_of(&mut on_alice, bob).await["online"], true);
    host.put(&format!("/host/people/{}/ban/", bob.id), json!({}))
        .await
        .is(204);
    on_bob.closes(4401).await;
    let went = news_of(&mut on_alice, bob).await;
    assert_eq!(went["online"], false);
    stage.silent(&mut on_eve).await;
}

#[tokio::test]
async fn who_comes_and_goes_is_told_to_those_who_share_a_chat() {
    let stage = Stage::set().await;
    let Stage { alice, bob, eve, .. } = &stage;
    let (mut on_alice, mut on_eve) = (alice.socket().await, eve.socket().await);
    assert!(!is_online(alice, bob).await);
    let on_bob = bob.socket().await;
    assert!(is_online(alice, bob).await, "at once");
    let came = news_of(&mut on_alice, bob).await;
    assert_eq!(came["online"], true);
    // A second device, and the end of one of two, is no news; a page that is loaded anew is none either.
    let mut on_phone = bob.again().await.socket().await;
    drop(on_bob);
    on_phone.lives().await;
    drop(on_phone);
    let mut again = bob.socket().await;
    // Bob is told who is here, and not of himself.
    assert_eq!(news_of(&mut again, alice).await["online"], true);
    assert!(is_online(alice, bob).await);
    assert_eq!(again.close(1000).await, Some(1000));
    // The next that Alice is told of him is that he went.
    let went = news_of(&mut on_alice, bob).await;
    assert_eq!(went["online"], false);
    assert!(!is_online(alice, bob).await);
    assert!(
        went["last_online"].as_str() > came["last_online"].as_str(),
        "{came} {went}"
    );
    let seen = alice.get(&format!("/auth/user/{}/", bob.id)).await.is(200).json();
    assert_eq!(seen["last_online"], went["last_online"]);
    stage.silent(&mut on_eve).await;
}

#[tokio::test]
async fn who_has_just_come_is_told_who_is_here() {
    let stage = Stage::set().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
        ..
    } = &stage;
    let carol = app.user("carol").await;
    alice.add(chat, &carol).await.is(200);
    let (mut on_alice, mut on_eve) = (alice.socket().await, eve.socket().await);
    let _on_carol = carol.socket().await;
    news_of(&mut on_alice, &carol).await;
    let mut on_bob = bob.socket().await;
    let mut here = Vec::new();
    while here.len() < 2 {
        let frame = on_bob.next().await;
        assert_eq!(type_of(&frame), "presence", "{frame}");
        for user in frame["users"].as_array().unwrap() {
            assert_eq!(user["online"], true);
            here.push(user["user_id"].as_i64().unwrap());
        }
    }
    here.sort_unstable();
    assert_eq!(here, [alice.id, carol.id], "neither himself nor Eve");
    // What the list of people says is the same.
    let sync = bob.get("/chat/sync/").await.is(200).json();
    for user in sync["users"].as_array().unwrap() {
        assert_eq!(user["online"], true, "{user}");
    }
    assert!(!is_online(bob, &app.user("dora").await).await);
    stage.silent(&mut on_eve).await;
}

#[tokio::test]
async fn a_cut_connection_is_a_going_too() {
    let stage = Stage::set().await;
    let Stage { alice, bob, .. } = &stage;
    let mut on_alice = alice.socket().await;
    let on_bob = bob.socket().await;
    assert_eq!(news_of(&mut on_alice, bob).await["online"], true);
    drop(on_bob);
    assert_eq!(news_of(&mut on_alice, bob).await["online"], false);
    // So is a log-out.
    let device = bob.again().await;
    let mut socket = device.socket().await;
    assert_eq!(news_of(&mut on_alice, bob).await["online"], true);
    device.post("/auth/logout/", json!({})).await.is(205);
    socket.closes(4401).await;
    assert_eq!(news_of(&mut on_alice, bob).await["online"], false);
}

#[tokio::test]
async fn who_waits_over_http_is_here_too() {
    let Stage { alice, bob, chat, .. } = &Stage::set().await;
    let mut on_alice = alice.socket().await;
    let now = bob.cursor().await;
    let path = format!("/chat/events/?epoch={}&since={}&wait=30", now.epoch, now.id);
    let waiting = bob.get(&path);
    let told = async {
        assert_eq!(news_of(&mut on_alice, bob).await["online"], true);
        alice.send(chat, "there you are").await;
    };
    let (answer, ()) = tokio::join!(waiting, told);
    answer.is(200);
    let went = within("his going", news_of(&mut on_alice, bob)).await;
    assert_eq!(went["online"], false);
}
