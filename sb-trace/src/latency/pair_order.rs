//! The order of pairs in a table, and which of two directions of a pair is the rarer one.

use super::Pair;
use crate::names::Name;
use hashbrown::{HashMap, HashSet};

/// Of two labels that follow each other both ways, the rarer way; a tie goes to the one that was
/// seen first. Given for each way how often it was seen, and where first.
pub(crate) fn rarer_directions<F: Ord + Copy>(
    seen: &HashMap<(Name, Name), (u64, F)>,
) -> HashSet<(Name, Name)> {
    seen.iter()
        .filter_map(|(&(a, b), &(count, first))| {
            let &(back, back_first) = seen.get(&(b, a))?;
            let rarer = count < back || (count == back && (first, a) > (back_first, b));
            rarer.then_some((a, b))
        })
        .collect()
}

/// How often a pair was matched, and the sums of the positions of FROM and of TO.
pub(crate) type PairPositions = HashMap<Pair, (u64, u64, u64)>;

/// Pairs in the order in which they occur in a trace: by the mean position of FROM, then of TO;
/// `total` last.
pub(crate) fn in_order(seen: PairPositions) -> Vec<Pair> {
    let mut pairs: Vec<(Pair, (u64, u64, u64))> = seen.into_iter().collect();
    // Means are compared as fractions, which are exact.
    pairs.sort_by(|(a, (n, f, t)), (b, (m, g, u))| {
        let total = |p: &Pair| *p == Pair::Total;
        total(a)
            .cmp(&total(b))
            .then((u128::from(*f) * u128::from(*m)).cmp(&(u128::from(*g) * u128::from(*n))))
            .then((u128::from(*t) * u128::from(*m)).cmp(&(u128::from(*u) * u128::from(*n))))
            .then(a.cmp(b))
    });
    pairs.into_iter().map(|(pair, _)| pair).collect()
}
