//! Editing and deleting.

use crate::common::golden::assert_shows;
use crate::common::{stored, Table, NO_IDS};
use crate::stage::Stage;
use serde_json::{json, Value};

fn none() -> Value {
    json!({"detail": "Not found."})
}

#[tokio::test]
async fn editing_ones_own_message() {
    let stage = Stage::set().await;
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
    let stage = Stage::set().await;
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
    let stage = Stage::set().await;
    let Stage { app, alice, bob, .. } = &stage;
    let pair = alice.private(bob).await;
    let (of_alice, of_bob) = (alice.send(&pair, "mine").await, bob.send(&pair, "his").await);
    alice.delete(&of_bob.path()).await.is(404).says(none());
    bob.delete(&of_alice.path()).await.is(404).says(none());
    assert_eq!(stored::message(app, &of_bob)[7], 0);
    assert_eq!(stored::message(app, &of_alice)[7], 0);
}
