//! The figures of some logs: all that `stats` and `check` print.

use super::judge::{Figures, judge, order_of_pairs};
use crate::columns::latencies;
use crate::dictionary::Dictionary;
use crate::error::Result;
use crate::options::{Options, PlanFile};
use crate::pipeline::{Job, Measured, Progress, Sink, for_each_thread, run};
use crate::plan::Rules;
use crate::read::Input;
use crate::stats::{Accumulator, GroupKey};
use crate::tables::with_tables;

/// Counts latencies.
struct FiguresSink<'a> {
    job: &'a Job<'a>,
    columns: Vec<String>,
    latencies: Accumulator,
}

impl Sink for FiguresSink<'_> {
    const ORDERED: bool = false;

    fn take(&mut self, measured: &Measured<'_>) -> Result<()> {
        let frame = latencies(measured, self.job, &self.columns)?;
        self.latencies.add(&frame)
    }
}

/// Reads all inputs and gives the figures of the pairs that the options ask for, parted by the columns
/// of `group_by`.
///
/// # Errors
/// Whatever makes an input unreadable, and [`crate::Error::NoStatement`] if no input has a statement.
pub fn figures(
    inputs: &[Input],
    options: &Options,
    percents: &[f64],
    group_by: &[GroupKey],
    progress: &dyn Progress,
) -> Result<Figures> {
    let inputs = with_tables(inputs)?;
    let labels = Dictionary::new();
    let job = Job::new(&inputs, options, &labels);
    GroupKey::check(group_by, &job.runs)?;
    let rules = Rules::new(options, &labels);
    let sinks = || {
        for_each_thread(|| {
            let latencies = Accumulator::new(options.epoch_unit.ns(), group_by);
            Ok(FiguresSink { job: &job, columns: latencies.columns(), latencies })
        })
    };
    let mut outcome = run(&job, &rules, progress, sinks)?;
    let mut all = Accumulator::new(options.epoch_unit.ns(), group_by);
    for sink in std::mem::take(&mut outcome.sinks) {
        all.absorb(sink.latencies);
    }
    let mut figures = judge(&job, &rules, &outcome);
    let order = order_of_pairs(&rules, &outcome);
    figures.summaries = all.summaries(&order, percents);
    Ok(figures)
}

/// Measures nothing: only the plan is wanted.
struct NoSink;

impl Sink for NoSink {
    const ORDERED: bool = false;

    fn take(&mut self, _: &Measured<'_>) -> Result<()> {
        Ok(())
    }
}

/// What is decided about some logs, and what is said of their traces; the latter without figures.
///
/// # Errors
/// Those of [`figures`].
pub fn plan(
    inputs: &[Input],
    options: &Options,
    progress: &dyn Progress,
) -> Result<(PlanFile, Figures)> {
    let inputs = with_tables(inputs)?;
    let labels = Dictionary::new();
    let job = Job::new(&inputs, options, &labels);
    let rules = Rules::new(options, &labels);
    let outcome = run(&job, &rules, progress, || for_each_thread(|| Ok(NoSink)))?;
    Ok((PlanFile::of(&job, &rules, &outcome), judge(&job, &rules, &outcome)))
}
