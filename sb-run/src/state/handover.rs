//! The file that `$SB_VALUES` names: values that a plan keeps from run to run, although the state
//! of a run ends with it.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::atomic;
use crate::error::Error;

const VARIABLE: &str = "SB_VALUES";

fn file() -> Option<PathBuf> {
    std::env::var_os(VARIABLE).filter(|name| !name.is_empty()).map(PathBuf::from)
}

/// The values of the runs before.
pub fn values(benchmark: &str) -> Map<String, Value> {
    let read = || {
        let tree: Value = serde_json::from_slice(&std::fs::read(file()?).ok()?).ok()?;
        (tree.get("name")? == benchmark).then(|| tree.get("values")?.as_object().cloned())?
    };
    read().unwrap_or_default()
}

/// Hands them on.
pub fn write(benchmark: &str, values: &Map<String, Value>, run: &Path) -> Result<(), Error> {
    let Some(path) = file() else { return Ok(()) };
    let run = run.to_string_lossy();
    let text = json!({"name": benchmark, "values": values, "run": run}).to_string();
    atomic::write(&path, text.as_bytes(), 0o600)
}
