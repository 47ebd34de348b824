//! What holds for every request: spellings, methods, headers, languages, and bodies that nobody should send.

use crate::common::{stored, App, Table};
use serde_json::{json, Value};

fn none() -> Value {
    json!({"detail": "Not found."})
}

#[tokio::test]
async fn every_path_answers_in_all_its_spellings_and_never_redirects() {
    let app = App::start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let chat = alice.group("G", &[&bob]).await;
    let message = alice.send(&chat, "hi").await;
    let (chat_id, message_id, alice_id, bob_id) = (chat.id, message.id, alice.id, bob.id);
    let mut table = Table::new("spellings");
    let plain = [
        "/auth/me".to_owned(),
        "/auth/sessions".to_owned(),
        "/auth/user".to_owned(),
        format!("/auth/user/{bob_id}"),
        format!("/chat/messages?chat={chat_id}"),
        "/chat/messages".to_owned(),
        format!("/chat/messages/{message_id}"),
        "/chat/search?q=hi".to_owned(),
        "/chat/sync".to_owned(),
        "/chat".to_owned(),
        "/chat?name=G".to_owned(),
        format!("/chat/{chat_id}"),
    ];
    for path in plain {
        let (bare, query) = path
            .split_once('?')
            .map_or((path.as_str(), String::new()), |(p, q)| (p, format!("?{q}")));
        let mut spellings = vec![format!("{bare}{query}"), format!("{bare}/{query}")];
        if bare == "/chat" || bare == format!("/chat/{chat_id}") {
            let doubled = format!("/chat{bare}");
            spellings.extend([format!("{doubled}{query}"), format!("{doubled}/{query}")]);
        }
        for spelling in spellings {
            let request = format!("GET {spelling} HTTP/1.1");
            let reply = app
                .line(&request, &[&format!("Authorization: Bearer {}", alice.access)])
                .await;
            table.is(&reply, 200);
            table.holds(
                &format!("{spelling} names no other place"),
                reply.header("location").is_empty(),
            );
        }
    }
    let send = json!({"chat_id": chat_id, "text": "x"});
    let group = json!({"name": "n", "users": [], "type": "group"});
    let login = json!({"username": "alice", "password": alice.password});
    for (method, path, body, status) in [
        ("POST", "/chat".to_owned(), &group, 201),
        ("POST", "/chat/chat".to_owned(), &group, 201),
        ("POST", "/chat/messages".to_owned(), &send, 201),
        ("POST", format!("/chat/messages/{chat_id}"), &send, 201),
        ("PATCH", format!("/chat/{chat_id}"), &json!({"name": "m"}), 200),
        ("PATCH", format!("/chat/chat/{chat_id}"), &json!({"name": "m"}), 200),
        ("PUT", format!("/chat/{chat_id}/read"), &json!({"seq": 1}), 200),
        ("PUT", format!("/chat/chat/{chat_id}/read"), &json!({"seq": 1}), 200),
        (
            "PATCH",
            format!("/auth/update_profile/{alice_id}"),
            &json!({"first_name": "A"}),
            200,
        ),
        ("POST", "/auth/login".to_owned(), &login, 200),
        ("POST", "/auth/register".to_owned(), &json!({}), 400),
    ] {
        for spelling in [path.clone(), format!("{path}/")] {
            table.is(&alice.request(method, &spelling, Some(body.clone())).await, status);
        }
    }
    table.done();
}

#[tokio::test]
async fn other_ways_to_write_a_path_open_nothing() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    let mut table = Table::new("paths");
    for path in [
        "//auth/me/",
        "/auth//me/",
        "/auth/me//",
        "/AUTH/ME/",
        "/auth/me/.",
        "/auth/./me/",
        "/auth/x/../me/",
        "/auth/me%2f",
        "/auth%2fme/",
        "/auth/%2e%2e/auth/me/",
        "/auth/..;/auth/me/",
        "/auth/me/;x",
        "/auth/me.",
        "/auth/me/x",
        "/chat/1/2/3/4",
        "/auth/",
        "/media/",
        "/media/..%2f..%2fmessenger.db",
        "/media/x/../../messenger.db",
        "/messenger.db",
        "/auth/me\\",
        "/chat/%00/",
        "/chat/%ff/",
        "/auth/%zz",
        "/chat/chat/chat/",
        "/.git/config",
        "/static/../messenger.db",
    ] {
        let reply = app.line(&format!("GET {path} HTTP/1.1"), &[]).await;
        let refused = matches!(reply.status, 400 | 401 | 404);
        table.holds(&format!("GET {path} answered {}", reply.status), refused);
    }
    for path in [
        "//auth/me/",
        "/auth//me/",
        "/AUTH/ME/",
        "/auth/nothing/",
        "/auth/me/x/",
        "/chat/1/nothing/",
        "/chat/sync/x/",
    ] {
        let token = format!("Authorization: Bearer {}", alice.access);
        table.says(&app.line(&format!("GET {path} HTTP/1.1"), &[&token]).await, 404, none());
    }
    table.done();
}

#[tokio::test]
async fn wrong_methods_and_the_headers_of_every_answer() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    let chat = alice.group("G", &[]).await;
    let path = format!("/chat/{}/", chat.id);
    let mut table = Table::new("methods");
    for (method, path) in [
        ("POST", "/auth/me/"),
        ("DELETE", "/auth/me/"),
        ("GET", "/auth/login/"),
        ("PUT", "/auth/login/"),
        ("GET", "/auth/register/"),
        ("GET", "/auth/login/refresh/"),
        ("GET", "/auth/logout/"),
        ("GET", "/auth/password_reset/"),
        ("POST", "/auth/profile_picture/"),
        ("DELETE", "/chat/"),
        ("DELETE", path.as_str()),
        ("POST", "/chat/sync/"),
        ("POST", "/chat/events/"),
        ("DELETE", "/chat/search/"),
        ("TRACE", "/auth/me/"),
        ("TRACE", "/auth/login/"),
    ] {
        let reply = alice.request(method, path, None).await;
        let text = json!({"detail": format!("Method \"{method}\" not allowed.")});
        table.says(&reply, 405, text);
        let allow: Vec<&str> = reply.header("allow").split(',').map(str::trim).collect();
        table.holds(
            &format!("{path} allows {allow:?}"),
            !allow.contains(&method) && !allow.contains(&""),
        );
    }
    for (path, allowed) in [
        ("/auth/me/", "GET"),
        ("/auth/login/", "POST"),
        (path.as_str(), "PATCH"),
        ("/chat/", "POST"),
    ] {
        let reply = alice.request("OPTIONS", path, None).await;
        table.is(&reply, 204);
        table.holds(
            &format!("OPTIONS {path}"),
            reply.header("allow").split(", ").any(|method| method == allowed),
        );
        let reply = app.anonymous().request("OPTIONS", path, None).await;
        table.is(&reply, 204);
    }
    let mut ids = Vec::new();
    for (reply, status) in [
        (alice.get("/auth/me/").await, 200),
        (alice.request("HEAD", "/auth/me/", None).await, 200),
        (app.anonymous().get("/auth/me/").await, 401),
        (app.anonymous().post("/auth/login/", json!({})).await, 400),
        (alice.get("/chat/999/").await, 404),
        (alice.post("/auth/me/", json!({})).await, 405),
        (
            alice
                .post("/chat/", json!({"name": "n", "users": [], "type": "g"}))
                .await,
            201,
        ),
        (
            alice.bytes("POST", "/chat/", Some(("text/plain", b"x".to_vec()))).await,
            415,
        ),
    ] {
        table.is(&reply, status);
        table.holds(&format!("Allow on {}", reply.what), !reply.header("allow").is_empty());
        ids.push(reply.header("x-request-id").to_owned());
        let json = reply.header("content-type");
        table.holds(
            &format!("{} is JSON: {json}", reply.what),
            json.starts_with("application/json"),
        );
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    table.holds(
        "each answer has an id of its own",
        ids.len() == count && !ids[0].is_empty(),
    );
    let unrouted = alice.get("/chat/1/nothing/").await;
    table.holds(
        "an unrouted path has a request id too",
        !unrouted.header("x-request-id").is_empty(),
    );
    table.done();
}

#[tokio::test]
async fn romanian_for_who_asks_for_it() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    let ro = |who: &crate::common::Caller| who.header("Accept-Language", "ro");
    let nobody = app.anonymous();
    let required = json!(["Acest câmp este obligatoriu."]);
    let mut table = Table::new("Accept-Language: ro");
    let login = ro(&nobody).post("/auth/login/", json!({})).await;
    table.says(&login, 400, json!({"username": required, "password": required}));
    let reply = ro(&nobody)
        .post("/auth/login/", json!({"username": "", "password": null}))
        .await;
    let said = json!({"username": ["Acest câmp nu poate fi gol."], "password": ["Acest câmp nu poate fi nul."]});
    table.says(&reply, 400, said);
    let form = json!({
        "username": "alice", "email": alice.email, "password": "quiet lantern 9", "password2": "quiet lantern 9",
        "first_name": "A", "last_name": "B"
    });
    let taken = json!({
        "username": ["Un utilizator cu acest nume de utilizator există deja."],
        "email": ["Acest câmp trebuie să fie unic."]
    });
    table.says(&ro(&nobody).post("/auth/register/", form).await, 400, taken);
    let reply = ro(&nobody).post("/auth/password_reset/", json!({"email": "x"})).await;
    table.says(&reply, 400, json!({"email": ["Introduceți o adresă de email validă."]}));
    let missing = json!({"detail": "Datele de autentificare nu au fost furnizate."});
    table.says(&ro(&nobody).get("/auth/me/").await, 401, missing.clone());
    table.says(
        &ro(&alice).get("/chat/99/").await,
        404,
        json!({"detail": "Nu a fost găsit(ă)."}),
    );
    table.says(
        &ro(&nobody).get("/auth/login/").await,
        405,
        json!({"detail": "Metoda \"GET\" nu este permisa."}),
    );
    let reply = ro(&alice)
        .post("/chat/", json!({"name": "n", "users": [99], "type": "g"}))
        .await;
    table.says(
        &reply,
        400,
        json!({"users": ["Pk \"99\" nevalid - obiectul nu există."]}),
    );
    let english = json!({"detail": "Authentication credentials were not provided."});
    for (language, said) in [
        ("ro-RO,ro;q=0.9,en;q=0.8", &missing),
        ("en-US,en;q=0.9,ro;q=0.5", &english),
        ("de", &english),
        ("", &english),
        ("*", &english),
        (";;q=,,=ro;", &english),
    ] {
        let reply = nobody.header("Accept-Language", language).get("/auth/me/").await;
        table.says(&reply, 401, said.clone());
    }
    table.done();
}

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
            || line.starts_with("On another device: http://");
        assert!(known, "on stdout: {line}");
    }
}
