//! The test's end of the disk that `disk.c` puts under a server: how much room it has, and which call to it goes wrong.

use crate::process::Start;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use tempfile::NamedTempFile;

/// Room enough for any test.
pub const PLENTY: i64 = 1 << 40;

/// How a call to the disk goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A write finds no room, once.
    Full,
    /// A write is over a quota, once.
    Quota,
    /// A write fails.
    Write,
    /// The disk does not confirm what was written.
    Sync,
    /// A write stores other bytes than it was given, and reports success.
    Garble,
    /// The process is killed right before the call.
    Kill,
}

/// One server's disk.
pub struct Disk(NamedTempFile);

/// Where the fields of `struct disk` stand.
const ROOM: u64 = 0;
const CALLS: u64 = 8;
const AT: u64 = 16;
const FAULT: u64 = 24;
const KINDS: u64 = 32;
const GONE: u64 = 40;
const WRITES: i64 = 1;
const SYNCS: i64 = 2;

impl Disk {
    /// A disk with room and without faults.
    pub fn new() -> Disk {
        let disk = Disk(NamedTempFile::new().expect("a temporary file"));
        disk.set(KINDS, WRITES | SYNCS);
        disk.set(ROOM, PLENTY);
        disk.set(GONE, 0);
        disk
    }

    /// Takes the next so many files away right before they are locked, as a server that stops at that moment does.
    pub fn take_away(&self, files: i64) {
        self.set(GONE, files);
    }

    /// A server on this disk.
    pub fn under(&self, start: Start) -> Start {
        start.env("LD_PRELOAD", library()).env("MESSENGER_DISK", self.0.path())
    }

    /// Sets how many bytes files may still grow by.
    pub fn leave(&self, bytes: i64) {
        self.set(ROOM, bytes);
    }

    /// Calls so far that could have gone wrong.
    pub fn calls(&self) -> i64 {
        let mut bytes = [0; 8];
        self.file().read_exact_at(&mut bytes, CALLS).expect("the disk's file");
        i64::from_ne_bytes(bytes)
    }

    /// Lets one call go wrong: the `number`th from now of those that this fault is about.
    pub fn fail(&self, fault: Fault, number: i64) {
        let (kinds, error) = match fault {
            Fault::Full => (WRITES, 28),
            Fault::Quota => (WRITES, 122),
            Fault::Write => (WRITES, 5),
            Fault::Sync => (SYNCS, 5),
            Fault::Garble => (WRITES, -1),
            Fault::Kill => (WRITES | SYNCS, 0),
        };
        self.set(AT, 0);
        self.set(KINDS, kinds);
        self.set(FAULT, error);
        self.set(AT, self.calls() + number);
    }

    /// Lets nothing go wrong any more; whether it had come to it.
    pub fn mend(&self) -> bool {
        let mut bytes = [0; 8];
        self.file().read_exact_at(&mut bytes, AT).expect("the disk's file");
        self.set(AT, 0);
        self.calls() >= i64::from_ne_bytes(bytes)
    }

    fn set(&self, field: u64, value: i64) {
        self.file()
            .write_all_at(&value.to_ne_bytes(), field)
            .expect("the disk's file");
    }

    fn file(&self) -> &File {
        self.0.as_file()
    }
}

/// The library that stands between the server and the system.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| compiled("disk"))
}

/// A library to preload, compiled from the C file of this name beside the tests.
pub fn compiled(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/crash/{name}.c"));
    // Another run may be loading the one that is there.
    let (fresh, library) = (
        folder.join(format!("{name}-{}.so", std::process::id())),
        folder.join(format!("{name}.so")),
    );
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let compiled = Command::new(compiler)
        .args(["-O1", "-shared", "-fPIC", "-Wall", "-Werror", "-o"])
        .args([&fresh, &source])
        .arg("-ldl")
        .status()
        .expect("a C compiler, as the build needs it too");
    assert!(compiled.success(), "{name}.c can't be compiled");
    std::fs::rename(&fresh, &library).expect("the build's folder for temporary files");
    library
}
