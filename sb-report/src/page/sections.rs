//! The parts of the page beside its tables of latencies: the comparison, where the time goes, cold
//! starts, single traces, as plain maps for the template.

use super::context::figure;
use crate::chart::Charts;
use crate::error::Result;
use crate::figure::Figure;
use crate::model::words::{arrow, change, count, latency, share};
use crate::model::{Breakdown, Change, Comparison, Exemplar, Report};
use sb_trace::units::Unit;
use serde_json::{Value, json};

fn optional(chart: Option<&Figure>) -> Result<Value> {
    chart.map_or(Ok(Value::Null), figure)
}

/// The comparison with the baseline.
pub(super) fn compare(report: &Report, charts: &Charts) -> Result<Value> {
    let Some(comparison) = &report.comparison else { return Ok(Value::Null) };
    Ok(json!({
        "figure": optional(charts.compare.as_ref())?,
        "baseline": comparison.baseline,
        "threshold": share(comparison.threshold),
        "rows": compare_rows(comparison, report),
        "only_now": comparison.only_now.iter().map(|p| arrow(p)).collect::<Vec<_>>(),
        "only_baseline": comparison.only_baseline.iter().map(|p| arrow(p)).collect::<Vec<_>>(),
        "several": comparison.rows.iter().any(|r| !r.of.is_empty()),
        "within": comparison.rows.iter().any(|r| !r.between_runs),
    }))
}

fn compare_rows(comparison: &Comparison, report: &Report) -> Vec<Value> {
    let unit = |pair: &str, ms: f64| {
        report.pairs.iter().find(|p| p.name == pair).map_or(Unit::fitting(ms), |p| p.unit)
    };
    let slug = |pair: &str| report.pairs.iter().find(|p| p.name == pair).map(|p| p.slug.as_str());
    comparison
        .rows
        .iter()
        .map(|row| {
            json!({
                "pair": arrow(&row.pair),
                "slug": slug(&row.pair),
                "of": row.of,
                "class": row.start_class,
                "n": [count(row.n.1 as u64), count(row.n.0 as u64)],
                "runs": [row.runs.1, row.runs.0],
                "cells": row.changes.iter().map(change_cell).collect::<Vec<_>>(),
                "shift": row.shift_ms.map(|ms| signed(ms, unit(&row.pair, ms))),
                "shift_sort": row.shift_ms,
                "slower": row.slower_share.map(|s| format!("{:.0} of 100", s * 100.0)),
                "slower_sort": row.slower_share,
                "words": row.words,
            })
        })
        .collect()
}

fn change_cell(c: &Change) -> Value {
    let interval = match (c.low, c.high) {
        (Some(low), Some(high)) => Some(format!("{} to {}", change(low), change(high))),
        _ => None,
    };
    json!({
        "text": c.change.map_or_else(|| "n/a".to_owned(), change),
        "interval": interval,
        "weak": !c.supported,
        "sort": c.change,
    })
}

/// Where the time goes.
pub(super) fn breakdown(report: &Report, charts: &Charts) -> Result<Value> {
    let Some(breakdown) = &report.breakdown else { return Ok(Value::Null) };
    let unit = Unit::fitting(breakdown.bands.first().map_or(1.0, |b| b.total_ms));
    let bands = breakdown.bands.iter();
    Ok(json!({
        "figure": optional(charts.breakdown.as_ref())?,
        "left_out": breakdown.left_out,
        "bands": bands.clone().map(|b| json!([b.name, count(b.n as u64), b.words])).collect::<Vec<_>>(),
        "rows": steps(breakdown, unit),
        "total": bands.map(|b| latency(b.total_ms, unit)).collect::<Vec<_>>(),
        "more": slow_less_typical(breakdown, unit, None),
    }))
}

fn steps(breakdown: &Breakdown, unit: Unit) -> Vec<Value> {
    let row = |(at, step): (usize, &String)| {
        let parts = breakdown.bands.iter().map(|b| latency(b.parts_ms[at], unit));
        let more = slow_less_typical(breakdown, unit, Some(at));
        json!([step, parts.collect::<Vec<_>>(), more])
    };
    breakdown.steps.iter().enumerate().map(row).collect()
}

/// By how much slow traces exceed typical ones, in a step or as a whole.
fn slow_less_typical(breakdown: &Breakdown, unit: Unit, step: Option<usize>) -> Option<String> {
    let (slow, typical) = (breakdown.band("slow")?, breakdown.band("typical")?);
    let more = match step {
        Some(at) => slow.parts_ms[at] - typical.parts_ms[at],
        None => slow.total_ms - typical.total_ms,
    };
    Some(signed(more, unit))
}

/// A difference of latencies, with its sign.
fn signed(ms: f64, unit: Unit) -> String {
    format!("{}{}", if ms > 0.0 { "+" } else { "" }, latency(ms, unit))
}

/// Cold against warm.
pub(super) fn cold(charts: &Charts) -> Result<Value> {
    optional(charts.cold.as_ref())
}

/// Data quality as a picture.
pub(super) fn quality(charts: &Charts) -> Result<Value> {
    optional(charts.quality.as_ref())
}

/// A line of a log may be long.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 400;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Single traces.
pub(super) fn exemplars(report: &Report, charts: &Charts) -> Result<Vec<Value>> {
    let one = |(exemplar, chart): (&Exemplar, &Figure)| {
        let run = report.runs.get(exemplar.run).filter(|_| report.several_runs());
        Ok(json!({
            "id": exemplar.trace_id,
            "why": exemplar.why,
            "run": run.map(|r| r.name.clone()),
            "figure": figure(chart)?,
            "lines": exemplar.steps.iter().any(|s| !s.text.is_empty()),
            "sources": exemplar.steps.iter().any(|s| !s.source.is_empty()),
            "steps": exemplar.steps.iter().map(|s| json!([
                latency(s.at_ms, exemplar.unit), s.label, s.time, s.place, s.source,
                shortened(&s.text),
            ])).collect::<Vec<_>>(),
        }))
    };
    report.exemplars.iter().zip(&charts.exemplars).map(one).collect()
}
