//! Traces before they are judged.

use super::{StartClass, Trace, Traces};
use crate::event::Event;
use crate::names::Name;
use std::ops::Range;

/// A trace before it is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Draft {
    pub run: u32,
    pub id: Name,
    /// Where its events stand in [`Drafts::order`].
    pub first: u32,
    pub end: u32,
    pub fragment: bool,
    /// Whether the order of the log made it, not an id.
    pub by_sequence: bool,
    /// Its place among the traces of its stream.
    pub number: u32,
}

impl Draft {
    fn range(&self) -> Range<usize> {
        self.first as usize..self.end as usize
    }

    /// Its events, of those of all drafts.
    #[inline]
    fn events<'o>(&self, order: &'o [u32]) -> &'o [u32] {
        order.get(self.range()).unwrap_or_default()
    }
}

/// All of them. Their events stand in one list: a list for each was measured to be dear.
#[derive(Debug, Default)]
pub(crate) struct Drafts {
    pub all: Vec<Draft>,
    /// Event indices, each draft's in time order.
    pub order: Vec<u32>,
}

impl Drafts {
    /// The events of one of them.
    #[inline]
    pub(crate) fn events(&self, draft: &Draft) -> &[u32] {
        draft.events(&self.order)
    }

    /// Sorts the events of each.
    pub(super) fn sort_events<K: Ord>(&mut self, key: impl Fn(u32) -> K) {
        for draft in &self.all {
            let events = self.order.get_mut(draft.range());
            let events = events.unwrap_or_default();
            if !events.is_sorted_by_key(|&place| key(place)) {
                events.sort_by_key(|&place| key(place));
            }
        }
    }

    /// Sorts them by run and then by place in the log; each remembers where it stood.
    pub(super) fn sort(&mut self) {
        for (number, draft) in (0u32..).zip(&mut self.all) {
            draft.number = number;
        }
        let order = &self.order;
        let key = |draft: &Draft| (draft.run, draft.events(order).iter().min().copied());
        if !self.all.is_sorted_by_key(key) {
            self.all.sort_by_cached_key(key);
        }
    }

    /// Cuts those that are longer than the limit, so that an id used twice in a day makes two;
    /// gives how many were cut. `name` names the parts from the second on.
    pub(super) fn split_long(
        &mut self,
        events: &[Event],
        max_trace_ns: i64,
        mut name: impl FnMut(Name, usize) -> Name,
    ) -> u64 {
        let time = |place: u32| events[place as usize].epoch_ns;
        let order = &self.order;
        let fits = |first: u32, place: u32| time(place).saturating_sub(time(first)) <= max_trace_ns;
        let is_long = |draft: &Draft| match *draft.events(order) {
            [first, .., last] => !fits(first, last),
            _ => false,
        };
        if !self.all.iter().any(is_long) {
            return 0;
        }
        let mut split = 0;
        let mut parts = Vec::with_capacity(self.all.len());
        for draft in &self.all {
            if !is_long(draft) {
                parts.push(*draft);
                continue;
            }
            split += 1;
            let mut rest = *draft;
            let mut part = 1;
            while let Some(&first) = rest.events(order).first() {
                let length = rest.events(order).partition_point(|&place| fits(first, place));
                let end = rest.first + u32::try_from(length.max(1)).unwrap_or(u32::MAX);
                let id = if part == 1 { draft.id } else { name(draft.id, part) };
                parts.push(Draft { id, end, ..rest });
                (rest.first, part) = (end, part + 1);
            }
        }
        self.all = parts;
        split
    }

    /// The final form: the events stand in the order of the traces.
    pub(super) fn into_traces(self) -> Traces {
        let mut traces = Traces::default();
        let follows = |(draft, before): (&Draft, &Draft)| draft.first == before.end;
        let whole = self.all.first().is_none_or(|draft| draft.first == 0)
            && self.all.iter().skip(1).zip(&self.all).all(follows)
            && self.all.last().is_none_or(|last| last.end as usize == self.order.len());
        let mut order = Vec::new();
        if !whole {
            order.reserve_exact(self.order.len());
        }
        traces.traces.reserve_exact(self.all.len());
        for draft in &self.all {
            let (mut first, mut end) = (draft.first, draft.end);
            if !whole {
                first = u32::try_from(order.len()).unwrap_or(u32::MAX);
                order.extend_from_slice(self.events(draft));
                end = u32::try_from(order.len()).unwrap_or(u32::MAX);
            }
            traces.traces.push(Trace {
                run: draft.run,
                id: draft.id,
                first,
                end,
                complete: false,
                fragment: draft.fragment,
                start_class: StartClass::default(),
            });
        }
        traces.order = if whole { self.order } else { order };
        traces
    }
}
