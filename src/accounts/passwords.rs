//! Passwords: the stored hash, and what makes a password too weak to take.
//!
//! Promise: hashes are Django's, `pbkdf2_sha256$iterations$salt$base64`, byte for byte, so accounts move in and out of
//! a Django database with their passwords. A password is taken exactly as sent, neither trimmed nor normalised.
//! Whatever text stands in the hash column, nothing here fails, panics or runs for more than [`MAX_ITERATIONS`].
//! [`hash`] and [`verify`] use a processor for a good part of a second: call them on the pool made for it.
//!
//! The common passwords are Django's list, made by Royce Williams from leaked ones; copyright the Django Software
//! Foundation and individual contributors, BSD-3-Clause, see `common-passwords.LICENSE` beside it.
//!
//! Rejected: Argon2 (Django reads it only with an extra package, and its memory would multiply by the people logging
//! in at once); asking a service whether a password has leaked (no request leaves this server); keeping the list as
//! text (a sorted slice of 64-bit hashes is smaller than a set, and once in 10^15 passwords it errs to the safe side).

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader};
use std::sync::LazyLock;

use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use flate2::read::GzDecoder;
use rand::distr::{Alphanumeric, SampleString};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::breathing::Breathing;
use super::names::is_word;

/// Characters a password must have.
pub const MIN_LENGTH: usize = 8;

/// Characters a password may have; a limit only so that a request has one.
pub const MAX_LENGTH: usize = 256;

/// Iterations above which a stored hash is refused: an imported row must not hold a processor for minutes.
pub const MAX_ITERATIONS: u32 = 10_000_000;

const ALGORITHM: &str = "pbkdf2_sha256";

/// Letters and digits of a salt, 131 bits; Django's length.
const SALT_LENGTH: usize = 22;

const HASH_BYTES: usize = 32;

/// From this share of common characters on, a password is like a name; Django's threshold.
const MAX_SIMILARITY: f64 = 0.7;

/// What is wrong with a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// Fewer than [`MIN_LENGTH`] characters.
    TooShort,
    /// More than [`MAX_LENGTH`] characters.
    TooLong,
    /// On the list of those that are tried first.
    Common,
    /// Nothing but digits.
    Numeric,
    /// Like something everybody knows of the person: "username", "first name", "last name" or "email address".
    Similar(&'static str),
}

/// What others know of the person whose password it is; unknown parts are empty.
#[derive(Clone, Copy)]
pub struct Person<'a> {
    /// The name to log in with.
    pub username: &'a str,
    /// The given name.
    pub first_name: &'a str,
    /// The family name.
    pub last_name: &'a str,
    /// The e-mail address.
    pub email: &'a str,
}

/// A stored hash taken apart.
struct Stored<'a> {
    iterations: u32,
    salt: &'a str,
    hash: [u8; HASH_BYTES],
}

impl<'a> Stored<'a> {
    fn parse(encoded: &'a str) -> Option<Self> {
        let mut parts = encoded.split('$');
        let (algorithm, iterations, salt, hash) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        // `u32::from_str` takes a leading plus sign.
        let plain = iterations.bytes().all(|b| b.is_ascii_digit());
        let iterations = iterations.parse().ok()?;
        if algorithm != ALGORITHM || parts.next().is_some() || salt.is_empty() || !plain {
            return None;
        }
        let hash = STANDARD.decode(hash).ok()?.try_into().ok()?;
        (1..=MAX_ITERATIONS)
            .contains(&iterations)
            .then_some(Self { iterations, salt, hash })
    }
}

/// The form to store of `password`, with a fresh salt; `iterations` is held between 1 and [`MAX_ITERATIONS`].
pub fn hash(password: &str, iterations: u32) -> String {
    let salt = Alphanumeric.sample_string(&mut rand::rng(), SALT_LENGTH);
    let iterations = bounded(iterations);
    encode(iterations, &salt, &derive(password, &salt, iterations))
}

/// Whether `password` is the one stored; false for anything that is not a whole hash of this form.
///
/// NULs at the end of a password do not count, since HMAC fills keys up with them: refuse NUL where passwords come in.
pub fn verify(password: &str, encoded: &str) -> bool {
    let Some(stored) = Stored::parse(encoded) else {
        return false;
    };
    derive(password, stored.salt, stored.iterations)
        .ct_eq(&stored.hash)
        .into()
}

/// Whether a stored hash should be made anew with `iterations`: it has fewer, or is not of this form.
pub fn needs_renewal(encoded: &str, iterations: u32) -> bool {
    Stored::parse(encoded).is_none_or(|stored| stored.iterations < bounded(iterations))
}

/// A hash no password is known for, to [`verify`] against when there is no such user, so that time tells nothing.
pub fn dummy(iterations: u32) -> String {
    encode(bounded(iterations), "nobodynobodynobodynobo", &[0x5a; HASH_BYTES])
}

fn encode(iterations: u32, salt: &str, hash: &[u8]) -> String {
    format!("{ALGORITHM}${iterations}${salt}${}", STANDARD.encode(hash))
}

fn derive(password: &str, salt: &str, iterations: u32) -> [u8; HASH_BYTES] {
    let (password, salt) = (password.as_bytes(), salt.as_bytes());
    // HMAC takes keys of any length, so the first does not fail.
    pbkdf2::pbkdf2_array::<Breathing, HASH_BYTES>(password, salt, iterations)
        .unwrap_or_else(|_| pbkdf2::pbkdf2_hmac_array::<Sha256, HASH_BYTES>(password, salt, iterations))
}

fn bounded(iterations: u32) -> u32 {
    iterations.clamp(1, MAX_ITERATIONS)
}

/// All that is wrong with `password`, in the order Django tells it; a too long one is not looked at further.
pub fn weaknesses(password: &str, about: &Person<'_>) -> Vec<Weakness> {
    let length = password.chars().count();
    if length > MAX_LENGTH {
        return vec![Weakness::TooLong];
    }
    let lowered = password.to_lowercase();
    let mut found: Vec<Weakness> = similar_to(&lowered, about).map(Weakness::Similar).into_iter().collect();
    if length < MIN_LENGTH {
        found.push(Weakness::TooShort);
    }
    if is_common(&lowered) {
        found.push(Weakness::Common);
    }
    if length > 0 && password.chars().all(char::is_numeric) {
        found.push(Weakness::Numeric);
    }
    found
}

/// The first of the person's attributes that the password, in small letters, is like as a whole or in a part.
fn similar_to(password: &str, about: &Person<'_>) -> Option<&'static str> {
    let attributes = [
        (about.username, "username"),
        (about.first_name, "first name"),
        (about.last_name, "last name"),
        (about.email, "email address"),
    ];
    let is_similar = |attribute: &str| {
        let attribute = attribute.to_lowercase();
        let mut parts = attribute.split(|c: char| !is_word(c));
        is_like(password, &attribute) || parts.any(|part| is_like(password, part))
    };
    attributes
        .into_iter()
        .find(|(attribute, _)| is_similar(attribute))
        .map(|(_, name)| name)
}

/// Whether the two share [`MAX_SIMILARITY`] of their characters in any order: Python's `SequenceMatcher.quick_ratio`.
fn is_like(password: &str, part: &str) -> bool {
    let (long, short) = (password.chars().count(), part.chars().count());
    // Django's short cut, kept because it also decides: beside a long password a part this short can't matter.
    if short == 0 || (long >= 10 * short && (short as f64) < MAX_SIMILARITY / 2.0 * long as f64) {
        return false;
    }
    let mut left: HashMap<char, usize> = HashMap::new();
    for c in part.chars() {
        *left.entry(c).or_default() += 1;
    }
    let shared = password.chars().filter(|c| take_one(&mut left, *c)).count();
    2.0 * shared as f64 / (long + short) as f64 >= MAX_SIMILARITY
}

fn take_one(left: &mut HashMap<char, usize>, c: char) -> bool {
    match left.get_mut(&c) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    }
}

/// Whether a password, in small letters, is on the list.
fn is_common(password: &str) -> bool {
    static COMMON: LazyLock<Box<[u64]>> = LazyLock::new(read_common);
    COMMON.binary_search(&fingerprint(password.trim())).is_ok()
}

/// The list's fingerprints, sorted. A test holds the embedded file to be whole, so its errors need no answer here.
fn read_common() -> Box<[u64]> {
    let file = BufReader::new(GzDecoder::new(&include_bytes!("common-passwords.txt.gz")[..]));
    let mut common: Vec<u64> = file
        .lines()
        .map_while(Result::ok)
        .map(|line| fingerprint(line.trim()))
        .collect();
    common.sort_unstable();
    common.into_boxed_slice()
}

/// Not keyed: who wanted a collision with this list could as well read the list.
fn fingerprint(password: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    password.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::Weakness::{Common, Numeric, Similar, TooLong, TooShort};
    use super::*;
    use proptest::prelude::*;

    const NOBODY: Person<'_> = Person {
        username: "",
        first_name: "",
        last_name: "",
        email: "",
    };
    const STEFAN: Person<'_> = Person {
        username: "stefan.popescu",
        first_name: "Ștefan",
        last_name: "Popescu-Ionescu",
        email: "stef1990@example.org",
    };

    /// Made by Django's PBKDF2PasswordHasher, or by `hashlib.pbkdf2_hmac` in its form.
    const FROM_DJANGO: [(&str, &str); 4] = [
        (
            "parola-mea",
            "pbkdf2_sha256$1000$seasalt$YKSkai9oV+SdNFLD3GSfqv6wVltOQU7gOILHkn5yAL8=",
        ),
        (
            "Ștefan cel Mare 1457",
            "pbkdf2_sha256$1200$q8mFtUn4sVj3zBp0Kd7XhA$wt0ZcmYfJLKMRVzxFCYaOKGEP3Ed2durUYvVAgGlzB0=",
        ),
        (
            " spaces kept ",
            "pbkdf2_sha256$1$x$M3EU7/Gr03Y6RtGZnFvNtRstJCt0gRv7/O1Sz2a7Kz4=",
        ),
        (
            "correct horse battery staple",
            "pbkdf2_sha256$600000$Zt5aQ2mYw9Lk0RbN7sVcXe$kPiNT9MrWtTEv4+TbmybK6uk/1XBdQRBgx2gpj/LpTA=",
        ),
    ];

    #[test]
    fn djangos_hashes_are_read() {
        for (password, encoded) in FROM_DJANGO {
            assert!(verify(password, encoded), "{password}");
        }
        let (password, encoded) = FROM_DJANGO[0];
        for wrong in ["parola-me", "parola-mea ", "Parola-mea", ""] {
            assert!(!verify(wrong, encoded), "{wrong:?}");
        }
        assert!(!verify(password, &encoded.replace("seasalt", "seasalu")));
        assert!(!verify(password, &encoded.replace("1000", "1001")));
    }

    #[test]
    fn hashes_are_written_in_djangos_form() {
        let (password, encoded) = FROM_DJANGO[0];
        assert_eq!(encode(1000, "seasalt", &derive(password, "seasalt", 1000)), encoded);

        let made = hash("parola", 7);
        let parts: Vec<&str> = made.split('$').collect();
        assert_eq!(
            (parts.len(), parts[0], parts[1], parts[2].len(), parts[3].len()),
            (4, "pbkdf2_sha256", "7", 22, 44)
        );
        assert!(parts[2].bytes().all(|b| b.is_ascii_alphanumeric()));
        assert_ne!(hash("parola", 7), made, "a salt is used once");
        assert!(hash("parola", 0).starts_with("pbkdf2_sha256$1$"));
    }

    #[test]
    fn what_is_no_hash_fits_no_password() {
        let good = FROM_DJANGO[0].1;
        let key = good.rsplit('$').next().unwrap();
        let bad = [
            String::new(),
            "$".into(),
            "$$$".into(),
            "!unusable".into(),
            "parola-mea".into(),
            good.replace("sha256", "sha1"),
            good.replace("1000", ""),
            good.replace("1000", "0"),
            good.replace("1000", "+1000"),
            good.replace("1000", "-1"),
            good.replace("1000", "1e3"),
            good.replace("1000", "10000001"),
            good.replace("1000", "4294968296"),
            good.replace("1000", "99999999999999999999"),
            good.replace("seasalt", ""),
            good.replace('=', ""),
            format!("{good}$"),
            format!("{good}\n"),
            format!(" {good}"),
            good.replace(key, ""),
            good.replace(key, "AAAA"),
            good.replace(key, &format!("AAAA{key}")),
            good.replace(key, "YKSkai9oV-SdNFLD3GSfqv6wVltOQU7gOILHkn5yAL8="),
        ];
        for encoded in bad {
            assert!(!verify("parola-mea", &encoded), "{encoded:?}");
            assert!(needs_renewal(&encoded, 1), "{encoded:?}");
        }
    }

    #[test]
    fn a_hash_is_renewed_when_the_setting_grows() {
        let encoded = FROM_DJANGO[0].1;
        assert!(!needs_renewal(encoded, 1000));
        assert!(!needs_renewal(encoded, 999));
        assert!(needs_renewal(encoded, 1001));
        assert!(
            !needs_renewal(&dummy(MAX_ITERATIONS), u32::MAX),
            "or it would be renewed at each login"
        );
    }

    #[test]
    fn a_user_who_is_not_there_costs_the_same() {
        for iterations in [1, 1000, 600_000, MAX_ITERATIONS] {
            let encoded = dummy(iterations);
            assert_eq!(Stored::parse(&encoded).unwrap().iterations, iterations);
            assert_eq!(encoded.len(), hash("", 1).len() - 1 + iterations.to_string().len());
        }
        assert!(!verify("", &dummy(2)));
        assert!(!verify("nobody", &dummy(2)));
    }

    #[test]
    fn weaknesses_come_in_djangos_order() {
        assert_eq!(weaknesses("12345", &NOBODY), [TooShort, Common, Numeric]);
        let person = Person {
            username: "12345",
            ..NOBODY
        };
        assert_eq!(
            weaknesses("12345", &person),
            [Similar("username"), TooShort, Common, Numeric]
        );
        assert_eq!(weaknesses("", &STEFAN), [TooShort]);
        assert_eq!(weaknesses("mămăligă cu brânză", &STEFAN), []);
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(weaknesses("ășțîâĂȘ", &NOBODY), [TooShort]);
        assert_eq!(weaknesses("ășțîâĂȘȚ", &NOBODY), []);
        assert_eq!(weaknesses(&"ș".repeat(256), &NOBODY), []);
        assert_eq!(weaknesses(&"ș".repeat(257), &NOBODY), [TooLong]);
        assert_eq!(weaknesses(&"1".repeat(20_000), &NOBODY), [TooLong]);
    }

    #[test]
    fn the_list_is_whole() {
        let common = read_common();
        assert_eq!(common.len(), 19_640);
        assert!(common.windows(2).all(|pair| pair[0] < pair[1]));
        for password in [
            "password",
            "PassWord",
            " password\n",
            "qwertyuiop",
            "iloveyou",
            "trustno1",
            "пароль",
        ] {
            assert!(weaknesses(password, &NOBODY).contains(&Common), "{password:?}");
        }
        for password in ["", "passwordș", "correct horse battery staple"] {
            assert!(!weaknesses(password, &NOBODY).contains(&Common), "{password:?}");
        }
    }

    #[test]
    fn digits_of_any_script_are_numeric() {
        for password in ["314159265358", "٣١٤١٥٩٢٦", "３１４１５９２６"] {
            assert_eq!(weaknesses(password, &NOBODY), [Numeric], "{password}");
        }
        assert_eq!(weaknesses("3.14159265", &NOBODY), []);
    }

    #[test]
    fn a_password_is_not_like_its_person() {
        // Each row as Django's UserAttributeSimilarityValidator answered it.
        let rows = [
            ("stefan.popescu", Some("username")),
            ("STEFANPOPESCU", Some("username")),
            ("popescu1", Some("username")),
            ("ȘTEFAN12", Some("username")),
            ("ștefanică", Some("first name")),
            ("ionescu77", Some("last name")),
            ("Ionescu2026!", Some("last name")),
            ("stef1990", Some("email address")),
            ("example!", Some("email address")),
            ("example.org99", Some("email address")),
            ("nafets99", Some("username")),
            ("stefan2026parola", None),
            ("ucsepop1", Some("username")),
            ("popescupopescu", Some("last name")),
            ("ștefan-e-aici", None),
            ("stef1990stef", Some("email address")),
            ("eemxapl1", Some("email address")),
            ("brânză-de-vaci", None),
            ("poescuin", Some("username")),
            ("ssssssss", None),
            ("stefan1234", Some("username")),
            ("ștefan1234", Some("first name")),
            ("popescuionescu", Some("username")),
            ("@example.org", Some("email address")),
        ];
        for (password, like) in rows {
            let found = weaknesses(password, &STEFAN)
                .into_iter()
                .find(|weakness| matches!(weakness, Similar(_)));
            assert_eq!(found, like.map(Similar), "{password}");
        }
        let short = Person {
            username: "a",
            ..NOBODY
        };
        assert_eq!(weaknesses("aaaaaaaazzz", &short), []);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_password_fits_its_own_hash_only(password in "[^\0]{0,40}", other in "[^\0]{0,40}", iterations in 1..20_u32) {
            let encoded = hash(&password, iterations);
            prop_assert!(verify(&password, &encoded));
            prop_assert_eq!(verify(&other, &encoded), other == password);
            prop_assert!(!needs_renewal(&encoded, iterations));
        }

        #[test]
        fn a_damaged_hash_fits_nothing(at in 0..200_usize, byte in 0..128_u8) {
            let (password, encoded) = FROM_DJANGO[2];
            let mut bytes = encoded.as_bytes().to_vec();
            let at = at % bytes.len();
            bytes[at] = byte;
            let damaged = String::from_utf8(bytes).unwrap();
            // Only the iterations could make this slow, and one digit is at most nine of them.
            prop_assert_eq!(verify(password, &damaged), damaged == encoded);
        }

        #[test]
        fn any_password_can_be_judged(password in any::<String>(), name in any::<String>()) {
            let person = Person { username: &name, first_name: &name, last_name: &name, email: &name };
            let found = weaknesses(&password, &person);
            prop_assert_eq!(found.contains(&TooShort), password.chars().count() < MIN_LENGTH);
        }
    }
}
