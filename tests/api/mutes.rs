//! Muting a chat: one's own, and nobody else hears of it.

use crate::common::golden::assert_is;
use crate::common::{stored, Chat, Table, User};
use crate::stage::Stage;
use serde_json::{json, Value};

fn path(chat: &Chat) -> String {
    format!("/chat/{}/mute/", chat.id)
}

/// Whether a chat is muted for somebody: by itself, in his list and in his snapshot, which agree.
async fn muted(user: &User, chat: &Chat) -> Value {
    let one = user.chat(chat).await["muted"].clone();
    let list = user.get("/chat/").await.is(200).results();
    let sync = user.get("/chat/sync/").await.is(200).json();
    for chats in [&list, sync["chats"].as_array().expect("chats")] {
        let found = chats.iter().find(|found| found["id"] == chat.id).expect("the chat");
        assert_eq!(found["muted"], one);
    }
    one
}

#[tokio::test]
async fn a_chat_is_muted_for_oneself_alone_and_stays_so() {
    let mut stage = Stage::set().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &stage;
    let phone = bob.again().await;
    assert_eq!(muted(bob, chat).await, false);
    let now = bob.cursor().await;
    let reply = bob.put(&path(chat), json!({})).await.is(200);
    reply.says(json!({"muted": true}));
    assert_eq!(stored::muted(app, chat, bob), 1);
    assert_eq!(stored::muted(app, chat, alice), 0);
    assert_eq!(muted(bob, chat).await, true);
    assert_eq!(muted(&phone, chat).await, true);
    assert_eq!(muted(alice, chat).await, false);
    let golden = json!({
        "type": "event", "id": now.id + 1, "kind": "muted", "chat_id": chat.id,
        "data": {"chat_id": chat.id, "user_id": bob.id, "muted": true}
    });
    for device in [bob, &phone] {
        let events = device.events_since(&now).await;
        assert_eq!(events.len(), 1, "{events:#?}");
        assert_is(&events[0], golden.clone());
    }
    for other in [alice, eve] {
        let events = other.events_since(&now).await;
        assert!(events.is_empty(), "{} heard of it: {events:#?}", other.name);
    }

    // Again is no news, and what happens there is told as before.
    let before = stored::census(app);
    bob.bytes("PUT", &path(chat), None)
        .await
        .is(200)
        .says(json!({"muted": true}));
    assert_eq!(stored::census(app), before);
    let message = alice.send(chat, "are you there?").await;
    let later = bob.cursor().await;
    assert_eq!(bob.chat(chat).await["unread_count"], 1);
    bob.patch(&format!("/chat/{}/", chat.id), json!({"name": "New"}))
        .await
        .is(200);
    let events = later.told(&[alice, bob], &["chat.updated"], &[eve]).await;
    assert!(events[0]["data"].get("muted").is_none(), "{events:#?}");
    assert_eq!(bob.message(&message).await["text"], "are you there?");

    stage.app.restart().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &stage;
    assert_eq!(muted(bob, chat).await, true);
    let now = bob.cursor().await;
    bob.delete(&path(chat)).await.is(200).says(json!({"muted": false}));
    bob.delete(&path(chat)).await.is(200).says(json!({"muted": false}));
    assert_eq!(stored::muted(app, chat, bob), 0);
    assert_eq!(muted(bob, chat).await, false);
    let events = bob.events_since(&now).await;
    assert_eq!(events.len(), 1, "{events:#?}");
    assert_is(
        &events[0]["data"],
        json!({"chat_id": chat.id, "user_id": bob.id, "muted": false}),
    );
    assert!(alice.events_since(&now).await.is_empty());
    assert!(eve.events_since(&now).await.is_empty());
}

#[tokio::test]
async fn a_private_chat_is_muted_too_and_who_comes_back_begins_anew() {
    let Stage {
        app, alice, bob, chat, ..
    } = &Stage::set().await;
    let pair = alice.private(bob).await;
    bob.put(&path(&pair), json!({})).await.is(200);
    assert_eq!(muted(bob, &pair).await, true);
    assert_eq!(muted(bob, chat).await, false, "the one, and not the other");
    bob.put(&path(chat), json!({})).await.is(200);
    bob.remove(chat, bob).await.is(204);
    alice.add(chat, bob).await.is(200);
    assert_eq!(muted(bob, chat).await, false);
    assert_eq!(stored::muted(app, &pair, bob), 1);
}

#[tokio::test]
async fn what_one_is_not_in_can_not_be_muted() {
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &Stage::set().await;
    let now = bob.cursor().await;
    let before = stored::census(app);
    let none = json!({"detail": "Not found."});
    let mut table = Table::new("/chat/<id>/mute/");
    for method in ["PUT", "DELETE"] {
        table.says(&eve.request(method, &path(chat), None).await, 404, none.clone());
        for id in ["99", "abc", "-1", "1000000000000000000000000000000"] {
            let path = format!("/chat/{id}/mute/");
            table.says(&bob.request(method, &path, None).await, 404, none.clone());
        }
    }
    let reply = bob.post(&path(chat), json!({})).await;
    table.says(&reply, 405, json!({"detail": "Method \"POST\" not allowed."}));
    table.done();
    assert_eq!(stored::census(app), before);
    assert_eq!(muted(alice, chat).await, false);
    assert!(bob.events_since(&now).await.is_empty());
}
