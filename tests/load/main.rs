//! What is promised to people who chat all at once, shown with the load tool in short form; and its judge is judged.
//!
//! Promise: the same scenarios as `cargo run --example load`, against the built server, with numbers for a few seconds
//! each. Their bounds in time are for a release build on a machine of its own and are not asserted here; what was said,
//! heard and stored is. `docs/reliability.md` has the long forms.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../../examples/load/mod.rs"]
mod load;

mod proofs;
