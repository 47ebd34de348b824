//! What a run says of itself: figures, bounds, and what the judge found.

use std::collections::HashMap;
use std::time::Duration;

use super::check::Verdict;
use super::history::{Entry, History, Kind, Micros, Told};

/// Faults of one kind that are shown.
const SHOWN: usize = 5;

/// The figures of a run, and whether it kept its bounds.
#[derive(Debug, Default)]
pub struct Report {
    lines: Vec<(String, String)>,
    missed: Vec<String>,
}

impl Report {
    /// A figure.
    pub fn line(&mut self, what: &str, figure: impl Into<String>) {
        self.lines.push((what.to_owned(), figure.into()));
    }

    /// A figure with a bound.
    pub fn bound(&mut self, what: &str, figure: impl Into<String>, bound: &str, kept: bool) {
        let figure = figure.into();
        if !kept {
            self.missed.push(format!("{what}: {figure}, must be {bound}"));
        }
        let verdict = if kept { "kept" } else { "MISSED" };
        self.line(what, format!("{figure} (must be {bound}: {verdict})"));
    }

    /// Bounds that were missed.
    pub fn missed(&self) -> &[String] {
        &self.missed
    }

    /// p50, p99 and p99.9 of some times.
    pub fn times(&mut self, what: &str, times: &mut [u32]) {
        times.sort_unstable();
        let figure = match times.len() {
            0 => "nothing was measured".to_owned(),
            count => format!(
                "p50 {}, p99 {}, p99.9 {} of {count}",
                millis(quantile(times, 0.5)),
                millis(quantile(times, 0.99)),
                millis(quantile(times, 0.999))
            ),
        };
        self.line(what, figure);
    }

    /// What was done beside sending.
    pub fn besides(&mut self, history: &History) {
        let figure = format!(
            "{} edits and deletions, {} comings and goings, {} looks",
            history.edits.len(),
            history.memberships.len(),
            history.looks.len()
        );
        self.line("besides", figure);
    }

    /// What was checked, and what was found.
    pub fn verdict(&mut self, verdict: &Verdict) {
        self.line(
            "messages",
            format!(
                "{} sent, {} acknowledged, {} refused, {} unknown, {} stored",
                verdict.messages, verdict.acknowledged, verdict.refused, verdict.unknown, verdict.stored
            ),
        );
        self.line(
            "streams",
            format!(
                "{} over {} connections, {} events, {} that had to come, {} resets",
                verdict.streams, verdict.connections, verdict.events, verdict.obliged, verdict.resets
            ),
        );
        let found = match verdict.faults.len() {
            0 => "nothing is wrong".to_owned(),
            count => format!("{count} FAULTS"),
        };
        self.line("check", found);
    }

    /// Prints it, with some of each kind of fault.
    pub fn print(&self, heading: &str, verdict: &Verdict) {
        println!("\n{heading}");
        for (what, figure) in &self.lines {
            println!("  {what:<34} {figure}");
        }
        for (broken, count) in verdict.by_promise() {
            println!("  {broken:?}: {count}");
            let shown = verdict.faults.iter().filter(|fault| fault.broken == broken);
            for fault in shown.take(SHOWN) {
                println!("    {}", fault.what);
            }
        }
        for missed in &self.missed {
            println!("  MISSED {missed}");
        }
    }
}

/// The value below which `share` (0 to 1) of the sorted times lie.
pub fn quantile(sorted: &[u32], share: f64) -> u32 {
    let place = ((sorted.len() as f64 * share).ceil() as usize).max(1) - 1;
    sorted.get(place).or(sorted.last()).copied().unwrap_or_default()
}

/// Microseconds as people read them.
pub fn millis(micros: u32) -> String {
    format!("{:.2} ms", f64::from(micros) / 1000.0)
}

/// Bytes as people read them.
pub fn mebibytes(bytes: f64) -> String {
    format!("{:.1} MiB", bytes / f64::from(1 << 20))
}

/// A length of time as people read it.
pub fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

/// Microseconds from the moment a message was due until its sender had the acknowledgement, of those due in this time.
pub fn acknowledgements(history: &History, from: Micros, to: Micros) -> Vec<u32> {
    let counted = history.attempts.iter().filter_map(|attempt| {
        let due = attempt.due.filter(|due| (from..to).contains(due))?;
        attempt.told.is_ok().then(|| attempt.end.saturating_sub(due) as u32)
    });
    counted.collect()
}

/// Microseconds from the moment a message was due until somebody heard of it live, for those due in this time and the
/// people who count.
pub fn receipts(history: &History, from: Micros, to: Micros, counts: impl Fn(i64) -> bool) -> Vec<u32> {
    let mut due = HashMap::new();
    for attempt in &history.attempts {
        if let (Told::Ok { id, .. }, Some(moment)) = (&attempt.told, attempt.due) {
            if (from..to).contains(&moment) {
                due.insert(*id, moment);
            }
        }
    }
    let streams = history.streams.iter().filter(|stream| counts(stream.person));
    let heard = streams
        .flat_map(|stream| &stream.entries)
        .filter_map(|entry| match entry {
            Entry::Event(heard) if heard.live && heard.kind == Kind::Created => {
                let moment = due.get(&heard.subject)?;
                Some(heard.at.saturating_sub(*moment) as u32)
            }
            _ => None,
        });
    heard.collect()
}

/// How many events were heard in this time.
pub fn deliveries(history: &History, from: Micros, to: Micros) -> usize {
    let entries = history.streams.iter().flat_map(|stream| &stream.entries);
    entries
        .filter(|entry| matches!(entry, Entry::Event(heard) if (from..to).contains(&heard.at)))
        .count()
}

/// How many messages were acknowledged in this time.
pub fn sends(history: &History, from: Micros, to: Micros) -> usize {
    let acknowledged = history.attempts.iter().filter(|attempt| attempt.told.is_ok());
    acknowledged.filter(|attempt| (from..to).contains(&attempt.end)).count()
}
