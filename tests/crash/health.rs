//! `messenger health`: whether the server of this computer answers.

use crate::process::Start;
use tokio::net::TcpListener;

#[tokio::test]
async fn a_server_that_answers_is_well() {
    let folder = tempfile::tempdir().unwrap();
    let server = Start::server(folder.path()).serves().await;
    let port = server.base.rsplit(':').next().unwrap().to_owned();
    let asked = Start::bare(folder.path()).env("ROCKET_PORT", &port).args(["health"]);
    let ended = asked.ends().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(ended.stdout, format!("The server at 127.0.0.1:{port} is well.\n"));
    // As a flag, and where nobody says which: the server of this database has written where it is.
    for flags in [vec!["--port", port.as_str(), "health"], vec!["health"]] {
        let ended = Start::bare(folder.path()).args(&flags).ends().await;
        assert_eq!(ended.code, Some(0), "{flags:?}: {}", ended.stderr);
        assert_eq!(ended.stdout, format!("The server at 127.0.0.1:{port} is well.\n"));
    }
    server.signal("TERM");
    assert_eq!(server.ended().await, Some(0));
    asked.ends().await.refuses(&["No server", &port]);
}

#[tokio::test]
async fn a_server_with_https_proves_that_it_is_the_one_of_the_file() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (start, another) = (
        Start::server(folder.path()).args(["--https"]),
        Start::server(other.path()).args(["--https"]),
    );
    let (server, stranger) = (start.serves().await, another.serves().await);
    let port = |base: &str| base.rsplit(':').next().unwrap().to_owned();
    let (own, strange) = (port(&server.base), port(&stranger.base));
    let asked = |port: &str| Start::bare(folder.path()).env("ROCKET_PORT", port).args(["health"]);
    // The database says that its server speaks HTTPS.
    let ended = asked(&own).ends().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(ended.stdout, format!("The server at 127.0.0.1:{own} is well.\n"));
    let set = asked(&own).env("ROCKET_HTTPS", "true").ends().await;
    assert_eq!(set.code, Some(0), "{}", set.stderr);
    let wrong = asked(&strange).env("ROCKET_HTTPS", "true").ends().await;
    wrong.refuses(&["No server answers", "prove"]);
    // A second start finds the first, and says where it is.
    let second = Start::bare(folder.path()).args(["--https", "--no-open"]).ends().await;
    assert_eq!(second.code, Some(0), "{}", second.stderr);
    assert!(
        second.stdout.contains(&format!("https://localhost:{own}")),
        "{}",
        second.stdout
    );
    for server in [server, stranger] {
        server.signal("TERM");
        assert_eq!(server.ended().await, Some(0));
    }
}

#[tokio::test]
async fn something_else_on_the_port_is_no_server() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let stranger = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 1024];
        assert!(stream.read(&mut request).await.unwrap() > 0);
        stream.write_all(b"SSH-2.0-stranger\r\n").await.unwrap();
    });
    let ended = Start::bare(folder.path())
        .env("ROCKET_PORT", &port)
        .args(["health"])
        .ends()
        .await;
    ended.refuses(&["answers", "SSH-2.0-stranger"]);
    stranger.await.unwrap();
}

#[tokio::test]
async fn every_command_helps() {
    let folder = tempfile::tempdir().unwrap();
    for command in [
        vec![],
        vec!["demo"],
        vec!["health"],
        vec!["backup"],
        vec!["restore"],
        vec!["check"],
        vec!["export"],
        vec!["import"],
        vec!["import", "django"],
        vec!["import", "archive"],
        vec!["user"],
        vec!["user", "add"],
        vec!["user", "reset-password"],
    ] {
        let ended = Start::bare(folder.path()).args(&command).args(["--help"]).ends().await;
        assert_eq!(ended.code, Some(0), "{command:?}");
        let usage = ["messenger"].into_iter().chain(command.iter().copied());
        let usage = format!("Usage: {}", usage.collect::<Vec<_>>().join(" "));
        // One or several, each a line that can be typed as it stands.
        let (_, examples) = ended.stdout.split_once("\nExample").unwrap_or_default();
        let examples = examples.trim_start_matches('s').strip_prefix(":\n").unwrap_or_default();
        let shown = examples.lines().take_while(|line| line.starts_with("  "));
        let words = command.join(" ");
        let fits = |line: &str| line.contains("messenger") && line.contains(&words);
        assert!(
            ended.stdout.contains(&usage) && shown.clone().count() > 0 && shown.clone().all(fits),
            "{command:?}:\n{}",
            ended.stdout
        );
        // Who has the program has no sources.
        assert!(!ended.stdout.contains("sources"), "{command:?}:\n{}", ended.stdout);
    }
    assert!(crate::process::names(folder.path()).is_empty(), "help touches nothing");
}
