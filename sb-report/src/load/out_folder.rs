//! An `out/` folder: the logs of each run, and what its journal says of it.

use super::journal::{self, Journal};
use crate::error::{Error, Result};
use crate::model::RunFacts;
use sb_trace::{Input, Place};
use std::fs;
use std::path::{Path, PathBuf};

/// Whether a folder is that of one run.
pub(super) fn is_run(folder: &Path) -> bool {
    folder.join(journal::NAME).is_file()
        || (folder.join("run.yaml").is_file()
            && folder.parent().is_some_and(|p| p.ends_with("runs")))
}

/// The folders of the runs in `runs/`.
pub(super) fn runs(out: &Path, runs: &Path) -> Result<Vec<PathBuf>> {
    let mut folders = listed(runs)?;
    folders.retain(|path| path.is_dir());
    if folders.is_empty() {
        return Err(Error::NoRuns { path: out.to_owned() });
    }
    Ok(folders)
}

/// The inputs and facts of runs; the inputs are named from `root` on.
pub(super) fn read(folders: &[PathBuf], root: &Path) -> Result<(Vec<Input>, Vec<RunFacts>)> {
    let (mut inputs, mut facts) = (Vec::new(), Vec::<(RunFacts, &Path)>::new());
    for folder in folders {
        let mut journal = Journal::read(folder);
        journal.facts.load = super::k6::read(folder);
        if let Some((_, other)) = facts.iter().find(|(f, _)| f.id == journal.run.id) {
            return Err(Error::RunTwice {
                run: journal.run.id,
                first: (*other).to_owned(),
                second: folder.clone(),
            });
        }
        for path in logs(folder)? {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            let hook_log = path.parent() == Some(folder.as_path());
            inputs.push(Input {
                place: Place::File(path),
                name,
                run: Some(journal.run.clone()),
                hook_log,
            });
        }
        facts.push((journal.facts, folder));
    }
    Ok((inputs, facts.into_iter().map(|(f, _)| f).collect()))
}

fn listed(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error| sb_trace::Error::read(folder, error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    Ok(paths)
}

/// The logs of the hooks and what was collected from the provider; nothing else.
fn logs(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut logs = listed(folder)?;
    logs.retain(|path| path.is_file() && path.extension().is_some_and(|e| e == "log"));
    let collected = folder.join("collected");
    if collected.is_dir() {
        let files = walkdir::WalkDir::new(&collected).sort_by_file_name();
        for entry in files {
            let entry = entry.map_err(|error| sb_trace::Error::read(&collected, error.into()))?;
            if entry.file_type().is_file() {
                logs.push(entry.into_path());
            }
        }
    }
    Ok(logs)
}
