//! `/host/lobby`: what the projector shows while people come in.

use std::net::IpAddr;

use rocket::http::uri::Absolute;
use rocket::http::Status;
use rocket::{get, put, routes, Route, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::guard::{Signed, Staff};
use crate::accounts::store::{count_people, list_newest};
use crate::accounts::Role;
use crate::addresses::Addresses;
use crate::config::Config;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::house::store::{get_house, get_wifi, update_wifi};
use crate::house::{Door, Wifi};
use crate::ids::UserId;
use crate::reply::{Json, NO_CONTENT};
use crate::site::Site;
use crate::text::Text;
use crate::tls::page::{Trust, PAGE};

/// Names that the lobby shows.
const NAMES_SHOWN: i64 = 60;
/// Characters of a network's name and of its password, as the standards have them.
const WIFI_NAME_MAX: usize = 32;
const WIFI_PASSWORD_MAX: usize = 63;
const WIFI_PASSWORD_MIN: usize = 8;

/// The part of `/host` that people come in by.
pub fn mounted() -> Vec<Route> {
    routes![get_lobby, put_wifi]
}

/// What the projector shows.
#[derive(Serialize, ToSchema)]
pub struct Lobby {
    /// As the host calls the server.
    name: String,
    /// What another device opens; null where this computer is in no network, or listens only to itself.
    join: Option<String>,
    /// Another way there, by the name that the network knows now; null where it knows none.
    also: Option<String>,
    /// What devices are made to trust first; null where the server has no authority of its own.
    trust: Option<ToTrust>,
    wifi: Network,
    registration: Door,
    class_code: String,
    /// Whether a name is enough to come in; then the QR code leads to that door.
    guests: bool,
    /// Whether nobody new comes in right now, whatever registration and guests say.
    locked: bool,
    /// People who are here beside the host.
    joined: i64,
    /// The newest of them first, at most 60.
    people: Vec<Arrival>,
}

/// How devices are made to trust the server.
#[derive(Serialize, ToSchema)]
pub struct ToTrust {
    /// The page that says how, without TLS.
    url: String,
    /// The SHA-256 of the authority's certificate, as devices show it.
    fingerprint: String,
}

/// The network that leads here.
#[derive(Serialize, ToSchema)]
pub struct Network {
    /// Empty: none is shown.
    name: String,
    password: String,
    /// What its QR code says.
    code: Option<String>,
}

/// Somebody who came in.
#[derive(Serialize, ToSchema)]
pub struct Arrival {
    pub id: UserId,
    pub name: String,
}

impl From<Wifi> for Network {
    fn from(wifi: Wifi) -> Network {
        Network {
            code: wifi.code(),
            name: wifi.name,
            password: wifi.password,
        }
    }
}

/// What another device should open: the configured address, else one that another device has come by, else the likeliest.
/// Never this computer's own name for itself, which leads a phone to the phone, nor the name that the network may know, which
/// some phones don't look up.
pub fn join_url(base_url: &str, site: &Site, addresses: &Addresses) -> Option<String> {
    if !base_url.is_empty() && !is_only_here(base_url) {
        return Some(base_url.to_owned());
    }
    let address = match site.address {
        every if every.is_unspecified() => addresses.best()?.ip,
        one if one.is_loopback() => return None,
        one => one,
    };
    Some(site.url(address))
}

/// Whether an address leads every device to itself.
fn is_only_here(url: &str) -> bool {
    let Ok(uri) = Absolute::parse(url) else { return false };
    let host = uri
        .authority()
        .map(|authority| authority.host().trim_matches(['[', ']']));
    host.is_some_and(|host| {
        host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
    })
}

/// The page for devices that trust nothing yet, as they reach it: at the address that they are to open, without TLS.
pub fn trust_url(join: &str) -> String {
    format!("{}{PAGE}", join.replacen("https://", "http://", 1))
}

/// What the projector shows while people come in. Staff may read it.
#[utoipa::path(context_path = "/host", tag = "Host", responses((status = 200, body = Lobby), (status = 403)))]
#[get("/lobby")]
pub async fn get_lobby(
    _staff: Staff,
    db: &State<Db>,
    config: &State<Config>,
    site: Site,
    addresses: &State<Addresses>,
    trust: &State<Option<Trust>>,
) -> Result<Json<Lobby>> {
    let join = join_url(&config.base_url, &site, addresses);
    let also = addresses
        .announced()
        .map(|name| format!("{}://{name}:{}", site.scheme(), site.port));
    let trust = trust.as_ref().map(|trust| ToTrust {
        url: trust_url(join.as_deref().unwrap_or(&site.here())),
        fingerprint: trust.fingerprint.clone(),
    });
    let named = config.server_name.clone();
    let lobby = db.read(move |connection| {
        let house = get_house(connection)?;
        let people = list_newest(connection, NAMES_SHOWN)?;
        Ok(Lobby {
            name: house.called(&named).to_owned(),
            join,
            also,
            trust,
            wifi: get_wifi(connection)?.into(),
            registration: house.registration,
            class_code: house.class_code,
            guests: house.guests,
            locked: house.locked,
            joined: count_people(connection)?,
            people: people.into_iter().map(|(id, name)| Arrival { id, name }).collect(),
        })
    });
    Ok(Json::ok(lobby.await?))
}

/// The network whose name and password the lobby shows.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct NewNetwork {
    /// At most 32 bytes; empty: none is shown.
    name: String,
    /// 8 to 63 characters; empty: the network has none.
    password: String,
}

/// Sets the network that the lobby shows. The host's.
#[utoipa::path(context_path = "/host", tag = "Host", request_body = NewNetwork,
    responses((status = 204), (status = 400), (status = 403)))]
#[put("/wifi", data = "<body>")]
pub async fn put_wifi(body: Signed<'_>, db: &State<Db>) -> Result<Status> {
    let Signed { user, body } = body;
    let mut form = body.read().await?;
    user.at_least(Role::Host)?;
    let name = form.maybe("name", WIFI_NAME_MAX).unwrap_or_default();
    let password = form.maybe("password", WIFI_PASSWORD_MAX).unwrap_or_default();
    if name.len() > WIFI_NAME_MAX && !form.errors.has("name") {
        form.errors.add("name", Text::TooLong(WIFI_NAME_MAX));
    }
    if !password.is_empty() && password.chars().count() < WIFI_PASSWORD_MIN {
        form.errors.add("password", Text::TooShort(WIFI_PASSWORD_MIN));
    }
    for (field, text) in [("name", &name), ("password", &password)] {
        if text.chars().any(char::is_control) {
            form.errors.add(field, Text::NameInvalid);
        }
    }
    form.finish()?;
    db.write(move |tx| update_wifi(tx, &Wifi { name, password })).await?;
    Ok::<Status, Error>(NO_CONTENT)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::addresses::{Address, Kind};

    fn here(ip: &str) -> Address {
        Address {
            ip: ip.parse().unwrap(),
            interface: "wlan0".to_owned(),
            kind: Kind::Wifi,
        }
    }

    fn url(base_url: &str, listens: &str, addresses: &Addresses) -> Option<String> {
        let site = Site {
            is_encrypted: false,
            address: listens.parse().unwrap(),
            port: 8000,
        };
        join_url(base_url, &site, addresses)
    }

    #[test]
    fn what_phones_are_to_open_is_an_address_of_this_computer_and_never_its_name_for_itself() {
        let addresses = Addresses::new(Vec::new(), || vec![here("192.168.1.7"), here("10.0.0.7")]);
        addresses.announce(Some("messenger.local".to_owned()));
        let first = Some("http://192.168.1.7:8000".to_owned());
        assert_eq!(url("", "0.0.0.0", &addresses), first);
        assert_eq!(url("", "::", &addresses), first);
        assert_eq!(url("", "10.0.0.7", &addresses).as_deref(), Some("http://10.0.0.7:8000"));
        assert_eq!(
            url("https://chat.example.org", "0.0.0.0", &addresses).as_deref(),
            Some("https://chat.example.org")
        );
        for own in [
            "http://localhost:8000",
            "http://127.0.0.1",
            "https://[::1]:8000",
            "http://LOCALHOST",
        ] {
            assert_eq!(url(own, "0.0.0.0", &addresses), first, "{own}");
            assert_eq!(url(own, "127.0.0.1", &addresses), None, "{own}");
        }
        assert_eq!(url("", "127.0.0.1", &addresses), None);
        let alone = Addresses::new(Vec::new(), Vec::new);
        alone.announce(Some("messenger.local".to_owned()));
        assert_eq!(url("", "0.0.0.0", &alone), None);
    }
}
