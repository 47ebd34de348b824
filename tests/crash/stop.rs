//! SIGTERM and ctrl-c: what is under way is finished or refused, and one file is left.

use crate::client::Client;
use crate::common::{stored, App};
use crate::kill::{assert_swept, cast, unfinished_upload};
use crate::load::{check, searchable, Load, Told, Try};
use crate::process::{names, Start};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::os::unix::fs::PermissionsExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

#[tokio::test]
async fn both_signals_end_it_with_exit_code_0_and_one_file() {
    for signal in ["TERM", "INT"] {
        let folder = tempfile::tempdir().unwrap();
        let server = Start::server(folder.path()).serves().await;
        let alice = Client::person(&server.base, "alice").await;
        let chat = alice.group(&[]).await;
        alice.send(chat, "1", "hello").await.unwrap().is(201);
        server.signal(signal);
        assert_eq!(server.ended().await, Some(0), "exit code after SIG{signal}");
        assert_eq!(names(folder.path()), ["messenger.db"], "files left after SIG{signal}");
        let text = stored::rows(&folder.path().join("messenger.db"), "SELECT text FROM messages");
        assert_eq!(text, [["hello"]], "the one file has everything");
    }
}

#[tokio::test]
async fn a_signal_in_the_first_moment_is_heard_too() {
    for signal in ["TERM", "INT"] {
        for round in 0..15 {
            let folder = tempfile::tempdir().unwrap();
            let server = Start::server(folder.path()).serves().await;
            server.signal(signal);
            let code = server.ended().await;
            assert_eq!(
                code,
                Some(0),
                "SIG{signal} as soon as it said that it runs, round {round}"
            );
            assert_eq!(names(folder.path()), ["messenger.db"]);
        }
    }
}

#[tokio::test]
async fn the_file_is_for_its_owner_only() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    alice.group("G", &[]).await;
    for name in ["messenger.db", "messenger.db-wal", "messenger.db-shm"] {
        let file = app.file().with_file_name(name);
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "mode of {name}");
    }
}

#[tokio::test]
async fn whoever_waits_for_events_is_answered_at_the_stop() {
    let mut app = App::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let chat = alice.group("G", &[&bob]).await;
    let cursor = alice.cursor().await;
    let path = format!("/chat/events/?epoch={}&since={}&wait=30", cursor.epoch, cursor.id);
    let (waiting, other) = (alice.clone(), path.clone());
    let first = tokio::spawn(async move { waiting.get(&other).await });
    let waiting = bob.clone();
    let second = tokio::spawn(async move { waiting.get(&path).await });
    // Both hear of this and so were waiting; then they wait again.
    alice.send(&chat, "I am going").await;
    for waiter in [first, second] {
        let answer = waiter.await.unwrap().is(200);
        assert!(!answer.body["events"].as_array().unwrap().is_empty(), "{}", answer.body);
    }
    let carol = app.user("carol").await;
    let cursor = carol.cursor().await;
    let path = format!("/chat/events/?epoch={}&since={}&wait=30", cursor.epoch, cursor.id);
    let client = Client::bearer(&app.base(), &carol.access);
    let last = tokio::spawn(async move { client.get(&path).await });
    // Who waits is online, and that tells that the request is in.
    let person = format!("/auth/user/{}/", carol.id);
    while alice.get(&person).await.is(200).body["online"] != true {
        tokio::task::yield_now().await;
    }
    // A connection that never says anything, and one that stops in the middle of a line, hold nothing up.
    let silent = TcpStream::connect(app.host()).await.unwrap();
    let mut slow = TcpStream::connect(app.host()).await.unwrap();
    slow.write_all(b"GET /auth/me/ HT").await.unwrap();
    app.stop().await;
    let answer = last.await.unwrap().is(200).body;
    assert_eq!(answer["events"], serde_json::json!([]), "{answer}");
    assert_eq!(answer["cursor"], cursor.id);
    drop((silent, slow));
}

#[tokio::test]
async fn an_upload_under_way_holds_nothing_up_and_leaves_nothing() {
    let mut app = App::start().await;
    let alice = app.user("alice").await;
    let chat = alice.group("G", &[]).await;
    let before = stored::census(&app);
    let stream = unfinished_upload(&app, &alice.access, chat.id).await;
    app.stop().await;
    drop(stream);
    assert_eq!(stored::census(&app), before);
    app.start_again().await;
    assert_swept(&app).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sends_under_way_are_acknowledged_and_stored_or_neither() {
    let mut app = App::start().await;
    let (mut senders, _) = cast(&app).await;
    let mut tries: Vec<Try> = Vec::new();
    for seed in 0..5 {
        let at = StdRng::seed_from_u64(seed).random_range(50..300);
        let load = Load::start(usize::try_from(seed).unwrap(), &senders);
        load.reaches(at).await;
        app.stop().await;
        let round = load.end().await;
        eprintln!("seed {seed}: stopped after {at} acknowledgements, {} sent", round.len());
        let refused = |one: &&Try| !matches!(one.told, Told::Nothing | Told::Stored { .. } | Told::Refused(503));
        assert_eq!(round.iter().find(refused), None, "refused otherwise than for a stop");
        tries.extend(round);
        let found = check(&app.file(), &tries);
        for one in &tries {
            let acknowledged = matches!(one.told, Told::Stored { .. });
            assert_eq!(acknowledged, found.contains_key(&one.client_id), "{one:?}");
        }
        searchable(&app.file());
        app.start_again().await;
        senders = senders
            .iter()
            .map(|(client, chat)| (client.at(&app.base()), *chat))
            .collect();
    }
}
