//! Tokens of our own making: what a thief of the key, or somebody without it, would send.

use super::App;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::Engine;
use ring::hmac;
use serde_json::{json, Value};
use std::time::{SystemTime, UNIX_EPOCH};

/// The payload of a token, unchecked.
pub fn claims(token: &str) -> Value {
    part(token, 1)
}

/// The header of a token, unchecked.
pub fn header(token: &str) -> Value {
    part(token, 0)
}

fn part(token: &str, at: usize) -> Value {
    let part = token.split('.').nth(at).expect("a part of a token");
    let bytes = URL_SAFE_NO_PAD.decode(part).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON in a token")
}

/// The server's own signing key, read from its file.
pub fn key(app: &App) -> Vec<u8> {
    let rows = app.rows("SELECT value FROM meta WHERE key = 'jwt_key'");
    let hex = rows[0][0].as_str().expect("a key as hex");
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex"))
        .collect()
}

/// A token signed with HS256 and this key.
pub fn sign(claims: &Value, key: &[u8]) -> String {
    sign_as(&json!({"alg": "HS256", "typ": "JWT"}), claims, key)
}

/// A token with this header, signed with HMAC-SHA256 whatever the header says.
pub fn sign_as(header: &Value, claims: &Value, key: &[u8]) -> String {
    let start = unsigned(header, claims);
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), start.as_bytes());
    format!("{start}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
}

/// The first two parts of a token.
pub fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}", part(header), part(claims))
}

/// The claims with one of them set; null takes it away.
pub fn altered(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    let object = claims.as_object_mut().expect("claims");
    match value {
        Value::Null => object.remove(name),
        value => object.insert(name.to_owned(), value),
    };
    claims
}

/// The same token as the server would have made it two hours ago: rightly signed, and expired.
pub fn expired(app: &App, token: &str) -> String {
    let claims = claims(token);
    let claims = altered(&claims, "iat", json!(now() - 7200));
    sign(&altered(&claims, "exp", json!(now() - 3600)), &key(app))
}

/// Now, in seconds since 1970.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock");
    i64::try_from(since.as_secs()).expect("a time")
}
