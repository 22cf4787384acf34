//! The latencies of all shapes under their pairs, and their figures.

use super::measurer::How;
use super::poured::Poured;
use super::shapes::Measured;
use super::short::Short;
use super::slots::{Slot, What};
use crate::latency::{Pair, PairChoice, Places, in_order, resolve};
use crate::names::{Name, Names};
use crate::stats::{ALL_CLASSES, Summary};
use crate::trace::{ColdWarm, Sequences, StartClass, of_labels, steps};
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

    /// The figures of each pair.
    pub(super) fn summaries(
        &self,
        rows: Vec<Row<'_>>,
        names: &Names,
        percents: &[f64],
    ) -> Vec<Summary> {
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
        let mut all = Poured::of(self.how.ticks);
        let mut turned = Poured::of(self.how.ticks);
        let mut unmatched = 0;
        for row in rows {
            let into = if row.turned { &mut turned } else { &mut all };
            row.shape.pour(row.slot.1, self.short, into);
            unmatched += row.shape.traces * row.of.unmatched;
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
    pub(super) fn sequences(&self) -> Sequences {
        let shapes = || self.shapes.iter().filter(|s| s.kind.by_sequence);
        let mut paths: HashMap<&[Name], u64> = HashMap::new();
        for s in shapes() {
            *paths.entry(&s.labels).or_default() += s.traces;
        }
        let usual = paths.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(a.0)));
        let Some((usual, usual_count)) = usual else { return Sequences::default() };
        let of_usual: Vec<&Measured> = shapes().filter(|s| s.labels == usual).collect();
        let pause = |step: &[Name]| {
            let mut all = Poured::of(self.how.ticks);
            for s in &of_usual {
                let is_step = |slot: &Slot| {
                    slot.what == What::Step && (slot.from, slot.to) == (step[0], step[1])
                };
                for (number, _) in (0..).zip(&s.slots).filter(|(_, slot)| is_step(slot)) {
                    s.pour(number, self.short, &mut all);
                }
            }
            all.median()
        };
        let wrap = || {
            let mut all = Poured::of(self.how.ticks);
            for s in &of_usual {
                s.pour_wraps(self.short, &mut all);
            }
            all.median()
        };
        let inside: Vec<_> = steps(usual).collect();
        let inside = || inside.par_iter().map(|step| pause(step)).collect();
        let (inside, wrap) = rayon::join(inside, wrap);
        Sequences { usual: usual.to_vec(), usual_count, inside, wrap }
    }
}

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
