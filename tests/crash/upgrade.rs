//! Files of older versions: each released schema is kept as text in `tests/fixtures`, filled, with what the API answered
//! then. Today's server must start on it, give the same answers, and take the same passwords and tokens.
//!
//! A released schema's fixture is made once, by `FREEZE=schema-2 cargo test --test crash released_schema`, and never
//! changed: `schema-2.sql` makes the file, and each line of `schema-2.jsonl` is a person or what one of them was answered.

use crate::common::{golden, pictures, tokens, App, Caller, Part, Reply, User};
use crate::dump::{counts, dump, load};
use crate::load::{searchable, sound};
use crate::process::Start;
use serde_json::{json, Value};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// So that addresses in frozen answers are today's too.
const BASE: (&str, &str) = ("base_url", "http://messenger.example");

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// Fills a server with something of everything.
async fn fill(app: &App) -> Vec<User> {
    let (alice, bob, carol) = (app.user("alice").await, app.user("bob").await, app.user("carol").await);
    let private = alice.private(&bob).await;
    let group = alice.group("Grupă de lectură", &[&bob, &carol]).await;
    let picture = Part::file("profile_picture", "me.png", "image/png", &pictures::png(8, 8));
    alice
        .multipart("PUT", "/auth/profile_picture/", &[picture])
        .await
        .is(200);
    let hello = alice
        .send_json(&private, json!({"text": "Bună ziua", "client_id": "first"}))
        .await;
    bob.answer(&private, &hello, "Salut!").await;
    let edited = bob.send(&group, "a hasty wrod").await;
    bob.patch(&edited.path(), json!({"text": "a considered word"}))
        .await
        .is(200);
    let deleted = carol.send(&group, "not for long").await;
    carol.delete(&deleted.path()).await.is(204);
    for user in [&alice, &carol] {
        user.put(&format!("{}reactions/%F0%9F%91%8D/", edited.path()), json!({}))
            .await
            .is(200);
    }
    let parts = [
        Part::field("text", "a photo and a file"),
        Part::file("photo", "view.jpg", "image/jpeg", &pictures::phone(16, 12, 6, "secret")),
        Part::file("file", "notes.txt", "text/plain", b"What we read: nothing yet.\n"),
    ];
    alice
        .multipart("POST", &format!("/chat/messages/{}/", group.id), &parts)
        .await
        .is(201);
    bob.put(&format!("/chat/{}/read/", group.id), json!({"seq": 2}))
        .await
        .is(200);
    carol.remove(&group, &carol).await.is(204);
    // Signed in on a second device, and out again on a third.
    bob.again().await;
    bob.again().await.post("/auth/logout/", json!({})).await.is(205);
    vec![alice, bob, carol]
}

/// What somebody sees of everything, by path. When people were last seen moves on, and is left out.
async fn answers(user: &User) -> BTreeMap<String, Value> {
    let mut paths: Vec<String> = [
        "/auth/me/",
        "/auth/user/",
        "/chat/",
        "/chat/messages/",
        "/chat/search/?q=buna",
        "/chat/events/?since=0",
    ]
    .map(str::to_owned)
    .into();
    let chats = user.get("/chat/").await.is(200).ids();
    paths.extend(chats.iter().map(|id| format!("/chat/messages/?chat={id}&limit=200")));
    let mut all = BTreeMap::new();
    for path in paths {
        let mut body = user.get(&path).await.is(200).json();
        forget(&mut body, &["last_online", "online"]);
        all.insert(path, body);
    }
    // The bytes behind every address there.
    let text = json!(all).to_string();
    let media = text.split('"').filter_map(|part| part.strip_prefix(BASE.1));
    for path in media
        .filter(|path| path.starts_with("/media/"))
        .map(str::to_owned)
        .collect::<Vec<_>>()
    {
        let reply = user.get(&path).await.is(200);
        all.insert(path, bytes(&reply));
    }
    all
}

/// What stands for an answer that is not JSON.
fn bytes(reply: &Reply) -> Value {
    let digest: String = Sha256::digest(&reply.bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    json!({"type": reply.header("content-type"), "sha256": digest})
}

fn forget(value: &mut Value, keys: &[&str]) {
    match value {
        Value::Object(object) => {
            object.retain(|key, _| !keys.contains(&key.as_str()));
            object.values_mut().for_each(|inner| forget(inner, keys));
        }
        Value::Array(array) => array.iter_mut().for_each(|inner| forget(inner, keys)),
        _ => {}
    }
}

/// Makes the fixture of today's schema.
async fn freeze(name: &str) {
    let mut app = App::with(&[BASE]).await;
    let mut lines = String::new();
    let people = fill(&app).await;
    for user in &people {
        let person =
            json!({"name": user.name, "password": user.password, "access": user.access, "refresh": user.refresh});
        lines += &format!("{person}\n");
    }
    for user in &people {
        for (path, answer) in answers(user).await {
            lines += &format!("{}\n", json!({"to": user.name, "path": path, "answer": answer}));
        }
    }
    app.stop().await;
    std::fs::write(fixtures().join(format!("{name}.sql")), dump(&app.file())).unwrap();
    std::fs::write(fixtures().join(format!("{name}.jsonl")), lines).unwrap();
}

/// A frozen token as it was when it was fresh: nothing but its times is another's.
fn renewed(app: &App, token: &Value) -> String {
    let claims = tokens::claims(token.as_str().unwrap());
    let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    let claims = tokens::altered(&claims, "iat", json!(tokens::now()));
    tokens::sign(
        &tokens::altered(&claims, "exp", json!(tokens::now() + life)),
        &tokens::key(app),
    )
}

async fn assert_upgrades(name: &str) {
    let text = std::fs::read_to_string(fixtures().join(format!("{name}.sql"))).unwrap();
    let lines = std::fs::read_to_string(fixtures().join(format!("{name}.jsonl"))).unwrap();
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let (people, answers): (Vec<Value>, Vec<Value>) = lines.partition(|line| line.get("name").is_some());
    let mut app = App::with(&[BASE]).await;
    app.user("nobody").await;
    app.stop().await;
    std::fs::remove_file(app.file()).unwrap();
    load(&text, &app.file());
    let before = counts(&app.file());
    app.start_again().await;
    for (table, count) in &before {
        let now = app.rows(&format!("SELECT count(*) FROM {table}"));
        assert_eq!(now[0][0], *count, "{name}: rows of {table}");
    }
    let callers: BTreeMap<&str, Caller> = people
        .iter()
        .map(|person| {
            (
                person["name"].as_str().unwrap(),
                app.bearer(&renewed(&app, &person["access"])),
            )
        })
        .collect();
    for line in &answers {
        let (who, path, expected) = (&line["to"], line["path"].as_str().unwrap(), &line["answer"]);
        let reply = callers[who.as_str().unwrap()].get(path).await.is(200);
        let actual = match expected.get("sha256") {
            Some(_) => bytes(&reply),
            None => reply.body,
        };
        if let Some(fault) = golden::at_least(&actual, expected) {
            panic!("{name}: {who} sees {path} otherwise: {fault}\n{actual:#}");
        }
    }
    for person in &people {
        let refresh = json!({"refresh": renewed(&app, &person["refresh"])});
        app.anonymous().post("/auth/login/refresh/", refresh).await.is(200);
        let form = json!({"username": person["name"], "password": person["password"]});
        app.anonymous().post("/auth/login/", form).await.is(200);
    }
    let alice = &callers["alice"];
    let chats = alice.get("/chat/").await.is(200).results();
    let sent = alice
        .post(
            &format!("/chat/messages/{}/", chats[0]["id"]),
            json!({"text": "still here"}),
        )
        .await
        .is(201);
    assert_eq!(
        sent.body["seq"],
        chats[0]["last_seq"].as_i64().unwrap() + 1,
        "the next number in its chat"
    );
    // What was indexed by the older version can be reworded and is found with what is sent now.
    let mut old = alice.get("/chat/search/?q=buna").await.is(200).ids();
    let path = format!("/chat/messages/{}/", old[0]);
    alice.patch(&path, json!({"text": "Good day"})).await.is(200);
    for (query, ids) in [
        ("buna", vec![]),
        ("good", vec![old.remove(0)]),
        ("still", vec![sent.id()]),
    ] {
        let found = alice.get(&format!("/chat/search/?q={query}")).await.is(200);
        assert_eq!(found.ids(), ids, "{name}: what is found of {query}");
    }
    sound(&app.file());
    app.stop().await;
    searchable(&app.file());
}

#[tokio::test]
async fn a_file_of_every_released_schema_is_brought_up_to_date() {
    if let Some(name) = std::env::var_os("FREEZE") {
        freeze(&name.to_string_lossy()).await;
    }
    let mut names: Vec<String> = std::fs::read_dir(fixtures())
        .unwrap()
        .filter_map(|entry| Some(entry.unwrap().file_name().to_str()?.strip_suffix(".sql")?.to_owned()))
        .collect();
    names.sort();
    assert!(names.contains(&"schema-1".to_owned()), "{names:?}");
    for name in names {
        assert_upgrades(&name).await;
    }
}

/// An upgrade is done once, and an idle server writes nothing into its file.
#[tokio::test]
async fn a_second_start_changes_nothing() {
    let text = std::fs::read_to_string(fixtures().join("schema-1.sql")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("messenger.db");
    load(&text, &file);
    let mut dumps = Vec::new();
    for _ in 0..2 {
        let server = Start::server(folder.path()).serves().await;
        server.signal("TERM");
        assert_eq!(server.ended().await, Some(0));
        dumps.push(dump(&file));
    }
    assert_eq!(dumps[0], dumps[1]);
}
