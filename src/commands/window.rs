//! The window that the program was started in by a double click: it closes with the program, and with it goes what was said.

use std::io::{stdin, stdout, BufRead, IsTerminal};

/// Waits for Enter where the window is this program's alone, so that what went wrong can be read.
pub fn hold() {
    if stdin().is_terminal() && stdout().is_terminal() && is_ours_alone() {
        println!("Press Enter to close.");
        let _ = stdin().lock().read_line(&mut String::new());
    }
}

/// A terminal that was opened for this program has it as the leader of its session; a shell would be that itself.
#[cfg(unix)]
fn is_ours_alone() -> bool {
    use rustix::process::{getpid, getsid};
    getsid(None).is_ok_and(|session| session == getpid())
}

/// cmd.exe tells its programs its prompt, and the desktop has none. PowerShell tells nothing: there Enter is asked for once
/// more than needed, which is better than a window that is gone.
#[cfg(not(unix))]
fn is_ours_alone() -> bool {
    std::env::var_os("PROMPT").is_none()
}
