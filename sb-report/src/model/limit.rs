//! `--fail-on`: a limit on a percentile, or on its change against the baseline.

use super::words::{self, arrow, count, counted, latency};
use super::{Material, Report};
use sb_trace::latency::Latencies;
use sb_trace::nearest_label;
use sb_trace::stats::{ALL_CLASSES, minimum_n, supported};
use sb_trace::units::{Unit, ns_to_ms, parse_duration};
use serde::Serialize;
use std::collections::BTreeSet;

/// The percentiles that a limit may name.
const KNOWN: [f64; 4] = [50.0, 90.0, 95.0, 99.0];

/// What a percentile may not exceed.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Most {
    /// This change against the baseline, as a share.
    Change(f64),
    /// This many milliseconds.
    Ms(f64),
}

/// A limit: `[PAIR:]pNN>X%` or `[PAIR:]pNN>DURATION`.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    text: String,
    /// The pair; none for every pair.
    pair: Option<String>,
    percent: f64,
    most: Most,
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::str::FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let help = "write for instance 'p99>5%', 'A->B:p50>10%' or 'total:p99>200ms'";
        let wrong = |what: &str| format!("'{text}': {what}: {help}");
        let (name, most) = text.rsplit_once('>').ok_or_else(|| wrong("there is no '>'"))?;
        let (pair, name) = match name.rsplit_once(':') {
            Some((pair, name)) => (Some(pair.trim().replace('→', "->")), name),
            None => (None, name),
        };
        let percent = name.trim().strip_prefix('p').and_then(|p| p.parse::<f64>().ok());
        let percent = percent
            .filter(|p| KNOWN.contains(p))
            .ok_or_else(|| wrong("before '>' stands none of p50, p90, p95, p99"))?;
        let most = most.trim();
        let most = if let Some(number) = most.strip_suffix('%') {
            let share = number.trim().parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0);
            if !super::COMPARED.contains(&percent) {
                return Err(wrong("changes are measured of p50, p90 and p99"));
            }
            Most::Change(share.ok_or_else(|| wrong("behind '>' stands no percentage"))? / 100.0)
        } else {
            Most::Ms(ns_to_ms(parse_duration(most).map_err(|what| format!("'{text}': {what}"))?))
        };
        Ok(Self { text: text.trim().to_owned(), pair, percent, most })
    }
}

/// How a limit came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitOutcome {
    /// Nothing exceeds it.
    Held,
    /// Something does.
    Broken,
    /// The data do not say.
    Undecided,
    /// It names what is not there to be measured: most likely it is misspelt.
    Unknown,
}

/// A limit and how it came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// As the user wrote it.
    pub limit: String,
    /// How it came out, over all pairs and groups that it is about.
    pub outcome: LimitOutcome,
    /// Why, a sentence for each pair and group that broke it or leaves it undecided.
    pub reasons: Vec<String>,
}

impl Judged {
    /// The limit and its outcome in a few words, with the reasons.
    pub fn words(&self) -> String {
        let outcome = match self.outcome {
            LimitOutcome::Held => "holds",
            LimitOutcome::Broken => "is broken",
            LimitOutcome::Undecided => "cannot be judged",
            LimitOutcome::Unknown => "is about nothing that was measured",
        };
        let why = if self.reasons.is_empty() { "" } else { ": " };
        format!("the limit {} {outcome}{why}{}", self.limit, self.reasons.join("; "))
    }

    /// The same with plain blanks, for terminals.
    pub fn plain_words(&self) -> String {
        self.words().replace('\u{a0}', " ")
    }
}

/// Reasons by what they speak for.
#[derive(Default)]
struct Reasons {
    broken: Vec<String>,
    undecided: Vec<String>,
    /// Whether anything was held against the limit.
    seen: bool,
}

impl Limit {
    /// Whether it needs a baseline.
    pub fn is_change(&self) -> bool {
        matches!(self.most, Most::Change(_))
    }

    /// Holds it against all start classes together of each pair.
    pub(super) fn judge(&self, report: &Report, material: Material<'_>) -> Judged {
        let mut reasons = Reasons::default();
        match self.most {
            Most::Change(most) => self.judge_changes(most, report, &mut reasons),
            Most::Ms(most) => self.judge_latencies(most, report, &mut reasons),
        }
        let Reasons { broken, mut undecided, seen } = reasons;
        let mut unknown = None;
        if !seen {
            let missing = self.missing(material);
            unknown = missing.as_ref().err().cloned();
            undecided.extend(missing.ok());
        }
        let (outcome, reasons) = match unknown {
            Some(why) => (LimitOutcome::Unknown, vec![why]),
            None if !broken.is_empty() => (LimitOutcome::Broken, broken),
            None if !undecided.is_empty() => (LimitOutcome::Undecided, undecided),
            None => (LimitOutcome::Held, Vec::new()),
        };
        Judged { limit: self.text.clone(), outcome, reasons }
    }

    fn is_about(&self, pair: &str) -> bool {
        self.pair.as_ref().is_none_or(|own| own == pair)
    }

    fn percentile_of(&self, pair: &str, group: &str) -> String {
        let group = if group.is_empty() { String::new() } else { format!(" ({group})") };
        format!("p{} of {}{group}", self.percent, arrow(pair))
    }

    fn judge_changes(&self, most: f64, report: &Report, reasons: &mut Reasons) {
        let Some(comparison) = &report.comparison else { return };
        let rows = comparison.rows.iter().filter(|row| self.is_about(&row.pair));
        for row in rows.filter(|row| row.start_class == ALL_CLASSES) {
            reasons.seen = true;
            let is_own = |percent: f64| (percent - self.percent).abs() < 1e-9;
            let Some(c) = row.changes.iter().find(|c| is_own(c.percent)) else { continue };
            let what = self.percentile_of(&row.pair, &row.of);
            match (c.change, c.low, c.high, c.supported) {
                (Some(change), Some(low), Some(high), true) => {
                    let (text, low_text) = (words::change(change), words::change(low));
                    let interval = format!("95 % interval {low_text} to {}", words::change(high));
                    // What may as well be chance does not break a limit.
                    if change > most && low > 0.0 {
                        reasons.broken.push(format!("{what} has changed by {text} ({interval})"));
                    } else if change > most {
                        reasons.undecided.push(format!(
                            "{what} has changed by {text}, which may be chance ({interval}); more calls would tell"
                        ));
                    }
                }
                _ => reasons.undecided.push(format!(
                    "{what} rests on {} against {}; {} on each side would tell",
                    counted(row.n.1, "call", "calls"),
                    count(row.n.0 as u64),
                    count(minimum_n(self.percent / 100.0) as u64),
                )),
            }
        }
        for pair in comparison.only_baseline.iter().filter(|pair| self.is_about(pair)) {
            reasons.seen = true;
            reasons.undecided.push(format!("only the baseline has {}", arrow(pair)));
        }
        // What is new is not worse than before; a limit that is about nothing else cannot be judged.
        for pair in comparison.only_now.iter().filter(|pair| self.pair.as_ref() == Some(*pair)) {
            reasons.seen = true;
            reasons.undecided.push(format!("the baseline has no {}", arrow(pair)));
        }
    }

    fn judge_latencies(&self, most: f64, report: &Report, reasons: &mut Reasons) {
        for pair in report.pairs.iter().filter(|pair| self.is_about(&pair.name)) {
            for row in pair.rows.iter().filter(|row| row.class.is_empty()) {
                reasons.seen = true;
                let what = self.percentile_of(&pair.name, &row.of);
                let q = self.percent / 100.0;
                match row.ms(self.percent) {
                    Some(_) if !supported(row.summary.n, q) => reasons.undecided.push(format!(
                        "{what} rests on {}; {} would tell",
                        counted(row.summary.n, "call", "calls"),
                        count(minimum_n(q) as u64)
                    )),
                    Some(ms) if ms > most => {
                        reasons
                            .broken
                            .push(format!("{what} is {}", latency(ms, Unit::fitting(ms))));
                    }
                    Some(_) => {}
                    None => reasons.undecided.push(format!(
                        "no {} has an end: {} begun",
                        arrow(&pair.name),
                        counted(row.summary.unmatched, "was", "were")
                    )),
                }
            }
        }
    }

    /// Why there is nothing to hold against the limit: what the data lack, or, as an error, what it
    /// names that they cannot have.
    fn missing(&self, material: Material<'_>) -> Result<String, String> {
        let Some(pair) = &self.pair else {
            return Ok("no latency was measured".to_owned());
        };
        let Some((from, to)) = pair.split_once("->") else {
            return match pair.as_str() {
                "total" => Ok("no total was measured".to_owned()),
                _ => Err(format!("'{pair}' is not a pair: write FROM->TO or total")),
            };
        };
        if material.baseline.is_some_and(|table| pairs(table).any(|other| other == *pair)) {
            return Ok(format!("only the baseline has {}", arrow(pair)));
        }
        let labels = labels(material);
        if let Some(unknown) = [from, to].into_iter().find(|label| !labels.contains(*label)) {
            let near = nearest_label(unknown, labels.iter().map(String::as_str));
            let near = near.map_or_else(String::new, |label| format!("; did you mean {label}?"));
            return Err(format!("no event has the label {unknown}{near}"));
        }
        Err(format!("{} was not measured; measure it with --pair '{pair}'", arrow(pair)))
    }
}

/// The labels of both sides, as far as they are known: of tables, those of their pairs.
fn labels(material: Material<'_>) -> BTreeSet<String> {
    let mut labels = BTreeSet::new();
    if let Some(log) = material.log {
        labels.extend(log.figures.paths.iter().flat_map(|path| path.labels.iter().cloned()));
    }
    for table in [Some(material.latencies), material.baseline].into_iter().flatten() {
        for text in pairs(table) {
            let both = text.split_once("->").map(|(from, to)| [from.to_owned(), to.to_owned()]);
            labels.extend(both.into_iter().flatten());
        }
    }
    labels
}

/// The pairs of a table, as they are written.
fn pairs(table: &Latencies) -> impl Iterator<Item = String> {
    (0..table.pairs.len()).map(|pair| table.pair_text(u32::try_from(pair).unwrap_or(u32::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_and_wrong_ones_explained() {
        let limit: Limit = "A->B:p99>5%".parse().unwrap();
        assert_eq!((limit.pair.as_deref(), limit.percent), (Some("A->B"), 99.0));
        assert_eq!(limit.most, Most::Change(0.05));
        assert_eq!("p50>1.5s".parse::<Limit>().unwrap().most, Most::Ms(1500.0));
        for wrong in ["p99", "p98>5%", "p99>", "p99>x%", "p99>-5%", "p95>5%", "p99>5", "mean>5%"] {
            let error = wrong.parse::<Limit>().unwrap_err();
            assert!(error.contains(wrong), "{error}");
        }
    }
}
