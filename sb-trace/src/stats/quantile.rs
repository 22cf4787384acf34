//! Quantiles of Hyndman and Fan's type 7: the default of numpy, pandas and R, DuckDB's
//! `quantile_cont` and polars' `Linear`.

/// The quantile `q` (0 to 1) of values in ascending order; none of no values.
///
/// With `h = (n - 1) q`, linear between `x[floor h]` and `x[floor h + 1]`, counted from 0. The
/// interpolation is rounded as numpy does it, so that a notebook shows the same last digit.
pub fn quantile(sorted: &[f64], q: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let position = last as f64 * q.clamp(0.0, 1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 <= position <= last"
    )]
    let below = (position.floor() as usize).min(last);
    let (low, high) = (sorted[below], sorted[(below + 1).min(last)]);
    Some(interpolate(low, high, position - below as f64))
}

/// numpy's `_lerp`: exact at both ends and monotonic.
pub(super) fn interpolate(low: f64, high: f64, share: f64) -> f64 {
    let step = high - low;
    if share >= 0.5 { high - step * (1.0 - share) } else { low + step * share }
}

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn type_7_by_hand() {
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[7.0], 0.99), Some(7.0));
        assert_eq!(quantile(&[1.0, 2.0], 0.5), Some(1.5));
        assert_eq!(quantile(&[1.0, 2.0, 4.0, 8.0], 0.5), Some(3.0));
        assert_eq!(quantile(&[-4.0, -2.0, 0.0], 0.25), Some(-3.0));
        assert_eq!(quantile(&[1.0, 2.0, 3.0], 0.0), Some(1.0));
        assert_eq!(quantile(&[1.0, 2.0, 3.0], 1.0), Some(3.0));
    }
}
