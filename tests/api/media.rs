//! Photos and files in messages, and how they are given out.

use crate::common::golden::assert_shows;
use crate::common::{pictures, Message, Part, Table};
use crate::stage::{noise, Stage};
use serde_json::json;

fn is_media(path: &str, name: &str) -> bool {
    let Some((id, found)) = path.strip_prefix("/media/").and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) && found == name
}

#[tokio::test]
async fn a_photo_and_a_file_in_a_message() {
    let stage = Stage::set().await;
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
    let stage = Stage::set().await;
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
    let stage = Stage::set().await;
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
async fn the_cookie_opens_files_and_nothing_else() {
    let stage = Stage::set().await;
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
async fn a_photo_is_shown_as_it_was_held() {
    let stage = Stage::set().await;
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
