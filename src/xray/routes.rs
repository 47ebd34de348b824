//! `/xray`: one's own request, looked into.

use rocket::{get, routes, Route, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::Records;
use crate::accounts::guard::AuthUser;
use crate::accounts::tokens::Claims;
use crate::db::{plan, Db};
use crate::error::{Error, Result};
use crate::reply::Json;

/// All of `/xray`.
pub fn mounted() -> Vec<Route> {
    routes![get_record]
}

/// How a request was carried out.
#[derive(Serialize, ToSchema)]
pub struct XRay {
    /// As in `X-Request-Id`.
    id: String,
    method: String,
    path: String,
    status: u16,
    /// From its arrival to its answer.
    micros: u64,
    /// What the token says; its signature is never shown.
    #[schema(value_type = Object)]
    claims: Claims,
    /// In the order they ended.
    statements: Vec<Ran>,
    /// Statements beyond the first 200.
    left_out: usize,
    /// Ids of the events that were told.
    events: Vec<i64>,
}

/// A statement that was run.
#[derive(Serialize, ToSchema)]
pub struct Ran {
    /// With placeholders where the values were.
    sql: String,
    /// How SQLite goes about it, a line a step.
    plan: Vec<String>,
    micros: u64,
    /// "writer" or "reader".
    connection: &'static str,
}

/// How one of the caller's newest requests was carried out, if it was sent with `X-Xray: 1` and the setting `xray` is on.
#[utoipa::path(context_path = "/xray", tag = "X-ray", params(("request" = String, Path, description = "The answer's X-Request-Id")),
    responses((status = 200, body = XRay), (status = 404, description = "Not the caller's, not kept any more, or X-ray is off")))]
#[get("/<request>")]
pub async fn get_record(request: &str, user: AuthUser, records: &State<Records>, db: &State<Db>) -> Result<Json<XRay>> {
    let record = records.find(request, user.id).ok_or_else(Error::not_found)?;
    let micros = |took: std::time::Duration| u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let shown = db.read(move |connection| {
        let ran = record.seen.statements.iter().map(|statement| Ran {
            sql: statement.sql.clone(),
            plan: plan(connection, &statement.sql),
            micros: micros(statement.took),
            connection: if statement.on_writer { "writer" } else { "reader" },
        });
        Ok(XRay {
            id: record.id.clone(),
            method: record.method.clone(),
            path: record.path.clone(),
            status: record.status,
            micros: record.micros,
            claims: Claims::clone(&record.claims),
            statements: ran.collect(),
            left_out: record.seen.left_out,
            events: record.seen.events.clone(),
        })
    });
    Ok(Json::ok(shown.await?))
}
