//! Who is in a group: adding, renaming, leaving, and being taken out.

use crate::common::golden::assert_shows;
use crate::common::{stored, App, Chat, Table, User, NO_IDS};
use serde_json::{json, Value};

fn none() -> Value {
    json!({"detail": "Not found."})
}

fn path(chat: &Chat) -> String {
    format!("/chat/{}/", chat.id)
}

async fn four(app: &App) -> (User, User, User, User) {
    (
        app.user("alice").await,
        app.user("bob").await,
        app.user("carol").await,
        app.user("eve").await,
    )
}

#[tokio::test]
async fn adding_people_to_a_group() {
    let app = App::start().await;
    let (alice, bob, carol, eve) = four(&app).await;
    let dan = app.user("dan").await;
    let chat = alice.group("G", &[&bob]).await;
    alice.send(&chat, "before").await;

    let now = alice.cursor().await;
    let reply = bob.add(&chat, &carol).await.is(200);
    let members = json!([alice.id, bob.id, carol.id]);
    reply.shows(json!({"id": chat.id, "users": members}));
    assert_eq!(stored::members(&app, &chat), members);
    now.told_of(&[&alice, &bob, &carol], "member.added", &chat, &[&eve])
        .await;
    assert_shows(
        &carol.chat(&chat).await,
        json!({"unread_count": 0, "last_seq": 1, "read_seq": 1}),
    );
    assert_eq!(carol.history(&chat).await.len(), 1);

    let (count, now) = (stored::count(&app, "members"), alice.cursor().await);
    carol
        .patch(&path(&chat), json!({"users": [bob.id, carol.id]}))
        .await
        .is(200)
        .shows(json!({"users": members}));
    assert_eq!(stored::count(&app, "members"), count, "adding again adds nothing");
    for event in alice.events_since(&now).await {
        assert_ne!(event["kind"], "member.added", "{event:#}");
    }

    let sent = json!({"users": [dan.id, eve.id], "name": "Bigger"});
    // In the order in which they registered.
    let all = json!([alice.id, bob.id, carol.id, eve.id, dan.id]);
    alice
        .patch(&path(&chat), sent)
        .await
        .is(200)
        .shows(json!({"users": all, "name": "Bigger"}));
    assert_eq!(stored::members(&app, &chat), all);

    let before = stored::census(&app);
    let mut table = Table::new("PATCH /chat/<id>/ users");
    let empty = json!({"users": ["This list may not be empty."]});
    table.says(&alice.patch(&path(&chat), json!({"users": []})).await, 400, empty);
    let unknown = json!({"users": ["Invalid pk \"99\" - object does not exist."]});
    table.says(
        &alice.patch(&path(&chat), json!({"users": 99})).await,
        400,
        unknown.clone(),
    );
    table.says(
        &alice.patch(&path(&chat), json!({"users": [bob.id, 99]})).await,
        400,
        unknown,
    );
    let text = json!({"users": ["Incorrect type. Expected pk value, received str."]});
    table.says(&alice.patch(&path(&chat), json!({"users": ["bob"]})).await, 400, text);
    table.is(&alice.patch(&path(&chat), json!({})).await, 200);
    table.done();
    assert_eq!(stored::census(&app), before);
}

#[tokio::test]
async fn renaming_a_group() {
    let app = App::start().await;
    let (alice, bob, _, eve) = four(&app).await;
    let chat = alice.group("Old", &[&bob]).await;
    let now = alice.cursor().await;
    bob.patch(&path(&chat), json!({"name": " New ", "owner": bob.id, "last_seq": 5}))
        .await
        .is(200)
        .shows(json!({"id": chat.id, "name": "New", "owner": alice.id, "last_seq": 0}));
    assert_eq!(stored::chat(&app, &chat)[0], "New");
    assert_eq!(stored::chat(&app, &chat)[2], alice.id);
    let event = now.told_of(&[&alice, &bob], "chat.updated", &chat, &[&eve]).await;
    assert_shows(&event["data"], json!({"id": chat.id, "name": "New"}));
    let mut table = Table::new("PATCH /chat/<id>/ name");
    let long = json!({"name": ["Ensure this field has no more than 150 characters."]});
    table.says(
        &bob.patch(&path(&chat), json!({"name": "n".repeat(151)})).await,
        400,
        long,
    );
    let blank = json!({"name": ["This field may not be blank."]});
    table.says(&bob.patch(&path(&chat), json!({"name": ""})).await, 400, blank);
    table.done();
    assert_eq!(stored::chat(&app, &chat)[0], "New");
}

#[tokio::test]
async fn leaving_a_group_and_being_taken_out() {
    let app = App::start().await;
    let (alice, bob, carol, eve) = four(&app).await;
    let chat = alice.group("G", &[&bob, &carol]).await;
    let message = carol.send(&chat, "I was here").await;

    let mut table = Table::new("DELETE /chat/<id>/users/<user>/");
    table.blames(&bob.remove(&chat, &carol).await, 403, "detail");
    table.blames(&bob.remove(&chat, &alice).await, 403, "detail");
    table.says(&eve.remove(&chat, &carol).await, 404, none());
    table.says(&alice.remove(&chat, &eve).await, 404, none());
    table.says(
        &alice.delete(&format!("/chat/{}/users/99/", chat.id)).await,
        404,
        none(),
    );
    table.done();
    assert_eq!(stored::members(&app, &chat), json!([alice.id, bob.id, carol.id]));

    for (who, whom, left) in [
        (&carol, &carol, json!([alice.id, bob.id])),
        (&alice, &bob, json!([alice.id])),
    ] {
        let now = alice.cursor().await;
        assert_eq!(who.remove(&chat, whom).await.is(204).bytes, b"");
        assert_eq!(stored::members(&app, &chat), left);
        now.told_of(&[&alice], "member.removed", &chat, &[&eve]).await;

        let after = alice.cursor().await;
        let since = alice.send(&chat, "without you").await;
        let mut table = Table::new("a former member");
        for path in [
            path(&chat),
            format!("/chat/messages/?chat={}", chat.id),
            message.path(),
            since.path(),
            format!("/chat/search/?q=without&chat={}", chat.id),
        ] {
            table.says(&whom.get(&path).await, 404, none());
        }
        table.says(
            &whom
                .post(&format!("/chat/messages/{}/", chat.id), json!({"text": "x"}))
                .await,
            404,
            none(),
        );
        table.says(&whom.delete(&message.path()).await, 404, none());
        table.says(&whom.patch(&message.path(), json!({"text": "x"})).await, 404, none());
        table.says(&whom.remove(&chat, whom).await, 404, none());
        table.says(&whom.add(&chat, whom).await, 404, none());
        table.done();
        assert_eq!(whom.get("/chat/").await.is(200).ids(), NO_IDS);
        assert_eq!(whom.get("/chat/messages/").await.is(200).ids(), NO_IDS);
        assert!(whom.events_since(&after).await.is_empty(), "nothing that came after");
        for event in whom.events_since(&now).await {
            assert_eq!(
                event["kind"], "member.removed",
                "all that is told of the end: {event:#}"
            );
        }
    }

    let back = bob.cursor().await;
    alice.add(&chat, &bob).await.is(200);
    assert_shows(
        &bob.chat(&chat).await,
        json!({"unread_count": 0, "last_seq": 3, "read_seq": 3}),
    );
    back.told_of(&[&alice, &bob], "member.added", &chat, &[&carol, &eve])
        .await;
}

#[tokio::test]
async fn replacing_a_chat_drops_nobody() {
    let app = App::start().await;
    let (alice, bob, carol, _) = four(&app).await;
    let chat = alice.group("G", &[&bob]).await;
    let sent = json!({"name": "G", "type": "group", "users": [carol.id]});
    let reply = alice.put(&path(&chat), sent).await;
    assert!(matches!(reply.status, 200 | 405), "{} {}", reply.what, reply.status);
    let members: Vec<i64> = serde_json::from_value(stored::members(&app, &chat)).unwrap();
    assert!(members.contains(&alice.id) && members.contains(&bob.id), "{members:?}");
}

#[tokio::test]
async fn coming_and_going_at_once_ends_in_one_state() {
    let app = App::start().await;
    let (alice, bob, carol, _) = four(&app).await;
    let chat = alice.group("G", &[&bob]).await;
    let turns = (0..50).map(|number| {
        let (alice, bob, carol, chat) = (&alice, &bob, &carol, &chat);
        async move {
            match number % 3 {
                0 => bob.add(chat, carol).await.status,
                1 => alice.remove(chat, carol).await.status,
                _ => carol.remove(chat, carol).await.status,
            }
        }
    });
    let statuses = futures_util::future::join_all(turns).await;
    assert!(
        statuses.iter().all(|status| matches!(status, 200 | 204 | 404)),
        "{statuses:?}"
    );
    let stored = stored::members(&app, &chat);
    assert_eq!(alice.chat(&chat).await["users"], stored);
    let is_member = carol.get(&path(&chat)).await.status == 200;
    assert_eq!(is_member, stored.as_array().unwrap().contains(&json!(carol.id)));
}
