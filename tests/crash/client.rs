//! A client that survives its server: where no answer comes, it says so instead of failing the test.

use crate::common::multipart::{self, Part};
use crate::common::within;
use serde_json::{json, Value};

/// Somebody who sends requests to a server that may go away.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    pub base: String,
    token: Option<String>,
    pub id: i64,
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub retry_after: Option<u64>,
    pub bytes: Vec<u8>,
    /// The body as JSON; null when it is not JSON.
    pub body: Value,
}

impl Client {
    /// Somebody without a token.
    pub fn new(base: &str) -> Client {
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        Client {
            http,
            base: base.to_owned(),
            token: None,
            id: 0,
        }
    }

    /// Somebody with this access token.
    pub fn bearer(base: &str, token: &str) -> Client {
        Client {
            token: Some(token.to_owned()),
            ..Client::new(base)
        }
    }

    /// The same person at a server that has started again.
    pub fn at(&self, base: &str) -> Client {
        Client {
            http: Client::new(base).http,
            base: base.to_owned(),
            ..self.clone()
        }
    }

    /// Registers and logs in.
    pub async fn person(base: &str, name: &str) -> Client {
        let client = Client::new(base);
        let form = json!({
            "username": name, "password": "violet harbour", "password2": "violet harbour",
            "email": format!("{name}@example.org"), "first_name": "First", "last_name": "Last"
        });
        client.sure("POST", "/auth/register/", Some(form)).await.is(201);
        let form = json!({"username": name, "password": "violet harbour"});
        let tokens = client.sure("POST", "/auth/login/", Some(form)).await.is(200).body;
        let mut client = Client::bearer(base, tokens["access"].as_str().unwrap());
        client.id = client.get("/auth/me/").await.is(200).id();
        client
    }

    /// Makes a group with these people; its id.
    pub async fn group(&self, others: &[&Client]) -> i64 {
        let users: Vec<i64> = others.iter().map(|other| other.id).collect();
        let form = json!({"name": "Group", "users": users, "type": "group"});
        self.sure("POST", "/chat/", Some(form)).await.is(201).id()
    }

    /// A request with a JSON body or none; None where no whole answer came.
    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Option<Answer> {
        let body = body.map(|json| ("application/json".to_owned(), json.to_string().into_bytes()));
        self.bytes(method, path, body).await
    }

    /// The same of a server that must answer.
    pub async fn sure(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        match self.call(method, path, body).await {
            Some(answer) => answer,
            None => panic!("{method} {path}: no answer"),
        }
    }

    /// A GET that must be answered.
    pub async fn get(&self, path: &str) -> Answer {
        self.sure("GET", path, None).await
    }

    /// Sends a text under a name of the sender's choice.
    pub async fn send(&self, chat: i64, client_id: &str, text: &str) -> Option<Answer> {
        let form = json!({"text": text, "client_id": client_id});
        self.call("POST", &format!("/chat/messages/{chat}/"), Some(form)).await
    }

    /// Sends a file with a message.
    pub async fn send_file(&self, chat: i64, client_id: &str, bytes: &[u8]) -> Option<Answer> {
        let parts = [
            Part::field("client_id", client_id),
            Part::file("file", "large.bin", "application/octet-stream", bytes),
        ];
        let path = format!("/chat/messages/{chat}/");
        self.bytes("POST", &path, Some(multipart::encode(&parts))).await
    }

    async fn bytes(&self, method: &str, path: &str, body: Option<(String, Vec<u8>)>) -> Option<Answer> {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let what = format!("{method} {path}");
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some((kind, bytes)) = body {
            request = request.header("Content-Type", kind).body(bytes);
        }
        within(&what, async {
            let response = request.send().await.ok()?;
            let status = response.status().as_u16();
            let header = response.headers().get("retry-after").cloned();
            let bytes = response.bytes().await.ok()?.to_vec();
            Some(Answer {
                status,
                retry_after: header.and_then(|value| value.to_str().ok()?.parse().ok()),
                body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
                bytes,
            })
        })
        .await
    }
}

impl Answer {
    /// Asserts the status.
    #[track_caller]
    pub fn is(self, status: u16) -> Answer {
        let text = String::from_utf8_lossy(&self.bytes);
        assert_eq!(self.status, status, "{text}");
        self
    }

    /// Asserts a refusal in the contract's form.
    #[track_caller]
    pub fn refuses(&self, status: u16) {
        assert_eq!(self.status, status, "{}", self.body);
        let detail = self.body["detail"].as_str();
        assert!(detail.is_some_and(|detail| detail.ends_with('.')), "{}", self.body);
    }

    /// The body's `id`.
    #[track_caller]
    pub fn id(&self) -> i64 {
        self.body["id"]
            .as_i64()
            .unwrap_or_else(|| panic!("no id: {}", self.body))
    }
}
