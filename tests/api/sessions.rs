//! The sessions behind the tokens: refreshing, replays, logging out.

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
async fn sessions_and_keys_outlive_a_restart() {
    let mut app = App::start().await;
    let alice = app.user("alice").await;
    app.restart().await;
    alice.get("/auth/me/").await.is(200);
    alice.post("/auth/logout/", json!({})).await.is(205);
    app.restart().await;
    alice.get("/auth/me/").await.is(401);
}
