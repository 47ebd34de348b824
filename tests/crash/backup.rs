//! `messenger backup`, `restore` and `check`: copies of the database while people write and while nobody does, and what can't
//! be one.

use crate::client::Client;
use crate::common::{stored, App, Cursor};
use crate::disk::{Disk, Fault, PLENTY};
use crate::load::sound;
use crate::process::{contents, names, Ended, Start};
use rusqlite::Connection;
use serde_json::{json, Value};
use std::path::{Path, PathBuf};

async fn run(folder: &Path, args: &[&str]) -> Ended {
    Start::bare(folder).args(args).ends().await
}

#[track_caller]
pub fn assert_done(ended: &Ended) {
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(ended.stderr, "");
}

pub fn folder(app: &App) -> PathBuf {
    app.file().parent().unwrap().to_owned()
}

/// The messages of a file, which is left without a log beside it if there was none.
fn texts(file: &Path) -> Vec<Vec<Value>> {
    let keeper = Connection::open(file).unwrap();
    keeper.query_row("SELECT count(*) FROM users", [], |_| Ok(())).unwrap();
    let rows = stored::rows(file, "SELECT seq, text FROM messages ORDER BY seq");
    drop(keeper);
    rows
}

/// A stopped server's folder with two people, a chat and a file in it.
pub async fn written() -> (App, crate::common::User, crate::common::Chat) {
    let app = App::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let chat = alice.group("G", &[&bob]).await;
    alice.send(&chat, "one").await;
    let client = Client::bearer(&app.base(), &alice.access);
    client.send_file(chat.id, "file", &[7; 600_000]).await.unwrap().is(201);
    (app, alice, chat)
}

#[tokio::test]
async fn a_backup_made_while_people_write_is_one_moment_of_it() {
    let (mut app, alice, chat) = written().await;
    let folder = folder(&app);
    let writing = async {
        for number in 0..60 {
            alice.send(&chat, &format!("text {number}")).await;
        }
    };
    let backing_up = async {
        for number in 0..3 {
            assert_done(&run(&folder, &["backup", &format!("copy-{number}.db")]).await);
        }
    };
    tokio::join!(writing, backing_up);
    for number in 0..3 {
        let copy = folder.join(format!("copy-{number}.db"));
        sound(&copy);
        assert_done(&run(&folder, &["check", &copy.to_string_lossy()]).await);
        // What it has is a beginning of what the server has, without a hole.
        let (copied, all) = (texts(&copy), texts(&app.file()));
        assert!(copied.len() >= 2 && copied[..] == all[..copied.len()], "{copied:?}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
    for number in 0..3 {
        std::fs::remove_file(folder.join(format!("copy-{number}.db"))).unwrap();
    }
    app.stop().await;
}

#[tokio::test]
async fn a_backup_of_a_stopped_server_is_the_same() {
    let (mut app, ..) = written().await;
    app.stop().await;
    let folder = folder(&app);
    assert_done(&run(&folder, &["backup", "copy.db"]).await);
    assert_eq!(names(&folder), ["copy.db", "messenger.db"]);
    assert_eq!(texts(&folder.join("copy.db")), texts(&app.file()));
    // Into a folder: under a name of its own.
    std::fs::create_dir(folder.join("stick")).unwrap();
    assert_done(&run(&folder, &["backup", "stick"]).await);
    let made = names(&folder.join("stick"));
    assert!(
        made.len() == 1 && made[0].starts_with("messenger-") && made[0].ends_with(".db"),
        "{made:?}"
    );
}

#[tokio::test]
async fn what_cannot_be_backed_up_leaves_everything_as_it_was() {
    let (mut app, ..) = written().await;
    app.stop().await;
    let folder = folder(&app);
    std::fs::write(folder.join("there.db"), "mine").unwrap();
    std::fs::write(
        folder.join("notes.txt"),
        "no database, and long enough for a header of one ".repeat(9),
    )
    .unwrap();
    Connection::open(folder.join("foreign.db"))
        .unwrap()
        .execute_batch("CREATE TABLE t (a)")
        .unwrap();
    let before = contents(&folder);
    let cases: [(&[&str], &[&str]); 6] = [
        (&["backup", "there.db"], &["there.db", "--force"]),
        (&["backup", "messenger.db", "--force"], &["messenger.db", "itself"]),
        (&["backup", "no/such/folder.db"], &["no/such/folder.db", "no folder"]),
        (&["backup", "copy.db", "--database", "none.db"], &["no none.db"]),
        (
            &["backup", "copy.db", "--database", "notes.txt"],
            &["notes.txt", "not a database"],
        ),
        (
            &["backup", "copy.db", "--database", "foreign.db"],
            &["foreign.db", "another program"],
        ),
    ];
    for (args, hints) in cases {
        run(&folder, args).await.refuses(hints);
        assert_eq!(contents(&folder), before, "{args:?}");
    }
    assert_done(&run(&folder, &["backup", "there.db", "--force"]).await);
    assert_eq!(texts(&folder.join("there.db")), texts(&app.file()));
}

#[tokio::test]
async fn a_full_or_failing_disk_leaves_no_half_backup() {
    let (mut app, ..) = written().await;
    app.stop().await;
    let (folder, disk) = (folder(&app), Disk::new());
    let start = disk.under(Start::bare(&folder).args(["backup", "copy.db"]));
    let before = contents(&folder);
    // Even to read it SQLite needs a little room beside the database.
    for room in [50_000, 100_000, 300_000] {
        disk.leave(room);
        start.ends().await.refuses(&["copy.db", "full", "Make room"]);
        assert_eq!(contents(&folder), before, "{room} bytes of room");
    }
    disk.leave(PLENTY);
    for number in [60, 150] {
        disk.fail(Fault::Write, number);
        start.ends().await.refuses(&["copy.db"]);
        disk.mend();
        assert_eq!(contents(&folder), before, "write {number} fails");
    }
    // Killed, it may leave what it was writing, which the next one takes over; the file itself is whole or not there.
    for number in [2, 60, 150] {
        disk.fail(Fault::Kill, number);
        assert_eq!(start.ends().await.code, None, "killed at call {number}");
        disk.mend();
        assert!(!folder.join("copy.db").exists(), "killed at call {number}");
    }
    assert_done(&start.ends().await);
    assert_eq!(names(&folder), ["copy.db", "messenger.db"]);
    sound(&folder.join("copy.db"));
}

#[tokio::test]
async fn a_restored_backup_is_what_it_was_and_old_devices_read_anew() {
    let (mut app, alice, chat) = written().await;
    let folder = folder(&app);
    assert_done(&run(&folder, &["backup", "copy.db"]).await);
    let cursor = alice.cursor().await;
    alice.send(&chat, "after the backup").await;
    // A server that runs on it is not pulled away from under people.
    let before = texts(&app.file());
    run(&folder, &["restore", "copy.db"])
        .await
        .refuses(&["already running", "Stop"]);
    assert_eq!(texts(&app.file()), before);
    let copy = folder.join("copy.db");
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::rename(&copy, elsewhere.path().join("copy.db")).unwrap();
    app.stop().await;

    let ended = run(
        &folder,
        &["restore", &elsewhere.path().join("copy.db").to_string_lossy()],
    )
    .await;
    assert_done(&ended);
    let kept = names(&folder)
        .into_iter()
        .find(|name| name.starts_with("messenger.db.before-restore-"));
    let kept = kept.expect("the database as it was");
    assert!(ended.stdout.contains(&kept), "{}", ended.stdout);
    assert_eq!(texts(&folder.join(&kept)).last().unwrap()[1], "after the backup");
    std::fs::rename(folder.join(&kept), elsewhere.path().join("kept.db")).unwrap();
    assert_eq!(names(&folder), ["messenger.db"]);
    let deeds = stored::rows(&app.file(), "SELECT actor_id, deed FROM deeds ORDER BY id DESC LIMIT 1");
    assert_eq!(deeds, [[Value::Null, json!("restore")]]);

    app.start_again().await;
    assert_reset(&alice, &cursor).await;
    let history = alice.history(&chat).await;
    assert_eq!(history.len(), 2, "{history:?}");
    alice.send(&chat, "onwards").await;
    app.stop().await;
    sound(&app.file());
}

/// Asserts that a device with this cursor is told to read everything anew.
async fn assert_reset(user: &crate::common::User, cursor: &Cursor) {
    let path = format!("/chat/events/?epoch={}&since={}", cursor.epoch, cursor.id);
    let answer = user.get(&path).await.is(200).json();
    assert_eq!(answer["reset"], "epoch", "{answer}");
    assert_ne!(answer["epoch"], json!(cursor.epoch));
}

#[tokio::test]
async fn what_cannot_be_restored_changes_nothing_and_says_what_it_is() {
    let (mut app, ..) = written().await;
    app.stop().await;
    let folder = folder(&app);
    let good = std::fs::read(app.file()).unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).unwrap();
    write("empty.db", b"");
    write("short.db", &good[..50]);
    write("half.db", &good[..good.len() / 2]);
    write("photo.jpg", &[0xFF, 0xD8, 0xFF, 0xE0].repeat(500));
    Connection::open(folder.join("foreign.db"))
        .unwrap()
        .execute_batch("CREATE TABLE t (a)")
        .unwrap();
    let mut newer = good.clone();
    newer[60..64].copy_from_slice(&9_999_u32.to_be_bytes());
    write("newer.db", &newer);
    let mut damaged = good.clone();
    for page in 3..30 {
        damaged[page * 4096..page * 4096 + 2048].fill(0x55);
    }
    write("damaged.db", &damaged);
    write("open.db", &good);
    write("open.db-wal", b"a log");
    let before = contents(&folder);
    let cases: [(&str, &[&str]); 10] = [
        ("none.db", &["no none.db"]),
        ("empty.db", &["empty.db", "is empty"]),
        ("short.db", &["short.db", "not a database"]),
        ("half.db", &["half.db", "not whole", "end is missing"]),
        ("photo.jpg", &["photo.jpg", "not a database"]),
        ("foreign.db", &["foreign.db", "another program"]),
        ("newer.db", &["newer.db", "newer Messenger"]),
        ("damaged.db", &["damaged.db", "damaged"]),
        ("open.db", &["open.db", "not whole", "wal"]),
        ("messenger.db", &["messenger.db", "itself"]),
    ];
    for (name, hints) in cases {
        run(&folder, &["restore", name]).await.refuses(hints);
        assert_eq!(contents(&folder), before, "{name}");
    }
}

#[tokio::test]
async fn a_restore_that_is_cut_off_leaves_one_whole_database() {
    let (mut app, alice, chat) = written().await;
    let folder = folder(&app);
    assert_done(&run(&folder, &["backup", "copy.db"]).await);
    alice.send(&chat, "after the backup").await;
    std::fs::rename(folder.join("copy.db"), folder.parent().unwrap().join("cut-off-copy.db")).unwrap();
    app.stop().await;
    let copy = folder.parent().unwrap().join("cut-off-copy.db");
    let (old, disk) = (texts(&app.file()), Disk::new());
    let start = disk.under(Start::bare(&folder).args([Path::new("restore"), &copy]));
    disk.leave(0);
    let before = contents(&folder);
    start.ends().await.refuses(&["messenger.db", "full", "Make room"]);
    assert_eq!(contents(&folder), before);
    disk.leave(PLENTY);
    let new = texts(&copy);
    let mut number = 1;
    loop {
        disk.fail(Fault::Kill, number);
        let ended = start.ends().await;
        disk.mend();
        let now = texts(&app.file());
        assert!(now == old || now == new, "killed at call {number}: {now:?}");
        if ended.code == Some(0) {
            break;
        }
        assert_eq!(ended.code, None, "killed at call {number}: {}", ended.stderr);
        number += 3;
    }
    assert_eq!(texts(&app.file()), new);
    std::fs::remove_file(&copy).unwrap();
}

#[tokio::test]
async fn the_check_finds_what_only_we_know_to_be_wrong() {
    let (mut app, ..) = written().await;
    let folder = folder(&app);
    let ended = run(&folder, &["check", "--json"]).await;
    assert_done(&ended);
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(report["problems"], json!([]), "{report}");
    assert_eq!(
        (&report["rows"]["users"], &report["rows"]["messages"]),
        (&json!(2), &json!(2))
    );
    app.stop().await;
    let harms = [
        (
            "UPDATE chats SET last_seq = last_seq + 1",
            "the seqs of chat 1 have holes",
        ),
        (
            "UPDATE members SET read_seq = 99 WHERE user_id = 2",
            "read further in chat 1",
        ),
        (
            "DELETE FROM media_chunks WHERE id & 1 = 1",
            "bytes of file 1 are missing",
        ),
        (
            "INSERT INTO media_chunks VALUES (99 << 20, x'00')",
            "bytes of file 99 are there without the file",
        ),
        ("UPDATE messages SET file_id = NULL", "file 1 is no message's"),
        ("UPDATE messages SET deleted = 1 WHERE id = 1", "message 1 was deleted"),
        (
            "PRAGMA foreign_keys = OFF; DELETE FROM users WHERE id = 2",
            "names a row of users that is not there",
        ),
    ];
    let good = std::fs::read(app.file()).unwrap();
    for (harm, words) in harms {
        std::fs::write(folder.join("harmed.db"), &good).unwrap();
        let harmed = Connection::open(folder.join("harmed.db")).unwrap();
        harmed.execute_batch(harm).unwrap();
        drop(harmed);
        let ended = run(&folder, &["check", "harmed.db"]).await;
        assert_eq!(ended.code, Some(1), "{harm}");
        assert!(
            ended.stdout.contains(words) && !ended.stdout.contains("sound"),
            "{harm}: {}",
            ended.stdout
        );
    }
    run(&folder, &["check", "none.db"]).await.refuses(&["no none.db"]);
}

#[tokio::test]
async fn a_forgotten_password_is_set_or_given_a_code() {
    let (mut app, alice, _) = written().await;
    let folder = folder(&app);
    run(&folder, &["user", "reset-password", "alice"])
        .await
        .refuses(&["already running", "Stop"]);
    app.stop().await;
    run(&folder, &["user", "reset-password", "nobody"])
        .await
        .refuses(&["Nobody", "nobody"]);
    let set = |password: &'static str| {
        let args = ["user", "reset-password", "alice", "--password-stdin"];
        let start = Start::bare(&folder).args(args).input(password);
        async move { start.ends().await }
    };
    let hash = stored::hash(&app, "alice");
    set("short\n").await.refuses(&["password", "too short"]);
    assert_eq!(stored::hash(&app, "alice"), hash);
    assert_done(&set("eleven green chairs\n").await);
    assert_eq!(stored::sessions(&app, &alice), 0, "signed out everywhere");
    let coded = run(&folder, &["user", "reset-password", "bob"]).await;
    assert_done(&coded);
    let code = coded
        .stdout
        .split(' ')
        .map(|word| word.trim_matches(','))
        .find(|word| word.len() == 32);
    let code = code.unwrap_or_else(|| panic!("no code in {}", coded.stdout)).to_owned();
    app.start_again().await;
    let anybody = app.anonymous();
    let login = |name: &str, password: &str| json!({"username": name, "password": password});
    anybody
        .post("/auth/login/", login("alice", "eleven green chairs"))
        .await
        .is(200);
    anybody
        .post("/auth/login/", login("alice", &alice.password))
        .await
        .is(401);
    let confirm = json!({"token": code, "password": "twelve open doors"});
    anybody
        .post("/auth/password_reset/confirm/", confirm.clone())
        .await
        .is(200);
    anybody.post("/auth/password_reset/confirm/", confirm).await.is(404);
    anybody
        .post("/auth/login/", login("bob", "twelve open doors"))
        .await
        .is(200);
    app.stop().await;
}
