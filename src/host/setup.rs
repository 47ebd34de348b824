//! `/host/setup`: how a server gets its host.
//!
//! Promise: only who can read the window that the server was started in becomes its host. While there is none, each start
//! makes a link that is good once and for half an hour, prints it, and opens it in this computer's browser. Rejected: who
//! comes first is the host, since in a room of phones that is chance; a password in a file, which nobody finds.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rocket::request::{Outcome, Request};
use rocket::{post, routes, Route, State};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use utoipa::ToSchema;

use crate::accounts::entry::{Entry, Pair};
use crate::accounts::guard::Caller;
use crate::accounts::hashing::Hashing;
use crate::accounts::routes::add_user;
use crate::accounts::store::{has_host, NewUser};
use crate::accounts::{display_name_field, password_rules, passwords, username_field, Role};
use crate::accounts::{NAME_MAX, PASSWORD_MAX};
use crate::chats::everyone::store::insert_everyone;
use crate::config::Config;
use crate::db::{Db, Tx};
use crate::edge::managed;
use crate::error::{Error, Result};
use crate::form::{Body, Form};
use crate::house::store::{get_house, update_house};
use crate::house::NAME_MAX as SERVER_NAME_MAX;
use crate::ids::{random_code, UserId};
use crate::limits::Limits;
use crate::reply::Json;
use crate::text::{Lang, Text};

/// How long a link is good.
const GOOD: Duration = Duration::from_secs(30 * 60);
/// Characters of a link's token: 190 bits.
const TOKEN_LENGTH: usize = 32;

/// The part of `/host` that makes a host.
pub fn mounted() -> Vec<Route> {
    routes![set_up]
}

/// Whether a host is wanted, and the link that makes one: only its hash is kept.
#[derive(Default)]
pub struct Setup(Mutex<Option<Link>>);

struct Link {
    hash: [u8; 32],
    made: Instant,
}

impl Setup {
    /// Makes a link, and makes the one before void; the token that it ends with.
    pub fn open(&self, now: Instant) -> String {
        let token = random_code(TOKEN_LENGTH);
        *self.lock() = Some(Link {
            hash: Sha256::digest(&token).into(),
            made: now,
        });
        token
    }

    /// Makes the link void: there is a host.
    pub fn close(&self) {
        *self.lock() = None;
    }

    /// Whether this is the token of the link.
    ///
    /// # Errors
    /// 409 where there is a host, 403 for a wrong token and for one that was good half an hour ago.
    pub fn check(&self, token: &str, now: Instant) -> Result<()> {
        let link = self.lock();
        let Some(link) = link.as_ref() else {
            return Err(Error::Conflict(Text::HostExists));
        };
        let hash: [u8; 32] = Sha256::digest(token).into();
        match bool::from(hash.ct_eq(&link.hash)) {
            false => Err(Error::Forbidden(Text::SetupLinkWrong)),
            true if now.saturating_duration_since(link.made) > GOOD => Err(Error::Forbidden(Text::SetupLinkExpired)),
            true => Ok(()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Link>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets only those pass who show the link's token in the header `X-Setup-Token`, for what may be done before there is a host.
///
/// # Errors
/// As [`Setup::check`]; 429 after too many wrong ones.
pub async fn shown(request: &Request<'_>) -> Result<()> {
    if let Outcome::Success(caller) = request.guard::<Caller>().await {
        managed::<Limits>(request)?.code(caller.address)?;
    }
    let token = request.headers().get_one("x-setup-token").unwrap_or_default();
    managed::<Setup>(request)?.check(token, Instant::now())
}

/// What makes a host.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct NewHost {
    /// Of the link that the server's window shows.
    token: String,
    server_name: String,
    first_name: String,
    /// May be left out.
    last_name: Option<String>,
    username: String,
    password: String,
}

/// Makes the host and signs him in; and the group that whoever registers later joins. Good once.
#[utoipa::path(context_path = "/host", tag = "Host", request_body = NewHost, security(()),
    responses((status = 201, body = Pair), (status = 400), (status = 403, description = "Not the link, or no longer"),
        (status = 409, description = "There is a host"), (status = 429)))]
#[post("/setup", data = "<body>")]
#[allow(clippy::too_many_arguments, reason = "each is a guard or a part of the server")]
pub async fn set_up(
    body: Body<'_>,
    entry: Entry<'_>,
    lang: Lang,
    setup: &State<Setup>,
    db: &State<Db>,
    config: &State<Config>,
    hashing: &State<Hashing>,
    limits: &State<Limits>,
) -> Result<Json<Pair>> {
    limits.code(entry.caller.address)?;
    let mut form = body.read().await?;
    let token = form.required("token", 256);
    if !form.errors.has("token") {
        setup.check(&token, Instant::now())?;
    }
    let (name, mut host) = read(&mut form);
    form.finish()?;
    host.password = hashing.hash(host.password, config.password_iterations).await?;
    let username = host.username.clone();
    let user = db.write(move |tx| insert_host(tx, &host, name, lang)).await?;
    setup.close();
    let pair = entry.sign_in(user, &username).await?;
    Ok(Json::created(pair))
}

/// The server's name, and its host with the password as typed.
fn read(form: &mut Form) -> (String, NewUser) {
    let name = Some(form.required("server_name", SERVER_NAME_MAX));
    let name = display_name_field(form, "server_name", name).unwrap_or_default();
    let first_name = Some(form.required("first_name", NAME_MAX));
    let first_name = display_name_field(form, "first_name", first_name).unwrap_or_default();
    let last_name = form.maybe("last_name", NAME_MAX);
    let last_name = display_name_field(form, "last_name", last_name).unwrap_or_default();
    // Names like "host" are kept from others for his sake.
    let username = Some(form.required("username", NAME_MAX));
    let username = username_field(form, username).unwrap_or_default();
    let password = form.password("password", PASSWORD_MAX);
    let about = passwords::Person {
        username: &username,
        first_name: &first_name,
        last_name: &last_name,
        email: "",
    };
    password_rules(form, "password", &password, &about);
    let host = NewUser {
        username,
        email: String::new(),
        first_name,
        last_name,
        password,
        role: Role::Host,
    };
    (name, host)
}

/// All of it or nothing; asked again whether there is a host, since two may have come with the same link.
fn insert_host(tx: &mut Tx<'_>, host: &NewUser, name: String, lang: Lang) -> Result<UserId> {
    if has_host(tx)? {
        return Err(Error::Conflict(Text::HostExists));
    }
    let user = add_user(tx, host)?;
    let mut house = get_house(tx)?;
    let welcome = Text::Welcome(name.clone()).say(lang).into_owned();
    house.name = name;
    update_house(tx, &house)?;
    insert_everyone(tx, user, Text::Everyone.say(lang).into_owned(), welcome)?;
    Ok(user)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_good_for_half_an_hour_and_until_there_is_a_host() {
        let setup = Setup::default();
        let now = Instant::now();
        let conflict = |outcome| matches!(outcome, Err(Error::Conflict(Text::HostExists)));
        assert!(conflict(setup.check("", now)));
        let old = setup.open(now);
        let token = setup.open(now);
        assert_eq!(token.len(), TOKEN_LENGTH);
        assert!(setup.check(&token, now).is_ok());
        assert!(setup.check(&token, now + GOOD).is_ok(), "looking does not use it up");
        let late = now + GOOD + Duration::from_micros(1);
        assert!(matches!(
            setup.check(&token, late),
            Err(Error::Forbidden(Text::SetupLinkExpired))
        ));
        for wrong in [old.as_str(), "", "x", &token[1..]] {
            let refused = setup.check(wrong, late);
            assert!(
                matches!(refused, Err(Error::Forbidden(Text::SetupLinkWrong))),
                "{wrong}"
            );
        }
        setup.close();
        assert!(conflict(setup.check(&token, now)));
    }
}
