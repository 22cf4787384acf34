//! More statistics, and how calls arrive, as plain maps for the template.

use crate::model::words::{count, interval, latency, share, whole};
use crate::model::{Detail, PairView, Report, Row};
use sb_trace::units::{Unit, ns_to_ms};
use serde_json::{Value, json};

/// The columns of the table, in the order of [`cells`].
pub(super) const COLUMNS: [&str; 10] = [
    "mean",
    "CV",
    "IQR",
    "p90/p10",
    "stalls",
    "zero",
    "p50 with unfinished",
    "p99 with unfinished",
    "between runs",
    "worth",
];

/// A row for each row of the first table.
pub(super) fn rows(report: &Report) -> Vec<Value> {
    let row = |pair: &PairView, row: &Row| {
        let detail = row.detail.as_ref()?;
        Some(json!({
            "pair": pair.arrow, "of": row.of, "class": row.class,
            "cells": cells(row, detail, pair.unit),
        }))
    };
    let of_pair = |pair| move |r| row(pair, r);
    report.pairs.iter().flat_map(|p| p.rows.iter().filter_map(of_pair(p))).collect()
}

/// A number to sort by: as precise as that needs, the page has many.
pub(super) fn sort(number: f64) -> f64 {
    format!("{number:.5e}").parse().unwrap_or(number)
}

/// Text, the number to sort by, and what stands below it.
fn cells(row: &Row, detail: &Detail, unit: Unit) -> Vec<Value> {
    let none = || json!(["n/a", null, null]);
    let ms =
        |value: Option<f64>| value.map_or_else(none, |v| json!([latency(v, unit), sort(v), null]));
    let number = |value: Option<f64>, end: &str| {
        value.map_or_else(none, |v| json!([format!("{v:.2}{end}"), sort(v), null]))
    };
    let counted = |n: usize, below: Option<String>| json!([count(n), n, below]);
    let summary = &row.summary;
    let all = (summary.n + summary.unmatched) as f64;
    let with_unfinished = |value: Option<f64>, q: f64| match value {
        // So few that not one is expected beyond the percentile.
        _ if all * (1.0 - q) < 1.0 - 1e-9 => none(),
        None => json!(["∞", f64::MAX, null]),
        some => ms(some),
    };
    let bound = detail.stall_above_ms.map(|ms| format!(">\u{a0}{}", latency(ms, unit)));
    let ends = (detail.mean_low_ms, detail.mean_high_ms);
    let mean_ends = ends.0.and(ends.1).map(|_| interval(ends.0, ends.1, unit));
    vec![
        summary.mean_ms.map_or_else(none, |v| json!([latency(v, unit), sort(v), mean_ends])),
        number(detail.cv, ""),
        ms(detail.p25_ms.zip(detail.p75_ms).map(|(low, high)| high - low)),
        number(detail.p90_to_p10, "\u{a0}×"),
        counted(detail.stalls, bound),
        counted(detail.zero, None),
        with_unfinished(detail.p50_with_unfinished_ms, 0.5),
        with_unfinished(detail.p99_with_unfinished_ms, 0.99),
        detail.between_runs.map_or_else(none, |v| json!([share(v), sort(v), null])),
        detail.effective_n.map_or_else(none, |v| json!([count(whole(v)), sort(v), null])),
    ]
}

/// How the calls of each run arrive.
pub(super) fn arrivals(report: &Report) -> Vec<Value> {
    let of_run = |a: &crate::model::Arrivals| {
        json!([
            a.run,
            count(a.n),
            share(a.at_an_end),
            share(a.by_chance),
            a.rank_correlation
                .map_or_else(|| "n/a".to_owned(), |r| format!("{r:.2}").replace('-', "−")),
            if a.closed { "closed loop" } else { "no sign of waiting" },
        ])
    };
    report.quality.arrivals.iter().map(of_run).collect()
}

/// The clock's tick in words.
pub(super) fn tick(report: &Report) -> String {
    format!("1\u{a0}{}", Unit::fitting(ns_to_ms(report.quality.tick_ns)).symbol())
}
