//! Measures whole traces: counts their paths, applies the plan to them, and hands their latencies to
//! whoever wants them.

use super::lock;
use super::sink::{Measured, Sink};
use crate::error::Result;
use crate::plan::{Plan, Planned, Rules, learn};
use crate::stats::ValueCounts;
use crate::trace::{PathKind, Paths, Trace, Traces};
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// The plan by which traces are measured: given, or guessed from the first ones.
#[derive(Debug)]
pub(super) struct Guess(Mutex<Option<Arc<Plan>>>);

impl Guess {
    pub(super) fn of(plan: Option<Plan>) -> Self {
        Self(Mutex::new(plan.map(Arc::new)))
    }

    /// The plan that was used.
    pub(super) fn used(&self) -> Option<Arc<Plan>> {
        lock(&self.0).clone()
    }

    /// The plan for some traces. What it does not say yet is learned from them.
    fn covering(&self, rules: &Rules<'_>, paths: &Paths) -> Arc<Plan> {
        let mut guess = lock(&self.0);
        let learned = || learn(rules, paths, None);
        let plan = match guess.take() {
            None => learned(),
            Some(mut plan) => {
                let known = |kind: PathKind| plan.closing.contains_key(&kind.family());
                if !paths.all.iter().all(|path| known(path.kind)) {
                    let learned = learned();
                    let own = Arc::make_mut(&mut plan);
                    for (family, label) in learned.closing {
                        own.closing.entry(family).or_insert(label);
                    }
                    own.commonest_path = own.commonest_path.take().or(learned.commonest_path);
                }
                return Arc::clone(guess.insert(plan));
            }
        };
        Arc::clone(guess.insert(Arc::new(plan)))
    }
}

/// Latencies from clock to clock: how many, how many of them negative, and the least.
pub(crate) type Across = BTreeMap<(u32, u32), (u64, u64, i64)>;

/// Pauses in and between traces by order that took the commonest path.
#[derive(Debug, Default)]
pub(crate) struct Pauses {
    /// For each step of the commonest path from one label to another.
    pub inside: HashMap<[u32; 2], ValueCounts>,
    /// From the end of such a trace to the next one of its stream.
    pub between: ValueCounts,
    /// By stream and block: when its first trace there began, and when its last one ended, if that had
    /// that path.
    pub edges: Vec<(u32, u64, i64, Option<i64>)>,
}

/// What one thread measured.
#[derive(Debug)]
pub(super) struct Measurer<'a, S> {
    pub rules: &'a Rules<'a>,
    guess: &'a Guess,
    plan: Arc<Plan>,
    pub paths: Paths,
    /// What the plan says of each path.
    planned: Vec<Planned>,
    pub across: Across,
    pub pauses: Pauses,
    pub split: u64,
    pub filtered: u64,
    pub sink: S,
}

impl<'a, S: Sink> Measurer<'a, S> {
    pub(super) fn new(rules: &'a Rules<'a>, guess: &'a Guess, sink: S) -> Self {
        Self {
            rules,
            guess,
            plan: guess.used().unwrap_or_default(),
            paths: Paths::default(),
            planned: Vec::new(),
            across: Across::default(),
            pauses: Pauses::default(),
            split: 0,
            filtered: 0,
            sink,
        }
    }

    /// Counts traces by their paths, and says of new paths what the plan says; gives the path of each.
    pub(super) fn count(&mut self, traces: &Traces) -> Vec<u32> {
        self.split += traces.split;
        self.filtered += traces.filtered;
        let paths = self.numbers(traces);
        for (trace, &path) in traces.all.iter().zip(&paths) {
            self.paths.count(path, (trace.run, trace.first_place));
        }
        self.plan_new(traces, &paths);
        if !traces.has_one_clock() {
            self.note_across(traces, &paths);
        }
        paths
    }

    /// The paths of traces that were counted before, maybe elsewhere.
    pub(super) fn find(&mut self, traces: &Traces) -> Vec<u32> {
        let paths = self.numbers(traces);
        self.plan_new(traces, &paths);
        paths
    }

    /// Hands on the latencies of traces.
    pub(super) fn hand_on(&mut self, number: u64, traces: &Traces, path_of: &[u32]) -> Result<()> {
        let Self { planned, rules, sink, .. } = self;
        sink.take(&Measured { number, traces, path_of, planned, rules })
    }

    fn numbers(&mut self, traces: &Traces) -> Vec<u32> {
        let one_clock = traces.has_one_clock();
        let mut across = Vec::new();
        let number = |trace: &Trace| {
            let range = Traces::range(trace);
            if !one_clock {
                across.clear();
                let steps = range.clone().skip(1).zip(1u32..);
                let steps = steps.filter(|(at, _)| traces.clock(at - 1) != traces.clock(*at));
                across.extend(steps.map(|(_, step)| step));
            }
            let labels = traces.label.get(range).unwrap_or_default();
            self.paths.number(trace.kind, labels, &across)
        };
        traces.all.iter().map(number).collect()
    }

    /// Says what the plan says of paths that are new.
    fn plan_new(&mut self, traces: &Traces, paths: &[u32]) {
        let news = self.paths.all.get(self.planned.len()..).unwrap_or_default();
        if news.is_empty() {
            return;
        }
        let known = |kind: PathKind| self.plan.closing.contains_key(&kind.family());
        if !news.iter().all(|path| known(path.kind)) {
            let mut of_these = Paths::default();
            for (trace, &path) in traces.all.iter().zip(paths) {
                let path = &self.paths.all[path as usize];
                let number = of_these.number(path.kind, &path.labels, &path.across);
                of_these.count(number, (trace.run, trace.first_place));
            }
            self.plan = self.guess.covering(self.rules, &of_these);
        }
        for path in &self.paths.all[self.planned.len()..] {
            self.planned.push(self.rules.planned(&self.plan, path));
        }
    }

    fn is_commonest(&self, path: u32) -> bool {
        self.planned[path as usize].commonest
    }

    /// Notes the pauses in traces by order of the commonest path and behind them; for each stream of the traces, its
    /// number and whether it lists the newest event first.
    pub(super) fn pause(
        &mut self,
        number: u64,
        traces: &Traces,
        paths: &[u32],
        streams: &[(u32, bool)],
    ) {
        let Some(commonest) = self.plan.commonest_path.as_deref() else { return };
        let tick = self.rules.options.epoch_unit.ns();
        let time = |at: u32| traces.epoch_ns[at as usize];
        let steps: Vec<[u32; 2]> = commonest.windows(2).map(|step| [step[0], step[1]]).collect();
        let mut inside = vec![ValueCounts::of_unit(tick); steps.len()];
        let mut between = ValueCounts::of_unit(tick);
        // For each stream when its first trace began, and when its last one ended, if it had that path.
        let mut edges: Vec<Option<(i64, Option<i64>)>> = vec![None; streams.len()];
        let mut note = |at: usize| {
            let trace = &traces.all[at];
            let stream = traces.stream.get(trace.first as usize) as usize;
            let (first, end) = (time(trace.first), time(trace.end - 1));
            let is_commonest = self.is_commonest(paths[at]);
            let edge = edges[stream].get_or_insert((first, None));
            if let Some(before) = edge.1.take() {
                between.add(first.saturating_sub(before));
            }
            if is_commonest {
                edge.1 = Some(end);
                let times = &traces.epoch_ns[Traces::range(trace)];
                for (counts, step) in inside.iter_mut().zip(times.windows(2)) {
                    counts.add(step[1] - step[0]);
                }
            }
        };
        // Oldest first: traces stand in the order of the log.
        if streams.iter().any(|&(_, newest_first)| newest_first) {
            (0..traces.all.len()).rev().for_each(&mut note);
        } else {
            (0..traces.all.len()).for_each(&mut note);
        }
        for (step, counts) in steps.into_iter().zip(inside) {
            self.pauses.inside.entry(step).or_default().absorb(counts);
        }
        self.pauses.between.absorb(between);
        for (&(stream, newest_first), edge) in streams.iter().zip(edges) {
            let number = if newest_first { u64::MAX - number } else { number };
            let edge = edge.map(|(first, end)| (stream, number, first, end));
            self.pauses.edges.extend(edge);
        }
    }

    /// Notes the latencies from one clock to another.
    fn note_across(&mut self, traces: &Traces, paths: &[u32]) {
        for (trace, &path) in traces.all.iter().zip(paths) {
            for of in &self.planned[path as usize].matches {
                let Some(to) = of.to else { continue };
                let (from, to) = ((trace.first + of.from) as usize, (trace.first + to) as usize);
                let clocks = (traces.clock(from), traces.clock(to));
                if clocks.0 != clocks.1 {
                    let latency = traces.epoch_ns[to].saturating_sub(traces.epoch_ns[from]);
                    let seen = self.across.entry(clocks).or_insert((0, 0, i64::MAX));
                    seen.0 += 1;
                    seen.1 += u64::from(latency < 0);
                    seen.2 = seen.2.min(latency);
                }
            }
        }
    }
}
