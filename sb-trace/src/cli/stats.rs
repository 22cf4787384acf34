//! `sb-trace stats`: the figures of each pair.

use super::stats_json::Document;
use super::{InputArgs, TraceArgs, explain, print, progress, stats_text};
use crate::error::Result;
use crate::stats::{DEFAULT_PERCENTILES, GroupKey};
use crate::units::Unit;
use clap::{ArgGroup, Args};

/// Print the latencies of each pair: n, mean, percentiles
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("shape").args(["json", "csv", "markdown"]))]
#[command(after_help = "Examples:
  sb-trace stats app.log
  sb-trace stats logs/ --pair 'PRE_INVOKED->HANDLER_START' --percentiles 50,99,99.9
  sb-trace stats logs/ --json | jq '.pairs[] | [.pair, .p99_ms]'

A percentile is Hyndman and Fan's type 7, as in numpy, pandas and DuckDB's quantile_cont. One that
the sample is too small for is shown with its open end: p50 needs 6 latencies, p90 36, p95 72,
p99 368, p99.9 3688.

Memory: some 30 MB where traces follow one another. Events with ids wait until the log is read, in
some 15 bytes each; beyond --memory they wait in a temporary file.
Latencies that take at most 2^20 different values for a pair, as all in whole milliseconds do, are
counted; others take 8 bytes each.")]
pub(super) struct StatsArgs {
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
    /// Part the latencies of a pair by label, source, start_class, run_id, tag_NAME, ...
    #[arg(long, value_name = "COLUMN,..", value_delimiter = ',', help_heading = "Output")]
    group_by: Vec<GroupKey>,
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
        .map_err(|_| format!("'{text}' is not a number"))?;
    if (0.0..=100.0).contains(&percent) {
        Ok(percent)
    } else {
        Err(format!("'{text}' is not between 0 and 100"))
    }
}

impl StatsArgs {
    pub(super) fn run(&self) -> Result<()> {
        let options = self.trace.options(&self.input)?;
        let percents = if self.percentiles.is_empty() {
            DEFAULT_PERCENTILES.to_vec()
        } else {
            self.percentiles.clone()
        };
        let figures = crate::figures(
            &self.input.inputs()?,
            &options,
            &percents,
            &self.group_by,
            &progress::Bar::new(),
        )?;
        print::findings(&figures.findings);
        let summaries = &figures.summaries;
        if self.json {
            print::data(|out| Document::of(&figures).write(out))?;
        } else {
            let text = if self.csv {
                stats_text::csv(summaries, &percents)?
            } else if self.markdown {
                stats_text::markdown(summaries, &percents, self.unit.0)
            } else {
                stats_text::table(summaries, &percents, self.unit.0)
            };
            print::data(|out| out.write_all(text.as_bytes()))?;
        }
        explain::look_alikes(&figures);
        explain::skew(&figures);
        explain::incomplete(&figures);
        self.trace.enforce(&figures.accounting)
    }
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
