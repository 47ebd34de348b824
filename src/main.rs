//! The command line: parse, call the library, exit code.

mod commands;

use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use messenger::config::Config;
use rocket::figment::Figment;
use tracing_subscriber::filter::{filter_fn, Targets};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// A chat server that is one executable and one SQLite file.
///
/// Alone it serves: open the address that it prints, on this computer or on any phone in the same network. Settings come
/// from Rocket.toml in the working directory, then from ROCKET_* variables, then from the flags here.
#[derive(Parser)]
#[command(version, after_help = HELP)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    flags: Flags,
}

/// What `--help` shows below the list.
const HELP: &str = "\
Examples:
  messenger                                   serve the room on port 8000, out of messenger.db
  messenger --port 9000 --database ~/class.db  elsewhere, and with another file
  echo 'a-long-password' | messenger user add ana --password-stdin --host
  messenger backup /media/stick/              everything in one file, while the server runs or not
  messenger --https                           with what phones keep for secure pages: notifications
  messenger demo                              a class with three bots to look at; nothing is kept
  ROCKET_REGISTRATIONS_PER_HOUR=100 messenger a class behind one router makes its accounts

Ctrl+C stops it; then the database is one file. Every setting with its value and meaning
stands on the host's page \"Server\"; the whole API is described at /docs of a running server.";

#[derive(Args)]
struct Flags {
    /// The file that holds everything; made where there is none [default: messenger.db]
    #[arg(long, value_name = "FILE", global = true)]
    database: Option<PathBuf>,
    #[command(flatten)]
    listening: Listening,
}

#[derive(Args)]
struct Listening {
    /// Where to listen [default: 0.0.0.0, every network of this computer]
    #[arg(long)]
    address: Option<IpAddr>,
    /// The port to listen on; 0 takes a free one [default: 8000]
    #[arg(long)]
    port: Option<u16>,
    /// Speak HTTPS, with certificates of an authority of the database's own that devices are asked to trust once
    #[arg(long)]
    https: bool,
    /// Tell the network no name, messenger.local
    #[arg(long)]
    no_mdns: bool,
    /// Never open a browser
    #[arg(long)]
    no_open: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Say whether the server of this computer answers
    ///
    /// Asks the server of this database for its name, or whoever listens on the port that is given or set. For watchdogs and
    /// containers: exit code 0 where it answers, 1 with a sentence where it doesn't.
    #[command(after_help = "Examples:\n  messenger health\n  messenger --port 9000 health")]
    Health,
    /// Show a class with history and three bots, and keep nothing of it
    ///
    /// People, pictures, some days of chats, and bots that chat, react and answer who speaks to them. It prints who can sign
    /// in. Everything is in a folder among the system's temporary files that goes at the end, so it takes no --database.
    #[command(after_help = "Examples:\n  messenger demo\n  messenger demo --port 9000 --no-open")]
    Demo {
        #[command(flatten)]
        listening: Listening,
    },
    /// Make accounts without the API
    #[command(
        after_help = "Examples:\n  echo 'a-long-password' | messenger user add ana --password-stdin\n  \
                            messenger user reset-password ana"
    )]
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Write a backup of everything, while the server runs or not
    ///
    /// Read through after writing; a full disk or a kill leaves no half file. It has everything, passwords and keys too:
    /// keep it where only you get at it.
    #[command(after_help = "Examples:\n  messenger backup /media/stick/\n  messenger backup --force class.db")]
    Backup {
        /// The file to write, or a folder to write it into
        file: PathBuf,
        /// Replace the file if it is there
        #[arg(long)]
        force: bool,
    },
    /// Put a backup in place of the database, while no server runs on it
    ///
    /// The backup is read through first: half a file, another program's, or a newer version's changes nothing. The
    /// database as it was is kept beside it. Devices that come back are told to read everything anew.
    #[command(after_help = "Examples:\n  messenger restore /media/stick/messenger-2026-11-25T093000.db")]
    Restore {
        /// A backup, or the database of a server that was stopped
        file: PathBuf,
    },
    /// Read everything and say what is in it and what is wrong
    ///
    /// What SQLite can say of any file, and what only Messenger knows of its own: orphans, holes, marks beyond the end. Exit
    /// code 1 if something is wrong.
    #[command(after_help = "Examples:\n  messenger check\n  messenger check --json /media/stick/class.db")]
    Check {
        /// A database or a backup [default: the database]
        file: Option<PathBuf>,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Make one ZIP of everything, which any browser opens offline
    ///
    /// Pages, pictures, files, and messenger.json for programs; `messenger import archive` brings it back in. The server may run
    /// meanwhile. Private chats are in it, too.
    #[command(after_help = "Example:\n  messenger export lesson.zip")]
    Export(commands::export::Export),
    /// Bring everything in from somewhere else
    #[command(after_help = "Examples:\n  messenger import django db.sqlite3 --media media/\n  \
                            messenger import archive lesson.zip --database new.db")]
    Import {
        #[command(subcommand)]
        from: commands::import::Import,
    },
}

#[derive(Subcommand)]
enum UserCommand {
    /// Make an account
    ///
    /// The password is read from standard input, so that it stands in no list of processes and no shell's history. Exit
    /// code 1 with a sentence where the name is taken or the password too weak.
    #[command(
        after_help = "Examples:\n  echo 'a-long-password' | messenger user add ana --password-stdin\n  \
                            messenger user add dana --host --email dana@example.org --password-stdin < password.txt"
    )]
    Add {
        /// The name to sign in with
        name: String,
        /// Read the password from standard input (a line end at its end is not part of it)
        #[arg(long, required = true)]
        password_stdin: bool,
        /// Make this the person whose server it is
        #[arg(long)]
        host: bool,
        /// An address for forgotten passwords
        #[arg(long, default_value = "")]
        email: String,
    },
    /// Let somebody in who has forgotten his password
    ///
    /// Shows a code, valid once and for an hour, that he sets a new password with. While the server runs, its host does the
    /// same in the browser.
    #[command(after_help = "Examples:\n  messenger user reset-password ana\n  \
                            messenger user reset-password ana --password-stdin < password.txt")]
    ResetPassword {
        /// The name that he signs in with
        name: String,
        /// Set the password that comes on standard input instead (a line end at its end is not part of it)
        #[arg(long)]
        password_stdin: bool,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut figment = merge(Config::figment(), &cli.flags.listening);
    if let Some(database) = &cli.flags.database {
        figment = figment.merge(("database", database));
    }
    match run(cli, figment) {
        Ok(code) => code,
        Err(sentence) => {
            eprintln!("{sentence}");
            commands::window::hold();
            ExitCode::FAILURE
        }
    }
}

fn merge(mut figment: Figment, listening: &Listening) -> Figment {
    if let Some(address) = listening.address {
        figment = figment.merge(("address", address));
    }
    if let Some(port) = listening.port {
        figment = figment.merge(("port", port));
    }
    if listening.https {
        figment = figment.merge(("https", true));
    }
    if listening.no_mdns {
        figment = figment.merge(("mdns", false));
    }
    figment
}

fn run(cli: Cli, figment: Figment) -> Result<ExitCode, String> {
    let config = Config::read(&figment)?;
    start_log(&config)?;
    let workers = figment.extract_inner("workers").unwrap_or(2);
    let blocking = figment.extract_inner("max_blocking").unwrap_or(64);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .max_blocking_threads(blocking)
        .thread_name("worker")
        .enable_all()
        .build()
        .map_err(|error| format!("The system gives no threads: {error}."))?;
    runtime.block_on(async {
        let done = match cli.command {
            None => commands::serve::run(figment, config, !cli.flags.listening.no_open, |rocket| rocket).await,
            Some(Command::Demo { listening }) => {
                let names_a_file = cli.flags.database.is_some();
                commands::demo::run(merge(figment, &listening), !listening.no_open, names_a_file).await
            }
            Some(Command::Health) => commands::health::run(&figment, &config),
            Some(Command::User { command }) => user(&config, command).await,
            Some(Command::Backup { file, force }) => commands::backup::run(&config, file, force),
            Some(Command::Restore { file }) => commands::restore::run(&config, &file),
            Some(Command::Check { file, json }) => return commands::check::run(&config, file, json),
            Some(Command::Export(export)) => commands::export::run(&config, &export),
            Some(Command::Import { from }) => commands::import::run(&config, from).await,
        };
        done.map(|()| ExitCode::SUCCESS)
    })
}

async fn user(config: &Config, command: UserCommand) -> Result<(), String> {
    match command {
        UserCommand::Add { name, host, email, .. } => commands::add_user::run(config, name, email, host).await,
        UserCommand::ResetPassword { name, password_stdin } => {
            let password = password_stdin.then(commands::read_password).transpose()?;
            commands::reset_password::run(config, name, password).await
        }
    }
}

/// Rocket tells each step of each request; what matters of it is told by ours, with the request's id.
fn is_ours(metadata: &tracing::Metadata<'_>) -> bool {
    !metadata.target().starts_with("rocket") && !metadata.target().ends_with("::_")
}

fn start_log(config: &Config) -> Result<(), String> {
    let filter = config
        .log
        .parse::<Targets>()
        .map_err(|error| format!("The setting log can't be: {error}."))?;
    let ours = filter_fn(is_ours);
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(std::io::stderr);
    let layer = match config.log_format.as_str() {
        "json" => layer.json().flatten_event(true).with_filter(ours).boxed(),
        _ => layer.with_filter(ours).boxed(),
    };
    // Set before Rocket starts, which then writes nothing of its own.
    let kept = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(|| messenger::journal::Pen)
        .with_filter(filter_fn(is_ours));
    let set = tracing_subscriber::registry()
        .with(filter)
        .with(layer)
        .with(kept)
        .try_init();
    set.map_err(|error| format!("The log can't be started: {error}."))
}
