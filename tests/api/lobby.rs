//! What the projector shows, how this computer is reached, and the pictures that phones read.

use crate::common::golden::assert_is;
use crate::common::{stored, App, User};
use crate::stage::Stage;
use serde_json::json;

async fn host(stage: &Stage) -> User {
    stored::make_host(&stage.app, &stage.alice);
    stage.alice.again().await
}

#[tokio::test]
async fn the_lobby_shows_how_to_come_in_and_who_has() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let lobby = host.get("/host/lobby/").await.is(200).json();
    // A server that listens to this computer alone has no address for others.
    assert_is(
        &lobby,
        json!({
            "name": "Messenger", "join": null, "also": null, "trust": null, "wifi": {"name": "", "password": "", "code": null},
            "registration": "open", "class_code": "", "guests": false, "locked": false, "joined": lobby["joined"], "people": "<any>"
        }),
    );
    let people = lobby["people"].as_array().expect("people");
    let ids: Vec<i64> = people.iter().filter_map(|person| person["id"].as_i64()).collect();
    assert!(!ids.contains(&host.id) && ids.contains(&stage.bob.id), "{people:?}");
    assert_eq!(lobby["joined"], people.len());
    let late = stage.app.user("late").await;
    let after = host.get("/host/lobby/").await.is(200).json();
    assert_eq!(after["people"][0]["id"], late.id);
    assert_eq!(
        after["joined"].as_i64(),
        lobby["joined"].as_i64().map(|joined| joined + 1)
    );
}

#[tokio::test]
async fn the_wifi_card_is_kept_and_says_exactly_what_was_typed() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let now = stage.bob.cursor().await;
    host.put("/host/wifi/", json!({"name": "Sala; 12", "password": "a:b\\c,d\"e"}))
        .await
        .is(204);
    let wifi = json!({
        "name": "Sala; 12", "password": "a:b\\c,d\"e", "code": "WIFI:T:WPA;S:Sala\\; 12;P:a\\:b\\\\c\\,d\\\"e;;"
    });
    let lobby = host.get("/host/lobby/").await.is(200).json();
    assert_is(&lobby["wifi"], wifi);
    let rows = stage.app.rows("SELECT wifi_name, wifi_password FROM house");
    assert_eq!(rows, [[json!("Sala; 12"), json!("a:b\\c,d\"e")]]);
    assert!(stage.bob.events_since(&now).await.is_empty(), "told to nobody");
    for (name, password, field) in [
        ("x".repeat(33), "12345678".to_owned(), "name"),
        ("ș".repeat(17), "12345678".to_owned(), "name"),
        ("Sala".to_owned(), "1234567".to_owned(), "password"),
        ("Sala".to_owned(), "1".repeat(64), "password"),
        ("Sa\u{7}la".to_owned(), String::new(), "name"),
    ] {
        let refused = host
            .put("/host/wifi/", json!({"name": name, "password": password}))
            .await
            .is(400)
            .json();
        assert!(refused[field].is_array(), "{name} {password}: {refused}");
    }
    assert_eq!(stage.app.rows("SELECT wifi_name, wifi_password FROM house"), rows);
    host.put("/host/wifi/", json!({"name": "", "password": ""}))
        .await
        .is(204);
    let lobby = host.get("/host/lobby/").await.is(200).json();
    assert_is(&lobby["wifi"], json!({"name": "", "password": "", "code": null}));
}

#[tokio::test]
async fn a_configured_address_is_the_one_that_is_shown() {
    let app = App::with(&[("base_url", "https://chat.example.org/")]).await;
    let alice = app.user("alice").await;
    stored::make_host(&app, &alice);
    let host = alice.again().await;
    let lobby = host.get("/host/lobby/").await.is(200).json();
    assert_eq!(lobby["join"], "https://chat.example.org");
}

#[tokio::test]
async fn the_doctor_counts_who_comes_from_another_device() {
    // As a proxy would say it: the one way to come from another device in a test.
    let app = App::with(&[("ip_header", "X-Real-IP")]).await;
    let alice = app.user("alice").await;
    stored::make_host(&app, &alice);
    let host = alice.again().await;
    let doctor = host.get("/host/doctor/").await.is(200).json();
    assert_is(
        &doctor,
        json!({
            "addresses": [], "join": null, "guests": 0, "seconds_since_start": "<int>",
            "advice": [{"cause": "alone", "text": "<string>"}]
        }),
    );
    let visit = |address: &'static str| {
        let request = reqwest::Client::new().get(format!("{}/auth/server/", app.base()));
        request.header("x-real-ip", address).send()
    };
    for address in ["203.0.113.7", "203.0.113.7", "203.0.113.8", "127.0.0.1"] {
        assert_eq!(visit(address).await.expect("an answer").status(), 200);
    }
    let doctor = host.get("/host/doctor/").await.is(200).json();
    assert_eq!((&doctor["guests"], &doctor["advice"]), (&json!(2), &json!([])));
}

#[tokio::test]
async fn a_text_becomes_a_picture() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let reply = host.get("/host/qr/?text=http%3A%2F%2F192.168.1.7%3A8000").await.is(200);
    let svg = reply.text();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"), "{svg}");
    // 25 modules and the white around them; the finder in the corner begins with seven dark ones.
    assert!(svg.contains("viewBox=\"0 0 33 33\""), "{svg}");
    assert!(svg.contains("d=\"M4 4h7v1h-7z"), "{svg}");
    for (path, status) in [
        ("/host/qr/", 400),
        ("/host/qr/?text=", 400),
        (&*format!("/host/qr/?text={}", "x".repeat(513)), 400),
        (&*format!("/host/qr/?text={}", "x".repeat(512)), 200),
    ] {
        host.get(path).await.is(status);
    }
}

#[tokio::test]
async fn others_see_none_of_it() {
    let stage = Stage::set().await;
    let before = stored::census(&stage.app);
    for path in ["/host/lobby/", "/host/doctor/", "/host/qr/?text=x"] {
        stage.bob.get(path).await.is(403);
        stage.app.anonymous().get(path).await.is(401);
    }
    let wifi = json!({"name": "Mine", "password": "12345678"});
    stage.bob.put("/host/wifi/", wifi.clone()).await.is(403);
    stage.app.anonymous().put("/host/wifi/", wifi).await.is(401);
    assert_eq!(stored::census(&stage.app), before);
}
