//! `/host/archive` and `/auth/export`: an archive as it is made, piece by piece.

use std::io::{self, BufWriter, Write};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rocket::{get, routes, Route, State};
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use super::pack::pack;
use super::Wanted;
use crate::accounts::guard::{AuthUser, Host};
use crate::clock;
use crate::config::Config;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::house::store::get_house;
use crate::ids::UserId;
use crate::media::disposition::content_disposition;
use crate::pool::Pool;
use crate::reply::{set_streamed, Pieces};
use crate::text::{Lang, Text};

/// Bytes of a piece.
const PIECE: usize = 64 << 10;
/// Pieces on their way.
const ON_THE_WAY: usize = 8;
/// How long somebody may take nothing before his download ends.
const PATIENCE: Duration = Duration::from_secs(60);
/// Minutes that a clock can be from UTC.
const OFFSET_MAX: i32 = 14 * 60;
/// Archives that are made at once, and that may wait.
pub const AT_ONCE: usize = 2;
/// Archives that may wait.
pub const WAITING: usize = 8;

/// The threads that make archives.
pub struct Archiving(pub Pool);

/// The host's part.
pub fn for_host() -> Vec<Route> {
    routes![archive]
}

/// Everybody's part.
pub fn for_members() -> Vec<Route> {
    routes![export]
}

/// Everything as one ZIP that any browser opens offline: pages, pictures, files, and `messenger.json`, which `messenger import
/// archive` brings back in. With `secrets=1` password hashes come along; without, people need new passwords then.
#[utoipa::path(context_path = "/host", tag = "Host",
    params(("secrets" = Option<bool>, Query, description = "1: with password hashes"),
        ("offset" = Option<i32>, Query, description = "minutes that clocks are ahead of UTC where it is read")),
    responses((status = 200, description = "The ZIP", content_type = "application/zip"), (status = 403),
        (status = 503, description = "Too many are being made")))]
#[get("/archive?<secrets>&<offset>")]
pub async fn archive(
    secrets: Option<&str>,
    offset: Option<&str>,
    host: Host,
    lang: Lang,
    db: &State<Db>,
    config: &State<Config>,
    archiving: &State<Archiving>,
) -> Result<Archive> {
    let wanted = Wanted {
        secrets: matches!(secrets, Some("1" | "true")),
        ..wanted(None, offset, lang, db, config).await?
    };
    let Host(host) = host;
    tracing::info!(user = host.id.0, secrets = wanted.secrets, "an archive is made");
    begin(wanted, db, archiving)
}

/// The caller's own chats as such a ZIP: what he may see, and nothing else.
#[utoipa::path(context_path = "/auth", tag = "Accounts",
    params(("offset" = Option<i32>, Query, description = "minutes that clocks are ahead of UTC where it is read")),
    responses((status = 200, description = "The ZIP", content_type = "application/zip"),
        (status = 503, description = "Too many are being made")))]
#[get("/export?<offset>")]
pub async fn export(
    offset: Option<&str>,
    user: AuthUser,
    lang: Lang,
    db: &State<Db>,
    config: &State<Config>,
    archiving: &State<Archiving>,
) -> Result<Archive> {
    begin(wanted(Some(user.id), offset, lang, db, config).await?, db, archiving)
}

async fn wanted(person: Option<UserId>, offset: Option<&str>, lang: Lang, db: &Db, config: &Config) -> Result<Wanted> {
    let offset = offset.filter(|offset| !offset.is_empty()).map_or(Ok(0), str::parse);
    let offset = offset.map_err(|_| Error::field("offset", Text::NotAnInteger))?;
    if offset > OFFSET_MAX {
        return Err(Error::field("offset", Text::TooBig(OFFSET_MAX.into())));
    }
    if offset < -OFFSET_MAX {
        return Err(Error::field("offset", Text::TooSmall((-OFFSET_MAX).into())));
    }
    let house = db.glance(get_house).await?;
    Ok(Wanted {
        person,
        secrets: false,
        lang,
        offset,
        name: if house.name.is_empty() {
            config.server_name.clone()
        } else {
            house.name
        },
        now: clock::now(),
    })
}

fn begin(wanted: Wanted, db: &Db, archiving: &Archiving) -> Result<Archive> {
    let reader = db.reader()?;
    let (sender, pieces) = mpsc::channel(ON_THE_WAY);
    let name = format!("{}-{}.zip", wanted.name, &clock::rfc3339(wanted.now)[..10]);
    let broken = sender.clone();
    let out = Out {
        sender,
        runtime: Handle::current(),
    };
    let pool = archiving.0.clone();
    tokio::spawn(async move {
        let made = pool.run(move || {
            let out = BufWriter::with_capacity(PIECE, out);
            pack(out, &reader, &wanted)?.flush().map_err(Error::internal)
        });
        // Whoever downloads is told by an end that is none: half a ZIP must not look whole.
        if let Err(error) = made.await.and_then(|made| made) {
            tracing::info!(?error, "an archive broke off");
            let _ = broken.send(Err(io::Error::other("the archive broke off"))).await;
        }
    });
    Ok(Archive { name, pieces })
}

/// Where an archive goes: to somebody who may be slow.
struct Out {
    sender: mpsc::Sender<io::Result<Bytes>>,
    runtime: Handle,
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = Ok(Bytes::copy_from_slice(bytes));
        let sent = self.runtime.block_on(self.sender.send_timeout(piece, PATIENCE));
        sent.map(|()| bytes.len()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An archive that is being made.
pub struct Archive {
    name: String,
    pieces: mpsc::Receiver<io::Result<Bytes>>,
}

impl<'r> Responder<'r, 'static> for Archive {
    fn respond_to(self, _request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = Response::build();
        response
            .raw_header("Content-Type", "application/zip")
            .raw_header("Content-Disposition", content_disposition(false, &self.name))
            .raw_header("Cache-Control", "private, no-store");
        let pieces = stream::unfold(self.pieces, |mut pieces| async move {
            pieces.recv().await.map(|piece| (piece, pieces))
        });
        set_streamed(&mut response, Pieces::new(Box::pin(pieces)));
        response.ok()
    }
}
