//! The table of latencies: one row for each FROM event of a pair, in columns.

use crate::names::{Name, Names};
use crate::run::Run;
use crate::trace::StartClass;
use std::sync::Arc;

/// Two labels, or the whole trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pair {
    /// From one label to another, written `FROM->TO`.
    Labels(Name, Name),
    /// First to last event of a complete trace, written `total`.
    Total,
}

impl Pair {
    /// How the pair is written in tables.
    pub fn text(self, names: &Names) -> String {
        match self {
            Self::Labels(from, to) => format!("{}->{}", names.text(from), names.text(to)),
            Self::Total => "total".to_owned(),
        }
    }
}

/// One latency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latency {
    /// Index into [`Latencies::runs`].
    pub run: u32,
    /// Index into [`Latencies::pairs`].
    pub pair: u32,
    /// The trace's id (a handle).
    pub trace_id: Name,
    /// How many latencies of this pair came before this one in the same trace.
    pub seq: u32,
    /// Label and source of the FROM event.
    pub from_label: Name,
    /// Label of the TO event, also where that event is missing; for `total` the trace's last.
    pub to_label: Name,
    /// Source of the FROM event; [`crate::names::NONE`] where the log names none.
    pub from_source: Name,
    /// Source of the TO event; [`crate::names::NONE`] where the log names none or there is no TO.
    pub to_source: Name,
    /// Time of the FROM event, Unix epoch in nanoseconds, UTC.
    pub start_ns: i64,
    /// TO minus FROM in nanoseconds, any sign; none where the TO event is missing.
    pub latency_ns: Option<i64>,
    /// Cold, partial, warm or unknown, and how that is known.
    pub start_class: StartClass,
    /// Whether the trace is complete.
    pub complete: bool,
}

impl Latency {
    /// The latency in milliseconds: the number that every figure is made of.
    pub fn ms(&self) -> Option<f64> {
        self.latency_ns.map(crate::units::ns_to_ms)
    }

    /// Time of the TO event, where there is one.
    pub fn end_ns(&self) -> Option<i64> {
        self.latency_ns.and_then(|l| self.start_ns.checked_add(l))
    }
}

/// All latencies of an analysis, ordered by run, then pair, then start.
#[derive(Debug, Clone, Default)]
pub struct Latencies {
    /// The strings behind the handles.
    pub names: Arc<Names>,
    /// The runs; logs collected elsewhere have one with an empty id.
    pub runs: Vec<Run>,
    /// The pairs, in the order in which they occur in a trace.
    pub pairs: Vec<Pair>,
    /// The rows.
    pub rows: Vec<Latency>,
}

impl Latencies {
    /// The pair's name, `FROM->TO` or `total`.
    pub fn pair_text(&self, pair: u32) -> String {
        self.pairs.get(pair as usize).map_or_else(String::new, |p| p.text(&self.names))
    }

    /// Names of all tags that any run carries, sorted.
    pub fn tag_names(&self) -> Vec<String> {
        let mut tags: Vec<String> =
            self.runs.iter().flat_map(|r| r.tags.iter().map(|(k, _)| k.clone())).collect();
        tags.sort();
        tags.dedup();
        tags
    }
}
