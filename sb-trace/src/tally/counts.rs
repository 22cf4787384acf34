//! How often each latency occurred. Memory is bounded by the number of distinct latencies, up to
//! 2^20 of them; beyond that it is 8 bytes a latency.

use crate::stats::Distribution;
use hashbrown::HashMap;

/// Latencies of fewer units of the clock than this are counted in an array, which grows up to that.
const DENSE: usize = 4096;
const LEAST: usize = 64;

/// How many distinct other latencies are counted before they are listed instead.
const MOST_DISTINCT: usize = 1 << 20;

/// So many latencies are listed before they are counted: most shapes of a disorderly log have one
/// trace.
const FEW: usize = 8;

/// A multiset of latencies.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    /// Of small latencies, in units of the clock; empty while there are few.
    dense: Vec<u64>,
    list: Vec<i64>,
    sparse: Option<Box<HashMap<i64, u64>>>,
}

/// Divides what is a multiple of the length of the clock's unit by it, without a division.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticks {
    unit_ns: i64,
    shift: u32,
    inverse: u64,
}

impl Ticks {
    /// For a clock that counts units of so many nanoseconds.
    pub(crate) fn of(unit_ns: i64) -> Self {
        let shift = unit_ns.trailing_zeros();
        let odd = unit_ns.cast_unsigned() >> shift;
        // Newton's iteration: each step doubles the correct bits of the inverse modulo 2^64.
        let mut inverse = odd;
        for _ in 0..6 {
            inverse = inverse.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(inverse)));
        }
        Self { unit_ns, shift, inverse }
    }

    /// The number of units; something large for a latency that is negative.
    #[inline]
    fn units(self, latency_ns: i64) -> usize {
        debug_assert_eq!(latency_ns % self.unit_ns, 0, "both epochs are whole numbers of units");
        let units = (latency_ns >> self.shift).cast_unsigned().wrapping_mul(self.inverse);
        usize::try_from(units).unwrap_or(usize::MAX)
    }
}

impl Counts {
    /// Counts one latency, which is a whole number of units.
    #[inline]
    pub(crate) fn add(&mut self, latency_ns: i64, ticks: Ticks) {
        match self.dense.get_mut(ticks.units(latency_ns)) {
            Some(count) => *count = count.wrapping_add(1),
            None => self.add_odd(latency_ns, ticks),
        }
    }

    /// Counts a latency that is large, negative, or among the first.
    fn add_odd(&mut self, latency_ns: i64, ticks: Ticks) {
        if self.dense.is_empty() {
            self.list.push(latency_ns);
            if self.list.len() > FEW {
                self.dense.resize(LEAST, 0);
                std::mem::take(&mut self.list).into_iter().for_each(|l| self.add(l, ticks));
            }
            return;
        }
        let units = ticks.units(latency_ns);
        if units < DENSE {
            self.dense.resize((units + 1).next_power_of_two(), 0);
            self.dense[units] += 1;
            return;
        }
        let sparse = self.sparse.get_or_insert_default();
        if let Some(count) = sparse.get_mut(&latency_ns) {
            *count += 1;
        } else if sparse.len() < MOST_DISTINCT {
            sparse.insert(latency_ns, 1);
        } else {
            self.list.push(latency_ns);
        }
    }

    /// Adds all latencies of another one of the same clock.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.list.extend(other.list);
        if self.dense.len() < other.dense.len() {
            self.dense.resize(other.dense.len(), 0);
        }
        self.dense.iter_mut().zip(&other.dense).for_each(|(to, from)| *to += from);
        let Some(sparse) = other.sparse else { return };
        if let Some(into) = &mut self.sparse {
            for (latency, count) in *sparse {
                *into.entry(latency).or_default() += count;
            }
        } else {
            self.sparse = Some(sparse);
        }
    }

    /// Adds all latencies to a list of counts, which may name one twice.
    pub(crate) fn pour(&self, into: &mut Vec<(i64, u64)>, ticks: Ticks) {
        into.extend(self.list.iter().map(|&latency| (latency, 1)));
        let dense = self.dense.iter().zip(0i64..).filter(|(count, _)| **count > 0);
        into.extend(dense.map(|(&count, index)| (index * ticks.unit_ns, count)));
        let sparse = self.sparse.iter().flat_map(|sparse| sparse.iter());
        into.extend(sparse.map(|(&latency, &count)| (latency, count)));
    }
}

/// Sorts counts that may name a latency twice.
pub(crate) fn distribution(mut counts: Vec<(i64, u64)>) -> Distribution {
    counts.sort_unstable();
    let equal = counts.chunk_by(|a, b| a.0 == b.0);
    Distribution::of_sorted_counts(equal.map(|c| (c[0].0, c.iter().map(|(_, n)| n).sum())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_as_sorting_all_of_them() {
        for unit_ns in [1, 1_000, 1_000_000, 1_000_000_000] {
            let ticks = Ticks::of(unit_ns);
            let mut counts = Counts::default();
            let mut all = Vec::new();
            let mut seed = 5u64;
            for i in 0..5000i64 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let draw = i64::try_from(seed >> 44).unwrap() - 300_000;
                let units = match i % 3 {
                    0 => draw % 5000,
                    1 => (draw % 100).abs(),
                    _ => draw * 7_919,
                };
                counts.add(units * unit_ns, ticks);
                all.push(units * unit_ns);
            }
            let most = i64::MAX / unit_ns;
            for edge in [-most, most, 0, 1, -1, 4095, 4096] {
                counts.add(edge * unit_ns, ticks);
                all.push(edge * unit_ns);
            }
            let mut others = Counts::default();
            for latency in all.iter().step_by(3) {
                others.add(*latency, ticks);
            }
            all.extend(all.iter().copied().step_by(3).collect::<Vec<_>>());
            counts.absorb(others);
            let mut poured = Vec::new();
            counts.pour(&mut poured, ticks);
            assert_eq!(distribution(poured), Distribution::of(all), "{unit_ns}");
        }
    }
}
