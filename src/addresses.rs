//! This computer's own names and addresses, and which of them another device has reached.
//!
//! Nothing can tell from within which address a phone will reach: a firewall, a virtual network or a router that keeps its
//! guests apart shows only when somebody has come. So what is shown first is what somebody has come by.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use rocket::http::uri::Host;
use serde::Serialize;
use utoipa::ToSchema;

use crate::site::{authority, Site};

/// How long a list of addresses is believed before somebody who asks makes us look again.
const BELIEVED: Duration = Duration::from_secs(3);
/// Devices that are counted, at most; more are as good as these.
const GUESTS_MAX: usize = 4096;

/// What an address belongs to, as its interface's name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Wifi,
    Cable,
    Other,
    /// Of virtual machines, containers and tunnels: a phone in the room reaches it seldom.
    Virtual,
}

/// One of this computer's addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub ip: IpAddr,
    pub interface: String,
    pub kind: Kind,
}

/// See the module; a clone is another handle on the same.
#[derive(Clone)]
pub struct Addresses(Arc<Inner>);

struct Inner {
    names: Vec<String>,
    /// Asks the system which addresses there are now.
    look: fn() -> Vec<Address>,
    /// The name that the room's network knows now.
    announced: RwLock<Option<String>>,
    known: RwLock<(Instant, Vec<Address>)>,
    visits: RwLock<Visits>,
    started: Instant,
}

/// Who has come from another device, and by which address.
#[derive(Default)]
struct Visits {
    reached: HashSet<IpAddr>,
    guests: HashSet<IpAddr>,
}

impl Default for Addresses {
    fn default() -> Addresses {
        let name = hostname::get()
            .ok()
            .and_then(|name| name.into_string().ok())
            .unwrap_or_default()
            .to_lowercase();
        let names = vec![
            "localhost".to_owned(),
            format!("{name}.local"),
            "messenger.local".to_owned(),
            name,
        ];
        Addresses::new(names, look)
    }
}

impl Addresses {
    /// Of a computer with these names and what `look` finds, each time that it is asked.
    pub fn new(names: Vec<String>, look: fn() -> Vec<Address>) -> Addresses {
        Addresses(Arc::new(Inner {
            names,
            look,
            announced: RwLock::default(),
            known: RwLock::new((Instant::now(), look())),
            visits: RwLock::default(),
            started: Instant::now(),
        }))
    }

    /// This computer's own name; empty where it has none.
    pub fn host(&self) -> &str {
        self.0.names.last().map(String::as_str).unwrap_or_default()
    }

    /// What this computer is called, by itself and by its network.
    pub fn names(&self) -> Vec<String> {
        let mut names = self.0.names.clone();
        names.extend(self.announced().filter(|name| !self.0.names.contains(name)));
        names
    }

    /// The name that the room's network knows now, without a dot at its end.
    pub fn announced(&self) -> Option<String> {
        let announced = self.0.announced.read().unwrap_or_else(PoisonError::into_inner);
        announced.clone()
    }

    /// Notes by which name the room's network knows this computer; None: by none.
    pub fn announce(&self, name: Option<String>) {
        *self.0.announced.write().unwrap_or_else(PoisonError::into_inner) = name;
    }

    /// What stands in the URLs of an answer: the host that was asked for if it is this computer, else the first that
    /// another device could use. A forged Host never comes back in a link.
    pub fn authority_of(&self, asked: Option<&Host<'_>>, site: &Site) -> String {
        match asked.filter(|host| self.has(host, site.address, site.port)) {
            Some(host) => host.to_string(),
            None => {
                let fallback = self.first().filter(|_| site.address.is_unspecified());
                authority(fallback.unwrap_or(site.address), site.port)
            }
        }
    }

    /// Addresses that another device can try, the likeliest first, as they were a moment ago; none where there is no network.
    pub fn list(&self) -> Vec<Address> {
        let known = self.0.known.read().unwrap_or_else(PoisonError::into_inner);
        if known.0.elapsed() < BELIEVED {
            return known.1.clone();
        }
        drop(known);
        self.look_again()
    }

    /// The likeliest address, whatever has changed since the last look.
    pub fn first(&self) -> Option<IpAddr> {
        let known = self.0.known.read().unwrap_or_else(PoisonError::into_inner);
        known.1.first().map(|address| address.ip)
    }

    fn look_again(&self) -> Vec<Address> {
        let list = (self.0.look)();
        let mut known = self.0.known.write().unwrap_or_else(PoisonError::into_inner);
        *known = (Instant::now(), list.clone());
        list
    }

    /// Whether a request that names this host means this server.
    pub fn has(&self, host: &Host<'_>, listening: IpAddr, port: u16) -> bool {
        let name = name_of(host);
        if host.port().unwrap_or(80) != port && host.port().is_some() {
            return false;
        }
        match name.parse::<IpAddr>() {
            Ok(address) => address.is_loopback() || address == listening || self.knows(address),
            Err(_) => self.0.names.contains(&name) || self.announced().is_some_and(|announced| announced == name),
        }
    }

    /// Whether this is one of ours; an address that is not known makes us look again.
    fn knows(&self, address: IpAddr) -> bool {
        let known = self.0.known.read().unwrap_or_else(PoisonError::into_inner);
        let is_known = known.1.iter().any(|known| known.ip == address);
        if is_known || known.0.elapsed() < BELIEVED {
            return is_known;
        }
        drop(known);
        self.look_again().iter().any(|known| known.ip == address)
    }

    /// Notes that a request came from `peer` to the address that it names, if it came from another device.
    pub fn visited(&self, peer: IpAddr, host: Option<&Host<'_>>) {
        let peer = peer.to_canonical();
        if peer.is_loopback() || peer.is_unspecified() {
            return;
        }
        let reached = host.and_then(|host| name_of(host).parse::<IpAddr>().ok());
        {
            let visits = self.0.visits.read().unwrap_or_else(PoisonError::into_inner);
            let is_noted = reached.is_none_or(|address| visits.reached.contains(&address));
            if visits.guests.contains(&peer) && is_noted || visits.guests.len() >= GUESTS_MAX {
                return;
            }
        }
        if self.knows(peer) {
            return;
        }
        let reached = reached.filter(|address| self.knows(*address));
        let mut visits = self.0.visits.write().unwrap_or_else(PoisonError::into_inner);
        visits.guests.insert(peer);
        visits.reached.extend(reached);
    }

    /// Whether another device has come by this address since the start.
    pub fn is_reached(&self, address: IpAddr) -> bool {
        let visits = self.0.visits.read().unwrap_or_else(PoisonError::into_inner);
        visits.reached.contains(&address)
    }

    /// How many other devices have come since the start, by their addresses.
    pub fn guests(&self) -> usize {
        let visits = self.0.visits.read().unwrap_or_else(PoisonError::into_inner);
        visits.guests.len()
    }

    /// How long the server has been there.
    pub fn age(&self) -> Duration {
        self.0.started.elapsed()
    }

    /// What others should be told to come by: an address that somebody has come by, else the likeliest.
    pub fn best(&self) -> Option<Address> {
        let list = self.list();
        let reached = list.iter().find(|address| self.is_reached(address.ip));
        reached.or(list.first()).cloned()
    }
}

fn name_of(host: &Host<'_>) -> String {
    host.domain().as_str().trim_matches(['[', ']']).to_lowercase()
}

fn look() -> Vec<Address> {
    let found = if_addrs::get_if_addrs()
        .unwrap_or_default()
        .into_iter()
        .filter(|interface| !interface.is_loopback() && !interface.is_link_local())
        .map(|interface| Address {
            ip: interface.ip(),
            kind: kind(&interface.name),
            interface: interface.name,
        });
    in_order(found.collect())
}

/// The likeliest first: of the room's own network before a tunnel's, of a private IPv4 network before all others.
fn in_order(mut addresses: Vec<Address>) -> Vec<Address> {
    addresses.sort_by_key(|address| {
        let family = match address.ip {
            IpAddr::V4(v4) if v4.is_private() => 0,
            IpAddr::V4(_) => 1,
            IpAddr::V6(_) => 2,
        };
        (address.kind == Kind::Virtual, family, address.kind)
    });
    addresses
}

/// By the names that Linux, macOS and Windows give.
fn kind(interface: &str) -> Kind {
    let name = interface.to_lowercase();
    let begins = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    let virtuals = [
        "docker",
        "br-",
        "veth",
        "virbr",
        "vmnet",
        "vbox",
        "tun",
        "tap",
        "utun",
        "wg",
        "tailscale",
        "zt",
        "vethernet",
        "bridge",
        "awdl",
        "llw",
        "podman",
        "lxc",
        "lxd",
    ];
    match () {
        () if begins(&virtuals) || name.contains("virtual") || name.contains("vpn") => Kind::Virtual,
        () if begins(&["wl", "wi-fi", "wifi", "wireless", "ath"]) => Kind::Wifi,
        () if begins(&["eth", "en", "lan"]) => Kind::Cable,
        () => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::cell::Cell;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn ours() -> Vec<Address> {
        let address = |text, interface: &str| Address {
            ip: ip(text),
            interface: interface.to_owned(),
            kind: kind(interface),
        };
        let list = vec![
            address("172.17.0.1", "docker0"),
            address("2001:db8::7", "wlan0"),
            address("10.0.0.7", "eth0"),
            address("192.168.1.7", "wlan0"),
        ];
        in_order(list)
    }

    fn there() -> Addresses {
        Addresses::new(vec!["localhost".to_owned()], ours)
    }

    #[test]
    fn a_rooms_network_stands_before_a_containers() {
        let list: Vec<String> = there().list().iter().map(|address| address.ip.to_string()).collect();
        assert_eq!(list, ["192.168.1.7", "10.0.0.7", "2001:db8::7", "172.17.0.1"]);
        let kinds = [
            "wlp3s0",
            "Wi-Fi",
            "enp0s31f6",
            "Ethernet 2",
            "vEthernet (WSL)",
            "utun4",
            "ppp0",
        ]
        .map(kind);
        let expected = [
            Kind::Wifi,
            Kind::Wifi,
            Kind::Cable,
            Kind::Cable,
            Kind::Virtual,
            Kind::Virtual,
            Kind::Other,
        ];
        assert_eq!(kinds, expected);
    }

    #[test]
    fn only_another_device_reaches_an_address_and_only_one_of_ours() {
        let addresses = there();
        let host = |text| Host::parse(text).ok();
        for (peer, name) in [
            ("127.0.0.1", "10.0.0.7:8000"),
            ("10.0.0.7", "10.0.0.7:8000"),
            ("::ffff:127.0.0.1", "10.0.0.7:8000"),
        ] {
            addresses.visited(ip(peer), host(name).as_ref());
            assert_eq!(addresses.guests(), 0, "{peer}");
            assert!(!addresses.is_reached(ip("10.0.0.7")), "{peer}");
        }
        assert_eq!(addresses.best().unwrap().ip, ip("192.168.1.7"));
        // By a name, or by an address that is not ours: somebody has come, and nothing is said of an address.
        addresses.visited(ip("10.0.0.50"), host("messenger.local:8000").as_ref());
        addresses.visited(ip("10.0.0.50"), host("10.9.9.9:8000").as_ref());
        assert_eq!(addresses.guests(), 1);
        assert_eq!(addresses.best().unwrap().ip, ip("192.168.1.7"));
        addresses.visited(ip("10.0.0.50"), host("10.0.0.7:8000").as_ref());
        addresses.visited(ip("10.0.0.51"), host("10.0.0.7:8000").as_ref());
        assert_eq!(addresses.guests(), 2);
        assert!(addresses.is_reached(ip("10.0.0.7")));
        assert_eq!(addresses.best().unwrap().ip, ip("10.0.0.7"));
    }

    #[test]
    fn an_address_that_changes_is_the_one_that_is_shown_and_that_is_ours() {
        thread_local! { static MOVED: Cell<bool> = const { Cell::new(false) } }
        let addresses = Addresses::new(Vec::new(), || {
            let text = if MOVED.get() { "192.168.4.20" } else { "192.168.1.7" };
            vec![Address {
                ip: text.parse().unwrap(),
                interface: "wlan0".to_owned(),
                kind: Kind::Wifi,
            }]
        });
        let site = Site {
            is_encrypted: false,
            address: ip("0.0.0.0"),
            port: 8000,
        };
        let named = |host: &str| addresses.authority_of(Host::parse(host).ok().as_ref(), &site);
        addresses.visited(ip("192.168.1.50"), Host::parse("192.168.1.7:8000").ok().as_ref());
        assert_eq!(named("192.168.1.7:8000"), "192.168.1.7:8000");
        MOVED.set(true);
        assert_eq!(
            addresses.best().unwrap().ip,
            ip("192.168.1.7"),
            "looked at a moment ago"
        );
        addresses.0.known.write().unwrap().0 = Instant::now().checked_sub(BELIEVED).unwrap();
        assert_eq!(
            addresses.best().unwrap().ip,
            ip("192.168.4.20"),
            "though another was reached before"
        );
        assert_eq!(named("192.168.4.20:8000"), "192.168.4.20:8000");
        assert_eq!(named("192.168.1.7:8000"), "192.168.4.20:8000", "no longer ours");
    }
}
