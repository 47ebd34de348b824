//! Where the server is as others name it, and who speaks where something of ours stands before Rocket.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rocket::request::{FromRequest, Outcome, Request};
use rocket::{Orbit, Rocket};

/// Where the server listens, for whoever wants to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Site {
    pub is_encrypted: bool,
    pub address: IpAddr,
    pub port: u16,
}

impl Site {
    /// Where a running server is.
    pub fn of(rocket: &Rocket<Orbit>) -> Site {
        let config = rocket.config();
        match rocket.state::<Before>() {
            Some(before) => before.site,
            None => Site {
                is_encrypted: config.tls_enabled(),
                address: config.address,
                port: config.port,
            },
        }
    }

    /// "https" or "http".
    pub fn scheme(&self) -> &'static str {
        match self.is_encrypted {
            true => "https",
            false => "http",
        }
    }

    /// The URL of an address of this computer, without a slash at its end.
    pub fn url(&self, address: IpAddr) -> String {
        format!("{}://{}", self.scheme(), authority(address, self.port))
    }

    /// The address by which this computer's own browser finds the server.
    pub fn here(&self) -> String {
        match self.address {
            address if address.is_unspecified() || address.is_loopback() => {
                format!("{}://localhost:{}", self.scheme(), self.port)
            }
            address => self.url(address),
        }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Site {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(Site::of(request.rocket()))
    }
}

/// What stands before Rocket: where others reach it, and for whom it speaks, by the ports that it speaks from. A clone is
/// another handle on the same.
#[derive(Clone)]
pub struct Before {
    pub site: Site,
    peers: Arc<Mutex<HashMap<u16, SocketAddr>>>,
}

impl Before {
    /// Before a server that others find there.
    pub fn new(site: Site) -> Before {
        Before {
            site,
            peers: Arc::default(),
        }
    }

    /// Speaks from a port for somebody, for as long as the value lives.
    pub fn speak(&self, port: u16, peer: SocketAddr) -> Speaking<'_> {
        self.lock().insert(port, peer);
        Speaking { before: self, port }
    }

    /// For whom it speaks from this port; None where it doesn't, so that whoever does goes around it.
    pub fn peer(&self, port: u16) -> Option<SocketAddr> {
        self.lock().get(&port).copied()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u16, SocketAddr>> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// See [`Before::speak`].
pub struct Speaking<'a> {
    before: &'a Before,
    port: u16,
}

impl Drop for Speaking<'_> {
    fn drop(&mut self) {
        self.before.lock().remove(&self.port);
    }
}

/// `host:port` as it stands in a URL.
pub fn authority(address: IpAddr, port: u16) -> String {
    SocketAddr::new(address, port).to_string()
}
