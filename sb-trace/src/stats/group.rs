//! Figures by group: the latencies of a pair parted by other columns of their table.

use super::summary::{ALL_CLASSES, Summary};
use crate::error::Error;
use crate::latency::{Latencies, Latency};
use crate::run::{Run, tag_names};
use std::collections::BTreeMap;

/// A column by which latencies are parted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupKey {
    /// The FROM label.
    Label,
    /// The source of the FROM event.
    Source,
    /// The source of the TO event.
    ToSource,
    /// Cold, partial, warm or unknown.
    StartClass,
    /// The run.
    RunId,
    /// The benchmark, the provider or the region of the run.
    Benchmark,
    /// See `Benchmark`.
    Provider,
    /// See `Benchmark`.
    Region,
    /// A tag of the run, without `tag_`.
    Tag(String),
}

impl std::str::FromStr for GroupKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text.trim() {
            "label" | "from_label" => Self::Label,
            "source" | "from_source" => Self::Source,
            "to_source" => Self::ToSource,
            "start_class" => Self::StartClass,
            "run_id" | "run" => Self::RunId,
            "benchmark" => Self::Benchmark,
            "provider" => Self::Provider,
            "region" => Self::Region,
            other => match other.strip_prefix("tag_") {
                Some(tag) if !tag.is_empty() => Self::Tag(tag.to_owned()),
                _ => {
                    return Err(format!(
                        "'{other}' is not one of label, source, to_source, start_class, run_id, benchmark, provider, region, tag_NAME"
                    ));
                }
            },
        })
    }
}

impl GroupKey {
    /// Whether the runs have what these columns hold.
    ///
    /// # Errors
    /// [`Error::Usage`] for a tag that no run has: a group of it would be one of nothing.
    pub fn check(keys: &[Self], runs: &[Run]) -> Result<(), Error> {
        let known = tag_names(runs);
        let is_unknown = |key: &&Self| matches!(key, Self::Tag(tag) if !known.contains(tag));
        let Some(unknown) = keys.iter().find(is_unknown) else { return Ok(()) };
        let known: Vec<String> = known.iter().map(|tag| format!("tag_{tag}")).collect();
        let there = match known.as_slice() {
            [] => "no run has tags; give one with --tag KEY=VALUE".to_owned(),
            known => format!("there are {}", known.join(", ")),
        };
        let message = format!("--group-by {}: no run has that tag; {there}", unknown.column());
        Err(Error::Usage { message })
    }

    /// The column's name in the tables.
    pub fn column(&self) -> String {
        match self {
            Self::Label => "from_label".to_owned(),
            Self::Source => "from_source".to_owned(),
            Self::ToSource => "to_source".to_owned(),
            Self::StartClass => "start_class".to_owned(),
            Self::RunId => "run_id".to_owned(),
            Self::Benchmark => "benchmark".to_owned(),
            Self::Provider => "provider".to_owned(),
            Self::Region => "region".to_owned(),
            Self::Tag(tag) => format!("tag_{tag}"),
        }
    }

    /// Its value in a row; empty where the row has none.
    pub fn value<'a>(&self, table: &'a Latencies, row: &Latency) -> &'a str {
        let names = &table.names;
        let run = || table.runs.get(row.run as usize);
        match self {
            Self::Label => names.text(row.from_label),
            Self::Source => names.text(row.from_source),
            Self::ToSource => names.text(row.to_source),
            Self::StartClass => row.start_class.class.text(),
            Self::RunId => run().map_or("", |r| &r.id),
            Self::Benchmark => run().map_or("", |r| &r.benchmark),
            Self::Provider => run().map_or("", |r| &r.provider),
            Self::Region => run().map_or("", |r| &r.region),
            Self::Tag(tag) => {
                let tags = run().map_or(&[][..], |r| &r.tags);
                tags.iter().find(|(name, _)| name == tag).map_or("", |(_, value)| value)
            }
        }
    }
}

/// The latencies of a group in nanoseconds, and how many FROM events in it have no TO.
type Members = (Vec<i64>, usize);

/// One summary per pair and group, in the order of the pairs and then of the groups' values.
pub fn summarize_by(table: &Latencies, percents: &[f64], keys: &[GroupKey]) -> Vec<Summary> {
    let mut groups: BTreeMap<(u32, Vec<&str>), Members> = BTreeMap::new();
    for row in table.rows() {
        let values = keys.iter().map(|key| key.value(table, &row)).collect();
        let (latencies, unmatched) = groups.entry((row.pair, values)).or_default();
        match row.latency_ns {
            Some(latency) => latencies.push(latency),
            None => *unmatched += 1,
        }
    }
    let summarized = groups.into_iter().map(|((pair, values), (latencies, unmatched))| {
        let by_class = keys.iter().position(|key| *key == GroupKey::StartClass);
        let class = by_class.map_or(ALL_CLASSES, |at| values[at]).to_owned();
        let mut summary = Summary::of(table.pair_text(pair), class, latencies, unmatched, percents);
        let named = keys.iter().zip(values).filter(|(key, _)| **key != GroupKey::StartClass);
        summary.group = named.map(|(key, value)| (key.column(), value.to_owned())).collect();
        summary
    });
    summarized.collect()
}
