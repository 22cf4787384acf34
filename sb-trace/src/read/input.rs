//! LOG arguments -> inputs: files, folders, patterns and standard input, in a fixed order.

use super::table_kind::TableKind;
use crate::error::{Error, Result};
use crate::event::Events;
use crate::run::Run;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// How the names of files begin and end that are still being written.
pub(crate) const UNFINISHED: (&str, &str) = (".sb-", ".tmp");

/// Where an input's bytes come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A file.
    File(PathBuf),
    /// A file that is a table of events.
    Table(PathBuf, TableKind),
    /// Standard input.
    Stdin,
    /// Bytes in memory.
    Bytes(Vec<u8>),
    /// Events that were read before.
    Events(Arc<Events>),
}

/// One thing to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Where the bytes come from.
    pub place: Place,
    /// The name in tables and messages.
    pub name: String,
    /// The run it belongs to; none for logs collected elsewhere.
    pub run: Option<Run>,
    /// Whether it is what a hook printed: there, a statement with the same epoch, label and id is
    /// the same statement printed twice.
    pub hook_log: bool,
}

impl Input {
    /// A file, named as it is.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path.to_string_lossy().into_owned();
        Self { place: Place::File(path), name, run: None, hook_log: false }
    }

    /// Bytes in memory under a name.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { place: Place::Bytes(bytes.into()), name: name.into(), run: None, hook_log: false }
    }

    /// Standard input, named `-`.
    pub fn stdin() -> Self {
        Self { place: Place::Stdin, name: "-".to_owned(), run: None, hook_log: false }
    }
}

/// Turns LOG arguments into inputs. Files of a folder or pattern come sorted by path; a file
/// named twice is read once; names are relative to the common root of all files.
pub fn expand(logs: &[String]) -> Result<Vec<Input>> {
    let mut paths: Vec<Option<PathBuf>> = Vec::new();
    let mut tables: Vec<(PathBuf, TableKind)> = Vec::new();
    for log in logs {
        if log == "-" {
            if !paths.contains(&None) {
                paths.push(None);
            }
            continue;
        }
        let mut found = files_of(log)?;
        // A table that lies in a folder of logs, as a report leaves it there, says what they say.
        if !Path::new(log).is_dir() {
            let kind = |path: &PathBuf| Some((path.clone(), TableKind::of(path)?));
            tables.extend(found.iter().filter_map(kind));
        }
        found.retain(|path| !paths.contains(&Some(path.clone())));
        paths.extend(found.into_iter().map(Some));
    }
    let root = common_root(paths.iter().flatten());
    Ok(paths
        .into_iter()
        .map(|path| match path {
            None => Input::stdin(),
            Some(path) => {
                let name = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().into_owned();
                let place = match tables.iter().find(|(table, _)| *table == path) {
                    Some((_, kind)) => Place::Table(path, *kind),
                    None => Place::File(path),
                };
                Input { place, name, run: None, hook_log: false }
            }
        })
        .collect())
}

fn files_of(log: &str) -> Result<Vec<PathBuf>> {
    let path = Path::new(log);
    match std::fs::metadata(path) {
        Ok(meta) if meta.is_dir() => walk(path),
        Ok(_) => Ok(vec![path.to_owned()]),
        Err(_) if log.contains(['*', '?', '[', '{']) => matching(log),
        Err(error) => Err(Error::read(path, error)),
    }
}

/// All files below a folder, sorted by path. An unreadable folder is an error, not a gap.
fn walk(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder).follow_links(true).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(folder).to_owned();
            let source = error
                .into_io_error()
                .unwrap_or_else(|| std::io::Error::other("a link leads back to its own folder"));
            Error::read(path, source)
        })?;
        if entry.file_type().is_file() && !is_unfinished(entry.file_name()) {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}

/// Whether a file is a table that is still being written.
fn is_unfinished(name: &std::ffi::OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with(UNFINISHED.0) && name.ends_with(UNFINISHED.1)
}

/// All files that match a pattern, sorted by path.
fn matching(pattern: &str) -> Result<Vec<PathBuf>> {
    let bad = |what: String| Error::BadPattern { pattern: pattern.to_owned(), what };
    let matcher = globset::GlobBuilder::new(pattern)
        .literal_separator(true)
        .build()
        .map_err(|error| bad(error.kind().to_string()))?
        .compile_matcher();
    // The walk begins at the last folder that is named without a wildcard.
    let fixed: PathBuf = Path::new(pattern)
        .components()
        .take_while(|c| !c.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']))
        .collect();
    let here = fixed.as_os_str().is_empty();
    let start = if here { PathBuf::from(".") } else { fixed };
    let files = walk(&start).map_err(|error| match error {
        Error::Read { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            Error::NoMatch { pattern: pattern.to_owned() }
        }
        other => other,
    })?;
    let found: Vec<PathBuf> = files
        .into_iter()
        .map(|path| if here { path.strip_prefix(".").unwrap_or(&path).to_owned() } else { path })
        .filter(|path| matcher.is_match(path))
        .collect();
    if found.is_empty() { Err(Error::NoMatch { pattern: pattern.to_owned() }) } else { Ok(found) }
}

/// The deepest folder that holds all files.
fn common_root<'a>(mut paths: impl Iterator<Item = &'a PathBuf>) -> PathBuf {
    let folder = |path: &Path| path.parent().map(Path::to_owned).unwrap_or_default();
    let Some(first) = paths.next() else {
        return PathBuf::new();
    };
    paths.fold(folder(first), |root, path| {
        let same = |(a, b): &(Component<'_>, Component<'_>)| a == b;
        let folder = folder(path);
        root.components().zip(folder.components()).take_while(same).map(|(a, _)| a).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(logs: &[&str]) -> Result<Vec<String>> {
        let logs: Vec<String> = logs.iter().map(|&l| l.to_owned()).collect();
        Ok(expand(&logs)?.into_iter().map(|i| i.name).collect())
    }

    #[test]
    fn folders_patterns_and_names() {
        let dir = tempfile::tempdir().unwrap();
        let at = |p: &str| dir.path().join(p).to_string_lossy().into_owned();
        std::fs::create_dir_all(dir.path().join("b/c")).unwrap();
        for name in ["a.log", "b/x.log", "b/c/y.txt", "b/c/z.log"] {
            std::fs::write(dir.path().join(name), "").unwrap();
        }
        assert_eq!(names(&[&at("")]).unwrap(), ["a.log", "b/c/y.txt", "b/c/z.log", "b/x.log"]);
        assert_eq!(names(&[&at("b/*.log")]).unwrap(), ["x.log"]);
        assert_eq!(names(&[&at("**/*.log")]).unwrap(), ["a.log", "b/c/z.log", "b/x.log"]);
        assert_eq!(
            names(&[&at("b/x.log"), &at("a.log"), &at("a.log"), "-"]).unwrap(),
            ["b/x.log", "a.log", "-"]
        );
        assert!(matches!(names(&[&at("*.gz")]), Err(Error::NoMatch { .. })));
        assert!(matches!(names(&[&at("none/*.gz")]), Err(Error::NoMatch { .. })));
        assert!(matches!(names(&[&at("missing.log")]), Err(Error::Read { .. })));
        assert!(matches!(names(&[&at("[")]), Err(Error::BadPattern { .. })));
    }
}
