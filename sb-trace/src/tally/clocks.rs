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

const NOTHING: Between =
    Between { n: 0, negative: 0, positive: 0, least: i64::MAX, greatest: i64::MIN };

/// All latencies between two clocks: by shape and slot, then by the clocks of FROM and TO.
#[derive(Debug, Default)]
pub(crate) struct Clocks(HashMap<((u32, u32), u32, u32), Between>);

impl Clocks {
    /// The clock of an event: its source, or its file where the log names none.
    pub(super) fn of(event: &Event) -> u32 {
        Self::of_place(event.file, event.source)
    }

    /// The clock of the events of a file and source.
    pub(super) fn of_place(file: u32, source: Name) -> u32 {
        if source == NONE { file | FILE } else { source }
    }

    /// What stamped the events of a file that has this clock as long as nothing better is known.
    pub(super) fn of_file(clock: u32, files: &[u32]) -> u32 {
        files.get((clock & !FILE) as usize).copied().unwrap_or(clock)
    }

    /// The name of a clock.
    pub(super) fn name(clock: u32, file_names: &[Name]) -> Name {
        if clock & FILE == 0 { clock } else { file_names[(clock & !FILE) as usize] }
    }

    pub(super) fn note(&mut self, slot: (u32, u32), from: u32, to: u32, latency_ns: i64) {
        let between = self.0.entry((slot, from, to)).or_insert(NOTHING);
        between.n += 1;
        between.negative += u64::from(latency_ns < 0);
        between.positive += u64::from(latency_ns > 0);
        between.least = between.least.min(latency_ns);
        between.greatest = between.greatest.max(latency_ns);
    }

    /// Adds what others noted; `numbers` are the numbers here of their shapes.
    pub(super) fn absorb(&mut self, others: Self, numbers: &[u32]) {
        for (((shape, slot), from, to), of) in others.0 {
            let slot = (numbers[shape as usize], slot);
            let between = self.0.entry((slot, from, to)).or_insert(NOTHING);
            between.n += of.n;
            between.negative += of.negative;
            between.positive += of.positive;
            between.least = between.least.min(of.least);
            between.greatest = between.greatest.max(of.greatest);
        }
    }

    /// Slot, clock of FROM, clock of TO, and the latencies between them.
    pub(super) fn all(&self) -> impl Iterator<Item = ((u32, u32), u32, u32, Between)> {
        self.0.iter().map(|(&(slot, from, to), &between)| (slot, from, to, between))
    }
}
