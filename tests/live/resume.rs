//! Coming back: what was missed, in order and once, or a word that it can't be told.

use crate::common::golden::{assert_is, assert_shows};
use crate::common::socket::{id_of, parse, send};
use crate::common::{stored, within, Chat, Cursor, Socket};
use crate::stage::Stage;
use serde_json::{json, Value};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

fn texts(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["data"]["text"].as_str().expect("a text"))
        .collect()
}

#[tokio::test]
async fn what_was_missed_comes_in_order_and_as_it_is_now() {
    let stage = Stage::set().await;
    let Stage {
        alice, bob, eve, chat, ..
    } = &stage;
    let there = bob.socket().await.here();
    let one = alice.send(chat, "one").await;
    let two = alice.send(chat, "a word to be taken back").await;
    let three = bob.send(chat, "three").await;
    eve.send(&stage.own, "not for them").await;
    alice.patch(&one.path(), json!({"text": "one, again"})).await.is(200);
    alice.delete(&two.path()).await.is(204);
    let thumb = format!("/chat/messages/{}/reactions/👍/", three.id);
    alice.put(&thumb, json!({})).await.is(200);
    let carol = stage.app.user("carol").await;
    alice.add(chat, &carol).await.is(200);
    alice
        .patch(&format!("/chat/{}/", chat.id), json!({"name": "New"}))
        .await
        .is(200);

    let mut on_bob = bob.resume(&there).await;
    let missed = on_bob.missed();
    let kinds: Vec<&str> = missed.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "message.created",
            "message.created",
            "message.created",
            "message.updated",
            "message.deleted",
            "message.updated",
            "member.added",
            "chat.updated"
        ]
    );
    assert!(missed.is_sorted_by(|a, b| id_of(a) < id_of(b)), "{missed:#?}");
    assert_shows(
        &missed[0]["data"],
        json!({"id": one.id, "text": "one, again", "edited": true}),
    );
    assert_shows(
        &missed[1]["data"],
        json!({"id": two.id, "seq": 2, "text": "", "deleted": true}),
    );
    assert!(
        !on_bob.missed.concat().contains("taken back"),
        "a deleted text does not come back"
    );
    assert_shows(
        &missed[2]["data"],
        json!({"id": three.id, "reactions": [{"emoji": "👍", "users": [alice.id]}]}),
    );
    assert_shows(
        &missed[6]["data"],
        json!({"user_id": carol.id, "chat": {"name": "New"}}),
    );
    assert_eq!(on_bob.ready["head"], on_bob.cursor);
    assert_eq!(on_bob.cursor, stored::count(&stage.app, "events"));

    // The same, byte for byte, as over plain HTTP; from any place on, what follows it; and the next is told as it happens.
    let path = format!("/chat/events/?epoch={}&since={}", there.epoch, there.id);
    let answer = bob.get(&path).await.is(200).text();
    assert!(answer.contains(&on_bob.missed.join(",")), "{answer}");
    for (at, event) in missed.iter().enumerate() {
        let from = Cursor {
            epoch: there.epoch.clone(),
            id: id_of(event),
        };
        assert_eq!(bob.resume(&from).await.missed, on_bob.missed[at + 1..]);
    }
    let four = alice.send(chat, "four").await;
    assert_shows(&on_bob.event().await, json!({"data": {"id": four.id}}));
    let mut on_eve = eve.resume(&there).await;
    assert_eq!(on_eve.missed.len(), 1, "her own message: {:?}", on_eve.missed);
    stage.silent(&mut on_eve).await;
}

#[tokio::test]
async fn with_nothing_missed_there_is_nothing_between() {
    let Stage { alice, bob, chat, .. } = &Stage::set().await;
    alice.send(chat, "before").await;
    let now = bob.cursor().await;
    for fields in [
        json!({}),
        json!({"epoch": null, "since": null}),
        json!({"epoch": now.epoch}),
        json!({"epoch": now.epoch, "since": now.id}),
        json!({"since": now.id}),
    ] {
        let socket = bob.sign_in(&[], fields.clone()).await;
        assert_eq!((socket.missed, socket.cursor), (vec![], now.id), "{fields}");
    }
    let beginning = Cursor {
        epoch: now.epoch,
        id: 0,
    };
    let all = bob.resume(&beginning).await;
    assert_eq!(
        all.missed(),
        bob.events_since(&beginning).await,
        "from the beginning on, while all of it is kept"
    );
}

#[tokio::test]
async fn a_place_that_is_not_in_this_log_is_told_so() {
    let stage = Stage::set().await;
    let Stage { alice, bob, chat, .. } = &stage;
    let mut on_eve = stage.eve.socket().await;
    alice.send(chat, "hi").await;
    let now = bob.cursor().await;
    let epoch = json!(now.epoch);
    let other = json!("0".repeat(32));
    let huge: Value = serde_json::from_str("9223372036854775808").unwrap();
    let vast: Value = serde_json::from_str("1e300").unwrap();
    for (epoch, since, reason) in [
        (other.clone(), json!(now.id), "epoch"),
        (other.clone(), json!(0), "epoch"),
        (other, Value::Null, "epoch"),
        (json!("x"), json!(now.id), "epoch"),
        (json!(""), json!(0), "epoch"),
        (json!("e".repeat(10_000)), json!(0), "epoch"),
        (json!(5), json!(0), "epoch"),
        (json!({"a": 1}), json!(0), "epoch"),
        (json!([now.epoch]), json!(0), "epoch"),
        (json!(true), json!(0), "epoch"),
        (json!(format!("{}\u{0}", now.epoch)), json!(0), "epoch"),
        (epoch.clone(), json!(now.id + 1), "unknown"),
        (epoch.clone(), json!(now.id + 1_000_000), "unknown"),
        (epoch.clone(), json!(-1), "unknown"),
        (epoch.clone(), json!(i64::MIN), "unknown"),
        (epoch.clone(), json!(i64::MAX), "unknown"),
        (epoch.clone(), huge, "unknown"),
        (epoch.clone(), vast, "unknown"),
        (epoch.clone(), json!(1.5), "unknown"),
        (epoch.clone(), json!("abc"), "unknown"),
        (epoch.clone(), json!("1"), "unknown"),
        (epoch.clone(), json!(true), "unknown"),
        (epoch.clone(), json!([1]), "unknown"),
        (epoch.clone(), json!({}), "unknown"),
    ] {
        let mut socket = bob.sign_in(&[], json!({"epoch": epoch, "since": since})).await;
        let reset = json!({"type": "reset", "reason": reason, "cursor": now.id});
        assert_eq!(socket.missed(), [reset], "{epoch} {since}");
        assert_eq!((&socket.ready["epoch"], socket.cursor), (&json!(now.epoch), now.id));
        socket.lives().await;
    }
    let mut socket = bob.sign_in(&[], json!({"epoch": "x", "since": 0})).await;
    let message = alice.send(chat, "told from now on").await;
    assert_shows(&socket.event().await, json!({"data": {"id": message.id}}));
    stage.silent(&mut on_eve).await;
}

#[tokio::test]
async fn who_was_away_too_long_reads_everything_anew() {
    let mut stage = Stage::with(&[("events_kept", "1000")]).await;
    stage.app.stop().await;
    stored::age(&stage.app, &stage.alice, 1_500);
    let newest = stored::rows(&stage.app.file(), "SELECT max(id) FROM events")[0][0]
        .as_i64()
        .unwrap();
    stage.app.start_again().await;
    let Stage {
        app, alice, bob, chat, ..
    } = &stage;
    let pruned = async {
        while stored::count(app, "events") > 1_000 {
            alice.get("/auth/me/").await.is(200);
        }
    };
    within("the end of old events", pruned).await;
    let epoch = alice.cursor().await.epoch;
    let since = |id: i64| Cursor {
        epoch: epoch.clone(),
        id,
    };
    for id in [0, 1, newest - 1_001] {
        let mut socket = alice.resume(&since(id)).await;
        assert_eq!(
            socket.missed(),
            [json!({"type": "reset", "reason": "too_far", "cursor": newest})],
            "since {id}"
        );
        socket.lives().await;
    }
    let mut whole = alice.resume(&since(newest - 1_000)).await;
    let ids: Vec<i64> = whole.missed().iter().map(id_of).collect();
    assert_eq!(ids, (newest - 999..=newest).collect::<Vec<i64>>());
    let message = bob.send(chat, "hi").await;
    assert_shows(
        &whole.event().await,
        json!({"id": newest + 1, "data": {"id": message.id}}),
    );
}

#[tokio::test]
async fn a_long_absence_is_made_up_whole() {
    let stage = Stage::set().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
        own,
    } = &stage;
    let there = bob.cursor().await;
    let (mut on_alice, mut on_eve) = (alice.socket().await, eve.socket().await);
    // Small ones, which end a page by their number, and large ones, which end it by their size; Eve's stand between.
    let long = "ș".repeat(10_000);
    for number in 0..12 {
        let some: Vec<Value> = (0..50)
            .map(|other| send(chat, &format!("{number} {other}"), &format!("{number}-{other}")))
            .collect();
        on_alice.say_all(&some).await;
        on_eve.say_all(&[send(own, "between", &format!("e-{number}"))]).await;
        on_alice.say(send(chat, &long, &format!("long-{number}"))).await;
        on_alice.say(send(chat, &long, &format!("longer-{number}"))).await;
        for _ in 0..52 {
            assert_shows(&on_alice.answer().await, json!({"type": "ack"}));
        }
        on_eve.answer().await;
    }
    let on_bob = bob.resume(&there).await;
    let missed = on_bob.missed();
    let seqs: Vec<i64> = missed
        .iter()
        .map(|event| event["data"]["seq"].as_i64().unwrap())
        .collect();
    assert_eq!(seqs, (1..=12 * 52).collect::<Vec<i64>>());
    assert!(missed.iter().all(|event| event["chat_id"] == chat.id));
    assert_eq!(missed[50]["data"]["text"], long);
    assert_eq!(on_bob.cursor, stored::count(app, "events"));
    assert_eq!(missed, bob.events_since(&there).await);
    let on_eve = eve.resume(&there).await;
    assert_eq!(texts(&on_eve.missed()), ["between"; 12]);
}

#[tokio::test]
async fn who_was_put_out_while_away_hears_that_and_no_more() {
    let stage = Stage::set().await;
    let Stage { alice, bob, chat, .. } = &stage;
    let there = bob.cursor().await;
    let before = alice.send(chat, "while he was in it").await;
    alice.remove(chat, bob).await.is(204);
    alice.send(chat, "behind his back").await;
    alice.patch(&before.path(), json!({"text": "about him"})).await.is(200);
    alice
        .patch(&format!("/chat/{}/", chat.id), json!({"name": "Without Bob"}))
        .await
        .is(200);
    alice
        .patch(
            &format!("/auth/update_profile/{}/", alice.id),
            json!({"first_name": "Ana"}),
        )
        .await
        .is(200);
    let mut on_bob = bob.resume(&there).await;
    let missed = on_bob.missed();
    assert_eq!(missed.len(), 1, "{missed:#?}");
    assert_is(
        &missed[0],
        json!({"type": "event", "id": there.id + 2, "kind": "member.removed", "chat_id": chat.id, "data": {"chat_id": chat.id, "user_id": bob.id}}),
    );
    let own = bob.group("Bob's own", &[]).await;
    alice.send(chat, "still behind his back").await;
    assert_shows(
        &on_bob.event().await,
        json!({"kind": "chat.created", "chat_id": own.id}),
    );

    // Let in again, he may read all of it, and does.
    alice.add(chat, bob).await.is(200);
    let back = bob.resume(&there).await;
    let missed = back.missed();
    let of_chat: Vec<&Value> = missed.iter().filter(|event| event["chat_id"] == chat.id).collect();
    let kinds: Vec<&str> = of_chat.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "message.created",
            "member.removed",
            "message.created",
            "message.updated",
            "chat.updated",
            "message.created",
            "member.added"
        ]
    );
}

#[tokio::test]
async fn a_place_outlives_restarts_and_kills() {
    let mut stage = Stage::set().await;
    let there = stage.bob.socket().await.here();
    stage.alice.send(&stage.chat, "one").await;
    stage.app.restart().await;
    stage.alice.send(&stage.chat, "two").await;
    stage.app.kill().await;
    stage.app.start_again().await;
    let ack = stage.alice.socket().await.send(&stage.chat, "three", "c-3").await;
    let on_bob = stage.bob.resume(&there).await;
    assert_eq!(on_bob.ready["epoch"], there.epoch);
    assert_eq!(texts(&on_bob.missed()), ["one", "two", "three"]);
    assert_eq!(on_bob.cursor, ack["event_id"]);
}

/// The ids of all events up to and with the one whose text is "the end", each higher than the one before.
async fn ids_to_the_end(mut socket: Socket) -> Vec<i64> {
    let mut texts: Vec<String> = std::mem::take(&mut socket.missed);
    let ends = |text: &String| parse(text)["data"]["text"] == "the end";
    while !texts.last().is_some_and(ends) {
        texts.push(socket.event_text().await);
    }
    let ids: Vec<i64> = texts.iter().map(|text| id_of(&parse(text))).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "told twice or out of order: {ids:?}");
    ids
}

/// Sends 300 messages 20 by 20, as fast as they are acknowledged.
async fn flood(mut socket: Socket, device: String, chat: Chat, acked: Arc<AtomicUsize>) {
    for from in (0..300).step_by(20) {
        let some: Vec<Value> = (from..from + 20)
            .map(|number| send(&chat, &format!("number {number}"), &format!("{device}-{number}")))
            .collect();
        socket.say_all(&some).await;
        for _ in 0..20 {
            assert_shows(&socket.answer().await, json!({"type": "ack"}));
            acked.fetch_add(1, Ordering::SeqCst);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_back_in_a_flood_misses_nothing_and_hears_nothing_twice() {
    let stage = Stage::set().await;
    let Stage {
        alice, bob, eve, chat, ..
    } = &stage;
    let mut on_eve = eve.socket().await;
    let start = bob.cursor().await;
    let (acked, all) = (Arc::new(AtomicUsize::new(0)), 4 * 300);
    let mut devices = Vec::new();
    for user in [alice, bob] {
        for device in ["phone", "laptop"] {
            devices.push((user.again().await.socket().await, device.to_owned()));
        }
    }
    let flood_of = |(socket, device)| tokio::spawn(flood(socket, device, chat.clone(), Arc::clone(&acked)));
    let floods: Vec<_> = devices.into_iter().map(flood_of).collect();
    // From the start, and from wherever the last one was: both in the middle of it.
    let mut sockets = Vec::new();
    let mut here = start.clone();
    while acked.load(Ordering::SeqCst) < all && sockets.len() < 30 {
        let fresh = bob.resume(&start).await;
        let next = alice.resume(&here).await;
        here = next.here();
        sockets.push(tokio::spawn(ids_to_the_end(fresh)));
        sockets.push(tokio::spawn(ids_to_the_end(next)));
    }
    assert!(!sockets.is_empty(), "nobody came back in time");
    eprintln!("{} came back while {all} messages were sent", sockets.len());
    for flood in floods {
        flood.await.unwrap();
    }
    alice.send(chat, "the end").await;
    let whole: Vec<i64> = bob.events_since(&start).await.iter().map(id_of).collect();
    assert_eq!(whole.len(), all + 1);
    for socket in sockets {
        let ids = within("a socket that came back", socket).await.unwrap();
        // A socket that went on from later has the end of the history, without a hole.
        assert_eq!(ids, whole[whole.len() - ids.len()..]);
    }
    stage.silent(&mut on_eve).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reads_slowly_misses_nothing_and_holds_nobody_up() {
    let stage = Stage::set().await;
    let Stage { alice, bob, chat, .. } = &stage;
    let mut slow = stage.narrow().await;
    let (mut on_alice, mut quick) = (alice.socket().await, bob.socket().await);
    let long = "ț".repeat(10_000);
    // Nobody reads from the slow one meanwhile.
    stage.flood(&mut on_alice, &long).await;
    for seq in 1..=400 {
        assert_shows(
            &quick.event().await,
            json!({"kind": "message.created", "data": {"seq": seq}}),
        );
    }
    for seq in 1..=400 {
        let event = slow.event().await;
        assert_shows(
            &event,
            json!({"kind": "message.created", "data": {"seq": seq, "text": long}}),
        );
    }
    let message = alice.send(chat, "and on it goes").await;
    slow.heard_nothing_until(&message).await;
    quick.heard_nothing_until(&message).await;
}
