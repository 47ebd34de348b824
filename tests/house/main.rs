//! What holds for the source itself: who may use whom, what is generated is up to date, and nothing foreign is in it.
//!
//! Promise: no server is started and nothing is fetched; a failing test names the file and the line of thought. Rejected:
//! reading the compiler's view of the crate (it needs a nightly compiler, and the text says as much).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod described;
mod foreign;
mod imports;
mod ranks;
mod schema;

use std::path::{Path, PathBuf};

/// The folder that Cargo.toml stands in.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder, in order, as paths from it with `/`.
fn files(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for entry in std::fs::read_dir(&inner).unwrap_or_else(|error| panic!("{}: {error}", inner.display())) {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name: Vec<_> = path
                    .strip_prefix(folder)
                    .unwrap()
                    .iter()
                    .map(|part| part.to_string_lossy())
                    .collect();
                all.push(name.join("/"));
            }
        }
    }
    all.sort();
    all
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
