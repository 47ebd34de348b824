//! The event log's writing side: `tx.tell(event)` in the transaction that makes the change.
//!
//! A row names what changed and copies nothing, so a replay shows the object as it is now and a deleted text does not
//! come back. Ids are AUTOINCREMENT from one writer: their order is the order of commits, without regard to clocks.

use crate::clock;
use crate::db::{Told, Tx};
use crate::error::Result;
use crate::ids::{random_hex, ChatId, MessageId, UserId};

/// Something that happened.
#[derive(Debug, Clone, Copy)]
pub enum Event {
    MessageCreated(ChatId, MessageId),
    MessageUpdated(ChatId, MessageId),
    MessageDeleted(ChatId, MessageId),
    ChatCreated(ChatId),
    ChatUpdated(ChatId),
    MemberAdded(ChatId, UserId),
    MemberRemoved(ChatId, UserId),
    UserUpdated(UserId),
    /// Somebody who leaves a chat is another from now on: told to those who are in it.
    UserLeft(ChatId, UserId),
    /// Somebody's own read mark: for his other devices only.
    Read(ChatId, UserId),
    /// Whether somebody mutes a chat: likewise.
    Muted(ChatId, UserId),
    /// Whether somebody may write at all: for his devices.
    Silenced(UserId),
    /// What waits for somebody who keeps order: for his devices.
    DeskUpdated(UserId),
    /// What was handed into a chat's boxes: for one of those who may hear it.
    BoxesUpdated(ChatId, UserId),
    /// Somebody's message was turned down: for his devices.
    HeldRefused(ChatId, UserId),
    /// What the host has set: for everybody.
    ServerUpdated,
}

impl Event {
    /// The name on the wire and in the log.
    pub fn kind(self) -> &'static str {
        match self {
            Event::MessageCreated(..) => "message.created",
            Event::MessageUpdated(..) => "message.updated",
            Event::MessageDeleted(..) => "message.deleted",
            Event::ChatCreated(..) => "chat.created",
            Event::ChatUpdated(..) => "chat.updated",
            Event::MemberAdded(..) => "member.added",
            Event::MemberRemoved(..) => "member.removed",
            Event::UserUpdated(..) | Event::UserLeft(..) => "user.updated",
            Event::Read(..) => "read",
            Event::Muted(..) => "muted",
            Event::Silenced(..) => "silenced",
            Event::DeskUpdated(..) => "desk.updated",
            Event::BoxesUpdated(..) => "boxes.updated",
            Event::HeldRefused(..) => "held.refused",
            Event::ServerUpdated => SERVER_UPDATED,
        }
    }

    fn parts(self) -> (Option<ChatId>, Option<UserId>, Option<MessageId>) {
        match self {
            Event::MessageCreated(chat, message)
            | Event::MessageUpdated(chat, message)
            | Event::MessageDeleted(chat, message) => (Some(chat), None, Some(message)),
            Event::ChatCreated(chat) | Event::ChatUpdated(chat) => (Some(chat), None, None),
            Event::MemberAdded(chat, user)
            | Event::MemberRemoved(chat, user)
            | Event::UserLeft(chat, user)
            | Event::Read(chat, user)
            | Event::Muted(chat, user)
            | Event::BoxesUpdated(chat, user)
            | Event::HeldRefused(chat, user) => (Some(chat), Some(user), None),
            Event::UserUpdated(user) | Event::Silenced(user) | Event::DeskUpdated(user) => (None, Some(user), None),
            Event::ServerUpdated => (None, None, None),
        }
    }
}

/// The one kind that everybody hears.
pub const SERVER_UPDATED: &str = "server.updated";

/// All kinds, as they stand in the log.
const KINDS: [&str; 15] = [
    "message.created",
    "message.updated",
    "message.deleted",
    "chat.created",
    "chat.updated",
    "member.added",
    "member.removed",
    "user.updated",
    "read",
    "muted",
    "silenced",
    "desk.updated",
    "boxes.updated",
    "held.refused",
    SERVER_UPDATED,
];

/// The kind of a stored event; the empty one, which is shown to nobody, where a newer version wrote it.
pub fn kind(stored: &str) -> &'static str {
    KINDS.into_iter().find(|kind| *kind == stored).unwrap_or_default()
}

/// Whether events of this kind are somebody's own: told to his devices and to nobody else.
pub fn is_own(kind: &str) -> bool {
    matches!(
        kind,
        "read" | "muted" | "silenced" | "desk.updated" | "boxes.updated" | "held.refused"
    )
}

/// Telling, as a part of writing.
pub trait Tell {
    /// Appends an event to the log; it is heard after COMMIT, and not at all if the change fails. Its id.
    ///
    /// # Errors
    /// Where the log can't be written.
    fn tell(&mut self, event: Event) -> Result<i64>;
}

impl Tell for Tx<'_> {
    fn tell(&mut self, event: Event) -> Result<i64> {
        let (kind, (chat_id, user_id, message_id)) = (event.kind(), event.parts());
        self.prepare_cached("INSERT INTO events (kind, chat_id, user_id, message_id, at) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute((kind, chat_id, user_id, message_id, clock::now()))?;
        let id = self.last_insert_rowid();
        self.told(Told {
            id,
            kind,
            chat_id,
            user_id,
            message_id,
        });
        Ok(id)
    }
}

/// The epoch of this database: 128 random bits in hex, made with it.
pub fn epoch(tx: &mut Tx<'_>) -> Result<String> {
    tx.execute(
        "INSERT OR IGNORE INTO meta (key, value) VALUES ('epoch', ?1)",
        [random_hex(16)],
    )?;
    Ok(tx.query_row("SELECT value FROM meta WHERE key = 'epoch'", [], |row| row.get(0))?)
}

/// Deletes all rows, and leaves a gap that no cursor reaches over: whoever comes back, or is here, is told `reset`.
///
/// # Errors
/// Where the log can't be written.
pub fn forget_all(tx: &mut Tx<'_>) -> Result<()> {
    tx.execute("DELETE FROM events", [])?;
    tx.execute("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'events'", [])?;
    tx.wiped();
    // Something has to stand behind the gap.
    tx.tell(Event::ServerUpdated)?;
    Ok(())
}

/// Deletes all but the newest `kept` rows, some at a time.
///
/// # Errors
/// Where the log can't be written.
pub fn prune(tx: &mut Tx<'_>, kept: i64) -> Result<()> {
    let head: i64 = tx.query_row(
        "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'events'",
        [],
        |row| row.get(0),
    )?;
    tx.prepare_cached("DELETE FROM events WHERE id IN (SELECT id FROM events WHERE id <= ?1 ORDER BY id LIMIT 5000)")?
        .execute([head - kept])?;
    Ok(())
}
