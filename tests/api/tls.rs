//! HTTPS with the file's own authority: who is let in, what is served without it, and what everything says then.

use crate::common::golden::assert_is;
use crate::common::socket::{send, HANDSHAKE};
use crate::common::{raw, stored, tls, App, Reply};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn encrypted() -> App {
    App::with(&[("https", "true")]).await
}

/// What the server's own port says to these bytes, without TLS.
async fn plain(app: &App, request: &str) -> Reply {
    let mut stream = TcpStream::connect(("127.0.0.1", app.port().await)).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    raw::parse(request, &answer)
}

#[tokio::test]
async fn without_tls_there_is_the_way_to_trust_and_nothing_else() {
    let app = encrypted().await;
    let port = app.port().await;
    let host = format!("127.0.0.1:{port}");
    let get = |path: &str, more: &str| format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n");
    let fingerprint = app
        .printed(|line| line.strip_prefix("Its certificate's SHA-256 is ").map(str::to_owned))
        .await;
    for (path, more, words) in [
        ("/", "", "Trust this server"),
        ("/trust", "", "Trust this server"),
        ("/trust/", "Accept-Language: ro\r\n", "Încredere în acest server"),
        ("/trust?lang=ro", "Accept-Language: en\r\n", "Încredere în acest server"),
        ("/trust?lang=en", "Accept-Language: ro\r\n", "Trust this server"),
    ] {
        let page = plain(&app, &get(path, more)).await.is(200);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert!(page.header("content-security-policy").contains("default-src 'none'"));
        let text = page.text();
        assert!(text.contains(words), "{path}: {text}");
        assert!(text.replace("<wbr>", "").contains(&fingerprint), "{path}: {text}");
        assert!(text.contains(&format!("href=\"https://{host}\"")), "{path}: {text}");
    }
    let certificate = plain(&app, &get("/trust/messenger-ca.crt", "")).await.is(200);
    assert_eq!(certificate.header("content-type"), "application/x-x509-ca-cert");
    assert_eq!(certificate.bytes, app.authority());
    for path in [
        "/auth/server/",
        "/openapi.json",
        "/js/main.js",
        "/ws/",
        "/chat/?page=2",
        "/trust/x",
    ] {
        let sent = plain(&app, &get(path, "")).await.is(307);
        assert_eq!(sent.header("location"), format!("https://{host}{path}"));
        assert_eq!((sent.text().as_str(), sent.header("cache-control")), ("", "no-store"));
    }
    let asterisk = plain(&app, &get("*", "")).await.is(307);
    assert_eq!(asterisk.header("location"), format!("https://{host}/"));
    // Another's name does not come back.
    let forged = "GET /chat/ HTTP/1.1\r\nHost: example.org\r\n\r\n";
    assert_eq!(
        plain(&app, forged).await.is(307).header("location"),
        format!("https://{host}/chat/")
    );
    let before = stored::census(&app);
    let body = r#"{"username":"mallory","password":"correct horse 7","password2":"correct horse 7"}"#;
    let post = format!(
        "POST /auth/register/ HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let refused = plain(&app, &post).await.is(403).json();
    assert_is(&refused, json!({"code": "https_only", "detail": "<string>"}));
    assert_eq!(stored::census(&app), before);
}

#[tokio::test]
async fn a_device_believes_only_the_authority_of_the_file() {
    let mut app = encrypted().await;
    let (at, authority) = (format!("127.0.0.1:{}", app.port().await), app.authority());
    for name in ["127.0.0.1", "localhost", "messenger.local", "::1"] {
        tls::connect(&at, name, &authority).await.expect(name);
    }
    for name in ["example.org", "messenger-2.local", "203.0.113.7"] {
        let refused = tls::connect(&at, name, &authority).await.expect_err(name);
        assert!(refused.to_string().contains("not valid for name"), "{name}: {refused}");
    }
    let other = encrypted().await;
    let refused = tls::connect(&at, "localhost", &other.authority())
        .await
        .expect_err("a stranger");
    assert!(
        refused.to_string().contains("UnknownIssuer") || refused.to_string().contains("BadSignature"),
        "{refused}"
    );
    // Trusted once, and after the next start.
    app.restart().await;
    assert_eq!(app.authority(), authority);
    tls::connect(&format!("127.0.0.1:{}", app.port().await), "localhost", &authority)
        .await
        .expect("the same authority");
}

#[tokio::test]
async fn everything_is_said_and_told_over_tls() {
    let app = encrypted().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let eve = app.user("eve").await;
    let chat = alice.group("G", &[&bob]).await;
    let (mut on_alice, mut on_bob) = (alice.socket().await, bob.socket().await);
    let mut on_eve = eve.socket().await;
    on_alice.say(send(&chat, "Salut", "a-1")).await;
    let ack = on_alice.answer().await;
    let event = on_bob.event().await;
    assert_eq!(
        (&event["kind"], &event["data"]["id"]),
        (&json!("message.created"), &ack["id"])
    );
    assert_eq!(
        app.rows("SELECT text FROM messages WHERE client_id = 'a-1'"),
        [[json!("Salut")]]
    );
    let own = eve.group("Eve's own", &[]).await;
    let marker = eve.send(&own, "mine").await;
    let heard = on_eve.events_until(&marker).await;
    assert!(!heard.iter().any(|event| event.contains("Salut")), "{heard:?}");
    // More than one record and one buffer, both ways.
    let bytes = crate::stage::noise(3_000_000);
    let part = crate::common::Part::file("file", "n.bin", "application/octet-stream", &bytes);
    let sent = alice
        .multipart("POST", &format!("/chat/messages/{}/", chat.id), &[part])
        .await
        .is(201)
        .json();
    let url = sent["file"].as_str().unwrap();
    let here = format!("https://127.0.0.1:{}", app.port().await);
    assert!(url.starts_with(&here), "{url}");
    assert_eq!(bob.get(&url[here.len()..]).await.is(200).bytes, bytes);
}

#[tokio::test]
async fn what_is_told_of_the_server_begins_with_https() {
    let app = encrypted().await;
    let alice = app.user("alice").await;
    stored::make_host(&app, &alice);
    let host = alice.again().await;
    let port = app.port().await;
    let lobby = host.get("/host/lobby/").await.is(200).json();
    assert_eq!(lobby["trust"]["url"], format!("http://localhost:{port}/trust"));
    let printed = app
        .printed(|line| line.strip_prefix("Its certificate's SHA-256 is ").map(str::to_owned))
        .await;
    assert_eq!(lobby["trust"]["fingerprint"], printed);
    let fields = json!({"username": "alice", "password": alice.password});
    let entered = app.anonymous().post("/auth/login/", fields).await.is(200);
    assert!(
        entered.header("set-cookie").contains("; Secure"),
        "{}",
        entered.header("set-cookie")
    );
    let page = app.anonymous().get("/trust?lang=ro").await.is(200);
    assert!(page.text().contains("Încredere în acest server"));
    let certificate = app.anonymous().get("/trust/messenger-ca.crt").await.is(200);
    assert_eq!(certificate.bytes, app.authority());
    // A page that came without TLS is none of ours, whatever its address.
    let at = app.host();
    for (origin, status) in [(format!("https://{at}"), 101), (format!("http://{at}"), 403)] {
        let named = format!("Origin: {origin}");
        let lines: Vec<&str> = HANDSHAKE.iter().copied().chain([named.as_str()]).collect();
        app.knock("GET /ws/ HTTP/1.1", &lines).await.0.is(status);
    }
}

#[tokio::test]
async fn without_https_there_is_nothing_to_trust() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    stored::make_host(&app, &alice);
    let lobby = alice.again().await.get("/host/lobby/").await.is(200).json();
    assert_eq!((&lobby["trust"], &lobby["also"]), (&json!(null), &json!(null)));
    for path in ["/trust", "/trust/messenger-ca.crt"] {
        app.anonymous().get(path).await.is(404);
    }
    assert!(app.rows("SELECT name FROM authority").is_empty());
}

/// Linux answers at every address that begins with 127, listed or not: an address that is new to the server.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_certificate_follows_the_address() {
    let app = App::with(&[("https", "true"), ("address", "0.0.0.0"), ("mdns", "false")]).await;
    let (port, authority) = (app.port().await, app.authority());
    let refused = tls::connect(&format!("127.0.0.1:{port}"), "127.0.0.9", &authority).await;
    assert!(refused
        .expect_err("not come by")
        .to_string()
        .contains("not valid for name"));
    for address in ["127.0.0.9", "127.0.0.10", "127.0.0.9"] {
        tls::connect(&format!("{address}:{port}"), address, &authority)
            .await
            .expect(address);
    }
}

/// Rocket's own port is for what ends TLS: whoever goes around it finds nothing.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn nobody_gets_around_tls() {
    let app = encrypted().await;
    let id = app.id();
    let sockets: Vec<String> = std::fs::read_dir(format!("/proc/{id}/fd"))
        .unwrap()
        .filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok())
        .filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    let table = std::fs::read_to_string(format!("/proc/{id}/net/tcp")).unwrap();
    let listening = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let port = u16::from_str_radix(words[1].split_once(':')?.1, 16).ok()?;
        (words[3] == "0A" && sockets.iter().any(|inode| inode == words[9])).then_some(port)
    };
    let ports: Vec<u16> = table.lines().skip(1).filter_map(listening).collect();
    let own = app.port().await;
    let inner = *ports.iter().find(|port| **port != own).expect("Rocket's port");
    assert_eq!(ports.len(), 2, "{ports:?}");
    let http = reqwest::Client::new();
    for path in ["/", "/auth/server/", "/openapi.json", "/trust"] {
        let answer = http
            .get(format!("http://127.0.0.1:{inner}{path}"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(answer.text().await.unwrap(), r#"{"detail":"Not found."}"#);
    }
}
