//! A file on its way to its place: made beside it under another name, and given the name once it is whole and on the disk.
//!
//! Whoever is killed on the way leaves a file that ends in `.part`; the next one that makes the same file takes it over.

use std::fs::{File, OpenOptions};
use std::io::Result;
use std::path::{Path, PathBuf};

use super::open::beside;
#[cfg(unix)]
use super::open::has_name;

/// What the name of such a file ends in.
pub const PART: &str = ".part";

/// A file that is being made; gone with the value unless it was put in its place.
pub struct Part {
    path: PathBuf,
    /// Open as long as somebody works on it, since that says so to others. SQLite's locks are of another kind.
    file: Option<File>,
    /// The name is somebody else's from then on.
    put: bool,
}

impl Part {
    fn new(path: PathBuf, file: File) -> Part {
        Part {
            path,
            file: Some(file),
            put: false,
        }
    }

    /// Begins the file that is to be `target`, readable for its owner only; None while somebody else makes it.
    ///
    /// # Errors
    /// Where the folder can't be written.
    pub fn begin(target: &Path) -> Result<Option<Part>> {
        let path = beside(target, PART);
        Ok(open_alone(&path)?.map(|file| Part::new(path, file)))
    }

    /// Where it is being made.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file, to write to.
    ///
    /// # Errors
    /// Where the system gives no second handle.
    pub fn file(&self) -> Result<File> {
        match &self.file {
            Some(file) => file.try_clone(),
            None => File::open(&self.path),
        }
    }

    /// Brings what is written to the disk.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn sync(&self) -> Result<()> {
        self.file.as_ref().map_or(Ok(()), File::sync_all)
    }

    /// Gives it the name of `target`, in place of what has it.
    ///
    /// # Errors
    /// Where the disk refuses; then nothing has changed.
    pub fn put(mut self, target: &Path) -> Result<()> {
        self.sync()?;
        if cfg!(not(unix)) {
            // An open file can't be renamed there.
            self.file = None;
        }
        std::fs::rename(&self.path, target)?;
        self.put = true;
        sync_folder(target)
    }

    /// Takes away what somebody who was killed left of a file of this name; whoever is at work on it is left alone.
    pub fn clean(path: &Path) {
        if let Ok(Some(file)) = open_alone(path) {
            drop(Part::new(path.to_owned(), file));
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if self.put {
            return;
        }
        if cfg!(not(unix)) {
            self.file = None;
        }
        for end in ["", "-journal", "-wal", "-shm"] {
            let _ = std::fs::remove_file(beside(&self.path, end));
        }
    }
}

/// Opens a file of this name, emptied, for one process at a time.
#[cfg(unix)]
fn open_alone(path: &Path) -> Result<Option<File>> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    let file = options.open(path)?;
    match file.try_lock() {
        // Whoever held it may have given it another name just before.
        Ok(()) if !has_name(&file, path) => return Ok(None),
        Ok(()) => {}
        Err(std::fs::TryLockError::WouldBlock) => return Ok(None),
        Err(std::fs::TryLockError::Error(error)) => return Err(error),
    }
    file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    file.set_len(0)?;
    Ok(Some(file))
}

/// Windows takes no file away that somebody has open for SQLite; a lock of ours would keep SQLite itself out.
#[cfg(not(unix))]
fn open_alone(path: &Path) -> Result<Option<File>> {
    use std::io::ErrorKind;
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => return Ok(None),
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let file = OpenOptions::new().read(true).write(true).create_new(true).open(path);
    match file {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(None),
        Err(error) => Err(error),
    }
}

/// Brings a folder's names to the disk, so that a power cut does not undo a renaming.
#[cfg(unix)]
pub fn sync_folder(file: &Path) -> Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Windows writes names through by itself.
#[cfg(not(unix))]
pub fn sync_folder(_file: &Path) -> Result<()> {
    Ok(())
}
