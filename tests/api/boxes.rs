//! Boxes: each hands in and sees his own, the chat's owner and staff see all, nobody else hears of anything.

use crate::common::{stored, Chat, Part, Reply, User};
use crate::stage::Stage;
use serde_json::{json, Value};
use std::io::{Cursor, Read};

async fn make(owner: &User, chat: &Chat, body: Value) -> i64 {
    let made = owner.post(&format!("/chat/{}/boxes/", chat.id), body).await.is(201);
    made.id()
}

async fn hand_in(user: &User, id: i64, name: &str, bytes: &[u8]) -> Reply {
    let part = Part::file("file", name, "application/octet-stream", bytes);
    user.multipart("POST", &format!("/chat/boxes/{id}/files/"), &[part])
        .await
}

/// The first box of a chat, as somebody sees it.
async fn seen(user: &User, chat: &Chat) -> Value {
    let list = user.get(&format!("/chat/{}/boxes/", chat.id)).await.is(200);
    list.json()["results"][0].clone()
}

fn path(url: &Value) -> String {
    let url = url.as_str().expect("a URL");
    url[url.find("/media/").expect("a path")..].to_owned()
}

fn unzipped(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a whole ZIP");
    (0..archive.len())
        .map(|at| {
            let mut file = archive.by_index(at).unwrap();
            let mut content = Vec::new();
            let name = file.name().unwrap().into_owned();
            file.read_to_end(&mut content).unwrap();
            (name, content)
        })
        .collect()
}

#[tokio::test]
async fn each_hands_in_his_own_and_the_owner_takes_all_home() {
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

    let now = alice.cursor().await;
    let body = json!({"title": "  Laborator 3  ", "due": "2020-01-01T12:00:00+02:00"});
    let id = make(alice, chat, body).await;
    now.told(&[alice, bob, &carol], &["chat.updated"], &[eve]).await;
    let shown = seen(bob, chat).await;
    assert_eq!(shown["title"], "Laborator 3");
    assert_eq!(shown["due"], "2020-01-01T10:00:00.000000Z");
    assert_eq!(
        (&shown["mine"], &shown["files"], &shown["zip"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );

    let now = alice.cursor().await;
    hand_in(bob, id, "raport.txt", b"first").await.is(201);
    let event = json!({"chat_id": chat.id, "user_id": bob.id});
    let heard = bob.events_since(&now).await;
    assert_eq!(
        (heard.len(), &heard[0]["kind"], &heard[0]["data"]),
        (1, &json!("boxes.updated"), &event)
    );
    let heard = alice.events_since(&now).await;
    assert_eq!(heard.len(), 1, "{heard:#?}");
    assert_eq!(heard[0]["data"], json!({"chat_id": chat.id, "user_id": alice.id}));
    assert!(carol.events_since(&now).await.is_empty());
    assert!(eve.events_since(&now).await.is_empty());

    // Again replaces, and the bytes of the first go.
    hand_in(bob, id, "raport.txt", b"second").await.is(200);
    hand_in(&carol, id, "raport.txt", &[7; 600_000]).await.is(201);
    assert_eq!(app.rows("SELECT count(*) FROM box_files"), [[json!(2)]]);
    assert_eq!(
        app.rows("SELECT count(*), sum(chat_id IS NULL) FROM media"),
        [[json!(2), json!(2)]]
    );

    let own = seen(bob, chat).await;
    assert_eq!(
        (&own["mine"]["file_size"], &own["mine"]["late"]),
        (&json!(6), &json!(true))
    );
    assert_eq!(own["files"], Value::Null);
    let file = path(&own["mine"]["file"]);
    assert_eq!(bob.get(&file).await.is(200).bytes, b"second");
    assert_eq!(alice.get(&file).await.is(200).bytes, b"second");
    carol.get(&file).await.is(404);
    eve.get(&file).await.is(404);

    let all = seen(alice, chat).await;
    assert_eq!(all["files"].as_array().unwrap().len(), 2);
    let zip = path(&all["zip"]);
    let reply = alice.get(&zip).await.is(200);
    assert_eq!(reply.header("content-type"), "application/zip");
    let names = |user: &User| {
        app.rows(&format!(
            "SELECT first_name || ' ' || last_name FROM users WHERE id = {}",
            user.id
        ))
    };
    let expected = |user: &User, more: &str| format!("{}{more} - raport.txt", names(user)[0][0].as_str().unwrap());
    let files = unzipped(&reply.bytes);
    assert_eq!(files[0], (expected(bob, ""), b"second".to_vec()));
    assert_eq!(files[1].1, [7; 600_000]);
    // People of one name are told apart.
    let more = if names(bob) == names(&carol) {
        format!(" ({})", carol.name)
    } else {
        String::new()
    };
    assert_eq!(files[1].0, expected(&carol, &more));
    bob.get(&zip).await.is(403);
    eve.get(&zip).await.is(404);
    app.anonymous().get(&zip).await.is(401);
}

#[tokio::test]
async fn only_who_leads_makes_and_closes_and_a_closed_box_takes_nothing() {
    let stage = Stage::set().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &stage;
    let boxes = format!("/chat/{}/boxes/", chat.id);
    let before = stored::census(app);
    bob.post(&boxes, json!({"title": "Mine"})).await.is(403);
    eve.post(&boxes, json!({"title": "Mine"})).await.is(404);
    eve.get(&boxes).await.is(404);
    alice
        .post(&boxes, json!({}))
        .await
        .is(400)
        .says(json!({"title": ["This field is required."]}));
    let wrong = alice
        .post(&boxes, json!({"title": "A", "due": "tomorrow"}))
        .await
        .is(400);
    wrong.says(json!({"due": ["This is not a time. Write it as 2026-11-25T12:00:00Z."]}));
    assert_eq!(stored::census(app), before);

    let id = make(alice, chat, json!({"title": "Poster"})).await;
    let address = format!("/chat/boxes/{id}/");
    hand_in(bob, id, "a.txt", b"a").await.is(201);
    let media = app.rows("SELECT count(*) FROM media WHERE purpose <> 'pending'");
    hand_in(eve, id, "e.txt", b"e").await.is(404);
    hand_in(bob, id, "a.txt", b"").await.is(400);
    bob.patch(&address, json!({"closed": true})).await.is(403);
    eve.patch(&address, json!({"closed": true})).await.is(404);

    let now = alice.cursor().await;
    let closed = alice
        .patch(&address, json!({"closed": true, "title": "Poster A3"}))
        .await
        .is(200);
    closed.shows(json!({"closed": true, "title": "Poster A3", "due": null}));
    now.told(&[alice, bob], &["chat.updated"], &[eve]).await;
    hand_in(bob, id, "b.txt", b"b")
        .await
        .is(403)
        .says(json!({"detail": "This box is closed."}));
    bob.delete(&format!("{address}files/")).await.is(403);
    assert_eq!(app.rows("SELECT count(*) FROM media WHERE purpose <> 'pending'"), media);

    alice.patch(&address, json!({"closed": false})).await.is(200);
    bob.delete(&format!("{address}files/")).await.is(204);
    bob.delete(&format!("{address}files/")).await.is(404);
    assert_eq!(app.rows("SELECT count(*) FROM box_files"), [[json!(0)]]);
}

#[tokio::test]
async fn staff_in_the_chat_see_all_and_who_has_left_sees_nothing() {
    let stage = Stage::set().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &stage;
    let id = make(alice, chat, json!({"title": "Eseu"})).await;
    hand_in(bob, id, "eseu.txt", b"text").await.is(201);
    let file = path(&seen(bob, chat).await["mine"]["file"]);

    // Staff elsewhere are nobody here.
    stored::set_role(app, eve, 2);
    let eve = eve.again().await;
    eve.get(&file).await.is(404);
    alice.add(chat, &eve).await.is(200);
    eve.get(&file).await.is(200);
    assert_eq!(seen(&eve, chat).await["files"].as_array().unwrap().len(), 1);

    alice.remove(chat, bob).await.is(204);
    bob.get(&file).await.is(404);
    hand_in(bob, id, "eseu.txt", b"other").await.is(404);
    assert_eq!(alice.get(&file).await.is(200).bytes, b"text", "what he handed in stays");
}

#[tokio::test]
async fn what_is_handed_in_counts_and_is_measured_as_every_upload() {
    let stage = Stage::with(&[("file_max_bytes", "1000"), ("quota_bytes", "1500")]).await;
    let Stage {
        app, alice, bob, chat, ..
    } = &stage;
    let (one, other) = (
        make(alice, chat, json!({"title": "1"})).await,
        make(alice, chat, json!({"title": "2"})).await,
    );
    hand_in(bob, one, "a", &[1; 1001]).await.is(413);
    hand_in(bob, one, "a", &[1; 1000]).await.is(201);
    hand_in(bob, other, "a", &[1; 900]).await.is(413);
    assert_eq!(app.rows("SELECT box_id FROM box_files"), [[json!(one)]]);
}
