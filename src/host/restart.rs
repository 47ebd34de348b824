//! The server's end that is a new beginning: with a backup in the database's place, on the same port.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::db::Prepared;

/// What is to be done once the server has stopped.
#[derive(Default)]
pub struct Restart {
    prepared: Mutex<Option<Prepared>>,
    port: AtomicU16,
}

impl Restart {
    /// Asks for it; the server is then to be stopped.
    pub fn ask(&self, prepared: Prepared) {
        *self.prepared.lock().unwrap_or_else(PoisonError::into_inner) = Some(prepared);
    }

    /// What was asked for, if anything was.
    pub fn take(&self) -> Option<Prepared> {
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Notes the port that the server listens on.
    pub fn listens(&self, port: u16) {
        self.port.store(port, Ordering::Relaxed);
    }

    /// The port that people know, though the settings may name none.
    pub fn port(&self) -> u16 {
        self.port.load(Ordering::Relaxed)
    }
}
