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
    server.signal("TERM");
    assert_eq!(server.ended().await, Some(0));
    asked.ends().await.refuses(&["No server", &port]);
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
        vec!["user", "add"],
        vec!["user", "reset-password"],
    ] {
        let ended = Start::bare(folder.path()).args(&command).args(["--help"]).ends().await;
        assert_eq!(ended.code, Some(0), "{command:?}");
        for part in ["Usage: messenger", "Examples:"] {
            assert!(
                ended.stdout.contains(part),
                "{command:?} without {part}:\n{}",
                ended.stdout
            );
        }
    }
    assert!(crate::process::names(folder.path()).is_empty(), "help touches nothing");
}
