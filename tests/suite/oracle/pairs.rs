//! `docs/semantics.md` section 5: pairs, latencies and clocks, trace by trace.

use super::log::Log;
use super::traces::{Grouped, Trace};
use std::collections::{BTreeMap, BTreeSet};

/// Which pairs are measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Choice {
    Consecutive,
    Named(Vec<(String, String)>),
    All,
}

/// One latency of one trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Index into [`Grouped::traces`].
    pub(super) trace: usize,
    /// `FROM->TO` or `total`.
    pub(super) pair: String,
    pub(super) from_label: String,
    pub(super) to_label: String,
    pub(super) seq: usize,
    pub(super) start_ns: i64,
    pub(super) latency_ns: Option<i64>,
    /// The FROM and the TO event.
    pub(super) events: (usize, Option<usize>),
}

/// Two labels, FROM and TO.
type Labels = (String, String);

/// A FROM and a TO event by their positions in the trace; an unmatched FROM has no TO.
type Match = (usize, Option<usize>);

/// All latencies of all traces.
pub(super) fn measure(log: &Log, grouped: &Grouped, choice: &Choice) -> Vec<Row> {
    match choice {
        Choice::Consecutive => consecutive(log, grouped),
        Choice::Named(pairs) => named(log, grouped, pairs),
        Choice::All => named(log, grouped, &all_pairs(log, grouped)),
    }
}

fn label<'a>(log: &'a Log, trace: &Trace, position: usize) -> &'a str {
    &log.events[trace.events[position]].label
}

fn time(log: &Log, trace: &Trace, position: usize) -> i64 {
    log.events[trace.events[position]].time
}

/// The latencies from one clock to another: how many there are, how many are negative, the least,
/// and the least on the way back.
type Between = (usize, usize, i64, Option<i64>);

/// What the latencies between any two clocks say of them.
pub(super) fn clocks<'a>(log: &'a Log, rows: &[Row]) -> BTreeMap<(&'a str, &'a str), Between> {
    let of = |row: &Row| Some((log.clock(row.events.0), log.clock(row.events.1?)));
    let between = |from: &str, to: &str| -> Vec<i64> {
        let rows = rows.iter().filter(|row| of(row) == Some((from, to)));
        rows.filter_map(|row| row.latency_ns).collect()
    };
    let pairs: BTreeSet<(&str, &str)> = rows.iter().filter_map(of).collect();
    let mut clocks = BTreeMap::new();
    for (from, to) in pairs.into_iter().filter(|(from, to)| from != to) {
        let there = between(from, to);
        let negative = there.iter().filter(|&&l| l < 0).count();
        let least = there.iter().copied().min().unwrap();
        let back = between(to, from).into_iter().min();
        clocks.insert((from, to), (there.len(), negative, least, back));
    }
    clocks
}

/// The rows of one pair in one trace, numbered in the order of their FROM, then of their TO.
fn rows_of(
    log: &Log,
    grouped: &Grouped,
    trace: usize,
    labels: &Labels,
    mut matches: Vec<Match>,
) -> Vec<Row> {
    let of = &grouped.traces[trace];
    matches.sort_unstable();
    matches
        .iter()
        .enumerate()
        .map(|(seq, &(from, to))| Row {
            trace,
            pair: format!("{}->{}", labels.0, labels.1),
            from_label: labels.0.clone(),
            to_label: labels.1.clone(),
            seq,
            start_ns: time(log, of, from),
            latency_ns: to.map(|to| time(log, of, to) - time(log, of, from)),
            events: (of.events[from], to.map(|to| of.events[to])),
        })
        .collect()
}

/// The named pairs. A FROM that never occurs gives no row; a TO that never occurs leaves its FROM
/// events unmatched.
fn named(log: &Log, grouped: &Grouped, pairs: &[Labels]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (index, trace) in grouped.traces.iter().enumerate() {
        for labels in pairs {
            let at = |wanted: &str| -> Vec<usize> {
                (0..trace.events.len()).filter(|&p| label(log, trace, p) == wanted).collect()
            };
            let matches = partners(&at(&labels.0), &at(&labels.1));
            rows.extend(rows_of(log, grouped, index, labels, matches));
        }
    }
    rows
}

/// For each FROM the first unused TO after it and before the next FROM; then, for those without
/// one, the nearest unused TO before it. From a label to itself: each to the next.
fn partners(from: &[usize], to: &[usize]) -> Vec<Match> {
    if from == to {
        return (0..from.len()).map(|i| (from[i], from.get(i + 1).copied())).collect();
    }
    let mut used = BTreeSet::new();
    let mut matches: Vec<Match> = Vec::new();
    for (i, &f) in from.iter().enumerate() {
        let next = from.get(i + 1).copied().unwrap_or(usize::MAX);
        let found = to.iter().copied().filter(|t| *t > f && *t < next && !used.contains(t)).min();
        used.extend(found);
        matches.push((f, found));
    }
    for (f, found) in &mut matches {
        if found.is_none() {
            *found = to.iter().copied().filter(|t| t < f && !used.contains(t)).max();
            used.extend(*found);
        }
    }
    matches
}

/// Every two labels that meet in a trace, in the direction in which their first events come in
/// more traces; a tie goes to the direction that was seen in the earlier trace.
fn all_pairs(log: &Log, grouped: &Grouped) -> Vec<Labels> {
    let mut seen: BTreeMap<Labels, (usize, usize)> = BTreeMap::new();
    for (index, trace) in grouped.traces.iter().enumerate() {
        let mut firsts: Vec<&str> = Vec::new();
        for position in 0..trace.events.len() {
            let label = label(log, trace, position);
            if !firsts.contains(&label) {
                firsts.push(label);
            }
        }
        for (i, from) in firsts.iter().enumerate() {
            for to in &firsts[i + 1..] {
                let labels = ((*from).to_owned(), (*to).to_owned());
                seen.entry(labels).or_insert((0, index)).0 += 1;
            }
        }
    }
    let mut pairs = Vec::new();
    for ((from, to), &(count, first)) in &seen {
        let wins = match seen.get(&(to.clone(), from.clone())) {
            None => true,
            Some(&(back, back_first)) => count > back || (count == back && first < back_first),
        };
        if wins {
            pairs.push((from.clone(), to.clone()));
        }
    }
    pairs
}

/// Each event to the next, and first to last as `total`.
fn consecutive(log: &Log, grouped: &Grouped) -> Vec<Row> {
    let turned_pairs = rarer_directions(log, grouped);
    let mut rows = Vec::new();
    let mut turned = false;
    for (index, trace) in grouped.traces.iter().enumerate() {
        let mut matches: BTreeMap<Labels, Vec<Match>> = BTreeMap::new();
        for p in 1..trace.events.len() {
            let a = label(log, trace, p - 1).to_owned();
            let b = label(log, trace, p).to_owned();
            // Only instances that lie across are turned; nothing is moved in time.
            if is_across(log, trace, p) && turned_pairs.contains(&(a.clone(), b.clone())) {
                turned = true;
                matches.entry((b, a)).or_default().push((p, Some(p - 1)));
            } else {
                matches.entry((a, b)).or_default().push((p - 1, Some(p)));
            }
        }
        for (labels, matches) in matches {
            rows.extend(rows_of(log, grouped, index, &labels, matches));
        }
    }
    // `total` is left out where it would say what the only pair says.
    let pairs: BTreeSet<&String> = rows.iter().map(|row| &row.pair).collect();
    let short = grouped.traces.iter().all(|t| !t.complete || t.events.len() <= 2);
    if pairs.len() == 1 && !turned && short {
        return rows;
    }
    for (index, trace) in grouped.traces.iter().enumerate() {
        if trace.complete && trace.events.len() >= 2 {
            let last = trace.events.len() - 1;
            rows.push(Row {
                trace: index,
                pair: "total".to_owned(),
                from_label: label(log, trace, 0).to_owned(),
                to_label: label(log, trace, last).to_owned(),
                seq: 0,
                start_ns: time(log, trace, 0),
                latency_ns: Some(time(log, trace, last) - time(log, trace, 0)),
                events: (trace.events[0], Some(trace.events[last])),
            });
        }
    }
    rows
}

/// Whether an event and the one before it were written by different clocks.
fn is_across(log: &Log, trace: &Trace, position: usize) -> bool {
    log.clock(trace.events[position - 1]) != log.clock(trace.events[position])
}

/// The directions that are negatives of the opposite one: where two labels follow each other
/// across both ways, the rarer way. A tie: the way that was seen later, by trace, then by the FROM
/// label that was seen later in the inputs.
fn rarer_directions(log: &Log, grouped: &Grouped) -> BTreeSet<Labels> {
    let mut seen: BTreeMap<Labels, (usize, usize)> = BTreeMap::new();
    for (index, trace) in grouped.traces.iter().enumerate() {
        for p in 1..trace.events.len() {
            let labels = (label(log, trace, p - 1).to_owned(), label(log, trace, p).to_owned());
            if labels.0 != labels.1 && is_across(log, trace, p) {
                seen.entry(labels).or_insert((0, index)).0 += 1;
            }
        }
    }
    let mut rarer = BTreeSet::new();
    for ((from, to), &(count, first)) in &seen {
        if let Some(&(back, back_first)) = seen.get(&(to.clone(), from.clone())) {
            // The commoner has the greater count, else the earlier trace, else the earlier label.
            let rank = |count: usize, first: usize, from: &String| {
                (usize::MAX - count, first, log.label_order[from])
            };
            if rank(count, first, from) > rank(back, back_first, to) {
                rarer.insert((from.clone(), to.clone()));
            }
        }
    }
    rarer
}
