//! An answer, and what a test says about it.

use super::golden;
use reqwest::header::HeaderMap;
use serde_json::Value;
use std::future::Future;

/// The whole answer to one request.
pub struct Reply {
    /// The request, as a failing assertion shows it.
    pub what: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    /// The body as JSON; null when it is not JSON.
    pub body: Value,
}

impl Reply {
    /// Awaits an answer and its whole body.
    pub async fn of(what: String, sent: impl Future<Output = reqwest::Result<reqwest::Response>>) -> Reply {
        let response = match sent.await {
            Ok(response) => response,
            Err(error) => panic!("{what}: no answer: {error:?}"),
        };
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = match response.bytes().await {
            Ok(bytes) => bytes.to_vec(),
            Err(error) => panic!("{what}: the answer broke off: {error:?}"),
        };
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Reply {
            what,
            status,
            headers,
            bytes,
            body,
        }
    }

    /// Asserts the status.
    #[track_caller]
    pub fn is(self, status: u16) -> Reply {
        assert_eq!(self.status, status, "{}\nanswered {}", self.what, self.text());
        self
    }

    /// Asserts the whole body; for the placeholders see [`golden`].
    #[track_caller]
    pub fn says(self, expected: Value) -> Reply {
        if let Some(fault) = golden::exact(&self.body, &expected) {
            panic!("{}\nanswered {}\n{fault}", self.what, self.text());
        }
        self
    }

    /// Asserts these keys of the body; an object may have more.
    #[track_caller]
    pub fn shows(self, expected: Value) -> Reply {
        if let Some(fault) = golden::at_least(&self.body, &expected) {
            panic!("{}\nanswered {}\n{fault}", self.what, self.text());
        }
        self
    }

    /// The body.
    pub fn json(self) -> Value {
        self.body
    }

    /// The body's `id`.
    #[track_caller]
    pub fn id(&self) -> i64 {
        match self.body["id"].as_i64() {
            Some(id) => id,
            None => panic!("{}\nhas no id: {}", self.what, self.text()),
        }
    }

    /// The results of a list.
    #[track_caller]
    pub fn results(&self) -> Vec<Value> {
        match self.body["results"].as_array() {
            Some(results) => results.clone(),
            None => panic!("{}\nis not a list: {}", self.what, self.text()),
        }
    }

    /// The ids of a list's results.
    #[track_caller]
    pub fn ids(&self) -> Vec<i64> {
        self.results()
            .iter()
            .map(|result| result["id"].as_i64().expect("an id"))
            .collect()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// A header's value; empty when the header is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap_or("(not text)"))
    }

    /// Asserts that the body's top-level keys stand in the text in this order.
    #[track_caller]
    pub fn in_order(self, keys: &[&str]) -> Reply {
        let text = self.text();
        let places: Vec<Option<usize>> = keys.iter().map(|key| text.find(&format!("\"{key}\":"))).collect();
        let rising = places.iter().all(Option::is_some) && places.is_sorted();
        assert!(rising, "{}\nkeys not in the order {keys:?}: {text}", self.what);
        self
    }
}
