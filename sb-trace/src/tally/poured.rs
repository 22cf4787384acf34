//! Latencies of several shapes together, to be sorted and counted.

use super::counts::{Ticks, merge};
use crate::stats::{Distribution, sort};

/// Latencies of several multisets, in any order.
#[derive(Debug)]
pub(crate) struct Poured {
    ticks: Ticks,
    /// In units of the clock.
    pub(super) list: Vec<u32>,
    /// What does not fit there, in nanoseconds.
    pub(super) far: Vec<i64>,
    /// With the number of each; one latency may be named twice.
    pub(super) counts: Vec<(i64, u64)>,
}

impl Poured {
    /// None yet, of this clock.
    pub(crate) fn of(ticks: Ticks) -> Self {
        Self { ticks, list: Vec::new(), far: Vec::new(), counts: Vec::new() }
    }

    /// Adds latencies by their number of units and how often each occurred.
    pub(super) fn add_units(&mut self, counts: impl Iterator<Item = (u32, u64)>) {
        /// A pair mostly has about as many different latencies.
        const USUAL: usize = 128;
        let ticks = self.ticks;
        self.counts.reserve(USUAL);
        // Not `extend`, which would ask for them one by one.
        counts.for_each(|(units, count)| self.counts.push((ticks.ns(units), count)));
    }

    /// Turns the sign of all.
    pub(crate) fn turned(mut self) -> Self {
        let ticks = self.ticks;
        self.far.extend(self.list.drain(..).map(|units| ticks.ns(units)));
        self.far.iter_mut().for_each(|latency| *latency = latency.saturating_neg());
        self.counts.iter_mut().for_each(|(latency, _)| *latency = latency.saturating_neg());
        self
    }

    /// Adds all others.
    pub(crate) fn add(&mut self, other: Self) {
        self.list.extend(other.list);
        self.far.extend(other.far);
        self.counts.extend(other.counts);
    }

    /// The same with equal ones counted together.
    pub(super) fn gathered(mut self) -> Self {
        self.sort_counts();
        self
    }

    /// All of them, sorted.
    pub(crate) fn distribution(mut self) -> Distribution {
        let ticks = self.ticks;
        sort(&mut self.list);
        sort(&mut self.far);
        self.sort_counts();
        let list = self.list.iter().map(|&units| ticks.ns(units));
        if self.counts.is_empty() && self.far.is_empty() {
            return Distribution::of_sorted(list.collect());
        }
        if self.list.is_empty() && self.far.is_empty() {
            return Distribution::of_sorted_counts(self.counts.into_iter());
        }
        let one_by_one = merge(list.map(|latency| (latency, 1)), self.far.iter().map(|&l| (l, 1)));
        Distribution::of_sorted_counts(merge(one_by_one, self.counts.iter().copied()))
    }

    /// Sorts what is counted. Of many shapes, the same short latencies come again and again: these are
    /// counted together first.
    fn sort_counts(&mut self) {
        const MANY: usize = 1 << 12;
        const SHORT: usize = 1 << 12;
        if self.counts.len() > MANY {
            let ticks = self.ticks;
            let mut short = vec![0; SHORT];
            self.counts.retain(|&(latency, count)| match short.get_mut(ticks.units(latency)) {
                Some(sum) => {
                    *sum += count;
                    false
                }
                None => true,
            });
            let short = (0u32..).zip(short).filter(|(_, count)| *count > 0);
            self.counts.extend(short.map(|(units, count)| (ticks.ns(units), count)));
        }
        // Mostly, they are: those of one shape.
        if !self.counts.is_sorted() {
            self.counts.sort_unstable();
        }
    }

    /// The lower median.
    pub(crate) fn median(mut self) -> Option<i64> {
        let units = |latency: i64| u32::try_from(self.ticks.units(latency)).ok();
        let counted: u64 = self.counts.iter().map(|(_, count)| count).sum();
        // Where most are listed one by one, they need not be sorted.
        let few = self.far.is_empty() && counted <= self.list.len() as u64;
        let few = few.then(|| self.counts.iter().map(|&(l, count)| Some((units(l)?, count))));
        let Some(few) = few.and_then(Iterator::collect::<Option<Vec<_>>>) else {
            let all = self.distribution();
            return all.at(all.n().checked_sub(1)? / 2);
        };
        for (units, count) in few {
            self.list.extend((0..count).map(|_| units));
        }
        let middle = self.list.len().checked_sub(1)? / 2;
        Some(self.ticks.ns(*self.list.select_nth_unstable(middle).1))
    }
}
