//! Every way of saying something to others: a rule that holds for a new message holds for the other ways, too.

use crate::common::golden::assert_shows;
use crate::common::{stored, Chat, Part, Reply, User};
use crate::house::host;
use crate::stage::Stage;
use serde_json::{json, Value};

#[track_caller]
fn refused(reply: Reply, code: &str) {
    reply.is(403).shows(json!({"code": code, "detail": "<string>"}));
}

async fn set(host: &User, switches: Value) {
    host.patch("/host/settings/", switches).await.is(200);
}

/// What somebody may try in a chat in which he has written before, beside a new message: each is refused with this code, leaves
/// every row as it was, and tells nobody.
async fn nothing_goes_around(stage: &Stage, user: &User, chat: &Chat, own: i64, code: &str) {
    let (before, texts) = (stored::census(&stage.app), shown(stage));
    let now = user.cursor().await;
    let message = format!("/chat/messages/{own}/");
    for text in ["another wording", ""] {
        refused(user.patch(&message, json!({"text": text})).await, code);
        refused(user.put(&message, json!({"text": text})).await, code);
    }
    let path = format!("/chat/{}/", chat.id);
    let picture = Part::file(
        "chat_picture",
        "p.png",
        "image/png",
        &crate::common::pictures::png(9, 9),
    );
    for reply in [
        user.patch(&path, json!({"name": "another name"})).await,
        user.multipart("PATCH", &path, &[picture]).await,
    ] {
        match chat.json["type"] == "privat" {
            true => drop(reply.is(403)),
            false => refused(reply, code),
        }
    }
    assert_eq!((stored::census(&stage.app), shown(stage)), (before, texts));
    assert!(user.events_since(&now).await.is_empty());
}

/// Tries to send a text over the socket: it is refused with this code, leaves every row as it was, and tells the others nothing.
async fn nothing_goes_by_socket(stage: &Stage, user: &User, chat: &Chat, others: &[&User], code: &str) {
    let (before, texts) = (stored::census(&stage.app), shown(stage));
    let now = user.cursor().await;
    let mut socket = user.socket().await;
    socket
        .say(json!({"type": "send", "client_id": "by-socket", "chat_id": chat.id, "text": "by socket"}))
        .await;
    assert_shows(
        &socket.answer().await,
        json!({"type": "nack", "client_id": "by-socket", "status": 403, "code": code, "detail": "<string>"}),
    );
    assert_eq!((stored::census(&stage.app), shown(stage)), (before, texts));
    now.told(&[user], &[], others).await;
}

/// What people see: texts and names.
fn shown(stage: &Stage) -> Vec<Vec<Value>> {
    stage
        .app
        .rows("SELECT text FROM messages UNION ALL SELECT name FROM chats UNION ALL SELECT picture_id FROM chats")
}

#[tokio::test]
async fn what_was_looked_at_stays_what_was_looked_at() {
    let stage = Stage::set().await;
    let Stage {
        app, alice, bob, chat, ..
    } = &stage;
    let path = format!("/chat/{}/", chat.id);
    alice.patch(&path, json!({"approves": true})).await.is(200);
    let sent = bob
        .post(&format!("/chat/messages/{}/", chat.id), json!({"text": "harmless"}))
        .await;
    assert_eq!(sent.is(202).json()["code"], "held");
    let held = alice.get(&format!("{path}held/")).await.is(200).json();
    let decide = format!("{path}held/{}/", held[0]["id"]);
    let passed = alice.post(&decide, json!({"approve": true})).await.is(200).json();
    let own = passed["message"]["id"].as_i64().expect("an id");
    nothing_goes_around(&stage, bob, chat, own, "approves").await;
    // He may take it away, and react; who decides may change what is his.
    let one = format!("/chat/messages/{own}/");
    bob.put(&format!("{one}reactions/%F0%9F%91%8D/"), json!({}))
        .await
        .is(200);
    bob.delete(&one).await.is(204);
    let mine = alice.send(chat, "first").await;
    let reworded = alice
        .patch(&format!("/chat/messages/{}/", mine.id), json!({"text": "second"}))
        .await;
    reworded.is(200).shows(json!({"text": "second", "edited": true}));
    // Without the rule it is as everywhere.
    alice.patch(&path, json!({"approves": false})).await.is(200);
    let free = bob.send(chat, "free").await;
    let one = format!("/chat/messages/{}/", free.id);
    bob.patch(&one, json!({"text": "freely"})).await.is(200);
    let texts = app.rows("SELECT text FROM messages WHERE NOT deleted ORDER BY id");
    assert_eq!(texts, [[json!("second")], [json!("freely")]]);
}

#[tokio::test]
async fn a_chat_that_announces_is_not_spoken_in_by_rewording_and_naming() {
    let stage = Stage::set().await;
    let Stage { alice, bob, chat, .. } = &stage;
    let own = bob.send(chat, "before").await;
    let path = format!("/chat/{}/", chat.id);
    alice.patch(&path, json!({"announces": true})).await.is(200);
    nothing_goes_around(&stage, bob, chat, own.id, "announces").await;
    nothing_goes_by_socket(&stage, bob, chat, &[alice, &stage.eve], "announces").await;
    let one = format!("/chat/messages/{}/", own.id);
    bob.put(&format!("{one}reactions/%F0%9F%91%8D/"), json!({}))
        .await
        .is(200);
    alice.patch(&path, json!({"name": "News"})).await.is(200);
    // Who leads it is heard by socket, too.
    let mut socket = alice.socket().await;
    socket
        .say(json!({"type": "send", "client_id": "c", "chat_id": chat.id, "text": "hear"}))
        .await;
    assert_shows(&socket.answer().await, json!({"type": "ack", "client_id": "c"}));
}

#[tokio::test]
async fn who_is_silenced_finds_no_way_to_say_something() {
    let stage = Stage::set().await;
    let (host, bob, eve, group) = (host(&stage).await, &stage.bob, &stage.eve, &stage.chat);
    let (own, private) = (bob.group("own", &[eve]).await, bob.private(eve).await);
    let theirs = host.send(group, "hello").await;
    let mut said = Vec::new();
    for chat in [group, &own, &private] {
        said.push(bob.send(chat, "before").await);
    }
    let answered = eve.send(&own, "an answer").await;
    let silence = format!("/host/people/{}/silence/", bob.id);
    host.put(&silence, json!({})).await.is(204);

    let file = [Part::file("file", "a.txt", "text/plain", b"abc")];
    for (chat, before) in [group, &own, &private].into_iter().zip(&said) {
        nothing_goes_around(&stage, bob, chat, before.id, "silenced").await;
        nothing_goes_by_socket(&stage, bob, chat, &[eve, &host], "silenced").await;
        let (before, now) = (stored::census(&stage.app), eve.cursor().await);
        let path = format!("/chat/messages/{}/", chat.id);
        refused(bob.post(&path, json!({"text": "but"})).await, "silenced");
        refused(bob.multipart("POST", &path, &file).await, "silenced");
        assert_eq!(stored::census(&stage.app), before);
        now.told(&[bob], &[], &[eve, &host]).await;
    }
    let (before, now) = (stored::census(&stage.app), eve.cursor().await);
    for message in [&theirs, &answered] {
        let reaction = format!("/chat/messages/{}/reactions/%F0%9F%91%8D/", message.id);
        refused(bob.put(&reaction, json!({})).await, "silenced");
    }
    for (kind, users) in [
        ("group", json!([])),
        ("group", json!([eve.id])),
        ("privat", json!([host.id])),
    ] {
        let form = json!({"name": "listen to me", "users": users, "type": kind});
        refused(bob.post("/chat/", form).await, "silenced");
    }
    assert_eq!(stored::census(&stage.app), before);
    now.told(&[bob], &[], &[eve, &host]).await;
    // He may take back what he said, and reads on.
    bob.delete(&format!("/chat/messages/{}/", said[0].id)).await.is(204);
    assert_eq!(bob.history(&own).await.len(), 2);
    host.delete(&silence).await.is(204);
    bob.send(group, "after").await;
}

#[tokio::test]
async fn where_files_are_off_none_comes_in_by_another_door() {
    let stage = Stage::set().await;
    let (host, bob, eve, group) = (host(&stage).await, &stage.bob, &stage.eve, &stage.chat);
    let (own, private) = (bob.group("own", &[eve]).await, bob.private(eve).await);
    set(&host, json!({"files": false})).await;
    let picture = crate::common::pictures::png(9, 9);
    let (before, now) = (stored::census(&stage.app), eve.cursor().await);
    for chat in [group, &own, &private] {
        let path = format!("/chat/messages/{}/", chat.id);
        for part in [
            Part::file("file", "a.txt", "text/plain", b"abc"),
            Part::file("photo", "p.png", "image/png", &picture),
        ] {
            refused(bob.multipart("POST", &path, &[part]).await, "files_off");
        }
    }
    assert_eq!(stored::census(&stage.app), before);
    now.told(&[bob], &[], &[eve, &host]).await;
    // A frame has words alone, whatever is in it.
    let mut socket = bob.socket().await;
    let frame =
        json!({"type": "send", "client_id": "c", "chat_id": group.id, "text": "words", "file": 1, "photo": "p.png"});
    socket.say(frame).await;
    assert_shows(&socket.answer().await, json!({"type": "ack", "client_id": "c"}));
    let rows = stage.app.rows("SELECT text, photo_id, file_id FROM messages");
    assert_eq!(rows, [[json!("words"), Value::Null, Value::Null]]);
}

#[tokio::test]
async fn a_closed_private_chat_passes_no_notes() {
    let stage = Stage::set().await;
    let (host, bob, eve) = (host(&stage).await, &stage.bob, &stage.eve);
    let private = bob.private(eve).await;
    let own = bob.send(&private, "before").await;
    let theirs = eve.send(&private, "also before").await;
    for who in ["staff", "off"] {
        set(&host, json!({"private_chats": who})).await;
        let one = format!("/chat/messages/{}/", own.id);
        let (before, now) = (stored::census(&stage.app), eve.cursor().await);
        refused(bob.patch(&one, json!({"text": "a note"})).await, "private_chats");
        let reaction = format!("/chat/messages/{}/reactions/%F0%9F%91%8D/", theirs.id);
        refused(bob.put(&reaction, json!({})).await, "private_chats");
        assert_eq!(stored::census(&stage.app), before);
        assert!(eve.events_since(&now).await.is_empty());
    }
    let texts = stage.app.rows("SELECT text FROM messages ORDER BY id");
    assert_eq!(texts, [[json!("before")], [json!("also before")]]);
}

#[tokio::test]
async fn a_group_without_staff_is_as_private_as_a_chat_of_two() {
    let stage = Stage::set().await;
    let (host, bob, eve) = (host(&stage).await, &stage.bob, &stage.eve);
    let before_rule = bob.group("den", &[eve]).await;
    let own = bob.send(&before_rule, "before").await;
    let group = |users: Value| json!({"name": "aside", "users": users, "type": "group"});
    for who in ["staff", "off"] {
        set(&host, json!({"private_chats": who})).await;
        let before = stored::census(&stage.app);
        refused(bob.post("/chat/", group(json!([eve.id]))).await, "private_chats");
        refused(bob.post("/chat/", group(json!([]))).await, "private_chats");
        assert_eq!(stored::census(&stage.app), before);
        let say = async |chat: i64| {
            let path = format!("/chat/messages/{chat}/");
            bob.post(&path, json!({"text": "psst"})).await
        };
        refused(say(before_rule.id).await, "private_chats");
        nothing_goes_around(&stage, bob, &before_rule, own.id, "private_chats").await;
        let title = json!({"title": "meet me at five"});
        refused(
            bob.post(&format!("/chat/{}/boxes/", before_rule.id), title).await,
            "private_chats",
        );
        // With somebody from staff in it, it is a group as any other, for as long as he is.
        let seen = bob.post("/chat/", group(json!([eve.id, host.id]))).await.is(201).id();
        say(seen).await.is(201);
        bob.delete(&format!("/chat/{seen}/users/{}/", host.id)).await.is(204);
        refused(say(seen).await, "private_chats");
    }
    // Staff are held back by none of it.
    host.post("/chat/", group(json!([]))).await.is(201);
    set(&host, json!({"private_chats": "everyone"})).await;
    bob.send(&before_rule, "after").await;
}

#[tokio::test]
async fn a_locked_door_lets_nobody_new_in_and_is_as_it_was_when_it_opens() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let code = json!({"registration": "code", "class_code": "fox 7", "guests": true});
    set(&host, code).await;
    let door = || async { stage.app.anonymous().get("/auth/server/").await.is(200).json() };
    assert_shows(&door().await, json!({"registration": "code", "guests": true}));
    let now = stage.bob.cursor().await;
    set(&host, json!({"locked": true})).await;
    let events = stage.bob.events_since(&now).await;
    assert_shows(&events[0], json!({"kind": "server.updated"}));
    assert_shows(&door().await, json!({"registration": "closed", "guests": false}));
    host.get("/host/lobby/")
        .await
        .is(200)
        .shows(json!({"locked": true, "class_code": "fox 7"}));

    let before = stored::census(&stage.app);
    let nobody = stage.app.anonymous();
    let guest = json!({"name": "Gina", "class_code": "fox 7"});
    refused(nobody.post("/auth/guest/", guest.clone()).await, "locked");
    let account = json!({
        "username": "dan", "password": "lemon-Harbour-41", "password2": "lemon-Harbour-41", "email": "dan@example.org",
        "first_name": "Dan", "last_name": "Pop", "class_code": "fox 7"
    });
    refused(nobody.post("/auth/register/", account.clone()).await, "locked");
    assert_eq!(stored::census(&stage.app), before);
    // Who has an account comes in, and staff may lock and unlock.
    let staff = {
        stored::set_role(&stage.app, &stage.bob, 2);
        stage.bob.again().await
    };
    staff.patch("/host/settings/", json!({"locked": false})).await.is(200);
    stage
        .eve
        .patch("/host/settings/", json!({"locked": true}))
        .await
        .is(403);
    assert_shows(&door().await, json!({"registration": "code", "guests": true}));
    nobody.post("/auth/guest/", guest).await.is(201);
    nobody.post("/auth/register/", account).await.is(201);
    let deeds = stage
        .app
        .rows("SELECT note FROM deeds WHERE deed = 'settings' ORDER BY id DESC LIMIT 2");
    assert_eq!(deeds, [[json!("locked=false")], [json!("locked=true")]]);
}
