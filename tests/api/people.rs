//! What the host makes of people: their role, and the end of their sessions.

use crate::common::stored;
use crate::house::host;
use crate::stage::Stage;
use serde_json::json;

#[tokio::test]
async fn a_role_is_known_to_sessions_at_once() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let path = format!("/host/people/{}/", stage.bob.id);
    let mut socket = stage.bob.socket().await;
    stage.bob.get("/host/settings/").await.is(403);
    let now = stage.alice.cursor().await;
    host.patch(&path, json!({"role": "staff"}))
        .await
        .is(200)
        .says(json!({"id": stage.bob.id, "role": "staff"}));
    // The session that began as a member's.
    stage.bob.get("/host/settings/").await.is(200);
    stage
        .bob
        .get("/auth/me/")
        .await
        .shows(json!({"role": "staff", "host": false}));
    stage.bob.patch("/host/settings/", json!({"name": "x"})).await.is(403);
    let event = socket.event().await;
    assert_eq!(
        (&event["kind"], &event["data"]["role"]),
        (&json!("user.updated"), &json!("staff"))
    );
    let told = stage.alice.events_since(&now).await;
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(
        stage.eve.events_since(&now).await.is_empty(),
        "she shares no chat with him"
    );
    let role = |id: i64| stage.app.rows(&format!("SELECT role FROM users WHERE id = {id}"))[0][0].clone();
    assert_eq!(role(stage.bob.id), json!(2));
    // The same again is no news.
    host.patch(&path, json!({"role": "staff"})).await.is(200);
    assert_eq!(stage.alice.events_since(&now).await.len(), 1);
    host.patch(&path, json!({"role": "member"})).await.is(200);
    stage.bob.get("/host/settings/").await.is(403);
    assert_eq!(role(stage.bob.id), json!(1));
    socket.lives().await;
}

#[tokio::test]
async fn the_last_host_stays_one() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let own = format!("/host/people/{}/", stage.alice.id);
    let last = json!({"detail": "You are the only host: make somebody else host first."});
    host.patch(&own, json!({"role": "member"})).await.is(409).says(last);
    host.patch(&own, json!({"role": "host"})).await.is(200);
    host.patch(&format!("/host/people/{}/", stage.bob.id), json!({"role": "host"}))
        .await
        .is(200);
    host.patch(&own, json!({"role": "member"})).await.is(200);
    host.get("/host/settings/").await.is(403);
    stage
        .bob
        .get("/auth/me/")
        .await
        .shows(json!({"role": "host", "host": true}));
}

#[tokio::test]
async fn what_can_not_be_is_refused() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let path = format!("/host/people/{}/", stage.bob.id);
    let before = stored::census(&stage.app);
    for body in [
        json!({}),
        json!({"role": "guest"}),
        json!({"role": "king"}),
        json!({"role": 3}),
    ] {
        let reply = host.patch(&path, body).await.is(400).json();
        assert!(reply["role"].is_array(), "{reply}");
    }
    host.patch("/host/people/99999/", json!({"role": "staff"}))
        .await
        .is(404);
    host.delete("/host/people/99999/sessions/").await.is(404);
    stage.eve.patch(&path, json!({"role": "staff"})).await.is(403);
    stage.eve.delete(&format!("{path}sessions/")).await.is(403);
    // Staff keep order; whom to trust is the host's to say.
    host.patch(&format!("/host/people/{}/", stage.eve.id), json!({"role": "staff"}))
        .await
        .is(200);
    let eve_path = format!("/host/people/{}/", stage.eve.id);
    stage.eve.patch(&eve_path, json!({"role": "host"})).await.is(403);
    stage.eve.delete(&format!("{path}sessions/")).await.is(403);
    assert_eq!(stored::sessions(&stage.app, &stage.bob), 1);
    let users = |census: &serde_json::Value| census[0].clone();
    assert_eq!(users(&stored::census(&stage.app)), users(&before));
}

#[tokio::test]
async fn all_sessions_of_somebody_end() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let phone = stage.bob.again().await;
    let mut socket = phone.socket().await;
    host.delete(&format!("/host/people/{}/sessions/", stage.bob.id))
        .await
        .is(204);
    socket.closes(4401).await;
    stage.bob.get("/auth/me/").await.is(401);
    phone.get("/auth/me/").await.is(401);
    assert_eq!(stored::sessions(&stage.app, &stage.bob), 0);
    stage.eve.get("/auth/me/").await.is(200);
    stage.bob.again().await;
}
