//! The import itself: people, chats, who is in them, messages, files.

use std::collections::HashMap;
use std::io::Cursor;
use std::path::Path;

use super::store::{Chat, Message, Person, Source};
use super::{whole, Folder, Summary};
use crate::accounts::names::{is_email, is_username};
use crate::accounts::{passwords, Role, EMAIL_MAX, NAME_MAX};
use crate::chats::{is_private, TYPE_MAX};
use crate::clock;
use crate::db::Tx;
use crate::error::Result;
use crate::host::moving::{refuse, shown_name, store, NewChat, NewMember, NewMessage, NewPerson, ID_MAX, NO_PASSWORD};
use crate::ids::{ChatId, MediaId, MessageId, UserId};
use crate::media;
use crate::messages::TEXT_MAX;

/// The original's name for no picture.
const DEFAULT_PICTURE: &str = "profile.png";
/// Bytes of a picture that is decoded; a larger one is a file like others.
const PICTURE_MAX: u64 = 64 << 20;

/// Brings a file in, into a database without people; `database` is that one's file.
///
/// # Errors
/// What is wrong with it, in words that go on from its name: nothing of it stays.
pub fn import(tx: &mut Tx<'_>, file: &Path, media: Option<&Folder>, database: &Path) -> Result<Summary> {
    if store::has_people(tx)? {
        return Err(refuse(
            "it can only come into a database without people: name a new file with --database",
        ));
    }
    let source = Source::open(file, database)?;
    let mut import = Import {
        tx,
        source: &source,
        media,
        now: clock::now(),
        chats: HashMap::new(),
        repeats: Vec::new(),
        summary: Summary::default(),
    };
    source.each_person(|person| import.person(person))?;
    source.each_chat(|chat| import.chat(chat))?;
    source.each_message(|message| import.message(message))?;
    import.repeat()?;
    import.finish()
}

/// What a chat has counted so far, and when its first message was.
#[derive(Default)]
struct Counted {
    last_seq: i64,
    begun: Option<i64>,
}

struct Import<'a, 'c> {
    tx: &'a mut Tx<'c>,
    source: &'a Source,
    media: Option<&'a Folder>,
    now: i64,
    chats: HashMap<i64, Counted>,
    /// Messages of further chats: those come after all that have an id.
    repeats: Vec<(i64, i64)>,
    summary: Summary,
}

impl Import<'_, '_> {
    fn person(&mut self, person: Person) -> Result<()> {
        let id = UserId(checked(person.id, "a person")?);
        let what = format!("person {id}");
        let username = self.username(id, &person.username)?;
        let kept = !passwords::needs_renewal(&person.password, 1);
        if !kept {
            let algorithm = person.password.split('$').next().unwrap_or_default();
            let shown: String = algorithm.chars().filter(char::is_ascii_graphic).take(30).collect();
            self.summary.must_reset.push(format!("{username} ({shown})"));
        }
        let role = match (person.is_superuser, person.is_staff) {
            (true, _) => Role::Host,
            (false, true) => Role::Staff,
            _ => Role::Member,
        };
        if role == Role::Host {
            self.summary.hosts.push(&username);
        }
        let created_at = time(&person.date_joined, &what)?;
        let last_online = person.last_online.or(person.last_login);
        let email = Some(person.email).filter(|email| email.len() <= EMAIL_MAX && is_email(email));
        let new = NewPerson {
            id,
            username: username.clone(),
            email: email.unwrap_or_default(),
            first_name: shown_name(&person.first_name),
            last_name: shown_name(&person.last_name),
            password: if kept { person.password } else { NO_PASSWORD.to_owned() },
            role,
            active: person.is_active,
            deleted: false,
            last_online: last_online.map_or(Ok(created_at), |seen| time(&seen, &what))?,
            created_at,
        };
        if store::insert_person(self.tx, &new)? {
            self.summary.alike.push(username);
        }
        if let Some(picture) = self.portrait(id, person.picture)? {
            store::set_portrait(self.tx, id, picture)?;
        }
        self.summary.people += 1;
        Ok(())
    }

    /// The name, or another where it can't be one or is somebody's.
    fn username(&mut self, id: UserId, name: &str) -> Result<String> {
        if is_username(name) && name.chars().count() <= NAME_MAX && !store::is_name(self.tx, name)? {
            return Ok(name.to_owned());
        }
        let other = format!("user-{id}");
        if store::is_name(self.tx, &other)? {
            return Err(refuse(format!("person {id} has a name that can't be one")));
        }
        self.summary.renamed.push(format!("{name:?} is {other}"));
        Ok(other)
    }

    fn chat(&mut self, chat: Chat) -> Result<()> {
        let id = checked(chat.id, "a chat")?;
        let members = self.source.list_members(id)?;
        for user in &members {
            self.check_person(*user, &format!("chat {id}"))?;
        }
        let mut kind: String = shown_name(&chat.kind).chars().take(TYPE_MAX).collect();
        let mut pair = None;
        if is_private(&kind) {
            pair = match members[..] {
                [one, other] => Some((UserId(one), UserId(other))),
                _ => None,
            };
            let first = pair.map(|(one, other)| crate::chats::store::find_private(self.tx, one, other));
            if first.transpose()?.is_none_or(|first| first.is_some()) {
                (pair, kind) = (None, "group".to_owned());
                self.summary.second_pairs.push(format!("chat {id}"));
            }
        }
        let owner = members.first().copied().map(UserId).filter(|_| pair.is_none());
        let new = NewChat {
            id: ChatId(id),
            name: shown_name(&chat.name),
            kind: if kind.is_empty() { "group".to_owned() } else { kind },
            pair,
            owner,
            last_seq: 0,
            created_at: self.now,
            announces: false,
            approves: false,
            archived: false,
            retention_days: None,
        };
        store::insert_chat(self.tx, &new)?;
        for user in &members {
            let member = NewMember {
                chat: ChatId(id),
                user: UserId(*user),
                read_seq: 0,
                joined_at: self.now,
                muted: false,
            };
            store::insert_member(self.tx, &member)?;
        }
        if let Some(owner) = members.first() {
            if let Some(picture) = self.portrait(UserId(*owner), chat.picture)? {
                store::set_chat_picture(self.tx, ChatId(id), picture)?;
            }
        }
        self.chats.insert(id, Counted::default());
        self.summary.chats += 1;
        Ok(())
    }

    fn message(&mut self, message: Message) -> Result<()> {
        let id = checked(message.id, "a message")?;
        let mut places = self.source.list_chats_of(id)?;
        if let Some(stranger) = places.iter().find(|chat| !self.chats.contains_key(chat)) {
            return Err(refuse(format!(
                "message {id} is in chat {stranger}, which is not in it"
            )));
        }
        // The number in the message counts where there is no link, and says which of several is its own.
        if self.chats.contains_key(&message.chat) {
            places.retain(|chat| *chat != message.chat);
            places.insert(0, message.chat);
        }
        let Some((home, others)) = places.split_first() else {
            self.summary.homeless.push(format!("message {id}"));
            return Ok(());
        };
        if !others.is_empty() {
            self.summary.repeated.push(format!("message {id}"));
            self.repeats.extend(others.iter().map(|chat| (id, *chat)));
        }
        self.put(Some(MessageId(id)), *home, message)
    }

    /// Puts messages that stand in several chats into the others of them.
    fn repeat(&mut self) -> Result<()> {
        let mut repeats = std::mem::take(&mut self.repeats);
        if repeats.is_empty() {
            return Ok(());
        }
        repeats.sort_unstable();
        let source = self.source;
        source.each_message(|message| {
            let from = repeats.partition_point(|(id, _)| *id < message.id);
            for (_, chat) in repeats[from..].iter().take_while(|(id, _)| *id == message.id) {
                self.put(None, *chat, message.clone())?;
            }
            Ok(())
        })
    }

    fn put(&mut self, id: Option<MessageId>, chat: i64, message: Message) -> Result<()> {
        let what = format!("message {}", message.id);
        self.check_person(message.author, &what)?;
        let (author, time) = (UserId(message.author), time(&message.time, &what)?);
        let text = message.text.replace('\0', "");
        let mut photo = self.attachment(author, message.photo, true)?;
        let mut file = self.attachment(author, message.file, false)?;
        // What is no picture takes the place of a file, if that is free.
        if let Some((id, false)) = photo {
            if file.is_none() {
                file = Some((id, false));
                photo = None;
            }
        }
        let cut: String = text.chars().take(TEXT_MAX).collect();
        if cut.len() < text.len() {
            self.summary.long.push(what);
            if file.is_none() {
                let name = format!("message-{}.txt", message.id);
                file = media::intake::take_file(self.tx, author, &name, time, &mut Cursor::new(&text))?
                    .map(|id| (id, false));
            }
        }
        for (media, _) in [photo, file].into_iter().flatten() {
            media::store::claim_attachment(self.tx, media, ChatId(chat))?;
            self.summary.files += 1;
        }
        let now = self.now;
        let counted = self.chats.entry(chat).or_default();
        counted.last_seq += 1;
        counted.begun = Some(counted.begun.unwrap_or(now).min(time));
        let new = NewMessage {
            id,
            chat: ChatId(chat),
            seq: counted.last_seq,
            from_user: author,
            text: cut,
            time,
            photo: photo.map(|(id, _)| id),
            file: file.map(|(id, _)| id),
            reply_to: None,
            edited_at: None,
            deleted: false,
        };
        store::insert_message(self.tx, &new)?;
        self.summary.messages += 1;
        Ok(())
    }

    /// A file of the folder that was named; one that is not there is noted.
    fn find(&mut self, name: &str) -> Option<std::fs::File> {
        let Some(folder) = self.media else {
            self.summary.unasked += 1;
            return None;
        };
        let found = folder.find(name);
        if found.is_none() {
            self.summary.missing.push(format!("{name:?}"));
        }
        found
    }

    /// A photo or file of a message, and whether it is a picture.
    fn attachment(&mut self, owner: UserId, name: Option<String>, photo: bool) -> Result<Option<(MediaId, bool)>> {
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            return Ok(None);
        };
        let Some(file) = self.find(&name) else {
            return Ok(None);
        };
        if photo {
            if let Some(bytes) = whole(file, PICTURE_MAX)? {
                if let Some(id) = media::intake::take_photo(self.tx, owner, &name, self.now, bytes)? {
                    return Ok(Some((id, true)));
                }
            }
            self.summary.no_pictures.push(format!("{name:?}"));
        }
        // Opened anew: what was read of it is gone.
        let Some(mut file) = self.find(&name) else {
            return Ok(None);
        };
        let id = media::intake::take_file(self.tx, owner, &name, self.now, &mut file)?;
        Ok(id.map(|id| (id, false)))
    }

    /// A picture of a person or chat.
    fn portrait(&mut self, owner: UserId, name: Option<String>) -> Result<Option<MediaId>> {
        let Some(name) = name.filter(|name| !name.is_empty() && name != DEFAULT_PICTURE) else {
            return Ok(None);
        };
        let Some(file) = self.find(&name) else {
            return Ok(None);
        };
        let picture = match whole(file, PICTURE_MAX)? {
            Some(bytes) => media::intake::take_portrait(self.tx, owner, &name, self.now, bytes)?,
            None => None,
        };
        match picture {
            Some(_) => self.summary.files += 1,
            None => self.summary.no_pictures.push(format!("{name:?}")),
        }
        Ok(picture)
    }

    fn check_person(&self, id: i64, what: &str) -> Result<()> {
        match store::is_person(self.tx, UserId(id))? {
            true => Ok(()),
            false => Err(refuse(format!("{what} names person {id}, who is not in it"))),
        }
    }

    fn finish(self) -> Result<Summary> {
        for (id, counted) in &self.chats {
            store::update_counted(
                self.tx,
                ChatId(*id),
                counted.last_seq,
                counted.begun.unwrap_or(self.now),
            )?;
        }
        Ok(self.summary)
    }
}

/// An id that may be one.
fn checked(id: i64, what: &str) -> Result<i64> {
    match id {
        1..=ID_MAX => Ok(id),
        _ => Err(refuse(format!("{what} in it has the id {id}, which can't be"))),
    }
}

fn time(text: &str, what: &str) -> Result<i64> {
    clock::parse(text).ok_or_else(|| refuse(format!("{what} has the time {text:?}, which can't be")))
}
