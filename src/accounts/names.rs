//! Names as people type them: which are acceptable, and which of them count as the same.
//!
//! Promise: every function is total, holds no state and never rejects a name for its length (callers check 150
//! characters first, which also bounds the work done here). The keys are for comparison and UNIQUE columns only; what
//! is shown stays as it was typed. A key of a key is the key itself.
//!
//! Two usernames are the same when they differ by case, by compatibility form (full-width letters) or only in what
//! the eye can't tell apart. The last is the confusable skeleton of Unicode Technical Standard 39, taken both of the
//! name as typed and of its capitals: the standard's table is made for one case at a time, and a key made of the small
//! letters alone would take Cyrillic `В` (small `в`) for something else than `B`, and capital `I` for something
//! else than small `l`. So `i`, `I`, `l` and `1` are one letter here: `Neil` keeps `Nell` out, which costs one of them
//! another name; the other way round `lvan` could pose as `Ivan`.
//!
//! Rejected: refusing mixed scripts (it refuses honest names such as `Иван_dev` and still lets whole-script look-alikes
//! through); combining marks in usernames beyond what composes into one letter (they stack, and Django refuses
//! them too); quoted local parts and IP literals in addresses (Django takes them, no mailbox of a person has them, and
//! quotes are where header tricks begin).

use std::sync::LazyLock;

use unicode_normalization::char::{canonical_combining_class, is_combining_mark};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeEmoji, UnicodeGeneralCategory};
use unicode_security::skeleton;

/// Names that would speak for the server or its host.
const RESERVED: [&str; 9] = [
    "admin",
    "administrator",
    "server",
    "system",
    "root",
    "messenger",
    "host",
    "moderator",
    "support",
];

/// Marks that may stand on one letter; Tibetan and polytonic Greek need three, a glyph that covers the lines around it more.
const MAX_STACKED_MARKS: usize = 3;

/// Characters of an e-mail address; what SMTP can carry in one path.
const MAX_EMAIL: usize = 254;

/// Rounds of [`username_key`] after which a name is taken as it is; every known one settles in two or three.
const MAX_ROUNDS: usize = 8;

const ZERO_WIDTH_NON_JOINER: char = '\u{200c}';
const ZERO_WIDTH_JOINER: char = '\u{200d}';
const EMOJI_PRESENTATION: char = '\u{fe0f}';
const KEYCAP: char = '\u{20e3}';

/// Whether `s` consists of letters, digits and `@ . + - _` only, in any script, as Django's username rule has it; the
/// empty string does not.
pub fn is_username(s: &str) -> bool {
    let allowed = |c: char| matches!(c, '@' | '.' | '+' | '-') || is_word(c);
    // Both forms must pass: what is shown is the typed one, what is compared the composed one.
    !s.is_empty() && s.chars().all(|c| allowed(c) || is_combining_mark(c)) && s.nfkc().all(allowed)
}

/// The form under which a username is unique: equal for names that differ in case, width or look-alike letters only.
pub fn username_key(s: &str) -> String {
    let mut key = s.to_owned();
    for _ in 0..MAX_ROUNDS {
        let next = key_round(&key);
        if next == key {
            break;
        }
        key = next;
    }
    key
}

/// One pass of [`username_key`]; a pass can uncover more to do, as when a look-alike turns out to be a capital.
fn key_round(s: &str) -> String {
    let mut s: String = s.nfkc().collect();
    // Beside Latin letters each sign is read as it looks. A name wholly in another script is folded by its own case
    // first, or `Νικος` and `νικος` would be two people, one beginning with N and one with v.
    if s.contains(|c: char| c.is_ascii_alphabetic()) {
        s = skeleton(&s).collect();
    }
    let capitals: String = skeleton(&s.to_uppercase()).collect();
    let small: String = skeleton(&lower(&capitals)).collect();
    lower(&small)
}

/// Whether `s` counts as one of the names kept for the server itself, look-alikes included.
pub fn is_reserved(s: &str) -> bool {
    static KEYS: LazyLock<Vec<String>> = LazyLock::new(|| RESERVED.iter().map(|name| username_key(name)).collect());
    KEYS.contains(&username_key(s))
}

/// The form under which a shown name is compared: as [`username_key`], without spaces and signs; empty where nothing is
/// left.
pub fn shown_key(s: &str) -> String {
    username_key(&s.nfc().filter(|c| is_word(*c)).collect::<String>())
}

/// Whether `s` is an address a person can have: a dot-atom, `@`, and a domain of two labels or more (or `localhost`).
pub fn is_email(s: &str) -> bool {
    if s.chars().count() > MAX_EMAIL {
        return false;
    }
    match s.rsplit_once('@') {
        Some((local, domain)) => is_dot_atom(local) && (domain == "localhost" || is_domain(domain)),
        None => false,
    }
}

fn is_dot_atom(local: &str) -> bool {
    let is_atom = |c: char| c.is_ascii_alphanumeric() || "-!#$%&'*+/=?^_`{}|~".contains(c);
    local
        .split('.')
        .all(|atom| !atom.is_empty() && atom.chars().all(is_atom))
}

fn is_domain(domain: &str) -> bool {
    let Some((labels, top)) = domain.rsplit_once('.') else {
        return false;
    };
    labels.split('.').all(is_label) && is_top_label(top)
}

fn is_label(label: &str) -> bool {
    let length = label.chars().count();
    (1..=63).contains(&length)
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label
            .chars()
            .all(|c| c == '-' || c.is_ascii_digit() || is_domain_letter(c))
}

fn is_top_label(top: &str) -> bool {
    let punycode = top.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--")) && top.is_ascii();
    is_label(top) && top.chars().count() >= 2 && (punycode || !top.contains(|c: char| c.is_ascii_digit()))
}

/// Narrower than Django's U+00A1..U+FFFF, which holds bidi controls, spaces and look-alikes of the dot.
fn is_domain_letter(c: char) -> bool {
    c.is_ascii_alphabetic()
        || (!c.is_ascii() && c <= '\u{ffff}' && !is_invisible(c) && (c.is_alphabetic() || is_combining_mark(c)))
}

/// The form under which an e-mail address is unique: compatibility forms and case folded, nothing else.
pub fn email_key(s: &str) -> String {
    let folded: String = s.nfkc().flat_map(lower_char).collect();
    folded.nfkc().collect()
}

/// Whether `s` can be shown as a name without misleading: no controls, nothing invisible or that turns the direction
/// of text, no pile of marks; joiners only where a script or an emoji needs them.
pub fn is_display_name(s: &str) -> bool {
    let mut before = None;
    let mut chars = s.chars().peekable();
    while let Some(c) = chars.next() {
        let fine = match c {
            EMOJI_PRESENTATION => presents_emoji(before, chars.peek().copied()),
            ZERO_WIDTH_JOINER | ZERO_WIDTH_NON_JOINER => joins(before, c, chars.peek().copied()),
            _ => is_shown(c),
        };
        if !fine {
            return false;
        }
        before = Some(c);
    }
    // Counted in the decomposed form, so that composing a letter first wins no extra mark.
    let mut stacked = 0;
    s.nfd().all(|c| {
        stacked = if is_stacking(c) { stacked + 1 } else { 0 };
        stacked <= MAX_STACKED_MARKS
    })
}

fn is_shown(c: char) -> bool {
    use GeneralCategory::{Control, Format, LineSeparator, ParagraphSeparator};
    let hidden = matches!(
        c.general_category(),
        Control | Format | LineSeparator | ParagraphSeparator
    );
    // Not "unassigned": the emoji of next year are unassigned in the tables of this one.
    let noncharacter = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    !hidden && !noncharacter && !is_invisible(c)
}

/// Marks drawn over or under their letter; spacing ones (Burmese words hold five) take room of their own.
fn is_stacking(c: char) -> bool {
    matches!(
        c.general_category(),
        GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark
    )
}

fn presents_emoji(before: Option<char>, after: Option<char>) -> bool {
    // Digits are emoji too by Unicode's table, but only inside a keycap.
    before.is_some_and(|b| b.is_emoji_char() && (!b.is_ascii() || after == Some(KEYCAP)))
}

/// Whether a joiner stands where it changes what is seen: inside an emoji, after a virama, or between Arabic letters
/// (Persian names are spelled with it).
fn joins(before: Option<char>, joiner: char, after: Option<char>) -> bool {
    let (Some(before), Some(after)) = (before, after) else {
        return false;
    };
    let is_picture = |c: char| !c.is_ascii() && c.is_emoji_char();
    let is_arabic = |c: char| matches!(c, '\u{620}'..='\u{6ff}') && c.is_alphabetic();
    let after_virama = canonical_combining_class(before) == 9 && after.is_alphabetic();
    if joiner == ZERO_WIDTH_JOINER {
        after_virama || ((is_picture(before) || before == EMOJI_PRESENTATION) && is_picture(after))
    } else {
        after_virama || (is_arabic(before) && is_arabic(after))
    }
}

/// The form in which names are searched: without case, diacritics and invisible characters, `Ștefan` as `stefan`.
pub fn fold(s: &str) -> String {
    let mut folded = String::with_capacity(s.len());
    for c in s
        .nfkd()
        .filter(|c| !is_diacritic(*c) && !is_invisible(*c))
        .flat_map(lower_char)
    {
        match base_letters(c) {
            Some(base) => folded.push_str(base),
            None => folded.push(c),
        }
    }
    // Composed again, so that Hangul syllables and voiced kana are whole letters and not the beginning of others.
    folded.nfc().collect()
}

/// Marks that vary a letter. Not kana voicing and viramas (combining classes 8 and 9) nor vowel signs (class 0 or
/// above 83): without those it is another word.
fn is_diacritic(c: char) -> bool {
    matches!(canonical_combining_class(c), 1..=7 | 10..=35 | 200..)
}

/// Letters whose stroke or joining is part of the letter, so that Unicode does not decompose them.
fn base_letters(c: char) -> Option<&'static str> {
    Some(match c {
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ı' => "i",
        'ł' => "l",
        'ŋ' => "n",
        'ø' => "o",
        'ŧ' => "t",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        _ => return None,
    })
}

/// Whether `c` is a letter, a number or the underscore: `\w` as Python reads it, less the invisible letters.
pub(super) fn is_word(c: char) -> bool {
    let group = c.general_category_group();
    c == '_' || (matches!(group, GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number) && !is_invisible(c))
}

/// Default-ignorable code points, and blanks that are not white space: nothing is drawn for them.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d159}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

fn lower(s: &str) -> String {
    s.chars().flat_map(lower_char).collect()
}

/// Letter by letter, since `str::to_lowercase` looks around a Σ: the two small sigmas are one letter to a key.
fn lower_char(c: char) -> std::char::ToLowercase {
    (if c == 'ς' { 'σ' } else { c }).to_lowercase()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use proptest::prelude::*;

    /// Invisible or direction-turning characters and noncharacters, which no kind of name may hold.
    const HIDDEN: &str = "\0\u{7}\t\n\r\u{7f}\u{85}\u{ad}\u{34f}\u{61c}\u{115f}\u{180e}\u{200b}\u{200c}\u{200d}\
        \u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{2800}\u{3164}\u{fdd0}\u{fe0e}\
        \u{fe0f}\u{feff}\u{ffa0}\u{fff9}\u{ffff}\u{1d173}\u{e0041}\u{e0100}\u{10ffff}";

    /// The pairs of a table written as "left right, left right".
    fn pairs(table: &str) -> impl Iterator<Item = (&str, &str)> {
        table.split(", ").map(|pair| pair.split_once(' ').unwrap())
    }

    fn same(a: &str, b: &str) -> bool {
        username_key(a) == username_key(b)
    }

    #[test]
    fn usernames_are_letters_digits_and_five_signs() {
        for name in "ana Ana.Pop+1@host-2_x Ștefan S\u{326}tefan Иван 山田 ａｎａ user_1 ٣ _".split(' ') {
            assert!(is_username(name), "{name:?}");
        }
        for name in "|ana pop|ana\n|a/b|<b>|a\0|q\u{301}|\u{301}|a\u{363}|a™|½|👍|a\u{a0}b|a\u{e47}".split('|') {
            assert!(!is_username(name), "{name:?}");
        }
    }

    #[test]
    fn no_kind_of_name_hides_anything() {
        for c in HIDDEN.chars() {
            for name in [format!("An{c}a"), format!("{c}"), format!("Ana{c}"), format!("{c}Ana")] {
                assert!(!is_username(&name), "username U+{:04X}", u32::from(c));
                assert!(!is_display_name(&name), "display name U+{:04X}", u32::from(c));
                assert!(
                    !is_email(&format!("{name}@example.org")),
                    "local part U+{:04X}",
                    u32::from(c)
                );
                assert!(!is_email(&format!("ana@{name}.org")), "domain U+{:04X}", u32::from(c));
            }
        }
    }

    #[test]
    fn look_alike_usernames_are_the_same() {
        let cyrillic = "ana \u{430}na, bob \u{412}ob, Hana \u{41d}ana, tom \u{422}\u{41e}\u{41c}, paypal раура1";
        let others = "ivan i\u{3bd}an, ana ａna, ana 𝐚𝓃𝕒, é e\u{301}, K.M. \u{212a}.M.";
        let latin = "ana ANA, corn com, MARIA rnaria, Ivan lvan, paypal PAYPAI, boo b00";
        for (a, b) in [cyrillic, others, latin].into_iter().flat_map(pairs) {
            assert!(same(a, b), "{a} {b}: {:?} {:?}", username_key(a), username_key(b));
        }
    }

    #[test]
    fn other_usernames_stay_apart() {
        for (a, b) in pairs("ana anna, ana ană, nan van, bob dob, вова дима, 山 川, a.b a_b, a-b ab") {
            assert!(!same(a, b), "{a} {b}");
        }
        let numbered: std::collections::HashSet<_> = (0..2000).map(|n| username_key(&format!("user{n}"))).collect();
        assert_eq!(numbered.len(), 2000);
    }

    #[test]
    fn every_script_folds_its_own_case() {
        for name in "ВОВА Νικος ΝΊΚΟΣ Յուրի ŞTEFAN ĐORĐE ÆGIR ЙÖРГ".split(' ') {
            assert!(same(name, &name.to_lowercase()), "{name}");
            assert!(same(name, &name.to_uppercase()), "{name}");
        }
    }

    #[test]
    fn a_key_of_a_key_is_the_key() {
        // All but the ideographs, Hangul syllables and planes without letters of two cases.
        for c in ('\0'..='\u{33ff}')
            .chain('\u{a000}'..='\u{abff}')
            .chain('\u{f900}'..='\u{1fbff}')
        {
            let name = format!("a{c}n");
            for key in [username_key(&name), username_key(&c.to_string())] {
                assert_eq!(username_key(&key), key, "U+{:04X}", u32::from(c));
            }
            assert_eq!(email_key(&email_key(&name)), email_key(&name), "U+{:04X}", u32::from(c));
            assert_eq!(fold(&fold(&name)), fold(&name), "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn the_servers_names_are_kept() {
        for name in RESERVED
            .into_iter()
            .chain("Admin ADMIN \u{430}dmin adrnin adm1n r00t Ｓystem SUPP0RT".split(' '))
        {
            assert!(is_reserved(name), "{name}");
        }
        for name in "ana admins rooty hostess".split(' ').chain([""]) {
            assert!(!is_reserved(name), "{name}");
        }
    }

    #[test]
    fn addresses_people_have_are_taken() {
        let longest = format!("{}@example.org", "a".repeat(MAX_EMAIL - "@example.org".len()));
        let label = format!("a@{}.org", "d".repeat(63));
        let plain = "a@b.co Ana.Pop+x@mail.example.org o'neil@example.org a@localhost a@1.2.org";
        let foreign = "a@xn--bcher-kva.xn--p1ai a@bücher.de a@почта.рф";
        for address in plain
            .split(' ')
            .chain(foreign.split(' '))
            .chain([longest.as_str(), label.as_str()])
        {
            assert!(is_email(address), "{address:?}");
        }
        assert!(!is_email(&format!("a{longest}")));
        assert!(!is_email(&label.replace("@d", "@dd")));
    }

    #[test]
    fn addresses_nobody_has_are_refused() {
        let parts =
            "|ana|@|a@|@b.co|a@b|a@LOCALHOST|a@b@c.org|a b@c.org|.a@b.org|a.@b.org|a..b@c.org|ană@b.org|<a@b.org>";
        let domains = "a@.org|a@b..org|a@-b.org|a@b-.org|a@b.o|a@b.123|a@b.c-|a@b.org.|a@b_c.org|a@b c.org|a@b.xn-1";
        let tricks = "a@b.org\n|a\r\nBcc: x@y.org@b.org|a@b.org\r\nRCPT TO:<x@y.org>|a@b.org,c@d.org|a@b\u{3002}org.co";
        let literals = "\"a b\"@c.org|\"a\"@c.org|a@[127.0.0.1]|a@[::1]|a@127.0.0.1";
        for address in [parts, domains, tricks, literals]
            .into_iter()
            .flat_map(|row| row.split('|'))
        {
            assert!(!is_email(address), "{address:?}");
        }
    }

    #[test]
    fn addresses_are_the_same_in_any_case_and_width() {
        assert_eq!(email_key("ANA@Example.ORG"), "ana@example.org");
        assert_eq!(email_key("ａna@example.org"), "ana@example.org");
        assert_ne!(email_key("ana@example.org"), email_key("a.na@example.org"));
    }

    #[test]
    fn honest_names_are_shown() {
        let letters = "|Ana|Ștefan cel Mare|O’Neil-Popescu, jr.|Nguyễn|山田 太郎|محمد|Z\u{301}\u{301}\u{301}";
        let joined = "علی\u{200c}رضا|ශ\u{dca}\u{200d}රී|ကြိုးမျှော့|བསྒྲུབས";
        let emoji = "❤\u{fe0f} team|👩\u{200d}⚕\u{fe0f}🧑🏽\u{200d}💻🏳\u{fe0f}\u{200d}🌈|1\u{fe0f}\u{20e3}|🇷🇴|\u{1fbff}";
        for name in [letters, joined, emoji].into_iter().flat_map(|row| row.split('|')) {
            assert!(is_display_name(name), "{name:?}");
        }
    }

    #[test]
    fn misleading_names_are_refused() {
        let piles = "Z\u{301}\u{301}\u{301}\u{301}|\u{179}\u{301}\u{301}\u{301}|ก\u{e47}\u{e47}\u{e47}\u{e47}";
        let joined =
            "1\u{fe0f}|1\u{200d}2|❤\u{fe0f}\u{200d}|❤\u{200d}\u{200d}❤|م\u{200d}م|❤\u{200c}❤|م\u{200c}\u{200c}م";
        for name in [piles, joined].into_iter().flat_map(|row| row.split('|')) {
            assert!(!is_display_name(name), "{name:?}");
        }
    }

    #[test]
    fn folding_drops_case_and_diacritics() {
        let romanian = "Ștefan stefan, ŞŢşţ stst, ȚĂRANÎÂ tarania";
        let latin =
            "Łódź lodz, Đorđe dorde, Søren soren, Straße strasse, ẞ ss, Ægir aegir, Œuvre oeuvre, IŞIKİz isikiz";
        let others = "Ｆull full, ΝΊΚΟΣ νικοσ, Νίκος νικοσ, ❤\u{fe0f} ❤, 가 가, ガ ガ, कि कि, שָׁלוֹם שלום";
        for (name, folded) in [romanian, latin, others].into_iter().flat_map(pairs) {
            assert_eq!(fold(name), folded, "{name}");
        }
        assert!(!fold("각").contains(&fold("가")));
    }

    proptest! {
        #[test]
        fn anything_can_be_asked_about(s in any::<String>()) {
            let key = username_key(&s);
            prop_assert_eq!(username_key(&key), key);
            prop_assert_eq!(email_key(&email_key(&s)), email_key(&s));
            prop_assert_eq!(fold(&fold(&s)), fold(&s));
            let _ = (is_username(&s), is_email(&s), is_display_name(&s), is_reserved(&s));
        }

        #[test]
        fn a_username_keeps_its_key_in_any_case_and_form(s in "[A-Za-z0-9@.+_Șșăéñ-]{1,40}") {
            prop_assert!(is_username(&s));
            let key = username_key(&s);
            prop_assert!(!key.is_empty());
            prop_assert_eq!(&username_key(&s.to_uppercase()), &key);
            prop_assert_eq!(&username_key(&s.to_lowercase()), &key);
            prop_assert_eq!(&username_key(&s.nfd().collect::<String>()), &key);
        }

        #[test]
        fn an_address_never_breaks_a_header(at in 0..=15_usize, c in any::<char>()) {
            let mut address = "ana@example.org".to_owned();
            address.insert(at, c);
            let breaks = c.is_control() || c.is_whitespace() || is_invisible(c) || "<>,;:()\\\"".contains(c);
            prop_assert!(!(breaks && is_email(&address)), "{:?}", address);
        }
    }
}
