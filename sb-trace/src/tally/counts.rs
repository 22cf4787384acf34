//! How often each latency occurred. Memory is bounded by the number of distinct latencies, up to
//! 2^20 of them; beyond that it is 4 bytes a latency, or 8 of what is negative or very long.

use super::poured::Poured;
use crate::stats::sort;
use std::iter::Peekable;

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
    /// Others that fit, in units of the clock, in any order.
    list: Vec<u32>,
    /// More of them, from elsewhere: to bring them to one list would touch memory anew.
    lists: Vec<Vec<u32>>,
    /// Those that do not, negative ones among them, in nanoseconds.
    far: Vec<i64>,
    /// How long the lists may grow before they are looked at again.
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

    /// So many units in nanoseconds.
    #[inline]
    pub(crate) fn ns(self, units: impl Into<i64>) -> i64 {
        self.unit_ns.saturating_mul(units.into())
    }

    /// The length of a unit in nanoseconds.
    pub(crate) fn unit_ns(self) -> i64 {
        self.unit_ns
    }

    /// The number of units in an epoch, which is a whole number of them.
    #[inline]
    pub(crate) fn of_epoch(self, epoch_ns: i64) -> i64 {
        epoch_ns.wrapping_shr(self.shift).cast_unsigned().wrapping_mul(self.inverse).cast_signed()
    }

    /// The number of units; something large for a latency that is negative.
    #[inline]
    pub(crate) fn units(self, latency_ns: i64) -> usize {
        debug_assert_eq!(latency_ns % self.unit_ns, 0, "both epochs are whole numbers of units");
        let units = latency_ns.wrapping_shr(self.shift).cast_unsigned().wrapping_mul(self.inverse);
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

    /// The same where that is seldom done, out of the way of what mostly is.
    #[cold]
    pub(super) fn add_seldom(&mut self, latency_ns: i64, ticks: Ticks) {
        self.add(latency_ns, ticks);
    }

    fn add_to_list(&mut self, latency_ns: i64, ticks: Ticks) {
        if self.list.capacity() == 0 {
            self.list.reserve_exact(FEW);
        }
        match u32::try_from(ticks.units(latency_ns)) {
            Ok(units) => self.list.push(units),
            Err(_) => self.far.push(latency_ns),
        }
        if self.list.len() + self.far.len() > self.enough.max(FEW) {
            self.grow();
            self.shrink(ticks);
            self.enough = (2 * (self.list.len() + self.far.len())).max(4 * FEW);
        }
    }

    /// Hands over those latencies of the list, in units of the clock, that somebody else counts.
    pub(super) fn hand_over(&mut self, mut counts: impl FnMut(usize) -> bool) {
        self.list.retain(|&units| !counts(units as usize));
        if self.list.is_empty() {
            self.list = Vec::new();
        }
    }

    /// Counts more of the small latencies in the array, if there are enough of them for that.
    fn grow(&mut self) {
        let small = self.list.iter().map(|&units| units as usize).filter(|&units| units < DENSE);
        let Some(most) = small.max() else { return };
        let length = (most + 1).next_power_of_two().max(LEAST);
        // The array takes little more memory than the list that it spares, or little.
        if length <= self.dense.len() || length > (4 * self.list.len()).max(LEAST) {
            return;
        }
        self.dense.resize(length, 0);
        let dense = &mut self.dense;
        self.list.retain(|&units| match dense.get_mut(units as usize) {
            Some(count) if *count < u32::MAX => {
                *count += 1;
                false
            }
            _ => true,
        });
    }

    /// Counts the latencies of a long list, if that makes it much shorter.
    fn shrink(&mut self, ticks: Ticks) {
        if let Some(list) = counted(&mut self.list) {
            let list = list.into_iter().map(|(units, count)| (ticks.ns(units), count)).collect();
            self.counted = merged(std::mem::take(&mut self.counted), list);
        }
        if let Some(far) = counted(&mut self.far) {
            self.counted = merged(std::mem::take(&mut self.counted), far);
        }
    }

    /// Adds all latencies of another one of the same clock.
    pub(crate) fn absorb(&mut self, other: Self, ticks: Ticks) {
        if self.dense.len() < other.dense.len() {
            self.dense.resize(other.dense.len(), 0);
        }
        let mut too_many = Vec::new();
        for ((units, to), from) in (0u32..).zip(&mut self.dense).zip(other.dense) {
            match to.checked_add(from) {
                Some(sum) => *to = sum,
                None => too_many.push((ticks.ns(units), u64::from(from))),
            }
        }
        self.counted = merged(std::mem::take(&mut self.counted), too_many);
        self.lists.extend(Some(other.list).filter(|list| !list.is_empty()));
        self.lists.extend(other.lists);
        self.far.extend(other.far);
        self.counted = merged(std::mem::take(&mut self.counted), other.counted);
    }

    /// Adds latencies by their number of units and how often each occurred.
    pub(super) fn add_units(&mut self, counts: impl Iterator<Item = (u32, u64)>, ticks: Ticks) {
        let mut more: Vec<(i64, u64)> = counts.map(|(at, count)| (ticks.ns(at), count)).collect();
        more.sort_unstable();
        self.counted = merged(std::mem::take(&mut self.counted), more);
    }

    /// Adds all latencies to others.
    pub(crate) fn pour(&self, into: &mut Poured) {
        into.list.reserve(self.list.len() + self.lists.iter().map(Vec::len).sum::<usize>());
        into.list.extend(&self.list);
        self.lists.iter().for_each(|list| into.list.extend(list));
        into.far.extend(&self.far);
        let dense = self.dense.iter().zip(0u32..).filter(|(count, _)| **count > 0);
        into.add_units(dense.map(|(&count, units)| (units, count.into())));
        into.counts.extend(&self.counted);
    }
}

/// A long list in ascending order with the number of each, if most of it is equal; the list is
/// empty then.
fn counted<T: radsort::Key + Ord + Copy + Into<i64>>(list: &mut Vec<T>) -> Option<Vec<(T, u64)>> {
    if list.len() < LONG || !often_equal(list) {
        return None;
    }
    sort(list);
    let distinct = list.chunk_by(|a, b| a == b);
    if 2 * distinct.clone().count() > list.len() {
        return None;
    }
    let counts = distinct.map(|equal| (equal[0], equal.len() as u64)).collect();
    list.clear();
    Some(counts)
}

/// Whether some of the latencies are equal, by a sample of them.
fn often_equal<T: Ord + Copy>(list: &[T]) -> bool {
    const SAMPLE: usize = 4096;
    let mut sample: Vec<T> = list.iter().step_by((list.len() / SAMPLE).max(1)).copied().collect();
    sample.sort_unstable();
    sample.windows(2).filter(|two| two[0] == two[1]).count() > 1
}

/// Two sorted lists of counts as one.
fn merged(a: Vec<(i64, u64)>, b: Vec<(i64, u64)>) -> Vec<(i64, u64)> {
    if a.is_empty() || b.is_empty() {
        return if a.is_empty() { b } else { a };
    }
    merge(a.into_iter(), b.into_iter()).collect()
}

/// Counts in ascending order from two that are; a latency of both comes twice.
pub(super) fn merge<A, B>(a: A, b: B) -> impl Iterator<Item = (i64, u64)>
where
    A: Iterator<Item = (i64, u64)>,
    B: Iterator<Item = (i64, u64)>,
{
    Merge { a: a.peekable(), b: b.peekable() }
}

struct Merge<A: Iterator, B: Iterator> {
    a: Peekable<A>,
    b: Peekable<B>,
}

impl<A, B> Iterator for Merge<A, B>
where
    A: Iterator<Item = (i64, u64)>,
    B: Iterator<Item = (i64, u64)>,
{
    type Item = (i64, u64);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match (self.a.peek(), self.b.peek()) {
            (Some(of_a), Some(of_b)) if of_b.0 < of_a.0 => self.b.next(),
            (Some(_), _) => self.a.next(),
            (None, _) => self.b.next(),
        }
    }

    /// Whoever collects them need not take memory again and again.
    fn size_hint(&self) -> (usize, Option<usize>) {
        let ((a, most_a), (b, most_b)) = (self.a.size_hint(), self.b.size_hint());
        (a.saturating_add(b), most_a.zip(most_b).and_then(|(a, b)| a.checked_add(b)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::poured::Poured;
    use super::*;
    use crate::stats::Distribution;

    #[test]
    fn the_same_as_sorting_all_of_them() {
        for unit_ns in [1, 1_000, 1_000_000, 1_000_000_000] {
            let ticks = Ticks::of(unit_ns);
            let mut counts = Counts::default();
            let mut all = Vec::new();
            let mut seed = 5u64;
            for i in 0..800_000i64 {
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
            assert!(!counts.dense.is_empty() && !counts.counted.is_empty(), "{unit_ns}");
            let poured = || {
                let mut poured = Poured::of(ticks);
                counts.pour(&mut poured);
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
        let mut poured = Poured::of(ticks);
        counts.pour(&mut poured);
        let all = poured.distribution();
        let each = u64::from(u32::MAX - 1) * 2;
        assert_eq!((all.n(), all.below(6_000_000)), (64 * each + 100, 6 * each + 100));
    }
}
