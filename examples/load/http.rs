//! Requests over plain HTTP, to wherever the server listens now.

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use serde_json::{json, Value};

use super::history::{Attempt, Book, Told, Wire};
use super::Outcome;

/// Longest an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the server is; shared by everybody, so that a restart on another port reaches them all.
pub struct Link {
    host: RwLock<String>,
    http: reqwest::Client,
}

/// A status with the body as JSON, null where it is not JSON; or why no whole answer came.
pub type Answer = Result<(u16, Value), String>;

impl Link {
    /// A link to `host:port`.
    pub fn new(host: &str) -> Outcome<Link> {
        Link::with(host, true)
    }

    /// The same with a connection of its own for each request.
    pub fn single(host: &str) -> Outcome<Link> {
        Link::with(host, false)
    }

    fn with(host: &str, keep: bool) -> Outcome<Link> {
        let builder = reqwest::Client::builder()
            .no_proxy()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none());
        let http = match keep {
            true => builder.build()?,
            false => builder.pool_max_idle_per_host(0).build()?,
        };
        Ok(Link {
            host: RwLock::new(host.to_owned()),
            http,
        })
    }

    /// The `host:port` of now.
    pub fn host(&self) -> String {
        self.host.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sends everybody elsewhere.
    pub fn moves(&self, host: &str) {
        *self.host.write().unwrap_or_else(PoisonError::into_inner) = host.to_owned();
    }

    /// A request with a JSON body or none.
    pub async fn ask(&self, method: &str, path: &str, token: &str, body: Option<Value>) -> Answer {
        let method = reqwest::Method::from_bytes(method.as_bytes()).map_err(|error| error.to_string())?;
        let mut request = self.http.request(method, format!("http://{}{path}", self.host()));
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = async {
            let response = request.send().await?;
            let status = response.status().as_u16();
            Ok((status, response.bytes().await?))
        };
        let (status, bytes) = answer.await.map_err(|error: reqwest::Error| cause(&error))?;
        Ok((status, serde_json::from_slice(&bytes).unwrap_or(Value::Null)))
    }

    /// The same of a server that must answer, and with success.
    pub async fn sure(&self, method: &str, path: &str, token: &str, body: Option<Value>) -> Outcome<Value> {
        match self.ask(method, path, token, body).await {
            Ok((200..=299, body)) => Ok(body),
            Ok((status, body)) => Err(format!("{method} {path} was answered with {status}: {body}").into()),
            Err(why) => Err(format!("{method} {path} was not answered: {why}").into()),
        }
    }

    /// Sends a message once, and writes it down.
    pub async fn send(&self, book: &Book, letter: &Letter, token: &str) -> Told {
        let start = book.now();
        let form = json!({"text": letter.text, "client_id": letter.client_id});
        let path = format!("/chat/messages/{}/", letter.chat);
        let told = match self.ask("POST", &path, token, Some(form)).await {
            Ok((200 | 201, body)) => match (body["id"].as_i64(), body["seq"].as_i64()) {
                (Some(id), Some(seq)) => Told::Ok { id, seq, event: None },
                _ => ill(book, &path, 201, &body),
            },
            Ok((status, body)) => refused(book, &path, status, &body),
            Err(why) => Told::Info { why },
        };
        book.open()
            .attempts
            .push(letter.attempt(Wire::Http, start, book.now(), told.clone()));
        told
    }
}

/// A message that is to be sent, by any way.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The sender's id.
    pub person: i64,
    pub chat: i64,
    pub client_id: String,
    pub text: String,
    /// When it was meant to start, where its time counts.
    pub due: Option<u64>,
    /// Whether it is sent until an answer comes.
    pub again: bool,
}

impl Letter {
    /// What is written down of a try.
    pub fn attempt(&self, wire: Wire, start: u64, end: u64, told: Told) -> Attempt {
        Attempt {
            person: self.person,
            chat: self.chat,
            client_id: self.client_id.clone(),
            text: self.text.clone(),
            wire,
            start,
            end,
            told,
            due: self.due,
        }
    }
}

/// What a status other than success says of a message.
pub fn refused(book: &Book, path: &str, status: u16, body: &Value) -> Told {
    match status {
        // A stop, a full disk and a limit are refusals; any other fault of the server's own may have come after COMMIT.
        400..=499 | 503 | 507 => Told::Fail { status },
        _ => ill(book, path, status, body),
    }
}

fn ill(book: &Book, path: &str, status: u16, body: &Value) -> Told {
    let why = format!("{path} was answered with {status}: {body}");
    book.open().ill.push(why.clone());
    Told::Info { why }
}

/// The innermost reason of an error.
fn cause(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
