//! What all traces together say, once the log is over.

use super::keyed::Close;
use super::measurer::Measurer;
use super::rows::{All, Row};
use super::shapes::Measured;
use super::{Clocks, Tally};
use crate::latency::{PairChoice, Skew, rarer_directions};
use crate::names::{Name, Names};
use crate::stats::Summary;
use crate::trace::{
    ColdWarm, Incomplete, Made, Missing, PathCount, Sequences, commonest, count_missing,
};
use hashbrown::{HashMap, HashSet};
use std::collections::BTreeMap;

/// The figures of a tally.
#[derive(Debug, Default)]
pub(crate) struct Tallied {
    pub summaries: Vec<Summary>,
    pub paths: Vec<PathCount>,
    pub missing: Vec<Missing>,
    pub skew: Vec<Skew>,
    pub made: Made,
    pub sequences: Sequences,
    pub with_id: u64,
    pub traces: u64,
    pub traces_complete: u64,
    pub traces_split: u64,
    pub events_complete: u64,
    pub events_incomplete: u64,
    pub events_driver: u64,
    pub events_filtered: u64,
}

impl Tally {
    /// The figures; nothing if a stream lists its newest event first.
    pub(crate) fn finish(
        mut self,
        names: &mut Names,
        file_names: &[Name],
        starts: &HashMap<Name, ColdWarm>,
        expect: &[String],
        percents: &[f64],
    ) -> Option<Tallied> {
        // How the invocations of a sequence started is known at the end only, for some carriers.
        if self.recorded_sequences && !starts.is_empty() {
            return None;
        }
        if self.streams.iter().any(|stream| stream.back * 4 > stream.steps * 3) {
            return None;
        }
        let mut clocks = Clocks::default();
        let mut measurer = Measurer { how: &self.how, names, made: &mut self.made };
        for stream in &mut self.streams {
            stream.sequence.close(&mut measurer);
        }
        let own = std::mem::take(&mut self.made);
        // Readers measured nearly all there is, and what is absorbed first only gets other handles.
        let mut kept = Vec::new();
        for (made, keyed, words) in std::mem::take(&mut self.readers) {
            self.made.absorb(made, |label| words[label as usize], &self.how, names);
            kept.push((keyed, Some(words)));
        }
        self.made.absorb(own, |label| label, &self.how, names);
        kept.push((std::mem::take(&mut self.keyed), None));
        let close =
            Close { how: &self.how, names, files: &self.files, may_cut: self.by.may_cut(), starts };
        for closed in close.all(&kept) {
            let numbers = self.made.absorb(closed.made, |label| label, &self.how, names);
            clocks.absorb(closed.clocks, &numbers);
        }
        let (measured, short) = self.made.shapes.settle(self.how.ticks);
        let shapes = &*measured;
        // A TO that no event has needs a handle, to be written in a table.
        self.how.pairs.named().for_each(|pair| {
            names.add(&pair.to);
        });
        let names = &*names;
        let wanted = commonest(lasts(shapes).into_iter());
        let last_of = |s: &Measured| wanted.get(&s.kind.benchmark).map(|&(_, last)| last);
        let expected: Vec<(Option<Name>, &str)> =
            expect.iter().map(|l| (names.find(l), l.as_str())).collect();
        let complete: Vec<bool> = shapes
            .iter()
            .map(|s| {
                let labels = &s.labels;
                !s.kind.fragment
                    && labels.last().copied() == last_of(s)
                    && expected.iter().all(|(name, _)| name.is_some_and(|n| labels.contains(&n)))
            })
            .collect();
        let mut out = Tallied {
            with_id: self.with_id,
            traces_split: self.made.split,
            events_driver: self.driver,
            events_filtered: self.made.filtered,
            ..Tallied::default()
        };
        let mut paths: HashMap<Vec<Name>, u64> = HashMap::new();
        for (s, complete) in shapes.iter().zip(&complete) {
            let events = s.traces * s.labels.len() as u64;
            out.traces += s.traces;
            if *complete {
                out.traces_complete += s.traces;
                out.events_complete += events;
            } else {
                out.events_incomplete += events;
            }
            if s.kind.by_sequence {
                out.made.sequences += s.traces;
            } else {
                out.made.keyed += s.traces;
            }
            *paths.entry(s.labels.clone()).or_default() += s.traces;
        }
        out.made.orphans = self.orphans;
        out.paths = crate::trace::in_order(paths);
        let incomplete = shapes.iter().zip(&complete).filter(|(_, complete)| !**complete);
        let incomplete = incomplete.map(|(s, _)| Incomplete {
            labels: s.labels.clone(),
            fragment: s.kind.fragment,
            last: last_of(s),
            traces: s.traces,
        });
        out.missing = count_missing(incomplete, names, &expected);
        let turned = turned(shapes, &self.how.pairs);
        let all = All { how: &self.how, shapes, short };
        let rows = all.rows(&complete, &turned, names);
        out.skew = skew(&clocks, &rows, file_names);
        let usual = all.usual();
        let (wrap, (summaries, medians)) = rayon::join(
            || usual.as_ref().and_then(|usual| all.wrap(usual)),
            || all.summaries(rows, usual.as_ref(), names, percents),
        );
        out.summaries = summaries;
        if let Some(usual) = usual {
            out.sequences = Sequences {
                usual: usual.labels.to_vec(),
                usual_count: usual.traces,
                inside: all.inside(&usual, &medians),
                wrap,
            };
        }
        // Of many shapes, many small pieces of memory, which nobody needs to wait for.
        rayon::spawn(move || drop((measured, self, kept)));
        Some(out)
    }
}

/// How many traces of each benchmark end with each label.
fn lasts(shapes: &[Measured]) -> Vec<(u32, Name, u64)> {
    let mut sums: BTreeMap<(u32, Name), u64> = BTreeMap::new();
    for s in shapes {
        if let Some(&last) = s.labels.last() {
            *sums.entry((s.kind.benchmark, last)).or_default() += s.traces;
        }
    }
    sums.into_iter().map(|((benchmark, last), count)| (benchmark, last, count)).collect()
}

/// The directions of consecutive pairs that are negatives of the opposite one.
fn turned(shapes: &[Measured], pairs: &PairChoice) -> HashSet<(Name, Name)> {
    let mut seen: HashMap<(Name, Name), (u64, (u32, u64))> = HashMap::new();
    if *pairs == PairChoice::Consecutive {
        for s in shapes {
            for &at in &s.across {
                let (a, b) = (s.labels[at as usize - 1], s.labels[at as usize]);
                if a != b {
                    let entry = seen.entry((a, b)).or_insert((0, s.first));
                    entry.0 += s.traces;
                    entry.1 = entry.1.min(s.first);
                }
            }
        }
    }
    rarer_directions(&seen)
}

/// What the latencies say of the clocks.
fn skew(clocks: &Clocks, rows: &[Row<'_>], file_names: &[Name]) -> Vec<Skew> {
    let turned: HashMap<(u32, u32), bool> = rows.iter().map(|row| (row.slot, row.turned)).collect();
    let mut seen: BTreeMap<(Name, Name), (u64, u64, i64)> = BTreeMap::new();
    for (slot, from, to, between) in clocks.all() {
        let Some(&turned) = turned.get(&slot) else { continue };
        let (from, to) = (Clocks::name(from, file_names), Clocks::name(to, file_names));
        let (key, negative, least) = if turned {
            ((to, from), between.positive, between.greatest.saturating_neg())
        } else {
            ((from, to), between.negative, between.least)
        };
        let entry = seen.entry(key).or_insert((0, 0, i64::MAX));
        entry.0 += between.n;
        entry.1 += negative;
        entry.2 = entry.2.min(least);
    }
    crate::latency::skews(&seen)
}
