//! Chance that is the same on every machine and in every run: seeded by words, never by a clock.

use sha2::{Digest, Sha256};

/// A generator (SplitMix64): enough for resampling, and the same everywhere.
#[derive(Debug, Clone)]
pub(super) struct Random {
    state: u64,
}

impl Random {
    /// A generator of its own for everything that has a name.
    pub(super) fn named(words: &[&str]) -> Self {
        let digest = Sha256::digest(words.join("\u{0}").as_bytes());
        let mut seed = [0; 8];
        for (to, from) in seed.iter_mut().zip(digest) {
            *to = from;
        }
        Self { state: u64::from_le_bytes(seed) }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A whole number below `n`, each as likely as the others (Lemire's multiplication; what it is
    /// off by is below `n` in 2^64).
    pub(super) fn below(&mut self, n: usize) -> usize {
        let wide = u128::from(self.next()) * n as u128;
        usize::try_from(wide >> 64).unwrap_or_default()
    }

    /// A number from 0 to 1, 0 excluded.
    pub(super) fn uniform(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// A number of the normal distribution of mean 0 and deviation 1 (Box and Muller).
    pub(super) fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// How many of `n` tries succeed, each with probability `p`. Where the variance is large, the
    /// normal distribution of the same mean and variance, rounded.
    pub(super) fn binomial(&mut self, n: usize, p: f64) -> usize {
        if p <= 0.0 || n == 0 {
            return 0;
        }
        if p >= 1.0 {
            return n;
        }
        if p > 0.5 {
            return n - self.binomial(n, 1.0 - p);
        }
        let mean = n as f64 * p;
        let variance = mean * (1.0 - p);
        if variance > 60.0 {
            let drawn = (mean + self.normal() * variance.sqrt()).round().clamp(0.0, n as f64);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "clamped to 0..=n"
            )]
            return drawn as usize;
        }
        // Waiting times between successes are geometric: as many steps as there are successes.
        let fail = (-p).ln_1p();
        let (mut at, mut successes) = (0.0, 0);
        loop {
            at += (self.uniform().ln() / fail).floor() + 1.0;
            if at > n as f64 {
                return successes;
            }
            successes += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spread_evenly_and_the_same_each_time() {
        let mut random = Random::named(&["a", "b"]);
        let mut counts = [0u32; 7];
        for _ in 0..70_000 {
            counts[random.below(7)] += 1;
        }
        assert!(counts.iter().all(|c| c.abs_diff(10_000) < 400), "{counts:?}");
        assert_eq!(Random::named(&["a", "b"]).next(), Random::named(&["a", "b"]).next());
        assert_ne!(Random::named(&["a", "b"]).next(), Random::named(&["ab"]).next());
    }

    #[test]
    fn binomials_have_their_mean_and_variance() {
        let mut random = Random::named(&["binomial"]);
        for (n, p) in [(1, 0.3), (20, 0.5), (400, 0.01), (1_000, 0.9), (100_000, 0.4), (5, 1.0)] {
            let draws: Vec<f64> = (0..20_000).map(|_| random.binomial(n, p) as f64).collect();
            let mean = draws.iter().sum::<f64>() / draws.len() as f64;
            let variance =
                draws.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / draws.len() as f64;
            let (wanted, spread) = (n as f64 * p, n as f64 * p * (1.0 - p));
            assert!((mean - wanted).abs() <= 0.05 * spread.sqrt() + 1e-9, "{n} {p}: {mean}");
            assert!((variance - spread).abs() <= 0.06 * spread + 1e-9, "{n} {p}: {variance}");
        }
    }
}
