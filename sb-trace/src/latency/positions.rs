//! Which TO belongs to which FROM, where labels come more than once.

use crate::names::Name;

/// Where FROM and TO of one pair stand in one trace, given its labels in time order.
///
/// With repeats: the first unused TO at or after the FROM and before the next FROM; else the
/// nearest unused TO before it, which gives a negative latency. A label to itself is from each
/// occurrence to the next.
pub(crate) fn positions(labels: &[Name], (from, to): (Name, Name)) -> Vec<(u32, Option<u32>)> {
    let at = |label: Name| -> Vec<u32> {
        (0u32..).zip(labels).filter(|&(_, &l)| l == label).map(|(i, _)| i).collect()
    };
    let froms = at(from);
    let tos = if from == to { froms.get(1..).unwrap_or_default().to_vec() } else { at(to) };
    let mut used = vec![false; tos.len()];
    if from == to {
        let next = |i: usize| tos.get(i).copied();
        return froms.iter().enumerate().map(|(i, &f)| (f, next(i))).collect();
    }
    // Forward first for every FROM, so that none takes backwards what another has ahead of it.
    let mut chosen: Vec<Option<usize>> = froms
        .iter()
        .enumerate()
        .map(|(i, &f)| {
            let end = froms.get(i + 1).copied().unwrap_or(u32::MAX);
            let first = tos.partition_point(|&t| t < f);
            let found = (first..tos.len()).take_while(|&t| tos[t] < end).find(|&t| !used[t])?;
            used[found] = true;
            Some(found)
        })
        .collect();
    for (choice, &f) in chosen.iter_mut().zip(&froms).filter(|(c, _)| c.is_none()) {
        let end = tos.partition_point(|&t| t < f);
        *choice = (0..end).rev().find(|&t| !used[t]);
        if let Some(found) = *choice {
            used[found] = true;
        }
    }
    froms.iter().zip(chosen).map(|(&f, c)| (f, c.map(|t| tos[t]))).collect()
}
