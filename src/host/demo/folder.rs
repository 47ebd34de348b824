//! The folder that a demo lives in.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::ids::random_hex;

/// What the names of a demo's folder and of its lock begin with.
const PREFIX: &str = "messenger-demo-";

/// A folder among the system's temporary files, gone with this value. A lock beside it says that somebody is in it: the
/// system drops that with the process, so a folder whose lock is free was left by a demo that was killed.
pub struct Folder {
    path: PathBuf,
    lock: PathBuf,
    held: Option<File>,
}

impl Folder {
    /// Makes one, and removes those that were left behind.
    ///
    /// # Errors
    /// A sentence on why there can be none.
    pub fn new(among: &Path) -> Result<Folder, String> {
        sweep(among);
        let refused = |error: std::io::Error| {
            let among = among.display();
            format!("The demo needs a folder in {among}, which can't be made there ({error}).")
        };
        let name = format!("{PREFIX}{}", random_hex(8));
        let (path, lock) = (among.join(&name), among.join(format!("{name}.lock")));
        let held = File::create_new(&lock).map_err(refused)?;
        let folder = Folder {
            path,
            lock,
            held: Some(held),
        };
        if let Some(held) = &folder.held {
            held.lock().map_err(refused)?;
        }
        make_private(&folder.path).map_err(refused)?;
        Ok(folder)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What can't be removed now is removed at the next start.
        if fs::remove_dir_all(&self.path).is_ok() || !self.path.exists() {
            self.held = None;
            let _ = fs::remove_file(&self.lock);
        }
    }
}

/// Nobody else on this computer is to look in: the file has the secrets of who signs in.
#[cfg(unix)]
fn make_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().mode(0o700).create(path)
}

/// Windows gives each person a folder for temporary files that others can't read.
#[cfg(not(unix))]
fn make_private(path: &Path) -> std::io::Result<()> {
    fs::create_dir(path)
}

/// Removes the folders of demos that were killed; what is another person's stays, since the system refuses.
fn sweep(among: &Path) {
    let Ok(entries) = fs::read_dir(among) else { return };
    for lock in entries.flatten().map(|entry| entry.path()) {
        let name = lock.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Some(folder) = name.strip_suffix(".lock").filter(|name| name.starts_with(PREFIX)) else {
            continue;
        };
        // A pipe of somebody's would keep us waiting.
        if !fs::symlink_metadata(&lock).is_ok_and(|found| found.is_file()) {
            continue;
        }
        let Ok(file) = File::options().write(true).open(&lock) else {
            continue;
        };
        if file.try_lock().is_err() {
            continue;
        }
        let folder = among.join(folder);
        if fs::remove_dir_all(&folder).is_ok() || !folder.exists() {
            drop(file);
            let _ = fs::remove_file(&lock);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn names(among: &Path) -> Vec<String> {
        let entries = fs::read_dir(among).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn it_goes_with_its_value_and_one_that_was_left_goes_at_the_next_start() {
        let among = tempfile::tempdir().unwrap();
        let mut left = Folder::new(among.path()).unwrap();
        fs::write(left.path().join("messenger.db"), "of a demo that was killed").unwrap();
        let other = among.path().join("messenger-demo-of-somebody");
        fs::create_dir(&other).unwrap();

        let second = Folder::new(among.path()).unwrap();
        assert!(left.path().join("messenger.db").exists(), "somebody is in it");
        drop(second);

        // As the system does when it is killed: the lock is dropped, the files stay.
        left.held = None;
        let gone = left.path().to_owned();
        std::mem::forget(left);
        drop(Folder::new(among.path()).unwrap());
        assert!(!gone.exists());
        assert_eq!(
            names(among.path()),
            ["messenger-demo-of-somebody"],
            "what has no lock is not ours"
        );
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_look_in_and_a_planted_link_is_not_followed() {
        use std::os::unix::fs::{symlink, PermissionsExt};
        let among = tempfile::tempdir().unwrap();
        let precious = among.path().join("precious");
        fs::create_dir(&precious).unwrap();
        fs::write(precious.join("letter"), "dear").unwrap();
        symlink(&precious, among.path().join("messenger-demo-planted")).unwrap();
        fs::write(among.path().join("messenger-demo-planted.lock"), "").unwrap();
        let folder = Folder::new(among.path()).unwrap();
        let mode = fs::metadata(folder.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        assert!(precious.join("letter").exists());
    }
}
