//! A full disk: writing is refused with 507 and nothing is half made, reading goes on, and with room it works again.

use crate::backup::{folder, written};
use crate::client::{Answer, Client};
use crate::common::{pictures, stored, within};
use crate::disk::{Disk, PLENTY};
use crate::load::{check, searchable, Told, Try};
use crate::process::{contents, names, Start};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{json, Value};
use std::path::Path;
use std::time::Duration;

/// All that is stored, in numbers, but for bytes that are still to be swept.
fn census(file: &Path) -> Vec<Vec<Value>> {
    stored::rows(
        file,
        "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM sessions), (SELECT count(*) FROM chats),
                (SELECT count(*) FROM members), (SELECT total(read_seq) FROM members), (SELECT count(*) FROM messages),
                (SELECT count(*) FROM reactions), (SELECT count(*) FROM events), (SELECT count(*) FROM outbox),
                (SELECT count(*) FROM media WHERE purpose <> 'pending')",
    )
}

/// Asserts that in the end the file holds no bytes that nothing names.
async fn assert_swept(file: &Path, client: &Client) {
    let left = "SELECT (SELECT count(*) FROM media WHERE purpose = 'pending'), (SELECT count(*) FROM media_trash),
                       (SELECT count(*) FROM media_chunks WHERE id >> 20 NOT IN (SELECT id FROM media))";
    let swept = async {
        while stored::rows(file, left) != [[0, 0, 0]] {
            client.get("/media/profile.png").await;
        }
    };
    let swept = tokio::time::timeout(Duration::from_secs(60), swept).await;
    assert!(swept.is_ok(), "pending, trash, orphans: {:?}", stored::rows(file, left));
}

/// Asserts that the log is emptied once nobody writes.
async fn assert_emptied(file: &Path, client: &Client) {
    let log = file.with_extension("db-wal");
    let emptied = async {
        while std::fs::metadata(&log).unwrap().len() > 0 {
            client.get("/media/profile.png").await;
        }
    };
    let emptied = tokio::time::timeout(Duration::from_secs(60), emptied).await;
    assert!(emptied.is_ok(), "{log:?} is not emptied");
}

/// One of the messages, as tried.
fn tried(chat: i64, client_id: &str, text: &str, answer: &Answer) -> Try {
    let told = match answer.status {
        201 => Told::Stored {
            id: answer.id(),
            seq: answer.body["seq"].as_i64().unwrap(),
        },
        status => Told::Refused(status),
    };
    let (client_id, text) = (client_id.to_owned(), text.to_owned());
    Try {
        sender: 0,
        chat,
        client_id,
        text,
        told,
    }
}

#[tokio::test]
async fn every_kind_of_writing_is_refused_and_reading_goes_on() {
    let (folder, disk) = (tempfile::tempdir().unwrap(), Disk::new());
    let file = folder.path().join("messenger.db");
    let server = disk.under(Start::server(folder.path())).serves().await;
    let (alice, bob) = (
        Client::person(&server.base, "alice").await,
        Client::person(&server.base, "bob").await,
    );
    let chat = alice.group(&[&bob]).await;
    let first = alice.send(chat, "first", "an old message").await.unwrap().is(201).id();
    let large = alice
        .send_file(chat, "large", &[3; 700_000])
        .await
        .unwrap()
        .is(201)
        .body;
    let before = census(&file);
    // What is in the log already may be written over without a byte of room, again and again.
    assert_emptied(&file, &alice).await;

    disk.leave(0);
    let mut answer = alice.send(chat, "until", "until it is full").await.unwrap();
    assert_eq!(answer.status, 507, "{}", answer.body);
    answer.refuses(507);
    let message = format!("/chat/messages/{first}/");
    let picture = pictures::png(40, 40);
    let writes: [(&str, &str, Option<Value>); 9] = [
        ("PATCH", &message, Some(json!({"text": "edited"}))),
        ("PUT", &format!("{message}reactions/%F0%9F%91%8D/"), None),
        ("DELETE", &message, None),
        (
            "POST",
            "/chat/",
            Some(json!({"name": "New", "users": [bob.id], "type": "group"})),
        ),
        ("PATCH", &format!("/chat/{chat}/"), Some(json!({"name": "Renamed"}))),
        ("DELETE", &format!("/chat/{chat}/users/{}/", bob.id), None),
        (
            "PATCH",
            &format!("/auth/update_profile/{}/", alice.id),
            Some(json!({"first_name": "New"})),
        ),
        (
            "POST",
            "/auth/login/",
            Some(json!({"username": "bob", "password": "violet harbour"})),
        ),
        (
            "POST",
            "/auth/register/",
            Some(
                json!({"username": "carol", "password": "violet harbour", "password2": "violet harbour",
                "email": "carol@example.org", "first_name": "Carol", "last_name": "Late"}),
            ),
        ),
    ];
    for (method, path, body) in writes {
        answer = alice.sure(method, path, body).await;
        assert_eq!(answer.status, 507, "{method} {path}: {}", answer.body);
        answer.refuses(507);
    }
    alice.send_file(chat, "file", &[1; 700_000]).await.unwrap().refuses(507);
    alice.send_file(chat, "small", &picture).await.unwrap().refuses(507);
    assert_eq!(census(&file), before, "nothing of all this is stored, nor half of it");

    let history = bob.get(&format!("/chat/messages/?chat={chat}")).await.is(200).body;
    assert_eq!(history["results"][1]["text"], "an old message");
    let path = large["file"]
        .as_str()
        .unwrap()
        .strip_prefix(&server.base)
        .unwrap()
        .to_owned();
    assert_eq!(bob.get(&path).await.is(200).bytes, [3; 700_000]);
    for path in [
        "/chat/",
        "/chat/sync/",
        "/chat/events/?since=0",
        "/chat/search/?q=old",
        "/auth/user/",
        "/auth/sessions/",
    ] {
        bob.get(path).await.is(200);
    }

    disk.leave(PLENTY);
    alice.send(chat, "until", "until it is full").await.unwrap().is(201);
    alice.send_file(chat, "file", &[1; 700_000]).await.unwrap().is(201);
    alice
        .sure("PATCH", &message, Some(json!({"text": "edited"})))
        .await
        .is(200);
    Client::person(&server.base, "carol").await;
    assert_swept(&file, &alice).await;
    server.signal("TERM");
    assert_eq!(server.ended().await, Some(0));
    assert_eq!(names(folder.path()), ["messenger.db"]);
    searchable(&file);
}

#[tokio::test]
async fn a_disk_that_fills_and_empties_loses_nothing() {
    let (folder, disk) = (tempfile::tempdir().unwrap(), Disk::new());
    let file = folder.path().join("messenger.db");
    let server = disk.under(Start::server(folder.path())).serves().await;
    let (alice, bob) = (
        Client::person(&server.base, "alice").await,
        Client::person(&server.base, "bob").await,
    );
    let chat = alice.group(&[&bob]).await;
    let mut tries: Vec<Try> = Vec::new();
    for seed in 0..20 {
        // Sometimes less than a message needs, sometimes half a file, sometimes the file and messages beside it.
        let room = StdRng::seed_from_u64(seed).random_range(0..1_500_000);
        eprintln!("seed {seed}: {room} bytes of room");
        disk.leave(room);
        let (name, bytes) = (format!("{seed}-file"), vec![5; 900_000]);
        let upload = async {
            let answer = alice.send_file(chat, &name, &bytes).await.expect("an answer");
            assert!(matches!(answer.status, 201 | 507), "{}", answer.body);
            tried(chat, &name, "", &answer)
        };
        let sends = async {
            let mut tries = Vec::new();
            let mut number = 0;
            loop {
                let (client_id, text) = (format!("{seed}-{number}"), "a text of some length ".repeat(100));
                let answer = bob.send(chat, &client_id, text.trim_end()).await.expect("an answer");
                tries.push(tried(chat, &client_id, text.trim_end(), &answer));
                number += 1;
                match answer.status {
                    201 => assert!(number < 5_000, "it never fills"),
                    _ => break answer.refuses(507),
                }
            }
            tries
        };
        let (upload, sends) = within("a full disk", async { tokio::join!(upload, sends) }).await;
        alice.get(&format!("/chat/messages/?chat={chat}")).await.is(200);
        disk.leave(PLENTY);
        // What was refused is not there; with room the same goes through, in the next place.
        let mut round = sends;
        round.push(upload);
        tries.extend(round.clone());
        let found = check(&file, &tries);
        for one in round.iter().filter(|one| !matches!(one.told, Told::Stored { .. })) {
            assert!(!found.contains_key(&one.client_id), "refused and stored: {one:?}");
            let answer = if one.text.is_empty() {
                alice.send_file(chat, &one.client_id, &bytes).await
            } else {
                bob.send(chat, &one.client_id, &one.text).await
            };
            let answer = answer.expect("an answer").is(201);
            tries.retain(|other| other.client_id != one.client_id);
            tries.push(tried(chat, &one.client_id, &one.text, &answer));
        }
        check(&file, &tries);
    }
    assert_swept(&file, &alice).await;
    let whole = stored::rows(
        &file,
        "SELECT m.size = (SELECT sum(length(bytes)) FROM media_chunks c WHERE c.id >> 20 = m.id) FROM media m",
    );
    assert_eq!(whole, vec![[1]; 20], "each file is whole, and there is one a round");
    server.signal("TERM");
    assert_eq!(server.ended().await, Some(0));
    assert_eq!(names(folder.path()), ["messenger.db"]);
    searchable(&file);
}

#[tokio::test]
async fn a_start_on_a_full_disk_says_so_or_serves_what_is_there() {
    let (folder, disk) = (tempfile::tempdir().unwrap(), Disk::new());
    disk.leave(0);
    let start = disk.under(Start::server(folder.path()));
    start.ends().await.refuses(&["messenger.db", "full", "Make room"]);
    disk.leave(50_000);
    start.ends().await.refuses(&["messenger.db", "full", "Make room"]);
    disk.leave(PLENTY);
    let server = start.serves().await;
    let alice = Client::person(&server.base, "alice").await;
    let chat = alice.group(&[]).await;
    alice.send(chat, "1", "hello").await.unwrap().is(201);
    server.signal("TERM");
    assert_eq!(server.ended().await, Some(0));

    // Only the room for what SQLite keeps beside the file: people can read, and write as soon as there is room again.
    disk.leave(40_000);
    let server = start.serves().await;
    disk.leave(0);
    let alice = alice.at(&server.base);
    let history = alice.get(&format!("/chat/messages/?chat={chat}")).await.is(200).body;
    assert_eq!(history["results"][0]["text"], "hello");
    alice.send(chat, "2", "again").await.unwrap().refuses(507);
    disk.leave(PLENTY);
    alice.send(chat, "2", "again").await.unwrap().is(201);
    server.signal("TERM");
    assert_eq!(server.ended().await, Some(0));
}

#[tokio::test]
async fn a_backup_that_finds_no_room_is_answered_and_leaves_nothing() {
    let (folder, disk) = (tempfile::tempdir().unwrap(), Disk::new());
    let add = Start::bare(folder.path()).args(["user", "add", "elena", "--password-stdin", "--host"]);
    assert_eq!(add.input("violet harbour 41").ends().await.code, Some(0));
    let server = disk.under(Start::server(folder.path())).serves().await;
    let form = json!({"username": "elena", "password": "violet harbour 41"});
    let tokens = Client::new(&server.base).sure("POST", "/auth/login/", Some(form)).await;
    let host = Client::bearer(&server.base, tokens.is(200).body["access"].as_str().unwrap());
    let chat = host.group(&[]).await;
    host.send_file(chat, "file", &[3; 700_000]).await.unwrap().is(201);
    let file = folder.path().join("messenger.db");
    let (before, backups) = (census(&file), folder.path().join("backups"));
    let made = || match backups.exists() {
        true => names(&backups),
        false => Vec::new(),
    };
    for room in [0, 100_000, 400_000] {
        disk.leave(room);
        let answer = host.sure("POST", "/host/backups/", Some(json!({}))).await;
        answer.refuses(507);
        assert!(made().is_empty(), "{room} bytes of room: {:?}", made());
        host.get(&format!("/chat/messages/?chat={chat}")).await.is(200);
    }
    assert_eq!(census(&file), before);
    disk.leave(PLENTY);
    let answer = host.sure("POST", "/host/backups/", Some(json!({}))).await.is(201);
    assert_eq!(made(), [answer.body["name"].as_str().unwrap()]);
    server.signal("TERM");
    assert_eq!(server.ended().await, Some(0));
    assert_eq!(names(folder.path()), ["backups", "messenger.db"]);
}

#[tokio::test]
async fn a_full_disk_leaves_no_half_archive() {
    let (mut app, alice, chat) = written().await;
    // What can't be made smaller.
    let mut noise = vec![0; 600_000];
    StdRng::seed_from_u64(1).fill(&mut noise[..]);
    let client = Client::bearer(&app.base(), &alice.access);
    client.send_file(chat.id, "noise", &noise).await.unwrap().is(201);
    app.stop().await;
    let (folder, disk) = (folder(&app), Disk::new());
    let start = disk.under(Start::bare(&folder).args(["export", "lesson.zip"]));
    let before = contents(&folder);
    for room in [50_000, 100_000, 300_000] {
        disk.leave(room);
        start.ends().await.refuses(&["lesson.zip", "is full"]);
        assert_eq!(contents(&folder), before, "{room} bytes of room");
    }
    disk.leave(PLENTY);
    assert_eq!(start.ends().await.code, Some(0));
    assert_eq!(names(&folder), ["lesson.zip", "messenger.db"]);
}
