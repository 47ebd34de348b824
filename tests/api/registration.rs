//! Who may make an account: everybody, who knows the class code, or nobody.

use crate::common::{stored, Caller, Reply};
use crate::house::host;
use crate::stage::Stage;
use serde_json::{json, Value};

const PATH: &str = "/auth/register/";

/// A registration of this name, with a class code or without one.
async fn register(caller: &Caller, name: &str, code: Option<&str>) -> Reply {
    let mut form = json!({
        "username": name, "password": "quiet lantern 9", "password2": "quiet lantern 9",
        "email": format!("{name}@example.org"), "first_name": "Dora", "last_name": "Pop"
    });
    if let Some(code) = code {
        form["class_code"] = code.into();
    }
    caller.post(PATH, form).await
}

fn closed() -> Value {
    json!({"detail": "Nobody can make an account here right now. Ask the host.", "code": "registration_closed"})
}

#[tokio::test]
async fn closed_is_closed_until_it_is_opened() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let nobody = stage.app.anonymous();
    host.patch("/host/settings/", json!({"registration": "closed"}))
        .await
        .is(200);
    let now = stage.bob.cursor().await;
    let before = stored::census(&stage.app);
    register(&nobody, "dora", None).await.is(403).says(closed());
    // Nor does it say whose name is taken, or what a form should have.
    register(&nobody, "alice", None).await.is(403).says(closed());
    nobody.post(PATH, json!({})).await.is(403).says(closed());
    register(&host, "dora", Some("anything")).await.is(403).says(closed());
    let romanian = nobody.header("Accept-Language", "ro");
    let said = register(&romanian, "dora", None).await.is(403).json();
    assert_eq!(
        said["detail"],
        "Acum nimeni nu își poate face cont aici. Întrebați gazda."
    );
    assert_eq!(stored::census(&stage.app), before);
    assert!(stage.bob.events_since(&now).await.is_empty());
    host.patch("/host/settings/", json!({"registration": "open"}))
        .await
        .is(200);
    register(&nobody, "dora", Some("ignored")).await.is(201);
    assert_eq!(stored::user(&stage.app, "dora")[2], "Dora");
}

#[tokio::test]
async fn who_has_the_class_code_comes_in() {
    let stage = Stage::set().await;
    let host = host(&stage).await;
    let nobody = stage.app.anonymous();
    let changes = json!({"registration": "code", "class_code": "Blue Fox 7"});
    host.patch("/host/settings/", changes).await.is(200);
    let before = stored::census(&stage.app);
    let missing = json!({"class_code": ["This field is required."]});
    let wrong = json!({"class_code": ["This is not the class code. Ask the host."]});
    for (code, said) in [
        (None, &missing),
        (Some("  "), &missing),
        (Some("bluefox"), &wrong),
        (Some("blue fox 77"), &wrong),
    ] {
        register(&nobody, "dora", code).await.is(400).says(said.clone());
    }
    // Whose names there are is not said to who has no code.
    register(&nobody, "alice", Some("guess")).await.is(400).says(wrong);
    assert_eq!(stored::census(&stage.app), before);
    register(&nobody, "dora", Some(" BLUEfox  7")).await.is(201);
    register(&nobody, "emil", Some("blue fox 7")).await.is(201);
    let roles = stage
        .app
        .rows("SELECT username, role FROM users WHERE username IN ('dora', 'emil')");
    assert_eq!(roles, [[json!("dora"), json!(1)], [json!("emil"), json!(1)]]);
}

#[tokio::test]
async fn guesses_of_the_class_code_end() {
    let app = crate::common::App::with(&[("rate_limits", "true")]).await;
    let alice = app.user("alice").await;
    stored::make_host(&app, &alice);
    let host = alice.again().await;
    let changes = json!({"registration": "code", "class_code": "fox"});
    host.patch("/host/settings/", changes).await.is(200);
    let nobody = app.anonymous();
    for number in 0..100 {
        let reply = register(&nobody, "dora", Some(&format!("guess {number}"))).await;
        if reply.status == 429 {
            assert!(number >= 20, "{number}");
            register(&nobody, "dora", Some("fox")).await.is(429);
            assert_eq!(stored::count(&app, "users"), 1);
            return;
        }
        reply.is(400);
    }
    panic!("never refused");
}
