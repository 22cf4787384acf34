//! Logs -> dataframes of polars, for programs that go on with them.
//!
//! ```
//! use sb_trace::{Input, Options, Silent, frames, stats};
//!
//! let log = "1600776870140+0000|CALLED\n1600776870152+0200|ANSWERED\n";
//! let inputs = [Input::bytes("app.log", log)];
//! let latencies = frames::latencies(&inputs, &Options::default(), &Silent)?;
//! assert_eq!(latencies.column("latency_ms").unwrap().f64().unwrap().get(0), Some(12.0));
//! let figures = frames::figures(&latencies, &stats::DEFAULT_PERCENTILES, &[])?;
//! assert_eq!(figures.column("p50_ms").unwrap().f64().unwrap().get(0), Some(12.0));
//! # Ok::<(), sb_trace::Error>(())
//! ```
//!
//! Texts that come again and again (labels, pairs, sources, runs) are categories. What each column
//! means is listed in [`crate::columns`].

use crate::columns::{event_columns, latency_columns, trace_columns};
use crate::dictionary::Dictionary;
use crate::error::Result;
use crate::options::Options;
use crate::pipeline::{Batch, Job, Measured, Progress, Sink, for_each_thread, run};
use crate::plan::Rules;
use crate::read::Input;
use crate::stats::{Accumulator, GroupKey, Summary};
use crate::tables::with_tables;
use polars::prelude::{Column, DataFrame};

/// What the rows of a frame are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowKind {
    Events,
    Traces,
    Latencies,
}

/// Keeps frames.
struct FramesSink<'a> {
    job: &'a Job<'a>,
    rows: RowKind,
    columns: Vec<String>,
    frames: Vec<(u64, DataFrame)>,
}

impl Sink for FramesSink<'_> {
    const ORDERED: bool = true;

    fn wants_traces(&self) -> bool {
        self.rows != RowKind::Events
    }

    fn events(&mut self, batch: &Batch) -> Result<()> {
        if self.rows == RowKind::Events {
            let frame = crate::columns::events(batch, self.job, &self.columns)?;
            self.frames.push((batch.number, frame));
        }
        Ok(())
    }

    fn take(&mut self, measured: &Measured<'_>) -> Result<()> {
        let frame = match self.rows {
            RowKind::Traces => crate::columns::traces(measured, self.job, &self.columns)?,
            _ => crate::columns::latencies(measured, self.job, &self.columns)?,
        };
        self.frames.push((measured.number, frame));
        Ok(())
    }
}

/// The events of all inputs in the order of the log, with [`crate::columns::EVENT_COLUMNS`] and the
/// runs' tags.
///
/// # Errors
/// Those of [`crate::figures`].
pub fn events(inputs: &[Input], options: &Options, progress: &dyn Progress) -> Result<DataFrame> {
    kept(inputs, options, progress, RowKind::Events)
}

/// The traces of all inputs in the order of the log, with [`crate::columns::TRACE_COLUMNS`] and the
/// runs' tags.
///
/// # Errors
/// Those of [`crate::figures`].
pub fn traces(inputs: &[Input], options: &Options, progress: &dyn Progress) -> Result<DataFrame> {
    kept(inputs, options, progress, RowKind::Traces)
}

/// The latencies of all inputs, by trace in the order of the log, with
/// [`crate::columns::LATENCY_COLUMNS`] and the runs' tags.
///
/// # Errors
/// Those of [`crate::figures`].
pub fn latencies(
    inputs: &[Input],
    options: &Options,
    progress: &dyn Progress,
) -> Result<DataFrame> {
    kept(inputs, options, progress, RowKind::Latencies)
}

fn kept(
    inputs: &[Input],
    options: &Options,
    progress: &dyn Progress,
    rows: RowKind,
) -> Result<DataFrame> {
    let inputs = with_tables(inputs)?;
    let labels = Dictionary::new();
    let job = Job::new(&inputs, options, &labels);
    let rules = Rules::new(options, &labels);
    let columns = match rows {
        RowKind::Events => event_columns(&job),
        RowKind::Traces => trace_columns(&job.runs),
        RowKind::Latencies => latency_columns(&job.runs),
    };
    let sinks = || {
        for_each_thread(|| {
            Ok(FramesSink { job: &job, rows, columns: columns.clone(), frames: Vec::new() })
        })
    };
    let outcome = run(&job, &rules, progress, sinks)?;
    let mut frames: Vec<(u64, DataFrame)> =
        outcome.sinks.into_iter().flat_map(|sink| sink.frames).collect();
    frames.sort_by_key(|(number, _)| *number);
    let mut all: Option<DataFrame> = None;
    for (_, frame) in frames {
        match &mut all {
            None => all = Some(frame),
            Some(all) => {
                all.vstack_mut(&frame)?;
            }
        }
    }
    Ok(all.unwrap_or_default())
}

/// The figures of a frame with the columns `pair`, `start_class`, `latency_ns` and those of the
/// groups, in which texts are categories, as [`latencies`] gives it: a row for each pair, and for each
/// start class or group. Pairs stand in the order in which they first come.
///
/// Columns: `pair`, `start_class`, those of the groups, `n`, `unmatched`, `negative`, `mean_ms`,
/// `pNN_ms` for each of `percents` (0 to 100), `min_ms`, `max_ms`, and for each percentile
/// `pNN_low_ms`, `pNN_high_ms` (the ends of its 95 % interval, null where open) and `pNN_supported`;
/// `modes`, their number.
///
/// # Errors
/// [`Error::Usage`](crate::Error::Usage) if a column is missing or has another type.
pub fn figures(
    latencies: &DataFrame,
    percents: &[f64],
    group_by: &[GroupKey],
) -> Result<DataFrame> {
    let mut counted = Accumulator::new(1, group_by);
    counted.add(latencies)?;
    let order = counted.pairs();
    figures_frame(&counted.summaries(&order, percents), percents)
}

/// Summaries as a frame.
pub(crate) fn figures_frame(summaries: &[Summary], percents: &[f64]) -> Result<DataFrame> {
    use crate::stats::PercentileColumns;
    let text = |name: &str, of: &dyn Fn(&Summary) -> String| {
        Column::new(name.into(), summaries.iter().map(of).collect::<Vec<_>>())
    };
    let count = |name: &str, of: fn(&Summary) -> usize| {
        Column::new(name.into(), summaries.iter().map(|s| of(s) as u64).collect::<Vec<_>>())
    };
    let number = |name: String, of: &dyn Fn(&Summary) -> Option<f64>| {
        Column::new(name.into(), summaries.iter().map(of).collect::<Vec<_>>())
    };
    let mut columns =
        vec![text("pair", &|s| s.pair.clone()), text("start_class", &|s| s.start_class.clone())];
    let groups = summaries.first().map(|s| s.group.as_slice()).unwrap_or_default();
    for (at, (name, _)) in groups.iter().enumerate() {
        columns.push(text(name, &|s| s.group[at].1.clone()));
    }
    columns.extend([
        count("n", |s| s.n),
        count("unmatched", |s| s.unmatched),
        count("negative", |s| s.negative),
        number("mean_ms".to_owned(), &|s| s.mean_ms),
    ]);
    for (at, &p) in percents.iter().enumerate() {
        columns
            .push(number(PercentileColumns::of(p).value.clone(), &|s| s.percentiles[at].value_ms));
    }
    columns.push(number("min_ms".to_owned(), &|s| s.min_ms));
    columns.push(number("max_ms".to_owned(), &|s| s.max_ms));
    for (at, &p) in percents.iter().enumerate() {
        let names = PercentileColumns::of(p);
        columns.push(number(names.low.clone(), &|s| s.percentiles[at].low_ms));
        columns.push(number(names.high.clone(), &|s| s.percentiles[at].high_ms));
        let supported: Vec<bool> =
            summaries.iter().map(|s| s.percentiles[at].supported()).collect();
        columns.push(Column::new(names.supported.as_str().into(), supported));
    }
    columns.push(count("modes", |s| s.modes.len()));
    Ok(DataFrame::new(summaries.len(), columns)?)
}
