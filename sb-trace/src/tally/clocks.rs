//! Latencies between clocks, before it is known which direction of a pair is the commoner one.

use crate::event::Event;
use crate::names::{NONE, Name};
use hashbrown::HashMap;

/// The highest bit tells a file from a source.
const FILE: u32 = 1 << 31;

/// Latencies between two clocks in one slot of one shape.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Between {
    pub n: u64,
    pub negative: u64,
    pub positive: u64,
    pub least: i64,
    pub greatest: i64,
}

/// All latencies between two clocks: by shape and slot, then by the clocks of FROM and TO.
#[derive(Debug, Default)]
pub(crate) struct Clocks(HashMap<((u32, u32), u32, u32), Between>);

impl Clocks {
    /// The clock of an event: its source, or its file where the log names none.
    pub(super) fn of(event: &Event) -> u32 {
        if event.source == NONE { event.file | FILE } else { event.source }
    }

    /// The name of a clock.
    pub(super) fn name(clock: u32, file_names: &[Name]) -> Name {
        if clock & FILE == 0 { clock } else { file_names[(clock & !FILE) as usize] }
    }

    pub(super) fn note(&mut self, slot: (u32, u32), from: u32, to: u32, latency_ns: i64) {
        let none = Between { n: 0, negative: 0, positive: 0, least: i64::MAX, greatest: i64::MIN };
        let between = self.0.entry((slot, from, to)).or_insert(none);
        between.n += 1;
        between.negative += u64::from(latency_ns < 0);
        between.positive += u64::from(latency_ns > 0);
        between.least = between.least.min(latency_ns);
        between.greatest = between.greatest.max(latency_ns);
    }

    /// Slot, clock of FROM, clock of TO, and the latencies between them.
    pub(super) fn all(&self) -> impl Iterator<Item = ((u32, u32), u32, u32, Between)> {
        self.0.iter().map(|(&(slot, from, to), &between)| (slot, from, to, between))
    }
}
