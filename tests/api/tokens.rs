//! Access tokens: missing, malformed, forged, and signed by a thief of the key.

use crate::common::{tokens, App, Table};
use serde_json::{json, Value};

fn not_valid(message: &str) -> Value {
    json!({
        "detail": "Given token not valid for any token type", "code": "token_not_valid",
        "messages": [{"token_class": "AccessToken", "token_type": "access", "message": message}]
    })
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
    table.says(
        &app.bearer(&alice.refresh).get("/auth/me/").await,
        401,
        not_valid("Token has wrong type"),
    );
    let other = app.bearer(&with("token_type", json!("admin"))).get("/auth/me/").await;
    table.shows(&other, 401, json!({"code": "token_not_valid"}));
    let nobody = json!({"detail": "Token contained no recognizable user identification", "code": "token_not_valid"});
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
