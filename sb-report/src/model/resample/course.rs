//! Many quantiles of a large resample at once, for a band along the whole distribution. Halving for
//! each of them would take too long; here the values are cut into equal parts, how many of a resample
//! lie below each cut is drawn from the normal distribution of that mean and variance, and between
//! two cuts its values are taken to lie evenly.

use super::Sample;

/// How many parts.
const PARTS: usize = 400;

/// A sample, cut into parts.
#[derive(Debug)]
pub(super) struct Course<'a> {
    /// All values, ascending.
    sorted: &'a [f64],
    /// Of each run: how many of its calls lie below each cut, and the variance of that in a resample.
    runs: Vec<Vec<(f64, f64)>>,
}

impl<'a> Course<'a> {
    pub(super) fn of(sample: &'a Sample) -> Self {
        let all = sample.sorted.len();
        let run = |places: &Vec<usize>| {
            let n = places.len() as f64;
            let below = |cut| places.partition_point(|&p| p < cut * all / PARTS) as f64;
            (0..=PARTS).map(below).map(|c| (c, c * (n - c) / n)).collect()
        };
        Self { sorted: &sample.sorted, runs: sample.places.iter().map(run).collect() }
    }

    /// The quantiles `qs`, ascending, of a resample in which each run is drawn so often, and which
    /// lies `z` deviations from its mean.
    pub(super) fn quantiles(&self, drawn: &[f64], z: f64, qs: &[f64], mut each: impl FnMut(f64)) {
        let below = |cut: usize| {
            let (mut mean, mut variance) = (0.0, 0.0);
            for (run, times) in self.runs.iter().zip(drawn) {
                mean += times * run[cut].0;
                variance += times * run[cut].1;
            }
            mean + z * variance.sqrt()
        };
        let all = below(PARTS);
        let (mut cut, mut last, mut next) = (1, 0.0f64, below(1).max(0.0));
        for q in qs {
            while next < q * all && cut < PARTS {
                cut += 1;
                (last, next) = (next, below(cut).max(next));
            }
            let share = if next > last { ((q * all - last) / (next - last)).min(1.0) } else { 1.0 };
            let at = (cut - 1) as f64 + share.max(0.0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to n")]
            let rank = (at / PARTS as f64 * self.sorted.len() as f64) as usize;
            each(self.sorted.get(rank).or(self.sorted.last()).copied().unwrap_or_default());
        }
    }
}
