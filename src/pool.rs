//! Work that takes a core for long (password hashes, pictures) on a bounded number of threads of low priority, so that
//! thirty log-ins at once do not slow a message, and with a bounded queue, so that a thousand are refused.
//!
//! Rejected: `spawn_blocking`, which would run hundreds at once, each slower, with messages among them.

use std::sync::mpsc::{sync_channel, Receiver, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::error::{Error, Result};

type Work = Box<dyn FnOnce() + Send>;

/// A handle on the threads; they end when the last handle is gone.
#[derive(Clone)]
pub struct Pool {
    work: SyncSender<Work>,
}

impl Pool {
    /// Starts `threads` threads with room for `waiting` pieces of work.
    pub fn start(name: &str, threads: usize, waiting: usize) -> std::io::Result<Pool> {
        let (work, queue) = sync_channel::<Work>(waiting);
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..threads.max(1) {
            let queue = Arc::clone(&queue);
            std::thread::Builder::new()
                .name(name.to_owned())
                .spawn(move || run(&queue))?;
        }
        Ok(Pool { work })
    }

    /// Runs `work` on one of the threads.
    ///
    /// # Errors
    /// `Unavailable` where too much waits already.
    pub async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let (reply, outcome) = oneshot::channel();
        let work: Work = Box::new(move || drop(reply.send(work())));
        match self.work.try_send(work) {
            Ok(()) => outcome.await.map_err(|_| Error::internal("a piece of work panicked")),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(Error::Unavailable),
        }
    }
}

fn run(queue: &Mutex<Receiver<Work>>) {
    // Best effort: where the system refuses, the bound on the number of threads still holds.
    let _ = thread_priority::set_current_thread_priority(thread_priority::ThreadPriority::Min);
    loop {
        let work = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(work) = work else { return };
        // The caller sees its reply dropped; the thread goes on.
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    }
}
