//! `/chat`: chats.

use rocket::http::Status;
use rocket::{get, patch, post, put, routes, Route, State};
use utoipa::ToSchema;

use super::everyone::store::renew_everyone;
use super::store::{self, Filter, NewChat, Rules};
use super::{is_private, links, members, retention, Chat, NAME_MAX, TYPE_MAX, USERS_MAX};
use crate::accounts::guard::{AuthUser, Signed};
use crate::accounts::{self, display_name_field};
use crate::clock;
use crate::db::{Db, Tx};
use crate::edge::BaseUrl;
use crate::error::{Error, Result};
use crate::form::Form;
use crate::ids::{ChatId, UserId};
use crate::live::log::{Event, Tell};
use crate::media;
use crate::media::upload::{Slot, Uploading};
use crate::media::Uploaded;
use crate::messages::CLIENT_ID_MAX;
use crate::order::store::{find_role, insert_deed, note_of, standing, standing_in, Deed};
use crate::page::{Page, Paging};
use crate::reply::Json;
use crate::text::Text;

/// The part of `/chat` that is about chats.
pub fn mounted() -> Vec<Route> {
    let mut all = routes![create, list, get_one, patch_chat, put_chat];
    all.extend(members::routes::mounted());
    all.extend(links::routes::mounted());
    all.extend(retention::routes::mounted());
    all
}

/// A chat to be made.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct ChatFields {
    name: String,
    /// Who else is in it; the caller always is.
    users: Vec<UserId>,
    /// "privat" is two people, anything else a group.
    #[schema(rename = "type")]
    kind: String,
    /// Multipart: a PNG, JPEG, WebP or GIF.
    #[schema(value_type = Option<String>, format = Binary)]
    chat_picture: Option<String>,
    /// At most 100 characters of the client's choice: the same again is the same chat.
    client_id: Option<String>,
}

/// Makes a chat. Two people have one private chat: if they have it already, it is the answer as it is, with 200. So is what
/// the caller made before under the same `client_id`.
#[utoipa::path(context_path = "/chat", tag = "Chats", request_body = ChatFields,
    responses((status = 201, body = Chat), (status = 200, body = Chat, description = "The private chat that these two have, or what was made under this client_id"), (status = 400), (status = 404, description = "The caller is no longer in what he made under this client_id"), (status = 409, description = "client_id was used for another chat")))]
#[post("/", data = "<body>")]
pub async fn create(uploading: Uploading<'_>, body: Signed<'_>, base: BaseUrl, db: &State<Db>) -> Result<Json<Chat>> {
    let Signed { user, body } = body;
    let mut uploads = uploading.uploads(user.id, &[Slot::portrait("chat_picture")]);
    let mut form = body.read_with(&mut uploads).await?;
    user.no_guest()?;
    uploads.refuse_text(&mut form);
    let name = Some(form.required("name", NAME_MAX));
    let name = display_name_field(&mut form, "name", name).unwrap_or_default();
    let kind = form.required("type", TYPE_MAX);
    let users = form.ids("users", USERS_MAX);
    if users.is_none() && !form.errors.has("users") {
        form.errors.add("users", Text::Required);
    }
    let wanted = NewChat {
        name,
        kind,
        creator: user.id,
        users: Vec::new(),
        client_id: form.maybe("client_id", CLIENT_ID_MAX),
    };
    let (users, picture) = (users.unwrap_or_default(), uploads.found("chat_picture"));
    let made = db
        .write(move |tx| make(tx, wanted, &users, picture, form, &base.0))
        .await?;
    if made.0 == Status::Created {
        uploads.keep();
    }
    Ok(made)
}

/// Makes a chat of the caller and these people, or finds the private one that they have.
fn make(
    tx: &mut Tx<'_>,
    mut new: NewChat,
    ids: &[i64],
    picture: Option<Uploaded>,
    mut form: Form,
    base: &str,
) -> Result<Json<Chat>> {
    let (me, private) = (new.creator, is_private(&new.kind));
    new.users = existing(tx, &mut form, ids)?;
    new.users.push(me);
    new.users.sort();
    new.users.dedup();
    if private && new.users.len() != 2 && !form.errors.has("users") {
        form.errors.add("users", Text::PrivateIsForTwo);
    }
    if new.users.len() > USERS_MAX {
        form.errors.add("users", Text::TooManyItems(USERS_MAX));
    }
    form.finish()?;
    let before = match &new.client_id {
        Some(client_id) => store::find_by_client_id(tx, me, client_id)?,
        None => None,
    };
    let known = match (before, private, new.users.as_slice()) {
        (Some((_, asked)), ..) if asked != new.fingerprint() => return Err(Error::Conflict(Text::ClientIdReused)),
        (Some((before, _)), ..) => Some(before),
        (None, true, [one, other]) => store::find_private(tx, *one, *other)?,
        _ => None,
    };
    let standing = standing(tx, me)?;
    if standing.is_watched() {
        let others = new.users.iter().filter(|user| **user != me);
        let roles = others.filter_map(|other| find_role(tx, *other).transpose());
        standing.may_meet(private, &roles.collect::<Result<Vec<_>>>()?)?;
    }
    if known.is_none() {
        standing.may_speak(clock::now())?;
    }
    let (status, id) = match known {
        Some(id) => (Status::Ok, id),
        None => (Status::Created, store::insert_chat(tx, &new)?),
    };
    if let (None, Some(picture)) = (known, picture) {
        media::store::claim_portrait(tx, picture.id)?;
        store::update_picture(tx, id, picture.id)?;
    }
    let member = members::store::member(tx, id, me)?;
    Ok(Json(status, store::get_chat(tx, &member, base)?))
}

/// The people of these ids; those that do not exist are added to the form's errors.
fn existing(tx: &Tx<'_>, form: &mut Form, ids: &[i64]) -> Result<Vec<UserId>> {
    let existing = accounts::store::list_existing(tx, ids)?;
    for id in ids.iter().filter(|id| !existing.contains(&UserId(**id))) {
        form.errors.add("users", Text::InvalidPk(id.to_string()));
    }
    Ok(existing)
}

/// The caller's chats, the newest first.
#[utoipa::path(context_path = "/chat", tag = "Chats",
    params(("name" = Option<String>, Query, description = "part of the chat's name"), ("search" = Option<String>, Query, description = "part of the chat's or of a member's name"),
        ("users" = Option<UserId>, Query, description = "chats that this person is in, too; may be repeated"), ("type" = Option<String>, Query),
        ("page" = Option<String>, Query), ("page_size" = Option<i64>, Query)),
    responses((status = 200, body = Page<Chat>)))]
#[get("/?<name>&<search>&<users>&<type>")]
#[allow(clippy::too_many_arguments, reason = "each is a guard or a parameter")]
pub async fn list(
    name: Option<String>,
    search: Option<String>,
    users: Vec<String>,
    r#type: Option<String>,
    user: AuthUser,
    paging: Paging,
    base: BaseUrl,
    db: &State<Db>,
) -> Result<Json<Page<Chat>>> {
    let ids = parse_users(&users)?;
    let page = db.read(move |connection| {
        let existing = accounts::store::list_existing(connection, &ids)?;
        if let Some(unknown) = ids.iter().find(|id| !existing.contains(&UserId(**id))) {
            return Err(Error::field("users", Text::InvalidChoice(unknown.to_string())));
        }
        let filter = Filter::new(name, search, existing, r#type.filter(|kind| !kind.is_empty()));
        let count = store::count_chats(connection, user.id, &filter)?;
        let slice = paging.slice(count)?;
        let chats = store::list_chats(connection, user.id, &filter, &base.0, slice.limit, slice.offset)?;
        Ok(paging.page(count, slice, chats))
    });
    Ok(Json::ok(page.await?))
}

fn parse_users(users: &[String]) -> Result<Vec<i64>> {
    let parse = |text: &String| match crate::ids::parse(text) {
        Ok(id) => Ok(id),
        Err(_) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err(Error::field("users", Text::InvalidChoice(text.clone())))
        }
        Err(_) => Err(Error::field("users", Text::InvalidValue(text.clone()))),
    };
    users.iter().map(parse).collect()
}

/// One of the caller's chats.
#[utoipa::path(context_path = "/chat", tag = "Chats", responses((status = 200, body = Chat), (status = 404)))]
#[get("/<chat>")]
pub async fn get_one(chat: ChatId, user: AuthUser, base: BaseUrl, db: &State<Db>) -> Result<Json<Chat>> {
    let chat = db.read(move |connection| {
        let member = members::store::member(connection, chat, user.id)?;
        store::get_chat(connection, &member, &base.0)
    });
    Ok(Json::ok(chat.await?))
}

/// What of a chat can be changed.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct ChatChanges {
    name: Option<String>,
    /// People to add: one id or several.
    users: Option<Vec<UserId>>,
    /// Multipart: a PNG, JPEG, WebP or GIF.
    #[schema(value_type = Option<String>, format = Binary)]
    chat_picture: Option<String>,
    /// Whether only its owner and staff write; theirs to set.
    announces: Option<bool>,
    /// Whether what others write waits for one of those; theirs to set.
    approves: Option<bool>,
    /// Whether it is put away, so that nobody writes in it; theirs to set.
    archived: Option<bool>,
}

/// Adds people to a group, renames it, or sets its picture. Any member may; nobody may in a private chat.
#[utoipa::path(context_path = "/chat", tag = "Chats", request_body = ChatChanges,
    responses((status = 200, body = Chat), (status = 400), (status = 403, description = "A private chat"), (status = 404)))]
#[patch("/<chat>", data = "<body>")]
pub async fn patch_chat(
    chat: ChatId,
    uploading: Uploading<'_>,
    body: Signed<'_>,
    base: BaseUrl,
    db: &State<Db>,
) -> Result<Json<Chat>> {
    let Signed { user, body } = body;
    let me = user.id;
    // Asked before a picture is taken in, and again in the transaction.
    db.glance(move |connection| members::store::member(connection, chat, me))
        .await?;
    let mut uploads = uploading.uploads(user.id, &[Slot::portrait("chat_picture")]);
    let mut form = body.read_with(&mut uploads).await?;
    user.no_guest()?;
    uploads.refuse_text(&mut form);
    let name = form.optional("name", NAME_MAX);
    let name = display_name_field(&mut form, "name", name);
    let users = form.ids("users", USERS_MAX);
    if users.as_ref().is_some_and(Vec::is_empty) && !form.errors.has("users") {
        form.errors.add("users", Text::EmptyList);
    }
    let changes = Changes {
        name,
        users,
        rules: Rules {
            announces: form.flag("announces"),
            approves: form.flag("approves"),
            archived: form.flag("archived"),
        },
        picture: uploads.found("chat_picture"),
    };
    let changed = db
        .write(move |tx| change(tx, chat, &user, changes, form, &base.0))
        .await?;
    uploads.keep();
    Ok(Json::ok(changed))
}

/// As PATCH: it adds people and drops nobody.
#[utoipa::path(context_path = "/chat", tag = "Chats", request_body = ChatChanges,
    responses((status = 200, body = Chat), (status = 400), (status = 403, description = "A private chat"), (status = 404)))]
#[put("/<chat>", data = "<body>")]
pub async fn put_chat(
    chat: ChatId,
    uploading: Uploading<'_>,
    body: Signed<'_>,
    base: BaseUrl,
    db: &State<Db>,
) -> Result<Json<Chat>> {
    patch_chat(chat, uploading, body, base, db).await
}

struct Changes {
    name: Option<String>,
    users: Option<Vec<i64>>,
    picture: Option<Uploaded>,
    rules: Rules,
}

fn change(
    tx: &mut Tx<'_>,
    chat: ChatId,
    user: &AuthUser,
    changes: Changes,
    mut form: Form,
    base: &str,
) -> Result<Chat> {
    let member = members::store::member(tx, chat, user.id)?;
    let users = existing(tx, &mut form, changes.users.as_deref().unwrap_or_default())?;
    form.finish()?;
    if member.private && (changes.name.is_some() || changes.users.is_some() || changes.picture.is_some()) {
        return Err(Error::Forbidden(Text::PrivateIsFixed));
    }
    if changes.rules.any() {
        if member.private || !member.leads(user.role()) {
            return Err(Error::Forbidden(Text::PermissionDenied));
        }
        if store::update_rules(tx, chat, &changes.rules)? {
            let note = note_of([
                ("announces", changes.rules.announces.map(|on| on.to_string())),
                ("approves", changes.rules.approves.map(|on| on.to_string())),
                ("archived", changes.rules.archived.map(|on| on.to_string())),
            ]);
            insert_deed(
                tx,
                Deed {
                    note: &note,
                    ..Deed::within(user.id, "chat_rules", chat)
                },
            )?;
        }
    }
    if changes.rules.archived == Some(true) {
        renew_everyone(tx, user.id)?;
    }
    // By the rules as they now are.
    let member = members::store::member(tx, chat, user.id)?;
    if changes.name.is_some() || changes.picture.is_some() {
        standing_in(tx, &member)?.may_reword(&member, clock::now())?;
    }
    for user in users {
        members::store::add_member(tx, chat, user)?;
    }
    if members::store::count_members(tx, chat)? > USERS_MAX {
        return Err(Error::field("users", Text::TooManyItems(USERS_MAX)));
    }
    if let Some(name) = &changes.name {
        store::update_name(tx, chat, name)?;
    }
    if let Some(picture) = &changes.picture {
        media::store::claim_portrait(tx, picture.id)?;
        store::update_picture(tx, chat, picture.id)?;
    }
    if changes.rules.any() || changes.name.is_some() || changes.picture.is_some() {
        tx.tell(Event::ChatUpdated(chat))?;
    }
    store::get_chat(tx, &member, base)
}
