//! `/host/wipe`: after the lesson, what was written is gone, or all but the hosts.
//!
//! Promise: it is gone from the file, too: the bytes of pictures are deleted and the file is made anew without what was
//! deleted before this is answered. Everybody who is here, or comes back, is told `reset`.

use rocket::{post, routes, Route, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::store;
use crate::accounts;
use crate::accounts::guard::Signed;
use crate::accounts::Role;
use crate::chats::everyone::store::insert_everyone;
use crate::config::Config;
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::house::store::{find_everyone, get_house};
use crate::ids::UserId;
use crate::live::log;
use crate::media;
use crate::order::store::{insert_deed, Deed};
use crate::reply::Json;
use crate::text::{Lang, Text};

/// Characters of a name that is typed once more.
const TYPED_MAX: usize = 500;
/// Rows of bytes that are deleted in one transaction.
const SLICE: i64 = 64;

/// The host's part.
pub fn mounted() -> Vec<Route> {
    routes![wipe]
}

/// What is to be gone.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct Wiping {
    /// The server's name, typed once more.
    confirm: String,
    /// "messages": what was written, with photos and files; people and chats stay. "everything": all but the hosts.
    what: String,
}

/// How much is gone.
#[derive(Debug, Serialize, ToSchema)]
pub struct Wiped {
    pub messages: i64,
    pub files: i64,
    pub people: i64,
}

/// Wipes what was written, or everything but the hosts. It can't be undone; make an archive before.
#[utoipa::path(context_path = "/host", tag = "Host", request_body = Wiping,
    responses((status = 200, body = Wiped), (status = 400), (status = 403)))]
#[post("/wipe", data = "<body>")]
pub async fn wipe(body: Signed<'_>, lang: Lang, db: &State<Db>, config: &State<Config>) -> Result<Json<Wiped>> {
    let Signed { user, body } = body;
    let mut form = body.read().await?;
    user.at_least(Role::Host)?;
    let (confirm, what) = (form.required("confirm", TYPED_MAX), form.required("what", 20));
    let house = db.glance(get_house).await?;
    if !confirm.is_empty() && confirm != house.called(&config.server_name).trim() {
        form.errors.add("confirm", Text::NotTheName);
    }
    let everything = what == "everything";
    if !what.is_empty() && !everything && what != "messages" {
        form.errors.add("what", Text::InvalidValue(what));
    }
    form.finish()?;
    let db = db.inner().clone();
    let server_name = config.server_name.clone();
    // Carried out to its end, also if whoever asked goes away.
    let wiped = tokio::spawn(async move {
        let wiped = db
            .write(move |tx| run(tx, user.id, everything, &server_name, lang))
            .await?;
        while db.write_bulk(|tx| media::store::delete_trash(tx, SLICE)).await? {}
        db.shrink().await?;
        Ok::<_, Error>(wiped)
    });
    Ok(Json::ok(wiped.await.map_err(Error::internal)??))
}

fn run(tx: &mut Tx<'_>, by: UserId, everything: bool, server_name: &str, lang: Lang) -> Result<Wiped> {
    let (messages, files) = store::delete_all_messages(tx)?;
    let mut people = 0;
    let had_everyone = find_everyone(tx)?.is_some();
    if everything {
        for user in store::list_others(tx)? {
            accounts::store::delete_sessions(tx, user, None)?;
        }
        people = store::delete_all_but_hosts(tx)?;
    }
    // It went with the chats; who comes next is to find it.
    if had_everyone && everything {
        let house = get_house(tx)?;
        let welcome = Text::Welcome(house.called(server_name).to_owned())
            .say(lang)
            .into_owned();
        insert_everyone(tx, by, Text::Everyone.say(lang).into_owned(), welcome)?;
    }
    // What was done before may have gone with it; that it was is told.
    let note = if everything { "everything" } else { "messages" };
    insert_deed(
        tx,
        Deed {
            note,
            ..Deed::of(by, "wipe")
        },
    )?;
    log::forget_all(tx)?;
    Ok(Wiped {
        messages,
        files,
        people,
    })
}
