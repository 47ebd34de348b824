//! The pictures of people and of chats.

use crate::common::golden::assert_shows;
use crate::common::{pictures, stored, Chat, Part, Table};
use crate::stage::Stage;
use serde_json::json;

const NO_PICTURE: &str = "Upload a valid image. The file you uploaded was either not an image or a corrupted image.";

#[tokio::test]
async fn the_picture_of_a_person() {
    let stage = Stage::set().await;
    let Stage {
        app, alice, bob, eve, ..
    } = &stage;
    app.anonymous().get("/media/profile.png").await.is(200);
    let picture = |bytes: &[u8]| [Part::file("profile_picture", "me.jpg", "image/jpeg", bytes)];
    let secret = "GPS 44.4268 N 26.1025 E";
    let now = bob.cursor().await;
    let url = "/auth/profile_picture/";
    let reply = alice
        .multipart("PUT", url, &picture(&pictures::phone(600, 300, 6, secret)))
        .await
        .is(200);
    let address = reply.says(json!({"profile_picture": "<string>"})).json()["profile_picture"].clone();
    let at = stage.path(&address);
    assert!(at.starts_with("/media/"), "{at}");
    assert_shows(
        &alice.get("/auth/me/").await.is(200).json(),
        json!({"profile_picture": address}),
    );
    assert_eq!(
        eve.get(&format!("/auth/user/{}/", alice.id)).await.is(200).body["profile_picture"],
        address
    );
    assert_eq!(
        app.rows("SELECT count(*) FROM users WHERE picture_id IS NOT NULL"),
        [[json!(1)]]
    );
    let events = bob.events_since(&now).await;
    let event = events
        .iter()
        .find(|event| event["kind"] == "user.updated")
        .expect("user.updated");
    assert_shows(&event["data"], json!({"id": alice.id, "profile_picture": at}));

    for user in [alice, bob, eve] {
        let got = user.get(&at).await.is(200);
        let bytes = &got.bytes;
        let told = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!told, "where the picture was taken is nobody's business");
        let (width, height) = pictures::size(bytes);
        assert!(height > width, "turned as it was held: {width} x {height}");
    }
    app.anonymous().get(&at).await.is(401);

    let mut table = Table::new("PUT /auth/profile_picture/");
    table.says(
        &alice.multipart("PUT", url, &picture(b"text")).await,
        400,
        json!({"profile_picture": [NO_PICTURE]}),
    );
    let bomb = pictures::boast(50_000, 50_000);
    table.blames(
        &alice.multipart("PUT", url, &picture(&bomb)).await,
        400,
        "profile_picture",
    );
    let required = alice.multipart("PUT", url, &[Part::field("other", "x")]).await;
    table.blames(&required, 400, "profile_picture");
    table.done();
    assert_eq!(alice.get("/auth/me/").await.body["profile_picture"], address);

    assert_eq!(alice.delete(url).await.is(204).bytes, b"");
    let default = format!("{}/media/profile.png", app.base());
    assert_shows(
        &alice.get("/auth/me/").await.is(200).json(),
        json!({"profile_picture": default}),
    );
    alice.delete(url).await.is(204);
}

#[tokio::test]
async fn the_picture_of_a_chat() {
    let stage = Stage::set().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &stage;
    let path = format!("/chat/{}/", chat.id);
    let picture = |bytes: &[u8]| [Part::file("chat_picture", "we.png", "image/png", bytes)];
    let now = alice.cursor().await;
    let reply = bob
        .multipart("PATCH", &path, &picture(&pictures::png(64, 64)))
        .await
        .is(200);
    let address = reply.body["chat_picture"].clone();
    let at = stage.path(&address);
    assert_ne!(at, "/media/profile.png");
    let event = now.told_of(&[alice, bob], "chat.updated", chat, &[eve]).await;
    assert_shows(&event["data"], json!({"id": chat.id, "chat_picture": at}));
    assert_eq!(alice.chat(chat).await["chat_picture"], address);
    assert_eq!(
        app.rows("SELECT count(*) FROM chats WHERE picture_id IS NOT NULL"),
        [[json!(1)]]
    );
    for user in [alice, bob, eve] {
        user.get(&at).await.is(200);
    }
    app.anonymous().get(&at).await.is(401);

    let mut table = Table::new("PATCH /chat/<id>/ chat_picture");
    table.says(
        &bob.multipart("PATCH", &path, &picture(b"x")).await,
        400,
        json!({"chat_picture": [NO_PICTURE]}),
    );
    table.is(
        &eve.multipart("PATCH", &path, &picture(&pictures::png(9, 9))).await,
        404,
    );
    let pair = alice.private(bob).await;
    let reply = alice
        .multipart("PATCH", &format!("/chat/{}/", pair.id), &picture(&pictures::png(9, 9)))
        .await;
    table.holds(
        "a private chat's picture stays or changes, never breaks",
        matches!(reply.status, 200 | 403),
    );
    table.done();
    assert_eq!(alice.chat(chat).await["chat_picture"], address);
    bob.multipart(
        "PATCH",
        &path,
        &[
            Part::field("name", "By form"),
            Part::field("users", &eve.id.to_string()),
        ],
    )
    .await
    .is(200)
    .shows(json!({"name": "By form", "users": [alice.id, bob.id, eve.id], "chat_picture": address}));
}

#[tokio::test]
async fn a_chat_is_made_with_its_picture() {
    let stage = Stage::set().await;
    let Stage {
        app, alice, bob, eve, ..
    } = &stage;
    let form = |name: &str, kind: &str, bytes: &[u8]| {
        [
            Part::field("name", name),
            Part::field("users", &bob.id.to_string()),
            Part::field("type", kind),
            Part::file("chat_picture", "we.png", "image/png", bytes),
        ]
    };
    let pictured =
        || app.rows("SELECT c.name FROM chats c JOIN media m ON m.id = c.picture_id AND m.purpose = 'portrait'");
    let picture = pictures::png(64, 64);
    let now = bob.cursor().await;
    let reply = alice
        .multipart("POST", "/chat/", &form("Pictured", "group", &picture))
        .await
        .is(201);
    let reply = reply.shows(json!({"name": "Pictured", "users": [alice.id, bob.id], "type": "group"}));
    let address = reply.body["chat_picture"].clone();
    let at = stage.path(&address);
    assert_ne!(at, "/media/profile.png");
    assert_eq!(pictured(), [[json!("Pictured")]]);
    let chat = Chat::of(reply);
    let event = now.told_of(&[alice, bob], "chat.created", &chat, &[eve]).await;
    assert_shows(&event["data"], json!({"id": chat.id, "chat_picture": at}));
    assert_eq!(bob.chat(&chat).await["chat_picture"], address);
    let (width, height) = pictures::size(&bob.get(&at).await.is(200).bytes);
    assert_eq!((width, height), (64, 64));

    let before = stored::census(app);
    let mut table = Table::new("POST /chat/ with chat_picture");
    let bad = alice.multipart("POST", "/chat/", &form("Bad", "group", b"text")).await;
    table.says(&bad, 400, json!({"chat_picture": [NO_PICTURE]}));
    let unnamed = alice.multipart("POST", "/chat/", &form("", "group", &picture)).await;
    table.blames(&unnamed, 400, "name");
    let words = json!({"name": "Words", "users": [bob.id], "type": "group", "chat_picture": "/media/profile.png"});
    table.blames(&alice.post("/chat/", words).await, 400, "chat_picture");
    table.done();
    assert_eq!(stored::census(app), before, "a refused chat");

    let pair = alice.private(bob).await;
    let mut parts = form("Again", "privat", &picture);
    parts[1] = Part::field("users", &alice.id.to_string());
    let found = bob.multipart("POST", "/chat/", &parts).await.is(200);
    found.shows(json!({"id": pair.id, "chat_picture": format!("{}/media/profile.png", app.base())}));
    assert_eq!(pictured(), [[json!("Pictured")]], "a chat that is there stays as it is");
}

#[tokio::test]
async fn a_picture_comes_with_the_rest_of_a_profile() {
    let stage = Stage::set().await;
    let Stage { app, alice, bob, .. } = &stage;
    let path = format!("/auth/update_profile/{}/", alice.id);
    let file = |bytes: &[u8]| Part::file("profile_picture", "me.png", "image/png", bytes);
    let parts = [Part::field("first_name", "Ana"), file(&pictures::png(60, 60))];
    alice
        .multipart("PATCH", &path, &parts)
        .await
        .is(200)
        .shows(json!({"first_name": "Ana"}));
    let me = alice.get("/auth/me/").await.is(200).shows(json!({"first_name": "Ana"}));
    let at = stage.path(&me.body["profile_picture"]);
    assert_ne!(at, "/media/profile.png");
    bob.get(&at).await.is(200);
    let parts = [Part::field("first_name", "Eva"), file(b"text")];
    alice
        .multipart("PATCH", &path, &parts)
        .await
        .is(400)
        .says(json!({"profile_picture": [NO_PICTURE]}));
    let row = app.rows(&format!("SELECT first_name FROM users WHERE id = {}", alice.id));
    assert_eq!(row, [[json!("Ana")]], "all of it or nothing");
}
