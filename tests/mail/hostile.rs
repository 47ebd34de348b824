//! Line ends, NUL and a dot alone on its line in everything that could reach a mail.

use crate::common::Part;
use crate::server::{MailServer, Port};
use crate::{ask, mailing, outbox, settle, validate};
use serde_json::{json, Value};
use std::io::{Read, Write};
use std::process::{Command, Output, Stdio};

/// What would begin a header, end a mail or begin another, put into the middle of a value.
const TRICKS: [&str; 9] = [
    "\r\nBcc: evil@example.net\r\n",
    "\nBcc: evil@example.net\n",
    "\rBcc: evil@example.net\r",
    "\r\n.\r\nMAIL FROM:<evil@example.net>\r\n",
    "\n.\n",
    "\n.",
    "\0",
    "\u{85}Bcc: evil@example.net",
    "\u{2028}Bcc: evil@example.net",
];

/// Every header a mail has, once.
async fn names(server: &MailServer, app: &crate::common::App) -> Vec<String> {
    let user = settle(app, server, "last0").await;
    server.mail(&user.email).await.names()
}

fn form(field: &str, value: &str) -> Value {
    let mut form = json!({
        "username": "dora", "password": "quiet lantern 9", "password2": "quiet lantern 9",
        "email": "dora@example.org", "first_name": "Dora", "last_name": "Pop"
    });
    form[field] = json!(value);
    form
}

/// Each field that a person chooses, with each trick in it: (field, value).
fn tricked() -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    for trick in TRICKS {
        rows.push(("username", format!("do{trick}ra")));
        rows.push(("first_name", format!("Do{trick}ra")));
        rows.push(("last_name", format!("Po{trick}p")));
        rows.push(("email", format!("do{trick}ra@example.org")));
        rows.push(("email", format!("dora@exa{trick}mple.org")));
        rows.push(("email", format!("dora@example.org{trick}x")));
        rows.push(("email", format!("x{trick}dora@example.org")));
    }
    rows
}

#[tokio::test]
async fn people_can_not_put_lines_into_mail() {
    let server = MailServer::start(&[]).await;
    let app = mailing(&format!("smtp://127.0.0.1:{}", server.port), &[]).await;
    let plain = names(&server, &app).await;
    let ana = app.user("ana").await;
    let nobody = app.anonymous();
    let profile = format!("/auth/update_profile/{}/", ana.id);
    for (field, value) in tricked() {
        let body = form(field, &value);
        let any = json!({field: "<any>"});
        nobody
            .post("/auth/register/", body.clone())
            .await
            .is(400)
            .says(any.clone());
        let texts = body.as_object().unwrap().iter();
        let parts: Vec<Part> = texts
            .map(|(name, text)| Part::field(name, text.as_str().unwrap()))
            .collect();
        nobody
            .multipart("POST", "/auth/register/", &parts)
            .await
            .is(400)
            .says(any.clone());
        ana.patch(&profile, json!({field: value}))
            .await
            .is(400)
            .says(any.clone());
        if field == "email" {
            nobody
                .post("/auth/password_reset/", json!({"email": value}))
                .await
                .is(400)
                .says(any);
        }
    }
    // Blanks around an address are cut off, and line ends are blanks.
    let spaced = form("email", "\r\n dora@example.org\r\n");
    nobody
        .post("/auth/register/", spaced)
        .await
        .is(201)
        .shows(json!({"email": "dora@example.org"}));
    ask(&app, "\ndora@example.org\r\n").await;
    let mail = server.mail("dora@example.org").await;
    assert_eq!(mail.to, ["dora@example.org"]);
    assert_eq!(mail.names(), plain);
    validate(&app, &mail.code()).await.is(200);
    settle(&app, &server, "last1").await;
    assert_eq!(server.count("mail"), 3, "nothing else was sent");
    assert_eq!(outbox(&app), json!([]));
}

#[tokio::test]
async fn the_servers_name_stays_in_its_header() {
    let server = MailServer::start(&[]).await;
    let url = format!("smtp://127.0.0.1:{}", server.port);
    let app = mailing(&url, &[]).await;
    let plain = names(&server, &app).await;
    let long = "Liceul ".repeat(200);
    let mut rows = Vec::new();
    for trick in TRICKS {
        let name = format!("Our{trick}School");
        // An environment variable can't hold NUL; the settings' own notation for it can.
        let setting = if trick == "\0" {
            r#""Our\u0000School""#.to_owned()
        } else {
            name.clone()
        };
        rows.push((setting, name));
    }
    rows.push((long.clone(), long.trim().to_owned()));
    for (number, (setting, name)) in rows.into_iter().enumerate() {
        let app = mailing(&url, &[("server_name", &setting)]).await;
        let email = format!("reader{number}@example.org");
        let user = form("email", &email);
        app.anonymous().post("/auth/register/", user).await.is(201);
        ask(&app, &email).await;
        let mail = server.mail(&email).await;
        assert_eq!(mail.names(), plain, "{name:?}: {:#?}", mail.head);
        assert_eq!(mail.to, [email.as_str()], "{name:?}");
        assert!(
            mail.head.iter().all(|line| line.is_ascii()),
            "{name:?}: {:#?}",
            mail.head
        );
        assert_eq!(mail.subject, format!("Password Reset for {name}"));
        validate(&app, &mail.code()).await.is(200);
    }
}

/// Runs a command that should end by itself in a folder of its own, with these settings; gives what it left there, too.
fn run(settings: &[(&str, &str)], arguments: &[&str], stdin: &str) -> (Output, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_messenger"));
    command.args(arguments).current_dir(folder.path());
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.env("ROCKET_PORT", "0").env("ROCKET_ADDRESS", "127.0.0.1");
    for (name, value) in settings {
        command.env(format!("ROCKET_{}", name.to_uppercase()), value);
    }
    let mut child = command.spawn().unwrap();
    // Whoever is refused before it reads has closed the pipe.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let mut first = [0];
    if child.stdout.take().unwrap().read(&mut first).unwrap() > 0 {
        child.kill().unwrap();
        child.wait().unwrap();
        panic!("it was not refused: {settings:?} {arguments:?}");
    }
    let output = child.wait_with_output().unwrap();
    let left = std::fs::read_dir(folder.path()).unwrap();
    let left = left
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    (output, left)
}

#[test]
fn the_command_line_takes_no_lines_into_an_account() {
    for trick in TRICKS.into_iter().filter(|trick| !trick.contains('\0')) {
        for (name, email) in [
            ("dora".to_owned(), format!("dora@example.org{trick}x")),
            (format!("do{trick}ra"), String::new()),
        ] {
            let arguments = ["user", "add", &name, "--password-stdin", "--email", &email];
            let (output, left) = run(&[], &arguments, "quiet lantern 9");
            assert_eq!(output.status.code(), Some(1), "{trick:?}");
            assert_eq!(left, [""; 0], "{trick:?}: nothing is made");
            let sentence = String::from_utf8(output.stderr).unwrap();
            assert_eq!(sentence.lines().count(), 1, "{trick:?}: {sentence:?}");
        }
    }
}

#[test]
fn mail_settings_that_can_not_be_end_the_start_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem").display().to_string();
    std::fs::write(&empty, "not a certificate").unwrap();
    let missing = folder.path().join("missing.pem").display().to_string();
    let url = ("smtp_url", "smtps://post:s3cret@mail.example.org");
    let rows = [
        (
            vec![("smtp_url", "smtp://post:s3cret@mail.example.org:99999")],
            "smtp_url",
        ),
        (vec![("smtp_url", "imap://post:s3cret@mail.example.org")], "smtp_url"),
        (
            vec![("smtp_url", "smtp://post:x@mail.example.com:25/s3cret@mail.example.org")],
            "%2F",
        ),
        (
            vec![("smtp_url", "smtp://post:s3cret@mail.example.org?tls=perhaps")],
            "smtp_url",
        ),
        (vec![("smtp_url", "mail.example.org:587")], "smtp_url"),
        (vec![("smtp_url", "post:s3cret@mail.example.org")], "smtp_url"),
        (vec![url, ("smtp_from", "nobody at all")], "smtp_from"),
        (vec![url, ("smtp_from", "")], "smtp_from"),
        (
            vec![url, ("smtp_from", "Us <us@example.org>\r\nBcc: evil@example.net")],
            "smtp_from",
        ),
        (vec![url, ("smtp_root_certificate", &missing)], "smtp_root_certificate"),
        (vec![url, ("smtp_root_certificate", &empty)], "smtp_root_certificate"),
    ];
    for (settings, named) in rows {
        let (output, left) = run(&settings, &[], "");
        let sentence = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{settings:?}: {sentence}");
        assert_eq!(sentence.lines().count(), 1, "{settings:?}: {sentence}");
        assert!(sentence.contains(named), "{settings:?}: {sentence}");
        assert!(!sentence.contains("s3cret"), "{settings:?}: {sentence}");
        assert_eq!(left, [""; 0], "{settings:?}: nothing is made");
    }
}

#[tokio::test]
async fn a_sender_with_a_name_of_any_letters_is_one_sender() {
    let port = Port::reserve();
    let server = MailServer::on(&port, &[]).await;
    let app = mailing(&port.url(), &[("smtp_from", "Școala nr. 5 <post@chat.example.org>")]).await;
    let user = settle(&app, &server, "last").await;
    let mail = server.mail(&user.email).await;
    assert_eq!(mail.from, "post@chat.example.org");
    assert!(
        mail.header("From").ends_with("<post@chat.example.org>"),
        "{:#?}",
        mail.head
    );
    assert!(mail.head.iter().all(|line| line.is_ascii()), "{:#?}", mail.head);
}
