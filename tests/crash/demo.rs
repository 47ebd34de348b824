//! `messenger demo`: a class to look at, and nothing of it left afterwards.

use crate::client::Client;
use crate::common::socket::Socket;
use crate::process::{names, Process, Start};
use serde_json::{json, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const CATALIN: (&str, &str) = ("catalin", "Barus123!");
const COSTIN: (&str, &str) = ("costin", "Brebu123!");

/// A demo whose temporary files go here.
fn demo(among: &Path) -> Start {
    Start::bare(among)
        .env("TMPDIR", among)
        .args(["demo", "--address", "127.0.0.1", "--port", "0", "--no-open"])
}

async fn try_login(base: &str, (name, password): (&str, &str)) -> (u16, Value) {
    let form = json!({"username": name, "password": password});
    let answer = Client::new(base).sure("POST", "/auth/login/", Some(form)).await;
    (answer.status, answer.body)
}

/// Signs in; the person and his token.
async fn login(server: &Process, who: (&str, &str)) -> (Client, String) {
    let (status, tokens) = try_login(&server.base, who).await;
    assert_eq!(status, 200, "{tokens}");
    let access = tokens["access"].as_str().unwrap().to_owned();
    (Client::bearer(&server.base, &access), access)
}

/// A live socket of somebody.
async fn socket(server: &Process, token: &str) -> Socket {
    let host = server.base.strip_prefix("http://").unwrap();
    let mut socket = Socket::open(host, &[]).await;
    socket.say(json!({"type": "auth", "token": token})).await;
    socket.find(&["live"]).await;
    socket
}

#[tokio::test]
async fn both_sign_in_see_the_class_and_hear_a_bot_and_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let server = demo(folder.path()).serves().await;
    let kept = names(folder.path());
    assert_eq!(kept.len(), 2, "a folder and its lock: {kept:?}");

    let (catalin, _) = login(&server, CATALIN).await;
    assert_eq!(catalin.get("/auth/me/").await.is(200).body["role"], "host");
    let (costin, token) = login(&server, COSTIN).await;
    assert_eq!(costin.get("/auth/me/").await.is(200).body["role"], "member");

    let chats = costin.get("/chat/").await.is(200).body;
    let chat = |name: &str| {
        let found = chats["results"]
            .as_array()
            .unwrap()
            .iter()
            .find(|chat| chat["name"] == name);
        found.unwrap_or_else(|| panic!("no {name:?} in {chats}")).clone()
    };
    let class = chat("Clasa a X-a B");
    assert_eq!(class["users"].as_array().unwrap().len(), 13);
    assert_eq!(class["unread_count"], 3);
    let history = costin
        .get(&format!("/chat/messages/?chat={}", class["id"]))
        .await
        .is(200)
        .body;
    let messages = history["results"].as_array().unwrap();
    let has = |is: &dyn Fn(&Value) -> bool| messages.iter().any(is);
    assert!(messages.len() >= 15, "{}", messages.len());
    assert!(has(&|message| message["edited"] == true));
    assert!(has(&|message| !message["reply_to"].is_null()));
    assert!(has(&|message| message["reactions"]
        .as_array()
        .is_some_and(|all| all.len() > 1)));
    let mut times: Vec<&str> = messages.iter().filter_map(|message| message["time"].as_str()).collect();
    times.reverse();
    assert!(times.is_sorted(), "{times:?}");
    assert_ne!(times[0][..10], times[times.len() - 1][..10], "over some days");
    for kind in ["photo", "file"] {
        let url = messages.iter().find_map(|message| message[kind].as_str()).unwrap();
        let path = url.split("/media/").nth(1).unwrap();
        assert!(!costin.get(&format!("/media/{path}")).await.is(200).bytes.is_empty());
    }

    // Who is no bot and has no password can't be signed in as.
    assert_eq!(try_login(&server.base, ("ana", "!")).await.0, 401);

    // A bot types, and answers who speaks to it.
    let mut socket = socket(&server, &token).await;
    let people = costin.get("/auth/user/?search=leo").await.is(200).body;
    let leo = &people["results"][0]["id"];
    let private = json!({"name": "Leo", "users": [leo], "type": "privat"});
    let private = costin.sure("POST", "/chat/", Some(private)).await.is(200).id();
    socket
        .say(json!({"type": "send", "client_id": "a-1", "chat_id": private, "text": "Hello Leo"}))
        .await;
    let mut typed = false;
    loop {
        let frame = socket.next().await;
        typed |= frame["type"] == "typing" && frame["user_id"] == *leo && frame["chat_id"] == private;
        if frame["kind"] == "message.created" && frame["data"]["from_user"] == *leo && frame["chat_id"] == private {
            assert_eq!(frame["data"]["text"], "Hello! How are you?");
            break;
        }
    }
    assert!(typed, "nobody was seen typing");

    server.signal("TERM");
    assert_eq!(server.ended().await, Some(0));
    assert!(names(folder.path()).is_empty(), "{:?}", names(folder.path()));
}

#[tokio::test]
async fn all_three_bots_chat_react_and_type() {
    let folder = tempfile::tempdir().unwrap();
    let server = demo(folder.path()).serves().await;
    let (costin, token) = login(&server, COSTIN).await;
    let mut socket = socket(&server, &token).await;
    let chats = costin.get("/chat/").await.is(200).body;
    let chats = chats["results"].as_array().unwrap();
    let class = &chats.iter().find(|chat| chat["name"] == "Clasa a X-a B").unwrap()["id"];
    let mut bots = BTreeMap::new();
    for name in ["mira", "leo", "zoe"] {
        let found = costin.get(&format!("/auth/user/?search={name}")).await.is(200).body;
        bots.insert(found["results"][0]["id"].as_i64().unwrap(), name);
    }
    let bot = |id: &Value| id.as_i64().and_then(|id| bots.get(&id).copied());
    let mut say = json!({"type": "send", "chat_id": class});
    let mut asked = BTreeMap::new();
    for text in ["Salut, Mira!", "Hello Leo", "Ce faci, Zoe?", "unu", "doi", "trei"] {
        say["client_id"] = json!(text);
        say["text"] = json!(text);
        socket.say(say.clone()).await;
        let ack = socket.find(&["ack"]).await;
        asked.insert(ack["id"].as_i64().unwrap(), text);
    }
    // Who is named answers, who is not reacts, and each of them chats when nobody has asked.
    let (mut typed, mut answered, mut reacted, mut chatted) =
        (BTreeSet::new(), BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
    while answered.len() < 3 || reacted.len() < 3 || chatted.is_empty() {
        let frame = socket.next().await;
        let data = &frame["data"];
        match frame["type"].as_str().unwrap() {
            "typing" => {
                typed.extend(bot(&frame["user_id"]));
            }
            "event" if frame["kind"] == "message.created" => {
                let Some(name) = bot(&data["from_user"]) else { continue };
                assert!(typed.contains(name), "{name} did not type before {data}");
                match data["reply_to"].as_i64() {
                    Some(quoted) => answered.insert(name, asked[&quoted]).is_none(),
                    None => chatted.insert(name),
                };
            }
            "event" if frame["kind"] == "message.updated" => {
                let reactions = data["reactions"].as_array().unwrap().iter();
                let by = reactions.flat_map(|reaction| reaction["users"].as_array().unwrap().iter().filter_map(&bot));
                reacted.extend(by.map(|name| (name, data["text"].as_str().unwrap().to_owned())));
            }
            _ => {}
        }
    }
    assert_eq!(
        answered,
        BTreeMap::from([("leo", "Hello Leo"), ("mira", "Salut, Mira!"), ("zoe", "Ce faci, Zoe?")])
    );
    assert!(chatted.contains("mira"), "whose line is the first: {chatted:?}");
    assert!(
        reacted.values().all(|text| asked.values().any(|said| said == text)),
        "{reacted:?}"
    );
    // All of it is stored as what people say is.
    let history = costin
        .get(&format!("/chat/messages/?chat={class}&limit=50"))
        .await
        .is(200)
        .body;
    let messages = history["results"].as_array().unwrap();
    for (name, text) in &reacted {
        let message = messages.iter().find(|message| message["text"] == *text).unwrap();
        let by = |reaction: &Value| {
            reaction["users"]
                .as_array()
                .unwrap()
                .iter()
                .any(|user| bot(user) == Some(name))
        };
        assert!(
            message["reactions"].as_array().unwrap().iter().any(by),
            "{name}: {message}"
        );
    }
    server.signal("TERM");
    assert_eq!(server.ended().await, Some(0));
    assert!(names(folder.path()).is_empty());
}

#[tokio::test]
async fn what_a_killed_demo_left_goes_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let first = demo(folder.path()).serves().await;
    let left = names(folder.path());
    first.kill().await;
    assert_eq!(names(folder.path()), left);
    let second = demo(folder.path()).serves().await;
    let now = names(folder.path());
    assert_eq!(now.len(), 2);
    assert!(now.iter().all(|name| !left.contains(name)), "{left:?} {now:?}");
    second.signal("TERM");
    assert_eq!(second.ended().await, Some(0));
    assert!(names(folder.path()).is_empty());
}

#[tokio::test]
async fn its_accounts_exist_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let server = Start::server(folder.path()).serves().await;
    for who in [CATALIN, COSTIN] {
        assert_eq!(try_login(&server.base, who).await.0, 401, "{}", who.0);
    }
    server.signal("TERM");
    assert_eq!(server.ended().await, Some(0));
    let file = folder.path().join("messenger.db");
    let rows = crate::common::stored::rows(&file, "SELECT count(*) FROM users");
    assert_eq!(json!(rows), json!([[0]]));
}

#[tokio::test]
async fn it_takes_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.db");
    demo(folder.path())
        .database(&file)
        .ends()
        .await
        .refuses(&["--database"]);
    assert!(names(folder.path()).is_empty());
}
