//! How a socket ends: with the session, with the server, by its client, or because of what its client sent.

use crate::common::golden::assert_shows;
use crate::common::socket::{frame, long_ping, send, text_frame, type_of};
use crate::common::{stored, App, Chat, Socket, User};
use crate::stage::Stage;
use serde_json::{json, Value};
use std::collections::BTreeMap;
use tokio::sync::watch;

/// Alice ends sessions of hers; those of her sockets that are of them close, and no others.
struct Devices {
    stage: Stage,
    laptop: User,
    on_phone: Socket,
    on_laptop: Socket,
    on_tablet: Socket,
    on_bob: Socket,
    on_eve: Socket,
}

impl Devices {
    async fn set() -> Devices {
        let stage = Stage::set().await;
        let (laptop, tablet) = (stage.alice.again().await, stage.alice.again().await);
        Devices {
            on_phone: stage.alice.socket().await,
            on_laptop: laptop.socket().await,
            on_tablet: tablet.socket().await,
            on_bob: stage.bob.socket().await,
            on_eve: stage.eve.socket().await,
            laptop,
            stage,
        }
    }

    /// Asserts that Bob's and Eve's sockets go on, and that Eve was told nothing.
    async fn others_live(&mut self) {
        self.on_bob.lives().await;
        self.stage.silent(&mut self.on_eve).await;
    }
}

/// Asserts that a socket closes as one whose session is over, and that the token opens no other.
async fn is_signed_out(socket: &mut Socket, user: &User, app: &App) {
    socket.closes(4401).await;
    let mut next = app.stranger().await;
    next.say(user.auth(json!({}))).await;
    next.closes(4401).await;
}

#[tokio::test]
async fn logging_out_closes_the_sockets_of_that_session() {
    let mut devices = Devices::set().await;
    let mut second = devices.laptop.socket().await;
    devices.laptop.post("/auth/logout/", json!({})).await.is(205);
    is_signed_out(&mut devices.on_laptop, &devices.laptop, &devices.stage.app).await;
    second.closes(4401).await;
    devices.on_phone.lives().await;
    devices.on_tablet.lives().await;
    devices.others_live().await;
}

#[tokio::test]
async fn logging_out_everywhere_closes_all_of_them() {
    let mut devices = Devices::set().await;
    devices.laptop.post("/auth/logout_all/", json!({})).await.is(205);
    is_signed_out(&mut devices.on_laptop, &devices.laptop, &devices.stage.app).await;
    is_signed_out(&mut devices.on_phone, &devices.stage.alice, &devices.stage.app).await;
    devices.on_tablet.closes(4401).await;
    devices.others_live().await;
}

#[tokio::test]
async fn ending_one_session_of_ones_own_closes_its_socket() {
    let mut devices = Devices::set().await;
    let list = devices.laptop.get("/auth/sessions/").await.is(200).results();
    let own = list.iter().find(|session| session["current"] == true).unwrap();
    let path = format!("/auth/sessions/{}/", own["id"]);
    devices.stage.bob.delete(&path).await.is(404);
    devices.on_laptop.lives().await;
    devices.stage.alice.delete(&path).await.is(204);
    is_signed_out(&mut devices.on_laptop, &devices.laptop, &devices.stage.app).await;
    devices.on_phone.lives().await;
    devices.on_tablet.lives().await;
    devices.others_live().await;
}

#[tokio::test]
async fn a_new_password_closes_the_sockets_of_other_sessions() {
    let mut devices = Devices::set().await;
    let (id, old) = (devices.stage.alice.id, &devices.stage.alice.password);
    let new = "nine open windows";
    let form = |old: &str| json!({"old_password": old, "password": new, "password2": new});
    let path = format!("/auth/change_password/{id}/");
    devices.laptop.put(&path, form("wrong")).await.is(400);
    devices.on_phone.lives().await;
    devices.laptop.put(&path, form(old)).await.is(200);
    is_signed_out(&mut devices.on_phone, &devices.stage.alice, &devices.stage.app).await;
    devices.on_tablet.closes(4401).await;
    devices.on_laptop.lives().await;
    devices.others_live().await;
}

#[tokio::test]
async fn a_forgotten_password_made_new_closes_all_sockets() {
    let mut devices = Devices::set().await;
    let (app, alice) = (&devices.stage.app, &devices.stage.alice);
    let nobody = app.anonymous();
    nobody
        .post("/auth/password_reset/", json!({"email": alice.email}))
        .await
        .is(200);
    let code = app.reset_code("alice", &[]).await;
    devices.on_phone.lives().await;
    let form = json!({"token": code, "password": "nine open windows"});
    nobody.post("/auth/password_reset/confirm/", form).await.is(200);
    is_signed_out(&mut devices.on_phone, alice, app).await;
    devices.on_laptop.closes(4401).await;
    devices.on_tablet.closes(4401).await;
    devices.others_live().await;
}

#[tokio::test]
async fn a_refreshed_session_keeps_its_sockets_and_a_stolen_token_closes_them() {
    let mut devices = Devices::set().await;
    let nobody = devices.stage.app.anonymous();
    let refresh = |token: &str| {
        let (nobody, form) = (nobody.clone(), json!({"refresh": token}));
        async move { nobody.post("/auth/login/refresh/", form).await }
    };
    let mut token = devices.laptop.refresh.clone();
    for _ in 0..3 {
        let reply = refresh(&token).await.is(200);
        token = reply.body["refresh"].as_str().unwrap().to_owned();
        devices.on_laptop.lives().await;
    }
    let ack = devices.on_laptop.send(&devices.stage.chat, "still here", "c-1").await;
    assert_shows(&devices.on_bob.event().await, json!({"id": ack["event_id"]}));
    refresh(&devices.laptop.refresh).await.is(401);
    is_signed_out(&mut devices.on_laptop, &devices.laptop, &devices.stage.app).await;
    devices.on_phone.lives().await;
    devices.others_live().await;
}

#[tokio::test]
async fn nothing_of_a_session_that_is_over_counts() {
    let Stage {
        app, alice, bob, chat, ..
    } = &Stage::set().await;
    let mut on_bob = bob.socket().await;
    for round in 0..10 {
        let device = alice.again().await;
        let mut socket = device.socket().await;
        device.post("/auth/logout/", json!({})).await.is(205);
        // It may not have read its close yet.
        socket
            .raw(&text_frame(
                &send(chat, "from beyond", &format!("c-{round}")).to_string(),
            ))
            .await;
        socket.closes(4401).await;
        assert_eq!(socket.rest().iter().filter(|frame| type_of(frame) == "ack").count(), 0);
    }
    assert_eq!(stored::count(app, "messages"), 0);
    let marker = alice.send(chat, "the first").await;
    on_bob.heard_nothing_until(&marker).await;
}

/// Sends without a pause until it is closed; what was answered, and the code.
async fn send_on(
    mut socket: Socket,
    chat: Chat,
    name: String,
    acked: watch::Sender<usize>,
) -> (Vec<Value>, Option<u16>) {
    let mut answers = Vec::new();
    for from in (0..).step_by(10) {
        let some: Vec<Value> = (from..from + 10)
            .map(|number| send(&chat, &format!("{name} {number}"), &format!("{name}-{number}")))
            .collect();
        socket.say_all(&some).await;
        for _ in 0..10 {
            let Some(answer) = socket.answer_or_close().await else {
                return (answers, socket.closed().await);
            };
            answers.push(answer);
            acked.send_modify(|count| *count += 1);
        }
    }
    unreachable!("it sends until it is closed")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_the_stop_what_is_under_way_is_answered_and_everybody_is_sent_away() {
    let mut stage = Stage::set().await;
    for round in 0..3 {
        let (mut on_eve, mut stranger) = (stage.eve.socket().await, stage.app.stranger().await);
        let (acked, mut count) = watch::channel(0);
        let mut sockets = Vec::new();
        for user in [&stage.alice, &stage.bob, &stage.bob] {
            let name = format!("{}{round}{}", user.name, sockets.len());
            sockets.push((user.socket().await, name));
        }
        let sender = |(socket, name)| tokio::spawn(send_on(socket, stage.chat.clone(), name, acked.clone()));
        let senders: Vec<_> = sockets.into_iter().map(sender).collect();
        count.wait_for(|count| *count >= 200).await.unwrap();
        // Exit code 0, and one file is left.
        stage.app.stop().await;
        let stored: BTreeMap<String, Vec<Value>> =
            stored::rows(&stage.app.file(), "SELECT client_id, id, seq, event_id FROM messages")
                .into_iter()
                .map(|mut row| (row.remove(0).as_str().unwrap().to_owned(), row))
                .collect();
        let seqs = stored::rows(&stage.app.file(), "SELECT count(*), max(seq) FROM messages");
        assert_eq!(seqs[0][0], seqs[0][1], "no hole in the order");
        for sender in senders {
            let (answers, code) = sender.await.unwrap();
            assert_eq!(code, Some(1001));
            for answer in answers {
                let row = stored.get(answer["client_id"].as_str().unwrap());
                match type_of(&answer) {
                    "ack" => assert_eq!(
                        row,
                        Some(&vec![
                            answer["id"].clone(),
                            answer["seq"].clone(),
                            answer["event_id"].clone()
                        ])
                    ),
                    _ => {
                        assert_shows(&answer, json!({"type": "nack", "status": 503}));
                        assert_eq!(row, None);
                    }
                }
            }
        }
        on_eve.closes(1001).await;
        assert_eq!(on_eve.rest(), Vec::<Value>::new());
        // Who was not signed in yet is not waited for.
        let code = stranger.closed().await;
        assert!(matches!(code, None | Some(1001)), "{code:?}");
        stage.app.start_again().await;
        let mut on_bob = stage.bob.socket().await;
        let (client_id, row) = stored
            .iter()
            .find(|(client_id, _)| client_id.starts_with(&format!("bob{round}")))
            .unwrap();
        let text = client_id.replace('-', " ");
        let ack = on_bob.send(&stage.chat, &text, client_id).await;
        assert_eq!(
            [&ack["id"], &ack["seq"], &ack["event_id"]],
            [&row[0], &row[1], &row[2]],
            "the same after it"
        );
    }
}

#[tokio::test]
async fn a_frame_has_64_kib_and_not_a_byte_more() {
    let stage = Stage::set().await;
    let Stage { alice, chat, .. } = &stage;
    let most = 64 * 1024;
    let mut socket = alice.socket().await;
    socket.say_text(&long_ping(most)).await;
    socket.find(&["pong"]).await;
    let mut frame_of = send(chat, "x", "c-1");
    frame_of["more"] = json!("");
    let room = most - frame_of.to_string().len();
    frame_of["more"] = json!("x".repeat(room));
    socket.say(frame_of).await;
    assert_shows(&socket.answer().await, json!({"type": "ack", "client_id": "c-1"}));
    socket.say(send(chat, &"x".repeat(65_000), "c-2")).await;
    assert_shows(
        &socket.answer().await,
        json!({"type": "nack", "client_id": "c-2", "status": 400}),
    );

    let large = long_ping(most + 1);
    let (start, end) = large.as_bytes().split_at(most / 2);
    let fragments = [frame(0x01, start), frame(0x80, end)].concat();
    let announced = [
        &[0x81, 0xFF][..],
        &(1_u64 << 40).to_be_bytes(),
        &[1, 2, 3, 4],
        b"the beginning",
    ]
    .concat();
    let endless: Vec<u8> = std::iter::once(frame(0x01, &[b'x'; 1_000]))
        .chain((0..1_000).map(|_| frame(0x00, &[b'x'; 1_000])))
        .flatten()
        .collect();
    for bytes in [
        text_frame(&large),
        frame(0x82, &vec![0; 1_000_000]),
        fragments,
        announced,
        endless,
    ] {
        let mut socket = alice.socket().await;
        socket.raw(&bytes).await;
        socket.closes(4413).await;
    }
    assert_eq!(stored::count(&stage.app, "messages"), 1);
    socket.lives().await;
}

#[tokio::test]
async fn what_is_against_the_protocol_is_closed_with_its_code() {
    let stage = Stage::set().await;
    let Stage {
        app, alice, eve, chat, ..
    } = &stage;
    let mut on_eve = eve.socket().await;
    let sent = send(chat, "unseen", "c-1").to_string();
    let mut unmasked = vec![0x81, sent.len() as u8];
    unmasked.extend(sent.as_bytes());
    assert!(sent.len() < 126);
    for (what, bytes, code) in [
        ("a frame that is not masked", unmasked, 1002),
        ("text that is not UTF-8", frame(0x81, b"{\"type\":\"\xC3\x28\"}"), 1007),
        ("a surrogate as UTF-8", frame(0x81, b"\xED\xA0\x80"), 1007),
        ("half of a character at the end", frame(0x81, b"\"\xC8"), 1007),
        ("a reserved kind of data", frame(0x83, sent.as_bytes()), 1002),
        ("a reserved kind of control", frame(0x8B, b""), 1002),
        ("a reserved bit", frame(0xC1, sent.as_bytes()), 1002),
        ("a continuation of nothing", frame(0x80, sent.as_bytes()), 1002),
        (
            "a text within a text",
            [frame(0x01, b"{"), frame(0x81, sent.as_bytes())].concat(),
            1002,
        ),
        ("a ping in parts", frame(0x09, b"x"), 1002),
        ("a ping of 126 bytes", frame(0x89, &[0; 126]), 1002),
        ("bytes", frame(0x82, sent.as_bytes()), 1003),
        ("a close with half a code", frame(0x88, b"\x03"), 1002),
        (
            "a close with a code that is none",
            frame(0x88, &999_u16.to_be_bytes()),
            1002,
        ),
        (
            "a close with a code that may not be sent",
            frame(0x88, &1005_u16.to_be_bytes()),
            1002,
        ),
        (
            "a close whose reason is not UTF-8",
            frame(0x88, b"\x03\xE8\xC3\x28"),
            1007,
        ),
    ] {
        let mut socket = alice.socket().await;
        socket.raw(&bytes).await;
        // Nothing behind it counts.
        socket.raw(&text_frame(&sent)).await;
        assert_eq!(socket.closed().await, Some(code), "{what}");
        let mut stranger = app.stranger().await;
        stranger.raw(&bytes).await;
        let found = stranger.closed().await.unwrap_or_default();
        assert!(found == code || found == 4401, "{what}, before the greeting: {found}");
    }
    assert_eq!(stored::count(app, "messages"), 0);
    stage.silent(&mut on_eve).await;
}

#[tokio::test]
async fn what_the_protocol_allows_is_understood() {
    let stage = Stage::set().await;
    let Stage { alice, bob, chat, .. } = &stage;
    let (mut on_alice, mut on_bob) = (alice.socket().await, bob.socket().await);
    // A text in parts, one of them empty, cut in the middle of a character, with a ping between.
    let sent = send(chat, "în bucăți", "c-1").to_string();
    let bytes = sent.as_bytes();
    let cut = sent.find('ă').unwrap() + 1;
    let parts = [
        frame(0x01, &bytes[..10]),
        frame(0x00, b""),
        frame(0x89, b"between"),
        frame(0x00, &bytes[10..cut]),
        frame(0x80, &bytes[cut..]),
    ];
    on_alice.raw(&parts.concat()).await;
    assert_eq!(on_alice.wire_pong().await, b"between");
    assert_shows(&on_alice.answer().await, json!({"type": "ack", "client_id": "c-1"}));
    assert_shows(&on_bob.event().await, json!({"data": {"text": "în bucăți"}}));
    for payload in [&b""[..], b"x", &[0xFF; 125]] {
        on_alice.wire_ping(payload).await;
        assert_eq!(on_alice.wire_pong().await, payload);
    }
    on_alice.raw(&frame(0x8A, b"unasked")).await;
    on_alice.lives().await;
    assert_eq!(on_alice.close(1000).await, Some(1000));
    assert_eq!(bob.socket().await.close(4000).await, Some(4000));
    let mut without_a_code = bob.socket().await;
    without_a_code.raw(&frame(0x88, b"")).await;
    assert_eq!(without_a_code.closed().await, None);
    // What was sent before the close counts.
    let mut last = bob.socket().await;
    last.raw(
        &[
            text_frame(&send(chat, "good bye", "b-1").to_string()),
            frame(0x88, &1000_u16.to_be_bytes()),
        ]
        .concat(),
    )
    .await;
    last.closes(1000).await;
    let event = on_bob.event().await;
    assert_shows(&event, json!({"kind": "message.created", "data": {"text": "good bye"}}));
}
