//! The parts of the page beside its tables of latencies: the comparison, where the time goes, cold
//! starts, single traces, as plain maps for the template.

use super::context::figure;
use super::more::sort;
use crate::chart::{Charts, Shifted, shifted};
use crate::error::Result;
use crate::figure::Figure;
use crate::model::words::{self, arrow, change, count, latency, share, signed, signed_number};
use crate::model::{Breakdown, Chance, Change, Compared, Comparison, Exemplar, Report, Units};
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
        "shifts": shifts(report, charts)?,
        "baseline": comparison.baseline,
        "threshold": share(comparison.threshold),
        "rows": compare_rows(comparison, report),
        "only_now": comparison.only_now.iter().map(|p| arrow(p)).collect::<Vec<_>>(),
        "only_baseline": comparison.only_baseline.iter().map(|p| arrow(p)).collect::<Vec<_>>(),
        "several": comparison.rows.iter().any(|r| !r.of.is_empty()),
        "within": comparison.rows.iter().any(|r| !r.between_runs),
    }))
}

/// Where in the distribution pairs have moved: pictures, and the numbers of some percentiles.
fn shifts(report: &Report, charts: &Charts) -> Result<Value> {
    const COLUMNS: [u32; 7] = [1, 10, 25, 50, 75, 90, 99];
    let (rows, more) = shifted(report);
    if rows.is_empty() {
        return Ok(Value::Null);
    }
    let row = |of: &Shifted<'_>| {
        let (shifts, unit) = (of.shifts, of.pair.unit);
        let cell = |percent: &u32| {
            let Some(at) = shifts.percent.iter().position(|p| p == percent) else {
                return json!(["n/a", null]);
            };
            let ends = [shifts.low_ms[at], shifts.high_ms[at]].map(|ms| signed_number(ms, unit));
            json!([signed(shifts.ms[at], unit), ends.join(" to ")])
        };
        json!({
            "pair": of.pair.arrow, "of": of.row.of,
            "cells": COLUMNS.iter().map(cell).collect::<Vec<_>>(),
        })
    };
    Ok(json!({
        "figures": charts.shifts.iter().map(figure).collect::<Result<Vec<Value>>>()?,
        "columns": COLUMNS.map(|p| format!("p{p}")),
        "rows": rows.iter().map(row).collect::<Vec<_>>(),
        "more": more,
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
                "shift_sort": row.shift_ms.map(sort),
                "shift_interval": shift_interval(row, unit),
                "chance": row.chance.map_or_else(|| json!({}), chance_cells),
                "slower": row.slower_share.map(|s| format!("{:.0} of 100", s * 100.0)),
                "slower_sort": row.slower_share.map(sort),
                "words": row.words,
            })
        })
        .collect()
}

/// The ends of the shift's interval, in the pair's unit.
fn shift_interval(row: &Compared, unit: impl Fn(&str, f64) -> Unit) -> Option<String> {
    let unit = unit(&row.pair, row.shift_ms?);
    Some(format!("{} to {}", signed(row.shift_low_ms?, unit), signed(row.shift_high_ms?, unit)))
}

/// What Mann and Whitney's test says; of runs it says so that it may stand in the first table.
fn chance_cells(c: Chance) -> Value {
    let units = match c.units {
        Units::RunMedians => "medians of runs",
        Units::Calls => "calls",
    };
    let how = if c.exact { "counted out" } else { "normal distribution" };
    json!({
        "p": words::chance(c.p),
        "p_sort": sort(c.p),
        "table": words::chance(c.p_holm),
        "table_sort": sort(c.p_holm),
        "of": format!("{} v {} {units}", count(c.n.1 as u64), count(c.n.0 as u64)),
        "how": how,
        "runs": c.units == Units::RunMedians,
    })
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
        "sort": c.change.map(sort),
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
