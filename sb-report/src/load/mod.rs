//! Arguments -> latencies and their accounting.

mod out_folder;

pub use out_folder::is_ours;

use crate::error::{Error, Result};
use crate::model::RunFacts;
use sb_trace::latency::Latencies;
use sb_trace::{Analysis, Input, Options, Progress};
use std::path::{Path, PathBuf};

/// What was loaded.
#[derive(Debug)]
pub struct Loaded {
    /// Where the latencies come from, unless they were read from tables.
    pub analysis: Option<Analysis>,
    /// The latencies, where they were read from a table.
    table: Option<Latencies>,
    /// What the runs' own records say of them.
    pub facts: Vec<RunFacts>,
    /// The `out/` folder, where the input is one.
    pub out_folder: Option<PathBuf>,
}

impl Loaded {
    /// The latencies.
    pub fn latencies(&self) -> &Latencies {
        static EMPTY: std::sync::OnceLock<Latencies> = std::sync::OnceLock::new();
        let of_logs = self.analysis.as_ref().map(|a| &a.latencies);
        of_logs.or(self.table.as_ref()).unwrap_or_else(|| EMPTY.get_or_init(Latencies::default))
    }
}

/// Loads an `out/` folder, a table of latencies, or logs.
pub fn load(logs: &[String], options: &Options, progress: &dyn Progress) -> Result<Loaded> {
    if let [one] = logs {
        let path = Path::new(one);
        if path.join("runs").is_dir() {
            return out(path, options, progress);
        }
        if path.extension().is_some_and(|e| e == "parquet") {
            let table = sb_trace::frame::read_latencies(path)?;
            return Ok(Loaded {
                analysis: None,
                table: Some(table),
                facts: Vec::new(),
                out_folder: None,
            });
        }
        if path.is_dir() && out_folder::is_ours(&path.join("report.html")) {
            return Err(Error::NoRuns { path: path.to_owned() });
        }
    }
    let mut inputs = sb_trace::expand(logs)?;
    inputs.retain(|input| match &input.place {
        sb_trace::Place::File(path) => !out_folder::is_ours(path),
        _ => true,
    });
    analyzed(&inputs, Vec::new(), None, options, progress)
}

fn out(path: &Path, options: &Options, progress: &dyn Progress) -> Result<Loaded> {
    let (inputs, facts) = out_folder::read(path)?;
    analyzed(&inputs, facts, Some(path.to_owned()), options, progress)
}

fn analyzed(
    inputs: &[Input],
    facts: Vec<RunFacts>,
    out_folder: Option<PathBuf>,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Loaded> {
    let analysis = sb_trace::analyze(inputs, options, progress)?;
    Ok(Loaded { analysis: Some(analysis), table: None, facts, out_folder })
}
