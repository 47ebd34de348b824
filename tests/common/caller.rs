//! Whoever sends requests: with or without a token, with any header, and any body down to the byte.

use super::app::Link;
use super::multipart::{self, Part};
use super::{within, Reply};
use reqwest::Method;
use serde_json::Value;
use std::sync::Arc;

/// Somebody who sends requests to one [`super::App`].
#[derive(Clone)]
pub struct Caller {
    link: Arc<Link>,
    token: Option<String>,
    headers: Vec<(String, String)>,
}

impl Caller {
    pub(super) fn new(link: Arc<Link>, token: Option<String>) -> Caller {
        Caller {
            link,
            token,
            headers: Vec::new(),
        }
    }

    /// The same caller, who also sends this header.
    pub fn header(&self, name: &str, value: &str) -> Caller {
        let mut caller = self.clone();
        caller.headers.push((name.to_owned(), value.to_owned()));
        caller
    }

    /// The host and port that requests go to.
    pub fn host(&self) -> String {
        self.link.base.read().unwrap().trim_start_matches("http://").to_owned()
    }

    /// The same connections with another access token.
    pub fn bearer(&self, token: &str) -> Caller {
        Caller::new(self.link.clone(), Some(token.to_owned()))
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.request("GET", path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.request("POST", path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.request("PUT", path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.request("PATCH", path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.request("DELETE", path, None).await
    }

    /// A request with a JSON body, or with none.
    pub async fn request(&self, method: &str, path: &str, body: Option<Value>) -> Reply {
        let body = body.map(|json| ("application/json", json.to_string().into_bytes()));
        self.bytes(method, path, body).await
    }

    /// A request with a multipart body.
    pub async fn multipart(&self, method: &str, path: &str, parts: &[Part]) -> Reply {
        let (content_type, body) = multipart::encode(parts);
        self.bytes(method, path, Some((content_type.as_str(), body))).await
    }

    /// A request with a body of any type, byte for byte.
    pub async fn bytes(&self, method: &str, path: &str, body: Option<(&str, Vec<u8>)>) -> Reply {
        let url = format!("{}{path}", self.link.base.read().unwrap());
        let verb = Method::from_bytes(method.as_bytes()).expect("a method");
        let mut what = format!("{method} {path}");
        let mut request = self.link.http.request(verb, url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
            what.push_str(&format!(" [{name}: {value}]"));
        }
        if let Some((content_type, bytes)) = body {
            let start = &bytes[..bytes.len().min(300)];
            what.push_str(&format!(" {}", String::from_utf8_lossy(start)));
            if !content_type.is_empty() {
                request = request.header("Content-Type", content_type);
            }
            request = request.body(bytes);
        }
        within(&what, Reply::of(what.clone(), request.send())).await
    }
}
