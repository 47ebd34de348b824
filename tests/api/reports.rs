//! Reports that are left alone: the message stays, and nobody but staff hears of it.

use crate::common::golden::assert_shows;
use crate::common::{stored, User};
use crate::stage::Stage;
use serde_json::{json, Value};

/// Somebody from staff, who is in no chat of the stage's.
async fn staff(stage: &Stage, name: &str) -> User {
    let user = stage.app.user(name).await;
    stored::set_role(&stage.app, &user, 2);
    user.again().await
}

async fn open(staff: &User) -> Vec<Value> {
    staff.get("/host/reports/?open=true").await.is(200).results()
}

fn rows(stage: &Stage) -> Vec<Vec<Value>> {
    let sql = "SELECT from_user, closed_at IS NOT NULL, closed_by, removed FROM reports ORDER BY id";
    stage.app.rows(sql)
}

#[tokio::test]
async fn what_is_left_stays_and_closes_all_reports_of_it() {
    let stage = Stage::set().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &stage;
    let (carol, frank, dan) = (
        staff(&stage, "carol").await,
        staff(&stage, "frank").await,
        app.user("dan").await,
    );
    alice.add(chat, &dan).await.is(200);
    let message = alice.send(chat, "harmless").await;
    let other = alice.send(chat, "something else").await;
    for (user, message, reason) in [(bob, &message, "rude"), (&dan, &message, ""), (bob, &other, "worse")] {
        let path = format!("/chat/messages/{}/report/", message.id);
        user.post(&path, json!({"reason": reason})).await.is(204);
    }
    let reports = open(&carol).await;
    assert_eq!(reports.len(), 3, "{reports:#?}");
    let first = reports.iter().find(|report| report["reason"] == "rude").expect("Bob's");
    let leave = format!("/host/reports/{}/", first["id"]);

    let (before, now) = (stored::census(app), carol.cursor().await);
    for user in [alice, bob, &dan, eve] {
        user.post(&leave, json!({"remove": false})).await.is(403);
    }
    app.anonymous().post(&leave, json!({"remove": false})).await.is(401);
    carol.post("/host/reports/99/", json!({"remove": false})).await.is(404);
    assert_eq!(stored::census(app), before);
    assert_eq!(
        app.rows("SELECT count(*) FROM reports WHERE closed_at IS NULL"),
        [[json!(3)]]
    );

    let left = carol.post(&leave, json!({"remove": false})).await.is(200);
    left.shows(
        json!({"id": first["id"], "message_id": message.id, "closed": true, "closed_by": carol.id, "removed": false}),
    );
    for user in [&carol, &frank] {
        let told = user.events_since(&now).await;
        assert_eq!(told.len(), 1, "{told:#?}");
        assert_shows(
            &told[0],
            json!({"kind": "desk.updated", "data": {"held": 0, "reports": 1}}),
        );
    }
    for user in [alice, bob, &dan, eve] {
        assert!(user.events_since(&now).await.is_empty(), "{} heard of it", user.name);
    }
    assert_shows(
        &bob.message(&message).await,
        json!({"text": "harmless", "deleted": false, "removed_by": null}),
    );
    assert_eq!(
        rows(&stage),
        [
            [json!(bob.id), json!(1), json!(carol.id), json!(0)],
            [json!(dan.id), json!(1), json!(carol.id), json!(0)],
            [json!(bob.id), json!(0), Value::Null, json!(0)],
        ]
    );
    let still = open(&carol).await;
    assert_eq!((still.len(), &still[0]["message_id"]), (1, &json!(other.id)));
    let deeds = app.rows("SELECT actor_id, deed, subject_id, chat_id, message_id, note FROM deeds");
    let deed = [
        json!(carol.id),
        json!("dismiss_report"),
        json!(alice.id),
        json!(chat.id),
        json!(message.id),
        json!("rude"),
    ];
    assert_eq!(deeds, [deed]);
}
