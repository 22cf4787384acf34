//! The table of latencies: a row for each FROM event of a pair, by trace in the order of the log, then
//! by step.
//!
//! | column | type | meaning |
//! | --- | --- | --- |
//! | `run_id`, `benchmark`, `provider`, `region` | category | the run |
//! | `trace_id` | string | what the trace is called |
//! | `attempt` | u32 | which attempt of the invocation it is; null until attempts are told apart |
//! | `pair` | category | `FROM->TO` or `total` |
//! | `kind` | category | `step`, `total` or `named` |
//! | `from_label`, `to_label` | category | |
//! | `seq` | u32 | how many latencies of this pair came before in the same trace |
//! | `start_ts`, `end_ts` | timestamp\[us, UTC\] | `end_ts` is null where the TO is missing |
//! | `start_ns` | i64 | Unix epoch in nanoseconds |
//! | `latency_ns` | i64 | any sign; null where the TO is missing |
//! | `latency_ms` | f64 | the same; its raw quantiles are the reported numbers |
//! | `from_source`, `to_source` | category | |
//! | `from_clock`, `to_clock` | category | what stamped the two events: their source, or their file |
//! | `start_class` | category | cold, partial, warm or unknown |
//! | `start_class_source` | category | what the class rests on |
//! | `negative` | bool | |
//! | `complete` | bool | whether the trace is complete |
//! | `tag_*` | category | the runs' tags |
//!
//! Categories are strings to a reader of a file.

use super::choose::unknown;
use crate::dictionary::NO_TEXT;
use crate::error::Result;
use crate::latency::Match;
use crate::options::PairChoice;
use crate::pipeline::{Job, Measured, RunCodes};
use crate::plan::Rules;
use crate::run::{Run, tag_names};
use crate::trace::{Stream, Trace, TraceName, Traces};
use polars::prelude::*;
use std::cell::OnceCell;
use std::fmt::Write as _;

const NS_IN_US: i64 = 1_000;

/// The columns, those of tags left out.
pub const LATENCY_COLUMNS: [&str; 24] = [
    "run_id",
    "benchmark",
    "provider",
    "region",
    "trace_id",
    "attempt",
    "pair",
    "kind",
    "from_label",
    "to_label",
    "seq",
    "start_ts",
    "end_ts",
    "start_ns",
    "latency_ns",
    "latency_ms",
    "from_source",
    "to_source",
    "from_clock",
    "to_clock",
    "start_class",
    "start_class_source",
    "negative",
    "complete",
];

/// The columns of a table whose runs have these tags.
pub(crate) fn latency_columns(runs: &[Run]) -> Vec<String> {
    LATENCY_COLUMNS.iter().map(|&name| name.to_owned()).chain(tag_columns(runs)).collect()
}

/// The columns of the tags that any run has.
pub(super) fn tag_columns(runs: &[Run]) -> impl Iterator<Item = String> {
    tag_names(runs).into_iter().map(|tag| format!("tag_{tag}"))
}

/// The latencies of whole traces, in these columns. What nobody asks for is not computed.
pub(crate) fn latencies(
    measured: &Measured<'_>,
    job: &Job<'_>,
    wanted: &[String],
) -> Result<DataFrame> {
    let rows = measured.traces().map(|(_, planned)| planned.matches.len()).sum();
    let table = LatencyFrame::of(measured, rows);
    let columns = wanted.iter().map(|name| table.column(name, job)).collect::<Result<Vec<_>>>()?;
    Ok(DataFrame::new(rows, columns)?)
}

/// What the columns are made of.
struct LatencyFrame<'m> {
    measured: &'m Measured<'m>,
    rows: usize,
    /// Whether each FROM has a TO.
    matched: bool,
    start_ns: OnceCell<Int64Chunked>,
    latency_ns: OnceCell<Int64Chunked>,
}

impl<'m> LatencyFrame<'m> {
    fn of(measured: &'m Measured<'m>, rows: usize) -> Self {
        let has_to = |of: &Match| of.to.is_some();
        let matched = measured.traces().all(|(_, planned)| planned.matches.iter().all(has_to));
        Self { measured, rows, matched, start_ns: OnceCell::new(), latency_ns: OnceCell::new() }
    }

    /// A value for each row.
    #[inline]
    fn each<T>(&self, value: impl Fn(u32, &Trace, &Match) -> T) -> Vec<T> {
        let mut all = Vec::with_capacity(self.rows);
        for (number, (trace, planned)) in (0u32..).zip(self.measured.traces()) {
            all.extend(planned.matches.iter().map(|of| value(number, trace, of)));
        }
        all
    }

    /// The trace of each row.
    fn traces(&self) -> IdxCa {
        IdxCa::from_vec("".into(), self.each(|number, _, _| number))
    }

    /// The FROM event of each row.
    fn from(&self) -> IdxCa {
        IdxCa::from_vec("".into(), self.each(|_, trace, of| trace.first + of.from))
    }

    /// The TO event of each row; null where there is none.
    fn to(&self) -> IdxCa {
        if self.matched {
            return IdxCa::from_vec(
                "".into(),
                self.each(|_, trace, of| trace.first + of.to.unwrap_or(0)),
            );
        }
        self.each(|_, trace, of| of.to.map(|to| trace.first + to)).into_iter().collect()
    }

    fn start_ns(&self) -> &Int64Chunked {
        let epoch_ns = &self.measured.traces.epoch_ns;
        let start = || self.each(|_, trace, of| epoch_ns[(trace.first + of.from) as usize]);
        self.start_ns.get_or_init(|| Int64Chunked::from_vec("".into(), start()))
    }

    fn latency_ns(&self) -> &Int64Chunked {
        let traces = self.measured.traces;
        let latency = |trace: &Trace, from: u32, to: u32| {
            traces.latency_ns(trace.first + from, trace.first + to)
        };
        self.latency_ns.get_or_init(|| {
            if self.matched {
                let all =
                    self.each(|_, trace, of| latency(trace, of.from, of.to.unwrap_or(of.from)));
                return Int64Chunked::from_vec("".into(), all);
            }
            let all = self.each(|_, trace, of| of.to.map(|to| latency(trace, of.from, to)));
            all.into_iter().collect()
        })
    }

    fn end_ns(&self) -> Int64Chunked {
        self.start_ns() + self.latency_ns()
    }

    /// A column of categories, taken from rows elsewhere.
    fn of_codes(
        &self,
        name: &str,
        codes: Vec<u32>,
        dictionary: &crate::dictionary::Dictionary,
        rows: impl Fn() -> IdxCa,
    ) -> Column {
        match codes.first() {
            Some(&first) if codes.iter().all(|&code| code == first) => {
                dictionary.same(name, first, self.rows)
            }
            Some(_) => {
                let column = dictionary.column(name, codes);
                column.take(&rows()).unwrap_or_else(|_| dictionary.same(name, NO_TEXT, self.rows))
            }
            None => dictionary.same(name, NO_TEXT, self.rows),
        }
    }

    /// A column of the streams of events; null where there is no event.
    fn of_stream(
        &self,
        name: &str,
        job: &Job<'_>,
        rows: impl Fn() -> IdxCa,
        code: impl Fn(&Stream) -> u32,
    ) -> Column {
        let traces = self.measured.traces;
        let of = |stream: u32| traces.streams.get(stream as usize).map_or(NO_TEXT, &code);
        if let Some(one) = traces.stream.one()
            && self.matched
        {
            return job.sources.same(name, of(one), self.rows);
        }
        let codes: Vec<u32> = traces.stream.iter().map(of).collect();
        if !self.matched {
            let column = job.sources.column(name, codes).take(&rows());
            return column.unwrap_or_else(|_| job.sources.same(name, NO_TEXT, self.rows));
        }
        self.of_codes(name, codes, &job.sources, rows)
    }

    #[inline]
    fn of_match(&self, name: &str, code: impl Fn(&Match) -> u32) -> Column {
        self.measured.rules.pairs.column(name, self.each(|_, _, of| code(of)))
    }

    fn column(&self, name: &str, job: &Job<'_>) -> Result<Column> {
        let named = |column: &Int64Chunked| column.clone().with_name(name.into());
        Ok(match name {
            "trace_id" => {
                let column = trace_ids(self.measured, job);
                column.take(&self.traces())?.with_name(name.into()).into_column()
            }
            "attempt" => Column::full_null(name.into(), self.rows, &DataType::UInt32),
            "pair" => self.of_match(name, |of| of.pair),
            "kind" => self.kind(job),
            "from_label" => self.of_match(name, |of| of.from_label),
            "to_label" => self.of_match(name, |of| of.to_label),
            "seq" => {
                let is_first = |of: &Match| of.seq == 0;
                if self.measured.traces().all(|(_, planned)| planned.matches.iter().all(is_first)) {
                    return Ok(Column::new_scalar(name.into(), Scalar::from(0u32), self.rows));
                }
                Column::new(name.into(), self.each(|_, _, of| of.seq))
            }
            "start_ts" => in_microseconds(name, self.start_ns()),
            "end_ts" => in_microseconds(name, &self.end_ns()),
            "start_ns" => named(self.start_ns()).into_column(),
            "latency_ns" => named(self.latency_ns()).into_column(),
            "latency_ms" => {
                let ms: Float64Chunked = unary(self.latency_ns(), crate::units::ns_to_ms);
                ms.with_name(name.into()).into_column()
            }
            "from_source" => self.of_stream(name, job, || self.from(), |stream| stream.source),
            "to_source" => self.of_stream(name, job, || self.to(), |stream| stream.source),
            "from_clock" => self.of_stream(name, job, || self.from(), |stream| stream.clock),
            "to_clock" => self.of_stream(name, job, || self.to(), |stream| stream.clock),
            "start_class" | "start_class_source" => {
                let codes = start_codes(name, self.measured, job);
                self.of_codes(name, codes, &job.names, || self.traces())
            }
            "negative" => {
                let latency = self.latency_ns();
                if latency.min().is_none_or(|least| least >= 0) {
                    return Ok(Column::new_scalar(name.into(), Scalar::from(false), self.rows));
                }
                let negative: BooleanChunked = unary(latency, |latency| latency < 0);
                negative.fill_null_with_values(false)?.with_name(name.into()).into_column()
            }
            "complete" => {
                let mut all = self.measured.traces().map(|(_, planned)| planned.complete);
                let first = all.clone().next().unwrap_or_default();
                if all.clone().all(|complete| complete == first) {
                    return Ok(Column::new_scalar(name.into(), Scalar::from(first), self.rows));
                }
                let complete: BooleanChunked = all.by_ref().collect();
                complete.take(&self.traces())?.with_name(name.into()).into_column()
            }
            _ => {
                let all = self.measured.traces.all.iter();
                match run_codes(name, all.map(|trace| trace.run), job) {
                    Some(codes) => self.of_codes(name, codes, &job.names, || self.traces()),
                    None => return Err(unknown(name, &latency_columns(&job.runs))),
                }
            }
        })
    }

    fn kind(&self, job: &Job<'_>) -> Column {
        let code = |text: &str| job.names.find(text).unwrap_or(NO_TEXT);
        if job.options.pairs != PairChoice::Consecutive {
            return job.names.same("kind", code("named"), self.rows);
        }
        let total = self.measured.rules.pairs.find("total");
        let (step, of_total) = (code("step"), code("total"));
        let kind = |pair: u32| if Some(pair) == total { of_total } else { step };
        let pairs = self.each(|_, _, of| of.pair);
        job.names.column("kind", pairs.into_iter().map(kind).collect())
    }
}

/// A function of each value; null stays null.
fn unary<T: PolarsDataType, U>(values: &Int64Chunked, of: impl Fn(i64) -> U) -> ChunkedArray<T>
where
    ChunkedArray<T>: FromIterator<Option<U>> + polars::prelude::NewChunkedArray<T, U>,
{
    if values.null_count() == 0 {
        return ChunkedArray::from_iter_values("".into(), values.into_no_null_iter().map(of));
    }
    values.iter().map(|value| value.map(&of)).collect()
}

/// A UTC timestamp in microseconds from nanoseconds, rounded down as every reader does it.
pub(crate) fn in_microseconds(name: &str, ns: &Int64Chunked) -> Column {
    let us: Int64Chunked = unary(ns, |ns| ns.div_euclid(NS_IN_US));
    let us = us.with_name(name.into());
    us.into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)).into_column()
}

/// How each trace started, or what that rests on.
pub(super) fn start_codes(name: &str, measured: &Measured<'_>, job: &Job<'_>) -> Vec<u32> {
    let code = |(trace, planned)| {
        let of = Measured::start_class(trace, planned);
        if name == "start_class" {
            job.class_codes[of.class as usize]
        } else {
            job.class_source_codes[of.source as usize]
        }
    };
    measured.traces().map(code).collect()
}

/// A frame without rows, with these columns.
pub(crate) fn no_latencies(
    rules: &Rules<'_>,
    job: &Job<'_>,
    wanted: &[String],
) -> Result<DataFrame> {
    let traces = Traces::default();
    let nothing = Measured { number: 0, traces: &traces, path_of: &[], planned: &[], rules };
    latencies(&nothing, job, wanted)
}

/// What the traces are called.
pub(crate) fn trace_ids(measured: &Measured<'_>, job: &Job<'_>) -> StringChunked {
    let traces = measured.traces;
    let mut text = String::new();
    let mut ids = StringChunkedBuilder::new("trace_id".into(), traces.all.len());
    for trace in &traces.all {
        trace_id(&mut text, trace, traces, job);
        ids.append_value(&text);
    }
    ids.finish()
}

/// Writes what a trace is called.
pub(crate) fn trace_id(text: &mut String, trace: &Trace, of: &Traces, job: &Job<'_>) {
    text.clear();
    // Writing to a string cannot fail.
    match trace.name {
        TraceName::Key(key) => {
            text.push_str(
                &of.keys.get(key as usize).map_or_else(Default::default, |id| id.key().text()),
            );
        }
        TraceName::Place { file, line, nth } => {
            text.push_str(job.inputs.get(file as usize).map_or("", |input| &input.name));
            text.push(':');
            text.push_str(itoa::Buffer::new().format(line));
            if nth > 1 {
                let _ = write!(text, "#{nth}");
            }
        }
    }
    if trace.part > 1 {
        let _ = write!(text, "#{}", trace.part);
    }
}

/// What a run has in a column of runs, if it is one.
pub(super) fn run_code(name: &str, run: &RunCodes, job: &Job<'_>) -> Option<u32> {
    Some(match name {
        "run_id" => run.id,
        "benchmark" => run.benchmark,
        "provider" => run.provider,
        "region" => run.region,
        _ => {
            let tag = name.strip_prefix("tag_")?;
            let tag = job.tags.iter().position(|known| known == tag)?;
            run.tags.get(tag).copied().unwrap_or(NO_TEXT)
        }
    })
}

/// The codes of a column of runs, if it is one.
fn run_codes(name: &str, runs: impl Iterator<Item = u32>, job: &Job<'_>) -> Option<Vec<u32>> {
    run_code(name, &RunCodes::default(), job)?;
    let of_run = job.run_codes.iter().filter_map(|run| run_code(name, run, job));
    let of_run: Vec<u32> = of_run.collect();
    Some(runs.map(|run| of_run.get(run as usize).copied().unwrap_or(NO_TEXT)).collect())
}

/// The same as a column.
pub(super) fn run_column(
    name: &str,
    runs: impl Iterator<Item = u32>,
    job: &Job<'_>,
) -> Option<Column> {
    run_codes(name, runs, job).map(|codes| job.names.column(name, codes))
}
