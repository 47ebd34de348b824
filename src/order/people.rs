//! `/host/people/<user>/silence` and `/ban`: what is done about one person.

use rocket::http::Status;
use rocket::{delete, put, routes, Route, State};
use utoipa::ToSchema;

use super::ends::Ends;
use super::store::{find_role, insert_deed, update_active, update_removal, update_silenced, Deed};
use super::{held, removal, SILENCE_MINUTES_MAX, UNTIL_UNDONE};
use crate::accounts::guard::{AuthUser, Signed, Staff};
use crate::accounts::store::delete_sessions;
use crate::accounts::Role;
use crate::chats::boxes;
use crate::clock;
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::ids::UserId;
use crate::reply::NO_CONTENT;
use crate::text::Text;

/// The part of `/host` that is about one person's order.
pub fn mounted() -> Vec<Route> {
    routes![silence, unsilence, ban, unban]
}

/// Nobody is silenced or banned by his like: staff only by the host, the host by nobody.
fn is_over(tx: &Tx<'_>, actor: &AuthUser, subject: UserId) -> Result<()> {
    let role = find_role(tx, subject)?.ok_or_else(Error::not_found)?;
    match role < actor.role() && role < Role::Host {
        true => Ok(()),
        false => Err(Error::Forbidden(Text::NotOverStaff)),
    }
}

/// For how long.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct Time {
    /// 1 to 43,200; without it until it is undone.
    minutes: Option<i64>,
}

/// Silences somebody: he reads and writes nothing. He is told.
#[utoipa::path(context_path = "/host", tag = "Host", request_body = Time,
    responses((status = 204), (status = 400), (status = 403), (status = 404)))]
#[put("/people/<who>/silence", data = "<body>")]
pub async fn silence(who: UserId, body: Signed<'_>, db: &State<Db>, ends: &State<Ends>) -> Result<Status> {
    let Signed { user, body } = body;
    let mut form = body.read().await?;
    user.at_least(Role::Staff)?;
    let minutes = match form.is_null("minutes") {
        true => None,
        false => form.number("minutes", 1, SILENCE_MINUTES_MAX),
    };
    form.finish()?;
    db.write(move |tx| {
        is_over(tx, &user, who)?;
        let until = minutes.map_or(UNTIL_UNDONE, |minutes| clock::now() + minutes * 60_000_000);
        update_silenced(tx, who, Some(until))?;
        let note = minutes.map(|minutes| format!("{minutes} min")).unwrap_or_default();
        insert_deed(
            tx,
            Deed {
                note: &note,
                ..Deed::to(user.id, "silence", who)
            },
        )?;
        Ok(())
    })
    .await?;
    ends.look();
    Ok(NO_CONTENT)
}

/// Lets somebody write again.
#[utoipa::path(context_path = "/host", tag = "Host", responses((status = 204), (status = 403), (status = 404)))]
#[delete("/people/<who>/silence")]
pub async fn unsilence(who: UserId, staff: Staff, db: &State<Db>) -> Result<Status> {
    let Staff(user) = staff;
    db.write(move |tx| {
        is_over(tx, &user, who)?;
        update_silenced(tx, who, None)?;
        insert_deed(tx, Deed::to(user.id, "unsilence", who))?;
        Ok(NO_CONTENT)
    })
    .await
}

/// With what he wrote or without.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct Ban {
    /// Whether all that he wrote is taken away, too, with what waits to be let through and what he handed in.
    remove: Option<bool>,
}

/// Keeps somebody out: all his sessions end, and he can't sign in. What he wrote stays, or goes with `remove`, however often the
/// server ends meanwhile. What waits of his is let through by nobody as long as he is banned.
#[utoipa::path(context_path = "/host", tag = "Host", request_body = Ban,
    responses((status = 204), (status = 400), (status = 403), (status = 404)))]
#[put("/people/<who>/ban", data = "<body>")]
pub async fn ban(who: UserId, body: Signed<'_>, db: &State<Db>) -> Result<Status> {
    let Signed { user, body } = body;
    let mut form = body.read().await?;
    user.at_least(Role::Staff)?;
    let remove = form.flag("remove").unwrap_or(false);
    form.finish()?;
    db.write(move |tx| {
        is_over(tx, &user, who)?;
        update_active(tx, who, false)?;
        delete_sessions(tx, who, None)?;
        if remove {
            update_removal(tx, who, Some(user.id))?;
            held::store::delete_held_of(tx, who)?;
            boxes::store::delete_files_of(tx, who)?;
        } else {
            held::store::tell_leaders_of(tx, who)?;
        }
        insert_deed(
            tx,
            Deed {
                note: if remove { "with all that he wrote" } else { "" },
                ..Deed::to(user.id, "ban", who)
            },
        )
    })
    .await?;
    // He is out already, so there is no more to come.
    if remove {
        removal::finish(db).await?;
    }
    Ok(NO_CONTENT)
}

/// Lets somebody in again. What was taken away stays away, and nothing more of his is.
#[utoipa::path(context_path = "/host", tag = "Host", responses((status = 204), (status = 403), (status = 404)))]
#[delete("/people/<who>/ban")]
pub async fn unban(who: UserId, staff: Staff, db: &State<Db>) -> Result<Status> {
    let Staff(user) = staff;
    db.write(move |tx| {
        is_over(tx, &user, who)?;
        if !update_active(tx, who, true)? {
            return Err(Error::not_found());
        }
        update_removal(tx, who, None)?;
        held::store::tell_leaders_of(tx, who)?;
        insert_deed(tx, Deed::to(user.id, "unban", who))?;
        Ok(NO_CONTENT)
    })
    .await
}
