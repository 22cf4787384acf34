//! What is wrong or doubtful about a benchmark file, all at once, each with what to do.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::config;
use super::regions::distance;
use crate::error::Error;
use crate::hook::protocol::Loaded;

/// Keys that sb-run or its users know.
const KEYS: [&str; 13] = [
    "description",
    "provider",
    "region",
    "root",
    "endpoint",
    "workload_script",
    "workload_options",
    "log_groups",
    "app_insights",
    "resource_group",
    "log_filter",
    "project",
    "deploy_id",
];
const PROVIDERS: [&str; 7] = ["aws", "azure", "google", "ibm", "alibaba", "pulumi", "local"];

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// It cannot run.
    Error,
    /// It may not do what is meant.
    Warning,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::Error { "error" } else { "warning" })
    }
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad.
    pub level: Level,
    /// What, with its place.
    pub text: String,
    /// What to do.
    pub hint: Option<String>,
}

/// What the inspection of a file gave.
#[derive(Debug, Clone, Deserialize)]
pub struct Inspected {
    /// The interpreter's version.
    pub python: String,
    /// The hooks that exist, and why they cannot be called, if so.
    pub hooks: BTreeMap<String, Option<String>>,
    /// Modules that are not there, with the lines that import them.
    pub missing: Vec<(String, u64)>,
    /// Keys that hooks set.
    pub sets: Vec<String>,
    /// Methods that are called.
    pub calls: Vec<String>,
    /// `BENCHMARK_CONFIG`, if it is text.
    pub config: Option<String>,
    /// Its type, if it exists.
    pub config_type: Option<String>,
    /// The line where it begins.
    pub config_line: Option<usize>,
    /// Line and message, if the file is no Python.
    pub syntax: Option<(Option<u64>, String)>,
    /// False if only executing the file can tell what it defines.
    pub plain: bool,
}

/// All findings about a file that was inspected.
pub fn of_file(file: &Path, found: &Inspected) -> (Option<String>, Vec<Finding>) {
    let place = |line: Option<u64>| match line {
        Some(line) => format!("{}:{line}", file.display()),
        None => file.display().to_string(),
    };
    let mut findings = Vec::new();
    if let Some((line, message)) = &found.syntax {
        findings.push(error(format!("{}: SyntaxError: {message}", place(*line)), None));
        return (None, findings);
    }
    let in_image = file.with_file_name("Dockerfile").is_file();
    for (module, line) in &found.missing {
        let place = place(Some(*line));
        findings.push(if in_image {
            warning(format!(
                "{place}: '{module}' is not on this machine; it must be in the image of the Dockerfile"
            ))
        } else {
            error(
                format!("{place}: No module named '{module}'"),
                Some("python3 -m pip install it for the python3 that runs the hooks, or name another in SB_PYTHON"),
            )
        });
    }
    let loaded = Loaded {
        python: found.python.clone(),
        config: found.config.clone(),
        config_type: found.config_type.clone(),
        config_line: found.config_line,
        hooks: found.hooks.clone(),
    };
    if let Some(problem) = config::hook_problems(file, &loaded) {
        findings.push(of_error(&problem));
    }
    let mut name = None;
    match config::read(file, &loaded) {
        Ok(config) => {
            findings.extend(config.warnings.iter().map(|text| warning(text.clone())));
            let folder = file.parent().unwrap_or(Path::new("."));
            findings.extend(surroundings(folder, found, &config.values));
            name = Some(config.name);
        }
        Err(problem) => findings.push(of_error(&problem)),
    }
    (name, findings)
}

fn surroundings(folder: &Path, found: &Inspected, values: &Map<String, Value>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (key, value) in values {
        if value == "DYNAMIC" && !found.sets.contains(key) {
            findings.push(warning(format!(
                "{key} is DYNAMIC, but nothing in the file sets spec['{key}']; prepare must"
            )));
        }
    }
    if found.calls.iter().any(|call| call == "run_k6") {
        let script = values.get("workload_script").and_then(Value::as_str);
        let script = script.unwrap_or("workload_script.js");
        if !folder.join(script).is_file() {
            findings.push(warning(format!("spec.run_k6 needs {script}, which is not there")));
        }
    }
    let dockerfile = folder.join("Dockerfile");
    if let Ok(text) = std::fs::read_to_string(&dockerfile)
        && !text.lines().any(|line| line.trim_start().to_ascii_uppercase().starts_with("FROM "))
    {
        findings.push(error(
            format!("{}: a Dockerfile without FROM cannot be built", dockerfile.display()),
            None,
        ));
    }
    findings
}

/// Doubts about values: near-misses of known names, and types that nothing can use.
pub fn of_values(values: &Map<String, Value>) -> Vec<String> {
    let mut doubts = Vec::new();
    for (key, value) in values {
        if let Some(meant) = near(key, &KEYS, 5) {
            doubts.push(format!("'{key}' is not a known key; is '{meant}' meant?"));
        }
        let is_text = value.is_string() || value.is_null();
        if ["region", "root", "description", "endpoint", "workload_script"].contains(&key.as_str())
            && !is_text
        {
            doubts.push(format!("{key} must be text, not {value}"));
        }
    }
    let names = match values.get("provider") {
        Some(Value::Array(names)) => names.as_slice(),
        Some(name) => std::slice::from_ref(name),
        None => &[],
    };
    for name in names {
        match name.as_str() {
            Some(name) => doubts.extend(
                near(name, &PROVIDERS, 3)
                    .map(|meant| format!("'{name}' is not a known provider; is '{meant}' meant?")),
            ),
            None if name.is_null() => {}
            None => doubts.push(format!("provider must be a name or a list of names, not {name}")),
        }
    }
    doubts
}

/// A known name that is nearly this word; those of fewer letters than `least` are near to anything.
fn near<'a>(word: &str, known: &[&'a str], least: usize) -> Option<&'a str> {
    if known.contains(&word) {
        return None;
    }
    let room = |one: &str| if one.len() < 5 { 1 } else { 2 };
    let is_near = |one: &&&str| one.len() >= least && distance(one, word) <= room(one);
    known.iter().find(is_near).copied()
}

/// A finding that stops a run.
pub fn of_error(problem: &Error) -> Finding {
    Finding { level: Level::Error, text: problem.to_string(), hint: problem.hint() }
}

fn error(text: String, hint: Option<&str>) -> Finding {
    Finding { level: Level::Error, text, hint: hint.map(Into::into) }
}

fn warning(text: String) -> Finding {
    Finding { level: Level::Warning, text, hint: None }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn near_misses() {
        let doubts = |value: Value| of_values(value.as_object().unwrap());
        assert_eq!(
            doubts(json!({"provder": "aws"})),
            ["'provder' is not a known key; is 'provider' meant?"]
        );
        assert_eq!(
            doubts(json!({"provider": "azzure"})),
            ["'azzure' is not a known provider; is 'azure' meant?"]
        );
        assert_eq!(
            doubts(json!({"provider": "awz"})),
            ["'awz' is not a known provider; is 'aws' meant?"]
        );
        assert_eq!(
            doubts(json!({"provider": ["aws", 3]})),
            ["provider must be a name or a list of names, not 3"]
        );
        assert_eq!(doubts(json!({"region": 5})), ["region must be text, not 5"]);
        assert!(doubts(json!({"provider": "mine", "own_key": 1, "region": "x"})).is_empty());
    }
}
