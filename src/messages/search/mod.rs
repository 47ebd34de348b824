//! Search in messages: SQLite's full-text index, diacritics removed, the caller's chats only, best first.
//!
//! What is typed is words and never query syntax: each is quoted, and begins a word of the message.
//! The index is written beside the sends; a search asks for what is missing first, so it is complete all the same.

pub mod indexing;
pub mod store;

use crate::accounts::names::fold;
use crate::ids::{ChatId, UserId};

/// Words of a search.
const WORDS_MAX: usize = 16;
/// Words of an excerpt, and how many of them stand before the first hit.
const EXCERPT: usize = 16;
const EXCERPT_BEFORE: usize = 5;

/// What is looked for, by whom, where.
#[derive(Debug, Clone)]
pub struct Query {
    pub words: Words,
    pub user: UserId,
    pub chat: Option<ChatId>,
}

/// The words of a search, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words(Vec<String>);

impl Words {
    /// The words of what was typed; None without one.
    pub fn new(typed: &str) -> Option<Words> {
        let words = typed
            .split(|c: char| !c.is_alphanumeric())
            .map(fold)
            .filter(|word| !word.is_empty());
        let words: Vec<String> = words.take(WORDS_MAX).collect();
        (!words.is_empty()).then_some(Words(words))
    }

    /// In FTS5's syntax: every word begins a word of the text.
    pub(super) fn fts5(&self) -> String {
        let quoted: Vec<String> = self
            .0
            .iter()
            .map(|word| format!("\"{}\"*", word.replace('"', "\"\"")))
            .collect();
        quoted.join(" ")
    }
}

/// The text around the first hit, as HTML: hits between `<mark>` and `</mark>`, everything else escaped.
fn excerpt(text: &str, words: &Words) -> String {
    let tokens = tokens(text);
    let is_hit = |(from, to): &(usize, usize)| {
        let token = fold(&text[*from..*to]);
        words.0.iter().any(|word| token.starts_with(word.as_str()))
    };
    let hits: Vec<bool> = tokens.iter().map(is_hit).collect();
    let first = hits
        .iter()
        .position(|hit| *hit)
        .unwrap_or(0)
        .saturating_sub(EXCERPT_BEFORE);
    let last = (first + EXCERPT).min(tokens.len());
    let start = if first == 0 { 0 } else { tokens[first].0 };
    let end = if last == tokens.len() {
        text.len()
    } else {
        tokens[last - 1].1
    };
    let mut html = String::from(if first == 0 { "" } else { "…" });
    let mut at = start;
    for (index, (from, to)) in tokens.iter().enumerate().take(last).skip(first) {
        if hits[index] {
            escape(&text[at..*from], &mut html);
            html.push_str("<mark>");
            escape(&text[*from..*to], &mut html);
            html.push_str("</mark>");
            at = *to;
        }
    }
    escape(&text[at..end], &mut html);
    if end < text.len() {
        html.push('…');
    }
    html
}

/// Where the words of a text begin and end, in bytes. Marks belong to their letter, as in the index.
fn tokens(text: &str) -> Vec<(usize, usize)> {
    let is_word = |c: char| c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c);
    let mut tokens = Vec::new();
    let mut begun = None;
    for (at, c) in text.char_indices() {
        match (is_word(c), begun) {
            (true, None) => begun = Some(at),
            (false, Some(from)) => {
                tokens.push((from, at));
                begun = None;
            }
            _ => {}
        }
    }
    tokens.extend(begun.map(|from| (from, text.len())));
    tokens
}

fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_typed_is_never_syntax() {
        assert_eq!(Words::new("țară").unwrap().fts5(), "\"tara\"*");
        assert_eq!(
            Words::new("a OR \"b\" NEAR(c, 3) -d col:e*").unwrap().fts5(),
            "\"a\"* \"or\"* \"b\"* \"near\"* \"c\"* \"3\"* \"d\"* \"col\"* \"e\"*"
        );
        assert_eq!(Words::new(" \"*():^ "), None);
    }

    #[test]
    fn only_our_marks_are_markup() {
        let excerpt = |text: &str, typed: &str| excerpt(text, &Words::new(typed).unwrap());
        assert_eq!(excerpt("Salut în ȚARĂ mea", "tar"), "Salut în <mark>ȚARĂ</mark> mea");
        assert_eq!(
            excerpt("<b>x</b> & \"y\"", "x"),
            "&lt;b&gt;<mark>x</mark>&lt;/b&gt; &amp; &quot;y&quot;"
        );
        assert_eq!(excerpt("", "x"), "");
        let long = (0..40).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
        assert_eq!(
            excerpt(&long, "w20"),
            "…w15 w16 w17 w18 w19 <mark>w20</mark> w21 w22 w23 w24 w25 w26 w27 w28 w29 w30…"
        );
    }

    proptest::proptest! {
        #[test]
        fn an_excerpt_never_panics_and_never_leaks_markup(text: String, typed: String) {
            if let Some(words) = Words::new(&typed) {
                let html = excerpt(&text, &words).replace("<mark>", "").replace("</mark>", "");
                proptest::prop_assert!(!html.contains('<'));
            }
        }
    }
}
