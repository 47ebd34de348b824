//! Writing an archive to anything that takes bytes.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::rc::Rc;

use rusqlite::Connection;
use serde::Serialize;
use zip::write::{SimpleFileOptions, StreamWriter, ZipWriter};
use zip::CompressionMethod;

use super::document::{Chat, File, Head};
use super::page::{Pages, STYLE};
use super::store::{self, After};
use super::{page_of, Wanted, DOCUMENT, FORMAT, VERSION};
use crate::clock::rfc3339;
use crate::error::{Error, Result};
use crate::media;
use crate::media::CHUNK;

/// Bytes of a file from which the ZIP's long form is needed.
const LONG: u64 = 0xF000_0000;

/// Where an archive goes. A writer of ZIPs ends its file when it is dropped, also one that broke off, which would then look
/// whole: after a failure nothing is passed on any more.
struct Gate<W> {
    inner: W,
    is_shut: Rc<Cell<bool>>,
}

impl<W: Write> Write for Gate<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_shut.get() {
            return Ok(bytes.len());
        }
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.is_shut.get() {
            return Ok(());
        }
        self.inner.flush()
    }
}

/// Writes an archive. Each read is a transaction of its own.
///
/// # Errors
/// Where the database can't be read or the bytes are not taken; what was written is no whole ZIP then.
pub fn pack<W: Write>(out: W, connection: &Connection, wanted: &Wanted) -> Result<W> {
    let is_shut = Rc::new(Cell::new(false));
    let gate = Gate {
        inner: out,
        is_shut: Rc::clone(&is_shut),
    };
    let mut packing = Packing {
        zip: ZipWriter::new_stream(gate),
        connection,
        wanted,
        written: HashSet::new(),
    };
    match packing.run() {
        Ok(()) => Ok(packing.zip.finish().map_err(Error::internal)?.into_inner().inner),
        Err(error) => {
            is_shut.set(true);
            Err(error)
        }
    }
}

struct Packing<'a, W: Write> {
    zip: ZipWriter<StreamWriter<Gate<W>>>,
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
        self.begin("style.css", false, 0)?;
        self.write(STYLE.as_bytes())?;
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
        self.begin("index.html", false, 0)?;
        self.write(pages.index_head().as_bytes())?;
        self.each_chat(|packing, chat| packing.write(pages.entry(&chat).as_bytes()))?;
        self.write(pages.foot().as_bytes())?;
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
                self.begin(&format!("chats/{page}"), false, 0)?;
                self.write(pages.chat_head(chat, next).as_bytes())?;
            }
            if is_over {
                break;
            }
            for (message, quote) in some {
                let home = page_of(chat.id, message.seq);
                if home != page {
                    self.write(pages.chat_foot(chat, seq).as_bytes())?;
                    (page, day) = (home, String::new());
                    self.begin(&format!("chats/{page}"), false, 0)?;
                    self.write(pages.chat_head(chat, message.seq).as_bytes())?;
                }
                seq = message.seq;
                self.write(pages.message(chat, &message, quote, &mut day).as_bytes())?;
            }
        }
        self.write(pages.chat_foot(chat, chat.last_seq.max(seq)).as_bytes())
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
        // Its first row is looked for before it is begun: what was deleted meanwhile is left out.
        let row = |packing: &Self, number: u64| {
            packing.read(|connection, _| media::store::find_row(connection, media.id, number))
        };
        let Some(first) = row(self, 0)? else { return Ok(()) };
        self.begin(&media.path, true, media.size)?;
        self.write(&first)?;
        for number in 1..media.size.div_ceil(CHUNK as u64) {
            match row(self, number)? {
                Some(bytes) => self.write(&bytes)?,
                None => return Ok(()),
            }
        }
        self.written.insert(media.path.clone());
        Ok(())
    }

    fn document(&mut self, upto: i64) -> Result<()> {
        self.begin(DOCUMENT, false, 0)?;
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
        self.write(head.trim_end_matches('}').as_bytes())?;
        self.write(b",\n\"people\":[")?;
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
        self.write(b"],\n\"chats\":[")?;
        let mut is_first = true;
        self.each_chat(|packing, mut chat| {
            chat.picture = packing.there(chat.picture);
            let first = std::mem::take(&mut is_first);
            packing.row(&chat, first)
        })?;
        self.write(b"],\n\"messages\":[")?;
        self.messages(upto)?;
        self.write(b"]}\n")
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
        self.write(if is_first { b"\n" } else { b",\n" })?;
        let json = serde_json::to_vec(row).map_err(Error::internal)?;
        self.write(&json)
    }

    /// Begins the next file of the ZIP. Pictures are pressed as little as can be: they are as small as they get. They are
    /// pressed at all since many programs can't read a file that is not, where its size stands behind it.
    fn begin(&mut self, name: &str, is_media: bool, size: u64) -> Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(if is_media { 1 } else { 6 }))
            .large_file(size >= LONG)
            .unix_permissions(0o644);
        self.zip.start_file(name, options).map_err(Error::internal)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.zip.write_all(bytes).map_err(Error::internal)
    }
}
