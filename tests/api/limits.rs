//! Requests that come too often, with the limits on.
//!
//! A limit refills as time goes by, so a slow machine may let one or two more through: the tables ask for at least as
//! many as are promised, and that the end comes soon after.

use crate::common::{pictures, stored, App, Part, Reply};
use serde_json::{json, Value};
use std::future::Future;

const ON: (&str, &str) = ("rate_limits", "true");

/// Asserts the answer to whoever came too often.
fn assert_limited(reply: &Reply) {
    let wait: u64 = reply.header("retry-after").parse().expect("seconds in Retry-After");
    assert!(wait >= 1);
    let said = format!("Request was throttled. Expected available in {wait} seconds.");
    assert_eq!(reply.body, json!({"detail": said}), "{}", reply.what);
}

/// Asks until it is refused and asserts that this was after `promised` answers with `status`, give or take a few.
async fn ends_after<F: Future<Output = Reply>>(promised: usize, status: u16, ask: impl Fn(usize) -> F) {
    for number in 0..promised * 3 + 20 {
        let reply = ask(number).await;
        if reply.status == 429 {
            assert!(number >= promised, "refused after {number}, promised are {promised}");
            assert_limited(&reply);
            return;
        }
        reply.is(status);
    }
    panic!("never refused, and {promised} are promised");
}

fn login(name: &str, password: &str) -> Value {
    json!({"username": name, "password": password})
}

#[tokio::test]
async fn guessing_a_password_ends_and_locks_nobody_else_out() {
    let app = App::with(&[ON]).await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let nobody = app.anonymous();
    // A forged address is no other address.
    let guess = |number: usize| {
        let header = format!("10.0.0.{number}");
        let forger = nobody.header("X-Real-IP", &header).header("X-Forwarded-For", &header);
        async move {
            forger
                .post("/auth/login/", login("alice", &format!("guess {number}")))
                .await
        }
    };
    // One of the ten was the log-in of Alice's own.
    ends_after(9, 401, guess).await;
    let right = nobody
        .post("/auth/login/", login("alice", &alice.password))
        .await
        .is(429);
    assert_limited(&right);
    nobody.post("/auth/login/", login("bob", &bob.password)).await.is(200);
    alice.get("/auth/me/").await.is(200);
    nobody
        .post("/auth/login/refresh/", json!({"refresh": alice.refresh}))
        .await
        .is(200);
}

#[tokio::test]
async fn guessing_it_where_a_new_address_needs_it_ends_too() {
    let app = App::with(&[ON, ("require_password_for_email", "true")]).await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let path = format!("/auth/update_profile/{}/", alice.id);
    let form = |password: &str| json!({"email": "thief@example.org", "password": password});
    ends_after(9, 400, |number| alice.patch(&path, form(&format!("guess {number}")))).await;
    assert_limited(&alice.patch(&path, form(&alice.password)).await.is(429));
    assert_eq!(stored::user(&app, "alice")[1], json!(alice.email));
    // What needs no password goes on, and so do others.
    alice.patch(&path, json!({"first_name": "Ana"})).await.is(200);
    bob.patch(
        &format!("/auth/update_profile/{}/", bob.id),
        json!({"email": "b@example.org", "password": bob.password}),
    )
    .await
    .is(200);
}

#[tokio::test]
async fn guessing_many_names_from_one_address_ends_too() {
    let app = App::with(&[ON]).await;
    let nobody = app.anonymous();
    let guess = |number: usize| nobody.post("/auth/login/", login(&format!("name{number}"), "guess"));
    ends_after(30, 401, guess).await;
}

#[tokio::test]
async fn behind_a_proxy_its_header_is_the_address() {
    let app = App::with(&[ON, ("ip_header", "X-Real-IP")]).await;
    let alice = app.user("alice").await;
    let from = |address: &str| app.anonymous().header("X-Real-IP", address);
    let thief = from("10.0.0.1");
    ends_after(10, 401, |_| thief.post("/auth/login/", login("alice", "guess"))).await;
    from("10.0.0.2")
        .post("/auth/login/", login("alice", &alice.password))
        .await
        .is(200);
}

#[tokio::test]
async fn registering_ends() {
    let app = App::with(&[ON, ("registrations_per_hour", "3")]).await;
    let nobody = app.anonymous();
    let register = |number: usize| {
        let form = json!({
            "username": format!("person{number}"), "email": format!("p{number}@example.org"), "first_name": "A",
            "last_name": "B", "password": "quiet lantern 9", "password2": "quiet lantern 9"
        });
        nobody.post("/auth/register/", form)
    };
    ends_after(3, 201, register).await;
    assert!(stored::count(&app, "users") >= 3);

    let app = App::with(&[ON]).await;
    for number in 0..5 {
        app.user(&format!("friend{number}")).await;
    }
}

#[tokio::test]
async fn asking_for_and_guessing_reset_codes_ends() {
    let app = App::with(&[ON]).await;
    let alice = app.user("alice").await;
    let nobody = app.anonymous();
    ends_after(5, 200, |_| {
        nobody.post("/auth/password_reset/", json!({"email": alice.email}))
    })
    .await;
    let guess = |number: usize| {
        let token = format!("{number:032x}");
        let (path, body) = if number.is_multiple_of(2) {
            ("/auth/password_reset/validate_token/", json!({"token": token}))
        } else {
            (
                "/auth/password_reset/confirm/",
                json!({"token": token, "password": "quiet lantern 9"}),
            )
        };
        nobody.post(path, body)
    };
    ends_after(10, 404, guess).await;
}

#[tokio::test]
async fn flooding_a_chat_ends_for_the_one_who_does_it() {
    let app = App::with(&[ON]).await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let chat = alice.group("G", &[&bob]).await;
    let path = format!("/chat/messages/{}/", chat.id);
    ends_after(20, 201, |number| {
        alice.post(&path, json!({"text": format!("number {number}")}))
    })
    .await;
    let history = bob.history(&chat).await;
    assert_eq!(
        json!(history.len()),
        bob.chat(&chat).await["last_seq"],
        "a refused one is not stored"
    );
    bob.send(&chat, "I may").await;
}

#[tokio::test]
async fn uploading_ends() {
    let app = App::with(&[ON]).await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let picture = pictures::png(4, 4);
    let part = || [Part::file("profile_picture", "me.png", "image/png", &picture)];
    let upload = |_| {
        let (alice, parts) = (alice.clone(), part());
        async move { alice.multipart("PUT", "/auth/profile_picture/", &parts).await }
    };
    ends_after(60, 200, upload).await;
    alice.get("/auth/me/").await.is(200);
    bob.multipart("PUT", "/auth/profile_picture/", &part()).await.is(200);
}

#[tokio::test]
async fn calling_without_end_ends() {
    let app = App::with(&[ON]).await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let mut answered = 0;
    loop {
        let burst = (0..50).map(|_| alice.request("HEAD", "/auth/sessions/", None));
        let replies = futures_util::future::join_all(burst).await;
        answered += replies.iter().filter(|reply| reply.status == 200).count();
        if let Some(refused) = replies.iter().find(|reply| reply.status == 429) {
            assert!(!refused.header("retry-after").is_empty());
            break;
        }
        assert!(answered < 20_000, "never refused");
    }
    assert!(answered >= 480, "refused after {answered}");
    bob.get("/auth/me/").await.is(200);
}
