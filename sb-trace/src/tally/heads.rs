//! What is asked of a shape for every trace, and what tells one shape from another.

use super::notes::Noted;
use super::shapes::Kind;
use super::short::Room;
use crate::event::Event;
use crate::names::Name;
use std::ops::Range;

/// What every trace of a shape needs. It is small, and all of them stand together: where there are
/// many shapes, the memory of each is far away.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
pub(super) struct Head {
    pub traces: u64,
    pub first: (u32, u64),
    pub kind: Kind,
    /// Where its labels stand in [`Known::labels`], and behind them the places of `across`.
    pub labels: u32,
    pub length: u32,
    pub across: u32,
    /// Whether its first label comes once, and all events were stamped by one clock.
    pub opens_once: bool,
    /// Which list of measures is its own.
    pub list: u32,
    /// The counters of short latencies and, in one more slot, of short pauses.
    pub room: Room,
    /// What is noted of them.
    pub noted: Noted,
}

impl Head {
    /// Where its labels stand in [`Known::labels`].
    #[inline]
    pub(super) fn labels(&self) -> Range<usize> {
        self.labels as usize..self.labels as usize + self.length as usize
    }
}

// One line of a cache.
const _: () = assert!(size_of::<Head>() == 64);

/// The shapes by their numbers.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub heads: Vec<Head>,
    pub labels: Vec<u32>,
}

impl Known {
    /// Whether traces of this kind with these labels have this shape.
    #[inline]
    pub(super) fn is(
        &self,
        number: u32,
        kind: Kind,
        labels: impl ExactSizeIterator<Item = Name>,
        across: &[u32],
    ) -> bool {
        let Some(head) = self.heads.get(number as usize) else { return false };
        let known = self.labels.get(head.labels as usize..).unwrap_or_default();
        head.kind == kind
            && labels.len() == head.length as usize
            && labels.zip(known).all(|(label, &known)| label == known)
            // Mostly both are empty. Compared as slices, they would be looked at by a masked load from
            // no memory at all, which was measured to cost more than all else.
            && head.across as usize == across.len()
            && across.iter().eq(self.across(head))
    }

    pub(super) fn labels(&self, head: &Head) -> &[Name] {
        self.labels.get(head.labels()).unwrap_or_default()
    }

    pub(super) fn labels_mut(&mut self, number: usize) -> &mut [Name] {
        let labels = self.heads.get(number).map(Head::labels).unwrap_or_default();
        self.labels.get_mut(labels).unwrap_or_default()
    }

    pub(super) fn across(&self, head: &Head) -> &[u32] {
        let from = head.labels().end;
        self.labels.get(from..from + head.across as usize).unwrap_or_default()
    }

    pub(super) fn hash(&self, number: u32) -> u64 {
        let head = &self.heads[number as usize];
        hash(head.kind, self.labels(head).iter().copied(), self.across(head))
    }
}

/// The first trace of these rows, if it has these labels, is in order, not too long, and over: the
/// next one begins with the same label. Gives the rows behind it too.
#[inline]
pub(super) fn next_trace<'r>(
    rows: &'r [Event],
    labels: &[Name],
    max_trace_ns: i64,
) -> Option<(&'r [Event], &'r [Event])> {
    let (trace, behind) = rows.split_at_checked(labels.len())?;
    let (first, last, next) = (trace.first()?, trace.last()?, behind.first()?);
    let mut before = first.epoch_ns;
    let is_next = |(row, label): (&Event, &Name)| {
        let before = std::mem::replace(&mut before, row.epoch_ns);
        row.label == *label && before <= row.epoch_ns
    };
    let fits = next.label == first.label
        && trace.iter().zip(labels).all(is_next)
        && last.epoch_ns.wrapping_sub(first.epoch_ns) <= max_trace_ns;
    fits.then_some((trace, behind))
}

/// Few instructions for each label: most shapes are short.
pub(super) fn hash(kind: Kind, labels: impl Iterator<Item = Name>, across: &[u32]) -> u64 {
    const MIXES: u64 = 0x9e37_79b9_7f4a_7c15;
    let flags = u32::from(kind.fragment) + 2 * u32::from(kind.by_sequence);
    let start = kind.start.class as u32 * 4 + flags;
    let parts = [kind.benchmark, start].into_iter().chain(labels).chain(across.iter().copied());
    let hash =
        parts.fold(0u64, |hash, part| (hash.rotate_left(5) ^ u64::from(part)).wrapping_mul(MIXES));
    hash ^ hash >> 32
}

/// Some bits of a hash that a table does not look at by itself.
pub(super) fn tag(hash: u64) -> u32 {
    u32::try_from(hash >> 20 & 0xffff_ffff).unwrap_or_default()
}
