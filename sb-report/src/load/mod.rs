//! Arguments -> latencies and their accounting.
//!
//! An argument is an `out/` folder (it holds `runs/`), the folder of one run (it holds a journal),
//! a table of latencies or a folder with nothing but an earlier report, or else a log, a folder of
//! logs or a pattern. `out/` folders, runs and logs may be mixed; tables stand with tables.

mod journal;
mod k6;
mod ours;
mod out_folder;
mod tables;

pub use ours::is_ours;

use crate::error::{Error, Result};
use crate::model::{Exemplar, RunFacts};
use sb_trace::Finding;
use sb_trace::latency::Latencies;
use sb_trace::{Collected, Tables, collect};
use sb_trace::{Input, Options, Place, Progress};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

/// What is to be loaded: all that is known before anything is read.
#[derive(Debug)]
pub struct Source {
    /// What the runs' own records say of them.
    pub facts: Vec<RunFacts>,
    /// The `out/` folder, where the input is one.
    pub out_folder: Option<PathBuf>,
    /// Folders in which no output may lie.
    pub closed: Vec<PathBuf>,
    /// The logs, as the analysis numbers them.
    inputs: Vec<Input>,
    /// Whether the input is tables, not logs.
    pub is_tables: bool,
    /// Files that are read, none of which may be overwritten.
    pub files: Vec<PathBuf>,
}

/// What was loaded.
#[derive(Debug)]
pub enum Loaded {
    /// From logs.
    Logs(Box<Collected>),
    /// From tables, with what was done to bring them together.
    Tables(Latencies, Vec<Finding>),
}

impl Loaded {
    /// The latencies.
    pub fn latencies(&self) -> &Latencies {
        match self {
            Self::Logs(log) => &log.latencies,
            Self::Tables(table, _) => table,
        }
    }

    /// What is known besides, where the input was logs.
    pub fn log(&self) -> Option<&Collected> {
        match self {
            Self::Logs(log) => Some(log),
            Self::Tables(..) => None,
        }
    }

    /// What was done to bring several inputs together.
    pub fn findings(&self) -> &[Finding] {
        match self {
            Self::Logs(_) => &[],
            Self::Tables(_, findings) => findings,
        }
    }
}

impl Source {
    /// Reads it. From logs the tables are written at the same time, if they are asked for.
    pub fn load(
        &self,
        options: &Options,
        progress: &dyn Progress,
        tables: Option<Tables<'_>>,
    ) -> Result<Loaded> {
        if self.is_tables {
            let (table, findings) = tables::read(&self.files)?;
            return Ok(Loaded::Tables(table, findings));
        }
        Ok(Loaded::Logs(Box::new(collect(&self.inputs, options, progress, tables)?)))
    }
}

/// Reads the lines of single traces once more. A line that cannot be read is no reason to have no
/// report.
pub fn read_lines(exemplars: &mut [Exemplar], source: &Source) {
    let mut wanted: BTreeMap<u32, BTreeSet<u64>> = BTreeMap::new();
    for (file, line) in exemplars.iter().flat_map(|e| &e.steps).map(|s| s.at) {
        wanted.entry(file).or_default().insert(line);
    }
    for (file, numbers) in wanted {
        let Some(input) = source.inputs.get(file as usize) else { continue };
        let numbers: Vec<u64> = numbers.into_iter().collect();
        let found: BTreeMap<u64, String> =
            sb_trace::lines(input, &numbers).unwrap_or_default().into_iter().collect();
        let steps = exemplars.iter_mut().flat_map(|e| &mut e.steps).filter(|s| s.at.0 == file);
        for step in steps {
            if let Some(text) = found.get(&step.at.1) {
                step.text = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            }
        }
    }
}

/// What the arguments name.
#[derive(Default)]
struct Named {
    /// `out/` folders.
    outs: Vec<PathBuf>,
    /// Folders of runs.
    runs: Vec<PathBuf>,
    /// Tables of latencies.
    tables: Vec<PathBuf>,
    /// Everything else.
    logs: Vec<String>,
}

/// Finds `out/` folders, runs, tables of latencies, or logs.
pub fn find(arguments: &[String]) -> Result<Source> {
    let named = named(arguments)?;
    if !named.tables.is_empty() {
        if let Some(other) = named.first_that_is_no_table() {
            return Err(Error::Mixed { table: named.tables[0].clone(), other });
        }
        return Ok(Source {
            facts: Vec::new(),
            out_folder: None,
            closed: Vec::new(),
            inputs: Vec::new(),
            is_tables: true,
            files: named.tables,
        });
    }
    let folders: Vec<&Path> = named.outs.iter().chain(&named.runs).map(PathBuf::as_path).collect();
    let root = match (named.outs.as_slice(), named.runs.as_slice()) {
        ([one], []) => one.clone(),
        _ => common_root(&folders),
    };
    let (mut inputs, facts) = out_folder::read(&named.runs, &root)?;
    let mut logs = if named.logs.is_empty() { Vec::new() } else { sb_trace::expand(&named.logs)? };
    logs.retain(|input| match &input.place {
        Place::File(path) => !is_ours(path),
        _ => true,
    });
    inputs.extend(logs);
    let files = inputs.iter().filter_map(|i| match &i.place {
        Place::File(path) => Some(path.clone()),
        _ => None,
    });
    let files = files.collect();
    let mut closed: Vec<PathBuf> = named.outs.iter().map(|out| out.join("runs")).collect();
    closed.extend(named.runs.iter().cloned());
    closed.extend(named.logs.iter().map(PathBuf::from).filter(|path| path.is_dir()));
    let only = arguments.len() == 1;
    Ok(Source {
        facts,
        out_folder: named.outs.into_iter().next().filter(|_| only),
        closed,
        inputs,
        is_tables: false,
        files,
    })
}

fn named(arguments: &[String]) -> Result<Named> {
    let mut named = Named::default();
    let mut reports = Vec::new();
    let is_table = |path: &Path| path.extension().is_some_and(|e| e == "parquet");
    for argument in arguments {
        let path = Path::new(argument);
        if path.is_dir() {
            let table = path.join("latencies.parquet");
            let runs = path.join("runs");
            if runs.is_dir() {
                named.outs.push(path.to_owned());
                named.add_runs(out_folder::runs(path, &runs)?);
            } else if out_folder::is_run(path) {
                named.add_runs(vec![path.to_owned()]);
            } else if path.ends_with("runs")
                && out_folder::runs(path, path)
                    .is_ok_and(|all| all.iter().all(|f| out_folder::is_run(f)))
            {
                named.add_runs(out_folder::runs(path, path)?);
            } else if is_ours(&table) && is_ours(&path.join("report.html")) {
                reports.push((path.to_owned(), table));
            } else if is_ours(&path.join("report.html")) {
                return Err(Error::NoRuns { path: path.to_owned() });
            } else {
                named.logs.push(argument.clone());
            }
        } else if is_table(path) && path.exists() {
            named.add_table(path.to_owned());
        } else if is_table(path) && argument != "-" {
            for input in sb_trace::expand(std::slice::from_ref(argument))? {
                if let Place::File(path) = input.place {
                    named.add_table(path);
                }
            }
        } else {
            named.logs.push(argument.clone());
        }
    }
    // An earlier report is a table, except among logs, where it is nothing.
    for (folder, table) in reports {
        if named.tables.is_empty() && named.first_that_is_no_table().is_some() {
            named.logs.push(folder.to_string_lossy().into_owned());
        } else {
            named.add_table(table);
        }
    }
    Ok(named)
}

impl Named {
    /// A folder that is named twice is read once.
    fn add_runs(&mut self, folders: Vec<PathBuf>) {
        for folder in folders {
            if !self.runs.iter().any(|known| whole(known) == whole(&folder)) {
                self.runs.push(folder);
            }
        }
    }

    /// See [`Named::add_runs`].
    fn add_table(&mut self, path: PathBuf) {
        if !self.tables.iter().any(|known| whole(known) == whole(&path)) {
            self.tables.push(path);
        }
    }

    fn first_that_is_no_table(&self) -> Option<PathBuf> {
        let folders = self.outs.iter().chain(&self.runs).cloned();
        folders.chain(self.logs.iter().map(PathBuf::from)).next()
    }
}

/// The path without links and dots, as far as it exists.
pub fn whole(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut rest = Vec::new();
    let mut at = absolute.as_path();
    loop {
        if let Ok(mut found) = at.canonicalize() {
            found.extend(rest.iter().rev());
            return found;
        }
        let (Some(name), Some(parent)) = (at.file_name(), at.parent()) else {
            return absolute.clone();
        };
        rest.push(name.to_owned());
        at = parent;
    }
}

/// The deepest folder that holds all of these.
fn common_root(folders: &[&Path]) -> PathBuf {
    let parent = |path: &Path| path.parent().map(Path::to_owned).unwrap_or_default();
    let Some((first, rest)) = folders.split_first() else { return PathBuf::new() };
    rest.iter().fold(parent(first), |root, path| {
        let same = |(a, b): &(Component<'_>, Component<'_>)| a == b;
        let folder = parent(path);
        root.components().zip(folder.components()).take_while(same).map(|(a, _)| a).collect()
    })
}
