//! 6: a text is UTF-8, wherever it is cut.

use super::{fragments, one_by_one, Case, Stage, ENDS, GOES_ON, NOT_TEXT, TEXT, TEXT_BEGINS};
use crate::common::golden::assert_shows;
use crate::common::socket::{frame, send};
use serde_json::json;

/// What is well-formed UTF-8, with the suite's numbers (6.1 to 6.3 are about parts).
fn well_formed() -> Vec<(&'static str, &'static [u8])> {
    vec![
        ("6.5", "κόσμε".as_bytes()),
        ("6.7.1, as JSON has it", br"\u0001"),
        ("6.7.2", b"\xC2\x80"),
        ("6.7.3", b"\xE0\xA0\x80"),
        ("6.7.4", b"\xF0\x90\x80\x80"),
        ("6.9.1", b"\x7F"),
        ("6.9.2", b"\xDF\xBF"),
        ("6.9.3", b"\xEF\xBF\xBF"),
        ("6.9.4", b"\xF4\x8F\xBF\xBF"),
        ("6.11.1", b"\xED\x9F\xBF"),
        ("6.11.2", b"\xEE\x80\x80"),
        ("6.11.3", b"\xEF\xBF\xBD"),
        ("6.11.4", b"\xF4\x8F\xBF\xBF"),
        ("6.22.1", b"\xEF\xBF\xBE"),
        ("6.22.2", b"\xEF\xBF\xBF"),
        ("6.22.3", b"\xF0\x9F\xBF\xBE"),
        ("6.22.4", b"\xF0\x9F\xBF\xBF"),
        ("6.22.5", b"\xF0\xAF\xBF\xBE"),
        ("6.22.17", b"\xF1\x8F\xBF\xBE"),
        ("6.22.33", b"\xF4\x8F\xBF\xBE"),
        ("6.22.34", b"\xF4\x8F\xBF\xBF"),
        ("6.23.1", b"\xEF\xBF\xBD"),
        ("6.23.4", b"\xEF\xBF\xB9\xEF\xBF\xBA\xEF\xBF\xBB\xEF\xBF\xBC"),
        ("a family of four", "👨‍👩‍👧‍👦".as_bytes()),
    ]
}

/// What is not.
fn ill_formed() -> Vec<(&'static str, &'static [u8])> {
    vec![
        ("6.3", b"\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE\xBC\xCE\xB5\xED\xA0\x80edited"),
        ("6.6.1", b"\xCE"),
        ("6.6.3", b"\xCE\xBA\xE1"),
        ("6.6.4", b"\xCE\xBA\xE1\xBD"),
        ("6.6.6", b"\xCE\xBA\xE1\xBD\xB9\xCF"),
        ("6.6.8", b"\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE"),
        ("6.8.1", b"\xF8\x88\x80\x80\x80"),
        ("6.8.2", b"\xFC\x84\x80\x80\x80\x80"),
        ("6.10.1", b"\xF7\xBF\xBF\xBF"),
        ("6.10.2", b"\xFB\xBF\xBF\xBF\xBF"),
        ("6.10.3", b"\xFD\xBF\xBF\xBF\xBF\xBF"),
        ("6.11.5", b"\xF4\x90\x80\x80"),
        ("6.12.1", b"\x80"),
        ("6.12.2", b"\xBF"),
        ("6.12.3", b"\x80\xBF"),
        ("6.12.8", b"\x80\xBF\x80\xBF\x80\xBF\xBE"),
        ("6.13.1", b"\xC0 \xC1 \xC2 \xC3 "),
        ("6.13.2", b"\xE0 \xE1 \xE2 \xE3 "),
        ("6.13.3", b"\xF0 \xF1 \xF2 \xF3 "),
        ("6.13.4", b"\xF8 \xF9 \xFA \xFB "),
        ("6.13.5", b"\xFC \xFD "),
        ("6.14.1", b"\xC0"),
        ("6.14.2", b"\xE0\x80"),
        ("6.14.3", b"\xF0\x80\x80"),
        ("6.14.6", b"\xDF"),
        ("6.14.7", b"\xEF\xBF"),
        ("6.14.8", b"\xF7\xBF\xBF"),
        ("6.15", b"\xC0\xE0\x80\xF0\x80\x80\xF8\x80\x80\x80\xDF\xEF\xBF"),
        ("6.16.1", b"\xFE"),
        ("6.16.2", b"\xFF"),
        ("6.16.3", b"\xFE\xFE\xFF\xFF"),
        ("6.17.1", b"\xC0\xAF"),
        ("6.17.2", b"\xE0\x80\xAF"),
        ("6.17.3", b"\xF0\x80\x80\xAF"),
        ("6.17.4", b"\xF8\x80\x80\x80\xAF"),
        ("6.18.1", b"\xC1\xBF"),
        ("6.18.2", b"\xE0\x9F\xBF"),
        ("6.18.3", b"\xF0\x8F\xBF\xBF"),
        ("6.19.1", b"\xC0\x80"),
        ("6.19.2", b"\xE0\x80\x80"),
        ("6.19.3", b"\xF0\x80\x80\x80"),
        ("6.20.1", b"\xED\xA0\x80"),
        ("6.20.4", b"\xED\xAF\xBF"),
        ("6.20.5", b"\xED\xB0\x80"),
        ("6.20.7", b"\xED\xBF\xBF"),
        ("6.21.1", b"\xED\xA0\x80\xED\xB0\x80"),
        ("6.21.8", b"\xED\xAF\xBF\xED\xBF\xBF"),
    ]
}

#[tokio::test]
async fn well_formed_utf_8_comes_through_as_it_is() {
    let stage = Stage::set().await;
    let mut cases = Vec::new();
    // 6.1: nothing, in one part, in three, and around something.
    let ours = &br#"{"type":"ping"}"#[..];
    let empty = [frame(TEXT_BEGINS, b""), frame(GOES_ON, b""), frame(ENDS, b"")].concat();
    cases.push(Case::new("6.1.2", [empty], &["error"], None));
    let around = [frame(TEXT_BEGINS, b""), frame(GOES_ON, ours), frame(ENDS, b"")].concat();
    cases.push(Case::new("6.1.3", [around], &["pong"], None));
    for (case, bytes) in well_formed() {
        let text = [br#"{"type":"ping","more":""#, bytes, br#""}"#].concat();
        let writes = [frame(TEXT, &text), fragments(&text, 1)];
        cases.push(Case::new(case, writes, &["pong", "pong"], None));
        // By itself it is a text, too, if not one of ours.
        cases.push(Case::new(case, [frame(TEXT, bytes)], &["error"], None));
    }
    stage.play(cases).await;

    // 6.2: what is heard and stored is what was said, wherever it was cut.
    let said = "Hello-µ@ßöäüàá-UTF-8!!";
    let mut socket = stage.alice.socket().await;
    for (number, length) in [usize::MAX, 1, 2, 3, 60].into_iter().enumerate() {
        let id = format!("6.2 {number}");
        let text = send(&stage.diary, said, &id).to_string();
        socket.raw(&fragments(text.as_bytes(), length)).await;
        assert_shows(&socket.answer().await, json!({"type": "ack", "client_id": id}));
        let event = socket.event().await;
        assert_shows(&event, json!({"data": {"client_id": id, "text": said}}));
    }
    let texts = stage.app.rows("SELECT DISTINCT text FROM messages");
    assert_eq!(texts, [[json!(said)]]);
}

#[tokio::test]
async fn what_is_not_utf_8_is_refused() {
    let stage = Stage::set().await;
    let mut cases = Vec::new();
    for (case, bytes) in ill_formed() {
        let text = [br#"{"type":"ping","more":""#, bytes, br#""}"#].concat();
        for writes in [
            vec![frame(TEXT, &text), stage.unheard()],
            vec![fragments(&text, 1), stage.unheard()],
            one_by_one(&frame(TEXT, bytes)),
        ] {
            cases.push(Case::new(case, writes, &[], NOT_TEXT));
        }
    }
    // What is whole before it counts.
    let after = [stage.ours(), frame(TEXT, b"\xCE\xBA\xE1")].concat();
    cases.push(Case::new("after a text", [after], &["pong"], NOT_TEXT));
    stage.play(cases).await;
}
