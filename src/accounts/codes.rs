//! Codes for forgotten passwords: 128 random bits, of which only the SHA-256 is kept.

use sha2::{Digest, Sha256};

use super::store;
use crate::clock;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::{random_hex, UserId};

/// Minutes that a code counts.
pub const CODE_MINUTES: i64 = 60;

/// Gives somebody a new code, voiding the one before.
///
/// # Errors
/// Where it can't be stored.
pub fn new_code(tx: &mut Tx<'_>, user: UserId) -> Result<String> {
    let code = random_hex(16);
    store::insert_reset_code(tx, user, &hash(&code), clock::now() + CODE_MINUTES * 60_000_000)?;
    Ok(code)
}

/// What is kept of a code.
pub fn hash(code: &str) -> Vec<u8> {
    Sha256::digest(code.as_bytes()).to_vec()
}
