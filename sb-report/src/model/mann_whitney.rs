//! Mann and Whitney's test: how often values of one sample exceed those of another, and how often
//! chance alone would make that so uneven. As `scipy.stats.mannwhitneyu` computes it.

use statrs::distribution::{ContinuousCDF, Normal};
use std::cmp::Ordering;

/// Up to this many values on the smaller side, and on the larger one, chances are counted out: the
/// first is scipy's, the second keeps that cheap.
const SMALL: usize = 8;
const MOST: usize = 2_000;
/// What a 95 % interval leaves out on each side.
const BEYOND: f64 = 0.025;

/// What the test finds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Test {
    /// How often a value of the second sample exceeds one of the first; ties count half.
    pub u: f64,
    /// How often samples of no difference would be at least so uneven.
    pub p: f64,
    /// Whether that was counted out; else it is the normal distribution's.
    pub exact: bool,
}

/// Tests two samples, both ascending; none where one is empty.
pub(super) fn test(a: &[f64], b: &[f64]) -> Option<Test> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let (pairs, all) = (a.len() as f64 * b.len() as f64, (a.len() + b.len()) as f64);
    let (u, ties) = wins(a, b);
    let uneven = u.max(pairs - u);
    if ties == 0.0 && is_small(a.len(), b.len()) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to pairs")]
        let least = (pairs - uneven) as usize;
        let likely = cumulative(a.len(), b.len()).get(least).copied().unwrap_or(1.0);
        return Some(Test { u, p: (2.0 * likely).min(1.0), exact: true });
    }
    let variance = pairs / 12.0 * (all + 1.0 - ties / (all * (all - 1.0)));
    // Half a step towards the middle: U is a whole number, the normal distribution is not.
    let away = (uneven - pairs / 2.0 - 0.5) / variance.max(0.0).sqrt();
    let likely = if variance > 0.0 { Normal::standard().sf(away) } else { 1.0 };
    Some(Test { u, p: (2.0 * likely).min(1.0), exact: false })
}

/// How often a value of `b` exceeds one of `a`, ties counted half, and the sum of t³ − t over all
/// values that occur t times.
fn wins(a: &[f64], b: &[f64]) -> (f64, f64) {
    let (mut before, mut after) = (0, 0);
    let (mut wins, mut ties) = (0.0, 0.0);
    while let Some(&value) = match (a.get(before), b.get(after)) {
        (Some(x), Some(y)) if x.total_cmp(y) == Ordering::Greater => Some(y),
        (None, y) => y,
        (x, _) => x,
    } {
        let equal = |v: &[f64]| v.iter().take_while(|&&v| v <= value).count();
        let (old, new) = (equal(&a[before..]), equal(&b[after..]));
        wins += new as f64 * (before as f64 + old as f64 / 2.0);
        let times = (old + new) as f64;
        ties += times * times * times - times;
        (before, after) = (before + old, after + new);
    }
    (wins, ties)
}

fn is_small(n: usize, m: usize) -> bool {
    n.min(m) <= SMALL && n.max(m) <= MOST
}

/// The rank, from 1, of the difference at which the 95 % interval of the shift begins; as far from
/// the other end it ends. None where the samples are too small for one.
pub(super) fn rank(n: usize, m: usize) -> Option<u64> {
    let rank = if is_small(n, m) {
        cumulative(n, m).iter().take_while(|&&p| p <= BEYOND).count() as u64
    } else {
        let (n, m) = (n as f64, m as f64);
        let deviation = (n * m * (n + m + 1.0) / 12.0).sqrt();
        let z = Normal::standard().inverse_cdf(BEYOND);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at least 0")]
        let rank = (n * m / 2.0 + 0.5 + z * deviation).max(0.0) as u64;
        rank
    };
    (rank > 0).then_some(rank)
}

/// How likely U is at most 0, 1, ..., nm for two samples without ties and without a difference, at
/// least one of them small.
fn cumulative(n: usize, m: usize) -> Vec<f64> {
    let (few, many) = (n.min(m), n.max(m));
    // The coefficients of Gauss' binomial, factor by factor: whole numbers, at most those of ways to
    // choose 8 of 2 008, so nothing is rounded and nothing overflows.
    let mut ways = vec![0i128; few * many + 1];
    ways[0] = 1;
    for factor in 1..=few {
        for u in (many + factor..ways.len()).rev() {
            ways[u] -= ways[u - many - factor];
        }
        for u in factor..ways.len() {
            ways[u] += ways[u - factor];
        }
    }
    let all = ways.iter().sum::<i128>() as f64;
    let mut up_to = 0;
    let share = |ways: i128| {
        up_to += ways;
        up_to as f64 / all
    };
    ways.into_iter().map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(a: &[f64], b: &[f64]) -> (f64, bool) {
        let test = test(a, b).unwrap();
        (test.p, test.exact)
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-9 * b
    }

    #[test]
    fn as_scipy_computes_it() {
        let one_to = |n: u32| (1..=n).map(f64::from).collect::<Vec<_>>();
        // 4 against 4, all on one side: two of the 70 orders.
        assert_eq!(p(&one_to(4), &[5.0, 6.0, 7.0, 8.0]), (2.0 / 70.0, true));
        let (exact, counted) = p(&[1.1, 2.2, 3.3, 4.4, 5.5], &[2.0, 4.0, 6.0, 8.0, 10.0, 12.0]);
        assert!(counted && close(exact, 0.125_541_125_541_125_55), "{exact}");
        let (tied, counted) = p(&[1.0, 2.0, 2.0, 3.0], &[2.0, 3.0, 4.0, 5.0, 5.0]);
        assert!(!counted && close(tied, 0.078_545_850_951_190_67), "{tied}");
        let b: Vec<f64> = one_to(20).iter().map(|v| v + 6.5).collect();
        let (normal, counted) = p(&one_to(20), &b);
        assert!(!counted && close(normal, 0.003_336_179_304_756_405), "{normal}");
        assert_eq!(p(&[7.0; 30], &[7.0; 40]), (1.0, false), "nothing differs");
        assert!(p(&vec![1.0; 3000], &vec![2.0; 3000]).0 < 1e-300);
        assert_eq!(test(&[], &[1.0]), None);
    }

    #[test]
    fn wins_and_ties_by_hand() {
        assert_eq!(wins(&[1.0, 2.0], &[2.0, 3.0]), (3.5, 6.0));
        assert_eq!(wins(&[-1.0, 0.0, 0.0], &[-2.0]), (0.0, 6.0));
    }

    #[test]
    fn ranks_of_small_samples_are_those_of_tables() {
        // Tables of U at 5 %, two-sided, count from 0; the last one is the normal distribution's.
        for (n, m, rank) in [(4, 4, 1), (5, 5, 3), (6, 7, 7), (8, 8, 14), (5, 20, 21), (9, 9, 18)] {
            assert_eq!(super::rank(n, m), Some(rank), "{n} {m}");
        }
        assert_eq!(rank(3, 3), None, "not even the whole range holds the shift that surely");
        let likely = cumulative(8, 2_000);
        assert!(
            close(*likely.last().unwrap(), 1.0)
                && close(likely[8_000], 0.5 + 0.5 * (likely[8_000] - likely[7_999]))
        );
    }
}
