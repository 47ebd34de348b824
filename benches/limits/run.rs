//! Which figures are measured, in which order, and what they share.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use super::fill::{self, Filled};
use super::process::Cpus;
use super::report::{self, Row};
use super::{bulk, disturbed, fanout, idle, limit, logins, peers, reads, search, sends, start};

/// What can fail says so in a sentence.
pub type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// The figures by name, in the order they are measured and shown.
const FIGURES: [&str; 13] = [
    "A/A", "M1", "M2", "M4", "M5", "M7", "M8", "M9", "M10", "M12", "M13", "M14", "file",
];
/// What is measured only where it is named, each alone or all as `peers`: it needs other people's programs.
const NAMED: [&str; 3] = ["socketio", "ejabberd", "nats"];
const PEERS: &str = "peers";

/// Longest a figure may take: a server that hangs must not hang this.
const PATIENCE: Duration = Duration::from_secs(45 * 60);

/// What all figures share.
pub struct Bench {
    /// Short form: the figures only tell that it works.
    pub quick: bool,
    /// Which core does what.
    pub cpus: Cpus,
    folder: tempfile::TempDir,
    large: Option<Filled>,
    small: Option<Filled>,
}

impl Bench {
    fn new(quick: bool) -> Outcome<Self> {
        // Beside the build, so that a durable write means the same disk to all; a temporary folder is often memory.
        let parent = env!("CARGO_TARGET_TMPDIR");
        std::fs::create_dir_all(parent)?;
        let folder = tempfile::Builder::new().prefix("limits").tempdir_in(parent)?;
        Ok(Self {
            quick,
            cpus: Cpus::find()?,
            folder,
            large: None,
            small: None,
        })
    }

    /// A new folder for one figure, on the disk that is measured.
    pub fn folder(&self, name: &str) -> Outcome<PathBuf> {
        let folder = self.folder.path().join(name);
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// How many pairs of blocks are measured.
    pub fn pairs(&self, full: usize) -> usize {
        if self.quick {
            2
        } else {
            full
        }
    }

    /// How long a block lasts, given in milliseconds.
    pub fn length(&self, full: u64) -> Duration {
        Duration::from_millis(if self.quick { full / 3 } else { full })
    }

    /// The database of a million messages, made when first asked for.
    pub async fn large(&mut self) -> Outcome<Filled> {
        if let Some(filled) = &self.large {
            return Ok(filled.clone());
        }
        let messages = if self.quick { 50_000 } else { 1_000_000 };
        let filled = fill::database(&self.folder("large")?, messages).await?;
        Ok(self.large.insert(filled).clone())
    }

    /// The database of a thousand messages, made when first asked for.
    pub async fn small(&mut self) -> Outcome<Filled> {
        if let Some(filled) = &self.small {
            return Ok(filled.clone());
        }
        let filled = fill::database(&self.folder("small")?, 1_000).await?;
        Ok(self.small.insert(filled).clone())
    }

    async fn measure(&mut self, figure: &str) -> Outcome<Vec<Row>> {
        match figure {
            "A/A" => reads::same(self).await,
            "M1" => fanout::single(self).await,
            "M2" => fanout::bursts(self).await,
            "M4" => idle::sockets(self).await,
            "M5" => sends::many(self).await,
            "M7" => sends::lone(self).await,
            "M8" => reads::flat(self).await,
            "M9" => search::best(self).await,
            "M10" => disturbed::delays(self).await,
            "M12" => logins::class(self).await,
            "M13" => reads::page(self).await,
            "M14" => start::small(self).await,
            "file" => bulk::file(self).await,
            "socketio" => peers::socketio(self).await,
            "ejabberd" => peers::ejabberd(self).await,
            "nats" => peers::nats(self).await,
            _ => Err(unknown(figure)),
        }
    }
}

/// Measures what the command line asks for; also where a limit's process begins.
pub fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "--limit") {
        return code(limit::child(&arguments[1..]).map(|()| true));
    }
    // Cargo says `--bench` when it benchmarks and nothing when it tests; a test run is no time to measure.
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("Nothing is measured: this is run by `cargo bench --bench limits`.");
        return ExitCode::SUCCESS;
    }
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let mut wanted: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    if wanted.is_empty() {
        wanted = FIGURES.to_vec();
    }
    if let Some(place) = wanted.iter().position(|name| *name == PEERS) {
        wanted.splice(place..=place, NAMED);
    }
    code(measured(quick, &wanted))
}

fn measured(quick: bool, wanted: &[&str]) -> Outcome<bool> {
    if let Some(name) = wanted
        .iter()
        .find(|name| !FIGURES.contains(name) && !NAMED.contains(name))
    {
        return Err(unknown(name));
    }
    // Thousands of sockets are opened here, and by limits, which inherit this.
    rlimit::increase_nofile_limit(u64::MAX)?;
    let mut bench = Bench::new(quick)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (mut rows, mut failed) = (Vec::new(), Vec::new());
    for figure in wanted {
        eprintln!("measuring {figure} ...");
        let outcome = runtime.block_on(async { tokio::time::timeout(PATIENCE, bench.measure(figure)).await });
        match outcome.unwrap_or_else(|_| Err("it took too long".into())) {
            Ok(measured) => rows.extend(measured),
            Err(error) => failed.push(format!("- {figure} was not measured: {error}")),
        }
    }
    println!("{}", report::table(&heading(&bench), &rows));
    for failure in &failed {
        println!("{failure}");
    }
    Ok(failed.is_empty())
}

fn unknown(name: &str) -> Box<dyn Error + Send + Sync> {
    format!(
        "there is no figure {name}; there are {}, and if named {PEERS}, or of those {}",
        FIGURES.join(", "),
        NAMED.join(", ")
    )
    .into()
}

/// What the figures were measured on, and what would make them worth less.
fn heading(bench: &Bench) -> String {
    let processors = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = processors
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, name)| name);
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let mut heading = format!(
        "Measured on {} cores of {processor}, Linux {}.",
        bench.cpus.count,
        kernel.trim()
    );
    if bench.quick {
        heading.push_str(" **Short form: blocks too short and databases too small for the gates to mean anything.**");
    }
    if cfg!(debug_assertions) {
        heading.push_str(" **Not an optimised build: the figures mean nothing.**");
    }
    if !bench.cpus.pinned {
        heading.push_str(" **Server and load were not held on a core each (no second core, or no `taskset`).**");
    }
    heading
}

fn code(outcome: Outcome<bool>) -> ExitCode {
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
