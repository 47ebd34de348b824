//! `messenger restore`.

use std::path::Path;

use messenger::config::Config;
use messenger::db;

/// Puts a backup in place of the database, on which no server may run.
///
/// # Errors
/// A sentence; nothing has changed then.
pub fn run(config: &Config, file: &Path) -> Result<(), String> {
    let kept = db::restore(&config.database, file)?;
    println!("{} is what {} has.", config.database.display(), file.display());
    if let Some(kept) = kept {
        println!("What it was before is in {}.", kept.display());
    }
    Ok(())
}
