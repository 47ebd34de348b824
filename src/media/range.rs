//! Which bytes of a file a request asks for (RFC 9110, sections 13 and 14).
//!
//! Promise: the answer is always one that can be sent whole from one place in the file, and a header that is not
//! understood is as if it had not been sent: the client then gets all bytes, which is never wrong, only longer.
//!
//! Rejected: several ranges in one request (`multipart/byteranges`), which no browser or player asks for and which is a
//! known way to make a server send the same bytes a thousand times. Rejected too: `If-Range` with a date, as our files
//! carry a strong tag and no date.

/// The part of a file that a request gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The whole file: 200.
    All,
    /// The bytes from `start` to `end_inclusive`, both inside the file: 206.
    Part { start: u64, end_inclusive: u64 },
    /// A range that begins behind the end of the file: 416 with `Content-Range: bytes */size`.
    Unsatisfiable,
}

/// Reads `Range` and `If-Range` for a file of `size` bytes whose strong tag, quotation marks included, is `etag`.
pub fn wanted(range: Option<&str>, if_range: Option<&str>, etag: &str, size: u64) -> Wanted {
    // An empty file has no byte to give a part of, and 416 would make a player fail on it.
    let Some(range) = range.filter(|_| size > 0) else {
        return Wanted::All;
    };
    // The comparison is the strong one: a weak tag or a date is never equal.
    if if_range.is_some_and(|tag| tag.trim() != etag) {
        return Wanted::All;
    }
    part(range, size).unwrap_or(Wanted::All)
}

/// Tells whether the client already holds the bytes with this strong tag, quotation marks included: 304.
pub fn matches(if_none_match: Option<&str>, etag: &str) -> bool {
    let Some(mut rest) = if_none_match.map(str::trim) else {
        return false;
    };
    if rest == "*" {
        return true;
    }
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        // The comparison is the weak one, because a proxy that compresses marks our tag as weak.
        let tag = rest.strip_prefix("W/").unwrap_or(rest);
        // A tag may hold a comma, so the list can't simply be split.
        let Some(end) = tag.strip_prefix('"').and_then(|inside| inside.find('"')) else {
            return false;
        };
        let (tag, behind) = tag.split_at(end + 2);
        if tag == etag {
            return true;
        }
        rest = behind;
    }
}

/// The single range of a `Range` header, or `None` if it is anything else.
fn part(range: &str, size: u64) -> Option<Wanted> {
    let (unit, set) = range.trim().split_once('=')?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = set.trim().split_once('-')?;
    let part = match (position(first)?, position(last)?) {
        (None, None) => return None,
        (None, Some(0)) => Wanted::Unsatisfiable,
        (None, Some(length)) => Wanted::Part {
            start: size.saturating_sub(length),
            end_inclusive: size - 1,
        },
        (Some(start), Some(end)) if end < start => return None,
        (Some(start), _) if start >= size => Wanted::Unsatisfiable,
        (Some(start), end) => Wanted::Part {
            start,
            end_inclusive: end.map_or(size - 1, |end| end.min(size - 1)),
        },
    };
    Some(part)
}

/// A position, `Some(None)` if it is left out, `None` if it is not a number; beyond 64 bits it is the largest one.
fn position(text: &str) -> Option<Option<u64>> {
    if text.is_empty() {
        return Some(None);
    }
    // `parse` would also take a plus sign.
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(Some(text.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::Wanted::{All, Unsatisfiable};
    use super::*;

    const TAG: &str = "\"abc\"";

    fn part(start: u64, end_inclusive: u64) -> Wanted {
        Wanted::Part { start, end_inclusive }
    }

    #[test]
    fn single_ranges_of_1000_bytes() {
        let rows = [
            ("bytes=0-0", part(0, 0)),
            ("bytes=0-499", part(0, 499)),
            ("bytes=500-", part(500, 999)),
            ("bytes=-200", part(800, 999)),
            ("bytes=0-", part(0, 999)),
            ("bytes=999-999", part(999, 999)),
            ("bytes=900-5000", part(900, 999)),
            ("bytes=-5000", part(0, 999)),
            ("Bytes=1-2", part(1, 2)),
            (" bytes= 1-2 ", part(1, 2)),
            ("bytes=007-008", part(7, 8)),
            ("bytes=1-99999999999999999999999999", part(1, 999)),
            ("bytes=-99999999999999999999999999", part(0, 999)),
            ("bytes=1000-", Unsatisfiable),
            ("bytes=1000-1000", Unsatisfiable),
            ("bytes=-0", Unsatisfiable),
            ("bytes=99999999999999999999999999-", Unsatisfiable),
        ];
        for (range, expected) in rows {
            assert_eq!(wanted(Some(range), None, TAG, 1000), expected, "{range}");
        }
    }

    #[test]
    fn what_is_not_understood_gets_everything() {
        let rows = [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=2-1",
            "bytes=a-b",
            "bytes=+1-2",
            "bytes=1-+2",
            "bytes=1 - 2",
            "bytes=--1",
            "bytes=0x1-2",
            "bytes=-1-2",
            "bytes=1-2-3",
            "bytes=0-1,5-6",
            "bytes=0-1,",
            "items=0-1",
            "0-1",
            "bytes:0-1",
            "bytes=١-٢",
            "bytes=1-2;q=1",
            "bytes=99999999999999999999-1",
        ];
        for range in rows {
            assert_eq!(wanted(Some(range), None, TAG, 1000), All, "{range}");
        }
        assert_eq!(wanted(None, None, TAG, 1000), All);
        assert_eq!(wanted(None, Some(TAG), TAG, 1000), All);
    }

    #[test]
    fn an_empty_file_is_always_whole() {
        for range in ["bytes=0-", "bytes=0-0", "bytes=-1", "bytes=-0"] {
            assert_eq!(wanted(Some(range), None, TAG, 0), All, "{range}");
        }
    }

    #[test]
    fn the_largest_file_does_not_overflow() {
        assert_eq!(wanted(Some("bytes=0-"), None, TAG, u64::MAX), part(0, u64::MAX - 1));
        assert_eq!(
            wanted(Some("bytes=18446744073709551615-"), None, TAG, u64::MAX),
            Unsatisfiable
        );
    }

    #[test]
    fn if_range_must_be_the_same_strong_tag() {
        let range = Some("bytes=0-9");
        assert_eq!(wanted(range, Some(TAG), TAG, 1000), part(0, 9));
        for other in [
            "\"other\"",
            "W/\"abc\"",
            "abc",
            "",
            "*",
            "Sun, 22 Nov 2026 18:28:01 GMT",
        ] {
            assert_eq!(wanted(range, Some(other), TAG, 1000), All, "{other}");
        }
        // Not even an impossible range is refused when it is about other bytes.
        assert_eq!(wanted(Some("bytes=5000-"), Some("\"other\""), TAG, 1000), All);
    }

    #[test]
    fn if_none_match() {
        for yes in [
            "\"abc\"",
            "*",
            " * ",
            "W/\"abc\"",
            "\"x\", \"abc\"",
            "\"x\",\"abc\"",
            ", ,\"x\" ,W/\"abc\"",
            "\"a,b\", \"abc\"",
        ] {
            assert!(matches(Some(yes), TAG), "{yes}");
        }
        for no in [
            "",
            "abc",
            "\"abc",
            "\"ABC\"",
            "\"abcd\"",
            "\"x\", *",
            "w/\"abc\"",
            "\"x,\"abc\"",
            ",,,",
            "\"\"",
            "\"",
        ] {
            assert!(!matches(Some(no), TAG), "{no}");
        }
        assert!(!matches(None, TAG));
    }
}
