//! Mail that arrives, over each kind of connection, and mail that must not leave over a connection that can't be trusted.

use crate::common::App;
use crate::server::{Certificate, MailServer};
use crate::{ask, lines_with, logged, mailing, outbox, settle, validate};
use serde_json::json;

/// The settings that send mail to a server: scheme, credentials and query of the URL, and the certificate.
async fn mailing_by(scheme: &str, login: &str, server: &MailServer, query: &str, certificate: &str) -> App {
    let url = format!("{scheme}://{login}127.0.0.1:{}{query}", server.port);
    mailing(&url, &[("smtp_root_certificate", certificate)]).await
}

#[tokio::test]
async fn a_mail_is_what_was_promised_and_nothing_else() {
    let server = MailServer::start(&[]).await;
    let url = format!("smtp://127.0.0.1:{}", server.port);
    let app = mailing(&url, &[("server_name", "Liceul Ștefan 5")]).await;
    let ana = app.user("ana").await;
    ask(&app, &ana.email).await;
    let mail = server.mail(&ana.email).await;

    assert_eq!(mail.from, "post@chat.example.org");
    assert_eq!(mail.to, [ana.email.as_str()]);
    assert_eq!(mail.subject, "Password Reset for Liceul Ștefan 5");
    assert_eq!(mail.header("From"), "Messenger <post@chat.example.org>");
    assert_eq!(mail.header("To"), ana.email);
    let names = mail.names();
    let mut once = names.clone();
    once.dedup();
    assert_eq!(names, once, "a header stands twice");
    for name in ["date", "from", "subject", "to"] {
        assert!(once.iter().any(|found| found == name), "no {name} in {names:?}");
    }
    assert!(mail.head.iter().all(|line| line.is_ascii()), "{:#?}", mail.head);
    validate(&app, &mail.code()).await.is(200).says(json!({"status": "OK"}));

    settle(&app, &server, "last").await;
    assert_eq!(server.mails(&ana.email).len(), 1, "mailed once");
    assert_eq!(outbox(&app), json!([]));
}

#[tokio::test]
async fn the_server_has_a_name_of_its_own_where_none_is_set() {
    let server = MailServer::start(&[]).await;
    let app = mailing_by("smtp", "", &server, "", "").await;
    let ana = app.user("ana").await;
    ask(&app, &ana.email).await;
    assert_eq!(server.mail(&ana.email).await.subject, "Password Reset for Messenger");
}

#[tokio::test]
async fn mail_arrives_by_each_kind_of_connection() {
    let certificate = Certificate::of_its_own("IP:127.0.0.1");
    // The password of the settings is percent-encoded, as in any URL.
    let (both, public, login) = (certificate.both(), certificate.trusted(), "post:s3cret:/@ %");
    let encoded = "post:s3cret%3A%2F%40%20%25@";
    let rows = [
        ("smtp", "plain", ""),
        ("smtp", "starttls", "?tls=required"),
        ("smtps", "tls", ""),
    ];
    for (scheme, mode, query) in rows {
        for signs_in in [false, true] {
            let mut flags = vec!["--mode", mode, "--certificate", &both];
            if signs_in {
                flags.extend(["--login", login]);
            }
            let server = MailServer::start(&flags).await;
            let user = if signs_in { encoded } else { "" };
            let trusted = if mode == "plain" { "" } else { &public };
            let app = mailing_by(scheme, user, &server, query, trusted).await;
            let ana = app.user("ana").await;
            ask(&app, &ana.email).await;
            let mail = server.mail(&ana.email).await;
            assert_eq!(mail.tls, mode != "plain", "{mode}");
            assert_eq!(mail.login.as_deref(), signs_in.then_some("post"), "{mode}");
            validate(&app, &mail.code()).await.is(200);
        }
    }
}

#[tokio::test]
async fn a_mail_server_may_be_vouched_for_by_an_authority_of_ones_own() {
    let certificate = Certificate::signed("IP:127.0.0.1");
    let server = MailServer::start(&["--mode", "tls", "--certificate", &certificate.both()]).await;
    let app = mailing_by("smtps", "", &server, "", &certificate.trusted()).await;
    let ana = app.user("ana").await;
    ask(&app, &ana.email).await;
    assert!(server.mail(&ana.email).await.tls);
}

#[tokio::test]
async fn a_certificate_in_the_settings_means_that_nothing_leaves_in_the_clear() {
    let certificate = Certificate::of_its_own("IP:127.0.0.1");
    let server = MailServer::start(&["--mode", "starttls", "--certificate", &certificate.both()]).await;
    let app = mailing_by("smtp", "", &server, "", &certificate.trusted()).await;
    let ana = app.user("ana").await;
    ask(&app, &ana.email).await;
    assert!(server.mail(&ana.email).await.tls);
}

#[tokio::test]
async fn nothing_is_told_to_a_server_that_can_not_prove_who_it_is() {
    let ours = Certificate::of_its_own("IP:127.0.0.1");
    let elsewhere = Certificate::of_its_own("DNS:mail.example.org");
    let login = ["--login", "post:s3cret"];
    // Mode, what the server shows, what the settings trust ("" is the public authorities).
    let rows = [
        ("tls", Some(&ours), String::new()),
        ("starttls", Some(&ours), String::new()),
        ("tls", Some(&elsewhere), elsewhere.trusted()),
        ("starttls", Some(&elsewhere), elsewhere.trusted()),
        ("tls", Some(&ours), elsewhere.trusted()),
        // Somebody on the way who hides that the server can do TLS.
        ("plain", None, String::new()),
        ("plain", None, ours.trusted()),
    ];
    for (mode, shown, trusted) in rows {
        let both = shown.map(Certificate::both).unwrap_or_default();
        let mut flags = vec!["--mode", mode, "--certificate", &both];
        flags.extend(login);
        let server = MailServer::start(&flags).await;
        let (scheme, query) = if mode == "tls" {
            ("smtps", "")
        } else {
            ("smtp", "?tls=required")
        };
        let app = mailing_by(scheme, "post:s3cret@", &server, query, &trusted).await;
        let ana = app.user("ana").await;
        ask(&app, &ana.email).await;
        logged(&app, "a mail will be tried again").await;
        let told = server.kill().await;
        assert!(
            !told.contains(&"login".to_owned()),
            "{mode}: the password was shown: {told:?}"
        );
        assert!(
            !told.contains(&"mail".to_owned()),
            "{mode}: the code was shown: {told:?}"
        );
        assert_eq!(outbox(&app)[0][0], "ana", "{mode}: the mail waits");
    }
}

#[tokio::test]
async fn a_mail_server_that_hung_up_after_a_mail_gets_the_next_at_once() {
    let server = MailServer::start(&["--leave"]).await;
    let app = mailing_by("smtp", "", &server, "", "").await;
    for (number, name) in ["ana", "bob", "dora"].into_iter().enumerate() {
        let user = app.user(name).await;
        ask(&app, &user.email).await;
        validate(&app, &server.mail(&user.email).await.code()).await.is(200);
        server.told("closed", number + 1).await;
    }
    assert_eq!(lines_with(&app, "tried again"), [""; 0]);
}

#[tokio::test]
async fn mail_goes_to_the_address_that_was_registered_not_to_the_one_that_was_typed() {
    let server = MailServer::start(&[]).await;
    let app = mailing_by("smtp", "", &server, "", "").await;
    let ana = app.user("ana").await;
    ask(&app, &format!("  {} ", ana.email.to_uppercase())).await;
    let mail = server.mail(&ana.email).await;
    assert_eq!(mail.to, [ana.email.as_str()]);
    assert_eq!(mail.header("To"), ana.email);
}

#[tokio::test]
async fn mail_reaches_an_address_whose_domain_is_not_ascii() {
    // A server that knows nothing of SMTPUTF8, as most; to such, the domain goes by its other name.
    let server = MailServer::start(&[]).await;
    let app = mailing_by("smtp", "", &server, "", "").await;
    let form = json!({
        "username": "dora", "password": "quiet lantern 9", "password2": "quiet lantern 9",
        "email": "dora@bücher.example", "first_name": "Dora", "last_name": "Pop"
    });
    app.anonymous().post("/auth/register/", form).await.is(201);
    ask(&app, "dora@bücher.example").await;
    let mail = server.mail("dora@xn--bcher-kva.example").await;
    assert_eq!(mail.header("To"), "dora@xn--bcher-kva.example");
    validate(&app, &mail.code()).await.is(200);
}
