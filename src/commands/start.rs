//! A start by double click: the page opens by itself, a second start finds the first, and a taken port is no end.

use std::io::{stdout, ErrorKind, IsTerminal};
use std::net::{IpAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use messenger::config;
use messenger::db::{holder, Holder};
use messenger::site::Site;
use rocket::fairing::AdHoc;
use rocket::figment::Figment;
use rocket::{Build, Rocket};

/// How many ports after a taken one are tried.
const NEXT_PORTS: u16 = 20;
/// How long a server that has the database may take to say where it is, and how often it is looked for.
const LOOKS: u32 = 50;
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// The settings with a port that is free, and a sentence where it is another one. A port that somebody has asked for stays.
pub fn with_free_port(figment: Figment) -> (Figment, Option<String>) {
    if !config::has_default_port(&figment) {
        return (figment, None);
    }
    let (Ok(address), Ok(port)) = (
        figment.extract_inner::<IpAddr>("address"),
        figment.extract_inner::<u16>("port"),
    ) else {
        return (figment, None);
    };
    let is_taken = |port: u16| match TcpListener::bind((address, port)) {
        Err(error) => error.kind() == ErrorKind::AddrInUse,
        Ok(_) => false,
    };
    if !is_taken(port) {
        return (figment, None);
    }
    match (port + 1..=port + NEXT_PORTS).find(|next| !is_taken(*next)) {
        Some(next) => {
            let sentence = format!("Port {port} is taken by another program, so Messenger takes {next}.");
            (figment.merge(("port", next)), Some(sentence))
        }
        None => (figment, None),
    }
}

/// After a start that can't be: where the server is that has the database already, if that is why. A start that asks for
/// another port than that server's can't be had.
pub async fn running(database: &Path, asked: Option<u16>) -> Option<String> {
    for _ in 0..LOOKS {
        match holder(database) {
            Holder::Nobody => return None,
            Holder::At(url) => {
                let port = url.rsplit(':').next().and_then(|port| port.parse::<u16>().ok());
                return Some(url).filter(|_| asked.is_none() || asked == port);
            }
            Holder::Silent => tokio::time::sleep(LOOK_AGAIN).await,
        }
    }
    None
}

/// Opens the page in this computer's browser once the server listens: `setup` is the token that makes a host.
pub fn opening(rocket: Rocket<Build>, setup: Option<String>) -> Rocket<Build> {
    rocket.attach(AdHoc::on_liftoff("browser", |rocket| {
        let here = Site::of(rocket).here();
        Box::pin(async move {
            open(&match setup {
                Some(token) => format!("{here}/#/setup/{token}"),
                None => here,
            })
        })
    }))
}

/// Opens an address in the browser; where that fails the address stands in the window.
pub fn open(url: &str) {
    if let Err(error) = open::that_detached(url) {
        tracing::warn!(%error, "no browser could be opened");
    }
}

/// Whether somebody sits before this computer's screen: it has one, and the program was started from it. A program whose
/// output goes to another one, or over the network, opens nothing.
pub fn has_person() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let screen = cfg!(any(windows, target_os = "macos")) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
    // A desktop that starts a program without a terminal gives it one of these.
    let started = stdout().is_terminal() || is_set("XDG_ACTIVATION_TOKEN") || is_set("DESKTOP_STARTUP_ID");
    screen && started && !is_set("SSH_CONNECTION")
}
