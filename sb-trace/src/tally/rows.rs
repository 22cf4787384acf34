//! The latencies of all shapes under their pairs, and their figures.

use super::measurer::How;
use super::poured::Poured;
use super::shapes::Measured;
use super::short::Short;
use super::slots::{Slot, What};
use crate::latency::{Pair, PairChoice, Places, in_order, resolve};
use crate::names::{Name, Names};
use crate::stats::{ALL_CLASSES, Summary};
use crate::trace::{ColdWarm, StartClass, of_labels, steps};
use hashbrown::{HashMap, HashSet};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// All that was measured.
#[derive(Debug, Clone, Copy)]
pub(super) struct All<'a> {
    pub how: &'a How,
    pub shapes: &'a [Measured],
    pub short: &'a Short,
}

/// One slot of one shape under the pair that it counts for.
#[derive(Debug)]
pub(super) struct Row<'a> {
    /// Shape and slot.
    pub slot: (u32, u32),
    pair: Pair,
    /// Whether FROM is the later event.
    pub turned: bool,
    class: ColdWarm,
    shape: &'a Measured,
    of: &'a Slot,
}

impl<'a> All<'a> {
    /// The latencies of all measures that count, under their pairs.
    pub(super) fn rows(
        &self,
        complete: &[bool],
        turned: &HashSet<(Name, Name)>,
        names: &Names,
    ) -> Vec<Row<'a>> {
        let totals =
            self.how.pairs == PairChoice::Consecutive && with_totals(self.shapes, complete, turned);
        let mut rows = Vec::new();
        for ((number, s), complete) in (0u32..).zip(self.shapes).zip(complete) {
            let labels = &s.labels;
            let by_label = of_labels(labels.iter().map(|&l| names.text(l)));
            let known = if by_label == StartClass::default() { s.kind.start } else { by_label };
            let class = known.class;
            for (index, slot) in (0u32..).zip(&s.slots) {
                let row = |pair, turned| Row {
                    slot: (number, index),
                    pair,
                    turned,
                    class,
                    shape: s,
                    of: slot,
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

    /// The figures of each pair, and the lower medians over all start classes of the pairs that are
    /// steps of usual traces.
    pub(super) fn summaries(
        &self,
        rows: Vec<Row<'_>>,
        usual: Option<&Usual<'_>>,
        names: &Names,
        percents: &[f64],
    ) -> (Vec<Summary>, Medians) {
        let mut places = Places::new();
        let mut of_pair: HashMap<Pair, Vec<Row<'_>>> = HashMap::new();
        for row in rows {
            let place = places.entry(row.pair).or_default();
            let (from, to) = row.of.places;
            let (from, to) = if row.turned { (to, from) } else { (from, to) };
            place.0 += row.shape.traces * row.of.measures;
            place.1 += row.shape.traces * from;
            place.2 += row.shape.traces * to;
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
        let summaries: Vec<(Vec<Summary>, Option<i64>)> = pairs
            .par_iter()
            .map(|(pair, rows)| {
                let of = |class: &str, rows: &[&Row<'_>]| {
                    self.summary((*pair, class), rows, names, percents)
                };
                let (all, median) = of(ALL_CLASSES, &rows.iter().collect::<Vec<_>>());
                let mut summaries = vec![all];
                if rows.iter().any(|row| row.class != rows[0].class) {
                    let mut classes: BTreeMap<ColdWarm, Vec<&Row<'_>>> = BTreeMap::new();
                    for row in rows {
                        classes.entry(row.class).or_default().push(row);
                    }
                    summaries.extend(classes.iter().map(|(class, rows)| of(class.text(), rows).0));
                }
                (summaries, median)
            })
            .collect();
        let usual = usual.map_or(&[][..], |usual| usual.labels);
        let asked: HashSet<Pair> = steps(usual).map(|[a, b]| Pair::Labels(a, b)).collect();
        let medians = pairs.iter().zip(&summaries).filter(|((pair, _), _)| asked.contains(pair));
        let medians = medians.filter_map(|((pair, rows), (_, median))| {
            let turned = rows.iter().any(|row| row.turned);
            let slots = rows.iter().map(|row| row.slot).collect();
            Some((*pair, (slots, median.filter(|_| !turned)?)))
        });
        let medians = medians.collect();
        (summaries.into_iter().flat_map(|(summaries, _)| summaries).collect(), medians)
    }

    fn summary(
        &self,
        (pair, class): (Pair, &str),
        rows: &[&Row<'_>],
        names: &Names,
        percents: &[f64],
    ) -> (Summary, Option<i64>) {
        /// So many shapes are poured by one thread: those of a pair that all of them have would keep
        /// the others waiting.
        const MANY: usize = 64;
        let pour = |rows: &[&Row<'_>]| {
            let mut all = Poured::of(self.how.ticks);
            let mut turned = Poured::of(self.how.ticks);
            for row in rows {
                let into = if row.turned { &mut turned } else { &mut all };
                row.shape.pour(row.slot.1, self.short, into);
            }
            all.add(turned.turned());
            all
        };
        let all = if rows.len() > MANY {
            let parts = rows.par_chunks(MANY).map(|rows| pour(rows).gathered());
            let both = |mut some: Poured, more| {
                some.add(more);
                some
            };
            parts.reduce(|| Poured::of(self.how.ticks), both)
        } else {
            pour(rows)
        };
        let unmatched: u64 = rows.iter().map(|row| row.shape.traces * row.of.unmatched).sum();
        let unmatched = usize::try_from(unmatched).unwrap_or(usize::MAX);
        let latencies = all.distribution();
        let median = latencies.n().checked_sub(1).and_then(|last| latencies.at(last / 2));
        let (pair, class) = (pair.text(names), class.to_owned());
        (Summary::of_distribution(pair, class, &latencies, unmatched, percents), median)
    }

    /// The labels of most of the traces that the order of the log made, and the shapes that have
    /// them.
    pub(super) fn usual(&self) -> Option<Usual<'a>> {
        let shapes = || (0..).zip(self.shapes).filter(|(_, s)| s.kind.by_sequence);
        let mut paths: HashMap<&[Name], u64> = HashMap::new();
        for (_, s) in shapes() {
            *paths.entry(&s.labels).or_default() += s.traces;
        }
        let usual = paths.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(a.0)));
        let (labels, traces) = usual?;
        Some(Usual {
            labels,
            traces,
            shapes: shapes().filter(|(_, s)| s.labels == labels).collect(),
        })
    }

    /// The median pause between usual traces and those that follow them.
    pub(super) fn wrap(&self, usual: &Usual<'_>) -> Option<i64> {
        let mut all = Poured::of(self.how.ticks);
        for (_, s) in &usual.shapes {
            s.pour_wraps(self.short, &mut all);
        }
        all.median()
    }

    /// The median pauses from step to step in usual traces.
    pub(super) fn inside(&self, usual: &Usual<'_>, medians: &Medians) -> Vec<Option<i64>> {
        let pause = |&[from, to]: &[Name; 2]| {
            let is_step =
                |slot: &Slot| slot.what == What::Step && (slot.from, slot.to) == (from, to);
            let of_step = usual.shapes.iter().flat_map(|(shape, s)| {
                (0..)
                    .zip(&s.slots)
                    .filter(|(_, slot)| is_step(slot))
                    .map(|(slot, _)| (*shape, slot))
            });
            let of_step: Vec<(u32, u32)> = of_step.collect();
            // Mostly, the pair is made of these alone: then it is known already.
            match medians.get(&Pair::Labels(from, to)) {
                Some((slots, median)) if *slots == of_step => Some(*median),
                _ => {
                    let mut all = Poured::of(self.how.ticks);
                    for (shape, slot) in of_step {
                        self.shapes[shape as usize].pour(slot, self.short, &mut all);
                    }
                    all.median()
                }
            }
        };
        let steps: Vec<_> = steps(usual.labels).collect();
        steps.par_iter().map(pause).collect()
    }
}

/// What is usual among the traces that the order of the log made.
#[derive(Debug)]
pub(super) struct Usual<'a> {
    pub labels: &'a [Name],
    pub traces: u64,
    /// With their numbers.
    shapes: Vec<(u32, &'a Measured)>,
}

/// Of some pairs, the slots that they are made of and the lower median.
pub(super) type Medians = HashMap<Pair, (Vec<(u32, u32)>, i64)>;

/// Whether `total` says anything that the only consecutive pair does not.
fn with_totals(shapes: &[Measured], complete: &[bool], turned: &HashSet<(Name, Name)>) -> bool {
    let mut only = None;
    for (s, complete) in shapes.iter().zip(complete) {
        let labels = &s.labels;
        if *complete && labels.len() > 2 {
            return true;
        }
        for (at, step) in (1u32..).zip(labels.windows(2)) {
            let pair = (step[0], step[1]);
            let across = s.across.binary_search(&at).is_ok();
            if (across && turned.contains(&pair)) || *only.get_or_insert(pair) != pair {
                return true;
            }
        }
    }
    false
}
