//! Taking files: a multipart part streams into rows, as a pending upload that the handler's transaction claims.
//!
//! Nothing is written to a temporary file, and a photo alone stands in memory, since it is decoded. What is not claimed
//! (a refused message, a cut connection, a stopped server) is deleted. Room is checked before each row: a person's
//! quota, with what others of his uploads are bringing, and the disk.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError};

use rocket::request::{FromRequest, Outcome, Request};
use sha2::{Digest, Sha256};

use super::disposition::clean_name;
use super::picture::{self, Picture, PictureError};
use super::store::{self, Facts};
use super::{Running, Uploaded, CHUNK};
use crate::clock;
use crate::config::Config;
use crate::db::Db;
use crate::edge::managed;
use crate::error::{Error, Result};
use crate::form::{Form, Part, Sink};
use crate::ids::{random_hex, MediaId, UserId};
use crate::limits::Limits;
use crate::pool::Pool;
use crate::text::Text;

/// Rows on their way to the writer at once, of one upload.
const IN_FLIGHT: usize = 4;
/// Bytes of the disk that uploads leave free for messages, or a twentieth of it where that is less.
const KEPT_FREE: u64 = 1 << 30;

/// The pool that decodes pictures: one at a time, since one may take 256 MiB.
pub struct Decoding(pub Pool);

/// What a part of a form is to become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// Shown as sent, without metadata, and small.
    Photo,
    /// A picture of a person or chat: made small and clean.
    Portrait,
    /// Any bytes.
    File,
}

/// A field of a form that takes a file.
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    field: &'static str,
    purpose: Purpose,
}

impl Slot {
    /// A photo of a message.
    pub const fn photo(field: &'static str) -> Slot {
        Slot {
            field,
            purpose: Purpose::Photo,
        }
    }

    /// A picture of a person or a chat.
    pub const fn portrait(field: &'static str) -> Slot {
        Slot {
            field,
            purpose: Purpose::Portrait,
        }
    }

    /// A file of a message.
    pub const fn file(field: &'static str) -> Slot {
        Slot {
            field,
            purpose: Purpose::File,
        }
    }
}

/// What uploads need of the server; a guard, so that handlers name only it.
pub struct Uploading<'r> {
    db: &'r Db,
    config: &'r Config,
    limits: &'r Limits,
    decoding: &'r Decoding,
    running: &'r Arc<Running>,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Uploading<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let parts = || {
            Ok::<_, Error>(Uploading {
                db: managed(request)?,
                config: managed(request)?,
                limits: managed(request)?,
                decoding: managed(request)?,
                running: managed(request)?,
            })
        };
        match parts() {
            Ok(uploading) => Outcome::Success(uploading),
            Err(error) => error.refuse(request),
        }
    }
}

impl<'r> Uploading<'r> {
    /// Takes files of `owner` in these fields.
    pub fn uploads(self, owner: UserId, slots: &[Slot]) -> Uploads<'r> {
        Uploads {
            server: self,
            owner,
            slots: slots.to_vec(),
            done: Vec::new(),
            pending: Vec::new(),
            brought: 0,
        }
    }
}

/// The files of one request.
pub struct Uploads<'r> {
    server: Uploading<'r>,
    owner: UserId,
    slots: Vec<Slot>,
    done: Vec<(&'static str, Uploaded)>,
    /// What is deleted unless it is kept.
    pending: Vec<MediaId>,
    brought: u64,
}

impl Uploads<'_> {
    /// What came in a field.
    pub fn found(&self, field: &str) -> Option<Uploaded> {
        self.done
            .iter()
            .find(|(name, _)| *name == field)
            .map(|(_, uploaded)| uploaded.clone())
    }

    /// Notes what is wrong where a field brought no file.
    pub fn expect(&self, form: &mut Form, field: &str) {
        if self.found(field).is_none() {
            form.errors.add(
                field,
                if form.has(field) {
                    Text::NotAFile
                } else {
                    Text::Required
                },
            );
        }
    }

    /// Notes what is wrong where a file field came as something else.
    pub fn refuse_text(&self, form: &mut Form) {
        for slot in &self.slots {
            if self.found(slot.field).is_none() && form.maybe(slot.field, usize::MAX).is_some() {
                form.errors.add(slot.field, Text::NotAFile);
            }
        }
    }

    /// The uploads have been claimed: they stay.
    pub fn keep(&mut self) {
        self.pending.clear();
    }

    /// Notes that bytes have come, if there is room for them.
    async fn make_room(&mut self, bytes: u64) -> Result<()> {
        let owner = self.owner;
        let stored = self
            .server
            .db
            .read(move |connection| store::sum_sizes(connection, owner))
            .await?;
        let mut running = self.server.running.0.lock().unwrap_or_else(PoisonError::into_inner);
        let brought = running.entry(self.owner).or_default();
        if stored + *brought + bytes > self.server.config.quota_bytes {
            return Err(Error::TooLarge(Text::QuotaFull));
        }
        *brought += bytes;
        self.brought += bytes;
        drop(running);
        check_disk(self.server.db)
    }

    async fn take_file(&mut self, field: &'static str, name: &str, part: &mut Part<'_>) -> Result<Uploaded> {
        let mut rows = Rows::new(self.server.db.clone(), self.owner, name);
        let outcome = self.stream(&mut rows, part).await;
        self.pending.extend(rows.id);
        let (size, sha256) = outcome?;
        if size == 0 {
            return Err(Error::field(field, Text::EmptyFile));
        }
        let content_type = "application/octet-stream";
        let facts = Facts {
            content_type,
            size,
            sha256,
            width: None,
            height: None,
            thumb: None,
        };
        let sha256 = facts.sha256.clone();
        Ok(Uploaded {
            id: rows.finish(facts).await?,
            sha256,
        })
    }

    async fn stream(&mut self, rows: &mut Rows, part: &mut Part<'_>) -> Result<(i64, Vec<u8>)> {
        let max = self.server.config.file_max_bytes;
        let (mut size, mut hash, mut row) = (0_u64, Sha256::new(), Vec::with_capacity(CHUNK));
        while let Some(mut bytes) = part.chunk().await? {
            size += bytes.len() as u64;
            if size > max {
                return Err(Error::TooLarge(Text::FileTooLarge(max)));
            }
            hash.update(&bytes);
            while !bytes.is_empty() {
                let fits = bytes.len().min(CHUNK - row.len());
                row.extend_from_slice(&bytes.split_to(fits));
                if row.len() == CHUNK {
                    self.make_room(CHUNK as u64).await?;
                    rows.push(std::mem::replace(&mut row, Vec::with_capacity(CHUNK)))
                        .await?;
                }
            }
        }
        self.make_room(row.len() as u64).await?;
        rows.push(row).await?;
        Ok((i64::try_from(size).unwrap_or(i64::MAX), hash.finalize().to_vec()))
    }

    async fn take_picture(
        &mut self,
        field: &'static str,
        purpose: Purpose,
        name: &str,
        part: &mut Part<'_>,
    ) -> Result<Uploaded> {
        let max = self.server.config.photo_max_bytes;
        let mut bytes = Vec::new();
        while let Some(chunk) = part.chunk().await? {
            if (bytes.len() + chunk.len()) as u64 > max {
                return Err(Error::TooLarge(Text::FileTooLarge(max)));
            }
            bytes.extend_from_slice(&chunk);
        }
        if bytes.is_empty() {
            return Err(Error::field(field, Text::EmptyFile));
        }
        let sent = Sha256::digest(&bytes).to_vec();
        let decode = if purpose == Purpose::Portrait {
            picture::portrait
        } else {
            picture::inspect
        };
        let picture = self
            .server
            .decoding
            .0
            .run(move || decode(bytes))
            .await?
            .map_err(|error| {
                Error::field(
                    field,
                    match error {
                        PictureError::NotAnImage => Text::NotAPicture,
                        PictureError::TooLarge => Text::PictureTooLarge,
                    },
                )
            })?;
        let Picture {
            format,
            bytes,
            width,
            height,
            thumb,
            thumb_format,
        } = picture;
        let mut rows = Rows::new(self.server.db.clone(), self.owner, name);
        let mut stored = Ok(());
        for row in bytes.chunks(CHUNK) {
            stored = match self.make_room(row.len() as u64).await {
                Ok(()) => rows.push(row.to_vec()).await,
                Err(error) => Err(error),
            };
            if stored.is_err() {
                break;
            }
        }
        self.pending.extend(rows.id);
        stored?;
        let facts = Facts {
            content_type: format.content_type(),
            size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            sha256: Sha256::digest(&bytes).to_vec(),
            width: Some(width),
            height: Some(height),
            thumb: Some((thumb_format.content_type(), thumb)),
        };
        // A retry is told from another message by what was sent, not by what we made of it.
        Ok(Uploaded {
            id: rows.finish(facts).await?,
            sha256: sent,
        })
    }
}

#[rocket::async_trait]
impl Sink for Uploads<'_> {
    async fn take(&mut self, field: &str, file_name: &str, part: &mut Part<'_>) -> Result<()> {
        let Some(slot) = self.slots.iter().copied().find(|slot| slot.field == field) else {
            while part.chunk().await?.is_some() {}
            return Ok(());
        };
        if self.found(field).is_some() {
            return Err(Error::field(field, Text::TwoFiles));
        }
        self.server.limits.upload(self.owner)?;
        check_disk(self.server.db)?;
        let name = clean_name(file_name);
        let uploaded = match slot.purpose {
            Purpose::File => self.take_file(slot.field, &name, part).await,
            picture => self.take_picture(slot.field, picture, &name, part).await,
        }?;
        self.done.push((slot.field, uploaded));
        Ok(())
    }

    fn body_max(&self) -> u64 {
        let files = self.slots.iter().map(|slot| match slot.purpose {
            Purpose::File => self.server.config.file_max_bytes,
            Purpose::Photo | Purpose::Portrait => self.server.config.photo_max_bytes,
        });
        // Beside the files: their headers, and fields of text.
        files.sum::<u64>() + (1 << 20)
    }
}

impl Drop for Uploads<'_> {
    fn drop(&mut self) {
        let mut running = self.server.running.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(brought) = running.get_mut(&self.owner) {
            *brought = brought.saturating_sub(self.brought);
            if *brought == 0 {
                running.remove(&self.owner);
            }
        }
        drop(running);
        for id in self.pending.drain(..) {
            self.server
                .db
                .write_later("deleting an upload that was not used", move |tx| {
                    store::delete_pending(tx, id)
                });
        }
    }
}

/// Refuses uploads while the disk is nearly full, so that messages still find room.
///
/// # Errors
/// 507.
pub fn check_disk(db: &Db) -> Result<()> {
    match disk_room(db) {
        Some((free, total)) if free < KEPT_FREE.min(total / 20) => Err(Error::StorageFull),
        _ => Ok(()),
    }
}

/// Bytes of the database's disk: free, and in all; None where the system does not tell.
pub fn disk_room(db: &Db) -> Option<(u64, u64)> {
    let folder = db.path().parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(std::path::Path::new("."));
    Some((fs4::available_space(folder).ok()?, fs4::total_space(folder).ok()?))
}

type Answer = Pin<Box<dyn Future<Output = Result<()>> + Send>>;

/// The rows of one upload on their way to the writer.
struct Rows {
    db: Db,
    owner: UserId,
    name: String,
    id: Option<MediaId>,
    number: i64,
    answers: VecDeque<Answer>,
}

impl Rows {
    fn new(db: Db, owner: UserId, name: &str) -> Rows {
        Rows {
            db,
            owner,
            name: name.to_owned(),
            id: None,
            number: 0,
            answers: VecDeque::new(),
        }
    }

    /// Hands a row to the writer; waits only where several are on their way already.
    async fn push(&mut self, bytes: Vec<u8>) -> Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let number = self.number;
        self.number += 1;
        let Some(id) = self.id else {
            let (owner, name, key) = (self.owner, self.name.clone(), random_hex(16));
            let begin = self.db.write_bulk(move |tx| {
                let id = store::insert_pending(tx, &key, owner, &name, clock::now())?;
                store::insert_chunk(tx, id, number, &bytes).map(|()| id)
            });
            self.id = Some(begin.await?);
            return Ok(());
        };
        let db = self.db.clone();
        let row = tokio::spawn(async move {
            db.write_bulk(move |tx| store::insert_chunk(tx, id, number, &bytes))
                .await
        });
        self.answers
            .push_back(Box::pin(async move { row.await.map_err(Error::internal)? }));
        if self.answers.len() >= IN_FLIGHT {
            if let Some(oldest) = self.answers.pop_front() {
                oldest.await?;
            }
        }
        Ok(())
    }

    /// Waits for all rows and says what they are.
    async fn finish(mut self, facts: Facts) -> Result<MediaId> {
        while let Some(answer) = self.answers.pop_front() {
            answer.await?;
        }
        let id = self.id.ok_or_else(|| Error::internal("an upload without bytes"))?;
        self.db.write(move |tx| store::update_facts(tx, id, &facts)).await?;
        Ok(id)
    }
}
