//! What clients may rely on, asked of the built server over HTTP: one file a feature, tables with golden bodies.
//!
//! Promise: nothing here knows how the server is made. It sees answers, what is stored in the file, and what the event
//! log tells whom; the names of tables stand in one file of the harness. Rejected: snapshot files beside the tests (a
//! changed body would be accepted by a command, here it is a line somebody has to write).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;

mod about;
mod accounts;
mod archived;
mod backups;
mod bans;
mod boxes;
mod chats;
mod edge;
mod edits;
mod guests;
mod handout;
mod history;
mod hostile;
mod house;
mod limits;
mod links;
mod live;
mod lobby;
mod matrix;
mod media;
mod members;
mod messages;
mod model;
mod moving;
mod mutes;
mod order;
mod password_reset;
mod people;
mod portraits;
mod profiles;
mod reactions;
mod reads;
mod registration;
mod reports;
mod retries;
mod roster;
mod search;
mod sessions;
mod setup;
mod stage;
mod storage;
mod tls;
mod tokens;
mod uploads;
mod ways;
mod xray;
