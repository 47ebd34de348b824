//! What is left after a power cut, looked at: by SQLite, and by a server that starts on it.

use crate::common::stored;
use crate::load::{attempt, check, searchable, sound, Told, Try};
use crate::power::Run;
use crate::process::{names, Start};
use crate::trace::{Claim, Said, GONE};
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::Path;

/// What of these claims is not in an image, where `more` was sent to it since; asserts that all that is there is sound.
pub fn lost(file: &Path, told: &[&Claim], more: &[Try], run: &Run) -> Vec<String> {
    recover(file);
    sound(file);
    let version = &stored::rows(file, "PRAGMA user_version")[0][0];
    if *version != run.version {
        // Cut before the tables were there.
        return told.iter().map(|claim| format!("{claim:?}")).collect();
    }
    let mut lost = Vec::new();
    let ids = |table: &str| stored::rows(file, &format!("SELECT id FROM {table}")).concat();
    let (users, chats) = (ids("users"), ids("chats"));
    for claim in told {
        let there = match claim {
            Claim::User(id) => users.contains(&(*id).into()),
            Claim::Chat(id) => chats.contains(&(*id).into()),
            Claim::Message(_) => true,
        };
        if !there {
            lost.push(format!("{claim:?}"));
        }
    }
    let (versions, texts) = messages(file, run);
    let claims = latest(told);
    for said in claims.values() {
        let version = versions.get(&said.client_id);
        if version.is_none_or(|version| *version < said.version) {
            lost.push(format!("{said:?}; there: {version:?}"));
        }
    }
    let tried = |said: &Said| {
        let name = &said.client_id;
        let (id, seq) = (said.id, said.seq);
        let acknowledged = claims.contains_key(name) && versions.contains_key(name);
        Try {
            sender: 0,
            chat: said.chat,
            client_id: name.clone(),
            text: texts.get(name).cloned().unwrap_or_default(),
            told: if acknowledged {
                Told::Stored { id, seq }
            } else {
                Told::Nothing
            },
        }
    };
    let mut tries: Vec<Try> = run.said.values().map(tried).collect();
    tries.extend_from_slice(more);
    check(file, &tries);
    searchable(file);
    assert_log(file);
    assert_files(file, run);
    lost
}

/// Opens a file with its log, which is moved into it as far as it is whole.
fn recover(file: &Path) {
    let connection = Connection::open(file).unwrap();
    connection.pragma_update(None, "synchronous", "OFF").unwrap();
    let busy: i64 = connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
        .unwrap();
    assert_eq!(busy, 0);
    connection.close().unwrap();
}

/// What was told last of each message.
fn latest<'t>(told: &[&'t Claim]) -> BTreeMap<&'t String, &'t Said> {
    let said = told.iter().filter_map(|claim| match claim {
        Claim::Message(said) => Some((&said.client_id, said)),
        _ => None,
    });
    said.collect()
}

/// Which version of each message is there, and its text; asserts that it is a version at all.
fn messages(file: &Path, run: &Run) -> (BTreeMap<String, u32>, BTreeMap<String, String>) {
    let (mut versions, mut texts) = (BTreeMap::new(), BTreeMap::new());
    for row in stored::rows(file, "SELECT client_id, text, deleted FROM messages") {
        let (name, text) = (row[0].as_str().unwrap(), row[1].as_str().unwrap());
        // One that was sent to the image itself.
        let Some(said) = run.said.get(name) else { continue };
        let version = match (row[2] == 1, run.files.contains_key(name)) {
            (true, _) if text.is_empty() => Some(GONE),
            (false, true) if text.is_empty() => Some(0),
            (false, false) => said.version_of(text),
            _ => None,
        };
        let version = version.unwrap_or_else(|| panic!("never said so: {row:?}"));
        assert!(version <= said.version, "never came so far: {row:?}");
        versions.insert(name.to_owned(), version);
        texts.insert(name.to_owned(), text.to_owned());
    }
    (versions, texts)
}

/// Asserts that the event log has no hole, and that each message knows its event.
fn assert_log(file: &Path) {
    let ends = stored::rows(file, "SELECT count(*), coalesce(max(id), 0) FROM events");
    assert_eq!(ends[0][0], ends[0][1], "a hole in the event log");
    let stray = "SELECT messages.id FROM messages LEFT JOIN events
                 ON events.id = event_id AND message_id = messages.id AND kind = 'message.created'
                 WHERE events.id IS NULL";
    assert_eq!(stored::rows(file, stray).len(), 0, "messages without an event");
}

/// Asserts that every file that came with a message is there whole.
fn assert_files(file: &Path, run: &Run) {
    let connection = Connection::open(file).unwrap();
    let mut statement = connection
        .prepare("SELECT bytes FROM media_chunks WHERE id >> 20 = (SELECT file_id FROM messages WHERE client_id = ?1) ORDER BY id")
        .unwrap();
    let there = stored::rows(file, "SELECT client_id FROM messages WHERE file_id IS NOT NULL");
    for name in there.iter().map(|row| row[0].as_str().unwrap()) {
        let chunks = statement.query_map([name], |row| row.get::<_, Vec<u8>>(0)).unwrap();
        let bytes: Vec<Vec<u8>> = chunks.collect::<Result<_, _>>().unwrap();
        assert!(bytes.concat() == run.files[name], "the file of {name}");
    }
}

/// Starts a server on an image and asks it for what was told; what was sent to it meanwhile.
pub async fn serves(folder: &Path, told: &[&Claim], run: &Run) -> Vec<Try> {
    let server = Start::server(folder).serves().await;
    let alice = run.alice.at(&server.base);
    let mut sent = Vec::new();
    if told.contains(&&Claim::User(alice.id)) {
        assert_eq!(alice.get("/auth/me/").await.is(200).id(), alice.id);
    }
    for claim in told {
        let Claim::Chat(chat) = claim else { continue };
        let (mut shown, mut before) = (BTreeMap::new(), i64::MAX);
        while before > 1 {
            let path = format!("/chat/messages/?chat={chat}&limit=200&before={before}");
            let page = alice.get(&path).await.is(200).body;
            let results = page["results"].as_array().expect("a page").clone();
            before = results.last().map_or(0, |oldest| oldest["seq"].as_i64().unwrap());
            shown.extend(results.into_iter().map(|one| (one["id"].as_i64().unwrap(), one)));
        }
        for said in latest(told).into_values().filter(|said| said.chat == *chat) {
            let one = shown.get(&said.id).unwrap_or_else(|| panic!("not shown: {said:?}"));
            assert_eq!(one["seq"], said.seq, "{said:?}");
            let text = one["text"].as_str().unwrap();
            let version = said.version_of(text);
            assert!(
                text.is_empty() || version.is_some_and(|version| version >= said.version),
                "{said:?}: {one}"
            );
        }
        let last = shown.values().map(|one| one["seq"].as_i64().unwrap()).max();
        let next = attempt(&alice, 0, *chat, format!("afterwards-{chat}")).await;
        let Told::Stored { seq, .. } = next.told else {
            panic!("{next:?}")
        };
        assert_eq!(seq, last.unwrap_or(0) + 1, "the next number in its chat");
        sent.push(next);
    }
    server.signal("TERM");
    assert_eq!(server.ended().await, Some(0));
    assert_eq!(names(folder), ["messenger.db"]);
    sent
}
