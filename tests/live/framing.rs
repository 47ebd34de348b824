//! RFC 6455 frame by frame: the cases of the Autobahn suite's fuzzing client, said by raw bytes.
//!
//! Its echo is here a ping of ours, which is answered with a pong, or a message, which is acknowledged and heard; its case
//! numbers stand beside what is said. Left out are 6.4 (to fail before a text has ended is nobody's duty), texts of more
//! than 64 KiB, whose end is another test's, and 12 and 13, which compress: no extension is offered.

mod ends;
mod utf8;

use crate::common::socket::{frame, long_ping, send, text_frame, type_of};
use crate::common::{stored, App, Chat, User};
use serde_json::{json, Value};

/// First bytes of frames: the last or only one, and one that more follow.
const TEXT: u8 = 0x81;
const TEXT_BEGINS: u8 = 0x01;
const GOES_ON: u8 = 0x00;
const ENDS: u8 = 0x80;
const BINARY: u8 = 0x82;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
const PONG: u8 = 0x8A;

/// Against the protocol, and not UTF-8.
const PROTOCOL: Option<u16> = Some(1002);
const NOT_TEXT: Option<u16> = Some(1007);

/// What is said, write by write; the types of the answers, in order; and the code that the server closes with, None where
/// the socket lives on.
struct Case(String, Vec<Vec<u8>>, &'static [&'static str], Option<u16>);

impl Case {
    fn new(
        name: impl Into<String>,
        writes: impl Into<Vec<Vec<u8>>>,
        answers: &'static [&'static str],
        end: Option<u16>,
    ) -> Case {
        Case(name.into(), writes.into(), answers, end)
    }
}

/// Alice with a chat of her own, whom nobody disturbs.
struct Stage {
    app: App,
    alice: User,
    diary: Chat,
}

impl Stage {
    async fn set() -> Stage {
        let app = App::start().await;
        let alice = app.user("alice").await;
        let diary = alice.group("Diary", &[]).await;
        Stage { app, alice, diary }
    }

    /// Plays all cases at once: a socket that is closed for a fault stays for a second.
    async fn play(&self, cases: Vec<Case>) {
        assert!(!cases.is_empty());
        futures_util::future::join_all(cases.into_iter().map(|case| self.play_one(case))).await;
        self.nothing_was_stored();
    }

    async fn play_one(&self, case: Case) {
        let Case(name, writes, answers, end) = case;
        let mut socket = self.alice.socket().await;
        for bytes in writes {
            socket.raw(&bytes).await;
        }
        match end {
            Some(_) => {
                assert_eq!(socket.closed().await, end, "{name}");
                assert!(!socket.has_pong(), "{name}: an answer behind the end");
            }
            // Answered behind everything that was said before.
            None => {
                socket.raw(&frame(PING, b"and then?")).await;
                while socket.wire_pong().await != b"and then?" {}
            }
        }
        let found: Vec<String> = socket.rest().iter().map(|answer| type_of(answer).to_owned()).collect();
        assert_eq!(found, answers, "{name}");
    }

    /// A ping of ours as a whole frame.
    fn ours(&self) -> Vec<u8> {
        text_frame(r#"{"type":"ping"}"#)
    }

    /// A message as a whole frame that must not be heard of.
    fn unheard(&self) -> Vec<u8> {
        text_frame(&send(&self.diary, "unheard", "unheard").to_string())
    }

    /// Nothing that stood behind a fault was carried out.
    fn nothing_was_stored(&self) {
        assert_eq!(stored::count(&self.app, "messages"), 0);
    }
}

/// Bytes one by one, each in a write of its own.
fn one_by_one(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.iter().map(|byte| vec![*byte]).collect()
}

fn pieces(bytes: &[u8], length: usize) -> Vec<Vec<u8>> {
    bytes.chunks(length).map(<[u8]>::to_vec).collect()
}

/// A text in frames of at most so many bytes.
fn fragments(text: &[u8], length: usize) -> Vec<u8> {
    let parts: Vec<&[u8]> = text.chunks(length).collect();
    let last = parts.len() - 1;
    let first = |at: usize| match (at == 0, at == last) {
        (true, true) => TEXT,
        (true, false) => TEXT_BEGINS,
        (false, false) => GOES_ON,
        (false, true) => ENDS,
    };
    let frames = parts.iter().enumerate().map(|(at, part)| frame(first(at), part));
    frames.collect::<Vec<_>>().concat()
}

#[tokio::test]
async fn texts_of_every_form_of_length_are_read() {
    let stage = Stage::set().await;
    // 1.1: an empty text is a text, if not one of ours.
    let mut cases = vec![Case::new("1.1.1", [frame(TEXT, b"")], &["error"], None)];
    for length in [125, 126, 127, 128, 65_535, 65_536] {
        let text = long_ping(length);
        let whole = vec![text_frame(&text)];
        cases.push(Case::new(format!("1.1: {length}"), whole, &["pong"], None));
    }
    let chopped = pieces(&text_frame(&long_ping(65_536)), 997);
    cases.push(Case::new("1.1.8", chopped, &["pong"], None));
    // A length that could be written shorter is read all the same, as everybody does.
    let mut long_form = vec![TEXT, 0x80 | 127];
    long_form.extend(15_u64.to_be_bytes());
    long_form.extend(&stage.ours()[2..]);
    assert_eq!(long_form.len(), 10 + 4 + 15);
    cases.push(Case::new(
        "fifteen bytes in the longest form",
        [long_form],
        &["pong"],
        None,
    ));
    // 1.2: binary is understood, and not what is spoken here.
    for length in [0, 125, 126, 127, 128, 65_535, 65_536] {
        let bytes = vec![frame(BINARY, &vec![0xFE; length]), stage.unheard()];
        cases.push(Case::new(format!("1.2: {length}"), bytes, &[], Some(1003)));
    }
    stage.play(cases).await;
}

#[tokio::test]
async fn pings_are_answered_with_what_they_brought() {
    let stage = Stage::set().await;
    let binary = [0x00, 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0x00, 0xFF];
    for (case, payload) in [
        ("2.1", &b""[..]),
        ("2.2", b"Hello, world!"),
        ("2.3", &binary),
        ("2.4", &[0xFE; 125]),
    ] {
        let mut socket = stage.alice.socket().await;
        socket.raw(&frame(PING, payload)).await;
        assert_eq!(socket.wire_pong().await, payload, "{case}");
        socket.lives().await;
    }
    let too_long = vec![frame(PING, &[0xFE; 126]), stage.unheard()];
    stage.play(vec![Case::new("2.5", too_long, &[], PROTOCOL)]).await;
    let mut socket = stage.alice.socket().await;
    for byte in frame(PING, &[0xFE; 125]) {
        socket.raw(&[byte]).await;
    }
    assert_eq!(socket.wire_pong().await, [0xFE; 125], "2.6");
    // 2.7 to 2.9: a pong that nobody asked for is no news.
    for payload in [&b""[..], b"unsolicited"] {
        socket.raw(&frame(PONG, payload)).await;
        socket.raw(&frame(PING, b"next")).await;
        assert_eq!(socket.wire_pong().await, b"next", "2.7 to 2.9");
    }
    // 2.10, 2.11: ten are answered one by one, however they come.
    for length in [usize::MAX, 1] {
        let payloads: Vec<Vec<u8>> = (0..10).map(|number| format!("payload-{number}").into_bytes()).collect();
        let pings: Vec<u8> = payloads.iter().flat_map(|payload| frame(PING, payload)).collect();
        for bytes in pieces(&pings, length) {
            socket.raw(&bytes).await;
        }
        for payload in payloads {
            assert_eq!(socket.wire_pong().await, payload, "2.10, 2.11");
        }
    }
    socket.lives().await;
}

#[tokio::test]
async fn reserved_bits_are_refused() {
    let stage = Stage::set().await;
    let mut cases = Vec::new();
    let ours = stage.ours();
    let text = &br#"{"type":"ping"}"#[..];
    let with = |bits: u8, first: u8, payload: &[u8]| frame(first | bits << 4, payload);
    let before = ours.clone();
    let unheard = stage.unheard();
    let case = |bits: u8, writes: Vec<Vec<u8>>, answers: &'static [&'static str]| (bits, writes, answers);
    for (bits, writes, answers) in [
        case(1, vec![with(1, TEXT, text), unheard.clone()], &[]),
        case(
            2,
            vec![[before.clone(), with(2, TEXT, text), frame(PING, b"")].concat()],
            &["pong"],
        ),
        case(
            3,
            vec![before.clone(), with(3, TEXT, text), frame(PING, b"")],
            &["pong"],
        ),
        case(
            4,
            one_by_one(&[before.clone(), with(4, TEXT, text), frame(PING, b"")].concat()),
            &["pong"],
        ),
        case(5, vec![with(5, BINARY, &[0xFE; 8]), unheard.clone()], &[]),
        case(6, vec![with(6, PING, b"Hello, world!"), unheard.clone()], &[]),
        case(7, vec![with(7, CLOSE, &1000_u16.to_be_bytes()), unheard.clone()], &[]),
    ] {
        cases.push(Case::new(format!("3.{bits}"), writes, answers, PROTOCOL));
    }
    // In a part of a text as in a whole one.
    let middle = [frame(TEXT_BEGINS, &text[..5]), with(4, ENDS, &text[5..]), unheard].concat();
    cases.push(Case::new("a bit in the middle", [middle], &[], PROTOCOL));
    stage.play(cases).await;
}

#[tokio::test]
async fn reserved_kinds_of_frames_are_refused() {
    let stage = Stage::set().await;
    let mut cases = Vec::new();
    let text = &br#"{"type":"ping"}"#[..];
    for kind in (3..=7).chain(0xB..=0xF) {
        let first = 0x80 | kind;
        for (case, bytes, answers) in [
            ("empty", frame(first, b""), &[][..]),
            ("with something in it", frame(first, text), &[]),
            ("after a text", [stage.ours(), frame(first, b"")].concat(), &["pong"]),
            (
                "after a text, in one write with a ping",
                [stage.ours(), frame(first, text), frame(PING, b"")].concat(),
                &["pong"],
            ),
        ] {
            let case = format!("4: a frame of kind {kind:X}, {case}");
            let whole = [bytes.clone(), stage.unheard()];
            cases.push(Case::new(&case, whole, answers, PROTOCOL));
            cases.push(Case::new(&case, one_by_one(&bytes), answers, PROTOCOL));
        }
    }
    stage.play(cases).await;
}

#[tokio::test]
async fn a_text_in_parts_is_one_text() {
    let stage = Stage::set().await;
    let mut cases = Vec::new();
    let text = &br#"{"type":"ping"}"#[..];
    let (start, end) = (frame(TEXT_BEGINS, &text[..6]), frame(ENDS, &text[6..]));
    let ping = frame(PING, b"between");
    for (case, writes) in [
        ("5.3", vec![[start.clone(), end.clone()].concat()]),
        ("5.4", vec![start.clone(), end.clone()]),
        ("5.5", one_by_one(&[start.clone(), end.clone()].concat())),
        ("5.6", vec![[start.clone(), ping.clone(), end.clone()].concat()]),
        ("5.7", vec![start.clone(), ping.clone(), end.clone()]),
        ("5.8", one_by_one(&[start.clone(), ping.clone(), end.clone()].concat())),
    ] {
        cases.push(Case::new(case, writes, &["pong"], None));
    }
    stage.play(cases).await;
    // 5.19, 5.20: five parts with pings between, which are answered before the text has ended.
    for length in [usize::MAX, 7] {
        let mut socket = stage.alice.socket().await;
        let all = [
            frame(TEXT_BEGINS, &text[..2]),
            frame(GOES_ON, &text[2..4]),
            frame(PING, b"one"),
            frame(GOES_ON, &text[4..9]),
            frame(GOES_ON, b""),
            frame(PING, b"two"),
        ]
        .concat();
        for bytes in pieces(&all, length) {
            socket.raw(&bytes).await;
        }
        assert_eq!(socket.wire_pong().await, b"one");
        assert_eq!(socket.wire_pong().await, b"two");
        socket.raw(&frame(ENDS, &text[9..])).await;
        assert_eq!(socket.next().await, json!({"type": "pong"}));
        socket.lives().await;
    }
}

#[tokio::test]
async fn parts_in_a_wrong_order_are_refused() {
    let stage = Stage::set().await;
    let mut cases = Vec::new();
    let text = &br#"{"type":"ping"}"#[..];
    let (ours, begins) = (stage.ours(), frame(TEXT_BEGINS, text));
    let parts = [frame(TEXT_BEGINS, &text[..6]), frame(ENDS, &text[6..])].concat();
    for (case, bytes, answers) in [
        (
            "5.1: a ping in parts",
            [frame(0x09, b"frag"), frame(ENDS, b"ment")].concat(),
            &[][..],
        ),
        (
            "5.2: a pong in parts",
            [frame(0x0A, b"frag"), frame(ENDS, b"ment")].concat(),
            &[],
        ),
        (
            "a close in parts",
            [frame(0x08, b"\x03"), frame(ENDS, b"\xE8")].concat(),
            &[],
        ),
        (
            "5.9 to 5.11: the end of nothing",
            [frame(ENDS, text), ours.clone()].concat(),
            &[],
        ),
        (
            "5.12 to 5.14: the middle of nothing",
            [frame(GOES_ON, text), ours.clone()].concat(),
            &[],
        ),
        (
            "5.15: the middle of nothing, after a text in parts",
            [parts.clone(), frame(GOES_ON, text), ours.clone()].concat(),
            &["pong"],
        ),
        (
            "5.16: the middle of nothing, before a text in parts",
            [frame(GOES_ON, text), parts.clone()].concat(),
            &[],
        ),
        (
            "5.17: the end of nothing, before a text in parts",
            [frame(ENDS, text), parts].concat(),
            &[],
        ),
        (
            "5.18: two beginnings",
            [begins.clone(), frame(TEXT, text)].concat(),
            &[],
        ),
        ("binary within a text", [begins, frame(BINARY, text)].concat(), &[]),
    ] {
        let whole = [bytes.clone(), stage.unheard()];
        cases.push(Case::new(case, whole, answers, PROTOCOL));
        cases.push(Case::new(case, one_by_one(&bytes), answers, PROTOCOL));
    }
    stage.play(cases).await;
}

#[tokio::test]
async fn what_fits_into_64_kib_may_come_in_any_pieces() {
    let stage = Stage::set().await;
    let mut cases = Vec::new();
    let text = long_ping(65_536);
    // 9.3, 10.1: a text in parts; 9.5: a frame in writes.
    for length in [64, 256, 1_300, 4_096, 16_384, 65_536] {
        let parts = vec![fragments(text.as_bytes(), length)];
        cases.push(Case::new(format!("9.3: {length}"), parts, &["pong"], None));
        let writes = pieces(&text_frame(&text), length);
        cases.push(Case::new(format!("9.5: {length}"), writes, &["pong"], None));
    }
    let mut one_more = fragments(text.as_bytes(), 4_096);
    // The last part goes on by a byte.
    let at = one_more.len() - 4_096 - 8;
    assert_eq!(one_more[at], ENDS);
    one_more[at] = GOES_ON;
    one_more.extend(frame(ENDS, b" "));
    cases.push(Case::new("a byte more", [one_more], &[], Some(4413)));
    stage.play(cases).await;
    // 9.7: a thousand texts of each length, all answered.
    let mut socket = stage.alice.socket().await;
    for length in [16, 64, 256, 1_024, 4_096, 16_384] {
        let bytes = text_frame(&long_ping(length.max(25))).repeat(100);
        for _ in 0..10 {
            socket.raw(&bytes).await;
            for _ in 0..100 {
                assert_eq!(socket.next().await, json!({"type": "pong"}), "9.7: {length}");
            }
        }
    }
    assert_eq!(socket.close(1000).await, Some(1000));
    assert_eq!(socket.rest(), Vec::<Value>::new());
}
