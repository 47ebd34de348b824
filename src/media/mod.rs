//! Pictures and files: bytes in the one file, shown to who may see them.
//!
//! Promise: any size streams through constant memory, both ways; only pictures that we decoded ourselves are ever shown
//! inline, everything else is an attachment of unknown type; a picture's metadata (where it was taken, with what) does
//! not leave the sender's device for the others; bytes that no message names are deleted.

pub mod disposition;
pub mod intake;
pub mod picture;
pub mod range;
pub mod routes;
pub mod store;
pub mod sweep;
pub mod upload;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::ids::{MediaId, UserId};

/// An upload whose bytes are in and that nothing claims yet.
#[derive(Debug, Clone)]
pub struct Uploaded {
    pub id: MediaId,
    pub sha256: Vec<u8>,
}

/// Bytes that each person's running uploads have brought so far.
#[derive(Default)]
pub struct Running(Mutex<HashMap<UserId, u64>>);

impl Running {
    /// Whether some upload of this person is under way.
    pub fn includes(&self, owner: UserId) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains_key(&owner)
    }
}

/// Bytes of one stored row. At most 2^20 rows a file.
pub const CHUNK: usize = 256 * 1024;

/// The path of a picture or file from the root.
pub fn path(key: &str, name: &str) -> String {
    format!("/media/{key}/{}", disposition::url_name(name))
}
