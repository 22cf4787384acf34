//! Complete or not, by which path, and whether the traces can be believed.

use super::start_class::{self, ColdWarm};
use super::{Finding, Grouped, Traces};
use crate::event::Event;
use crate::names::{Name, Names};
use crate::run::Run;
use hashbrown::HashMap;

/// An order of labels and how many traces took it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathCount {
    /// The labels in time order.
    pub labels: Vec<Name>,
    /// How many traces have exactly these.
    pub traces: u64,
}

/// Decides which traces are complete, classes their start, and counts the paths.
///
/// Complete = ends with the commonest last label of its benchmark and holds every label of
/// `expect`. A fragment, whose begin the log does not hold, never is.
pub(crate) fn judge(
    traces: &mut Traces,
    events: &[Event],
    names: &Names,
    runs: &[Run],
    expect: &[String],
    starts: &HashMap<Name, ColdWarm>,
) -> Vec<PathCount> {
    let label = |place: u32| events[place as usize].label;
    let expected: Vec<Option<Name>> = expect.iter().map(|l| names.find(l)).collect();

    let mut lasts: HashMap<(&str, Name), u64> = HashMap::new();
    let mut paths: HashMap<Vec<Name>, u64> = HashMap::new();
    for trace in &traces.traces {
        let labels: Vec<Name> = traces.events(trace).iter().map(|&p| label(p)).collect();
        if let Some(&last) = labels.last() {
            *lasts.entry((&runs[trace.run as usize].benchmark, last)).or_default() += 1;
        }
        *paths.entry(labels).or_default() += 1;
    }
    // Ties: the label seen first in the log, that is, the smaller handle.
    let mut commonest: HashMap<&str, (u64, Name)> = HashMap::new();
    for (&(benchmark, last), &count) in &lasts {
        let best = commonest.entry(benchmark).or_insert((count, last));
        if count > best.0 || (count == best.0 && last < best.1) {
            *best = (count, last);
        }
    }

    let order = std::mem::take(&mut traces.order);
    for trace in &mut traces.traces {
        let places = &order[trace.first as usize..trace.end as usize];
        let has = |wanted: &Option<Name>| places.iter().any(|&p| Some(label(p)) == *wanted);
        let ends = places.last().map(|&p| label(p));
        let wanted =
            commonest.get(runs[trace.run as usize].benchmark.as_str()).map(|&(_, last)| last);
        trace.complete =
            !trace.fragment && ends.is_some() && ends == wanted && expected.iter().all(has);
        let by_label = start_class::of_labels(places.iter().map(|&p| names.text(label(p))));
        let ids = places.iter().map(|&p| events[p as usize].correlation_id);
        trace.start_class = by_label.or(ids.filter_map(|id| starts.get(&id).copied()));
    }
    traces.order = order;

    let mut paths: Vec<PathCount> =
        paths.into_iter().map(|(labels, traces)| PathCount { labels, traces }).collect();
    paths.sort_by(|a, b| b.traces.cmp(&a.traces).then_with(|| a.labels.cmp(&b.labels)));
    paths
}

/// Says how the traces were made, and what is doubtful about those that only the order of the
/// log made.
pub(crate) fn doubts(
    grouped: &Grouped,
    events: &[Event],
    names: &Names,
    by: &super::Grouping,
) -> Vec<Finding> {
    let mut findings = vec![rule(grouped, by)];
    let sequences: Vec<Vec<u32>> =
        grouped.drafts.iter().filter(|d| d.by_sequence).map(|d| d.events.clone()).collect();
    if sequences.len() < 2 {
        return findings;
    }
    let labels = |places: &[u32]| -> Vec<Name> {
        places.iter().map(|&p| events[p as usize].label).collect()
    };
    let mut paths: HashMap<Vec<Name>, usize> = HashMap::new();
    for places in &sequences {
        *paths.entry(labels(places)).or_default() += 1;
    }
    let Some((path, count)) =
        paths.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)))
    else {
        return findings;
    };
    if let Some(finding) = starts_in_the_middle(&sequences, &path, events, names, by) {
        findings.push(finding);
    }
    let deviating = sequences.len() - count;
    if deviating * 100 > sequences.len() {
        let order: Vec<&str> = path.iter().take(8).map(|&l| names.text(l)).collect();
        findings.push(Finding::warning(
            format!(
                "{deviating} of {} traces made from the order of the log deviate from the commonest order of labels ({}): \
                 invocations may be interleaved, or labels may be lost",
                sequences.len(),
                order.join(", "),
            ),
            format!(
                "print an id with each statement (A trace_id=...), or say where a trace begins: --by label={}",
                path.first().map_or("X", |&l| names.text(l)),
            ),
        ));
    }
    findings
}

fn rule(grouped: &Grouped, by: &super::Grouping) -> Finding {
    use super::Grouping;
    let sequences = grouped.drafts.iter().filter(|d| d.by_sequence).count();
    let keyed = grouped.drafts.len() - sequences;
    let by_sequence = format!(
        "{sequences} by sequence (per file and source, a new trace when its first label comes round again)"
    );
    Finding::note(match by {
        Grouping::Auto if sequences == 0 => format!("traces: {keyed} by id"),
        Grouping::Auto if keyed == 0 => format!("traces: {by_sequence}"),
        Grouping::Auto => format!("traces: {keyed} by id, {by_sequence}"),
        Grouping::Id => {
            format!("traces: {keyed} by id, {} events without one", grouped.orphans.len())
        }
        Grouping::Source => {
            format!("traces: {keyed} by source, {} events without one", grouped.orphans.len())
        }
        Grouping::File => format!("traces: {keyed} by file"),
        Grouping::Label(label) => {
            format!("traces: {sequences} by label (a new one at each {label}, per file and source)")
        }
    })
}

/// In a log that is cut right, the longest pause lies between two traces. Where it lies inside,
/// the log starts in the middle of an invocation, and every trace holds the end of one and the
/// begin of the next.
fn starts_in_the_middle(
    sequences: &[Vec<u32>],
    path: &[Name],
    events: &[Event],
    names: &Names,
    by: &super::Grouping,
) -> Option<Finding> {
    if *by != super::Grouping::Auto || path.len() < 2 {
        return None;
    }
    let event = |place: u32| &events[place as usize];
    let usual = |places: &[u32]| {
        places.len() == path.len() && places.iter().zip(path).all(|(&p, &l)| event(p).label == l)
    };
    let mut inside: Vec<Vec<i64>> = vec![Vec::new(); path.len() - 1];
    let mut wrap: Vec<i64> = Vec::new();
    for places in sequences.iter().filter(|s| usual(s)) {
        for (gaps, pair) in inside.iter_mut().zip(places.windows(2)) {
            gaps.push(event(pair[1]).epoch_ns.saturating_sub(event(pair[0]).epoch_ns));
        }
    }
    for pair in sequences.windows(2) {
        let (last, next) = (event(*pair[0].last()?), event(*pair[1].first()?));
        if usual(&pair[0]) && (last.file, last.source) == (next.file, next.source) {
            wrap.push(next.epoch_ns.saturating_sub(last.epoch_ns));
        }
    }
    let wrap = median(&mut wrap)?;
    let (at, longest) = inside
        .iter_mut()
        .enumerate()
        .filter_map(|(i, gaps)| Some((i, median(gaps)?)))
        .max_by_key(|&(i, gap)| (gap, std::cmp::Reverse(i)))?;
    (longest > wrap).then(|| {
        Finding::warning(
            format!(
                "the longest usual pause lies inside the traces, between {} and {}: the log may start in the middle of an invocation",
                names.text(path[at]),
                names.text(path[at + 1]),
            ),
            format!("if invocations begin with {0}, say --by label={0}", names.text(path[at + 1])),
        )
    })
}

/// The lower median.
fn median(values: &mut [i64]) -> Option<i64> {
    let middle = values.len().checked_sub(1)? / 2;
    Some(*values.select_nth_unstable(middle).1)
}
