//! Exemplars: single traces, step by step, with the place of each statement in the logs.

use super::{lead_pair, words};
use sb_trace::Collected;
use sb_trace::latency::{Latencies, RunPair};
use sb_trace::stats::{Distribution, ValueCounts};
use sb_trace::units::{Unit, ns_to_ms};
use sb_trace::{KeptEvent, KeptTrace};

/// How many of the slowest traces are shown.
const SLOWEST: u64 = 3;

/// One statement of a trace.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its label.
    pub label: String,
    /// Milliseconds since the trace's first statement.
    pub at_ms: f64,
    /// What printed it; empty where the log names none.
    pub source: String,
    /// `file:line`.
    pub place: String,
    /// The same as numbers: which input, and which line of it.
    pub at: (u32, u64),
    /// The line as it stands in the log; empty where it cannot be read again.
    pub text: String,
    /// Its time, as read: UTC.
    pub time: String,
}

/// One trace.
#[derive(Debug, Clone, PartialEq)]
pub struct Exemplar {
    /// Why it is shown: `slowest`, `2nd slowest`, `median`.
    pub why: &'static str,
    /// The trace's id.
    pub trace_id: String,
    /// Index of its run.
    pub run: usize,
    /// From its first to its last statement, in milliseconds.
    pub total_ms: f64,
    /// The unit of its numbers.
    pub unit: Unit,
    /// Its statements in time order.
    pub steps: Vec<Step>,
}

/// The slowest traces and the one in the middle; none where the input was a table.
pub(super) fn of(log: &Collected) -> Vec<Exemplar> {
    let table = &log.latencies;
    let Some(lead) = lead_pair(table) else { return Vec::new() };
    let mut counts = ValueCounts::of_unit(table.tick_ns());
    let latencies = table.parts_of(lead).flat_map(|part| part.latencies_ns()).flatten();
    latencies.for_each(|latency| counts.add(latency));
    let counts = counts.distribution();
    let count = counts.n();
    let mut chosen: Vec<(&'static str, u64)> =
        ["slowest", "2nd slowest", "3rd slowest"].into_iter().zip(0..count).collect();
    if count > 2 * SLOWEST {
        chosen.push(("median", count / 2));
    }
    // The unit of the tables, which show the same pair.
    let median = (count > 0).then(|| counts.at(count - 1 - count / 2)).flatten();
    let unit = Unit::fitting(median.map(ns_to_ms).unwrap_or_default());
    let exemplar = |(why, rank)| {
        let (part, row) = at(table, lead, &counts, rank)?;
        let trace = log.traces.trace(part.trace(row))?;
        Some(exemplar(log, (trace, part.run() as usize), why, unit))
    };
    chosen.into_iter().filter_map(exemplar).collect()
}

/// The latency of a rank, the slowest first; equal ones as they stand in the table, so that the choice
/// is always the same.
fn at<'a>(
    table: &'a Latencies,
    pair: usize,
    counts: &Distribution,
    rank: u64,
) -> Option<(&'a RunPair, usize)> {
    let latency = counts.at(counts.n().checked_sub(rank + 1)?)?;
    let slower = counts.n() - counts.count_while(|other| other <= latency);
    let mut before = rank - slower;
    for part in table.parts_of(pair) {
        for (row, other) in part.latencies_ns().enumerate() {
            if other == Some(latency) {
                if before == 0 {
                    return Some((part, row));
                }
                before -= 1;
            }
        }
    }
    None
}

fn exemplar(
    log: &Collected,
    (trace, run): (KeptTrace, usize),
    why: &'static str,
    unit: Unit,
) -> Exemplar {
    let first = trace.events.first().map_or(0, |e| e.epoch_ns);
    let last = trace.events.last().map_or(0, |e| e.epoch_ns);
    let total_ms = ns_to_ms(last.saturating_sub(first));
    let step = |event: KeptEvent| Step {
        at_ms: ns_to_ms(event.epoch_ns.saturating_sub(first)),
        place: format!(
            "{}:{}",
            log.figures.files.get(event.file as usize).map_or("", |f| f.name.as_str()),
            event.line
        ),
        at: (event.file, event.line),
        text: String::new(),
        time: words::clock(event.epoch_ns),
        label: event.label,
        source: event.source,
    };
    let steps = trace.events.into_iter().map(step).collect();
    Exemplar { why, trace_id: trace.id, run, total_ms, unit, steps }
}
