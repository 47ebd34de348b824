//! HMAC-SHA256 that stops for a moment now and then, so that who hashes a password lets others go first.
//!
//! Linux looks at what a thread of the lowest priority has had, and whether somebody else should have its core, at each tick of
//! its clock only, some four milliseconds apart (`CONFIG_HZ=250`), and a message crosses several threads. A thread that sleeps,
//! however shortly, is out of the way at once. Rejected: `sched_yield`, which gives up the rest of a long slice to other
//! threads of that priority too, so that a log-in would take many times as long where somebody searches all the time; and
//! `SCHED_IDLE`, which does not help and would starve log-ins where another program has all cores.

use std::cell::Cell;
use std::time::{Duration, Instant};

use pbkdf2::hmac::digest::common::KeySizeUser;
use pbkdf2::hmac::digest::{FixedOutput, InvalidLength, Key, KeyInit, Output, OutputSizeUser, Update};
use pbkdf2::hmac::Hmac;
use sha2::Sha256;

/// Rounds between two looks at the clock.
const ROUNDS: u32 = 1_000;
/// How long it goes on without a stop.
const BREATH: Duration = Duration::from_millis(1);

thread_local! {
    static ROUND: Cell<u32> = const { Cell::new(0) };
    static STOPPED: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// What PBKDF2 runs in place of HMAC; it gives the same.
#[derive(Clone)]
pub struct Breathing(Hmac<Sha256>);

fn breathe() {
    let round = ROUND.get() + 1;
    ROUND.set(round % ROUNDS);
    if !cfg!(target_os = "linux") || round < ROUNDS {
        return;
    }
    if STOPPED.get().is_none_or(|stopped| stopped.elapsed() >= BREATH) {
        // As short as can be; the system makes some fifty microseconds of it.
        std::thread::sleep(Duration::from_nanos(1));
        STOPPED.set(Some(Instant::now()));
    }
}

impl KeySizeUser for Breathing {
    type KeySize = <Hmac<Sha256> as KeySizeUser>::KeySize;
}

impl KeyInit for Breathing {
    fn new(key: &Key<Self>) -> Self {
        Self(Hmac::new(key))
    }

    fn new_from_slice(key: &[u8]) -> Result<Self, InvalidLength> {
        Hmac::new_from_slice(key).map(Self)
    }
}

impl Update for Breathing {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }
}

impl OutputSizeUser for Breathing {
    type OutputSize = <Hmac<Sha256> as OutputSizeUser>::OutputSize;
}

impl FixedOutput for Breathing {
    fn finalize_into(self, out: &mut Output<Self>) {
        breathe();
        self.0.finalize_into(out);
    }
}
