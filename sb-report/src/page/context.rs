//! What the template shows: the report's words, as plain maps for the template engine.

use super::{Beside, more, sections};
use crate::chart::{Charts, SharedScale};
use crate::error::Result;
use crate::figure::{Dash, Entry, Figure, LegendSample, Marker, Shape};
use crate::model::words::{count, instant, latency, span};
use crate::model::{
    Cell, Flag, Judged, Level, LimitOutcome, PairView, QUANTILES, Report, Row, RunView, Series,
};
use crate::render::{self, Place};
use sb_trace::Severity;
use sb_trace::stats::percentile_name;
use serde_json::{Value, json};

/// From so many pairs on, all but the first few are folded.
const FOLDED: usize = 12;

/// Everything that the template needs.
pub(super) fn context(report: &Report, charts: &Charts, beside: &Beside<'_>) -> Result<Value> {
    let scale = SharedScale::of(report);
    let pairs = report
        .pairs
        .iter()
        .zip(&charts.pairs)
        .map(|(pair, charts)| {
            let mut figures = match charts {
                Some(charts) => charts.all().map(figure).collect::<Result<Vec<Value>>>()?,
                None => Vec::new(),
            };
            // Pictures stand side by side; one that would stand alone is folded with the numbers.
            let tail = if figures.len() % 2 == 1 { figures.pop() } else { None };
            Ok(json!({
                "name": pair.arrow, "slug": pair.slug, "n": count(pair.n as u64),
                "unmatched": pair.unmatched, "negative": pair.negative,
                "lines": pair.series.iter().map(|s| s.name.clone()).collect::<Vec<_>>(),
                "quantiles": quantiles(pair), "slices": slices(pair),
                "figures": figures, "tail": tail,
            }))
        })
        .collect::<Result<Vec<Value>>>()?;
    let quality = &report.quality;
    let all = |of: &dyn Fn(&PairView) -> &Vec<Row>| -> Vec<Value> {
        report.pairs.iter().flat_map(|p| rows(of(p), p, &scale)).collect()
    };
    let of_severity = |severity: Severity| -> Vec<String> {
        let chosen = report.findings.iter().filter(|f| f.severity == severity);
        chosen.map(ToString::to_string).collect()
    };
    let of_limits = if report.comparison.is_some() { "compare" } else { "summary" };
    Ok(json!({
        "title": report.title,
        "compare": sections::compare(report, charts)?,
        "breakdown": sections::breakdown(report, charts)?,
        "cold": sections::cold(charts)?,
        "exemplars": sections::exemplars(report, charts)?,
        "quality": sections::quality(charts)?,
        "folded": report.pairs.len() > FOLDED,
        "subject": report.subject,
        "extent": report.extent,
        "verdict": report.verdict,
        "limits": report.limits.iter().map(|judged| limit(judged, of_limits)).collect::<Vec<_>>(),
        "flags": report.flags.iter().map(flag).collect::<Vec<_>>(),
        "several_groups": report.groups.len() > 1,
        "several_runs": report.several_runs(),
        "caption": caption(report, &scale),
        "several_classes": report.pairs.iter().any(|p| p.rows.iter().any(|r| !r.class.is_empty())),
        "rows": all(&|p| &p.rows),
        "run_rows": all(&|p| &p.by_run),
        "more_columns": more::COLUMNS,
        "more": more::rows(report),
        "arrivals": more::arrivals(report),
        "closed": quality.arrivals.iter().any(|a| a.closed),
        "tick": more::tick(report),
        "pairs": pairs,
        "loaded": report.runs.iter().any(|r| r.load.is_some()),
        "runs": report.runs.iter().map(run).collect::<Vec<_>>(),
        "sums": quality.sums.iter().map(|s| json!({
            "name": s.name,
            "whole": count(s.whole),
            "parts": s.parts.iter().map(|(name, n, _)| json!([name, count(*n)])).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "look_alikes": quality.look_alikes.iter().map(|l| json!([l.place, l.text, l.advice])).collect::<Vec<_>>(),
        "negatives": quality.negatives.iter().map(|n| json!([n.pair, n.sources.0, n.sources.1, count(n.n), count(n.of), n.least, n.drift])).collect::<Vec<_>>(),
        "skews": quality.skews.iter().map(|s| json!([s.sources.0, s.sources.1, count(s.n), count(s.negative), s.offset])).collect::<Vec<_>>(),
        "missing": quality.missing.iter().map(|(what, n)| json!([what, count(*n)])).collect::<Vec<_>>(),
        "paths": quality.paths.iter().map(|(path, n)| json!([path, count(*n)])).collect::<Vec<_>>(),
        "warnings": of_severity(Severity::Warning),
        "findings": of_severity(Severity::Note),
        "files": report.files.iter().map(|f| json!([f.name, f.format, count(f.lines), count(f.statements)])).collect::<Vec<_>>(),
        "load": super::load_lines("latencies.parquet", report),
        "sha256": beside.sha256,
        "events": beside.events,
        "version": env!("CARGO_PKG_VERSION"),
    }))
}

/// A picture with its words.
pub(super) fn figure(figure: &Figure) -> Result<Value> {
    Ok(json!({
        "name": figure.name,
        "title": figure.title,
        "subtitle": figure.subtitle,
        "key": figure.key.iter().map(entry).collect::<Vec<_>>(),
        "svg": render::svg(figure, Place::Page)?,
    }))
}

/// What stands above the first table.
fn caption(report: &Report, scale: &SharedScale) -> String {
    let chosen = report.groups.first().map(|g| g.values.as_slice()).unwrap_or_default();
    let runs = if !chosen.is_empty() {
        let columns: Vec<&str> = chosen.iter().map(|(column, _)| column.as_str()).collect();
        format!(" Grouped by {}.", columns.join(", "))
    } else if !report.several_runs() {
        String::new()
    } else if report.groups.len() > 1 {
        " Runs of the same benchmark, provider, region and tags are taken together.".to_owned()
    } else {
        format!(" All {} runs together.", report.runs.len())
    };
    let weak = |row: &Row| row.cells.iter().any(|c| matches!(c, Cell::Weak { .. }));
    let grey = if report.pairs.iter().any(|p| p.rows.iter().chain(&p.by_run).any(weak)) {
        " Grey: too few latencies to bound the percentile on both sides."
    } else {
        ""
    };
    let (low, high) = scale.ends();
    format!(
        "Small: 95\u{a0}% interval.{grey}{runs} Bars: p10 to p90 with the median, all on one scale from {low} to {high}."
    )
}

/// Percentiles of each series: the numbers behind the distribution.
fn quantiles(pair: &PairView) -> Vec<Value> {
    let columns: Vec<Vec<Option<f64>>> = pair.series.iter().map(Series::quantiles).collect();
    let name = |percent: f64| match percent {
        p if p <= 0.0 => "min".to_owned(),
        p if p >= 100.0 => "max".to_owned(),
        p => percentile_name(p),
    };
    let value = |ms: Option<f64>| ms.map_or_else(|| "n/a".to_owned(), |ms| latency(ms, pair.unit));
    QUANTILES
        .iter()
        .enumerate()
        .map(|(at, &p)| {
            let values: Vec<String> =
                columns.iter().map(|c| value(c.get(at).copied().flatten())).collect();
            json!([name(p), values])
        })
        .collect()
}

/// Median and maximum of each part of a run: the numbers behind the course of time.
fn slices(pair: &PairView) -> Vec<Value> {
    let value = |ms: Option<f64>| ms.map_or_else(|| "–".to_owned(), |ms| latency(ms, pair.unit));
    pair.slices
        .iter()
        .map(|s| {
            let time = format!("{:.1}–{:.1}\u{a0}s", s.from_s, s.to_s);
            json!([s.run, time, count(s.n as u64), value(s.median_ms), value(s.max_ms)])
        })
        .collect()
}

/// An entry of a key: a small picture of what it explains, and its words.
fn entry(entry: &Entry) -> Value {
    let (ink, dash, opacity, marker) = match entry.sample {
        LegendSample::Line(stroke) => (stroke.ink, Some(stroke.dash), None, None),
        LegendSample::Series(stroke, marker) => (stroke.ink, Some(stroke.dash), None, Some(marker)),
        LegendSample::Marker(ink, marker) => (ink, None, None, Some(marker)),
        LegendSample::Cell(ink, opacity) => (ink, None, Some(opacity), None),
    };
    let dash = dash.map(|dash| match dash {
        Dash::Solid => "none",
        Dash::Dashed => "6 4",
        Dash::Dotted => "2 3",
    });
    json!({
        "words": entry.words, "colour": ink.light(), "line": dash, "cell": opacity,
        "marker": marker.map(marker_path), "open": marker.is_some_and(|m| m.open),
    })
}

/// The outline of a marker in the middle of a key's sample.
fn marker_path(marker: Marker) -> String {
    const RADIUS: f64 = 4.0;
    if marker.shape == Shape::Disc {
        return "M8 6a4 4 0 1 0 8 0a4 4 0 1 0-8 0z".to_owned();
    }
    let corners = marker.shape.corners((12.0, 6.0), RADIUS);
    let corner = |(x, y): &(f64, f64)| format!("{x:.1} {y:.1}");
    format!("M{}z", corners.iter().map(corner).collect::<Vec<_>>().join("L"))
}

fn flag(flag: &Flag) -> Value {
    let (class, mark) = match flag.level {
        Level::Good => ("good", "✓"),
        Level::Note => ("note", "•"),
        Level::Warning => ("warning", "⚠"),
    };
    json!({"class": class, "mark": mark, "text": flag.text, "to": flag.to})
}

/// A limit is shown as a flag.
fn limit(judged: &Judged, to: &'static str) -> Value {
    let level = match judged.outcome {
        LimitOutcome::Held => Level::Good,
        LimitOutcome::Broken | LimitOutcome::Undecided | LimitOutcome::Unknown => Level::Warning,
    };
    flag(&Flag { level, text: judged.words(), to })
}

fn rows(rows: &[Row], pair: &PairView, scale: &SharedScale) -> Vec<Value> {
    let cell = |row: &Row, at: usize| {
        let percent = [50.0, 90.0, 95.0, 99.0].get(at).copied().unwrap_or_default();
        let sort = row.ms(percent);
        match row.cells.get(at) {
            Some(Cell::Value { value, interval }) => {
                json!({"text": value, "interval": interval, "sort": sort})
            }
            Some(Cell::Weak { value, interval, needed }) => {
                json!({"text": value, "interval": interval, "weak": true, "needed": count(*needed as u64), "sort": sort})
            }
            _ => json!({"text": "n/a", "weak": true}),
        }
    };
    rows.iter()
        .map(|row| {
            json!({
                "modes": row.modes, "pair": pair.arrow, "slug": pair.slug, "of": row.of, "class": row.class,
                "n": count(row.summary.n as u64), "n_sort": row.summary.n,
                "lacks": lacks(row),
                "cells": (0..4).map(|at| cell(row, at)).collect::<Vec<_>>(),
                "max": row.max, "max_sort": row.summary.max_ms,
                "bar": scale.bar(row).map(|b| json!({
                    "from": round(b.from), "width": round((b.to - b.from).max(0.5)), "median": round(b.median),
                })),
            })
        })
        .collect()
}

/// What is missing from the latencies of a row, or odd.
fn lacks(row: &Row) -> Vec<String> {
    let all = [(row.summary.unmatched, "unfinished"), (row.summary.negative, "negative")];
    let some = all.into_iter().filter(|(n, _)| *n > 0);
    some.map(|(n, what)| format!("{}\u{a0}{what}", count(n))).collect()
}

/// A tenth of a percent is less than a pixel.
fn round(percent: f64) -> f64 {
    (percent * 10.0).round() / 10.0
}

fn run(view: &RunView) -> Value {
    json!({
        "name": view.name,
        "id": view.run.id,
        "what": what(view),
        "began": view.span_ns.map(|(first, _)| instant(first)),
        "span": view.span_ns.map(|(first, last)| span(last.saturating_sub(first))),
        "traces": view.traces.map(|(all, _)| count(all)),
        "complete": view.traces.map(|(_, complete)| count(complete)),
        "interrupted": view.interrupted,
        "open": view.open,
        "load": view.load.as_ref().map(crate::model::LoadFacts::words),
        "phases": view.phases.iter().filter(|p| p.name != "run").map(|p| json!([p.name, p.duration_ns.map_or_else(|| "no end".to_owned(), span)])).collect::<Vec<_>>(),
    })
}

/// Benchmark, provider, region and tags in one line.
fn what(view: &RunView) -> String {
    let run = &view.run;
    let mut parts = vec![run.benchmark.clone(), run.provider.clone(), run.region.clone()];
    parts.extend(run.tags.iter().map(|(name, value)| format!("{name} {value}")));
    parts.retain(|part| !part.is_empty());
    parts.join(" · ")
}
