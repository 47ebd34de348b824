//! The newest events by name, in memory: who is a little behind need not read the log for what concerns others.
//!
//! Promise: what is given is what the log has, or nothing. Events are put in by the writer after each commit, in order.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::db::Told;
use crate::ids::{ChatId, UserId};

/// Events that are kept: some two megabytes, once there are so many.
const KEPT: usize = 32_768;
/// Events that are looked at before the writer gets his turn.
const BITE: usize = 2_048;

/// The events that are kept.
#[derive(Default)]
pub struct Recent(Mutex<VecDeque<Told>>);

impl Recent {
    /// Puts a commit's events in. On the writer's thread.
    pub fn keep(&self, events: &[Told]) {
        let mut kept = self.lock();
        for event in events {
            if kept.len() == KEPT {
                kept.pop_front();
            }
            kept.push_back(event.clone());
        }
    }

    /// Forgets all of them: the log begins anew.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// Whether an event after `cursor` may be for somebody in these chats; also where it is not known any more.
    pub fn concerns(&self, cursor: i64, user: UserId, chats: &HashSet<ChatId>) -> bool {
        let kept = self.lock();
        if kept.len() == KEPT && kept.front().is_some_and(|oldest| oldest.id > cursor + 1) {
            return true;
        }
        kept.iter().rev().take_while(|event| event.id > cursor).any(
            |event| // A new chat names nobody: anybody may be in it.
                event.kind == "chat.created"
                    || event.user_id == Some(user)
                    || event.chat_id.is_none_or(|chat| chats.contains(&chat)),
        )
    }

    /// The events after `cursor` and up to `head` that are wanted, at most `limit`; None where not all of them are here.
    pub fn list(&self, cursor: i64, head: i64, limit: usize, wanted: impl Fn(&Told) -> bool) -> Option<Vec<Told>> {
        let (mut found, mut cursor) = (Vec::new(), cursor);
        while cursor < head && found.len() < limit {
            let kept = self.lock();
            let begin = kept.partition_point(|event| event.id <= cursor);
            let reaches = kept.front()?.id <= cursor + 1 && kept.back()?.id >= head;
            if !reaches {
                return None;
            }
            let end = (begin + BITE).min(kept.len());
            for event in kept.range(begin..end).take_while(|event| event.id <= head) {
                cursor = event.id;
                if wanted(event) {
                    found.push(event.clone());
                    if found.len() == limit {
                        break;
                    }
                }
            }
        }
        Some(found)
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Told>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(ids: std::ops::RangeInclusive<i64>) -> Vec<Told> {
        let event = |id| Told {
            id,
            kind: "message.created",
            chat_id: Some(ChatId(id % 3)),
            user_id: None,
            message_id: None,
        };
        ids.map(event).collect()
    }

    fn listed(recent: &Recent, cursor: i64, head: i64, limit: usize) -> Option<Vec<i64>> {
        let found = recent.list(cursor, head, limit, |event| event.chat_id == Some(ChatId(0)));
        found.map(|events| events.iter().map(|event| event.id).collect())
    }

    #[test]
    fn all_of_a_part_is_given_or_nothing() {
        let recent = Recent::default();
        assert_eq!(listed(&recent, 0, 3, 9), None, "nothing is here");
        recent.keep(&events(11..=30));
        assert_eq!(listed(&recent, 10, 20, 9), Some(vec![12, 15, 18]));
        assert_eq!(listed(&recent, 10, 30, 2), Some(vec![12, 15]));
        assert_eq!(listed(&recent, 30, 30, 9), Some(vec![]));
        assert_eq!(listed(&recent, 9, 20, 9), None, "older than what is here");
        assert_eq!(listed(&recent, 20, 31, 9), None, "committed and not put in yet");
    }

    #[test]
    fn a_part_is_larger_than_a_bite_and_the_oldest_go() {
        let (recent, last) = (Recent::default(), KEPT as i64 + 100);
        recent.keep(&events(1..=last));
        assert_eq!(listed(&recent, 99, last, 9), None);
        let all = listed(&recent, 100, last, KEPT).unwrap_or_default();
        assert_eq!(all, (101..=last).filter(|id| id % 3 == 0).collect::<Vec<_>>());
    }
}
