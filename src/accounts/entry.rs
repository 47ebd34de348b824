//! Coming in: a new session with its two tokens, and the cookie that opens `/media`.

use rocket::http::{Cookie, CookieJar, SameSite};
use rocket::request::{FromRequest, Outcome, Request};
use serde::Serialize;
use utoipa::ToSchema;

use super::guard::Caller;
use super::store;
use super::tokens::{new_jti, Bearer, Keys, TokenType};
use crate::clock;
use crate::db::{Db, Tx};
use crate::edge::{managed, BaseUrl};
use crate::error::{Error, Result};
use crate::ids::{SessionId, UserId};

/// The two tokens of a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pair {
    pub refresh: String,
    pub access: String,
}

/// What it takes to let somebody in; a guard, so that handlers name only it.
pub struct Entry<'r> {
    pub caller: Caller,
    pub db: &'r Db,
    pub keys: &'r Keys,
    cookies: &'r CookieJar<'r>,
    secure: bool,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Entry<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let base = request.guard::<BaseUrl>().await.succeeded();
        let parts = || {
            Ok::<_, Error>(Entry {
                caller: Caller::of(request),
                db: managed(request)?,
                keys: managed(request)?,
                cookies: request.cookies(),
                secure: base.is_some_and(|base| base.0.starts_with("https://")),
            })
        };
        match parts() {
            Ok(entry) => Outcome::Success(entry),
            Err(error) => error.refuse(request),
        }
    }
}

/// A session that is to begin.
#[derive(Clone)]
pub struct NewSession {
    /// Of its first refresh token.
    jti: String,
    pub now: i64,
    expires_at: i64,
    caller: Caller,
}

impl NewSession {
    /// Stores it as somebody's.
    ///
    /// # Errors
    /// Where it can't be stored.
    pub fn begin(&self, tx: &mut Tx<'_>, user: UserId) -> Result<SessionId> {
        let address = self.caller.address.to_string();
        store::insert_session(
            tx,
            user,
            &self.jti,
            &self.caller.device,
            &address,
            self.now,
            self.expires_at,
        )
    }
}

impl Entry<'_> {
    /// A session from here, from now on.
    pub fn session(&self) -> NewSession {
        let now = clock::now();
        NewSession {
            jti: new_jti(),
            now,
            expires_at: now + self.keys.life(TokenType::Refresh) * 1_000_000,
            caller: self.caller.clone(),
        }
    }

    /// Signs somebody in.
    ///
    /// # Errors
    /// Where the session can't be stored.
    pub async fn sign_in(&self, user: UserId, username: &str) -> Result<Pair> {
        let new = self.session();
        let stored = new.clone();
        let session = self.db.write(move |tx| stored.begin(tx, user)).await?;
        self.first_pair(&new, user, username, session)
    }

    /// The first tokens of a session that was stored, and the cookie.
    ///
    /// # Errors
    /// Where they can't be signed.
    pub fn first_pair(&self, new: &NewSession, user: UserId, username: &str, session: SessionId) -> Result<Pair> {
        let bearer = Bearer {
            user,
            username,
            session,
        };
        self.pair(bearer, &new.jti, new.now)
    }

    /// The tokens of a session whose fresh refresh token is `jti`, and the cookie.
    ///
    /// # Errors
    /// Where they can't be signed.
    pub fn pair(&self, bearer: Bearer<'_>, jti: &str, now: i64) -> Result<Pair> {
        let refresh = self.keys.sign(TokenType::Refresh, bearer, jti, now)?;
        let access = self.keys.sign(TokenType::Access, bearer, &new_jti(), now)?;
        let media = self.keys.sign(TokenType::Media, bearer, &new_jti(), now)?;
        let cookie = Cookie::build(("media", media))
            .path("/media")
            .http_only(true)
            .same_site(SameSite::Strict)
            .secure(self.secure)
            .max_age(time::Duration::seconds(self.keys.life(TokenType::Media)));
        self.cookies.add(cookie);
        Ok(Pair { refresh, access })
    }
}
