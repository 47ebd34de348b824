//! What the host makes of people: their role, and the end of their sessions.

use crate::common::golden::{assert_is, assert_shows};
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

#[tokio::test]
async fn what_the_host_does_to_people_is_noted_as_it_is_done() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let (bob, eve, chat) = (&stage.bob, &stage.eve, &stage.chat);
    let path = format!("/host/people/{}/", bob.id);
    let now = eve.cursor().await;
    host.patch(&path, json!({"role": "staff"})).await.is(200);
    // What changes nothing, or is refused, is no deed.
    host.patch(&path, json!({"role": "staff"})).await.is(200);
    host.patch("/host/people/99999/", json!({"role": "staff"}))
        .await
        .is(404);
    host.patch(&path, json!({"role": "member"})).await.is(200);
    host.post(&format!("{path}recovery/"), json!({})).await.is(201);
    host.delete(&format!("{path}sessions/")).await.is(204);
    let cards = host
        .post("/host/roster/", json!({"names": "Ana Pop\nDan Pop"}))
        .await
        .is(201)
        .json();
    let (card, ana) = (format!("/host/roster/{}/", cards[0]["id"]), cards[0]["id"].clone());
    host.post(&format!("{card}pin/"), json!({})).await.is(201);
    host.delete(&card).await.is(204);
    host.delete(&card).await.is(404);
    host.remove(chat, bob).await.is(204);
    let id = json!(bob.id);
    let none = serde_json::Value::Null;
    let wanted = [
        ("role", &id, "staff"),
        ("role", &id, "member"),
        ("recovery", &id, ""),
        ("sign_out", &id, ""),
        ("roster_add", &none, "2"),
        ("pin", &ana, ""),
        ("roster_remove", &ana, ""),
        ("remove_member", &id, ""),
    ];
    let wanted = wanted.map(|(deed, subject, note)| vec![json!(host.id), json!(deed), subject.clone(), json!(note)]);
    let rows = stage
        .app
        .rows("SELECT actor_id, deed, subject_id, note FROM deeds ORDER BY id");
    assert_eq!(rows, wanted);
    let log = host.get("/host/log/").await.is(200).results();
    assert_eq!(log.len(), wanted.len());
    assert_shows(
        &log[0],
        json!({"deed": "remove_member", "chat_id": chat.id, "actor": host.id, "subject": bob.id, "note": ""}),
    );
    assert_shows(&log[1], json!({"deed": "roster_remove", "subject_name": "Ana Pop"}));
    eve.get("/host/log/").await.is(403);
    assert!(eve.events_since(&now).await.is_empty(), "she heard of it");
}

#[tokio::test]
async fn that_all_was_wiped_is_noted_after_it() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    host.post("/host/wipe/", json!({"confirm": "Messenger", "what": "everything"}))
        .await
        .is(200);
    let rows = stage.app.rows("SELECT actor_id, deed, note FROM deeds");
    assert_eq!(rows, [[json!(host.id), json!("wipe"), json!("everything")]]);
}

#[tokio::test]
async fn one_session_of_somebody_ends_and_the_others_go_on() {
    let stage = Stage::set().await;
    let (host, bob) = (host(&stage).await, &stage.bob);
    let path = format!("/host/people/{}/sessions/", bob.id);
    let phone = bob.again().await;
    let mut socket = phone.socket().await;
    let all = host.get(&path).await.is(200).results();
    assert_eq!(all.len(), 2);
    for session in &all {
        assert_is(
            session,
            json!({"id": "<int>", "device": "<string>", "address": "127.0.0.1", "created": "<time>",
                   "last_used": "<time>", "current": false}),
        );
    }
    let own = phone.get("/auth/sessions/").await.is(200).results();
    let current = own
        .iter()
        .find(|session| session["current"] == true)
        .expect("the phone");
    let one = format!("{path}{}/", current["id"]);
    // Neither staff's nor another's to end, nor somebody else's session by this name.
    stored::set_role(&stage.app, &stage.eve, 2);
    let staff = stage.eve.again().await;
    staff.get(&path).await.is(403);
    staff.delete(&one).await.is(403);
    let other = format!("/host/people/{}/sessions/{}/", stage.eve.id, current["id"]);
    host.delete(&other).await.is(404);
    host.get("/host/people/99999/sessions/").await.is(404);
    assert_eq!(stored::sessions(&stage.app, bob), 2);

    host.delete(&one).await.is(204);
    socket.closes(4401).await;
    phone.get("/auth/me/").await.is(401);
    bob.get("/auth/me/").await.is(200);
    assert_eq!(stored::sessions(&stage.app, bob), 1);
    host.delete(&one).await.is(404);
    let rows = stage.app.rows("SELECT actor_id, deed, subject_id FROM deeds");
    assert_eq!(rows, [[json!(host.id), json!("end_session"), json!(bob.id)]]);
    // The host's own current one is marked.
    let own = host
        .get(&format!("/host/people/{}/sessions/", host.id))
        .await
        .is(200)
        .results();
    assert_eq!(own.iter().filter(|session| session["current"] == true).count(), 1);
}
