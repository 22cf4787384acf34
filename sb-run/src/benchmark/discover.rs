//! Finds the one `*_benchmark.py`, in the current folder or as `--file` says.

use std::path::Path;

use super::Benchmark;
use super::pattern::matches;
use crate::error::{Error, plain};

const PATTERN: &str = "*_benchmark.py";

/// The benchmark in `folder`, or the one that `file` names.
pub fn find(folder: &Path, file: Option<&Path>) -> Result<Benchmark, Error> {
    match file {
        Some(file) => named(&folder.join(file)),
        None => only_one_in(folder, PATTERN),
    }
}

/// The benchmark at this path, or the only one that matches if its name is a pattern.
fn named(path: &Path) -> Result<Benchmark, Error> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    match path.parent() {
        Some(folder) if name.contains('*') && !path.exists() => only_one_in(folder, &name),
        _ => at(path),
    }
}

/// The benchmark at this path.
pub fn at(path: &Path) -> Result<Benchmark, Error> {
    let unreadable = |reason: String| Error::UnreadableBenchmark { path: path.into(), reason };
    let file = path.canonicalize().map_err(|error| unreadable(plain(&error)))?;
    if file.is_dir() {
        return only_one_in(&file, PATTERN);
    }
    std::fs::File::open(&file).map_err(|error| unreadable(plain(&error)))?;
    let folder = file.parent().unwrap_or(Path::new("/")).to_path_buf();
    Ok(Benchmark { file, folder, shipped: None })
}

fn only_one_in(folder: &Path, pattern: &str) -> Result<Benchmark, Error> {
    let mut candidates = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(Error::io("read", folder))? {
        let entry = entry.map_err(Error::io("read", folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if matches(pattern, &name) && entry.path().is_file() {
            candidates.push(name);
        }
    }
    candidates.sort();
    match candidates.as_slice() {
        [] => Err(Error::NoBenchmark { folder: folder.into(), pattern: pattern.into() }),
        [one] => at(&folder.join(one)),
        _ => Err(Error::SeveralBenchmarks { folder: folder.into(), candidates }),
    }
}
