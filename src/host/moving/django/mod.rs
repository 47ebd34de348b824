//! Bringing in the original backend's `db.sqlite3`.
//!
//! What its migrations make: people (`auth_user`) with their profiles (`client_client`), chats (`chat_chat`) with who is in
//! them (`chat_chat_users`) and what was said (`chat_message`, by `chat_chat_messages`). Two variants of other versions are
//! known by their columns: members and senders that are named by their profile, and chats that stand in the message.
//!
//! A message's place in its chat is that of its id, which is the order in which the original shows it: its time is that of
//! the last change.

mod bringing;
pub mod opening;
mod store;

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use super::Listed;
use crate::error::Result;

pub use bringing::import;

/// The folder that the original kept its uploads in (`MEDIA_ROOT`). Nothing outside of it is ever opened.
pub struct Folder(PathBuf);

impl Folder {
    /// A folder that there is.
    ///
    /// # Errors
    /// One sentence.
    pub fn open(path: &Path) -> std::result::Result<Folder, String> {
        match std::fs::canonicalize(path) {
            Ok(whole) if whole.is_dir() => Ok(Folder(whole)),
            Ok(_) => Err(format!("{} is not a folder.", path.display())),
            Err(error) => Err(format!("The folder {} can't be read ({error}).", path.display())),
        }
    }

    /// A file by the name that the database has for it; None where there is none inside the folder.
    fn find(&self, name: &str) -> Option<File> {
        let name = Path::new(name);
        if !name.components().all(|part| matches!(part, Component::Normal(_))) {
            return None;
        }
        // A link may lead out of the folder.
        let whole = std::fs::canonicalize(self.0.join(name)).ok()?;
        if !whole.starts_with(&self.0) || !whole.is_file() {
            return None;
        }
        File::open(whole).ok()
    }
}

/// What a file brought in, and what its host has to know.
#[derive(Debug, Default)]
pub struct Summary {
    people: usize,
    hosts: Listed,
    chats: usize,
    messages: usize,
    files: usize,
    must_reset: Listed,
    alike: Listed,
    renamed: Listed,
    second_pairs: Listed,
    homeless: Listed,
    repeated: Listed,
    long: Listed,
    missing: Listed,
    no_pictures: Listed,
    unasked: usize,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} people, {} chats, {} messages and {} pictures and files came in.",
            self.people, self.chats, self.messages, self.files
        )?;
        if self.hosts.is_empty() {
            writeln!(
                f,
                "Nobody in it was a superuser: make a host with `messenger user add NAME --host --password-stdin`."
            )?;
        } else {
            writeln!(f, "Host: {}.", self.hosts)?;
        }
        for (list, what) in [
            (&self.must_reset, "need a new password, since theirs can't be kept"),
            (
                &self.alike,
                "have a name or address that counts as another's and keep it until they change it",
            ),
            (&self.renamed, "had a name that can't be one and got another"),
            (
                &self.second_pairs,
                "were further private chats of the same people, or not of two, and are groups now",
            ),
            (&self.homeless, "stood in no chat and were left out"),
            (
                &self.repeated,
                "stood in several chats and stand in each of them, with ids of their own in all but the first",
            ),
            (
                &self.long,
                "were longer than a message can be; their whole text is attached as a file",
            ),
            (&self.missing, "were not found in the folder of media"),
            (
                &self.no_pictures,
                "were no pictures and came in as files, or not at all where they were somebody's portrait",
            ),
        ] {
            if !list.is_empty() {
                writeln!(f, "{} {what}: {list}.", list.len())?;
            }
        }
        if self.unasked > 0 {
            writeln!(
                f,
                "{} pictures and files stayed behind: their folder was not named with --media.",
                self.unasked
            )?;
        }
        Ok(())
    }
}

/// The bytes of a file that is to be decoded, up to a size.
fn whole(file: File, max: u64) -> Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let read = file.take(max + 1).read_to_end(&mut bytes);
    read.map_err(crate::error::Error::internal)?;
    Ok((bytes.len() as u64 <= max).then_some(bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn nothing_outside_of_the_folder_is_opened() {
        let outer = tempfile::tempdir().unwrap();
        let inner = outer.path().join("media");
        std::fs::create_dir_all(inner.join("images")).unwrap();
        std::fs::write(inner.join("images/in.txt"), "in").unwrap();
        std::fs::write(outer.path().join("out.txt"), "out").unwrap();
        let folder = Folder::open(&inner).unwrap();
        assert!(folder.find("images/in.txt").is_some());
        let absolute = outer.path().join("out.txt");
        for name in [
            "../out.txt",
            "images/../../out.txt",
            "images",
            "",
            ".",
            "/etc/passwd",
            "images/none.txt",
            absolute.to_str().unwrap(),
            "images/in.txt\0",
        ] {
            assert!(folder.find(name).is_none(), "{name:?}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&absolute, inner.join("link.txt")).unwrap();
            assert!(folder.find("link.txt").is_none());
        }
    }
}
