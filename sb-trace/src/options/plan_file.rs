//! A plan as a file, with texts in the place of codes: written by `sb-trace plan`, taken by `--plan`.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// What is decided about a log before its traces are measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanFile {
    /// Grows when a member is renamed, removed or changes its meaning.
    pub schema_version: u32,
    /// What the inputs were taken for.
    pub inputs: Vec<PlannedInput>,
    /// The streams of traces by order.
    pub streams: Vec<PlannedStream>,
    /// Which label closes the traces of each family.
    pub families: Vec<PlannedFamily>,
    /// Consecutive pairs of two clocks that are the rarer direction of the opposite pair.
    pub reversed_pairs: Vec<[String; 2]>,
    /// Whether `total` says anything that the only consecutive pair does not.
    pub total: bool,
    /// With `--all-pairs`: the pairs.
    pub all_pairs: Vec<[String; 2]>,
    /// The commonest order of labels of traces by order.
    pub commonest_path: Vec<String>,
    /// With `--skip`: when each run began, Unix epoch in nanoseconds, by its id.
    pub begins: BTreeMap<String, i64>,
}

/// An input and what it was taken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedInput {
    /// Its name.
    pub name: String,
    /// Its format, one of those that `sb-trace formats` lists.
    pub format: String,
}

/// A stream: the events of one file and source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedStream {
    /// Name of the input.
    pub file: String,
    /// Its source; empty where the log names none.
    pub source: String,
    /// The label that opens its traces.
    pub opening: Option<String>,
    /// Whether it lists its newest event first.
    pub newest_first: bool,
}

/// The traces of one benchmark that are opened by the same label, or have keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedFamily {
    /// The benchmark; empty for logs collected elsewhere.
    pub benchmark: String,
    /// How its traces are made.
    pub by: FamilyBy,
    /// The label that closes its traces.
    pub closing: String,
}

/// How the traces of a family are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FamilyBy {
    /// By an id, a source or a file.
    Key,
    /// By the order of the log: this label opens them.
    Opening(String),
    /// By the order of the log: the label of `--by label=NAME` opens them.
    Named,
}

/// The version of such a file that this program writes and reads.
pub(crate) const PLAN_VERSION: u32 = 1;

impl PlanFile {
    /// What it says of a stream.
    pub(crate) fn stream(&self, file: &str, source: &str) -> Option<&PlannedStream> {
        self.streams.iter().find(|stream| stream.file == file && stream.source == source)
    }

    /// The format of an input, if it names it.
    pub(crate) fn format(&self, name: &str) -> Option<&str> {
        self.inputs.iter().find(|input| input.name == name).map(|input| input.format.as_str())
    }

    /// Reads a plan that [`PlanFile::to_json`] wrote.
    ///
    /// # Errors
    /// [`Error::Read`] if it cannot be read, [`Error::Table`] if it is no plan.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| Error::read(path, error))?;
        let wrong = |what: String| Error::Table { path: path.to_owned(), what };
        let plan: Self = serde_json::from_str(&text)
            .map_err(|error| wrong(format!("is not a plan that sb-trace plan writes: {error}")))?;
        if plan.schema_version == PLAN_VERSION {
            Ok(plan)
        } else {
            Err(wrong(format!(
                "is a plan of version {}; this program reads version {PLAN_VERSION}",
                plan.schema_version
            )))
        }
    }

    /// The plan as it stands in a file.
    ///
    /// # Errors
    /// [`Error::Usage`] if it cannot be written as JSON, which no plan is known to do.
    pub fn to_json(&self) -> Result<String> {
        let text = serde_json::to_string_pretty(self);
        text.map(|text| text + "\n").map_err(|error| Error::Usage { message: error.to_string() })
    }

    /// The plan in words, a line for each decision.
    pub fn words(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for input in &self.inputs {
            lines.push(format!("{} is read as {}", input.name, input.format));
        }
        for stream in &self.streams {
            let source = match stream.source.as_str() {
                "" => String::new(),
                source => format!(" of {source}"),
            };
            let order = if stream.newest_first { "newest" } else { "oldest" };
            let opening = stream.opening.as_deref().unwrap_or("no label that was seen");
            lines.push(format!(
                "events{source} in {} stand {order} first, and {opening} opens a trace",
                stream.file
            ));
        }
        for family in &self.families {
            let of = match &family.by {
                FamilyBy::Key => "with an id, a source or a file as key".to_owned(),
                FamilyBy::Opening(label) => format!("opened by {label}"),
                FamilyBy::Named => "opened by the label that --by names".to_owned(),
            };
            let benchmark = match family.benchmark.as_str() {
                "" => String::new(),
                benchmark => format!(" of {benchmark}"),
            };
            lines.push(format!(
                "traces{benchmark} {of} are complete when they end with {}",
                family.closing
            ));
        }
        for [from, to] in &self.reversed_pairs {
            lines.push(format!(
                "{from}->{to} across two clocks is {to}->{from} with the sign turned"
            ));
        }
        if !self.all_pairs.is_empty() {
            lines.push(format!("{} pairs of labels are measured", self.all_pairs.len()));
        }
        if !self.commonest_path.is_empty() {
            lines.push(format!(
                "the commonest order of labels is {}",
                self.commonest_path.join(", ")
            ));
        }
        lines
    }
}
