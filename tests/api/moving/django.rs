//! The original backend's file comes in whole, or not at all.

use crate::common::original::{Original, ROWS, SCHEMA};
use crate::common::{pictures, App, Caller};
use serde_json::{json, Value};
use std::path::Path;

/// Runs the import on the original's file and folder, into this server's database.
async fn import(original: &Original, app: &App) -> (Option<i32>, String, String) {
    let (file, media) = (original.file(), original.media());
    app.command(&[
        "import",
        "django",
        file.to_str().unwrap(),
        "--media",
        media.to_str().unwrap(),
    ])
    .await
}

async fn sign_in(app: &App, name: &str, password: &str) -> Caller {
    let form = json!({"username": name, "password": password});
    let tokens = app.anonymous().post("/auth/login/", form).await.is(200).json();
    app.bearer(tokens["access"].as_str().unwrap())
}

#[tokio::test]
async fn everything_comes_in_and_old_passwords_open_it() {
    let (mut app, original) = (App::start().await, Original::whole());
    app.stop().await;
    let (code, said, complained) = import(&original, &app).await;
    assert_eq!((code, complained.as_str()), (Some(0), ""), "{said}");
    for part in [
        "5 people, 4 chats, 9 messages and 5 pictures and files came in.",
        "Host: catalin.",
        "2 need a new password, since theirs can't be kept: ana (argon2), gone (!unusable).",
        "1 have a name or address that counts as another's and keep it until they change it: ANA.",
        "1 were further private chats of the same people, or not of two, and are groups now: chat 6.",
        "1 stood in no chat and were left out: message 16.",
        "1 stood in several chats and stand in each of them, with ids of their own in all but the first: message 18.",
        "2 were not found in the folder of media: \"../outside.png\", \"images/lost.png\".",
        "1 were no pictures and came in as files, or not at all where they were somebody's portrait: \"images/text.png\".",
    ] {
        assert!(said.contains(part), "{part}\nis not in\n{said}");
    }
    assert!(!said.contains("--media"), "{said}");

    app.start_again().await;
    let catalin = sign_in(&app, "catalin", "Barus123!").await;
    let costin = sign_in(&app, "costin", "Brebu123!").await;
    catalin.get("/auth/me/").await.is(200).shows(json!({
        "id": 3, "username": "catalin", "first_name": "Cătălin", "last_name": "Barus", "email": "catalin@example.org", "role": "host"
    }));
    costin
        .get("/auth/me/")
        .await
        .is(200)
        .shows(json!({"id": 5, "role": "staff"}));
    for (name, password) in [("ana", "Brebu123!"), ("gone", "!unusable"), ("gone", "")] {
        let form = json!({"username": name, "password": password});
        let refused = app.anonymous().post("/auth/login/", form).await;
        assert!([400, 401].contains(&refused.status), "{name}");
    }
    // Django's rule was the exact name: so it stays for who has it.
    sign_in(&app, "ANA", "Brebu123!")
        .await
        .get("/auth/me/")
        .await
        .is(200)
        .shows(json!({"id": 8}));

    let chats = costin.get("/chat/").await.is(200).results();
    let brief = |chat: &Value| {
        json!([
            chat["id"],
            chat["name"],
            chat["type"],
            chat["users"],
            chat["messages"],
            chat["unread_count"]
        ])
    };
    assert_eq!(
        chats.iter().map(brief).collect::<Vec<_>>(),
        [
            json!([6, "catalin din nou", "group", [3, 5], [19], 0]),
            json!([4, "catalin", "privat", [3, 5], [14, 15], 0]),
            json!([2, "Clasa a VII-a", "grup", [3, 5, 7], [10, 11, 12, 13, 17, 18], 0]),
        ]
    );
    let messages = costin.get("/chat/messages/?chat=2").await.is(200).results();
    let brief = |message: &Value| {
        json!([
            message["id"],
            message["seq"],
            message["from_user"],
            message["text"],
            message["time"]
        ])
    };
    assert_eq!(
        messages.iter().rev().map(brief).collect::<Vec<_>>(),
        [
            json!([10, 1, 3, "Bună ziua", "2021-05-05T10:00:00.000001Z"]),
            json!([11, 2, 5, "edited later", "2021-05-09T10:00:00.000000Z"]),
            json!([12, 3, 5, "a photo", "2021-05-05T10:02:00.000000Z"]),
            json!([13, 4, 5, "a file", "2021-05-05T10:03:00.000000Z"]),
            json!([17, 5, 9, "not a photo", "2021-05-05T10:07:00.000000Z"]),
            json!([18, 6, 3, "twice", "2021-05-05T10:08:00.000000Z"]),
        ]
    );
    files_are_there(&app, &costin, &messages).await;
    // Found again, and gone on with; and a stranger to the chats sees none of it.
    let found = costin.get("/chat/search/?q=buna").await.is(200).results();
    assert_eq!(found.len(), 1, "{found:?}");
    let said = costin
        .post("/chat/messages/2/", json!({"text": "and on"}))
        .await
        .is(201)
        .json();
    assert_eq!((&said["id"], &said["seq"]), (&json!(20), &json!(7)));
    let other = app.user("eve").await;
    assert_eq!(other.id, 10);
    assert_eq!(other.get("/chat/").await.is(200).results(), [json!(null); 0]);
    other.get("/chat/messages/12/").await.is(404);
}

async fn files_are_there(app: &App, costin: &Caller, messages: &[Value]) {
    let path = |url: &Value| url.as_str().unwrap().trim_start_matches(&app.base()).to_owned();
    let by_id = |id: i64| messages.iter().find(|message| message["id"] == id).unwrap();
    let photo = by_id(12);
    assert_eq!(
        (&photo["photo_width"], &photo["photo_height"]),
        (&json!(20), &json!(40))
    );
    let bytes = costin.get(&path(&photo["photo"])).await.is(200).bytes;
    assert!(
        !bytes.windows(14).any(|part| part == b"a secret place"),
        "a photo with its metadata"
    );
    let file = by_id(13);
    assert_eq!(
        (&file["file_name"], &file["file_size"]),
        (&json!("notes.txt"), &json!(300_000))
    );
    assert_eq!(
        costin.get(&path(&file["file"])).await.is(200).bytes,
        vec![b'n'; 300_000]
    );
    let odd = by_id(17);
    assert_eq!((&odd["photo"], &odd["file_name"]), (&Value::Null, &json!("text.png")));
    assert_eq!(costin.get(&path(&odd["file"])).await.is(200).bytes, b"not a picture");
    let me = costin.get("/auth/user/3/").await.is(200).json();
    let portrait = costin.get(&path(&me["profile_picture"])).await.is(200).bytes;
    assert_eq!(pictures::size(&portrait), (20, 20));
    let chat = costin.get("/chat/2/").await.is(200).json();
    assert_eq!(
        pictures::size(&costin.get(&path(&chat["chat_picture"])).await.is(200).bytes),
        (30, 20)
    );
    let pending = app.rows("SELECT count(*) FROM media WHERE purpose = 'pending'");
    assert_eq!(pending, [[json!(0)]]);
}

#[tokio::test]
async fn without_the_folder_the_words_come_and_it_is_said_what_stayed_behind() {
    let (mut app, original) = (App::start().await, Original::whole());
    app.stop().await;
    let file = original.file();
    let (code, said, _) = app.command(&["import", "django", file.to_str().unwrap()]).await;
    assert_eq!(code, Some(0));
    assert!(said.contains("9 messages and 0 pictures"), "{said}");
    assert!(said.contains("7 pictures and files stayed behind"), "{said}");
    // Once only: there are people now.
    let before = app.rows("SELECT count(*), max(id) FROM users");
    let (code, said, why) = import(&original, &app).await;
    assert_eq!((code, said.as_str()), (Some(1), ""));
    assert!(why.contains("only come into a database without people"), "{why}");
    assert_eq!(app.rows("SELECT count(*), max(id) FROM users"), before);
}

#[tokio::test]
async fn known_variants_of_other_versions_come_in_too() {
    let schema = SCHEMA
        .replace(r#""time" datetime"#, r#""timestamp" datetime"#)
        .replace(
            r#""from_user_id" integer NOT NULL REFERENCES "auth_user""#,
            r#""from_user_id" integer NOT NULL REFERENCES "client_client""#,
        )
        .replace(
            r#""user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "chat_chat_messages""#,
            r#""client_id" integer NOT NULL REFERENCES "client_client" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "chat_chat_messages""#,
        );
    let rows = "INSERT INTO auth_user (id, password, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined)
                VALUES (3, '', 0, 'ana', '', '', '', 0, 1, '2021-05-01 10:00:00'), (5, '', 0, 'dan', '', '', '', 0, 1, '2021-05-01 10:00:00');
                INSERT INTO client_client VALUES (1, 'x', '', '2021-06-01 08:00:00', 5), (2, 'y', '', '2021-06-01 08:00:00', 3);
                INSERT INTO chat_chat VALUES (1, 'x', '', 'privat');
                INSERT INTO chat_chat_users (chat_id, client_id) VALUES (1, 1), (1, 2);
                INSERT INTO chat_message (id, text, timestamp, photo, file, from_user_id, chat_id) VALUES (1, 'x', '2021-06-01 08:00:00', '', '', 2, 1);";
    let (mut app, original) = (App::start().await, Original::new(&schema, rows));
    app.stop().await;
    let (code, said, why) = import(&original, &app).await;
    assert_eq!(code, Some(0), "{said}{why}");
    assert_eq!(
        app.rows("SELECT user_id FROM members ORDER BY 1"),
        [[json!(3)], [json!(5)]]
    );
    assert_eq!(
        app.rows("SELECT from_user, chat_id, seq FROM messages"),
        [[json!(3), json!(1), json!(1)]]
    );
    assert_eq!(
        app.rows("SELECT private, low_user, high_user FROM chats"),
        [[json!(1), json!(3), json!(5)]]
    );
}

/// Asserts that a file is refused with these words and that nothing of it stayed.
async fn refused(app: &App, file: &Path, words: &str) {
    let (code, said, why) = app.command(&["import", "django", file.to_str().unwrap()]).await;
    assert_eq!((code, said.as_str()), (Some(1), ""), "{words}: {why}");
    assert!(
        why.contains(words) && why.lines().count() == 1,
        "{words:?} is not in {why:?}"
    );
    for table in [
        "users",
        "chats",
        "members",
        "messages",
        "media",
        "media_chunks",
        "events",
    ] {
        assert_eq!(
            app.rows(&format!("SELECT count(*) FROM {table}")),
            [[json!(0)]],
            "{words}: {table}"
        );
    }
}

#[tokio::test]
async fn what_is_something_else_or_half_of_it_changes_nothing_and_is_called_what_it_is() {
    let mut app = App::start().await;
    app.stop().await;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for (name, bytes, words) in [
        ("empty", b"".to_vec(), "it is empty"),
        ("text", b"[]".to_vec(), "it is not an SQLite database"),
        ("zip", b"PK\x03\x04and more".to_vec(), "it is a ZIP"),
        ("start", b"SQLite format 3\0".to_vec(), "damaged"),
    ] {
        std::fs::write(at(name), bytes).unwrap();
        refused(&app, &at(name), words).await;
    }
    refused(&app, &at("none"), "can't be opened").await;
    refused(&app, folder.path(), "it can't be read").await;
    refused(&app, &app.file(), "already").await;
    let whole = std::fs::read(Original::whole().file()).unwrap();
    for part in [100, 4096, whole.len() / 2, whole.len() - 4096] {
        std::fs::write(at("part"), &whole[..part]).unwrap();
        refused(&app, &at("part"), "it is damaged or only a part of a file").await;
    }
    for (sql, words) in [
        ("CREATE TABLE notes (a)", "it is a database of another program"),
        (
            "CREATE TABLE auth_user (id)",
            "it lacks tables of the original: client_client, chat_chat, chat_chat_users, chat_message",
        ),
    ] {
        refused(&app, &Original::new(sql, "").file(), words).await;
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_turns_the_whole_file_away() {
    let mut app = App::start().await;
    app.stop().await;
    let without = |table: &str| format!("{ROWS}; DROP TABLE {table}");
    let with = |sql: &str| format!("{ROWS}; {sql}");
    for (rows, words) in [
        (without("chat_message"), "it lacks tables of the original: chat_message"),
        (without("client_client"), "it lacks tables of the original: client_client"),
        (with("ALTER TABLE chat_message RENAME COLUMN time TO moment"), "its table chat_message has no column time or timestamp"),
        (with("DELETE FROM auth_user WHERE id = 5"), "names person 5, who is not in it"),
        (with("DELETE FROM chat_chat_users; DELETE FROM auth_user WHERE id = 9"), "message 17 names person 9"),
        (with("DELETE FROM chat_chat WHERE id = 4"), "message 14 is in chat 4, which is not in it"),
        (with("UPDATE chat_message SET time = 'soon' WHERE id = 13"), "message 13 has the time \"soon\""),
        (with("UPDATE auth_user SET date_joined = '2021-13-01 10:00:00' WHERE id = 9"), "person 9 has the time"),
        (with("INSERT INTO chat_message (id, text, time, photo, file, from_user_id, chat_id) VALUES (-1, '', '2021-05-05 10:00:00', '', '', 3, 2)"), "has the id -1"),
        (with("UPDATE auth_user SET id = 9223372036854775807 WHERE id = 9"), "has the id 9223372036854775807"),
        (with("UPDATE chat_message SET text = x'ff00' WHERE id = 18"), "damaged"),
        (with("ALTER TABLE auth_user RENAME TO other; CREATE VIEW auth_user AS SELECT * FROM other"), "it lacks tables of the original: auth_user"),
    ] {
        refused(&app, &Original::new(SCHEMA, &rows).file(), words).await;
    }
}

#[tokio::test]
async fn odd_names_and_long_texts_are_made_to_fit() {
    let long = "ă".repeat(12_000);
    let rows = format!(
        "{ROWS}; UPDATE auth_user SET username = 'a b' WHERE id = 9; UPDATE auth_user SET first_name = 'A' || char(8238) || 'b' WHERE id = 7;
         UPDATE auth_user SET email = 'nonsense' WHERE id = 7; UPDATE chat_message SET text = '{long}' WHERE id = 14;"
    );
    let (mut app, original) = (App::start().await, Original::new(SCHEMA, &rows));
    app.stop().await;
    let (code, said, why) = import(&original, &app).await;
    assert_eq!(code, Some(0), "{why}");
    assert!(
        said.contains("1 had a name that can't be one and got another: \"a b\" is user-9."),
        "{said}"
    );
    assert!(
        said.contains("1 were longer than a message can be; their whole text is attached as a file: message 14."),
        "{said}"
    );
    assert_eq!(
        app.rows("SELECT username, first_name, email FROM users WHERE id IN (7, 9) ORDER BY id"),
        [
            [json!("ana"), json!("Ab"), json!("")],
            [json!("user-9"), json!(""), json!("")]
        ]
    );
    app.start_again().await;
    let catalin = sign_in(&app, "catalin", "Barus123!").await;
    let message = catalin.get("/chat/messages/14/").await.is(200).json();
    assert_eq!(message["text"].as_str().unwrap().chars().count(), 10_000);
    let url = message["file"]
        .as_str()
        .unwrap()
        .trim_start_matches(&app.base())
        .to_owned();
    assert_eq!(catalin.get(&url).await.is(200).text(), long);
}

/// Asserts that the original comes in with all that was said, this among it, and that its folder stays as it is.
async fn comes_in(original: &Original, text: &str) {
    let mut app = App::start().await;
    app.stop().await;
    let before = original.contents();
    let (code, said, why) = import(original, &app).await;
    assert_eq!((code, why.as_str()), (Some(0), ""), "{said}");
    assert!(said.contains("5 people, 4 chats, 9 messages"), "{said}");
    assert_eq!(original.contents(), before);
    assert_eq!(app.files(), ["messenger.db"]);
    assert_eq!(app.rows("SELECT text FROM messages WHERE id = 10"), [[json!(text)]]);
}

/// Asserts that the original is refused with these words, that nothing of it stays, and that its folder stays as it is.
async fn stays_out(original: &Original, words: &str) {
    let mut app = App::start().await;
    app.stop().await;
    let before = original.contents();
    refused(&app, &original.file(), words).await;
    assert_eq!(original.contents(), before);
    // Looking into the database leaves a log there; a copy of the original would have a name of its own.
    let files = app.files();
    assert!(files.iter().all(|name| !name.contains(".django")), "{files:?}");
}

const LOGGED: &str = "PRAGMA wal_autocheckpoint = 0; PRAGMA journal_mode = WAL;";

#[tokio::test]
async fn a_file_in_wal_mode_comes_in_with_what_is_in_its_log_alone() {
    let closed = Original::new(SCHEMA, &format!("{ROWS}; PRAGMA journal_mode = WAL;"));
    assert_eq!(std::fs::read(closed.file()).unwrap()[18..20], [2, 2]);
    assert_eq!(closed.contents().len(), 2, "{:?}", closed.contents().keys());
    comes_in(&closed, "Bună ziua").await;

    let change = "UPDATE chat_message SET text = 'in the log' WHERE id = 10;";
    let open = Original::left(&format!("{LOGGED} {change}"), &["-wal"]);
    comes_in(&open, "in the log").await;
    // Where somebody has it open, or had when the power went, there is an index of the log, too.
    let open = Original::left(&format!("{LOGGED} {change}"), &["-wal", "-shm"]);
    comes_in(&open, "in the log").await;
    // Without its log it is as it was before.
    std::fs::remove_file(open.beside("-wal")).unwrap();
    std::fs::remove_file(open.beside("-shm")).unwrap();
    comes_in(&open, "Bună ziua").await;
}

#[tokio::test]
async fn a_file_without_its_log_is_told_that_it_may_be_missing() {
    let change =
        "DROP TABLE chat_chat_messages; DROP TABLE chat_chat_users; DROP TABLE chat_message; DROP TABLE chat_chat;
                  DROP TABLE client_client; DROP TABLE auth_user;";
    // What is in the log makes up for what is not in the file.
    let made = format!("{change} {LOGGED} {SCHEMA} {ROWS}");
    let original = Original::left(
        &made.replace("CREATE TABLE \"django_migrations\"", "CREATE TABLE \"other\""),
        &["-wal"],
    );
    comes_in(&original, "Bună ziua").await;
    std::fs::remove_file(original.beside("-wal")).unwrap();
    stays_out(
        &original,
        "it is a database of another program: none of the original's tables are in it; or its log, the file of its name with -wal",
    )
    .await;
    let some = format!("DROP TABLE chat_message; {LOGGED} CREATE TABLE chat_message (id);");
    let original = Original::left(&some, &["-wal"]);
    std::fs::write(original.beside("-wal"), b"").unwrap();
    stays_out(&original, "it lacks tables of the original: chat_message; or its log").await;
    // One that keeps no log lacks none.
    let original = Original::new("CREATE TABLE notes (a)", "");
    let mut app = App::start().await;
    app.stop().await;
    let file = original.file();
    let (_, _, why) = app.command(&["import", "django", file.to_str().unwrap()]).await;
    assert!(
        why.contains("none of the original's tables are in it.") && !why.contains("-wal"),
        "{why}"
    );
}

#[tokio::test]
async fn a_change_that_was_cut_off_is_to_be_undone_first() {
    // More than its pages in memory, so that some of it is on the disk before it is kept.
    let change = "PRAGMA cache_size = 1; BEGIN; UPDATE chat_message SET text = hex(zeroblob(40000));";
    let original = Original::left(change, &["-journal"]);
    stays_out(
        &original,
        "it was left in the middle of a change, which the -journal beside it undoes",
    )
    .await;
    // The program that wrote it undoes it as it opens it.
    let connection = rusqlite::Connection::open(original.file()).unwrap();
    connection.execute_batch("SELECT count(*) FROM chat_message").unwrap();
    drop(connection);
    comes_in(&original, "Bună ziua").await;
    // What a journal is left as where it is not taken away undoes nothing.
    let change = "PRAGMA journal_mode = PERSIST; UPDATE chat_message SET text = 'kept' WHERE id = 10;";
    comes_in(&Original::left(change, &["-journal"]), "kept").await;
}

#[tokio::test]
async fn a_file_that_somebody_writes_to_is_not_called_damaged() {
    let (mut app, original) = (App::start().await, Original::whole());
    app.stop().await;
    let before = original.contents();
    let writer = rusqlite::Connection::open(original.file()).unwrap();
    writer.execute_batch("BEGIN EXCLUSIVE").unwrap();
    refused(&app, &original.file(), "another program is writing to it").await;
    // Not before: whoever closes the file gives up the locks that his process has on it.
    drop(writer);
    assert_eq!(original.contents(), before);
    comes_in(&original, "Bună ziua").await;
}
