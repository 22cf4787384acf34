//! Complete or not, and by which path.

use super::Traces;
use super::missing::{self, Incomplete, Missing};
use super::start_class::{ColdWarm, Hints};
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

/// Decides which traces are complete, classes their start, and counts the paths and what the
/// incomplete ones lack.
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
) -> (Vec<PathCount>, Vec<Missing>) {
    let label = |place: u32| events[place as usize].label;
    let expected: Vec<(Option<Name>, &str)> =
        expect.iter().map(|l| (names.find(l), l.as_str())).collect();

    // By run and not by benchmark at first: comparing the empty names of benchmarks for each trace
    // was measured to cost as much as all else here.
    let mut lasts: HashMap<(u32, Name), u64> = HashMap::new();
    let mut paths: HashMap<Vec<Name>, u64> = HashMap::new();
    let mut labels: Vec<Name> = Vec::new();
    for trace in &traces.traces {
        labels.clear();
        labels.extend(traces.events(trace).iter().map(|&p| label(p)));
        if let Some(&last) = labels.last() {
            *lasts.entry((trace.run, last)).or_default() += 1;
        }
        *paths.entry_ref(labels.as_slice()).or_default() += 1;
    }
    let mut of_benchmark: HashMap<(&str, Name), u64> = HashMap::new();
    for (&(run, last), &count) in &lasts {
        *of_benchmark.entry((&runs[run as usize].benchmark, last)).or_default() += count;
    }
    let lasts = of_benchmark.iter().map(|(&(benchmark, last), &count)| (benchmark, last, count));
    let commonest = commonest(lasts);
    let wanted: Vec<Option<Name>> = runs
        .iter()
        .map(|run| commonest.get(run.benchmark.as_str()).map(|&(_, last)| last))
        .collect();
    let wanted_last = |run: u32| wanted.get(run as usize).copied().flatten();
    let order = std::mem::take(&mut traces.order);
    let mut hints = Hints::default();
    for trace in &mut traces.traces {
        let places = &order[trace.first as usize..trace.end as usize];
        let has =
            |(wanted, _): &(Option<Name>, &str)| places.iter().any(|&p| Some(label(p)) == *wanted);
        let ends = places.last().map(|&p| label(p));
        let wanted = wanted_last(trace.run);
        trace.complete =
            !trace.fragment && ends.is_some() && ends == wanted && expected.iter().all(has);
        let by_label = hints.of(places.iter().map(|&p| label(p)), names);
        let ids = places.iter().map(|&p| events[p as usize].correlation_id);
        let ids = ids.filter(|_| !starts.is_empty());
        trace.start_class = by_label.or(ids.filter_map(|id| starts.get(&id).copied()));
    }
    traces.order = order;
    let incomplete = traces.traces.iter().filter(|trace| !trace.complete).map(|trace| {
        let labels = traces.events(trace).iter().map(|&p| label(p)).collect();
        Incomplete { labels, fragment: trace.fragment, last: wanted_last(trace.run), traces: 1 }
    });
    let missing = missing::count(incomplete, names, &expected);

    (in_order(paths), missing)
}

/// The paths, commonest first; ties by the labels that were seen first.
pub(crate) fn in_order(paths: HashMap<Vec<Name>, u64>) -> Vec<PathCount> {
    let mut paths: Vec<PathCount> =
        paths.into_iter().map(|(labels, traces)| PathCount { labels, traces }).collect();
    paths.sort_by(|a, b| b.traces.cmp(&a.traces).then_with(|| a.labels.cmp(&b.labels)));
    paths
}

/// The commonest last label of each benchmark. Ties: the label seen first in the log, that is,
/// the smaller handle.
pub(crate) fn commonest<B: Copy + Eq + std::hash::Hash>(
    lasts: impl Iterator<Item = (B, Name, u64)>,
) -> HashMap<B, (u64, Name)> {
    let mut commonest: HashMap<B, (u64, Name)> = HashMap::new();
    for (benchmark, last, count) in lasts {
        let best = commonest.entry(benchmark).or_insert((count, last));
        if count > best.0 || (count == best.0 && last < best.1) {
            *best = (count, last);
        }
    }
    commonest
}
