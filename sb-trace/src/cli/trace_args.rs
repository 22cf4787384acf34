//! How events become traces, which pairs are measured, and which limits hold.

use crate::accounting::Accounting;
use crate::cli::{InputArgs, usage};
use crate::error::{Error, Result};
use crate::options::Options;
use crate::options::{Grouping, PairChoice, PlanFile, parse_pairs};
use crate::statement::is_label;
use crate::units::parse_duration;
use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;

/// The trace options.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Traces and pairs")]
pub struct TraceArgs {
    /// Which events belong to one invocation: auto, id, source, file or label=NAME
    #[arg(long, value_name = "RULE", default_value = "auto")]
    pub by: Grouping,

    /// Measure this pair (repeatable, comma-separated); default: each label to the next, and total
    #[arg(long, value_name = "FROM->TO", conflicts_with = "all_pairs")]
    pub pair: Vec<String>,

    /// Measure every label to every later one
    #[arg(long)]
    pub all_pairs: bool,

    /// Labels without which a trace is not complete
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    pub expect: Vec<String>,

    /// Cut traces that are longer than this (rules auto and label)
    #[arg(long, value_name = "DURATION", default_value = "15m", value_parser = parse_duration)]
    pub max_trace: i64,

    /// Measure by this plan, which sb-trace plan wrote; what it does not say is learned from the log
    #[arg(long, value_name = "PLAN")]
    pub plan: Option<PathBuf>,

    /// Tag all latencies: a column tag_KEY with this value (repeatable)
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_tag)]
    pub tag: Vec<(String, String)>,

    /// Exit with 1 on any look-alike, orphan or incomplete trace
    #[arg(long)]
    pub strict: bool,

    /// Exit with 1 if more than this share of the traces is incomplete
    #[arg(long, value_name = "PERCENT", value_parser = parse_percent)]
    pub max_incomplete: Option<f64>,
}

/// `2%` or `2` -> 0.02.
fn parse_percent(text: &str) -> std::result::Result<f64, String> {
    let number = text.trim().trim_end_matches('%').trim_end();
    let percent: f64 = number
        .parse()
        .map_err(|_| format!("'{text}' is not a percentage: write for instance 2%"))?;
    if (0.0..=100.0).contains(&percent) {
        Ok(percent / 100.0)
    } else {
        Err(format!("'{text}' is not between 0% and 100%"))
    }
}

/// `load=high` -> a column `tag_load`.
fn parse_tag(text: &str) -> std::result::Result<(String, String), String> {
    let (key, value) =
        text.split_once('=').ok_or_else(|| format!("'{text}' is not a tag: write KEY=VALUE"))?;
    let key = key.trim().trim_start_matches("tag_");
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if key.is_empty() || !key.chars().all(word) {
        return Err(format!("'{key}' is not the name of a tag: expected letters, digits and _"));
    }
    Ok((key.to_owned(), value.trim().to_owned()))
}

impl TraceArgs {
    /// The validated options.
    pub fn options(&self, input: &InputArgs) -> Result<Options> {
        let mut pairs = Vec::new();
        for text in &self.pair {
            pairs.extend(parse_pairs(text).map_err(usage)?);
        }
        if let Some(bad) = self.expect.iter().find(|l| !is_label(l)) {
            return Err(usage(format!("--expect: '{bad}' is not a label")));
        }
        Ok(Options {
            by: self.by.clone(),
            pairs: match (self.all_pairs, pairs.is_empty()) {
                (true, _) => PairChoice::All,
                (false, true) => PairChoice::Consecutive,
                (false, false) => PairChoice::Named(pairs),
            },
            expect: self.expect.clone(),
            max_trace_ns: self.max_trace,
            tags: self.tag.clone(),
            plan: self.plan.as_deref().map(PlanFile::read).transpose()?.map(Arc::new),
            ..input.options()
        })
    }

    /// An error if the accounting breaks a limit that the user set.
    pub fn enforce(&self, accounting: &Accounting) -> Result<()> {
        let incomplete = accounting.traces - accounting.traces_complete;
        if self.strict
            && (accounting.look_alikes, accounting.events_orphan, incomplete) != (0, 0, 0)
        {
            return Err(Error::Limit {
                message: format!(
                    "--strict: {} look-alikes, {} orphans, {incomplete} incomplete traces",
                    accounting.look_alikes, accounting.events_orphan
                ),
            });
        }
        let share = accounting.incomplete_share();
        match self.max_incomplete {
            Some(limit) if share > limit => Err(Error::Limit {
                message: format!(
                    "--max-incomplete {}%: {incomplete} of {} traces are incomplete ({:.1}%)",
                    limit * 100.0,
                    accounting.traces,
                    share * 100.0
                ),
            }),
            _ => Ok(()),
        }
    }
}
