//! The result of an analysis with all that it rests on: events, traces and latencies in memory.

use crate::accounting::{Accounting, LookAlikeAt};
use crate::dictionary::Dictionary;
use crate::error::{Error, Result};
use crate::event::{Event, Events};
use crate::figures::{Figures, PathCount, judge, order_of_pairs};
use crate::frame::{trace_id, with_tables};
use crate::latency::{Latencies, Rows, Skew, gather, names_of, table};
use crate::names::{Name, Names};
use crate::options::Options;
use crate::pipeline::{Batch, Call, Measured, Progress, Sink, for_each_thread, run};
use crate::plan::Planner;
use crate::read::Input;
use crate::run::Run;
use crate::trace::{Finding, Missing, StartClass};
use std::sync::Arc;

/// One input after it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileInfo {
    /// Name relative to the inputs' common root; `-` is standard input.
    pub name: String,
    /// Index into [`Analysis::runs`].
    pub run: u32,
    /// What it was taken for, for instance `plain`.
    pub carrier: &'static str,
    /// Lines and statements in it.
    pub lines: u64,
    /// See `lines`.
    pub statements: u64,
    /// Whether it holds NUL bytes: without a statement it is called binary.
    pub binary: bool,
    /// Events whose record has an id.
    pub with_id: u64,
    /// Events that stand between START and END of a request, and have its id.
    pub enclosed: u64,
    /// Places that look like a statement, but not in the text of a record, and the first's line.
    pub lost: u64,
    /// See `lost`.
    pub lost_at: u64,
}

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
    /// The inputs in the order in which they were read.
    pub files: Vec<FileInfo>,
    /// Every event, in log order.
    pub events: Arc<Events>,
    /// The events of each invocation.
    pub traces: TraceList,
    /// The latencies of all pairs, ordered by run, then pair, then start. Their names are those of the events.
    pub latencies: Latencies,
    /// The sums.
    pub accounting: Accounting,
    /// The first look-alikes; their number is in the accounting.
    pub look_alikes: Vec<LookAlikeAt>,
    /// How often each order of labels occurs, commonest first.
    pub paths: Vec<PathCount>,
    /// What the incomplete traces lack, commonest first; a trace may lack several things.
    pub missing: Vec<Missing>,
    /// Negative latencies and feasible clock offsets by pair of clocks.
    pub skew: Vec<Skew>,
    /// What the reader should know: how traces were made, and what is doubtful.
    pub findings: Vec<Finding>,
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
struct Keeping<'a> {
    call: &'a Call<'a>,
    events: Vec<(u64, Vec<EventWithIds>)>,
    orphans: Vec<u32>,
    driver: Vec<u32>,
    traces: Vec<TraceWithPlaces>,
    rows: Rows,
}

fn place(of: u64) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

impl Sink for Keeping<'_> {
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
            trace_id(&mut id, trace, traces, self.call);
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

/// See [`crate::analyze`].
pub(crate) fn analyze(
    inputs: &[Input],
    options: &Options,
    progress: &dyn Progress,
) -> Result<Analysis> {
    let inputs = with_tables(inputs)?;
    let labels = Dictionary::new();
    let call = Call::new(&inputs, options, &labels);
    let planner = Planner::new(options, &labels);
    let sinks = || {
        for_each_thread(|| {
            Ok(Keeping {
                call: &call,
                events: Vec::new(),
                orphans: Vec::new(),
                driver: Vec::new(),
                traces: Vec::new(),
                rows: Rows::new(options.epoch_unit.ns()),
            })
        })
    };
    let mut outcome = run(&call, &planner, progress, sinks)?;
    let sinks = std::mem::take(&mut outcome.sinks);
    let said = judge(&call, &planner, &outcome);
    let order = order_of_pairs(&planner, &outcome);
    Ok(bring_together((&call, &planner), sinks, said, &order))
}

fn bring_together(
    (call, planner): (&Call<'_>, &Planner<'_>),
    sinks: Vec<Keeping<'_>>,
    said: Figures,
    order: &[String],
) -> Analysis {
    let mut names = Names::default();
    let labels = names_of(call.labels, &mut names);
    let sources = names_of(&call.sources, &mut names);
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
    let mut latencies = table(all_rows, (call, planner), order, names);
    latencies.trace_ids = ids;
    Analysis {
        runs: call.runs.clone(),
        files: said.files,
        events: Arc::new(Events { names: Arc::clone(&latencies.names), rows }),
        traces: list,
        latencies,
        accounting: said.accounting,
        look_alikes: said.look_alikes,
        paths: said.paths,
        missing: said.missing,
        skew: said.skew,
        findings: said.findings,
    }
}

/// An error if there is no statement in the whole input.
pub(crate) fn no_statement(
    files: &[FileInfo],
    statements: u64,
    look_alikes: &[LookAlikeAt],
) -> Result<()> {
    const MOST_SHOWN: usize = 3;
    if statements > 0 {
        return Ok(());
    }
    let what = match files {
        [] => "the input: it holds no file".to_owned(),
        [one] if one.name == "-" => "standard input".to_owned(),
        [one] => one.name.clone(),
        many => format!("{} files", many.len()),
    };
    let mut details: Vec<String> = look_alikes
        .iter()
        .take(MOST_SHOWN)
        .map(|l| format!("{}:{}:{}: {}", files[l.file as usize].name, l.line, l.column, l.what))
        .collect();
    details.extend(files.iter().take(MOST_SHOWN).map(describe));
    Err(Error::NoStatement { what, details })
}

/// What a file without a statement is, in words.
pub(crate) fn describe(file: &FileInfo) -> String {
    let kind = match (file.lines, file.binary) {
        (0, _) => "is empty".to_owned(),
        (_, true) => "is binary".to_owned(),
        (1, _) => "has 1 line and no statement".to_owned(),
        (lines, _) => format!("has {lines} lines and no statement"),
    };
    format!("{} {kind} (read as {})", file.name, file.carrier)
}
