//! `messenger backup`.

use std::path::PathBuf;

use messenger::clock;
use messenger::config::Config;
use messenger::db;

/// Writes a backup to a file, or into a folder under a name that tells its time; a server may run meanwhile.
///
/// # Errors
/// A sentence; there is no new file then.
pub fn run(config: &Config, mut file: PathBuf, force: bool) -> Result<(), String> {
    if file.is_dir() {
        let name = db::local_time(clock::now(), "messenger-%Y-%m-%dT%H%M%S.db");
        file.push(name.map_err(|error| format!("The time is not known ({error}). Name the file."))?);
    }
    let unreadable = |failure: db::Failure| failure.say(&config.database);
    let source = db::open_existing(&config.database).map_err(unreadable)?;
    db::recognize(&source).map_err(unreadable)?;
    let written = db::back_up(&source, &file, force, || true).map_err(|failure| match failure {
        db::Failure::Damaged(_) => unreadable(failure),
        db::Failure::Missing => format!("There is no folder for {}.", file.display()),
        other => other.say(&file),
    })?;
    let count = |table: &str| written.rows.get(table).copied().unwrap_or_default();
    println!(
        "{} has everything as of now: {} bytes, {} people, {} chats, {} messages, {} files.",
        file.display(),
        written.bytes,
        count("users"),
        count("chats"),
        count("messages"),
        count("media"),
    );
    Ok(())
}
