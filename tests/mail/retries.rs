//! Mail servers that are down, slow or say no; our own server killed in between; and when mail is given up.

use crate::server::{MailServer, Port};
use crate::{alter, ask, lines_with, logged, mailing, now, outbox, settle, validate};
use serde_json::json;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

#[tokio::test]
async fn a_mail_waits_for_a_server_that_is_down() {
    let port = Port::reserve();
    let app = mailing(&port.url(), &[]).await;
    let ana = app.user("ana").await;
    ask(&app, &ana.email).await;
    let line = logged(&app, "a mail will be tried again").await;
    assert!(line.contains("WARN") && line.contains("attempts=1"), "{line}");

    let server = MailServer::on(&port, &[]).await;
    let mail = server.mail(&ana.email).await;
    validate(&app, &mail.code()).await.is(200);
    settle(&app, &server, "last").await;
    assert_eq!(outbox(&app), json!([]));
    assert_eq!(server.mails(&ana.email).len(), 1);
}

#[tokio::test]
async fn a_mail_outlives_kill_9_in_the_middle_of_its_delivery_and_leaves_once() {
    let port = Port::reserve();
    let slow = MailServer::on(&port, &["--mode", "slow"]).await;
    let mut app = mailing(&port.url(), &[]).await;
    let ana = app.user("ana").await;
    ask(&app, &ana.email).await;
    slow.told("connected", 1).await;
    app.kill().await;
    slow.told("closed", 1).await;
    slow.kill().await;

    let server = MailServer::on(&port, &[]).await;
    app.start_again().await;
    let mail = server.mail(&ana.email).await;
    validate(&app, &mail.code()).await.is(200);
    settle(&app, &server, "last").await;
    assert_eq!(server.mails(&ana.email).len(), 1);
    assert_eq!(outbox(&app), json!([]));
}

#[tokio::test]
async fn a_mail_outlives_kill_9_while_the_mail_server_is_down_and_leaves_once() {
    let port = Port::reserve();
    let mut app = mailing(&port.url(), &[]).await;
    let ana = app.user("ana").await;
    ask(&app, &ana.email).await;
    // The answer is a promise: nothing is waited for.
    app.kill().await;
    let server = MailServer::on(&port, &[]).await;
    app.start_again().await;
    validate(&app, &server.mail(&ana.email).await.code()).await.is(200);
    // Killed again after delivery: what is done is not done anew.
    settle(&app, &server, "last1").await;
    app.kill().await;
    app.start_again().await;
    settle(&app, &server, "last2").await;
    assert_eq!(server.mails(&ana.email).len(), 1);
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_does_not_wait_for_a_mail() {
    let port = Port::reserve();
    let slow = MailServer::on(&port, &["--mode", "slow"]).await;
    let mut app = mailing(&port.url(), &[]).await;
    let ana = app.user("ana").await;
    ask(&app, &ana.email).await;
    slow.told("connected", 1).await;
    app.stop().await;
    // Had it waited for an end of the conversation, it would have noted how that went.
    assert_eq!(lines_with(&app, "a mail"), [""; 0]);
    assert_eq!(outbox(&app), json!([["ana", 0]]));
}

#[tokio::test]
async fn the_api_answers_while_a_mail_server_does_not() {
    let port = Port::reserve();
    let slow = MailServer::on(&port, &["--mode", "slow"]).await;
    let app = mailing(&port.url(), &[]).await;
    let (ana, bob) = (app.user("ana").await, app.user("bob").await);
    ask(&app, &ana.email).await;
    slow.told("connected", 1).await;

    // All of it while the mailer is in its first conversation.
    ask(&app, &bob.email).await;
    ask(&app, "nobody@example.org").await;
    let chat = ana.group("Any", &[&bob]).await;
    let message = ana.send(&chat, "still here").await;
    assert_eq!(bob.history(&chat).await[0]["id"], message.id);
    bob.again().await;
    assert_eq!(slow.kinds(), ["connected"], "the conversation goes on");
    assert_eq!(outbox(&app), json!([["ana", 0], ["bob", 0], [null, 0]]));

    slow.kill().await;
    let server = MailServer::on(&port, &[]).await;
    for user in [&ana, &bob] {
        validate(&app, &server.mail(&user.email).await.code()).await.is(200);
    }
    settle(&app, &server, "last").await;
    assert_eq!(outbox(&app), json!([]));
}

#[tokio::test]
async fn a_mail_server_that_says_nothing_is_left_and_tried_again() {
    let port = Port::reserve();
    let slow = MailServer::on(&port, &["--mode", "slow"]).await;
    let app = mailing(&port.url(), &[("smtp_timeout_seconds", "1")]).await;
    let ana = app.user("ana").await;
    ask(&app, &ana.email).await;
    let line = logged(&app, "a mail will be tried again").await;
    assert!(line.contains("did not answer in time"), "{line}");
    slow.told("closed", 1).await;
    slow.kill().await;

    let server = MailServer::on(&port, &[]).await;
    validate(&app, &server.mail(&ana.email).await.code()).await.is(200);
    settle(&app, &server, "last").await;
    assert_eq!(server.mails(&ana.email).len(), 1);
    assert_eq!(outbox(&app), json!([]));
}

#[tokio::test]
async fn a_refusal_for_now_is_tried_again_and_delivered_once() {
    for fault in ["rcpt:451", "data:452"] {
        let server = MailServer::start(&["--fault", fault, "--times", "1"]).await;
        let app = mailing(&format!("smtp://127.0.0.1:{}", server.port), &[]).await;
        let ana = app.user("ana").await;
        ask(&app, &ana.email).await;
        let refused = server.told("refused", 1).await;
        assert_eq!(refused["to"], json!([ana.email]));
        let line = logged(&app, "a mail will be tried again").await;
        assert!(line.contains(&fault[5..]), "the answer's number: {line}");
        let mail = server.mail(&ana.email).await;
        validate(&app, &mail.code()).await.is(200);
        settle(&app, &server, "last").await;
        assert_eq!(outbox(&app), json!([]));
        assert_eq!(server.mails(&ana.email).len(), 1);
        assert_eq!(server.count("refused"), 1);
    }
}

#[tokio::test]
async fn a_refusal_for_good_ends_a_mail_with_one_line_in_the_log() {
    for fault in ["rcpt:550", "data:554"] {
        let server = MailServer::start(&["--fault", fault, "--times", "1"]).await;
        // What is logged where nothing is set.
        let app = mailing(&format!("smtp://127.0.0.1:{}", server.port), &[("log", "warn")]).await;
        let ana = app.user("ana").await;
        ask(&app, &ana.email).await;
        server.told("refused", 1).await;
        settle(&app, &server, "last").await;
        assert_eq!(outbox(&app), json!([]));
        assert_eq!(server.mails(&ana.email).len(), 0);
        let lines = app.stderr();
        assert_eq!(lines.len(), 1, "{lines:#?}");
        assert!(
            lines[0].contains("WARN") && lines[0].contains("a mail was given up"),
            "{lines:#?}"
        );
        assert!(lines[0].contains(&fault[5..]), "the answer's number: {lines:#?}");
        assert!(!lines[0].contains("example.org"), "an address: {lines:#?}");

        // Who asks again is given another try.
        ask(&app, &ana.email).await;
        validate(&app, &server.mail(&ana.email).await.code()).await.is(200);
    }
}

#[tokio::test]
async fn a_mail_whose_receipt_was_lost_comes_twice_and_the_newest_counts() {
    let server = MailServer::start(&["--fault", "data:lost", "--times", "1"]).await;
    let app = mailing(&format!("smtp://127.0.0.1:{}", server.port), &[]).await;
    let ana = app.user("ana").await;
    ask(&app, &ana.email).await;
    let second = server.nth_mail(&ana.email, 2).await.code();
    let first = server.mail(&ana.email).await.code();
    settle(&app, &server, "last").await;
    assert_eq!(server.mails(&ana.email).len(), 2);
    assert_eq!(outbox(&app), json!([]));
    validate(&app, &first).await.is(404);
    validate(&app, &second).await.is(200);
}

#[tokio::test]
async fn pauses_grow() {
    let pauses = [5, 15, 60, 300, 900, 1800, 3600, 3600, 3600];
    let port = Port::reserve();
    let mut app = mailing(&port.url(), &[]).await;
    for number in 0..pauses.len() {
        let user = app.user(&format!("user{number}")).await;
        ask(&app, &user.email).await;
    }
    app.stop().await;
    alter(
        &app,
        "UPDATE outbox SET due_at = 0, attempts = (SELECT count(*) FROM outbox AS o WHERE o.id < outbox.id)",
    );
    let times = pauses.len().to_string();
    let server = MailServer::on(&port, &["--fault", "data:451", "--times", &times]).await;
    let before = now();
    app.start_again().await;
    settle(&app, &server, "last").await;
    let rows = app.rows("SELECT attempts, due_at FROM outbox JOIN users ON users.id = user_id WHERE username LIKE 'user%' ORDER BY user_id");
    let after = now();
    assert_eq!(rows.len(), pauses.len());
    for (at, (row, pause)) in rows.iter().zip(pauses).enumerate() {
        assert_eq!(row[0], json!(at + 1), "tries");
        let due = row[1].as_i64().expect("a time");
        let range = before + pause * SECOND..=after + pause * SECOND;
        assert!(
            range.contains(&due),
            "the pause after try {}: {due} is not in {range:?}",
            at + 1
        );
    }
}

#[tokio::test]
async fn a_mail_is_given_up_after_a_day() {
    let port = Port::reserve();
    let mut app = mailing(&port.url(), &[("log", "warn")]).await;
    let (old, older) = (app.user("old").await, app.user("older").await);
    for user in [&old, &older] {
        ask(&app, &user.email).await;
    }
    app.stop().await;
    // One mail has a minute of its day left, one has not.
    for (user, age) in [(&old, DAY - 60 * SECOND), (&older, DAY)] {
        let created = now() - age;
        let sql = format!(
            "UPDATE outbox SET due_at = 0, attempts = 1, created_at = {created} WHERE user_id = {}",
            user.id
        );
        alter(&app, &sql);
    }
    let server = MailServer::on(&port, &["--fault", "data:451", "--times", "2"]).await;
    app.start_again().await;
    let line = logged(&app, "a mail was given up").await;
    assert!(line.contains("WARN") && line.contains("attempts=2"), "{line}");
    settle(&app, &server, "last").await;
    assert_eq!(outbox(&app), json!([["old", 2]]));
    assert_eq!(server.count("refused"), 2, "one more try each");
    assert_eq!(server.mails(&older.email).len(), 0);
    let lines = app.stderr();
    assert_eq!(lines, [line], "one line, for the one given up");
    assert!(!lines[0].contains("example.org"), "an address: {lines:#?}");
}
