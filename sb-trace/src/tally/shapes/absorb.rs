//! Shapes that were measured by several readers, or in several heaps, become one table of them.

use super::{Rest, Shapes};
use crate::latency::PairChoice;
use crate::names::{Name, Names};
use crate::tally::counts::Ticks;
use crate::tally::heads::tag;
use crate::tally::short::{Room, Short};
use rayon::prelude::*;

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
        // For each shape here, what is to be added to it and the room of that.
        let mut more: Vec<Option<(Rest, Room)>> = Vec::new();
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
            let mut room = of.room;
            if !head.room.is_none() {
                rooms.push((head.room, room));
                room = Room::default();
            }
            more.resize_with(self.rests.len().max(more.len()), || None);
            more[number as usize] = Some((rest, room));
            number
        });
        let numbers = numbers.collect();
        let short = &other.short;
        let rests = self.rests.par_iter_mut().with_min_len(64).zip(more);
        rayon::join(
            || self.short.absorb(short, rooms),
            || {
                rests.for_each(|(into, more)| {
                    let Some((rest, room)) = more else { return };
                    into.absorb(rest, ticks);
                    // There are too many counters already, if it has a room.
                    into.add_short(short, room, ticks);
                });
            },
        );
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

impl Rest {
    /// Adds that of a shape with the same labels: these are measured in the same places, so its slots
    /// are the same.
    fn absorb(&mut self, other: Self, ticks: Ticks) {
        self.wraps.absorb(other.wraps, ticks);
        for (slot, of) in self.slots.iter_mut().zip(other.slots) {
            slot.latencies.absorb(of.latencies, ticks);
        }
    }

    /// Adds what is counted in a room.
    fn add_short(&mut self, short: &Short, room: Room, ticks: Ticks) {
        if room.is_none() {
            return;
        }
        for (slot, number) in self.slots.iter_mut().zip(0..) {
            slot.latencies.add_units(short.of(room, number), ticks);
        }
        self.wraps.add_units(short.of(room, room.pauses()), ticks);
    }
}
