//! `/host/doctor`: why nobody comes in, and what to do about it on this system.

use std::time::Duration;

use rocket::{get, routes, Route, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::lobby::join_url;
use crate::accounts::guard::Staff;
use crate::addresses::{Addresses, Kind};
use crate::config::Config;
use crate::reply::Json;
use crate::site::Site;
use crate::text::{Lang, System, Text};

/// How long nobody may have come before something is likely wrong.
const PATIENCE: Duration = Duration::from_secs(60);

/// The part of `/host` that looks at the network.
pub fn mounted() -> Vec<Route> {
    routes![get_doctor]
}

/// How this computer can be reached.
#[derive(Serialize, ToSchema)]
pub struct Doctor {
    /// Likeliest first.
    addresses: Vec<Reachable>,
    /// What others are told to open; null where there is nothing to tell.
    join: Option<String>,
    /// Other devices that have come since the start.
    guests: usize,
    seconds_since_start: u64,
    /// What mostly keeps people out, after a minute without anybody.
    advice: Vec<Advice>,
}

/// One of this computer's addresses.
#[derive(Serialize, ToSchema)]
pub struct Reachable {
    url: String,
    /// As the system calls it.
    interface: String,
    kind: Kind,
    /// Whether another device has come by it since the start.
    reached: bool,
}

/// A cause, and what to do.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Advice {
    /// "alone", "network", "firewall", "isolation" or "mobile".
    cause: &'static str,
    /// In the caller's language, for this computer's system.
    text: String,
}

/// How this computer can be reached, by what others have reached; and what to do where nobody comes. Staff may read it.
#[utoipa::path(context_path = "/host", tag = "Host", responses((status = 200, body = Doctor), (status = 403)))]
#[get("/doctor")]
pub fn get_doctor(
    _staff: Staff,
    lang: Lang,
    config: &State<Config>,
    site: Site,
    addresses: &State<Addresses>,
) -> Json<Doctor> {
    let listening = site.address;
    let reachable: Vec<Reachable> = addresses
        .list()
        .into_iter()
        .filter(|address| listening.is_unspecified() || address.ip == listening)
        .map(|address| Reachable {
            url: site.url(address.ip),
            interface: address.interface,
            kind: address.kind,
            reached: addresses.is_reached(address.ip),
        })
        .collect();
    let state = Situation {
        alone: listening.is_loopback(),
        addresses: reachable.len(),
        guests: addresses.guests(),
        age: addresses.age(),
    };
    Json::ok(Doctor {
        advice: advice(&state, System::HERE, lang),
        addresses: reachable,
        join: join_url(&config.base_url, &site, addresses),
        guests: state.guests,
        seconds_since_start: state.age.as_secs(),
    })
}

/// What the advice depends on.
struct Situation {
    /// Whether the server listens only to this computer.
    alone: bool,
    addresses: usize,
    guests: usize,
    age: Duration,
}

fn advice(state: &Situation, system: System, lang: Lang) -> Vec<Advice> {
    let causes = match state {
        Situation { guests: 1.., .. } => vec![],
        Situation { alone: true, .. } => vec![("alone", Text::ListensAlone)],
        Situation { addresses: 0, .. } => vec![("network", Text::NoNetwork(system))],
        Situation { age, .. } if *age < PATIENCE => vec![],
        _ => vec![
            ("firewall", Text::Firewall(system)),
            ("isolation", Text::Isolation(system)),
            ("mobile", Text::MobileData),
        ],
    };
    let say = |(cause, text): (&'static str, Text)| Advice {
        cause,
        text: text.say(lang).into_owned(),
    };
    causes.into_iter().map(say).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn causes(alone: bool, addresses: usize, guests: usize, seconds: u64) -> Vec<&'static str> {
        let state = Situation {
            alone,
            addresses,
            guests,
            age: Duration::from_secs(seconds),
        };
        advice(&state, System::Linux, Lang::En)
            .into_iter()
            .map(|advice| advice.cause)
            .collect()
    }

    #[test]
    fn advice_is_given_when_nobody_comes() {
        let usual = ["firewall", "isolation", "mobile"];
        assert_eq!(causes(false, 2, 0, 59), [""; 0]);
        assert_eq!(causes(false, 2, 0, 60), usual);
        assert_eq!(causes(false, 2, 1, 3600), [""; 0]);
        assert_eq!(causes(true, 2, 0, 0), ["alone"]);
        assert_eq!(causes(false, 0, 0, 0), ["network"]);
    }

    #[test]
    fn each_system_and_language_has_its_own_words() {
        let all = [System::Windows, System::MacOs, System::Linux]
            .map(|system| [Lang::En, Lang::Ro].map(|lang| Text::Firewall(system).say(lang).into_owned()));
        let different: std::collections::BTreeSet<_> = all.iter().flatten().collect();
        assert_eq!(different.len(), 6);
    }
}
