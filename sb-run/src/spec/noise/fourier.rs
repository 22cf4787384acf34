//! The fast Fourier transform, for lengths that are powers of two.

use std::f64::consts::TAU;

/// A complex number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Complex {
    pub(super) re: f64,
    pub(super) im: f64,
}

impl Complex {
    fn plus(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }

    fn minus(self, other: Self) -> Self {
        Self { re: self.re - other.re, im: self.im - other.im }
    }

    fn times(self, other: Self) -> Self {
        Self {
            re: self.re * other.re - self.im * other.im,
            im: self.re * other.im + self.im * other.re,
        }
    }
}

/// The real numbers whose spectrum begins with these `2^n + 1`; the rest of it mirrors them.
pub(super) fn real_inverse(half: &[Complex]) -> Vec<f64> {
    let inner = half.get(1..half.len().saturating_sub(1)).unwrap_or_default();
    let mirrored = inner.iter().rev().map(|value| Complex { im: -value.im, ..*value });
    let whole: Vec<Complex> = half.iter().copied().chain(mirrored).collect();
    let length = whole.len() as f64;
    turned(&whole).into_iter().map(|value| value.re / length).collect()
}

/// The inverse transform without its factor.
fn turned(values: &[Complex]) -> Vec<Complex> {
    if values.len() < 2 {
        return values.to_vec();
    }
    let every_second =
        |from: usize| turned(&values.iter().skip(from).step_by(2).copied().collect::<Vec<_>>());
    let (even, odd) = (every_second(0), every_second(1));
    let step = TAU / values.len() as f64;
    let turn = |(index, value): (usize, &Complex)| {
        let (im, re) = (step * index as f64).sin_cos();
        value.times(Complex { re, im })
    };
    let odd: Vec<Complex> = odd.iter().enumerate().map(turn).collect();
    let pairs = || even.iter().zip(&odd);
    let first = pairs().map(|(one, other)| one.plus(*other));
    first.chain(pairs().map(|(one, other)| one.minus(*other))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_sum_that_defines_it() {
        let half: Vec<Complex> =
            (0..9).map(|k| Complex { re: f64::from(k * k % 7), im: f64::from(k % 3) }).collect();
        let found = real_inverse(&half);
        assert_eq!(found.len(), 16);
        for (time, value) in found.iter().enumerate() {
            // The imaginary parts of the first and the last have no counterpart and do not count.
            let part = |k: usize| {
                let (im, re) = (TAU * (k * time) as f64 / 16.0).sin_cos();
                half[k].re * re - half[k].im * im
            };
            let ends = half[0].re + half[8].re * if time % 2 == 0 { 1.0 } else { -1.0 };
            let sum = ends + 2.0 * (1..8).map(part).sum::<f64>();
            assert!((value - sum / 16.0).abs() < 1e-12, "{time}: {value}");
        }
    }
}
