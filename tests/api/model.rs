//! Random plays of three people, against a model that fits on a page.
//!
//! Promise: whatever they do, each answer is the model's, and at the end history, chat lists, unread counts and the
//! replay of the event log are what the model says, for each of them. One server plays all cases; each case has people of
//! its own. `PROPTEST_CASES` asks for more of them.
//!
//! Left out, because the contract leaves it open: what happens to a group whose owner leaves (he does not), and writing
//! to a message that was deleted (nobody does).

mod compare;

use crate::common::{App, Chat, Cursor, User};
use compare::told_reactions;
use percent_encoding::{utf8_percent_encode, NON_ALPHANUMERIC};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{json, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

const PEOPLE: usize = 3;
const EMOJI: [&str; 3] = ["👍", "❤️", "🎉"];

/// What somebody does; numbers are taken modulo what there is to choose from.
#[derive(Debug, Clone)]
enum Step {
    Send {
        user: usize,
        chat: usize,
        text: u8,
        client: Option<u8>,
        reply: Option<usize>,
    },
    Retry {
        user: usize,
        message: usize,
    },
    Edit {
        user: usize,
        message: usize,
        text: u8,
    },
    Delete {
        user: usize,
        message: usize,
    },
    React {
        user: usize,
        message: usize,
        emoji: usize,
        on: bool,
    },
    Read {
        user: usize,
        chat: usize,
        seq: usize,
    },
    Add {
        user: usize,
        chat: usize,
        whom: usize,
    },
    Remove {
        user: usize,
        chat: usize,
        whom: usize,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let (user, chat, message) = (0..PEOPLE, 0..3_usize, any::<usize>());
    prop_oneof![
        8 => (user.clone(), chat.clone(), any::<u8>(), proptest::option::of(0..6_u8), proptest::option::of(any::<usize>()))
            .prop_map(|(user, chat, text, client, reply)| Step::Send { user, chat, text, client, reply }),
        2 => (user.clone(), message).prop_map(|(user, message)| Step::Retry { user, message }),
        3 => (user.clone(), message, any::<u8>()).prop_map(|(user, message, text)| Step::Edit { user, message, text }),
        2 => (user.clone(), message).prop_map(|(user, message)| Step::Delete { user, message }),
        4 => (user.clone(), message, 0..EMOJI.len(), any::<bool>())
            .prop_map(|(user, message, emoji, on)| Step::React { user, message, emoji, on }),
        3 => (user.clone(), chat.clone(), any::<usize>()).prop_map(|(user, chat, seq)| Step::Read { user, chat, seq }),
        3 => (user.clone(), chat.clone(), 0..PEOPLE).prop_map(|(user, chat, whom)| Step::Add { user, chat, whom }),
        3 => (user, chat, 0..PEOPLE).prop_map(|(user, chat, whom)| Step::Remove { user, chat, whom }),
    ]
}

#[derive(Debug)]
struct ModelMessage {
    id: i64,
    chat: usize,
    seq: i64,
    from: usize,
    text: String,
    first: Sent,
    edited: bool,
    deleted: bool,
    reactions: BTreeSet<(usize, usize)>,
}

/// What was first sent, as a retry has to repeat it.
#[derive(Debug, Clone, PartialEq)]
struct Sent {
    text: String,
    client: Option<String>,
    reply_to: Option<i64>,
}

impl Sent {
    fn json(&self) -> Value {
        json!({"text": self.text, "client_id": self.client, "reply_to": self.reply_to})
    }
}

#[derive(Debug)]
struct ModelMember {
    read: i64,
    /// How many messages of the chat there were when he came.
    joined: i64,
}

#[derive(Debug)]
struct ModelChat {
    owner: usize,
    private: bool,
    last: i64,
    members: BTreeMap<usize, ModelMember>,
}

/// One case: the people and chats on the server, and what the model thinks of them.
struct Play {
    users: Vec<User>,
    chats: Vec<Chat>,
    start: Cursor,
    model: Vec<ModelChat>,
    messages: Vec<ModelMessage>,
}

impl Play {
    /// Two groups with two of the three in each, and a private chat.
    async fn begin(app: &App, number: usize) -> Play {
        let mut users = Vec::new();
        for name in ["ann", "ben", "cat"] {
            users.push(app.user(&format!("{name}-{number}")).await);
        }
        let start = users[0].cursor().await;
        let chats = vec![
            users[0].group("first", &[&users[1]]).await,
            users[2].group("second", &[&users[0]]).await,
            users[1].private(&users[2]).await,
        ];
        let chat = |owner: usize, other: usize, private: bool| {
            let member = |user| (user, ModelMember { read: 0, joined: 0 });
            ModelChat {
                owner,
                private,
                last: 0,
                members: BTreeMap::from([member(owner), member(other)]),
            }
        };
        let model = vec![chat(0, 1, false), chat(2, 0, false), chat(1, 2, true)];
        Play {
            users,
            chats,
            start,
            model,
            messages: Vec::new(),
        }
    }

    async fn step(&mut self, step: &Step) {
        match *step {
            Step::Send {
                user,
                chat,
                text,
                client,
                reply,
            } => {
                let reply = reply.and_then(|at| self.pick(at)).map(|at| &self.messages[at]);
                let sent = Sent {
                    text: format!("text {text}"),
                    client: client.map(|client| format!("client {client}")),
                    // Only answers that can be given: the rest has a table of its own.
                    reply_to: reply.filter(|message| message.chat == chat).map(|message| message.id),
                };
                self.send(user, chat, sent).await;
            }
            Step::Retry { user, message } => {
                let Some(at) = message.checked_rem(self.messages.len()) else {
                    return;
                };
                let message = &self.messages[at];
                if message.from == user && message.first.client.is_some() {
                    self.send(user, message.chat, message.first.clone()).await;
                }
            }
            Step::Edit { user, message, text } => self.edit(user, message, format!("edited {text}")).await,
            Step::Delete { user, message } => self.delete(user, message).await,
            Step::React {
                user,
                message,
                emoji,
                on,
            } => self.react(user, message, emoji, on).await,
            Step::Read { user, chat, seq } => self.read(user, chat, seq).await,
            Step::Add { user, chat, whom } => self.add(user, chat, whom).await,
            Step::Remove { user, chat, whom } => self.remove(user, chat, whom).await,
        }
    }

    /// One of the messages that are not deleted.
    fn pick(&self, number: usize) -> Option<usize> {
        let alive: Vec<usize> = (0..self.messages.len())
            .filter(|at| !self.messages[*at].deleted)
            .collect();
        alive.get(number.checked_rem(alive.len())?).copied()
    }

    fn is_member(&self, user: usize, chat: usize) -> bool {
        self.model[chat].members.contains_key(&user)
    }

    async fn send(&mut self, user: usize, chat: usize, sent: Sent) {
        let path = format!("/chat/messages/{}/", self.chats[chat].id);
        let reply = self.users[user].post(&path, sent.json()).await;
        let same_client = |message: &&ModelMessage| message.from == user && message.first.client == sent.client;
        if let Some(first) = self.messages.iter().find(same_client).filter(|_| sent.client.is_some()) {
            if first.chat == chat && first.first == sent {
                let again = reply.is(200);
                assert_eq!(
                    (again.id(), &again.body["seq"]),
                    (first.id, &json!(first.seq)),
                    "a retry is the first"
                );
            } else if self.is_member(user, chat) {
                reply.is(409);
            } else {
                assert!(
                    matches!(reply.status, 404 | 409),
                    "{} answered {}",
                    reply.what,
                    reply.status
                );
            }
            return;
        }
        if !self.is_member(user, chat) {
            reply.is(404);
            return;
        }
        let reply = reply.is(201);
        let seq = self.model[chat].last + 1;
        let id = reply.id();
        reply.shows(json!({
            "seq": seq, "text": sent.text, "from_user": self.users[user].id, "chat_id": self.chats[chat].id,
            "client_id": sent.client, "reply_to": sent.reply_to, "edited": false, "deleted": false, "reactions": []
        }));
        self.model[chat].last = seq;
        if let Some(member) = self.model[chat].members.get_mut(&user) {
            member.read = seq;
        }
        let (text, reactions) = (sent.text.clone(), BTreeSet::new());
        let (edited, deleted) = (false, false);
        self.messages.push(ModelMessage {
            id,
            chat,
            seq,
            from: user,
            text,
            first: sent,
            edited,
            deleted,
            reactions,
        });
    }

    async fn edit(&mut self, user: usize, message: usize, text: String) {
        let Some(at) = self.pick(message) else { return };
        let may = self.messages[at].from == user && self.is_member(user, self.messages[at].chat);
        let message = &mut self.messages[at];
        let reply = self.users[user]
            .patch(&format!("/chat/messages/{}/", message.id), json!({"text": text}))
            .await;
        if may {
            reply
                .is(200)
                .shows(json!({"id": message.id, "seq": message.seq, "text": text, "edited": true}));
            (message.text, message.edited) = (text, true);
        } else {
            reply.is(404);
        }
    }

    async fn delete(&mut self, user: usize, message: usize) {
        let Some(at) = self.pick(message) else { return };
        let (chat, from) = (self.messages[at].chat, self.messages[at].from);
        let owns = self.model[chat].owner == user && !self.model[chat].private;
        let may = self.is_member(user, chat) && (from == user || owns);
        let reply = self.users[user]
            .delete(&format!("/chat/messages/{}/", self.messages[at].id))
            .await;
        reply.is(if may { 204 } else { 404 });
        self.messages[at].deleted |= may;
    }

    async fn react(&mut self, user: usize, message: usize, emoji: usize, on: bool) {
        let Some(at) = self.pick(message) else { return };
        let may = self.is_member(user, self.messages[at].chat);
        let encoded = utf8_percent_encode(EMOJI[emoji], NON_ALPHANUMERIC);
        let path = format!("/chat/messages/{}/reactions/{encoded}/", self.messages[at].id);
        let reply = self.users[user]
            .request(if on { "PUT" } else { "DELETE" }, &path, None)
            .await;
        if !may {
            reply.is(404);
            return;
        }
        let reactions = &mut self.messages[at].reactions;
        if on {
            reactions.insert((emoji, user));
        } else {
            reactions.remove(&(emoji, user));
        }
        let found = reply.is(200).json()["reactions"].clone();
        assert_eq!(told_reactions(&found), self.reactions(at));
    }

    async fn read(&mut self, user: usize, chat: usize, seq: usize) {
        let last = usize::try_from(self.model[chat].last).unwrap();
        let Some(seq) = seq.checked_rem(last).and_then(|seq| i64::try_from(seq + 1).ok()) else {
            return;
        };
        let path = format!("/chat/{}/read/", self.chats[chat].id);
        let reply = self.users[user].put(&path, json!({"seq": seq})).await;
        let last = self.model[chat].last;
        match self.model[chat].members.get_mut(&user) {
            Some(member) => {
                member.read = member.read.max(seq);
                reply.is(200).shows(json!({"unread_count": last - member.read}));
            }
            None => {
                reply.is(404);
            }
        }
    }

    async fn add(&mut self, user: usize, chat: usize, whom: usize) {
        let reply = self.users[user].add(&self.chats[chat], &self.users[whom]).await;
        let (member, model) = (self.is_member(user, chat), &mut self.model[chat]);
        if !member {
            reply.is(404);
        } else if model.private {
            // That nobody comes in is the promise; whether naming who is in already is an error is not said.
            let there = model.members.contains_key(&whom);
            assert!(
                reply.status == 403 || (there && reply.status == 200),
                "{} {}",
                reply.what,
                reply.status
            );
        } else {
            reply.is(200);
            let now = model.last;
            model
                .members
                .entry(whom)
                .or_insert(ModelMember { read: now, joined: now });
        }
    }

    async fn remove(&mut self, user: usize, chat: usize, whom: usize) {
        let model = &self.model[chat];
        let owner_leaves = whom == model.owner && user == whom;
        let nobody = model.members.contains_key(&user) && !model.members.contains_key(&whom);
        if owner_leaves || nobody {
            return;
        }
        let status = match () {
            () if !self.is_member(user, chat) => 404,
            () if model.private => 403,
            () if user == whom || user == model.owner => 204,
            () => 403,
        };
        self.users[user]
            .remove(&self.chats[chat], &self.users[whom])
            .await
            .is(status);
        if status == 204 {
            self.model[chat].members.remove(&whom);
        }
    }

    fn reactions(&self, at: usize) -> BTreeSet<(String, i64)> {
        let pair = |(emoji, user): &(usize, usize)| (EMOJI[*emoji].to_owned(), self.users[*user].id);
        self.messages[at].reactions.iter().map(pair).collect()
    }
}

#[test]
fn random_plays_end_as_the_model_says() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let app = runtime.block_on(App::start());
    let cases = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(24);
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 300,
        ..Config::default()
    };
    let number = AtomicUsize::new(0);
    let result = TestRunner::new(config).run(&proptest::collection::vec(step(), 20..40), |steps| {
        let number = number.fetch_add(1, Ordering::Relaxed);
        runtime.block_on(async {
            let mut play = Play::begin(&app, number).await;
            for step in &steps {
                play.step(step).await;
            }
            play.compare().await;
        });
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
    assert!(number.load(Ordering::Relaxed) >= usize::try_from(cases).unwrap());
    runtime.block_on(async { drop(app) });
}
