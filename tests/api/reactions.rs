//! One emoji by one person on one message.

use crate::common::golden::assert_shows;
use crate::common::{stored, App, Message, Table};
use serde_json::json;

/// The address of an emoji on a message, percent-encoded byte by byte.
fn at(message: &Message, emoji: &str) -> String {
    let encoded: String = emoji.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("{}reactions/{encoded}/", message.path())
}

#[tokio::test]
async fn setting_and_taking_back_a_reaction() {
    let app = App::start().await;
    let (alice, bob, eve) = (app.user("alice").await, app.user("bob").await, app.user("eve").await);
    let chat = alice.group("G", &[&bob]).await;
    let message = alice.send(&chat, "Well?").await;
    let up = at(&message, "👍");

    let now = alice.cursor().await;
    let both =
        |users: &[i64]| json!({"id": message.id, "text": "Well?", "reactions": [{"emoji": "👍", "users": users}]});
    bob.put(&up, json!({})).await.is(200).shows(both(&[bob.id]));
    assert_eq!(stored::reactions(&app, &message), [[json!("👍"), json!(bob.id)]]);
    let events = now.told(&[&alice, &bob], &["message.updated"], &[&eve]).await;
    assert_shows(&events[0]["data"], both(&[bob.id]));
    assert_shows(&alice.message(&message).await, json!({"edited": false}));

    bob.request("PUT", &up, None).await.is(200).shows(both(&[bob.id]));
    assert_eq!(
        stored::reactions(&app, &message).len(),
        1,
        "the same reaction twice is one"
    );
    let reply = alice.put(&up, json!({})).await.is(200);
    let mut users: Vec<i64> = serde_json::from_value(reply.body["reactions"][0]["users"].clone()).unwrap();
    users.sort_unstable();
    assert_eq!(users, [alice.id, bob.id]);

    let now = alice.cursor().await;
    bob.delete(&up).await.is(200).shows(both(&[alice.id]));
    assert_eq!(stored::reactions(&app, &message), [[json!("👍"), json!(alice.id)]]);
    now.told(&[&alice, &bob], &["message.updated"], &[&eve]).await;
    bob.delete(&up).await.is(200).shows(both(&[alice.id]));
    bob.delete(&at(&message, "🎉")).await.is(200).shows(both(&[alice.id]));
    assert_eq!(
        stored::reactions(&app, &message).len(),
        1,
        "nobody takes back another's"
    );
    alice.delete(&up).await.is(200).shows(json!({"reactions": []}));
}

#[tokio::test]
async fn any_one_emoji_and_nothing_else() {
    let app = App::start().await;
    let (alice, bob, eve) = (app.user("alice").await, app.user("bob").await, app.user("eve").await);
    let chat = alice.group("G", &[&bob]).await;
    let message = alice.send(&chat, "Well?").await;
    for emoji in ["❤️", "🇷🇴", "👩‍👩‍👧‍👦", "👍🏽", "1️⃣"] {
        let reply = alice.put(&at(&message, emoji), json!({})).await.is(200);
        let found = reply.body["reactions"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["emoji"] == emoji);
        assert!(found, "{emoji} in {}", reply.text());
        alice
            .delete(&at(&message, emoji))
            .await
            .is(200)
            .shows(json!({"reactions": []}));
    }
    let (before, now) = (stored::census(&app), alice.cursor().await);
    let mut table = Table::new("reactions that are refused");
    for text in [
        "a",
        "7",
        "👍👍",
        "👍a",
        "hello",
        "<b>",
        " ",
        "\u{200D}",
        "👍\u{0}",
        &"👍".repeat(50),
    ] {
        table.blames(&alice.put(&at(&message, text), json!({})).await, 400, "emoji");
    }
    let broken = format!("{}reactions/%FF%FE/", message.path());
    table.refused(&alice.put(&broken, json!({})).await);
    let none = json!({"detail": "Not found."});
    table.says(&eve.put(&at(&message, "👍"), json!({})).await, 404, none.clone());
    table.says(&eve.delete(&at(&message, "👍")).await, 404, none.clone());
    let unknown = format!("/chat/messages/999/reactions/{}/", "%F0%9F%91%8D");
    table.says(&alice.put(&unknown, json!({})).await, 404, none);
    table.done();
    assert_eq!(stored::census(&app), before);
    now.told(&[&alice, &bob], &[], &[&eve]).await;
}
