//! `messenger import`: everything from somewhere else, into a database without people.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use messenger::config::Config;
use messenger::db::{Db, Tx};
use messenger::error::{Error, Result};
use messenger::host::moving::archive::unpack;
use messenger::host::moving::django::{self, Folder};

#[derive(Subcommand)]
pub enum Import {
    /// The original backend's db.sqlite3: people sign in with their old passwords
    ///
    /// Ids, times, chats and the order of messages are kept. Superusers become hosts. The database must have no people;
    /// a file that is something else, or a part of one, changes nothing.
    #[command(after_help = "Example:\n  messenger import django db.sqlite3 --media media/")]
    Django {
        /// The original's db.sqlite3
        file: PathBuf,
        /// The folder of its uploads (MEDIA_ROOT): pictures and files come in too
        #[arg(long, value_name = "DIR")]
        media: Option<PathBuf>,
    },
    /// An archive that `messenger export` or the host's page made
    ///
    /// People, chats, messages, pictures and files come back under the ids that they had. The database must have no people;
    /// a file that is something else, or a part of one, changes nothing.
    #[command(after_help = "Example:\n  messenger import archive lesson.zip --database new.db")]
    Archive {
        /// The ZIP
        file: PathBuf,
    },
}

/// Runs one.
///
/// # Errors
/// One sentence that says what the file is or lacks.
pub async fn run(config: &Config, import: Import) -> std::result::Result<(), String> {
    match import {
        Import::Django { file, media } => {
            let folder = media.as_deref().map(Folder::open).transpose()?;
            let (from, database) = (file.clone(), config.database.clone());
            bring(config, &file, move |tx| {
                django::import(tx, &from, folder.as_ref(), &database)
            })
            .await
        }
        Import::Archive { file } => {
            let from = file.clone();
            bring(config, &file, move |tx| unpack::import(tx, &from)).await
        }
    }
}

/// Runs an import in one transaction and says what came of it.
async fn bring<T, F>(config: &Config, file: &Path, import: F) -> std::result::Result<(), String>
where
    T: std::fmt::Display + Send + 'static,
    F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
{
    let shown = file.display().to_string();
    std::fs::metadata(file).map_err(|error| format!("{shown} can't be opened ({error})."))?;
    let was_there = config.database.exists();
    let db = Db::open(&config.database, Box::new(drop))?;
    let outcome = db.write(import).await;
    db.stop();
    if outcome.is_err() && !was_there {
        // An empty database that nobody asked for.
        let _ = std::fs::remove_file(&config.database);
    }
    match outcome {
        Ok(summary) => {
            print!("{summary}");
            Ok(())
        }
        Err(Error::Internal(source)) => Err(format!("{shown} was not imported: {source}. Nothing was changed.")),
        Err(error) => Err(messenger::unwritable(config, &error)),
    }
}
