//! Archives: what is in them, for whom, and that they come back in whole or not at all.

use super::House;
use crate::common::{pictures, App, Part, Reply};
use serde_json::{json, Value};
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

pub type Files = BTreeMap<String, Vec<u8>>;

/// The files of a ZIP.
pub fn files(bytes: &[u8]) -> Files {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).expect("a ZIP");
    let mut files = Files::new();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).unwrap();
        let (name, mut bytes) = (file.name().unwrap().into_owned(), Vec::new());
        file.read_to_end(&mut bytes).unwrap();
        files.insert(name, bytes);
    }
    files
}

pub fn zipped(files: &Files) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub fn document(files: &Files) -> Value {
    serde_json::from_slice(&files["messenger.json"]).expect("JSON")
}

pub fn page(files: &Files, name: &str) -> String {
    String::from_utf8(files[name].clone()).unwrap()
}

pub fn archive(reply: Reply) -> Files {
    let reply = reply.is(200);
    assert_eq!(reply.header("content-type"), "application/zip");
    assert!(
        reply.header("content-disposition").starts_with("attachment; filename="),
        "{:?}",
        reply.headers
    );
    files(&reply.bytes)
}

/// A document without what is another each time: when it was made, and numbers that files were given.
fn comparable(document: &Value) -> Value {
    let mut document = document.clone();
    document["made"] = json!(null);
    fn strip(value: &mut Value) {
        match value {
            Value::Object(object) => {
                object.remove("path");
                object.values_mut().for_each(strip);
            }
            Value::Array(list) => list.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut document);
    // When somebody was last here moves on with each look.
    for person in document["people"].as_array_mut().unwrap() {
        person["last_online"] = json!(null);
    }
    document
}

#[tokio::test]
async fn the_hosts_archive_has_everything_and_nothing_in_it_runs() {
    let house = House::new().await;
    let files = archive(house.alice.get("/host/archive/?offset=120").await);
    let (group, private) = (house.group.id, house.private.id);
    let index = page(&files, "index.html");
    assert!(index.contains("Class &lt;7&gt; &amp; &quot;co&quot;"), "{index}");
    assert!(
        index.contains(&format!("href=\"chats/{group}.html\""))
            && index.contains(&format!("href=\"chats/{private}.html\""))
    );
    let chat = page(&files, &format!("chats/{group}.html"));
    for part in [
        "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;\nsecond line",
        "a better answer",
        "edited",
        "href=\"../media/",
        "evil.html.txt\" download=\"evil.html\"",
        "This message was deleted.",
        "<blockquote>",
        "title=\"First Last\">❤️ 1</span>",
        "width=\"40\" height=\"20\"",
        "Times are UTC+02:00.",
    ] {
        assert!(chat.contains(part), "{part}\nis not in\n{chat}");
    }
    assert!(!chat.contains("a word too many"), "{chat}");
    assert!(page(&files, &format!("chats/{private}.html")).contains("between us"));
    for (name, bytes) in &files {
        let text = String::from_utf8_lossy(bytes);
        let is_page = name.ends_with(".html");
        assert!(!is_page || !text.contains("<script"), "{name}");
        assert!(!is_page || text.contains("default-src 'none'"), "{name}");
    }
    let document = document(&files);
    assert_eq!(document["format"], "messenger-archive");
    assert_eq!(
        (&document["person"], &document["secrets"]),
        (&Value::Null, &json!(false))
    );
    assert_eq!(document["people"].as_array().unwrap().len(), 4);
    assert!(document["people"]
        .as_array()
        .unwrap()
        .iter()
        .all(|person| person.get("password").is_none()));
    assert_eq!(document["messages"].as_array().unwrap().len(), 6);
    let with_file = |key: &str| {
        document["messages"]
            .as_array()
            .unwrap()
            .iter()
            .find(|message| !message[key].is_null())
            .unwrap()[key]
            .clone()
    };
    let (photo, file) = (with_file("photo"), with_file("file"));
    assert_eq!(files[file["path"].as_str().unwrap()], b"<script>alert(1)</script>");
    assert_eq!(
        files[photo["path"].as_str().unwrap()].len(),
        photo["size"].as_u64().unwrap() as usize
    );

    let romanian = house.alice.header("Accept-Language", "ro").get("/host/archive/").await;
    let romanian = archive(romanian);
    assert!(page(&romanian, &format!("chats/{group}.html")).contains("Acest mesaj a fost șters."));
}

#[tokio::test]
async fn only_hosts_get_everything_and_a_member_what_he_may_see() {
    let house = House::new().await;
    let census = crate::common::stored::census(&house.app);
    for user in [&house.bob, &house.eve] {
        user.get("/host/archive/").await.is(403);
        user.get("/host/archive/?secrets=1").await.is(403);
    }
    house.app.anonymous().get("/host/archive/").await.is(401);
    house.app.anonymous().get("/auth/export/").await.is(401);
    house.bob.get("/auth/export/?offset=soon").await.is(400);
    house.bob.get("/auth/export/?offset=841").await.is(400);

    // The host is not in the private chat: his own export has it not.
    let own = archive(house.alice.get("/auth/export/").await);
    let names: Vec<&String> = own.keys().filter(|name| name.starts_with("chats/")).collect();
    assert_eq!(names, [&format!("chats/{}.html", house.group.id)]);
    assert!(!own
        .values()
        .any(|bytes| String::from_utf8_lossy(bytes).contains("between us")));
    let document_of = document(&own);
    assert_eq!(document_of["person"], house.alice.id);
    let people: Vec<&Value> = document_of["people"]
        .as_array()
        .unwrap()
        .iter()
        .map(|person| &person["username"])
        .collect();
    assert_eq!(people, ["alice", "bob", "carol"]);
    for person in document_of["people"].as_array().unwrap() {
        assert_eq!(
            person.get("email").is_some(),
            person["id"] == house.alice.id,
            "{person}"
        );
        assert!(person.get("password").is_none());
    }
    let none = archive(house.eve.get("/auth/export/?secrets=1").await);
    assert_eq!(
        none.keys().collect::<Vec<_>>(),
        ["index.html", "messenger.json", "style.css"]
    );
    let document = document(&none);
    assert_eq!(
        (document["people"].as_array().unwrap().len(), &document["messages"]),
        (1, &json!([]))
    );
    assert_eq!(
        crate::common::stored::census(&house.app),
        census,
        "an archive changes nothing"
    );
}

#[tokio::test]
async fn what_came_out_comes_back_in() {
    let house = House::new().await;
    let bytes = house.alice.get("/host/archive/?secrets=1").await.is(200).bytes;
    let before = document(&files(&bytes));
    let mut app = App::start().await;
    app.stop().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lesson.zip");
    std::fs::write(&file, &bytes).unwrap();
    let (code, said, why) = app.command(&["import", "archive", file.to_str().unwrap()]).await;
    assert_eq!((code, why.as_str()), (Some(0), ""));
    assert_eq!(
        said,
        "4 people, 2 chats, 6 messages and 3 pictures and files came in.\n"
    );
    // From the command line as over HTTP, and the same as before.
    let again = folder.path().join("again.zip");
    let (code, _, why) = app.command(&["export", again.to_str().unwrap(), "--secrets"]).await;
    assert_eq!((code, why.as_str()), (Some(0), ""));
    let after = document(&files(&std::fs::read(&again).unwrap()));
    assert_eq!(comparable(&after), comparable(&before));
    let (code, _, why) = app.command(&["export", again.to_str().unwrap()]).await;
    assert_eq!(code, Some(1));
    assert!(why.contains("already"), "{why}");

    app.start_again().await;
    let form = json!({"username": "bob", "password": house.bob.password});
    let tokens = app.anonymous().post("/auth/login/", form).await.is(200).json();
    let bob = app.bearer(tokens["access"].as_str().unwrap());
    let messages = bob
        .get(&format!("/chat/messages/?chat={}", house.group.id))
        .await
        .is(200)
        .results();
    let photo = messages.iter().find_map(|message| message["photo"].as_str()).unwrap();
    assert_eq!(
        bob.get(photo.trim_start_matches(&app.base()))
            .await
            .is(200)
            .header("content-type"),
        "image/jpeg"
    );
    assert_eq!(bob.get("/chat/search/?q=better").await.is(200).results().len(), 1);
    bob.post(
        &format!("/chat/messages/{}/", house.group.id),
        json!({"text": "and on"}),
    )
    .await
    .is(201)
    .shows(json!({"seq": 6}));
}

/// What is handed out is in the ZIP once and is stored once where that comes in; each chat has its own all the same.
#[tokio::test]
async fn what_was_handed_out_stays_one_file() {
    let house = House::new().await;
    let other = house.alice.group("Other", &[&house.eve]).await;
    let bytes: Vec<u8> = (0..600_000_u32).map(|number| (number % 251) as u8).collect();
    let photo = pictures::jpeg(60, 30);
    for part in [
        Part::file("file", "tema.pdf", "application/pdf", &bytes),
        Part::file("photo", "tabla.jpg", "image/jpeg", &photo),
    ] {
        let chats = [house.group.id, other.id].map(|id| Part::field("chats", &id.to_string()));
        let parts: Vec<Part> = chats.into_iter().chain([part]).collect();
        house.alice.multipart("POST", "/host/handout/", &parts).await.is(201);
    }
    let packed = house.alice.get("/host/archive/?secrets=1").await.is(200).bytes;
    let whole = files(&packed);
    let ends = |files: &Files, end: &str| {
        files
            .keys()
            .filter(|name| name.ends_with(end))
            .cloned()
            .collect::<Vec<_>>()
    };
    let places = [ends(&whole, "-tema.pdf"), ends(&whole, "-tabla.jpg")].concat();
    assert_eq!(places.len(), 2, "{places:?}");
    assert_eq!(whole[&places[0]], bytes);
    let text = page(&whole, "messenger.json");
    for place in &places {
        assert_eq!(text.matches(place.as_str()).count(), 2, "one for each chat: {place}");
    }
    // Who is in one of the chats has it; its pages lead there.
    let own = archive(house.eve.get("/auth/export/").await);
    assert_eq!(own[&places[0]], bytes);
    assert!(page(&own, &format!("chats/{}.html", other.id)).contains(&places[0]));

    let mut app = App::start().await;
    app.stop().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lesson.zip");
    let told = text.replacen("\"from_user\":1", "\"from_user\":2", usize::MAX);
    let mut forged = whole.clone();
    let half = told.find(places[0].as_str()).unwrap();
    forged.insert(
        "messenger.json".to_owned(),
        [&told[..half], &text[half..]].concat().into_bytes(),
    );
    refused(&app, &zipped(&forged), "is named twice").await;
    std::fs::write(&file, &packed).unwrap();
    let (code, said, why) = app.command(&["import", "archive", file.to_str().unwrap()]).await;
    assert_eq!((code, why.as_str()), (Some(0), ""));
    assert!(said.contains("7 pictures and files"), "{said}");
    let stored =
        "SELECT count(*), count(DISTINCT coalesce(bytes_of, id)) FROM media WHERE name IN ('tema.pdf', 'tabla.jpg')";
    assert_eq!(app.rows(stored), [[json!(4), json!(2)]]);
    let chunks = |app: &App| app.rows("SELECT sum(length(bytes)) FROM media_chunks");
    assert_eq!(chunks(&app), chunks(&house.app));

    app.start_again().await;
    for (name, password, chat) in [
        ("bob", &house.bob.password, house.group.id),
        ("eve", &house.eve.password, other.id),
    ] {
        let form = json!({"username": name, "password": password});
        let tokens = app.anonymous().post("/auth/login/", form).await.is(200).json();
        let user = app.bearer(tokens["access"].as_str().unwrap());
        let messages = user
            .get(&format!("/chat/messages/?chat={chat}"))
            .await
            .is(200)
            .results();
        let url = messages.iter().find_map(|message| match message["file_name"].as_str() {
            Some("tema.pdf") => message["file"].as_str(),
            _ => None,
        });
        let path = url.unwrap().trim_start_matches(&app.base()).to_owned();
        assert_eq!(user.get(&path).await.is(200).bytes, bytes, "{name}");
    }
}

/// Asserts that a file is refused with these words and that nothing of it stayed.
pub async fn refused(app: &App, bytes: &[u8], words: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.zip");
    std::fs::write(&file, bytes).unwrap();
    let (code, said, why) = app.command(&["import", "archive", file.to_str().unwrap()]).await;
    assert_eq!((code, said.as_str()), (Some(1), ""), "{words}: {why}");
    assert!(
        why.contains(words) && why.lines().count() == 1,
        "{words:?} is not in {why:?}"
    );
    for table in ["users", "chats", "messages", "media", "media_chunks"] {
        assert_eq!(
            app.rows(&format!("SELECT count(*) FROM {table}")),
            [[json!(0)]],
            "{words}: {table}"
        );
    }
}

#[tokio::test]
async fn what_is_foreign_cut_or_hostile_changes_nothing() {
    let house = House::new().await;
    let bytes = house.alice.get("/host/archive/?secrets=1").await.is(200).bytes;
    let own = house.bob.get("/auth/export/").await.is(200).bytes;
    let whole = files(&bytes);
    let mut app = App::start().await;
    app.stop().await;
    refused(&app, b"", "it is no ZIP").await;
    refused(&app, b"PK\x03\x04 and nothing more", "it is no ZIP").await;
    for part in [100, bytes.len() / 2, bytes.len() - 30] {
        refused(&app, &bytes[..part], "it is no ZIP, or only a part of one").await;
    }
    refused(&app, &own, "it is one person's export").await;
    let with = |name: &str, bytes: &[u8]| {
        let mut files = whole.clone();
        files.insert(name.to_owned(), bytes.to_vec());
        zipped(&files)
    };
    let mut foreign = whole.clone();
    foreign.remove("messenger.json");
    refused(&app, &zipped(&foreign), "there is no messenger.json in it").await;
    for name in ["../evil", "media/../../evil", "/etc/evil", "media\\..\\evil", "C:evil"] {
        refused(&app, &with(name, b"x"), "it is no archive of Messenger's").await;
    }
    refused(&app, &with("media/bomb", &vec![0; 80 << 20]), "far larger").await;
    let text = page(&whole, "messenger.json");
    let path = document(&whole)["messages"]
        .as_array()
        .unwrap()
        .iter()
        .find_map(|message| message["photo"]["path"].as_str().map(str::to_owned))
        .unwrap();
    for (from, to, words) in [
        ("messenger-archive", "other", "it is no archive of Messenger's"),
        ("\"version\":1", "\"version\":99", "a newer Messenger"),
        ("\"people\":[", "\"persons\":[", "chats in the wrong place"),
        ("\"chat_id\":1", "\"chat_id\":77", "contradict each other"),
        ("\"seq\":2", "\"seq\":1", "contradict each other"),
        ("\"seq\":2", "\"seq\":999", "more messages than they count"),
        (
            "\"username\":\"bob\"",
            "\"username\":\"b b\"",
            "has a name that can't be one",
        ),
        ("\"role\":\"host\"", "\"role\":\"king\"", "has the role"),
        ("\"emoji\":\"", "\"emoji\":\"x", "no emoji"),
        (path.as_str(), "media/../x", "is not in it"),
        (path.as_str(), "index.html", "no picture or file"),
        ("]}\n", "]", "can't be read"),
    ] {
        assert!(text.contains(from), "{from}");
        refused(
            &app,
            &with("messenger.json", text.replacen(from, to, 1).as_bytes()),
            words,
        )
        .await;
    }
    refused(&app, &with(&path, b"no picture"), "is not as large as it was").await;
    // The same, and it is taken.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.zip");
    std::fs::write(&file, zipped(&whole)).unwrap();
    let (code, _, why) = app.command(&["import", "archive", file.to_str().unwrap()]).await;
    assert_eq!(code, Some(0), "{why}");
    let (code, _, why) = app.command(&["import", "archive", file.to_str().unwrap()]).await;
    assert_eq!(code, Some(1));
    assert!(why.contains("without people"), "{why}");
}
