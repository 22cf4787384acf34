//! `sb-trace stats`: the figures of each pair.

use super::{InputArgs, TraceArgs, check, print, progress};
use crate::analysis::Analysis;
use crate::error::{Error, Result};
use crate::stats::{
    ALL_CLASSES, DEFAULT_PERCENTILES, Percentile, Summary, percentile_name, summarize,
};
use crate::units::Unit;
use clap::{ArgGroup, Args};
use comfy_table::{Cell, CellAlignment, Color, ContentArrangement, Table, presets};
use serde_json::json;

/// Print the latencies of each pair: n, mean, percentiles
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("shape").args(["json", "csv", "markdown"]))]
#[command(after_help = "Examples:
  sb-trace stats app.log
  sb-trace stats logs/ --pair 'PRE_INVOKED->HANDLER_START' --percentiles 50,99,99.9
  sb-trace stats logs/ --json | jq '.pairs[] | [.pair, .p99_ms]'

A percentile is Hyndman and Fan's type 7, as in numpy, pandas and DuckDB's quantile_cont. One that
the sample is too small for is shown with its open end: p50 needs 6 latencies, p90 36, p95 72,
p99 368, p99.9 3688.")]
pub(super) struct Stats {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    trace: TraceArgs,
    /// Print JSON, all numbers unrounded and in milliseconds
    #[arg(long, help_heading = "Output")]
    json: bool,
    /// Print CSV, all numbers unrounded and in milliseconds
    #[arg(long, help_heading = "Output")]
    csv: bool,
    /// Print a Markdown table
    #[arg(long, help_heading = "Output")]
    markdown: bool,
    /// The unit of the table: auto (one fitting unit per pair), ns, us, ms, s or min
    #[arg(long, value_name = "UNIT", default_value = "auto", value_parser = parse_unit, help_heading = "Output")]
    unit: UnitChoice,
    /// The percentiles
    #[arg(long, value_name = "P,P", value_delimiter = ',', value_parser = parse_percentile, help_heading = "Output")]
    percentiles: Vec<f64>,
}

#[derive(Debug, Clone, Copy)]
struct UnitChoice(Option<Unit>);

fn parse_unit(text: &str) -> std::result::Result<UnitChoice, String> {
    let unit = match text {
        "auto" => return Ok(UnitChoice(None)),
        "ns" => Unit::Ns,
        "us" | "µs" => Unit::Us,
        "ms" => Unit::Ms,
        "s" => Unit::S,
        "min" | "m" => Unit::Min,
        _ => return Err("expected auto, ns, us, ms, s or min".to_owned()),
    };
    Ok(UnitChoice(Some(unit)))
}

fn parse_percentile(text: &str) -> std::result::Result<f64, String> {
    let percent: f64 = text
        .trim()
        .trim_start_matches('p')
        .parse()
        .map_err(|_| format!("'{text}' is no number"))?;
    if (0.0..=100.0).contains(&percent) {
        Ok(percent)
    } else {
        Err(format!("'{text}' is not between 0 and 100"))
    }
}

impl Stats {
    pub(super) fn run(&self) -> Result<()> {
        let options = self.trace.options(&self.input)?;
        let analysis = crate::analyze(&self.input.inputs()?, &options, &progress::Bar::new())?;
        print::findings(&analysis.findings);
        let percents = if self.percentiles.is_empty() {
            DEFAULT_PERCENTILES.to_vec()
        } else {
            self.percentiles.clone()
        };
        let summaries = summarize(&analysis.latencies, &percents, |_| true);
        if summaries.is_empty() && analysis.accounting.traces > 0 && !self.trace.pair.is_empty() {
            print::talk(&format!(
                "note: no trace has a FROM label of {}",
                self.trace.pair.join(",")
            ));
        }
        let text = if self.json {
            json(&analysis, &summaries)?
        } else if self.csv {
            csv(&summaries, &percents)
        } else if self.markdown {
            markdown(&summaries, &percents, self.unit.0)
        } else {
            table(&summaries, &percents, self.unit.0)
        };
        print::data(|out| out.write_all(text.as_bytes()))?;
        explain(&analysis);
        self.trace.enforce(&analysis.accounting)
    }
}

/// More than this share of incomplete traces wants an explanation.
const MANY_INCOMPLETE: f64 = 0.05;

/// What was found, where the traces cannot be what the user expects.
fn explain(analysis: &Analysis) {
    let accounting = &analysis.accounting;
    if accounting.traces > 0 && accounting.incomplete_share() <= MANY_INCOMPLETE {
        return;
    }
    print::talk(&format!(
        "warning: {} of {} traces are incomplete; this is what was found:",
        accounting.traces - accounting.traces_complete,
        accounting.traces
    ));
    print::talk(check::accounting_text(analysis).trim_end());
    for at in analysis.look_alikes.iter().take(3) {
        let file = &analysis.files[at.file as usize].name;
        print::talk(&format!("  {file}:{}:{}: {}", at.line, at.column, at.what));
    }
    print::talk(
        "  help: say which events belong together with --by, which labels make a trace complete with --expect",
    );
}

fn json(analysis: &Analysis, summaries: &[Summary]) -> Result<String> {
    let document = json!({
        "schema_version": crate::frame::SCHEMA_VERSION,
        "tool_version": env!("CARGO_PKG_VERSION"),
        "quantile": "hyndman_fan_7",
        "pairs": summaries,
        "accounting": analysis.accounting,
        "findings": analysis.findings,
    });
    let text = serde_json::to_string_pretty(&document).map_err(|e| Error::Stdout(e.into()))?;
    Ok(text + "\n")
}

fn csv(summaries: &[Summary], percents: &[f64]) -> String {
    let mut header: Vec<String> = [
        "pair",
        "start_class",
        "n",
        "unmatched",
        "negative",
        "mean_ms",
    ]
    .map(str::to_owned)
    .to_vec();
    header.extend(
        percents
            .iter()
            .map(|&p| format!("{}_ms", percentile_name(p))),
    );
    header.extend(["min_ms".to_owned(), "max_ms".to_owned()]);
    for &p in percents {
        let name = percentile_name(p);
        header.extend([
            format!("{name}_low_ms"),
            format!("{name}_high_ms"),
            format!("{name}_supported"),
        ]);
    }
    let number = |value: Option<f64>| value.map_or_else(String::new, |v| v.to_string());
    let mut lines = vec![header.join(",")];
    for s in summaries {
        // Labels and class names hold neither commas nor quotes.
        let mut fields = vec![
            s.pair.clone(),
            s.start_class.clone(),
            s.n.to_string(),
            s.unmatched.to_string(),
        ];
        fields.extend([s.negative.to_string(), number(s.mean_ms)]);
        fields.extend(s.percentiles.iter().map(|p| number(p.value_ms)));
        fields.extend([number(s.min_ms), number(s.max_ms)]);
        for p in &s.percentiles {
            fields.extend([
                number(p.low_ms),
                number(p.high_ms),
                p.supported().to_string(),
            ]);
        }
        lines.push(fields.join(","));
    }
    lines.join("\n") + "\n"
}

/// The table's header; start classes have a column only where there are any.
fn columns(percents: &[f64], classes: bool) -> Vec<String> {
    let mut columns = vec!["pair".to_owned()];
    columns.extend(classes.then(|| "start".to_owned()));
    columns.extend(["n", "mean"].map(str::to_owned));
    columns.extend(percents.iter().map(|&p| percentile_name(p)));
    columns.extend(["max", "unmatched", "negative"].map(str::to_owned));
    columns
}

/// A cell's text, and whether the sample is too small for it.
fn cells(summary: &Summary, unit: Option<Unit>, classes: bool) -> Vec<(String, bool)> {
    let typical = summary
        .percentile(50.0)
        .and_then(|p| p.value_ms)
        .or(summary.mean_ms);
    let unit = unit.unwrap_or_else(|| Unit::fitting(typical.unwrap_or(0.0)));
    let value = |ms: Option<f64>| match ms {
        Some(ms) => format!("{} {}", unit.format(ms), unit.symbol()),
        None => "-".to_owned(),
    };
    let mut cells = vec![(summary.pair.clone(), false)];
    cells.extend(classes.then(|| (summary.start_class.clone(), false)));
    cells.extend([
        (summary.n.to_string(), false),
        (value(summary.mean_ms), false),
    ]);
    cells.extend(
        summary
            .percentiles
            .iter()
            .map(|p| percentile_cell(p, summary.n, &value)),
    );
    cells.push((value(summary.max_ms), false));
    cells.extend([
        (summary.unmatched.to_string(), false),
        (summary.negative.to_string(), false),
    ]);
    cells
}

fn percentile_cell(
    p: &Percentile,
    n: usize,
    value: &impl Fn(Option<f64>) -> String,
) -> (String, bool) {
    if p.supported() || p.percent <= 0.0 || p.percent >= 100.0 {
        return (value(p.value_ms), false);
    }
    if n as f64 * (1.0 - p.percent / 100.0) < 1.0 {
        return ("n/a".to_owned(), true);
    }
    let open = match (p.low_ms, p.high_ms) {
        (Some(low), None) => format!("≥{}", value(Some(low))),
        (None, Some(high)) => format!("≤{}", value(Some(high))),
        _ => "?".to_owned(),
    };
    (format!("{} ({open})", value(p.value_ms)), true)
}

fn has_classes(summaries: &[Summary]) -> bool {
    summaries.iter().any(|s| s.start_class != ALL_CLASSES)
}

fn table(summaries: &[Summary], percents: &[f64], unit: Option<Unit>) -> String {
    let mut table = Table::new();
    if std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty()) {
        table.force_no_tty();
    }
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    let classes = has_classes(summaries);
    let texts = 1 + usize::from(classes);
    let aligned = |at: usize, cell: Cell| {
        cell.set_alignment(if at < texts {
            CellAlignment::Left
        } else {
            CellAlignment::Right
        })
    };
    table.set_header(
        columns(percents, classes)
            .into_iter()
            .enumerate()
            .map(|(at, name)| aligned(at, Cell::new(name))),
    );
    for summary in summaries {
        table.add_row(cells(summary, unit, classes).into_iter().enumerate().map(
            |(at, (text, small))| {
                let cell = Cell::new(text);
                aligned(
                    at,
                    if small {
                        cell.fg(Color::DarkGrey)
                    } else {
                        cell
                    },
                )
            },
        ));
    }
    let lines: Vec<String> = table
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect();
    lines.join("\n") + "\n"
}

fn markdown(summaries: &[Summary], percents: &[f64], unit: Option<Unit>) -> String {
    let classes = has_classes(summaries);
    let texts = 1 + usize::from(classes);
    let header = columns(percents, classes);
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let rule = (0..header.len())
        .map(|at| {
            if at < texts {
                "---".to_owned()
            } else {
                "---:".to_owned()
            }
        })
        .collect();
    let mut text = line(header) + &line(rule);
    for summary in summaries {
        text += &line(
            cells(summary, unit, classes)
                .into_iter()
                .map(|(text, _)| text)
                .collect(),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_and_units_are_judged() {
        assert_eq!(parse_percentile("99.9"), Ok(99.9));
        assert_eq!(parse_percentile("p50"), Ok(50.0));
        assert!(parse_percentile("101").is_err());
        assert!(parse_unit("parsec").is_err());
    }
}
