//! The result of an analysis with all that it rests on: events, traces and latencies in memory.

use super::judge::{Figures, judge, order_of_pairs};
use super::latency_rows::{gather, names_of, table};
use crate::columns::trace_id;
use crate::dictionary::Dictionary;
use crate::error::Result;
use crate::event::{Event, Events};
use crate::latency::{Latencies, LatencyRows};
use crate::names::{Name, Names};
use crate::options::Options;
use crate::pipeline::{Batch, Job, Measured, Progress, Sink, for_each_thread, run};
use crate::plan::Rules;
use crate::read::Input;
use crate::run::Run;
use crate::tables::with_tables;
use crate::trace::StartClass;
use std::sync::Arc;

/// One trace: its key, and where its events stand in [`TraceList::order`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceRow {
    /// Index into [`Analysis::runs`].
    pub run: u32,
    /// The invocation's id, or `file:line` of the first event where the log has no ids.
    pub id: Name,
    /// First and last plus one position in [`TraceList::order`].
    pub first: u32,
    /// See `first`.
    pub end: u32,
    /// Whether the trace has the closing label and every expected label.
    pub complete: bool,
    /// Whether the trace is the rest of something that began before the log did.
    pub fragment: bool,
    /// Whether a cold start took part.
    pub start_class: StartClass,
}

/// All traces, ordered by run and then by place in the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TraceList {
    /// The traces.
    pub traces: Vec<TraceRow>,
    /// Event indices, trace by trace, each trace in its own order.
    pub order: Vec<u32>,
    /// Events that belong to no trace because they have no id.
    pub orphans: Vec<u32>,
    /// Events of the driver (labels `SB_*`).
    pub driver: Vec<u32>,
}

impl TraceList {
    /// The event indices of one trace in its order.
    pub fn events(&self, trace: &TraceRow) -> &[u32] {
        self.order.get(trace.first as usize..trace.end as usize).unwrap_or_default()
    }
}

/// All that is known of the inputs.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// The runs; logs collected elsewhere share one with an empty id.
    pub runs: Vec<Run>,
    /// Every event, in log order.
    pub events: Arc<Events>,
    /// The events of each invocation.
    pub traces: TraceList,
    /// The latencies of all pairs, ordered by run, then pair, then start. Their names are those of the events.
    pub latencies: Latencies,
    /// What is said of all traces together; no summaries.
    pub figures: Figures,
}

/// An event with its ids as texts.
struct EventWithIds {
    event: Event,
    ids: [String; 2],
}

/// A trace with the places of its events.
struct TraceWithPlaces {
    run: u32,
    id: String,
    first_place: u64,
    places: Vec<u32>,
    complete: bool,
    fragment: bool,
    start_class: StartClass,
}

/// Keeps everything.
struct AnalysisSink<'a> {
    job: &'a Job<'a>,
    events: Vec<(u64, Vec<EventWithIds>)>,
    orphans: Vec<u32>,
    driver: Vec<u32>,
    traces: Vec<TraceWithPlaces>,
    rows: LatencyRows,
}

fn place(of: u64) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

impl Sink for AnalysisSink<'_> {
    const ORDERED: bool = true;

    fn events(&mut self, batch: &Batch) -> Result<()> {
        let text = |id: Name| batch.parsed.ids.key(id).text().into_owned();
        let kept = batch.parsed.rows.iter().map(|row| EventWithIds {
            event: Event {
                label: batch.labels[row.label as usize],
                source: batch.sources[row.source as usize],
                file: batch.file,
                line: batch.base_line.wrapping_add(row.line),
                ..*row
            },
            ids: [text(row.correlation_id), text(row.trace_id)],
        });
        self.events.push((batch.number, kept.collect()));
        let places = |rows: &[u32]| {
            rows.iter().map(|&row| place(batch.place(row as usize))).collect::<Vec<_>>()
        };
        self.orphans.extend(places(&batch.orphans));
        self.driver.extend(places(&batch.driver));
        Ok(())
    }

    fn take(&mut self, measured: &Measured<'_>) -> Result<()> {
        gather(&mut self.rows, measured);
        let traces = measured.traces;
        let kept = measured.traces().map(|(trace, planned)| {
            let mut id = String::new();
            trace_id(&mut id, trace, traces, self.job);
            let range = trace.first as usize..trace.end as usize;
            TraceWithPlaces {
                run: trace.run,
                id,
                first_place: trace.first_place,
                places: traces.place[range].iter().map(|&at| place(at)).collect(),
                complete: planned.complete,
                fragment: trace.kind.fragment,
                start_class: Measured::start_class(trace, planned),
            }
        });
        self.traces.extend(kept);
        Ok(())
    }
}

/// Reads all inputs and measures the pairs that the options ask for.
///
/// An input without any statement is a note in the findings.
///
/// # Errors
/// Whatever makes an input unreadable, and [`crate::Error::NoStatement`] if no input has a statement.
pub fn analyze(inputs: &[Input], options: &Options, progress: &dyn Progress) -> Result<Analysis> {
    let inputs = with_tables(inputs)?;
    let labels = Dictionary::new();
    let job = Job::new(&inputs, options, &labels);
    let rules = Rules::new(options, &labels);
    let sinks = || {
        for_each_thread(|| {
            Ok(AnalysisSink {
                job: &job,
                events: Vec::new(),
                orphans: Vec::new(),
                driver: Vec::new(),
                traces: Vec::new(),
                rows: LatencyRows::new(options.epoch_unit.ns()),
            })
        })
    };
    let mut outcome = run(&job, &rules, progress, sinks)?;
    let sinks = std::mem::take(&mut outcome.sinks);
    let said = judge(&job, &rules, &outcome);
    let order = order_of_pairs(&rules, &outcome);
    Ok(bring_together((&job, &rules), sinks, said, &order))
}

fn bring_together(
    (job, rules): (&Job<'_>, &Rules<'_>),
    sinks: Vec<AnalysisSink<'_>>,
    said: Figures,
    order: &[String],
) -> Analysis {
    let mut names = Names::default();
    let labels = names_of(job.labels, &mut names);
    let sources = names_of(&job.sources, &mut names);
    let (mut events, mut traces) = (Vec::new(), Vec::new());
    let (mut all_rows, mut ids) = (Vec::new(), Vec::new());
    let mut list = TraceList::default();
    for sink in sinks {
        ids.extend(sink.traces.iter().map(|trace| names.add(&trace.id)));
        events.extend(sink.events);
        traces.extend(sink.traces);
        all_rows.push(sink.rows);
        list.orphans.extend(sink.orphans);
        list.driver.extend(sink.driver);
    }
    list.orphans.sort_unstable();
    list.driver.sort_unstable();
    events.sort_by_key(|(number, _)| *number);
    let rows = events.into_iter().flat_map(|(_, kept)| kept).map(|kept| Event {
        correlation_id: names.add(&kept.ids[0]),
        trace_id: names.add(&kept.ids[1]),
        label: labels[kept.event.label as usize],
        source: sources[kept.event.source as usize],
        ..kept.event
    });
    let rows: Vec<Event> = rows.collect();
    traces.sort_by_key(|trace| (trace.run, trace.first_place));
    for trace in traces {
        let first = place(list.order.len() as u64);
        list.order.extend(&trace.places);
        list.traces.push(TraceRow {
            run: trace.run,
            id: names.add(&trace.id),
            first,
            end: place(list.order.len() as u64),
            complete: trace.complete,
            fragment: trace.fragment,
            start_class: trace.start_class,
        });
    }
    let mut latencies = table(all_rows, (job, rules), order, names);
    latencies.trace_ids = ids;
    Analysis {
        runs: job.runs.clone(),
        events: Arc::new(Events { names: Arc::clone(&latencies.names), rows }),
        traces: list,
        latencies,
        figures: said,
    }
}
