//! Guests: in with a name, for some hours, to read and write.

use crate::common::golden::assert_shows;
use crate::common::{stored, Chat, Reply, User};
use crate::house::host;
use crate::stage::Stage;
use serde_json::{json, Value};

const PATH: &str = "/auth/guest/";

/// The stage with guests let in, and its host.
async fn open() -> (Stage, User) {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    host.patch("/host/settings/", json!({"guests": true, "guest_hours": 2}))
        .await
        .is(200);
    (stage, host)
}

async fn knock(stage: &Stage, name: &str) -> Reply {
    stage.app.anonymous().post(PATH, json!({"name": name})).await
}

async fn guest(stage: &Stage, name: &str) -> User {
    let tokens = knock(stage, name).await.is(201).json();
    User::entered(&stage.app.anonymous(), &tokens).await
}

#[tokio::test]
async fn a_name_is_enough_where_the_host_lets_guests_in() {
    let (stage, _) = open().await;
    let reply = knock(&stage, "  Gina  ").await.is(201);
    assert!(reply.header("set-cookie").starts_with("media="));
    let tokens = reply.says(json!({"refresh": "<string>", "access": "<string>"})).json();
    let gina = User::entered(&stage.app.anonymous(), &tokens).await;
    let me = gina.get("/auth/me/").await.is(200).json();
    assert_shows(
        &me,
        json!({"first_name": "Gina", "last_name": "", "email": "", "role": "guest", "host": false}),
    );
    assert!(gina.name.starts_with("guest-"), "{}", gina.name);
    let seen = stage.bob.get(&format!("/auth/user/{}/", gina.id)).await.is(200).json();
    assert_shows(&seen, json!({"first_name": "Gina", "role": "guest"}));
    let hour = 3_600_000_000_i64;
    let rows = stage.app.rows(&format!(
        "SELECT role, active, leaves_at - users.created_at BETWEEN {hour} AND 3 * {hour}, s.expires_at = leaves_at
         FROM users JOIN sessions s ON s.user_id = users.id WHERE users.id = {}",
        gina.id
    ));
    assert_eq!(rows, [[json!(0), json!(1), json!(1), json!(1)]]);
    // The session ends with the guest's time, refreshed or not; and no password opens the account.
    let refresh = json!({"refresh": gina.refresh});
    gina.post("/auth/login/refresh/", refresh).await.is(200);
    let ends = stage
        .app
        .rows("SELECT count(*) FROM sessions JOIN users u ON u.id = user_id WHERE expires_at > leaves_at");
    assert_eq!(ends, [[json!(0)]]);
    let login = json!({"username": gina.name, "password": "guest"});
    gina.post("/auth/login/", login).await.is(401);
}

#[tokio::test]
async fn nobody_comes_in_where_there_are_no_guests() {
    let stage = Stage::set().await;
    let now = stage.bob.cursor().await;
    let before = stored::census(&stage.app);
    let off = json!({"detail": "There are no guests here right now. Ask the host.", "code": "guests_off"});
    knock(&stage, "Gina").await.is(403).says(off.clone());
    knock(&stage, "").await.is(403).says(off);
    assert_eq!(stored::census(&stage.app), before);
    assert!(stage.bob.events_since(&now).await.is_empty());
}

#[tokio::test]
async fn a_guest_needs_the_class_code_where_accounts_do() {
    let (stage, host) = open().await;
    let changes = json!({"registration": "code", "class_code": "fox 7"});
    host.patch("/host/settings/", changes).await.is(200);
    knock(&stage, "Gina")
        .await
        .is(400)
        .says(json!({"class_code": ["This field is required."]}));
    let with = |code: &str| json!({"name": "Gina", "class_code": code});
    let nobody = stage.app.anonymous();
    nobody.post(PATH, with("fix 7")).await.is(400);
    nobody.post(PATH, with("FOX7")).await.is(201);
    // Closed to accounts, it may be open to guests.
    host.patch("/host/settings/", json!({"registration": "closed"}))
        .await
        .is(200);
    knock(&stage, "Horia").await.is(201);
    assert_eq!(stored::count(&stage.app, "users WHERE role = 0"), 2);
}

#[tokio::test]
async fn a_guest_is_nobody_else() {
    let (stage, _) = open().await;
    let path = format!("/auth/update_profile/{}/", stage.bob.id);
    let names = json!({"first_name": "Bogdan", "last_name": "Popa"});
    stage.bob.patch(&path, names).await.is(200);
    guest(&stage, "Gina Vlad").await;
    let before = stored::census(&stage.app);
    let taken = json!({"name": ["Somebody here has this name, or one that looks like it. Choose another."]});
    for name in [
        "Bogdan Popa",
        "bogdan  popa",
        "Popa Bogdan",
        "B\u{43e}gdan P\u{43e}pa",
        "alice",
        "A.L.I.C.E",
        "Gina Vlad",
        "ginavlad",
        "Admin",
        "Host",
    ] {
        knock(&stage, name).await.is(400).says(taken.clone());
    }
    for name in ["", "  ", "\u{202e}Gina", "!!!", &"x".repeat(61)] {
        let reply = knock(&stage, name).await.is(400).json();
        assert!(reply["name"].is_array(), "{name:?}: {reply}");
    }
    assert_eq!(stored::census(&stage.app), before);
    knock(&stage, "Bogdan").await.is(201);
}

#[tokio::test]
async fn a_guest_reads_and_writes_and_does_nothing_else() {
    let (stage, _) = open().await;
    let gina = guest(&stage, "Gina").await;
    let link = stage.alice.link(&stage.chat).await;
    let now = stage.bob.cursor().await;
    let before = stored::census(&stage.app);
    let refused = json!({"detail": "Guests only read and write here.", "code": "guest"});
    let refuses = |reply: Reply| reply.is(403).says(refused.clone());
    for kind in ["privat", "group"] {
        let chat = json!({"name": "n", "users": [stage.bob.id], "type": kind});
        refuses(gina.post("/chat/", chat).await);
    }
    refuses(gina.post(&format!("/chat/join/{link}/"), json!({})).await);
    let profile = format!("/auth/update_profile/{}/", gina.id);
    for change in [
        json!({"username": "gina"}),
        json!({"email": "g@example.org"}),
        json!({"first_name": "Bob"}),
    ] {
        refuses(gina.patch(&profile, change).await);
    }
    assert_eq!(stored::census(&stage.app), before);
    assert!(stage.bob.events_since(&now).await.is_empty());

    stage.alice.add(&stage.chat, &gina).await.is(200);
    let message = gina.send(&stage.chat, "Hi from a guest").await;
    assert_eq!(stored::message(&stage.app, &message)[2], json!(gina.id));
    now.told_of(&[&stage.bob, &gina], "message.created", &stage.chat, &[&stage.eve])
        .await;
    let path = format!("/chat/{}/", stage.chat.id);
    for change in [json!({"name": "renamed"}), json!({"users": [stage.eve.id]})] {
        refuses(gina.patch(&path, change).await);
    }
    refuses(gina.post(&format!("{path}link/"), json!({})).await);
    assert_eq!(stored::chat(&stage.app, &stage.chat)[0], "G");
    gina.remove(&stage.chat, &gina).await.is(204);
}

#[tokio::test]
async fn when_his_time_is_over_a_guest_is_out_and_his_words_stay() {
    let (stage, _) = open().await;
    let gina = guest(&stage, "Gina").await;
    stage.alice.add(&stage.chat, &gina).await.is(200);
    let message = gina.send(&stage.chat, "I was here").await;
    let mut socket = gina.socket().await;
    stored::leave(&stage.app, &gina);
    // Somebody who comes in has the times looked at.
    let horia = guest(&stage, "Horia").await;
    socket.closes(4401).await;
    assert_eq!(stored::sessions(&stage.app, &gina), 0);
    let code = |reply: Reply| reply.is(401).json()["code"].clone();
    assert_eq!(code(gina.get("/auth/me/").await), "user_inactive");
    let refresh = json!({"refresh": gina.refresh});
    gina.post("/auth/login/refresh/", refresh).await.is(401);
    let row = stage.app.rows(&format!(
        "SELECT active, leaves_at, guest_key FROM users WHERE id = {}",
        gina.id
    ));
    assert_eq!(row, [[json!(0), Value::Null, Value::Null]]);
    assert_eq!(stage.bob.message(&message).await["text"], "I was here");
    stage.bob.get(&format!("/auth/user/{}/", gina.id)).await.is(404);
    horia.get("/auth/me/").await.is(200);
    // The name is free again; a restart makes nobody come back.
    guest(&stage, "Gina").await;
}

#[tokio::test]
async fn a_guest_whose_time_passes_while_the_server_is_off_is_out_at_its_start() {
    let (mut stage, _) = open().await;
    let gina = guest(&stage, "Gina").await;
    let horia = guest(&stage, "Horia").await;
    stage.app.stop().await;
    stored::leave(&stage.app, &gina);
    stage.app.start_again().await;
    // The first thing that is done at the start, so that this one finds it done.
    guest(&stage, "Iosif").await;
    let mut socket = horia.socket().await;
    socket.lives().await;
    let gone = stage.app.rows("SELECT first_name FROM users WHERE NOT active");
    assert_eq!(gone, [[json!("Gina")]]);
}

#[tokio::test]
async fn a_guest_who_is_made_a_member_stays() {
    let (stage, host) = open().await;
    let gina = guest(&stage, "Gina").await;
    let now = stage.bob.cursor().await;
    stage.alice.add(&stage.chat, &gina).await.is(200);
    host.patch(&format!("/host/people/{}/", gina.id), json!({"role": "member"}))
        .await
        .is(200)
        .says(json!({"id": gina.id, "role": "member"}));
    let told = stage.bob.events_since(&now).await;
    let last = told.last().expect("an event");
    assert_eq!(
        (&last["kind"], &last["data"]["role"]),
        (&json!("user.updated"), &json!("member"))
    );
    Chat::of(
        gina.post("/chat/", json!({"name": "n", "users": [], "type": "group"}))
            .await
            .is(201),
    );
    let row = stage.app.rows(&format!(
        "SELECT role, leaves_at, guest_key FROM users WHERE id = {}",
        gina.id
    ));
    assert_eq!(row, [[json!(1), Value::Null, Value::Null]]);
}
