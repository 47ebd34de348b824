//! `messenger.local`: a name that the room's network finds by itself, where it lets devices ask each other.
//!
//! A bonus and never the way: older Androids don't look such names up, and many networks keep devices apart. So no QR code
//! has it, and where it can't be had the log says so and nothing else changes.

use std::time::Duration;

use mdns_sd::{DaemonEvent, IfKind, ServiceDaemon, ServiceInfo};
use tokio::time::timeout;

use crate::addresses::Addresses;
use crate::site::Site;

/// What is asked for; where another device has it, the network makes `messenger-2.local` of it, and so on.
const NAME: &str = "messenger.local.";
/// How long the farewell may take.
const FAREWELL: Duration = Duration::from_millis(500);

/// The name, for as long as it is announced.
pub struct Announced {
    daemon: ServiceDaemon,
}

impl Announced {
    /// Begins to announce where a server is that other devices can reach; `addresses` then know the name. None, and a line
    /// in the log, where the system has no multicast.
    pub fn begin(site: &Site, addresses: Addresses) -> Option<Announced> {
        match announce(site) {
            Ok((daemon, events)) => {
                tokio::spawn(follow(events, addresses));
                Some(Announced { daemon })
            }
            Err(error) => {
                tracing::warn!(%error, "messenger.local is not announced");
                None
            }
        }
    }

    /// Tells the network that the name is gone.
    pub async fn end(self) {
        if let Ok(ended) = self.daemon.shutdown() {
            let _ = timeout(FAREWELL, ended.recv_async()).await;
        }
    }
}

type Events = mdns_sd::Receiver<DaemonEvent>;

fn announce(site: &Site) -> mdns_sd::Result<(ServiceDaemon, Events)> {
    let daemon = ServiceDaemon::new()?;
    let kind = format!("_{}._tcp.local.", site.scheme());
    let addresses = (!site.address.is_unspecified()).then(|| site.address.to_string());
    let service = ServiceInfo::new(
        &kind,
        "Messenger",
        NAME,
        addresses.as_deref().unwrap_or_default(),
        site.port,
        None,
    )?;
    let service = match addresses {
        Some(_) => service,
        None => service.enable_addr_auto(),
    };
    if site.address.is_ipv4() {
        // Nobody listens at the others.
        daemon.disable_interface(IfKind::IPv6)?;
    }
    let events = daemon.monitor()?;
    daemon.register(service)?;
    Ok((daemon, events))
}

/// Keeps the name that the network knows, until the daemon ends.
async fn follow(events: Events, addresses: Addresses) {
    let mut name = NAME.to_owned();
    while let Ok(event) = events.recv_async().await {
        if let DaemonEvent::Error(error) = &event {
            tracing::debug!(%error, "a network does not take announcements");
        }
        if let Some(known) = heard(&mut name, event) {
            addresses.announce(Some(known));
        }
    }
    addresses.announce(None);
}

/// The name as URLs have it, where this event says that the network knows it now.
fn heard(name: &mut String, event: DaemonEvent) -> Option<String> {
    match event {
        DaemonEvent::NameChange(change) if change.original == NAME => {
            *name = change.new_name;
            None
        }
        DaemonEvent::Announce(..) => Some(name.trim_end_matches('.').to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mdns_sd::{DnsNameChange, RRType};

    #[test]
    fn the_name_is_known_once_it_is_announced_and_follows_the_network() {
        let change = |original: &str, new: &str| {
            DaemonEvent::NameChange(DnsNameChange {
                original: original.to_owned(),
                new_name: new.to_owned(),
                rr_type: RRType::A,
                intf_name: "wlan0".to_owned(),
            })
        };
        let announced = || DaemonEvent::Announce("Messenger._http._tcp.local.".to_owned(), "wlan0".to_owned());
        let mut name = NAME.to_owned();
        assert_eq!(heard(&mut name, DaemonEvent::Respond("wlan0".to_owned())), None);
        assert_eq!(heard(&mut name, announced()).as_deref(), Some("messenger.local"));
        let service = change("Messenger._http._tcp.local.", "Messenger (2)._http._tcp.local.");
        assert_eq!(heard(&mut name, service), None);
        assert_eq!(heard(&mut name, announced()).as_deref(), Some("messenger.local"));
        assert_eq!(heard(&mut name, change("messenger.local.", "messenger-2.local.")), None);
        assert_eq!(heard(&mut name, announced()).as_deref(), Some("messenger-2.local"));
        // Taken, too: the network says what was asked for at first.
        assert_eq!(heard(&mut name, change("messenger.local.", "messenger-3.local.")), None);
        assert_eq!(heard(&mut name, announced()).as_deref(), Some("messenger-3.local"));
    }
}
