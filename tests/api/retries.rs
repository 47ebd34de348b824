//! Sending again, sending at once, and what a crash leaves.

use crate::common::golden::assert_shows;
use crate::common::{stored, Reply, Table};
use crate::stage::Stage;
use serde_json::json;

#[tokio::test]
async fn the_same_client_id_again_is_the_same_message() {
    let stage = Stage::set().await;
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
    same(alice.post(&stage.messages(), sent.clone()).await);
    same(
        alice
            .post(
                "/chat/messages/",
                json!({"chat_id": chat.id, "text": "once", "client_id": "c-1"}),
            )
            .await,
    );
    same(alice.again().await.post(&stage.messages(), sent.clone()).await);
    let mut table = Table::new("a client_id with other content");
    let to_other = format!("/chat/messages/{}/", other.id);
    let reply_to = json!({"text": "once", "client_id": "c-1", "reply_to": first.id});
    for (path, sent) in [
        (stage.messages(), json!({"text": "twice", "client_id": "c-1"})),
        (to_other, sent.clone()),
        (stage.messages(), reply_to),
    ] {
        table.blames(&alice.post(&path, sent).await, 409, "detail");
    }
    table.done();
    assert_eq!(stored::census(app), before, "a retry stores nothing");
    now.told(&[alice, bob], &[], &[eve]).await;

    let of_bob = bob.send_json(chat, sent.clone()).await;
    assert_ne!(of_bob.id, first.id, "another's client_id is another");

    alice.patch(&first.path(), json!({"text": "edited"})).await.is(200);
    same(alice.post(&stage.messages(), sent.clone()).await);
    alice
        .post(&stage.messages(), json!({"text": "edited", "client_id": "c-1"}))
        .await
        .is(409);
    alice.delete(&first.path()).await.is(204);
    same(alice.post(&stage.messages(), sent.clone()).await);
    let of_bob_again = bob.post(&stage.messages(), sent.clone()).await.is(200);
    assert_eq!(of_bob_again.id(), of_bob.id);
    bob.remove(chat, bob).await.is(204);
    assert_eq!(
        bob.post(&stage.messages(), sent).await.is(200).id(),
        of_bob.id,
        "left since, and yet it was sent"
    );
    bob.post(&stage.messages(), json!({"text": "new", "client_id": "c-2"}))
        .await
        .is(404);
}

#[tokio::test]
async fn fifty_at_once_with_one_client_id_store_one_message() {
    let stage = Stage::set().await;
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
    let stage = Stage::set().await;
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
async fn an_acknowledged_message_outlives_a_kill() {
    let mut stage = Stage::set().await;
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
        .post(&stage.messages(), json!({"text": "kept 9", "client_id": "k9"}))
        .await
        .is(200);
    assert_eq!(again.id(), ids[0]);
    assert_eq!(alice.send(&chat, "next").await.seq, 11);
}
