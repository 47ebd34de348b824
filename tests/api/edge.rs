//! What holds for every request: spellings, methods, headers, languages.

use crate::common::{App, Table};
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
    let code = alice.link(&chat).await;
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
        format!("/chat/join/{code}"),
        "/auth/server".to_owned(),
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
        ("PUT", format!("/chat/{chat_id}/mute"), &json!({}), 200),
        ("DELETE", format!("/chat/chat/{chat_id}/mute"), &json!({}), 200),
        ("POST", format!("/chat/{chat_id}/link"), &json!({}), 200),
        ("POST", format!("/chat/chat/join/{code}"), &json!({}), 200),
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
        ("PUT", "/auth/me/"),
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
async fn an_id_that_can_not_be_is_an_id_that_is_not_there() {
    let app = App::start().await;
    let alice = app.user("alice").await;
    let mut table = Table::new("ids");
    for id in [
        "1000000000000000000000000000000",
        "9223372036854775808",
        "-9223372036854775809",
        "-1",
        "0",
        "abc",
        "1.5",
        "%F0%9F%91%8D",
    ] {
        for (method, path, body) in [
            ("GET", format!("/auth/user/{id}/"), None),
            (
                "PUT",
                format!("/auth/change_password/{id}/"),
                Some(
                    json!({"old_password": alice.password, "password": "nine open windows", "password2": "nine open windows"}),
                ),
            ),
            ("DELETE", format!("/auth/sessions/{id}/"), None),
            ("GET", format!("/chat/{id}/"), None),
            ("PATCH", format!("/chat/{id}/"), Some(json!({"name": "x"}))),
            ("PUT", format!("/chat/{id}/read/"), Some(json!({"seq": 1}))),
            ("PUT", format!("/chat/{id}/mute/"), None),
            ("POST", format!("/chat/{id}/link/"), None),
            ("POST", format!("/chat/join/{id}/"), None),
            ("DELETE", format!("/chat/{id}/users/1/"), None),
            ("GET", format!("/chat/messages/{id}/"), None),
            ("POST", format!("/chat/messages/{id}/"), Some(json!({"text": "x"}))),
            ("PATCH", format!("/chat/messages/{id}/"), Some(json!({"text": "x"}))),
            ("DELETE", format!("/chat/messages/{id}/"), None),
            ("PUT", format!("/chat/messages/{id}/reactions/%F0%9F%91%8D/"), None),
            ("GET", format!("/media/{id}/name"), None),
        ] {
            table.says(&alice.request(method, &path, body).await, 404, none());
        }
    }
    table.done();
}

#[tokio::test]
async fn whoever_comes_to_the_door_reads_the_servers_name() {
    let app = App::start().await;
    let reply = app.anonymous().get("/auth/server/").await.is(200);
    reply.says(json!({
        "name": "Messenger", "registration": "open", "guests": false, "roster": false, "mail": false,
        "file_max_bytes": 100 << 20, "setup": true
    }));
    let app = App::with(&[
        ("server_name", "Liceul Ștefan <5>"),
        ("smtp_url", "smtp://localhost:2525"),
        ("file_max_bytes", "1000"),
    ])
    .await;
    let reply = app.anonymous().get("/auth/server/").await.is(200);
    reply.shows(json!({"name": "Liceul Ștefan <5>", "mail": true, "file_max_bytes": 1000}));
}

/// What the web client is made of comes with its own type, since `nosniff` lets a browser take nothing by its looks; and
/// as small as it can be, unless somebody asks for it as it is.
#[tokio::test]
async fn the_files_of_pages_have_their_types_and_come_compressed() {
    let app = App::start().await;
    let (nobody, small) = (app.anonymous(), app.anonymous().header("Accept-Encoding", "gzip"));
    let mut table = Table::new("files");
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/docs/", "text/html; charset=utf-8"),
        ("/css/base.css", "text/css; charset=utf-8"),
        ("/js/main.js", "text/javascript"),
        ("/vendor/lucide/icons.svg", "image/svg+xml"),
        ("/openapi.json", "application/json"),
        ("/worker.js", "text/javascript"),
        ("/img/group.png", "image/png"),
    ] {
        // At once, since each is made when it is first asked for.
        let both = futures_util::future::join_all([nobody.get(path), small.get(path)]).await;
        let [whole, packed] = &both[..] else {
            panic!("two answers")
        };
        for reply in [whole, packed] {
            table.is(reply, 200);
            table.holds(
                &format!("{path} is {}", reply.header("content-type")),
                reply.header("content-type") == kind,
            );
        }
        table.holds(
            &format!("{path} has one tag"),
            whole.header("etag") == packed.header("etag"),
        );
        let is_packed = packed.header("content-encoding") == "gzip" && packed.bytes.len() < whole.bytes.len();
        table.holds(
            &format!("{path} is compressed where that helps"),
            is_packed != path.ends_with(".png"),
        );
        table.holds(
            &format!("{path} is not compressed unasked"),
            whole.header("content-encoding").is_empty(),
        );
        let known = nobody.header("If-None-Match", whole.header("etag")).get(path).await;
        table.is(&known, 304);
    }
    for path in ["/js/none.js", "/js/", "/js", "/css/base.css/x", "/img/../Cargo.toml"] {
        table.says(&nobody.get(path).await, 404, none());
    }
    table.done();
}

/// The address of a part of a page, as that page has it.
fn part(page: &str, end: &str) -> String {
    let (before, _) = page.split_once(&format!("/{end}\"")).expect(end);
    let (_, folder) = before.rsplit_once('"').expect("an attribute");
    format!("{folder}/{end}")
}

#[tokio::test]
async fn the_parts_of_a_page_are_kept_for_good_under_an_address_of_their_version() {
    let app = App::start().await;
    let (nobody, small) = (app.anonymous(), app.anonymous().header("Accept-Encoding", "gzip"));
    let mut table = Table::new("parts");
    let page = nobody.get("/").await.is(200);
    table.holds(
        "the page is asked for at each visit",
        page.header("cache-control") == "no-cache",
    );
    let text = page.text();
    let docs = nobody.get("/docs").await.is(200).text();
    let named = |text: &str| text.matches("/assets/").count();
    table.holds(
        "both pages ask for parts of their version",
        named(&text) > 5 && named(&docs) > 2,
    );
    for folder in ["js", "css", "vendor", "docs"] {
        let plain = format!("\"/{folder}/");
        table.holds(
            &format!("and for none of {folder}/ that may change"),
            !text.contains(&plain) && !docs.contains(&plain),
        );
    }
    let (script, vendor) = (part(&text, "main.js"), part(&text, "standalone.js"));
    for path in [
        script.clone(),
        vendor,
        part(&text, "look.js"),
        part(&docs, "docs/main.js"),
    ] {
        let (whole, packed) = (nobody.get(&path).await, small.get(&path).await);
        for reply in [&whole, &packed] {
            table.is(reply, 200);
            for (name, value) in [
                ("cache-control", "public, max-age=31536000, immutable"),
                ("vary", "Accept-Encoding"),
                ("x-content-type-options", "nosniff"),
                ("etag", ""),
                ("x-request-id", ""),
            ] {
                table.holds(&format!("{path}: {name}"), reply.header(name) == value);
            }
        }
        table.holds(
            &format!("{path} is compressed"),
            packed.header("content-encoding") == "gzip" && packed.bytes.len() < whole.bytes.len(),
        );
    }
    let plain = nobody.get("/js/main.js").await.is(200);
    table.holds(
        "the same file without the version",
        plain.bytes == nobody.get(&script).await.bytes,
    );
    table.holds(
        "which is asked for at each visit",
        plain.header("cache-control") == "no-cache",
    );
    table.holds("and has a tag", !plain.header("etag").is_empty());
    let (_, digest) = script.split_once("/assets/").unwrap();
    let (digest, _) = digest.split_once('/').unwrap();
    for path in [
        "/assets/000000000000/js/main.js".to_owned(),
        format!("/assets/{digest}/js/none.js"),
        format!("/assets/{digest}/"),
        format!("/assets/{digest}/none.json"),
    ] {
        let reply = nobody.get(&path).await;
        table.says(&reply, 404, none());
        table.holds(
            &format!("{path} is not kept"),
            reply.header("cache-control") == "no-store",
        );
    }
    table.done();
}

/// A reader of the source has comments, a phone does not pay for them; styles that follow each other come as one.
#[tokio::test]
async fn our_own_files_come_without_comments_and_styles_together() {
    let app = App::start().await;
    let nobody = app.anonymous();
    for path in [
        "/js/main.js",
        "/js/views/home.js",
        "/js/host/rooms.js",
        "/css/base.css",
        "/css/chat.css",
    ] {
        let text = nobody.get(path).await.is(200).text();
        let comment = text
            .lines()
            .find(|line| line.starts_with(' ') || line.starts_with("//") || line.starts_with("/*"));
        assert_eq!(comment, None, "{path}");
    }
    let script = nobody.get("/js/main.js").await.is(200).text();
    assert!(script.contains("let session = null;\n"), "nor the remarks behind them");
    let page = nobody.get("/").await.is(200).text();
    let styles: Vec<_> = page.lines().filter(|line| line.contains("stylesheet")).collect();
    assert_eq!(styles.len(), 2, "{styles:?}");
    let joined = nobody.get(&part(&page, "colours-base.css")).await.is(200).text();
    let apart = [nobody.get("/css/colours.css").await, nobody.get("/css/base.css").await];
    assert_eq!(joined, apart.map(|reply| reply.is(200).text()).concat());
}
