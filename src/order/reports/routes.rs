//! `/chat/messages/<message>/report` and `/host/reports`.

use rocket::http::Status;
use rocket::{get, post, routes, Route, State};
use utoipa::ToSchema;

use super::store::{close_reports, count_reports, find_report, insert_report, list_reports};
use super::{Report, REASON_MAX};
use crate::accounts::guard::{Signed, Staff};
use crate::accounts::Role;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::ids::MessageId;
use crate::limits::Limits;
use crate::messages::store as messages;
use crate::order::store::{insert_deed, Deed};
use crate::page::{Page, Paging};
use crate::reply::{Json, NO_CONTENT};
use crate::text::Text;

/// The part of `/chat` that is about reports.
pub fn mounted() -> Vec<Route> {
    routes![report]
}

/// The part of `/host` that is about reports.
pub fn for_staff() -> Vec<Route> {
    routes![list, close]
}

/// Why a message is reported.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct Complaint {
    /// At most 500 characters.
    reason: Option<String>,
}

/// Points staff to a message of a chat that the caller is in; they read it as it was then. Once a person.
#[utoipa::path(context_path = "/chat", tag = "Messages", request_body = Complaint,
    responses((status = 204), (status = 400), (status = 404)))]
#[post("/messages/<message>/report", data = "<body>")]
pub async fn report(message: MessageId, body: Signed<'_>, db: &State<Db>, limits: &State<Limits>) -> Result<Status> {
    let Signed { user, body } = body;
    let mut form = body.read().await?;
    let reason = form.maybe("reason", REASON_MAX).unwrap_or_default();
    limits.message(user.id)?;
    db.write(move |tx| {
        let (row, _) = messages::visible(tx, message, user.id)?;
        if row.deleted {
            return Err(Error::not_found());
        }
        form.finish()?;
        insert_report(tx, &row, user.id, &reason)?;
        Ok(NO_CONTENT)
    })
    .await
}

/// What was reported, the newest first.
#[utoipa::path(context_path = "/host", tag = "Host",
    params(("open" = Option<bool>, Query, description = "only what nobody has closed"), ("page" = Option<String>, Query), ("page_size" = Option<i64>, Query)),
    responses((status = 200, body = Page<Report>), (status = 403)))]
#[get("/reports?<open>")]
pub async fn list(open: Option<bool>, _staff: Staff, paging: Paging, db: &State<Db>) -> Result<Json<Page<Report>>> {
    let open = open.unwrap_or(false);
    let page = db.read(move |connection| {
        let count = count_reports(connection, open)?;
        let slice = paging.slice(count)?;
        let reports = list_reports(connection, open, slice.limit, slice.offset)?;
        Ok(paging.page(count, slice, reports))
    });
    Ok(Json::ok(page.await?))
}

/// What becomes of what was reported.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct Verdict {
    /// Whether the message is taken away; else it stays. Both close all reports of it.
    remove: bool,
}

/// Closes the reports of a message, with or without taking it away.
#[utoipa::path(context_path = "/host", tag = "Host", request_body = Verdict,
    responses((status = 200, body = Report), (status = 400), (status = 403), (status = 404)))]
#[post("/reports/<report>", data = "<body>")]
pub async fn close(report: i64, body: Signed<'_>, db: &State<Db>) -> Result<Json<Report>> {
    let Signed { user, body } = body;
    let mut form = body.read().await?;
    user.at_least(Role::Staff)?;
    let remove = form.flag("remove");
    if !form.has("remove") {
        form.errors.add("remove", Text::Required);
    }
    form.finish()?;
    let closed = db.write(move |tx| {
        let found = find_report(tx, report)?.ok_or_else(Error::not_found)?;
        let row = messages::find_row(tx, found.message_id)?.ok_or_else(Error::not_found)?;
        let remove = remove == Some(true);
        if remove && !row.deleted {
            let by = Some(user.id).filter(|by| *by != row.from_user);
            messages::delete(tx, &row, by)?;
        }
        close_reports(tx, row.id, user.id, remove)?;
        let deed = Deed {
            subject: Some(row.from_user),
            chat: Some(row.chat),
            message: Some(row.id),
            note: &found.reason,
            ..Deed::of(user.id, if remove { "remove_reported" } else { "dismiss_report" })
        };
        insert_deed(tx, deed)?;
        find_report(tx, report)?.ok_or_else(Error::not_found)
    });
    Ok(Json::ok(closed.await?))
}
