//! From inputs to whoever wants what is in them.
//!
//! ```text
//! queue    the next block of the inputs, for whoever asks
//! reader   what a block holds, whatever stands before it      many threads
//! order    what can only be done in the order of the log      one at a time, little work
//! measure  whole traces: paths, plan, latencies                many threads
//! sink     figures, a table, the whole analysis
//! ```
//!
//! Events with keys wait in a store until all is read: only then are their traces over.

mod batch;
mod by_key;
mod by_order;
mod environment;
mod log_order;
mod measure;
mod plan_translation;
mod queue;
mod reader;
mod sequencer;
mod sink;
mod store;
mod worker;

pub(crate) use batch::{Batch, RowSet};
pub(crate) use log_order::LogFacts;
pub(crate) use measure::{Across, Pauses};
pub(crate) use sink::{Measured, Sink};
pub(crate) use store::{unzigzag, write_number, zigzag};

use crate::accounting::no_statement;
use crate::dictionary::Dictionary;
use crate::error::{Error, Result};
use crate::options::Options;
use crate::plan::{Observed, Plan, Rules, learn};
use crate::read::{Input, Spools};
use crate::run::{Run, tag_names};
use crate::stats::ValueCounts;
use crate::trace::{ClassSource, ColdWarm, Paths};
use log_order::LogOrder;
use measure::{Guess, Measurer};
use queue::Queue;
use sequencer::Sequencer;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::{Budget, Spill, Store};
use worker::Worker;

/// Told of the work's progress.
pub trait Progress: Sync {
    /// An input is about to be read; there are `total` of them.
    fn input(&self, name: &str, total: usize) {
        let _ = (name, total);
    }
    /// So many bytes of text were read.
    fn bytes(&self, count: u64) {
        let _ = count;
    }
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {}

/// The codes of what the rows of a run have in common.
#[derive(Debug, Clone, Default)]
pub(crate) struct RunCodes {
    pub id: u32,
    pub benchmark: u32,
    pub provider: u32,
    pub region: u32,
    /// In the order of the job's tags.
    pub tags: Vec<u32>,
}

/// What is asked for, and what is the same for all threads.
#[derive(Debug)]
pub(crate) struct Job<'a> {
    pub inputs: &'a [Input],
    pub options: &'a Options,
    pub runs: Vec<Run>,
    pub run_of: Vec<u32>,
    /// The number of each run's benchmark.
    pub benchmarks: Vec<u32>,
    /// Names of the tags that any run has.
    pub tags: Vec<String>,
    pub labels: &'a Dictionary,
    /// Sources and names of inputs: what may have stamped an event.
    pub sources: Dictionary,
    /// What the program itself calls things, and what is known of runs.
    pub names: Dictionary,
    pub run_codes: Vec<RunCodes>,
    /// Parts keys into partitions, for all threads alike.
    pub hasher: hashbrown::DefaultHashBuilder,
    pub class_codes: [u32; 4],
    pub class_source_codes: [u32; 3],
}

impl<'a> Job<'a> {
    pub(crate) fn new(inputs: &'a [Input], options: &'a Options, labels: &'a Dictionary) -> Self {
        let (runs, run_of) = runs(inputs, options);
        let names = Dictionary::new();
        for text in ["step", "total", "named"] {
            names.code(text);
        }
        // In the order of their discriminants.
        let class_codes = [ColdWarm::Cold, ColdWarm::Partial, ColdWarm::Warm, ColdWarm::Unknown]
            .map(|class| names.code(class.text()));
        let class_source_codes = [ClassSource::Label, ClassSource::Environment, ClassSource::None]
            .map(|source| names.code(source.text()));
        let tags = tag_names(&runs);
        let codes = |run: &Run| RunCodes {
            id: names.code(&run.id),
            benchmark: names.code(&run.benchmark),
            provider: names.code(&run.provider),
            region: names.code(&run.region),
            tags: tags
                .iter()
                .map(|tag| {
                    let value = run.tags.iter().find(|(key, _)| key == tag);
                    names.code(value.map_or("", |(_, value)| value))
                })
                .collect(),
        };
        let run_codes = runs.iter().map(codes).collect();
        let mut known: Vec<&str> = Vec::new();
        let benchmarks = runs.iter().map(|run| {
            let place = known.iter().position(|name| *name == run.benchmark);
            let place = place.unwrap_or_else(|| {
                known.push(&run.benchmark);
                known.len() - 1
            });
            u32::try_from(place).unwrap_or(u32::MAX)
        });
        let benchmarks = benchmarks.collect();
        let sources = Dictionary::new();
        Self {
            inputs,
            options,
            runs,
            run_of,
            benchmarks,
            tags,
            labels,
            sources,
            names,
            run_codes,
            hasher: hashbrown::DefaultHashBuilder::default(),
            class_codes,
            class_source_codes,
        }
    }
}

/// A sink for each thread.
pub(crate) fn for_each_thread<S>(sink: impl Fn() -> Result<S>) -> Result<Vec<S>> {
    (0..rayon::current_num_threads()).map(|_| sink()).collect()
}

/// All that was read and measured, apart from what the sinks took.
#[derive(Debug)]
pub(crate) struct Outcome<S> {
    pub read: LogFacts,
    /// The plan by which the traces were measured, and what the log says of it.
    pub plan: Plan,
    pub learned: Plan,
    pub paths: Paths,
    pub across: Across,
    pub pauses: Pauses,
    pub split: u64,
    pub sinks: Vec<S>,
}

/// Reads all inputs and measures their traces, each thread into a sink of its own.
///
/// What the begin of a log says of its plan is a guess. If the whole log says otherwise, all is read
/// and measured again, with new sinks: what those before took is nothing.
pub(crate) fn run<'a, S: Sink>(
    job: &'a Job<'a>,
    rules: &'a Rules<'a>,
    progress: &dyn Progress,
    sinks: impl Fn() -> Result<Vec<S>>,
) -> Result<Outcome<S>> {
    /// What is learned does not depend on what was guessed from the third time on.
    const MOST_TIMES: usize = 4;
    let mut plan: Option<Plan> = None;
    let mut times = 0;
    let spools = Spools::default();
    loop {
        times += 1;
        let outcome = once(job, rules, (progress, &spools), plan.clone(), sinks()?)?;
        match outcome {
            Ok(outcome) => return Ok(outcome),
            Err(learned) if times < MOST_TIMES => plan = Some(learned),
            Err(_) => {
                let what = std::io::Error::other("changed while it was read");
                return Err(Error::read(&job.inputs[0].name, what));
            }
        }
    }
}

/// The same once; gives the plan that the log says if another one was guessed.
fn once<'a, S: Sink>(
    job: &'a Job<'a>,
    rules: &'a Rules<'a>,
    (progress, spools): (&dyn Progress, &Spools),
    plan: Option<Plan>,
    sinks: Vec<S>,
) -> Result<std::result::Result<Outcome<S>, Plan>> {
    let options = job.options;
    let fixed = options.plan.as_ref().map(|file| file.plan(job));
    let plan = plan.or_else(|| fixed.clone());
    let given = plan.clone().unwrap_or_default();
    let guess = Guess::of(plan);
    let budget = Budget::new(options.memory);
    let (keyed, unordered) = (Spill::new(&budget), Spill::new(&budget));
    let queue = Queue::new(job, spools, progress);
    let sequencer = Sequencer::new(job, LogOrder::new(job, &given), sinks.len());
    let workers = Mutex::new(Vec::new());
    rayon::scope(|scope| {
        for sink in sinks {
            let (queue, sequencer, workers, guess) = (&queue, &sequencer, &workers, &guess);
            let (keyed, unordered) = (Store::new(&keyed), Store::new(&unordered));
            scope.spawn(move |_| {
                let measurer = Measurer::new(rules, guess, sink);
                let mut worker = Worker { job, measurer, keyed, unordered };
                worker.work(queue, sequencer);
                lock(workers).push(worker);
            });
        }
    });
    let order = sequencer.finish()?;
    let batches = order.batches();
    let mut workers = workers.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut read = order.finish()?;
    let fixed = fixed.map(|fixed| Plan {
        newest_first: std::mem::take(&mut read.planned_newest_first),
        ..fixed
    });
    no_statement(&read.files, read.accounting.statements, &read.look_alikes)?;
    worker::close(job, &mut workers, &read)?;
    let mut paths = Paths::default();
    for worker in &workers {
        paths.absorb(&worker.measurer.paths);
    }
    let observed = Observed {
        streams: &read.streams,
        begins: &read.begins,
        starts: read.classed_by_order.then_some(&read.starts),
    };
    let learned = learn(rules, &paths, Some(observed));
    let used = Plan {
        newest_first: fixed.as_ref().map_or(given.newest_first, |fixed| fixed.newest_first.clone()),
        begins: learned.begins.as_ref().map(|_| read.begun.clone()),
        starts: given.starts.or_else(|| learned.starts.as_ref().map(|_| Arc::default())),
        ..guess.used().map(|used| (*used).clone()).unwrap_or_default()
    };
    let decided = match &fixed {
        Some(fixed) => learned.decided_by(fixed),
        None => learned.clone(),
    };
    if used != decided {
        return Ok(Err(decided));
    }
    worker::hand_on_in_order(&mut workers, batches, &read)?;
    let mut outcome = Outcome {
        read,
        plan: decided,
        learned,
        paths,
        across: Across::default(),
        pauses: Pauses::default(),
        split: 0,
        sinks: Vec::new(),
    };
    for worker in workers {
        let Measurer { across, pauses, split, filtered, sink, .. } = worker.measurer;
        outcome.add(across, pauses);
        outcome.split += split;
        outcome.read.accounting.events_filtered += filtered;
        outcome.sinks.push(sink);
    }
    outcome.sum_up(rules);
    Ok(Ok(outcome))
}

impl<S> Outcome<S> {
    fn add(&mut self, across: Across, pauses: Pauses) {
        for (clocks, (n, negative, least)) in across {
            let seen = self.across.entry(clocks).or_insert((0, 0, i64::MAX));
            seen.0 += n;
            seen.1 += negative;
            seen.2 = seen.2.min(least);
        }
        self.pauses.between.absorb(pauses.between);
        self.pauses.edges.extend(pauses.edges);
        for (step, counts) in pauses.inside {
            self.pauses.inside.entry(step).or_default().absorb(counts);
        }
    }

    /// Sums up what the paths say.
    fn sum_up(&mut self, rules: &Rules<'_>) {
        let accounting = &mut self.read.accounting;
        accounting.traces_split = self.split;
        for path in &self.paths.all {
            let events = path.traces * path.labels.len() as u64;
            accounting.traces += path.traces;
            if rules.is_complete(&self.plan, path) {
                accounting.traces_complete += path.traces;
                accounting.events_complete += events;
            } else {
                accounting.events_incomplete += events;
            }
        }
    }
}

impl Pauses {
    /// All pauses from the end of a trace of the commonest path to the next trace of its stream.
    pub(crate) fn all_between(&self, tick_ns: i64) -> ValueCounts {
        let mut all = ValueCounts::of_unit(tick_ns);
        all.absorb(self.between.clone());
        let mut edges = self.edges.clone();
        edges.sort_unstable();
        for two in edges.windows(2) {
            let (before, next) = (&two[0], &two[1]);
            if let (true, Some(end)) = (before.0 == next.0, before.3) {
                all.add(next.2.saturating_sub(end));
            }
        }
        all
    }
}

/// The runs that the inputs belong to, and for each input the number of its own.
fn runs(inputs: &[Input], options: &Options) -> (Vec<Run>, Vec<u32>) {
    let mut runs: Vec<Run> = Vec::new();
    let run_of = inputs.iter().map(|input| {
        let mut run = input.run.clone().unwrap_or_default();
        // A tag of the command line beats one that the run brought.
        run.tags.retain(|(name, _)| !options.tags.iter().any(|(tag, _)| tag == name));
        run.tags.extend(options.tags.iter().cloned());
        let known = runs.iter().position(|known| known.id == run.id);
        let number = known.unwrap_or_else(|| {
            runs.push(run);
            runs.len() - 1
        });
        u32::try_from(number).unwrap_or(u32::MAX)
    });
    let run_of = run_of.collect();
    if runs.is_empty() {
        runs.push(Run::default());
    }
    (runs, run_of)
}

/// A number of rows, inputs, streams or labels, of which there are always fewer.
fn number(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

/// A lock that a panic elsewhere cannot break: what it holds is only ever replaced as a whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
