//! The way from an HTTP request to a socket: RFC 6455, 4.2. A page of another site is turned away by its `Origin`.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use rocket::request::{FromRequest, Outcome, Request};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::config::Config;
use crate::edge::managed;
use crate::error::{Error, Result};
use crate::site::Site;
use crate::text::Text;

/// Sockets of one address, signed in or not; a class room behind one router has fewer.
const SOCKETS_MAX: usize = 256;

/// A request that may become a socket, with the key that answers its own.
pub struct Handshake {
    pub accept: String,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Handshake {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match read(request) {
            Ok(handshake) => Outcome::Success(handshake),
            Err(error) => error.refuse(request),
        }
    }
}

fn read(request: &Request<'_>) -> Result<Handshake> {
    let has = |name: &str, word: &str| {
        let words = request.headers().get(name).flat_map(|value| value.split(','));
        words.into_iter().any(|found| found.trim().eq_ignore_ascii_case(word))
    };
    if !has("connection", "upgrade") || !has("upgrade", "websocket") || !has("sec-websocket-version", "13") {
        return Err(Error::UpgradeRequired);
    }
    let key = request.headers().get_one("sec-websocket-key").map(str::trim);
    let key = key
        .filter(|key| key.len() == 24)
        .ok_or(Error::Malformed(Text::BadRequest, None))?;
    if !is_ours(request)? {
        return Err(Error::Forbidden(Text::PermissionDenied));
    }
    Ok(Handshake {
        accept: derive_accept_key(key.as_bytes()),
    })
}

/// Whether no page sent this, or one of ours: a browser always names the page's origin, and a program need not.
fn is_ours(request: &Request<'_>) -> Result<bool> {
    let config = managed::<Config>(request)?;
    let mut origins = request.headers().get("origin");
    let (Some(origin), None) = (origins.next(), origins.next()) else {
        return Ok(request.headers().get_one("origin").is_none());
    };
    let named =
        config.cors_origins.iter().any(|allowed| allowed == origin) || !origin.is_empty() && origin == config.base_url;
    let host = request.host().map(ToString::to_string);
    // Where TLS is ours no page of ours came without it; where a proxy ends it, we are asked without.
    let schemes: &[&str] = match Site::of(request.rocket()).is_encrypted {
        true => &["https://"],
        false => &["http://", "https://"],
    };
    let same = schemes
        .iter()
        .filter_map(|scheme| origin.strip_prefix(scheme))
        .any(|authority| host.as_deref().is_some_and(|host| host.eq_ignore_ascii_case(authority)));
    Ok(named || same)
}

/// Counts the sockets of each address.
#[derive(Default)]
pub struct Doors(Mutex<HashMap<IpAddr, usize>>);

/// An address's socket, counted while this lives.
pub struct Door {
    doors: Arc<Doors>,
    address: IpAddr,
}

impl Doors {
    /// Counts a socket in; None where its address has too many.
    pub fn open(self: &Arc<Self>, address: IpAddr, limited: bool) -> Option<Door> {
        let mut doors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = doors.entry(address).or_default();
        if limited && *count >= SOCKETS_MAX {
            return None;
        }
        *count += 1;
        Some(Door {
            doors: Arc::clone(self),
            address,
        })
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        let mut doors = self.doors.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = doors.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                doors.remove(&self.address);
            }
        }
    }
}
