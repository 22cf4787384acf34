//! Scales: a value in milliseconds -> a place in logical pixels.

/// Width of the gutter of values at or below zero, in logical pixels.
pub(super) const GUTTER: f64 = 34.0;

/// A linear or logarithmic scale. A logarithmic one has no place for zero and less: where there
/// are such values it begins with a gutter, so that they are seen and counted, never dropped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    log: bool,
    gutter: bool,
    from: f64,
    to: f64,
}

impl Scale {
    /// The scale that suits these values (any order): logarithmic, unless at least half of them
    /// are zero or less. `from` and `to` are its ends in pixels.
    pub fn of(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        Self::of_counts(values.map(|value| (value, 1)), from, to)
    }

    /// The same of values with the number of each.
    pub fn of_counts(values: impl Iterator<Item = (f64, u64)>, from: f64, to: f64) -> Self {
        let (mut n, mut positive) = (0u64, 0u64);
        let (mut low, mut high, mut low_positive) =
            (f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY);
        for (value, count) in values.filter(|v| v.0.is_finite()) {
            n += count;
            low = low.min(value);
            high = high.max(value);
            if value > 0.0 {
                positive += count;
                low_positive = low_positive.min(value);
            }
        }
        if n == 0 {
            return Self { low: 1.0, high: 10.0, log: true, gutter: false, from, to };
        }
        if positive * 2 <= n {
            let pad = if high > low { (high - low) * 0.04 } else { (high.abs() * 0.5).max(1.0) };
            return Self { low: low - pad, high: high + pad, log: false, gutter: false, from, to };
        }
        // Equal values get room to both sides. The limits lie far beyond what 64 bits of
        // nanoseconds hold and keep the logarithms finite.
        let (low, high) = (low_positive.clamp(1e-9, 1e18), high.clamp(1e-9, 1e18));
        let pad = if high > low * 1.02 { (high / low).powf(0.04) } else { 1.5 };
        Self { low: low / pad, high: high * pad, log: true, gutter: positive < n, from, to }
    }

    /// A linear scale from zero; `high` below or at zero counts as one.
    pub fn from_zero(high: f64, from: f64, to: f64) -> Self {
        let high = if high > 0.0 { high } else { 1.0 };
        Self { low: 0.0, high, log: false, gutter: false, from, to }
    }

    /// A linear scale that holds zero and these values, with a little room at its ends.
    pub fn linear(low: f64, high: f64, from: f64, to: f64) -> Self {
        let (low, high) = (low.min(0.0), high.max(0.0));
        let pad = if high > low { (high - low) * 0.02 } else { 1.0 };
        let (low, high) = (if low < 0.0 { low - pad } else { 0.0 }, high + pad);
        Self { low, high, log: false, gutter: false, from, to }
    }

    /// A logarithmic scale from one positive value to another.
    pub fn log(low: f64, high: f64, from: f64, to: f64) -> Self {
        let low = low.max(1e-9);
        Self { low, high: high.max(low * 1.01), log: true, gutter: false, from, to }
    }

    /// Smallest and largest value, gutter aside.
    pub fn domain(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// Whether the scale is logarithmic.
    pub fn is_log(&self) -> bool {
        self.log
    }

    /// The pixels of the gutter's far and near end, where there is one.
    pub fn gutter(&self) -> Option<(f64, f64)> {
        (self.gutter).then(|| (self.from, self.begin()))
    }

    /// The ends in pixels, gutter included.
    pub fn ends(&self) -> (f64, f64) {
        (self.from, self.to)
    }

    /// Where the axis begins behind the gutter.
    fn begin(&self) -> f64 {
        if self.gutter { self.from + GUTTER.copysign(self.to - self.from) } else { self.from }
    }

    /// The place of a value; zero and less stand in the middle of the gutter.
    pub fn place(&self, value: f64) -> f64 {
        let begin = self.begin();
        if self.log && value <= 0.0 {
            return f64::midpoint(self.from, begin);
        }
        let share = if self.log {
            (value / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        begin + share.clamp(0.0, 1.0) * (self.to - begin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64]) -> Scale {
        Scale::of(values.iter().copied(), 0.0, 100.0)
    }

    #[test]
    fn logarithmic_with_a_gutter_for_what_has_no_logarithm() {
        let plain = of(&[1.0, 100.0]);
        assert!(plain.is_log() && plain.gutter().is_none());
        assert!((plain.place(10.0) - 50.0).abs() < 1e-9);
        let skewed = of(&[-3.0, 1.0, 10.0, 100.0]);
        assert_eq!(skewed.gutter(), Some((0.0, GUTTER)));
        assert!(skewed.place(-3.0) < GUTTER && skewed.place(1.0) > GUTTER);
    }

    #[test]
    fn mostly_negative_values_are_seen_on_a_linear_scale() {
        let scale = of(&[-5.0, -4.0, 1.0]);
        assert!(!scale.is_log());
        assert!(scale.place(-5.0) < scale.place(-4.0) && scale.place(-4.0) < scale.place(1.0));
    }

    #[test]
    fn odd_values_have_a_place() {
        for values in
            [&[][..], &[0.0], &[-1.0], &[7.0; 9], &[f64::NAN], &[1e-300, 1e300], &[0.0, 0.0]]
        {
            let scale = of(values);
            for value in values.iter().filter(|v| v.is_finite()) {
                let place = scale.place(*value);
                assert!((0.0..=100.0).contains(&place), "{values:?} {place}");
            }
        }
    }

    #[test]
    fn an_axis_may_run_upwards() {
        let up = Scale::of([1.0, 10.0, -1.0].into_iter(), 200.0, 0.0);
        assert!(up.place(1.0) > up.place(10.0) && up.place(-1.0) > up.place(1.0));
    }
}
