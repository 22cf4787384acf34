//! `summary.json`, all numbers unrounded, and `summary.md`, fit for a comment on a pull request.

use super::Beside;
use crate::model::words::{self, arrow, change, count};
use crate::model::{Cell, Judged, Level, LimitOutcome, Report, Row, Units};
use sb_trace::Run;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The summary as JSON; `pairs` holds what `sb-trace stats --json` prints.
pub fn json(report: &Report, beside: &Beside<'_>) -> String {
    let runs: Vec<_> = report
        .runs
        .iter()
        .map(|view| {
            json!({
                "run_id": view.run.id,
                "benchmark": view.run.benchmark,
                "provider": view.run.provider,
                "region": view.run.region,
                "tags": tags(&view.run),
                "traces": view.traces.map(|t| t.0),
                "traces_complete": view.traces.map(|t| t.1),
                "interrupted": view.interrupted,
                "open": view.open,
                "load": view.load,
                "pairs": view.summaries,
            })
        })
        .collect();
    let groups: Vec<_> = report
        .groups
        .iter()
        .map(|group| {
            let setting = &group.setting;
            json!({
                "name": group.name,
                "values": group.values.iter().cloned().collect::<BTreeMap<_, _>>(),
                "benchmark": setting.benchmark,
                "provider": setting.provider,
                "region": setting.region,
                "tags": tags(setting),
                "runs": group.runs.iter().filter_map(|&r| report.runs.get(r)).map(|r| &r.run.id).collect::<Vec<_>>(),
                "pairs": group.summaries,
            })
        })
        .collect();
    let look_alikes: Vec<_> = report
        .quality
        .look_alikes
        .iter()
        .map(|l| json!({"place": l.place, "text": l.text, "advice": l.advice}))
        .collect();
    let document = json!({
        "tool": "sb-report",
        "tool_version": env!("CARGO_PKG_VERSION"),
        "schema_version": sb_trace::tables::SCHEMA_VERSION,
        "quantile": "hyndman_fan_7",
        "title": report.title,
        "verdict": report.verdict,
        "limits": report.limits,
        "pairs": report.summaries,
        "comparison": report.comparison,
        "breakdown": report.breakdown,
        "details": details(report),
        "groups": groups,
        "runs": runs,
        "accounting": report.quality.accounting,
        "incomplete": report.quality.missing.iter().map(|(what, n)| json!({"what": what, "traces": n})).collect::<Vec<_>>(),
        "look_alikes": look_alikes,
        "tick_ns": report.quality.tick_ns,
        "arrivals": report.quality.arrivals,
        "findings": report.findings,
        "latencies_sha256": beside.sha256,
    });
    format!("{document:#}\n")
}

/// More statistics, a row for each of the page's first table.
fn details(report: &Report) -> Vec<Value> {
    let row = |pair: &str, row: &Row| {
        let mut all = json!({
            "pair": pair, "of": row.of, "start_class": row.summary.start_class, "n": row.summary.n,
            "unmatched": row.summary.unmatched, "mean_ms": row.summary.mean_ms,
        });
        let detail = serde_json::to_value(row.detail.as_ref()?).ok()?;
        all.as_object_mut()?.extend(detail.as_object()?.clone());
        Some(all)
    };
    report.pairs.iter().flat_map(|p| p.rows.iter().filter_map(|r| row(&p.name, r))).collect()
}

fn tags(run: &Run) -> BTreeMap<&str, &str> {
    run.tags.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// The summary as Markdown.
pub fn markdown(report: &Report) -> String {
    let mut out = String::from("<!-- sb-report -->\n");
    let _ = writeln!(out, "# {}\n", escape(&report.title));
    if let Some(subject) = &report.subject {
        let _ = writeln!(out, "{}\n", escape(subject));
    }
    for sentence in &report.verdict {
        let _ = writeln!(out, "{}", escape(sentence));
    }
    out.push_str(&limits(&report.limits));
    out.push_str(&compared(report));
    let several = report.groups.len() > 1;
    let of = if several { "of | " } else { "" };
    let _ = writeln!(out, "\n| pair | {of}start | n | p50 | p90 | p95 | p99 | max |");
    let _ = writeln!(
        out,
        "| --- | {}--- | ---: | ---: | ---: | ---: | ---: | ---: |",
        if several { "--- | " } else { "" }
    );
    for pair in &report.pairs {
        for row in &pair.rows {
            let _ = write!(out, "| {} | ", escape(&pair.arrow));
            if several {
                let _ = write!(out, "{} | ", escape(&row.of));
            }
            let class = if row.class.is_empty() { "all" } else { &row.class };
            let _ = write!(out, "{class} | {} |", count(row.summary.n as u64));
            for cell in &row.cells {
                let _ = write!(out, " {} |", cell_text(cell));
            }
            let _ = writeln!(out, " {} |", row.max);
        }
    }
    out.push('\n');
    for flag in &report.flags {
        let mark = match flag.level {
            Level::Good => "ok",
            Level::Note => "note",
            Level::Warning => "**warning**",
        };
        let _ = writeln!(out, "- {mark}: {}", escape(&flag.text));
    }
    out
}

/// The user's limits as a table of Markdown; nothing without any.
pub(crate) fn limits(limits: &[Judged]) -> String {
    let mut out = String::new();
    if limits.is_empty() {
        return out;
    }
    out.push_str("\n| limit | | why |\n| --- | --- | --- |\n");
    for judged in limits {
        let outcome = match judged.outcome {
            LimitOutcome::Held => "holds",
            LimitOutcome::Broken => "**broken**",
            LimitOutcome::Undecided => "**cannot be judged**",
            LimitOutcome::Unknown => "**about nothing that was measured**",
        };
        let why = escape(&judged.reasons.join("; "));
        let _ = writeln!(out, "| {} | {outcome} | {why} |", escape(&judged.limit));
    }
    out
}

/// The changes against the baseline as a table.
fn compared(report: &Report) -> String {
    let mut out = String::new();
    let Some(comparison) = &report.comparison else { return out };
    let _ = writeln!(out, "\nBaseline: {}.\n", escape(&comparison.baseline));
    if comparison.rows.is_empty() {
        return out;
    }
    out.push_str("| pair | start | n | Δp50 | Δp90 | Δp99 | |\n| --- | --- | ---: | ---: | ---: | ---: | --- |\n");
    for row in &comparison.rows {
        let mut pair = arrow(&row.pair);
        if !row.of.is_empty() {
            pair = format!("{pair} ({})", row.of);
        }
        let n = format!("{} v {}", count(row.n.1), count(row.n.0));
        let _ = write!(out, "| {} | {} | {n} |", escape(&pair), row.start_class);
        for c in &row.changes {
            let _ = match (c.change, c.low, c.high) {
                (Some(value), Some(low), Some(high)) if c.supported => {
                    write!(out, " {} ({} to {}) |", change(value), change(low), change(high))
                }
                (Some(value), ..) => write!(out, " ({}) |", change(value)),
                _ => write!(out, " n/a |"),
            };
        }
        let of_runs = row.chance.filter(|c| c.units == Units::RunMedians);
        let p = of_runs.map(|c| format!("; p {}", words::chance(c.p_holm).replace('<', "&lt;")));
        let _ = writeln!(out, " {}{} |", row.words, p.unwrap_or_default());
    }
    out.push_str(
        "\nIn brackets: the 95 % interval, or a change of which there are too few latencies.",
    );
    if comparison.rows.iter().any(|r| r.chance.is_some_and(|c| c.units == Units::RunMedians)) {
        out.push_str(
            " p: Mann-Whitney test of the runs' medians, for the table as a whole (Holm).",
        );
    }
    out.push('\n');
    out
}

/// A percentile; in brackets the open end where the sample is too small for it.
fn cell_text(cell: &Cell) -> String {
    match cell {
        Cell::Value { value, .. } => value.clone(),
        Cell::Weak { value, interval, .. } => format!("{value} ({interval})"),
        Cell::None => "n/a".to_owned(),
    }
}

/// Labels may hold what Markdown takes for its own.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}
