//! Backups that lie in a folder beside the database: made by the host's hand or every night, fetched, deleted.
//!
//! Promise: what has a name in the folder is whole and was read through. Only what was made at night is ever pruned.

pub mod nightly;
pub mod routes;

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use rocket::request::FromParam;
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock;
use crate::db::{Part, PART};

/// The folder's name.
const FOLDER: &str = "backups";
/// What the names of backups end in.
const END: &str = ".db";
/// Characters of a name.
const NAME_MAX: usize = 100;

/// A backup as the host sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Backup {
    pub name: String,
    pub bytes: u64,
    /// When it was written.
    pub created: String,
    /// Whether it was made at night, and so will be pruned.
    pub nightly: bool,
}

/// The name of a file in the folder, and of nothing elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupName(String);

impl BackupName {
    /// A text that is such a name.
    pub fn parse(text: &str) -> Option<BackupName> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let named = text.len() <= NAME_MAX && text.ends_with(END) && text.bytes().all(is_plain);
        let hidden = text.starts_with('.') || text.contains("..");
        (named && !hidden).then(|| BackupName(text.to_owned()))
    }

    /// The name.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl<'a> FromParam<'a> for BackupName {
    type Error = ();
    fn from_param(text: &'a str) -> Result<Self, ()> {
        BackupName::parse(text).ok_or(())
    }
}

/// The folder of the backups of one database.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// Beside this database.
    pub fn beside(database: &Path) -> Folder {
        Folder(database.with_file_name(FOLDER))
    }

    /// Makes it, for its owner only.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn make(&self) -> std::io::Result<()> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.0)
    }

    /// Where a backup is.
    pub fn path(&self, name: &BackupName) -> PathBuf {
        self.0.join(&name.0)
    }

    /// A name that is free: of this time, and of this hand where it is not the night's.
    pub fn fresh_name(&self, time: &str, hand: &str) -> BackupName {
        let name = |number: u32| match number {
            1 => BackupName(format!("messenger-{time}{hand}{END}")),
            number => BackupName(format!("messenger-{time}{hand}-{number}{END}")),
        };
        let free = (1..).map(name).find(|name| !self.path(name).exists());
        free.unwrap_or_else(|| name(1))
    }

    /// One backup.
    ///
    /// # Errors
    /// Where there is none.
    pub fn find(&self, name: &BackupName) -> std::io::Result<Backup> {
        let about = self.path(name).metadata()?;
        if !about.is_file() {
            return Err(std::io::ErrorKind::NotFound.into());
        }
        let written = about.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(Backup {
            name: name.0.clone(),
            bytes: about.len(),
            created: clock::rfc3339(i64::try_from(written.as_micros()).unwrap_or(i64::MAX)),
            nightly: is_nightly(&name.0),
        })
    }

    /// All of them, the newest first.
    ///
    /// # Errors
    /// Where the folder can't be read.
    pub fn list(&self) -> std::io::Result<Vec<Backup>> {
        let mut all: Vec<Backup> = self.names()?.iter().filter_map(|name| self.find(name).ok()).collect();
        all.sort_by(|one, other| (&other.created, &other.name).cmp(&(&one.created, &one.name)));
        Ok(all)
    }

    fn names(&self) -> std::io::Result<Vec<BackupName>> {
        let entries = match std::fs::read_dir(&self.0) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let name = |entry: std::io::Result<std::fs::DirEntry>| BackupName::parse(entry.ok()?.file_name().to_str()?);
        Ok(entries.filter_map(name).collect())
    }

    /// The nightly ones, the oldest first: their names tell their times.
    fn nightly(&self) -> std::io::Result<Vec<BackupName>> {
        let mut names = self.names()?;
        names.retain(|name| is_nightly(&name.0));
        names.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(names)
    }

    /// Takes away what a server that was killed had begun to write.
    pub fn clean(&self) {
        let entries = std::fs::read_dir(&self.0).into_iter().flatten().flatten();
        let parts = entries.filter(|entry| entry.file_name().to_string_lossy().ends_with(PART));
        parts.for_each(|entry| Part::clean(&entry.path()));
    }
}

/// Whether a name is `messenger-YYYY-MM-DDTHHMM.db`, as the nights' are.
fn is_nightly(name: &str) -> bool {
    const FORM: &str = "messenger-0000-00-00T0000.db";
    let alike = |(one, form): (char, char)| one == form || (form == '0' && one.is_ascii_digit());
    name.len() == FORM.len() && name.chars().zip(FORM.chars()).all(alike)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_name_is_of_the_folder_and_of_nothing_elsewhere() {
        for good in ["messenger-2026-11-25T0300.db", "a.db", "before_the-exam.2.db"] {
            assert_eq!(BackupName::parse(good).unwrap().text(), good);
        }
        let long = format!("{}.db", "n".repeat(98));
        for bad in [
            "",
            ".db",
            "..db",
            "a",
            "a.db.part",
            "../a.db",
            "a/b.db",
            "a\\b.db",
            "a b.db",
            "ă.db",
            "C:a.db",
            &long,
        ] {
            assert_eq!(BackupName::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn only_a_nights_name_is_a_nights() {
        assert!(is_nightly("messenger-2026-11-25T0300.db"));
        for other in [
            "messenger-2026-11-25T0300-by-hand.db",
            "messenger-2026-11-25T0300-2.db",
            "messenger-2026-11-25T030000.db",
            "messenger-2026-1a-25T0300.db",
            "Messenger-2026-11-25T0300.db",
        ] {
            assert!(!is_nightly(other), "{other}");
        }
    }
}
