//! What the template shows: the report's words, as plain maps for the template engine.

use crate::chart::{Charts, SharedScale};
use crate::error::Result;
use crate::figure::{Dash, Entry, Sample};
use crate::model::words::{count, instant, span};
use crate::model::{Cell, Flag, Level, PairView, Report, Row, RunView};
use crate::render::{self, Place};
use serde_json::{Value, json};

/// Everything that the template needs.
pub(super) fn context(report: &Report, charts: &Charts) -> Result<Value> {
    let scale = SharedScale::of(report);
    let pairs = report
        .pairs
        .iter()
        .zip(&charts.pairs)
        .map(|(pair, charts)| {
            let figure = |figure: &crate::figure::Figure| -> Result<Value> {
                Ok(json!({
                    "title": figure.title,
                    "subtitle": figure.subtitle,
                    "key": figure.key.iter().map(entry).collect::<Vec<_>>(),
                    "svg": render::svg(figure, Place::Page)?,
                }))
            };
            let (ecdf, over_time) = match charts {
                Some(charts) => (figure(&charts.ecdf)?, figure(&charts.over_time)?),
                None => (Value::Null, Value::Null),
            };
            Ok(json!({
                "name": pair.arrow, "slug": pair.slug, "n": count(pair.n as u64),
                "unmatched": pair.unmatched, "negative": pair.negative,
                "rows": rows(&pair.rows, pair, &scale), "by_run": rows(&pair.by_run, pair, &scale),
                "ecdf": ecdf, "over_time": over_time,
            }))
        })
        .collect::<Result<Vec<Value>>>()?;
    let quality = &report.quality;
    let (low, high) = scale.ends();
    Ok(json!({
        "title": report.title,
        "subject": report.subject,
        "verdict": report.verdict,
        "flags": report.flags.iter().map(flag).collect::<Vec<_>>(),
        "several_groups": report.groups.len() > 1,
        "several_runs": report.several_runs(),
        "scale": [low, high],
        "pairs": pairs,
        "runs": report.runs.iter().map(run).collect::<Vec<_>>(),
        "sums": quality.sums.iter().map(|s| json!({
            "name": s.name,
            "whole": count(s.whole),
            "parts": s.parts.iter().map(|(name, n)| json!([name, count(*n)])).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "look_alikes": quality.look_alikes.iter().map(|l| json!([l.place, l.text, l.advice])).collect::<Vec<_>>(),
        "negatives": quality.negatives.iter().map(|n| json!([n.pair, n.sources.0, n.sources.1, count(n.n), n.least])).collect::<Vec<_>>(),
        "skews": quality.skews.iter().map(|s| json!([s.sources.0, s.sources.1, count(s.n), count(s.negative), s.offset])).collect::<Vec<_>>(),
        "paths": quality.paths.iter().map(|(path, n)| json!([path, count(*n)])).collect::<Vec<_>>(),
        "findings": report.findings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "files": report.files.iter().map(|f| json!([f.name, f.carrier, count(f.lines), count(f.statements)])).collect::<Vec<_>>(),
        "load": super::load_lines("latencies.parquet"),
        "version": env!("CARGO_PKG_VERSION"),
    }))
}

/// An entry of a key: a small picture of what it explains, and its words.
fn entry(entry: &Entry) -> Value {
    let (ink, dash, opacity) = match entry.sample {
        Sample::Line(stroke) => (stroke.ink, stroke.dash, None),
        Sample::Cell(ink, opacity) => (ink, Dash::Solid, Some(opacity)),
    };
    let dash = match dash {
        Dash::Solid => "",
        Dash::Dashed => "6 4",
        Dash::Dotted => "2 3",
    };
    json!({"words": entry.words, "colour": ink.light(), "dash": dash, "cell": opacity})
}

fn flag(flag: &Flag) -> Value {
    let (class, mark) = match flag.level {
        Level::Good => ("good", "✓"),
        Level::Note => ("note", "•"),
        Level::Warning => ("warning", "⚠"),
    };
    json!({"class": class, "mark": mark, "text": flag.text})
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
                "pair": pair.arrow, "slug": pair.slug, "of": row.of, "class": row.class,
                "n": count(row.summary.n as u64), "n_sort": row.summary.n,
                "cells": (0..4).map(|at| cell(row, at)).collect::<Vec<_>>(),
                "max": row.max, "max_sort": row.summary.max_ms,
                "bar": scale.bar(row).map(|b| json!({
                    "from": round(b.from), "width": round((b.to - b.from).max(0.5)), "median": round(b.median),
                })),
            })
        })
        .collect()
}

/// A tenth of a percent is less than a pixel.
fn round(percent: f64) -> f64 {
    (percent * 10.0).round() / 10.0
}

fn run(view: &RunView) -> Value {
    json!({
        "name": view.name,
        "id": view.run.id,
        "benchmark": view.run.benchmark,
        "provider": view.run.provider,
        "region": view.run.region,
        "began": view.span_ns.map(|(first, _)| instant(first)),
        "span": view.span_ns.map(|(first, last)| span(last.saturating_sub(first))),
        "traces": view.traces.map(|(all, _)| count(all)),
        "complete": view.traces.map(|(_, complete)| count(complete)),
        "interrupted": view.interrupted,
        "phases": view.phases.iter().map(|p| json!([p.name, p.duration_ns.map_or_else(|| "no end".to_owned(), span)])).collect::<Vec<_>>(),
    })
}
