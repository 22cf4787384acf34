//! What `invoke` is told: the keys that every invoke sets anew, whatever stood there before, and
//! the options file of k6.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::upscale::{self, Scale};
use super::{python_json, rates};
use crate::benchmark::shown;

/// The k6 script and its options if the benchmark names no others.
const OPTIONS: &str = "workload_options.json";
/// Named patterns of the original tool that are not built yet.
const PATTERNS: [&str; 4] = ["steady", "fluctuating", "jump", "spikes"];

/// Which load is asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Kind {
    /// One invocation.
    #[default]
    Single,
    /// So many, one after the other.
    Number(u64),
    /// A word: `custom`, or any with k6 options.
    Named(String),
}

/// The load of an invoke.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Workload {
    /// Which.
    pub kind: Kind,
    /// `--workload-options`: k6 options as JSON, or a file with them.
    pub options: Option<String>,
    /// `--workload-trace`: a CSV file with invocations per minute.
    pub trace: Option<PathBuf>,
    /// How its rates are changed.
    pub scale: Scale,
}

impl Workload {
    /// So many invocations.
    pub fn number(number: u64) -> Self {
        Self { kind: Kind::Number(number), ..Self::default() }
    }

    /// Whether this load can be made; the files are read once the benchmark is known.
    pub fn check(&self) -> Result<(), String> {
        let Kind::Named(word) = &self.kind else { return Ok(()) };
        let is_pattern = PATTERNS.contains(&word.as_str());
        if self.options.is_some() || (!is_pattern && self.trace.is_some()) {
            return Ok(());
        }
        if word == "custom" {
            return Err(
                "custom needs --workload-trace FILE.csv (a column InvocationsPerMinute) or \
                 --workload-options FILE.json (k6 options)"
                    .into(),
            );
        }
        if is_pattern {
            return Err(format!(
                "the pattern '{word}' is not built in yet; give its rates: invoke custom --workload-trace {word}.csv"
            ));
        }
        Err(format!("unknown workload '{word}': there are single, a number from 1 on, and custom"))
    }

    /// Words for a plan: `10`, `custom`.
    pub fn words(&self) -> Option<String> {
        match &self.kind {
            Kind::Single => None,
            Kind::Number(number) => Some(number.to_string()),
            Kind::Named(word) => Some(word.clone()),
        }
    }

    /// The values of an invoke.
    pub fn values(&self) -> Map<String, Value> {
        let whole = |number: f64| {
            if number.fract() == 0.0 && number.abs() < 1e15 {
                #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
                let whole = number as i64;
                json!(whole)
            } else {
                json!(number)
            }
        };
        let values = json!({
            "workload_type": match &self.kind {
                Kind::Single => json!("single"),
                Kind::Number(number) => json!(number),
                Kind::Named(word) => json!(word),
            },
            "scale_factor": whole(self.scale.factor),
            "scale_type": self.scale.kind.word(),
            "workload_trace": self.trace.as_ref().map(|path| path.display().to_string()),
            "scale_rate_per_second": self.scale.rate.map(whole),
            "seconds_to_skip": self.scale.skip,
        });
        if let Value::Object(values) = values { values } else { Map::new() }
    }

    /// The text of the options file; files are looked for here and beside the benchmark file.
    pub fn options_text(&self, folder: &Path) -> Result<Vec<u8>, String> {
        if let Some(options) = &self.options {
            return given(options, folder);
        }
        match (&self.kind, &self.trace) {
            (Kind::Number(number), _) => Ok(iterations(*number)),
            (Kind::Named(_), Some(path)) => {
                let text = read(path, folder)?;
                let text = String::from_utf8_lossy(&text);
                let minutes = rates::parse(&text)
                    .map_err(|problem| format!("{}: {problem}", path.display()))?;
                let seconds = upscale::seconds(&minutes, &self.scale);
                Ok(python_json::text(&rates::k6(&seconds)))
            }
            _ => Ok(iterations(1)),
        }
    }
}

fn iterations(number: u64) -> Vec<u8> {
    python_json::text(&json!({"vus": 1, "iterations": number}))
}

fn given(options: &str, folder: &Path) -> Result<Vec<u8>, String> {
    if options.trim_start().starts_with('{') {
        let tree: Value = serde_json::from_str(options)
            .map_err(|error| format!("--workload-options is not valid JSON: {error}"))?;
        return Ok(python_json::text(&tree));
    }
    let text = read(Path::new(options), folder)?;
    // Copied as it is, but not without knowing that k6 can read it.
    serde_json::from_slice::<Value>(&text)
        .map_err(|error| format!("{options}: not valid JSON: {error}"))?;
    Ok(text)
}

fn read(path: &Path, folder: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path)
        .or_else(|_| std::fs::read(folder.join(path)))
        .map_err(|error| format!("cannot read {}: {}", shown(path), crate::error::plain(&error)))
}

/// Where the options file of k6 lies, relative to the benchmark's folder: next to the script, if
/// only that is named.
pub fn options_file(values: &Map<String, Value>) -> PathBuf {
    let path = |key| values.get(key).and_then(Value::as_str).map(PathBuf::from);
    path("workload_options").unwrap_or_else(|| {
        let script = path("workload_script").unwrap_or_default();
        script.parent().unwrap_or(Path::new("")).join(OPTIONS)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(workload: &Workload) -> String {
        String::from_utf8(workload.options_text(Path::new("/")).unwrap()).unwrap()
    }

    #[test]
    fn n_is_the_workload_type() {
        let values = Workload::number(10).values();
        assert_eq!(values.get("workload_type"), Some(&json!(10)));
        assert_eq!(values.get("scale_factor"), Some(&json!(1)));
        assert_eq!(Workload::default().values().get("workload_type"), Some(&json!("single")));
        assert_eq!(values.len(), 6);
    }

    #[test]
    fn options_to_the_letter() {
        assert_eq!(text(&Workload::default()), r#"{"vus": 1, "iterations": 1}"#);
        assert_eq!(text(&Workload::number(10)), r#"{"vus": 1, "iterations": 10}"#);
        let options = Some(r#"{"a":[1,2],"b":{"é":null}}"#.to_string());
        let custom = Workload { kind: Kind::Named("any".into()), options, ..Workload::default() };
        assert_eq!(custom.check(), Ok(()));
        assert_eq!(text(&custom), r#"{"a": [1, 2], "b": {"\u00e9": null}}"#);
    }

    #[test]
    fn what_cannot_be_made_is_explained() {
        let check = |word: &str| {
            Workload { kind: Kind::Named(word.into()), ..Workload::default() }.check().unwrap_err()
        };
        assert!(check("custom").contains("--workload-trace"));
        assert!(check("steady").contains("not built in yet"));
        assert!(check("bursty").contains("unknown workload 'bursty'"));
    }

    #[test]
    fn the_options_file_lies_next_to_the_script() {
        let file = |values: Value| options_file(values.as_object().unwrap());
        assert_eq!(file(json!({})), Path::new("workload_options.json"));
        assert_eq!(
            file(json!({"workload_script": "../workload_script.js"})),
            Path::new("../workload_options.json")
        );
        assert_eq!(file(json!({"workload_options": "o.json"})), Path::new("o.json"));
    }
}
