//! `/auth`: who one is. Names, address, password, picture; and the directory of people one can write to.

use std::sync::Arc;

use rocket::http::Status;
use rocket::{delete, get, patch, put, routes, Route, State};
use serde::Serialize;
use serde_json::{json, Value};
use utoipa::ToSchema;

use super::guard::{AuthUser, Proving, Signed};
use super::hashing::Hashing;
use super::names::is_reserved;
use super::passwords;
use super::sessions::Sessions;
use super::{display_name_field, email_field, password_rules, store, username_field};
use super::{Me, Person, Role, User, EMAIL_MAX, NAME_MAX, PASSWORD_MAX};
use crate::config::Config;
use crate::db::Db;
use crate::edge::BaseUrl;
use crate::error::{Error, Fields, Result};
use crate::form::{Body, Form};
use crate::ids::UserId;
use crate::media::upload::{Slot, Uploading, Uploads};
use crate::page::{Page, Paging};
use crate::reply::{Json, NO_CONTENT};
use crate::text::Text;

pub(super) fn mounted() -> Vec<Route> {
    routes![
        me,
        list_users,
        get_user,
        list_profiles,
        get_profile,
        patch_profile,
        put_update_profile,
        patch_update_profile,
        put_change_password,
        patch_change_password,
        put_picture,
        delete_picture
    ]
}

async fn find(db: &Db, id: UserId) -> Result<User> {
    db.glance(move |connection| store::find_user(connection, id))
        .await?
        .ok_or_else(Error::not_found)
}

/// The caller.
#[utoipa::path(context_path = "/auth", tag = "Accounts", responses((status = 200, body = Me)))]
#[get("/me")]
pub async fn me(user: AuthUser, base: BaseUrl, db: &State<Db>, sessions: &State<Arc<Sessions>>) -> Result<Json<Me>> {
    let mut me = find(db, user.id).await?;
    me.last_online = sessions.last_seen(me.id, me.last_online);
    Ok(Json::ok(me.me(&base.0)))
}

impl Sessions {
    /// Somebody as others see him now; `base` is what URLs begin with.
    pub fn person(&self, user: &User, base: &str) -> Person {
        let mut person = user.person(base, self.presence().is_online(user.id));
        person.last_online = crate::clock::rfc3339(self.last_seen(user.id, user.last_online));
        person
    }
}

/// The people one can write to, the newest first; `search` finds parts of their names.
#[utoipa::path(context_path = "/auth", tag = "Accounts",
    params(("search" = Option<String>, Query), ("page" = Option<String>, Query), ("page_size" = Option<i64>, Query)),
    responses((status = 200, body = Page<Person>)))]
#[get("/user?<search>")]
pub async fn list_users(
    search: Option<String>,
    _user: AuthUser,
    paging: Paging,
    base: BaseUrl,
    db: &State<Db>,
    sessions: &State<Arc<Sessions>>,
) -> Result<Json<Page<Person>>> {
    let (users, page) = directory(db, search, paging).await?;
    Ok(Json::ok(Page {
        results: users.iter().map(|user| sessions.person(user, &base.0)).collect(),
        ..page
    }))
}

/// A page of people, and an empty page of the same place to put them in.
async fn directory<T: Send + 'static>(db: &Db, search: Option<String>, paging: Paging) -> Result<(Vec<User>, Page<T>)> {
    db.read(move |connection| {
        let search = search.unwrap_or_default();
        let count = store::count_users(connection, &search)?;
        let slice = paging.slice(count)?;
        let users = store::list_users(connection, &search, slice.limit, slice.offset)?;
        Ok((users, paging.page(count, slice, Vec::new())))
    })
    .await
}

/// One of the people one can write to.
#[utoipa::path(context_path = "/auth", tag = "Accounts", responses((status = 200, body = Person), (status = 404)))]
#[get("/user/<user>")]
pub async fn get_user(
    user: UserId,
    _caller: AuthUser,
    base: BaseUrl,
    db: &State<Db>,
    sessions: &State<Arc<Sessions>>,
) -> Result<Json<Person>> {
    Ok(Json::ok(sessions.person(&find(db, user).await?, &base.0)))
}

/// A person in the original's second form.
#[derive(Serialize, ToSchema)]
pub struct Profile {
    id: UserId,
    profile_picture: String,
    last_online: String,
    /// The same id: here a profile is its user.
    user: UserId,
}

fn profile(user: &User, base: &str, sessions: &Sessions) -> Profile {
    let person = sessions.person(user, base);
    Profile {
        id: user.id,
        profile_picture: person.profile_picture,
        last_online: person.last_online,
        user: user.id,
    }
}

/// The people again, as the original lists profiles.
#[utoipa::path(context_path = "/auth", tag = "Accounts",
    params(("page" = Option<String>, Query), ("page_size" = Option<i64>, Query)), responses((status = 200, body = Page<Profile>)))]
#[get("/profile")]
pub async fn list_profiles(
    _user: AuthUser,
    paging: Paging,
    base: BaseUrl,
    db: &State<Db>,
    sessions: &State<Arc<Sessions>>,
) -> Result<Json<Page<Profile>>> {
    let (users, page) = directory(db, None, paging).await?;
    Ok(Json::ok(Page {
        results: users.iter().map(|user| profile(user, &base.0, sessions)).collect(),
        ..page
    }))
}

/// One profile.
#[utoipa::path(context_path = "/auth", tag = "Accounts", responses((status = 200, body = Profile), (status = 404)))]
#[get("/profile/<user>")]
pub async fn get_profile(
    user: UserId,
    _caller: AuthUser,
    base: BaseUrl,
    db: &State<Db>,
    sessions: &State<Arc<Sessions>>,
) -> Result<Json<Profile>> {
    Ok(Json::ok(profile(&find(db, user).await?, &base.0, sessions)))
}

/// Sets the caller's own picture, as the original's clients do; another's profile is not his to change.
#[utoipa::path(context_path = "/auth", tag = "Accounts",
    request_body(content = PictureFields, content_type = "multipart/form-data"),
    responses((status = 200, body = Profile), (status = 404)))]
#[patch("/profile/<user>", data = "<body>")]
pub async fn patch_profile(
    user: UserId,
    uploading: Uploading<'_>,
    body: Signed<'_>,
    base: BaseUrl,
    db: &State<Db>,
    sessions: &State<Arc<Sessions>>,
) -> Result<Json<Profile>> {
    let Signed { user: caller, body } = body;
    if user != caller.id {
        return Err(Error::not_found());
    }
    let mut uploads = uploading.uploads(caller.id, &[Slot::portrait("profile_picture")]);
    body.read_with(&mut uploads).await?.finish()?;
    set_picture(db, user, &mut uploads).await?;
    Ok(Json::ok(profile(&find(db, user).await?, &base.0, sessions)))
}

/// Makes an uploaded picture the person's own; whether there was one.
async fn set_picture(db: &Db, user: UserId, uploads: &mut Uploads<'_>) -> Result<bool> {
    let Some(picture) = uploads.found("profile_picture") else {
        return Ok(false);
    };
    db.write(move |tx| {
        crate::media::store::claim_portrait(tx, picture.id)?;
        store::update_picture(tx, user, Some(picture.id))
    })
    .await?;
    uploads.keep();
    Ok(true)
}

/// A picture to be taken in.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the file is read by its sink")]
pub struct PictureFields {
    /// A PNG, JPEG, WebP or GIF.
    #[schema(value_type = String, format = Binary)]
    profile_picture: String,
}

/// Where a picture is.
#[derive(Serialize, ToSchema)]
pub struct Picture {
    profile_picture: String,
}

/// Sets the caller's picture: multipart `profile_picture`.
#[utoipa::path(context_path = "/auth", tag = "Accounts",
    request_body(content = PictureFields, content_type = "multipart/form-data"),
    responses((status = 200, body = Picture), (status = 400, description = "Not a picture")))]
#[put("/profile_picture", data = "<body>")]
pub async fn put_picture(
    uploading: Uploading<'_>,
    body: Signed<'_>,
    base: BaseUrl,
    db: &State<Db>,
) -> Result<Json<Picture>> {
    let Signed { user: caller, body } = body;
    let mut uploads = uploading.uploads(caller.id, &[Slot::portrait("profile_picture")]);
    let mut form = body.read_with(&mut uploads).await?;
    uploads.expect(&mut form, "profile_picture");
    form.finish()?;
    set_picture(db, caller.id, &mut uploads).await?;
    let me = find(db, caller.id).await?;
    Ok(Json::ok(Picture {
        profile_picture: format!("{}{}", base.0, me.picture),
    }))
}

/// Goes back to the default picture.
#[utoipa::path(context_path = "/auth", tag = "Accounts", responses((status = 204)))]
#[delete("/profile_picture")]
pub async fn delete_picture(caller: AuthUser, db: &State<Db>) -> Result<Status> {
    db.write(move |tx| store::update_picture(tx, caller.id, None)).await?;
    Ok(NO_CONTENT)
}

/// The fields of a profile.
#[derive(Debug, Serialize, ToSchema)]
pub struct Names {
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
}

/// What a change of a profile sends.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct NewNames {
    username: String,
    first_name: String,
    last_name: String,
    email: String,
    /// The current password: asked for with another address, if the server is set so.
    password: Option<String>,
}

/// Changes all four fields of the caller's profile.
#[utoipa::path(context_path = "/auth", tag = "Accounts", request_body = NewNames,
    responses((status = 200, body = Names), (status = 400, description = "Fields with what is wrong")))]
#[put("/update_profile/<user>", data = "<body>")]
pub async fn put_update_profile(
    user: UserId,
    uploading: Uploading<'_>,
    proving: Proving<'_>,
    body: Signed<'_>,
    db: &State<Db>,
) -> Result<Json<Names>> {
    let Signed { user: caller, body } = body;
    update_profile(user, caller, uploading, proving, body, db, true).await
}

/// Changes some fields of the caller's profile.
#[utoipa::path(context_path = "/auth", tag = "Accounts", request_body = NewNames,
    responses((status = 200, body = Names), (status = 400, description = "Fields with what is wrong")))]
#[patch("/update_profile/<user>", data = "<body>")]
pub async fn patch_update_profile(
    user: UserId,
    uploading: Uploading<'_>,
    proving: Proving<'_>,
    body: Signed<'_>,
    db: &State<Db>,
) -> Result<Json<Names>> {
    let Signed { user: caller, body } = body;
    update_profile(user, caller, uploading, proving, body, db, false).await
}

async fn update_profile(
    user: UserId,
    caller: AuthUser,
    uploading: Uploading<'_>,
    proving: Proving<'_>,
    body: Body<'_>,
    db: &Db,
    whole: bool,
) -> Result<Json<Names>> {
    let mut uploads = uploading.uploads(caller.id, &[Slot::portrait("profile_picture")]);
    let mut form = body.read_with(&mut uploads).await?;
    caller.no_guest()?;
    find(db, user).await?;
    let mut next = find(db, caller.id).await?;
    let field = |form: &mut Form, name: &str, max| match whole {
        true => Some(form.required(name, max)),
        false => form.optional(name, max),
    };
    let text = field(&mut form, "username", NAME_MAX);
    let username = username_field(&mut form, text);
    let text = field(&mut form, "first_name", NAME_MAX);
    let first_name = display_name_field(&mut form, "first_name", text);
    let text = field(&mut form, "last_name", NAME_MAX);
    let last_name = display_name_field(&mut form, "last_name", text);
    let text = field(&mut form, "email", EMAIL_MAX);
    let email = email_field(&mut form, text);
    let moves = user == caller.id && email.as_ref().is_some_and(|email| *email != next.email);
    let asked = proving.config.require_password_for_email && moves;
    let password = asked.then(|| form.password("password", PASSWORD_MAX));
    form.finish()?;
    if user != caller.id {
        return Err(Error::Invalid(
            Fields::default().plain("authorize", Text::NotYourAccount),
        ));
    }
    let renamed = username.as_ref().is_some_and(|name| *name != next.username);
    if renamed && username.as_deref().is_some_and(is_reserved) && next.role != Role::Host {
        return Err(Error::field("username", Text::UsernameTaken));
    }
    let mut proof = None;
    if let Some(password) = password {
        let checked = proving.check(caller.id, &next.username, password).await?;
        proof = Some(checked.ok_or_else(wrong_password)?);
    }
    next.username = username.unwrap_or(next.username);
    next.first_name = first_name.unwrap_or(next.first_name);
    next.last_name = last_name.unwrap_or(next.last_name);
    next.email = email.unwrap_or(next.email);
    let next = db.write(move |tx| save_profile(tx, next, proof)).await?;
    set_picture(db, user, &mut uploads).await?;
    let User {
        username,
        first_name,
        last_name,
        email,
        ..
    } = next;
    Ok(Json::ok(Names {
        username,
        first_name,
        last_name,
        email,
    }))
}

fn wrong_password() -> Error {
    Error::field("password", Text::OldPasswordWrong)
}

/// `proof` is the hash of the password that was checked, if one was asked for.
fn save_profile(tx: &mut crate::db::Tx<'_>, next: User, proof: Option<String>) -> Result<User> {
    if proof.is_some() && store::find_password(tx, next.id)? != proof {
        return Err(wrong_password());
    }
    let taken = store::find_taken(tx, &next.username, &next.email, Some(next.id))?;
    if taken.username {
        return Err(Error::field("username", Text::UsernameTaken));
    }
    if taken.email {
        return Err(Error::Invalid(Fields::default().nested("email", Text::EmailInUse)));
    }
    store::update_profile(tx, &next)?;
    Ok(next)
}

/// What a change of password sends.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct NewPassword {
    old_password: String,
    password: String,
    password2: String,
}

/// Changes the caller's password; every other session of his ends.
#[utoipa::path(context_path = "/auth", tag = "Accounts", request_body = NewPassword,
    responses((status = 200), (status = 400, description = "Fields with what is wrong")))]
#[put("/change_password/<user>", data = "<body>")]
pub async fn put_change_password(
    user: UserId,
    proving: Proving<'_>,
    body: Signed<'_>,
    db: &State<Db>,
    config: &State<Config>,
    hashing: &State<Hashing>,
) -> Result<Json<Value>> {
    let Signed { user: caller, body } = body;
    let mut form = body.read().await?;
    let old = form.password("old_password", PASSWORD_MAX);
    let new = form.password("password", PASSWORD_MAX);
    let again = form.password("password2", PASSWORD_MAX);
    find(db, user).await?;
    let me = find(db, caller.id).await?;
    let about = passwords::Person {
        username: &me.username,
        first_name: &me.first_name,
        last_name: &me.last_name,
        email: &me.email,
    };
    password_rules(&mut form, "password", &new, &about);
    form.finish()?;
    if new != again {
        return Err(Error::field("password", Text::PasswordsDiffer));
    }
    let id = caller.id;
    let wrong = || {
        let fields = Fields::default().nested("old_password", Text::OldPasswordWrong);
        Error::Invalid(fields.plain("detail", Text::OldPasswordWrong))
    };
    let checked = proving.check(id, &me.username, old).await?.ok_or_else(wrong)?;
    if user != caller.id {
        return Err(Error::Invalid(
            Fields::default().plain("authorize", Text::NotYourAccount),
        ));
    }
    let renewed = hashing.hash(new, config.password_iterations).await?;
    let keep = caller.session.id;
    db.write(move |tx| {
        // Only if the password that was checked is still his: two changes at once have one winner.
        if !store::update_password(tx, id, &renewed, Some(&checked))? {
            return Err(wrong());
        }
        store::delete_reset_code(tx, id)?;
        store::delete_sessions(tx, id, Some(keep))
    })
    .await?;
    Ok(Json::ok(json!({})))
}

/// As PUT: all three fields, always.
#[utoipa::path(context_path = "/auth", tag = "Accounts", request_body = NewPassword,
    responses((status = 200), (status = 400, description = "Fields with what is wrong")))]
#[patch("/change_password/<user>", data = "<body>")]
pub async fn patch_change_password(
    user: UserId,
    proving: Proving<'_>,
    body: Signed<'_>,
    db: &State<Db>,
    config: &State<Config>,
    hashing: &State<Hashing>,
) -> Result<Json<Value>> {
    put_change_password(user, proving, body, db, config, hashing).await
}
