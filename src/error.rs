//! The one way to fail: few variants, each with its status and the contract's JSON.
//!
//! A field's errors are `{"field": ["message", ...]}`, everything else is `{"detail": "message"}` with a `code` where a
//! program must tell cases apart. Texts are chosen when the answer is written, in the caller's language. What went
//! wrong inside is logged here, once, with the request id that the caller sees too, and never sent.

use rocket::http::{ContentType, Header, Status};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::response::{Responder, Response};
use serde_json::{json, Map, Value};

use crate::text::{Lang, Text};

pub type Result<T> = std::result::Result<T, Error>;

/// Why a request was not carried out.
#[derive(Debug)]
pub enum Error {
    /// 401: who asks is not known.
    Unauthorized(Refusal),
    /// 403: known, but not allowed what he can see.
    Forbidden(Text),
    /// 404: not there, or not there for the caller.
    NotFound(Text),
    /// 400: fields of the body or query, each with what is wrong.
    Invalid(Fields),
    /// 400: the request as a whole.
    Malformed(Text, Option<&'static str>),
    /// 405, with the method that was tried.
    MethodNotAllowed(String),
    /// 409.
    Conflict(Text),
    /// 413.
    TooLarge(Text),
    /// 415, with the type that came.
    Unsupported(String),
    /// 426: this address is a WebSocket's.
    UpgradeRequired,
    /// 429, with the seconds to wait.
    TooMany(u64),
    /// 503: busy or locked; worth another try.
    Unavailable,
    /// 507: no room on the disk; nothing was stored.
    StorageFull,
    /// 500: a fault of ours.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

/// Why somebody is not let in: a text, a code for programs, and SimpleJWT's word on the token.
#[derive(Debug)]
pub struct Refusal {
    pub detail: Text,
    pub code: Option<&'static str>,
    pub token_message: Option<Text>,
}

/// Why a guard refused a request: Rocket carries only the status to the catcher, which takes the rest from here.
#[derive(Default)]
struct Refused(std::sync::Mutex<Option<Error>>);

impl Error {
    /// Refuses a request from within a guard; the catcher answers with this error.
    pub fn refuse<S, F>(self, request: &Request<'_>) -> rocket::outcome::Outcome<S, (Status, ()), F> {
        let status = self.status();
        let refused = request.local_cache(Refused::default);
        *refused.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(self);
        rocket::outcome::Outcome::Error((status, ()))
    }

    /// What a guard refused this request with.
    pub fn of_guard(request: &Request<'_>) -> Option<Error> {
        let refused = request.local_cache(Refused::default);
        refused
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take()
    }
}

/// The request's id, in the answer's `X-Request-Id` and in the log.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

impl RequestId {
    /// The id of a request, made at its first use.
    pub fn of<'r>(request: &'r Request<'_>) -> &'r RequestId {
        request.local_cache(|| RequestId(format!("{:016x}", rand::random::<u64>())))
    }
}

impl Lang {
    /// The language a request asks for.
    pub fn of(request: &Request<'_>) -> Lang {
        Lang::from_header(request.headers().get_one("accept-language"))
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Lang {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(Lang::of(request))
    }
}

/// What is wrong with the fields of one request, in the order found.
#[derive(Debug, Default)]
pub struct Fields(Vec<(String, Problem)>);

#[derive(Debug)]
enum Problem {
    /// `["...", "..."]`, the usual form.
    Texts(Vec<Text>),
    /// `"..."`, where the original answers so.
    Plain(Text),
    /// `{"field": "..."}`, where the original answers so.
    Nested(Text),
}

impl Fields {
    /// Adds a message to a field's list.
    pub fn add(&mut self, field: &str, text: Text) {
        for (name, problem) in &mut self.0 {
            if name == field {
                if let Problem::Texts(texts) = problem {
                    texts.push(text);
                    return;
                }
            }
        }
        self.0.push((field.to_owned(), Problem::Texts(vec![text])));
    }

    /// Sets `"field": "message"`.
    pub fn plain(mut self, field: &str, text: Text) -> Fields {
        self.0.push((field.to_owned(), Problem::Plain(text)));
        self
    }

    /// Sets `"field": {"field": "message"}`.
    pub fn nested(mut self, field: &str, text: Text) -> Fields {
        self.0.push((field.to_owned(), Problem::Nested(text)));
        self
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether something is wrong with this field.
    pub fn has(&self, field: &str) -> bool {
        self.0.iter().any(|(name, _)| name == field)
    }

    /// Nothing wrong, or the 400.
    pub fn finish(self) -> Result<()> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(self))
        }
    }

    fn json(&self, lang: Lang) -> Value {
        let say = |text: &Text| Value::from(text.say(lang).into_owned());
        let object = self.0.iter().map(|(name, problem)| {
            let value = match problem {
                Problem::Texts(texts) => texts.iter().map(say).collect(),
                Problem::Plain(text) => say(text),
                Problem::Nested(text) => json!({ name.as_str(): say(text) }),
            };
            (name.clone(), value)
        });
        Value::Object(object.collect::<Map<_, _>>())
    }
}

impl Error {
    /// One field, one message.
    pub fn field(field: &str, text: Text) -> Error {
        let mut fields = Fields::default();
        fields.add(field, text);
        Error::Invalid(fields)
    }

    /// The plain 404.
    pub fn not_found() -> Error {
        Error::NotFound(Text::NotFound)
    }

    /// 401 with a detail only.
    pub fn unauthorized(detail: Text) -> Error {
        Error::Unauthorized(Refusal {
            detail,
            code: None,
            token_message: None,
        })
    }

    /// 401 with a code.
    pub fn refused(detail: Text, code: &'static str) -> Error {
        Error::Unauthorized(Refusal {
            detail,
            code: Some(code),
            token_message: None,
        })
    }

    /// 401 in SimpleJWT's long form, as answered to a bad access token.
    pub fn bad_access_token(message: Text) -> Error {
        Error::Unauthorized(Refusal {
            detail: Text::TokenNotValid,
            code: Some("token_not_valid"),
            token_message: Some(message),
        })
    }

    /// 500 with a sentence for the log.
    pub fn internal(what: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        Error::Internal(what.into())
    }

    /// The answer's status.
    pub fn status(&self) -> Status {
        match self {
            Error::Unauthorized(_) => Status::Unauthorized,
            Error::Forbidden(_) => Status::Forbidden,
            Error::NotFound(_) => Status::NotFound,
            Error::Invalid(_) | Error::Malformed(..) => Status::BadRequest,
            Error::MethodNotAllowed(_) => Status::MethodNotAllowed,
            Error::Conflict(_) => Status::Conflict,
            Error::TooLarge(_) => Status::PayloadTooLarge,
            Error::Unsupported(_) => Status::UnsupportedMediaType,
            Error::UpgradeRequired => Status::UpgradeRequired,
            Error::TooMany(_) => Status::TooManyRequests,
            Error::Unavailable => Status::ServiceUnavailable,
            Error::StorageFull => Status::new(507),
            Error::Internal(_) => Status::InternalServerError,
        }
    }

    /// The answer's body.
    pub fn body(&self, lang: Lang) -> Value {
        let detail = |text: &Text| json!({ "detail": text.say(lang) });
        match self {
            Error::Unauthorized(refusal) => {
                let mut body = detail(&refusal.detail);
                if let Some(code) = refusal.code {
                    body["code"] = code.into();
                }
                if let Some(message) = &refusal.token_message {
                    body["messages"] = json!([{
                        "token_class": "AccessToken", "token_type": "access", "message": message.say(lang)
                    }]);
                }
                body
            }
            Error::Forbidden(text) | Error::NotFound(text) | Error::Conflict(text) | Error::TooLarge(text) => {
                let mut body = detail(text);
                if let Some(code) = text.code() {
                    body["code"] = code.into();
                }
                body
            }
            Error::Invalid(fields) => fields.json(lang),
            Error::Malformed(text, code) => {
                let mut body = detail(text);
                if let Some(code) = code {
                    body["code"] = (*code).into();
                }
                body
            }
            Error::MethodNotAllowed(method) => detail(&Text::MethodNotAllowed(method.clone())),
            Error::Unsupported(kind) => detail(&Text::UnsupportedMediaType(kind.clone())),
            Error::UpgradeRequired => detail(&Text::UpgradeRequired),
            Error::TooMany(seconds) => detail(&Text::Throttled(*seconds)),
            Error::Unavailable => detail(&Text::Unavailable),
            Error::StorageFull => detail(&Text::StorageFull),
            Error::Internal(_) => detail(&Text::ServerError),
        }
    }
}

/// Calls a write that a quota refused a full disk, which SQLite does for ENOSPC only: else it is an I/O error to it. To be
/// asked right where SQLite failed: the reason is the system's last on this thread, and the next call may change it.
pub fn quota_as_full(error: rusqlite::Error) -> rusqlite::Error {
    use rusqlite::ffi::{Error, SQLITE_FULL, SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_WRITE};
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    let no_room = matches!(std::io::Error::last_os_error().kind(), QuotaExceeded | StorageFull);
    match error {
        rusqlite::Error::SqliteFailure(code, text)
            if no_room && matches!(code.extended_code, SQLITE_IOERR_WRITE | SQLITE_IOERR_SHMSIZE) =>
        {
            rusqlite::Error::SqliteFailure(Error::new(SQLITE_FULL), text)
        }
        other => other,
    }
}

/// A broken database never looks like a missing row. A UNIQUE violation that a caller can cause is mapped where the
/// INSERT is, before it gets here.
impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Error {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked, DiskFull};
        let error = quota_as_full(error);
        match error.sqlite_error_code() {
            Some(DatabaseBusy | DatabaseLocked) => Error::Unavailable,
            Some(DiskFull) => Error::StorageFull,
            _ => Error::Internal(error.into()),
        }
    }
}

impl<'r> Responder<'r, 'static> for Error {
    fn respond_to(self, request: &'r Request<'_>) -> rocket::response::Result<'static> {
        let mut body = self.body(Lang::of(request));
        if let Error::Internal(source) = &self {
            let id = RequestId::of(request);
            tracing::error!(request_id = %id.0, error = %source, "a request failed inside");
            body["request_id"] = id.0.clone().into();
        }
        let body = body.to_string();
        let mut response = Response::build();
        response
            .status(self.status())
            .header(ContentType::JSON)
            .sized_body(body.len(), std::io::Cursor::new(body));
        match self {
            Error::Unauthorized(_) => {
                response.header(Header::new("WWW-Authenticate", "Bearer realm=\"api\""));
            }
            Error::UpgradeRequired => {
                response.header(Header::new("Upgrade", "websocket"));
                response.header(Header::new("Connection", "Upgrade"));
                response.header(Header::new("Sec-WebSocket-Version", "13"));
            }
            Error::TooMany(seconds) => {
                response.header(Header::new("Retry-After", seconds.to_string()));
            }
            Error::Unavailable => {
                response.header(Header::new("Retry-After", "1"));
            }
            _ => {}
        }
        response.ok()
    }
}
