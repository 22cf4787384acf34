//! The plan: everything that is decided about a log before its traces are measured.
//!
//! It is by definition what the whole log says. While a log is read, what its begin says is a guess:
//! measuring goes on with it, paths are counted, and if the whole says otherwise the log is measured
//! again with the plan that it says.

mod learn;

pub(crate) use learn::{Observed, learn};

use crate::dictionary::Dictionary;
use crate::latency::{Match, Pair, Wanted, numbered, pairs_of};
use crate::options::{Options, PairChoice};
use crate::trace::{Family, Path, StartClass, Starts, of_labels};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is decided. Labels are codes of the job's dictionary, streams are numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Plan {
    /// Streams that list their newest event first, and the label that opens their traces.
    pub newest_first: BTreeMap<u32, Option<u32>>,
    /// The label with which the traces of a family end.
    pub closing: BTreeMap<Family, u32>,
    /// Consecutive pairs of two clocks that are the rarer direction of another pair: they are that one
    /// with a negative latency.
    pub reversed_pairs: BTreeSet<(u32, u32)>,
    /// Whether `total` says anything that the only consecutive pair does not.
    pub total: bool,
    /// With all pairs: every two labels that meet, in the direction in which they mostly do.
    pub all_pairs: Vec<(u32, u32)>,
    /// The commonest path of traces by order.
    pub commonest_path: Option<Vec<u32>>,
    /// When the app of each run began, where a filter asks for it.
    pub begins: Option<Vec<i64>>,
    /// How invocations started, where traces by order need it.
    pub starts: Option<Arc<Starts>>,
}

/// What the plan says of a path.
#[derive(Debug, Clone, Default)]
pub(crate) struct Planned {
    pub complete: bool,
    /// What the labels say of how the trace started.
    pub class: StartClass,
    /// Whether it is the commonest path of traces by order.
    pub commonest: bool,
    pub matches: Vec<Match>,
}

impl Planned {
    /// Of a path of which nothing is asked.
    pub(crate) const NOTHING: Self =
        Self { complete: false, class: StartClass::NONE, commonest: false, matches: Vec::new() };
}

/// Applies a plan to paths.
#[derive(Debug)]
pub(crate) struct Rules<'a> {
    pub options: &'a Options,
    pub labels: &'a Dictionary,
    /// Codes of the pairs and of the labels in them.
    pub pairs: Dictionary,
}

impl<'a> Rules<'a> {
    pub(crate) fn new(options: &'a Options, labels: &'a Dictionary) -> Self {
        Self { options, labels, pairs: Dictionary::new() }
    }

    /// Whether a path is complete: it has a begin, ends with the closing label of its family, and has
    /// every expected label.
    pub(crate) fn is_complete(&self, plan: &Plan, path: &Path) -> bool {
        let closing = plan.closing.get(&(path.kind.benchmark, path.kind.family));
        let has = |label: &String| {
            self.labels.find(label).is_some_and(|label| path.labels.contains(&label))
        };
        !path.kind.fragment && path.labels.last() == closing && self.options.expect.iter().all(has)
    }

    /// The pairs of a path, with the positions of FROM and TO.
    pub(crate) fn pairs_of(&self, plan: &Plan, path: &Path) -> Vec<(Pair, u32, Option<u32>)> {
        let named;
        let pairs = match &self.options.pairs {
            PairChoice::Named(_) => {
                named = self.named();
                &named
            }
            _ => &plan.all_pairs,
        };
        let wanted = Wanted {
            choice: &self.options.pairs,
            pairs,
            total: plan.total,
            is_reversed: &|a, b| plan.reversed_pairs.contains(&(a, b)),
        };
        pairs_of(path, self.is_complete(plan, path), wanted)
    }

    /// The pairs that are named and have a FROM, each once. A TO that no event has gets a code that no
    /// label has.
    pub(crate) fn named(&self) -> Vec<(u32, u32)> {
        let mut pairs = Vec::new();
        for (number, spec) in (0u32..).zip(self.options.pairs.named()) {
            let Some(from) = self.labels.find(&spec.from) else { continue };
            let first = || self.options.pairs.named().position(|other| other.to == spec.to);
            let unknown = || u32::MAX - first().map_or(number, |at| u32::try_from(at).unwrap_or(0));
            let pair = (from, self.labels.find(&spec.to).unwrap_or_else(unknown));
            if !pairs.contains(&pair) {
                pairs.push(pair);
            }
        }
        pairs
    }

    /// The text of a label, also of one that no event has.
    pub(crate) fn label(&self, code: u32) -> &str {
        if (code as usize) < self.labels.len() {
            return self.labels.text(code);
        }
        let spec = self.options.pairs.named().nth((u32::MAX - code) as usize);
        spec.map_or("", |spec| &spec.to)
    }

    /// How a pair is written.
    pub(crate) fn pair_text(&self, pair: Pair) -> String {
        match pair {
            Pair::Labels(from, to) => format!("{}->{}", self.label(from), self.label(to)),
            Pair::Total => "total".to_owned(),
        }
    }

    /// What a plan says of a path.
    pub(crate) fn planned(&self, plan: &Plan, path: &Path) -> Planned {
        let pairs = self.pairs_of(plan, path);
        let label = |code: u32| self.pairs.code(self.label(code));
        let matches = numbered(pairs, |pair, from, to| {
            let of = |position: u32| label(path.labels[position as usize]);
            let to_label = match (pair, to) {
                (_, Some(to)) => of(to),
                (Pair::Labels(_, to), None) => label(to),
                (Pair::Total, None) => crate::dictionary::NO_TEXT,
            };
            [self.pairs.code(&self.pair_text(pair)), of(from), to_label]
        });
        let labels = path.labels.iter().map(|&label| self.labels.text(label));
        Planned {
            complete: self.is_complete(plan, path),
            class: of_labels(labels),
            commonest: path.kind.family.is_some()
                && plan.commonest_path.as_deref() == Some(&path.labels),
            matches,
        }
    }
}

impl Plan {
    /// The plan that was learned, but for what another one decides.
    pub(crate) fn decided_by(&self, fixed: &Self) -> Self {
        let mut closing = self.closing.clone();
        closing.extend(&fixed.closing);
        Self {
            closing,
            newest_first: fixed.newest_first.clone(),
            reversed_pairs: fixed.reversed_pairs.clone(),
            total: fixed.total,
            all_pairs: fixed.all_pairs.clone(),
            commonest_path: fixed.commonest_path.clone().or_else(|| self.commonest_path.clone()),
            begins: fixed.begins.clone().or_else(|| self.begins.clone()),
            starts: self.starts.clone(),
        }
    }
}
