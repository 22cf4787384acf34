//! Why traces are incomplete, in the words of their labels.

use hashbrown::HashMap;
use serde::Serialize;

/// What keeps traces from being complete.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Missing {
    /// The label in question; empty for `no_begin`.
    pub label: String,
    /// How it is in question.
    pub reason: Lack,
    /// In how many traces.
    pub traces: u64,
}

/// How a label keeps a trace from being complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// The trace has no such label.
    Missing,
    /// The trace goes on after its last such label.
    NotLast,
    /// The trace began before the log did.
    NoBegin,
}

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.reason {
            Lack::Missing => write!(f, "without {}", self.label),
            Lack::NotLast => write!(f, "going on after {}", self.label),
            Lack::NoBegin => f.write_str("begun before the log"),
        }
    }
}

/// Incomplete traces with the same labels.
#[derive(Debug)]
pub(crate) struct Incomplete {
    pub labels: Vec<u32>,
    pub fragment: bool,
    /// The label with which they should end.
    pub last: Option<u32>,
    pub traces: u64,
}

/// What the incomplete traces lack, commonest first; one trace may lack several things.
pub(crate) fn count<'t>(
    incomplete: impl Iterator<Item = Incomplete>,
    text: impl Fn(u32) -> &'t str,
    expected: &[(Option<u32>, &'t str)],
) -> Vec<Missing> {
    let mut counts: HashMap<(&str, Lack), u64> = HashMap::new();
    for Incomplete { labels, fragment, last, traces } in incomplete {
        let mut lacks: Vec<(&str, Lack)> = Vec::new();
        if fragment {
            lacks.push(("", Lack::NoBegin));
        }
        if let Some(last) = last.filter(|last| labels.last() != Some(last)) {
            let lack = if labels.contains(&last) { Lack::NotLast } else { Lack::Missing };
            lacks.push((text(last), lack));
        }
        for (label, text) in expected {
            let lack = (*text, Lack::Missing);
            if !label.is_some_and(|label| labels.contains(&label)) && !lacks.contains(&lack) {
                lacks.push(lack);
            }
        }
        for lack in lacks {
            *counts.entry(lack).or_default() += traces;
        }
    }
    let mut missing: Vec<Missing> = counts
        .into_iter()
        .map(|((label, reason), traces)| Missing { label: label.to_owned(), reason, traces })
        .collect();
    missing.sort_by(|a, b| b.traces.cmp(&a.traces).then_with(|| a.cmp(b)));
    missing
}
