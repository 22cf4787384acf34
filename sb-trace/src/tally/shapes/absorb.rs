//! Shapes that were measured by several readers, or in several heaps, become one table of them.

use super::Shapes;
use crate::latency::PairChoice;
use crate::names::{Name, Names};
use crate::tally::counts::Ticks;
use crate::tally::heads::tag;

impl Shapes {
    /// Adds all that was measured elsewhere, where labels may have other handles; gives the numbers
    /// here of its shapes.
    pub(in crate::tally) fn absorb(
        &mut self,
        mut other: Self,
        label: impl Fn(Name) -> Name,
        pairs: &PairChoice,
        names: &Names,
        ticks: Ticks,
    ) -> Vec<u32> {
        if self.known.heads.is_empty() {
            *self = other.renamed(label);
            return (0..).zip(&self.known.heads).map(|(number, _)| number).collect();
        }
        other.count(ticks);
        let rests = std::mem::take(&mut other.rests);
        let mut rooms = Vec::with_capacity(rests.len());
        let numbers = other.known.heads.iter().zip(rests).map(|(of, rest)| {
            let labels: Vec<Name> = other.known.labels(of).iter().map(|&l| label(l)).collect();
            let across = other.known.across(of);
            let number = self.number(of.kind, labels.iter().copied(), across, pairs, names);
            let head = &mut self.known.heads[number as usize];
            head.traces += of.traces;
            head.first = head.first.min(of.first);
            if head.room.is_none() {
                head.room = self.short.room(of.room.slots() as usize);
            }
            let into = &mut self.rests[number as usize];
            into.wraps.absorb(rest.wraps, ticks);
            // The same labels are measured in the same places, so these are the same slots.
            for (slot, of) in into.slots.iter_mut().zip(rest.slots) {
                slot.latencies.absorb(of.latencies, ticks);
            }
            if !head.room.is_none() {
                rooms.push((head.room, of.room));
                return number;
            }
            // There are too many counters already.
            let short = |slot| other.short.of(of.room, slot);
            for (slot, number) in into.slots.iter_mut().zip(0..) {
                slot.latencies.add_units(short(number), ticks);
            }
            into.wraps.add_units(short(of.room.pauses()), ticks);
            number
        });
        let numbers = numbers.collect();
        self.short.absorb(&other.short, rooms);
        numbers
    }

    /// With other handles for all labels.
    fn renamed(mut self, label: impl Fn(Name) -> Name) -> Self {
        self.likely.clear();
        self.index.clear();
        for number in 0..self.known.heads.len() {
            let known = &mut self.known;
            for name in known.labels_mut(number) {
                *name = label(*name);
            }
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let hash = known.hash(number);
            self.index.insert_unique(hash, (tag(hash), number), |&(_, of)| known.hash(of));
        }
        for slot in self.rests.iter_mut().flat_map(|rest| &mut rest.slots) {
            slot.from = label(slot.from);
            // A TO that no event had is none of the labels.
            if slot.to != Name::MAX {
                slot.to = label(slot.to);
            }
        }
        self
    }
}
