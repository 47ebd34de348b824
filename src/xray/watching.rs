//! Watching a request from its start to its answer.

use std::sync::Arc;
use std::time::Instant;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::{Data, Request, Response};

use super::{Record, Records};
use crate::accounts::guard::live_claims;
use crate::accounts::tokens::Claims;
use crate::db::{Db, Watch};
use crate::edge::managed;
use crate::error::RequestId;
use crate::ids::UserId;

/// Characters of a path that are kept.
const PATH_MAX: usize = 2000;

/// Watches the requests that ask for it with `X-Xray: 1`, of people who are signed in; attached only where X-ray is on.
pub struct Watching;

/// A request under way that is watched.
struct Watched(Option<Begun>);

struct Begun {
    at: Instant,
    claims: Arc<Claims>,
    watch: Watch,
}

#[rocket::async_trait]
impl Fairing for Watching {
    fn info(&self) -> Info {
        Info {
            name: "x-ray",
            kind: Kind::Request | Kind::Response,
        }
    }

    async fn on_request(&self, request: &mut Request<'_>, _data: &mut Data<'_>) {
        if request.headers().get_one("X-Xray") != Some("1") {
            return;
        }
        // Who asks is looked up before it is watched: that is the same for all.
        let Some(claims) = live_claims(request).await else {
            return;
        };
        let watch = managed::<Db>(request).ok().and_then(Db::watch);
        request.local_cache(|| {
            Watched(watch.map(|watch| Begun {
                at: Instant::now(),
                claims,
                watch,
            }))
        });
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let Some(begun) = &request.local_cache(|| Watched(None)).0 else {
            return;
        };
        let Ok(records) = managed::<Records>(request) else {
            return;
        };
        let path = request.uri().to_string();
        records.keep(Record {
            id: RequestId::of(request).0.clone(),
            user: UserId(begun.claims.user_id.unwrap_or_default()),
            method: request.method().to_string(),
            path: path.chars().take(PATH_MAX).collect(),
            status: response.status().code,
            micros: u64::try_from(begun.at.elapsed().as_micros()).unwrap_or(u64::MAX),
            claims: Arc::clone(&begun.claims),
            seen: begun.watch.take(),
        });
    }
}
