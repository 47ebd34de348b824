//! Settings and flags that can't be: each start is refused in one sentence before anything is opened.

use crate::process::{contents, Start};
use std::net::TcpListener;
use std::path::Path;

/// Starts a server in this folder and asserts that it is refused with these words and that nothing was made.
async fn assert_refused(start: Start, folder: &Path, hints: &[&str]) {
    eprintln!("{hints:?}");
    let before = contents(folder);
    start.ends().await.refuses(hints);
    assert_eq!(contents(folder), before, "nothing is made: {hints:?}");
}

#[tokio::test]
async fn a_settings_file_that_cannot_be_read_is_refused() {
    let cases: [(&str, &[&str]); 5] = [
        ("[default\nport = 1", &["Rocket.toml", "line 1"]),
        ("[default]\nport = \n", &["Rocket.toml", "line 2"]),
        (
            "[default]\nregistrations_per_hour = true",
            &["Rocket.toml", "registrations_per_hour"],
        ),
        ("[default]\nquota_bytes = \"much\"", &["Rocket.toml", "quota_bytes"]),
        ("[default]\nworkers = \"many\"", &["Rocket.toml", "workers"]),
    ];
    for (toml, hints) in cases {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Rocket.toml"), toml).unwrap();
        assert_refused(Start::server(folder.path()), folder.path(), hints).await;
    }
}

#[tokio::test]
async fn a_variable_that_cannot_be_is_refused() {
    let cases: [(&str, &str, &[&str]); 24] = [
        ("ROCKET_PORT", "banana", &["port"]),
        ("ROCKET_PORT", "70000", &["port"]),
        ("ROCKET_ADDRESS", "banana", &["address"]),
        ("ROCKET_WORKERS", "many", &["workers"]),
        ("ROCKET_WORKERS", "0", &["workers"]),
        ("ROCKET_MAX_BLOCKING", "0", &["max_blocking"]),
        ("ROCKET_KEEP_ALIVE", "long", &["keep_alive"]),
        ("ROCKET_SHUTDOWN", "{grace=-1}", &["shutdown"]),
        ("ROCKET_DATABASE", "", &["database", "must name a file"]),
        ("ROCKET_RATE_LIMITS", "maybe", &["rate_limits", "a boolean"]),
        (
            "ROCKET_REQUIRE_PASSWORD_FOR_EMAIL",
            "perhaps",
            &["require_password_for_email", "a boolean"],
        ),
        ("ROCKET_QUOTA_BYTES", "-1", &["quota_bytes"]),
        ("ROCKET_ACCESS_MINUTES", "0", &["access_minutes", "1 to"]),
        ("ROCKET_REFRESH_DAYS", "9999", &["refresh_days", "1 to"]),
        ("ROCKET_PASSWORD_ITERATIONS", "0", &["password_iterations", "at least"]),
        ("ROCKET_EVENTS_KEPT", "999", &["events_kept", "at least 1000"]),
        ("ROCKET_EVENTS_KEPT", "all", &["events_kept"]),
        ("ROCKET_BASE_URL", "chat.example.org", &["base_url", "http://"]),
        ("ROCKET_CORS_ORIGINS", "5", &["cors_origins"]),
        ("ROCKET_SMTP_URL", "banana", &["smtp_url", "smtps://"]),
        ("ROCKET_LOG", "a=b=c", &["log"]),
        ("ROCKET_LOG", "info,[[", &["log"]),
        ("ROCKET_LOG_FORMAT", "xml", &["log_format", "json"]),
        ("ROCKET_IP_HEADER", "5", &["ip_header"]),
    ];
    for (name, value, hints) in cases {
        let folder = tempfile::tempdir().unwrap();
        // A flag would override the variable.
        let start = match name {
            "ROCKET_PORT" => Start::bare(folder.path()).args(["--address", "127.0.0.1"]),
            "ROCKET_ADDRESS" => Start::bare(folder.path()).args(["--port", "0"]),
            _ => Start::server(folder.path()),
        };
        eprintln!("{name}={value}");
        let mut ended = start.env(name, value).ends().await;
        assert!(contents(folder.path()).is_empty(), "nothing is made: {name}={value}");
        ended.refuses(&[]);
        // It may be called as the variable is or as in the file.
        ended.stderr = ended.stderr.to_lowercase();
        ended.refuses(hints);
    }
}

#[tokio::test]
async fn mail_settings_that_cannot_be_are_refused() {
    let cases = [
        ("ROCKET_SMTP_FROM", "nobody", "smtp_from"),
        ("ROCKET_SMTP_ROOT_CERTIFICATE", "/none.pem", "/none.pem"),
    ];
    for (name, value, hint) in cases {
        let folder = tempfile::tempdir().unwrap();
        let start = Start::server(folder.path())
            .env("ROCKET_SMTP_URL", "smtp://localhost:25")
            .env(name, value);
        assert_refused(start, folder.path(), &[hint]).await;
    }
    // It may hold a password, which is not repeated.
    let folder = tempfile::tempdir().unwrap();
    let url = "ftp://ana:green-lantern@mail.example.org";
    let ended = Start::server(folder.path()).env("ROCKET_SMTP_URL", url).ends().await;
    ended.refuses(&["smtp_url"]);
    assert!(!ended.stderr.contains("green-lantern"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_taken_port_is_refused() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let folder = tempfile::tempdir().unwrap();
    let start = || Start::bare(folder.path()).args(["--no-open", "--address", "127.0.0.1"]);
    let ended = start().args(["--port", &port]).ends().await;
    ended.refuses(&["port", "taken", "--port"]);
    let ended = start().env("ROCKET_PORT", &port).ends().await;
    ended.refuses(&["port", "taken", "--port"]);
    let beside: Vec<String> = contents(folder.path())
        .into_keys()
        .filter(|name| name != "messenger.db")
        .collect();
    assert_eq!(beside, [""; 0], "nothing beside the file");
    drop(taken);
    let server = start().args(["--port", &port]).serves().await;
    server.signal("TERM");
    assert_eq!(server.ended().await, Some(0));
}

#[tokio::test]
async fn a_certificate_that_is_not_there_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let files = "{certs=\"/none.pem\",key=\"/none.key\"}";
    let ended = Start::server(folder.path()).env("ROCKET_TLS", files).ends().await;
    ended.refuses(&["/none.pem"]);
}

#[tokio::test]
async fn an_address_of_another_computer_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    // Kept for documentation: no computer has it.
    let ended = Start::bare(folder.path())
        .args(["--address", "192.0.2.1", "--port", "0"])
        .ends()
        .await;
    ended.refuses(&["can't listen", "--address"]);
}

#[tokio::test]
async fn what_the_command_line_does_not_know_is_misuse() {
    let cases: [(&[&str], &str); 8] = [
        (&["--frobnicate"], "--frobnicate"),
        (&["frobnicate"], "frobnicate"),
        (&["--port", "banana"], "--port"),
        (&["--port", "70000"], "--port"),
        (&["--address", "here"], "--address"),
        (&["--database"], "--database"),
        (&["user", "add", "--password-stdin"], "<NAME>"),
        (&["user", "add", "alice"], "--password-stdin"),
    ];
    for (args, what) in cases {
        let folder = tempfile::tempdir().unwrap();
        Start::bare(folder.path()).args(args).ends().await.is_misused(what);
        assert!(contents(folder.path()).is_empty(), "nothing is made: {args:?}");
    }
}
