//! Confidence interval of a quantile by order statistics: exact, free of any distribution.
//!
//! With `B ~ Bin(n, q)` the number of values below the true quantile, the 95 % interval runs
//! from the value of rank `l = max{k : P(B < k) <= 0.025}` to that of rank
//! `u = min{k : P(B < k) >= 0.975}`, ranks counted from 1. An end is open where no such rank
//! lies in 1..n: then the sample is too small for it. (Hahn and Meeker, Statistical Intervals.)

use hashbrown::HashMap;
use std::cell::RefCell;

/// The probability left out on each side of the interval.
const TAIL: f64 = 0.025;

/// Ranks (from 1) of a 95 % confidence interval of a quantile; none where an end is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ranks {
    /// Rank of the lower end.
    pub low: Option<usize>,
    /// Rank of the upper end.
    pub high: Option<usize>,
}

/// The interval's ranks for `n` values and the quantile `q` (0 to 1, both excluded).
pub fn ranks(n: usize, q: f64) -> Ranks {
    /// So many intervals are remembered.
    const MOST: usize = 1 << 12;
    thread_local! {
        static KNOWN: RefCell<HashMap<(usize, u64), Ranks>> = RefCell::default();
    }
    if n == 0 || q <= 0.0 || q >= 1.0 {
        return Ranks { low: None, high: None };
    }
    // Of thousands of pairs, most have as many latencies as some other.
    KNOWN.with_borrow_mut(|known| {
        if known.len() >= MOST {
            known.clear();
        }
        *known.entry((n, q.to_bits())).or_insert_with(|| Ranks {
            low: low_rank(n, q),
            high: low_rank(n, 1.0 - q).map(|rank| n + 1 - rank),
        })
    })
}

/// max{k >= 1 : P(B < k) <= TAIL}. The upper end is its mirror image: P(B < k) >= 1 - TAIL is
/// P(n - B < n + 1 - k) <= TAIL for B' = n - B ~ Bin(n, 1 - q).
fn low_rank(n: usize, q: f64) -> Option<usize> {
    /// Less is so near to the least number there is that multiplying it would lose digits.
    const TOLD: f64 = 1e-280;
    let odds = q / (1.0 - q);
    // Starting far below the mean keeps the loop short for large n; what lies below is < 1e-30.
    let spread = (n as f64 * q * (1.0 - q)).sqrt();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..n")]
    let first = (n as f64 * q - 12.0 * spread - 12.0).max(0.0) as usize;
    let mut log_mass =
        log_binomial(n, first) + first as f64 * q.ln() + (n - first) as f64 * (-q).ln_1p();
    // As long as the mass is next to nothing, only its logarithm can be told.
    let mut mass = 0.0;
    let mut below = 0.0;
    let mut rank = (first > 0).then_some(first);
    for k in first..n {
        if mass < TOLD {
            mass = log_mass.exp();
        }
        // Here `below` is P(B < k); adding P(B = k) gives P(B < k + 1).
        below += mass;
        if below > TAIL {
            return rank;
        }
        rank = Some(k + 1);
        let step = (n - k) as f64 / (k + 1) as f64;
        if mass < TOLD {
            log_mass += step.ln() + odds.ln();
        } else {
            mass *= step * odds;
        }
    }
    rank
}

/// ln C(n, k) by Stirling's series of ln Gamma.
fn log_binomial(n: usize, k: usize) -> f64 {
    log_factorial(n) - log_factorial(k) - log_factorial(n - k)
}

fn log_factorial(n: usize) -> f64 {
    if n < 16 {
        return (1..=n).map(|i| (i as f64).ln()).sum();
    }
    let x = n as f64 + 1.0;
    let inverse = 1.0 / x;
    let series = inverse / 12.0 - inverse.powi(3) / 360.0 + inverse.powi(5) / 1260.0
        - inverse.powi(7) / 1680.0;
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + series
}

/// Whether `n` values bound the quantile on both sides: p50 needs 6, p90 36, p95 72, p99 368.
pub fn supported(n: usize, q: f64) -> bool {
    let ranks = ranks(n, q);
    ranks.low.is_some() && ranks.high.is_some()
}

/// The fewest values that bound the quantile on both sides: q^n and (1-q)^n are at most 2.5 %.
pub fn minimum_n(q: f64) -> usize {
    let n = TAIL.ln() / q.max(1.0 - q).ln();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "n > 0")]
    let n = n.ceil() as usize;
    n
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minimum_sample_sizes_are_the_published_ones() {
        for (q, n) in [
            (0.5, 6),
            (0.75, 13),
            (0.9, 36),
            (0.95, 72),
            (0.99, 368),
            (0.999, 3_688),
            (0.9999, 36_887),
        ] {
            assert_eq!(minimum_n(q), n);
            assert!(supported(n, q), "{q} {n}");
            assert!(!supported(n - 1, q), "{q} {}", n - 1);
        }
    }

    #[test]
    fn ranks_by_a_direct_sum() {
        for n in [1usize, 2, 6, 10, 36, 100, 368] {
            for q in [0.25, 0.5, 0.9, 0.99] {
                let mass = |k: usize| {
                    (log_binomial(n, k) + k as f64 * f64::ln(q) + (n - k) as f64 * f64::ln(1.0 - q))
                        .exp()
                };
                let below = |k: usize| (0..k).map(mass).sum::<f64>();
                let low = (1..=n).filter(|&k| below(k) <= TAIL).max();
                let high = (1..=n).find(|&k| below(k) >= 1.0 - TAIL);
                assert_eq!(ranks(n, q), Ranks { low, high }, "n={n} q={q}");
            }
        }
    }
}
