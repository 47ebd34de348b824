//! A snapshot and the events after it are the next snapshot: for every action, as seen by everybody.
//!
//! [`Client`] is all that a client has to know. What no event tells, it asks for: who somebody is whom it has not met.

use crate::common::socket::{parse, type_of};
use crate::common::{pictures, Message, Part, Socket, User};
use crate::stage::Stage;
use serde_json::{json, Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What a client shows, kept up to date by what it hears.
struct Client {
    user: User,
    socket: Socket,
    base: String,
    me: Value,
    chats: BTreeMap<i64, Value>,
    users: BTreeMap<i64, Value>,
}

fn int(value: &Value) -> i64 {
    value
        .as_i64()
        .unwrap_or_else(|| panic!("{value} is not a whole number"))
}

fn object(value: &mut Value) -> &mut Map<String, Value> {
    value.as_object_mut().expect("an object")
}

/// Somebody without what goes on with the time.
fn timeless(mut user: Value) -> Value {
    object(&mut user).remove("last_online");
    object(&mut user).remove("online");
    user
}

fn by_id(list: &Value) -> BTreeMap<i64, Value> {
    list.as_array()
        .expect("a list")
        .iter()
        .map(|one| (int(&one["id"]), one.clone()))
        .collect()
}

impl Client {
    async fn new(user: &User, base: &str) -> Client {
        let socket = user.socket().await;
        let (me, chats, users) = snapshot(user, base).await;
        Client {
            user: user.clone(),
            socket,
            base: base.to_owned(),
            me,
            chats,
            users,
        }
    }

    /// Takes in one frame.
    async fn hear(&mut self, frame: &Value) {
        let data = &frame["data"];
        match (type_of(frame), frame["kind"].as_str().unwrap_or_default()) {
            ("event", "message.created") => {
                let me = self.user.id;
                let chat = self
                    .chats
                    .get_mut(&int(&data["chat_id"]))
                    .expect("a chat that is known");
                let ids = chat["messages"].as_array_mut().unwrap();
                ids.push(data["id"].clone());
                if ids.len() > 50 {
                    ids.remove(0);
                }
                chat["last_message"] = data.clone();
                chat["last_seq"] = data["seq"].clone();
                mark(chat, me, int(&data["from_user"]), int(&data["seq"]));
            }
            ("event", "message.updated" | "message.deleted") => {
                let chat = self
                    .chats
                    .get_mut(&int(&data["chat_id"]))
                    .expect("a chat that is known");
                if chat["last_message"]["id"] == data["id"] {
                    chat["last_message"] = data.clone();
                }
            }
            ("event", "chat.created" | "chat.updated") => self.take(data.clone()),
            ("event", "member.added") => self.take(data["chat"].clone()),
            ("event", "member.removed") => {
                let (id, gone) = (int(&data["chat_id"]), int(&data["user_id"]));
                if gone == self.user.id {
                    self.chats.remove(&id);
                } else {
                    let chat = self.chats.get_mut(&id).expect("a chat that is known");
                    chat["users"].as_array_mut().unwrap().retain(|user| *user != gone);
                    chat["marks"].as_array_mut().unwrap().retain(|mark| mark[0] != gone);
                }
            }
            ("event", "user.updated") => {
                let id = int(&data["id"]);
                self.users.insert(id, timeless(data.clone()));
                if id == self.user.id {
                    self.me = me(&self.user, &self.base).await;
                }
            }
            ("event", "read") => {
                let chat = self
                    .chats
                    .get_mut(&int(&data["chat_id"]))
                    .expect("a chat that is known");
                mark(chat, self.user.id, int(&data["user_id"]), int(&data["seq"]));
            }
            ("event", "muted") => {
                let chat = self
                    .chats
                    .get_mut(&int(&data["chat_id"]))
                    .expect("a chat that is known");
                chat["muted"] = data["muted"].clone();
            }
            ("seen", _) => {
                let chat = self
                    .chats
                    .get_mut(&int(&frame["chat_id"]))
                    .expect("a chat that is known");
                for one in frame["marks"].as_array().unwrap() {
                    mark(chat, self.user.id, int(&one[0]), int(&one[1]));
                }
            }
            ("presence", _) => {}
            _ => panic!("{frame} is not known"),
        }
        self.meet().await;
    }

    /// Takes a chat as an event shows it. What is one's own of it follows from the marks, or is as it was.
    fn take(&mut self, mut chat: Value) {
        let id = int(&chat["id"]);
        let marks = chat["marks"].as_array().unwrap().clone();
        let own = marks
            .iter()
            .find(|mark| mark[0] == self.user.id)
            .expect("one's own mark");
        let unread = int(&chat["last_seq"]) - int(&own[1]);
        object(&mut chat).insert("read_seq".to_owned(), own[1].clone());
        object(&mut chat).insert("unread_count".to_owned(), json!(unread));
        let muted = self.chats.get(&id).is_some_and(|known| known["muted"] == true);
        object(&mut chat).insert("muted".to_owned(), json!(muted));
        self.chats.insert(id, chat);
    }

    /// Asks who somebody is who is new, and forgets who is in no chat any more.
    async fn meet(&mut self) {
        let mut known = BTreeSet::from([self.user.id]);
        for chat in self.chats.values() {
            known.extend(chat["users"].as_array().unwrap().iter().map(int));
        }
        self.users.retain(|id, _| known.contains(id));
        for id in known {
            if !self.users.contains_key(&id) {
                let answer = self.user.get(&format!("/auth/user/{id}/")).await.is(200).text();
                self.users.insert(id, timeless(parse(&answer.replace(&self.base, ""))));
            }
        }
    }

    /// Hears everything up to this message in its own diary, and asserts that it shows what a fresh snapshot shows.
    async fn agrees(&mut self, marker: &Message, what: &str) {
        loop {
            let frame = self.socket.next().await;
            self.hear(&frame).await;
            if frame["data"]["id"] == marker.id && frame["kind"] == "message.created" {
                break;
            }
        }
        let (me, chats, users) = snapshot(&self.user, &self.base).await;
        let name = &self.user.name;
        assert_eq!(self.me, me, "{what}: who {name} is");
        assert_eq!(self.chats, chats, "{what}: the chats of {name}");
        assert_eq!(self.users, users, "{what}: the people of {name}");
    }
}

/// Moves a mark forward; one's own moves what is unread.
fn mark(chat: &mut Value, me: i64, user: i64, seq: i64) {
    let marks = chat["marks"].as_array_mut().unwrap();
    if let Some(found) = marks.iter_mut().find(|mark| mark[0] == user) {
        found[1] = json!(int(&found[1]).max(seq));
    }
    if user == me {
        chat["read_seq"] = json!(int(&chat["read_seq"]).max(seq));
    }
    chat["unread_count"] = json!(int(&chat["last_seq"]) - int(&chat["read_seq"]));
}

async fn me(user: &User, base: &str) -> Value {
    let answer = user.get("/auth/me/").await.is(200).text();
    timeless(parse(&answer.replace(base, "")))
}

/// What `/chat/sync/` shows somebody, with addresses as paths.
async fn snapshot(user: &User, base: &str) -> (Value, BTreeMap<i64, Value>, BTreeMap<i64, Value>) {
    let sync: Value = parse(&user.get("/chat/sync/").await.is(200).text().replace(base, ""));
    let users = by_id(&sync["users"]).into_iter().map(|(id, user)| (id, timeless(user)));
    (timeless(sync["me"].clone()), by_id(&sync["chats"]), users.collect())
}

#[tokio::test]
async fn the_events_of_every_action_make_the_next_snapshot() {
    let stage = Stage::set().await;
    let Stage {
        app,
        alice,
        bob,
        eve,
        chat,
        own,
    } = &stage;
    let dora = app.user("dora").await;
    let base = app.base();
    let mut diaries = Vec::new();
    for user in [alice, bob, eve, &dora] {
        diaries.push(if user.id == eve.id {
            own.clone()
        } else {
            user.group("Diary", &[]).await
        });
    }
    let mut clients = Vec::new();
    for user in [alice, bob, eve, &dora] {
        clients.push(Client::new(user, &base).await);
    }
    /// Does something, and asserts that everybody's client shows what his snapshot shows.
    macro_rules! after {
        ($what:literal, $($action:tt)*) => {{
            let done = { $($action)* };
            for (client, diary) in clients.iter_mut().zip(&diaries) {
                let marker = client.user.clone().send(diary, "Dear diary").await;
                client.agrees(&marker, $what).await;
            }
            done
        }};
    }
    let group = format!("/chat/{}/", chat.id);
    let read = format!("/chat/{}/read/", chat.id);
    let picture = |name: &str| Part::file(name, "a.png", "image/png", &pictures::png(40, 40));

    after!("nothing",);
    let first = after!("a message of the owner", alice.send(chat, "one").await);
    let second = after!("a message of a member", bob.send(chat, "two").await);
    after!("an answer", alice.answer(chat, &second, "three").await);
    let path = format!("/chat/messages/{}/", chat.id);
    let photo = after!(
        "a photo",
        Message::of(bob.multipart("POST", &path, &[picture("photo")]).await.is(201))
    );
    after!("an edit of the last", {
        let last = alice.send(chat, "to be edited").await;
        alice.patch(&last.path(), json!({"text": "edited"})).await.is(200)
    });
    after!(
        "an edit of another",
        alice.patch(&first.path(), json!({"text": "edited"})).await.is(200)
    );
    let last = after!("a message", alice.send(chat, "the last").await);
    after!(
        "a reaction",
        bob.put(&format!("{}reactions/👍/", last.path()), json!({}))
            .await
            .is(200)
    );
    after!(
        "a reaction of the owner",
        alice
            .put(&format!("{}reactions/❤️/", last.path()), json!({}))
            .await
            .is(200)
    );
    after!(
        "a reaction taken back",
        bob.delete(&format!("{}reactions/👍/", last.path())).await.is(200)
    );
    after!("the end of the last", alice.delete(&last.path()).await.is(204));
    after!("the end of another's", alice.delete(&photo.path()).await.is(204));
    after!(
        "many messages",
        for number in 0..60 {
            alice.send(chat, &format!("number {number}")).await;
        }
    );
    after!("a name", bob.patch(&group, json!({"name": "New"})).await.is(200));
    after!(
        "a picture",
        bob.multipart("PATCH", &group, &[picture("chat_picture")]).await.is(200)
    );
    after!("somebody let in", bob.add(chat, &dora).await.is(200));
    after!("a message of who was let in", dora.send(chat, "thank you").await);
    let mute = format!("{group}mute/");
    after!("a chat muted", alice.request("PUT", &mute, None).await.is(200));
    after!(
        "a name of a muted chat",
        bob.patch(&group, json!({"name": "Newer"})).await.is(200)
    );
    after!("muted by another", bob.request("PUT", &mute, None).await.is(200));
    after!("and no longer", bob.request("DELETE", &mute, None).await.is(200));
    after!("somebody from outside let in", alice.add(chat, eve).await.is(200));
    after!("muted by who will go", eve.request("PUT", &mute, None).await.is(200));
    after!("a message to all", alice.send(chat, "welcome").await);
    after!("somebody put out", alice.remove(chat, eve).await.is(204));
    after!("a message behind his back", alice.send(chat, "gone").await);
    let code = after!("a link", bob.link(chat).await);
    after!("somebody joins by it", eve.join(&code).await.is(200));
    after!(
        "the end of the link",
        alice.delete(&format!("{group}link/")).await.is(204)
    );
    after!("who joined leaves", eve.remove(chat, eve).await.is(204));
    after!("somebody leaves", dora.remove(chat, &dora).await.is(204));
    after!(
        "a new name of the owner's",
        alice
            .patch(
                &format!("/auth/update_profile/{}/", alice.id),
                json!({"first_name": "Ana", "email": "ana@example.org"})
            )
            .await
            .is(200)
    );
    after!(
        "a picture of a member's",
        bob.multipart("PUT", "/auth/profile_picture/", &[picture("profile_picture")])
            .await
            .is(200)
    );
    after!("and none", bob.delete("/auth/profile_picture/").await.is(204));
    after!(
        "a new name of an outsider's",
        eve.patch(&format!("/auth/update_profile/{}/", eve.id), json!({"username": "eva"}))
            .await
            .is(200)
    );
    let pair = after!("a private chat", alice.private(bob).await);
    after!("a message in it", bob.send(&pair, "just us").await);
    after!("a private chat with an outsider", eve.private(alice).await);
    let two = after!("a group of three", bob.group("Three", &[alice, &dora]).await);
    after!("two let in at once", {
        let four = bob.group("Four", &[]).await;
        bob.patch(&format!("/chat/{}/", four.id), json!({"users": [alice.id, eve.id]}))
            .await
            .is(200)
    });
    after!("the owner leaves", bob.remove(&two, bob).await.is(204));
    after!("the last but one leaves", alice.remove(&two, alice).await.is(204));
    after!("the last leaves", dora.remove(&two, &dora).await.is(204));
    after!("refusals", {
        eve.post(&path, json!({"text": "x"})).await.is(404);
        bob.patch(&first.path(), json!({"text": "x"})).await.is(404);
        alice.post(&path, json!({"text": ""})).await.is(400);
    });
    // How far others have read is told in a while: who hears it first waits for it.
    let one = after!("a message to be read", bob.send(chat, "read this").await);
    let two = after!("and another", bob.send(chat, "and this").await);
    alice.put(&read, json!({"seq": one.seq})).await.is(200);
    for client in clients.iter_mut().take(2) {
        let seen = client.socket.find(&["seen"]).await;
        client.hear(&seen).await;
    }
    after!("a read mark of the owner's",);
    clients[0]
        .socket
        .say(json!({"type": "read", "chat_id": chat.id, "seq": two.seq}))
        .await;
    for client in clients.iter_mut().take(2) {
        let seen = client.socket.find(&["seen"]).await;
        client.hear(&seen).await;
    }
    after!("a read mark over a socket",);
}
