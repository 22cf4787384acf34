//! How the traces were made, and whether those that only the order of the log made can be
//! believed.

use super::Finding;
use crate::options::Grouping;

/// How many traces each rule made.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TraceCounts {
    /// By an id, a source or a file.
    pub keyed: u64,
    /// By the order of the log.
    pub sequences: u64,
    /// Events in no trace.
    pub orphans: u64,
}

/// What is known of the traces that the order of the log made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OrderedTraces {
    /// The commonest order of labels, and how many of them have it.
    pub commonest: Vec<String>,
    pub commonest_count: u64,
    /// The median pauses from each label of the commonest order to the next, step by step as
    /// [`steps`] gives them.
    pub inside: Vec<Option<i64>>,
    /// The median pause from the end of such a trace to the next trace of its stream.
    pub wrap: Option<i64>,
}

/// The different steps of a path, from one label to the next, in the order in which they first
/// occur.
pub(crate) fn steps<L: Clone + Eq + std::hash::Hash>(path: &[L]) -> impl Iterator<Item = [L; 2]> {
    let mut seen = hashbrown::HashSet::new();
    let steps = path.windows(2).map(|step| [step[0].clone(), step[1].clone()]);
    steps.filter(move |step| seen.insert(step.clone()))
}

/// Says how the traces were made, and what is doubtful about those that only the order of the
/// log made.
pub(crate) fn doubts(
    counts: TraceCounts,
    sequences: &OrderedTraces,
    by: &Grouping,
) -> Vec<Finding> {
    let mut findings = vec![rule(counts, by)];
    if counts.sequences < 2 {
        return findings;
    }
    if let Some(finding) = starts_in_the_middle(sequences, by) {
        findings.push(finding);
    }
    let deviating = counts.sequences - sequences.commonest_count;
    if deviating * 100 > counts.sequences {
        let path = &sequences.commonest;
        let order: Vec<&str> = path.iter().take(8).map(String::as_str).collect();
        findings.push(Finding::warning(
            format!(
                "{deviating} of {} traces made from the order of the log deviate from the commonest order of labels ({}): \
                 invocations may be interleaved, or labels may be lost",
                counts.sequences,
                order.join(", "),
            ),
            format!(
                "print an id with each statement (A trace_id=...), or say where a trace begins: --by label={}",
                path.first().map_or("X", String::as_str),
            ),
        ));
    }
    findings
}

fn rule(counts: TraceCounts, by: &Grouping) -> Finding {
    let TraceCounts { keyed, sequences, orphans } = counts;
    let by_sequence = format!(
        "{sequences} by sequence (per file and source, a new trace when its first label comes round again)"
    );
    Finding::note(match by {
        Grouping::Auto if sequences == 0 => format!("traces: {keyed} by id"),
        Grouping::Auto if keyed == 0 => format!("traces: {by_sequence}"),
        Grouping::Auto => format!("traces: {keyed} by id, {by_sequence}"),
        Grouping::Id => format!("traces: {keyed} by id, {orphans} events without one"),
        Grouping::Source => format!("traces: {keyed} by source, {orphans} events without one"),
        Grouping::File => format!("traces: {keyed} by file"),
        Grouping::Label(label) => {
            format!("traces: {sequences} by label (a new one at each {label}, per file and source)")
        }
    })
}

/// In a log that is cut right, the longest pause lies between two traces. Where it lies inside,
/// the log starts in the middle of an invocation, and every trace holds the end of one and the
/// begin of the next.
fn starts_in_the_middle(sequences: &OrderedTraces, by: &Grouping) -> Option<Finding> {
    if *by != Grouping::Auto {
        return None;
    }
    let wrap = sequences.wrap?;
    let (at, longest) = sequences
        .inside
        .iter()
        .enumerate()
        .filter_map(|(at, pause)| Some((at, (*pause)?)))
        .max_by_key(|&(at, pause)| (pause, std::cmp::Reverse(at)))?;
    let [before, after] = steps(&sequences.commonest).nth(at)?;
    (longest > wrap).then(|| {
        Finding::warning(
            format!(
                "the longest typical pause lies inside the traces, between {before} and {after}: the log may start in the middle of an invocation"
            ),
            format!("if invocations begin with {after}, say --by label={after}"),
        )
    })
}
