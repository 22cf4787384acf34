//! Durations as whole ticks of a clock.

/// Divides by the length of a tick without a division.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Ticks {
    ns: i64,
    shift: u32,
    inverse: u64,
    /// The greatest number of ticks in 64 bits.
    most: u64,
}

impl Ticks {
    pub(crate) fn of(ns: i64) -> Self {
        let ns = ns.max(1);
        let shift = ns.trailing_zeros();
        let odd = ns.cast_unsigned() >> shift;
        // Newton's iteration: each step doubles the correct bits of the inverse modulo 2^64.
        let mut inverse = odd;
        for _ in 0..6 {
            inverse = inverse.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(inverse)));
        }
        Self { ns, shift, inverse, most: (i64::MAX / ns).cast_unsigned() }
    }

    /// The number of ticks of a latency that is a whole number of them; something large of any other.
    #[inline]
    pub(crate) fn of_latency(self, latency_ns: i64) -> usize {
        // Rotated, so that what is no multiple of a power of two becomes large, too.
        let ticks = latency_ns.cast_unsigned().wrapping_mul(self.inverse).rotate_right(self.shift);
        if ticks <= self.most { usize::try_from(ticks).unwrap_or(usize::MAX) } else { usize::MAX }
    }

    pub(crate) fn ns(self, ticks: usize) -> i64 {
        self.ns.saturating_mul(i64::try_from(ticks).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ticks_are_a_division(latency: i64, tick in prop::sample::select(vec![1, 1_000, 1_000_000, 1_000_000_000])) {
            let ticks = Ticks::of(tick);
            for latency in [latency, latency / tick * tick, latency.unsigned_abs().min(1 << 40).cast_signed() / tick * tick] {
                let expected = if latency >= 0 && latency % tick == 0 {
                    usize::try_from(latency / tick).unwrap()
                } else {
                    usize::MAX
                };
                prop_assert_eq!(ticks.of_latency(latency), expected);
            }
        }
    }
}
