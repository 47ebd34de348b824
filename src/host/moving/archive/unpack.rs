//! Bringing an archive back in. Nothing in it is believed: names lead nowhere, sizes are checked before a byte is unpacked,
//! pictures are decoded anew, and every row has to fit those before it.

use std::cell::RefCell;
use std::fmt;
use std::fs::File;
use std::io::BufReader;
use std::marker::PhantomData;
use std::path::Path;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::Deserialize;
use zip::read::ZipArchive;

use super::document::{Chat, File as Filed, HandInBox, Head, Message, Person};
use super::files::{Files, Kind};
use super::store::role_of;
use super::{DOCUMENT, FORMAT, VERSION};
use crate::accounts::names::{is_email, is_username};
use crate::accounts::store::deleted_username;
use crate::accounts::{passwords, NAME_MAX};
use crate::chats::retention::DAYS_MAX;
use crate::chats::{is_private, TYPE_MAX};
use crate::clock;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::host::moving::{
    self, refuse, shown_name, NewBox, NewChat, NewMember, NewMessage, NewPerson, ID_MAX, NO_PASSWORD,
};
use crate::ids::{BoxId, ChatId, MediaId, MessageId, UserId};
use crate::media;
use crate::messages::reactions::is_emoji;
use crate::messages::TEXT_MAX;

/// How many times its own size an archive may become, beside [`ALLOWANCE`]: words press well, bombs a thousandfold.
const SWELL: u64 = 100;
/// Bytes that any archive may become.
const ALLOWANCE: u64 = 64 << 20;

/// What came in.
#[derive(Debug, Default)]
pub struct Summary {
    people: usize,
    chats: usize,
    messages: usize,
    files: usize,
    without_password: usize,
    /// Chats that forget, and will at the next start.
    forgetting: usize,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} people, {} chats, {} messages and {} pictures and files came in.",
            self.people, self.chats, self.messages, self.files
        )?;
        if self.forgetting > 0 {
            writeln!(
                f,
                "{} of the chats keep what was said for some days only: what is older goes once the server runs.",
                self.forgetting
            )?;
        }
        match self.without_password {
            0 => Ok(()),
            some => writeln!(
                f,
                "{some} of them need a new password: the archive was made without secrets."
            ),
        }
    }
}

/// Brings an archive in, into a database without people.
///
/// # Errors
/// What is wrong with it, in words that go on from its name: nothing of it stays.
pub fn import(tx: &mut Tx<'_>, path: &Path) -> Result<Summary> {
    if moving::store::has_people(tx)? {
        return Err(refuse(
            "it can only come into a database without people: name a new file with --database",
        ));
    }
    let mut zip = open(path)?;
    check(&mut zip, path)?;
    let document = open(path)?;
    let fault = RefCell::new(None);
    let import = RefCell::new(Import {
        tx,
        files: Files::new(zip, clock::now()),
        head: None,
        summary: Summary::default(),
    });
    read(document, &import, &fault)?;
    let import = import.into_inner();
    if !moving::store::is_counted(import.tx)? {
        return Err(refuse("it is damaged: its chats have more messages than they count"));
    }
    Ok(import.summary)
}

pub(super) type Zip = ZipArchive<BufReader<File>>;

fn open(path: &Path) -> Result<Zip> {
    let file = File::open(path).map_err(|error| refuse(format!("it can't be opened ({error})")))?;
    ZipArchive::new(BufReader::new(file))
        .map_err(|error| refuse(format!("it is no ZIP, or only a part of one ({error})")))
}

/// Whether it is an archive of ours, and grows to no more than such a one can.
fn check(zip: &mut Zip, path: &Path) -> Result<()> {
    let length = std::fs::metadata(path).map_err(Error::internal)?.len();
    let (mut pressed, mut whole, mut is_ours) = (0_u64, 0_u64, false);
    for index in 0..zip.len() {
        let file = zip
            .by_index_raw(index)
            .map_err(|error| refuse(format!("it is damaged ({error})")))?;
        let name = file
            .name()
            .map_err(|error| refuse(format!("it is damaged ({error})")))?;
        let inside = !name.starts_with('/') && !name.contains('\\') && name.split('/').all(|part| part != "..");
        if !inside || name.contains(':') || file.is_symlink() {
            return Err(refuse(format!(
                "it is no archive of Messenger's: it has a file called {name:?}"
            )));
        }
        is_ours |= name == DOCUMENT;
        pressed = pressed.saturating_add(file.compressed_size());
        whole = whole.saturating_add(file.size());
    }
    if !is_ours {
        return Err(refuse(format!(
            "it is no archive of Messenger's: there is no {DOCUMENT} in it"
        )));
    }
    // Files that share their bytes say that they have more than there are.
    if pressed > length || whole > length.saturating_mul(SWELL).saturating_add(ALLOWANCE) {
        return Err(refuse("it would become far larger than an archive can"));
    }
    Ok(())
}

/// Reads the JSON row by row.
fn read(mut zip: Zip, import: &RefCell<Import<'_, '_>>, fault: &RefCell<Option<Error>>) -> Result<()> {
    let file = zip
        .by_name(DOCUMENT)
        .map_err(|error| refuse(format!("it is damaged ({error})")))?;
    let mut json = serde_json::Deserializer::from_reader(BufReader::new(file));
    let outcome = json
        .deserialize_map(Document { import, fault })
        .and_then(|()| json.end());
    match (outcome, fault.take()) {
        (_, Some(error)) => Err(of_row(error)),
        (Err(error), None) => Err(refuse(format!("its {DOCUMENT} can't be read ({error})"))),
        (Ok(()), None) => Ok(()),
    }
}

/// A row that the database does not take contradicts another.
fn of_row(error: Error) -> Error {
    match error {
        Error::Internal(source) => match source.downcast::<rusqlite::Error>() {
            Ok(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => {
                refuse(format!("it is damaged: its rows contradict each other ({error})"))
            }
            Ok(error) => Error::Internal(error),
            Err(source) => Error::Internal(source),
        },
        other => other,
    }
}

/// The JSON's one object.
struct Document<'a, 'b, 'c> {
    import: &'a RefCell<Import<'b, 'c>>,
    fault: &'a RefCell<Option<Error>>,
}

impl<'de> Visitor<'de> for Document<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an archive")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<(), A::Error> {
        let mut head = serde_json::Map::new();
        let mut parts = 0;
        while let Some(key) = map.next_key::<String>()? {
            match (key.as_str(), parts) {
                ("people", 0) => {
                    self.noted(self.import.borrow_mut().begin(std::mem::take(&mut head)))?;
                    map.next_value_seed(self.rows(|import, person| import.person(person)))?;
                    parts = 1;
                }
                ("chats", 1) => {
                    map.next_value_seed(self.rows(|import, chat| import.chat(chat)))?;
                    parts = 2;
                }
                ("messages", 2) => {
                    map.next_value_seed(self.rows(|import, message| import.message(message)))?;
                    parts = 3;
                }
                ("people" | "chats" | "messages", _) => {
                    return Err(A::Error::custom(format!("{key} in the wrong place")))
                }
                (_, 0) if head.len() < 32 => drop(head.insert(key, map.next_value()?)),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        match parts {
            3 => Ok(()),
            _ => Err(A::Error::custom("it lacks people, chats or messages")),
        }
    }
}

impl<'a, 'b, 'c> Document<'a, 'b, 'c> {
    fn rows<T>(&self, each: fn(&mut Import<'b, 'c>, T) -> Result<()>) -> Rows<'a, 'b, 'c, T> {
        Rows {
            import: self.import,
            fault: self.fault,
            each,
            row: PhantomData,
        }
    }

    fn noted<E: serde::de::Error>(&self, outcome: Result<()>) -> std::result::Result<(), E> {
        outcome.map_err(|error| {
            self.fault.replace(Some(error));
            E::custom("a row is refused")
        })
    }
}

/// A list, each of whose rows is brought in as it is read.
struct Rows<'a, 'b, 'c, T> {
    import: &'a RefCell<Import<'b, 'c>>,
    fault: &'a RefCell<Option<Error>>,
    each: fn(&mut Import<'b, 'c>, T) -> Result<()>,
    row: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Rows<'_, '_, '_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, list: D) -> std::result::Result<(), D::Error> {
        list.deserialize_seq(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Rows<'_, '_, '_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> std::result::Result<(), A::Error> {
        while let Some(row) = list.next_element::<T>()? {
            if let Err(error) = (self.each)(&mut self.import.borrow_mut(), row) {
                self.fault.replace(Some(error));
                return Err(A::Error::custom("a row is refused"));
            }
        }
        Ok(())
    }
}

struct Import<'b, 'c> {
    tx: &'b mut Tx<'c>,
    files: Files,
    head: Option<Head>,
    summary: Summary,
}

impl Import<'_, '_> {
    fn begin(&mut self, head: serde_json::Map<String, serde_json::Value>) -> Result<()> {
        let head = serde_json::from_value::<Head>(head.into());
        let head = head.map_err(|error| refuse(format!("it is no archive of Messenger's ({error})")))?;
        if head.format != FORMAT {
            return Err(refuse("it is no archive of Messenger's"));
        }
        if head.version > VERSION {
            return Err(refuse("it was made by a newer Messenger: use that version"));
        }
        if head.person.is_some() {
            return Err(refuse("it is one person's export, which has only what he may see"));
        }
        self.head = Some(head);
        Ok(())
    }

    fn person(&mut self, person: Person) -> Result<()> {
        let id = checked(person.id, "a person")?;
        let what = format!("person {id}");
        // Who has deleted his account has a name that nobody's can be.
        let is_name = person.deleted && person.username == deleted_username(UserId(id));
        if !is_name && (!is_username(&person.username) || person.username.chars().count() > NAME_MAX) {
            return Err(refuse(format!("{what} has a name that can't be one")));
        }
        let password = person.password.filter(|hash| !passwords::needs_renewal(hash, 1));
        if password.is_none() && person.active {
            self.summary.without_password += 1;
        }
        let new = NewPerson {
            id: UserId(id),
            username: person.username,
            email: person.email.filter(|email| is_email(email)).unwrap_or_default(),
            first_name: shown_name(&person.first_name),
            last_name: shown_name(&person.last_name),
            password: password.unwrap_or_else(|| NO_PASSWORD.to_owned()),
            role: role_of(&person.role).ok_or_else(|| refuse(format!("{what} has the role {:?}", person.role)))?,
            active: person.active && !person.deleted,
            deleted: person.deleted,
            last_online: time(&person.last_online, &what)?,
            created_at: time(&person.created, &what)?,
        };
        moving::store::insert_person(self.tx, &new)?;
        if let Some(picture) = self.media(Kind::Portrait, new.id, person.picture)? {
            moving::store::set_portrait(self.tx, new.id, picture)?;
        }
        self.summary.people += 1;
        Ok(())
    }

    fn chat(&mut self, chat: Chat) -> Result<()> {
        let id = checked(chat.id, "a chat")?;
        let what = format!("chat {id}");
        if chat.private != is_private(&chat.kind) || chat.kind.chars().count() > TYPE_MAX || chat.last_seq < 0 {
            return Err(refuse(format!("it is damaged: {what} is not as a chat can be")));
        }
        let pair = match (chat.private, &chat.members[..]) {
            (false, _) => None,
            (true, [one, other]) => Some((UserId(one.user_id), UserId(other.user_id))),
            (true, _) => return Err(refuse(format!("it is damaged: {what} is private and not of two"))),
        };
        let new = NewChat {
            id: ChatId(id),
            name: shown_name(&chat.name),
            kind: shown_name(&chat.kind),
            pair,
            owner: chat.owner.map(UserId),
            last_seq: chat.last_seq,
            created_at: time(&chat.created, &what)?,
            announces: chat.announces,
            approves: chat.approves,
            archived: chat.archived,
            retention_days: chat.retention_days.filter(|days| (1..=DAYS_MAX).contains(days)),
        };
        moving::store::insert_chat(self.tx, &new)?;
        self.summary.forgetting += usize::from(new.retention_days.is_some());
        for member in &chat.members {
            let new = NewMember {
                chat: ChatId(id),
                user: UserId(member.user_id),
                read_seq: member.read_seq,
                joined_at: time(&member.joined, &what)?,
                muted: member.muted,
            };
            moving::store::insert_member(self.tx, &new)?;
        }
        let keeper = chat.owner.or(chat.members.first().map(|member| member.user_id));
        if let Some(keeper) = keeper {
            if let Some(picture) = self.media(Kind::Portrait, UserId(keeper), chat.picture)? {
                moving::store::set_chat_picture(self.tx, ChatId(id), picture)?;
            }
        }
        for one in chat.boxes {
            self.hand_in_box(ChatId(id), one)?;
        }
        self.summary.chats += 1;
        Ok(())
    }

    fn hand_in_box(&mut self, chat: ChatId, one: HandInBox) -> Result<()> {
        let id = checked(one.id, "a box")?;
        let what = format!("box {id}");
        let new = NewBox {
            id: BoxId(id),
            chat,
            title: shown_name(&one.title),
            due: one.due.map(|due| time(&due, &what)).transpose()?,
            closed: one.closed,
            made_by: one.made_by.map(UserId),
            made_at: time(&one.created, &what)?,
        };
        moving::store::insert_box(self.tx, &new)?;
        for handed in one.files {
            let (user, at) = (UserId(handed.user_id), time(&handed.time, &what)?);
            if let Some(file) = self.media(Kind::File, user, Some(handed.file))? {
                media::store::claim_handed(self.tx, file)?;
                moving::store::insert_handed(self.tx, new.id, user, file, at)?;
            }
        }
        Ok(())
    }

    fn message(&mut self, message: Message) -> Result<()> {
        let id = checked(message.id, "a message")?;
        let what = format!("message {id}");
        if message.text.chars().count() > TEXT_MAX || message.text.contains('\0') {
            return Err(refuse(format!("it is damaged: {what} is longer than a message can be")));
        }
        if let Some(earlier) = message.reply_to {
            let place = moving::store::find_place(self.tx, MessageId(earlier))?;
            if place.is_none_or(|(chat, _)| chat.0 != message.chat_id) {
                return Err(refuse(format!(
                    "it is damaged: {what} answers one of another chat, or none"
                )));
            }
        }
        let author = UserId(message.from_user);
        let photo = self.media(Kind::Photo, author, message.photo)?;
        let file = self.media(Kind::File, author, message.file)?;
        for media in [photo, file].into_iter().flatten() {
            media::store::claim_attachment(self.tx, media, ChatId(message.chat_id))?;
        }
        let new = NewMessage {
            id: Some(MessageId(id)),
            chat: ChatId(message.chat_id),
            seq: message.seq,
            from_user: author,
            text: message.text,
            time: time(&message.time, &what)?,
            photo,
            file,
            reply_to: message.reply_to.map(MessageId),
            edited_at: message.edited.map(|edited| time(&edited, &what)).transpose()?,
            deleted: message.deleted,
        };
        moving::store::insert_message(self.tx, &new)?;
        for reaction in message.reactions {
            if !is_emoji(&reaction.emoji) {
                return Err(refuse(format!("it is damaged: {what} has a reaction that is no emoji")));
            }
            let (user, at) = (UserId(reaction.user_id), time(&reaction.time, &what)?);
            moving::store::insert_reaction(self.tx, MessageId(id), &reaction.emoji, user, at)?;
        }
        self.summary.messages += 1;
        Ok(())
    }

    /// Brings in a picture or file, if there is one.
    fn media(&mut self, kind: Kind, owner: UserId, file: Option<Filed>) -> Result<Option<MediaId>> {
        let Some(file) = file else { return Ok(None) };
        let id = self.files.bring(self.tx, kind, owner, file)?;
        self.summary.files += 1;
        Ok(Some(id))
    }
}

fn checked(id: i64, what: &str) -> Result<i64> {
    match id {
        1..=ID_MAX => Ok(id),
        _ => Err(refuse(format!("it is damaged: {what} in it has the id {id}"))),
    }
}

fn time(text: &str, what: &str) -> Result<i64> {
    clock::parse(text).ok_or_else(|| refuse(format!("it is damaged: {what} has the time {text:?}")))
}
