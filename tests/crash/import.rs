//! `messenger import`, cut off: what was there is there, and nothing else.

use crate::common::original::Original;
use crate::common::{stored, App};
use crate::disk::{Disk, Fault, PLENTY};
use crate::load::sound;
use crate::process::{contents, names, Start};
use std::path::Path;

/// How many people, chats, messages and files a database has.
fn census(file: &Path) -> Vec<i64> {
    let counts = "SELECT count(*) FROM users UNION ALL SELECT count(*) FROM chats
        UNION ALL SELECT count(*) FROM messages UNION ALL SELECT count(*) FROM media";
    let rows = stored::rows(file, counts);
    rows.iter().map(|row| row[0].as_i64().unwrap()).collect()
}

/// Imports into a database without people, cut off at each third call to the disk in turn: until it gets through, nothing has
/// come in, the database is sound, and the file that comes in is as it was.
async fn never_comes_in_half(args: &[&Path], whole: &[i64]) {
    let mut app = App::start().await;
    app.stop().await;
    let folder = app.file().parent().unwrap().to_owned();
    let disk = Disk::new();
    let import = Start::bare(&folder).args([Path::new("import")]).args(args);
    let start = disk.under(import);
    // Beside it there may be what SQLite could not take away without room.
    let database = || contents(&folder)["messenger.db"].clone();
    let (before, from) = (database(), args[1]);
    let bytes = std::fs::read(from).unwrap();
    for room in [0, 50_000] {
        disk.leave(room);
        start.ends().await.refuses(&["full", "Make room"]);
        assert_eq!(database(), before, "{room} bytes of room");
    }
    disk.leave(PLENTY);
    let (mut number, mut cut) = (1, 0);
    loop {
        disk.fail(Fault::Kill, number);
        let ended = start.ends().await;
        disk.mend();
        let now = census(&app.file());
        sound(&app.file());
        if ended.code == Some(0) {
            assert_eq!(now, whole);
            break;
        }
        assert_eq!(ended.code, None, "killed at call {number}: {}", ended.stderr);
        // All of it where the commit was through already, else nothing.
        if now == whole {
            break;
        }
        assert_eq!(now, [0; 4], "killed at call {number}");
        number += 3;
        cut += 1;
    }
    assert!(cut > 5, "cut off {cut} times");
    assert_eq!(std::fs::read(from).unwrap(), bytes);
    // And a server runs on it.
    app.start_again().await;
    app.stop().await;
    assert_eq!(
        (names(&folder), census(&app.file())),
        (vec!["messenger.db".to_owned()], whole.to_vec())
    );
}

#[tokio::test]
async fn the_originals_file_comes_in_whole_or_not_at_all() {
    let original = Original::whole();
    let (file, media) = (original.file(), original.media());
    let args = [Path::new("django"), &file, Path::new("--media"), &media];
    never_comes_in_half(&args, &[5, 4, 9, 5]).await;
}

#[tokio::test]
async fn an_archive_comes_in_whole_or_not_at_all() {
    let mut app = App::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let chat = alice.group("G", &[&bob]).await;
    for number in 0..20 {
        alice.send(&chat, &format!("text {number}")).await;
    }
    app.stop().await;
    let archive = app.file().with_file_name("lesson.zip");
    let (code, said, complained) = app.command(&["export", archive.to_str().unwrap()]).await;
    assert_eq!(code, Some(0), "{said}{complained}");
    never_comes_in_half(&[Path::new("archive"), &archive], &[2, 1, 20, 0]).await;
}

#[tokio::test]
async fn the_copy_that_a_killed_import_left_goes_at_the_next_start() {
    let mut app = App::start().await;
    app.stop().await;
    let folder = app.file().parent().unwrap().to_owned();
    for end in ["", "-wal", "-shm"] {
        std::fs::write(folder.join(format!("messenger.db.django.part{end}")), "hashes").unwrap();
    }
    app.start_again().await;
    app.stop().await;
    assert_eq!(names(&folder), ["messenger.db"]);
}
