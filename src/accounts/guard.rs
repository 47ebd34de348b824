//! Who asks: a handler that takes an [`AuthUser`] can't be reached without a live session.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use rocket::data::{Data, FromData, Outcome as DataOutcome};
use rocket::request::{FromRequest, Outcome, Request};

use super::hashing::Hashing;
use super::sessions::Sessions;
use super::tokens::{Claims, Fault, Keys, TokenType};
use super::{roster, store, Role, Session};
use crate::config::Config;
use crate::db::Db;
use crate::edge::managed;
use crate::error::{Error, Result};
use crate::form::Body;
use crate::ids::{SessionId, UserId};
use crate::limits::Limits;
use crate::text::Text;

/// The person who asks, by the access token of a live session.
#[derive(Debug, Clone)]
pub struct AuthUser {
    pub id: UserId,
    pub session: Arc<Session>,
}

impl AuthUser {
    /// What he may do in this house.
    pub fn role(&self) -> Role {
        self.session.role
    }

    /// Lets everybody pass but guests, who only read and write.
    ///
    /// # Errors
    /// 403.
    pub fn no_guest(&self) -> Result<()> {
        match self.role() {
            Role::Guest => Err(Error::Forbidden(Text::NotForGuests)),
            _ => Ok(()),
        }
    }

    /// Lets only those pass who may do what this role may.
    ///
    /// # Errors
    /// 403.
    pub fn at_least(&self, role: Role) -> Result<()> {
        match self.role() >= role {
            true => Ok(()),
            false => Err(Error::Forbidden(Text::PermissionDenied)),
        }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for AuthUser {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match by_header(request).await {
            Ok(user) => Outcome::Success(user),
            Err(error) => error.refuse(request),
        }
    }
}

/// The person who asks, or why it is not known who; for what can be done without.
pub struct Maybe(pub Result<AuthUser>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Maybe {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(Maybe(by_header(request).await))
    }
}

/// Somebody who keeps order: staff or the host.
pub struct Staff(pub AuthUser);

/// The person whose server it is.
pub struct Host(pub AuthUser);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Staff {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match at_least(request, Role::Staff).await {
            Ok(user) => Outcome::Success(Staff(user)),
            Err(error) => error.refuse(request),
        }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Host {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match at_least(request, Role::Host).await {
            Ok(user) => Outcome::Success(Host(user)),
            Err(error) => error.refuse(request),
        }
    }
}

async fn at_least(request: &Request<'_>, role: Role) -> Result<AuthUser> {
    let user = by_header(request).await?;
    user.at_least(role)?;
    Ok(user)
}

/// A body with the person who sends it. Somebody who is not let in has his body read and thrown away first, so that he
/// reads why and no reset.
pub struct Signed<'r> {
    pub user: AuthUser,
    pub body: Body<'r>,
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Signed<'r> {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> DataOutcome<'r, Self> {
        let user = by_header(request).await;
        let body = Body::new(request, data);
        match user {
            Ok(user) => DataOutcome::Success(Signed { user, body }),
            Err(error) => {
                body.discard().await;
                error.refuse(request)
            }
        }
    }
}

/// The person who asks for a file: by header as everywhere, or by the cookie that a browser's `<img>` sends.
pub struct MediaUser {
    pub id: UserId,
    pub session: SessionId,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for MediaUser {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let cookie = request.cookies().get("media").map(|cookie| cookie.value().to_owned());
        let found = match cookie {
            Some(token) if request.headers().get_one("authorization").is_none() => {
                by_token(request, &token, TokenType::Media).await
            }
            _ => by_header(request).await,
        };
        match found {
            Ok(user) => Outcome::Success(MediaUser {
                id: user.id,
                session: user.session.id,
            }),
            Err(error) => error.refuse(request),
        }
    }
}

/// What the access token of a live session says, for who only wants to know; it counts as no call.
pub async fn live_claims(request: &Request<'_>) -> Option<Arc<Claims>> {
    let keys = managed::<Keys>(request).ok()?;
    let claims = keys.read(bearer(request).ok()?, TokenType::Access).ok()?;
    let (db, sessions) = (managed::<Db>(request).ok()?, managed::<Arc<Sessions>>(request).ok()?);
    let session = sessions.find(db, SessionId(claims.sid)).await.ok()??;
    (claims.user_id == Some(session.user.0)).then_some(claims)
}

async fn by_header(request: &Request<'_>) -> Result<AuthUser> {
    by_token(request, bearer(request)?, TokenType::Access).await
}

/// The token of the header.
fn bearer<'r>(request: &'r Request<'_>) -> Result<&'r str> {
    let not_provided = || Error::unauthorized(Text::NotAuthenticated);
    let header = request.headers().get_one("authorization").ok_or_else(not_provided)?;
    let mut parts = header.split_ascii_whitespace();
    if !parts.next().is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer")) {
        return Err(not_provided());
    }
    match (parts.next(), parts.next()) {
        (Some(token), None) => Ok(token),
        _ => Err(Error::refused(Text::HeaderMalformed, "bad_authorization_header")),
    }
}

async fn by_token(request: &Request<'_>, token: &str, wanted: TokenType) -> Result<AuthUser> {
    let claims = managed::<Keys>(request)?
        .read(token, wanted)
        .map_err(Fault::of_access)?;
    let db = managed::<Db>(request)?;
    let user = UserId(claims.user_id.unwrap_or_default());
    let session = managed::<Arc<Sessions>>(request)?
        .find(db, SessionId(claims.sid))
        .await?;
    match session.filter(|session| session.user == user) {
        Some(session) => {
            managed::<Limits>(request)?.call(user)?;
            Ok(AuthUser { id: user, session })
        }
        None => Err(why_not(db, &claims, user).await?),
    }
}

/// A good token without a session: it has ended, or its person is no more.
async fn why_not(db: &Db, claims: &Claims, user: UserId) -> Result<Error> {
    tracing::debug!(session = claims.sid, "a token of an ended session was shown");
    Ok(
        match db
            .glance(move |connection| store::find_active(connection, user))
            .await?
        {
            None => Error::refused(Text::UserNotFound, "user_not_found"),
            Some(false) => Error::refused(Text::UserInactive, "user_inactive"),
            Some(true) => Error::bad_access_token(Text::TokenInvalid),
        },
    )
}

/// Where a request comes from, and with what: for limits and for the list of sessions.
#[derive(Debug, Clone)]
pub struct Caller {
    pub address: IpAddr,
    pub device: String,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Caller {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(Caller::of(request))
    }
}

impl Caller {
    /// Who sends this request.
    pub fn of(request: &Request<'_>) -> Caller {
        let agent = request.headers().get_one("user-agent").unwrap_or("unknown");
        let device = agent.chars().filter(|c| !c.is_control()).take(200).collect();
        Caller {
            address: address(request),
            device,
        }
    }
}

fn address(request: &Request<'_>) -> IpAddr {
    let address = request.client_ip();
    address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_canonical()
}

/// What it takes to check again the password of who asks; a guard, so that handlers name only it.
pub struct Proving<'r> {
    address: IpAddr,
    db: &'r Db,
    hashing: &'r Hashing,
    limits: &'r Limits,
    pub config: &'r Config,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Proving<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let parts = || {
            Ok::<_, Error>(Proving {
                address: address(request),
                db: managed(request)?,
                hashing: managed(request)?,
                limits: managed(request)?,
                config: managed(request)?,
            })
        };
        match parts() {
            Ok(proving) => Outcome::Success(proving),
            Err(error) => error.refuse(request),
        }
    }
}

impl Proving<'_> {
    /// The hash of his password, if this is it or the PIN that the roster gave him; None if it is neither. Each try counts
    /// as a log-in with his name does.
    ///
    /// # Errors
    /// 429 after too many.
    pub async fn check(&self, user: UserId, username: &str, password: String) -> Result<Option<String>> {
        self.limits.login(self.address, username)?;
        let (hash, pin) = self
            .db
            .glance(move |connection| {
                let pin = roster::store::find_pin(connection, user)?;
                Ok((store::find_password(connection, user)?, pin))
            })
            .await?;
        let iterations = self.config.password_iterations;
        let mut right = self.hashing.verify(password.clone(), hash.clone(), iterations).await?;
        if let (false, Some(pin)) = (right, pin) {
            right = self.hashing.verify(password, Some(pin), iterations).await?;
        }
        Ok(hash.filter(|_| right))
    }
}
