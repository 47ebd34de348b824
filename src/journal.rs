//! The newest lines of the log, kept for the host to read. A program has one log, so there is one of these.
//!
//! Promise: it never holds more than [`LINES`] lines nor more than [`BYTES`] bytes, and what is printed for the terminal alone (codes for
//! forgotten passwords, the link that makes a host) is not in it.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

/// Lines that are kept.
pub const LINES: usize = 500;
/// Bytes that are kept.
pub const BYTES: usize = 256 * 1024;

static KEPT: Mutex<Journal> = Mutex::new(Journal {
    lines: VecDeque::new(),
    bytes: 0,
});

#[derive(Default)]
struct Journal {
    lines: VecDeque<String>,
    bytes: usize,
}

impl Journal {
    fn push(&mut self, line: String) {
        self.bytes += line.len();
        self.lines.push_back(line);
        while self.lines.len() > LINES || self.bytes > BYTES {
            self.bytes -= self.lines.pop_front().map_or(0, |line| line.len());
        }
    }
}

/// Takes what the log writes, an event at a time.
pub struct Pen;

impl Write for Pen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        for line in text.lines() {
            kept.push(line.to_owned());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The lines, the oldest first.
pub fn lines() -> Vec<String> {
    let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    kept.lines.iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::{Journal, BYTES, LINES};
    use proptest::prelude::{prop_assert, proptest};

    proptest! {
        #[test]
        fn it_keeps_the_newest_and_no_more(lengths in proptest::collection::vec(0_usize..40_000, 0..700)) {
            let mut journal = Journal::default();
            for (number, length) in lengths.iter().enumerate() {
                journal.push(format!("{number} {}", "x".repeat(*length)));
            }
            prop_assert!(journal.lines.len() <= LINES && journal.bytes <= BYTES);
            prop_assert!(journal.bytes == journal.lines.iter().map(String::len).sum::<usize>());
            let first = lengths.len() - journal.lines.len();
            for (at, line) in journal.lines.iter().enumerate() {
                let number = format!("{} ", first + at);
                prop_assert!(line.starts_with(&number));
            }
            // What was thrown away would not have fitted.
            let more = lengths.get(first.wrapping_sub(1)).map_or(BYTES, |length| length + 1 + (first - 1).to_string().len());
            prop_assert!(journal.lines.len() == LINES || journal.bytes + more > BYTES || first == 0);
        }
    }
}
