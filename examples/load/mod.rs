//! The load, the record of it, and its judge.
//!
//! Promise: everything is done to a server from outside, over the wire; each operation and each frame is written down with
//! one clock; the judge ([`check`]) knows the promises and nothing of the server. A seed repeats what was asked, not what
//! came of it: that depends on time.
//!
//! Rejected: clients that share code with the server (a wrong frame would be wrong on both sides), a check of the database
//! alone (it doesn't know what anybody was told), and a check while it runs (a fault could no longer be looked at).
//!
//! A test binary takes it in with `#[path = "../../examples/load/mod.rs"] mod load;`.
#![allow(dead_code, reason = "a test uses a part of it")]

pub mod args;
pub mod chat;
pub mod check;
pub mod faults;
pub mod herd;
pub mod history;
pub mod http;
pub mod kill;
pub mod people;
pub mod play;
pub mod process;
pub mod proxy;
pub mod report;
pub mod socket;
pub mod stage;
pub mod stall;
pub mod stop;

/// What can fail says so in a sentence.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
