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
use sb_trace::latency::Latencies;
use sb_trace::trace::Finding;
use sb_trace::{Analysis, Input, Options, Place, Progress};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

/// What was loaded.
#[derive(Debug)]
pub struct Loaded {
    /// Where the latencies come from, unless they were read from tables.
    pub analysis: Option<Analysis>,
    /// The latencies, where they were read from tables.
    table: Option<Latencies>,
    /// What the runs' own records say of them.
    pub facts: Vec<RunFacts>,
    /// What was done to bring several inputs together.
    pub findings: Vec<Finding>,
    /// The `out/` folder, where the input is one.
    pub out_folder: Option<PathBuf>,
    /// Folders in which no output may lie.
    pub closed: Vec<PathBuf>,
    /// The logs that were read, as the analysis numbers them.
    inputs: Vec<Input>,
    /// Files that were read, none of which may be overwritten.
    pub files: Vec<PathBuf>,
}

impl Loaded {
    /// The latencies.
    pub fn latencies(&self) -> &Latencies {
        static EMPTY: std::sync::OnceLock<Latencies> = std::sync::OnceLock::new();
        let of_logs = self.analysis.as_ref().map(|a| &a.latencies);
        of_logs.or(self.table.as_ref()).unwrap_or_else(|| EMPTY.get_or_init(Latencies::default))
    }
}

/// Reads the lines of single traces once more. A line that cannot be read is no reason to have no
/// report.
pub fn read_lines(exemplars: &mut [Exemplar], loaded: &Loaded) {
    let mut wanted: BTreeMap<u32, BTreeSet<u64>> = BTreeMap::new();
    for (file, line) in exemplars.iter().flat_map(|e| &e.steps).map(|s| s.at) {
        wanted.entry(file).or_default().insert(line);
    }
    for (file, numbers) in wanted {
        let Some(input) = loaded.inputs.get(file as usize) else { continue };
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

/// Loads `out/` folders, runs, tables of latencies, or logs.
pub fn load(arguments: &[String], options: &Options, progress: &dyn Progress) -> Result<Loaded> {
    let named = named(arguments)?;
    if !named.tables.is_empty() {
        if let Some(other) = named.first_that_is_no_table() {
            return Err(Error::Mixed { table: named.tables[0].clone(), other });
        }
        let (table, findings) = tables::read(&named.tables)?;
        return Ok(Loaded {
            analysis: None,
            table: Some(table),
            facts: Vec::new(),
            findings,
            out_folder: None,
            closed: Vec::new(),
            inputs: Vec::new(),
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
    Ok(Loaded {
        analysis: Some(sb_trace::analyze(&inputs, options, progress)?),
        table: None,
        facts,
        findings: Vec::new(),
        out_folder: named.outs.into_iter().next().filter(|_| only),
        closed,
        inputs,
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
