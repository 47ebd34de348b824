//! `/chat/sync` and `/chat/events`: the snapshot with its cursor, and what happened since, over plain HTTP.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rocket::{get, routes, Route, Shutdown, State};
use serde::Serialize;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::handshake::Handshake;
use super::hub::Hub;
use super::replay::{self, Begun, Cursor, Frame};
use super::socket::{Live, Newcomer};
use super::store;
use crate::accounts::guard::{AuthUser, Caller};
use crate::accounts::sessions::Sessions;
use crate::accounts::{self, Me, Person};
use crate::chats::store::{list_chats, Filter};
use crate::chats::Chat;
use crate::clock;
use crate::db::Db;
use crate::edge::BaseUrl;
use crate::error::{Error, Result};
use crate::house::store::get_house;
use crate::house::Order;
use crate::ids::ChatId;
use crate::order::store::{find_silence, get_desk};
use crate::order::{Desk, Silence};
use crate::reply::Json;
use crate::text::{Lang, Text};

/// The part of `/chat` that is live.
pub fn mounted() -> Vec<Route> {
    routes![sync, events]
}

/// The socket, at the root.
pub fn socket() -> Vec<Route> {
    routes![ws]
}

/// The socket; see its frames in the documentation of the API.
#[utoipa::path(tag = "Live", responses((status = 101, description = "The frames begin"), (status = 403, description = "A page of another site"),
    (status = 426, description = "Not a WebSocket's handshake"), (status = 429, description = "Too many sockets of this address")))]
#[get("/ws")]
pub fn ws(handshake: Handshake, caller: Caller, lang: Lang, live: &State<Arc<Live>>) -> Result<Upgrade> {
    let door = live
        .doors
        .open(caller.address, live.limits.are_on())
        .ok_or(Error::TooMany(60))?;
    let live = Arc::clone(live);
    Ok(Upgrade {
        accept: handshake.accept,
        newcomer: Newcomer { live, lang, door },
    })
}

/// The answer that turns a connection into a socket.
pub struct Upgrade {
    accept: String,
    newcomer: Newcomer,
}

impl<'r> Responder<'r, 'static> for Upgrade {
    fn respond_to(self, _request: &'r Request<'_>) -> response::Result<'static> {
        Response::build()
            .raw_header("Sec-WebSocket-Accept", self.accept)
            .upgrade("websocket", self.newcomer)
            .ok()
    }
}

/// The name of this database's history; changed when a backup is restored.
pub struct Epoch(pub String);

/// Everything a client shows at first, as of one moment.
#[derive(Serialize, ToSchema)]
pub struct Snapshot {
    epoch: String,
    /// The id of the last event in it.
    cursor: i64,
    me: Me,
    chats: Vec<Chat>,
    /// The people who share a chat with the caller, and he.
    users: Vec<Person>,
    /// What the host has set.
    server: Order,
    /// Whether the caller may write.
    silenced: Silence,
    /// What waits for the caller.
    desk: Desk,
}

/// The caller's chats and the people in them, read at one moment, with the cursor to go on from.
#[utoipa::path(context_path = "/chat", tag = "Live", responses((status = 200, body = Snapshot)))]
#[get("/sync")]
pub async fn sync(
    user: AuthUser,
    base: BaseUrl,
    db: &State<Db>,
    epoch: &State<Epoch>,
    sessions: &State<Arc<Sessions>>,
) -> Result<Json<Snapshot>> {
    let (epoch, sessions) = (epoch.0.clone(), Arc::clone(sessions));
    let snapshot = db.read(move |connection| {
        let mut me = accounts::store::find_user(connection, user.id)?.ok_or_else(Error::not_found)?;
        me.last_online = sessions.last_seen(me.id, me.last_online);
        let people = accounts::store::list_acquaintances(connection, user.id)?;
        Ok(Snapshot {
            epoch,
            cursor: store::head(connection)?,
            me: me.me(&base.0),
            chats: list_chats(connection, user.id, &Filter::default(), &base.0, -1, 0)?,
            users: people.iter().map(|person| sessions.person(person, &base.0)).collect(),
            server: get_house(connection)?.order(clock::now()),
            silenced: find_silence(connection, user.id)?,
            desk: get_desk(connection, user.id)?,
        })
    });
    Ok(Json::ok(snapshot.await?))
}

/// What happened after a cursor; or that it can't be told, and the snapshot is to be read.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum Answer {
    Events {
        epoch: String,
        cursor: i64,
        events: Vec<Frame>,
        /// Whether to ask again at once.
        more: bool,
    },
    Reset {
        epoch: String,
        cursor: i64,
        /// "epoch": another history; "unknown": a cursor this one has not reached; "too_far": too far back.
        reset: &'static str,
    },
}

/// Seconds that an answer may be waited for.
const WAIT_MAX: u64 = 30;

/// What happened since a cursor, in order; waits up to `wait` seconds where nothing has.
#[utoipa::path(context_path = "/chat", tag = "Live",
    params(("epoch" = Option<String>, Query), ("since" = Option<i64>, Query, description = "without it: from now on"), ("wait" = Option<u64>, Query, description = "0 to 30 seconds")),
    responses((status = 200, body = Answer), (status = 400)))]
#[get("/events?<epoch>&<since>&<wait>")]
#[allow(clippy::too_many_arguments, reason = "each is a guard or a parameter")]
pub async fn events(
    epoch: Option<&str>,
    since: Option<&str>,
    wait: Option<&str>,
    user: AuthUser,
    db: &State<Db>,
    ours: &State<Epoch>,
    hub: &State<Arc<Hub>>,
    sessions: &State<Arc<Sessions>>,
    shutdown: Shutdown,
) -> Result<Json<Answer>> {
    let wait = seconds(wait)?;
    let cursor = cursor(since)?;
    let poll = Poll {
        user,
        db: db.inner().clone(),
        sessions: Arc::clone(sessions),
        hub: Arc::clone(hub),
        epoch: ours.0.clone(),
    };
    let mut bell = hub.listen();
    let same = epoch.is_none_or(|epoch| epoch.is_empty() || epoch == poll.epoch);
    let begun = db.read(move |connection| replay::begin(connection, same, cursor));
    let mut cursor = match begun.await? {
        Begun::At { cursor, .. } => cursor,
        Begun::Reset { reason, head } => {
            return Ok(Json::ok(Answer::Reset {
                epoch: poll.epoch,
                cursor: head,
                reset: reason,
            }))
        }
    };
    let _here = sessions.presence().enter(poll.user.id);
    let deadline = Instant::now() + wait;
    tokio::pin!(shutdown);
    loop {
        let (answer, at, chats) = poll.read(cursor).await?;
        let empty = matches!(&answer, Answer::Events { events, more: false, .. } if events.is_empty());
        if !empty || Instant::now() >= deadline {
            return Ok(Json::ok(answer));
        }
        cursor = at;
        let heard = async {
            while !hub.recent().concerns(cursor, poll.user.id, &chats) {
                if bell.changed().await.is_err() || poll.is_over().await {
                    break;
                }
            }
        };
        tokio::select! {
            () = heard => {}
            () = tokio::time::sleep_until(deadline) => {}
            _ = &mut shutdown => return Ok(Json::ok(answer)),
        }
        if poll.is_over().await {
            return Err(Error::bad_access_token(Text::TokenInvalid));
        }
    }
}

fn seconds(text: Option<&str>) -> Result<Duration> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(Duration::ZERO);
    };
    let problem = match text.parse::<u64>() {
        Ok(seconds) if seconds <= WAIT_MAX => return Ok(Duration::from_secs(seconds)),
        Ok(_) => Text::TooBig(WAIT_MAX as i64),
        Err(_) if text.parse::<i64>().is_ok() => Text::TooSmall(0),
        Err(_) => Text::NotAnInteger,
    };
    Err(Error::field("wait", problem))
}

fn cursor(text: Option<&str>) -> Result<Cursor> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(Cursor::Now);
    };
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Error::field("since", Text::NotAnInteger));
    }
    Ok(text
        .parse()
        .ok()
        .filter(|cursor| *cursor >= 0)
        .map_or(Cursor::Unknown, Cursor::At))
}

/// One client's wait.
struct Poll {
    user: AuthUser,
    db: Db,
    sessions: Arc<Sessions>,
    hub: Arc<Hub>,
    epoch: String,
}

impl Poll {
    /// The events after a cursor, the cursor after them, and the chats that the client is in as of then.
    async fn read(&self, cursor: i64) -> Result<(Answer, i64, HashSet<ChatId>)> {
        let (user, epoch) = (self.user.id, self.epoch.clone());
        let (sessions, hub) = (Arc::clone(&self.sessions), Arc::clone(&self.hub));
        self.db
            .read(move |connection| {
                let head = store::head(connection)?;
                if !store::reaches(connection, cursor, head)? {
                    let reset = Answer::Reset {
                        epoch,
                        cursor: head,
                        reset: "too_far",
                    };
                    return Ok((reset, head, HashSet::new()));
                }
                let since = replay::since(hub.recent(), connection, &sessions, user, cursor)?;
                let answer = Answer::Events {
                    epoch,
                    cursor: since.cursor,
                    events: since.frames,
                    more: since.more,
                };
                Ok((answer, since.cursor, since.chats))
            })
            .await
    }

    /// Whether the session has ended meanwhile.
    async fn is_over(&self) -> bool {
        !matches!(self.sessions.find(&self.db, self.user.session.id).await, Ok(Some(_)))
    }
}
