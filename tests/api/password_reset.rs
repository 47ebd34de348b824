//! A forgotten password: the code in the host's terminal, and what it opens.

use crate::common::{App, Table};
use serde_json::json;

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
    nobody
        .post("/auth/login/refresh/", json!({"refresh": alice.refresh}))
        .await
        .is(401);
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
