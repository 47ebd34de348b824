//! What an archive is made of, file by file.

use std::collections::{HashMap, HashSet};
use std::io::Write;

use rusqlite::Connection;
use serde::Serialize;

use super::document::{Chat, File, Head};
use super::page::{Pages, STYLE};
use super::store::{self, After};
use super::{page_of, Wanted, DOCUMENT, FORMAT, VERSION};
use crate::clock::rfc3339;
use crate::error::{Error, Result};
use crate::media;
use crate::media::CHUNK;
use crate::zipped::Zip;

/// Writes an archive. Each read is a transaction of its own.
///
/// # Errors
/// Where the database can't be read or the bytes are not taken.
pub fn pack<W: Write>(zip: &mut Zip<W>, connection: &Connection, wanted: &Wanted) -> Result<()> {
    let mut packing = Packing {
        zip,
        connection,
        wanted,
        written: HashSet::new(),
    };
    packing.run()
}

struct Packing<'a, W: Write> {
    zip: &'a mut Zip<W>,
    connection: &'a Connection,
    wanted: &'a Wanted,
    /// Places of the files that are in it whole.
    written: HashSet<String>,
}

impl<W: Write> Packing<'_, W> {
    fn run(&mut self) -> Result<()> {
        let (last_message, last_media) = self.read(|connection, _| store::ends(connection))?;
        let names = self.names()?;
        let pages = Pages::new(self.wanted, names);
        self.zip.begin("style.css", false, 0)?;
        self.zip.write(STYLE.as_bytes())?;
        self.chats(&pages, last_message)?;
        self.media(last_media)?;
        self.document(last_message)
    }

    /// Reads in a transaction of its own, as long as who asked may.
    fn read<T>(&self, query: impl FnOnce(&Connection, &Wanted) -> Result<T>) -> Result<T> {
        let snapshot = self.connection.unchecked_transaction()?;
        if !store::is_here(&snapshot, self.wanted.person)? {
            return Err(Error::not_found());
        }
        query(&snapshot, self.wanted)
    }

    fn names(&self) -> Result<HashMap<i64, String>> {
        let (mut names, mut after) = (HashMap::new(), 0);
        loop {
            let people = self.read(|connection, wanted| store::list_people(connection, wanted.person, false, after))?;
            let Some(last) = people.last() else { return Ok(names) };
            after = last.id;
            for person in people {
                if person.deleted {
                    continue;
                }
                let full = format!("{} {}", person.first_name, person.last_name);
                let full = full.trim();
                names.insert(
                    person.id,
                    if full.is_empty() {
                        person.username
                    } else {
                        full.to_owned()
                    },
                );
            }
        }
    }

    fn each_chat(&mut self, mut each: impl FnMut(&mut Self, Chat) -> Result<()>) -> Result<()> {
        let mut after = 0;
        loop {
            let chats = self.read(|connection, wanted| store::list_chats(connection, wanted.person, after))?;
            let Some(last) = chats.last() else { return Ok(()) };
            after = last.id;
            for chat in chats {
                each(self, chat)?;
            }
        }
    }

    fn chats(&mut self, pages: &Pages<'_>, upto: i64) -> Result<()> {
        self.zip.begin("index.html", false, 0)?;
        self.zip.write(pages.index_head().as_bytes())?;
        self.each_chat(|packing, chat| packing.zip.write(pages.entry(&chat).as_bytes()))?;
        self.zip.write(pages.foot().as_bytes())?;
        self.each_chat(|packing, chat| packing.chat(pages, &chat, upto))
    }

    /// The pages of a chat, each begun when its first message comes.
    fn chat(&mut self, pages: &Pages<'_>, chat: &Chat, upto: i64) -> Result<()> {
        let (mut seq, mut page, mut day) = (0, String::new(), String::new());
        loop {
            let some = self.read(|connection, wanted| {
                store::list_messages(connection, wanted.person, After::Seq(chat.id, seq), upto, store::ROWS)
            })?;
            let is_over = some.is_empty();
            let next = some.first().map_or(seq.max(1), |(message, _)| message.seq);
            if page.is_empty() {
                page = page_of(chat.id, next);
                self.zip.begin(&format!("chats/{page}"), false, 0)?;
                self.zip.write(pages.chat_head(chat, next).as_bytes())?;
            }
            if is_over {
                break;
            }
            for (message, quote) in some {
                let home = page_of(chat.id, message.seq);
                if home != page {
                    self.zip.write(pages.chat_foot(chat, seq).as_bytes())?;
                    (page, day) = (home, String::new());
                    self.zip.begin(&format!("chats/{page}"), false, 0)?;
                    self.zip.write(pages.chat_head(chat, message.seq).as_bytes())?;
                }
                seq = message.seq;
                self.zip
                    .write(pages.message(chat, &message, quote, &mut day).as_bytes())?;
            }
        }
        self.zip.write(pages.chat_foot(chat, chat.last_seq.max(seq)).as_bytes())
    }

    fn media(&mut self, upto: i64) -> Result<()> {
        let mut after = 0;
        loop {
            let some = self.read(|connection, wanted| store::list_media(connection, wanted.person, after, upto))?;
            let Some(last) = some.last() else { return Ok(()) };
            after = last.id;
            for media in some {
                self.bytes(&media)?;
            }
        }
    }

    fn bytes(&mut self, media: &store::Media) -> Result<()> {
        if self.written.contains(&media.path) {
            return Ok(());
        }
        // Its first row is looked for before it is begun: what was deleted meanwhile is left out.
        let row = |packing: &Self, number: u64| {
            packing.read(|connection, _| media::store::find_shared_row(connection, media.bytes, number))
        };
        let Some(first) = row(self, 0)? else { return Ok(()) };
        self.zip.begin(&media.path, true, media.size)?;
        self.zip.write(&first)?;
        for number in 1..media.size.div_ceil(CHUNK as u64) {
            match row(self, number)? {
                Some(bytes) => self.zip.write(&bytes)?,
                None => return Ok(()),
            }
        }
        self.written.insert(media.path.clone());
        Ok(())
    }

    fn document(&mut self, upto: i64) -> Result<()> {
        self.zip.begin(DOCUMENT, false, 0)?;
        let head = Head {
            format: FORMAT.to_owned(),
            version: VERSION,
            made: rfc3339(self.wanted.now),
            server: self.wanted.name.clone(),
            person: self.wanted.person.map(|person| person.0),
            secrets: self.wanted.secrets,
        };
        // The head's own brace is kept open for the rows.
        let head = serde_json::to_string(&head).map_err(Error::internal)?;
        self.zip.write(head.trim_end_matches('}').as_bytes())?;
        self.zip.write(b",\n\"people\":[")?;
        let mut after = 0;
        loop {
            let people =
                self.read(|connection, wanted| store::list_people(connection, wanted.person, wanted.secrets, after))?;
            let Some(last) = people.last().map(|person| person.id) else {
                break;
            };
            for mut person in people {
                person.picture = self.there(person.picture);
                self.row(&person, after == 0)?;
                after = person.id;
            }
            after = last;
        }
        self.zip.write(b"],\n\"chats\":[")?;
        let mut is_first = true;
        self.each_chat(|packing, mut chat| {
            chat.picture = packing.there(chat.picture);
            for one in &mut chat.boxes {
                one.files.retain(|handed| packing.written.contains(&handed.file.path));
            }
            let first = std::mem::take(&mut is_first);
            packing.row(&chat, first)
        })?;
        self.zip.write(b"],\n\"messages\":[")?;
        self.messages(upto)?;
        self.zip.write(b"]}\n")
    }

    fn messages(&mut self, upto: i64) -> Result<()> {
        let mut after = 0;
        loop {
            let some = self.read(|connection, wanted| {
                store::list_messages(connection, wanted.person, After::Id(after), upto, store::ROWS)
            })?;
            if some.is_empty() {
                return Ok(());
            }
            for (mut message, _) in some {
                message.photo = self.there(message.photo);
                message.file = self.there(message.file);
                self.row(&message, after == 0)?;
                after = message.id;
            }
        }
    }

    /// A file, if it is in the ZIP.
    fn there(&self, file: Option<File>) -> Option<File> {
        file.filter(|file| self.written.contains(&file.path))
    }

    fn row(&mut self, row: &impl Serialize, is_first: bool) -> Result<()> {
        self.zip.write(if is_first { b"\n" } else { b",\n" })?;
        let json = serde_json::to_vec(row).map_err(Error::internal)?;
        self.zip.write(&json)
    }
}
