//! Pages of history, kept as they were written: a room full of phones asks for the same newest page.
//!
//! Promise: what is given is what the database would give now. The writer tells of each commit before it answers, and a
//! page or a membership of a chat is forgotten with the chat's next event. One that was read before a commit is not put
//! in after it: commits are counted, under the lock. Size is bounded; when it is reached, all is forgotten.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::db::Told;
use crate::ids::{ChatId, UserId};
use crate::live::log::is_own;

/// Bytes that are kept at most.
const BYTES_MAX: usize = 4 << 20;

/// The pages that are kept.
#[derive(Default)]
pub struct Pages(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    chats: HashMap<ChatId, Chat>,
    bytes: usize,
    commits: u64,
}

/// What is known of a chat since its last event: who is in it, and pages by the address that asked for them.
#[derive(Default)]
struct Chat {
    members: HashSet<UserId>,
    pages: HashMap<String, Bytes>,
}

/// When a page was looked for and not found: it may be put in only if nothing was committed since.
#[derive(Debug, Clone, Copy)]
pub struct Missing(u64);

impl Pages {
    /// A page for somebody who is known to be in the chat.
    ///
    /// # Errors
    /// What to hand back with the page once it is read.
    pub fn find(&self, chat: ChatId, user: UserId, address: &str) -> Result<Bytes, Missing> {
        let kept = self.lock();
        let known = kept.chats.get(&chat).filter(|chat| chat.members.contains(&user));
        known
            .and_then(|chat| chat.pages.get(address).cloned())
            .ok_or(Missing(kept.commits))
    }

    /// Keeps a page that a member of the chat was given.
    pub fn keep(&self, missing: Missing, chat: ChatId, user: UserId, address: &str, page: &Bytes) {
        let mut kept = self.lock();
        if kept.commits != missing.0 {
            return;
        }
        if kept.bytes + page.len() > BYTES_MAX {
            kept.chats.clear();
            kept.bytes = 0;
        }
        let chat = kept.chats.entry(chat).or_default();
        chat.members.insert(user);
        let before = chat
            .pages
            .insert(address.to_owned(), page.clone())
            .map_or(0, |page| page.len());
        kept.bytes = kept.bytes + page.len() - before;
    }

    /// Forgets everything; called by the writer after a commit that took it away.
    pub fn clear(&self) {
        let mut kept = self.lock();
        *kept = Kept {
            commits: kept.commits + 1,
            ..Kept::default()
        };
    }

    /// Forgets the chats that something happened in; called by the writer after each commit.
    pub fn forget(&self, events: &[Told]) {
        if events.is_empty() {
            return;
        }
        let mut kept = self.lock();
        kept.commits += 1;
        // What is somebody's own stands in no page.
        for event in events.iter().filter(|event| !is_own(event.kind)) {
            if let Some(chat) = event.chat_id.and_then(|id| kept.chats.remove(&id)) {
                kept.bytes -= chat.pages.values().map(Bytes::len).sum::<usize>();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(chat: i64) -> Told {
        Told {
            id: 1,
            kind: "message.created",
            chat_id: Some(ChatId(chat)),
            user_id: None,
            message_id: None,
        }
    }

    #[test]
    fn a_page_lives_until_the_next_event_of_its_chat() {
        let (pages, chat, ana, bob) = (Pages::default(), ChatId(1), UserId(1), UserId(2));
        let page = Bytes::from_static(b"page");
        let missing = match pages.find(chat, ana, "a") {
            Err(missing) => missing,
            Ok(_) => return assert_eq!("nothing", "something"),
        };
        pages.keep(missing, chat, ana, "a", &page);
        assert_eq!(pages.find(chat, ana, "a").ok(), Some(page.clone()));
        assert!(pages.find(chat, ana, "b").is_err());
        assert!(
            pages.find(chat, bob, "a").is_err(),
            "who is not known to be in it gets nothing"
        );
        pages.forget(&[event(2)]);
        assert!(
            pages.find(chat, ana, "a").is_ok(),
            "another chat's event changes nothing"
        );
        pages.forget(&[event(1)]);
        assert!(pages.find(chat, ana, "a").is_err());
        pages.keep(missing, chat, ana, "a", &page);
        assert!(
            pages.find(chat, ana, "a").is_err(),
            "a page from before a commit is not kept after it"
        );
    }
}
