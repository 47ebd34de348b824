//! What the server does when things go wrong around it: files it can't use, settings that can't be, signals, `kill -9`,
//! a full or failing disk, a power cut, a locked file, and files of older versions.
//!
//! Promise: everything is asked of the built binary from outside, and each test says what must still be there
//! afterwards. Moments of failure are chosen by counting (acknowledgements, calls to the disk), never by the clock, from
//! seeds that stand in the tests; what a random moment finds is shown with its seed.
//!
//! Rejected: mounting a small file system (it needs a privilege that a container does not have), a limit on file sizes
//! (SQLite reports it as an I/O error, not as a full disk), and a replaced file layer inside the server (it would test the
//! replacement). The disk's faults come from a library of one page that is preloaded into the server, `disk.c`; what a power
//! cut leaves is made from what another one wrote down, `power.c`.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;

mod client;
mod dump;
mod load;
mod process;

mod demo;
mod files;
mod health;
mod kill;
mod locked;
mod settings;
mod start;
mod stop;
mod upgrade;
mod user_add;

#[cfg(target_os = "linux")]
mod aftermath;
#[cfg(target_os = "linux")]
mod backup;
#[cfg(target_os = "linux")]
mod disk;
#[cfg(target_os = "linux")]
mod drive;
#[cfg(target_os = "linux")]
mod faults;
#[cfg(target_os = "linux")]
mod full;
#[cfg(target_os = "linux")]
mod garbled;
#[cfg(target_os = "linux")]
mod import;
#[cfg(target_os = "linux")]
mod power;
#[cfg(target_os = "linux")]
mod trace;
