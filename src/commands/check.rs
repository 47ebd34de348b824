//! `messenger check`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use messenger::config::Config;
use messenger::db;
use messenger::host::check::{store, Report};

/// Reads a database, or a backup, from its beginning to its end and says what is in it and what is wrong: the exit
/// code tells, too.
///
/// # Errors
/// A sentence where it can't be read so far.
pub fn run(config: &Config, file: Option<PathBuf>, json: bool) -> Result<ExitCode, String> {
    let file = file.unwrap_or_else(|| config.database.clone());
    let report = read(&file).map_err(|failure| failure.say(&file))?;
    if json {
        let text =
            serde_json::to_string_pretty(&report).map_err(|error| format!("No JSON can be written: {error}."))?;
        println!("{text}");
    } else {
        show(&file, &report);
    }
    Ok(match report.is_sound() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn show(file: &Path, report: &Report) {
    for (table, rows) in &report.rows {
        println!("{rows:>12} {table}");
    }
    for problem in &report.problems {
        println!("Wrong: {problem}.");
    }
    if !report.current {
        println!("An older Messenger wrote it: only what SQLite knows was asked. Restore it to ask all.");
    }
    if report.is_sound() {
        println!("{} is sound: {} bytes.", file.display(), report.bytes);
    }
}

fn read(file: &Path) -> Result<Report, db::Failure> {
    let bytes = file.metadata()?.len();
    let connection = db::open_existing(file)?;
    db::recognize(&connection)?;
    store::report(&connection, bytes)
}
