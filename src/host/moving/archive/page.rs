//! The pages of an archive: plain HTML that needs no script and no network. Everything that people wrote is escaped.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write;

use time::{OffsetDateTime, UtcOffset};

use super::document::{Chat, File, HandInBox, Message};
use super::store::Quote;
use super::{link, page_of, Wanted, PAGE};
use crate::clock;
use crate::media::picture::Format;
use crate::text::Lang;

/// How they look, by day and by night.
pub const STYLE: &str = include_str!("style.css");

/// What may be in a page: pictures and the style beside it, and nothing that runs.
const POLICY: &str = "default-src 'none'; img-src 'self' file:; style-src 'self' file:";

/// The words of the pages.
struct Words {
    lang: &'static str,
    archive: &'static str,
    chats: &'static str,
    people: &'static str,
    messages: &'static str,
    deleted_account: &'static str,
    deleted: &'static str,
    edited: &'static str,
    older: &'static str,
    newer: &'static str,
    empty: &'static str,
    handed: &'static str,
    due: &'static str,
    times: &'static str,
    months: [&'static str; 12],
}

static ENGLISH: Words = Words {
    lang: "en",
    archive: "Archive of",
    chats: "Chats",
    people: "People",
    messages: "Messages",
    deleted_account: "Deleted account",
    deleted: "This message was deleted.",
    edited: "edited",
    older: "Older messages",
    newer: "Newer messages",
    empty: "Nothing was written here.",
    handed: "Handed in",
    due: "due",
    times: "Times are UTC",
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
};

static ROMANIAN: Words = Words {
    lang: "ro",
    archive: "Arhiva",
    chats: "Conversații",
    people: "Persoane",
    messages: "Mesaje",
    deleted_account: "Cont șters",
    deleted: "Acest mesaj a fost șters.",
    edited: "editat",
    older: "Mesaje mai vechi",
    newer: "Mesaje mai noi",
    empty: "Aici nu a scris nimeni.",
    handed: "Predate",
    due: "termen",
    times: "Orele sunt UTC",
    months: [
        "ianuarie",
        "februarie",
        "martie",
        "aprilie",
        "mai",
        "iunie",
        "iulie",
        "august",
        "septembrie",
        "octombrie",
        "noiembrie",
        "decembrie",
    ],
};

/// What pages are written with.
pub struct Pages<'a> {
    wanted: &'a Wanted,
    names: HashMap<i64, String>,
    words: &'static Words,
    offset: UtcOffset,
}

impl Pages<'_> {
    /// Pages that call people by these names; whoever has none has deleted his account.
    pub fn new(wanted: &Wanted, names: HashMap<i64, String>) -> Pages<'_> {
        Pages {
            wanted,
            names,
            words: match wanted.lang {
                Lang::En => &ENGLISH,
                Lang::Ro => &ROMANIAN,
            },
            offset: UtcOffset::from_whole_seconds(wanted.offset * 60).unwrap_or(UtcOffset::UTC),
        }
    }

    /// The beginning of the list of chats.
    pub fn index_head(&self) -> String {
        let words = self.words;
        let title = format!("{} {}", words.archive, self.wanted.name);
        let mut html = self.head(&title, "style.css");
        let made = self.moment(self.wanted.now);
        let when = made
            .map(|made| format!("{}, {}", self.day(made), clock_of(made)))
            .unwrap_or_default();
        let _ = write!(
            html,
            "<header><h1>{}</h1><p class=\"note\">{}</p></header>\n<h2>{}</h2>\n<ul class=\"chats\">\n",
            escaped(&title),
            escaped(&when),
            words.chats
        );
        html
    }

    /// A chat in that list.
    pub fn entry(&self, chat: &Chat) -> String {
        let picture = chat
            .picture
            .as_ref()
            .map(|file| {
                format!(
                    "<img src=\"{}\" alt=\"\" loading=\"lazy\">",
                    link(&file.path).trim_start_matches("../")
                )
            })
            .unwrap_or_else(|| {
                let first = chat.name.chars().find(|char| char.is_alphanumeric());
                let first = first.map(|char| char.to_uppercase().to_string()).unwrap_or_default();
                format!("<span class=\"round\" aria-hidden=\"true\">{first}</span>")
            });
        format!(
            "<li><a href=\"chats/{}\">{picture}<b>{}</b></a> <span class=\"note\">{}: {} · {}: {}</span></li>\n",
            page_of(chat.id, chat.last_seq),
            self.title(chat),
            self.words.people,
            chat.members.len(),
            self.words.messages,
            chat.last_seq
        )
    }

    /// The end of that list.
    pub fn foot(&self) -> String {
        format!(
            "</ul>\n<footer class=\"note\">{}{}</footer>\n</main></body></html>\n",
            self.words.times,
            self.zone()
        )
    }

    /// The beginning of a chat's page on which a seq stands.
    pub fn chat_head(&self, chat: &Chat, seq: i64) -> String {
        let title = self.title(chat);
        let mut html = self.head_of(&title, "../style.css");
        let members: Vec<String> = chat
            .members
            .iter()
            .map(|member| self.name(member.user_id).into_owned())
            .collect();
        let _ = writeln!(
            html,
            "<header><p><a href=\"../index.html\">← {}</a></p><h1>{title}</h1><p class=\"note\">{}</p></header>",
            self.words.chats,
            escaped(&members.join(", "))
        );
        let first = (seq.max(1) - 1) / PAGE * PAGE;
        if first > 0 {
            let _ = writeln!(
                html,
                "<p class=\"more\"><a href=\"{}\">{}</a></p>",
                page_of(chat.id, first),
                self.words.older
            );
        }
        for one in &chat.boxes {
            html.push_str(&self.hand_in_box(one));
        }
        if chat.last_seq == 0 {
            let _ = writeln!(html, "<p class=\"note\">{}</p>", self.words.empty);
        }
        html
    }

    /// A box with what was handed in, folded up.
    fn hand_in_box(&self, one: &HandInBox) -> String {
        let due = one.due.as_deref().and_then(clock::parse);
        let due = due.and_then(|micros| self.moment(micros));
        let due = due.map(|due| format!(" · {} {}, {}", self.words.due, self.day(due), clock_of(due)));
        let mut html = format!(
            "<details class=\"box\"><summary>{} <span class=\"note\">{}: {}{}</span></summary>\n",
            escaped(&one.title),
            self.words.handed,
            one.files.len(),
            due.unwrap_or_default()
        );
        for handed in &one.files {
            let _ = writeln!(html, "{}", self.file(&handed.file, Some(handed.user_id)));
        }
        html.push_str("</details>\n");
        html
    }

    /// A file to take out of the archive; with whose it is where that stands nowhere else.
    fn file(&self, file: &File, whose: Option<i64>) -> String {
        let whose = whose
            .map(|user| format!("<b>{}</b> ", self.name(user)))
            .unwrap_or_default();
        format!(
            "<p class=\"file\">{whose}<a href=\"{}\" download=\"{}\">{}</a> <span class=\"note\">{}</span></p>",
            link(&file.path),
            escaped(&file.name),
            escaped(&file.name),
            size(file.size)
        )
    }

    /// The end of a chat's page whose last message has this seq.
    pub fn chat_foot(&self, chat: &Chat, seq: i64) -> String {
        let (here, next) = (page_of(chat.id, seq), page_of(chat.id, seq + 1));
        let more = match seq < chat.last_seq && here != next {
            true => format!("<p class=\"more\"><a href=\"{next}\">{}</a></p>\n", self.words.newer),
            false => String::new(),
        };
        format!(
            "{more}<footer class=\"note\">{}{}</footer>\n</main></body></html>\n",
            self.words.times,
            self.zone()
        )
    }

    /// A message, under its day where that is another than the last message's.
    pub fn message(&self, chat: &Chat, message: &Message, quote: Option<Quote>, day: &mut String) -> String {
        let mut html = String::new();
        let moment = clock::parse(&message.time).and_then(|micros| self.moment(micros));
        let today = moment.map(|moment| self.day(moment)).unwrap_or_default();
        if today != *day {
            let _ = writeln!(html, "<h2 class=\"day\">{today}</h2>");
            *day = today;
        }
        let is_own = self.wanted.person.is_some_and(|person| person.0 == message.from_user);
        let _ = write!(
            html,
            "<article id=\"m{}\"{}><p class=\"by\"><b>{}</b> <time datetime=\"{}\">{}</time>{}</p>",
            message.seq,
            if is_own { " class=\"own\"" } else { "" },
            self.name(message.from_user),
            message.time,
            moment.map(clock_of).unwrap_or_default(),
            if message.edited.is_some() {
                format!(" · {}", self.words.edited)
            } else {
                String::new()
            }
        );
        if message.deleted {
            let _ = write!(html, "<p class=\"note\">{}</p>", self.words.deleted);
        }
        if let Some(quote) = quote {
            let _ = write!(
                html,
                "<blockquote><a href=\"{}#m{}\"><b>{}</b> {}</a></blockquote>",
                page_of(chat.id, quote.seq),
                quote.seq,
                self.name(quote.from_user),
                escaped(&quote.text)
            );
        }
        if let Some(photo) = &message.photo {
            html.push_str(&picture(photo));
        }
        if !message.text.is_empty() {
            let _ = write!(html, "<p class=\"text\" dir=\"auto\">{}</p>", escaped(&message.text));
        }
        if let Some(file) = &message.file {
            html.push_str(&self.file(file, None));
        }
        html.push_str(&self.reactions(message));
        html.push_str("</article>\n");
        html
    }

    fn reactions(&self, message: &Message) -> String {
        let mut kinds: Vec<(&str, Vec<Cow<'_, str>>)> = Vec::new();
        for reaction in &message.reactions {
            let name = self.name(reaction.user_id);
            match kinds.iter_mut().find(|(emoji, _)| *emoji == reaction.emoji) {
                Some((_, names)) => names.push(name),
                None => kinds.push((&reaction.emoji, vec![name])),
            }
        }
        if kinds.is_empty() {
            return String::new();
        }
        let shown = kinds.iter().map(|(emoji, names)| {
            format!(
                "<span title=\"{}\">{} {}</span>",
                names.join(", "),
                escaped(emoji),
                names.len()
            )
        });
        format!("<p class=\"reactions\">{}</p>", shown.collect::<Vec<_>>().join(" "))
    }

    fn head(&self, title: &str, style: &str) -> String {
        self.head_of(&escaped(title), style)
    }

    fn head_of(&self, title: &str, style: &str) -> String {
        format!(
            "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>{title}</title><link rel=\"stylesheet\" href=\"{style}\"></head>\n<body><main>\n",
            self.words.lang
        )
    }

    /// What a chat is called: a private one by its people.
    fn title(&self, chat: &Chat) -> String {
        if !chat.private {
            return escaped(&chat.name);
        }
        let others = chat
            .members
            .iter()
            .filter(|member| self.wanted.person.is_none_or(|person| person.0 != member.user_id));
        let names: Vec<_> = others.map(|member| self.name(member.user_id)).collect();
        names.join(" · ")
    }

    /// Somebody's name, escaped.
    fn name(&self, id: i64) -> Cow<'_, str> {
        match self.names.get(&id) {
            Some(name) => escaped(name).into(),
            None => self.words.deleted_account.into(),
        }
    }

    fn moment(&self, micros: i64) -> Option<OffsetDateTime> {
        let utc = OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000).ok()?;
        utc.checked_to_offset(self.offset)
    }

    fn day(&self, moment: OffsetDateTime) -> String {
        let month = self.words.months[usize::from(u8::from(moment.month())) - 1];
        format!("{} {month} {}", moment.day(), moment.year())
    }

    fn zone(&self) -> String {
        match self.offset.whole_minutes() {
            0 => ".".to_owned(),
            minutes => {
                let sign = if minutes < 0 { '-' } else { '+' };
                format!("{sign}{:02}:{:02}.", minutes.abs() / 60, minutes.abs() % 60)
            }
        }
    }
}

fn picture(photo: &File) -> String {
    // Only what was decoded here is shown as a picture.
    if Format::from_content_type(&photo.content_type).is_none() {
        return String::new();
    }
    let size = match (photo.width, photo.height) {
        (Some(width), Some(height)) => format!(" width=\"{width}\" height=\"{height}\""),
        _ => String::new(),
    };
    let path = link(&photo.path);
    format!(
        "<p class=\"photo\"><a href=\"{path}\"><img src=\"{path}\" alt=\"{}\" loading=\"lazy\"{size}></a></p>",
        escaped(&photo.name)
    )
}

fn clock_of(moment: OffsetDateTime) -> String {
    format!("{:02}:{:02}", moment.hour(), moment.minute())
}

fn size(bytes: i64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
        _ => format!("{}.{} GB", bytes / 1_000_000_000, bytes / 100_000_000 % 10),
    }
}

/// Text as it stands in HTML, also between quotation marks.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\n' | '\t' => html.push(letter),
            letter if letter.is_control() => html.push('\u{fffd}'),
            letter => html.push(letter),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_written_is_markup() {
        assert_eq!(
            escaped("<script>alert('1')</script> & \"x\"\n\0"),
            "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot;\n\u{fffd}"
        );
    }

    #[test]
    fn sizes_are_short() {
        let shown = [0, 999, 1_000, 1_234_567, 5_670_000_000].map(size);
        assert_eq!(shown, ["0 B", "999 B", "1 kB", "1.2 MB", "5.6 GB"]);
    }
}
