//! Which latencies a trace has: for each, the positions of its FROM and its TO. They follow from the
//! labels of the trace alone, and from where another clock took over.

use super::Pair;
use super::positions::positions;
use crate::options::PairChoice;
use crate::trace::Path;
use hashbrown::HashMap;

/// A latency of a trace, by positions in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Match {
    /// Codes of the pair and its labels in the dictionary of pairs.
    pub pair: u32,
    pub from_label: u32,
    pub to_label: u32,
    pub from: u32,
    /// None where the FROM has no TO.
    pub to: Option<u32>,
    /// How many latencies of this pair come before in the trace.
    pub seq: u32,
}

/// What is matched, by the plan.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'p> {
    pub choice: &'p PairChoice,
    /// The pairs that are named, or all that there are.
    pub pairs: &'p [(u32, u32)],
    /// Whether a complete trace has a total.
    pub total: bool,
    pub is_reversed: &'p dyn Fn(u32, u32) -> bool,
}

/// The pairs of a path with the positions of FROM and TO, in the order of the events.
pub(crate) fn pairs_of(
    path: &Path,
    complete: bool,
    wanted: Wanted<'_>,
) -> Vec<(Pair, u32, Option<u32>)> {
    let labels = &path.labels;
    let mut found: Vec<(Pair, u32, Option<u32>)> = Vec::new();
    match wanted.choice {
        PairChoice::Consecutive => {
            for (at, step) in (0u32..).zip(labels.windows(2)) {
                let (a, b) = (step[0], step[1]);
                let across = path.across.binary_search(&(at + 1)).is_ok();
                if across && (wanted.is_reversed)(a, b) {
                    found.push((Pair::Labels(b, a), at + 1, Some(at)));
                } else {
                    found.push((Pair::Labels(a, b), at, Some(at + 1)));
                }
            }
            if wanted.total && complete && labels.len() > 1 {
                let last = u32::try_from(labels.len() - 1).unwrap_or(u32::MAX);
                found.push((Pair::Total, 0, Some(last)));
            }
        }
        PairChoice::Named(_) | PairChoice::All => {
            for &pair in wanted.pairs {
                let positions = positions(labels, pair).into_iter();
                found.extend(positions.map(|(from, to)| (Pair::Labels(pair.0, pair.1), from, to)));
            }
        }
    }
    found.sort_by_key(|&(_, from, to)| (from, to));
    found
}

/// The same with the pairs' codes, numbered pair by pair.
pub(crate) fn numbered(
    pairs: Vec<(Pair, u32, Option<u32>)>,
    mut codes: impl FnMut(Pair, u32, Option<u32>) -> [u32; 3],
) -> Vec<Match> {
    let mut seen: HashMap<Pair, u32> = HashMap::new();
    let matches = pairs.into_iter().map(|(pair, from, to)| {
        let count = seen.entry(pair).or_default();
        let seq = *count;
        *count += 1;
        let [pair, from_label, to_label] = codes(pair, from, to);
        Match { pair, from_label, to_label, from, to, seq }
    });
    matches.collect()
}
