//! A disk that fails, or a process that is killed, at the first, second, third ... call to the disk, one after the other
//! until all of them have been.

use crate::client::{Answer, Client};
use crate::common::stored;
use crate::disk::{Disk, Fault};
use crate::load::{check, sound, Told, Try};
use crate::process::{names, Process, Start};
use std::path::Path;

#[tokio::test]
async fn the_first_start_may_be_killed_at_any_moment() {
    let calls = {
        let (folder, disk) = (tempfile::tempdir().unwrap(), Disk::new());
        let server = disk.under(Start::server(folder.path())).serves().await;
        let calls = disk.calls();
        server.kill().await;
        calls
    };
    assert!(calls > 20, "a first start that hardly writes: {calls} calls");
    for number in 1..=calls {
        let (folder, disk) = (tempfile::tempdir().unwrap(), Disk::new());
        let start = disk.under(Start::server(folder.path()));
        disk.fail(Fault::Kill, number);
        // The last calls may come after it has said that it runs.
        match start.try_serve().await {
            Err(code) => assert_eq!(code, None, "call {number}"),
            Ok(server) => server.kill().await,
        }
        disk.mend();
        let server = start.serves().await;
        Client::person(&server.base, "alice").await;
        sound(&folder.path().join("messenger.db"));
        server.kill().await;
    }
}

#[tokio::test]
async fn a_first_start_on_a_failing_disk_says_so_and_can_be_tried_again() {
    for fault in [Fault::Full, Fault::Quota, Fault::Write, Fault::Sync] {
        let mut number = 0;
        loop {
            number += 1;
            let (folder, disk) = (tempfile::tempdir().unwrap(), Disk::new());
            let start = disk.under(Start::server(folder.path()));
            disk.fail(fault, number);
            match start.try_serve().await {
                // A fault that it can live with, or none any more.
                Ok(server) => server.kill().await,
                Err(code) => assert_eq!(code, Some(1), "{fault:?} at call {number}"),
            }
            if !disk.mend() {
                break;
            }
            let server = start.serves().await;
            Client::person(&server.base, "alice").await;
            sound(&folder.path().join("messenger.db"));
            server.kill().await;
        }
        assert!(number > 3, "{fault:?} hardly ever came: {number}");
    }
}

/// What a sender was told, and whether the server lives.
fn told(answer: Option<&Answer>) -> Told {
    match answer {
        Some(answer) if matches!(answer.status, 200 | 201) => Told::Stored {
            id: answer.id(),
            seq: answer.body["seq"].as_i64().unwrap(),
        },
        Some(answer) => {
            answer.refuses(answer.status);
            Told::Refused(answer.status)
        }
        None => Told::Nothing,
    }
}

/// Sends a message while the `number`th call goes wrong; what was told, and a server that runs, this one or its successor.
async fn one_fault(
    disk: &Disk,
    start: &Start,
    server: Process,
    alice: &Client,
    (chat, fault, number): (i64, Fault, i64),
) -> (Try, Process) {
    let (client_id, text) = (format!("{fault:?}-{number}"), format!("{fault:?} at {number}"));
    disk.fail(fault, number);
    let told = told(alice.send(chat, &client_id, &text).await.as_ref());
    disk.mend();
    let one = Try {
        sender: 0,
        chat,
        client_id,
        text,
        told,
    };
    match (fault, told) {
        (Fault::Full | Fault::Quota, Told::Refused(status)) => assert_eq!(status, 507, "{one:?}"),
        (Fault::Write, Told::Refused(status)) => assert!(matches!(status, 500 | 507), "{one:?}"),
        // After a sync that failed nobody knows what the disk holds: it ends instead of going on.
        (Fault::Sync, Told::Refused(_)) => panic!("goes on after a failed sync: {one:?}"),
        (Fault::Kill, Told::Refused(_)) => panic!("killed and answered: {one:?}"),
        (Fault::Full | Fault::Quota | Fault::Write, Told::Nothing) => panic!("no answer: {one:?}"),
        _ => {}
    }
    // The call may have been one of those in the background, after the answer.
    if alice.call("GET", "/auth/me/", None).await.is_some() {
        return (one, server);
    }
    let expected = (fault == Fault::Sync).then_some(1);
    assert_eq!(server.ended().await, expected, "exit code: {one:?}");
    (one, start.serves().await)
}

/// Lets each call that a message makes go wrong in turn; asserts what was told against what is stored.
async fn every_call(folder: &Path, fault: Fault, most: i64) {
    let (disk, file) = (Disk::new(), folder.join("messenger.db"));
    let start = disk.under(Start::server(folder));
    let mut server = start.serves().await;
    let mut alice = Client::person(&server.base, "alice").await;
    let chat = alice.group(&[]).await;
    let mut tries: Vec<Try> = Vec::new();
    let mut wrong = 0;
    for number in 1..=most {
        let (one, next) = one_fault(&disk, &start, server, &alice, (chat, fault, number)).await;
        server = next;
        alice = alice.at(&server.base);
        wrong += usize::from(!matches!(one.told, Told::Stored { .. }));
        tries.push(one.clone());
        let found = check(&file, &tries);
        if matches!(one.told, Told::Refused(_)) {
            assert!(!found.contains_key(&one.client_id), "refused and stored: {one:?}");
        }
        // Again, on a disk that works: once, whatever became of the first try.
        let answer = alice.send(chat, &one.client_id, &one.text).await;
        tries.push(Try {
            told: told(answer.as_ref()),
            ..one
        });
        assert!(
            matches!(tries.last().unwrap().told, Told::Stored { .. }),
            "{:?}",
            tries.last()
        );
        check(&file, &tries);
    }
    assert!(wrong > 0, "{fault:?} never came");
    let count = stored::rows(&file, "SELECT count(*) FROM messages");
    assert_eq!(count[0][0], most);
    server.signal("TERM");
    assert_eq!(server.ended().await, Some(0));
    assert_eq!(names(folder), ["messenger.db"]);
    sound(&file);
}

#[tokio::test]
async fn a_write_without_room_loses_nothing() {
    every_call(tempfile::tempdir().unwrap().path(), Fault::Full, 20).await;
}

#[tokio::test]
async fn a_write_over_a_quota_loses_nothing() {
    every_call(tempfile::tempdir().unwrap().path(), Fault::Quota, 20).await;
}

#[tokio::test]
async fn a_write_that_fails_loses_nothing() {
    every_call(tempfile::tempdir().unwrap().path(), Fault::Write, 20).await;
}

#[tokio::test]
async fn a_sync_that_fails_ends_the_server_and_acknowledges_nothing() {
    every_call(tempfile::tempdir().unwrap().path(), Fault::Sync, 3).await;
}

#[tokio::test]
async fn a_kill_at_any_call_of_a_message_loses_nothing() {
    every_call(tempfile::tempdir().unwrap().path(), Fault::Kill, 20).await;
}

#[tokio::test]
async fn a_start_while_another_stops_locks_what_the_next_one_looks_at() {
    let (folder, disk) = (tempfile::tempdir().unwrap(), Disk::new());
    disk.take_away(2);
    let server = disk.under(Start::server(folder.path())).serves().await;
    assert!(names(folder.path()).contains(&"messenger.db-lock".to_owned()));
    let alice = Client::person(&server.base, "alice").await;
    let ended = Start::server(folder.path()).ends().await;
    ended.refuses(&["already running", "--database"]);
    alice.group(&[]).await;
    server.signal("TERM");
    assert_eq!(server.ended().await, Some(0));
    assert_eq!(names(folder.path()), ["messenger.db"]);
}
