//! Whether a database is sound: what SQLite can say of any file, and what only we know of ours.

pub mod store;

use serde::Serialize;

use crate::db::Counts;

/// What was found in a file.
#[derive(Debug, Serialize)]
pub struct Report {
    pub bytes: u64,
    /// How many migrations it has seen.
    pub version: i64,
    /// Whether these are all there are: what only we know is asked of no older file.
    pub current: bool,
    /// Rows by table.
    pub rows: Counts,
    /// What is wrong, each in a few words; at most a hundred of a kind.
    pub problems: Vec<String>,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }
}
