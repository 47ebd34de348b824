//! X-ray: one's own request, looked into; nobody else's, and nothing at all where it is off.

use crate::common::{Caller, User};
use crate::stage::Stage;
use serde_json::json;

/// Somebody who asks to be shown how his requests are carried out.
fn watched(user: &User) -> Caller {
    user.header("X-Xray", "1")
}

#[tokio::test]
async fn who_asks_sees_how_his_own_request_was_carried_out() {
    let stage = Stage::with(&[("xray", "true")]).await;
    let before = stage.alice.cursor().await;
    let sent = watched(&stage.alice)
        .post(&stage.messages(), json!({"text": "a secret of Alice's"}))
        .await
        .is(201);
    let path = format!("/xray/{}/", sent.header("x-request-id"));
    let shown = stage.alice.get(&path).await.is(200);
    let text = shown.text();
    let shown = shown.json();
    assert_eq!(shown["method"], "POST");
    assert_eq!(shown["path"], stage.messages().trim_end_matches('/'));
    assert_eq!(shown["status"], 201);
    assert!(shown["micros"].as_u64().is_some_and(|micros| micros > 0));
    assert_eq!(shown["claims"]["user_id"], stage.alice.id);
    assert_eq!(shown["claims"]["token_type"], "access");
    assert_eq!(
        shown["events"],
        json!([before.id + 1]),
        "what it told, and nobody else's"
    );

    let statements = shown["statements"].as_array().unwrap();
    let insert = statements
        .iter()
        .find(|one| one["sql"].as_str().unwrap().starts_with("INSERT INTO messages "))
        .unwrap();
    assert_eq!(insert["connection"], "writer");
    let planned = |needle: &str| {
        statements.iter().any(|one| {
            let plan = one["plan"].as_array().unwrap();
            plan.iter().any(|step| step.as_str().unwrap().contains(needle))
        })
    };
    assert!(planned("SEARCH"), "{text}");
    assert!(!text.contains("a secret of Alice's"), "no value is in it: {text}");
    let signature = stage.alice.access.rsplit('.').next().unwrap();
    assert!(!text.contains(signature), "no signature is in it");

    for (name, stranger) in [("bob", &stage.bob), ("eve", &stage.eve)] {
        assert_eq!(stranger.get(&path).await.status, 404, "{name}");
    }
    stage.app.anonymous().get(&path).await.is(401);
    let unknown = stage.alice.get("/xray/0123456789abcdef/").await.is(404);
    unknown.says(json!({"detail": "Not found."}));
}

#[tokio::test]
async fn reads_and_refusals_are_shown_too_and_what_did_not_ask_is_not() {
    let stage = Stage::with(&[("xray", "true")]).await;
    let listed = watched(&stage.bob).get("/chat/").await.is(200);
    let shown = stage
        .bob
        .get(&format!("/xray/{}", listed.header("x-request-id")))
        .await
        .is(200)
        .json();
    let statements = shown["statements"].as_array().unwrap();
    assert!(!statements.is_empty());
    assert!(statements.iter().all(|one| one["connection"] == "reader"));
    assert_eq!(shown["events"], json!([]));

    let refused = watched(&stage.eve)
        .post(&stage.messages(), json!({"text": "let me in"}))
        .await
        .is(404);
    let shown = stage
        .eve
        .get(&format!("/xray/{}", refused.header("x-request-id")))
        .await
        .is(200)
        .json();
    assert_eq!((&shown["status"], &shown["events"]), (&json!(404), &json!([])));

    let plain = stage.bob.get("/chat/").await.is(200);
    stage
        .bob
        .get(&format!("/xray/{}", plain.header("x-request-id")))
        .await
        .is(404);
    let anonymous = stage
        .app
        .anonymous()
        .header("X-Xray", "1")
        .get("/auth/server/")
        .await
        .is(200);
    stage
        .bob
        .get(&format!("/xray/{}", anonymous.header("x-request-id")))
        .await
        .is(404);
}

#[tokio::test]
async fn only_the_newest_hundred_are_kept() {
    let stage = Stage::with(&[("xray", "true")]).await;
    let bob = watched(&stage.bob);
    let mut ids = Vec::new();
    for _ in 0..101 {
        ids.push(bob.get("/auth/me/").await.is(200).header("x-request-id").to_owned());
    }
    stage.bob.get(&format!("/xray/{}", ids[0])).await.is(404);
    stage.bob.get(&format!("/xray/{}", ids[1])).await.is(200);
    stage.bob.get(&format!("/xray/{}", ids[100])).await.is(200);
}

#[tokio::test]
async fn where_it_is_off_nothing_is_kept() {
    let stage = Stage::set().await;
    let door = stage.app.anonymous().get("/auth/server/").await.is(200).json();
    assert!(door["xray"].is_null(), "{door}");
    let listed = watched(&stage.bob).get("/chat/").await.is(200);
    stage
        .bob
        .get(&format!("/xray/{}", listed.header("x-request-id")))
        .await
        .is(404);
}
