//! The host tries whether mail arrives, and reads what came of it.

use crate::common::{stored, App, User};
use crate::server::{MailServer, Port};
use crate::{mailing, outbox};
use serde_json::{json, Value};

const PATH: &str = "/host/mail/test/";

/// The host of a server, and somebody who is not.
async fn people(app: &App) -> (User, User) {
    let elena = app.user("elena").await;
    stored::make_host(app, &elena);
    (elena.again().await, app.user("bob").await)
}

async fn tried(host: &User) -> Value {
    host.post(PATH, json!({"email": "head@example.org"}))
        .await
        .is(200)
        .json()
}

#[tokio::test]
async fn a_mail_arrives_and_that_is_said() {
    let server = MailServer::start(&[]).await;
    let app = mailing(&format!("smtp://127.0.0.1:{}", server.port), &[]).await;
    let (host, bob) = people(&app).await;
    // Others send nothing: what arrives first is the host's.
    bob.post(PATH, json!({"email": "bob@example.org"})).await.is(403);
    host.post(PATH, json!({"email": "no address"})).await.is(400);
    host.post(PATH, json!({})).await.is(400);
    let said = tried(&host).await;
    assert_eq!((&said["outcome"], &said["answer"]), (&json!("sent"), &Value::Null));
    assert!(said["text"].as_str().unwrap().contains("head@example.org"), "{said}");
    let mail = server.mail("head@example.org").await;
    assert_eq!(mail.subject, "Mail from Messenger arrives");
    assert_eq!(mail.from, "post@chat.example.org");
    assert!(server.mails("bob@example.org").is_empty());
    assert_eq!(outbox(&app), json!([]));
}

#[tokio::test]
async fn what_the_mail_server_answers_is_shown_to_the_host_and_not_logged() {
    let server = MailServer::start(&["--fault", "rcpt:550"]).await;
    let app = mailing(&format!("smtp://127.0.0.1:{}", server.port), &[]).await;
    let (host, _) = people(&app).await;
    let said = tried(&host).await;
    assert_eq!(said["outcome"], "refused");
    assert!(said["answer"].as_str().unwrap().starts_with("550 "), "{said}");
    assert_eq!(outbox(&app), json!([]), "it is not tried again");
}

#[tokio::test]
async fn a_mail_server_that_is_not_there_or_says_nothing_is_named() {
    let port = Port::reserve();
    let app = mailing(&port.url(), &[("smtp_timeout_seconds", "1")]).await;
    let (host, _) = people(&app).await;
    assert_eq!(tried(&host).await["outcome"], "unreachable");
    let _slow = MailServer::on(&port, &["--mode", "slow"]).await;
    assert_eq!(tried(&host).await["outcome"], "silent");
}

#[tokio::test]
async fn without_a_mail_server_it_says_what_to_set_and_often_is_too_often() {
    let app = App::with(&[("rate_limits", "true"), ("registrations_per_hour", "100")]).await;
    let (host, _) = people(&app).await;
    for _ in 0..5 {
        let said = tried(&host).await;
        assert_eq!(said["outcome"], "not_configured");
        assert!(said["text"].as_str().unwrap().contains("smtp_url"), "{said}");
    }
    let reply = host.post(PATH, json!({"email": "head@example.org"})).await.is(429);
    assert!(reply.header("retry-after").parse::<u64>().is_ok());
}
