//! The shift from one sample to another (Hodges and Lehmann): the median of all differences between a
//! value of the one and a value of the other. It has the unit of the latencies, stands where a change
//! in percent does not (a baseline at zero), and a few stalls do not move it. It is not the difference
//! of the medians.

/// The shift from `a` to `b`, both ascending, in milliseconds. Exact: the differences are counted, not
/// listed.
pub(super) fn shift(a: &[f64], b: &[f64]) -> Option<f64> {
    let pairs = (a.len() as u64).checked_mul(b.len() as u64).filter(|&n| n > 0)?;
    let (a, b) = (to_ns(a), to_ns(b));
    let low = nth(&a, &b, (pairs - 1) / 2);
    let high = if pairs % 2 == 1 { low } else { nth(&a, &b, pairs / 2) };
    Some(sb_trace::units::ns_to_ms(low).midpoint(sb_trace::units::ns_to_ms(high)))
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

    #[test]
    fn the_median_of_all_differences() {
        assert_eq!(shift(&[1.0, 2.0], &[4.0, 8.0]), Some(4.5), "2, 3, 6, 7");
        assert_eq!(shift(&[5.0], &[-2.5]), Some(-7.5));
        assert_eq!(shift(&[], &[1.0]), None);
        assert_eq!(shift(&[7.0; 3], &[7.0; 5]), Some(0.0));
        let mut a: Vec<f64> = spread(60, 40.0).into_iter().flatten().map(f64::round).collect();
        let mut b: Vec<f64> = spread(47, 43.0).into_iter().flatten().map(f64::round).collect();
        a.sort_by(f64::total_cmp);
        b.sort_by(f64::total_cmp);
        let mut all: Vec<f64> = a.iter().flat_map(|x| b.iter().map(move |y| y - x)).collect();
        all.sort_by(f64::total_cmp);
        assert_eq!(shift(&a, &b), sb_trace::stats::quantile(&all, 0.5));
    }
}
