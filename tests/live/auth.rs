//! Who gets a socket: the handshake, the page that asks, and the first frame.

use crate::common::golden::{assert_is, assert_shows};
use crate::common::socket::{answer, frame, long_ping, send, text_frame, HANDSHAKE};
use crate::common::{stored, tokens, within, App, Socket};
use crate::stage::Stage;
use serde_json::{json, Value};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

#[tokio::test]
async fn a_good_token_is_greeted_and_told() {
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
        ..
    } = &Stage::set().await;
    let head = stored::count(app, "events");
    let mut on_bob = bob.socket().await;
    assert_eq!(on_bob.ready["head"], head);
    assert_eq!(on_bob.ready["epoch"], bob.cursor().await.epoch);
    let mut on_eve = eve.socket().await;
    let message = alice.send(chat, "hi").await;
    let event = on_bob.event().await;
    assert_shows(
        &event,
        json!({"type": "event", "id": head + 1, "kind": "message.created", "chat_id": chat.id, "data": {"id": message.id, "text": "hi"}}),
    );
    let marker = eve.send(&eve.group("Another", &[]).await, "quiet").await;
    let heard = on_eve.events_until(&marker).await;
    assert_eq!(heard.len(), 1, "her own new chat and nothing else: {heard:?}");
}

#[tokio::test]
async fn who_does_not_say_who_he_is_is_closed() {
    let stage = Stage::set().await;
    let Stage { app, alice, bob, .. } = &stage;
    let key = tokens::key(app);
    let of_alice = tokens::claims(&alice.access);
    let gone = alice.again().await;
    gone.post("/auth/logout/", json!({})).await.is(205);
    let before = stored::census(app);
    let auth = |token: &str| json!({"type": "auth", "token": token}).to_string();
    let far = tokens::altered(&of_alice, "sid", json!(9_999_999));
    let firsts: Vec<(&str, String)> = vec![
        ("garbage", auth("garbage")),
        ("an empty token", auth("")),
        ("no token", json!({"type": "auth"}).to_string()),
        (
            "a token that is a number",
            json!({"type": "auth", "token": 5}).to_string(),
        ),
        (
            "a token that is null",
            json!({"type": "auth", "token": null}).to_string(),
        ),
        ("an expired token", auth(&tokens::expired(app, &alice.access))),
        ("a refresh token", auth(&alice.refresh)),
        ("a token of a session that has ended", auth(&gone.access)),
        ("a token of no session", auth(&tokens::sign(&far, &key))),
        (
            "another's session",
            auth(&tokens::sign(
                &tokens::altered(&of_alice, "user_id", json!(bob.id)),
                &key,
            )),
        ),
        ("another key", auth(&tokens::sign(&of_alice, b"another key"))),
        (
            "no algorithm",
            auth(&format!("{}.", tokens::unsigned(&json!({"alg": "none"}), &of_alice))),
        ),
        ("a header as in HTTP", auth(&format!("Bearer {}", alice.access))),
        ("no JSON", "hello".to_owned()),
        ("half of it", auth(&alice.access)[..40].to_owned()),
        ("a list", format!("[{}]", auth(&alice.access))),
        ("an empty text", String::new()),
        (
            "another type first",
            json!({"type": "ping", "token": alice.access}).to_string(),
        ),
        ("a send first", send(&stage.chat, "hi", "c-1").to_string()),
        ("no type", json!({"token": alice.access}).to_string()),
    ];
    for (what, first) in firsts {
        let mut socket = app.stranger().await;
        socket.say_text(&first).await;
        assert_eq!(socket.closed().await, Some(4401), "{what}");
        assert_eq!(socket.rest(), Vec::<Value>::new(), "{what}: said before the close");
    }
    let mut binary = app.stranger().await;
    binary.raw(&frame(0x82, auth(&alice.access).as_bytes())).await;
    binary.closes(4401).await;
    let mut large = app.stranger().await;
    large.say_text(&long_ping(64 * 1024 + 1)).await;
    large.closes(4413).await;
    assert_eq!(stored::census(app), before);
    bob.get(&format!("/auth/user/{}/", alice.id))
        .await
        .is(200)
        .shows(json!({"online": false}));
}

#[tokio::test]
async fn who_says_nothing_is_closed_after_five_seconds() {
    let app = App::start().await;
    let (mut silent, mut pings) = (app.stranger().await, app.stranger().await);
    // WebSocket's own pings are answered, and are no greeting.
    pings.wire_ping(b"here").await;
    assert_eq!(pings.wire_pong().await, b"here");
    let (silent, pings) = tokio::join!(silent.closed(), pings.closed());
    assert_eq!((silent, pings), (Some(4408), Some(4408)));
}

#[tokio::test]
async fn a_page_of_another_site_is_turned_away() {
    let app = App::with(&[("cors_origins", r#"["https://friends.example.org"]"#)]).await;
    let alice = app.user("alice").await;
    let host = app.host();
    let port = host.rsplit(':').next().unwrap().to_owned();
    let detail = json!({"detail": "You do not have permission to perform this action."});
    for foreign in [
        "https://evil.example.org".to_owned(),
        "null".to_owned(),
        String::new(),
        "http://127.0.0.1".to_owned(),
        format!("http://localhost:{port}"),
        format!("http://{host}.evil.example.org"),
        format!("http://evil.example.org#{host}"),
        format!("http://{host}@evil.example.org"),
        format!("http://{host}/"),
        format!("ws://{host}"),
        format!("file://{host}"),
        host.clone(),
        "https://friends.example.org.evil.example.org".to_owned(),
        "http://friends.example.org".to_owned(),
        "*".to_owned(),
    ] {
        let origin = format!("Origin: {foreign}");
        let lines: Vec<&str> = HANDSHAKE.iter().copied().chain([origin.as_str()]).collect();
        let (reply, _) = app.knock("GET /ws/ HTTP/1.1", &lines).await;
        assert_eq!(reply.status, 403, "{origin}");
        reply.says(detail.clone());
    }
    let (own, evil) = (
        format!("Origin: http://{host}"),
        "Origin: https://evil.example.org".to_owned(),
    );
    for two in [[&own, &evil], [&evil, &own], [&own, &own]] {
        let lines: Vec<&str> = HANDSHAKE.iter().copied().chain(two.map(String::as_str)).collect();
        let (reply, _) = app.knock("GET /ws/ HTTP/1.1", &lines).await;
        reply.is(403).says(detail.clone());
    }
    for ours in [own.as_str(), "Origin: https://friends.example.org"] {
        alice.sign_in(&[ours], json!({})).await.lives().await;
    }
    alice.sign_in(&[], json!({})).await.lives().await;
}

#[tokio::test]
async fn what_is_no_handshake_is_answered_as_http() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    let [connection, upgrade, version, key] = HANDSHAKE;
    let get = "GET /ws/ HTTP/1.1";
    let detail = json!({"detail": "This address is for WebSocket connections."});
    for headers in [
        vec![],
        vec![connection, upgrade, key],
        vec![connection, upgrade, "Sec-WebSocket-Version: 8", key],
        vec![connection, version, key],
        vec![upgrade, version, key],
        vec![connection, "Upgrade: h2c", version, key],
        vec!["Connection: close", upgrade, version, key],
    ] {
        let (reply, _) = app.knock(get, &headers).await;
        let reply = reply.is(426).says(detail.clone());
        assert_eq!(reply.header("upgrade"), "websocket");
        assert_eq!(reply.header("sec-websocket-version"), "13");
        assert_eq!(reply.header("content-type"), "application/json");
    }
    for key in [
        None,
        Some("Sec-WebSocket-Key:"),
        Some("Sec-WebSocket-Key: short"),
        Some("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==dGhl"),
    ] {
        let headers: Vec<&str> = [connection, upgrade, version].into_iter().chain(key).collect();
        let (reply, _) = app.knock(get, &headers).await;
        reply.is(400).shows(json!({"detail": "<string>"}));
    }
    for method in ["POST", "PUT", "DELETE"] {
        let (reply, _) = app.knock(&format!("{method} /ws/ HTTP/1.1"), &HANDSHAKE).await;
        reply
            .is(405)
            .shows(json!({"detail": format!("Method \"{method}\" not allowed.")}));
    }
    let (reply, _) = app.knock(get, &["Accept-Language: ro"]).await;
    reply
        .is(426)
        .says(json!({"detail": "Această adresă este pentru conexiuni WebSocket."}));
    // With and without its slash, and with names and lists as browsers and proxies write them.
    for (line, lines) in [
        ("GET /ws HTTP/1.1", HANDSHAKE),
        ("GET /ws/?token=nobody-looks-here HTTP/1.1", HANDSHAKE),
        (
            get,
            ["connection: keep-alive, upgrade", "UPGRADE: WebSocket", version, key],
        ),
    ] {
        let (reply, stream) = app.knock(line, &lines).await;
        let mut socket = Socket::upgraded(reply, stream).await;
        socket.say(alice.auth(json!({}))).await;
        socket.enter(&alice).await.lives().await;
    }
    // A token in the address or a header opens nothing.
    let (reply, stream) = app
        .knock(&format!("GET /ws/?token={} HTTP/1.1", alice.access), &HANDSHAKE)
        .await;
    let mut socket = Socket::upgraded(reply, stream).await;
    socket.say(json!({"type": "ping"})).await;
    socket.closes(4401).await;
}

#[tokio::test]
async fn what_comes_in_one_write_is_all_heard() {
    let stage = Stage::set().await;
    let Stage {
        app, alice, bob, chat, ..
    } = &stage;
    let (mut on_bob, mut on_eve) = (bob.socket().await, stage.eve.socket().await);
    let after = |client_id: &str| {
        let frames = [
            alice.auth(json!({})),
            send(chat, client_id, client_id),
            json!({"type": "ping"}),
        ];
        frames
            .iter()
            .flat_map(|frame| text_frame(&frame.to_string()))
            .collect::<Vec<u8>>()
    };
    // After the handshake, and even with it.
    let mut first = app.stranger().await;
    first.raw(&after("first")).await;
    let first = first.enter(alice).await;
    let mut stream = TcpStream::connect(app.host()).await.unwrap();
    let mut bytes = format!(
        "GET /ws/ HTTP/1.1\r\nHost: {}\r\n{}\r\n\r\n",
        app.host(),
        HANDSHAKE.join("\r\n")
    )
    .into_bytes();
    bytes.extend(after("second"));
    stream.write_all(&bytes).await.unwrap();
    let reply = answer(&mut stream, "a handshake with more behind it").await;
    let second = Socket::upgraded(reply, stream).await.enter(alice).await;
    for (mut socket, client_id) in [(first, "first"), (second, "second")] {
        let ack = socket.answer().await;
        assert_shows(&ack, json!({"type": "ack", "client_id": client_id}));
        assert_is(&socket.find(&["pong"]).await, json!({"type": "pong"}));
        let event = on_bob.event().await;
        assert_shows(
            &event,
            json!({"id": ack["event_id"], "data": {"id": ack["id"], "text": client_id}}),
        );
    }
    stage.silent(&mut on_eve).await;
}

#[tokio::test]
async fn bytes_that_come_one_by_one_are_heard_too() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    let mut socket = app.stranger().await;
    for byte in text_frame(&alice.auth(json!({})).to_string()) {
        socket.raw(&[byte]).await;
    }
    socket.enter(&alice).await.lives().await;
}

#[tokio::test]
async fn a_session_that_ends_while_its_sockets_sign_in_keeps_none() {
    let Stage { app, alice, bob, .. } = &Stage::set().await;
    let _here = bob.socket().await;
    for _ in 0..5 {
        let device = alice.again().await;
        let mut doors = Vec::new();
        for _ in 0..20 {
            doors.push(app.stranger().await);
        }
        let auth = device.auth(json!({}));
        let enter = doors.into_iter().map(|mut socket| {
            let auth = auth.clone();
            async move {
                socket.say(auth).await;
                socket.closed().await
            }
        });
        let (codes, ended) = tokio::join!(
            futures_util::future::join_all(enter),
            device.post("/auth/logout/", json!({}))
        );
        ended.is(205);
        assert_eq!(codes, vec![Some(4401); 20]);
    }
}

#[tokio::test]
async fn an_address_has_so_many_sockets_and_no_more() {
    let app = App::with(&[("rate_limits", "true")]).await;
    let alice = app.user("alice").await;
    let mut sockets = Vec::new();
    for _ in 0..256 {
        sockets.push(alice.socket().await);
    }
    let (reply, _) = app.knock("GET /ws/ HTTP/1.1", &HANDSHAKE).await;
    let reply = reply.is(429).shows(json!({"detail": "<string>"}));
    assert!(reply.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert_eq!(sockets[0].close(1000).await, Some(1000));
    let room = async {
        loop {
            let (reply, stream) = app.knock("GET /ws/ HTTP/1.1", &HANDSHAKE).await;
            if reply.status == 101 {
                return Socket::upgraded(reply, stream).await;
            }
        }
    };
    let mut socket = within("room for a socket", room).await;
    socket.say(alice.auth(json!({}))).await;
    socket.enter(&alice).await.lives().await;
    sockets[255].lives().await;
}
