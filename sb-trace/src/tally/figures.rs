//! What all traces together say, once the log is over.

use super::counts::{Counts, Poured};
use super::keyed::Close;
use super::measurer::Measurer;
use super::shapes::{Measured, Slot, What};
use super::{Clocks, Tally};
use crate::latency::{Pair, PairChoice, Places, Skew, in_order, rarer_directions, resolve};
use crate::names::{Name, Names};
use crate::stats::{ALL_CLASSES, Summary};
use crate::trace::{
    ColdWarm, Incomplete, Made, Missing, PathCount, Sequences, StartClass, commonest,
    count_missing, of_labels, steps,
};
use hashbrown::{HashMap, HashSet};
use rayon::prelude::*;
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
        self.read.push((std::mem::take(&mut self.keyed), None));
        let close =
            Close { how: &self.how, names, files: &self.files, may_cut: self.by.may_cut(), starts };
        for closed in close.all(&self.read) {
            let numbers = self.made.absorb(closed.made, |label| label, &self.how, names);
            clocks.absorb(closed.clocks, &numbers);
        }
        let ticks = self.how.ticks;
        self.made.shapes.all.iter_mut().for_each(|measured| measured.settle(ticks));
        // A TO that no event has needs a handle, to be written in a table.
        self.how.pairs.named().for_each(|pair| {
            names.add(&pair.to);
        });
        let names = &*names;
        let shapes = &self.made.shapes.all;
        let wanted = commonest(lasts(shapes).into_iter());
        let last_of = |s: &Measured| wanted.get(&s.shape.benchmark).map(|&(_, last)| last);
        let expected: Vec<(Option<Name>, &str)> =
            expect.iter().map(|l| (names.find(l), l.as_str())).collect();
        let complete: Vec<bool> = shapes
            .iter()
            .map(|s| {
                let labels = &s.shape.labels;
                !s.shape.fragment
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
            let events = s.traces * s.shape.labels.len() as u64;
            out.traces += s.traces;
            if *complete {
                out.traces_complete += s.traces;
                out.events_complete += events;
            } else {
                out.events_incomplete += events;
            }
            if s.shape.by_sequence {
                out.made.sequences += s.traces;
            } else {
                out.made.keyed += s.traces;
            }
            *paths.entry(s.shape.labels.clone()).or_default() += s.traces;
        }
        out.made.orphans = self.orphans;
        out.paths = crate::trace::in_order(paths);
        let incomplete = shapes.iter().zip(&complete).filter(|(_, complete)| !**complete);
        let incomplete = incomplete.map(|(s, _)| Incomplete {
            labels: s.shape.labels.clone(),
            fragment: s.shape.fragment,
            last: last_of(s),
            traces: s.traces,
        });
        out.missing = count_missing(incomplete, names, &expected);
        let turned = turned(shapes, &self.how.pairs);
        let rows = self.rows(&complete, &turned, names);
        out.skew = skew(&clocks, &rows, file_names);
        out.summaries = self.summaries(rows, names, percents);
        out.sequences = self.sequences();
        Some(out)
    }

    /// The latencies of all measures that count, under their pairs.
    fn rows(
        &self,
        complete: &[bool],
        turned: &HashSet<(Name, Name)>,
        names: &Names,
    ) -> Vec<Row<'_>> {
        let shapes = &self.made.shapes.all;
        let totals =
            self.how.pairs == PairChoice::Consecutive && with_totals(shapes, complete, turned);
        let mut rows = Vec::new();
        for ((number, s), complete) in (0u32..).zip(shapes).zip(complete) {
            let labels = &s.shape.labels;
            let by_label = of_labels(labels.iter().map(|&l| names.text(l)));
            let known = if by_label == StartClass::default() { s.shape.start } else { by_label };
            let class = known.class;
            for (index, slot) in (0u32..).zip(&s.slots) {
                let row = |pair, turned| Row {
                    slot: (number, index),
                    pair,
                    turned,
                    class,
                    of: slot,
                    traces: s.traces,
                };
                let (a, b) = (slot.from, slot.to);
                match slot.what {
                    What::Step if self.how.pairs != PairChoice::Consecutive => {}
                    What::Step if slot.across && turned.contains(&(a, b)) => {
                        rows.push(row(Pair::Labels(b, a), true));
                    }
                    What::Step => rows.push(row(Pair::Labels(a, b), false)),
                    What::Total if totals && *complete => rows.push(row(Pair::Total, false)),
                    What::Total => {}
                    What::Named(spec) => {
                        // The handle of a TO may have been unknown when the shape was.
                        let to = self.how.pairs.named().nth(spec as usize).map(|spec| &*spec.to);
                        if let Some(to) = to.and_then(|to| names.find(to)) {
                            rows.push(row(Pair::Labels(a, to), false));
                        }
                    }
                }
            }
        }
        rows
    }

    fn summaries(&self, rows: Vec<Row<'_>>, names: &Names, percents: &[f64]) -> Vec<Summary> {
        let mut places = Places::new();
        let mut of_pair: HashMap<Pair, Vec<Row<'_>>> = HashMap::new();
        for row in rows {
            let place = places.entry(row.pair).or_default();
            let (from, to) = row.of.places;
            let (from, to) = if row.turned { (to, from) } else { (from, to) };
            place.0 += row.traces * row.of.measures;
            place.1 += row.traces * from;
            place.2 += row.traces * to;
            of_pair.entry(row.pair).or_default().push(row);
        }
        let pairs: Vec<Pair> = match &self.how.pairs {
            PairChoice::Named(specs) => {
                resolve(specs, names).into_iter().map(|(f, t)| Pair::Labels(f, t)).collect()
            }
            PairChoice::Consecutive | PairChoice::All => in_order(places),
        };
        let pairs: Vec<(Pair, Vec<Row<'_>>)> =
            pairs.into_iter().filter_map(|pair| Some((pair, of_pair.remove(&pair)?))).collect();
        pairs
            .par_iter()
            .flat_map_iter(|(pair, rows)| {
                let mut classes: BTreeMap<ColdWarm, Vec<&Row<'_>>> = BTreeMap::new();
                for row in rows {
                    classes.entry(row.class).or_default().push(row);
                }
                let all = self.summary(
                    *pair,
                    ALL_CLASSES,
                    &rows.iter().collect::<Vec<_>>(),
                    names,
                    percents,
                );
                let mut summaries = vec![all];
                if classes.len() > 1 {
                    summaries.extend(classes.iter().map(|(class, rows)| {
                        self.summary(*pair, class.text(), rows, names, percents)
                    }));
                }
                summaries
            })
            .collect()
    }

    fn summary(
        &self,
        pair: Pair,
        class: &str,
        rows: &[&Row<'_>],
        names: &Names,
        percents: &[f64],
    ) -> Summary {
        let mut all = Poured::default();
        let mut turned = Poured::default();
        let mut unmatched = 0;
        for row in rows {
            let into = if row.turned { &mut turned } else { &mut all };
            row.of.latencies.pour(into, self.how.ticks);
            unmatched += row.traces * row.of.unmatched;
        }
        all.add(turned.turned());
        let unmatched = usize::try_from(unmatched).unwrap_or(usize::MAX);
        let latencies = all.distribution();
        Summary::of_distribution(
            pair.text(names),
            class.to_owned(),
            &latencies,
            unmatched,
            percents,
        )
    }

    /// What is usual among the traces that the order of the log made.
    fn sequences(&self) -> Sequences {
        let shapes = || self.made.shapes.all.iter().filter(|s| s.shape.by_sequence);
        let mut paths: HashMap<&[Name], u64> = HashMap::new();
        for s in shapes() {
            *paths.entry(&s.shape.labels).or_default() += s.traces;
        }
        let usual = paths.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(a.0)));
        let Some((usual, usual_count)) = usual else { return Sequences::default() };
        let median = |counts: Vec<&Counts>| {
            let mut all = Poured::default();
            for counts in counts {
                counts.pour(&mut all, self.how.ticks);
            }
            all.median()
        };
        let of_usual: Vec<&Measured> = shapes().filter(|s| s.shape.labels == usual).collect();
        let pause = |step: &[Name]| {
            let slots = of_usual.iter().flat_map(|s| &s.slots);
            let is_step = |slot: &&Slot| {
                slot.what == What::Step && (slot.from, slot.to) == (step[0], step[1])
            };
            median(slots.filter(is_step).map(|slot| &slot.latencies).collect())
        };
        let inside = steps(usual).map(|step| pause(&step)).collect();
        Sequences {
            usual: usual.to_vec(),
            usual_count,
            inside,
            wrap: median(of_usual.iter().map(|s| &s.wraps).collect()),
        }
    }
}

/// One slot of one shape under the pair that it counts for.
#[derive(Debug)]
struct Row<'a> {
    /// Shape and slot.
    slot: (u32, u32),
    pair: Pair,
    /// Whether FROM is the later event.
    turned: bool,
    class: ColdWarm,
    of: &'a Slot,
    traces: u64,
}

/// How many traces of each benchmark end with each label.
fn lasts(shapes: &[Measured]) -> Vec<(u32, Name, u64)> {
    let mut sums: BTreeMap<(u32, Name), u64> = BTreeMap::new();
    for s in shapes {
        if let Some(&last) = s.shape.labels.last() {
            *sums.entry((s.shape.benchmark, last)).or_default() += s.traces;
        }
    }
    sums.into_iter().map(|((benchmark, last), count)| (benchmark, last, count)).collect()
}

/// The directions of consecutive pairs that are negatives of the opposite one.
fn turned(shapes: &[Measured], pairs: &PairChoice) -> HashSet<(Name, Name)> {
    let mut seen: HashMap<(Name, Name), (u64, (u32, u64))> = HashMap::new();
    if *pairs == PairChoice::Consecutive {
        for s in shapes {
            for &at in &s.shape.across {
                let (a, b) = (s.shape.labels[at as usize - 1], s.shape.labels[at as usize]);
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

/// Whether `total` says anything that the only consecutive pair does not.
fn with_totals(shapes: &[Measured], complete: &[bool], turned: &HashSet<(Name, Name)>) -> bool {
    let mut only = None;
    for (s, complete) in shapes.iter().zip(complete) {
        let labels = &s.shape.labels;
        if *complete && labels.len() > 2 {
            return true;
        }
        for (at, step) in (1u32..).zip(labels.windows(2)) {
            let pair = (step[0], step[1]);
            let across = s.shape.across.binary_search(&at).is_ok();
            if (across && turned.contains(&pair)) || *only.get_or_insert(pair) != pair {
                return true;
            }
        }
    }
    false
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
