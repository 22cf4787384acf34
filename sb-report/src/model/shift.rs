//! The shift from one sample to another (Hodges and Lehmann): the median of all differences between a
//! value of the one and a value of the other. It has the unit of the latencies, stands where a change
//! in percent does not (a baseline at zero), and a few stalls do not move it. It is not the difference
//! of the medians.
//!
//! Its interval is made of two of the differences (Lehmann): as many lie beyond each of them as Mann
//! and Whitney's U has to be, where there is no shift, in 25 of 1 000 cases at most. It takes the
//! calls for independent: between runs it promises too much.

use super::mann_whitney::rank;
use sb_trace::units::ns_to_ms;

/// Of a side with more values than this, so many evenly among them stand for it where the interval
/// is sought: its ends then are off by far less than it is wide.
const MOST: usize = 2_000;

/// A shift in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shift {
    /// The median of all differences.
    pub ms: f64,
    /// The ends of its 95 % interval; none where there are too few values for one.
    pub ends: Option<(f64, f64)>,
}

/// The shift from `a` to `b`, both ascending. Exact: the differences are counted, not listed.
pub(super) fn shift(a: &[f64], b: &[f64]) -> Option<Shift> {
    let pairs = (a.len() as u64).checked_mul(b.len() as u64).filter(|&n| n > 0)?;
    let rank = rank(a.len(), b.len());
    let (a, b) = (to_ns(a), to_ns(b));
    let low = nth(&a, &b, (pairs - 1) / 2);
    let high = if pairs % 2 == 1 { low } else { nth(&a, &b, pairs / 2) };
    let ms = ns_to_ms(low).midpoint(ns_to_ms(high));
    let ends = rank.map(|rank| {
        let (a, b) = (evenly(&a), evenly(&b));
        let all = (a.len() * b.len()) as u64;
        let rank = if all == pairs {
            rank - 1
        } else {
            let share = (rank as f64 - 0.5) / pairs as f64;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to all")]
            let rank = (share * all as f64) as u64;
            rank
        };
        let at = |rank| ns_to_ms(nth(&a, &b, rank));
        (at(rank).min(ms), at(all - 1 - rank).max(ms))
    });
    Some(Shift { ms, ends })
}

/// At most [`MOST`] of the values, the middle ones of as many parts of equal size.
fn evenly(values: &[i64]) -> Vec<i64> {
    let (n, kept) = (values.len(), values.len().min(MOST));
    (0..kept).filter_map(|at| values.get((2 * at + 1) * n / (2 * kept)).copied()).collect()
}

/// Nanoseconds, of which the milliseconds were made.
fn to_ns(ms: &[f64]) -> Vec<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "made of 64 bits of nanoseconds")]
    let ns = |v: &f64| (v * 1e6).round() as i64;
    ms.iter().map(ns).collect()
}

/// The difference of this rank (from 0), found by halving what it may be.
fn nth(a: &[i64], b: &[i64], rank: u64) -> i64 {
    let ends = |v: &[i64]| (v.first().copied().unwrap_or(0), v.last().copied().unwrap_or(0));
    let (mut low, mut high) =
        (ends(b).0.saturating_sub(ends(a).1), ends(b).1.saturating_sub(ends(a).0));
    while low < high {
        let middle = low.midpoint(high);
        // Towards zero: the lower end must move.
        let middle = if middle == high { low } else { middle };
        if up_to(a, b, middle) > rank { high = middle } else { low = middle.saturating_add(1) }
    }
    low
}

/// How many differences are at most this.
fn up_to(a: &[i64], b: &[i64], most: i64) -> u64 {
    let (mut count, mut at) = (0, 0);
    // As the value of `a` grows, more values of `b` lie near enough.
    for &from in a {
        while b.get(at).is_some_and(|&to| to.saturating_sub(from) <= most) {
            at += 1;
        }
        count += at as u64;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::spread;

    fn ms(a: &[f64], b: &[f64]) -> Option<f64> {
        shift(a, b).map(|s| s.ms)
    }

    fn sorted(n: usize, around: f64) -> Vec<f64> {
        let mut values: Vec<f64> = spread(n, around).into_iter().flatten().collect();
        values.sort_by(f64::total_cmp);
        values
    }

    fn differences(a: &[f64], b: &[f64]) -> Vec<f64> {
        let mut all: Vec<f64> = a.iter().flat_map(|x| b.iter().map(move |y| y - x)).collect();
        all.sort_by(f64::total_cmp);
        all
    }

    #[test]
    fn the_median_of_all_differences() {
        assert_eq!(ms(&[1.0, 2.0], &[4.0, 8.0]), Some(4.5), "2, 3, 6, 7");
        assert_eq!(ms(&[5.0], &[-2.5]), Some(-7.5));
        assert_eq!(ms(&[], &[1.0]), None);
        assert_eq!(ms(&[7.0; 3], &[7.0; 5]), Some(0.0));
        let whole = |n, around| sorted(n, around).iter().map(|v| v.round()).collect::<Vec<_>>();
        let (a, b) = (whole(60, 40.0), whole(47, 43.0));
        assert_eq!(ms(&a, &b), sb_trace::stats::quantile(&differences(&a, &b), 0.5));
    }

    #[test]
    fn its_interval_ends_at_two_of_the_differences() {
        assert_eq!(shift(&[1.0, 2.0, 3.0], &[4.0, 5.0, 7.0]).unwrap().ends, None, "3 and 3");
        let (a, b) = ([1.0, 2.0, 4.0, 8.0], [16.0, 32.0, 64.0, 128.0]);
        assert_eq!(shift(&a, &b).unwrap().ends, Some((8.0, 127.0)), "4 and 4: all of them");
        let (a, b) = ([1.0, 2.0, 4.0, 8.0, 9.0], [16.0, 32.0, 64.0, 128.0, 256.0]);
        let all = differences(&a, &b);
        assert_eq!(shift(&a, &b).unwrap().ends, Some((all[2], all[22])), "tables: 2 beyond");
    }

    #[test]
    fn a_part_of_many_values_gives_nearly_the_same_interval() {
        // Of ticks of a nanosecond: what is compared is not rounded.
        let ticks = |values: Vec<f64>| values.iter().map(|v| (v * 1e6).round() / 1e6).collect();
        let (a, b): (Vec<f64>, Vec<f64>) = (ticks(sorted(3_100, 40.0)), ticks(sorted(2_700, 43.0)));
        let all = differences(&a, &b);
        let rank = usize::try_from(rank(a.len(), b.len()).unwrap()).unwrap();
        let whole = (all[rank - 1], all[all.len() - rank]);
        let ends = shift(&a, &b).unwrap().ends.unwrap();
        let slack = (whole.1 - whole.0) * 0.01;
        let near = |a: f64, b: f64| (a - b).abs() < slack;
        assert!(near(ends.0, whole.0) && near(ends.1, whole.1), "{ends:?} {whole:?}");
    }
}
