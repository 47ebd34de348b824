//! Nothing foreign: what browsers get asks no other host, and what we left out stays out.

use crate::{files, root, text};

/// Names, not addresses: nothing is ever asked there.
const NAMES: [&str; 3] = [
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/1999/xhtml",
    "http://www.w3.org/1999/xlink",
];

#[test]
fn what_browsers_get_asks_no_foreign_host() {
    let folder = root().join("static");
    let readable = |name: &&String| {
        let kind = name.rsplit('.').next().unwrap_or_default();
        ["html", "css", "js", "mjs", "json", "svg", "webmanifest", "map"].contains(&kind)
    };
    let names = files(&folder);
    assert!(!names.is_empty(), "an empty folder");
    let mut found = Vec::new();
    for name in names.iter().filter(readable) {
        let mut text = text(&folder.join(name));
        for known in NAMES {
            text = text.replace(known, "");
        }
        for (number, line) in text.lines().enumerate() {
            let attribute = [
                "src=\"//",
                "href=\"//",
                "url(//",
                "url(\"//",
                "from \"//",
                "import \"//",
            ];
            if line.contains("http://")
                || line.contains("https://")
                || attribute.iter().any(|start| line.contains(start))
            {
                found.push(format!(
                    "static/{name}:{}: {}",
                    number + 1,
                    line.trim().chars().take(100).collect::<String>()
                ));
            }
        }
    }
    assert!(found.is_empty(), "other hosts:\n{}", found.join("\n"));
}

/// Packages that must not be built, with why.
const LEFT_OUT: [(&str, &str); 4] = [
    ("h2", "HTTP/2 as Rocket has it takes any number of streams"),
    ("openssl-sys", "it would have to be installed"),
    ("native-tls", "it would have to be installed"),
    ("rsa", "it has an open advisory"),
];

/// The lock file names a package only where some feature that is on needs it.
#[test]
fn what_was_left_out_stays_out() {
    let lock = text(&root().join("Cargo.lock"));
    let names: Vec<&str> = lock
        .lines()
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
        .collect();
    assert!(
        names.contains(&"rocket") && names.contains(&"hyper"),
        "not a lock file: {} names",
        names.len()
    );
    for (name, why) in LEFT_OUT {
        assert!(!names.contains(&name), "{name} is in Cargo.lock: {why}");
    }
}

/// Two copies of SQLite in one process would drop each other's locks.
#[test]
fn there_is_one_sqlite() {
    let lock = text(&root().join("Cargo.lock"));
    assert_eq!(lock.matches("name = \"libsqlite3-sys\"").count(), 1);
}
