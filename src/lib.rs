//! Messenger: a chat server that is one executable and one SQLite file.
//!
//! The map, in reading order; a module uses only those above it:
//!
//! - [`config`], [`clock`], [`ids`], [`text`]: settings, time, ids, every sentence the API says.
//! - [`error`], [`reply`], [`pool`]: the one way to fail, to answer, and to do work that takes a core.
//! - [`db`]: the file. `read` a committed state; `write` in a transaction of the one writer.
//! - [`addresses`], [`edge`], [`form`], [`page`], [`limits`]: what holds for every request; bodies; lists; how often one may ask.
//! - [`house`]: what the host has set while the server runs.
//! - [`accounts`], [`chats`], [`media`], [`messages`], [`live`], [`mail`]: the features, each with its types and rules in
//!   `mod.rs`, its SQL in `store.rs`, its HTTP in `routes.rs`.
//! - [`order`]: who may write what, and what was done about whom.
//! - [`xray`]: how one's own request was carried out, where that is on.
//! - [`host`]: what the person who hosts has at hand.
//! - [`assets`]: what browsers get, the API's description (`openapi` makes it) among it.
//! - This file puts them together.

pub mod accounts;
pub mod addresses;
pub mod assets;
pub mod chats;
pub mod clock;
pub mod config;
pub mod db;
pub mod edge;
pub mod error;
pub mod form;
pub mod host;
pub mod house;
pub mod ids;
pub mod journal;
pub mod limits;
pub mod live;
pub mod mail;
pub mod mdns;
pub mod media;
pub mod messages;
#[cfg(test)]
mod openapi;
pub mod order;
pub mod page;
pub mod pool;
pub mod reply;
pub mod site;
pub mod text;
pub mod tls;
pub mod xray;
pub mod zipped;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rocket::fairing::AdHoc;
use rocket::figment::Figment;
use rocket::shield::Shield;
use rocket::{Build, Orbit, Rocket, Route};
use tokio::runtime::Handle;

use accounts::hashing::Hashing;
use accounts::sessions::Sessions;
use accounts::tokens::Keys;
use addresses::Addresses;
use chats::retention::store::empty_old;
use config::Config;
use db::{Db, Tx};
use host::backups;
use host::moving::django::opening;
use host::restart::Restart;
use host::setup::Setup;
use live::hub::Hub;
use live::routes::Epoch;
use live::socket::Live;
use mail::smtp::Smtp;
use mdns::Announced;
use media::upload::Decoding;
use media::Running;
use messages::pages::Pages;
use messages::search::indexing::{self, Backlog};
use pool::Pool;
use site::Site;
use tls::front::Front;
use tls::page::Trust;
use zipped::Zipping;

/// Log-ins that may wait for a core before more are refused.
const HASHES_WAITING: usize = 256;
/// Pictures that may wait to be decoded before more are refused.
const PICTURES_WAITING: usize = 64;
/// How long sockets may take to close at the stop; less than Rocket's own grace, which cuts them.
const FAREWELL: Duration = Duration::from_millis(1500);
/// Messages emptied in one transaction, at most.
const EMPTIED: usize = 50;
/// Between two rounds of forgetting what nobody needs.
const HOUSEKEEPING: Duration = Duration::from_secs(600);

/// Everything that is mounted, with where.
fn mounts() -> Vec<(&'static str, Vec<Route>)> {
    vec![
        ("/auth", accounts::routes::mounted()),
        ("/auth", accounts::guests::routes::mounted()),
        ("/auth", accounts::roster::routes::mounted()),
        ("/chat", chats::routes::mounted()),
        ("/chat", chats::boxes::routes::mounted()),
        ("/chat", messages::routes::mounted()),
        ("/chat", order::routes::mounted()),
        ("/chat", live::routes::mounted()),
        ("/media", media::routes::mounted()),
        ("/media", chats::boxes::routes::downloads()),
        ("/auth", host::moving::for_members()),
        ("/host", host::mounted()),
        ("/", live::routes::socket()),
        ("/xray", xray::routes::mounted()),
        ("/", tls::routes::mounted()),
        ("/", assets::mounted()),
    ]
}

/// Method and path of each route, for tests that must know them all.
pub fn routes() -> Vec<(String, String)> {
    let joined = |base: &str, route: &Route| {
        let path = route.uri.path();
        match (base, path) {
            ("/", path) => path.to_owned(),
            (base, "/") => base.to_owned(),
            (base, path) => format!("{base}{path}"),
        }
    };
    let all = mounts();
    let each = all
        .iter()
        .flat_map(|(base, routes)| routes.iter().map(move |route| (route, joined(base, route))));
    each.map(|(route, path)| (route.method.to_string(), path)).collect()
}

/// A server that is ready to listen; and what is to be stopped after it, in this order.
pub struct Server {
    pub rocket: Rocket<Build>,
    pub restart: Arc<Restart>,
    pub hub: Arc<Hub>,
    pub db: Db,
    /// The token of the link that makes a host; None where there is one.
    pub setup: Option<String>,
}

/// Opens the database and puts the server together; nothing listens yet.
///
/// # Errors
/// One sentence that says what is wrong and what to do.
pub async fn server(mut figment: Figment, config: Config) -> Result<Server, String> {
    let described = config::describe(&figment);
    let smtp = Smtp::new(&config)?;
    let sessions = Arc::new(Sessions::default());
    let hub = Arc::new(Hub::default());
    let pages = Arc::new(Pages::default());
    let backlog = Arc::new(Backlog::default());
    let (over, changed, tells) = (Arc::clone(&sessions), Arc::clone(&pages), Arc::clone(&hub));
    let waits = Arc::clone(&backlog);
    let db = Db::open(
        &config.database,
        Box::new(move |batch| {
            over.forget(&batch);
            match batch.wiped {
                true => changed.clear(),
                false => changed.forget(&batch.events),
            }
            waits.note(&batch.events);
            tells.publish(batch);
        }),
    )?;
    let (secret, epoch, hosted) = db.write(begin).await.map_err(|error| {
        db.stop();
        unwritable(&config, &error)
    })?;
    let addresses = Addresses::default();
    let front = match config.https {
        true => Some(
            front(&figment, &config, &db, addresses.clone())
                .await
                .inspect_err(|_| db.stop())?,
        ),
        false => None,
    };
    if front.is_some() {
        figment = figment.merge(("address", Ipv4Addr::LOCALHOST)).merge(("port", 0));
    }
    let setup = Setup::default();
    let link = (!hosted).then(|| setup.open(Instant::now()));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = |error| format!("The system gives no more threads: {error}.");
    let hashing = Hashing(Pool::start("hashing", cores, HASHES_WAITING).map_err(threads)?);
    let decoding = Decoding(Pool::start("decoding", 1, PICTURES_WAITING).map_err(threads)?);
    let zipping = Zipping::start().map_err(threads)?;
    let running = Arc::new(Running::default());
    let mailer = mail::Mailer::new(smtp);
    let limits = limits::Limits::new(&config);
    let restart = Arc::new(Restart::default());
    backups::Folder::beside(db.path()).clean();
    opening::clean(db.path());
    let keys = Keys::new(&secret, &config);
    let reader = db.reader().map_err(|error| unwritable(&config, &error))?;
    hub.start(reader, &sessions, &Handle::current()).map_err(threads)?;
    let live = Arc::new(Live {
        db: db.clone(),
        hub: Arc::clone(&hub),
        sessions: Arc::clone(&sessions),
        keys: keys.clone(),
        limits: limits.clone(),
        epoch: epoch.clone(),
        doors: Arc::default(),
    });

    let (gathering, heard) = (Arc::clone(&live), Arc::clone(&hub));
    let (work, mail, settings, uploads) = (db.clone(), mailer.clone(), config.clone(), Arc::clone(&running));
    let ends = order::ends::Ends::default();
    let ending = ends.clone();
    let (listening, nights) = (Arc::clone(&restart), config.clone());
    let (events_kept, is_xray_on) = (config.events_kept.into(), config.xray);
    let (shown, announced) = (link.clone(), db.clone());
    let (opened, closed) = (front.clone(), front.clone());
    let (named, found) = (config.mdns, addresses.clone());
    let name = Arc::new(Mutex::new(None));
    let farewell = Arc::clone(&name);
    let mut rocket = rocket::custom(figment)
        .attach(edge::Edge::new(&config))
        .attach(Shield::new())
        .attach(AdHoc::on_liftoff("background", move |rocket| {
            Box::pin(async move {
                tokio::spawn(mail.run(work.clone(), settings));
                tokio::spawn(media::sweep::run(work.clone(), uploads));
                tokio::spawn(indexing::run(work.clone(), backlog));
                tokio::spawn(live::gather::run(gathering));
                tokio::spawn(ends.run(work.clone()));
                tokio::spawn(backups::nightly::run(work.clone(), nights));
                tokio::spawn(housekeeping(work, events_kept));
                let site = Site::of(rocket);
                listening.listens(site.port);
                announced.announce(&site.here());
                if named && !site.address.is_loopback() {
                    *name.lock().unwrap_or_else(PoisonError::into_inner) = Announced::begin(&site, found);
                }
                if let Some(front) = opened {
                    front.open(rocket.config().port);
                }
                greet(rocket, &site, shown);
            })
        }))
        .attach(AdHoc::on_shutdown("doors", move |_| {
            Box::pin(async move {
                if let Some(front) = closed {
                    front.close().await;
                }
                let name = farewell.lock().unwrap_or_else(PoisonError::into_inner).take();
                if let Some(name) = name {
                    name.end().await;
                }
            })
        }))
        .attach(AdHoc::on_shutdown("sockets", move |_| {
            Box::pin(async move { heard.close(FAREWELL).await })
        }))
        .manage(keys)
        .manage(ending)
        .manage(live)
        .manage(db.clone())
        .manage(sessions)
        .manage(Arc::clone(&hub))
        .manage(pages)
        .manage(Epoch(epoch))
        .manage(hashing)
        .manage(decoding)
        .manage(zipping)
        .manage(running)
        .manage(limits)
        .manage(mailer)
        .manage(setup)
        .manage(backups::routes::Tickets::default())
        .manage(Arc::clone(&restart))
        .manage(addresses)
        .manage(front.as_ref().map(Front::trust))
        .manage(xray::Records::default())
        .manage(described)
        .manage(config)
        .register("/", edge::catchers());
    if let Some(front) = front {
        rocket = rocket.manage(front.before());
    }
    if is_xray_on {
        rocket = rocket.attach(xray::watching::Watching);
    }
    for (base, routes) in mounts() {
        rocket = rocket.mount(base, routes);
    }
    Ok(Server {
        rocket,
        restart,
        hub,
        db,
        setup: link,
    })
}

/// Takes the port that people know, with the file's own authority.
async fn front(figment: &Figment, config: &Config, db: &Db, addresses: Addresses) -> Result<Front, String> {
    let wrong = |error: rocket::figment::Error| format!("A setting can't be: {error}.");
    let address: IpAddr = figment.extract_inner("address").map_err(wrong)?;
    let port: u16 = figment.extract_inner("port").map_err(wrong)?;
    let host = addresses.host().to_owned();
    let authority = db
        .write(move |tx| tls::store::ensure_authority(tx, &host, clock::now()))
        .await;
    let authority = authority.map_err(|error| unwritable(config, &error))?;
    let front = Front::bind(address, port, authority, addresses).await;
    front.map_err(|error| bind_refusal(&error))
}

/// Why a port can't be had, and what to do.
pub fn bind_refusal(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            "The port is taken by another program. Choose another with --port, for example --port 8001.".to_owned()
        }
        _ => format!("Messenger can't listen there ({error}). Choose another --address or --port."),
    }
}

/// Why the first transaction on a file failed, and what to do.
pub fn unwritable(config: &Config, error: &error::Error) -> String {
    let file = config.database.display();
    match error {
        error::Error::Unavailable => {
            format!("{file} is locked by another program. Close that program and start again.")
        }
        error::Error::StorageFull => format!("The disk of {file} is full. Make room and start again."),
        error::Error::Internal(source) => {
            format!("{file} can't be written ({source}). Restore a backup, or name another file with --database.")
        }
        _ => format!("{file} can't be written."),
    }
}

/// The first transaction of a start: the secrets, made with the file, and whether there is a host; and what was being uploaded when the server ended,
/// which nobody will finish.
fn begin(tx: &mut Tx<'_>) -> error::Result<(Vec<u8>, String, bool)> {
    media::store::delete_all_pending(tx)?;
    Ok((
        accounts::store::jwt_key(tx)?,
        live::log::epoch(tx)?,
        accounts::store::has_host(tx)?,
    ))
}

/// Deletes what has expired, now and then, for as long as the database lives.
async fn housekeeping(db: Db, events_kept: i64) {
    loop {
        if let Err(error) = forget(&db, events_kept).await {
            if db.is_stopped() {
                return;
            }
            tracing::warn!(?error, "what has expired was not deleted");
        }
        tokio::time::sleep(HOUSEKEEPING).await;
    }
}

async fn forget(db: &Db, events_kept: i64) -> error::Result<()> {
    db.write_bulk(move |tx| {
        accounts::store::delete_expired(tx, clock::now())?;
        live::log::prune(tx, events_kept)
    })
    .await?;
    order::removal::finish(db).await?;
    while db.write_bulk(|tx| empty_old(tx, clock::now(), EMPTIED)).await? {}
    Ok(())
}

/// Says where the server is, as another device would type it, and how it gets its host.
fn greet(rocket: &Rocket<Orbit>, site: &Site, link: Option<String>) {
    let here = site.here();
    println!("Messenger is running on {here}");
    let others = rocket
        .state::<Addresses>()
        .filter(|_| site.address.is_unspecified())
        .map(Addresses::list)
        .unwrap_or_default();
    for address in &others {
        println!("On another device: {}", site.url(address.ip));
    }
    if let Some(trust) = rocket.state::<Option<Trust>>().and_then(Option::as_ref) {
        let join = others
            .first()
            .map_or_else(|| here.clone(), |address| site.url(address.ip));
        println!("Devices learn to trust it on {}", host::lobby::trust_url(&join));
        println!("Its certificate's SHA-256 is {}", trust.fingerprint);
    }
    if let Some(token) = link {
        println!("It has no host yet. Become its host within 30 minutes: {here}/#/setup/{token}");
    }
}
