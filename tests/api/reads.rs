//! How far somebody has read, and what is unread.

use crate::common::golden::assert_shows;
use crate::common::{stored, App, Chat, Table, User};
use serde_json::json;

async fn unread(user: &User, chat: &Chat) -> i64 {
    let one = user.chat(chat).await;
    let list = user.get("/chat/").await.is(200).results();
    let listed = list
        .iter()
        .find(|found| found["id"] == chat.id)
        .expect("the chat in the list");
    assert_eq!(listed["unread_count"], one["unread_count"]);
    assert_eq!(listed["read_seq"], one["read_seq"]);
    one["unread_count"].as_i64().expect("a count")
}

#[tokio::test]
async fn a_read_mark_moves_forward_only_and_is_ones_own() {
    let app = App::start().await;
    let (alice, bob, eve) = (app.user("alice").await, app.user("bob").await, app.user("eve").await);
    let chat = alice.group("G", &[&bob]).await;
    let path = format!("/chat/{}/read/", chat.id);
    for number in 0..5 {
        alice.send(&chat, &format!("number {number}")).await;
    }
    assert_eq!(unread(&bob, &chat).await, 5);
    assert_eq!(unread(&alice, &chat).await, 0, "one's own words are read");

    let now = bob.cursor().await;
    bob.put(&path, json!({"seq": 2}))
        .await
        .is(200)
        .shows(json!({"unread_count": 3}));
    assert_eq!(stored::read_seq(&app, &chat, &bob), 2);
    assert_eq!(unread(&bob, &chat).await, 3);
    let own: Vec<_> = bob
        .events_since(&now)
        .await
        .into_iter()
        .filter(|event| event["kind"] == "read")
        .collect();
    assert_eq!(own.len(), 1, "his other devices are told once: {own:#?}");
    assert_eq!(own[0]["chat_id"], chat.id);
    let others = [alice.events_since(&now).await, eve.events_since(&now).await];
    assert!(others.iter().all(Vec::is_empty), "nobody else is: {others:#?}");
    let marks = alice.chat(&chat).await["marks"].clone();
    let marks = marks.as_array().expect("marks");
    assert!(marks.contains(&json!([bob.id, 2])), "{marks:?}");
    assert!(marks.contains(&json!([alice.id, 5])), "{marks:?}");

    bob.put(&path, json!({"seq": 1}))
        .await
        .is(200)
        .shows(json!({"unread_count": 3}));
    bob.put(&path, json!({"seq": 2}))
        .await
        .is(200)
        .shows(json!({"unread_count": 3}));
    assert_eq!(stored::read_seq(&app, &chat, &bob), 2, "never back");
    bob.send(&chat, "I have read it all").await;
    assert_eq!(unread(&bob, &chat).await, 0);
    assert_eq!(stored::read_seq(&app, &chat, &bob), 6);
    assert_eq!(unread(&alice, &chat).await, 1);

    let carol = app.user("carol").await;
    bob.add(&chat, &carol).await.is(200);
    assert_eq!(unread(&carol, &chat).await, 0);
    alice.send(&chat, "welcome").await;
    assert_eq!(unread(&carol, &chat).await, 1);
    alice
        .put(&path, json!({"seq": 7}))
        .await
        .is(200)
        .shows(json!({"unread_count": 0}));
}

#[tokio::test]
async fn a_read_mark_that_can_not_be() {
    let app = App::start().await;
    let (alice, bob, eve) = (app.user("alice").await, app.user("bob").await, app.user("eve").await);
    let chat = alice.group("G", &[&bob]).await;
    alice.send(&chat, "one").await;
    let path = format!("/chat/{}/read/", chat.id);
    let mut table = Table::new("PUT /chat/<id>/read/");
    let required = json!({"seq": ["This field is required."]});
    table.says(&bob.put(&path, json!({})).await, 400, required);
    for seq in [json!("abc"), json!(null), json!([1]), json!(1.5), json!(1e30)] {
        table.blames(&bob.put(&path, json!({"seq": seq})).await, 400, "seq");
    }
    let none = json!({"detail": "Not found."});
    table.says(&eve.put(&path, json!({"seq": 1})).await, 404, none.clone());
    table.says(&bob.put("/chat/99/read/", json!({"seq": 1})).await, 404, none);
    table.done();
    assert_eq!(stored::read_seq(&app, &chat, &bob), 0);
    assert_shows(&bob.chat(&chat).await, json!({"unread_count": 1}));
    // Beyond the end is refused or means the end; what has not been said yet is never read.
    bob.put(&path, json!({"seq": 500})).await;
    alice.send(&chat, "two").await;
    assert!(unread(&bob, &chat).await >= 1);
}
