//! What a log says of how it is to be measured: from the paths of its traces and the direction of its
//! streams.

use super::{Plan, Rules};
use crate::latency::rarer_directions;
use crate::options::{Grouping, Options, PairChoice};
use crate::trace::{Family, Path, Paths, Starts, StreamState};
use hashbrown::{HashMap, HashSet};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a log says beside its paths, once all of it is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Observed<'r> {
    pub streams: &'r [StreamState],
    /// For each run, when its app began.
    pub begins: &'r [i64],
    /// How invocations started, if traces by order need it.
    pub starts: Option<&'r Starts>,
}

/// The plan that some paths say, and what was observed beside them.
pub(crate) fn learn(rules: &Rules<'_>, paths: &Paths, observed: Option<Observed<'_>>) -> Plan {
    let options = rules.options;
    let mut plan = Plan { closing: closing(paths), ..Plan::default() };
    if let Some(observed) = observed {
        plan.newest_first = newest_first(options, observed.streams);
        plan.begins = (options.filter.skip_ns != 0).then(|| observed.begins.to_vec());
        plan.starts = observed.starts.map(|starts| Arc::new(starts.clone()));
    }
    match options.pairs {
        PairChoice::Consecutive => {
            plan.reversed_pairs = rarer_directions(&across(paths)).into_iter().collect();
            plan.total = has_total(rules, &plan, paths);
        }
        PairChoice::All => plan.all_pairs = all_pairs(paths),
        PairChoice::Named(_) => {}
    }
    plan.commonest_path = commonest(paths);
    plan
}

fn newest_first(options: &Options, streams: &[StreamState]) -> BTreeMap<u32, Option<u32>> {
    let by_order = (0u32..).zip(streams).filter(|(_, stream)| stream.last_label.is_some());
    let turned = by_order.filter(|(_, stream)| stream.is_newest_first());
    turned
        .map(|(number, stream)| match options.by {
            Grouping::Label(_) => (number, stream.opening),
            // What stands last in the log came first.
            _ => (number, stream.last_label),
        })
        .collect()
}

/// The commonest last label of each family. A tie goes to the label that was seen first in the log,
/// which has the smaller code.
fn closing(paths: &Paths) -> BTreeMap<Family, u32> {
    let mut lasts: BTreeMap<(Family, u32), u64> = BTreeMap::new();
    for path in counted(paths) {
        if let Some(&last) = path.labels.last() {
            *lasts.entry((path.kind.family(), last)).or_default() += path.traces;
        }
    }
    let mut closing: BTreeMap<Family, (u64, u32)> = BTreeMap::new();
    for ((family, last), count) in lasts {
        let best = closing.entry(family).or_insert((count, last));
        if count > best.0 {
            *best = (count, last);
        }
    }
    closing.into_iter().map(|(family, (_, label))| (family, label)).collect()
}

fn counted(paths: &Paths) -> impl Iterator<Item = &Path> {
    paths.all.iter().filter(|path| path.traces > 0)
}

/// How often two labels follow each other from one clock to another, and where first.
fn across(paths: &Paths) -> HashMap<(u32, u32), (u64, (u32, u64))> {
    let mut seen: HashMap<(u32, u32), (u64, (u32, u64))> = HashMap::new();
    for path in counted(paths) {
        for &at in &path.across {
            let (a, b) = (path.labels[at as usize - 1], path.labels[at as usize]);
            if a != b {
                let entry = seen.entry((a, b)).or_insert((0, path.first));
                entry.0 += path.traces;
                entry.1 = entry.1.min(path.first);
            }
        }
    }
    seen
}

/// Whether `total` says anything that the only consecutive pair does not.
fn has_total(rules: &Rules<'_>, plan: &Plan, paths: &Paths) -> bool {
    let mut only: Option<(u32, u32)> = None;
    for path in counted(paths) {
        if path.labels.len() > 2 && rules.is_complete(plan, path) {
            return true;
        }
        for (at, step) in (1u32..).zip(path.labels.windows(2)) {
            let pair = (step[0], step[1]);
            let turned =
                plan.reversed_pairs.contains(&pair) && path.across.binary_search(&at).is_ok();
            if turned || *only.get_or_insert(pair) != pair {
                return true;
            }
        }
    }
    false
}

/// Every two labels that meet in a trace, in the direction in which they first meet more often; a tie
/// goes to the direction that was seen in the earlier trace.
fn all_pairs(paths: &Paths) -> Vec<(u32, u32)> {
    let mut seen: HashMap<(u32, u32), (u64, (u32, u64))> = HashMap::new();
    for path in counted(paths) {
        let mut known = HashSet::new();
        let firsts: Vec<u32> = path.labels.iter().copied().filter(|&l| known.insert(l)).collect();
        for (i, &a) in firsts.iter().enumerate() {
            for &b in &firsts[i + 1..] {
                let entry = seen.entry((a, b)).or_insert((0, path.first));
                entry.0 += path.traces;
                entry.1 = entry.1.min(path.first);
            }
        }
    }
    let wins = |(a, b): (u32, u32), (count, first): (u64, (u32, u64))| {
        let back = seen.get(&(b, a)).copied().unwrap_or((0, (u32::MAX, u64::MAX)));
        count > back.0 || (count == back.0 && (first, a) < (back.1, b))
    };
    let won = seen.iter().filter(|(pair, counted)| wins(**pair, **counted));
    let mut pairs: Vec<(u32, u32)> = won.map(|(&pair, _)| pair).collect();
    pairs.sort_unstable();
    pairs
}

/// The commonest path of traces by order. A tie goes to the labels that were seen first.
fn commonest(paths: &Paths) -> Option<Vec<u32>> {
    let mut counts: HashMap<&[u32], u64> = HashMap::new();
    for path in counted(paths).filter(|path| path.kind.family.is_some()) {
        *counts.entry(&path.labels).or_default() += path.traces;
    }
    let commonest = counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(a.0)));
    commonest.map(|(labels, _)| labels.to_vec())
}
