//! Traces by id, source or file: an id may come again at any time, so that their events are kept
//! until the end, but as few bytes, and in many heaps by key, which are measured in parallel.

mod bytes;
mod close;
mod stream;

pub(super) use close::Close;
pub(super) use stream::{Of, Record};

use super::counts::Ticks;
use crate::event::Key;
use crate::names::Name;
use hashbrown::DefaultHashBuilder;
use std::hash::BuildHasher;
use stream::{Item, Stream};

/// How many heaps there are: each fits into a core's own cache for logs of some million events.
const HEAPS: usize = 64;

/// An event of a key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Event {
    pub epoch_ns: i64,
    pub label: Name,
    /// Its row in the block.
    pub row: u32,
}

/// Events with a key, as one writer met them.
#[derive(Debug, Default)]
pub(super) struct Keyed {
    heaps: Vec<Stream>,
    hasher: DefaultHashBuilder,
    ticks: Option<Ticks>,
}

impl Keyed {
    /// For events of this clock.
    pub(super) fn new(ticks: Ticks) -> Self {
        Self { ticks: Some(ticks), ..Self::default() }
    }

    /// For another writer of events with the same keys.
    pub(super) fn another(&self) -> Self {
        Self { heaps: Vec::new(), hasher: self.hasher.clone(), ticks: self.ticks }
    }

    /// Adds events of one key from one block.
    pub(super) fn add(
        &mut self,
        key: Key<'_>,
        of: &Of,
        events: impl ExactSizeIterator<Item = Event> + Clone,
    ) {
        if self.heaps.is_empty() {
            self.heaps.resize_with(HEAPS, Stream::default);
        }
        let hash = self.hasher.hash_one(key);
        let heap = usize::try_from(hash % HEAPS as u64).unwrap_or_default();
        let ticks = self.ticks;
        let items = events.map(|event| Item {
            time: ticks.map_or(event.epoch_ns, |ticks| ticks.of_epoch(event.epoch_ns)),
            label: event.label,
            row: event.row,
        });
        self.heaps[heap].add(key, of, items);
    }
}
