//! Bodies written down in the tests, with placeholders for what differs from run to run.
//!
//! | placeholder | stands for |
//! |---|---|
//! | `<any>` | anything, but it must be there |
//! | `<int>` | an integer |
//! | `<bool>` | true or false |
//! | `<string>` | a string that is not empty |
//! | `<time>` | RFC 3339, UTC, microseconds |
//! | `<python time>` | the same moment as Python prints it |
//! | `<jwt>` | three base64url parts |
//! | `<starts:...>` | a string that starts so |
//! | `<ends:...>` | a string that ends so |

use super::Reply;
use serde_json::Value;

/// Says where `actual` differs from `expected`; objects have exactly these keys.
pub fn exact(actual: &Value, expected: &Value) -> Option<String> {
    compare("body", actual, expected, true)
}

/// Says where `actual` lacks something of `expected`; objects may have more keys.
pub fn at_least(actual: &Value, expected: &Value) -> Option<String> {
    compare("body", actual, expected, false)
}

/// Asserts [`at_least`].
#[track_caller]
pub fn assert_shows(actual: &Value, expected: Value) {
    if let Some(fault) = at_least(actual, &expected) {
        panic!("{fault}\nin {actual:#}");
    }
}

/// Asserts [`exact`].
#[track_caller]
pub fn assert_is(actual: &Value, expected: Value) {
    if let Some(fault) = exact(actual, &expected) {
        panic!("{fault}\nin {actual:#}");
    }
}

fn compare(place: &str, actual: &Value, expected: &Value, closed: bool) -> Option<String> {
    match (actual, expected) {
        (_, Value::String(text)) if text.starts_with('<') && text.ends_with('>') => {
            let name = &text[1..text.len() - 1];
            let fits = fits(actual, name);
            (!fits).then(|| format!("{place} is {actual}, expected {text}"))
        }
        (Value::Object(have), Value::Object(want)) => {
            for (key, value) in want {
                let place = format!("{place}.{key}");
                let Some(found) = have.get(key) else {
                    return Some(format!("{place} is missing, expected {value}"));
                };
                let fault = compare(&place, found, value, closed);
                if fault.is_some() {
                    return fault;
                }
            }
            let extra = have.keys().find(|key| closed && !want.contains_key(*key))?;
            Some(format!("{place}.{extra} is there and was not expected"))
        }
        (Value::Array(have), Value::Array(want)) if have.len() == want.len() => have
            .iter()
            .zip(want)
            .enumerate()
            .find_map(|(at, (have, want))| compare(&format!("{place}[{at}]"), have, want, closed)),
        _ => (actual != expected).then(|| format!("{place} is {actual}, expected {expected}")),
    }
}

fn fits(actual: &Value, name: &str) -> bool {
    let text = actual.as_str();
    match name {
        "any" => true,
        "int" => actual.is_i64(),
        "bool" => actual.is_boolean(),
        "string" => text.is_some_and(|text| !text.is_empty()),
        "time" => text.is_some_and(|text| pattern(text, "0000-00-00T00:00:00.000000Z")),
        "python time" => text.is_some_and(|text| pattern(text, "0000-00-00 00:00:00.000000+00:00")),
        "jwt" => text.is_some_and(|text| {
            let parts: Vec<&str> = text.split('.').collect();
            let clean =
                |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
            parts.len() == 3 && parts.iter().all(clean)
        }),
        _ => match name.split_once(':') {
            Some(("starts", start)) => text.is_some_and(|text| text.starts_with(start)),
            Some(("ends", end)) => text.is_some_and(|text| text.ends_with(end)),
            // Markup in a body that is compared literally.
            _ => text.is_some_and(|text| text == format!("<{name}>")),
        },
    }
}

/// Whether `text` has the form of `form`, where a 0 stands for any digit.
fn pattern(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text.chars().zip(form.chars()).all(|(have, want)| {
            if want == '0' {
                have.is_ascii_digit()
            } else {
                have == want
            }
        })
}

/// Rows of a table: each is tried, and all that fail are shown together.
pub struct Table {
    name: String,
    rows: usize,
    faults: Vec<String>,
}

impl Table {
    pub fn new(name: &str) -> Table {
        Table {
            name: name.to_owned(),
            rows: 0,
            faults: Vec::new(),
        }
    }

    /// A row whose answer has this status and exactly this body.
    pub fn says(&mut self, reply: &Reply, status: u16, body: Value) {
        let fault = exact(&reply.body, &body);
        self.note(reply, reply.status == status, status, fault);
    }

    /// A row whose answer has this status and at least these keys.
    pub fn shows(&mut self, reply: &Reply, status: u16, body: Value) {
        let fault = at_least(&reply.body, &body);
        self.note(reply, reply.status == status, status, fault);
    }

    /// A row whose answer has this status and a field error under this key, or, for "detail", the text of one.
    pub fn blames(&mut self, reply: &Reply, status: u16, key: &str) {
        let there = !reply.body[key].is_null();
        let fault = (!there).then(|| format!("body.{key} is missing"));
        self.note(reply, reply.status == status, status, fault);
    }

    /// A row of which only the status is known.
    pub fn is(&mut self, reply: &Reply, status: u16) {
        self.note(reply, reply.status == status, status, None);
    }

    /// A row that is refused in the API's own form: a 4xx with a JSON object that is not empty.
    pub fn refused(&mut self, reply: &Reply) {
        let form = reply.body.as_object().is_some_and(|body| !body.is_empty());
        let fault = (!form).then(|| "the body is not an error of the API's form".to_owned());
        self.note(reply, (400..500).contains(&reply.status), 400, fault);
    }

    /// A row with a condition of its own.
    pub fn holds(&mut self, what: &str, holds: bool) {
        self.rows += 1;
        if !holds {
            self.faults.push(format!("{what}: does not hold"));
        }
    }

    fn note(&mut self, reply: &Reply, status_fits: bool, status: u16, fault: Option<String>) {
        self.rows += 1;
        if status_fits && fault.is_none() {
            return;
        }
        let fault = fault.unwrap_or_default();
        let text: String = reply.text().chars().take(600).collect();
        self.faults.push(format!(
            "{}\n    answered {} {text}\n    expected {status} {fault}",
            reply.what, reply.status
        ));
    }

    /// Fails with every row that failed.
    #[track_caller]
    pub fn done(self) {
        assert!(self.rows > 0, "{}: a table without rows", self.name);
        assert!(
            self.faults.is_empty(),
            "{}: {} of {} rows failed\n{}",
            self.name,
            self.faults.len(),
            self.rows,
            self.faults.join("\n")
        );
    }
}
