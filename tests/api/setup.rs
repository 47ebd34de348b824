//! How a server gets its host: by the link that its window shows, once; and what everybody finds who comes after.

use crate::common::golden::assert_is;
use crate::common::{stored, App, Caller, Part, Reply, User};
use crate::stage::Stage;
use serde_json::{json, Value};

/// The token of the link in the server's window.
async fn token(app: &App) -> String {
    app.printed(|line| {
        let (_, token) = line.split_once("/#/setup/")?;
        Some(token.to_owned())
    })
    .await
}

fn form(token: &str) -> Value {
    json!({
        "token": token, "server_name": "Clasa a 9-a", "first_name": "Elena", "last_name": "Popescu",
        "username": "host", "password": "violet harbour 41"
    })
}

async fn host(app: &App) -> (User, Value) {
    let form = form(&token(app).await);
    let pair = app.anonymous().post("/host/setup/", form).await.is(201).json();
    let host = User::login(&app.anonymous(), "host", "", "violet harbour 41").await;
    (host, pair)
}

async fn door(caller: &Caller) -> Value {
    caller.get("/auth/server/").await.is(200).json()
}

#[tokio::test]
async fn the_link_makes_a_host_once() {
    let app = App::start().await;
    let early = app.user("early").await;
    assert_eq!(door(&app.anonymous()).await["setup"], true);
    let token = token(&app).await;
    let now = early.cursor().await;
    let pair = app.anonymous().post("/host/setup/", form(&token)).await.is(201).json();
    assert_is(&pair, json!({"refresh": "<string>", "access": "<string>"}));
    let access = pair["access"].as_str().expect("a token");
    let me = app.bearer(access).get("/auth/me/").await.is(200);
    me.shows(json!({"username": "host", "first_name": "Elena", "host": true, "role": "host"}));
    let server = door(&app.anonymous()).await;
    assert_eq!((&server["name"], server.get("setup")), (&json!("Clasa a 9-a"), None));
    assert_eq!(
        app.rows("SELECT username, role FROM users ORDER BY id"),
        [[json!("early"), json!(1)], [json!("host"), json!(3)]]
    );
    // Who was there before is in the group, too, and hears of it.
    let kinds: Vec<Value> = early
        .events_since(&now)
        .await
        .iter()
        .map(|event| event["kind"].clone())
        .collect();
    assert_eq!(kinds, ["server.updated", "chat.created", "message.created"]);

    let before = stored::census(&app);
    let again = app.anonymous().post("/host/setup/", form(&token)).await.is(409).json();
    assert_eq!(again["detail"], "This server has a host. Ask the host.");
    assert_eq!(stored::census(&app), before);
}

#[tokio::test]
async fn whoever_comes_later_is_in_the_group_of_everybody_unless_it_is_off() {
    let app = App::start().await;
    let (host, _) = host(&app).await;
    let chats = host.get("/chat/").await.is(200).results();
    assert_eq!(chats.len(), 1);
    assert_eq!(
        (&chats[0]["name"], &chats[0]["users"]),
        (&json!("Everyone"), &json!([host.id]))
    );
    let text = chats[0]["last_message"]["text"].as_str().expect("a welcome");
    assert!(text.contains("Clasa a 9-a"), "{text}");

    let now = host.cursor().await;
    let ana = app.user("ana").await;
    let mine = ana.get("/chat/").await.is(200).results();
    assert_eq!(mine.len(), 1);
    assert_eq!((&mine[0]["id"], &mine[0]["unread_count"]), (&chats[0]["id"], &json!(0)));
    let events = now.told(&[&host, &ana], &["member.added"], &[]).await;
    assert_eq!(events[0]["chat_id"], chats[0]["id"]);

    host.patch("/host/settings/", json!({"everyone": false})).await.is(200);
    let bob = app.user("bob").await;
    assert_eq!(bob.get("/chat/").await.is(200).results().len(), 0);
    host.patch("/host/settings/", json!({"everyone": true})).await.is(200);
    let dan = app.user("dan").await;
    assert_eq!(dan.get("/chat/").await.is(200).results().len(), 1);
}

#[tokio::test]
async fn a_group_that_is_full_or_gone_keeps_nobody_out() {
    let app = App::start().await;
    let (host, _) = host(&app).await;
    let chat = crate::common::Chat::of(host.get("/chat/1/").await.is(200));
    stored::crowd(&app, &chat, 500);
    let ana = app.user("ana").await;
    assert_eq!(ana.get("/chat/").await.is(200).results().len(), 0);
}

#[tokio::test]
async fn who_has_not_the_link_makes_no_host() {
    let app = App::start().await;
    let token = token(&app).await;
    let before = stored::census(&app);
    for wrong in ["x", &token[1..], &token.to_lowercase(), &format!("{token}x")] {
        let refused = app.anonymous().post("/host/setup/", form(wrong)).await.is(403).json();
        let detail = refused["detail"].as_str().expect("a detail");
        assert!(detail.starts_with("This is not the link"), "{detail}");
    }
    let mut without = form(&token);
    without.as_object_mut().expect("an object").remove("token");
    let refused = app.anonymous().post("/host/setup/", without).await.is(400).json();
    assert_is(&refused["token"], json!(["This field is required."]));
    assert_eq!(stored::census(&app), before);
    // A registration is no set-up.
    app.user("ana")
        .await
        .get("/auth/me/")
        .await
        .is(200)
        .shows(json!({"role": "member"}));
    assert_eq!(door(&app.anonymous()).await["setup"], true);
}

#[tokio::test]
async fn what_is_wrong_is_named_and_the_link_stays_good() {
    let app = App::start().await;
    app.user("ana").await;
    let token = token(&app).await;
    let before = stored::census(&app);
    for (field, value) in [
        ("server_name", json!("")),
        ("server_name", json!("x".repeat(61))),
        ("server_name", json!("a\u{202e}b")),
        ("first_name", json!(null)),
        ("last_name", json!("a\u{200b}b")),
        ("username", json!("with space")),
        ("username", json!("Ana")),
        ("password", json!("12345678")),
        ("password", json!("short")),
        ("password", json!("")),
    ] {
        let mut fields = form(&token);
        fields[field] = value.clone();
        let refused = app.anonymous().post("/host/setup/", fields).await.is(400).json();
        assert!(refused[field].is_array(), "{field} {value}: {refused}");
    }
    assert_eq!(stored::census(&app), before);
    let mut fields = form(&token);
    fields["last_name"] = json!("");
    app.anonymous().post("/host/setup/", fields).await.is(201);
}

#[tokio::test]
async fn two_with_one_link_make_one_host() {
    let app = App::start().await;
    let token = token(&app).await;
    let mut other = form(&token);
    other["username"] = json!("second");
    let (one, two) = (app.anonymous(), app.anonymous());
    let (one, two) = tokio::join!(one.post("/host/setup/", form(&token)), two.post("/host/setup/", other));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    assert_eq!(app.rows("SELECT count(*) FROM users WHERE role = 3"), [[json!(1)]]);
    assert_eq!(app.rows("SELECT count(*) FROM chats"), [[json!(1)]]);
}

#[tokio::test]
async fn guesses_are_counted() {
    let app = App::with(&[("rate_limits", "true")]).await;
    let mut refused = 0;
    for _ in 0..12 {
        let answer = app.anonymous().post("/host/setup/", form("guess")).await;
        assert!([403, 429].contains(&answer.status), "{}", answer.status);
        refused += usize::from(answer.status == 429);
    }
    assert!(refused >= 1);
    let late = app.anonymous().post("/host/setup/", form(&token(&app).await)).await;
    assert_eq!(late.status, 429, "the right one, too, from who has guessed");
}

#[tokio::test]
async fn a_start_makes_a_new_link_and_a_host_ends_that() {
    let mut app = App::start().await;
    let old = token(&app).await;
    app.restart().await;
    let new = token(&app).await;
    assert_ne!(old, new);
    app.anonymous().post("/host/setup/", form(&old)).await.is(403);
    app.anonymous().post("/host/setup/", form(&new)).await.is(201);
    app.restart().await;
    app.user("ana").await;
    assert!(
        !app.stdout().iter().any(|line| line.contains("setup")),
        "{:?}",
        app.stdout()
    );
    app.anonymous().post("/host/setup/", form(&new)).await.is(409);
}

#[tokio::test]
async fn what_is_made_speaks_the_hosts_language() {
    let app = App::start().await;
    let token = token(&app).await;
    let body = form(&token).to_string();
    let answer = reqwest::Client::new()
        .post(format!("{}/host/setup/", app.base()))
        .header("accept-language", "ro")
        .header("content-type", "application/json")
        .body(body)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 201);
    assert_eq!(app.rows("SELECT name FROM chats"), [[json!("Toți")]]);
}

/// A backup of a server with a host, Alice, and words of Bob's.
async fn backup() -> (Vec<u8>, Stage) {
    let stage = Stage::set().await;
    stored::make_host(&stage.app, &stage.alice);
    let host = stage.alice.again().await;
    stage.bob.send(&stage.chat, "from before").await;
    let made = host.post("/host/backups/", json!({})).await.is(201).json();
    let path = format!("/host/backups/{}/", made["name"].as_str().expect("a name"));
    (host.get(&path).await.is(200).bytes, stage)
}

/// Asks for a restore with this in the header `X-Setup-Token`.
async fn restores(app: &App, token: &str, backup: &[u8]) -> Reply {
    let part = Part::file("file", "backup.db", "application/octet-stream", backup);
    let caller = app.anonymous().header("X-Setup-Token", token);
    caller.multipart("POST", "/host/restore/", &[part]).await
}

#[tokio::test]
async fn who_shows_the_link_restores_before_there_is_a_host() {
    let (backup, there) = backup().await;
    let mut app = App::start().await;
    let early = app.user("early").await;
    let old = token(&app).await;
    app.restart().await;
    let token = token(&app).await;
    let (before, now) = (stored::census(&app), early.cursor().await);
    for wrong in ["", "x", &old, &token[1..], &token.to_lowercase(), &format!("{token}x")] {
        let refused = restores(&app, wrong, &backup).await.is(403).json();
        let detail = refused["detail"].as_str().expect("a detail");
        assert!(detail.starts_with("This is not the link"), "{wrong:?}: {detail}");
    }
    // Nobody's and a member's word is none.
    let part = || Part::file("file", "b.db", "application/octet-stream", &backup);
    let nobody = app.anonymous();
    nobody.multipart("POST", "/host/restore/", &[part()]).await.is(401);
    early.multipart("POST", "/host/restore/", &[part()]).await.is(403);
    // What is no backup leaves the link good.
    let refused = restores(&app, &token, b"a photo, perhaps").await.is(400).json();
    assert!(refused["file"].is_array(), "{refused}");
    assert_eq!(stored::census(&app), before);
    assert!(early.events_since(&now).await.is_empty());
    let files = app.files();
    assert!(files.iter().all(|name| !name.contains("restore")), "{files:?}");

    let restored = restores(&app, &token, &backup).await;
    restored.is(202).says(json!({"status": "restarting"}));
    app.began(2).await;
    assert_eq!(app.rows("SELECT text FROM messages"), [[json!("from before")]]);
    assert_eq!(
        app.rows("SELECT count(*) FROM users WHERE username = 'early'"),
        [[json!(0)]]
    );
    let alice = &there.alice;
    let login = json!({"username": alice.name, "password": alice.password});
    app.anonymous().post("/auth/login/", login).await.is(200);
    // There is a host now: the link makes none, and puts nothing in place.
    assert_eq!(door(&app.anonymous()).await.get("setup"), None);
    let before = stored::census(&app);
    restores(&app, &token, &backup).await.is(409);
    app.anonymous().post("/host/setup/", form(&token)).await.is(409);
    assert_eq!(stored::census(&app), before);
}

#[tokio::test]
async fn once_there_is_a_host_the_link_restores_nothing() {
    let (backup, _) = backup().await;
    let app = App::start().await;
    let token = token(&app).await;
    app.anonymous().post("/host/setup/", form(&token)).await.is(201);
    let before = stored::census(&app);
    for shown in [token.as_str(), "", "guess"] {
        let refused = restores(&app, shown, &backup).await.is(409).json();
        assert_eq!(refused["detail"], "This server has a host. Ask the host.", "{shown:?}");
    }
    assert_eq!(stored::census(&app), before);
}

#[tokio::test]
async fn guesses_at_a_restore_are_counted_as_those_at_the_link() {
    let (backup, _) = backup().await;
    let app = App::with(&[("rate_limits", "true")]).await;
    let token = token(&app).await;
    let before = stored::census(&app);
    let mut statuses = Vec::new();
    for _ in 0..12 {
        statuses.push(restores(&app, "guess", &backup).await.status);
    }
    assert!(statuses[..10].iter().all(|status| *status == 403), "{statuses:?}");
    assert!(statuses.contains(&429), "{statuses:?}");
    restores(&app, &token, &backup).await.is(429);
    app.anonymous().post("/host/setup/", form(&token)).await.is(429);
    assert_eq!(stored::census(&app), before);
}
