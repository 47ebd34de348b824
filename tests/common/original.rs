//! The original backend's file, as its migrations and people made it.

use super::pictures;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use tempfile::TempDir;

/// As the original's migrations make it.
pub const SCHEMA: &str = r#"
CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL);
CREATE TABLE "auth_user" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "password" varchar(128) NOT NULL, "last_login" datetime NULL, "is_superuser" bool NOT NULL, "username" varchar(150) NOT NULL UNIQUE, "last_name" varchar(150) NOT NULL, "email" varchar(254) NOT NULL, "is_staff" bool NOT NULL, "is_active" bool NOT NULL, "date_joined" datetime NOT NULL, "first_name" varchar(150) NOT NULL);
CREATE TABLE "client_client" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "notification_token" varchar(200) NOT NULL UNIQUE, "profile_picture" varchar(100) NOT NULL, "last_online" datetime NOT NULL, "user_id" integer NOT NULL UNIQUE REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "chat_chat" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(150) NOT NULL, "chat_picture" varchar(100) NOT NULL, "type" varchar(30) NOT NULL);
CREATE TABLE "chat_message" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "text" text NOT NULL, "time" datetime NOT NULL, "photo" varchar(100) NOT NULL, "file" varchar(100) NOT NULL, "from_user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "chat_id" integer NOT NULL);
CREATE TABLE "chat_chat_users" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "chat_id" integer NOT NULL REFERENCES "chat_chat" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "chat_chat_messages" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "chat_id" integer NOT NULL REFERENCES "chat_chat" ("id") DEFERRABLE INITIALLY DEFERRED, "message_id" integer NOT NULL REFERENCES "chat_message" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE INDEX "chat_chat_messages_message_id" ON "chat_chat_messages" ("message_id");
"#;

/// Two people of the original's README, three others, four chats and what was said in them.
pub const ROWS: &str = r"
INSERT INTO auth_user (id, password, last_login, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined) VALUES
 (3, 'pbkdf2_sha256$1000$seasaltseasalt22$IvcHxnavhaYce6x8nKDSRaATC2pwJU9cmvFr0WjSRog=', '2021-05-02 09:00:00', 1, 'catalin', 'Cătălin', 'Barus', 'catalin@example.org', 1, 1, '2021-05-01 10:00:00.123456'),
 (5, 'pbkdf2_sha256$1000$pepperpepper33$jgzwzmaUH/bCWexNU9GDq/KtoC0z5zV4A7Fg1xClre8=', NULL, 0, 'costin', 'Costin', 'Brebu', 'costin@example.org', 1, 1, '2021-05-01 11:00:00'),
 (7, 'argon2$argon2i$v=19$m=512,t=2,p=2$c2FsdA$aGFzaA', NULL, 0, 'ana', 'Ana', '', '', 0, 1, '2021-05-03 11:00:00'),
 (8, 'pbkdf2_sha256$1000$pepperpepper33$jgzwzmaUH/bCWexNU9GDq/KtoC0z5zV4A7Fg1xClre8=', NULL, 0, 'ANA', 'Ana', 'Alta', 'CATALIN@example.org', 0, 1, '2021-05-03 12:00:00'),
 (9, '!unusable', NULL, 0, 'gone', '', '', '', 0, 0, '2021-05-04 11:00:00');
INSERT INTO client_client (id, notification_token, profile_picture, last_online, user_id) VALUES
 (1, 'x', 'images/me.png', '2021-06-01 08:00:00', 3), (2, 'y', 'profile.png', '2021-06-02 08:00:00.5', 5);
INSERT INTO chat_chat (id, name, chat_picture, type) VALUES
 (2, 'Clasa a VII-a', 'images/class.jpg', 'grup'), (4, 'catalin', 'profile.png', 'privat'),
 (6, 'catalin din nou', 'profile.png', 'privat'), (7, 'Gol', '../outside.png', 'grup');
INSERT INTO chat_chat_users (chat_id, user_id) VALUES (2, 5), (2, 3), (2, 7), (4, 3), (4, 5), (6, 5), (6, 3), (7, 7);
INSERT INTO chat_message (id, text, time, photo, file, from_user_id, chat_id) VALUES
 (10, 'Bună ziua', '2021-05-05 10:00:00.000001', '', '', 3, 2),
 (11, 'edited later', '2021-05-09 10:00:00', '', '', 5, 2),
 (12, 'a photo', '2021-05-05 10:02:00', 'images/photo.jpg', '', 5, 2),
 (13, 'a file', '2021-05-05 10:03:00', '', 'uploads/notes.txt', 5, 2),
 (14, 'between us', '2021-05-05 10:04:00', '', '', 3, 4),
 (15, 'by link only', '2021-05-05 10:05:00', 'images/lost.png', '', 3, 0),
 (16, 'nowhere', '2021-05-05 10:06:00', '', '', 3, 0),
 (17, 'not a photo', '2021-05-05 10:07:00', 'images/text.png', '', 9, 2),
 (18, 'twice', '2021-05-05 10:08:00', '', '', 3, 2);
INSERT INTO chat_chat_messages (chat_id, message_id) VALUES (2, 10), (2, 11), (2, 12), (4, 14), (4, 15), (2, 17), (2, 18), (6, 18);
";

/// A folder with the original's file and its media in it.
pub struct Original {
    folder: TempDir,
}

impl Original {
    /// Of this schema and these rows, with some media.
    pub fn new(schema: &str, rows: &str) -> Original {
        let folder = tempfile::tempdir().unwrap();
        let connection = Connection::open(folder.path().join("db.sqlite3")).unwrap();
        connection.pragma_update(None, "foreign_keys", false).unwrap();
        connection.execute_batch(schema).unwrap();
        connection.execute_batch(rows).unwrap();
        let media = folder.path().join("media");
        std::fs::create_dir_all(media.join("images")).unwrap();
        std::fs::create_dir_all(media.join("uploads")).unwrap();
        for (name, bytes) in [
            ("media/images/me.png", pictures::png(20, 20)),
            ("media/images/class.jpg", pictures::jpeg(30, 20)),
            ("media/images/photo.jpg", pictures::phone(40, 20, 6, "a secret place")),
            ("media/images/text.png", b"not a picture".to_vec()),
            ("media/uploads/notes.txt", vec![b'n'; 300_000]),
            ("outside.png", pictures::png(9, 9)),
        ] {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        Original { folder }
    }

    /// All of it.
    pub fn whole() -> Original {
        Original::new(SCHEMA, ROWS)
    }

    /// All of it as a program that has it open leaves it when it ends in the middle: after these statements, with the files of
    /// these endings beside it.
    pub fn left(sql: &str, ends: &[&str]) -> Original {
        let original = Original::whole();
        let connection = Connection::open(original.file()).unwrap();
        connection.pragma_update(None, "foreign_keys", false).unwrap();
        connection.execute_batch(sql).unwrap();
        let files = [""].iter().chain(ends).map(|end| original.beside(end));
        let left: Vec<(PathBuf, Vec<u8>)> = files.map(|file| (file.clone(), std::fs::read(file).unwrap())).collect();
        // What is open is put right as it closes, and then left as it was.
        drop(connection);
        for (file, bytes) in left {
            std::fs::write(file, bytes).unwrap();
        }
        original
    }

    /// Its database.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("db.sqlite3")
    }

    /// The file of its name with this at the end.
    pub fn beside(&self, end: &str) -> PathBuf {
        self.folder.path().join(format!("db.sqlite3{end}"))
    }

    /// Name and bytes of each file in its folder.
    pub fn contents(&self) -> BTreeMap<OsString, Vec<u8>> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let files = entries
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().is_file());
        files
            .map(|entry| (entry.file_name(), std::fs::read(entry.path()).unwrap()))
            .collect()
    }

    /// The folder of its uploads.
    pub fn media(&self) -> PathBuf {
        self.folder.path().join("media")
    }
}
