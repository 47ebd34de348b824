//! What a mailed code is good for, how long, and how often.

use crate::common::App;
use crate::server::{MailServer, Port};
use crate::{alter, ask, confirm, logged, mailing, now, outbox, settle, validate};
use serde_json::{json, Value};

const FRESH: &str = "quiet lantern 77";

async fn login(app: &App, name: &str, password: &str) -> u16 {
    let form = json!({"username": name, "password": password});
    app.anonymous().post("/auth/login/", form).await.status
}

fn not_found() -> Value {
    json!({"detail": "Not found."})
}

#[tokio::test]
async fn a_code_sets_a_password_once_and_ends_all_sessions() {
    let server = MailServer::start(&[]).await;
    let app = mailing(&format!("smtp://127.0.0.1:{}", server.port), &[]).await;
    let (ana, bob) = (app.user("ana").await, app.user("bob").await);
    ask(&app, &ana.email).await;
    let code = server.mail(&ana.email).await.code();

    // Looking at it uses nothing up, and neither does a password that is refused.
    validate(&app, &code).await.is(200).says(json!({"status": "OK"}));
    confirm(&app, &code, "ana")
        .await
        .is(400)
        .shows(json!({"password": "<any>"}));
    confirm(&app, "0123456789abcdef0123456789abcdef", FRESH)
        .await
        .is(404)
        .says(not_found());
    assert_eq!(
        login(&app, "ana", &ana.password).await,
        200,
        "nothing has changed so far"
    );

    confirm(&app, &code, FRESH).await.is(200).says(json!({"status": "OK"}));
    assert_eq!(login(&app, "ana", &ana.password).await, 401);
    assert_eq!(login(&app, "ana", FRESH).await, 200);
    ana.get("/auth/me/").await.is(401);
    ana.post("/auth/login/refresh/", json!({"refresh": ana.refresh}))
        .await
        .is(401);
    bob.get("/auth/me/").await.is(200);

    confirm(&app, &code, "another lantern 78")
        .await
        .is(404)
        .says(not_found());
    validate(&app, &code).await.is(404).says(not_found());
    assert_eq!(login(&app, "ana", FRESH).await, 200, "a used code sets nothing");
}

#[tokio::test]
async fn of_two_mailed_codes_the_newest_counts() {
    let server = MailServer::start(&[]).await;
    let app = mailing(&format!("smtp://127.0.0.1:{}", server.port), &[]).await;
    let ana = app.user("ana").await;
    ask(&app, &ana.email).await;
    let first = server.mail(&ana.email).await.code();
    settle(&app, &server, "last").await;
    ask(&app, &ana.email).await;
    let second = server.nth_mail(&ana.email, 2).await.code();
    assert_ne!(first, second);
    confirm(&app, &first, FRESH).await.is(404).says(not_found());
    validate(&app, &second).await.is(200);
    confirm(&app, &second, FRESH).await.is(200);
}

#[tokio::test]
async fn asking_again_while_a_mail_is_handed_over_is_another_mail() {
    // Whether the first is taken or refused: the second request is not its answer's.
    for (fault, mails) in [("data:250", 2), ("data:550", 1)] {
        let mut server = MailServer::start(&["--fault", fault, "--times", "1", "--hold"]).await;
        let app = mailing(&format!("smtp://127.0.0.1:{}", server.port), &[]).await;
        let ana = app.user("ana").await;
        ask(&app, &ana.email).await;
        server.told("held", 1).await;
        ask(&app, &ana.email).await;
        server.release().await;
        let newest = server.nth_mail(&ana.email, mails).await.code();
        settle(&app, &server, "last").await;
        assert_eq!(server.mails(&ana.email).len(), mails);
        validate(&app, &newest).await.is(200);
        assert_eq!(outbox(&app), json!([]));
    }
}

#[tokio::test]
async fn asking_again_while_a_mail_waits_is_one_mail_that_leaves_at_once() {
    let port = Port::reserve();
    let mut app = mailing(&port.url(), &[]).await;
    let ana = app.user("ana").await;
    ask(&app, &ana.email).await;
    ask(&app, &ana.email).await;
    app.stop().await;
    // As after a night without the mail server: the next try is an hour away.
    let later = now() + 3_600_000_000;
    alter(&app, &format!("UPDATE outbox SET attempts = 9, due_at = {later}"));
    let server = MailServer::on(&port, &[]).await;
    app.start_again().await;
    settle(&app, &server, "last1").await;
    assert_eq!(
        outbox(&app),
        json!([["ana", 9]]),
        "one row for two requests, and not due"
    );

    ask(&app, &ana.email).await;
    let mail = server.mail(&ana.email).await;
    settle(&app, &server, "last2").await;
    assert_eq!(server.mails(&ana.email).len(), 1);
    assert_eq!(outbox(&app), json!([]));
    validate(&app, &mail.code()).await.is(200);
}

#[tokio::test]
async fn a_code_counts_for_an_hour_from_when_it_was_mailed() {
    let server = MailServer::start(&[]).await;
    let mut app = mailing(&format!("smtp://127.0.0.1:{}", server.port), &[]).await;
    let ana = app.user("ana").await;
    let before = now();
    ask(&app, &ana.email).await;
    let code = server.mail(&ana.email).await.code();
    let hour = 3_600_000_000;
    let end = app.rows("SELECT expires_at FROM reset_codes")[0][0]
        .as_i64()
        .expect("a time");
    assert!((before + hour..=now() + hour).contains(&end), "{end}");

    settle(&app, &server, "last").await;
    app.stop().await;
    alter(
        &app,
        &format!("UPDATE reset_codes SET expires_at = {}", now() + hour / 2),
    );
    app.start_again().await;
    validate(&app, &code).await.is(200);
    app.stop().await;
    alter(&app, &format!("UPDATE reset_codes SET expires_at = {}", now()));
    app.start_again().await;
    validate(&app, &code).await.is(404).says(not_found());
    confirm(&app, &code, FRESH).await.is(404).says(not_found());
    assert_eq!(login(&app, "ana", &ana.password).await, 200);
}

#[tokio::test]
async fn a_mail_that_waits_goes_to_the_address_that_its_owner_has_by_then() {
    let port = Port::reserve();
    let app = mailing(&port.url(), &[]).await;
    let ana = app.user("ana").await;
    ask(&app, &ana.email).await;
    logged(&app, "a mail will be tried again").await;
    let form = json!({"email": "moved@example.org"});
    ana.patch(&format!("/auth/update_profile/{}/", ana.id), form)
        .await
        .is(200);
    let server = MailServer::on(&port, &[]).await;
    assert_eq!(server.mail("moved@example.org").await.to, ["moved@example.org"]);
    assert!(server.mails(&ana.email).is_empty());
}
