//! The socket at `/ws/`, asked of the built server from outside: one file a topic.
//!
//! Promise: as in the tests of the HTTP API, nothing here knows how the server is made. Each play asserts what was
//! answered, what is stored, what those heard who may hear it, and that somebody outside heard nothing: silence is
//! proved by the next thing he hears, which happened later.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;

mod auth;
mod closing;
mod framing;
mod gathered;
mod hearing;
mod resume;
mod sends;
mod snapshots;
mod stage;
