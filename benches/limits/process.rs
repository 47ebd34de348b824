//! Processes on a chosen core, and what the kernel says they used.
//!
//! Pinning goes through util-linux's `taskset`: this crate denies unsafe code, and the affinity call needs it.

use std::ffi::OsStr;
use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::Outcome;

/// Which cores do what, as `taskset` writes them.
#[derive(Clone)]
pub struct Cpus {
    /// Where the server and the limits run.
    pub server: String,
    /// Where the load comes from.
    pub load: String,
    /// All we may use.
    pub all: String,
    /// How many those are.
    pub count: usize,
    /// Whether pinning works here.
    pub pinned: bool,
}

impl Cpus {
    /// The cores this process may use: the first serves, the second asks.
    pub fn find() -> Outcome<Self> {
        let status = fs::read_to_string("/proc/self/status")?;
        let all = field(&status, "Cpus_allowed_list")
            .ok_or("no Cpus_allowed_list in /proc/self/status")?
            .to_owned();
        let each = each_of(&all)?;
        let first = *each.first().ok_or("no processor may be used")?;
        let second = *each.get(1).unwrap_or(&first);
        let mut cpus = Self {
            server: first.to_string(),
            load: second.to_string(),
            all,
            count: each.len(),
            pinned: false,
        };
        cpus.pinned = cpus.count > 1 && cpus.move_self(&cpus.load);
        Ok(cpus)
    }

    /// This process, all threads of it, onto the core the load comes from.
    pub fn load_alone(&self) {
        self.move_self(&self.load);
    }

    /// This process onto any core.
    pub fn load_anywhere(&self) {
        self.move_self(&self.all);
    }

    /// The server's core, where pinning works.
    pub fn for_server(&self) -> Option<&str> {
        self.pinned.then_some(self.server.as_str())
    }

    /// The load's core, where pinning works.
    pub fn for_load(&self) -> Option<&str> {
        self.pinned.then_some(self.load.as_str())
    }

    /// All cores, for a child of a pinned process.
    pub fn for_all(&self) -> Option<&str> {
        self.pinned.then_some(self.all.as_str())
    }

    fn move_self(&self, list: &str) -> bool {
        let id = std::process::id().to_string();
        let outcome = Command::new("taskset")
            .args(["-a", "-c", "-p", list, &id])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        outcome.is_ok_and(|status| status.success())
    }
}

/// A command that runs on the cores named, or where its parent runs.
pub fn command(program: impl AsRef<OsStr>, cpus: Option<&str>) -> tokio::process::Command {
    let mut command = match cpus {
        None => tokio::process::Command::new(program),
        Some(list) => {
            let mut command = tokio::process::Command::new("taskset");
            command.args(["-c", list]).arg(program);
            command
        }
    };
    command.kill_on_drop(true);
    command
}

/// User and system time of a process and all its threads, ended ones too; to a hundredth of a second.
pub fn cpu_time(pid: u32) -> Outcome<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name may hold blanks and brackets; after its last one the fields are plain. utime and stime are 14 and 15.
    let (_, fields) = stat.rsplit_once(") ").ok_or("unreadable /proc/<pid>/stat")?;
    let ticks: u64 = fields
        .split(' ')
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum();
    // Linux gives these in USER_HZ, which is 100 on every platform this project builds for.
    Ok(Duration::from_millis(ticks * 10))
}

/// The same with all processes that it started, and that those did.
pub fn family_time(pid: u32) -> Outcome<Duration> {
    let mut time = cpu_time(pid)?;
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        // A thread may end meanwhile; what it started is another's child then.
        let children = fs::read_to_string(task?.path().join("children")).unwrap_or_default();
        for child in children.split_whitespace() {
            time += family_time(child.parse()?)?;
        }
    }
    Ok(time)
}

/// A memory line of a process (`VmRSS`, `VmHWM`, `RssAnon`), in bytes.
pub fn memory(pid: u32, name: &str) -> Outcome<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = field(&status, name).ok_or_else(|| format!("no {name} in /proc/{pid}/status"))?;
    let kibibytes: u64 = line.trim_end_matches(" kB").trim().parse()?;
    Ok(kibibytes * 1024)
}

/// What the kernel's own objects take on the whole machine, in bytes: sockets among them, but not what lies in them.
pub fn kernel_objects() -> Outcome<u64> {
    let all = fs::read_to_string("/proc/meminfo")?;
    let line = field(&all, "Slab").ok_or("no Slab in /proc/meminfo")?;
    Ok(line.trim_end_matches(" kB").trim().parse::<u64>()? * 1024)
}

/// Lets a process's high-water mark start again from what it uses now; false where the kernel refuses.
pub fn forget_peak(pid: u32) -> bool {
    fs::write(format!("/proc/{pid}/clear_refs"), "5").is_ok()
}

/// Bytes a process made dirty on a disk so far.
pub fn bytes_to_disk(pid: u32) -> Outcome<u64> {
    let io = fs::read_to_string(format!("/proc/{pid}/io"))?;
    Ok(field(&io, "write_bytes")
        .ok_or("no write_bytes in /proc/<pid>/io")?
        .parse()?)
}

/// Asks a process to end, as a service manager does.
pub fn terminate(pid: u32) -> Outcome<()> {
    // The shell's own `kill` is there on every system; the program of that name is not.
    Command::new("sh").args(["-c", &format!("kill -TERM {pid}")]).status()?;
    Ok(())
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
        .map(str::trim)
}

fn each_of(list: &str) -> Outcome<Vec<usize>> {
    let mut each = Vec::new();
    for part in list.split(',') {
        match part.split_once('-') {
            Some((first, last)) => each.extend(first.parse::<usize>()?..=last.parse()?),
            None => each.push(part.parse()?),
        }
    }
    Ok(each)
}
