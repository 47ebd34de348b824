//! What nobody should send: bodies, types, hosts and framings, and what the log makes of them.

use crate::common::{stored, App, Table};
use serde_json::json;

#[tokio::test]
async fn bodies_that_are_no_honest_json() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    let chat = alice.group("G", &[]).await;
    let path = format!("/chat/messages/{}/", chat.id);
    let send = |body: Vec<u8>| alice.bytes("POST", &path, Some(("application/json", body)));
    let (before, mut table) = (stored::census(&app), Table::new("hostile JSON"));
    let not_a =
        |kind: &str| json!({"non_field_errors": [format!("Invalid data. Expected a dictionary, but got {kind}.")]});
    table.says(&send(b"[]".to_vec()).await, 400, not_a("list"));
    table.says(&send(b"[{\"text\":\"x\"}]".to_vec()).await, 400, not_a("list"));
    table.says(&send(b"\"text\"".to_vec()).await, 400, not_a("str"));
    table.says(&send(b"5".to_vec()).await, 400, not_a("int"));
    for body in ["null", "true", "1.5"] {
        table.refused(&send(body.into()).await);
    }
    let parse = json!({"detail": "<starts:JSON parse error - >"});
    for body in [
        "{",
        "{\"text\":\"x\"",
        "{'text':'x'}",
        "{text:1}",
        "{\"text\":\"x\"}}",
        "{\"text\":\"x\"} x",
        "{\"text\":\"a\nb\"}",
        "nonsense",
        "{\"text\":01}",
    ] {
        table.says(&send(body.into()).await, 400, parse.clone());
    }
    let deep = |open: &str, close: &str| format!("{{\"text\":{}{}}}", open.repeat(100_000), close.repeat(100_000));
    for body in [
        "".into(),
        deep("[", "]").into_bytes(),
        format!(
            "{{\"text\":\"x\",\"more\":{}{}}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        )
        .into_bytes(),
        "[".repeat(100_000).into_bytes(),
        "{\"a\":".repeat(20_000).into_bytes(),
        b"{\"text\":\"\xff\xfe\"}".to_vec(),
        b"{\"text\":\"\xed\xa0\x80\"}".to_vec(),
        "{\"text\":\"x\"}".encode_utf16().flat_map(u16::to_le_bytes).collect(),
        b"{\"text\":NaN}".to_vec(),
        b"{\"text\":\"x\",\"reply_to\":1e400}".to_vec(),
        b"{\"text\":\"x\",\"reply_to\":-Infinity}".to_vec(),
        format!("{{\"text\":\"x\",\"reply_to\":1{}}}", "0".repeat(400)).into_bytes(),
        b"{\"text\":\"a\0b\"}".to_vec(),
    ] {
        table.refused(&send(body).await);
    }
    let surrogate = |code: &str| json!({"text": [format!("Surrogate characters are not allowed: U+{code}.")]});
    table.says(
        &send(b"{\"text\":\"a\\ud800b\"}".to_vec()).await,
        400,
        surrogate("D800"),
    );
    table.says(&send(b"{\"text\":\"\\udfff\"}".to_vec()).await, 400, surrogate("DFFF"));
    let null = json!({"text": ["Null characters are not allowed."]});
    table.says(&send(b"{\"text\":\"a\\u0000b\"}".to_vec()).await, 400, null);
    table.blames(
        &send(format!("{{\"text\":\"{}\"}}", "x".repeat(300 * 1024)).into_bytes()).await,
        413,
        "detail",
    );
    table.done();
    assert_eq!(stored::census(&app), before);

    let mut table = Table::new("odd, but honest");
    table.shows(
        &send(b"{\"text\":\"\\ud83d\\ude00\"}".to_vec()).await,
        201,
        json!({"text": "😀"}),
    );
    let many: String = (0..5000).map(|at| format!("\"k{at}\":[{at}],")).collect();
    table.is(&send(format!("{{{many}\"text\":\"x\"}}").into_bytes()).await, 201);
    let twice = send(b"{\"text\":\"first\",\"text\":\"last\"}".to_vec()).await;
    let one_parser = twice.status == 400 || (twice.status == 201 && twice.body["text"] == "last");
    table.holds("a key twice: refused, or the last one counts", one_parser);
    table.done();
}

#[tokio::test]
async fn content_types() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    let chat = alice.group("G", &[]).await;
    let path = format!("/chat/messages/{}/", chat.id);
    let json_body = || b"{\"text\":\"x\"}".to_vec();
    let mut table = Table::new("Content-Type");
    for kind in [
        "text/plain",
        "application/xml",
        "text/html",
        "image/png",
        "application/octet-stream",
    ] {
        let reply = alice.bytes("POST", &path, Some((kind, json_body()))).await;
        let said = json!({"detail": format!("Unsupported media type \"{kind}\" in request.")});
        table.says(&reply, 415, said);
    }
    for kind in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON",
    ] {
        table.is(&alice.bytes("POST", &path, Some((kind, json_body()))).await, 201);
    }
    let form = Some((
        "application/x-www-form-urlencoded",
        b"username=alice&password=x".to_vec(),
    ));
    table.is(&app.anonymous().bytes("POST", "/auth/login/", form).await, 401);
    let form = format!("username=alice&password={}", alice.password.replace(' ', "+"));
    let form = Some(("application/x-www-form-urlencoded", form.into_bytes()));
    table.is(&app.anonymous().bytes("POST", "/auth/login/", form).await, 200);
    table.done();
}

#[tokio::test]
async fn a_forged_host_does_not_come_back_in_an_address() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    let chat = alice.group("G", &[]).await;
    let token = format!("Authorization: Bearer {}", alice.access);
    let line = format!("GET /chat/{}/ HTTP/1.1", chat.id);
    let mut table = Table::new("Host");
    for headers in [
        vec!["Host: evil.example"],
        vec!["Host: evil.example:80"],
        vec!["X-Forwarded-Host: evil.example"],
        vec!["Forwarded: host=evil.example"],
    ] {
        let reply = app.line(&line, &[headers.clone(), vec![&token]].concat()).await;
        let clean = !reply.text().contains("evil") && matches!(reply.status, 200 | 400);
        table.holds(
            &format!("{headers:?} answered {} {}", reply.status, reply.text()),
            clean,
        );
    }
    let absolute = format!("GET http://evil.example/chat/{}/ HTTP/1.1", chat.id);
    let reply = app.line(&absolute, &[&token]).await;
    table.holds(
        "an absolute address in the request line",
        !reply.text().contains("evil"),
    );
    let local = format!("Host: localhost:{}", app.host().rsplit(':').next().unwrap());
    let reply = app.line(&line, &[&local, &token]).await;
    let start = format!("http://localhost:{}/media/", app.host().rsplit(':').next().unwrap());
    table.shows(&reply, 200, json!({"chat_picture": format!("<starts:{start}>")}));
    table.done();

    let named = App::with(&[("base_url", "https://chat.example.org/")]).await;
    let bob = named.user("bob").await;
    let chat = bob.group("G", &[]).await;
    assert_eq!(chat.json["chat_picture"], "https://chat.example.org/media/profile.png");
    let list = bob.get("/chat/?page_size=1").await.is(200);
    assert_eq!(
        list.results()[0]["chat_picture"],
        "https://chat.example.org/media/profile.png"
    );
}

#[tokio::test]
async fn two_lengths_for_one_request_are_refused() {
    let app = App::start().await;
    app.user("alice").await;
    let host = app.host();
    let mut table = Table::new("smuggling");
    for (framing, body) in [
        ("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
        ("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n"),
        ("Content-Length: 2\r\nContent-Length: 5", "{}xxx"),
        ("Content-Length: -1", "{}"),
        ("Content-Length: 0x2", "{}"),
    ] {
        let request = format!(
            "POST /auth/login/ HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nConnection: close\r\n{framing}\r\n\r\n{body}"
        );
        let answer = app.wire(request.as_bytes()).await;
        let text = String::from_utf8_lossy(&answer).into_owned();
        table.holds(
            &format!("{framing:?} answered {text}"),
            text.starts_with("HTTP/1.1 400 "),
        );
    }
    table.done();
}

#[tokio::test]
async fn only_named_sites_may_read_an_answer() {
    let app = App::with(&[("cors_origins", "[\"https://school.example.org\"]")]).await;
    let alice = app.user("alice").await;
    let allow = "access-control-allow-origin";
    let from = |origin: &str| alice.header("Origin", origin);
    for origin in [
        "https://evil.example",
        "null",
        "https://school.example.org.evil.example",
        "http://school.example.org",
    ] {
        assert_eq!(
            from(origin).get("/auth/me/").await.is(200).header(allow),
            "",
            "{origin}"
        );
    }
    let named = "https://school.example.org";
    assert_eq!(from(named).get("/auth/me/").await.is(200).header(allow), named);
    assert_eq!(
        from(named)
            .request("OPTIONS", "/auth/me/", None)
            .await
            .is(204)
            .header(allow),
        named
    );
    let closed = App::start().await;
    let reply = closed
        .anonymous()
        .header("Origin", named)
        .get("/auth/me/")
        .await
        .is(401);
    assert_eq!(reply.header(allow), "");
}

#[tokio::test]
async fn nothing_private_is_logged_and_nothing_else_is_printed() {
    let app = App::with(&[("log", "info")]).await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let chat = alice.group("Our secret chat", &[&bob]).await;
    alice.send(&chat, "a very private sentence").await;
    alice.get("/chat/search/?q=sentence").await.is(200);
    alice.get("/auth/user/?search=bob").await.is(200);
    let login = json!({"username": "alice", "password": "a wrong password"});
    app.anonymous().post("/auth/login/", login).await.is(401);
    let last = alice.get("/chat/999/").await.is(404);
    let id = last.header("x-request-id").to_owned();
    app.logged(|line| line.contains(&id).then_some(())).await;
    let log = app.stderr().join("\n");
    for private in [
        "private sentence",
        "q=sentence",
        "Our secret chat",
        "a wrong password",
        &alice.password,
        &alice.email,
        &alice.access,
        &alice.refresh,
        "search=bob",
    ] {
        assert!(!log.contains(private), "{private} is in the log");
    }
    for line in app.stdout() {
        let known = line.starts_with("Messenger is running on http://localhost:")
            || line.starts_with("On another device: http://")
            || line.starts_with("It has no host yet. Become its host within 30 minutes: http://localhost:");
        assert!(known, "on stdout: {line}");
    }
}

#[tokio::test]
async fn a_locked_database_is_said_to_be_busy_and_nothing_is_lost() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    let chat = alice.group("G", &[]).await;
    let path = format!("/chat/messages/{}/", chat.id);
    let sent = json!({"text": "patient", "client_id": "c"});
    let lock = stored::lock(&app);
    let reply = alice
        .post(&path, sent.clone())
        .await
        .is(503)
        .says(json!({"detail": "<string>"}));
    assert!(reply
        .header("retry-after")
        .parse::<u64>()
        .is_ok_and(|seconds| seconds >= 1));
    alice.get(&format!("/chat/{}/", chat.id)).await.is(200);
    drop(lock);
    alice
        .post(&path, sent)
        .await
        .is(201)
        .shows(json!({"seq": 1, "text": "patient"}));
}
