//! `/chat/messages`: sending, reading, editing, deleting; and `/chat/search`.

use std::sync::Arc;

use rocket::http::Status;
use rocket::{delete, get, patch, post, put, routes, Responder, Route, State};
use rusqlite::Connection;
use serde::Serialize;
use utoipa::ToSchema;

use super::pages::Pages;
use super::search::{self, Query, Words};
use super::sending::{send_once, text_field, Draft, Sent};
use super::store::{self, Filter, Media, Window};
use super::{reactions, Message};
use crate::accounts::guard::{AuthUser, Signed};
use crate::chats;
use crate::clock;
use crate::db::Db;
use crate::edge::BaseUrl;
use crate::error::{Error, Fields, Result};
use crate::form::Body;
use crate::ids::{self, ChatId, MessageId, UserId};
use crate::limits::Limits;
use crate::media::upload::{Slot, Uploading};
use crate::order::store::{insert_deed, standing_in, Deed};
use crate::page::{Link, Page, Paging};
use crate::reply::{Json, Raw, NO_CONTENT};
use crate::text::{Lang, Text};

/// Messages of a window unless `limit` says otherwise, and at most.
const LIMIT: i64 = 50;
const LIMIT_MAX: i64 = 200;

/// The part of `/chat` that is about messages.
pub fn mounted() -> Vec<Route> {
    let mut all = routes![send, send_to, list, get_one, patch_text, put_text, delete_one, find];
    all.extend(routes![
        reactions::routes::put_reaction,
        reactions::routes::delete_own_reaction
    ]);
    all
}

/// A message to be sent; JSON, or multipart with `photo` and `file`.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct MessageFields {
    /// Not needed where the address names the chat.
    chat_id: Option<ChatId>,
    /// If it is there it must be the caller.
    from_user: Option<UserId>,
    /// At most 10,000 characters; may be left out beside a photo or a file.
    text: Option<String>,
    /// At most 100 characters of the client's choice: the same again is the same message.
    client_id: Option<String>,
    /// A message of the same chat.
    reply_to: Option<MessageId>,
    /// Multipart: a PNG, JPEG, WebP or GIF.
    #[schema(value_type = Option<String>, format = Binary)]
    photo: Option<String>,
    /// Multipart: any file.
    #[schema(value_type = Option<String>, format = Binary)]
    file: Option<String>,
}

/// Sends a message to the chat that the body names. The same `client_id` again is answered with the first message.
#[utoipa::path(context_path = "/chat", tag = "Messages", request_body = MessageFields,
    responses((status = 201, body = Message), (status = 200, body = Message, description = "It was sent before"), (status = 202, body = Waiting, description = "It waits to be approved"), (status = 400),
        (status = 403, description = "from_user is not the caller, or the caller may not write now: `code` says why"), (status = 409, description = "client_id was used for another message")))]
#[post("/messages", data = "<body>")]
pub async fn send(
    uploading: Uploading<'_>,
    body: Signed<'_>,
    base: BaseUrl,
    lang: Lang,
    db: &State<Db>,
    limits: &State<Limits>,
) -> Result<Posted> {
    let Signed { user, body } = body;
    post_message(None, (user, lang), uploading, body, base, db, limits).await
}

/// Sends a message to the chat that the address names.
#[utoipa::path(context_path = "/chat", tag = "Messages", request_body = MessageFields,
    responses((status = 201, body = Message), (status = 200, body = Message, description = "It was sent before"), (status = 202, body = Waiting, description = "It waits to be approved"), (status = 400),
        (status = 403, description = "from_user is not the caller, or the caller may not write now: `code` says why"), (status = 404), (status = 409, description = "client_id was used for another message")))]
#[post("/messages/<chat>", data = "<body>")]
pub async fn send_to(
    chat: ChatId,
    uploading: Uploading<'_>,
    body: Signed<'_>,
    base: BaseUrl,
    lang: Lang,
    db: &State<Db>,
    limits: &State<Limits>,
) -> Result<Posted> {
    let Signed { user, body } = body;
    post_message(Some(chat), (user, lang), uploading, body, base, db, limits).await
}

/// What is answered to a message that waits for somebody's look.
#[derive(Serialize, ToSchema)]
pub struct Waiting {
    detail: String,
    /// "held".
    code: &'static str,
}

impl Waiting {
    fn in_lang(lang: Lang) -> Waiting {
        Waiting {
            detail: Text::Held.say(lang).into_owned(),
            code: "held",
        }
    }
}

/// The answer to a message.
#[derive(Responder)]
#[allow(clippy::large_enum_variant, reason = "it lives for one answer")]
pub enum Posted {
    There(Json<Message>),
    Waits(Json<Waiting>),
}

async fn post_message(
    chat: Option<ChatId>,
    (user, lang): (AuthUser, Lang),
    uploading: Uploading<'_>,
    body: Body<'_>,
    base: BaseUrl,
    db: &Db,
    limits: &Limits,
) -> Result<Posted> {
    limits.message(user.id)?;
    let mut uploads = uploading.uploads(user.id, &[Slot::photo("photo"), Slot::file("file")]);
    let mut form = body.read_with(&mut uploads).await?;
    uploads.refuse_text(&mut form);
    let draft = Draft::read(&mut form, chat, user.id)?;
    let chat = draft.chat;
    let new = draft.with(&mut form, uploads.found("photo"), uploads.found("file"));
    form.finish()?;
    let sent = db.write(move |tx| send_once(tx, chat, user.id, new)).await?;
    if let Sent::There(_, true) | Sent::Waits(true) = &sent {
        uploads.keep();
    }
    Ok(match sent {
        Sent::There(row, first) => {
            let status = if first { Status::Created } else { Status::Ok };
            Posted::There(Json(status, row.message(&base.0)))
        }
        Sent::Waits(_) => Posted::Waits(Json(Status::Accepted, Waiting::in_lang(lang))),
    })
}

/// A chat's history with `chat`: the newest below `before`, or the oldest above `after`; with `media` only what brings a
/// photo or a file. Without `chat`, all that the caller can see, in pages.
#[utoipa::path(context_path = "/chat", tag = "Messages",
    params(("chat" = Option<ChatId>, Query), ("before" = Option<i64>, Query, description = "a seq"), ("after" = Option<i64>, Query, description = "a seq; the answer is then oldest first"),
        ("limit" = Option<i64>, Query, description = "1 to 200, default 50"), ("from_user" = Option<UserId>, Query),
        ("media" = Option<String>, Query, description = "photo, file, or any of the two; with `chat`"),
        ("page" = Option<String>, Query), ("page_size" = Option<i64>, Query)),
    responses((status = 200, body = Page<Message>), (status = 404)))]
#[get("/messages?<chat>&<before>&<after>&<limit>&<from_user>&<media>")]
#[allow(clippy::too_many_arguments, reason = "each is a guard or a parameter")]
pub async fn list(
    chat: Option<&str>,
    before: Option<&str>,
    after: Option<&str>,
    limit: Option<&str>,
    from_user: Option<&str>,
    media: Option<&str>,
    user: AuthUser,
    link: Link,
    paging: Paging,
    base: BaseUrl,
    db: &State<Db>,
    pages: &State<Arc<Pages>>,
) -> Result<Raw> {
    let mut fields = Fields::default();
    let mut integer = |name: &str, text: Option<&str>, min: i64, max: i64| {
        let problem = match text?.parse::<i64>() {
            Ok(number) if number < min => Text::TooSmall(min),
            Ok(number) if number > max => Text::TooBig(max),
            Ok(number) => return Some(number),
            Err(_) => Text::NotAnInteger,
        };
        fields.add(name, problem);
        None
    };
    let before = integer("before", before, 0, i64::MAX);
    let after = integer("after", after, 0, i64::MAX);
    let limit = integer("limit", limit, 1, LIMIT_MAX).unwrap_or(LIMIT);
    let media = media.and_then(|media| media_field(&mut fields, media));
    fields.finish()?;
    let Some(chat) = chat else {
        let page = list_all(from_user, user, paging, base, db).await?;
        return Ok(Raw(Status::Ok, Raw::write(&page)?));
    };
    let chat = ids::parse(chat).map_err(|_| not_an_id("chat", chat))?;
    let below = before.unwrap_or(i64::MAX);
    let window = after.map_or(Window::Before(below), |above| Window::Between(above, below));
    let filter = Filter {
        from: from_user.map(parse_from).transpose()?,
        media,
    };
    let (chat, address) = (ChatId(chat), link.with(&[]));
    let missing = match pages.find(chat, user.id, &address) {
        Ok(page) => return Ok(Raw(Status::Ok, page)),
        Err(missing) => missing,
    };
    let read = move |connection: &Connection| {
        let member = chats::members::store::member(connection, chat, user.id)?;
        let results = store::list_window(connection, &member, window, filter, limit, &base.0)?;
        let count = store::count_in_chat(connection, &member, filter)?;
        Raw::write(&window_page(count, member.last_seq, window, results, &link))
    };
    let page = match media {
        // Counted over the whole chat.
        Some(_) => db.read(read).await?,
        None => db.glance(read).await?,
    };
    pages.keep(missing, chat, user.id, &address, &page);
    Ok(Raw(Status::Ok, page))
}

/// A parameter that names something by an id but is none: a number beyond all ids is an unknown one.
fn not_an_id(name: &str, text: &str) -> Error {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Error::not_found();
    }
    Error::field(name, Text::InvalidValue(text.to_owned()))
}

fn media_field(fields: &mut Fields, text: &str) -> Option<Media> {
    match text {
        "photo" => Some(Media::Photo),
        "file" => Some(Media::File),
        "any" => Some(Media::Any),
        _ => {
            fields.add("media", Text::InvalidChoice(text.to_owned()));
            None
        }
    }
}

fn parse_from(text: &str) -> Result<UserId> {
    let invalid = |_| Error::field("from_user", Text::InvalidValue(text.to_owned()));
    ids::parse(text).map(UserId).map_err(invalid)
}

/// A window with the addresses of what is beside it.
fn window_page(count: i64, last_seq: i64, window: Window, results: Vec<Message>, link: &Link) -> Page<Message> {
    let older = results.iter().map(|message| message.seq).min().filter(|seq| *seq > 1);
    let newer = results
        .iter()
        .map(|message| message.seq)
        .max()
        .filter(|seq| *seq < last_seq);
    let before = older.map(|seq| link.with(&[("before", Some(seq.to_string())), ("after", None)]));
    let after = newer.map(|seq| link.with(&[("after", Some(seq.to_string())), ("before", None)]));
    let (next, previous) = match window {
        Window::Before(_) => (before, after),
        Window::Between(..) => (after, before),
    };
    Page {
        count,
        next,
        previous,
        results,
    }
}

async fn list_all(from: Option<&str>, user: AuthUser, paging: Paging, base: BaseUrl, db: &Db) -> Result<Page<Message>> {
    let from = from.map(parse_from).transpose()?;
    let page = db.read(move |connection| {
        let count = store::count_visible(connection, user.id, from)?;
        let slice = paging.slice(count)?;
        let results = store::list_visible(connection, user.id, from, slice.limit, slice.offset, &base.0)?;
        Ok(paging.page(count, slice, results))
    });
    page.await
}

/// One message.
#[utoipa::path(context_path = "/chat", tag = "Messages", responses((status = 200, body = Message), (status = 404)))]
#[get("/messages/<message>")]
pub async fn get_one(message: MessageId, user: AuthUser, base: BaseUrl, db: &State<Db>) -> Result<Json<Message>> {
    let found = db.glance(move |connection| Ok(store::visible(connection, message, user.id)?.0.message(&base.0)));
    Ok(Json::ok(found.await?))
}

/// A new wording.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: the fields are read one by one")]
pub struct Rewording {
    text: String,
}

/// Rewords the caller's own message. Its time stays.
#[utoipa::path(context_path = "/chat", tag = "Messages", request_body = Rewording,
    responses((status = 200, body = Message), (status = 400), (status = 404, description = "Not the caller's, or deleted")))]
#[patch("/messages/<message>", data = "<body>")]
pub async fn patch_text(message: MessageId, body: Signed<'_>, base: BaseUrl, db: &State<Db>) -> Result<Json<Message>> {
    let Signed { user, body } = body;
    let mut form = body.read().await?;
    let text = text_field(&mut form);
    let edited = db.write(move |tx| {
        let (row, member) = store::visible(tx, message, user.id)?;
        if row.from_user != user.id || row.deleted {
            return Err(Error::not_found());
        }
        standing_in(tx, &member)?.may_reword(&member, clock::now())?;
        let attached = row.photo.is_some() || row.file.is_some();
        if text.is_none() && !form.errors.has("text") && !(attached && form.has("text")) {
            form.errors
                .add("text", if form.has("text") { Text::Blank } else { Text::Required });
        }
        form.finish()?;
        let text = text.unwrap_or_default();
        if text != row.text {
            store::update_text(tx, &row, &text)?;
        }
        store::find_message(tx, message, &base.0)?.ok_or_else(Error::not_found)
    });
    Ok(Json::ok(edited.await?))
}

/// As PATCH.
#[utoipa::path(context_path = "/chat", tag = "Messages", request_body = Rewording,
    responses((status = 200, body = Message), (status = 400), (status = 404, description = "Not the caller's, or deleted")))]
#[put("/messages/<message>", data = "<body>")]
pub async fn put_text(message: MessageId, body: Signed<'_>, base: BaseUrl, db: &State<Db>) -> Result<Json<Message>> {
    patch_text(message, body, base, db).await
}

/// Takes a message's content away: its author may, the group's owner, and the host. Its row and seq stay.
#[utoipa::path(context_path = "/chat", tag = "Messages", responses((status = 204), (status = 404)))]
#[delete("/messages/<message>")]
pub async fn delete_one(message: MessageId, user: AuthUser, db: &State<Db>) -> Result<Status> {
    db.write(move |tx| {
        let (row, member) = store::visible(tx, message, user.id)?;
        if row.from_user != user.id && !member.leads(user.role()) {
            return Err(Error::not_found());
        }
        if !row.deleted {
            let by = Some(user.id).filter(|by| *by != row.from_user);
            store::delete(tx, &row, by)?;
            if by.is_some() {
                insert_deed(
                    tx,
                    Deed {
                        subject: Some(row.from_user),
                        chat: Some(row.chat),
                        message: Some(row.id),
                        ..Deed::of(user.id, "remove")
                    },
                )?;
            }
        }
        Ok(NO_CONTENT)
    })
    .await
}

/// A message that was found, with the words that fit.
#[derive(Serialize, ToSchema)]
pub struct Hit {
    #[serde(flatten)]
    message: Message,
    /// HTML: the text around the hit, with it between `<mark>` and `</mark>`; all else is escaped.
    excerpt: String,
}

/// Finds messages of the caller's chats by the beginnings of their words, case and diacritics aside; best first. At
/// most the best 1,000 are counted.
#[utoipa::path(context_path = "/chat", tag = "Messages",
    params(("q" = String, Query), ("chat" = Option<ChatId>, Query), ("page" = Option<String>, Query), ("page_size" = Option<i64>, Query)),
    responses((status = 200, body = Page<Hit>), (status = 400), (status = 404)))]
#[get("/search?<q>&<chat>")]
pub async fn find(
    q: Option<&str>,
    chat: Option<&str>,
    user: AuthUser,
    paging: Paging,
    base: BaseUrl,
    db: &State<Db>,
) -> Result<Json<Page<Hit>>> {
    let typed = match q.map(str::trim) {
        None => return Err(Error::field("q", Text::Required)),
        Some("") => return Err(Error::field("q", Text::Blank)),
        Some(typed) if typed.chars().count() > 200 => return Err(Error::field("q", Text::TooLong(200))),
        Some(typed) => Words::new(typed),
    };
    let chat = chat
        .map(|text| ids::parse(text).map(ChatId).map_err(|_| not_an_id("chat", text)))
        .transpose()?;
    search::indexing::catch_up(db).await?;
    let page = db.search(move |connection| {
        if let Some(chat) = chat {
            chats::members::store::member(connection, chat, user.id)?;
        }
        let Some(words) = typed else {
            return Ok(paging.page(0, paging.slice(0)?, Vec::new()));
        };
        let query = Query {
            words,
            user: user.id,
            chat,
        };
        let ids = search::store::list_hits(connection, &query)?;
        let slice = paging.slice(ids.len() as i64)?;
        let page: Vec<MessageId> = ids
            .iter()
            .copied()
            .skip(slice.offset as usize)
            .take(slice.limit as usize)
            .collect();
        let hits = search::store::show(connection, &query.words, &page, &base.0)?;
        let hits = hits
            .into_iter()
            .map(|(message, excerpt)| Hit { message, excerpt })
            .collect();
        Ok(paging.page(ids.len() as i64, slice, hits))
    });
    Ok(Json::ok(page.await?))
}
