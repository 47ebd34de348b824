//! JSON Web Tokens: HS256 with a 256-bit key made at the first start, claims as the original's clients read them.
//!
//! A token only names a session; whether that still lives is looked up at each use. HMAC is ring's: jsonwebtoken's own
//! back ends bring an RSA crate with an open advisory, or a large C build.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use ring::hmac;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use signature::{Signer, Verifier};

use crate::clock;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::ids::{random_hex, SessionId, UserId};
use crate::text::Text;

/// Seconds that a token may live by any setting: ten years.
const LONGEST_LIFE: i64 = 3650 * 86_400;

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenType {
    /// Calls the API.
    Access,
    /// Gets the next pair, once.
    Refresh,
    /// Opens `/media` and nothing else; the cookie's content.
    Media,
}

/// What a token says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    pub token_type: TokenType,
    /// Seconds since 1970.
    pub exp: i64,
    /// Seconds since 1970.
    pub iat: i64,
    /// 32 hex digits.
    pub jti: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<i64>,
    #[serde(default)]
    pub username: String,
    #[serde(default)]
    pub sid: i64,
}

/// Why a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Forged, malformed or expired.
    Invalid,
    /// A good token of another type.
    WrongType,
    /// A good token that names nobody.
    NoUser,
}

/// A new name for a token.
pub fn new_jti() -> String {
    random_hex(16)
}

/// Whose token is made.
#[derive(Debug, Clone, Copy)]
pub struct Bearer<'a> {
    pub user: UserId,
    pub username: &'a str,
    pub session: SessionId,
}

/// Access and media tokens that are remembered.
const CHECKED_MAX: usize = 4096;

/// What was found good: most requests show a token that was shown a moment ago, and reading it costs as much as all else
/// that is done for a small answer. By its digest, so that no token stays in memory; what is refused is not kept.
#[derive(Default)]
struct Checked(Mutex<HashMap<[u8; 32], Arc<Claims>>>);

impl Checked {
    fn find(&self, digest: &[u8; 32]) -> Option<Arc<Claims>> {
        self.lock().get(digest).cloned()
    }

    /// Where there is no room all are forgotten; who comes back is read again.
    fn keep(&self, digest: [u8; 32], claims: &Arc<Claims>) {
        let mut checked = self.lock();
        if checked.len() >= CHECKED_MAX {
            checked.clear();
        }
        checked.insert(digest, Arc::clone(claims));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], Arc<Claims>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The server's signing key with the lives of what it signs.
#[derive(Clone)]
pub struct Keys {
    checked: Arc<Checked>,
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    access_seconds: i64,
    refresh_seconds: i64,
}

impl Keys {
    /// Keys from the stored secret.
    pub fn new(secret: &[u8], config: &Config) -> Keys {
        // Refused only where it is installed already, by another server in the same test process.
        let _ = PROVIDER.install_default();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        validation.validate_nbf = true;
        validation.validate_aud = false;
        Keys {
            checked: Arc::default(),
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
            validation,
            access_seconds: config.access_life().as_secs() as i64,
            refresh_seconds: config.refresh_life().as_secs() as i64,
        }
    }

    /// Signs a token at `now`, in microseconds.
    ///
    /// # Errors
    /// Internal, where signing fails.
    pub fn sign(&self, token_type: TokenType, bearer: Bearer<'_>, jti: &str, now: i64) -> Result<String> {
        let iat = now / 1_000_000;
        let claims = Claims {
            token_type,
            exp: iat + self.life(token_type),
            iat,
            jti: jti.to_owned(),
            user_id: Some(bearer.user.0),
            username: bearer.username.to_owned(),
            sid: bearer.session.0,
        };
        jsonwebtoken::encode(&Header::default(), &claims, &self.encoding).map_err(Error::internal)
    }

    /// Checks a token; its session is still to be looked up.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(&self, token: &str, wanted: TokenType) -> std::result::Result<Arc<Claims>, Fault> {
        // Used once, a refresh token is not worth remembering.
        if wanted == TokenType::Refresh {
            return self.check(token, wanted).map(Arc::new);
        }
        let digest: [u8; 32] = Sha256::digest(token).into();
        if let Some(claims) = self.checked.find(&digest) {
            return match claims {
                claims if claims.exp < clock::now() / 1_000_000 => Err(Fault::Invalid),
                claims if claims.token_type != wanted => Err(Fault::WrongType),
                claims => Ok(claims),
            };
        }
        let claims = Arc::new(self.check(token, wanted)?);
        self.checked.keep(digest, &claims);
        Ok(claims)
    }

    fn check(&self, token: &str, wanted: TokenType) -> std::result::Result<Claims, Fault> {
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation)
            .map_err(|_| Fault::Invalid)?
            .claims;
        if claims.token_type != wanted {
            return Err(Fault::WrongType);
        }
        // No setting lets a token live longer, so one that does was not signed here.
        if claims
            .exp
            .checked_sub(claims.iat)
            .is_none_or(|life| life <= 0 || life > LONGEST_LIFE)
        {
            return Err(Fault::Invalid);
        }
        if claims.user_id.is_none() {
            return Err(Fault::NoUser);
        }
        Ok(claims)
    }

    /// Seconds that a token of this type lives.
    pub fn life(&self, token_type: TokenType) -> i64 {
        match token_type {
            TokenType::Access => self.access_seconds,
            TokenType::Refresh | TokenType::Media => self.refresh_seconds,
        }
    }
}

impl Fault {
    /// The 401 for a bad access token, in SimpleJWT's long form.
    pub fn of_access(self) -> Error {
        match self {
            Fault::NoUser => Error::refused(Text::TokenWithoutUser, "token_not_valid"),
            Fault::WrongType => Error::bad_access_token(Text::TokenWrongType),
            Fault::Invalid => Error::bad_access_token(Text::TokenInvalid),
        }
    }

    /// The 401 for a bad refresh token, in the short form.
    pub fn of_refresh(self) -> Error {
        let text = if self == Fault::WrongType {
            Text::TokenWrongType
        } else {
            Text::TokenInvalid
        };
        Error::refused(text, "token_not_valid")
    }
}

/// HMAC-SHA256 by ring, behind jsonwebtoken's traits.
struct Hs256(hmac::Key);

impl Hs256 {
    fn new(algorithm: Algorithm, secret: &[u8]) -> jsonwebtoken::errors::Result<Hs256> {
        if algorithm != Algorithm::HS256 {
            return Err(ErrorKind::InvalidAlgorithm.into());
        }
        Ok(Hs256(hmac::Key::new(hmac::HMAC_SHA256, secret)))
    }
}

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, signature::Error> {
        Ok(hmac::sign(&self.0, message).as_ref().to_vec())
    }
}

impl Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], tag: &Vec<u8>) -> std::result::Result<(), signature::Error> {
        hmac::verify(&self.0, message, tag).map_err(|_| signature::Error::new())
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| Ok(Box::new(Hs256::new(*algorithm, key.as_bytes())?)),
    verifier_factory: |algorithm, key| Ok(Box::new(Hs256::new(*algorithm, key.try_get_as_bytes()?)?)),
    key_utils: KeyUtils::new_unimplemented(),
};

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const BEARER: Bearer<'_> = Bearer {
        user: UserId(1),
        username: "ana",
        session: SessionId(7),
    };

    fn keys() -> Keys {
        Keys::new(&[7; 32], &Config::read(&Config::figment()).unwrap())
    }

    #[test]
    fn a_token_that_was_read_before_is_checked_as_at_first() {
        let keys = keys();
        let access = keys.sign(TokenType::Access, BEARER, &new_jti(), clock::now()).unwrap();
        for _ in 0..2 {
            assert_eq!(keys.read(&access, TokenType::Access).unwrap().sid, 7);
            assert_eq!(keys.read(&access, TokenType::Media).unwrap_err(), Fault::WrongType);
            assert_eq!(keys.read(&access, TokenType::Refresh).unwrap_err(), Fault::WrongType);
            let forged = format!("{access}x");
            assert_eq!(keys.read(&forged, TokenType::Access).unwrap_err(), Fault::Invalid);
        }
        assert_eq!(keys.checked.lock().len(), 1, "nothing that was refused is kept");
    }

    #[test]
    fn a_token_that_was_read_before_expires() {
        let keys = keys();
        let access = keys.sign(TokenType::Access, BEARER, &new_jti(), clock::now()).unwrap();
        let claims = keys.read(&access, TokenType::Access).unwrap();
        let past = Claims {
            exp: clock::now() / 1_000_000 - 1,
            ..Claims::clone(&claims)
        };
        keys.checked.keep(Sha256::digest(&access).into(), &Arc::new(past));
        assert_eq!(keys.read(&access, TokenType::Access).unwrap_err(), Fault::Invalid);
    }

    #[test]
    fn no_more_tokens_are_kept_than_there_is_room_for() {
        let keys = keys();
        let mut last = String::new();
        for _ in 0..=CHECKED_MAX {
            last = keys.sign(TokenType::Access, BEARER, &new_jti(), clock::now()).unwrap();
            keys.read(&last, TokenType::Access).unwrap();
        }
        assert_eq!(keys.checked.lock().len(), 1);
        assert_eq!(keys.read(&last, TokenType::Access).unwrap().sid, 7);
    }
}
