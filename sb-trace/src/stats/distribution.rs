//! Latencies in ascending order: all that figures are made of.

use super::sort;
use rayon::iter::Either;

/// Sorted latencies.
#[derive(Debug, Clone, Default)]
pub struct Distribution {
    /// Latencies in nanoseconds, ascending.
    values: Vec<i64>,
    /// For each of them, how many latencies are less than or equal to it. Empty where most are
    /// different: then each is listed as often as it occurs.
    up_to: Vec<u64>,
}

impl PartialEq for Distribution {
    fn eq(&self, other: &Self) -> bool {
        self.counts().eq(other.counts())
    }
}

impl Eq for Distribution {}

impl Distribution {
    /// Of latencies in any order.
    pub fn of(mut latencies: Vec<i64>) -> Self {
        sort(&mut latencies);
        Self::of_sorted(latencies)
    }

    /// Of latencies in ascending order.
    pub fn of_sorted(latencies: Vec<i64>) -> Self {
        // Not by those that are equal: it is told of many steps at once where it changes.
        let steps = latencies.iter().zip(latencies.get(1..).unwrap_or_default());
        let changes = steps.fold(0, |changes: usize, (a, b)| changes.wrapping_add((a != b).into()));
        if 2 * (changes + 1) > latencies.len() {
            return Self { values: latencies, up_to: Vec::new() };
        }
        let equal = latencies.chunk_by(|a, b| a == b);
        Self::of_sorted_counts(equal.map(|equal| (equal[0], equal.len() as u64)))
    }

    /// Of latencies in ascending order with the number of each; one latency may be named twice.
    pub fn of_sorted_counts(counts: impl Iterator<Item = (i64, u64)>) -> Self {
        let most = counts.size_hint().1.unwrap_or_default();
        let mut out = Self { values: Vec::with_capacity(most), up_to: Vec::with_capacity(most) };
        let mut n = 0;
        for (value, count) in counts.filter(|(_, count)| *count > 0) {
            n += count;
            match out.up_to.last_mut() {
                Some(up_to) if out.values.last() == Some(&value) => *up_to = n,
                _ => {
                    out.values.push(value);
                    out.up_to.push(n);
                }
            }
        }
        if n == out.values.len() as u64 {
            out.up_to.clear();
        }
        out
    }

    /// How many latencies there are.
    pub fn n(&self) -> u64 {
        self.up_to.last().copied().unwrap_or(self.values.len() as u64)
    }

    /// The latency of a rank, counted from 0.
    pub fn at(&self, rank: u64) -> Option<i64> {
        let place = if self.up_to.is_empty() {
            usize::try_from(rank).ok()?
        } else {
            self.up_to.partition_point(|&up_to| up_to <= rank)
        };
        self.values.get(place).copied()
    }

    /// How many latencies are less than a bound.
    pub fn below(&self, bound: i64) -> u64 {
        self.count_while(|latency| latency < bound)
    }

    /// How many of the least latencies something holds for that holds for no greater ones.
    pub fn count_while(&self, holds: impl Fn(i64) -> bool) -> u64 {
        self.between(0, self.place(0, holds))
    }

    /// The place behind the least latencies something holds for that holds for no greater ones, not
    /// before `from`.
    pub(super) fn place(&self, from: usize, holds: impl Fn(i64) -> bool) -> usize {
        let rest = self.values.get(from..).unwrap_or_default();
        from + rest.partition_point(|&latency| holds(latency))
    }

    /// The latency at a place, and the place of the next greater one.
    pub(super) fn at_place(&self, place: usize) -> Option<(i64, usize)> {
        let (first, greater) = self.values.get(place..)?.split_first()?;
        let equal = greater.iter().take_while(|latency| *latency == first).count();
        Some((*first, place + 1 + equal))
    }

    /// How many latencies stand from one place to another.
    pub(super) fn between(&self, from: usize, to: usize) -> u64 {
        let counted = |last: usize| self.up_to.get(last).copied().unwrap_or(last as u64 + 1);
        let before = |place: usize| place.checked_sub(1).map_or(0, counted);
        before(to).saturating_sub(before(from))
    }

    /// The latencies in ascending order; equal ones may be named once.
    pub(super) fn values(&self) -> &[i64] {
        &self.values
    }

    /// The latencies with the number of each.
    pub fn counts(&self) -> impl Iterator<Item = (i64, u64)> {
        if self.up_to.is_empty() {
            let equal = self.values.chunk_by(|a, b| a == b);
            return Either::Left(equal.map(|equal| (equal[0], equal.len() as u64)));
        }
        let values = self.values.iter().enumerate();
        Either::Right(values.map(|(place, &value)| (value, self.between(place, place + 1))))
    }

    /// The latencies of several, taken together.
    pub fn merged(all: &[&Self]) -> Self {
        if let [one] = all {
            return (*one).clone();
        }
        let mut counts: Vec<(i64, u64)> = all.iter().flat_map(|one| one.counts()).collect();
        counts.sort_unstable();
        Self::of_sorted_counts(counts.into_iter())
    }

    /// The latencies in milliseconds with the number of each, in ascending order.
    pub fn counts_ms(&self) -> impl Iterator<Item = (f64, u64)> {
        self.counts().map(|(latency, count)| (crate::units::ns_to_ms(latency), count))
    }

    /// Each latency in milliseconds, in ascending order.
    pub fn all_ms(&self) -> impl Iterator<Item = f64> {
        self.counts_ms().flat_map(|(ms, count)| {
            std::iter::repeat_n(ms, usize::try_from(count).unwrap_or(usize::MAX))
        })
    }

    /// The sum of all.
    pub fn sum(&self) -> i128 {
        if self.up_to.is_empty() {
            return self.values.iter().map(|&value| i128::from(value)).sum();
        }
        self.counts().map(|(value, count)| i128::from(value) * i128::from(count)).sum()
    }

    /// The quantile `q` (0 to 1) in milliseconds, as [`super::quantile`] defines it.
    pub fn quantile_ms(&self, q: f64) -> Option<f64> {
        let last = self.n().checked_sub(1)?;
        let position = last as f64 * q.clamp(0.0, 1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 <= position <= last"
        )]
        let below = (position.floor() as u64).min(last);
        let at = |rank: u64| self.at(rank.min(last)).map(crate::units::ns_to_ms);
        Some(super::quantile::interpolate(at(below)?, at(below + 1)?, position - below as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_as_a_sorted_list() {
        let latencies = vec![5_000_000, -1_000_000, 5_000_000, 7_000_001, 5_000_000, 0, 9_000_000];
        let mut sorted = latencies.clone();
        sorted.sort_unstable();
        let ms: Vec<f64> = sorted.iter().map(|&l| crate::units::ns_to_ms(l)).collect();
        let of = Distribution::of(latencies);
        assert_eq!(of.n(), 7);
        assert_eq!(
            (0..8).map(|rank| of.at(rank)).collect::<Vec<_>>()[..7],
            sorted.iter().map(|&l| Some(l)).collect::<Vec<_>>()
        );
        assert_eq!(of.at(7), None);
        for q in [0.0, 0.1, 0.5, 0.83, 1.0] {
            assert_eq!(of.quantile_ms(q), crate::stats::quantile(&ms, q));
        }
        assert_eq!(of.counts().last(), Some((9_000_000, 1)));
        let distinct = Distribution::of(vec![3, 1, 2]);
        assert_eq!(distinct, Distribution::of_sorted_counts([(1, 1), (2, 1), (3, 1)].into_iter()));
        assert_eq!(
            (distinct.n(), distinct.at(2), distinct.below(3), distinct.sum()),
            (3, Some(3), 2, 6)
        );
        // Whether equal ones are listed or counted makes no difference.
        let some: Vec<i64> = (0..2_000).map(|i| i * 7_919 % 4_001 / 2 - 500).collect();
        let listed = Distribution::of(some.clone());
        let counted = Distribution::of_sorted_counts(listed.counts());
        let one_by_one = Distribution::of_sorted_counts(some.iter().map(|&l| (l, 1)));
        assert!(listed.up_to.is_empty() && !counted.up_to.is_empty());
        assert_eq!((&listed, listed.n()), (&counted, 2_000));
        assert_ne!(listed, one_by_one, "not in order");
        for at in [0, 1, 999, 1_999, 2_000] {
            assert_eq!(listed.at(at), counted.at(at));
        }
        assert_eq!((listed.below(17), listed.sum()), (counted.below(17), counted.sum()));
        assert_eq!((of.below(0), of.below(1), of.below(5_000_001)), (1, 2, 5));
        assert_eq!(of.sum(), 30_000_001);
        assert_eq!(Distribution::of(Vec::new()).quantile_ms(0.5), None);
    }
}
