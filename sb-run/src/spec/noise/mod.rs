//! Noise that looks like real load: fractional Brownian motion, from a seed, the same on every
//! machine.
//!
//! The original tool takes it from numpy (`default_rng(seed).normal`) and the Python package
//! `stochastic` (Davies and Harte's method), and its users compare loads over years. So the numbers
//! here are theirs, and a test compares them with numpy's.

mod fourier;
mod normal;
mod pcg64;

use fourier::{Complex, real_inverse};
use normal::Ziggurat;
use pcg64::Pcg64;

/// How strongly the future follows the past; 0.5 would be none.
const HURST: f64 = 0.8;
/// The end of the time that the samples are spread over.
const TIME: f64 = 10.0;

/// The motion at `steps` times, beginning with 0.
pub fn fractional_brownian_motion(steps: usize, seed: u128) -> Vec<f64> {
    let mut position = 0.0;
    let mut motion = vec![0.0];
    for step in gaussian_noise(steps, seed) {
        position += step;
        motion.push(position);
    }
    motion.truncate(steps);
    motion
}

/// Its steps. Davies, R. B. and Harte, D. S.: Tests for Hurst effect. Biometrika 74 (1987).
fn gaussian_noise(steps: usize, seed: u128) -> Vec<f64> {
    // Of the length that a fast Fourier transform likes.
    let half = steps.saturating_sub(1).max(1).next_power_of_two();
    let roots: Vec<f64> = real_inverse(&real(&autocovariance(half + 1)))
        .into_iter()
        .take(half + 1)
        .map(|value| value.max(0.0).sqrt())
        .collect();
    // The inverse transform divides by 2 * half, where the square root of that is wanted.
    let scale = (TIME / steps as f64).powf(HURST) * 2_f64.sqrt() * half as f64;
    let mut source = Pcg64::new(seed);
    let table = Ziggurat::new();
    let mut draw = || table.draw(&mut source) * scale;
    let mut spectrum: Vec<Complex> =
        roots.iter().map(|_| Complex { re: draw(), im: draw() }).collect();
    // The first and the last are real.
    for index in [0, half] {
        if let Some(value) = spectrum.get_mut(index) {
            *value = Complex { re: value.re * 2_f64.sqrt(), im: 0.0 };
        }
    }
    for (value, root) in spectrum.iter_mut().zip(&roots) {
        *value = Complex { re: value.re * root, im: value.im * root };
    }
    let mut noise = real_inverse(&spectrum);
    noise.truncate(steps);
    noise
}

/// How steps at a distance of 0, 1, 2 ... depend on each other.
fn autocovariance(count: usize) -> Vec<f64> {
    let power = |distance: usize| (distance as f64).powf(2.0 * HURST);
    let at =
        |distance: usize| 0.5 * (power(distance - 1) - 2.0 * power(distance) + power(distance + 1));
    std::iter::once(1.0).chain((1..count).map(at)).collect()
}

fn real(values: &[f64]) -> Vec<Complex> {
    values.iter().map(|value| Complex { re: *value, im: 0.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_that_of_numpy_and_stochastic() {
        // stochastic 0.6.0 with numpy 1.26.4: seed(11), FractionalBrownianMotion(0.8, 10).sample(n)
        for (steps, expected) in [
            (
                60,
                [
                    (1, 0.276_341_242_632_947_07),
                    (30, 3.290_450_016_146_718),
                    (59, 2.878_020_028_905_651_5),
                ],
            ),
            (
                1200,
                [
                    (1, 0.018_440_068_632_087_296),
                    (600, 3.864_007_530_192_357),
                    (1199, 5.850_640_384_692_605),
                ],
            ),
            (
                3600,
                [
                    (1, 0.017_777_019_986_554_052),
                    (1800, 3.308_067_993_984_845),
                    (3599, 3.516_338_610_371_678_7),
                ],
            ),
        ] {
            let found = fractional_brownian_motion(steps, 11);
            assert_eq!(found.len(), steps);
            for (index, value) in expected {
                let one = found[index];
                // Far apart, covariances are small differences of large powers.
                assert!((one - value).abs() < 1e-9, "{steps}, {index}: {one} is not {value}");
            }
        }
    }
}
