//! A disk with a cache that a power cut empties: what a server told it, and what could be left of that afterwards.
//!
//! What was synced is there. Of what was not, each sector of each write is there, or not, or torn, whatever was written
//! before or after it; a file has any of the sizes that it had since; a name that was given or taken away is or is not,
//! until its folder was synced. Bytes beside those being written stay as they were: SQLite relies on that
//! (`SQLITE_POWERSAFE_OVERWRITE`), and disks do it.

use crate::trace::{Claim, Id, Step, Trace};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What a disk writes whole, if nothing goes wrong.
const SECTOR: usize = 512;

/// The disk at one moment of a run.
pub struct Drive<'t> {
    trace: &'t Trace,
    folder: PathBuf,
    folder_id: Id,
    done: usize,
    files: Vec<Stored>,
    known: HashMap<Id, usize>,
    /// The folder as it was last synced, and what became of it since.
    names: BTreeMap<String, usize>,
    renamed: Vec<(usize, Renamed)>,
    syncs: HashMap<i64, usize>,
    pub told: Vec<&'t Claim>,
}

/// A file as it was last synced, and what became of it since, each with the number of its step.
#[derive(Default)]
struct Stored {
    synced: Vec<u8>,
    since: Vec<(usize, Change)>,
}

#[derive(Clone)]
enum Change {
    Write(usize, Range<usize>),
    Truncate(usize),
}

struct Renamed {
    gone: Option<String>,
    new: Option<(String, usize)>,
}

impl<'t> Drive<'t> {
    /// An empty disk before a run in this folder.
    pub fn new(trace: &'t Trace, folder: &Path) -> Drive<'t> {
        let about = std::fs::metadata(folder).expect("the server's folder");
        Drive {
            trace,
            folder: folder.to_owned(),
            folder_id: (about.dev() as i64, about.ino() as i64),
            done: 0,
            files: Vec::new(),
            known: HashMap::new(),
            names: BTreeMap::new(),
            renamed: Vec::new(),
            syncs: HashMap::new(),
            told: Vec::new(),
        }
    }

    /// Goes on until so many steps are done.
    pub fn goes_to(&mut self, step: usize) {
        let trace = self.trace;
        while self.done < step {
            self.takes(&trace.steps[self.done]);
            self.done += 1;
        }
    }

    fn takes(&mut self, step: &'t Step) {
        match step {
            Step::Write { file, at, bytes } => self.changes(file, Change::Write(*at, bytes.clone())),
            Step::Truncate { file, size } => self.changes(file, Change::Truncate(*size)),
            Step::SyncBegins { number } => {
                self.syncs.insert(*number, self.done);
            }
            Step::SyncEnds { of, number } => {
                let began = self.syncs.remove(number).expect("a sync that began");
                self.synced(of, began);
            }
            Step::Create { file, path } => {
                if let Some(name) = self.name(path) {
                    self.files.push(Stored::default());
                    let number = self.files.len() - 1;
                    self.known.insert(*file, number);
                    self.renames(None, Some((name, number)));
                } else {
                    // Another file has the number of one that is gone.
                    self.known.remove(file);
                }
            }
            Step::Unlink { path } => {
                let name = self.name(path);
                self.renames(name, None);
            }
            Step::Rename { from, to } => {
                let (from, to) = (self.name(from), self.name(to));
                let file = from.as_ref().map(|name| self.now()[name]);
                self.renames(from, to.zip(file));
            }
            Step::Told(claim) => self.told.push(claim),
        }
    }

    fn changes(&mut self, file: &Id, change: Change) {
        // The server may write files elsewhere; they are not looked at.
        if let Some(&number) = self.known.get(file) {
            self.files[number].since.push((self.done, change));
        }
    }

    fn renames(&mut self, gone: Option<String>, new: Option<(String, usize)>) {
        self.renamed.push((self.done, Renamed { gone, new }));
    }

    /// All that was changed before this step is on the disk.
    fn synced(&mut self, of: &Id, began: usize) {
        if *of == self.folder_id {
            let count = self.renamed.partition_point(|(step, _)| *step < began);
            for (_, renamed) in self.renamed.drain(..count) {
                renamed.apply(&mut self.names);
            }
        } else if let Some(&number) = self.known.get(of) {
            let file = &mut self.files[number];
            let count = file.since.partition_point(|(step, _)| *step < began);
            for (_, change) in file.since.drain(..count) {
                change.apply(self.trace, &mut file.synced);
            }
        }
    }

    /// The name of a path in the folder.
    fn name(&self, path: &Path) -> Option<String> {
        let inside = path.strip_prefix(&self.folder).ok()?;
        Some(inside.to_str()?.to_owned())
    }

    /// The folder's names as programs see them.
    fn now(&self) -> BTreeMap<String, usize> {
        let mut names = self.names.clone();
        for (_, renamed) in &self.renamed {
            renamed.apply(&mut names);
        }
        names
    }

    /// The files as programs see them.
    pub fn contents(&self) -> BTreeMap<String, Vec<u8>> {
        let whole = |file: &Stored| {
            let mut bytes = file.synced.clone();
            for (_, change) in &file.since {
                change.apply(self.trace, &mut bytes);
            }
            bytes
        };
        let names = self.now().into_iter();
        names.map(|(name, file)| (name, whole(&self.files[file]))).collect()
    }

    /// Fills an empty folder with what a power cut at this moment could leave.
    pub fn cut(&self, random: &mut StdRng, to: &Path) {
        // How much of what was not synced is there: sometimes nothing, sometimes all.
        let kept = *[0.0, 0.1, 0.5, 0.9, 1.0].choose(random).unwrap();
        let mut names = self.names.clone();
        for (_, renamed) in &self.renamed {
            if random.random_bool(0.5) {
                renamed.apply(&mut names);
            }
        }
        // Memory that is mapped to a file: nobody syncs it, so it holds anything or is not there.
        names.retain(|name, _| !name.ends_with("-shm"));
        if random.random_bool(0.5) {
            let mut garbage = vec![0; 32 << 10];
            random.fill_bytes(&mut garbage);
            std::fs::write(to.join("messenger.db-shm"), garbage).unwrap();
        }
        for (name, file) in names {
            std::fs::write(to.join(name), self.files[file].left(self.trace, random, kept)).unwrap();
        }
    }
}

impl Stored {
    fn left(&self, trace: &Trace, random: &mut StdRng, kept: f64) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        let mut size = bytes.len();
        let mut sizes = vec![size];
        for (_, change) in &self.since {
            match change {
                Change::Truncate(to) => {
                    size = *to;
                    if random.random_bool(kept) {
                        bytes.resize(size, 0);
                    }
                }
                Change::Write(at, new) => {
                    size = size.max(at + new.len());
                    tear(&mut bytes, *at, trace.bytes(new), random, kept);
                }
            }
            sizes.push(size);
        }
        if random.random_bool(0.5) {
            bytes.resize(*sizes.choose(random).unwrap(), 0);
        }
        bytes
    }
}

/// Writes each sector of `new`, or does not, or tears it: then only its beginning is there, and behind that what was there
/// before or garbage.
fn tear(bytes: &mut Vec<u8>, at: usize, new: &[u8], random: &mut StdRng, kept: f64) {
    let mut from = 0;
    while from < new.len() {
        let to = new.len().min(from + SECTOR - (at + from) % SECTOR);
        let piece = &new[from..to];
        if random.random_bool(kept) {
            put(bytes, at + from, piece);
        } else if random.random_bool(0.1) {
            let torn = random.random_range(0..piece.len());
            put(bytes, at + from, &piece[..torn]);
            if random.random_bool(0.5) {
                let mut garbage = vec![0; piece.len() - torn];
                random.fill_bytes(&mut garbage);
                put(bytes, at + from + torn, &garbage);
            }
        }
        from = to;
    }
}

fn put(bytes: &mut Vec<u8>, at: usize, new: &[u8]) {
    if bytes.len() < at + new.len() {
        bytes.resize(at + new.len(), 0);
    }
    bytes[at..at + new.len()].copy_from_slice(new);
}

impl Change {
    fn apply(&self, trace: &Trace, bytes: &mut Vec<u8>) {
        match self {
            Change::Write(at, new) => put(bytes, *at, trace.bytes(new)),
            Change::Truncate(size) => bytes.resize(*size, 0),
        }
    }
}

impl Renamed {
    fn apply(&self, names: &mut BTreeMap<String, usize>) {
        if let Some(gone) = &self.gone {
            names.remove(gone);
        }
        if let Some((name, file)) = &self.new {
            names.insert(name.clone(), *file);
        }
    }
}
