//! Registering and logging in.

use crate::common::golden::assert_shows;
use crate::common::{stored, tokens, App, Table};
use serde_json::{json, Value};

const TAKEN: &str = "A user with that username already exists.";
const REQUIRED: &str = "This field is required.";
const BLANK: &str = "This field may not be blank.";
const BAD_NAME: &str =
    "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.";

/// A form that registers, with some fields replaced; null takes a field away.
fn form(changes: Value) -> Value {
    let mut form = json!({
        "username": "dora", "password": "quiet lantern 9", "password2": "quiet lantern 9",
        "email": "dora@example.org", "first_name": "Dora", "last_name": "Pop"
    });
    for (name, value) in changes.as_object().unwrap() {
        if value == "<gone>" {
            form.as_object_mut().unwrap().remove(name);
        } else {
            form[name] = value.clone();
        }
    }
    form
}

#[tokio::test]
async fn registering_answers_and_stores_the_account() {
    let app = App::start().await;
    let sent = form(json!({"is_staff": true, "is_superuser": true, "host": true, "id": 77, "user_id": 77}));
    let reply = app.anonymous().post("/auth/register/", sent).await.is(201);
    reply.in_order(&["username", "email", "first_name", "last_name"]).says(json!({
        "username": "dora", "email": "dora@example.org", "first_name": "Dora", "last_name": "Pop", "second_name": "Pop"
    }));
    let row = json!(["dora", "dora@example.org", "Dora", "Pop"]);
    assert_eq!(stored::user(&app, "dora"), row);
    assert_eq!(
        app.rows("SELECT id, role FROM users"),
        [[json!(1), json!(1)]],
        "fields that nobody may set"
    );
    let hash = stored::hash(&app, "dora");
    let start = if cfg!(debug_assertions) {
        "pbkdf2_sha256$1000$"
    } else {
        "pbkdf2_sha256$600000$"
    };
    assert!(hash.starts_with(start), "{hash}");

    let trimmed = form(json!({
        "username": "  emil ", "email": " emil@example.org ", "first_name": " Ion  Emil ", "last_name": 5
    }));
    app.anonymous()
        .post("/auth/register/", trimmed)
        .await
        .is(201)
        .shows(json!({
            "username": "emil", "email": "emil@example.org", "first_name": "Ion  Emil", "last_name": "5"
        }));
}

#[tokio::test]
async fn a_password_is_taken_exactly_as_sent() {
    let app = App::start().await;
    let nobody = app.anonymous();
    let password = "  spaces around me  ";
    let sent = form(json!({"password": password, "password2": password}));
    nobody.post("/auth/register/", sent).await.is(201);
    let login = |password: &str| json!({"username": "dora", "password": password});
    nobody.post("/auth/login/", login(password.trim())).await.is(401);
    nobody.post("/auth/login/", login(password)).await.is(200);

    let long = "p".repeat(250) + "assing";
    let sent = form(json!({"username": "lung", "email": "l@example.org", "password": long, "password2": long}));
    nobody.post("/auth/register/", sent).await.is(201);
}

#[tokio::test]
async fn registering_refuses() {
    let app = App::start().await;
    let nobody = app.anonymous();
    nobody
        .post(
            "/auth/register/",
            form(json!({"username": "ana", "email": "ana@example.org"})),
        )
        .await
        .is(201);
    let before = stored::census(&app);
    let long = "x".repeat(151);
    let too_long = json!(["Ensure this field has no more than 150 characters."]);
    let password = |password: &str| json!({"password": password, "password2": password});
    let rows = [
        (
            json!({"password2": "quiet lantern 8"}),
            json!({"password": ["Password fields didn't match."]}),
        ),
        (
            password("123456"),
            json!({"password": [
                "This password is too short. It must contain at least 8 characters.",
                "This password is too common.", "This password is entirely numeric."]}),
        ),
        (
            password("12345678"),
            json!({"password": ["This password is too common.", "This password is entirely numeric."]}),
        ),
        (
            password("password"),
            json!({"password": ["This password is too common."]}),
        ),
        (
            password("7391846250193"),
            json!({"password": ["This password is entirely numeric."]}),
        ),
        (
            password("x9-kq"),
            json!({"password": ["This password is too short. It must contain at least 8 characters."]}),
        ),
        (
            json!({"username": "zaharescu", "password": "zaharescu1", "password2": "zaharescu1"}),
            json!({"password": ["The password is too similar to the username."]}),
        ),
        (
            json!({"username": "ana", "email": "ana@example.org"}),
            json!({"username": [TAKEN], "email": ["This field must be unique."]}),
        ),
        (
            json!({"email": "ANA@example.org"}),
            json!({"email": ["This field must be unique."]}),
        ),
        (json!({"username": "ANA"}), json!({"username": [TAKEN]})),
        (json!({"username": "аnа"}), json!({"username": [TAKEN]})), // Cyrillic
        (json!({"username": "ａna"}), json!({"username": [TAKEN]})), // full width
        (json!({"username": "a b"}), json!({"username": [BAD_NAME]})),
        (json!({"username": "an\u{202E}a"}), json!({"username": [BAD_NAME]})),
        (json!({"username": "an\u{200D}a"}), json!({"username": [BAD_NAME]})),
        (json!({"username": "an<a>"}), json!({"username": [BAD_NAME]})),
        (
            json!({"email": "nobody"}),
            json!({"email": ["Enter a valid email address."]}),
        ),
        (
            json!({"email": "a@b@c.org"}),
            json!({"email": ["Enter a valid email address."]}),
        ),
        (json!({"username": long}), json!({"username": too_long})),
        (
            json!({"first_name": long, "last_name": long}),
            json!({"first_name": too_long, "last_name": too_long}),
        ),
        (
            json!({"first_name": null}),
            json!({"first_name": ["This field may not be null."]}),
        ),
        (json!({"first_name": "  "}), json!({"first_name": [BLANK]})),
        (
            json!({"first_name": true}),
            json!({"first_name": ["Not a valid string."]}),
        ),
        (
            json!({"first_name": ["a"]}),
            json!({"first_name": ["Not a valid string."]}),
        ),
        (
            json!({"first_name": {}}),
            json!({"first_name": ["Not a valid string."]}),
        ),
        (
            json!({"first_name": "a\u{0}b"}),
            json!({"first_name": ["Null characters are not allowed."]}),
        ),
        (json!({"email": "<gone>"}), json!({"email": [REQUIRED]})),
    ];
    let mut table = Table::new("POST /auth/register/");
    for (changes, answer) in rows {
        table.says(&nobody.post("/auth/register/", form(changes)).await, 400, answer);
    }
    let long = nobody
        .post("/auth/register/", form(password(&"longest".repeat(37))))
        .await;
    table.shows(
        &long,
        400,
        json!({"password": ["Ensure this field has no more than 256 characters."]}),
    );
    let all = ["username", "password", "password2", "email", "first_name", "last_name"];
    let each = |text: &str| {
        all.iter()
            .map(|name| ((*name).to_owned(), json!([text])))
            .collect::<Value>()
    };
    table.says(&nobody.post("/auth/register/", json!({})).await, 400, each(REQUIRED));
    let blank: Value = all.iter().map(|name| ((*name).to_owned(), json!(""))).collect();
    table.says(&nobody.post("/auth/register/", blank).await, 400, each(BLANK));
    for hostile in [
        "a@example.org\r\nBcc: b@example.org",
        "a\n.@example.org",
        "a\u{0}@example.org",
    ] {
        table.blames(
            &nobody.post("/auth/register/", form(json!({"email": hostile}))).await,
            400,
            "email",
        );
    }
    table.done();
    assert_eq!(stored::census(&app), before, "a refused registration leaves nothing");
}

#[tokio::test]
async fn two_registrations_of_one_name_at_once_have_one_winner() {
    let app = App::start().await;
    let attempts = (0..12).map(|number| {
        let nobody = app.anonymous();
        let sent = form(json!({"email": format!("dora{number}@example.org")}));
        async move { nobody.post("/auth/register/", sent).await }
    });
    let replies = futures_util::future::join_all(attempts).await;
    let (winners, losers): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status == 201);
    assert_eq!(winners.len(), 1);
    for loser in losers {
        loser.is(400).says(json!({"username": [TAKEN]}));
    }
    assert_eq!(stored::count(&app, "users"), 1);
}

#[tokio::test]
async fn logging_in() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    let nobody = app.anonymous();
    let login = |name: &str, password: &str| json!({"username": name, "password": password});
    let reply = nobody
        .post("/auth/login/", login("alice", &alice.password))
        .await
        .is(200);
    let cookie = reply.header("set-cookie").to_owned();
    let parts: Vec<String> = cookie.split(';').map(|part| part.trim().to_lowercase()).collect();
    for part in ["httponly", "samesite=strict", "path=/media"] {
        assert!(parts.iter().any(|found| found == part), "{part} in {cookie}");
    }
    assert!(cookie.starts_with("media="), "{cookie}");
    let reply = reply
        .in_order(&["refresh", "access"])
        .says(json!({"refresh": "<jwt>", "access": "<jwt>"}));

    for (name, minutes) in [("access", 60), ("refresh", 30 * 24 * 60)] {
        let token = reply.body[name].as_str().unwrap();
        assert_shows(&tokens::header(token), json!({"alg": "HS256", "typ": "JWT"}));
        let claims = tokens::claims(token);
        let form = json!({
            "token_type": name, "exp": "<int>", "iat": "<int>", "jti": "<string>",
            "user_id": alice.id, "username": "alice"
        });
        assert_shows(&claims, form);
        let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
        assert_eq!(life, minutes * 60, "the life of {name}");
        let jti = claims["jti"].as_str().unwrap();
        assert!(
            jti.len() == 32 && jti.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{jti}"
        );
    }

    let wrong = json!({"detail": "No active account found with the given credentials"});
    let mut table = Table::new("POST /auth/login/");
    for (name, password) in [
        ("alice", "wrong"),
        ("nobody", &alice.password),
        ("ALICE", &alice.password),
    ] {
        let reply = nobody.post("/auth/login/", login(name, password)).await;
        table.says(&reply, 401, wrong.clone());
        table.holds(
            "a 401 names the scheme",
            reply.header("www-authenticate") == "Bearer realm=\"api\"",
        );
    }
    table.says(
        &nobody.post("/auth/login/", json!({})).await,
        400,
        json!({"username": [REQUIRED], "password": [REQUIRED]}),
    );
    table.says(
        &nobody.post("/auth/login/", login("", "")).await,
        400,
        json!({"username": [BLANK], "password": [BLANK]}),
    );
    table.done();
}
