//! Who hears of what: every kind of event, the same bytes for all who may hear it, and nothing for anybody else.

use crate::common::golden::{assert_is, assert_shows};
use crate::common::socket::{id_of, parse};
use crate::common::{pictures, stored, Chat, Cursor, Message, Part, Socket, User};
use crate::stage::Stage;
use serde_json::{json, Value};
use std::collections::btree_map::Entry;
use std::collections::BTreeMap;

/// A socket with the person who listens on it.
struct Ear {
    name: &'static str,
    user: User,
    socket: Socket,
}

/// Alice with two devices, Bob, Eve outside, and Dora, who may be let in. Each has a chat with nobody else: what one says
/// there is heard after everything that happened before.
struct Play {
    stage: Stage,
    dora: User,
    diaries: BTreeMap<i64, Chat>,
    ears: Vec<Ear>,
    now: Cursor,
}

impl Play {
    async fn set() -> Play {
        let stage = Stage::set().await;
        let dora = stage.app.user("dora").await;
        let mut diaries = BTreeMap::new();
        for user in [&stage.alice, &stage.bob, &stage.eve, &dora] {
            diaries.insert(user.id, user.group("Diary", &[]).await);
        }
        let phone = stage.alice.again().await;
        let mut ears = Vec::new();
        for (name, user) in [
            ("alice", &stage.alice),
            ("phone", &phone),
            ("bob", &stage.bob),
            ("eve", &stage.eve),
            ("dora", &dora),
        ] {
            ears.push(Ear {
                name,
                user: user.clone(),
                socket: user.socket().await,
            });
        }
        let now = stage.alice.cursor().await;
        Play {
            stage,
            dora,
            diaries,
            ears,
            now,
        }
    }

    /// Asserts that since this was last asked exactly these ears heard events of exactly these kinds, the same bytes for
    /// all and the same as over plain HTTP, and that all others heard nothing. Gives the events.
    async fn told(&mut self, hearers: &[&str], kinds: &[&str]) -> Vec<Value> {
        let mut markers: BTreeMap<i64, Message> = BTreeMap::new();
        for ear in &self.ears {
            if let Entry::Vacant(marker) = markers.entry(ear.user.id) {
                marker.insert(ear.user.send(&self.diaries[&ear.user.id], "Dear diary").await);
            }
        }
        let mut first: Option<Vec<String>> = None;
        for ear in &mut self.ears {
            let heard = ear.socket.events_until(&markers[&ear.user.id]).await;
            if !hearers.contains(&ear.name) {
                assert!(heard.is_empty(), "{} heard what is not for them: {heard:#?}", ear.name);
                continue;
            }
            let events: Vec<Value> = heard.iter().map(|text| parse(text)).collect();
            let found: Vec<&str> = events.iter().map(|event| event["kind"].as_str().unwrap()).collect();
            assert_eq!(found, kinds, "what {} heard: {heard:#?}", ear.name);
            let logged = ear.user.events_since(&self.now).await;
            for event in &events {
                let same = logged.iter().find(|other| other["id"] == event["id"]);
                let same = same.unwrap_or_else(|| panic!("{} is not told {event} over HTTP: {logged:#?}", ear.name));
                assert_eq!(&timeless(event), &timeless(same));
                assert_is(
                    event,
                    json!({"type": "event", "id": "<int>", "kind": "<string>", "chat_id": "<any>", "data": "<any>"}),
                );
                let text = event.to_string();
                assert!(
                    !text.contains("http://") && !text.contains("unread_count") && !text.contains("@example.org"),
                    "{text}"
                );
            }
            let first = first.get_or_insert_with(|| heard.clone());
            assert_eq!(&heard, first, "{} was told otherwise than the others", ear.name);
        }
        self.now = self.stage.alice.cursor().await;
        let events: Vec<Value> = first.unwrap_or_default().iter().map(|text| parse(text)).collect();
        assert!(events.is_sorted_by(|a, b| id_of(a) < id_of(b)));
        events
    }

    /// A path's answer with addresses as paths, as events show them.
    async fn shown(&self, user: &User, path: &str) -> Value {
        let text = user.get(path).await.is(200).text();
        let mut shown: Value = parse(&text.replace(&self.stage.app.base(), ""));
        for own in ["unread_count", "read_seq", "muted"] {
            shown.as_object_mut().unwrap().remove(own);
        }
        shown
    }
}

/// An event without what goes on with the time: a person's being here.
fn timeless(event: &Value) -> Value {
    let mut event = event.clone();
    if event["kind"] == "user.updated" {
        event["data"]["last_online"] = Value::Null;
        event["data"]["online"] = Value::Null;
    }
    event
}

const MEMBERS: [&str; 3] = ["alice", "phone", "bob"];

#[tokio::test]
async fn messages_are_heard_by_the_members_of_their_chat() {
    let mut play = Play::set().await;
    let (alice, bob, chat) = (
        play.stage.alice.clone(),
        play.stage.bob.clone(),
        play.stage.chat.clone(),
    );
    let message = alice.send(&chat, "hi").await;
    let events = play.told(&MEMBERS, &["message.created"]).await;
    assert_eq!(events[0]["chat_id"], chat.id);
    assert_eq!(events[0]["data"], play.shown(&bob, &message.path()).await);

    let picture = Part::file("photo", "a.png", "image/png", &pictures::png(40, 30));
    let file = Part::file("file", "n.txt", "text/plain", b"notes");
    let path = format!("/chat/messages/{}/", chat.id);
    let both = Message::of(bob.multipart("POST", &path, &[picture, file]).await.is(201));
    let events = play.told(&MEMBERS, &["message.created"]).await;
    assert_eq!(events[0]["data"], play.shown(&alice, &both.path()).await);
    assert_shows(
        &events[0]["data"],
        json!({"photo": "<starts:/media/>", "file": "<starts:/media/>", "file_name": "n.txt"}),
    );

    alice.patch(&message.path(), json!({"text": "hi, all"})).await.is(200);
    let events = play.told(&MEMBERS, &["message.updated"]).await;
    assert_eq!(events[0]["data"], play.shown(&bob, &message.path()).await);
    assert_shows(&events[0]["data"], json!({"text": "hi, all", "edited": true}));

    let thumb = format!("{}reactions/👍/", message.path());
    bob.put(&thumb, json!({})).await.is(200);
    let events = play.told(&MEMBERS, &["message.updated"]).await;
    assert_shows(
        &events[0]["data"],
        json!({"id": message.id, "reactions": [{"emoji": "👍", "users": [bob.id]}]}),
    );
    bob.put(&thumb, json!({})).await.is(200);
    play.told(&[], &[]).await;
    bob.delete(&thumb).await.is(200);
    let events = play.told(&MEMBERS, &["message.updated"]).await;
    assert_shows(&events[0]["data"], json!({"id": message.id, "reactions": []}));

    // By its author, and by the group's owner.
    alice.delete(&message.path()).await.is(204);
    let events = play.told(&MEMBERS, &["message.deleted"]).await;
    assert_shows(
        &events[0]["data"],
        json!({"id": message.id, "seq": 1, "text": "", "deleted": true}),
    );
    alice.delete(&both.path()).await.is(204);
    let events = play.told(&MEMBERS, &["message.deleted"]).await;
    assert_shows(
        &events[0]["data"],
        json!({"id": both.id, "photo": null, "file": null, "deleted": true}),
    );

    let pair = bob.private(&alice).await;
    play.told(&MEMBERS, &["chat.created"]).await;
    let secret = alice.send(&pair, "for two").await;
    let events = play.told(&MEMBERS, &["message.created"]).await;
    assert_eq!(events[0]["data"], play.shown(&bob, &secret.path()).await);
    assert_eq!(stored::message(&play.stage.app, &secret)[0], pair.id);
}

#[tokio::test]
async fn what_is_refused_is_not_heard() {
    let mut play = Play::set().await;
    let (alice, bob, eve, chat) = (
        play.stage.alice.clone(),
        play.stage.bob.clone(),
        play.stage.eve.clone(),
        play.stage.chat.clone(),
    );
    let message = alice.send(&chat, "hi").await;
    play.told(&MEMBERS, &["message.created"]).await;
    let messages = format!("/chat/messages/{}/", chat.id);
    let group = format!("/chat/{}/", chat.id);
    eve.post(&messages, json!({"text": "x"})).await.is(404);
    eve.patch(&message.path(), json!({"text": "x"})).await.is(404);
    eve.delete(&message.path()).await.is(404);
    eve.put(&format!("{}reactions/👍/", message.path()), json!({}))
        .await
        .is(404);
    eve.patch(&group, json!({"users": eve.id})).await.is(404);
    eve.remove(&chat, &bob).await.is(404);
    bob.patch(&message.path(), json!({"text": "x"})).await.is(404);
    bob.delete(&message.path()).await.is(404);
    bob.remove(&chat, &alice).await.is(403);
    alice.post(&messages, json!({"text": ""})).await.is(400);
    alice.patch(&group, json!({"users": [play.dora.id, 999]})).await.is(400);
    alice
        .post("/chat/", json!({"name": "", "users": [bob.id], "type": "group"}))
        .await
        .is(400);
    play.told(&[], &[]).await;
}

#[tokio::test]
async fn chats_and_members_are_heard_by_those_who_are_in() {
    let mut play = Play::set().await;
    let (alice, bob, dora) = (play.stage.alice.clone(), play.stage.bob.clone(), play.dora.clone());
    let group = alice.group("New", &[&bob]).await;
    let path = format!("/chat/{}/", group.id);
    let events = play.told(&MEMBERS, &["chat.created"]).await;
    assert_eq!(events[0]["chat_id"], group.id);
    assert_eq!(events[0]["data"], play.shown(&bob, &path).await);
    alice.send(&group, "hi").await;
    play.told(&MEMBERS, &["message.created"]).await;

    alice.patch(&path, json!({"name": "Newer"})).await.is(200);
    let events = play.told(&MEMBERS, &["chat.updated"]).await;
    assert_eq!(events[0]["data"], play.shown(&bob, &path).await);
    assert_shows(
        &events[0]["data"],
        json!({"name": "Newer", "last_message": {"text": "hi"}}),
    );
    let picture = Part::file("chat_picture", "a.png", "image/png", &pictures::png(40, 30));
    bob.multipart("PATCH", &path, &[picture]).await.is(200);
    let events = play.told(&MEMBERS, &["chat.updated"]).await;
    assert_shows(&events[0]["data"], json!({"chat_picture": "<starts:/media/>"}));

    // Who is let in hears of it, and from then on of the rest.
    bob.add(&group, &dora).await.is(200);
    let all = ["alice", "phone", "bob", "dora"];
    let events = play.told(&all, &["member.added"]).await;
    assert_is(
        &events[0]["data"],
        json!({"chat_id": group.id, "user_id": dora.id, "chat": play.shown(&dora, &path).await}),
    );
    dora.send(&group, "thank you").await;
    play.told(&all, &["message.created"]).await;
    bob.add(&group, &dora).await;
    play.told(&[], &[]).await;

    // Who is put out hears of it, and of nothing more.
    alice.remove(&group, &bob).await.is(204);
    let events = play.told(&all, &["member.removed"]).await;
    assert_is(&events[0]["data"], json!({"chat_id": group.id, "user_id": bob.id}));
    alice.send(&group, "without Bob").await;
    play.told(&["alice", "phone", "dora"], &["message.created"]).await;
    alice.patch(&path, json!({"name": "Newest"})).await.is(200);
    play.told(&["alice", "phone", "dora"], &["chat.updated"]).await;
    // Let in again, he hears again.
    dora.add(&group, &bob).await.is(200);
    play.told(&all, &["member.added"]).await;
    alice.send(&group, "with Bob").await;
    play.told(&all, &["message.created"]).await;
    dora.remove(&group, &dora).await.is(204);
    play.told(&all, &["member.removed"]).await;

    // The owner leaves: she hears that, and the others who owns it now.
    alice.remove(&group, &alice).await.is(204);
    let markers = play.told_apart(&[("alice", 1), ("phone", 1), ("bob", 2)]).await;
    assert_shows(
        &markers["alice"][0],
        json!({"kind": "member.removed", "data": {"user_id": alice.id}}),
    );
    assert_eq!(markers["alice"], markers["phone"]);
    assert_eq!(markers["alice"][0], markers["bob"][0]);
    assert_shows(
        &markers["bob"][1],
        json!({"kind": "chat.updated", "data": {"owner": bob.id, "users": [bob.id]}}),
    );
}

impl Play {
    /// Asserts that since this was last asked these ears heard so many events each and all others nothing; gives them.
    async fn told_apart(&mut self, hearers: &[(&str, usize)]) -> BTreeMap<&'static str, Vec<Value>> {
        let mut markers: BTreeMap<i64, Message> = BTreeMap::new();
        for ear in &self.ears {
            if let Entry::Vacant(marker) = markers.entry(ear.user.id) {
                marker.insert(ear.user.send(&self.diaries[&ear.user.id], "Dear diary").await);
            }
        }
        let mut all = BTreeMap::new();
        for ear in &mut self.ears {
            let heard = ear.socket.events_until(&markers[&ear.user.id]).await;
            let count = hearers
                .iter()
                .find(|(name, _)| *name == ear.name)
                .map_or(0, |(_, count)| *count);
            assert_eq!(heard.len(), count, "what {} heard: {heard:#?}", ear.name);
            all.insert(ear.name, heard.iter().map(|text| parse(text)).collect());
        }
        self.now = self.stage.alice.cursor().await;
        all
    }
}

#[tokio::test]
async fn a_private_chat_is_heard_by_the_two() {
    let mut play = Play::set().await;
    let (alice, eve) = (play.stage.alice.clone(), play.stage.eve.clone());
    let pair = eve.private(&alice).await;
    let events = play.told(&["alice", "phone", "eve"], &["chat.created"]).await;
    assert_shows(
        &events[0]["data"],
        json!({"id": pair.id, "type": "privat", "users": [alice.id, eve.id]}),
    );
    alice.private(&eve).await;
    play.told(&[], &[]).await;
    eve.send(&pair, "just us").await;
    play.told(&["alice", "phone", "eve"], &["message.created"]).await;
}

#[tokio::test]
async fn a_person_is_heard_of_by_those_who_share_a_chat() {
    let mut play = Play::set().await;
    let (alice, bob) = (play.stage.alice.clone(), play.stage.bob.clone());
    // In two chats with one person he is heard of once.
    alice.private(&bob).await;
    play.told(&MEMBERS, &["chat.created"]).await;
    let profile = format!("/auth/update_profile/{}/", bob.id);
    bob.patch(&profile, json!({"first_name": "Bogdan"})).await.is(200);
    let events = play.told(&MEMBERS, &["user.updated"]).await;
    assert_eq!(events[0]["chat_id"], Value::Null);
    let golden = json!({
        "id": bob.id, "username": "bob", "first_name": "Bogdan", "last_name": "Last", "profile_picture": "/media/profile.png",
        "last_online": "<time>", "online": true, "role": "member"
    });
    assert_is(&events[0]["data"], golden);
    assert_eq!(stored::user(&play.stage.app, "bob")[2], "Bogdan");
    let picture = Part::file("profile_picture", "a.png", "image/png", &pictures::png(40, 40));
    bob.multipart("PUT", "/auth/profile_picture/", &[picture]).await.is(200);
    let events = play.told(&MEMBERS, &["user.updated"]).await;
    assert_shows(
        &events[0]["data"],
        json!({"id": bob.id, "profile_picture": "<starts:/media/>"}),
    );
    bob.delete("/auth/profile_picture/").await.is(204);
    let events = play.told(&MEMBERS, &["user.updated"]).await;
    assert_shows(
        &events[0]["data"],
        json!({"id": bob.id, "profile_picture": "/media/profile.png"}),
    );
    // An address is nobody's business: what is told of its change has none in it.
    bob.patch(&profile, json!({"email": "bogdan@example.org"}))
        .await
        .is(200);
    play.told(&MEMBERS, &["user.updated"]).await;
    // Who shares no chat with anybody hears of himself.
    let dora = play.dora.clone();
    let profile = format!("/auth/update_profile/{}/", dora.id);
    dora.patch(&profile, json!({"first_name": "Dorina"})).await.is(200);
    play.told(&["dora"], &["user.updated"]).await;
}

#[tokio::test]
async fn a_read_mark_is_heard_by_ones_own_devices() {
    let mut play = Play::set().await;
    let (alice, bob, chat) = (
        play.stage.alice.clone(),
        play.stage.bob.clone(),
        play.stage.chat.clone(),
    );
    bob.send(&chat, "one").await;
    bob.send(&chat, "two").await;
    play.told(&MEMBERS, &["message.created", "message.created"]).await;
    let path = format!("/chat/{}/read/", chat.id);
    alice.put(&path, json!({"seq": 1})).await.is(200);
    let events = play.told(&["alice", "phone"], &["read"]).await;
    assert_is(
        &events[0]["data"],
        json!({"chat_id": chat.id, "user_id": alice.id, "seq": 1}),
    );
    alice.put(&path, json!({"seq": 1})).await.is(200);
    play.told(&[], &[]).await;
    play.ears[0]
        .socket
        .say(json!({"type": "read", "chat_id": chat.id, "seq": 2}))
        .await;
    play.ears[0].socket.lives().await;
    let events = play.told(&["alice", "phone"], &["read"]).await;
    assert_shows(&events[0]["data"], json!({"seq": 2}));
    assert_eq!(stored::read_seq(&play.stage.app, &chat, &alice), 2);
}

#[tokio::test]
async fn muting_is_heard_by_ones_own_devices() {
    let mut play = Play::set().await;
    let (alice, bob, chat) = (
        play.stage.alice.clone(),
        play.stage.bob.clone(),
        play.stage.chat.clone(),
    );
    let path = format!("/chat/{}/mute/", chat.id);
    for muted in [true, false, true] {
        let method = if muted { "PUT" } else { "DELETE" };
        alice.request(method, &path, None).await.is(200);
        let events = play.told(&["alice", "phone"], &["muted"]).await;
        assert_eq!(events[0]["chat_id"], chat.id);
        assert_is(
            &events[0]["data"],
            json!({"chat_id": chat.id, "user_id": alice.id, "muted": muted}),
        );
        assert_eq!(stored::muted(&play.stage.app, &chat, &alice), i64::from(muted));
    }
    // Again is no news; and what is said there is heard as before.
    alice.request("PUT", &path, None).await.is(200);
    play.told(&[], &[]).await;
    let message = bob.send(&chat, "are you there?").await;
    let events = play.told(&MEMBERS, &["message.created"]).await;
    assert_shows(&events[0]["data"], json!({"id": message.id}));
    let eve = play.stage.eve.clone();
    eve.request("PUT", &path, None).await.is(404);
    play.told(&[], &[]).await;
}

#[tokio::test]
async fn who_joins_by_a_link_is_heard_like_who_was_let_in() {
    let mut play = Play::set().await;
    let (alice, bob, dora, chat) = (
        play.stage.alice.clone(),
        play.stage.bob.clone(),
        play.dora.clone(),
        play.stage.chat.clone(),
    );
    // To make a link, to look at what it opens and to end it is no news.
    let first = bob.link(&chat).await;
    alice.delete(&format!("/chat/{}/link/", chat.id)).await.is(204);
    let code = bob.link(&chat).await;
    dora.get(&format!("/chat/join/{code}/")).await.is(200);
    dora.join(&first).await.is(404);
    play.told(&[], &[]).await;
    dora.join(&code).await.is(200);
    let all = ["alice", "phone", "bob", "dora"];
    let events = play.told(&all, &["member.added"]).await;
    let shown = play.shown(&dora, &format!("/chat/{}/", chat.id)).await;
    assert_is(
        &events[0]["data"],
        json!({"chat_id": chat.id, "user_id": dora.id, "chat": shown}),
    );
    dora.join(&code).await.is(200);
    play.told(&[], &[]).await;
    dora.send(&chat, "thank you").await;
    play.told(&all, &["message.created"]).await;
    alice.remove(&chat, &dora).await.is(204);
    play.told(&all, &["member.removed"]).await;
    dora.join(&code).await.is(404);
    alice.send(&chat, "without Dora").await;
    play.told(&MEMBERS, &["message.created"]).await;
}

/// Sent while members come and go as fast as they can: who is out hears nothing that was said after his going.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_and_goes_hears_what_is_said_while_he_is_in() {
    let stage = Stage::set().await;
    let Stage {
        alice, bob, chat, own, ..
    } = &stage;
    let (mut on_alice, mut on_bob, mut on_eve) = (alice.socket().await, bob.socket().await, stage.eve.socket().await);
    let diary = bob.group("Diary", &[]).await;
    let talk = async {
        for number in 0..300 {
            on_alice
                .send(chat, &format!("number {number}"), &format!("c-{number}"))
                .await;
        }
    };
    let doors = async {
        for _ in 0..40 {
            alice.remove(chat, bob).await.is(204);
            alice.add(chat, bob).await.is(200);
        }
        alice.remove(chat, bob).await.is(204);
    };
    tokio::join!(talk, doors);
    let marker = bob.send(&diary, "Dear diary").await;
    let heard: Vec<i64> = on_bob
        .events_until(&marker)
        .await
        .iter()
        .map(|text| id_of(&parse(text)))
        .collect();
    // The log says who was in at which event.
    let log = stage
        .app
        .rows("SELECT id, kind, user_id FROM events WHERE chat_id = 2 ORDER BY id");
    assert_eq!(chat.id, 2, "the chat that is asked for");
    let (mut inside, mut expected) = (true, vec![diary_created(&stage, &diary)]);
    for row in log.iter().skip(1) {
        let (id, kind, of_bob) = (row[0].as_i64().unwrap(), row[1].as_str().unwrap(), row[2] == bob.id);
        inside |= kind == "member.added" && of_bob;
        if inside {
            expected.push(id);
        }
        inside &= !(kind == "member.removed" && of_bob);
    }
    expected.sort_unstable();
    assert_eq!(heard, expected);
    assert_eq!(own.id, 1);
    stage.silent(&mut on_eve).await;
}

fn diary_created(stage: &Stage, diary: &Chat) -> i64 {
    let sql = format!(
        "SELECT id FROM events WHERE chat_id = {} AND kind = 'chat.created'",
        diary.id
    );
    stage.app.rows(&sql)[0][0].as_i64().unwrap()
}
