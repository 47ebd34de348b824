//! 7: what a close brings, how it is answered, and that nothing counts behind it.

use super::{one_by_one, Case, Stage, CLOSE, ENDS, PING, PROTOCOL, TEXT_BEGINS};
use crate::common::socket::{frame, long_ping, text_frame};

/// A close with a code and a reason.
fn close(code: u16, reason: &[u8]) -> Vec<u8> {
    frame(CLOSE, &[&code.to_be_bytes(), reason].concat())
}

#[tokio::test]
async fn nothing_counts_behind_a_close() {
    let stage = Stage::set().await;
    let mut cases = Vec::new();
    let (ours, unheard, normal) = (stage.ours(), stage.unheard(), close(1000, b""));
    let long = text_frame(&long_ping(65_536));
    let begins = frame(TEXT_BEGINS, br#"{"type""#);
    for (case, bytes, answers) in [
        ("7.1.1", vec![ours.clone(), normal.clone()], &["pong"][..]),
        ("7.1.2", vec![normal.clone(), normal.clone()], &[]),
        ("7.1.3", vec![normal.clone(), frame(PING, b"too late")], &[]),
        ("7.1.4", vec![normal.clone(), unheard.clone()], &[]),
        (
            "7.1.5",
            vec![begins, normal.clone(), frame(ENDS, br#":"ping"}"#), unheard.clone()],
            &[],
        ),
        (
            "7.1.6",
            vec![long, normal.clone(), frame(PING, b"too late"), unheard.clone()],
            &["pong"],
        ),
        (
            "a fault behind a close",
            vec![ours, normal, frame(0xFF, b""), unheard],
            &["pong"],
        ),
    ] {
        for writes in [bytes.clone(), vec![bytes.concat()]] {
            cases.push(Case::new(case, writes, answers, Some(1000)));
        }
    }
    stage.play(cases).await;
}

#[tokio::test]
async fn a_close_is_answered_with_its_code_if_it_has_a_good_one() {
    let stage = Stage::set().await;
    let mut cases = Vec::new();
    // 7.3: what a close may bring.
    let mut socket = stage.alice.socket().await;
    socket.raw(&[frame(CLOSE, b""), stage.unheard()].concat()).await;
    assert_eq!(socket.closed().await, None, "7.3.1: none is answered with none");
    for (case, bytes, code) in [
        ("7.3.2", frame(CLOSE, b"a"), 1002),
        ("7.3.3", close(1000, b""), 1000),
        ("7.3.4", close(1000, b"Hello, world!"), 1000),
        ("7.3.5", close(1000, &[b'*'; 123]), 1000),
        ("7.3.6", close(1000, &[b'*'; 124]), 1002),
        ("7.5.1", close(1000, b"\xCE\xBA\xE1\xBD\xB9\xCF\x83\xED\xA0\x80"), 1007),
        ("a reason of many letters", close(1000, "κόσμε".as_bytes()), 1000),
    ] {
        for writes in [vec![bytes.clone(), stage.unheard()], one_by_one(&bytes)] {
            cases.push(Case::new(case, writes, &[], Some(code)));
        }
    }
    for code in [
        1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999,
    ] {
        for reason in [&b""[..], b"a good reason"] {
            let said = [close(code, reason), stage.unheard()];
            cases.push(Case::new(format!("7.7: {code}"), said, &[], Some(code)));
        }
    }
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535] {
        for reason in [&b""[..], b"a bad reason"] {
            let said = [close(code, reason), stage.unheard()];
            cases.push(Case::new(format!("7.9, 7.13: {code}"), said, &[], PROTOCOL));
        }
    }
    stage.play(cases).await;
}
