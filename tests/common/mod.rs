//! The stage on which the black-box tests play: the real binary, people who talk to it, and what it left behind.
//!
//! Promise: an [`App`] is one server process with a folder of its own; it is gone when the value is dropped, also after a
//! panic, and what it logged is then shown. Nothing here waits by the clock: whoever waits is woken by the reader of the
//! server's output or by the answer itself. The one time limit there is, [`within`], ends a run that would hang for ever.
//!
//! Rejected: the framework's in-process client (it skips the listener, the command line and the shutdown), one server
//! shared by all tests (nothing would end it, and a row could lean on what another row wrote), and a typed client
//! generated from the server's own types (a renamed key would be renamed in the test too).
//!
//! Another test binary takes it in with `#[path = "../common/mod.rs"] mod common;`.
#![allow(dead_code, unused_imports, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod app;
mod caller;
pub mod golden;
pub mod multipart;
pub mod original;
pub mod pictures;
pub mod raw;
mod reply;
pub mod socket;
pub mod stored;
pub mod tls;
pub mod tokens;
mod user;

pub use app::App;
pub use caller::Caller;
pub use golden::Table;
pub use multipart::Part;
pub use reply::Reply;
pub use socket::Socket;
pub use user::{Chat, Cursor, Message, User};

use std::future::Future;
use std::time::Duration;

/// No ids: what a list without results has.
pub const NO_IDS: [i64; 0] = [];

/// Awaits `future`, or fails the test when it has not come in two minutes.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(Duration::from_secs(120), future).await {
        Ok(value) => value,
        Err(_) => panic!("{what}: nothing came in two minutes"),
    }
}
