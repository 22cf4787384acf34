//! BENCHMARK: which file, and what it says about itself.

pub mod config;
pub mod discover;
pub mod findings;
pub mod glance;
pub mod mount;
mod pattern;
pub mod regions;
pub mod shipped;
pub mod yaml;
pub mod yaml_flavour;

use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// A path as the user would name it from the current folder.
pub fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}

/// A `*_benchmark.py` that was found.
#[derive(Debug, Clone)]
pub struct Benchmark {
    /// The file, absolute, symbolic links resolved.
    pub file: PathBuf,
    /// The folder the hooks run in.
    pub folder: PathBuf,
    /// The name of a shipped one: its folder was unpacked, and goes again after cleanup.
    pub shipped: Option<&'static str>,
}

impl Benchmark {
    /// The file's name without its folder, for messages.
    pub fn short_name(&self) -> &Path {
        self.file.file_name().map_or(self.file.as_path(), Path::new)
    }

    /// How the user calls a verb for this benchmark from the current folder.
    pub fn call(&self, verb: &str) -> String {
        let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
        match self.shipped {
            Some(name) => format!("sb-run {verb} --benchmarks={name}"),
            None if self.folder == here => format!("sb-run {verb}"),
            None => format!("sb-run {verb} --file={}", shown(&self.file)),
        }
    }
}

/// Whether a `provider` value, a name or a list of names, includes this one.
pub fn provides(declared: Option<&Value>, asked: &Value) -> bool {
    match declared {
        Some(Value::Array(names)) => names.contains(asked),
        Some(name) => name == asked,
        None => false,
    }
}

/// The functions of a benchmark file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hook {
    /// Deploys.
    Prepare,
    /// Calls the application.
    Invoke,
    /// Fetches the application's logs; the only one that may be missing.
    Collect,
    /// Removes what prepare made.
    Cleanup,
}

impl Hook {
    /// All, in the order they run.
    pub const ALL: [Self; 4] = [Self::Prepare, Self::Invoke, Self::Collect, Self::Cleanup];
    /// Those that every benchmark file must have.
    pub const NEEDED: [Self; 3] = [Self::Prepare, Self::Invoke, Self::Cleanup];

    /// The function's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Prepare => "prepare",
            Self::Invoke => "invoke",
            Self::Collect => "collect",
            Self::Cleanup => "cleanup",
        }
    }
}

impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
