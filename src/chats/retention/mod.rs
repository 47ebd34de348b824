//! How long a chat keeps what was said in it.
//!
//! Promise: what is older than its chat's days loses text, photo, file and reactions as if its author had deleted it, and
//! everybody is told so. Who wrote when, and the place in the order, stay: `seq` has no hole.

pub mod routes;
pub mod store;

/// The most days that can be set.
pub const DAYS_MAX: i64 = 3650;
