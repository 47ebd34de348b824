//! Hashing passwords on a bounded number of threads of low priority, so that a class that logs in slows no message.

use super::passwords;
use crate::error::Result;
use crate::pool::Pool;

/// The pool that hashes passwords.
pub struct Hashing(pub Pool);

impl Hashing {
    /// Hashes a new password.
    ///
    /// # Errors
    /// `Unavailable` where too many log-ins wait.
    pub async fn hash(&self, password: String, iterations: u32) -> Result<String> {
        self.0.run(move || passwords::hash(&password, iterations)).await
    }

    /// Checks a password against a hash; for nobody's hash, as long.
    ///
    /// # Errors
    /// `Unavailable` where too many log-ins wait.
    pub async fn verify(&self, password: String, hash: Option<String>, iterations: u32) -> Result<bool> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| passwords::dummy(iterations));
        Ok(self.0.run(move || passwords::verify(&password, &hash)).await? && known)
    }
}
