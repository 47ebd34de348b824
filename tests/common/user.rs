//! The people of a test, with verbs that read as a play: `alice.send(&chat, "hi").await`.

use super::{golden, Caller, Reply};
use serde_json::{json, Value};
use std::ops::Deref;

/// A registered person with one session.
#[derive(Clone)]
pub struct User {
    pub id: i64,
    pub name: String,
    pub email: String,
    pub password: String,
    pub access: String,
    pub refresh: String,
    caller: Caller,
}

/// A chat as it was when somebody made it.
#[derive(Clone)]
pub struct Chat {
    pub id: i64,
    pub json: Value,
}

/// A message as it was when it was sent.
#[derive(Clone)]
pub struct Message {
    pub id: i64,
    pub seq: i64,
    pub json: Value,
}

/// A place in the server's event log.
#[derive(Clone)]
pub struct Cursor {
    pub epoch: String,
    pub id: i64,
}

impl Deref for User {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl User {
    /// Registers `name` and logs in; `number` makes the address and the password this person's own.
    pub(super) async fn register(anonymous: Caller, name: &str, number: usize) -> User {
        let email = format!("person{number}@example.org");
        let password = format!("violet harbour {number}");
        let form = json!({
            "username": name, "password": password, "password2": password, "email": email,
            "first_name": "First", "last_name": "Last"
        });
        anonymous.post("/auth/register/", form).await.is(201);
        User::login(&anonymous, name, &email, &password).await
    }

    /// Signs in as somebody who is there.
    pub async fn login(anonymous: &Caller, name: &str, email: &str, password: &str) -> User {
        let form = json!({"username": name, "password": password});
        let tokens = anonymous.post("/auth/login/", form).await.is(200).json();
        let access = tokens["access"].as_str().expect("an access token").to_owned();
        let caller = anonymous.bearer(&access);
        let id = caller.get("/auth/me/").await.is(200).id();
        User {
            id,
            name: name.to_owned(),
            email: email.to_owned(),
            password: password.to_owned(),
            refresh: tokens["refresh"].as_str().expect("a refresh token").to_owned(),
            access,
            caller,
        }
    }

    /// Who came in by another door than registration, by the tokens that it gave; without a password that he knows.
    pub async fn entered(anonymous: &Caller, tokens: &Value) -> User {
        let access = tokens["access"].as_str().expect("an access token").to_owned();
        let caller = anonymous.bearer(&access);
        let me = caller.get("/auth/me/").await.is(200).json();
        User {
            id: me["id"].as_i64().expect("an id"),
            name: me["username"].as_str().expect("a username").to_owned(),
            email: String::new(),
            password: String::new(),
            refresh: tokens["refresh"].as_str().expect("a refresh token").to_owned(),
            access,
            caller,
        }
    }

    /// The same person in another session, as from a second device.
    pub async fn again(&self) -> User {
        User::login(&self.caller, &self.name, &self.email, &self.password).await
    }

    /// Makes a group with these people.
    pub async fn group(&self, name: &str, others: &[&User]) -> Chat {
        let users: Vec<i64> = others.iter().map(|user| user.id).collect();
        let form = json!({"name": name, "users": users, "type": "group"});
        Chat::of(self.post("/chat/", form).await.is(201))
    }

    /// Opens the private chat with somebody, new or not.
    pub async fn private(&self, other: &User) -> Chat {
        let form = json!({"name": "privat", "users": [other.id], "type": "privat"});
        let reply = self.post("/chat/", form).await;
        let expected = if reply.status == 200 { 200 } else { 201 };
        Chat::of(reply.is(expected))
    }

    /// Sends a text.
    pub async fn send(&self, chat: &Chat, text: &str) -> Message {
        self.send_json(chat, json!({"text": text})).await
    }

    /// Sends a text in answer to a message.
    pub async fn answer(&self, chat: &Chat, to: &Message, text: &str) -> Message {
        self.send_json(chat, json!({"text": text, "reply_to": to.id})).await
    }

    /// Sends a message with these fields.
    pub async fn send_json(&self, chat: &Chat, body: Value) -> Message {
        let reply = self.post(&format!("/chat/messages/{}/", chat.id), body).await;
        Message::of(reply.is(201))
    }

    /// Adds somebody to a group.
    pub async fn add(&self, chat: &Chat, other: &User) -> Reply {
        self.patch(&format!("/chat/{}/", chat.id), json!({"users": other.id}))
            .await
    }

    /// Takes somebody, perhaps oneself, out of a group.
    pub async fn remove(&self, chat: &Chat, other: &User) -> Reply {
        self.delete(&format!("/chat/{}/users/{}/", chat.id, other.id)).await
    }

    /// A chat as this person sees it now.
    pub async fn chat(&self, chat: &Chat) -> Value {
        self.get(&format!("/chat/{}/", chat.id)).await.is(200).json()
    }

    /// A message as this person sees it now.
    pub async fn message(&self, message: &Message) -> Value {
        self.get(&format!("/chat/messages/{}/", message.id))
            .await
            .is(200)
            .json()
    }

    /// The newest messages of a chat, at most 200, newest first.
    pub async fn history(&self, chat: &Chat) -> Vec<Value> {
        let path = format!("/chat/messages/?chat={}&limit=200", chat.id);
        self.get(&path).await.is(200).results()
    }

    /// The end of the event log.
    pub async fn cursor(&self) -> Cursor {
        let sync = self.get("/chat/sync/").await.is(200).json();
        Cursor {
            epoch: sync["epoch"].as_str().expect("an epoch").to_owned(),
            id: sync["cursor"].as_i64().expect("a cursor"),
        }
    }

    /// The code of a group's link, made if there is none.
    pub async fn link(&self, chat: &Chat) -> String {
        let path = format!("/chat/{}/link/", chat.id);
        let link = self.post(&path, json!({})).await.is(200).json();
        link["code"].as_str().expect("a code").to_owned()
    }

    /// Joins a group by the code of its link.
    pub async fn join(&self, code: &str) -> Reply {
        self.post(&format!("/chat/join/{code}/"), json!({})).await
    }

    /// Everything the log tells this person after a cursor.
    pub async fn events_since(&self, cursor: &Cursor) -> Vec<Value> {
        let (mut events, mut since) = (Vec::new(), cursor.id);
        loop {
            let path = format!("/chat/events/?epoch={}&since={since}&wait=0", cursor.epoch);
            let reply = self.get(&path).await.is(200);
            let page = reply.body["events"].as_array().cloned();
            events.extend(page.unwrap_or_else(|| panic!("no events: {}", reply.text())));
            let next = reply.body["cursor"].as_i64().expect("a cursor");
            if reply.body["more"] == false {
                return events;
            }
            assert!(
                next > since,
                "more is to come, and the cursor stands still: {}",
                reply.text()
            );
            since = next;
        }
    }
}

impl Chat {
    #[track_caller]
    pub fn of(reply: Reply) -> Chat {
        Chat {
            id: reply.id(),
            json: reply.json(),
        }
    }
}

impl Message {
    #[track_caller]
    pub fn of(reply: Reply) -> Message {
        let seq = reply.body["seq"].as_i64().expect("a seq");
        Message {
            id: reply.id(),
            seq,
            json: reply.json(),
        }
    }

    /// Its address.
    pub fn path(&self) -> String {
        format!("/chat/messages/{}/", self.id)
    }
}

impl Cursor {
    /// Asserts that since this place the log told each of `to` exactly events of these kinds, the same to everybody, and
    /// each of `not_to` nothing. Read marks and muting are a person's own and are left aside. Gives the events.
    pub async fn told(&self, to: &[&User], kinds: &[&str], not_to: &[&User]) -> Vec<Value> {
        let heard = self.heard(to, not_to).await;
        for (user, events) in to.iter().zip(&heard) {
            let found: Vec<&str> = events.iter().map(kind).collect();
            assert_eq!(found, kinds, "what {} was told: {events:#?}", user.name);
            assert_eq!(
                events, &heard[0],
                "{} was told otherwise than {}",
                user.name, to[0].name
            );
        }
        heard.into_iter().next().unwrap_or_default()
    }

    /// Asserts that since this place the log told each of `to` an event of this kind, about this chat, and each of
    /// `not_to` nothing. Gives the first such event of the first person.
    pub async fn told_of(&self, to: &[&User], wanted: &str, chat: &Chat, not_to: &[&User]) -> Value {
        let heard = self.heard(to, not_to).await;
        let mut found = Vec::new();
        for (user, events) in to.iter().zip(&heard) {
            let event = events
                .iter()
                .find(|event| kind(event) == wanted && event["chat_id"] == chat.id);
            match event {
                Some(event) => found.push(event.clone()),
                None => panic!("{} was not told of {wanted}: {events:#?}", user.name),
            }
        }
        found.swap_remove(0)
    }

    async fn heard(&self, to: &[&User], not_to: &[&User]) -> Vec<Vec<Value>> {
        for user in not_to {
            let events = user.events_since(self).await;
            assert!(
                events.is_empty(),
                "{} heard what is not for them: {events:#?}",
                user.name
            );
        }
        let mut heard = Vec::new();
        for user in to {
            let mut events = user.events_since(self).await;
            self.check(&events);
            events.retain(|event| !["read", "muted"].contains(&kind(event)));
            heard.push(events);
        }
        heard
    }

    /// Asserts the form of events, and that their ids rise from here.
    fn check(&self, events: &[Value]) {
        let mut last = self.id;
        for event in events {
            let form = json!({"type": "event", "id": "<int>", "kind": "<string>", "data": "<any>"});
            golden::assert_shows(event, form);
            let id = event["id"].as_i64().expect("an id");
            assert!(id > last, "event ids do not rise: {events:#?}");
            last = id;
            for own in ["unread_count", "muted"] {
                assert!(
                    kind(event) == own || event["data"].get(own).is_none(),
                    "an event with somebody's own {own}: {event:#}"
                );
            }
            let text = event.to_string();
            assert!(
                !text.contains("http://127.0.0.1"),
                "an event with an absolute address: {event:#}"
            );
        }
    }
}

/// An event's kind.
pub fn kind(event: &Value) -> &str {
    event["kind"].as_str().expect("a kind")
}
