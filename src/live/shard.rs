//! Who is in which chat, among the sockets of one worker; and telling them.
//!
//! Promise: membership is that of the event being told. The worker takes events in the order of commits, and comings and
//! goings are events too, so nobody hears of a chat before he was let in or after he was put out.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;

use super::connection::{Connection, Telling};
use super::frame::{self, Presence};
use super::log::{is_own, SERVER_UPDATED};
use super::replay::Shown;
use crate::db::Told;
use crate::ids::{ChatId, UserId};

/// A person with the sockets he has here.
struct Here {
    /// The last event that `chats` knew of when they were read. It may be ahead of what was told by then; comings and
    /// goings up to it change nothing in the end.
    as_of: i64,
    chats: Vec<ChatId>,
    sockets: Vec<Arc<Connection>>,
}

/// Somebody who came or went, with the chats he is in.
#[derive(Debug)]
pub struct Change {
    pub presence: Presence,
    pub chats: Vec<ChatId>,
}

/// The sockets of one worker.
#[derive(Default)]
pub struct Shard {
    /// The last event that was told.
    position: i64,
    people: HashMap<UserId, Here>,
    chats: HashMap<ChatId, Vec<Arc<Connection>>>,
    /// Handed something that is not written yet.
    told: Vec<Arc<Connection>>,
}

impl Shard {
    /// Lets a socket in that has read the log up to `cursor`, when its person was in these chats; false where more was
    /// told meanwhile, or is known of its person, and it has to read on. `frame` is the last that it gets before what happens.
    pub fn join(&mut self, socket: &Arc<Connection>, cursor: i64, chats: &[ChatId], frame: Option<Bytes>) -> bool {
        let known = self.people.get(&socket.user).map_or(0, |here| here.as_of);
        if cursor < self.position || cursor < known {
            return false;
        }
        // Somebody who is here already has his chats as of no later than this, and what came after it will be told.
        let here = self.people.entry(socket.user).or_insert_with(|| Here {
            as_of: cursor,
            chats: chats.to_vec(),
            sockets: Vec::new(),
        });
        here.sockets.push(Arc::clone(socket));
        for chat in &here.chats {
            self.chats.entry(*chat).or_default().push(Arc::clone(socket));
        }
        socket.go_live(cursor, frame);
        true
    }

    /// Forgets a socket.
    pub fn leave(&mut self, socket: &Arc<Connection>) {
        let Some(here) = self.people.get_mut(&socket.user) else {
            return;
        };
        here.sockets.retain(|other| !Arc::ptr_eq(other, socket));
        for chat in &here.chats {
            remove(&mut self.chats, *chat, |other| Arc::ptr_eq(other, socket));
        }
        if here.sockets.is_empty() {
            self.people.remove(&socket.user);
        }
    }

    /// Whether somebody is in a chat; None where all of his sockets read the log, and what he is in is not known here.
    pub fn is_member(&self, user: UserId, chat: ChatId) -> Option<bool> {
        self.people.get(&user).map(|here| here.chats.contains(&chat))
    }

    /// Notes that events up to this one are over, where there is nobody to tell them.
    pub fn pass(&mut self, position: i64) {
        self.position = self.position.max(position);
    }

    /// Sends everybody to the log.
    pub fn fall_behind(&mut self) {
        for socket in std::mem::take(&mut self.people)
            .into_values()
            .flat_map(|here| here.sockets)
        {
            socket.fall_behind();
        }
        self.chats.clear();
    }

    /// Whether nobody is here.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Tells an event to those who may hear it; `shown` is None where what it was about is gone. With `now` it is written
    /// at once: nothing follows that could go with it.
    pub fn tell(&mut self, event: &Told, shown: Option<&Shown>, now: bool) {
        self.position = self.position.max(event.id);
        let user = event.user_id;
        match (event.kind, event.chat_id, user) {
            ("chat.created", Some(chat), _) => {
                for user in shown.map(|shown| shown.users.as_slice()).unwrap_or_default() {
                    self.enter(*user, chat);
                }
            }
            ("member.added", Some(chat), Some(user)) => self.enter(user, chat),
            _ => {}
        }
        if let Some(shown) = shown {
            let fallen = match (event.kind, event.chat_id, user) {
                (kind, _, Some(user)) if is_own(kind) => self.tell_person(user, event.id, &shown.frame, now),
                ("user.updated", _, Some(user)) => {
                    let mut fallen = self.tell_person(user, event.id, &shown.frame, now);
                    for chat in &shown.chats {
                        fallen.extend(self.tell_chat(*chat, event.id, &shown.frame, now));
                    }
                    fallen
                }
                (SERVER_UPDATED, ..) => self.tell_all(event.id, &shown.frame, now),
                (_, Some(chat), _) => self.tell_chat(chat, event.id, &shown.frame, now),
                _ => Vec::new(),
            };
            for socket in fallen {
                self.leave(&socket);
            }
        }
        if let ("member.removed", Some(chat), Some(user)) = (event.kind, event.chat_id, user) {
            self.exit(user, chat);
        }
    }

    fn tell_chat(&mut self, chat: ChatId, id: i64, frame: &Bytes, now: bool) -> Vec<Arc<Connection>> {
        let sockets = self.chats.get(&chat).map(Vec::as_slice).unwrap_or_default();
        tell(sockets, id, frame, now, &mut self.told)
    }

    fn tell_person(&mut self, user: UserId, id: i64, frame: &Bytes, now: bool) -> Vec<Arc<Connection>> {
        let sockets = self
            .people
            .get(&user)
            .map(|here| here.sockets.as_slice())
            .unwrap_or_default();
        tell(sockets, id, frame, now, &mut self.told)
    }

    fn tell_all(&mut self, id: i64, frame: &Bytes, now: bool) -> Vec<Arc<Connection>> {
        let mut fallen = Vec::new();
        for here in self.people.values() {
            fallen.extend(tell(&here.sockets, id, frame, now, &mut self.told));
        }
        fallen
    }

    fn enter(&mut self, user: UserId, chat: ChatId) {
        let Some(here) = self.people.get_mut(&user) else { return };
        if here.chats.contains(&chat) {
            return;
        }
        here.chats.push(chat);
        self.chats.entry(chat).or_default().extend(here.sockets.iter().cloned());
    }

    fn exit(&mut self, user: UserId, chat: ChatId) {
        let Some(here) = self.people.get_mut(&user) else { return };
        here.chats.retain(|other| *other != chat);
        remove(&mut self.chats, chat, |socket| socket.user == user);
    }

    /// Tells a chat, or all in it but one, what is in no log.
    pub fn mention(&mut self, chat: ChatId, except: Option<UserId>, frame: &Bytes) {
        for socket in self.chats.get(&chat).into_iter().flatten() {
            if Some(socket.user) != except && socket.mention(frame) {
                self.told.push(Arc::clone(socket));
            }
        }
    }

    /// Tells each person who came or went of those he shares a chat with; the same news are encoded once.
    pub fn mention_changes(&mut self, changes: &[Change]) {
        let mut news: HashMap<UserId, Vec<usize>> = HashMap::new();
        for (index, change) in changes.iter().enumerate() {
            let sockets = change.chats.iter().filter_map(|chat| self.chats.get(chat)).flatten();
            let hearers: HashSet<UserId> = sockets.map(|socket| socket.user).collect();
            for user in hearers {
                if user != change.presence.user_id {
                    news.entry(user).or_default().push(index);
                }
            }
        }
        let mut frames: HashMap<Vec<usize>, Bytes> = HashMap::new();
        for (user, indexes) in news {
            let frame = frames.entry(indexes).or_insert_with_key(|indexes| {
                frame::presence(
                    indexes
                        .iter()
                        .filter_map(|index| changes.get(*index))
                        .map(|change| &change.presence),
                )
            });
            for socket in self
                .people
                .get(&user)
                .map(|here| here.sockets.as_slice())
                .unwrap_or_default()
            {
                if socket.mention(frame) {
                    self.told.push(Arc::clone(socket));
                }
            }
        }
    }

    /// Writes what was told, everything to a socket in one go.
    pub fn write(&mut self) {
        for socket in self.told.drain(..) {
            socket.write();
        }
    }
}

/// Hands an event to sockets; those that fell behind.
fn tell(
    sockets: &[Arc<Connection>],
    id: i64,
    frame: &Bytes,
    now: bool,
    told: &mut Vec<Arc<Connection>>,
) -> Vec<Arc<Connection>> {
    let mut fallen = Vec::new();
    for socket in sockets {
        match socket.tell(id, frame, now) {
            Telling::Known => {}
            Telling::Taken { owed } => told.extend(owed.then(|| Arc::clone(socket))),
            Telling::Behind => fallen.push(Arc::clone(socket)),
        }
    }
    told.extend(fallen.iter().cloned());
    fallen
}

fn remove(chats: &mut HashMap<ChatId, Vec<Arc<Connection>>>, chat: ChatId, leaves: impl Fn(&Arc<Connection>) -> bool) {
    if let Some(sockets) = chats.get_mut(&chat) {
        sockets.retain(|socket| !leaves(socket));
        if sockets.is_empty() {
            chats.remove(&chat);
        }
    }
}
