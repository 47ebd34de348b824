//! A ban: who is out says nothing more, and with removal all that he brought goes, what waits and what he handed in, too.

use crate::common::golden::assert_shows;
use crate::common::{stored, within, Part, Reply, User};
use crate::house::host;
use crate::stage::Stage;
use serde_json::{json, Value};

async fn ban(by: &User, who: &User, body: Value) -> Reply {
    by.put(&format!("/host/people/{}/ban/", who.id), body).await
}

/// Alice's group approves from now on; Bob's words and his file wait in it. The ids of the two, and the file's path.
async fn two_wait(stage: &Stage) -> (i64, i64, String) {
    let Stage { alice, bob, chat, .. } = stage;
    let path = format!("/chat/{}/", chat.id);
    alice.patch(&path, json!({"approves": true})).await.is(200);
    bob.post(&stage.messages(), json!({"text": "words", "client_id": "w"}))
        .await
        .is(202);
    let file = [Part::file("file", "a.txt", "text/plain", b"abc")];
    bob.multipart("POST", &stage.messages(), &file).await.is(202);
    let list = alice.get(&format!("{path}held/")).await.is(200).json();
    let id = |at: usize| list[at]["id"].as_i64().expect("an id");
    (id(0), id(1), stage.path(&list[1]["file"]))
}

/// What people have attached, but for what is swept in its own time.
fn attachments(stage: &Stage) -> Vec<Vec<Value>> {
    stage.app.rows("SELECT name FROM media WHERE purpose <> 'pending'")
}

#[tokio::test]
async fn what_waits_goes_with_who_is_banned_with_what_he_wrote() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let Stage {
        app, bob, eve, chat, ..
    } = &stage;
    let carol = app.user("carol").await;
    host.add(chat, &carol).await.is(200);
    let (words, file, path) = two_wait(&stage).await;
    carol.post(&stage.messages(), json!({"text": "hers"})).await.is(202);
    // What was turned down is his, too, and nobody else's.
    bob.post(&stage.messages(), json!({"text": "turned down"}))
        .await
        .is(202);
    let held = format!("/chat/{}/held/", chat.id);
    let last = host.get(&held).await.json()[3]["id"].clone();
    host.post(&format!("{held}{last}/"), json!({"approve": false}))
        .await
        .is(200);
    assert_eq!(host.get(&path).await.is(200).bytes, b"abc");

    let now = host.cursor().await;
    ban(&host, bob, json!({"remove": true})).await.is(204);
    let events = host.events_since(&now).await;
    assert_eq!(events.len(), 1, "{events:#?}");
    assert_shows(
        &events[0],
        json!({"kind": "desk.updated", "data": {"held": 1, "reports": 0}}),
    );
    for user in [&carol, eve] {
        assert!(user.events_since(&now).await.is_empty(), "{} heard of it", user.name);
    }
    assert_eq!(app.rows("SELECT text FROM held"), [[json!("hers")]]);
    assert!(attachments(&stage).is_empty(), "{:?}", attachments(&stage));
    host.get(&path).await.is(404);
    let list = host.get(&held).await.is(200).json();
    assert_eq!(
        (list.as_array().map(Vec::len), &list[0]["text"]),
        (Some(1), &json!("hers"))
    );
    for id in [words, file] {
        for approve in [true, false] {
            let decided = host.post(&format!("{held}{id}/"), json!({"approve": approve})).await;
            decided.is(404);
        }
    }
    // Who comes back finds nothing of it, and may say it again.
    host.delete(&format!("/host/people/{}/ban/", bob.id)).await.is(204);
    let again = bob.again().await;
    assert_eq!(again.get(&held).await.is(200).json(), json!([]));
    again
        .post(&stage.messages(), json!({"text": "words", "client_id": "w"}))
        .await
        .is(202);
    assert_eq!(stored::count(app, "messages"), 0);
}

#[tokio::test]
async fn what_waits_is_let_through_of_nobody_who_is_banned() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let Stage {
        app, bob, eve, chat, ..
    } = &stage;
    let (words, file, path) = two_wait(&stage).await;
    let held = format!("/chat/{}/held/", chat.id);
    let desk = |held: i64| json!({"kind": "desk.updated", "data": {"held": held, "reports": 0}});

    let now = host.cursor().await;
    ban(&host, bob, json!({})).await.is(204);
    let events = host.events_since(&now).await;
    assert_eq!(events.len(), 1, "{events:#?}");
    assert_shows(&events[0], desk(0));
    assert!(eve.events_since(&now).await.is_empty());
    assert_eq!(host.get(&held).await.is(200).json(), json!([]));
    let (before, now) = (stored::census(app), host.cursor().await);
    for id in [words, file] {
        for approve in [true, false] {
            let decided = host.post(&format!("{held}{id}/"), json!({"approve": approve})).await;
            decided.is(404);
        }
    }
    assert_eq!(stored::census(app), before);
    assert!(host.events_since(&now).await.is_empty());

    // It waits again as soon as he is in again.
    host.delete(&format!("/host/people/{}/ban/", bob.id)).await.is(204);
    let events = host.events_since(&now).await;
    assert_eq!(events.len(), 1, "{events:#?}");
    assert_shows(&events[0], desk(2));
    let passed = host.post(&format!("{held}{words}/"), json!({"approve": true})).await;
    assert_shows(
        &passed.is(200).json()["message"],
        json!({"text": "words", "from_user": bob.id}),
    );
    let passed = host.post(&format!("{held}{file}/"), json!({"approve": true})).await;
    assert_shows(&passed.is(200).json()["message"], json!({"file_name": "a.txt"}));
    assert_eq!(host.get(&path).await.is(200).bytes, b"abc");
}

#[tokio::test]
async fn what_was_handed_in_goes_with_who_is_banned_with_what_he_wrote() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let Stage {
        app, bob, eve, chat, ..
    } = &stage;
    let carol = app.user("carol").await;
    host.add(chat, &carol).await.is(200);
    for title in ["One", "Two"] {
        let made = host
            .post(&format!("/chat/{}/boxes/", chat.id), json!({"title": title}))
            .await;
        let id = made.is(201).id();
        for user in [bob, &carol] {
            let file = [Part::file("file", &user.name, "text/plain", b"abc")];
            user.multipart("POST", &format!("/chat/boxes/{id}/files/"), &file)
                .await
                .is(201);
        }
    }
    let boxes = format!("/chat/{}/boxes/", chat.id);
    let list = host.get(&boxes).await.is(200).json();
    let path = stage.path(&list["results"][0]["files"][0]["file"]);
    host.get(&path).await.is(200);

    let now = host.cursor().await;
    ban(&host, bob, json!({"remove": true})).await.is(204);
    let events = host.events_since(&now).await;
    assert_eq!(events.len(), 1, "{events:#?}");
    assert_shows(
        &events[0],
        json!({"kind": "boxes.updated", "data": {"chat_id": chat.id, "user_id": host.id}}),
    );
    for user in [&carol, eve] {
        assert!(user.events_since(&now).await.is_empty(), "{} heard of it", user.name);
    }
    host.get(&path).await.is(404);
    let rows = app.rows("SELECT user_id FROM box_files");
    assert_eq!(rows, [[json!(carol.id)], [json!(carol.id)]]);
    assert_eq!(attachments(&stage), [[json!("carol")], [json!("carol")]]);
    let list = host.get(&boxes).await.is(200).json();
    for shown in list["results"].as_array().expect("boxes") {
        assert_eq!(shown["files"].as_array().map(Vec::len), Some(1), "{shown:#}");
    }
}

#[tokio::test]
async fn a_ban_alone_leaves_what_was_handed_in() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let Stage { app, bob, chat, .. } = &stage;
    let made = host
        .post(&format!("/chat/{}/boxes/", chat.id), json!({"title": "One"}))
        .await;
    let files = format!("/chat/boxes/{}/files/", made.is(201).id());
    let file = [Part::file("file", "a.txt", "text/plain", b"abc")];
    bob.multipart("POST", &files, &file).await.is(201);
    let said = bob.send(chat, "said").await;
    let before = stored::census(app);
    ban(&host, bob, json!({"remove": false})).await.is(204);
    assert_eq!(stored::census(app), before);
    assert_shows(&host.message(&said).await, json!({"deleted": false, "text": "said"}));
}

#[tokio::test]
async fn who_deletes_his_account_takes_along_what_waits() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let Stage { app, bob, eve, .. } = &stage;
    two_wait(&stage).await;
    let now = eve.cursor().await;
    let body = json!({"password": bob.password});
    bob.request("DELETE", "/auth/me/", Some(body)).await.is(204);
    assert_eq!(stored::count(app, "held"), 0);
    assert!(attachments(&stage).is_empty());
    let sync = host.get("/chat/sync/").await.is(200).json();
    assert_eq!(sync["desk"], json!({"held": 0, "reports": 0}));
    let told = host.events_since(&now).await;
    let desks = told.iter().filter(|event| event["kind"] == "desk.updated");
    assert_eq!(desks.count(), 1, "{told:#?}");
    assert!(eve.events_since(&now).await.is_empty());
}

#[tokio::test]
async fn what_a_guest_left_waiting_can_be_let_through_unless_he_was_banned() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let Stage { app, chat, .. } = &stage;
    let path = format!("/chat/{}/", chat.id);
    host.patch("/host/settings/", json!({"guests": true})).await.is(200);
    host.patch(&path, json!({"approves": true})).await.is(200);
    let mut guests = Vec::new();
    for name in ["Gina", "Horia"] {
        let tokens = app.anonymous().post("/auth/guest/", json!({"name": name})).await;
        let guest = User::entered(&app.anonymous(), &tokens.is(201).json()).await;
        host.add(chat, &guest).await.is(200);
        guest.post(&stage.messages(), json!({"text": name})).await.is(202);
        guests.push(guest);
    }
    ban(&host, &guests[1], json!({})).await.is(204);
    for guest in &guests {
        stored::leave(app, guest);
    }
    // Somebody who comes in has the times looked at.
    let late = app.anonymous().post("/auth/guest/", json!({"name": "Iosif"})).await;
    let late = User::entered(&app.anonymous(), &late.is(201).json()).await;
    within("the end of their time", async {
        while stored::count(app, "held") == 2 {
            late.get("/auth/me/").await.is(200);
        }
    })
    .await;
    let over = app.rows("SELECT count(*) FROM users WHERE role = 0 AND leaves_at IS NULL");
    assert_eq!(over, [[json!(2)]]);
    // Nobody can let Horia in any more.
    assert_eq!(app.rows("SELECT text FROM held"), [[json!("Gina")]]);
    let list = host.get(&format!("{path}held/")).await.is(200).json();
    assert_eq!(list.as_array().map(Vec::len), Some(1), "{list:#}");
    let decide = format!("{path}held/{}/", list[0]["id"]);
    let passed = host.post(&decide, json!({"approve": true})).await.is(200).json();
    assert_shows(&passed["message"], json!({"text": "Gina", "from_user": guests[0].id}));
}
