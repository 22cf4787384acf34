//! Invocations per minute -> invocations of each second, as the original tool makes them: each
//! minute's load follows its part of one long random motion, so that seconds differ as they do in
//! life, and sums up to the minute's rate.

use super::noise::fractional_brownian_motion;

/// How the factor is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum ScaleType {
    /// Every rate is multiplied by it.
    #[default]
    Linear,
    /// The highest rates are; the lower a rate, the less it grows.
    Compound,
}

impl ScaleType {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Compound => "compound",
        }
    }
}

/// How the rates are changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// `--scale-factor`
    pub factor: f64,
    /// `--scale-type`
    pub kind: ScaleType,
    /// `--scale-rate-per-second`: the mean that is wanted; it replaces the factor.
    pub rate: Option<f64>,
    /// `--seconds-to-skip`
    pub skip: u64,
    /// `$SB_WORKLOADGEN_SEED`
    pub seed: u128,
}

impl Default for Scale {
    fn default() -> Self {
        Self { factor: 1.0, kind: ScaleType::Linear, rate: None, skip: 180, seed: 11 }
    }
}

/// Whole invocations of each second.
pub fn seconds(minutes: &[f64], scale: &Scale) -> Vec<u64> {
    let mean = minutes.iter().sum::<f64>() / minutes.len().max(1) as f64 / 60.0;
    let factor = match scale.rate {
        Some(rate) if mean > 0.0 => rate / mean,
        Some(_) => 1.0,
        None => scale.factor,
    };
    let mut rates = spread(minutes, scale.seed);
    match scale.kind {
        ScaleType::Linear => rates.iter_mut().for_each(|rate| *rate *= factor),
        ScaleType::Compound => compound(&mut rates, factor),
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rates are whole and positive here, and a rate beyond 2^64 is none that k6 could make"
    )]
    let mut seconds: Vec<u64> =
        rates.into_iter().map(|rate| rate.round_ties_even() as u64).collect();
    // The motion begins with 0, and it takes a while until the load looks like one.
    let skip = usize::try_from(scale.skip).unwrap_or(usize::MAX);
    if seconds.len() > skip {
        seconds.drain(..skip);
    }
    seconds
}

/// Each minute's rate spread over its seconds.
fn spread(minutes: &[f64], seed: u128) -> Vec<f64> {
    // Large enough for whole numbers to matter when it is lifted above 0.
    const MAGNITUDE: f64 = 100.0;
    let mut motion = fractional_brownian_motion(60 * minutes.len(), seed);
    let lowest = motion.iter().copied().fold(f64::INFINITY, f64::min) * MAGNITUDE;
    let lift = lowest.floor().abs();
    for value in &mut motion {
        *value = *value * MAGNITUDE + lift;
    }
    let minute = |(part, rate): (&[f64], &f64)| {
        let sum: f64 = part.iter().sum();
        let unit = if sum > 0.0 { rate / sum } else { 0.0 };
        part.iter().map(|value| value * unit).collect::<Vec<_>>()
    };
    motion.chunks(60).zip(minutes).flat_map(minute).collect()
}

/// The highest rates times the factor, the others by less, and what sticks out is cut off.
fn compound(rates: &mut [f64], factor: f64) {
    let sum: f64 = rates.iter().sum();
    if sum <= 0.0 {
        return;
    }
    let shares: Vec<f64> = rates.iter().map(|rate| rate / sum).collect();
    let exponent = factor.ln() / (1.0 + p95(&shares)).ln();
    for (rate, share) in rates.iter_mut().zip(shares) {
        *rate *= (1.0 + share).powf(exponent);
    }
    let most = p95(rates);
    for rate in rates {
        *rate = rate.min(most);
    }
}

/// The 95th percentile, of Hyndman and Fan's type 7.
fn p95(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = 0.95 * sorted.len().saturating_sub(1) as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is an index of the list"
    )]
    let index = place.floor() as usize;
    let at = |index: usize| sorted.get(index).or(sorted.last()).copied().unwrap_or_default();
    at(index) + (at(index + 1) - at(index)) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rates with a base load and bursts, and an empty minute.
    const MINUTES: [f64; 8] = [12.0, 0.0, 300.0, 310.0, 1.0, 77.0, 2000.0, 59.0];

    fn sums(scale: &Scale) -> Vec<u64> {
        seconds(&MINUTES, scale).chunks(60).map(|minute| minute.iter().sum()).collect()
    }

    #[test]
    fn minutes_keep_their_sums_and_seeds_their_load() {
        let whole = Scale { skip: 0, ..Scale::default() };
        for (found, rate) in sums(&whole).into_iter().zip(MINUTES) {
            // Each second is rounded.
            assert!((found as f64 - rate).abs() <= 30.0, "{found} instead of {rate}");
        }
        assert_eq!(seconds(&MINUTES, &whole), seconds(&MINUTES, &whole));
        assert_ne!(seconds(&MINUTES, &whole), seconds(&MINUTES, &Scale { seed: 12, ..whole }));
        assert_eq!(seconds(&MINUTES, &Scale::default()).len(), 300);
        let nothing_left = Scale { skip: 480, ..whole };
        assert_eq!(seconds(&MINUTES, &nothing_left).len(), 480, "as nothing would be left");
    }

    #[test]
    fn a_wanted_mean_replaces_the_factor() {
        let scale = Scale { skip: 0, factor: 7.0, rate: Some(50.0), ..Scale::default() };
        let mean = seconds(&MINUTES, &scale).iter().sum::<u64>() as f64 / 480.0;
        assert!((mean - 50.0).abs() < 0.5, "{mean}");
        assert_eq!(seconds(&[0.0], &scale), [0; 60]);
    }

    #[test]
    fn compound_raises_the_high_ones() {
        let whole = Scale { skip: 0, ..Scale::default() };
        let before = seconds(&MINUTES, &whole);
        let after = seconds(&MINUTES, &Scale { factor: 3.0, kind: ScaleType::Compound, ..whole });
        let sum = |all: &[u64], minute: usize| all[minute * 60..][..60].iter().sum::<u64>();
        assert!(sum(&after, 6) > 2 * sum(&before, 6), "the burst");
        assert!(sum(&after, 2) < sum(&before, 2) * 3 / 2, "the base load");
        let zero = Scale { factor: 3.0, kind: ScaleType::Compound, ..whole };
        assert_eq!(seconds(&[0.0, 0.0], &zero), [0; 120]);
    }
}
