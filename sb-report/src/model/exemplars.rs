//! Exemplars: single traces, step by step, with the place of each statement in the logs.

use super::{lead_pair, words};
use sb_trace::latency::Latency;
use sb_trace::units::{Unit, ns_to_ms};
use sb_trace::{Analysis, NONE, TraceRow};
use std::collections::BTreeSet;

/// How many of the slowest traces are shown.
const SLOWEST: usize = 3;

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
pub(super) fn of(log: &Analysis) -> Vec<Exemplar> {
    let table = &log.latencies;
    let Some(lead) = lead_pair(table) else { return Vec::new() };
    let mut rows: Vec<&Latency> =
        table.rows.iter().filter(|r| r.pair as usize == lead && r.latency_ns.is_some()).collect();
    // Ties by place in the table, so that the choice is always the same.
    rows.sort_by_key(|r| std::cmp::Reverse(r.latency_ns));
    let mut chosen: Vec<(&'static str, &Latency)> =
        ["slowest", "2nd slowest", "3rd slowest"].into_iter().zip(rows.iter().copied()).collect();
    if rows.len() > 2 * SLOWEST {
        chosen.push(("median", rows[rows.len() / 2]));
    }
    // The unit of the tables, which show the same pair.
    let median = rows.get(rows.len() / 2).and_then(|r| r.ms());
    let unit = Unit::fitting(median.unwrap_or_default());
    let wanted: BTreeSet<(u32, u32)> = chosen.iter().map(|(_, r)| (r.run, r.trace_id)).collect();
    let traces: Vec<&TraceRow> =
        log.traces.traces.iter().filter(|t| wanted.contains(&(t.run, t.id))).collect();
    chosen
        .into_iter()
        .filter_map(|(why, row)| {
            let trace = traces.iter().find(|t| {
                let first = log.traces.events(t).first();
                let first = first.and_then(|&p| log.events.rows.get(p as usize));
                (t.run, t.id) == (row.run, row.trace_id)
                    && (table.pairs.len() == 1 || first.is_some_and(|e| e.epoch_ns == row.start_ns))
            })?;
            Some(exemplar(log, trace, why, unit))
        })
        .collect()
}

fn exemplar(log: &Analysis, trace: &TraceRow, why: &'static str, unit: Unit) -> Exemplar {
    let names = &log.events.names;
    let events: Vec<_> =
        log.traces.events(trace).iter().filter_map(|&p| log.events.rows.get(p as usize)).collect();
    let first = events.first().map_or(0, |e| e.epoch_ns);
    let last = events.last().map_or(0, |e| e.epoch_ns);
    let total_ms = ns_to_ms(last.saturating_sub(first));
    let step = |event: &&sb_trace::Event| Step {
        label: names.text(event.label).to_owned(),
        at_ms: ns_to_ms(event.epoch_ns.saturating_sub(first)),
        source: if event.source == NONE {
            String::new()
        } else {
            names.text(event.source).to_owned()
        },
        place: format!(
            "{}:{}",
            log.files.get(event.file as usize).map_or("", |f| f.name.as_str()),
            event.line
        ),
        at: (event.file, event.line),
        text: String::new(),
        time: words::clock(event.epoch_ns),
    };
    Exemplar {
        why,
        trace_id: names.text(trace.id).to_owned(),
        run: trace.run as usize,
        total_ms,
        unit,
        steps: events.iter().map(step).collect(),
    }
}
