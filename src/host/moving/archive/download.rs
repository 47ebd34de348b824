//! `/host/archive` and `/auth/export`: an archive as it is made, piece by piece.

use rocket::{get, routes, Route, State};

use super::pack::pack;
use super::Wanted;
use crate::accounts::guard::{AuthUser, Host};
use crate::accounts::Role;
use crate::clock;
use crate::config::Config;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::house::store::get_house;
use crate::ids::UserId;
use crate::text::{Lang, Text};
use crate::zipped::{Download, Zipping};

/// Minutes that a clock can be from UTC.
const OFFSET_MAX: i32 = 14 * 60;
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
    zipping: &State<Zipping>,
) -> Result<Download> {
    let wanted = Wanted {
        secrets: matches!(secrets, Some("1" | "true")),
        ..wanted(None, offset, lang, db, config).await?
    };
    let Host(host) = host;
    tracing::info!(user = host.id.0, secrets = wanted.secrets, "an archive is made");
    begin(wanted, host.role(), db, zipping)
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
    zipping: &State<Zipping>,
) -> Result<Download> {
    let wanted = wanted(Some(user.id), offset, lang, db, config).await?;
    begin(wanted, user.role(), db, zipping)
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
        name: house.called(&config.server_name).to_owned(),
        now: clock::now(),
    })
}

fn begin(wanted: Wanted, role: Role, db: &Db, zipping: &Zipping) -> Result<Download> {
    let reader = db.reader()?;
    let name = format!("{}-{}.zip", wanted.name, &clock::rfc3339(wanted.now)[..10]);
    Ok(zipping.begin(role, name, move |zip| pack(zip, &reader, &wanted)))
}
