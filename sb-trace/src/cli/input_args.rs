//! What to read.

use super::format_args::FormatArgs;
use crate::error::Result;
use crate::options::{Condition, Filter, parse_time};
use crate::options::{Options, parse_id_regex};
use crate::read::{Input, expand};
use crate::statement::EpochUnit;
use crate::units::parse_duration;
use clap::{Args, ValueEnum};
use regex::bytes::Regex;

/// The LOG arguments and how to read them.
#[derive(Debug, Clone, Args)]
pub struct InputArgs {
    /// A log file, a folder, a pattern in quotes, or - for standard input; gzip and zstd are opened as
    /// they are. Also a table of events, as sb-trace events writes it
    #[arg(value_name = "LOG", required = true)]
    pub logs: Vec<String>,

    /// What it looks like.
    #[command(flatten)]
    pub format: FormatArgs,

    /// What the epochs count: seconds, milli-, micro- or nanoseconds (10, 13, 16 or 19 digits)
    #[arg(long, value_name = "UNIT", default_value = "ms", help_heading = "Input")]
    pub epoch_unit: EpochUnitArg,

    /// Find the id of the invocation in the line: a regular expression with a group correlation_id
    #[arg(long, value_name = "REGEX", value_parser = parse_id_regex, help_heading = "Input")]
    pub id_regex: Option<Regex>,

    /// Only invocations that begin at or after this time, for instance 2020-09-22T12:14:30Z
    #[arg(long, value_name = "TIME", value_parser = parse_time, help_heading = "Input")]
    pub since: Option<i64>,

    /// Only invocations that begin before this time
    #[arg(long, value_name = "TIME", value_parser = parse_time, help_heading = "Input")]
    pub until: Option<i64>,

    /// Leave out the invocations that begin so soon after the first event of their run
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = parse_duration, help_heading = "Input")]
    pub skip: i64,

    /// How much memory events may take that wait for the end of their traces, for instance 500M or 2G;
    /// what is more waits in a temporary file [default: a quarter of the machine's]
    #[arg(long, value_name = "SIZE", value_parser = parse_size, help_heading = "Input")]
    pub memory: Option<usize>,

    /// Only events with this label=, source= or id= (repeatable, comma-separated, * is a wildcard)
    #[arg(long = "where", value_name = "KEY=PATTERN", value_delimiter = ',', value_parser = Condition::parse, help_heading = "Input")]
    pub conditions: Vec<Condition>,
}

/// `500M` -> 500 million bytes; K, M and G stand for thousands, also with a B behind them.
fn parse_size(text: &str) -> std::result::Result<usize, String> {
    let wrong = || format!("'{text}' is not a size: write for instance 500M or 2G");
    let upper = text.trim().to_ascii_uppercase();
    let number = upper.trim_end_matches('B');
    let units = [("K", 1_000), ("M", 1_000_000), ("G", 1_000_000_000)];
    let unit = units.iter().find_map(|(unit, size)| Some((number.strip_suffix(unit)?, *size)));
    let (number, size) = unit.unwrap_or((number, 1));
    let number: f64 = number.trim().parse().map_err(|_| wrong())?;
    let bytes = number * f64::from(size);
    if bytes.is_finite() && (0.0..1e18).contains(&bytes) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1e18")]
        let bytes = bytes as usize;
        Ok(bytes)
    } else {
        Err(wrong())
    }
}

/// A quarter of the machine's memory; two gigabytes where that cannot be told.
fn default_memory() -> usize {
    const UNKNOWN: usize = 2_000_000_000;
    let meminfo = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kilobytes =
        kilobytes.and_then(|text| text.trim().trim_end_matches(" kB").parse::<usize>().ok());
    kilobytes.map_or(UNKNOWN, |kilobytes| kilobytes.saturating_mul(1024) / 4)
}

/// See [`EpochUnit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EpochUnitArg {
    /// 10 digits
    S,
    /// 13 digits
    Ms,
    /// 16 digits
    Us,
    /// 19 digits
    Ns,
}

impl InputArgs {
    /// The inputs, in a fixed order.
    pub fn inputs(&self) -> Result<Vec<Input>> {
        expand(&self.logs)
    }

    /// The options that these are, and the default of all others.
    pub fn options(&self) -> Options {
        Options {
            epoch_unit: self.epoch_unit(),
            id_regex: self.id_regex.clone(),
            filter: self.filter(),
            memory: self.memory.unwrap_or_else(default_memory),
            ..self.format.options()
        }
    }

    /// Which events and traces are looked at.
    fn filter(&self) -> Filter {
        Filter {
            since_ns: self.since,
            until_ns: self.until,
            skip_ns: self.skip,
            conditions: self.conditions.clone(),
        }
    }

    /// What the epochs count.
    fn epoch_unit(&self) -> EpochUnit {
        match self.epoch_unit {
            EpochUnitArg::S => EpochUnit::S,
            EpochUnitArg::Ms => EpochUnit::Ms,
            EpochUnitArg::Us => EpochUnit::Us,
            EpochUnitArg::Ns => EpochUnit::Ns,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_or_refused() {
        assert_eq!(parse_size("500M"), Ok(500_000_000));
        assert_eq!(parse_size("1.5 gb"), Ok(1_500_000_000));
        assert_eq!(parse_size("0"), Ok(0));
        for wrong in ["", "M", "-1", "x", "1T", "1e30"] {
            assert!(parse_size(wrong).unwrap_err().contains("not a size"), "{wrong}");
        }
        assert!(default_memory() > 1 << 20);
    }
}
