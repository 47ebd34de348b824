//! `/auth`: in and out. Registration, log-in, refresh, log-out, sessions.

use rocket::http::{Cookie, CookieJar, Status};
use rocket::{delete, get, post, routes, Route, State};
use rusqlite::Connection;
use serde::Serialize;
use utoipa::ToSchema;

use super::entry::{Entry, Pair};
use super::guard::{AuthUser, Caller, Maybe};
use super::hashing::Hashing;
use super::names::is_reserved;
use super::passwords;
use super::store::{self, NewUser};
use super::tokens::{new_jti, Bearer, Fault, Keys, TokenType};
use super::{display_name_field, email_field, password_rules, username_field, Role, EMAIL_MAX, NAME_MAX, PASSWORD_MAX};
use crate::chats::everyone::store::join_everyone;
use crate::clock;
use crate::config::Config;
use crate::db::{Db, Tx};
use crate::edge::BaseUrl;
use crate::error::{Error, Result};
use crate::form::{Body, Form};
use crate::house::store::get_house;
use crate::house::{Door, CODE_TYPED_MAX};
use crate::ids::{SessionId, UserId};
use crate::limits::Limits;
use crate::page::{Page, Paging};
use crate::reply::{Json, NO_CONTENT, RESET_CONTENT};
use crate::text::Text;

/// All of `/auth`.
pub fn mounted() -> Vec<Route> {
    let mut all = routes![
        register,
        login,
        refresh,
        logout,
        logout_all,
        list_sessions,
        end_session,
        root,
        server
    ];
    all.extend(super::profile::mounted());
    all.extend(super::leaving::mounted());
    all.extend(super::password_reset::mounted());
    all
}

/// What the original lists under `/auth/`.
#[derive(Serialize, ToSchema)]
pub struct Root {
    profile: String,
    user: String,
}

/// The two lists under `/auth/`, as the original names them.
#[utoipa::path(context_path = "/auth", tag = "Accounts", responses((status = 200, body = Root)))]
#[get("/")]
pub fn root(_user: AuthUser, base: BaseUrl) -> Json<Root> {
    Json::ok(Root {
        profile: format!("{}/auth/profile/", base.0),
        user: format!("{}/auth/user/", base.0),
    })
}

/// What somebody may know of the server before he signs in.
#[derive(Serialize, ToSchema)]
pub struct Server {
    /// As the host calls it.
    name: String,
    registration: Door,
    /// Whether a name is enough to come in.
    guests: bool,
    /// Whether there are names to choose one's own from.
    roster: bool,
    /// Whether codes for a new password come by mail; else the host gives them.
    mail: bool,
    /// What a file may have at most.
    file_max_bytes: u64,
    /// Whether it has no host yet; left out once it has.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    setup: bool,
    /// Whether people may look into how their own requests were carried out; left out where they may not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    xray: bool,
}

/// What this server is called and who may come in; for everybody, since it stands on the door.
#[utoipa::path(context_path = "/auth", tag = "Accounts", security(()), responses((status = 200, body = Server)))]
#[get("/server")]
pub async fn server(db: &State<Db>, config: &State<Config>) -> Result<Json<Server>> {
    let (house, hosted) = db
        .glance(|connection| Ok((get_house(connection)?, store::has_host(connection)?)))
        .await?;
    Ok(Json::ok(Server {
        name: house.called(&config.server_name).to_owned(),
        registration: house.door(),
        guests: house.has_guests(),
        roster: house.roster,
        mail: !config.smtp_url.is_empty(),
        file_max_bytes: config.file_max_bytes,
        setup: !hosted,
        xray: config.xray,
    }))
}

/// The fields of a registration.
#[derive(Debug, ToSchema)]
pub struct Registration {
    pub username: String,
    pub password: String,
    pub password2: String,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    /// Where registration is by code.
    pub class_code: Option<String>,
}

impl Registration {
    fn read(form: &mut Form) -> Registration {
        let class_code = form.maybe("class_code", CODE_TYPED_MAX);
        let username = Some(form.required("username", NAME_MAX));
        let username = username_field(form, username).unwrap_or_default();
        let password = form.password("password", PASSWORD_MAX);
        let password2 = form.password("password2", PASSWORD_MAX);
        let email = Some(form.required("email", EMAIL_MAX));
        let email = email_field(form, email).unwrap_or_default();
        let first_name = Some(form.required("first_name", NAME_MAX));
        let first_name = display_name_field(form, "first_name", first_name).unwrap_or_default();
        let last_name = Some(form.required("last_name", NAME_MAX));
        let last_name = display_name_field(form, "last_name", last_name).unwrap_or_default();
        let registration = Registration {
            username,
            password,
            password2,
            email,
            first_name,
            last_name,
            class_code,
        };
        let about = passwords::Person {
            username: &registration.username,
            first_name: &registration.first_name,
            last_name: &registration.last_name,
            email: &registration.email,
        };
        password_rules(form, "password", &registration.password, &about);
        registration
    }
}

/// A registered person.
#[derive(Serialize, ToSchema)]
pub struct Registered {
    username: String,
    email: String,
    first_name: String,
    last_name: String,
    /// The same as last_name, under the name that the original's README gives it.
    second_name: String,
}

/// Makes an account. It does not sign in.
#[utoipa::path(context_path = "/auth", tag = "Accounts", request_body = Registration, security(()),
    responses((status = 201, body = Registered), (status = 400, description = "Fields with what is wrong"),
        (status = 403, description = "`registration_closed`: nobody may right now")))]
#[post("/register", data = "<body>")]
pub async fn register(
    body: Body<'_>,
    caller: Caller,
    db: &State<Db>,
    config: &State<Config>,
    hashing: &State<Hashing>,
    limits: &State<Limits>,
) -> Result<Json<Registered>> {
    limits.attempt(caller.address)?;
    let mut form = body.read().await?;
    let new = Registration::read(&mut form);
    let code = new.class_code.clone();
    // Before anything is said about names: who may not come in learns none.
    db.glance(get_house).await?.admit(code.as_deref())?;
    let (username, email) = (new.username.clone(), new.email.clone());
    let taken = db
        .glance(move |connection| store::find_taken(connection, &username, &email, None))
        .await?;
    if taken.username || is_reserved(&new.username) {
        form.errors.add("username", Text::UsernameTaken);
    }
    if taken.email {
        form.errors.add("email", Text::EmailNotUnique);
    }
    if new.password != new.password2 && !form.errors.has("password") && !form.errors.has("password2") {
        form.errors.add("password", Text::PasswordsDiffer);
    }
    form.finish()?;
    limits.register(caller.address)?;
    let password = hashing.hash(new.password, config.password_iterations).await?;
    let user = NewUser {
        username: new.username,
        email: new.email,
        first_name: new.first_name,
        last_name: new.last_name,
        password,
        role: Role::Member,
    };
    let user = db
        .write(move |tx| {
            // Asked again: the door may have been shut while the password was hashed.
            get_house(tx)?.admit(code.as_deref())?;
            add_user(tx, &user).map(|_| user)
        })
        .await?;
    Ok(Json::created(Registered {
        second_name: user.last_name.clone(),
        username: user.username,
        email: user.email,
        first_name: user.first_name,
        last_name: user.last_name,
    }))
}

/// Adds a person, who joins the group of everybody, or says which of name and address are taken; also for the command line.
///
/// # Errors
/// 400 with the fields that are taken.
pub fn add_user(tx: &mut Tx<'_>, user: &NewUser) -> Result<UserId> {
    let taken = store::find_taken(tx, &user.username, &user.email, None)?;
    let mut form = Form::default();
    if taken.username {
        form.errors.add("username", Text::UsernameTaken);
    }
    if taken.email {
        form.errors.add("email", Text::EmailNotUnique);
    }
    form.finish()?;
    let id = store::insert_user(tx, user, clock::now())?;
    join_everyone(tx, id)?;
    Ok(id)
}

/// What a log-in sends.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct Credentials {
    username: String,
    password: String,
}

/// Signs in: a new session with its tokens, and the cookie that opens `/media`.
#[utoipa::path(context_path = "/auth", tag = "Accounts", request_body = Credentials, security(()),
    responses((status = 200, body = Pair), (status = 401, description = "No such name, or not its password; `account_closed`: the host has closed it")))]
#[post("/login", data = "<body>")]
pub async fn login(
    body: Body<'_>,
    entry: Entry<'_>,
    config: &State<Config>,
    hashing: &State<Hashing>,
    limits: &State<Limits>,
) -> Result<Json<Pair>> {
    let mut form = body.read().await?;
    let username = form.required("username", NAME_MAX);
    let password = form.password("password", PASSWORD_MAX);
    form.finish()?;
    limits.login(entry.caller.address, &username)?;
    let name = username.clone();
    let found = entry
        .db
        .glance(move |connection| store::find_login(connection, &name))
        .await?;
    let hash = found.as_ref().map(|login| login.hash.clone());
    let right = hashing
        .verify(password.clone(), hash, config.password_iterations)
        .await?;
    let (Some(store::Login { user, hash, active }), true) = (found, right) else {
        return Err(Error::unauthorized(Text::BadCredentials));
    };
    if !active {
        // Only who knows the password learns it, and he would look for a mistake of his own.
        return Err(Error::refused(Text::BadCredentials, "account_closed"));
    }
    if passwords::needs_renewal(&hash, config.password_iterations) {
        let renewed = hashing.hash(password, config.password_iterations).await?;
        let old = hash.clone();
        entry
            .db
            .write(move |tx| store::update_password(tx, user, &renewed, Some(&old)))
            .await?;
    }
    entry.sign_in(user, &username).await.map(Json::ok)
}

/// What a refresh sends.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct Refresh {
    refresh: String,
}

/// What became of a refresh token that was shown.
enum Turn {
    /// It got a successor; with the username as it is now.
    Next(String),
    Over,
    Replay,
}

/// Trades a refresh token, once, for the next pair. Shown again while its successor is unused, it gets a new successor;
/// shown after that, the whole session ends.
#[utoipa::path(context_path = "/auth", tag = "Accounts", request_body = Refresh, security(()),
    responses((status = 200, body = Pair), (status = 401, description = "Not valid, used, or its session has ended")))]
#[post("/login/refresh", data = "<body>")]
pub async fn refresh(body: Body<'_>, entry: Entry<'_>) -> Result<Json<Pair>> {
    let mut form = body.read().await?;
    let shown = form.required("refresh", 4096);
    form.finish()?;
    let claims = entry.keys.read(&shown, TokenType::Refresh).map_err(Fault::of_refresh)?;
    let now = clock::now();
    let (session, user) = (SessionId(claims.sid), UserId(claims.user_id.unwrap_or_default()));
    let expires_at = now + entry.keys.life(TokenType::Refresh) * 1_000_000;
    let jti = new_jti();
    let (shown, next) = (claims.jti.clone(), jti.clone());
    match entry
        .db
        .write(move |tx| turn(tx, session, user, &shown, &next, now, expires_at))
        .await?
    {
        Turn::Next(username) => {
            let bearer = Bearer {
                user,
                username: &username,
                session,
            };
            entry.pair(bearer, &jti, now).map(Json::ok)
        }
        Turn::Over => Err(Error::refused(Text::TokenBlacklisted, "token_not_valid")),
        Turn::Replay => {
            tracing::warn!(
                session = session.0,
                "a used refresh token was shown again; its session has ended"
            );
            Err(Error::refused(Text::TokenBlacklisted, "token_not_valid"))
        }
    }
}

fn turn(
    tx: &mut Tx<'_>,
    id: SessionId,
    user: UserId,
    shown: &str,
    next: &str,
    now: i64,
    expires_at: i64,
) -> Result<Turn> {
    let session = store::find_session(tx, id)?.filter(|session| session.user == user);
    let (Some(session), Some((fresh, parent))) = (session, store::find_refresh(tx, id, now)?) else {
        return Ok(Turn::Over);
    };
    if shown == fresh || parent.as_deref() == Some(shown) {
        let expires_at = store::update_refresh(tx, id, next, Some(shown), expires_at)?;
        tx.renewed(id, expires_at);
        return Ok(Turn::Next(session.username));
    }
    store::delete_session(tx, user, id)?;
    Ok(Turn::Replay)
}

/// Ends a session: of the refresh token in the body, or without one of the access token in the header.
#[utoipa::path(context_path = "/auth", tag = "Accounts", request_body(content = Refresh, description = "refresh or refresh_token; may be left out"),
    responses((status = 205), (status = 400, description = "Not a valid refresh token")))]
#[post("/logout", data = "<body>")]
pub async fn logout(
    user: Maybe,
    body: Body<'_>,
    cookies: &CookieJar<'_>,
    db: &State<Db>,
    keys: &State<Keys>,
) -> Result<Status> {
    let mut form = body.read().await?;
    let shown = form
        .maybe("refresh", 4096)
        .or_else(|| form.maybe("refresh_token", 4096));
    form.finish()?;
    let (owner, session) = match (shown, user.0) {
        (Some(token), _) => {
            let invalid = || Error::Malformed(Text::TokenInvalid, Some("token_not_valid"));
            let claims = keys.read(&token, TokenType::Refresh).map_err(|_| invalid())?;
            (UserId(claims.user_id.unwrap_or_default()), SessionId(claims.sid))
        }
        (None, Ok(user)) => (user.id, user.session.id),
        (None, Err(error)) => return Err(error),
    };
    let ended = db.write(move |tx| store::delete_session(tx, owner, session)).await?;
    if !ended {
        return Err(Error::Malformed(Text::TokenInvalid, Some("token_not_valid")));
    }
    forget_cookie(cookies);
    Ok(RESET_CONTENT)
}

fn forget_cookie(cookies: &CookieJar<'_>) {
    cookies.remove(Cookie::build("media").path("/media"));
}

/// Ends all sessions of the caller.
#[utoipa::path(context_path = "/auth", tag = "Accounts", responses((status = 205)))]
#[post("/logout_all")]
pub async fn logout_all(user: AuthUser, cookies: &CookieJar<'_>, db: &State<Db>) -> Result<Status> {
    db.write(move |tx| store::delete_sessions(tx, user.id, None)).await?;
    forget_cookie(cookies);
    Ok(RESET_CONTENT)
}

/// A signed-in device.
#[derive(Serialize, ToSchema)]
pub struct Device {
    id: SessionId,
    /// What it called itself when it signed in.
    device: String,
    /// Where it signed in from.
    address: String,
    created: String,
    last_used: String,
    /// Whether it is the one that asks.
    current: bool,
}

/// The caller's sessions, the last used first.
#[utoipa::path(context_path = "/auth", tag = "Accounts",
    params(("page" = Option<String>, Query), ("page_size" = Option<i64>, Query)), responses((status = 200, body = Page<Device>)))]
#[get("/sessions")]
pub async fn list_sessions(user: AuthUser, paging: Paging, db: &State<Db>) -> Result<Json<Page<Device>>> {
    let current = user.session.id;
    let page = db.read(move |connection| devices(connection, user.id, current, paging));
    Ok(Json::ok(page.await?))
}

/// Somebody's sessions, the last used first; `current` is the one that asks.
///
/// # Errors
/// 404 for a page that is not there.
pub fn devices(connection: &Connection, user: UserId, current: SessionId, paging: Paging) -> Result<Page<Device>> {
    let now = clock::now();
    let count = store::count_sessions(connection, user, now)?;
    let slice = paging.slice(count)?;
    let rows = store::list_sessions(connection, user, now, slice.limit, slice.offset)?;
    let devices = rows.into_iter().map(|row| Device {
        current: row.id == current,
        id: row.id,
        device: row.device,
        address: row.address,
        created: clock::rfc3339(row.created_at),
        last_used: clock::rfc3339(row.last_used_at),
    });
    Ok(paging.page(count, slice, devices.collect()))
}

/// Ends one of the caller's sessions.
#[utoipa::path(context_path = "/auth", tag = "Accounts", responses((status = 204), (status = 404, description = "Not one of the caller's")))]
#[delete("/sessions/<session>")]
pub async fn end_session(session: SessionId, user: AuthUser, db: &State<Db>) -> Result<Status> {
    let ended = db.write(move |tx| store::delete_session(tx, user.id, session)).await?;
    if ended {
        Ok(NO_CONTENT)
    } else {
        Err(Error::not_found())
    }
}
