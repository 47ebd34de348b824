//! What nobody learns: from an answer whether an address is known; from the log, the file or the queue any code.

use crate::common::{App, Reply};
use crate::server::{is_code, MailServer, Port};
use crate::{alter, ask, confirm, logged, mailing, outbox, settle, validate};
use serde_json::json;

const FRESH: &str = "quiet lantern 77";

/// Status, header lines and body of an answer, without what differs between any two.
fn bytes(reply: &Reply) -> (u16, Vec<(String, String)>, Vec<u8>) {
    let mut headers: Vec<(String, String)> = Vec::new();
    for (name, value) in &reply.headers {
        let value = match name.as_str() {
            "date" | "x-request-id" => String::new(),
            _ => value.to_str().expect("text").to_owned(),
        };
        headers.push((name.to_string(), value));
    }
    (reply.status, headers, reply.bytes.clone())
}

#[tokio::test]
async fn an_unknown_address_is_answered_alike_and_leaves_nothing() {
    let server = MailServer::start(&[]).await;
    let app = mailing(&format!("smtp://127.0.0.1:{}", server.port), &[]).await;
    let ana = app.user("ana").await;
    let known = ask(&app, &ana.email).await;
    let unknown = ask(&app, "nobody@example.org").await;
    assert_eq!(bytes(&unknown), bytes(&known));
    assert_eq!(unknown.bytes, br#"{"status":"OK"}"#);

    let last = settle(&app, &server, "last").await;
    assert_eq!(server.mails(&ana.email).len(), 1);
    assert_eq!(server.mails(&last.email).len(), 1);
    assert_eq!(server.count("mail"), 2, "none to an address that nobody has");
    assert_eq!(outbox(&app), json!([]));
    let holders = app.rows("SELECT username FROM reset_codes JOIN users ON users.id = user_id ORDER BY user_id");
    assert_eq!(holders, [[json!("ana")], [json!("last")]]);
}

#[tokio::test]
async fn both_kinds_of_address_wait_in_the_queue_alike() {
    let port = Port::reserve();
    let slow = MailServer::on(&port, &["--mode", "slow"]).await;
    let app = mailing(&port.url(), &[]).await;
    let (ana, bob) = (app.user("ana").await, app.user("bob").await);
    ask(&app, &ana.email).await;
    slow.told("connected", 1).await;
    let unknown = ask(&app, "nobody@example.org").await;
    let known = ask(&app, &bob.email).await;
    assert_eq!(bytes(&unknown), bytes(&known));
    assert_eq!(outbox(&app), json!([["ana", 0], [null, 0], ["bob", 0]]));
}

#[tokio::test]
async fn without_a_mail_server_the_code_is_shown_on_the_terminal_and_nowhere_else() {
    let app = App::with(&[("log", "debug")]).await;
    let ana = app.user("ana").await;
    ask(&app, "nobody@example.org").await;
    ask(&app, &ana.email).await;
    let first = app.reset_code("ana", &[]).await;
    ask(&app, &ana.email).await;
    let second = app.reset_code("ana", &[&first]).await;
    assert!(is_code(&first) && is_code(&second), "{first} {second}");
    validate(&app, &first).await.is(404);
    confirm(&app, &second, FRESH)
        .await
        .is(200)
        .says(json!({"status": "OK"}));
    confirm(&app, &second, FRESH).await.is(404);

    let log = app.stderr().join("\n");
    assert!(log.contains("DEBUG"), "the log is on: {log}");
    for secret in [&first, &second, &ana.email, &ana.password, FRESH, "nobody@example.org"] {
        assert!(!log.contains(secret), "{secret} in the log: {log}");
    }
    // The next in the queue: all before is dealt with.
    let last = app.user("last").await;
    ask(&app, &last.email).await;
    let third = app.reset_code("last", &[]).await;
    assert_eq!(outbox(&app), json!([]));
    let shown: Vec<String> = app
        .stdout()
        .into_iter()
        .filter(|line| line.starts_with(">>>"))
        .collect();
    let line = |name: &str, code: &str| format!(">>> Password reset code for {name}: {code} (valid for 60 minutes)");
    let expected = [line("ana", &first), line("ana", &second), line("last", &third)];
    assert_eq!(shown, expected, "one line each, none for nobody");
}

#[tokio::test]
async fn a_code_that_waited_for_a_mail_server_is_shown_when_there_is_none_any_more() {
    let mut app = App::start().await;
    let ana = app.user("ana").await;
    app.stop().await;
    // As left behind by a server that had a mail server in its settings.
    let sql = format!(
        "INSERT INTO outbox (kind, user_id, attempts, created_at, due_at) VALUES ('password_reset', {}, 3, {}, 0)",
        ana.id,
        crate::now()
    );
    alter(&app, &sql);
    app.start_again().await;
    let code = app.reset_code("ana", &[]).await;
    validate(&app, &code).await.is(200);
}

#[tokio::test]
async fn with_a_mail_server_neither_log_nor_terminal_nor_file_hold_a_code() {
    let flags = ["--login", "post:s3cret", "--fault", "data:451", "--times", "1"];
    let server = MailServer::start(&flags).await;
    let url = format!("smtp://post:s3cret@127.0.0.1:{}", server.port);
    let mut app = mailing(&url, &[("log", "debug")]).await;
    let ana = app.user("ana").await;
    ask(&app, &ana.email).await;
    // The mail server's answer names the address.
    logged(&app, "a mail will be tried again").await;
    let queue = app.rows("SELECT * FROM outbox");
    assert_eq!(queue.len(), 1);
    assert!(!json!(queue).to_string().contains("example.org"), "{queue:?}");
    let code = server.mail(&ana.email).await.code();
    validate(&app, &code).await.is(200);
    ask(&app, "nobody@example.org").await;
    settle(&app, &server, "last").await;
    app.stop().await;

    let log = app.stderr().join("\n");
    assert!(log.contains("DEBUG"), "the log is on: {log}");
    for secret in [&code, &ana.email, &ana.password, "nobody@example.org", "s3cret"] {
        assert!(!log.contains(secret), "{secret} in the log: {log}");
    }
    let terminal = app.stdout().join("\n");
    assert!(!terminal.contains(">>>") && !terminal.contains(&code), "{terminal}");
    let file = std::fs::read(app.file()).expect("the server's file");
    let held = |needle: &[u8]| file.windows(needle.len()).any(|window| window == needle);
    assert!(held(ana.email.as_bytes()), "this search finds what is there");
    assert!(!held(code.as_bytes()), "the code stands in the file");
}
