//! What is said of all traces together: which are complete, what the others lack, which paths there
//! are, what clocks say of each other, and what is doubtful.

use crate::accounting::{Accounting, FileInfo, LookAlikeAt};
use crate::dictionary::NO_TEXT;
use crate::findings::{
    Finding, OrderedTraces, TraceCounts, doubts, inputs_read, steps, unknown_labels, unmatched,
};
use crate::latency::{Pair, PairPositions, Skew, in_order, skews};
use crate::options::PairChoice;
use crate::pipeline::{Job, Outcome};
use crate::plan::Rules;
use crate::stats::Summary;
use crate::trace::{Incomplete, Missing, count_missing};
use hashbrown::{HashMap, HashSet};

/// An order of labels and how many traces took it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathCount {
    /// The labels in the order of the trace.
    pub labels: Vec<String>,
    /// How many traces have exactly these.
    pub traces: u64,
}

/// The figures, without the events behind them.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// The inputs in the order in which they were read.
    pub files: Vec<FileInfo>,
    /// The sums.
    pub accounting: Accounting,
    /// How many events have an id.
    pub with_id: u64,
    /// The first look-alikes; their number is in the accounting.
    pub look_alikes: Vec<LookAlikeAt>,
    /// How often each order of labels occurs, commonest first.
    pub paths: Vec<PathCount>,
    /// What the incomplete traces lack, commonest first; a trace may lack several things.
    pub missing: Vec<Missing>,
    /// Negative latencies and feasible clock offsets by pair of clocks.
    pub skew: Vec<Skew>,
    /// What the reader should know: how traces were made, and what is doubtful.
    pub findings: Vec<Finding>,
    /// The figures of each pair.
    pub summaries: Vec<Summary>,
}

/// The pairs in the order of their tables.
pub(super) fn order_of_pairs<S>(rules: &Rules<'_>, outcome: &Outcome<S>) -> Vec<String> {
    let mut seen = PairPositions::new();
    for path in outcome.paths.all.iter().filter(|path| path.traces > 0) {
        for (pair, from, to) in rules.pairs_of(&outcome.plan, path) {
            let entry = seen.entry(pair).or_default();
            entry.0 += path.traces;
            entry.1 += path.traces * u64::from(from);
            entry.2 += path.traces * u64::from(to.unwrap_or(from));
        }
    }
    if let PairChoice::Named(_) = rules.options.pairs {
        let seen: HashSet<Pair> = seen.into_keys().collect();
        let named = rules.named().into_iter().map(|(from, to)| Pair::Labels(from, to));
        return named
            .filter(|pair| seen.contains(pair))
            .map(|pair| rules.pair_text(pair))
            .collect();
    }
    in_order(seen).into_iter().map(|pair| rules.pair_text(pair)).collect()
}

/// What is said of all traces together, apart from the latencies.
pub(super) fn judge<S>(job: &Job<'_>, rules: &Rules<'_>, outcome: &Outcome<S>) -> Figures {
    let options = job.options;
    let text = |label: u32| rules.labels.text(label);
    let read = &outcome.read;
    let mut counts: HashMap<&[u32], u64> = HashMap::new();
    let mut trace_counts =
        TraceCounts { orphans: read.accounting.events_orphan, ..TraceCounts::default() };
    let paths = || outcome.paths.all.iter().filter(|path| path.traces > 0);
    for path in paths() {
        *counts.entry(&path.labels).or_default() += path.traces;
        if path.kind.family.is_some() {
            trace_counts.sequences += path.traces;
        } else {
            trace_counts.keyed += path.traces;
        }
    }
    let mut counts: Vec<(&[u32], u64)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let expected: Vec<(Option<u32>, &str)> =
        options.expect.iter().map(|label| (rules.labels.find(label), label.as_str())).collect();
    let incomplete = paths().filter(|path| !rules.is_complete(&outcome.plan, path));
    let incomplete = incomplete.map(|path| Incomplete {
        labels: path.labels.to_vec(),
        fragment: path.kind.fragment,
        last: outcome.plan.closing.get(&path.kind.family()).copied(),
        traces: path.traces,
    });
    let missing = count_missing(incomplete, text, &expected);
    let seen = (0u32..).zip(&read.labels).filter(|(_, seen)| **seen);
    let seen: HashSet<&str> = seen.map(|(label, _)| text(label)).collect();
    let mut findings = inputs_read(&read.files);
    findings.extend(unknown_labels(&seen, options));
    let has_source = read.streams.iter().any(|state| state.stream.source != NO_TEXT);
    findings.extend(unmatched(&read.files, has_source, options));
    findings.extend(doubts(trace_counts, &sequences(rules, outcome), &options.by));
    findings.extend(contradictions(rules, outcome));
    let path_count = |(labels, traces): (&[u32], u64)| PathCount {
        labels: labels.iter().map(|&label| text(label).to_owned()).collect(),
        traces,
    };
    Figures {
        files: read.files.clone(),
        accounting: read.accounting.clone(),
        with_id: read.with_id,
        look_alikes: read.look_alikes.clone(),
        paths: counts.into_iter().map(path_count).collect(),
        missing,
        skew: skews(&outcome.across, |clock| job.sources.text(clock)),
        findings,
        summaries: Vec::new(),
    }
}

/// What a log says against a plan that was given.
fn contradictions<S>(rules: &Rules<'_>, outcome: &Outcome<S>) -> Vec<Finding> {
    let (Some(_), plan, learned) = (&rules.options.plan, &outcome.plan, &outcome.learned) else {
        return Vec::new();
    };
    let text = |label: u32| rules.labels.text(label);
    let remedy = "make the plan anew with sb-trace plan, or leave --plan out";
    let mut findings = Vec::new();
    for (family, &closing) in &plan.closing {
        let Some(&found) = learned.closing.get(family).filter(|&&found| found != closing) else {
            continue;
        };
        let traces = |label: u32| -> u64 {
            let of = outcome.paths.all.iter().filter(|path| path.kind.family() == *family);
            of.filter(|path| path.labels.last() == Some(&label)).map(|path| path.traces).sum()
        };
        let (closing_traces, found_traces) = (traces(closing), traces(found));
        let (closing, found) = (text(closing), text(found));
        findings.push(Finding::warning(
            format!(
                "--plan: traces end with {closing}; here {closing_traces} do, and {found_traces} end with {found}"
            ),
            remedy,
        ));
    }
    let turned =
        learned.newest_first.keys().filter(|stream| !plan.newest_first.contains_key(stream));
    let straight =
        plan.newest_first.keys().filter(|stream| !learned.newest_first.contains_key(stream));
    let against = turned.count() + straight.count();
    if against > 0 {
        findings.push(Finding::warning(
            format!("--plan: {against} streams list their events in the other order of time"),
            remedy,
        ));
    }
    if plan.reversed_pairs != learned.reversed_pairs {
        findings.push(Finding::warning(
            "--plan: other directions of pairs across two clocks are the commoner ones here",
            remedy,
        ));
    }
    findings
}

/// What is usual among the traces that the order of the log made.
fn sequences<S>(rules: &Rules<'_>, outcome: &Outcome<S>) -> OrderedTraces {
    let Some(commonest) = &outcome.plan.commonest_path else { return OrderedTraces::default() };
    let of_commonest = outcome
        .paths
        .all
        .iter()
        .filter(|path| path.kind.family.is_some() && *path.labels == **commonest);
    let median = |counts: &crate::stats::ValueCounts| {
        let all = counts.distribution();
        all.at(all.n().checked_sub(1)? / 2)
    };
    let inside = steps(commonest).map(|step| median(outcome.pauses.inside.get(&step)?));
    OrderedTraces {
        commonest: commonest.iter().map(|&label| rules.labels.text(label).to_owned()).collect(),
        commonest_count: of_commonest.map(|path| path.traces).sum(),
        inside: inside.collect(),
        wrap: median(&outcome.pauses.all_between(rules.options.epoch_unit.ns())),
    }
}
