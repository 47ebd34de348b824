//! Which file of `src` uses which, read from its text.

use std::collections::{BTreeMap, BTreeSet};

/// A module as the parts of its path: `["accounts", "store"]`; the crate's root is empty.
pub type Module = Vec<String>;

/// The module that a file is.
pub fn module(file: &str) -> Module {
    let path = file.strip_suffix(".rs").expect("a source file");
    if path == "lib" {
        return Vec::new();
    }
    path.strip_suffix("/mod")
        .unwrap_or(path)
        .split('/')
        .map(str::to_owned)
        .collect()
}

/// Reads the sources and gives, for each file, the files it uses, each with the path that says so.
pub fn uses(sources: &BTreeMap<String, String>) -> BTreeMap<String, BTreeMap<String, String>> {
    let files: BTreeMap<Module, String> = sources.keys().map(|file| (module(file), file.clone())).collect();
    let all = sources.iter().map(|(file, text)| {
        let own = module(file);
        let mut used = BTreeMap::new();
        for path in paths(text, &own, &files) {
            // The longest beginning of a path that is a file: what follows is an item in it.
            let target = (0..=path.len()).rev().find_map(|end| files.get(&path[..end]));
            if let Some(target) = target.filter(|target| *target != file) {
                used.entry(target.clone()).or_insert_with(|| path.join("::"));
            }
        }
        (file.clone(), used)
    });
    all.collect()
}

/// Every path in a source that begins with `crate`, `super`, `self` or the name of a module that is known there, from the
/// root of the crate.
fn paths(text: &str, own: &Module, files: &BTreeMap<Module, String>) -> BTreeSet<Module> {
    let words = words(text);
    let mut found = BTreeSet::new();
    // A module declares its children, and an import may bring in a module by name.
    let mut known: BTreeMap<String, Module> = files
        .keys()
        .filter(|path| path.len() == own.len() + 1 && path.starts_with(own))
        .map(|path| (path[own.len()].clone(), path.clone()))
        .collect();
    let mut rest = Vec::new();
    let mut at = 0;
    while at < words.len() {
        if words[at] != "use" {
            rest.push(words[at]);
            at += 1;
            continue;
        }
        let end = at
            + words[at..]
                .iter()
                .position(|word| *word == ";")
                .unwrap_or(words.len() - at);
        let (mut tree, mut position) = (Vec::new(), at + 1);
        expand(&words[..end], &mut position, &[], &mut tree);
        for (path, name) in tree {
            let Some(path) = absolute(&path, own, &known) else {
                continue;
            };
            if files.contains_key(&path) {
                known.insert(name, path.clone());
            }
            found.insert(path);
        }
        at = end + 1;
    }
    // Then the paths in the code itself. A path's beginning is a word that no `::` stands before.
    for at in 0..rest.len() {
        if rest.get(at + 1) != Some(&"::") || (at > 0 && rest[at - 1] == "::") {
            continue;
        }
        let mut path = vec![rest[at].to_owned()];
        let mut next = at + 1;
        while rest.get(next) == Some(&"::") && rest.get(next + 1).is_some_and(|word| is_name(word)) {
            path.push(rest[next + 1].to_owned());
            next += 2;
        }
        found.extend(absolute(&path, own, &known));
    }
    found
}

/// The tree of an import as whole paths, each with the name that it gets here.
fn expand(words: &[&str], at: &mut usize, before: &[String], all: &mut Vec<(Vec<String>, String)>) {
    let mut path = before.to_vec();
    while *at < words.len() {
        match words[*at] {
            "{" => {
                *at += 1;
                while *at < words.len() && words[*at] != "}" {
                    expand(words, at, &path, all);
                    if words.get(*at) == Some(&",") {
                        *at += 1;
                    }
                }
                *at += 1;
                return;
            }
            "," | "}" => break,
            "::" => *at += 1,
            "as" => {
                let name = words.get(*at + 1).map_or(String::new(), |name| (*name).to_owned());
                *at += 2;
                all.push((path, name));
                return;
            }
            // `a::{self}` is `a`.
            "self" if !path.is_empty() => *at += 1,
            word => {
                path.push(word.to_owned());
                *at += 1;
            }
        }
    }
    if let Some(name) = path.last().cloned() {
        all.push((path, name));
    }
}

/// A path from the crate's root; None where it leads out of the crate.
fn absolute(path: &[String], own: &Module, known: &BTreeMap<String, Module>) -> Option<Module> {
    let first = path.first()?.as_str();
    let mut base = match first {
        "crate" => Vec::new(),
        "self" | "super" => own.clone(),
        name => known.get(name)?.clone(),
    };
    for part in path.iter().skip(usize::from(first != "super")) {
        if part == "super" {
            base.pop();
        } else {
            base.push(part.clone());
        }
    }
    Some(base)
}

fn is_name(word: &str) -> bool {
    word.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// The words of a source without comments, texts and what is only compiled for its tests.
fn words(text: &str) -> Vec<&str> {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut words = Vec::new();
    for line in text.lines() {
        let mut rest = line;
        while let Some(first) = rest.chars().next() {
            let length = match first {
                '/' if rest.starts_with("//") => break,
                '"' => quoted(rest),
                ':' if rest.starts_with("::") => 2,
                _ if is_name(rest) => rest
                    .find(|end: char| !end.is_alphanumeric() && end != '_')
                    .unwrap_or(rest.len()),
                _ => first.len_utf8(),
            };
            let (word, after) = rest.split_at(length);
            if !first.is_whitespace() && first != '"' {
                words.push(word);
            }
            rest = after;
        }
    }
    words
}

/// The length of a text in quotes, or of the rest of the line where it goes on.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

#[test]
fn every_form_of_an_import_is_read() {
    let source = "use crate::b::{self, inner::Item, Other as Another};\nuse super::a::*; // use crate::never;\n\
                  pub use self::child::Thing;\nfn f() { b::inner::call(\"crate::never::in_text\"); crate::c::d(); }\n\
                  use crate::b::inner as short;\nfn g() { short::h(); std::fs::read(); child::i() }\n\
                  #[cfg(test)]\nmod tests { use crate::only_in_tests; }";
    let files = [
        "x/mod.rs",
        "x/child.rs",
        "a.rs",
        "b/mod.rs",
        "b/inner.rs",
        "c.rs",
        "never.rs",
        "only_in_tests.rs",
        "lib.rs",
    ];
    let mut sources: BTreeMap<String, String> = files.iter().map(|file| ((*file).to_owned(), String::new())).collect();
    sources.insert("x/mod.rs".to_owned(), source.to_owned());
    let used = uses(&sources).remove("x/mod.rs").unwrap();
    let names: Vec<&str> = used.keys().map(String::as_str).collect();
    assert_eq!(names, ["a.rs", "b/inner.rs", "b/mod.rs", "c.rs", "x/child.rs"]);
}
