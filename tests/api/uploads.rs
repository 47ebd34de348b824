//! What is sent as a photo or a file and should not be, or not so much of it, or not so.

use crate::common::{multipart, pictures, stored, Part, Table};
use crate::stage::{noise, Stage};
use serde_json::json;

const NO_PICTURE: &str = "Upload a valid image. The file you uploaded was either not an image or a corrupted image.";

#[tokio::test]
async fn what_is_no_picture_is_refused_as_one() {
    let stage = Stage::with(&[("photo_max_bytes", "60000"), ("file_max_bytes", "1000")]).await;
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
    let stage = Stage::with(&[("quota_bytes", "100000")]).await;
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
    let stage = Stage::set().await;
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
    let stage = Stage::set().await;
    let long = format!("{}.pdf", "n".repeat(300));
    let plain = |name: &str| format!("form-data; name=\"file\"; filename=\"{name}\"");
    let coded = |name: &str| format!("form-data; name=\"file\"; filename=\"a.txt\"; filename*=UTF-8''{name}");
    let mut table = Table::new("file names");
    for disposition in [
        plain("../../etc/passwd"),
        plain("/etc/passwd"),
        plain("C:\\\\windows\\\\x.exe"),
        plain("..\\\\..\\\\x"),
        plain(".."),
        plain("%2e%2e%2fx"),
        plain("a%0D%0ASet-Cookie: x=1"),
        plain("a\tb"),
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
    let stage = Stage::set().await;
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
        "x".repeat(10 << 20)
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
        ("a header of 10 MiB", &kind, headers),
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
