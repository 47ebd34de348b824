//! The roster: people whom the host has entered by name. Each taps his name at the door and types a PIN.
//!
//! A list comes as it is pasted from a spreadsheet: a line a person, in columns by tab, `;` or `,`, with a header or
//! without one. Without columns the first word is the first name and the rest the last one.

pub mod routes;
pub mod store;

use std::collections::HashMap;

use super::names::{fold, is_display_name, is_reserved, is_username, is_word, shown_key};
use super::{User, NAME_MAX};
use crate::error::Fields;
use crate::text::Text;

/// People in one list.
pub const ROSTER_MAX: usize = 500;
/// Digits of a PIN.
pub const PIN_LENGTH: usize = 6;
/// Of a password's rounds, those that a PIN gets: a million PINs are soon tried by who has the file, whatever one costs,
/// and a list of 500 is hashed while the host waits.
const PIN_ROUNDS_PART: u32 = 10;

/// Lines that are named in one refusal.
const NAMED_MAX: usize = 20;

/// Somebody in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub first_name: String,
    pub last_name: String,
    /// None: to be made of the names.
    pub username: Option<String>,
}

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    First,
    Last,
    Username,
    Whole,
}

/// A PIN, from the system's generator.
pub fn new_pin() -> String {
    use rand::RngExt;
    format!("{:0width$}", rand::rng().random_range(0..1_000_000), width = PIN_LENGTH)
}

/// Rounds of a PIN's hash where a password has so many.
pub fn pin_iterations(password_iterations: u32) -> u32 {
    (password_iterations / PIN_ROUNDS_PART).max(1)
}

/// Reads a list. What is wrong with it is named by line, or by name where somebody is there twice.
///
/// # Errors
/// What is wrong, as errors of `names`.
pub fn read(text: &str) -> Result<Vec<Entry>, Fields> {
    let mut errors = Fields::default();
    let lines = rows(text.trim_start_matches('\u{feff}'));
    let header = lines.first().and_then(|(_, cells)| header(cells));
    let skipped = usize::from(header.is_some());
    let mut entries: Vec<Entry> = Vec::new();
    let mut seen: HashMap<String, ()> = HashMap::new();
    let mut named = 0;
    for (line, cells) in lines.iter().skip(skipped) {
        let problem = match entry(cells, header.as_deref()) {
            None => Some(Text::RosterLine(*line)),
            Some(entry) => {
                let twice = seen.insert(entry.key(), ()).is_some();
                let problem = twice.then(|| Text::RosterTwice(entry.name()));
                entries.push(entry);
                problem
            }
        };
        if let Some(problem) = problem.filter(|_| named < NAMED_MAX) {
            named += 1;
            errors.add("names", problem);
        }
    }
    if errors.is_empty() && entries.is_empty() {
        errors.add("names", Text::RosterEmpty);
    }
    if entries.len() > ROSTER_MAX {
        errors.add("names", Text::TooManyItems(ROSTER_MAX));
    }
    match errors.is_empty() {
        true => Ok(entries),
        false => Err(errors),
    }
}

impl Entry {
    /// As somebody who has an account would stand in a list.
    pub fn of(user: &User) -> Entry {
        Entry {
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            username: Some(user.username.clone()),
        }
    }

    /// As it is shown.
    pub fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }

    /// As it is compared with others.
    pub fn key(&self) -> String {
        shown_key(&self.name())
    }

    /// A username of the two names, `ana.pop`; `attempt` makes another where that one is taken.
    pub fn made_username(&self, attempt: usize) -> String {
        let part = |name: &str| fold(name).chars().filter(|c| is_word(*c)).collect::<String>();
        let parts = [part(&self.first_name), part(&self.last_name)];
        let parts: Vec<&str> = parts
            .iter()
            .map(String::as_str)
            .filter(|part| !part.is_empty())
            .collect();
        // Room for the number.
        let mut name: String = parts.join(".").chars().take(NAME_MAX - 10).collect();
        if !is_username(&name) {
            name = "user".to_owned();
        }
        match attempt {
            0 if !is_reserved(&name) => name,
            number => format!("{name}{}", number + 1),
        }
    }
}

/// The lines that are not blank, with their numbers, cut into cells.
fn rows(text: &str) -> Vec<(usize, Vec<String>)> {
    let separator = ['\t', ';', ','].into_iter().find(|separator| text.contains(*separator));
    let lines = text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty());
    // Numbered as they are seen in a spreadsheet without empty rows.
    let numbered = lines.enumerate().map(|(at, line)| (at + 1, cells(line, separator)));
    numbered
        .filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()))
        .collect()
}

/// A line's cells; one in quotes may hold the separator, and a quote as two.
fn cells(line: &str, separator: Option<char>) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let Some(cell) = cells.last_mut() else { break };
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' if quoted || cell.trim().is_empty() => quoted = !quoted,
            c if Some(c) == separator && !quoted => cells.push(String::new()),
            c => cell.push(c),
        }
    }
    cells
        .iter()
        .map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

/// What the columns hold, if this line says so in words of English or Romanian and not somebody's name.
fn header(cells: &[String]) -> Option<Vec<Column>> {
    let column = |cell: &String| match fold(cell).replace(['_', '-'], " ").as_str() {
        "first" | "first name" | "firstname" | "given name" | "prenume" | "prenumele" => Some(Column::First),
        "last" | "last name" | "lastname" | "surname" | "family name" | "nume" | "nume de familie" | "numele" => {
            Some(Column::Last)
        }
        "username" | "user" | "login" | "utilizator" | "nume de utilizator" => Some(Column::Username),
        "name" | "names" | "full name" | "student" | "nume si prenume" | "elev" | "elevi" => Some(Column::Whole),
        _ => None,
    };
    let mut columns: Vec<Column> = cells.iter().map(column).collect::<Option<_>>()?;
    if let [only @ Column::Last] = &mut columns[..] {
        *only = Column::Whole;
    }
    Some(columns)
}

/// Somebody, or None where a line is no name.
fn entry(cells: &[String], header: Option<&[Column]>) -> Option<Entry> {
    const USUAL: [Column; 3] = [Column::First, Column::Last, Column::Username];
    let columns = match (header, cells.len()) {
        (Some(header), _) => header,
        (None, 1) => &[Column::Whole],
        (None, _) => &USUAL,
    };
    if cells.len() > columns.len() && cells.iter().skip(columns.len()).any(|cell| !cell.is_empty()) {
        return None;
    }
    let mut entry = Entry {
        first_name: String::new(),
        last_name: String::new(),
        username: None,
    };
    for (cell, column) in cells.iter().zip(columns).filter(|(cell, _)| !cell.is_empty()) {
        match column {
            Column::First => entry.first_name = cell.clone(),
            Column::Last => entry.last_name = cell.clone(),
            Column::Username => entry.username = Some(cell.clone()),
            Column::Whole => {
                let (first, last) = cell.split_once(' ').unwrap_or((cell, ""));
                (entry.first_name, entry.last_name) = (first.to_owned(), last.to_owned());
            }
        }
    }
    let fits = |name: &str| name.chars().count() <= NAME_MAX && is_display_name(name);
    let good = fits(&entry.first_name) && fits(&entry.last_name) && !entry.key().is_empty();
    let named = |name: &String| name.chars().count() <= NAME_MAX && is_username(name);
    (good && entry.username.as_ref().is_none_or(named)).then_some(entry)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::text::Lang;

    fn names(text: &str) -> Vec<(String, String, Option<String>)> {
        let entries = read(text).unwrap_or_else(|errors| panic!("{text:?}: {errors:?}"));
        let parts = |entry: Entry| (entry.first_name, entry.last_name, entry.username);
        entries.into_iter().map(parts).collect()
    }

    fn person(first: &str, last: &str) -> (String, String, Option<String>) {
        (first.to_owned(), last.to_owned(), None)
    }

    #[test]
    fn a_list_is_read_as_it_is_pasted() {
        let two = vec![person("Ana", "Pop"), person("Ștefan", "Ion Vlad")];
        for text in [
            "Ana Pop\nȘtefan Ion Vlad",
            "\u{feff}Ana  Pop\r\n\r\n  Ștefan Ion Vlad  \r\n",
            "Ana,Pop\nȘtefan,Ion Vlad",
            "Ana\tPop\nȘtefan\tIon Vlad\n",
            "\"Ana\";\"Pop\"\nȘtefan;\"Ion Vlad\"",
            "first name,last name\nAna,Pop\nȘtefan,Ion Vlad",
            "Nume;Prenume\nPop;Ana\nIon Vlad;Ștefan",
            "Nume\nAna Pop\nȘtefan Ion Vlad",
            "Ana,Pop,\nȘtefan,Ion Vlad,",
        ] {
            assert_eq!(names(text), two, "{text:?}");
        }
        let with = |username: &str| ("Ana".to_owned(), "Pop".to_owned(), Some(username.to_owned()));
        assert_eq!(names("Ana,Pop,ana9"), [with("ana9")]);
        assert_eq!(names("username\tlast\tfirst\nana9\tPop\tAna"), [with("ana9")]);
        assert_eq!(
            names("\"Ana \"\"Ani\"\"\",\"Pop, jr\""),
            [person("Ana \"Ani\"", "Pop, jr")]
        );
        assert_eq!(names("Madonna"), [person("Madonna", "")]);
    }

    #[test]
    fn what_is_no_list_of_names_is_named() {
        let many = (0..501).map(|number| format!("Ana{number} Pop\n")).collect::<String>();
        for (text, found) in [
            ("", vec![Text::RosterEmpty]),
            ("first,last\n", vec![Text::RosterEmpty]),
            (
                "Ana Pop\n!!!\nana  pop",
                vec![Text::RosterLine(2), Text::RosterTwice("ana pop".to_owned())],
            ),
            ("Ana,Pop,ana,9", vec![Text::RosterLine(1)]),
            ("Ana,Pop,not a name", vec![Text::RosterLine(1)]),
            ("Ana\u{202e} Pop", vec![Text::RosterLine(1)]),
            (&"x".repeat(151), vec![Text::RosterLine(1)]),
            (&many, vec![Text::TooManyItems(500)]),
        ] {
            let mut expected = Fields::default();
            for text in found {
                expected.add("names", text);
            }
            let errors = read(text).unwrap_err();
            assert_eq!(format!("{errors:?}"), format!("{expected:?}"), "{text:?}");
        }
        assert!(!Text::RosterLine(2).say(Lang::Ro).is_empty());
    }

    #[test]
    fn a_username_is_made_of_the_names() {
        let made = |first: &str, last: &str, attempt| {
            let (first_name, last_name) = (first.to_owned(), last.to_owned());
            Entry {
                first_name,
                last_name,
                username: None,
            }
            .made_username(attempt)
        };
        assert_eq!(made("Ștefan-Ion", "Popescu", 0), "stefanion.popescu");
        assert_eq!(made("Ana", "", 1), "ana2");
        assert_eq!(made("Иван", "Петров", 0), "иван.петров");
        assert_eq!(made("Admin", "", 0), "admin1");
        assert!(is_username(&made(&"x".repeat(150), &"y".repeat(150), 7)));
    }

    #[test]
    fn a_pin_is_six_digits() {
        for _ in 0..1000 {
            let pin = new_pin();
            assert!(
                pin.len() == PIN_LENGTH && pin.bytes().all(|byte| byte.is_ascii_digit()),
                "{pin}"
            );
        }
    }
}
