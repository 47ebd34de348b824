//! Photos and files: in messages, of people and of chats, and how they are given out.

use crate::common::golden::assert_shows;
use crate::common::{multipart, pictures, stored, App, Chat, Message, Part, Reply, Table, User};
use serde_json::{json, Value};

const NO_PICTURE: &str = "Upload a valid image. The file you uploaded was either not an image or a corrupted image.";

struct Stage {
    app: App,
    alice: User,
    bob: User,
    eve: User,
    chat: Chat,
}

async fn stage(settings: &[(&str, &str)]) -> Stage {
    let app = App::with(settings).await;
    let (alice, bob, eve) = (app.user("alice").await, app.user("bob").await, app.user("eve").await);
    let chat = alice.group("G", &[&bob]).await;
    Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    }
}

impl Stage {
    async fn upload(&self, parts: &[Part]) -> Reply {
        self.alice
            .multipart("POST", &format!("/chat/messages/{}/", self.chat.id), parts)
            .await
    }

    async fn send_file(&self, name: &str, bytes: &[u8]) -> Message {
        let part = Part::file("file", name, "application/octet-stream", bytes);
        Message::of(self.upload(&[part]).await.is(201))
    }

    /// The path of an absolute URL of this server.
    fn path(&self, url: &Value) -> String {
        path(&self.app, url)
    }
}

fn path(app: &App, url: &Value) -> String {
    let url = url.as_str().unwrap_or_else(|| panic!("{url} is no address"));
    url.strip_prefix(&app.base())
        .unwrap_or_else(|| panic!("{url} is not of this server"))
        .to_owned()
}

/// Bytes without a pattern that are different at every place.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 7_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..length).map(|_| next()).collect()
}

fn is_media(path: &str, name: &str) -> bool {
    let Some((id, found)) = path.strip_prefix("/media/").and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) && found == name
}

#[tokio::test]
async fn a_photo_and_a_file_in_a_message() {
    let stage = stage(&[]).await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &stage;
    let (photo, file) = (pictures::jpeg(1600, 1200), noise(700_000));
    let now = alice.cursor().await;
    let reply = stage
        .upload(&[
            Part::field("text", "Look"),
            Part::file("photo", "cat.jpg", "image/jpeg", &photo),
            Part::file("file", "notes.bin", "application/octet-stream", &file),
        ])
        .await
        .is(201);
    let message = Message::of(reply.shows(json!({
        "text": "Look", "photo": "<string>", "file": "<string>", "photo_thumb": "<string>",
        "photo_width": 1600, "photo_height": 1200, "file_name": "notes.bin", "file_size": 700_000
    })));
    let (photo_path, file_path) = (stage.path(&message.json["photo"]), stage.path(&message.json["file"]));
    assert!(is_media(&photo_path, "cat.jpg"), "{photo_path}");
    assert!(is_media(&file_path, "notes.bin"), "{file_path}");
    let events = now.told(&[alice, bob], &["message.created"], &[eve]).await;
    assert_shows(
        &events[0]["data"],
        json!({"id": message.id, "photo": photo_path, "file": file_path}),
    );
    assert_eq!(
        app.rows("SELECT count(*) FROM media WHERE purpose = 'attachment'"),
        [[json!(2)]]
    );

    assert_eq!(bob.get(&file_path).await.is(200).bytes, file);
    let got = bob.get(&photo_path).await.is(200);
    assert_eq!(pictures::size(&got.bytes), (1600, 1200));
    assert_eq!(got.header("content-type"), "image/jpeg");
    let thumb = bob.get(&stage.path(&message.json["photo_thumb"])).await.is(200);
    let (width, height) = pictures::size(&thumb.bytes);
    assert!(width < 1600 && width * 3 == height * 4, "{width} x {height}");
    assert_eq!(
        bob.get(&format!("{photo_path}?size=thumb")).await.is(200).bytes,
        thumb.bytes
    );

    let none = json!({"detail": "Not found."});
    let mut table = Table::new("GET /media/");
    for path in [&photo_path, &file_path, &format!("{photo_path}?size=thumb")] {
        table.says(&eve.get(path).await, 404, none.clone());
        let missing = json!({"detail": "Authentication credentials were not provided."});
        table.says(&app.anonymous().get(path).await, 401, missing);
    }
    table.says(
        &bob.get(&format!("/media/{}/cat.jpg", "0".repeat(32))).await,
        404,
        none.clone(),
    );
    table.says(&bob.get("/media/1/cat.jpg").await, 404, none.clone());
    bob.remove(chat, bob).await.is(204);
    table.says(&bob.get(&file_path).await, 404, none.clone());
    alice.delete(&message.path()).await.is(204);
    table.says(&alice.get(&file_path).await, 404, none.clone());
    table.says(&alice.get(&photo_path).await, 404, none);
    table.done();
}

#[tokio::test]
async fn a_part_of_a_file_and_a_copy_that_is_still_good() {
    let stage = stage(&[]).await;
    let bytes = noise(600_000);
    let message = stage.send_file("big.bin", &bytes).await;
    let path = stage.path(&message.json["file"]);
    let whole = stage.bob.get(&path).await.is(200);
    let etag = whole.header("etag").to_owned();
    assert!(
        etag.starts_with('"') && etag.ends_with('"') && etag.len() > 2,
        "a strong ETag: {etag}"
    );
    for (name, value) in [
        ("content-length", "600000"),
        ("content-type", "application/octet-stream"),
        ("x-content-type-options", "nosniff"),
        ("accept-ranges", "bytes"),
        ("cache-control", "private, no-cache"),
    ] {
        assert_eq!(whole.header(name), value, "{name}");
    }
    assert!(whole.header("content-disposition").starts_with("attachment"));
    assert!(whole.header("content-security-policy").contains("sandbox"));

    let last = 599_999;
    let part = |from: usize, to: usize| (206, format!("bytes {from}-{to}/600000"), bytes[from..=to].to_vec());
    for (range, (status, content_range, expected)) in [
        ("bytes=0-0", part(0, 0)),
        ("bytes=0-99", part(0, 99)),
        ("bytes=262100-262200", part(262_100, 262_200)),
        ("bytes=262143-524289", part(262_143, 524_289)),
        ("bytes=599999-", part(last, last)),
        ("bytes=300000-", part(300_000, last)),
        ("bytes=-5", part(last - 4, last)),
        ("bytes=-9999999", part(0, last)),
        ("bytes=599990-9999999", part(599_990, last)),
    ] {
        let reply = stage.bob.header("Range", range).get(&path).await.is(status);
        assert_eq!(reply.header("content-range"), content_range, "{range}");
        assert_eq!(reply.header("content-length"), expected.len().to_string(), "{range}");
        assert!(reply.bytes == expected, "the bytes of {range}");
    }
    for range in ["bytes=600000-", "bytes=700000-800000"] {
        let reply = stage.bob.header("Range", range).get(&path).await.is(416);
        assert_eq!(reply.header("content-range"), "bytes */600000", "{range}");
    }
    for range in ["bytes=abc", "bytes=9-1", "lines=1-2", "bytes="] {
        let reply = stage.bob.header("Range", range).get(&path).await.is(200);
        assert!(reply.bytes == bytes, "what is not understood is not asked: {range}");
    }
    let good = stage.bob.header("If-None-Match", &etag).get(&path).await.is(304);
    assert_eq!((good.bytes.len(), good.header("etag")), (0, etag.as_str()));
    stage.bob.header("If-None-Match", "\"other\"").get(&path).await.is(200);
    stage.eve.header("If-None-Match", &etag).get(&path).await.is(404);
    let ranged = stage.bob.header("Range", "bytes=0-9");
    ranged.header("If-Range", &etag).get(&path).await.is(206);
    assert!(ranged.header("If-Range", "\"other\"").get(&path).await.is(200).bytes == bytes);
    let head = stage.bob.request("HEAD", &path, None).await.is(200);
    assert_eq!((head.bytes.len(), head.header("content-length")), (0, "600000"));
}

#[tokio::test]
async fn only_checked_pictures_are_shown_in_place() {
    let stage = stage(&[]).await;
    let script = b"<script>alert(1)</script>";
    let polyglot = [pictures::gif(4, 4).as_slice(), script].concat();
    for (field, name, claimed, bytes, served, inline) in [
        ("photo", "a.png", "image/png", pictures::png(30, 20), "image/png", true),
        (
            "photo",
            "a.jpg",
            "image/jpeg",
            pictures::jpeg(30, 20),
            "image/jpeg",
            true,
        ),
        (
            "photo",
            "a.webp",
            "image/webp",
            pictures::webp(30, 20),
            "image/webp",
            true,
        ),
        ("photo", "a.gif", "image/gif", pictures::gif(30, 20), "image/gif", true),
        (
            "photo",
            "lie.jpg",
            "text/html",
            pictures::png(30, 20),
            "image/png",
            true,
        ),
        (
            "file",
            "a.html",
            "text/html",
            script.to_vec(),
            "application/octet-stream",
            false,
        ),
        (
            "file",
            "a.svg",
            "image/svg+xml",
            b"<svg onload='x()'/>".to_vec(),
            "application/octet-stream",
            false,
        ),
        (
            "file",
            "a.js",
            "text/javascript",
            b"x()".to_vec(),
            "application/octet-stream",
            false,
        ),
        (
            "file",
            "a.pdf",
            "application/pdf",
            b"%PDF-1.4".to_vec(),
            "application/octet-stream",
            false,
        ),
        (
            "file",
            "a.png",
            "image/png",
            script.to_vec(),
            "application/octet-stream",
            false,
        ),
        ("file", "a", "", polyglot, "application/octet-stream", false),
    ] {
        let reply = stage.upload(&[Part::file(field, name, claimed, &bytes)]).await.is(201);
        let got = stage.bob.get(&stage.path(&reply.body[field])).await.is(200);
        assert_eq!(got.header("content-type"), served, "{field} {name}");
        let disposition = if inline { "inline" } else { "attachment" };
        assert!(
            got.header("content-disposition").starts_with(disposition),
            "{field} {name}"
        );
        assert_eq!(got.header("x-content-type-options"), "nosniff", "{field} {name}");
        if !inline {
            assert!(got.bytes == bytes, "{field} {name} comes back as it was");
        }
    }
}

#[tokio::test]
async fn what_is_no_picture_is_refused_as_one() {
    let stage = stage(&[("photo_max_bytes", "60000"), ("file_max_bytes", "1000")]).await;
    let Stage {
        app, alice, bob, eve, ..
    } = &stage;
    let (before, now) = (stored::census(app), alice.cursor().await);
    let cut = &pictures::png(60, 40)[..60];
    let mut table = Table::new("photo and file");
    for bytes in [
        b"hello".as_slice(),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"8BPS\0\x01",
        b"II*\0",
        b"BM",
        cut,
    ] {
        let reply = stage.upload(&[Part::file("photo", "a.png", "image/png", bytes)]).await;
        table.says(&reply, 400, json!({"photo": [NO_PICTURE]}));
    }
    for bytes in [
        pictures::boast(50_000, 50_000),
        pictures::boast(1, 4_000_000_000),
        pictures::flicker(300),
    ] {
        let reply = stage.upload(&[Part::file("photo", "a.png", "image/png", &bytes)]).await;
        table.blames(&reply, 400, "photo");
    }
    let empty = json!(["The submitted file is empty."]);
    let reply = stage.upload(&[Part::file("photo", "a.png", "image/png", b"")]).await;
    table.says(&reply, 400, json!({"photo": empty}));
    let reply = stage.upload(&[Part::file("file", "a.txt", "text/plain", b"")]).await;
    table.says(&reply, 400, json!({"file": empty}));
    table.refused(
        &stage
            .upload(&[Part::file("file", "a", "text/plain", &noise(1001))])
            .await,
    );
    table.refused(
        &stage
            .upload(&[Part::file("photo", "a", "image/png", &noise(60_001))])
            .await,
    );
    let two = [
        Part::file("file", "a", "text/plain", b"1"),
        Part::file("file", "b", "text/plain", b"2"),
    ];
    table.refused(&stage.upload(&two).await);
    let to_eve = Part::field("from_user", &eve.id.to_string());
    table.is(
        &stage
            .upload(&[to_eve, Part::file("file", "a", "text/plain", b"1")])
            .await,
        403,
    );
    let path = format!("/chat/messages/{}/", stage.chat.id);
    table.is(
        &eve.multipart("POST", &path, &[Part::file("file", "a", "text/plain", b"1")])
            .await,
        404,
    );
    table.done();
    assert_eq!(stored::census(app), before, "a refused upload leaves nothing");
    now.told(&[alice, bob], &[], &[eve]).await;
    stage.send_file("just.bin", &noise(1000)).await;
}

#[tokio::test]
async fn a_quota_ends_uploads_and_not_words() {
    let stage = stage(&[("quota_bytes", "100000")]).await;
    stage.send_file("first.bin", &noise(70_000)).await;
    let before = stored::census(&stage.app);
    let mut table = Table::new("beyond the quota");
    table.refused(
        &stage
            .upload(&[Part::file("file", "second.bin", "", &noise(70_000))])
            .await,
    );
    table.done();
    assert_eq!(stored::census(&stage.app), before);
    stage.alice.send(&stage.chat, "words are free").await;
    let part = Part::file("file", "own.bin", "", &noise(70_000));
    let path = format!("/chat/messages/{}/", stage.chat.id);
    stage.bob.multipart("POST", &path, &[part]).await.is(201);
}

#[tokio::test]
async fn an_upload_sent_again_is_the_same_message() {
    let stage = stage(&[]).await;
    let parts = |bytes: &[u8]| {
        [
            Part::field("client_id", "u-1"),
            Part::field("text", "here"),
            Part::file("file", "a.bin", "", bytes),
        ]
    };
    let first = stage.upload(&parts(&noise(5000))).await.is(201);
    let before = stored::census(&stage.app);
    let again = stage.upload(&parts(&noise(5000))).await.is(200);
    assert_eq!((again.id(), &again.body["file"]), (first.id(), &first.body["file"]));
    stage.upload(&parts(&noise(5001))).await.is(409);
    let words = json!({"client_id": "u-1", "text": "here"});
    stage
        .alice
        .post(&format!("/chat/messages/{}/", stage.chat.id), words)
        .await
        .is(409);
    assert_eq!(stored::census(&stage.app), before);
}

#[tokio::test]
async fn a_file_name_is_only_a_name() {
    let stage = stage(&[]).await;
    let long = format!("{}.pdf", "n".repeat(300));
    let plain = |name: &str| format!("form-data; name=\"file\"; filename=\"{name}\"");
    let coded = |name: &str| format!("form-data; name=\"file\"; filename*=UTF-8''{name}");
    let mut table = Table::new("file names");
    for disposition in [
        plain("../../etc/passwd"),
        plain("/etc/passwd"),
        plain("C:\\\\windows\\\\x.exe"),
        plain("..\\\\..\\\\x"),
        plain(".."),
        plain("%2e%2e%2fx"),
        plain("a%0D%0ASet-Cookie: x=1"),
        plain("a\tb\u{7f}"),
        plain("invoice\u{202E}fdp.exe"),
        plain("a\u{2066}b\u{200B}c"),
        plain("CON"),
        plain(".htaccess"),
        plain("<img src=x onerror=alert(1)>.png"),
        plain("a\\\"b; c=d"),
        plain(&long),
        plain("șțăîâ 漢字 👍.txt"),
        coded("a%0D%0AX-Evil:%201"),
        coded("..%2F..%2Fx"),
        coded("a%00b"),
    ] {
        let part = Part::raw(
            &format!("Content-Disposition: {disposition}\r\nContent-Type: text/plain"),
            b"bytes",
        );
        let mut reply = stage.upload(&[part]).await;
        reply.what = disposition.clone();
        table.shows(
            &reply,
            201,
            json!({"file_name": "<string>", "file": "<string>", "file_size": 5}),
        );
        if reply.status != 201 {
            continue;
        }
        let name = reply.body["file_name"].as_str().unwrap_or_default();
        let bad = |c: char| {
            c.is_control()
                || "/\\".contains(c)
                || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        };
        let clean = !name.contains(bad) && name.len() <= 255 && name != ".." && name != ".";
        table.holds(&format!("{disposition} is stored as {name:?}"), clean);
        let got = stage.bob.get(&stage.path(&reply.body["file"])).await;
        table.is(&got, 200);
        let honest = got.bytes == b"bytes" && got.header("set-cookie").is_empty() && got.header("x-evil").is_empty();
        table.holds(&format!("{disposition} is given out as bytes"), honest);
        table.holds(
            "it is an attachment",
            got.header("content-disposition").starts_with("attachment"),
        );
    }
    table.done();
    let kept = stage.send_file("raport final.pdf", b"x").await;
    assert_eq!(kept.json["file_name"], "raport final.pdf", "an honest name stays");
}

#[tokio::test]
async fn broken_multipart_is_refused_and_leaves_nothing() {
    let stage = stage(&[]).await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &stage;
    let path = format!("/chat/messages/{}/", chat.id);
    let (before, now) = (stored::census(app), alice.cursor().await);
    let kind = multipart::content_type();
    let (_, whole) = multipart::encode(&[
        Part::field("text", "x"),
        Part::file("file", "a", "text/plain", &noise(9000)),
    ]);
    let (_, many) = multipart::encode(
        &(0..10_000)
            .map(|at| Part::field(&format!("f{at}"), "x"))
            .collect::<Vec<_>>(),
    );
    let header = format!(
        "Content-Disposition: form-data; name=\"text\"\r\nX-Long: {}",
        "x".repeat(1 << 20)
    );
    let (_, headers) = multipart::encode(&[Part::raw(&header, b"x")]);
    let (_, nameless) = multipart::encode(&[Part::raw("Content-Disposition: form-data", b"x")]);
    let (_, bare) = multipart::encode(&[Part::raw("X-Nothing: 1", b"x")]);
    let (_, text_bytes) = multipart::encode(&[Part::raw("Content-Disposition: form-data; name=\"text\"", b"\xff\xfe")]);
    let (_, big_text) = multipart::encode(&[Part::field("text", &"x".repeat(2 << 20))]);
    let mut table = Table::new("broken multipart");
    for (what, kind, body) in [
        ("no end boundary", kind.as_str(), whole[..whole.len() - 40].to_vec()),
        ("cut in the bytes", &kind, whole[..whole.len() / 2].to_vec()),
        ("cut in a header", &kind, whole[..60].to_vec()),
        ("nothing", &kind, Vec::new()),
        ("another boundary", "multipart/form-data; boundary=other", whole.clone()),
        ("no boundary", "multipart/form-data", whole.clone()),
        ("an empty boundary", "multipart/form-data; boundary=", whole.clone()),
        ("10000 parts", &kind, many),
        ("a header of 1 MiB", &kind, headers),
        ("a part without a name", &kind, nameless),
        ("a part without a disposition", &kind, bare),
        ("text that is not UTF-8", &kind, text_bytes),
        ("a text of 2 MiB", &kind, big_text),
    ] {
        let mut reply = alice.bytes("POST", &path, Some((kind, body))).await;
        reply.what = what.to_owned();
        table.refused(&reply);
    }
    table.done();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        app.host(),
        alice.access,
        whole.len() + 5000
    );
    app.cut(&[head.as_bytes(), &whole].concat()).await;
    assert_eq!(stored::census(app), before, "a broken upload leaves nothing");
    now.told(&[alice, bob], &[], &[eve]).await;
    alice.bytes("POST", &path, Some((&kind, whole))).await.is(201);
}

#[tokio::test]
async fn the_cookie_opens_files_and_nothing_else() {
    let stage = stage(&[]).await;
    let Stage { app, alice, chat, .. } = &stage;
    let path = stage.path(&stage.send_file("a.bin", b"bytes").await.json["file"]);
    let form = json!({"username": "bob", "password": stage.bob.password});
    let login = app.anonymous().post("/auth/login/", form).await.is(200);
    let cookie = login.header("set-cookie").split(';').next().unwrap().to_owned();
    let browser = app.anonymous().header("Cookie", &cookie);
    assert_eq!(browser.get(&path).await.is(200).bytes, b"bytes");

    let own = stage.eve.group("Eve's own", &[]).await;
    let part = Part::file("file", "b.bin", "", b"hers");
    let hidden = stage
        .eve
        .multipart("POST", &format!("/chat/messages/{}/", own.id), &[part])
        .await
        .is(201);
    let mut table = Table::new("the cookie");
    table.is(&browser.get(&stage.path(&hidden.body["file"])).await, 404);
    let messages = format!("/chat/messages/{}/", chat.id);
    for reply in [
        browser.get("/auth/me/").await,
        browser.get("/chat/").await,
        browser.get("/chat/sync/").await,
        browser.post(&messages, json!({"text": "x"})).await,
        browser.post("/auth/logout/", json!({})).await,
        app.anonymous()
            .header("Cookie", &format!("media={}", alice.refresh))
            .get(&path)
            .await,
        app.anonymous().header("Cookie", "media=garbage").get(&path).await,
    ] {
        table.is(&reply, 401);
    }
    let value = cookie.strip_prefix("media=").unwrap();
    table.is(&app.bearer(value).get("/auth/me/").await, 401);
    table.done();
    let access = login.body["access"].as_str().unwrap();
    app.bearer(access).post("/auth/logout/", json!({})).await.is(205);
    browser.get(&path).await.is(401);
}

#[tokio::test]
async fn the_picture_of_a_person() {
    let stage = stage(&[]).await;
    let Stage {
        app, alice, bob, eve, ..
    } = &stage;
    app.anonymous().get("/media/profile.png").await.is(200);
    let picture = |bytes: &[u8]| [Part::file("profile_picture", "me.jpg", "image/jpeg", bytes)];
    let secret = "GPS 44.4268 N 26.1025 E";
    let now = bob.cursor().await;
    let url = "/auth/profile_picture/";
    let reply = alice
        .multipart("PUT", url, &picture(&pictures::phone(600, 300, 6, secret)))
        .await
        .is(200);
    let address = reply.says(json!({"profile_picture": "<string>"})).json()["profile_picture"].clone();
    let at = stage.path(&address);
    assert!(at.starts_with("/media/"), "{at}");
    assert_shows(
        &alice.get("/auth/me/").await.is(200).json(),
        json!({"profile_picture": address}),
    );
    assert_eq!(
        eve.get(&format!("/auth/user/{}/", alice.id)).await.is(200).body["profile_picture"],
        address
    );
    assert_eq!(
        app.rows("SELECT count(*) FROM users WHERE picture_id IS NOT NULL"),
        [[json!(1)]]
    );
    let events = bob.events_since(&now).await;
    let event = events
        .iter()
        .find(|event| event["kind"] == "user.updated")
        .expect("user.updated");
    assert_shows(&event["data"], json!({"id": alice.id, "profile_picture": at}));

    for user in [alice, bob, eve] {
        let got = user.get(&at).await.is(200);
        let bytes = &got.bytes;
        let told = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!told, "where the picture was taken is nobody's business");
        let (width, height) = pictures::size(bytes);
        assert!(height > width, "turned as it was held: {width} x {height}");
    }
    app.anonymous().get(&at).await.is(401);

    let mut table = Table::new("PUT /auth/profile_picture/");
    table.says(
        &alice.multipart("PUT", url, &picture(b"text")).await,
        400,
        json!({"profile_picture": [NO_PICTURE]}),
    );
    let bomb = pictures::boast(50_000, 50_000);
    table.blames(
        &alice.multipart("PUT", url, &picture(&bomb)).await,
        400,
        "profile_picture",
    );
    let required = alice.multipart("PUT", url, &[Part::field("other", "x")]).await;
    table.blames(&required, 400, "profile_picture");
    table.done();
    assert_eq!(alice.get("/auth/me/").await.body["profile_picture"], address);

    assert_eq!(alice.delete(url).await.is(204).bytes, b"");
    let default = format!("{}/media/profile.png", app.base());
    assert_shows(
        &alice.get("/auth/me/").await.is(200).json(),
        json!({"profile_picture": default}),
    );
    alice.delete(url).await.is(204);
}

#[tokio::test]
async fn the_picture_of_a_chat() {
    let stage = stage(&[]).await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
    } = &stage;
    let path = format!("/chat/{}/", chat.id);
    let picture = |bytes: &[u8]| [Part::file("chat_picture", "we.png", "image/png", bytes)];
    let now = alice.cursor().await;
    let reply = bob
        .multipart("PATCH", &path, &picture(&pictures::png(64, 64)))
        .await
        .is(200);
    let address = reply.body["chat_picture"].clone();
    let at = stage.path(&address);
    assert_ne!(at, "/media/profile.png");
    let event = now.told_of(&[alice, bob], "chat.updated", chat, &[eve]).await;
    assert_shows(&event["data"], json!({"id": chat.id, "chat_picture": at}));
    assert_eq!(alice.chat(chat).await["chat_picture"], address);
    assert_eq!(
        app.rows("SELECT count(*) FROM chats WHERE picture_id IS NOT NULL"),
        [[json!(1)]]
    );
    for user in [alice, bob, eve] {
        user.get(&at).await.is(200);
    }
    app.anonymous().get(&at).await.is(401);

    let mut table = Table::new("PATCH /chat/<id>/ chat_picture");
    table.says(
        &bob.multipart("PATCH", &path, &picture(b"x")).await,
        400,
        json!({"chat_picture": [NO_PICTURE]}),
    );
    table.is(
        &eve.multipart("PATCH", &path, &picture(&pictures::png(9, 9))).await,
        404,
    );
    let pair = alice.private(bob).await;
    let reply = alice
        .multipart("PATCH", &format!("/chat/{}/", pair.id), &picture(&pictures::png(9, 9)))
        .await;
    table.holds(
        "a private chat's picture stays or changes, never breaks",
        matches!(reply.status, 200 | 403),
    );
    table.done();
    assert_eq!(alice.chat(chat).await["chat_picture"], address);
    bob.multipart(
        "PATCH",
        &path,
        &[
            Part::field("name", "By form"),
            Part::field("users", &eve.id.to_string()),
        ],
    )
    .await
    .is(200)
    .shows(json!({"name": "By form", "users": [alice.id, bob.id, eve.id], "chat_picture": address}));
}

#[tokio::test]
async fn a_photo_is_shown_as_it_was_held() {
    let stage = stage(&[]).await;
    let secret = "GPS 44.4268 N 26.1025 E";
    let bytes = pictures::phone(1200, 600, 6, secret);
    let reply = stage
        .upload(&[Part::file("photo", "p.jpg", "image/jpeg", &bytes)])
        .await
        .is(201);
    let thumb = stage
        .bob
        .get(&stage.path(&reply.body["photo_thumb"]))
        .await
        .is(200)
        .bytes;
    let (width, height) = pictures::size(&thumb);
    assert!(height > width, "{width} x {height}");
    let [(red, _), (_, blue)] = pictures::top_and_bottom(&thumb);
    assert!(red > 200 && blue > 200, "what was left is on top");
    assert!(
        !thumb.windows(secret.len()).any(|window| window == secret.as_bytes()),
        "metadata in the small form"
    );
}
