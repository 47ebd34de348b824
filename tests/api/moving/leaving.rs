//! Deleting one's account: what goes, what stays, who hears of it.

use super::House;
use crate::common::{stored, User};
use serde_json::{json, Value};

async fn leave(user: &User, password: &str) -> crate::common::Reply {
    user.request("DELETE", "/auth/me/", Some(json!({"password": password})))
        .await
}

#[tokio::test]
async fn a_name_goes_and_what_was_written_stays() {
    let house = House::new().await;
    let now = house.alice.cursor().await;
    let (carol_now, eve_now) = (house.carol.cursor().await, house.eve.cursor().await);
    leave(&house.bob, "not the password")
        .await
        .is(400)
        .says(json!({"password": ["Old password is not correct"]}));
    leave(&house.bob, "").await.is(400);
    house
        .app
        .anonymous()
        .request("DELETE", "/auth/me/", Some(json!({"password": "x"})))
        .await
        .is(401);
    leave(&house.bob, &house.bob.password).await.is(204);

    let row =
        "SELECT first_name, last_name, email, email_key, picture_id, active, deleted, password FROM users WHERE id = ";
    assert_eq!(
        house.app.rows(&format!("{row}{}", house.bob.id)),
        [[
            json!("Deleted account"),
            json!(""),
            json!(""),
            Value::Null,
            Value::Null,
            json!(0),
            json!(1),
            json!("!")
        ]]
    );
    assert_eq!(stored::sessions(&house.app, &house.bob), 0);
    house.bob.get("/auth/me/").await.is(401);
    let form = json!({"username": "bob", "password": house.bob.password});
    house.app.anonymous().post("/auth/login/", form).await.is(401);

    // The group goes on without him; the private chat can be read on.
    assert_eq!(
        stored::members(&house.app, &house.group),
        json!([house.alice.id, house.carol.id])
    );
    assert_eq!(
        stored::members(&house.app, &house.private),
        json!([house.bob.id, house.carol.id])
    );
    let kept = house.alice.message(&house.first).await;
    assert_eq!(
        (&kept["from_user"], &kept["deleted"]),
        (&json!(house.bob.id), &json!(false))
    );
    for user in [&house.alice, &house.carol] {
        user.get(&format!("/auth/user/{}/", house.bob.id))
            .await
            .is(200)
            .shows(json!({
                "first_name": "Deleted account", "last_name": "", "online": false, "role": "member"
            }));
    }
    let found = house.alice.get("/auth/user/?search=deleted").await.is(200).results();
    assert_eq!(found, [json!(null); 0], "nobody can write to him");

    let told = |events: &[Value]| {
        events
            .iter()
            .map(|event| json!([event["kind"], event["chat_id"]]))
            .collect::<Vec<_>>()
    };
    let group = house.group.id;
    let on_alice = house.alice.events_since(&now).await;
    assert_eq!(
        told(&on_alice),
        [json!(["user.updated", group]), json!(["member.removed", group])]
    );
    assert_eq!(on_alice[0]["data"]["first_name"], "Deleted account");
    let on_carol = told(&house.carol.events_since(&carol_now).await);
    assert!(on_carol.contains(&json!(["user.updated", Value::Null])), "{on_carol:?}");
    assert_eq!(told(&house.eve.events_since(&eve_now).await), [json!(null); 0]);

    // The name is free.
    let other = house.app.user("bob").await;
    assert_ne!(other.id, house.bob.id);
}

#[tokio::test]
async fn the_last_host_stays_and_an_owner_is_followed() {
    let house = House::new().await;
    let census = stored::census(&house.app);
    leave(&house.alice, &house.alice.password).await.is(409);
    assert_eq!(stored::census(&house.app), census);
    house.alice.get("/auth/me/").await.is(200);
    stored::make_host(&house.app, &house.carol);
    let carol = house.carol.again().await;
    leave(&house.alice, &house.alice.password).await.is(204);
    assert_eq!(stored::chat(&house.app, &house.group)[2], json!(house.bob.id));
    carol.get("/host/archive/").await.is(200);
}
