//! Logs -> all that a report is made of, in one pass: the table of latencies in memory, both tables in
//! files, and what is said of the logs as a whole.

use super::judge::{Figures, judge, order_of_pairs};
use super::latency_rows::{gather, table};
use super::trace_file::{Keeper, KeptTraces};
use crate::columns::{event_columns, events, latencies, latency_columns, no_latencies};
use crate::dictionary::Dictionary;
use crate::error::Result;
use crate::latency::{Latencies, LatencyRows};
use crate::names::Names;
use crate::options::Options;
use crate::pipeline::{Batch, Job, Measured, Progress, Sink, for_each_thread, run};
use crate::plan::Rules;
use crate::read::Input;
use crate::tables::{FileWriter, TableFile, TableFormat, metadata, write_atomically};
use polars::prelude::DataFrame;
use std::path::Path;
use std::sync::Arc;

/// What the events of a run say of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RunEvents {
    /// First and last instant, Unix epoch in nanoseconds.
    pub span_ns: Option<(i64, i64)>,
    /// Traces, and how many of them are complete.
    pub traces: u64,
    /// See `traces`.
    pub complete: u64,
}

/// A statement of the driver: its label begins with `SB_`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriverEvent {
    /// Index of its run.
    pub run: u32,
    /// Unix epoch in nanoseconds.
    pub epoch_ns: i64,
    /// Its label.
    pub label: String,
}

/// What was collected.
#[derive(Debug, Default)]
pub struct Collected {
    /// The latencies; their traces have no names.
    pub latencies: Latencies,
    /// What is said of all logs together; no summaries.
    pub figures: Figures,
    /// Of each run, what its events say.
    pub runs: Vec<RunEvents>,
    /// The driver's statements, in the order of the log.
    pub driver: Vec<DriverEvent>,
    /// All traces, if tables were written.
    pub traces: KeptTraces,
}

/// The files of the tables.
#[derive(Debug, Clone, Copy)]
pub struct Tables<'p> {
    /// Where the table of latencies goes; the ending says the format.
    pub latencies: &'p Path,
    /// The same for the events.
    pub events: &'p Path,
}

/// The tables as they are written, with their columns.
#[derive(Clone)]
struct Writers<'f> {
    latencies: (FileWriter<'f>, Arc<Vec<String>>),
    events: (FileWriter<'f>, Arc<Vec<String>>),
}

/// What one thread collects.
struct ReportSink<'a, 'f> {
    job: &'a Job<'a>,
    rows: LatencyRows,
    runs: Vec<RunEvents>,
    /// Place in the log, run, time and label of the driver's statements.
    driver: Vec<(u64, u32, i64, u32)>,
    writers: Option<Writers<'f>>,
    keeper: Option<Keeper>,
    latencies: Option<DataFrame>,
    events: Option<DataFrame>,
}

impl Sink for ReportSink<'_, '_> {
    const ORDERED: bool = true;

    fn events(&mut self, batch: &Batch) -> Result<()> {
        let rows = &batch.parsed.rows;
        let times = || rows.iter().map(|event| event.epoch_ns);
        if let (Some(first), Some(last), Some(run)) =
            (times().min(), times().max(), self.runs.get_mut(batch.run as usize))
        {
            run.span(first, last);
        }
        self.driver.extend(batch.driver.iter().map(|&row| {
            let event = &rows[row as usize];
            let label = batch.labels[event.label as usize];
            (batch.place(row as usize), batch.run, event.epoch_ns, label)
        }));
        if let Some(writers) = &self.writers {
            self.events = Some(events(batch, self.job, &writers.events.1)?);
        }
        self.keeper.as_mut().map_or(Ok(()), |keeper| keeper.events(batch))
    }

    fn take(&mut self, measured: &Measured<'_>) -> Result<()> {
        for (trace, planned) in measured.traces() {
            if let Some(run) = self.runs.get_mut(trace.run as usize) {
                run.traces += 1;
                run.complete += u64::from(planned.complete);
            }
        }
        let first = gather(&mut self.rows, measured);
        if let Some(writers) = &self.writers {
            self.latencies = Some(latencies(measured, self.job, &writers.latencies.1)?);
        }
        self.keeper.as_mut().map_or(Ok(()), |keeper| keeper.traces(first, measured, self.job))
    }

    fn passed(&mut self, number: u64) -> Result<()> {
        let Some(writers) = &self.writers else { return Ok(()) };
        writers.events.0.put(number, self.events.take())?;
        writers.latencies.0.put(number, self.latencies.take())
    }
}

impl RunEvents {
    fn span(&mut self, first: i64, last: i64) {
        let span = self.span_ns.unwrap_or((first, last));
        self.span_ns = Some((span.0.min(first), span.1.max(last)));
    }

    fn absorb(&mut self, other: Self) {
        self.traces += other.traces;
        self.complete += other.complete;
        if let Some((first, last)) = other.span_ns {
            self.span(first, last);
        }
    }
}

/// Reads all inputs and collects what a report needs. With `tables`, it writes these, too, and keeps
/// the traces beside them.
///
/// # Errors
/// Those of [`crate::figures`], and [`crate::Error::Write`] if a table cannot be written.
pub fn collect(
    inputs: &[Input],
    options: &Options,
    progress: &dyn Progress,
    tables: Option<Tables<'_>>,
) -> Result<Collected> {
    let labels = Dictionary::new();
    let job = Job::new(inputs, options, &labels);
    let rules = Rules::new(options, &labels);
    let Some(tables) = tables else {
        return pass(&job, &rules, progress, || Ok((None, None)));
    };
    let columns = (Arc::new(latency_columns(&job.runs)), Arc::new(event_columns(&job)));
    let formats = (TableFormat::of_path(tables.latencies)?, TableFormat::of_path(tables.events)?);
    let no_latencies = no_latencies(&rules, &job, &columns.0)?;
    let no_events = events(&Batch::default(), &job, &columns.1)?;
    write_atomically(tables.latencies, |of_latencies| {
        write_atomically(tables.events, |of_events| {
            let latencies = TableFile::new(of_latencies, formats.0, no_latencies);
            let events = TableFile::new(of_events, formats.1, no_events);
            let open = || {
                let writers = Writers {
                    latencies: (latencies.begin()?, Arc::clone(&columns.0)),
                    events: (events.begin()?, Arc::clone(&columns.1)),
                };
                Ok((Some(writers), tables.latencies.parent()))
            };
            let collected = pass(&job, &rules, progress, open)?;
            let metadata = metadata(&collected.figures.files, options);
            latencies.finish(&metadata)?;
            events.finish(&metadata)?;
            Ok(collected)
        })
    })
}

fn pass<'f>(
    job: &Job<'_>,
    rules: &Rules<'_>,
    progress: &dyn Progress,
    open: impl Fn() -> Result<(Option<Writers<'f>>, Option<&'f Path>)>,
) -> Result<Collected> {
    let sinks = || {
        let (writers, folder) = open()?;
        for_each_thread(|| {
            Ok(ReportSink {
                job,
                rows: LatencyRows::new(job.options.epoch_unit.ns()),
                runs: vec![RunEvents::default(); job.runs.len()],
                driver: Vec::new(),
                writers: writers.clone(),
                keeper: folder.map(Keeper::new).transpose()?,
                latencies: None,
                events: None,
            })
        })
    };
    let mut outcome = run(job, rules, progress, sinks)?;
    let mut collected = Collected::default();
    collected.runs.resize(job.runs.len(), RunEvents::default());
    let (mut all_rows, mut keepers, mut driver) = (Vec::new(), Vec::new(), Vec::new());
    for sink in std::mem::take(&mut outcome.sinks) {
        for (run, more) in collected.runs.iter_mut().zip(sink.runs) {
            run.absorb(more);
        }
        driver.extend(sink.driver);
        keepers.extend(sink.keeper.map(|keeper| (keeper, sink.rows.traces())));
        all_rows.push(sink.rows);
    }
    driver.sort_unstable();
    let driver = driver.into_iter().map(|(_, run, epoch_ns, label)| DriverEvent {
        run,
        epoch_ns,
        label: job.labels.text(label).to_owned(),
    });
    collected.driver = driver.collect();
    collected.figures = judge(job, rules, &outcome);
    let order = order_of_pairs(rules, &outcome);
    collected.latencies = table(all_rows, (job, rules), &order, Names::default());
    collected.traces = KeptTraces::of(keepers.into_iter(), job)?;
    Ok(collected)
}
