//! How often each latency occurred. Memory is bounded by the number of different latencies where many
//! are equal; where most differ it is 8 bytes a latency.

use super::{Distribution, sort};
use crate::ticks::Ticks;

/// Latencies of fewer ticks of the clock than this are counted in an array, which grows up to that.
const DENSE: usize = 4096;

/// As long as there are fewer others, it does not matter how many of them are equal.
const MANY: usize = 1 << 16;

/// Latencies in any order, counted.
#[derive(Debug, Clone, Default)]
pub struct ValueCounts {
    ticks: Ticks,
    /// How often each small latency occurred, by its number of ticks.
    dense: Vec<u32>,
    /// Others, one by one.
    others: Vec<i64>,
    /// How many others there may be before they are looked at again.
    enough: usize,
    /// Others that were counted, in ascending order.
    counted: Vec<(i64, u64)>,
}

impl ValueCounts {
    /// For a clock that ticks every so many nanoseconds.
    pub fn of_unit(tick_ns: i64) -> Self {
        Self { ticks: Ticks::of(tick_ns), ..Self::default() }
    }

    /// Counts a latency.
    #[inline]
    pub fn add(&mut self, latency_ns: i64) {
        match self.dense.get_mut(self.ticks.of_latency(latency_ns)) {
            Some(count) if *count < u32::MAX => *count += 1,
            _ => self.add_other(latency_ns),
        }
    }

    #[inline(never)]
    fn add_other(&mut self, latency_ns: i64) {
        self.others.push(latency_ns);
        if self.others.len() > self.enough.max(8) {
            self.settle();
            self.enough = (2 * self.others.len()).max(32);
        }
    }

    /// Counts others in the array if that takes little more memory than they take, or one by one if
    /// many of them are equal.
    fn settle(&mut self) {
        let ticks = self.ticks;
        let small = self.others.iter().map(|&latency| ticks.of_latency(latency));
        let most = small.filter(|&ticks| ticks < DENSE).max();
        let length = most.map_or(0, |most| (most + 1).next_power_of_two().max(64));
        if length > self.dense.len() && length <= (4 * self.others.len()).max(64) {
            self.dense.resize(length, 0);
            let dense = &mut self.dense;
            self.others.retain(|&latency| match dense.get_mut(ticks.of_latency(latency)) {
                Some(count) if *count < u32::MAX => {
                    *count += 1;
                    false
                }
                _ => true,
            });
        }
        if self.others.len() >= MANY {
            sort(&mut self.others);
            let different = self.others.chunk_by(|a, b| a == b);
            if 2 * different.clone().count() <= self.others.len() {
                let counts = different.map(|equal| (equal[0], equal.len() as u64)).collect();
                self.counted = merged(std::mem::take(&mut self.counted), counts);
                self.others.clear();
            }
        }
    }

    /// Adds the latencies of another one.
    pub fn absorb(&mut self, other: Self) {
        if self.ticks == Ticks::default() {
            self.ticks = other.ticks;
        }
        if self.ticks == other.ticks {
            self.dense.resize(self.dense.len().max(other.dense.len()), 0);
            let mut too_many = Vec::new();
            for (at, &more) in other.dense.iter().enumerate() {
                match self.dense[at].checked_add(more) {
                    Some(sum) => self.dense[at] = sum,
                    None => too_many.push((self.ticks.ns(at), u64::from(more))),
                }
            }
            self.counted = merged(std::mem::take(&mut self.counted), too_many);
        } else {
            self.counted = merged(std::mem::take(&mut self.counted), other.of_dense());
        }
        self.others.extend(other.others);
        self.counted = merged(std::mem::take(&mut self.counted), other.counted);
    }

    fn of_dense(&self) -> Vec<(i64, u64)> {
        let some = self.dense.iter().enumerate().filter(|(_, count)| **count > 0);
        some.map(|(at, &count)| (self.ticks.ns(at), u64::from(count))).collect()
    }

    /// The latencies in ascending order.
    pub fn distribution(&self) -> Distribution {
        let mut others = self.others.clone();
        sort(&mut others);
        let counted = merged(self.of_dense(), self.counted.clone());
        if counted.is_empty() {
            return Distribution::of_sorted(others);
        }
        let others = others.chunk_by(|a, b| a == b);
        let others = others.map(|equal| (equal[0], equal.len() as u64)).collect();
        Distribution::of_sorted_counts(merged(counted, others).into_iter())
    }
}

/// Two lists of counts in ascending order as one; a latency of both may come twice.
fn merged(a: Vec<(i64, u64)>, b: Vec<(i64, u64)>) -> Vec<(i64, u64)> {
    if a.is_empty() || b.is_empty() {
        return if a.is_empty() { b } else { a };
    }
    let mut all = Vec::with_capacity(a.len() + b.len());
    let (mut a, mut b) = (a.into_iter().peekable(), b.into_iter().peekable());
    while let (Some(of_a), Some(of_b)) = (a.peek(), b.peek()) {
        let next = if of_b.0 < of_a.0 { b.next() } else { a.next() };
        all.extend(next);
    }
    all.extend(a);
    all.extend(b);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_same_as_sorting_all_of_them(
            some in proptest::collection::vec(prop_oneof![
                (0..5_000i64).prop_map(|ms| ms * 1_000_000),
                (-50..50i64).prop_map(|ms| ms * 1_000_003),
                any::<i64>(),
            ], 1..60),
            times in 1..3000usize,
            tick in prop::sample::select(vec![1, 1_000, 1_000_000, 1_000_000_000]),
        ) {
            let (mut one, mut other) = (ValueCounts::of_unit(tick), ValueCounts::of_unit(tick));
            let all: Vec<i64> = some.iter().copied().cycle().take(some.len() * times).collect();
            for (at, &latency) in all.iter().enumerate() {
                if at % 3 == 0 { other.add(latency) } else { one.add(latency) }
            }
            one.absorb(other);
            prop_assert_eq!(one.distribution(), Distribution::of(all));
        }
    }

    #[test]
    fn more_than_four_thousand_million_are_counted_too() {
        let mut counts =
            ValueCounts { dense: vec![u32::MAX - 1; 64], ..ValueCounts::of_unit(1_000_000) };
        counts.absorb(counts.clone());
        (0..100).for_each(|_| counts.add(5_000_000));
        let all = counts.distribution();
        let each = u64::from(u32::MAX - 1) * 2;
        assert_eq!((all.n(), all.below(6_000_000)), (64 * each + 100, 6 * each + 100));
    }
}
