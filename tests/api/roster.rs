//! The roster: the host enters names, everybody taps his own and types a PIN.

use crate::common::golden::assert_shows;
use crate::common::{stored, App, User};
use crate::house::host;
use crate::stage::Stage;
use serde_json::{json, Value};

const PATH: &str = "/host/roster/";

async fn stage() -> (Stage, User) {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    host.patch("/host/settings/", json!({"roster": true})).await.is(200);
    (stage, host)
}

/// Enters names; their cards.
async fn enter(host: &User, names: &str) -> Vec<Value> {
    let cards = host.post(PATH, json!({"names": names})).await.is(201).json();
    cards.as_array().expect("cards").clone()
}

fn tap(card: &Value) -> Value {
    json!({"user_id": card["id"], "pin": card["pin"]})
}

#[tokio::test]
async fn names_become_accounts_with_pins() {
    let (stage, host) = stage().await;
    let cards = enter(
        &host,
        "Nume;Prenume;Utilizator\nPop;Ana;\nIon Vlad;Ștefan;stefan9\nPop;Alice;\n",
    )
    .await;
    let golden = |username: &str, first: &str, last: &str| json!({"id": "<int>", "username": username, "first_name": first, "last_name": last, "pin": "<string>"});
    for (card, golden) in cards.iter().zip([
        golden("ana.pop", "Ana", "Pop"),
        golden("stefan9", "Ștefan", "Ion Vlad"),
        golden("alice.pop", "Alice", "Pop"),
    ]) {
        crate::common::golden::assert_is(card, golden);
        let pin = card["pin"].as_str().expect("a PIN");
        assert!(pin.len() == 6 && pin.bytes().all(|byte| byte.is_ascii_digit()), "{pin}");
    }
    assert_eq!(cards.len(), 3);
    let rows = stage
        .app
        .rows("SELECT username, first_name, last_name, role, email FROM users JOIN roster ON user_id = id ORDER BY id");
    assert_eq!(
        rows[0],
        [json!("ana.pop"), json!("Ana"), json!("Pop"), json!(1), json!("")]
    );
    assert_eq!(rows.len(), 3);
    for hash in stored::pins(&stage.app) {
        assert!(hash.starts_with("pbkdf2_sha256$"), "{hash}");
    }
    // Nobody reads the PINs again.
    let list = host.get(PATH).await.is(200);
    assert!(!list.text().contains("pin"), "{}", list.text());
    let first = list.json()[0].clone();
    crate::common::golden::assert_is(
        &first,
        json!({"id": "<int>", "username": "alice.pop", "first_name": "Alice", "last_name": "Pop"}),
    );
    stage.bob.get(PATH).await.is(403);
}

#[tokio::test]
async fn a_name_and_its_pin_sign_in() {
    let (stage, host) = stage().await;
    let cards = enter(&host, "Ana Pop\nDan Ion").await;
    let nobody = stage.app.anonymous();
    let names = nobody.get("/auth/roster/").await.is(200).json();
    crate::common::golden::assert_is(
        &names[0],
        json!({"id": cards[0]["id"], "first_name": "Ana", "last_name": "Pop", "profile_picture": "<string>"}),
    );
    assert_eq!(names.as_array().map(Vec::len), Some(2));
    let tokens = nobody
        .post("/auth/roster/", tap(&cards[0]))
        .await
        .is(200)
        .says(json!({"refresh": "<string>", "access": "<string>"}))
        .json();
    let ana = User::entered(&nobody, &tokens).await;
    assert_shows(
        &ana.get("/auth/me/").await.is(200).json(),
        json!({"username": "ana.pop", "first_name": "Ana", "role": "member"}),
    );
    let wrong = json!({"detail": "No active account found with the given credentials"});
    for body in [
        json!({"user_id": cards[0]["id"], "pin": cards[1]["pin"]}),
        json!({"user_id": stage.bob.id, "pin": "123456"}),
        json!({"user_id": 99999, "pin": "123456"}),
    ] {
        nobody.post("/auth/roster/", body).await.is(401).says(wrong.clone());
    }
    nobody.post("/auth/roster/", json!({})).await.is(400).says(json!({
        "user_id": ["This field is required."], "pin": ["This field is required."]
    }));
    // The PIN is no password at the other door.
    let login = json!({"username": "ana.pop", "password": cards[0]["pin"]});
    nobody.post("/auth/login/", login).await.is(401);
    assert_eq!(stored::sessions(&stage.app, &ana), 1);
}

#[tokio::test]
async fn where_the_roster_is_not_shown_it_does_not_exist() {
    let (stage, host) = stage().await;
    let cards = enter(&host, "Ana Pop").await;
    host.patch("/host/settings/", json!({"roster": false})).await.is(200);
    let nobody = stage.app.anonymous();
    nobody.get("/auth/roster/").await.is(404);
    nobody.post("/auth/roster/", tap(&cards[0])).await.is(404);
    nobody.post("/auth/roster/", json!({})).await.is(404);
    assert_eq!(
        stored::count(&stage.app, "sessions WHERE user_id = (SELECT user_id FROM roster)"),
        0
    );
}

#[tokio::test]
async fn a_list_with_something_wrong_changes_nothing() {
    let (stage, host) = stage().await;
    enter(&host, "Ana Pop,").await;
    let before = stored::census(&stage.app);
    let many = (0..501).map(|number| format!("Ana{number} Ion\n")).collect::<String>();
    for (names, said) in [
        ("", json!(["This field may not be blank."])),
        ("first,last", json!(["There is no name in this text."])),
        (
            "Dan Ion\n???\ndan ion",
            json!([
                "Line 2 is no name: a first name, a last name, perhaps a username.",
                "dan ion is there twice. Add a letter that tells the two apart."
            ]),
        ),
        ("Dan Ion\nANA  POP", json!(["ANA POP is on the roster already."])),
        (
            "Dan,Ion,alice\nEva,Ion,eva9\nEma,Ion,EVA9\nEne,Ion,admin",
            json!([
                "Somebody has the username alice, or one that looks like it.",
                "Somebody has the username EVA9, or one that looks like it.",
                "Somebody has the username admin, or one that looks like it."
            ]),
        ),
        (&many, json!(["Ensure this field has no more than 500 elements."])),
    ] {
        host.post(PATH, json!({"names": names}))
            .await
            .is(400)
            .says(json!({"names": said}));
    }
    assert_eq!(stored::census(&stage.app), before);
    assert_eq!(stored::pins(&stage.app).len(), 1);
}

#[tokio::test]
async fn two_lists_make_usernames_that_are_free() {
    let (stage, host) = stage().await;
    stage.app.user("dan.ion").await;
    let cards = enter(&host, "Dan Ion\nEva Ion\nEna,Ion\nX,Y,dan.ion2").await;
    assert_eq!(cards[0]["username"], "dan.ion3");
    assert_eq!(cards[3]["username"], "dan.ion2");
}

#[tokio::test]
async fn a_new_pin_voids_the_old_and_a_deleted_one_opens_nothing() {
    let (stage, host) = stage().await;
    let cards = enter(&host, "Ana Pop").await;
    let nobody = stage.app.anonymous();
    let path = format!("{PATH}{}/", cards[0]["id"]);
    let before = stored::pins(&stage.app);
    let fresh = host.post(&format!("{path}pin/"), json!({})).await.is(201).json();
    assert_shows(
        &fresh,
        json!({"id": cards[0]["id"], "username": "ana.pop", "pin": "<string>"}),
    );
    assert_ne!(stored::pins(&stage.app), before);
    if fresh["pin"] != cards[0]["pin"] {
        nobody.post("/auth/roster/", tap(&cards[0])).await.is(401);
    }
    let tokens = nobody.post("/auth/roster/", tap(&fresh)).await.is(200).json();
    let ana = User::entered(&nobody, &tokens).await;
    for user in [&stage.bob, &ana] {
        user.post(&format!("{path}pin/"), json!({})).await.is(403);
        user.delete(&path).await.is(403);
        user.post(PATH, json!({"names": "Eve Ion"})).await.is(403);
    }
    host.delete(&path).await.is(204);
    assert!(stored::pins(&stage.app).is_empty());
    nobody.post("/auth/roster/", tap(&fresh)).await.is(401);
    assert_eq!(nobody.get("/auth/roster/").await.is(200).json(), json!([]));
    ana.get("/auth/me/").await.is(200);
    host.delete(&path).await.is(404);
    host.post(&format!("{path}pin/"), json!({})).await.is(404);
    host.post(&format!("{PATH}{}/pin/", stage.bob.id), json!({}))
        .await
        .is(404);
}

#[tokio::test]
async fn the_pin_is_the_old_password_of_who_sets_a_first_one() {
    let (stage, host) = stage().await;
    let cards = enter(&host, "Ana Pop\nDan Ion").await;
    let nobody = stage.app.anonymous();
    let tokens = nobody.post("/auth/roster/", tap(&cards[0])).await.is(200).json();
    let ana = User::entered(&nobody, &tokens).await;
    let path = format!("/auth/change_password/{}/", ana.id);
    let change =
        |old: &Value| json!({"old_password": old, "password": "quiet lantern 9", "password2": "quiet lantern 9"});
    ana.put(&path, change(&cards[1]["pin"])).await.is(400);
    ana.put(&path, change(&cards[0]["pin"])).await.is(200);
    let login = json!({"username": "ana.pop", "password": "quiet lantern 9"});
    nobody.post("/auth/login/", login).await.is(200);
    nobody.post("/auth/roster/", tap(&cards[0])).await.is(200);
}

#[tokio::test]
async fn guessing_pins_ends() {
    let app = App::with(&[("rate_limits", "true")]).await;
    let alice = app.user("alice").await;
    stored::make_host(&app, &alice);
    let host = alice.again().await;
    host.patch("/host/settings/", json!({"roster": true})).await.is(200);
    let cards = enter(&host, "Ana Pop\nDan Ion").await;
    let nobody = app.anonymous();
    let wrong = if cards[0]["pin"] == "123456" {
        "123457"
    } else {
        "123456"
    };
    for number in 0..40 {
        let guess = json!({"user_id": cards[0]["id"], "pin": wrong});
        let reply = nobody.post("/auth/roster/", guess).await;
        if reply.status == 429 {
            assert!(number >= 10, "{number}");
            nobody.post("/auth/roster/", tap(&cards[0])).await.is(429);
            // One name's guesses shut nobody else out.
            nobody.post("/auth/roster/", tap(&cards[1])).await.is(200);
            return;
        }
        reply.is(401);
    }
    panic!("never refused");
}
