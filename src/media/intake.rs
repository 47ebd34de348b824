//! Taking files inside a transaction: what an import brings comes from the disk and not from a request.
//!
//! The rules are those of an upload: a picture is one that was decoded here, everything else is bytes.

use std::io::Read;

use sha2::{Digest, Sha256};

use super::disposition::clean_name;
use super::picture::{self, Picture};
use super::store::{self, Facts};
use super::CHUNK;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ids::{random_hex, MediaId, UserId};

/// Pixels of a longest side up to which a portrait stays as it is.
const PORTRAIT_SIDE: u32 = 1024;

/// Takes any bytes as a file, in constant memory; None where there are none.
///
/// # Errors
/// Where they can't be read or stored.
pub fn take_file(
    tx: &mut Tx<'_>,
    owner: UserId,
    name: &str,
    now: i64,
    bytes: &mut dyn Read,
) -> Result<Option<MediaId>> {
    let mut row = vec![0; CHUNK];
    let (mut begun, mut size, mut hash) = (None, 0, Sha256::new());
    for number in 0.. {
        let filled = fill(bytes, &mut row)?;
        if filled == 0 {
            break;
        }
        let id = match begun {
            Some(id) => id,
            None => store::insert_pending(tx, &random_hex(16), owner, &clean_name(name), now)?,
        };
        begun = Some(id);
        hash.update(&row[..filled]);
        size += i64::try_from(filled).unwrap_or(i64::MAX);
        store::insert_chunk(tx, id, number, &row[..filled])?;
    }
    let Some(id) = begun else { return Ok(None) };
    let facts = Facts {
        content_type: "application/octet-stream",
        size,
        sha256: hash.finalize().to_vec(),
        width: None,
        height: None,
        thumb: None,
    };
    store::update_facts(tx, id, &facts)?;
    Ok(Some(id))
}

/// Takes bytes as a photo; None where they are no picture that can be shown.
///
/// # Errors
/// Where it can't be stored.
pub fn take_photo(tx: &mut Tx<'_>, owner: UserId, name: &str, now: i64, bytes: Vec<u8>) -> Result<Option<MediaId>> {
    match picture::inspect(bytes) {
        Ok(picture) => take_picture(tx, owner, name, now, picture).map(Some),
        Err(_) => Ok(None),
    }
}

/// Takes bytes as a picture of a person or chat, smaller where it is large; None where they are no picture.
///
/// # Errors
/// Where it can't be stored.
pub fn take_portrait(tx: &mut Tx<'_>, owner: UserId, name: &str, now: i64, bytes: Vec<u8>) -> Result<Option<MediaId>> {
    let picture = match picture::inspect(bytes) {
        Ok(large) if large.width.max(large.height) > PORTRAIT_SIDE => picture::portrait(large.bytes),
        checked => checked,
    };
    let Ok(picture) = picture else { return Ok(None) };
    let id = take_picture(tx, owner, name, now, picture)?;
    store::claim_portrait(tx, id)?;
    Ok(Some(id))
}

fn take_picture(tx: &mut Tx<'_>, owner: UserId, name: &str, now: i64, picture: Picture) -> Result<MediaId> {
    let id = store::insert_pending(tx, &random_hex(16), owner, &clean_name(name), now)?;
    for (number, row) in (0..).zip(picture.bytes.chunks(CHUNK)) {
        store::insert_chunk(tx, id, number, row)?;
    }
    let facts = Facts {
        content_type: picture.format.content_type(),
        size: i64::try_from(picture.bytes.len()).unwrap_or(i64::MAX),
        sha256: Sha256::digest(&picture.bytes).to_vec(),
        width: Some(picture.width),
        height: Some(picture.height),
        thumb: Some((picture.thumb_format.content_type(), picture.thumb)),
    };
    store::update_facts(tx, id, &facts)?;
    Ok(id)
}

/// Reads until the row is full or nothing is left; how many bytes there are.
fn fill(bytes: &mut dyn Read, row: &mut [u8]) -> Result<usize> {
    let mut filled = 0;
    while filled < row.len() {
        match bytes.read(&mut row[filled..]) {
            Ok(0) => break,
            Ok(more) => filled += more,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::internal(error)),
        }
    }
    Ok(filled)
}
