//! What each of them sees at the end, held against the model.

use super::{ModelMessage, Play, PEOPLE};
use crate::common::golden::assert_shows;
use serde_json::{json, Value};
use std::collections::BTreeSet;

impl Play {
    /// Compares all that each of them can see with the model.
    pub(super) async fn compare(&self) {
        for user in 0..PEOPLE {
            self.compare_list(user).await;
            for chat in 0..self.chats.len() {
                self.compare_history(user, chat).await;
            }
            self.compare_replay(user).await;
        }
    }

    async fn compare_list(&self, user: usize) {
        let list = self.users[user].get("/chat/?page_size=100").await.is(200).results();
        let sync = self.users[user].get("/chat/sync/").await.is(200).json();
        let mine: Vec<usize> = (0..self.chats.len())
            .filter(|chat| self.is_member(user, *chat))
            .collect();
        for listed in [&list, sync["chats"].as_array().expect("chats")] {
            let found: BTreeSet<i64> = listed.iter().map(|chat| chat["id"].as_i64().unwrap()).collect();
            let expected: BTreeSet<i64> = mine.iter().map(|chat| self.chats[*chat].id).collect();
            assert_eq!(found, expected, "the chats of {}", self.users[user].name);
            for chat in listed {
                let at = mine
                    .iter()
                    .copied()
                    .find(|at| chat["id"] == self.chats[*at].id)
                    .unwrap();
                self.compare_chat(user, at, chat);
            }
        }
    }

    fn compare_chat(&self, user: usize, at: usize, chat: &Value) {
        let model = &self.model[at];
        let mut users: Vec<i64> = model.members.keys().map(|member| self.users[*member].id).collect();
        users.sort_unstable();
        let said: Vec<&ModelMessage> = self.messages.iter().filter(|message| message.chat == at).collect();
        let ids: Vec<i64> = said.iter().map(|message| message.id).collect();
        let read = model.members[&user].read;
        assert_shows(
            chat,
            json!({
                "users": users, "last_seq": model.last, "read_seq": read, "unread_count": model.last - read, "messages": ids
            }),
        );
        let last = said.last().map(|message| message.id);
        assert_eq!(chat["last_message"]["id"], json!(last), "the last message of {chat:#}");
    }

    async fn compare_history(&self, user: usize, chat: usize) {
        let path = format!("/chat/messages/?chat={}&limit=200", self.chats[chat].id);
        let reply = self.users[user].get(&path).await;
        if !self.is_member(user, chat) {
            reply.is(404);
            return;
        }
        let found = reply.is(200).results();
        let expected: Vec<usize> = (0..self.messages.len())
            .rev()
            .filter(|at| self.messages[*at].chat == chat)
            .collect();
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (message, at) in found.iter().zip(expected) {
            self.compare_message(at, message);
        }
    }

    fn compare_message(&self, at: usize, found: &Value) {
        let message = &self.messages[at];
        let mut expected = json!({
            "id": message.id, "seq": message.seq, "from_user": self.users[message.from].id, "deleted": message.deleted,
            "chat_id": self.chats[message.chat].id
        });
        if message.deleted {
            assert!(
                !found.to_string().contains(&message.text),
                "the text of a deleted message: {found:#}"
            );
        } else {
            expected["text"] = json!(message.text);
            expected["edited"] = json!(message.edited);
            expected["reply_to"] = json!(message.first.reply_to);
            assert_eq!(told_reactions(&found["reactions"]), self.reactions(at), "{found:#}");
        }
        assert_shows(found, expected);
    }

    /// The replay holds every message of his time in each chat that he is in, as it is now, and nothing of the others.
    async fn compare_replay(&self, user: usize) {
        let events = self.users[user].events_since(&self.start).await;
        let ids: Vec<i64> = events.iter().map(|event| event["id"].as_i64().unwrap()).collect();
        assert!(ids.windows(2).all(|two| two[0] < two[1]), "event ids rise: {ids:?}");
        let mut created = Vec::new();
        for event in &events {
            let kind = event["kind"].as_str().unwrap();
            let Some(chat) = self.chats.iter().position(|chat| event["chat_id"] == chat.id) else {
                assert!(event["chat_id"].is_null(), "of a chat of another case: {event:#}");
                continue;
            };
            let may = self.is_member(user, chat) || kind == "member.removed";
            assert!(
                may,
                "{} heard of a chat that is not theirs: {event:#}",
                self.users[user].name
            );
            if kind.starts_with("message.") {
                let at = self
                    .messages
                    .iter()
                    .position(|message| event["data"]["id"] == message.id);
                self.compare_message(at.expect("a message of the model"), &event["data"]);
            }
            if kind == "message.created" {
                created.push(event["data"]["id"].as_i64().unwrap());
            }
        }
        let heard: BTreeSet<i64> = created.iter().copied().collect();
        assert_eq!(heard.len(), created.len(), "told twice: {created:?}");
        for message in &self.messages {
            let Some(member) = self.model[message.chat].members.get(&user) else {
                continue;
            };
            let his_time = message.seq > member.joined;
            assert!(
                !his_time || heard.contains(&message.id),
                "{} missed {message:?}",
                self.users[user].name
            );
        }
    }
}

/// Reactions as pairs of emoji and user id.
pub(super) fn told_reactions(told: &Value) -> BTreeSet<(String, i64)> {
    let mut found = BTreeSet::new();
    for reaction in told.as_array().expect("reactions") {
        let emoji = reaction["emoji"].as_str().expect("an emoji");
        let users = reaction["users"].as_array().expect("users");
        assert!(!users.is_empty(), "a reaction of nobody: {told}");
        for user in users {
            let new = found.insert((emoji.to_owned(), user.as_i64().expect("an id")));
            assert!(new, "a reaction told twice: {told}");
        }
    }
    found
}
