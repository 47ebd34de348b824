//! Reading what was said: a chat's history by `seq`, and all of one's messages in pages.

use crate::common::{pictures, App, Message, Part, Table};
use crate::stage::Stage;
use serde_json::{json, Value};

fn seqs(results: &[Value]) -> Vec<i64> {
    results
        .iter()
        .map(|message| message["seq"].as_i64().expect("a seq"))
        .collect()
}

fn down(from: i64, to: i64) -> Vec<i64> {
    (to..=from).rev().collect()
}

#[tokio::test]
async fn a_chat_is_read_by_seq_in_both_directions() {
    let app = App::start().await;
    let (alice, bob, eve) = (app.user("alice").await, app.user("bob").await, app.user("eve").await);
    let chat = alice.group("G", &[&bob]).await;
    let other = alice.group("Other", &[&bob]).await;
    let mut ids = Vec::new();
    for number in 1..=60 {
        let user = if number % 3 == 0 { &bob } else { &alice };
        ids.push(user.send(&chat, &format!("number {number}")).await.id);
    }
    alice.send(&other, "elsewhere").await;
    let at = |query: &str| format!("/chat/messages/?chat={}{query}", chat.id);
    for (query, found) in [
        ("", down(60, 11)),
        ("&limit=60", down(60, 1)),
        ("&limit=200", down(60, 1)),
        ("&limit=1", vec![60]),
        ("&before=61&limit=2", vec![60, 59]),
        ("&before=11", down(10, 1)),
        ("&before=1", vec![]),
        ("&before=1000", down(60, 11)),
        ("&after=0&limit=3", vec![1, 2, 3]),
        ("&after=55", (56..=60).collect()),
        ("&after=60", vec![]),
        ("&after=10&limit=50", (11..=60).collect()),
        ("&nonsense=1", down(60, 11)),
    ] {
        let reply = bob.get(&at(query)).await.is(200);
        let reply = reply.shows(json!({"count": 60, "next": "<any>", "previous": "<any>", "results": "<any>"}));
        let results = reply.results();
        assert_eq!(seqs(&results), found, "{query}");
        assert!(results.iter().all(|message| message["chat_id"] == chat.id), "{query}");
    }
    assert_eq!(
        bob.chat(&chat).await["messages"],
        json!(ids[10..]),
        "the newest 50 ids, ascending"
    );

    let mut table = Table::new("GET /chat/messages/?chat=");
    for (query, field) in [
        ("&limit=0", "limit"),
        ("&limit=201", "limit"),
        ("&limit=-1", "limit"),
        ("&limit=abc", "limit"),
        ("&before=abc", "before"),
        ("&after=abc", "after"),
        ("&before=1000000000000000000000000000000", "before"),
        ("&after=1000000000000000000000000000000", "after"),
        ("&after=1.5", "after"),
    ] {
        table.blames(&bob.get(&at(query)).await, 400, field);
    }
    let none = json!({"detail": "Not found."});
    table.says(&eve.get(&at("")).await, 404, none.clone());
    table.says(&eve.get("/chat/messages/?chat=99").await, 404, none);
    table.done();
}

#[tokio::test]
async fn what_brings_a_photo_or_a_file_is_read_alone() {
    let stage = Stage::set().await;
    let Stage {
        alice, bob, eve, chat, ..
    } = &stage;
    let photo = || Part::file("photo", "p.png", "image/png", &pictures::png(8, 8));
    let file = || Part::file("file", "n.txt", "text/plain", b"notes");
    alice.send(chat, "one").await;
    for parts in [vec![photo()], vec![file()], vec![photo(), file()]] {
        stage.upload(&parts).await.is(201);
    }
    alice.send(chat, "five").await;
    let last = bob.multipart("POST", &stage.messages(), &[photo()]).await.is(201);
    let last = Message::of(last);
    let gone = stage.send_file("gone.txt", b"not for long").await;
    alice.delete(&gone.path()).await.is(204);
    let other = alice.group("Other", &[bob]).await;
    let elsewhere = format!("/chat/messages/{}/", other.id);
    bob.multipart("POST", &elsewhere, &[photo(), file()]).await.is(201);

    let at = |query: &str| format!("/chat/messages/?chat={}{query}", chat.id);
    let of_bob = format!("&media=photo&from_user={}", bob.id);
    let no_file_of_bob = format!("&media=file&from_user={}", bob.id);
    for (query, count, found) in [
        ("", 7, vec![7, 6, 5, 4, 3, 2, 1]),
        ("&media=photo", 3, vec![6, 4, 2]),
        ("&media=file", 2, vec![4, 3]),
        ("&media=any", 4, vec![6, 4, 3, 2]),
        ("&media=any&limit=2", 4, vec![6, 4]),
        ("&media=any&before=4", 4, vec![3, 2]),
        ("&media=any&before=2", 4, vec![]),
        ("&media=any&after=2", 4, vec![3, 4, 6]),
        ("&media=photo&after=2&limit=1", 3, vec![4]),
        ("&media=file&after=0&before=4", 2, vec![3]),
        (of_bob.as_str(), 1, vec![6]),
        (no_file_of_bob.as_str(), 0, vec![]),
    ] {
        let reply = bob.get(&at(query)).await.is(200).shows(json!({"count": count}));
        assert_eq!(seqs(&reply.results()), found, "{query}");
    }
    // By the addresses it gives, to the end.
    let (mut path, mut walked) = (at("&media=any&limit=1"), Vec::new());
    loop {
        let reply = bob.get(&path).await.is(200);
        walked.extend(seqs(&reply.results()));
        match &reply.body["next"] {
            Value::Null => break,
            next => path = stage.path(next),
        }
    }
    assert_eq!(walked, [6, 4, 3, 2]);
    // What is deleted is gone from it, and what is new is in it, at once.
    bob.delete(&last.path()).await.is(204);
    assert_eq!(seqs(&bob.get(&at("&media=any")).await.is(200).results()), [4, 3, 2]);
    stage.send_file("new.txt", b"new").await;
    assert_eq!(seqs(&bob.get(&at("&media=any")).await.is(200).results()), [8, 4, 3, 2]);

    let mut table = Table::new("GET /chat/messages/?media=");
    for value in ["", "video", "PHOTO", "photo,file", "%27", "1"] {
        let shown = if value == "%27" { "'" } else { value };
        let problem = format!("Select a valid choice. {shown} is not one of the available choices.");
        let said = json!({"media": [problem]});
        let reply = bob.get(&at(&format!("&media={value}"))).await;
        table.says(&reply, 400, said.clone());
        let reply = bob.get(&format!("/chat/messages/?media={value}")).await;
        table.says(&reply, 400, said);
    }
    let none = json!({"detail": "Not found."});
    table.says(&eve.get(&at("&media=any")).await, 404, none.clone());
    table.says(&eve.get("/chat/messages/?chat=99&media=photo").await, 404, none);
    table.done();
}

#[tokio::test]
async fn without_a_chat_all_of_ones_messages_come_in_pages() {
    let app = App::start().await;
    let (alice, bob, eve) = (app.user("alice").await, app.user("bob").await, app.user("eve").await);
    let chat = alice.group("G", &[&bob]).await;
    let pair = alice.private(&bob).await;
    let hidden = eve.group("Eve's own", &[]).await;
    let mut ids = Vec::new();
    for (user, chat) in [
        (&alice, &chat),
        (&bob, &pair),
        (&eve, &hidden),
        (&bob, &chat),
        (&alice, &pair),
    ] {
        let message = user.send(chat, "text").await;
        if chat.id != hidden.id {
            ids.insert(0, message.id);
        }
    }
    let reply = bob.get("/chat/messages/").await.is(200);
    assert_eq!(
        reply.shows(json!({"count": 4, "next": null, "previous": null})).ids(),
        ids
    );
    let page = bob
        .get("/chat/messages/?page_size=3")
        .await
        .is(200)
        .shows(json!({"count": 4, "next": "<string>"}));
    assert_eq!(page.ids(), ids[..3]);
    let next = page.body["next"]
        .as_str()
        .unwrap()
        .strip_prefix(&app.base())
        .expect("this server")
        .to_owned();
    assert_eq!(bob.get(&next).await.is(200).ids(), ids[3..]);
    let by_alice = bob
        .get(&format!("/chat/messages/?from_user={}", alice.id))
        .await
        .is(200);
    assert_eq!(by_alice.ids(), [ids[0], ids[3]]);
    let by_eve = bob.get(&format!("/chat/messages/?from_user={}", eve.id)).await;
    assert!(
        by_eve.body["results"].as_array().is_none_or(Vec::is_empty),
        "{}",
        by_eve.text()
    );
    assert_eq!(eve.get("/chat/messages/").await.is(200).ids().len(), 1);
    bob.get("/chat/messages/?page=9")
        .await
        .is(404)
        .says(json!({"detail": "Invalid page."}));
}
