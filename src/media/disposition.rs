//! File names: from what a stranger sent to what is stored, shown, linked and written into a header.
//!
//! Promise: a cleaned name is one path component on every system, has no character that can't be seen or that turns the
//! text around, is 1 to 255 bytes long and stays the same when it is cleaned again; a header or a link made here is
//! plain ASCII on one line, whatever the name.
//!
//! Rejected: refusing bad names (the person did not choose what his phone calls a photo) and keeping only ASCII (people
//! name files in their own language). Rejected too: replacing `: * ? < >`, which are fine on most systems; the browser
//! that saves the file knows which ones its own system can't have.

use percent_encoding::{percent_encode, AsciiSet, NON_ALPHANUMERIC};

/// The longest name in bytes: what the usual file systems allow.
const NAME_BYTES: usize = 255;

/// The longest extension in bytes, its dot included, that is kept when a name is cut.
const EXTENSION_BYTES: usize = 32;

/// The name that stands for none.
const NAMELESS: &str = "file";

/// Device names that Windows opens instead of a file, with any extension.
const RESERVED: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// All but RFC 3986's unreserved characters.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// All but RFC 8187's `attr-char`.
const ATTRIBUTE: &AsciiSet = &SEGMENT
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'^')
    .remove(b'`')
    .remove(b'|');

/// Turns any text into a harmless file name of 1 to 255 bytes that still reads like the one sent.
pub fn clean_name(raw: &str) -> String {
    let last = raw.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut name = String::with_capacity(last.len());
    for character in last.chars().filter(|character| !unseen(*character)) {
        // A row of blanks is how the real extension is pushed out of sight.
        match (character.is_whitespace(), name.ends_with(' ')) {
            (true, true) => {}
            (true, false) => name.push(' '),
            (false, _) => name.push(character),
        }
    }
    let name = trim(&name);
    if name.is_empty() {
        return NAMELESS.to_owned();
    }
    let underscore = if reserved(name) { "_" } else { "" };
    shorten(&format!("{underscore}{name}"))
}

/// The value of `Content-Disposition` (RFC 6266): the name in ASCII for old clients and whole for all others.
pub fn content_disposition(inline: bool, name: &str) -> String {
    let kind = if inline { "inline" } else { "attachment" };
    // A percent sign goes too, as some clients decode it even between quotation marks.
    let plain = |character: char| match character {
        '"' | '\\' | '%' => '_',
        ' '..='~' => character,
        _ => '_',
    };
    let fallback: String = name.chars().map(plain).collect();
    let whole = percent_encode(name.as_bytes(), ATTRIBUTE);
    format!("{kind}; filename=\"{fallback}\"; filename*=UTF-8''{whole}")
}

/// A name as the last segment of a path in a link.
pub fn url_name(name: &str) -> String {
    // A browser would take the dots for a way up, encoded or not, and an empty segment for another path.
    let name = if trim(name).is_empty() { NAMELESS } else { name };
    percent_encode(name.as_bytes(), SEGMENT).to_string()
}

/// Without the dots and blanks at either end, which Windows drops and which hide a file elsewhere.
fn trim(name: &str) -> &str {
    name.trim_matches(|character: char| character == '.' || character.is_whitespace())
}

/// Tells whether a character is for machines only: controls, line ends, direction marks, and what Unicode calls
/// default-ignorable (zero-width, fillers, selectors, tags).
fn unseen(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Tells whether Windows takes the name for a device.
fn reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let port = stem
        .strip_prefix("com")
        .or_else(|| stem.strip_prefix("lpt"))
        .unwrap_or_default();
    let mut digits = port.chars();
    let numbered = matches!(
        (digits.next(), digits.next()),
        (Some('0'..='9' | '¹' | '²' | '³'), None)
    );
    numbered || RESERVED.contains(&stem.as_str())
}

/// Cuts a name to 255 bytes between two characters, in front of its extension.
fn shorten(name: &str) -> String {
    if name.len() <= NAME_BYTES {
        return name.to_owned();
    }
    let extension = name
        .rfind('.')
        .map(|dot| &name[dot..])
        .filter(|extension| extension.len() <= EXTENSION_BYTES);
    let extension = extension.unwrap_or_default();
    let end = name.floor_char_boundary(NAME_BYTES - extension.len());
    format!("{}{extension}", trim(&name[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_component_stays() {
        let rows = [
            ("photo.jpg", "photo.jpg"),
            ("../../etc/passwd", "passwd"),
            ("..\\..\\boot.ini", "boot.ini"),
            ("C:\\Users\\Ana\\CV.pdf", "CV.pdf"),
            ("C:\\", "file"),
            ("/", "file"),
            ("a/..", "file"),
            ("..", "file"),
            ("", "file"),
            ("   ", "file"),
            ("./\\.", "file"),
            ("/srv/a\\b/c.txt", "c.txt"),
        ];
        for (raw, expected) in rows {
            assert_eq!(clean_name(raw), expected, "{raw:?}");
        }
    }

    #[test]
    fn what_can_not_be_seen_goes() {
        let rows = [
            ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie: x=1.txt"),
            ("nul\0l.txt", "null.txt"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("\u{2066}x\u{2069}.png", "x.png"),
            ("\u{feff}a\u{200b}b\u{200d}c\u{ad}.txt", "abc.txt"),
            ("\u{e0041}\u{3164}\u{2800}", "file"),
            ("a\u{85}\u{9b}b\u{7f}.txt", "ab.txt"),
            ("a\u{2028}b\u{2029}.txt", "ab.txt"),
            ("invoice.pdf                         .exe", "invoice.pdf .exe"),
            ("a\u{a0}\u{3000}b.txt", "a b.txt"),
            ("\u{200e}..\u{200f}", "file"),
        ];
        for (raw, expected) in rows {
            assert_eq!(clean_name(raw), expected, "{raw:?}");
        }
    }

    #[test]
    fn other_languages_stay() {
        for name in [
            "temă la română.pdf",
            "Файл.docx",
            "写真.png",
            "تقرير.pdf",
            "caf\u{65}\u{301}.txt",
            "🙂 party.gif",
            "What?.txt",
        ] {
            assert_eq!(clean_name(name), name);
        }
    }

    #[test]
    fn dots_and_blanks_at_the_ends_go() {
        for (raw, expected) in [
            (" .bashrc", "bashrc"),
            ("a.txt. . ", "a.txt"),
            ("...a...", "a"),
            ("a..b", "a..b"),
        ] {
            assert_eq!(clean_name(raw), expected, "{raw:?}");
        }
    }

    #[test]
    fn windows_devices_get_an_underscore() {
        for raw in [
            "CON",
            "con.txt",
            "Aux.tar.gz",
            "NUL ",
            "nul .txt",
            "COM1",
            "lpt9.log",
            "com¹",
            "CONIN$",
            "PRN.",
            "com0",
        ] {
            assert!(clean_name(raw).starts_with('_'), "{raw}");
        }
        for raw in [
            "console.log",
            "com10",
            "com",
            "lpt",
            "auxiliary",
            "my con.txt",
            "a.con",
            "coma.txt",
        ] {
            assert_eq!(clean_name(raw), raw);
        }
        assert_eq!(clean_name("C\u{200b}ON"), "_CON");
    }

    #[test]
    fn long_names_keep_their_extension() {
        let cut = clean_name(&format!("{}.jpeg", "a".repeat(300)));
        assert_eq!(cut, format!("{}.jpeg", "a".repeat(250)));
        // Two bytes a letter, and an odd number of bytes left for them.
        let cut = clean_name(&format!("{}.docx", "ă".repeat(300)));
        assert_eq!(cut, format!("{}.docx", "ă".repeat(125)));
        assert_eq!(clean_name(&"x".repeat(300)), "x".repeat(255));
        assert_eq!(clean_name(&"🙂".repeat(100)), "🙂".repeat(63));
        // What follows a far away dot is no extension.
        let cut = clean_name(&format!("a.{}", "b".repeat(300)));
        assert_eq!(cut, format!("a.{}", "b".repeat(253)));
        assert_eq!(clean_name(&"x".repeat(255)).len(), 255);
        // No blank or dot is left hanging at the cut.
        assert_eq!(
            clean_name(&format!("{} {}", "a".repeat(254), "b".repeat(50))),
            "a".repeat(254)
        );
    }

    /// Names built of the worst pieces in every order of three.
    fn hostile() -> Vec<String> {
        let long = "y".repeat(260);
        let pieces = [
            "..", "/", "\\", "C:", "\r\n", "\0", "\u{202e}", "\u{200d}", " ", ".", "CON", "\"", "%2f", ";", "ă", "🙂",
            &long,
        ];
        let mut names = Vec::new();
        for a in pieces {
            for b in pieces {
                for c in pieces {
                    names.push(format!("{a}{b}{c}"));
                }
            }
        }
        names
    }

    #[test]
    fn a_cleaned_name_is_harmless_and_stays_the_same() {
        for raw in hostile() {
            let name = clean_name(&raw);
            assert!((1..=255).contains(&name.len()), "{raw:?}");
            assert!(
                !name.contains(['/', '\\', '\0', '\r', '\n', '\u{202e}', '\u{200d}']),
                "{raw:?}"
            );
            assert_eq!(trim(&name), name, "{raw:?}");
            assert!(!reserved(&name), "{raw:?}");
            assert_eq!(clean_name(&name), name, "{raw:?}");
        }
    }

    #[test]
    fn headers_and_links_are_one_line_of_ascii_for_any_name() {
        // Not cleaned on purpose: the encoding alone must hold.
        for raw in hostile() {
            let header = content_disposition(false, &raw);
            assert!(header.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{raw:?}");
            assert_eq!(header.matches('"').count(), 2, "{raw:?}");
            assert!(!header.contains('\\'), "{raw:?}");
            let link = url_name(&raw);
            assert!(
                link.bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)),
                "{raw:?}"
            );
            assert!(!["", ".", ".."].contains(&link.as_str()), "{raw:?}");
        }
    }

    #[test]
    fn content_disposition_as_written() {
        let rows = [
            (true, "a.png", "inline; filename=\"a.png\"; filename*=UTF-8''a.png"),
            (
                false,
                "temă 1.pdf",
                "attachment; filename=\"tem_ 1.pdf\"; filename*=UTF-8''tem%C4%83%201.pdf",
            ),
            (
                false,
                "a\"b\\c%41'*(1);.txt",
                "attachment; filename=\"a_b_c_41'*(1);.txt\"; filename*=UTF-8''a%22b%5Cc%2541%27%2A%281%29%3B.txt",
            ),
            (
                false,
                "a\r\nb",
                "attachment; filename=\"a__b\"; filename*=UTF-8''a%0D%0Ab",
            ),
            (
                false,
                "x!#$&+-.^_`|~",
                "attachment; filename=\"x!#$&+-.^_`|~\"; filename*=UTF-8''x!#$&+-.^_`|~",
            ),
        ];
        for (inline, name, expected) in rows {
            assert_eq!(content_disposition(inline, name), expected);
        }
    }

    #[test]
    fn url_name_as_written() {
        for (name, expected) in [
            ("a b.png", "a%20b.png"),
            ("ș?#/%.txt", "%C8%99%3F%23%2F%25.txt"),
            ("..", "file"),
            ("", "file"),
            ("a~b_c-d", "a~b_c-d"),
        ] {
            assert_eq!(url_name(name), expected);
        }
    }
}
