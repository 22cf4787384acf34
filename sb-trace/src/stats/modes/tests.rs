//! Samples whose modes are known: how often one mode is taken for two, and two for one.

use super::{Distribution, Mode};

fn modes(sorted: &[i64]) -> Vec<Mode> {
    super::modes(&Distribution::of(sorted.to_vec()))
}

/// A generator of numbers that look random: SplitMix64.
struct Random(u64);

impl Random {
    /// In 0..1, neither end included.
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (((z ^ (z >> 31)) >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Of a standard normal distribution (Box and Muller).
    fn normal(&mut self) -> f64 {
        let (a, b) = (self.uniform(), self.uniform());
        (-2.0 * a.ln()).sqrt() * (2.0 * std::f64::consts::PI * b).cos()
    }
}

const MS: f64 = 1e6;

/// Sorted latencies in nanoseconds, measured by a clock with this tick.
fn sample(n: usize, tick: f64, mut draw: impl FnMut() -> f64) -> Vec<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "latencies of seconds")]
    let mut values: Vec<i64> = (0..n).map(|_| ((draw() / tick).round() * tick) as i64).collect();
    values.sort_unstable();
    values
}

/// How many of 300 samples have so many modes.
fn count(wanted: usize, n: usize, tick: f64, mut draw: impl FnMut() -> f64) -> usize {
    (0..300).filter(|_| modes(&sample(n, tick, &mut draw)).len() == wanted).count()
}

#[test]
fn one_mode_is_seldom_taken_for_two() {
    let mut random = Random(1);
    for n in [30, 60, 200, 1000, 5000] {
        for tick in [1.0, 1000.0, MS] {
            let least = 294; // of 300: 98 %
            let normal = count(1, n, tick, || (50.0 + 8.0 * random.normal()) * MS);
            assert!(normal >= least, "normal n={n} tick={tick}: {normal}");
            let lognormal = count(1, n, tick, || 20.0 * MS * (0.6 * random.normal()).exp());
            assert!(lognormal >= least, "lognormal n={n} tick={tick}: {lognormal}");
            let exponential = count(1, n, tick, || -30.0 * MS * random.uniform().ln());
            assert!(exponential >= least, "exponential n={n} tick={tick}: {exponential}");
            let uniform = count(1, n, tick, || (5.0 + 20.0 * random.uniform()) * MS);
            assert!(uniform >= least, "uniform n={n} tick={tick}: {uniform}");
        }
    }
}

#[test]
fn two_modes_far_apart_are_found() {
    let mut random = Random(2);
    // The fewer latencies, the more often the second mode is put down to chance.
    for (n, least) in [(60, 240), (200, 294), (1000, 297), (5000, 297)] {
        for tick in [1.0, MS] {
            let found = count(2, n, tick, || {
                let middle = if random.uniform() < 0.3 { 340.0 } else { 12.0 };
                middle * MS * (0.1 * random.normal()).exp()
            });
            assert!(found >= least, "n={n} tick={tick}: {found}");
        }
    }
}

#[test]
fn a_mode_has_its_median_and_its_share() {
    let mut random = Random(3);
    let mut values = sample(810, MS, || 12.0 * MS * (0.1 * random.normal()).exp());
    values.extend(sample(190, MS, || 340.0 * MS * (0.1 * random.normal()).exp()));
    let found = modes(&values);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!((found[0].at_ms, found[0].share, found[1].share), (12.0, 0.81, 0.19));
    assert!((found[1].at_ms - 340.0).abs() < 8.0, "{found:?}");
    assert!(found[0].to_ms < 20.0 && found[1].from_ms > 200.0, "{found:?}");
}

#[test]
fn few_values_equal_values_and_values_of_zero_or_less() {
    assert_eq!(modes(&[5; 29]), []);
    assert_eq!(modes(&[-5; 100]), []);
    let equal = modes(&[7_000_000; 30]);
    assert_eq!(equal.len(), 1);
    assert_eq!((equal[0].at_ms, equal[0].share), (7.0, 1.0));
    assert_eq!(modes(&[0; 50]).len(), 1);
    assert_eq!(modes(&[i64::MAX; 50]).len(), 1);
    // Zero and one tick of the clock are neighbours, not two modes.
    let mut few: Vec<i64> = vec![0; 50];
    few.extend([1_000_000; 50]);
    assert_eq!(modes(&few).len(), 1);
    // Negative latencies are in no mode, so the shares do not add up to one.
    let mut some: Vec<i64> = vec![-3_000_000; 25];
    some.extend([4_000_000; 75]);
    assert_eq!(modes(&some).iter().map(|m| m.share).collect::<Vec<_>>(), [0.75]);
}

#[test]
fn a_handful_of_stalls_is_no_mode() {
    let mut random = Random(4);
    let mut values = sample(970, MS, || 20.0 * MS * (0.2 * random.normal()).exp());
    values.extend([3_000_000_000; 30]);
    assert_eq!(modes(&values).len(), 1);
}
