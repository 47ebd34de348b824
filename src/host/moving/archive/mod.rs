//! The archive: one ZIP that any browser opens without a network, and that comes back in.
//!
//! `index.html` lists the chats, `chats/` has a page (or several) for each, `media/` every picture and file, and
//! `messenger.json` all of it for programs. It is written in one go to something that can't be sought in, in constant
//! memory: each part is read in a short transaction of its own, so that a slow download holds back no checkpoint. What is
//! sent after the beginning is not in it; what is deleted meanwhile may be missing, and is then missing in the JSON, too,
//! which is written last.
//!
//! Rejected: one long read transaction (the log would grow for as long as the slowest download), and a ZIP made on the
//! disk first (twice the room, and nothing to see until it is done).

pub mod document;
pub mod download;
mod files;
pub mod pack;
mod page;
mod store;
pub mod unpack;

use crate::ids::UserId;
use crate::media::disposition::url_name;
use crate::text::Lang;

/// What an archive calls itself.
pub const FORMAT: &str = "messenger-archive";
/// The version of the JSON; an archive of a later one is refused.
pub const VERSION: u32 = 1;
/// The JSON's name in the ZIP.
pub const DOCUMENT: &str = "messenger.json";
/// Messages of one page.
const PAGE: i64 = 2_000;

/// What is to be in an archive, and how it is to be shown.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Only what this person may see; None: everything.
    pub person: Option<UserId>,
    /// Whether password hashes and addresses come along; without, people need new passwords when it comes back in.
    pub secrets: bool,
    pub lang: Lang,
    /// Minutes that clocks are ahead of UTC where it is read.
    pub offset: i32,
    /// What the server is called.
    pub name: String,
    pub now: i64,
}

/// The place of a picture or file in the ZIP: the number of its bytes, so that what was handed out to many chats is in it
/// once, and a name that every system can have. What a browser would run with the rights of a file of one's own is given
/// the name of a text.
fn media_path(bytes: i64, name: &str) -> String {
    let plain = |letter: char| match letter {
        '.' | '-' | '_' => letter,
        letter if letter.is_alphanumeric() => letter,
        _ => '_',
    };
    let plain: Vec<char> = name.chars().map(plain).collect();
    // Cut from the front: the end says what it is.
    let short: String = plain[plain.len().saturating_sub(80)..].iter().collect();
    let extension = short.rsplit('.').next().unwrap_or_default().to_lowercase();
    let runs = [
        "html", "htm", "xhtml", "xht", "shtml", "svg", "svgz", "xml", "xsl", "xslt", "mht", "mhtml", "hta",
    ];
    let end = if runs.contains(&extension.as_str()) { ".txt" } else { "" };
    format!("media/{bytes}-{short}{end}")
}

/// A path in the ZIP as a link from the pages in `chats/`.
fn link(path: &str) -> String {
    let (folder, name) = path.split_once('/').unwrap_or(("", path));
    format!("../{folder}/{}", url_name(name))
}

/// The name of the page of a chat that has a seq.
fn page_of(chat: i64, seq: i64) -> String {
    match (seq.max(1) - 1) / PAGE {
        0 => format!("{chat}.html"),
        more => format!("{chat}-{}.html", more + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_a_name_that_every_system_can_have_and_no_browser_runs() {
        for (name, path) in [
            ("notes.txt", "media/7-notes.txt"),
            ("a b:c?.tar.gz", "media/7-a_b_c_.tar.gz"),
            ("țară.JPG", "media/7-țară.JPG"),
            ("..\\..\\con", "media/7-.._.._con"),
            ("page.HTML", "media/7-page.HTML.txt"),
            ("drawing.svg", "media/7-drawing.svg.txt"),
            ("paper.pdf", "media/7-paper.pdf"),
        ] {
            assert_eq!(media_path(7, name), path);
        }
        assert!(media_path(7, &"x".repeat(255)).len() < 100);
        assert_eq!(link("media/7-țară#.JPG"), "../media/7-%C8%9Bar%C4%83%23.JPG");
    }

    #[test]
    fn pages_are_numbered_from_the_second() {
        let names = [0, 1, PAGE, PAGE + 1, 3 * PAGE].map(|seq| page_of(4, seq));
        assert_eq!(names, ["4.html", "4.html", "4.html", "4-2.html", "4-3.html"]);
    }
}
