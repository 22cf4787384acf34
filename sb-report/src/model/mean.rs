//! The interval of a mean: the bias-corrected and accelerated bootstrap (BCa, Efron), which unlike
//! mean ± deviation is as crooked as the latencies are.
//!
//! Of many values only those farthest from the mean are drawn one by one. The rest has no long tail:
//! its sum in a resample is drawn from the normal distribution of that mean and variance, with a term
//! for its skewness.

use super::random::Random;
use sb_trace::stats::{Distribution, quantile};
use statrs::distribution::{ContinuousCDF, Normal};

/// How often everything is drawn anew: scipy's default.
const REPLICATES: usize = 9_999;
/// Up to this many values all are drawn one by one.
const FEW: usize = 200;
/// Of more values so many, the farthest from the mean, are drawn one by one.
const FAR: usize = 32;
/// Over this many values the mean's own distribution is as good as normal.
const MANY: u64 = 100_000;
/// What a 95 % interval leaves out below it.
const BEYOND: f64 = 0.025;

/// The ends of the 95 % interval of the mean of latencies; none of fewer than two, nor where
/// all are equal. `name` seeds the draws.
pub(super) fn interval(latencies: &Distribution, name: &[&str]) -> Option<(f64, f64)> {
    let n = latencies.n() as f64;
    let mean = latencies.all_ms().sum::<f64>() / n;
    let power = |by: i32| latencies.all_ms().map(|v| (v - mean).powi(by)).sum::<f64>();
    let squares = power(2);
    if latencies.n() < 2 || squares <= 0.0 {
        return None;
    }
    let normal = Normal::standard();
    let z = normal.inverse_cdf(BEYOND);
    if latencies.n() > MANY {
        let error = (squares / (n - 1.0) / n).sqrt();
        return Some((mean + z * error, mean - z * error));
    }
    let sorted: Vec<f64> = latencies.all_ms().collect();
    let sorted = sorted.as_slice();
    let mut random = Random::named(&[&["mean"], name].concat());
    let mut means = if sorted.len() <= FEW {
        one_by_one(sorted, &mut random)
    } else {
        far_ones(sorted, mean, &mut random)
    };
    means.sort_unstable_by(f64::total_cmp);
    // Ties count half.
    let below = means.partition_point(|&m| m < mean) + means.partition_point(|&m| m <= mean);
    let bias = normal.inverse_cdf(below as f64 / (2.0 * means.len() as f64));
    // Of a mean the jackknife has a formula.
    let acceleration = power(3) / (6.0 * squares.powf(1.5));
    let end = |z: f64| {
        let moved = bias + z;
        let at = normal.cdf(bias + moved / (1.0 - acceleration * moved));
        quantile(&means, at).filter(|_| at.is_finite())
    };
    Some((end(z)?, end(-z)?))
}

fn one_by_one(values: &[f64], random: &mut Random) -> Vec<f64> {
    let n = values.len();
    let mut mean = || (0..n).map(|_| values[random.below(n)]).sum::<f64>() / n as f64;
    (0..REPLICATES).map(|_| mean()).collect()
}

fn far_ones(sorted: &[f64], mean: f64, random: &mut Random) -> Vec<f64> {
    // The farthest stand at the two ends.
    let (mut from, mut to) = (0, sorted.len());
    while sorted.len() - (to - from) < FAR {
        if mean - sorted[from] > sorted[to - 1] - mean { from += 1 } else { to -= 1 }
    }
    let (near, far) = (&sorted[from..to], [&sorted[..from], &sorted[to..]].concat());
    let (n, few) = (sorted.len() as f64, near.len() as f64);
    let middle = near.iter().sum::<f64>() / few;
    let power = |by: i32| near.iter().map(|v| (v - middle).powi(by)).sum::<f64>() / few;
    let deviation = power(2).sqrt();
    let skewness = if deviation > 0.0 { power(3) / deviation.powi(3) } else { 0.0 };
    let counts = up_to(n, far.len() as f64 / n);
    let mut mean = || {
        let uniform = random.uniform();
        let drawn = counts.partition_point(|&p| p < uniform);
        let sum: f64 = (0..drawn).map(|_| far[random.below(far.len())]).sum();
        let rest = n - drawn as f64;
        let z = random.normal();
        let crooked = z + skewness / (6.0 * rest.sqrt()) * (z * z - 1.0);
        (sum + rest * middle + rest.sqrt() * deviation * crooked) / n
    };
    (0..REPLICATES).map(|_| mean()).collect()
}

/// How likely at most 0, 1, 2, ... of `n` tries succeed, each with probability `p`.
fn up_to(n: f64, p: f64) -> Vec<f64> {
    // A mean of some thirty: more than this does not happen.
    const LONGEST: u32 = 200;
    let (mut exactly, mut sum) = ((n * (-p).ln_1p()).exp(), 0.0);
    let mut next = |k: u32| {
        sum += exactly;
        exactly *= (n - f64::from(k)).max(0.0) / f64::from(k + 1) * p / (1.0 - p);
        sum
    };
    (0..LONGEST).map(&mut next).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::spread;

    fn values(n: usize) -> Vec<f64> {
        let mut values: Vec<f64> = spread(n, 40.0).into_iter().flatten().collect();
        values.sort_by(f64::total_cmp);
        values
    }

    fn of(ms: &[f64]) -> Distribution {
        #[expect(clippy::cast_possible_truncation, reason = "small numbers of a test")]
        Distribution::of(ms.iter().map(|ms| (ms * 1e6) as i64).collect())
    }

    /// What share of drawn means lies at or below each of these.
    fn shares(means: &[f64], at: &[f64]) -> Vec<f64> {
        let share = |v: &f64| means.iter().filter(|m| *m <= v).count() as f64 / means.len() as f64;
        at.iter().map(share).collect()
    }

    #[test]
    fn drawing_the_far_ones_agrees_with_drawing_all() {
        let mut stalls = values(400);
        stalls.extend([9_000.0, 9_500.0, 20_000.0]);
        let mut below = values(300);
        below.insert(0, -4_000.0);
        for values in [values(201), values(900), stalls, below] {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let mut random = Random::named(&["far"]);
            let mut all = one_by_one(&values, &mut random);
            let far = far_ones(&values, mean, &mut random);
            all.sort_by(f64::total_cmp);
            let qs = [0.01, 0.025, 0.1, 0.5, 0.9, 0.975, 0.99];
            let at: Vec<f64> = qs.iter().filter_map(|&q| quantile(&all, q)).collect();
            for (q, (a, b)) in qs.iter().zip(shares(&all, &at).iter().zip(shares(&far, &at))) {
                assert!((a - b).abs() < 4.0 * (q * (1.0 - q) / 5_000.0).sqrt(), "{q}: {a} {b}");
            }
        }
    }

    #[test]
    fn crooked_as_the_values_are() {
        let mut values = values(300);
        values.extend([400.0, 900.0]);
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let (low, high) = interval(&of(&values), &["a"]).unwrap();
        assert!(
            low < mean && mean < high && high - mean > 1.3 * (mean - low),
            "{low} {mean} {high}"
        );
        assert_eq!(interval(&of(&values), &["a"]), Some((low, high)));
        assert_ne!(interval(&of(&values), &["b"]), Some((low, high)), "other draws");
    }

    #[test]
    fn many_values_are_as_good_as_normal() {
        let values = values(usize::try_from(MANY).unwrap() + 1);
        let (low, high) = interval(&of(&values), &[]).unwrap();
        let (drawn_low, drawn_high) = interval(&of(&values[1..]), &[]).unwrap();
        let slack = (high - low) * 0.06;
        assert!((low - drawn_low).abs() < slack && (high - drawn_high).abs() < slack);
    }

    #[test]
    fn little_and_equal_values_have_none() {
        for values in [&[][..], &[7.0], &[7.0; 500]] {
            assert_eq!(interval(&of(values), &[]), None);
        }
        let (low, high) = interval(&of(&[1.0, 3.0]), &[]).unwrap();
        assert!((1.0..=3.0).contains(&low) && low <= high && high <= 3.0);
        assert!(interval(&of(&[-3e12, 0.0, 1.0, 3e12]), &[]).is_some());
    }
}
