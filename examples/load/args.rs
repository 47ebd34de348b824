//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

use super::faults::Trouble;
use super::history::History;
use super::report::Report;
use super::stage::{Ended, Setup};
use super::{chat, check, faults, herd, kill, process, stall, stop, Outcome};

/// People who chat all at once, and a check of what each of them was told.
#[derive(Debug, Parser)]
pub struct Args {
    #[command(subcommand)]
    scenario: Scenario,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
struct Common {
    /// The server's binary; else MESSENGER_BIN, else the one built beside this program
    #[arg(long, global = true)]
    server: Option<PathBuf>,
    /// host:port of a running server with its limits off, in place of one of our own
    #[arg(long, global = true)]
    url: Option<String>,
    /// Where databases and histories are; else beside the server's binary, so that a durable write is one
    #[arg(long, global = true)]
    folder: Option<PathBuf>,
    /// Chooses what is done
    #[arg(long, global = true)]
    seed: Option<u64>,
    /// So many runs, each with the next seed
    #[arg(long, global = true, default_value_t = 1)]
    seeds: u64,
    #[arg(long, global = true)]
    sockets: Option<usize>,
    #[arg(long, global = true)]
    chats: Option<usize>,
    /// Members of a chat
    #[arg(long, global = true)]
    size: Option<usize>,
    /// Bytes of a text, about
    #[arg(long, global = true)]
    text: Option<usize>,
    /// A missed bound is shown and is no failure; a wrong check always is one
    #[arg(long, global = true)]
    no_bounds: bool,
    /// Keeps the history and the database of a good run, too
    #[arg(long, global = true)]
    keep: bool,
}

#[derive(Debug, Subcommand)]
enum Scenario {
    /// Everybody chats, comes and goes, edits, and loses connections
    Chat {
        /// Messages a second, whatever the server does
        #[arg(long, default_value_t = 100.0)]
        rate: f64,
        /// In place of a rate, so many on their way
        #[arg(long)]
        closed: Option<usize>,
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// Nothing but sends
        #[arg(long)]
        calm: bool,
    },
    /// kill -9 at random moments
    Kill {
        #[arg(long, default_value_t = 200)]
        kills: usize,
        #[arg(long, default_value_t = 100.0)]
        rate: f64,
    },
    /// A network that cuts, delays and swallows
    Faults {
        #[arg(long, default_value_t = 5000)]
        sends: usize,
        /// The share of sends that meet a fault
        #[arg(long, default_value_t = 0.3)]
        faulted: f64,
        /// The longest delay, in seconds
        #[arg(long, default_value_t = 5.0)]
        longest: f64,
    },
    /// All come back at once after having missed much
    Herd {
        /// Events that each missed, about
        #[arg(long, default_value_t = 1000)]
        missed: usize,
    },
    /// Half of the sockets stop reading
    Stall {
        #[arg(long, default_value_t = 100.0)]
        rate: f64,
        #[arg(long, default_value_t = 300)]
        seconds: u64,
    },
    /// SIGTERM under load
    Stop {
        #[arg(long, default_value_t = 50)]
        stops: usize,
        #[arg(long, default_value_t = 100.0)]
        rate: f64,
    },
    /// Judges a history that was kept
    Check { history: PathBuf },
}

/// A scenario's own numbers, where the command line has none.
struct Usual {
    name: &'static str,
    sockets: usize,
    chats: usize,
    size: usize,
    text: usize,
    mixed: bool,
}

impl Scenario {
    fn usual(&self) -> Usual {
        let usual = Usual {
            name: "chat",
            sockets: 300,
            chats: 40,
            size: 30,
            text: 100,
            mixed: true,
        };
        match self {
            Scenario::Chat { .. } | Scenario::Check { .. } => usual,
            Scenario::Kill { .. } => Usual { name: "kill", ..usual },
            Scenario::Stop { .. } => Usual { name: "stop", ..usual },
            Scenario::Faults { .. } => Usual {
                name: "faults",
                sockets: 100,
                chats: 20,
                size: 20,
                ..usual
            },
            Scenario::Herd { .. } => Usual {
                name: "herd",
                sockets: 500,
                chats: 10,
                size: 50,
                mixed: false,
                ..usual
            },
            Scenario::Stall { .. } => Usual {
                name: "stall",
                text: 4000,
                mixed: false,
                ..usual
            },
        }
    }
}

impl Args {
    fn setup(&self, seed: u64) -> Outcome<Setup> {
        let (common, usual) = (&self.common, self.scenario.usual());
        let program = common.server.clone().unwrap_or_else(process::binary);
        // Another folder is the program's working directory.
        let program = match common.url {
            Some(_) => program,
            None => std::fs::canonicalize(&program).map_err(|error| {
                format!(
                    "no server at {}: {error}; build it, or name it with --server",
                    program.display()
                )
            })?,
        };
        let beside = program.parent().map(|folder| folder.join("load"));
        let folder = common
            .folder
            .clone()
            .or(beside.filter(|_| common.url.is_none()))
            .unwrap_or_else(std::env::temp_dir);
        std::fs::create_dir_all(&folder)?;
        Ok(Setup {
            scenario: usual.name,
            program,
            url: common.url.clone(),
            folder: std::fs::canonicalize(folder)?,
            seed,
            sockets: common.sockets.unwrap_or(usual.sockets),
            chats: common.chats.unwrap_or(usual.chats),
            size: common.size.unwrap_or(usual.size),
            mixed: usual.mixed,
            text: common.text.unwrap_or(usual.text),
            bounds: !common.no_bounds,
            keep: common.keep,
            resets: false,
        })
    }

    async fn once(&self, seed: u64) -> Outcome<Ended> {
        let setup = self.setup(seed)?;
        match &self.scenario {
            Scenario::Chat {
                rate,
                closed,
                seconds,
                calm,
            } => {
                let load = chat::Load {
                    rate: *rate,
                    closed: *closed,
                    length: Duration::from_secs(*seconds),
                    calm: *calm,
                };
                chat::run(setup, load).await
            }
            Scenario::Kill { kills, rate } => kill::run(setup, *rate, *kills).await,
            Scenario::Faults {
                sends,
                faulted,
                longest,
            } => {
                let trouble = Trouble {
                    sends: *sends,
                    faulted: *faulted,
                    longest: Duration::from_secs_f64(*longest),
                };
                faults::run(setup, trouble).await
            }
            Scenario::Herd { missed } => herd::run(setup, *missed).await,
            Scenario::Stall { rate, seconds } => stall::run(setup, *rate, Duration::from_secs(*seconds)).await,
            Scenario::Stop { stops, rate } => stop::run(setup, *rate, *stops).await,
            Scenario::Check { history } => {
                let history = History::read(history)?;
                let verdict = check::check(&history);
                let mut report = Report::default();
                report.verdict(&verdict);
                report.print(
                    &format!("{}, seed {}", history.run.scenario, history.run.seed),
                    &verdict,
                );
                let good = verdict.faults.is_empty();
                Ok(Ended { verdict, report, good })
            }
        }
    }

    async fn all(&self) -> Outcome<bool> {
        let first = self.common.seed.unwrap_or_else(|| u64::from(rand::random::<u32>()));
        let mut good = true;
        for seed in first..first + self.common.seeds.max(1) {
            good &= self.once(seed).await?.good;
        }
        Ok(good)
    }
}

/// Does what the command line asks for.
pub fn run(args: &Args) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(args.all()),
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
