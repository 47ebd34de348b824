//! Senders who write without pause until their server is gone, and what each of them was told.

use crate::client::Client;
use crate::common::{stored, within, User};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// One try to send a message, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Try {
    pub sender: usize,
    pub chat: i64,
    pub client_id: String,
    pub text: String,
    pub told: Told,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It has this id and this number in its chat.
    Stored { id: i64, seq: i64 },
    /// It was not taken.
    Refused(u16),
    /// The connection broke before an answer came.
    Nothing,
}

/// Senders at work.
pub struct Load {
    senders: Vec<JoinHandle<Vec<Try>>>,
    acknowledged: Arc<AtomicUsize>,
    more: Arc<Notify>,
}

impl Load {
    /// Starts a sender for each of these people and chats. `round` keeps their client ids apart from other rounds'.
    pub fn start(round: usize, senders: &[(Client, i64)]) -> Load {
        let (acknowledged, more) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let run = |(sender, (client, chat)): (usize, &(Client, i64))| {
            let (client, chat) = (client.clone(), *chat);
            let (acknowledged, more) = (Arc::clone(&acknowledged), Arc::clone(&more));
            tokio::spawn(async move {
                let mut tries = Vec::new();
                for number in 0.. {
                    let one = attempt(&client, sender, chat, format!("{round}-{sender}-{number}")).await;
                    let stored = matches!(one.told, Told::Stored { .. });
                    tries.push(one);
                    if !stored {
                        break;
                    }
                    acknowledged.fetch_add(1, Ordering::AcqRel);
                    more.notify_one();
                }
                tries
            })
        };
        Load {
            senders: senders.iter().enumerate().map(run).collect(),
            acknowledged,
            more,
        }
    }

    /// Waits until this many messages have been acknowledged.
    pub async fn reaches(&self, count: usize) {
        within("acknowledgements", async {
            while self.acknowledged.load(Ordering::Acquire) < count {
                self.more.notified().await;
            }
        })
        .await;
    }

    /// Waits until every sender has been refused or cut off; all their tries.
    pub async fn end(self) -> Vec<Try> {
        let mut all = Vec::new();
        for sender in self.senders {
            all.extend(within("the senders' end", sender).await.expect("a sender"));
        }
        all
    }
}

/// Sends a message once.
pub async fn attempt(client: &Client, sender: usize, chat: i64, client_id: String) -> Try {
    let text = format!("the text of {client_id}");
    let told = match client.send(chat, &client_id, &text).await {
        Some(answer) if matches!(answer.status, 200 | 201) => Told::Stored {
            id: answer.id(),
            seq: answer.body["seq"].as_i64().expect("a seq"),
        },
        Some(answer) => Told::Refused(answer.status),
        None => Told::Nothing,
    };
    Try {
        sender,
        chat,
        client_id,
        text,
        told,
    }
}

/// What stands in the file, checked against all that was ever tried: each acknowledged message once, as it was
/// acknowledged; nothing that nobody sent; `seq` without holes; each message told of once, in order; the file sound. Gives
/// the client ids that are stored.
pub fn check(file: &Path, tries: &[Try]) -> BTreeMap<String, i64> {
    let rows = stored::rows(
        file,
        "SELECT client_id, id, chat_id, seq, text FROM messages ORDER BY chat_id, seq",
    );
    let tried: BTreeMap<&str, &Try> = tries.iter().map(|one| (one.client_id.as_str(), one)).collect();
    let (mut found, mut last) = (BTreeMap::new(), BTreeMap::new());
    for row in &rows {
        let name = row[0].as_str().expect("a client id");
        let one = tried.get(name).unwrap_or_else(|| panic!("nobody sent {row:?}"));
        let again = found.insert(name.to_owned(), row[1].as_i64().unwrap());
        assert_eq!(again, None, "stored twice: {row:?}");
        assert_eq!(
            (&row[2], &row[4]),
            (&one.chat.into(), &one.text.clone().into()),
            "{one:?}"
        );
        let seq = last.entry(row[2].as_i64().unwrap()).or_insert(0);
        *seq += 1;
        assert_eq!(row[3], *seq, "a hole before {row:?}");
        if let Told::Stored { id, seq } = one.told {
            assert_eq!(
                (&row[1], &row[3]),
                (&id.into(), &seq.into()),
                "acknowledged otherwise: {one:?}"
            );
        }
    }
    for one in tries.iter().filter(|one| matches!(one.told, Told::Stored { .. })) {
        assert!(found.contains_key(&one.client_id), "acknowledged and lost: {one:?}");
    }
    for (chat, seq) in last {
        let counter = stored::rows(file, &format!("SELECT last_seq FROM chats WHERE id = {chat}"));
        assert_eq!(counter[0][0], seq, "last_seq of chat {chat}");
    }
    // Per chat the log has the same messages in the same order.
    let told = "SELECT message_id, chat_id FROM events WHERE kind = 'message.created' ORDER BY chat_id, id";
    let ours: Vec<Vec<Value>> = rows.iter().map(|row| vec![row[1].clone(), row[2].clone()]).collect();
    assert_eq!(stored::rows(file, told), ours, "the event log against the messages");
    sound(file);
    found
}

/// Asserts that SQLite finds nothing wrong with the file.
pub fn sound(file: &Path) {
    assert_eq!(stored::rows(file, "PRAGMA integrity_check"), [["ok"]]);
    assert_eq!(stored::rows(file, "PRAGMA foreign_key_check").len(), 0);
}

/// Asserts that the search index has exactly the words of the messages, as far as it has come: what was sent last may
/// still be to be indexed. It writes, so no server may run.
pub fn searchable(file: &Path) {
    let connection = rusqlite::Connection::open(file).expect("the server's file");
    let check = "BEGIN;
        DELETE FROM messages WHERE id > (SELECT upto FROM messages_indexed);
        INSERT INTO messages_fts (messages_fts, rank) VALUES ('integrity-check', 1);
        ROLLBACK";
    connection
        .execute_batch(check)
        .expect("an index that fits the messages");
}

/// Asserts that a search finds these messages and no others.
pub async fn finds(user: &User, query: &str, ids: &BTreeSet<i64>) {
    let mut found = BTreeSet::new();
    let mut path = Some(format!("/chat/search/?q={query}&page_size=100"));
    while let Some(next) = path {
        let page = user.get(&next).await.is(200);
        found.extend(page.ids());
        path = page.body["next"]
            .as_str()
            .map(|url| url[url.find("/chat/").expect("a path")..].to_owned());
    }
    assert_eq!(&found, ids, "what a search for {query} finds");
}
