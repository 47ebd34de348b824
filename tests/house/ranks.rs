//! Who may use whom: a file uses only files that stand before it in this list, so there is no circle, and a reader who
//! goes down the list never meets a name that he has not met.

use crate::imports::uses;
use crate::{files, root, text};
use std::collections::{BTreeMap, BTreeSet};

/// The files of `src` in their order, by rank. A name with `/` at its end is a folder that is one thing in several files,
/// which may use each other.
const RANKS: [(&str, &[&str]); 10] = [
    ("0, words and settings", &["text", "config", "clock", "ids", "journal"]),
    (
        "1, the one way to fail, to answer, to work",
        &["error", "reply", "pool"],
    ),
    (
        "2, the file, and what holds for every request",
        &["db/", "site", "addresses", "edge", "form", "page", "limits"],
    ),
    (
        "3, types and rules",
        &[
            "live/mod",
            "live/log",
            "house/mod",
            "live/frame",
            "accounts/names",
            "accounts/breathing",
            "accounts/passwords",
            "accounts/tokens",
            "accounts/mod",
            "accounts/guests/mod",
            "accounts/roster/mod",
            "media/disposition",
            "media/range",
            "media/picture/",
            "media/mod",
            "messages/reactions/mod",
            "messages/search/mod",
            "messages/mod",
            "chats/boxes/mod",
            "chats/links/mod",
            "chats/members/mod",
            "chats/everyone/mod",
            "chats/retention/mod",
            "chats/mod",
            "order/held/mod",
            "order/reports/mod",
            "order/mod",
            "mail/smtp",
            "host/check/mod",
            "host/storage/mod",
            "host/backups/mod",
            "host/restart",
            "xray/mod",
            "tls/mod",
        ],
    ),
    (
        "4, SQL",
        &[
            "house/store",
            "media/store",
            "accounts/store",
            "accounts/guests/store",
            "accounts/roster/store",
            "chats/members/store",
            "messages/reactions/store",
            "messages/store",
            "order/store",
            "order/held/store",
            "order/reports/store",
            "messages/search/store",
            "live/store",
            "chats/store",
            "chats/links/store",
            "chats/retention/store",
            "chats/boxes/store",
            "messages/sending",
            "chats/everyone/store",
            "mail/store",
            "host/check/store",
            "host/storage/store",
            "tls/store",
        ],
    ),
    (
        "5, what runs beside requests",
        &[
            "accounts/presence",
            "accounts/sessions",
            "accounts/hashing",
            "accounts/codes",
            "media/intake",
            "media/sweep",
            "zipped",
            "messages/search/indexing",
            "messages/pages",
            "live/frames",
            "live/recent",
            "live/replay",
            "live/connection",
            "live/shard",
            "live/hub/",
            "order/ends",
            "order/removal",
            "mail/mod",
            "host/backups/nightly",
            "mdns",
            "tls/page",
            "tls/front",
        ],
    ),
    (
        "6, guards",
        &[
            "accounts/guard",
            "media/upload",
            "live/handshake",
            "live/socket",
            "live/gather",
            "xray/watching",
        ],
    ),
    (
        "7, HTTP",
        &[
            "accounts/entry",
            "accounts/profile",
            "accounts/leaving",
            "accounts/password_reset",
            "accounts/routes",
            "accounts/guests/routes",
            "accounts/roster/routes",
            "media/routes",
            "messages/reactions/routes",
            "messages/routes",
            "chats/links/routes",
            "chats/members/routes",
            "chats/retention/routes",
            "chats/boxes/routes",
            "chats/routes",
            "live/routes",
            "order/held/routes",
            "order/reports/routes",
            "order/people",
            "order/routes",
            "xray/routes",
            "host/moving/",
            "host/settings",
            "host/setup",
            "tls/routes",
            "host/lobby",
            "host/doctor",
            "host/qr",
            "host/handout",
            "host/demo/",
            "host/backups/routes",
            "host/archived",
            "host/recovery",
            "host/mail",
            "host/restore",
            "host/storage/routes",
            "host/about",
            "host/people",
            "host/roster",
            "host/mod",
            "openapi",
            "assets/",
        ],
    ),
    ("8, put together", &["lib"]),
    ("9, the command line", &["commands/", "main"]),
];

/// The place of a file in the list.
fn place(file: &str) -> Option<usize> {
    let name = file.strip_suffix(".rs")?;
    let mut all = RANKS.iter().flat_map(|(_, names)| names.iter());
    all.position(|known| match known.strip_suffix('/') {
        Some(folder) => name == folder || name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')),
        None => name == *known,
    })
}

fn rank(file: &str) -> &'static str {
    let place = place(file).expect("a file of the list");
    let mut before = 0;
    for (rank, names) in RANKS {
        before += names.len();
        if place < before {
            return rank;
        }
    }
    unreachable!("a place beyond the list")
}

fn sources() -> BTreeMap<String, String> {
    let folder = root().join("src");
    let rust = files(&folder).into_iter().filter(|name| name.ends_with(".rs"));
    rust.map(|name| (name.clone(), text(&folder.join(&name)))).collect()
}

#[test]
fn every_file_has_a_rank() {
    let names = sources();
    let strangers: Vec<&String> = names.keys().filter(|name| place(name).is_none()).collect();
    assert!(strangers.is_empty(), "give these a place in the list: {strangers:?}");
    let known: BTreeSet<usize> = names.keys().filter_map(|name| place(name)).collect();
    let all: Vec<&str> = RANKS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    let gone: Vec<&str> = (0..all.len())
        .filter(|at| !known.contains(at))
        .map(|at| all[at])
        .collect();
    assert!(gone.is_empty(), "take these off the list: {gone:?}");
}

#[test]
fn a_file_uses_only_files_before_it() {
    let sources = sources();
    let mut upward = Vec::new();
    for (file, used) in uses(&sources) {
        for (target, path) in used {
            if place(&file) < place(&target) {
                upward.push(format!(
                    "src/{file} [{}] uses {path} of src/{target} [{}]",
                    rank(&file),
                    rank(&target)
                ));
            }
        }
    }
    assert!(
        upward.is_empty(),
        "{} files look upward:\n{}",
        upward.len(),
        upward.join("\n")
    );
}

/// All SQL stands in `store.rs` files, beside the file's own part and the log's writing side.
#[test]
fn sql_stands_in_stores() {
    let verbs = ["SELECT ", "INSERT ", "UPDATE ", "DELETE FROM "];
    let mut found = Vec::new();
    for (file, text) in sources() {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let home = file.ends_with("store.rs") || file.starts_with("db/") || file == "live/log.rs";
        for (number, line) in code.lines().enumerate() {
            let quoted = line
                .split('"')
                .skip(1)
                .step_by(2)
                .any(|part| verbs.iter().any(|verb| part.starts_with(verb)));
            if quoted && !home {
                found.push(format!("src/{file}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "SQL outside of the stores:\n{}", found.join("\n"));
}
