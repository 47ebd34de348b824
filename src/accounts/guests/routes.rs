//! `/auth/guest`: in with a name.

use rocket::{post, routes, Route, State};
use utoipa::ToSchema;

use super::super::entry::{Entry, NewSession, Pair};
use super::super::names::{is_reserved, shown_key};
use super::super::routes::add_user;
use super::super::store::{find_taken, NewUser};
use super::super::{display_name_field, passwords, Role};
use super::{made_username, store, GUEST_NAME_MAX};
use crate::config::Config;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::form::Body;
use crate::house::store::get_house;
use crate::house::CODE_TYPED_MAX;
use crate::ids::{SessionId, UserId};
use crate::limits::Limits;
use crate::order::ends::Ends;
use crate::reply::Json;
use crate::text::Text;

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

/// The part of `/auth` that is about guests.
pub fn mounted() -> Vec<Route> {
    routes![enter]
}

/// Who wants to come in.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct Guest {
    /// At most 60 characters; nobody else's here, nor like it.
    name: String,
    /// Where registration is by code.
    class_code: Option<String>,
}

/// Comes in with a name, where the host lets guests in: an account for some hours, and its first session.
#[utoipa::path(context_path = "/auth", tag = "Accounts", request_body = Guest, security(()),
    responses((status = 201, body = Pair), (status = 400, description = "Fields with what is wrong"),
        (status = 403, description = "`guests_off`: there are no guests here")))]
#[post("/guest", data = "<body>")]
pub async fn enter(
    body: Body<'_>,
    entry: Entry<'_>,
    config: &State<Config>,
    limits: &State<Limits>,
    ends: &State<Ends>,
) -> Result<Json<Pair>> {
    limits.attempt(entry.caller.address)?;
    let mut form = body.read().await?;
    let code = form.maybe("class_code", CODE_TYPED_MAX);
    let name = Some(form.required("name", GUEST_NAME_MAX));
    let name = display_name_field(&mut form, "name", name).unwrap_or_default();
    let key = shown_key(&name);
    // Signs alone would be a name that nothing can be compared with.
    if !name.is_empty() && key.is_empty() {
        form.errors.add("name", Text::NameInvalid);
    }
    entry.db.glance(get_house).await?.admit_guest(code.as_deref())?;
    form.finish()?;
    let wanted = key.clone();
    let is_taken = entry
        .db
        .read(move |connection| store::is_shown_name(connection, &wanted));
    if is_reserved(&key) || is_taken.await? {
        return Err(Error::field("name", Text::NameTaken));
    }
    limits.register(entry.caller.address)?;
    let new = entry.session();
    let guest = NewGuest {
        name,
        key,
        code,
        password: passwords::dummy(config.password_iterations),
        session: new.clone(),
    };
    let (user, username, session) = entry.db.write(move |tx| guest.enter(tx)).await?;
    ends.look();
    entry.first_pair(&new, user, &username, session).map(Json::created)
}

struct NewGuest {
    name: String,
    key: String,
    code: Option<String>,
    /// Nobody's.
    password: String,
    session: NewSession,
}

impl NewGuest {
    fn enter(self, tx: &mut Tx<'_>) -> Result<(UserId, String, SessionId)> {
        let house = get_house(tx)?;
        house.admit_guest(self.code.as_deref())?;
        let mut username = made_username();
        while find_taken(tx, &username, "", None)?.username {
            username = made_username();
        }
        let user = NewUser {
            username,
            email: String::new(),
            first_name: self.name,
            last_name: String::new(),
            password: self.password,
            role: Role::Guest,
        };
        let id = add_user(tx, &user)?;
        let leaves_at = self.session.now + house.guest_hours * HOUR;
        if !store::update_guest(tx, id, &self.key, leaves_at)? {
            return Err(Error::field("name", Text::NameTaken));
        }
        let session = self.session.begin(tx, id)?;
        Ok((id, user.username, session))
    }
}
