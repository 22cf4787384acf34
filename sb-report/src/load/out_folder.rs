//! An `out/` folder: the logs of each run, and what its journal says of it.

use crate::error::{Error, Result};
use crate::model::RunFacts;
use sb_trace::{Input, Place, Run};
use serde_json::{Map, Value};
use std::fs;
use std::path::{Path, PathBuf};

/// The inputs and facts of all runs, by run id.
pub(super) fn read(out: &Path) -> Result<(Vec<Input>, Vec<RunFacts>)> {
    let runs = out.join("runs");
    let mut folders = listed(&runs)?;
    folders.retain(|path| path.is_dir());
    if folders.is_empty() {
        return Err(Error::NoRuns { path: out.to_owned() });
    }
    let (mut inputs, mut facts) = (Vec::new(), Vec::new());
    for folder in folders {
        let journal = Journal::read(&folder);
        for path in logs(&folder)? {
            let name = path.strip_prefix(out).unwrap_or(&path).to_string_lossy().into_owned();
            let hook_log = path.parent() == Some(folder.as_path());
            inputs.push(Input {
                place: Place::File(path),
                name,
                run: Some(journal.run.clone()),
                hook_log,
            });
        }
        facts.push(journal.facts);
    }
    Ok((inputs, facts))
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

/// What `journal.ndjson` says of its run.
struct Journal {
    run: Run,
    facts: RunFacts,
}

impl Journal {
    /// A run without a journal is called by its folder, `<benchmark>-<UTC second>-<4 hex>`.
    fn read(folder: &Path) -> Self {
        let id = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let benchmark = id.rsplitn(3, '-').nth(2).unwrap_or(&id).to_owned();
        let mut run = Run { id: id.clone(), benchmark, ..Run::default() };
        let mut facts = RunFacts { id, interrupted: None };
        let Ok(text) = fs::read_to_string(folder.join("journal.ndjson")) else {
            return Self { run, facts };
        };
        let records: Vec<Map<String, Value>> =
            text.lines().filter_map(|l| serde_json::from_str(l).ok()).collect();
        for record in &records {
            let event = record.get("event").and_then(Value::as_str).unwrap_or_default();
            if event == "run_opened" {
                open(&mut run, record);
            }
            if event.contains("interrupt") {
                facts.interrupted = Some("it was interrupted".to_owned());
            }
        }
        let closed =
            |r: &Map<String, Value>| r.get("event").and_then(Value::as_str) == Some("run_closed");
        if facts.interrupted.is_none() && !records.iter().any(closed) {
            facts.interrupted = Some("its journal has no end".to_owned());
        }
        Self { run, facts }
    }
}

/// Values that become tags, as the table of latencies promises.
const TAGS: [&str; 3] = ["label", "trigger", "load_level"];

fn open(run: &mut Run, record: &Map<String, Value>) {
    let text = |map: &Map<String, Value>, key: &str| match map.get(key) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Array(all)) => {
            Some(all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("+"))
        }
        _ => None,
    };
    if let Some(benchmark) = text(record, "benchmark") {
        run.benchmark = benchmark;
    }
    if let Some(values) = record.get("values").and_then(Value::as_object) {
        run.provider = text(values, "provider").unwrap_or_default();
        run.region = text(values, "region").unwrap_or_default();
        for tag in TAGS {
            run.tags.extend(text(values, tag).map(|value| (tag.to_owned(), value)));
        }
    }
    if let Some(tags) = record.get("tags").and_then(Value::as_object) {
        for (name, value) in tags {
            run.tags.retain(|(tag, _)| tag != name);
            run.tags.push((
                name.clone(),
                value.as_str().map_or_else(|| value.to_string(), str::to_owned),
            ));
        }
    }
}

/// Whether a file is one that this program wrote, which is never read as a log.
pub fn is_ours(path: &Path) -> bool {
    use std::io::Read;
    let mut head = Vec::new();
    let read = fs::File::open(path).and_then(|f| f.take(4096).read_to_end(&mut head));
    if read.is_err() {
        return false;
    }
    let holds = |needle: &[u8]| head.windows(needle.len()).any(|w| w == needle);
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    head.starts_with(b"PAR1")
        || (head.starts_with(b"\x89PNG") && path.parent().is_some_and(|p| p.ends_with("charts")))
        || holds(b"name=\"generator\" content=\"sb-report")
        || holds(b"data-generator=\"sb-report\"")
        || (name == "summary.json" && holds(b"\"tool\": \"sb-report\""))
        || (name == "summary.md" && holds(b"<!-- sb-report -->"))
}
