//! The runs: what each one is, when it was, and which of them can be taken together.

use super::{LoadFacts, Material, PERCENTILES, words};
use rayon::prelude::*;
use sb_trace::Collected;
use sb_trace::Run;
use sb_trace::latency::RunPair;
use sb_trace::stats::{Summary, summarize_runs};

/// What a run's own records say of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunFacts {
    /// The run's id.
    pub id: String,
    /// Why the run must not be taken for a whole one, in words.
    pub interrupted: Option<String>,
    /// Whether nothing went wrong but the run has not been closed: cleanup is still to come.
    pub open: bool,
    /// What k6 says of its load.
    pub load: Option<LoadFacts>,
}

/// A phase of a run: one of the driver's hooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// `prepare`, `invoke`, ...
    pub name: String,
    /// Begin, Unix epoch in nanoseconds.
    pub start_ns: i64,
    /// Duration in nanoseconds; none where the end is missing.
    pub duration_ns: Option<i64>,
}

/// One run.
#[derive(Debug, Clone)]
pub struct RunView {
    /// What is known of it.
    pub run: Run,
    /// How the report calls it: `run 2`.
    pub name: String,
    /// First and last instant of its events (of its latencies, where there are no events), Unix
    /// epoch in nanoseconds.
    pub span_ns: Option<(i64, i64)>,
    /// Traces, and how many of them are complete; none where only latencies are known.
    pub traces: Option<(u64, u64)>,
    /// Why it must not be taken for a whole run.
    pub interrupted: Option<String>,
    /// Whether its cleanup is still to come.
    pub open: bool,
    /// What k6 says of its load.
    pub load: Option<LoadFacts>,
    /// The driver's phases.
    pub phases: Vec<Phase>,
    /// Its figures, all classes and by class, in the order of the pairs.
    pub summaries: Vec<Summary>,
}

/// The runs; `all` are the figures of all of them together.
pub(super) fn views(material: Material<'_>, all: &[Summary]) -> Vec<RunView> {
    let table = material.latencies;
    let mut views: Vec<RunView> = table
        .runs
        .iter()
        .enumerate()
        .map(|(index, run)| RunView {
            run: run.clone(),
            name: if run.id.is_empty() { "logs".to_owned() } else { format!("run {}", index + 1) },
            span_ns: None,
            traces: material.log.map(|_| (0, 0)),
            interrupted: material
                .facts
                .iter()
                .find(|f| f.id == run.id)
                .and_then(|f| f.interrupted.clone()),
            load: material.facts.iter().find(|f| f.id == run.id).and_then(|f| f.load.clone()),
            open: material.facts.iter().any(|f| f.id == run.id && f.open),
            phases: Vec::new(),
            summaries: Vec::new(),
        })
        .collect();
    if let Some(log) = material.log {
        for (view, events) in views.iter_mut().zip(&log.runs) {
            view.span_ns = events.span_ns;
            view.traces = Some((events.traces, events.complete));
        }
        phases(log, &mut views);
    } else {
        let spans: Vec<_> = table.parts().par_iter().map(|part| span(part)).collect();
        for (part, (first, last)) in table.parts().iter().zip(spans) {
            if let Some(view) = views.get_mut(part.run() as usize) {
                let span = view.span_ns.unwrap_or((first, last));
                view.span_ns = Some((span.0.min(first), span.1.max(last)));
            }
        }
    }
    if let [only] = views.as_mut_slice() {
        only.summaries = all.to_vec();
        return views;
    }
    for (index, view) in views.iter_mut().enumerate() {
        view.summaries = summarize_runs(table, &PERCENTILES, |run| run == index);
    }
    views
}

/// From the first begin of a latency to the last begin or end.
fn span(part: &RunPair) -> (i64, i64) {
    let ends = part.rows().flat_map(|row| [Some(row.start_ns), row.end_ns()]).flatten();
    ends.fold((i64::MAX, i64::MIN), |(first, last), ns| (first.min(ns), last.max(ns)))
}

/// Phases from the driver's statements `SB_<PHASE>_START` and `SB_<PHASE>_END`.
fn phases(log: &Collected, views: &mut [RunView]) {
    for event in &log.driver {
        let Some(view) = views.get_mut(event.run as usize) else { continue };
        let label = event.label.strip_prefix("SB_").unwrap_or(&event.label);
        if let Some(phase) = label.strip_suffix("_START") {
            let name = phase.to_lowercase().replace('_', " ");
            view.phases.push(Phase { name, start_ns: event.epoch_ns, duration_ns: None });
        } else if let Some(phase) = label.strip_suffix("_END") {
            let name = phase.to_lowercase().replace('_', " ");
            let open =
                view.phases.iter_mut().rev().find(|p| p.name == name && p.duration_ns.is_none());
            if let Some(open) = open {
                open.duration_ns = event.epoch_ns.checked_sub(open.start_ns);
            }
        }
    }
}

/// The report's title: the user's, or the benchmarks'.
pub(super) fn title(given: Option<&str>, runs: &[RunView]) -> String {
    if let Some(title) = given.map(str::trim).filter(|t| !t.is_empty()) {
        return title.to_owned();
    }
    let mut names: Vec<&str> =
        runs.iter().map(|r| r.run.benchmark.as_str()).filter(|b| !b.is_empty()).collect();
    names.dedup();
    match names.as_slice() {
        [] => "Latencies from trace logs".to_owned(),
        [one] => (*one).to_owned(),
        [first, second] => format!("{first} and {second}"),
        [first, rest @ ..] => {
            format!("{first} and {} more", words::counted(rest.len(), "benchmark", "benchmarks"))
        }
    }
}

/// What ran when: `aws · 2 runs, 480 traces · 2026-01-22 10:15:00 to 10:21:33 UTC`.
pub(super) fn extent(runs: &[RunView]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for of in [&|r: &RunView| r.run.provider.clone(), &|r: &RunView| r.run.region.clone()]
        as [&dyn Fn(&RunView) -> String; 2]
    {
        let mut all: Vec<String> = runs.iter().map(of).filter(|text| !text.is_empty()).collect();
        all.sort();
        all.dedup();
        if !all.is_empty() {
            parts.push(all.join(", "));
        }
    }
    let named = runs.iter().filter(|r| !r.run.id.is_empty()).count();
    let traces: Option<u64> = runs.iter().map(|r| r.traces.map(|t| t.0)).sum();
    let mut sizes = Vec::new();
    if named > 0 {
        sizes.push(words::counted(named, "run", "runs"));
    }
    sizes.extend(traces.map(|n| words::counted(n, "trace", "traces")));
    if !sizes.is_empty() {
        parts.push(sizes.join(", "));
    }
    let first = runs.iter().filter_map(|r| r.span_ns).map(|s| s.0).min();
    let last = runs.iter().filter_map(|r| r.span_ns).map(|s| s.1).max();
    if let (Some(first), Some(last)) = (first, last) {
        let (from, to) = (words::instant(first), words::instant(last));
        let begin = from.trim_end_matches(" UTC");
        // The same day is not written twice.
        let day = from.split(' ').next().unwrap_or_default();
        let end = to.strip_prefix(day).map_or(to.as_str(), str::trim_start);
        parts.push(format!("{begin} to {end}"));
    }
    parts.join(" · ")
}

/// What the numbers are not, where that could be mistaken.
pub(super) fn subject(runs: &[RunView]) -> Option<String> {
    let local = runs.iter().filter(|r| r.run.provider == "local").count();
    if local == 0 {
        return None;
    }
    let shipped =
        runs.iter().all(|r| r.run.provider != "local" || r.run.benchmark == "thumbnail_generator");
    let which = if local == runs.len() {
        String::new()
    } else {
        format!(" ({} of {} runs)", local, runs.len())
    };
    Some(if shipped {
        format!(
            "Local self-test{which}: client and server share one machine, no cloud was measured."
        )
    } else {
        format!("Provider “local”{which}: everything ran on one machine, no cloud was measured.")
    })
}
