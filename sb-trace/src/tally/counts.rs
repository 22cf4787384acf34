//! How often each latency occurred. Memory is bounded by the number of distinct latencies, up to
//! 2^20 of them; beyond that it is 8 bytes a latency.

use crate::stats::Distribution;
use hashbrown::HashMap;

/// Latencies of fewer units of the clock than this are counted in an array.
const DENSE: usize = 4096;

/// How many distinct other latencies are counted before they are listed instead.
const MOST_DISTINCT: usize = 1 << 20;

/// So many latencies are listed before they are counted: most shapes of a disorderly log have one
/// trace.
const FEW: usize = 8;

/// A multiset of latencies.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    list: Vec<i64>,
    many: Option<Box<Many>>,
}

#[derive(Debug, Clone, Default)]
struct Many {
    dense: Vec<u64>,
    sparse: HashMap<i64, u64>,
}

/// Divides by the length of the clock's unit what is a small multiple of it, without a division.
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

    /// The number of units, if that is whole and small.
    fn small(self, latency_ns: i64) -> Option<usize> {
        let units = (latency_ns >> self.shift).cast_unsigned().wrapping_mul(self.inverse);
        let index = usize::try_from(units).ok().filter(|&index| index < DENSE)?;
        (units.cast_signed() * self.unit_ns == latency_ns).then_some(index)
    }
}

impl Counts {
    /// Counts one latency.
    pub(crate) fn add(&mut self, latency_ns: i64, ticks: Ticks) {
        if let Some(many) = &mut self.many {
            if !many.add(latency_ns, ticks) {
                self.list.push(latency_ns);
            }
            return;
        }
        self.list.push(latency_ns);
        if self.list.len() > FEW {
            let mut many = Box::<Many>::default();
            self.list.retain(|&latency| !many.add(latency, ticks));
            self.many = Some(many);
        }
    }

    /// Adds all latencies of another one of the same clock.
    pub(crate) fn absorb(&mut self, other: Self) {
        let Some(from) = other.many else {
            self.list.extend(other.list);
            return;
        };
        self.list.extend(other.list);
        let many = self.many.get_or_insert_default();
        if many.dense.len() < from.dense.len() {
            many.dense.resize(from.dense.len(), 0);
        }
        many.dense.iter_mut().zip(&from.dense).for_each(|(to, from)| *to += from);
        for (latency, count) in from.sparse {
            *many.sparse.entry(latency).or_default() += count;
        }
    }

    /// Adds all latencies to a list of counts, which may name one twice.
    pub(crate) fn pour(&self, into: &mut Vec<(i64, u64)>, ticks: Ticks) {
        into.extend(self.list.iter().map(|&latency| (latency, 1)));
        let Some(many) = &self.many else { return };
        let dense = many.dense.iter().zip(0i64..).filter(|(count, _)| **count > 0);
        into.extend(dense.map(|(&count, index)| (index * ticks.unit_ns, count)));
        into.extend(many.sparse.iter().map(|(&latency, &count)| (latency, count)));
    }
}

impl Many {
    /// Counts one latency, unless there are too many different ones.
    fn add(&mut self, latency_ns: i64, ticks: Ticks) -> bool {
        if let Some(index) = ticks.small(latency_ns) {
            if index >= self.dense.len() {
                self.dense.resize((index + 1).next_power_of_two().max(64), 0);
            }
            self.dense[index] += 1;
        } else if let Some(count) = self.sparse.get_mut(&latency_ns) {
            *count += 1;
        } else if self.sparse.len() < MOST_DISTINCT {
            self.sparse.insert(latency_ns, 1);
        } else {
            return false;
        }
        true
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
                let latency = match i % 4 {
                    0 => draw % 5000 * unit_ns,
                    1 => (draw % 100).abs() * unit_ns,
                    2 => draw,
                    _ => draw * 7_919 * unit_ns.min(1_000_000),
                };
                counts.add(latency, ticks);
                all.push(latency);
            }
            for edge in [i64::MIN, i64::MAX, 0, unit_ns, -unit_ns, 4095 * unit_ns] {
                counts.add(edge, ticks);
                all.push(edge);
            }
            let mut poured = Vec::new();
            counts.pour(&mut poured, ticks);
            assert_eq!(distribution(poured), Distribution::of(all), "{unit_ns}");
        }
    }
}
