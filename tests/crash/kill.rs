//! `kill -9` at any moment: what was acknowledged is there, once and in its place; what was not may be sent again.

use crate::client::Client;
use crate::common::{multipart, stored, within, App, Part};
use crate::load::{attempt, check, finds, searchable, Load, Told, Try};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use std::collections::BTreeSet;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// Two chats and eight senders, two devices of each of four people.
pub async fn cast(app: &App) -> (Vec<(Client, i64)>, crate::common::User) {
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let (carol, dan) = (app.user("carol").await, app.user("dan").await);
    let one = alice.group("One", &[&bob, &carol, &dan]).await;
    let two = bob.group("Two", &[&alice, &carol, &dan]).await;
    let mut senders = Vec::new();
    for user in [&alice, &bob, &carol, &dan] {
        for chat in [one.id, two.id] {
            senders.push((Client::bearer(&app.base(), &user.access), chat));
        }
    }
    (senders, alice)
}

/// The same senders at a server that listens elsewhere now.
fn moved(app: &App, senders: &[(Client, i64)]) -> Vec<(Client, i64)> {
    let there = |(client, chat): &(Client, i64)| (client.at(&app.base()), *chat);
    senders.iter().map(there).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_outlives_kill_9() {
    let mut app = App::start().await;
    let (mut senders, alice) = cast(&app).await;
    let cursor = alice.cursor().await;
    let mut tries: Vec<Try> = Vec::new();
    for seed in 0..20 {
        let at = StdRng::seed_from_u64(seed).random_range(1..150);
        let load = Load::start(usize::try_from(seed).unwrap(), &senders);
        load.reaches(at).await;
        app.kill().await;
        let round = load.end().await;
        eprintln!("seed {seed}: killed after {at} acknowledgements, {} sent", round.len());
        let cut: Vec<Try> = round.iter().filter(|one| one.told == Told::Nothing).cloned().collect();
        assert_eq!(cut.len(), senders.len(), "each was cut off once: {round:#?}");
        tries.extend(round);

        app.start_again().await;
        senders = moved(&app, &senders);
        check(&app.file(), &tries);
        // Who got no answer asks again, as clients do: the message is there once, stored before or now.
        for one in &cut {
            let (client, _) = &senders[one.sender];
            let again = attempt(client, one.sender, one.chat, one.client_id.clone()).await;
            assert!(matches!(again.told, Told::Stored { .. }), "{again:?}");
            tries.push(again);
        }
        let found = check(&app.file(), &tries);
        let sent: BTreeSet<&String> = tries.iter().map(|one| &one.client_id).collect();
        assert_eq!(
            found.len(),
            sent.len(),
            "every message that was ever sent is there by now"
        );
    }
    // Who was away meanwhile is told of everything, once, by the cursor from before all that.
    let events = alice.events_since(&cursor).await;
    let heard: Vec<i64> = events
        .iter()
        .filter(|event| event["kind"] == "message.created")
        .map(|event| event["data"]["id"].as_i64().unwrap())
        .collect();
    let stored = stored::rows(&app.file(), "SELECT id FROM messages ORDER BY id").concat();
    assert_eq!(heard, stored.iter().map(|id| id.as_i64().unwrap()).collect::<Vec<_>>());
    app.stop().await;
    searchable(&app.file());
}

#[tokio::test]
async fn what_was_still_to_be_indexed_at_kill_9_is_found() {
    let mut app = App::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let chat = alice.group("G", &[&bob]).await;
    let mut sent = BTreeSet::new();
    for round in 0..6 {
        for _ in 0..=round {
            sent.insert(alice.send(&chat, "words in waiting").await.id);
        }
        app.kill().await;
        app.start_again().await;
        if round % 2 == 0 {
            finds(&bob, "waiting", &sent).await;
            continue;
        }
        // The server goes on by itself, too, where it was cut off.
        within("the indexing of what was sent", async {
            while app.rows("SELECT upto FROM messages_indexed") != app.rows("SELECT max(id) FROM messages") {
                app.anonymous().get("/media/profile.png").await;
            }
        })
        .await;
    }
    finds(&bob, "waiting", &sent).await;
    app.stop().await;
    searchable(&app.file());
}

/// Begins an upload that never ends, and returns once rows of it are stored. It is there until the stream is dropped.
pub async fn unfinished_upload(app: &App, token: &str, chat: i64) -> TcpStream {
    let part = Part::file("file", "half.bin", "application/octet-stream", &[7; 3 << 20]);
    let (kind, body) = multipart::encode(&[part]);
    let head = format!(
        "POST /chat/messages/{chat}/ HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        app.host(),
        body.len()
    );
    let mut stream = TcpStream::connect(app.host()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body[..2 << 20]).await.unwrap();
    let rows = "media_chunks WHERE id >> 20 IN (SELECT id FROM media WHERE purpose = 'pending')";
    within("rows of an upload", async {
        while stored::count(app, rows) < 3 {
            app.anonymous().get("/media/profile.png").await;
        }
    })
    .await;
    stream
}

/// Asserts that bytes nobody will ask for are gone by and by, while the server goes on answering.
pub async fn assert_swept(app: &App) {
    let left = "SELECT (SELECT count(*) FROM media WHERE purpose = 'pending'), (SELECT count(*) FROM media_trash),
                       (SELECT count(*) FROM media_chunks WHERE id >> 20 NOT IN (SELECT id FROM media))";
    within("the sweeping of an upload", async {
        while app.rows(left) != [[0, 0, 0]] {
            app.anonymous().get("/media/profile.png").await;
        }
    })
    .await;
}

#[tokio::test]
async fn an_upload_that_kill_9_cut_off_is_swept() {
    let mut app = App::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let chat = alice.group("G", &[&bob]).await;
    let client = Client::bearer(&app.base(), &alice.access);
    let kept = client
        .send_file(chat.id, "kept", &[1; 600_000])
        .await
        .unwrap()
        .is(201)
        .body;
    let before = stored::census(&app);

    let stream = unfinished_upload(&app, &alice.access, chat.id).await;
    app.kill().await;
    drop(stream);
    app.start_again().await;

    assert_swept(&app).await;
    assert_eq!(stored::census(&app), before);
    let path = kept["file"].as_str().unwrap().split_once("/media/").unwrap().1;
    let file = alice.get(&format!("/media/{path}")).await.is(200);
    assert_eq!(file.bytes, [1; 600_000], "a finished upload is not swept");
    app.stop().await;
}

/// Messages that were written before, past the server, as many as it takes a while to take away.
fn written(app: &App, chat: i64, user: i64, count: i64) {
    let connection = rusqlite::Connection::open(app.file()).unwrap();
    connection.busy_timeout(std::time::Duration::from_secs(30)).unwrap();
    connection
        .execute_batch(&format!(
            "BEGIN;
             WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {count})
             INSERT INTO messages (chat_id, seq, from_user, text, time)
             SELECT id, last_seq + n, {user}, 'old', n FROM chats, number WHERE id = {chat};
             UPDATE chats SET last_seq = last_seq + {count} WHERE id = {chat};
             COMMIT;"
        ))
        .unwrap();
}

#[tokio::test]
async fn a_removal_that_kill_9_cut_off_is_gone_on_with() {
    let mut app = App::start().await;
    let (alice, bob, carol) = (app.user("alice").await, app.user("bob").await, app.user("carol").await);
    let chat = alice.group("G", &[&bob, &carol]).await;
    let kept = carol.send(&chat, "kept").await;
    stored::make_host(&app, &alice);
    let host = alice.again().await;
    // Who is out without removal keeps what he wrote.
    carol.send(&chat, "kept, too").await;
    host.put(&format!("/host/people/{}/ban/", carol.id), json!({}))
        .await
        .is(204);
    app.stop().await;
    written(&app, chat.id, bob.id, 20_000);
    app.start_again().await;
    let his = |what: &str| format!("messages WHERE from_user = {} AND {what}", bob.id);
    let asking = Client::bearer(&app.base(), &host.access);
    let path = format!("/host/people/{}/ban/", bob.id);
    let asked = tokio::spawn(async move { asking.call("PUT", &path, Some(json!({"remove": true}))).await });
    within("the first of what is taken away", async {
        while stored::count(&app, &his("deleted")) == 0 {
            app.anonymous().get("/media/profile.png").await;
        }
    })
    .await;
    app.kill().await;
    assert!(
        asked.await.unwrap().is_none(),
        "it was answered, so all was gone already"
    );
    let left = stored::count(&app, &his("NOT deleted"));
    assert!((1..20_000).contains(&left), "{left} were left");

    app.start_again().await;
    within("the rest of what is taken away", async {
        while stored::count(&app, &his("NOT deleted")) > 0 {
            app.anonymous().get("/media/profile.png").await;
        }
    })
    .await;
    assert_eq!(stored::count(&app, &his(&format!("removed_by = {}", alice.id))), 20_000);
    let told = app.rows("SELECT count(*) FROM events WHERE kind = 'message.deleted'");
    assert_eq!(told, [[20_000]], "each is told once");
    assert_eq!(stored::message(&app, &kept)[7], json!(0));
    assert_eq!(stored::count(&app, "messages WHERE NOT deleted"), 2);
    // What he says once he is in again stays, whatever ends and begins.
    host.delete(&format!("/host/people/{}/ban/", bob.id)).await.is(204);
    let back = bob.again().await;
    let said = back.send(&chat, "again").await;
    app.restart().await;
    app.anonymous().get("/media/profile.png").await.is(200);
    assert_eq!(stored::message(&app, &said)[7], json!(0));
    app.stop().await;
}
