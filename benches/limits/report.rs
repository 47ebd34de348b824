//! Ratios, how sure they are, and the Markdown table they end in.
//!
//! A ratio is the median of pairs measured one right after the other, in turn A B B A: a machine that gets slower
//! or faster meanwhile changes both sides of a pair. Two runs one after the other were rejected: they have
//! shown slow-downs of a fifth that were not there.

use std::fmt::Write;

use super::texts::Random;
use super::Outcome;

/// What a figure must reach.
#[derive(Clone, Copy)]
pub enum Gate {
    /// The figure is better the higher it is.
    AtLeast(f64),
    /// The figure is better the lower it is.
    AtMost(f64),
    /// Both bounds: outside them the whole run is void.
    Within(f64, f64),
}

impl Gate {
    fn met(self, value: f64) -> bool {
        match self {
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
            Self::Within(low, high) => (low..=high).contains(&value),
        }
    }

    fn show(self) -> String {
        match self {
            Self::AtLeast(bound) => format!("≥ {bound}"),
            Self::AtMost(bound) => format!("≤ {bound}"),
            Self::Within(low, high) => format!("{low} to {high}"),
        }
    }
}

/// One line of the table.
pub struct Row {
    /// The figure's name, as `M5`.
    pub id: &'static str,
    /// What is compared, in a few words.
    pub what: String,
    /// The server's raw figure, with its unit.
    pub ours: String,
    /// The limit's raw figure, with its unit.
    pub limit: String,
    /// The ratio, or the amount where the gate is one.
    pub value: f64,
    /// The value as shown, with its interval or unit.
    pub shown: String,
    /// What has to be reached.
    pub gate: Gate,
    /// What stands beside the figure and belongs to judging it.
    pub notes: Vec<String>,
}

/// Pairs of one figure, the server's and the limit's side by side.
#[derive(Default)]
pub struct Pairs {
    ours: Vec<f64>,
    limit: Vec<f64>,
}

impl Pairs {
    /// Measures `count` pairs in turn A B B A; each closure gives one block's figure.
    pub async fn measure(
        count: usize,
        mut ours: impl AsyncFnMut() -> Outcome<f64>,
        mut limit: impl AsyncFnMut() -> Outcome<f64>,
    ) -> Outcome<Self> {
        let mut pairs = Self::default();
        for turn in 0..count {
            if turn % 2 == 0 {
                pairs.ours.push(ours().await?);
                pairs.limit.push(limit().await?);
            } else {
                pairs.limit.push(limit().await?);
                pairs.ours.push(ours().await?);
            }
        }
        if pairs.ratios().iter().any(|ratio| !ratio.is_finite()) {
            return Err("a block measured nothing: it was too short for this machine's clock".into());
        }
        Ok(pairs)
    }

    /// The server's median.
    pub fn ours(&self) -> f64 {
        median(&self.ours)
    }

    /// The limit's median.
    pub fn limit(&self) -> f64 {
        median(&self.limit)
    }

    /// The median of the paired ratios.
    pub fn ratio(&self) -> f64 {
        median(&self.ratios())
    }

    fn ratios(&self) -> Vec<f64> {
        self.ours
            .iter()
            .zip(&self.limit)
            .map(|(ours, limit)| ours / limit)
            .collect()
    }

    /// The ratio with its 95 % bootstrap interval, as shown in the table.
    pub fn shown(&self) -> String {
        let ratios = self.ratios();
        let mut random = Random::new(1);
        let mut medians: Vec<f64> = (0..2000)
            .map(|_| {
                let sample: Vec<f64> = ratios.iter().map(|_| ratios[random.below(ratios.len())]).collect();
                median(&sample)
            })
            .collect();
        medians.sort_by(f64::total_cmp);
        let (low, high) = (quantile(&medians, 0.025), quantile(&medians, 0.975));
        format!(
            "**{:.3}** ({low:.3} to {high:.3}, {} pairs)",
            self.ratio(),
            ratios.len()
        )
    }
}

/// The middle of some figures; not a number for none.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => sorted[length / 2],
        length => (sorted[length / 2 - 1] + sorted[length / 2]) / 2.0,
    }
}

/// The value below which `share` (0 to 1) of the sorted figures lie; not a number for none.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = ((sorted.len() as f64 * share).ceil() as usize).max(1) - 1;
    sorted.get(place).or(sorted.last()).copied().unwrap_or(f64::NAN)
}

/// The same of figures in any order.
pub fn quantile_of(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    quantile(&sorted, share)
}

/// A number with its thousands parted, as people read it.
pub fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut shown = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// The finished table, in Markdown, with the notes under it.
pub fn table(heading: &str, rows: &[Row]) -> String {
    let mut page = format!("{heading}\n\n");
    page.push_str("| | figure | Messenger | limit | ratio (95 % interval) | gate | |\n|---|---|---|---|---|---|---|\n");
    for row in rows {
        let verdict = if row.gate.met(row.value) { "met" } else { "**missed**" };
        // Writing to a String can't fail.
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} | {verdict} |",
            row.id,
            row.what,
            row.ours,
            row.limit,
            row.shown,
            row.gate.show()
        );
    }
    page.push('\n');
    for row in rows {
        for note in &row.notes {
            let _ = writeln!(page, "- {}: {note}", row.id);
        }
    }
    page
}
