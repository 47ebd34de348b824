//! How far the server is from what the machine can do: each figure is a ratio against a bare limit, in one run.
//!
//! The built server is measured from outside, over HTTP, as `docs/benchmarks.md` describes. The table at the end is
//! Markdown and goes there.
//!
//! `cargo bench --bench limits` measures everything, `-- M5 M13` those figures only, `-- --quick` in short form,
//! whose figures only tell that it works. `MESSENGER_BIN` names another server binary.
//!
//! Absolute figures were rejected as gates: they say more about the machine than about the server. A benchmark inside
//! the process was too: nobody's messages go that way.

#[cfg(target_os = "linux")]
#[path = "limits/bulk.rs"]
mod bulk;
#[cfg(target_os = "linux")]
#[path = "limits/crowd.rs"]
mod crowd;
#[cfg(target_os = "linux")]
#[path = "limits/disturbed.rs"]
mod disturbed;
#[cfg(target_os = "linux")]
#[path = "limits/fanout.rs"]
mod fanout;
#[cfg(target_os = "linux")]
#[path = "limits/fill.rs"]
mod fill;
#[cfg(target_os = "linux")]
#[path = "limits/http.rs"]
mod http;
#[cfg(target_os = "linux")]
#[path = "limits/idle.rs"]
mod idle;
#[cfg(target_os = "linux")]
#[path = "limits/limit.rs"]
mod limit;
#[cfg(target_os = "linux")]
#[path = "limits/logins.rs"]
mod logins;
#[cfg(target_os = "linux")]
#[path = "limits/nats.rs"]
mod nats;
#[cfg(target_os = "linux")]
#[path = "limits/peers.rs"]
mod peers;
#[cfg(target_os = "linux")]
#[path = "limits/process.rs"]
mod process;
#[cfg(target_os = "linux")]
#[path = "limits/reads.rs"]
mod reads;
#[cfg(target_os = "linux")]
#[path = "limits/report.rs"]
mod report;
#[cfg(target_os = "linux")]
#[path = "limits/run.rs"]
mod run;
#[cfg(target_os = "linux")]
#[path = "limits/search.rs"]
mod search;
#[cfg(target_os = "linux")]
#[path = "limits/sends.rs"]
mod sends;
#[cfg(target_os = "linux")]
#[path = "limits/server.rs"]
mod server;
#[cfg(target_os = "linux")]
#[path = "limits/sockets.rs"]
mod sockets;
#[cfg(target_os = "linux")]
#[path = "limits/start.rs"]
mod start;
#[cfg(target_os = "linux")]
#[path = "limits/texts.rs"]
mod texts;
#[cfg(target_os = "linux")]
#[path = "limits/xmpp.rs"]
mod xmpp;

#[cfg(target_os = "linux")]
use run::{Bench, Outcome};

fn main() -> std::process::ExitCode {
    #[cfg(target_os = "linux")]
    return run::main();
    #[cfg(not(target_os = "linux"))]
    {
        println!("Nothing is measured here: processor time and memory are read from Linux's /proc, and cores are chosen with its taskset.");
        std::process::ExitCode::SUCCESS
    }
}
