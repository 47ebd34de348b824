//! People who chat all at once, with everything that can happen to them, and a check of what each of them was told.
//!
//! `cargo run --release --example load -- <scenario>`; `docs/reliability.md` says what each scenario proves. The exit code
//! is 1 where a promise was broken or a bound was missed, and the history of the run is kept then.

#[path = "mod.rs"]
mod load;

use clap::Parser;

fn main() -> std::process::ExitCode {
    load::args::run(&load::args::Args::parse())
}
