//! Keeping order: each rule is the server's, for every way in, and it binds those and only those whom it is about.

use crate::common::golden::{assert_is, assert_shows};
use crate::common::{stored, Chat, Part, Reply, User};
use crate::stage::Stage;
use serde_json::{json, Value};

/// Alice as the host, from her next session on.
async fn host(stage: &Stage) -> User {
    stored::make_host(&stage.app, &stage.alice);
    stage.alice.again().await
}

async fn set(host: &User, switches: Value) {
    host.patch("/host/settings/", switches).await.is(200);
}

/// Tries to send a text.
async fn tries(user: &User, chat: &Chat, text: &str) -> Reply {
    user.post(&format!("/chat/messages/{}/", chat.id), json!({"text": text}))
        .await
}

#[track_caller]
fn refused(reply: Reply, code: &str) {
    reply.is(403).shows(json!({"code": code, "detail": "<string>"}));
}

#[tokio::test]
async fn while_all_eyes_are_on_the_host_only_staff_write() {
    let stage = Stage::set().await;
    let (host, bob, chat) = (host(&stage).await, &stage.bob, &stage.chat);
    let first = bob.send(chat, "before").await;
    let mut socket = bob.socket().await;
    set(&host, json!({"frozen": true})).await;
    assert_shows(
        &socket.event().await,
        json!({"kind": "server.updated", "data": {"frozen": true, "frozen_until": null}}),
    );
    let (before, now) = (stored::census(&stage.app), host.cursor().await);
    refused(tries(bob, chat, "now").await, "frozen");
    let one = format!("/chat/messages/{}/", first.id);
    refused(bob.patch(&one, json!({"text": "other"})).await, "frozen");
    refused(
        bob.put(&format!("{one}reactions/%F0%9F%91%8D/"), json!({})).await,
        "frozen",
    );
    refused(
        bob.patch(&format!("/chat/{}/", chat.id), json!({"name": "shout"}))
            .await,
        "frozen",
    );
    refused(
        bob.post("/chat/", json!({"name": "aside", "users": [], "type": "group"}))
            .await,
        "frozen",
    );
    socket
        .say(json!({"type": "send", "client_id": "c", "chat_id": chat.id, "text": "by socket"}))
        .await;
    assert_shows(
        &socket.answer().await,
        json!({"type": "nack", "client_id": "c", "status": 403}),
    );
    assert_eq!(stored::census(&stage.app), before);
    assert!(host.events_since(&now).await.is_empty());

    tries(&host, chat, "listen").await.is(201);
    bob.delete(&one).await.is(204);
    // It ends once its time is over, whoever looks.
    stored::change(&stage.app, "UPDATE house SET frozen_until = 1");
    tries(bob, chat, "after").await.is(201);
    let sync = bob.get("/chat/sync/").await.is(200).json();
    assert_eq!(sync["server"]["frozen"], false);
}

#[tokio::test]
async fn what_ends_by_itself_is_told() {
    let stage = Stage::set().await;
    let (host, bob) = (host(&stage).await, &stage.bob);
    let path = format!("/host/people/{}/silence/", bob.id);
    host.put(&path, json!({"minutes": 5})).await.is(204);
    set(&host, json!({"frozen": true, "frozen_minutes": 5})).await;
    let mut socket = bob.socket().await;
    stored::change(&stage.app, "UPDATE house SET frozen_until = 1");
    stored::change(
        &stage.app,
        &format!("UPDATE users SET silenced_until = 1 WHERE id = {}", bob.id),
    );
    // Any change makes it look for what ends next.
    set(&host, json!({"slow_seconds": 1})).await;
    let mut told = Vec::new();
    while told.len() < 3 {
        told.push(socket.event().await);
    }
    assert_shows(&told[0], json!({"kind": "server.updated", "data": {"slow_seconds": 1}}));
    assert_shows(
        &told[1],
        json!({"kind": "server.updated", "data": {"frozen": false, "frozen_until": null}}),
    );
    assert_shows(
        &told[2],
        json!({"kind": "silenced", "data": {"silenced": false, "until": null}}),
    );
    let rows = stage
        .app
        .rows("SELECT frozen, frozen_until, (SELECT max(silenced_until) FROM users) FROM house");
    assert_eq!(rows, [[json!(0), Value::Null, Value::Null]]);
}

#[tokio::test]
async fn one_is_silenced_alone_and_is_told() {
    let stage = Stage::set().await;
    let (host, bob, eve, chat) = (host(&stage).await, &stage.bob, &stage.eve, &stage.chat);
    let path = format!("/host/people/{}/silence/", bob.id);
    let now = bob.cursor().await;
    host.put(&path, json!({"minutes": 5})).await.is(204);
    let events = bob.events_since(&now).await;
    assert_eq!(events.len(), 1, "{events:#?}");
    let told = json!({"silenced": true, "until": "<time>"});
    assert_is(
        &events[0],
        json!({"type": "event", "id": now.id + 1, "kind": "silenced", "chat_id": null, "data": told}),
    );
    for other in [&host, eve] {
        assert!(other.events_since(&now).await.is_empty(), "{} heard of it", other.name);
    }
    refused(tries(bob, chat, "but").await, "silenced");
    assert_eq!(bob.get("/chat/sync/").await.json()["silenced"]["silenced"], true);
    assert_eq!(host.get("/chat/sync/").await.json()["silenced"]["silenced"], false);
    assert!(bob.history(chat).await.is_empty(), "he reads");
    stored::change(
        &stage.app,
        &format!("UPDATE users SET silenced_until = 1 WHERE id = {}", bob.id),
    );
    tries(bob, chat, "again").await.is(201);

    host.put(&path, json!({})).await.is(204);
    refused(tries(bob, chat, "no").await, "silenced");
    host.delete(&path).await.is(204);
    tries(bob, chat, "yes").await.is(201);
    let log = host.get("/host/log/").await.is(200).results();
    let deeds: Vec<_> = log
        .iter()
        .map(|entry| (entry["deed"].clone(), entry["subject"].clone()))
        .collect();
    let bobs = |deed: &str| (json!(deed), json!(bob.id));
    assert_eq!(deeds, [bobs("unsilence"), bobs("silence"), bobs("silence")]);
    assert_shows(&log[2], json!({"actor": host.id, "note": "5 min"}));
}

#[tokio::test]
async fn nobody_is_silenced_or_banned_by_his_like() {
    let stage = Stage::set().await;
    let (host, eve) = (host(&stage).await, &stage.eve);
    stored::set_role(&stage.app, &stage.bob, 2);
    stored::set_role(&stage.app, eve, 2);
    let staff = stage.bob.again().await;
    for (who, status) in [(host.id, 403), (eve.id, 403), (9999, 404)] {
        for what in ["silence", "ban"] {
            staff
                .put(&format!("/host/people/{who}/{what}/"), json!({}))
                .await
                .is(status);
        }
    }
    host.put(&format!("/host/people/{}/ban/", host.id), json!({}))
        .await
        .is(403);
    host.put(&format!("/host/people/{}/silence/", eve.id), json!({}))
        .await
        .is(204);
    assert_eq!(stage.app.rows("SELECT count(*) FROM deeds"), [[json!(1)]]);
}

#[tokio::test]
async fn slow_mode_leaves_time_between_two_messages_of_a_person_in_a_chat() {
    let stage = Stage::set().await;
    let (host, bob, chat) = (host(&stage).await, &stage.bob, &stage.chat);
    let other = bob.group("other", &[&host, &stage.eve]).await;
    let third = host.group("third", &[bob]).await;
    set(&host, json!({"slow_seconds": 600})).await;
    tries(bob, chat, "one").await.is(201);
    let reply = tries(bob, chat, "two").await.is(429);
    let wait: u64 = reply.header("retry-after").parse().expect("seconds");
    assert!((590..=600).contains(&wait), "{wait}");
    tries(bob, &third, "one elsewhere").await.is(201);
    for text in ["one", "two"] {
        tries(&host, chat, text).await.is(201);
        // The owner of a group leads it.
        tries(bob, &other, text).await.is(201);
    }
    stored::change(
        &stage.app,
        &format!(
            "UPDATE members SET sent_at = 1 WHERE chat_id = {} AND user_id = {}",
            chat.id, bob.id
        ),
    );
    tries(bob, chat, "three").await.is(201);
    assert_eq!(
        stage
            .app
            .rows("SELECT text FROM messages WHERE text IN ('two', 'three') ORDER BY id")
            .len(),
        3
    );
}

#[tokio::test]
async fn photos_and_files_can_be_switched_off() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    set(&host, json!({"files": false})).await;
    stored::set_role(&stage.app, &stage.bob, 2);
    let carol = stage.app.user("carol").await;
    host.add(&stage.chat, &carol).await.is(200);
    let file = [Part::file("file", "a.txt", "text/plain", b"abc")];
    let before = stored::census(&stage.app)["messages"].clone();
    let reply = carol.multipart("POST", &stage.messages(), &file).await;
    refused(reply, "files_off");
    assert_eq!(stored::census(&stage.app)["messages"], before);
    tries(&carol, &stage.chat, "words").await.is(201);
    // To own a group is no way around it.
    let own = carol.group("own", &[&stage.eve]).await;
    refused(
        carol
            .multipart("POST", &format!("/chat/messages/{}/", own.id), &file)
            .await,
        "files_off",
    );
    let staff = stage.bob.again().await;
    staff.multipart("POST", &stage.messages(), &file).await.is(201);
}

#[tokio::test]
async fn private_chats_are_as_the_house_allows_them() {
    let stage = Stage::set().await;
    let (host, bob, eve) = (host(&stage).await, &stage.bob, &stage.eve);
    let old = bob.private(eve).await;
    let with_host = bob.private(&host).await;
    let make = |user: i64| json!({"name": "p", "users": [user], "type": "privat"});
    set(&host, json!({"private_chats": "staff"})).await;
    let before = stored::census(&stage.app);
    refused(tries(bob, &old, "psst").await, "private_chats");
    refused(bob.post("/chat/", make(eve.id)).await, "private_chats");
    let carol = stage.app.user("carol").await;
    refused(bob.post("/chat/", make(carol.id)).await, "private_chats");
    assert_eq!(stored::census(&stage.app)["messages"], before["messages"]);
    assert_eq!(stored::census(&stage.app)["chats"], before["chats"]);
    tries(bob, &with_host, "may I").await.is(201);
    carol.post("/chat/", make(host.id)).await.is(201);
    assert!(bob.history(&old).await.is_empty(), "what there is can be read");

    set(&host, json!({"private_chats": "off"})).await;
    refused(tries(bob, &with_host, "hello").await, "private_chats");
    tries(&host, &with_host, "yes?").await.is(201);
    set(&host, json!({"private_chats": "everyone"})).await;
    tries(bob, &old, "psst").await.is(201);
}

#[tokio::test]
async fn in_a_chat_that_announces_only_its_owner_and_staff_write() {
    let stage = Stage::set().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &stage;
    let path = format!("/chat/{}/", chat.id);
    bob.patch(&path, json!({"announces": true})).await.is(403);
    eve.patch(&path, json!({"announces": true})).await.is(404);
    let now = bob.cursor().await;
    alice
        .patch(&path, json!({"announces": true}))
        .await
        .is(200)
        .shows(json!({"announces": true}));
    let events = bob.events_since(&now).await;
    assert_shows(&events[0], json!({"kind": "chat.updated", "data": {"announces": true}}));
    refused(tries(bob, chat, "but").await, "announces");
    tries(alice, chat, "hear").await.is(201);
    stored::set_role(app, bob, 2);
    tries(&bob.again().await, chat, "and").await.is(201);
    assert_eq!(
        app.rows("SELECT text FROM messages ORDER BY id"),
        [[json!("hear")], [json!("and")]]
    );
}

#[tokio::test]
async fn what_waits_is_seen_by_who_decides_and_stands_when_let_through() {
    let stage = Stage::set().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &stage;
    let carol = app.user("carol").await;
    alice.add(chat, &carol).await.is(200);
    alice
        .patch(&format!("/chat/{}/", chat.id), json!({"approves": true}))
        .await
        .is(200);
    let now = alice.cursor().await;
    let body = json!({"text": "may this stand?", "client_id": "one"});
    for _ in 0..2 {
        let reply = bob.post(&stage.messages(), body.clone()).await.is(202);
        reply.says(json!({"code": "held", "detail": "Your message waits until somebody has looked at it."}));
    }
    let other = json!({"text": "another", "client_id": "one"});
    bob.post(&stage.messages(), other).await.is(409);
    assert_eq!(stored::count(app, "held"), 1);
    let told = alice.events_since(&now).await;
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_shows(
        &told[0],
        json!({"kind": "desk.updated", "data": {"held": 1, "reports": 0}}),
    );
    for user in [bob, &carol, eve] {
        assert!(user.events_since(&now).await.is_empty(), "{} heard of it", user.name);
    }
    let held = format!("/chat/{}/held/", chat.id);
    let list = alice.get(&held).await.is(200).json();
    let id = list[0]["id"].as_i64().expect("an id");
    assert_shows(
        &list[0],
        json!({"from_user": bob.id, "text": "may this stand?", "refused": false}),
    );
    assert_eq!(bob.get(&held).await.is(200).json(), list);
    assert_eq!(carol.get(&held).await.is(200).json(), json!([]));
    eve.get(&held).await.is(404);
    let decide = format!("{held}{id}/");
    for (user, status) in [(bob, 403), (&carol, 403), (eve, 404)] {
        user.post(&decide, json!({"approve": true})).await.is(status);
    }
    alice.post(&decide, json!({})).await.is(400);
    assert!(carol.history(chat).await.is_empty());

    let now = carol.cursor().await;
    let passed = alice.post(&decide, json!({"approve": true})).await.is(200).json();
    assert_shows(
        &passed["message"],
        json!({"seq": 1, "text": "may this stand?", "from_user": bob.id}),
    );
    let events = carol.events_since(&now).await;
    assert_shows(
        &events[0],
        json!({"kind": "message.created", "data": {"text": "may this stand?"}}),
    );
    alice.post(&decide, json!({"approve": true})).await.is(404);
    let again = bob.post(&stage.messages(), body).await.is(200);
    assert_eq!(again.id(), passed["message"]["id"].as_i64().expect("an id"));
    assert_eq!((stored::count(app, "held"), stored::count(app, "messages")), (0, 1));
}

#[tokio::test]
async fn what_is_turned_down_goes_and_its_author_sees_that() {
    let stage = Stage::set().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &stage;
    alice
        .patch(&format!("/chat/{}/", chat.id), json!({"approves": true}))
        .await
        .is(200);
    let parts = [
        Part::field("client_id", "one"),
        Part::file("file", "a.txt", "text/plain", b"abc"),
    ];
    bob.multipart("POST", &stage.messages(), &parts).await.is(202);
    let held = format!("/chat/{}/held/", chat.id);
    let list = alice.get(&held).await.is(200).json();
    let file = stage.path(&list[0]["file"]);
    assert_eq!(alice.get(&file).await.is(200).bytes, b"abc");
    let decide = format!("{held}{}/", list[0]["id"]);
    let (mine, theirs) = (bob.cursor().await, alice.cursor().await);
    let decided = alice.post(&decide, json!({"approve": false})).await.is(200);
    decided.says(json!({"message": null}));
    let told = bob.events_since(&mine).await;
    assert_eq!(told.len(), 1, "{told:#?}");
    let about = json!({"chat_id": chat.id, "user_id": bob.id});
    assert_shows(
        &told[0],
        json!({"kind": "held.refused", "chat_id": chat.id, "data": about}),
    );
    let told = alice.events_since(&theirs).await;
    assert_eq!(told.len(), 1, "nobody else's: {told:#?}");
    assert_shows(&told[0], json!({"kind": "desk.updated"}));
    assert!(eve.events_since(&mine).await.is_empty());
    alice.get(&file).await.is(404);
    assert_eq!(alice.get(&held).await.json(), json!([]));
    assert_eq!(bob.get(&held).await.json()[0]["refused"], true);
    refused(bob.multipart("POST", &stage.messages(), &parts).await, "turned_down");
    // What was sent again lies there until it is swept, as nobody's.
    let attached = app.rows("SELECT count(*) FROM media WHERE purpose <> 'pending'");
    assert_eq!((stored::count(app, "messages"), attached), (0, vec![vec![json!(0)]]));
    // By a socket it is the same.
    let mut socket = bob.socket().await;
    socket
        .say(json!({"type": "send", "client_id": "two", "chat_id": chat.id, "text": "hm"}))
        .await;
    assert_shows(
        &socket.answer().await,
        json!({"type": "nack", "client_id": "two", "status": 202, "code": "held"}),
    );
}

#[tokio::test]
async fn who_is_banned_is_out_and_what_he_wrote_goes_with_him() {
    let stage = Stage::set().await;
    let (host, bob, chat) = (host(&stage).await, &stage.bob, &stage.chat);
    for number in 0..60 {
        stored_message(&stage, bob, number);
    }
    let mine = host.send(chat, "mine").await;
    let his = bob.send(chat, "his").await;
    let mut socket = bob.socket().await;
    host.put(&format!("/host/people/{}/ban/", bob.id), json!({"remove": true}))
        .await
        .is(204);
    socket.closes(4401).await;
    bob.get("/auth/me/").await.is(401);
    let login = json!({"username": bob.name, "password": bob.password});
    // Only who knows the password learns that it is not the password.
    let detail = "No active account found with the given credentials";
    let closed = stage.app.anonymous().post("/auth/login/", login.clone()).await;
    closed.is(401).says(json!({"detail": detail, "code": "account_closed"}));
    let wrong = json!({"username": bob.name, "password": "not his at all"});
    let guessed = stage.app.anonymous().post("/auth/login/", wrong).await;
    guessed.is(401).says(json!({"detail": detail}));
    assert_shows(
        &host.message(&his).await,
        json!({"deleted": true, "text": "", "removed_by": host.id}),
    );
    assert_shows(
        &host.message(&mine).await,
        json!({"deleted": false, "removed_by": null}),
    );
    let left = format!(
        "SELECT count(*) FROM messages WHERE from_user = {} AND NOT deleted",
        bob.id
    );
    assert_eq!(stage.app.rows(&left), [[json!(0)]]);
    host.delete(&format!("/host/people/{}/ban/", bob.id)).await.is(204);
    stage.app.anonymous().post("/auth/login/", login).await.is(200);
    host.delete(&format!("/host/people/{}/ban/", bob.id)).await.is(404);
}

/// A message that was sent before, past the server.
fn stored_message(stage: &Stage, user: &User, number: i64) {
    let (chat, user) = (stage.chat.id, user.id);
    stored::change(
        &stage.app,
        &format!("UPDATE chats SET last_seq = last_seq + 1 WHERE id = {chat}"),
    );
    let insert = format!(
        "INSERT INTO messages (chat_id, seq, from_user, text, time)
         SELECT id, last_seq, {user}, 'old {number}', 0 FROM chats WHERE id = {chat}"
    );
    stored::change(&stage.app, &insert);
}

#[tokio::test]
async fn a_report_reaches_staff_with_what_was_written() {
    let stage = Stage::set().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &stage;
    let carol = app.user("carol").await;
    stored::set_role(app, &carol, 2);
    let staff = carol.again().await;
    let message = alice.send(chat, "something bad").await;
    let path = format!("/chat/messages/{}/report/", message.id);
    let now = staff.cursor().await;
    eve.post(&path, json!({"reason": "nosy"})).await.is(404);
    bob.post(&path, json!({"reason": "x".repeat(501)})).await.is(400);
    bob.post(&path, json!({"reason": "it hurts"})).await.is(204);
    bob.post(&path, json!({"reason": "again"})).await.is(204);
    let events = staff.events_since(&now).await;
    assert_eq!(events.len(), 1, "{events:#?}");
    assert_shows(
        &events[0],
        json!({"kind": "desk.updated", "data": {"held": 0, "reports": 1}}),
    );
    for user in [alice, bob, eve] {
        assert!(user.events_since(&now).await.is_empty(), "{} heard of it", user.name);
    }
    // Its author rewords it; what was reported stays as it was.
    alice
        .patch(&format!("/chat/messages/{}/", message.id), json!({"text": "nice"}))
        .await
        .is(200);
    let open = staff.get("/host/reports/?open=true").await.is(200).results();
    assert_eq!(open.len(), 1);
    assert_shows(
        &open[0],
        json!({"message_id": message.id, "author": alice.id, "from_user": bob.id, "reason": "it hurts", "text": "something bad", "closed": false}),
    );
    staff.get(&format!("/chat/messages/{}/", message.id)).await.is(404);
    let close = format!("/host/reports/{}/", open[0]["id"]);
    bob.post(&close, json!({"remove": true})).await.is(403);
    staff.post(&close, json!({})).await.is(400);
    let closed = staff.post(&close, json!({"remove": true})).await.is(200);
    closed.shows(json!({"closed": true, "closed_by": staff.id, "removed": true}));
    assert_shows(
        &bob.message(&message).await,
        json!({"deleted": true, "removed_by": staff.id}),
    );
    assert!(staff.get("/host/reports/?open=true").await.results().is_empty());
    assert_eq!(staff.get("/host/reports/").await.results().len(), 1);
    assert_shows(
        &staff.get("/host/log/").await.results()[0],
        json!({"deed": "remove_reported", "subject": alice.id, "note": "it hurts"}),
    );
}

#[tokio::test]
async fn hands_stand_in_a_queue_that_the_group_sees() {
    let stage = Stage::set().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &stage;
    let carol = app.user("carol").await;
    alice.add(chat, &carol).await.is(200);
    let hand = format!("/chat/{}/hand/", chat.id);
    let now = alice.cursor().await;
    carol.put(&hand, json!({})).await.is(204);
    bob.put(&hand, json!({})).await.is(204);
    carol.put(&hand, json!({})).await.is(204);
    eve.put(&hand, json!({})).await.is(404);
    let events = alice.events_since(&now).await;
    assert_eq!(events.len(), 2, "{events:#?}");
    assert_shows(
        &events[1],
        json!({"kind": "chat.updated", "data": {"hands": [carol.id, bob.id]}}),
    );
    assert!(eve.events_since(&now).await.is_empty());
    assert_eq!(bob.chat(chat).await["hands"], json!([carol.id, bob.id]));
    bob.delete(&format!("/chat/{}/hands/{}/", chat.id, carol.id))
        .await
        .is(403);
    alice
        .delete(&format!("/chat/{}/hands/{}/", chat.id, carol.id))
        .await
        .is(204);
    bob.delete(&hand).await.is(204);
    assert_eq!(bob.chat(chat).await["hands"], json!([]));
    let private = alice.private(bob).await;
    alice
        .put(&format!("/chat/{}/hand/", private.id), json!({}))
        .await
        .is(403);
}

#[tokio::test]
async fn who_takes_anothers_message_away_is_named_and_noted() {
    let stage = Stage::set().await;
    let Stage {
        app, alice, bob, chat, ..
    } = &stage;
    let message = bob.send(chat, "hm").await;
    let own = bob.send(chat, "oops").await;
    alice.delete(&format!("/chat/messages/{}/", message.id)).await.is(204);
    bob.delete(&format!("/chat/messages/{}/", own.id)).await.is(204);
    assert_shows(
        &bob.message(&message).await,
        json!({"deleted": true, "removed_by": alice.id}),
    );
    assert_shows(&bob.message(&own).await, json!({"deleted": true, "removed_by": null}));
    let rows = app.rows("SELECT actor_id, deed, subject_id, message_id FROM deeds");
    assert_eq!(
        rows,
        [[json!(alice.id), json!("remove"), json!(bob.id), json!(message.id)]]
    );
}

#[tokio::test]
async fn staff_see_who_is_silenced_and_who_is_kept_out() {
    let stage = Stage::set().await;
    let (host, bob, eve) = (host(&stage).await, &stage.bob, &stage.eve);
    let shown = |reply: Reply, id: i64| {
        let rows = reply.is(200).results();
        let row = rows.iter().find(|row| row["id"] == id).cloned();
        row.map(|row| (row["silence"].clone(), row["banned"].clone()))
    };
    let free = || json!({"silenced": false, "until": null});
    let all = host.get("/host/people/").await;
    assert_eq!(shown(all, bob.id), Some((free(), json!(false))));

    host.put(&format!("/host/people/{}/silence/", bob.id), json!({"minutes": 5}))
        .await
        .is(204);
    let (silence, _) = shown(host.get("/host/people/").await, bob.id).expect("Bob");
    assert_shows(&silence, json!({"silenced": true, "until": "<time>"}));
    host.put(&format!("/host/people/{}/silence/", bob.id), json!({}))
        .await
        .is(204);
    let (silence, _) = shown(host.get("/host/people/").await, bob.id).expect("Bob");
    assert_eq!(silence, json!({"silenced": true, "until": null}));

    host.put(&format!("/host/people/{}/ban/", eve.id), json!({}))
        .await
        .is(204);
    let found = host.get(&format!("/host/people/?search={}", eve.name)).await;
    assert_eq!(shown(found, eve.id), Some((free(), json!(true))));
    // The directory of everybody has her no more.
    let directory = host
        .get(&format!("/auth/user/?search={}", eve.name))
        .await
        .is(200)
        .results();
    assert!(directory.is_empty(), "{directory:#?}");
    bob.get("/host/people/").await.is(403);
    stored::set_role(&stage.app, bob, 2);
    let staff = bob.again().await;
    assert_eq!(
        shown(staff.get("/host/people/").await, eve.id),
        Some((free(), json!(true)))
    );
}

#[tokio::test]
async fn who_has_deleted_his_account_is_not_let_in_again() {
    let stage = Stage::set().await;
    let (host, bob) = (host(&stage).await, &stage.bob);
    let body = json!({"password": bob.password});
    bob.request("DELETE", "/auth/me/", Some(body)).await.is(204);
    let before = stored::census(&stage.app);
    for what in ["ban", "silence"] {
        host.delete(&format!("/host/people/{}/{what}/", bob.id)).await.is(404);
    }
    assert_eq!(stored::census(&stage.app), before);
    let rows = host.get("/host/people/").await.is(200).results();
    assert!(rows.iter().all(|row| row["id"] != bob.id), "{rows:#?}");
    // Who is not kept out can't be let in, either.
    host.delete(&format!("/host/people/{}/ban/", stage.eve.id))
        .await
        .is(404);
}

#[tokio::test]
async fn what_was_set_in_the_house_and_in_a_group_stands_in_the_log() {
    let stage = Stage::set().await;
    let (host, group) = (host(&stage).await, stage.chat.id);
    set(
        &host,
        json!({"frozen": true, "frozen_minutes": 10, "class_code": "secret", "registration": "code"}),
    )
    .await;
    let retention = format!("/chat/{group}/retention/");
    let link = format!("/chat/{group}/link/");
    host.put(&retention, json!({"days": 30})).await.is(200);
    host.put(&retention, json!({"days": 30})).await.is(200);
    host.put(&retention, json!({"days": null})).await.is(200);
    let alice = &stage.alice;
    let rules = json!({"announces": true, "approves": false});
    alice.patch(&format!("/chat/{group}/"), rules.clone()).await.is(200);
    alice.patch(&format!("/chat/{group}/"), rules).await.is(200);
    alice.post(&link, json!({})).await.is(200);
    alice.delete(&link).await.is(204);
    alice.delete(&link).await.is(204);
    stage.bob.put(&retention, json!({"days": 1})).await.is(403);
    stage.bob.delete(&link).await.is(403);

    let log = host.get("/host/log/").await.is(200).results();
    let deeds: Vec<_> = log
        .iter()
        .map(|entry| {
            let part = |key: &str| entry[key].as_str().unwrap_or("-").to_owned();
            (entry["actor"].clone(), part("deed"), part("group_name"), part("note"))
        })
        .collect();
    let told = |actor: i64, deed: &str, group: &str, note: &str| {
        (json!(actor), deed.to_owned(), group.to_owned(), note.to_owned())
    };
    assert_eq!(
        deeds,
        [
            told(alice.id, "end_link", "G", ""),
            told(alice.id, "chat_rules", "G", "announces=true, approves=false"),
            told(host.id, "retention", "G", "null"),
            told(host.id, "retention", "G", "30"),
            told(
                host.id,
                "settings",
                "-",
                "frozen=true, frozen_minutes=10, registration=code, class_code="
            ),
        ]
    );
    assert_eq!(log[0]["chat_id"], json!(group));
    alice.get("/host/log/").await.is(403);
}
