//! Times and latencies as a column: 4 bytes each where all are whole ticks of the clock and lie near
//! one another, else 8.

use crate::ticks::Ticks;
use std::ops::Range;

/// Marks a row without a number.
const NO_SMALL: u32 = u32::MAX;
const NO_LARGE: i64 = i64::MIN;

/// How many ticks lie between the base and the number from which it is made.
const ROOM: i64 = 1 << 31;

/// Bases are multiples of so many ticks, so that columns of one log mostly have the same.
const STEP: i64 = 1 << 24;

/// Numbers in nanoseconds, some of which may be missing.
#[derive(Debug, Clone, Default)]
pub(crate) struct NumberColumn {
    tick_ns: i64,
    ticks: Ticks,
    base: i64,
    small: Vec<u32>,
    /// All of them, once one was no small number of ticks from the base.
    large: Vec<i64>,
}

impl NumberColumn {
    /// For numbers around this one, of a clock that ticks every so many nanoseconds.
    pub(crate) fn around(near: i64, tick_ns: i64) -> Self {
        let tick_ns = tick_ns.max(1);
        let step = tick_ns.saturating_mul(STEP);
        let base = near.div_euclid(step).saturating_mul(step);
        let base = base.saturating_sub(tick_ns.saturating_mul(ROOM));
        Self { tick_ns, ticks: Ticks::of(tick_ns), base, ..Self::default() }
    }

    pub(crate) fn len(&self) -> usize {
        self.small.len().max(self.large.len())
    }

    /// How many bytes a row takes.
    #[cfg(test)]
    fn bytes(&self) -> usize {
        if self.large.is_empty() { 4 } else { 8 }
    }

    #[inline]
    pub(crate) fn push(&mut self, number: Option<i64>) {
        if self.large.is_empty() {
            let small = match number {
                None => Some(NO_SMALL),
                Some(number) => self.small(number),
            };
            match small {
                Some(small) => return self.small.push(small),
                None => self.enlarge(),
            }
        }
        self.large.push(number.unwrap_or(NO_LARGE));
    }

    /// The number as ticks from the base, if it is near it.
    #[inline]
    fn small(&self, number: i64) -> Option<u32> {
        let ticks = self.ticks.of_latency(number.checked_sub(self.base)?);
        u32::try_from(ticks).ok().filter(|&ticks| ticks != NO_SMALL)
    }

    #[inline(never)]
    fn enlarge(&mut self) {
        let small = std::mem::take(&mut self.small);
        let mut large = Vec::with_capacity(small.capacity());
        large.extend(small.iter().map(|&small| self.number(small).unwrap_or(NO_LARGE)));
        self.large = large;
    }

    #[inline]
    fn number(&self, small: u32) -> Option<i64> {
        let ns = || self.base.wrapping_add(self.tick_ns.wrapping_mul(i64::from(small)));
        (small != NO_SMALL).then(ns)
    }

    /// The number of a row.
    #[inline]
    pub(crate) fn get(&self, row: usize) -> Option<i64> {
        match self.small.get(row) {
            Some(&small) => self.number(small),
            None => self.large.get(row).copied().filter(|&large| large != NO_LARGE),
        }
    }

    /// All numbers in their order.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = Option<i64>> + Clone + '_ {
        (0..self.len()).map(|row| self.get(row))
    }

    /// Adds some rows of another column.
    pub(crate) fn append(&mut self, other: &Self, rows: Range<usize>) {
        if self.len() == 0 && self.tick_ns == 0 {
            (self.tick_ns, self.ticks, self.base) = (other.tick_ns, other.ticks, other.base);
        }
        let same = self.base == other.base && self.tick_ns == other.tick_ns;
        match other.small.get(rows.clone()) {
            Some(small) if same && self.large.is_empty() => self.small.extend_from_slice(small),
            _ => rows.for_each(|row| self.push(other.get(row))),
        }
    }

    pub(crate) fn reserve(&mut self, rows: usize) {
        if self.large.is_empty() {
            self.small.reserve_exact(rows);
        } else {
            self.large.reserve_exact(rows);
        }
    }

    /// Whether all numbers are multiples of this.
    pub(crate) fn are_multiples_of(&self, unit: i64) -> bool {
        let by_ticks = self.base % unit == 0 && self.tick_ns % unit == 0;
        (self.large.is_empty() && by_ticks)
            || self.iter().flatten().all(|number| number % unit == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MS: i64 = 1_000_000;

    proptest! {
        #[test]
        fn a_column_holds_what_was_put_in(
            parts in proptest::collection::vec(proptest::collection::vec(prop_oneof![
                4 => (-3_000..3_000i64).prop_map(|ms| Some(ms * MS)),
                1 => Just(None),
                1 => prop::sample::select(vec![Some(1), Some(i64::MAX), Some(i64::MIN + 1), Some(5_000_000_000 * MS)]),
            ], 0..20), 1..5),
            tick in prop::sample::select(vec![1, 1_000, MS, 1_000_000_000]),
        ) {
            let (mut all, mut expected) = (NumberColumn::default(), Vec::new());
            for part in &parts {
                let near = part.iter().flatten().next().copied().unwrap_or_default();
                let mut column = NumberColumn::around(near, tick);
                for &number in part {
                    column.push(number);
                }
                prop_assert_eq!(column.iter().collect::<Vec<_>>(), part.clone());
                let from = part.len() / 2;
                all.append(&column, from..part.len());
                all.append(&column, 0..from);
                expected.extend(&part[from..]);
                expected.extend(&part[..from]);
            }
            prop_assert_eq!(all.iter().collect::<Vec<_>>(), expected.clone());
            for unit in [1, 1_000, MS] {
                let are = expected.iter().flatten().all(|number| number % unit == 0);
                prop_assert_eq!(all.are_multiples_of(unit), are);
            }
        }
    }

    #[test]
    fn whole_ticks_take_four_bytes() {
        let mut times = NumberColumn::around(1_600_776_870_396 * MS, MS);
        (0..2_000_000).for_each(|s| times.push(Some((1_600_776_870_396 - s * 1_000) * MS)));
        assert_eq!(times.bytes(), 4);
        times.push(Some(1));
        assert_eq!((times.bytes(), times.len(), times.get(2_000_000)), (8, 2_000_001, Some(1)));
    }
}
