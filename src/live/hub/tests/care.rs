//! Sockets that are looked after, by clocks of the test's own: who is silent, who takes nothing, whose session is over.

use super::*;
use crate::live::connection::{Connection, WAITING_MAX};

/// Bytes of a close: its code follows the first two.
const CLOSE: u8 = 0x88;
const WIRE_PING: [u8; 2] = [0x89, 0];
/// When the session of each socket ends, unless it is renewed.
const EXPIRES: i64 = 1_000;

/// A socket that is live, on a network that takes `room` bytes.
struct Watched {
    hub: Arc<Hub>,
    tape: Tape,
    connection: Arc<Connection>,
    _place: Place,
}

impl Watched {
    fn new(room: usize) -> Watched {
        let hub = Arc::<Hub>::default();
        let place = hub.place();
        let tape = Tape::default();
        lock(&tape.0).1 = room;
        let session = Session::new(SessionId(1), ALWAYS, String::new(), Role::Member, EXPIRES, 0);
        let connection = Arc::new(Connection::new(&session, Box::new(tape.clone()), 0, 0));
        hub.admit(&connection);
        assert!(hub.join(&connection, 0, &[CHAT], None));
        Watched {
            hub,
            tape,
            connection,
            _place: place,
        }
    }

    /// The hub looks after its sockets, so many seconds from the start.
    fn after(&self, seconds: u64) {
        self.look(seconds, EXPIRES - 1);
    }

    fn look(&self, seconds: u64, now: i64) {
        self.hub
            .look_after_at(self.hub.started + Duration::from_secs(seconds), now);
    }

    /// What its task is to do.
    fn due(&self) -> Option<Due> {
        match self.connection.poll_due(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(due) => Some(due),
            Poll::Pending => None,
        }
    }

    fn written(&self) -> Vec<u8> {
        lock(&self.tape.0).0.clone()
    }

    fn takes(&self, room: usize) {
        lock(&self.tape.0).1 = room;
    }

    /// The code of the close that was written last, if one was.
    fn code(&self) -> Option<u16> {
        let bytes = self.written();
        let at = bytes.iter().rposition(|byte| *byte == CLOSE)?;
        Some(u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?]))
    }
}

#[test]
fn who_is_silent_is_asked_once_and_cut_off_after_sixty_seconds() {
    let watched = Watched::new(usize::MAX);
    watched.after(frame::PING_SECONDS - 1);
    assert!(watched.written().is_empty());
    for seconds in frame::PING_SECONDS..=60 {
        watched.after(seconds);
        assert_eq!(watched.written(), WIRE_PING, "after {seconds} s");
        assert_eq!(watched.due(), None);
    }
    watched.after(61);
    assert_eq!(
        watched.due(),
        Some(Due::Broken),
        "cut off without a word: nobody listens"
    );
    assert_eq!(watched.written(), WIRE_PING);
}

#[test]
fn who_is_heard_is_asked_anew_and_stays() {
    let watched = Watched::new(usize::MAX);
    for round in 1..=5 {
        watched.after(round * 50 - 20);
        watched.connection.hear(round * 50);
        assert_eq!(watched.written(), WIRE_PING.repeat(round as usize), "once a silence");
        assert_eq!(watched.due(), None);
    }
    watched.after(310);
    assert_eq!(watched.due(), None);
    watched.after(311);
    assert_eq!(watched.due(), Some(Due::Broken));
}

#[test]
fn who_takes_nothing_for_ten_seconds_is_closed_and_then_cut_off() {
    let begun = frame::text(&"x".repeat(100)).unwrap();
    for reads_on in [true, false] {
        let watched = Watched::new(40);
        let last = frame::text(&"not any more").unwrap();
        for frame in [&begun, &last, &last] {
            watched.connection.say(frame.clone());
        }
        assert_eq!(watched.written(), begun[..40]);
        watched.after(10);
        watched.takes(0);
        assert_eq!(watched.due(), None, "it waits");
        // Stuck since just after the start.
        watched.after(12);
        assert!(watched.connection.is_closing());
        watched.takes(if reads_on { usize::MAX } else { 0 });
        if reads_on {
            assert_eq!(watched.due(), Some(Due::Closed));
            assert_eq!(
                watched.written(),
                [&begun[..], &Close::TooSlow.frame()].concat(),
                "the frame that was begun, and why"
            );
            assert_eq!(watched.code(), Some(4008));
        } else {
            assert_eq!(watched.due(), None);
            watched.after(24);
            assert_eq!(watched.due(), Some(Due::Broken));
            assert_eq!(watched.written(), begun[..40]);
        }
    }
}

#[test]
fn who_takes_little_by_little_is_not_stuck() {
    let watched = Watched::new(1);
    let frame = frame::text(&"x".repeat(200)).unwrap();
    watched.connection.say(frame.clone());
    for taken in 2..50 {
        watched.takes(1);
        assert_eq!(watched.due(), None);
        assert_eq!(watched.written(), frame[..taken]);
    }
    // Each byte began the ten seconds anew: they are counted from the last.
    watched
        .hub
        .look_after_at(Instant::now() + Duration::from_secs(5), EXPIRES - 1);
    assert!(!watched.connection.is_closing());
    watched
        .hub
        .look_after_at(Instant::now() + Duration::from_secs(11), EXPIRES - 1);
    assert!(watched.connection.is_closing());
}

#[test]
fn whose_session_expires_is_signed_out_and_whose_is_renewed_stays() {
    let watched = Watched::new(usize::MAX);
    watched.look(1, EXPIRES - 1);
    assert_eq!((watched.due(), watched.code()), (None, None));
    watched.connection.renew(EXPIRES + 100);
    watched.look(2, EXPIRES + 99);
    assert_eq!((watched.due(), watched.code()), (None, None));
    watched.look(3, EXPIRES + 100);
    assert_eq!(watched.due(), Some(Due::Closed));
    assert_eq!(watched.code(), Some(4401));
    assert!(watched.connection.is_closing(), "nothing that it says counts any more");
    // Its client may still have to confirm that, and is not waited for without end.
    watched.look(5, EXPIRES + 101);
    assert_eq!(watched.written(), &Close::SignedOut.frame()[..], "once");
    watched.look(20, EXPIRES + 200);
    assert_eq!(watched.due(), Some(Due::Broken));
}

#[test]
fn an_answer_has_room_beside_a_page_of_the_log() {
    let watched = Watched::new(0);
    watched.connection.fall_behind();
    let page = frame::text(&"x".repeat(crate::live::replay::PAGE_BYTES)).unwrap();
    watched.connection.replay(vec![page], 1);
    watched.connection.say(frame::pong());
    assert!(!watched.connection.is_closing());
    // Nobody who reads waits for so many.
    for _ in 0..WAITING_MAX / frame::pong().len() {
        watched.connection.say(frame::pong());
    }
    assert!(watched.connection.is_closing());
}
