//! `docs/semantics.md` section 7: quantiles, their intervals and the figures of a pair; of section
//! 5 the start classes that labels say.

/// The probability left out on each side of a 95 % interval.
const TAIL: f64 = 0.025;

/// The greatest sample whose interval is compared: the sums are quadratic.
pub(super) const INTERVAL_MOST: usize = 400;

/// The figures of some latencies.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figures {
    pub(super) n: usize,
    pub(super) unmatched: usize,
    pub(super) negative: usize,
    pub(super) mean_ms: Option<f64>,
    pub(super) min_ms: Option<f64>,
    pub(super) max_ms: Option<f64>,
    /// Value, low end and high end, percentile by percentile.
    pub(super) percentiles: Vec<[Option<f64>; 3]>,
}

/// The figures of the rows of one pair: unmatched ones are counted, negative ones are part of all.
pub(super) fn figures(latencies: &[Option<i64>], percents: &[f64]) -> Figures {
    let mut ns: Vec<i64> = latencies.iter().copied().flatten().collect();
    ns.sort_unstable();
    let ms: Vec<f64> = ns.iter().map(|&l| l as f64 / 1e6).collect();
    let n = ms.len();
    let sum: i128 = ns.iter().copied().map(i128::from).sum();
    let percentile = |&percent: &f64| {
        let (low, high) = if n > INTERVAL_MOST { (None, None) } else { ranks(n, percent / 100.0) };
        let at = |rank: Option<usize>| rank.map(|r| ms[r - 1]);
        [quantile(&ms, percent / 100.0), at(low), at(high)]
    };
    Figures {
        n,
        unmatched: latencies.len() - n,
        negative: ns.iter().filter(|&&l| l < 0).count(),
        mean_ms: if n == 0 { None } else { Some(sum as f64 / 1e6 / n as f64) },
        min_ms: ms.first().copied(),
        max_ms: ms.last().copied(),
        percentiles: percents.iter().map(percentile).collect(),
    }
}

/// Hyndman and Fan's type 7, rounded as numpy rounds it: from the nearer of the two neighbours.
pub(super) fn quantile(sorted: &[f64], q: f64) -> Option<f64> {
    if sorted.is_empty() {
        return None;
    }
    let place = (sorted.len() - 1) as f64 * q;
    // The greatest index that is not above it, by counting.
    let mut below = 0;
    while ((below + 1) as f64) <= place {
        below += 1;
    }
    let (a, b) = (sorted[below], sorted[(below + 1).min(sorted.len() - 1)]);
    let share = place - below as f64;
    Some(if share >= 0.5 { b - (b - a) * (1.0 - share) } else { a + (b - a) * share })
}

/// Ranks, from 1, of the interval: max k with P(B < k) <= 2.5 % and min k with P(B < k) >= 97.5 %,
/// where B is the number of n values below the quantile. An end without such a rank is open.
pub(super) fn ranks(n: usize, q: f64) -> (Option<usize>, Option<usize>) {
    // P(B = k), value by value: each is below the quantile with probability q.
    let mut mass = vec![1.0];
    for _ in 0..n {
        let mut next = vec![0.0; mass.len() + 1];
        for (k, p) in mass.iter().enumerate() {
            next[k] += p * (1.0 - q);
            next[k + 1] += p * q;
        }
        mass = next;
    }
    let below = |k: usize| mass[..k].iter().sum::<f64>();
    let low = (1..=n).filter(|&k| below(k) <= TAIL).max();
    let high = (1..=n).find(|&k| below(k) >= 1.0 - TAIL);
    (low, high)
}

/// What the labels of a trace say of its start: class and what that rests on. Plain logs name no
/// execution environment.
pub(super) fn start_class<'a>(
    labels: impl Iterator<Item = &'a str>,
) -> (&'static str, &'static str) {
    let (mut cold, mut warm) = (false, false);
    for label in labels {
        cold |= ["COLD", "COLD_START", "INIT"].contains(&label) || label.starts_with("INIT_");
        warm |= ["WARM", "WARM_START"].contains(&label);
    }
    match (cold, warm) {
        (true, true) => ("partial", "label"),
        (true, false) => ("cold", "label"),
        (false, true) => ("warm", "label"),
        (false, false) => ("unknown", ""),
    }
}
