//! A start as a double click makes it: the browser opens, the first is found by the second, a taken port gives way.

use crate::client::Client;
use crate::common::{within, App};
use crate::process::{names, Start};
use std::net::TcpListener;

/// The port that a server says it is on.
fn port(base: &str) -> u16 {
    base.rsplit(':').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_second_start_finds_the_first() {
    let folder = tempfile::tempdir().unwrap();
    // Without a port of its own, as a double click: it takes the next free one, whatever runs on this machine.
    let start = Start::bare(folder.path()).args(["--address", "127.0.0.1", "--no-open"]);
    let server = start.serves().await;
    let there = format!("http://localhost:{}", port(&server.base));
    let same = port(&server.base).to_string();
    for second in [start.clone(), start.clone().args(["--port", &same])] {
        let ended = second.ends().await;
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(ended.stdout.contains(&there), "{}", ended.stdout);
        assert_eq!((ended.stdout.lines().count(), &*ended.stderr), (1, ""));
    }
    // Who asks for another port can't have it.
    let ended = start.clone().args(["--port", "0"]).ends().await;
    ended.refuses(&["already running", "--database"]);
    Client::person(&server.base, "alice").await;
    server.signal("TERM");
    assert_eq!(server.ended().await, Some(0));
    assert_eq!(names(folder.path()), ["messenger.db"]);
}

/// With a screen to sit before, and a browser that only notes what it is to open.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_browser_opens_by_itself_and_again_at_a_second_start() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, tools) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (opener, opened) = (tools.path().join("xdg-open"), tools.path().join("opened"));
    std::fs::write(&opener, format!("#!/bin/sh\necho \"$1\" >> '{}'\n", opened.display())).unwrap();
    std::fs::set_permissions(&opener, std::fs::Permissions::from_mode(0o755)).unwrap();
    let others = std::env::var("PATH").unwrap();
    let start = Start::bare(folder.path())
        .args(["--address", "127.0.0.1"])
        .env("PATH", format!("{}:{others}", tools.path().display()))
        .env("DISPLAY", ":7")
        .env("XDG_ACTIVATION_TOKEN", "started")
        .env("SSH_CONNECTION", "");
    let server = start.serves().await;
    let anybody = Client::new(&server.base);
    let lines = async |count: usize| loop {
        let text = std::fs::read_to_string(&opened).unwrap_or_default();
        if text.ends_with('\n') && text.lines().count() >= count {
            return text.lines().map(str::to_owned).collect::<Vec<_>>();
        }
        anybody.get("/auth/server/").await;
    };
    let there = format!("http://localhost:{}", port(&server.base));
    let first = within("the browser", lines(1)).await;
    assert!(first[0].starts_with(&format!("{there}/#/setup/")), "{first:?}");
    assert_eq!(start.ends().await.code, Some(0));
    let both = within("the browser again", lines(2)).await;
    assert_eq!((both.len(), &both[1]), (2, &there));
    server.kill().await;
}

#[tokio::test]
async fn a_server_that_was_killed_is_not_found() {
    let folder = tempfile::tempdir().unwrap();
    let server = Start::server(folder.path()).serves().await;
    server.kill().await;
    assert!(names(folder.path()).contains(&"messenger.db-address".to_owned()));
    let server = Start::server(folder.path()).serves().await;
    Client::person(&server.base, "alice").await;
    server.signal("TERM");
    assert_eq!(server.ended().await, Some(0));
    assert_eq!(names(folder.path()), ["messenger.db"]);
}

#[tokio::test]
async fn a_taken_port_gives_way_unless_somebody_asked_for_it() {
    // Held for the whole test, if nothing else has it.
    let _taken = TcpListener::bind("127.0.0.1:8000");
    let folder = tempfile::tempdir().unwrap();
    let server = Start::bare(folder.path())
        .args(["--address", "127.0.0.1", "--no-open"])
        .serves()
        .await;
    assert!((8001..=8020).contains(&port(&server.base)), "{}", server.base);
    let taken = port(&server.base).to_string();
    // Whoever has put the first one into a browser or a firewall is told, before he is told where it is.
    let lines = server.stdout();
    let said = format!("Port 8000 is taken by another program, so Messenger takes {taken}.");
    assert_eq!((lines.len(), &lines[0]), (2, &said), "{lines:#?}");
    let elsewhere = tempfile::tempdir().unwrap();
    let asks = Start::bare(elsewhere.path()).args(["--address", "127.0.0.1", "--no-open"]);
    for asked in [asks.clone().args(["--port", &taken]), asks.env("ROCKET_PORT", &taken)] {
        asked.ends().await.refuses(&["port", "--port"]);
    }
    // Who has the port that he asked for is told nothing of it.
    let asked = Start::server(elsewhere.path()).serves().await;
    assert_eq!(asked.stdout().len(), 1, "{:#?}", asked.stdout());
    for server in [server, asked] {
        server.kill().await;
    }
}

#[tokio::test]
async fn a_host_of_the_command_line_is_a_host() {
    let mut app = App::start().await;
    app.stop().await;
    let folder = app.file().parent().unwrap().to_owned();
    let add = Start::bare(&folder).args(["user", "add", "elena", "--password-stdin", "--host"]);
    assert_eq!(add.input("violet harbour 41").ends().await.code, Some(0));
    app.start_again().await;
    let server = app.anonymous().get("/auth/server/").await.is(200).json();
    assert_eq!(server.get("setup"), None, "{server}");
    assert!(
        !app.stdout().iter().any(|line| line.contains("setup")),
        "{:?}",
        app.stdout()
    );
    app.stop().await;
}

/// A terminal that `script` opens, as a desktop does for a double click (`own`) or with a shell in it that starts the program.
#[cfg(target_os = "linux")]
async fn in_a_terminal(folder: &std::path::Path, own: bool) -> (tokio::process::Child, String) {
    use std::process::Stdio;
    use tokio::io::AsyncReadExt;
    let run = format!("'{}' --no-open", env!("CARGO_BIN_EXE_messenger"));
    let run = if own {
        format!("exec {run}")
    } else {
        format!("{run}; exit $?")
    };
    let mut window = tokio::process::Command::new("script")
        .args(["--quiet", "--return", "--flush", "--command", &run, "/dev/null"])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("script, of util-linux");
    let mut screen = window.stdout.take().unwrap();
    let mut shown = Vec::new();
    let ending = |shown: &[u8]| String::from_utf8_lossy(shown).contains("Press Enter to close.");
    let reading = async { while !ending(&shown) && screen.read_buf(&mut shown).await.unwrap() > 0 {} };
    within("what the window says", reading).await;
    window.stdout = Some(screen);
    (window, String::from_utf8_lossy(&shown).into_owned())
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_window_of_its_own_stays_open_until_what_went_wrong_is_read() {
    use tokio::io::AsyncWriteExt;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("Rocket.toml"), "[default]\nport = \"many\"\n").unwrap();
    let (mut window, shown) = in_a_terminal(folder.path(), true).await;
    let (wrong, asked) = (shown.find("port"), shown.find("Press Enter to close."));
    assert!(wrong.is_some() && wrong < asked, "{shown}");
    assert!(window.try_wait().unwrap().is_none(), "it is gone with what it said");
    window.stdin.as_mut().unwrap().write_all(b"\n").await.unwrap();
    let ended = within("the window's end", window.wait()).await.unwrap();
    assert_eq!(ended.code(), Some(1));
    // In a shell's window it stays in any case: nobody is asked for a key.
    let (mut window, shown) = in_a_terminal(folder.path(), false).await;
    assert!(shown.contains("port") && !shown.contains("Press Enter"), "{shown}");
    let ended = within("the window's end", window.wait()).await.unwrap();
    assert_eq!(ended.code(), Some(1));
    assert_eq!(names(folder.path()), ["Rocket.toml"]);
}
