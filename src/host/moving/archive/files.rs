//! Pictures and files of an archive that comes in.

use std::collections::HashMap;
use std::io::Read;

use sha2::{Digest, Sha256};

use super::document::File;
use super::unpack::Zip;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::host::moving::refuse;
use crate::ids::{random_hex, MediaId, UserId};
use crate::media::{intake, store};

/// Bytes of a picture.
const PICTURE_MAX: u64 = 64 << 20;

/// What becomes of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Portrait,
    Photo,
    File,
}

/// A picture or file that has come in, and whose it is.
struct Taken {
    id: MediaId,
    owner: UserId,
    kind: Kind,
    said: File,
}

/// The pictures and files of a ZIP.
pub struct Files {
    zip: Zip,
    now: i64,
    /// What has come in, by its place in the ZIP.
    taken: HashMap<String, Taken>,
}

impl Files {
    /// None has come in yet.
    pub fn new(zip: Zip, now: i64) -> Self {
        let taken = HashMap::new();
        Self { zip, now, taken }
    }

    /// Brings one in. What its author handed out to several chats is in the ZIP once, and is stored once.
    ///
    /// # Errors
    /// A sentence where the ZIP does not have it as it was said, or somebody else has it already.
    pub fn bring(&mut self, tx: &mut Tx<'_>, kind: Kind, owner: UserId, said: File) -> Result<MediaId> {
        let Some(taken) = self.taken.get(&said.path) else {
            let id = self.take(tx, kind, owner, &said)?;
            let path = said.path.clone();
            self.taken.insert(path, Taken { id, owner, kind, said });
            return Ok(id);
        };
        let is_handed_out = kind != Kind::Portrait && (taken.kind, taken.owner) == (kind, owner) && taken.said == said;
        if !is_handed_out {
            return Err(refuse(format!("it is damaged: {:?} is named twice", said.path)));
        }
        store::insert_copy(tx, taken.id, &random_hex(16))
    }

    fn take(&mut self, tx: &mut Tx<'_>, kind: Kind, owner: UserId, said: &File) -> Result<MediaId> {
        let now = self.now;
        let mut entry = self.entry(said)?;
        let (name, path) = (&said.name, &said.path);
        let (id, what) = match kind {
            Kind::Portrait => {
                let bytes = picture(entry, said)?;
                (intake::take_portrait(tx, owner, name, now, bytes)?, "is no picture")
            }
            Kind::Photo => {
                let bytes = picture(entry, said)?;
                (intake::take_photo(tx, owner, name, now, bytes)?, "is no picture")
            }
            Kind::File => {
                let taken = intake::take_file(tx, owner, name, now, &mut entry);
                let taken = taken.map_err(|error| match error {
                    Error::Internal(source) if source.is::<std::io::Error>() => unreadable(path, &source),
                    other => other,
                });
                (taken?, "is empty")
            }
        };
        id.ok_or_else(|| refuse(format!("it is damaged: {path:?} {what}")))
    }

    /// A file's bytes, by the place that it has in the ZIP; it is looked up there and nowhere else.
    fn entry(&mut self, said: &File) -> Result<impl Read + use<'_>> {
        let path = &said.path;
        if !path.starts_with("media/") {
            return Err(refuse(format!("it is damaged: {path:?} is no picture or file")));
        }
        let entry = self
            .zip
            .by_name(path)
            .map_err(|error| refuse(format!("it is damaged: {path:?} is not in it ({error})")))?;
        let size = entry.size();
        if i64::try_from(size).ok() != Some(said.size) {
            return Err(refuse(format!("it is damaged: {path:?} is not as large as it was")));
        }
        // One more byte than it says would be seen as one too many by who counts.
        Ok(entry.take(size + 1))
    }
}

/// The bytes of a picture.
fn picture(entry: impl Read, said: &File) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = entry.take(PICTURE_MAX).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(&said.path, &error))?;
    let sum: String = Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    if sum != said.sha256 {
        return Err(refuse(format!("it is damaged: {:?} is not what it was", said.path)));
    }
    Ok(bytes)
}

fn unreadable(path: &str, why: &dyn std::fmt::Display) -> Error {
    refuse(format!("it is damaged: {path:?} can't be read ({why})"))
}
