//! Frames of messages' events, kept as they were encoded: who comes back after a pause asks for what others just got.
//!
//! Promise: what is given shows the message as it is now. The writer tells of each commit before it answers, and what is
//! kept of a message is forgotten with its next event; a frame that was read before such a commit is not put in after
//! it, since those commits are counted, under the lock. Size is bounded; the oldest go first.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::db::Told;
use crate::ids::MessageId;

/// Bytes that are kept at most.
const BYTES_MAX: usize = 4 << 20;

/// The frames that are kept.
#[derive(Default)]
pub struct Frames(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    frames: BTreeMap<i64, (MessageId, Bytes)>,
    events: HashMap<MessageId, Vec<i64>>,
    bytes: usize,
    changes: u64,
}

/// When somebody began to read: what he read may be put in only if no message was changed since.
#[derive(Debug, Clone, Copy)]
pub struct Moment(u64);

impl Frames {
    /// To be asked before the database is read.
    pub fn moment(&self) -> Moment {
        Moment(self.lock().changes)
    }

    /// The frame of an event.
    pub fn find(&self, event: &Told) -> Option<Bytes> {
        self.lock().frames.get(&event.id).map(|(_, frame)| frame.clone())
    }

    /// Keeps the frame of an event about a message.
    pub fn keep(&self, moment: Moment, event: &Told, frame: &Bytes) {
        let Some(message) = event.message_id else { return };
        let mut kept = self.lock();
        if kept.changes != moment.0 {
            return;
        }
        if kept.frames.insert(event.id, (message, frame.clone())).is_none() {
            kept.bytes += frame.len();
            kept.events.entry(message).or_default().push(event.id);
        }
        while kept.bytes > BYTES_MAX {
            let Some((id, (message, frame))) = kept.frames.pop_first() else {
                break;
            };
            kept.bytes -= frame.len();
            if let Some(events) = kept.events.get_mut(&message) {
                events.retain(|event| *event != id);
                if events.is_empty() {
                    kept.events.remove(&message);
                }
            }
        }
    }

    /// Forgets everything, and what is being read now will not be put in.
    pub fn clear(&self) {
        let mut kept = self.lock();
        *kept = Kept {
            changes: kept.changes + 1,
            ..Kept::default()
        };
    }

    /// Forgets the messages that were changed; called by the writer after each commit.
    pub fn forget(&self, events: &[Told]) {
        let changed = |event: &&Told| event.message_id.is_some() && event.kind != "message.created";
        let mut changes = events.iter().filter(changed).peekable();
        if changes.peek().is_none() {
            return;
        }
        let mut kept = self.lock();
        kept.changes += 1;
        for message in changes.filter_map(|event| event.message_id) {
            for id in kept.events.remove(&message).unwrap_or_default() {
                if let Some((_, frame)) = kept.frames.remove(&id) {
                    kept.bytes -= frame.len();
                }
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
    use crate::ids::ChatId;

    fn event(id: i64, kind: &'static str, message: i64) -> Told {
        Told {
            id,
            kind,
            chat_id: Some(ChatId(1)),
            user_id: None,
            message_id: Some(MessageId(message)),
        }
    }

    #[test]
    fn a_frame_lives_until_its_message_is_changed() {
        let (frames, frame) = (Frames::default(), Bytes::from_static(b"frame"));
        let (one, two) = (event(1, "message.created", 1), event(2, "message.created", 2));
        let moment = frames.moment();
        frames.keep(moment, &one, &frame);
        frames.keep(moment, &two, &frame);
        frames.forget(&[event(3, "message.created", 3)]);
        assert_eq!(frames.find(&one), Some(frame.clone()));
        frames.forget(&[event(4, "message.deleted", 1)]);
        assert_eq!(frames.find(&one), None);
        assert_eq!(
            frames.find(&two),
            Some(frame.clone()),
            "another message's change is none of its"
        );
        frames.keep(moment, &one, &frame);
        assert_eq!(
            frames.find(&one),
            None,
            "what was read before a change is not kept after it"
        );
    }

    #[test]
    fn the_oldest_go_first() {
        let (frames, frame) = (Frames::default(), Bytes::from(vec![0; BYTES_MAX / 4]));
        for id in 1..=6 {
            frames.keep(frames.moment(), &event(id, "message.created", id), &frame);
        }
        let kept: Vec<i64> = (1..=6)
            .filter(|id| frames.find(&event(*id, "message.created", *id)).is_some())
            .collect();
        assert_eq!(kept, [3, 4, 5, 6]);
    }
}
