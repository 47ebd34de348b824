//! Tokens and the sessions behind them: refreshing, replays, logging out, forged tokens, and forgotten passwords.

use crate::common::{stored, tokens, App, Reply, Table, User};
use serde_json::{json, Value};

fn not_valid(message: &str) -> Value {
    json!({
        "detail": "Given token not valid for any token type", "code": "token_not_valid",
        "messages": [{"token_class": "AccessToken", "token_type": "access", "message": message}]
    })
}

fn refused(detail: &str) -> Value {
    json!({"detail": detail, "code": "token_not_valid"})
}

fn token(reply: &Reply, name: &str) -> String {
    reply.body[name].as_str().expect("a token").to_owned()
}

async fn refresh(app: &App, token: &str) -> Reply {
    app.anonymous()
        .post("/auth/login/refresh/", json!({"refresh": token}))
        .await
}

#[tokio::test]
async fn refreshing_gives_a_pair_that_works_and_refuses_what_is_no_refresh_token() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    let reply = refresh(&app, &alice.refresh)
        .await
        .is(200)
        .says(json!({"access": "<jwt>", "refresh": "<jwt>"}));
    assert!(
        reply.header("set-cookie").starts_with("media="),
        "the cookie for files is renewed"
    );
    app.bearer(&token(&reply, "access"))
        .get("/auth/me/")
        .await
        .is(200)
        .shows(json!({"id": alice.id}));
    refresh(&app, &token(&reply, "refresh")).await.is(200);

    let expired = tokens::expired(&app, &alice.refresh);
    let forged = tokens::sign(&tokens::claims(&alice.refresh), b"another key");
    let invalid = refused("Token is invalid or expired");
    let mut table = Table::new("POST /auth/login/refresh/");
    table.says(&refresh(&app, "garbage").await, 401, invalid.clone());
    table.says(&refresh(&app, &expired).await, 401, invalid.clone());
    table.says(&refresh(&app, &forged).await, 401, invalid);
    table.says(
        &refresh(&app, &alice.access).await,
        401,
        refused("Token has wrong type"),
    );
    let missing = app.anonymous().post("/auth/login/refresh/", json!({})).await;
    table.says(&missing, 400, json!({"refresh": ["This field is required."]}));
    table.done();
}

#[tokio::test]
async fn a_client_that_keeps_its_first_refresh_token_lives_on() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    for _ in 0..100 {
        let reply = refresh(&app, &alice.refresh).await.is(200);
        app.bearer(&token(&reply, "access")).get("/auth/me/").await.is(200);
    }
    assert_eq!(stored::sessions(&app, &alice), 1);
}

#[tokio::test]
async fn a_refresh_token_shown_after_its_successor_was_used_ends_the_whole_session() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    let phone = alice.again().await;
    let first = refresh(&app, &alice.refresh).await.is(200);
    let second = refresh(&app, &token(&first, "refresh")).await.is(200);
    let blacklisted = refused("Token is blacklisted");
    refresh(&app, &alice.refresh).await.is(401).says(blacklisted.clone());
    for dead in [&token(&first, "refresh"), &token(&second, "refresh")] {
        refresh(&app, dead).await.is(401).says(blacklisted.clone());
    }
    app.bearer(&token(&second, "access")).get("/auth/me/").await.is(401);
    phone.get("/auth/me/").await.is(200);
    refresh(&app, &phone.refresh).await.is(200);
}

#[tokio::test]
async fn a_successor_that_was_replaced_unused_is_a_replay_when_it_is_shown() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    let lost = refresh(&app, &alice.refresh).await.is(200);
    let found = refresh(&app, &alice.refresh).await.is(200);
    refresh(&app, &token(&found, "refresh")).await.is(200);
    refresh(&app, &token(&lost, "refresh"))
        .await
        .is(401)
        .says(refused("Token is blacklisted"));
    app.bearer(&token(&found, "access")).get("/auth/me/").await.is(401);
}

#[tokio::test]
async fn two_tabs_that_refresh_at_once_both_live() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    let (one, two) = tokio::join!(refresh(&app, &alice.refresh), refresh(&app, &alice.refresh));
    for reply in [one.is(200), two.is(200)] {
        app.bearer(&token(&reply, "access")).get("/auth/me/").await.is(200);
    }
}

#[tokio::test]
async fn logging_out_ends_the_session_at_once() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    let witness = alice.again().await;
    let bodies: [fn(&User) -> Option<Value>; 3] = [
        |user| Some(json!({"refresh": user.refresh})),
        |user| Some(json!({"refresh_token": user.refresh})),
        |_| None,
    ];
    for body in bodies {
        let session = alice.again().await;
        let count = stored::sessions(&app, &alice);
        let reply = session.request("POST", "/auth/logout/", body(&session)).await.is(205);
        assert_eq!(reply.bytes, b"");
        session
            .get("/auth/me/")
            .await
            .is(401)
            .says(not_valid("Token is invalid or expired"));
        refresh(&app, &session.refresh)
            .await
            .is(401)
            .says(refused("Token is blacklisted"));
        assert_eq!(stored::sessions(&app, &alice), count - 1);
        witness.get("/auth/me/").await.is(200);
    }
    let reply = witness.post("/auth/logout/", json!({"refresh": "garbage"})).await;
    reply.is(400).says(refused("Token is invalid or expired"));
    witness.get("/auth/me/").await.is(200);

    let bob = app.user("bob").await;
    witness.post("/auth/logout_all/", json!({})).await.is(205);
    for session in [&alice, &witness] {
        session.get("/auth/me/").await.is(401);
        refresh(&app, &session.refresh).await.is(401);
    }
    assert_eq!(stored::sessions(&app, &alice), 0);
    bob.get("/auth/me/").await.is(200);
}

#[tokio::test]
async fn the_list_of_ones_sessions() {
    let app = App::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let phone = alice.again().await;
    let list = phone.get("/auth/sessions/").await.is(200).results();
    assert_eq!(list.len(), 2, "{list:#?}");
    for session in &list {
        crate::common::golden::assert_shows(
            session,
            json!({
                "id": "<int>", "device": "<any>", "address": "127.0.0.1", "created": "<time>", "last_used": "<time>",
                "current": "<bool>"
            }),
        );
    }
    let is_current = |session: &&Value| session["current"] == true;
    assert_eq!(list.iter().filter(is_current).count(), 1, "{list:#?}");
    let other = list.iter().find(|session| !is_current(session)).unwrap();
    let path = format!("/auth/sessions/{}/", other["id"]);

    bob.delete(&path).await.is(404).says(json!({"detail": "Not found."}));
    alice.get("/auth/me/").await.is(200);
    assert_eq!(phone.delete(&path).await.is(204).bytes, b"");
    alice.get("/auth/me/").await.is(401);
    phone.get("/auth/me/").await.is(200);
    assert_eq!(phone.get("/auth/sessions/").await.is(200).results().len(), 1);
    phone.delete(&path).await.is(404);
    phone.delete("/auth/sessions/abc/").await.is(404);
}

#[tokio::test]
async fn who_does_not_say_who_he_is() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    let missing = json!({"detail": "Authentication credentials were not provided."});
    let nobody = app.anonymous();
    let with = |value: &str| nobody.header("Authorization", value);
    let mut table = Table::new("Authorization");
    for reply in [
        nobody.get("/auth/me/").await,
        with("Basic YWxpY2U6eA==").get("/auth/me/").await,
        nobody.header("Cookie", "sessionid=1").get("/auth/me/").await,
        nobody.get(&format!("/auth/me/?token={}", alice.access)).await,
    ] {
        table.says(&reply, 401, missing.clone());
        table.holds(
            "a 401 names the scheme",
            reply.header("www-authenticate") == "Bearer realm=\"api\"",
        );
    }
    let two = json!({
        "detail": "Authorization header must contain two space-delimited values", "code": "bad_authorization_header"
    });
    table.says(&with("Bearer a b").get("/auth/me/").await, 401, two);
    table.is(&with(&format!("bearer {}", alice.access)).get("/auth/me/").await, 200);
    table.is(&with(&format!("BEARER {}", alice.access)).get("/auth/me/").await, 200);
    table.done();
}

#[tokio::test]
async fn tokens_that_the_server_did_not_make_or_would_not_make() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    let bob = app.user("bob").await;
    let key = tokens::key(&app);
    assert_eq!(key.len(), 32, "a key of 256 bits");
    let claims = tokens::claims(&alice.access);
    let with = |name: &str, value: Value| tokens::sign(&tokens::altered(&claims, name, value), &key);
    let now = tokens::now();
    let swapped = {
        let signature = alice.access.rsplit('.').next().unwrap();
        let other = tokens::altered(&claims, "user_id", json!(bob.id));
        format!(
            "{}.{signature}",
            tokens::unsigned(&tokens::header(&alice.access), &other)
        )
    };
    let unsigned = |alg: &str| format!("{}.", tokens::unsigned(&json!({"alg": alg, "typ": "JWT"}), &claims));
    let header = |header: Value, key: &[u8]| tokens::sign_as(&header, &claims, key);

    app.bearer(&tokens::sign(&claims, &key))
        .get("/auth/me/")
        .await
        .is(200)
        .shows(json!({"id": alice.id}));
    let invalid = [
        ("garbage", "garbage".to_owned()),
        ("alg none", unsigned("none")),
        ("alg nOnE", unsigned("nOnE")),
        ("no signature", unsigned("HS256")),
        (
            "alg none, but signed",
            header(json!({"alg": "none", "typ": "JWT"}), &key),
        ),
        ("empty key", tokens::sign(&claims, b"")),
        ("the original's key", tokens::sign(&claims, b"SECRET_KEY")),
        (
            "RS256 with an HMAC",
            header(json!({"alg": "RS256", "typ": "JWT"}), &key),
        ),
        (
            "kid that names a file",
            header(json!({"alg": "HS256", "typ": "JWT", "kid": "/dev/null"}), b""),
        ),
        (
            "jku",
            header(json!({"alg": "HS256", "jku": "http://evil.example/keys"}), b"evil"),
        ),
        ("altered user", swapped),
        ("expired", with("exp", json!(now - 3600))),
        ("expired long ago", with("exp", json!(1))),
        ("exp negative", with("exp", json!(-1))),
        ("exp 10^18", with("exp", json!(1_000_000_000_000_000_000_i64))),
        ("exp a float", with("exp", json!(now as f64 + 600.5))),
        ("exp a string", with("exp", json!("never"))),
        ("exp missing", with("exp", Value::Null)),
        ("not yet", with("nbf", json!(now + 3600))),
    ];
    let mut table = Table::new("forged tokens");
    for (what, token) in invalid {
        let mut reply = app.bearer(&token).get("/auth/me/").await;
        reply.what = format!("GET /auth/me/ with: {what}");
        table.says(&reply, 401, not_valid("Token is invalid or expired"));
    }
    for (what, token) in [
        ("refresh", alice.refresh.clone()),
        ("another type", with("token_type", json!("admin"))),
    ] {
        let mut reply = app.bearer(&token).get("/auth/me/").await;
        reply.what = format!("GET /auth/me/ with token type: {what}");
        table.says(&reply, 401, not_valid("Token has wrong type"));
    }
    let nobody = refused("Token contained no recognizable user identification");
    table.says(
        &app.bearer(&with("user_id", Value::Null)).get("/auth/me/").await,
        401,
        nobody,
    );
    // Signed by us, and yet these sessions are not theirs.
    for user in [json!(bob.id), json!(999), json!(-1), json!(1.5)] {
        table.is(&app.bearer(&with("user_id", user)).get("/auth/me/").await, 401);
    }
    table.done();
}

#[tokio::test]
async fn sessions_and_keys_outlive_a_restart() {
    let mut app = App::start().await;
    let alice = app.user("alice").await;
    app.restart().await;
    alice.get("/auth/me/").await.is(200);
    alice.post("/auth/logout/", json!({})).await.is(205);
    app.restart().await;
    alice.get("/auth/me/").await.is(401);
}

#[tokio::test]
async fn a_forgotten_password() {
    let mut app = App::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let nobody = app.anonymous();
    let ok = json!({"status": "OK"});
    let none = json!({"detail": "Not found."});
    let email = |email: &str| json!({"email": email});
    let confirm = |token: &str, password: &str| json!({"token": token, "password": password});
    let required = json!(["This field is required."]);

    let mut table = Table::new("/auth/password_reset/");
    table.says(
        &nobody.post("/auth/password_reset/", email("nobody@example.org")).await,
        200,
        ok.clone(),
    );
    let invalid = json!({"email": ["Enter a valid email address."]});
    table.says(
        &nobody.post("/auth/password_reset/", email("nobody")).await,
        400,
        invalid,
    );
    table.says(
        &nobody.post("/auth/password_reset/", json!({})).await,
        400,
        json!({"email": required}),
    );
    table.says(
        &nobody
            .post("/auth/password_reset/", email(&alice.email.to_uppercase()))
            .await,
        200,
        ok.clone(),
    );
    let first = app.reset_code("alice", &[]).await;
    table.says(
        &nobody.post("/auth/password_reset/", email(&alice.email)).await,
        200,
        ok.clone(),
    );
    let code = app.reset_code("alice", &[&first]).await;
    let hex = |code: &str| code.len() == 32 && code.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    table.holds("a code is 32 hex digits", hex(&first) && hex(&code));
    table.holds(
        "nobody else gets a code",
        !app.stdout().iter().any(|line| line.contains("nobody")),
    );

    let validate = |code: &str| json!({"token": code});
    table.says(
        &nobody
            .post("/auth/password_reset/validate_token/", validate(&code))
            .await,
        200,
        ok.clone(),
    );
    table.says(
        &nobody
            .post("/auth/password_reset/validate_token/", validate(&first))
            .await,
        404,
        none.clone(),
    );
    table.says(
        &nobody.post("/auth/password_reset/validate_token/", validate("0")).await,
        404,
        none.clone(),
    );

    let path = "/auth/password_reset/confirm/";
    let new = "eleven paper boats";
    table.says(
        &nobody.post(path, json!({})).await,
        400,
        json!({"password": required, "token": required}),
    );
    table.says(
        &nobody.post(path, confirm(&"0".repeat(32), new)).await,
        404,
        none.clone(),
    );
    table.says(&nobody.post(path, confirm(&first, new)).await, 404, none.clone());
    let similar = json!({"password": ["The password is too similar to the username."]});
    let named = app.user("marcelina").await;
    nobody.post("/auth/password_reset/", email(&named.email)).await.is(200);
    let weak = app.reset_code("marcelina", &[]).await;
    table.says(&nobody.post(path, confirm(&weak, "marcelina7")).await, 400, similar);
    table.says(&nobody.post(path, confirm(&weak, new)).await, 200, ok.clone());
    alice.get("/auth/me/").await.is(200);
    table.says(&nobody.post(path, confirm(&code, new)).await, 200, ok);
    table.says(&nobody.post(path, confirm(&code, "another one 77")).await, 404, none);
    table.done();

    alice.get("/auth/me/").await.is(401);
    refresh(&app, &alice.refresh).await.is(401);
    bob.get("/auth/me/").await.is(200);
    let login = |password: &str| json!({"username": "alice", "password": password});
    nobody.post("/auth/login/", login(&alice.password)).await.is(401);
    nobody.post("/auth/login/", login(new)).await.is(200);

    nobody.post("/auth/password_reset/", email(&bob.email)).await.is(200);
    let open = app.reset_code("bob", &[]).await;
    app.stop().await;
    let bytes = std::fs::read(app.file()).unwrap();
    let stands = |needle: &str| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
    assert!(stands(&bob.email), "the search itself finds what is there");
    assert!(!stands(&open), "an open reset code in the clear");
    assert!(!stands(&bob.password) && !stands(new), "a password in the clear");
}

#[tokio::test]
async fn two_confirmations_with_one_code_at_once_have_one_winner() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    let nobody = app.anonymous();
    nobody
        .post("/auth/password_reset/", json!({"email": alice.email}))
        .await
        .is(200);
    let code = app.reset_code("alice", &[]).await;
    let attempts = (0..8).map(|number| {
        let (nobody, code) = (nobody.clone(), code.clone());
        let body = json!({"token": code, "password": format!("wooden spoon {number}")});
        async move { nobody.post("/auth/password_reset/confirm/", body).await.status }
    });
    let mut statuses = futures_util::future::join_all(attempts).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404, 404, 404, 404, 404, 404, 404]);
}
