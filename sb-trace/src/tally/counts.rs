//! How often each latency occurred. Memory is bounded by the number of distinct latencies, up to
//! 2^20 of them; beyond that it is 8 bytes a latency.

use crate::stats::Distribution;

/// Latencies of fewer units of the clock than this are counted in an array, which grows up to that.
const DENSE: usize = 4096;
const LEAST: usize = 64;

/// So many latencies are listed before any are counted: most shapes of a disorderly log have one
/// trace.
const FEW: usize = 8;

/// As long as the list is shorter, it does not matter how many of its latencies are equal.
const LONG: usize = 1 << 16;

/// A multiset of latencies.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    /// Of small latencies, in units of the clock.
    dense: Vec<u32>,
    /// Others, in any order.
    list: Vec<i64>,
    /// How long the list may grow before it is looked at again.
    enough: usize,
    /// Others, sorted and counted.
    counted: Vec<(i64, u64)>,
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

    /// The length of a unit in nanoseconds.
    pub(crate) fn unit_ns(self) -> i64 {
        self.unit_ns
    }

    /// The number of units in an epoch, which is a whole number of them.
    #[inline]
    pub(crate) fn of_epoch(self, epoch_ns: i64) -> i64 {
        (epoch_ns >> self.shift).cast_unsigned().wrapping_mul(self.inverse).cast_signed()
    }

    /// The number of units; something large for a latency that is negative.
    #[inline]
    pub(crate) fn units(self, latency_ns: i64) -> usize {
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
            Some(count) if *count < u32::MAX => *count += 1,
            _ => self.add_to_list(latency_ns, ticks),
        }
    }

    /// Adds latencies by their number of units: for each number from 0, how many there are.
    pub(crate) fn add_units(&mut self, counts: &[u32], ticks: Ticks) {
        let some = counts.iter().zip(0i64..).filter(|(count, _)| **count > 0);
        let some = some.map(|(&count, units)| (units * ticks.unit_ns, count.into())).collect();
        self.counted = merged(std::mem::take(&mut self.counted), some);
    }

    fn add_to_list(&mut self, latency_ns: i64, ticks: Ticks) {
        self.list.push(latency_ns);
        if self.list.len() > self.enough.max(FEW) {
            self.grow(ticks);
            self.shrink();
            self.enough = (2 * self.list.len()).max(4 * FEW);
        }
    }

    /// Counts more of the small latencies in the array, if there are enough of them for that.
    fn grow(&mut self, ticks: Ticks) {
        let places = self.list.iter().map(|&latency| ticks.units(latency));
        let Some(most) = places.filter(|&units| units < DENSE).max() else { return };
        let length = (most + 1).next_power_of_two().max(LEAST);
        // The array takes as much memory as the list that it spares, or little.
        if length <= self.dense.len() || length > (4 * self.list.len()).max(LEAST) {
            return;
        }
        self.dense.resize(length, 0);
        let dense = &mut self.dense;
        self.list.retain(|&latency| match dense.get_mut(ticks.units(latency)) {
            Some(count) if *count < u32::MAX => {
                *count += 1;
                false
            }
            _ => true,
        });
    }

    /// Counts the latencies of a long list, if that makes it much shorter.
    fn shrink(&mut self) {
        if self.list.len() < LONG || !often_equal(&self.list) {
            return;
        }
        self.list.sort_unstable();
        let distinct = self.list.chunk_by(|a, b| a == b);
        if 2 * distinct.clone().count() > self.list.len() {
            return;
        }
        let counts = distinct.map(|equal| (equal[0], equal.len() as u64)).collect();
        self.counted = merged(std::mem::take(&mut self.counted), counts);
        self.list.clear();
    }

    /// Adds all latencies of another one of the same clock.
    pub(crate) fn absorb(&mut self, other: Self, ticks: Ticks) {
        if self.dense.len() < other.dense.len() {
            self.dense.resize(other.dense.len(), 0);
        }
        let mut too_many = Vec::new();
        for ((index, to), from) in (0i64..).zip(&mut self.dense).zip(other.dense) {
            match to.checked_add(from) {
                Some(sum) => *to = sum,
                None => too_many.push((index * ticks.unit_ns, u64::from(from))),
            }
        }
        self.counted = merged(std::mem::take(&mut self.counted), too_many);
        if self.list.is_empty() {
            self.list = other.list;
        } else {
            self.list.extend(other.list);
        }
        self.counted = merged(std::mem::take(&mut self.counted), other.counted);
    }

    /// Adds all latencies to others.
    pub(crate) fn pour(&self, into: &mut Poured, ticks: Ticks) {
        into.list.extend(&self.list);
        let dense = self.dense.iter().zip(0i64..).filter(|(count, _)| **count > 0);
        into.counts.extend(dense.map(|(&count, index)| (index * ticks.unit_ns, count.into())));
        into.counts.extend(&self.counted);
    }
}

/// Whether some of the latencies are equal, by a sample of them.
fn often_equal(list: &[i64]) -> bool {
    const SAMPLE: usize = 4096;
    let mut sample: Vec<i64> = list.iter().step_by((list.len() / SAMPLE).max(1)).copied().collect();
    sample.sort_unstable();
    sample.windows(2).filter(|two| two[0] == two[1]).count() > 1
}

/// Two sorted lists of counts as one.
fn merged(a: Vec<(i64, u64)>, b: Vec<(i64, u64)>) -> Vec<(i64, u64)> {
    if a.is_empty() || b.is_empty() {
        return if a.is_empty() { b } else { a };
    }
    let mut out: Vec<(i64, u64)> = Vec::with_capacity(a.len() + b.len());
    let (mut a, mut b) = (a.into_iter().peekable(), b.into_iter().peekable());
    loop {
        let from_a = match (a.peek(), b.peek()) {
            (Some(of_a), Some(of_b)) => of_a.0 <= of_b.0,
            (Some(_), None) => true,
            (None, _) => false,
        };
        let Some((latency, count)) = (if from_a { a.next() } else { b.next() }) else {
            return out;
        };
        match out.last_mut() {
            Some(last) if last.0 == latency => last.1 += count,
            _ => out.push((latency, count)),
        }
    }
}

/// Latencies of several multisets, in any order.
#[derive(Debug, Default)]
pub(crate) struct Poured {
    list: Vec<i64>,
    /// With the number of each; one latency may be named twice.
    counts: Vec<(i64, u64)>,
}

impl Poured {
    /// Turns the sign of all.
    pub(crate) fn turned(mut self) -> Self {
        self.list.iter_mut().for_each(|latency| *latency = latency.saturating_neg());
        self.counts.iter_mut().for_each(|(latency, _)| *latency = latency.saturating_neg());
        self
    }

    /// Adds all others.
    pub(crate) fn add(&mut self, other: Self) {
        self.list.extend(other.list);
        self.counts.extend(other.counts);
    }

    /// All of them, sorted.
    pub(crate) fn distribution(mut self) -> Distribution {
        if self.counts.is_empty() {
            return Distribution::of(self.list);
        }
        self.list.sort_unstable();
        self.counts.sort_unstable();
        let listed = self.list.chunk_by(|a, b| a == b).map(|equal| (equal[0], equal.len() as u64));
        let all = merged(self.counts, listed.collect());
        let equal = all.chunk_by(|a, b| a.0 == b.0);
        Distribution::of_sorted_counts(equal.map(|c| (c[0].0, c.iter().map(|(_, n)| n).sum())))
    }

    /// The lower median.
    pub(crate) fn median(mut self) -> Option<i64> {
        let counted: u64 = self.counts.iter().map(|(_, count)| count).sum();
        // Where most are listed one by one, they need not be sorted.
        if counted > self.list.len() as u64 {
            let all = self.distribution();
            return all.at(all.n().checked_sub(1)? / 2);
        }
        for (latency, count) in self.counts {
            self.list.extend((0..count).map(|_| latency));
        }
        let middle = self.list.len().checked_sub(1)? / 2;
        Some(*self.list.select_nth_unstable(middle).1)
    }
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
            for i in 0..200_000i64 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let draw = i64::try_from(seed >> 44).unwrap() - 300_000;
                // Small ones, few large ones, and large ones that are all different.
                let units = match i % 3 {
                    0 => draw % 5000,
                    1 => (draw % 100) * 1_000_003,
                    _ => draw * 7_919 + i * 100_000_000_000 / unit_ns,
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
            counts.absorb(others, ticks);
            assert!(!counts.dense.is_empty() && !counts.counted.is_empty());
            let poured = || {
                let mut poured = Poured::default();
                counts.pour(&mut poured, ticks);
                poured
            };
            let expected = Distribution::of(all.clone());
            assert_eq!(poured().distribution(), expected, "{unit_ns}");
            assert_eq!(poured().median(), expected.at((expected.n() - 1) / 2));
            let turned = Distribution::of(all.iter().map(|latency| -latency).collect());
            assert_eq!(poured().turned().distribution(), turned);
        }
    }

    #[test]
    fn more_than_four_thousand_million_are_counted_too() {
        let ticks = Ticks::of(1_000_000);
        let mut counts = Counts { dense: vec![u32::MAX - 1; 64], ..Counts::default() };
        let other = counts.clone();
        counts.absorb(other, ticks);
        (0..100).for_each(|_| counts.add(5_000_000, ticks));
        let mut poured = Poured::default();
        counts.pour(&mut poured, ticks);
        let all = poured.distribution();
        let each = u64::from(u32::MAX - 1) * 2;
        assert_eq!((all.n(), all.below(6_000_000)), (64 * each + 100, 6 * each + 100));
    }
}
