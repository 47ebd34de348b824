//! `/host/storage`.

use rocket::{get, routes, Route, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::store::{list_biggest, list_chats, list_people};
use super::{Amount, ChatStorage, FileStorage, PersonStorage};
use crate::accounts::guard::Host;
use crate::config::Config;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::host::backups::Folder;
use crate::media::upload::disk_room;
use crate::reply::Json;

/// The part of `/host` that is about room.
pub fn mounted() -> Vec<Route> {
    routes![get_storage]
}

/// What takes the room.
#[derive(Serialize, ToSchema)]
pub struct Storage {
    /// Of the database, with its log.
    bytes: u64,
    /// Of the disk, for everybody; null where the system does not tell.
    free: Option<u64>,
    /// Those that lie beside the database.
    backups: Amount,
    /// Whether one is made every night, and how many of those are kept.
    backup_nightly: bool,
    backups_kept: u32,
    /// The chats that take most, at most 100.
    chats: Vec<ChatStorage>,
    /// The people whose uploads take most, at most 100.
    people: Vec<PersonStorage>,
    /// The 20 largest.
    biggest: Vec<FileStorage>,
}

/// What takes the room: by chat, by person, and the largest files.
#[utoipa::path(context_path = "/host", tag = "Host", responses((status = 200, body = Storage), (status = 403)))]
#[get("/storage")]
pub async fn get_storage(_host: Host, db: &State<Db>, config: &State<Config>) -> Result<Json<Storage>> {
    let (chats, people, biggest) = db
        .search(|connection| {
            Ok((
                list_chats(connection)?,
                list_people(connection)?,
                list_biggest(connection)?,
            ))
        })
        .await?;
    let backups = Folder::beside(db.path()).list().map_err(Error::internal)?;
    let sum: u64 = backups.iter().map(|backup| backup.bytes).sum();
    Ok(Json::ok(Storage {
        bytes: db.bytes(),
        free: disk_room(db).map(|(free, _)| free),
        backups: Amount {
            count: backups.len() as i64,
            bytes: i64::try_from(sum).unwrap_or(i64::MAX),
        },
        backup_nightly: config.backup_nightly,
        backups_kept: config.backups_kept,
        chats,
        people,
        biggest,
    }))
}
