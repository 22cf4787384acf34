//! `BENCHMARK_CONFIG`: YAML whose first top-level key is the benchmark's name and holds its values.

use std::path::Path;

use serde_json::{Map, Value};

use super::yaml_flavour::ambiguous_scalars;
use super::{Hook, findings, yaml};
use crate::error::Error;
use crate::hook::protocol::Loaded;

/// What a benchmark file declares.
#[derive(Debug, Clone)]
pub struct Config {
    /// The first top-level key.
    pub name: String,
    /// What stands under it.
    pub values: Map<String, Value>,
    /// Things worth telling, none of which stops a run.
    pub warnings: Vec<String>,
}

/// Checks what loading a file brought to light: the hooks first, then the configuration.
pub fn check(file: &Path, loaded: &Loaded) -> Result<Config, Error> {
    let config = read(file, loaded)?;
    match hook_problems(file, loaded) {
        Some(problem) => Err(problem),
        None => Ok(config),
    }
}

/// Hooks that are missing or cannot be called.
pub fn hook_problems(file: &Path, loaded: &Loaded) -> Option<Error> {
    let missing: Vec<&str> = Hook::NEEDED
        .iter()
        .map(|hook| hook.name())
        .filter(|name| !loaded.hooks.contains_key(*name))
        .collect();
    let mut problems = Vec::new();
    if !missing.is_empty() {
        problems.push(format!("missing hook: {}", missing.join(", ")));
    }
    problems.extend(loaded.hooks.values().flatten().cloned());
    if problems.is_empty() {
        return None;
    }
    let is_missing = |hook: &&Hook| !loaded.hooks.contains_key(hook.name());
    let is_wrong = |hook: &&Hook| loaded.hooks.get(hook.name()).is_some_and(Option::is_some);
    let first = Hook::NEEDED.iter().find(is_missing).or(Hook::ALL.iter().find(is_wrong));
    let first = first.copied().unwrap_or(Hook::Prepare);
    Some(Error::Hooks { file: file.into(), problem: problems.join("; "), first })
}

/// The configuration.
pub fn read(file: &Path, loaded: &Loaded) -> Result<Config, Error> {
    let first_line = loaded.config_line;
    let place = |line: Option<usize>| match (first_line, line) {
        (Some(first), Some(line)) => format!("{}:{}", file.display(), first + line - 1),
        (Some(first), None) => format!("{}:{first}", file.display()),
        _ => file.display().to_string(),
    };
    let wrong = |problem: String| Error::Config { place: place(None), problem };

    let text = match (&loaded.config, &loaded.config_type) {
        (Some(text), _) => text,
        (None, Some(kind)) => {
            return Err(wrong(format!(
                "BENCHMARK_CONFIG is of type {kind}; it must be text (YAML)"
            )));
        }
        (None, None) => {
            return Err(wrong(
                "BENCHMARK_CONFIG is missing; it must be text (YAML) whose first key is the benchmark's name".into(),
            ));
        }
    };
    let tree = yaml::parse(text).map_err(|error| {
        let mut place = place(error.line);
        if let (Some(_), Some(column)) = (error.line, error.column) {
            place = format!("{place}:{column}");
        }
        Error::Config {
            place,
            problem: format!("BENCHMARK_CONFIG is not valid YAML: {}", error.problem),
        }
    })?;
    let Value::Object(tree) = tree else {
        return Err(wrong(
            "BENCHMARK_CONFIG must be a map whose first key is the benchmark's name".into(),
        ));
    };
    let mut warnings: Vec<String> = ambiguous_scalars(text)
        .into_iter()
        .map(|found| {
            format!(
                "{}: unquoted {} is read as YAML 1.2; PyYAML reads {}. Quote it to be sure.",
                place(Some(found.line)),
                found.scalar,
                found.old_reading
            )
        })
        .collect();
    if tree.len() > 1 {
        let others: Vec<&str> = tree.keys().skip(1).map(String::as_str).collect();
        warnings.push(format!(
            "{}: only the first key of BENCHMARK_CONFIG is the benchmark; not used: {}",
            place(None),
            others.join(", ")
        ));
    }
    let Some((name, section)) = tree.into_iter().next() else {
        return Err(wrong(
            "BENCHMARK_CONFIG is empty; its first key must be the benchmark's name".into(),
        ));
    };
    if name == "sb" || name.trim().is_empty() {
        return Err(wrong(format!("'{name}' cannot be a benchmark's name")));
    }
    let values = match section {
        Value::Null => Map::new(),
        Value::Object(values) => values,
        _ => return Err(wrong(format!("{name}: must hold a map of values"))),
    };
    let doubts = findings::of_values(&values);
    warnings.extend(doubts.into_iter().map(|doubt| format!("{}: {doubt}", place(None))));
    Ok(Config { name, values, warnings })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    fn loaded(config: &str) -> Loaded {
        Loaded {
            python: "3.11.7".into(),
            config: Some(config.into()),
            config_type: Some("str".into()),
            config_line: Some(10),
            hooks: Hook::ALL.iter().map(|hook| (hook.name().to_string(), None)).collect(),
        }
    }

    fn message(result: Result<Config, Error>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn the_first_key_is_the_name() {
        let config = check(Path::new("x.py"), &loaded("\napp:\n  a: 1\n")).unwrap();
        assert_eq!((config.name.as_str(), Value::Object(config.values)), ("app", json!({"a": 1})));
        assert!(check(Path::new("x.py"), &loaded("app:\n")).unwrap().values.is_empty());
    }

    #[test]
    fn places_are_those_of_the_file() {
        assert!(
            message(check(Path::new("x.py"), &loaded("\napp:\n  a: [\n"))).starts_with("x.py:1")
        );
        let config = check(Path::new("x.py"), &loaded("\napp:\n  a: yes\n")).unwrap();
        assert!(config.warnings[0].starts_with("x.py:12: unquoted yes"), "{:?}", config.warnings);
    }

    #[test]
    fn names_all_missing_hooks_at_once() {
        let mut file = loaded("app:\n");
        file.hooks = BTreeMap::from([
            ("prepare".to_string(), None),
            ("invoke".to_string(), Some("invoke is not a function but of type int".to_string())),
        ]);
        assert_eq!(
            message(check(Path::new("x.py"), &file)),
            "x.py: missing hook: cleanup; invoke is not a function but of type int"
        );
    }

    #[test]
    fn shapes_that_are_no_configuration() {
        for text in ["", "- a\n", "app: 3\n", "sb: {}\n", "{}\n"] {
            assert!(
                message(check(Path::new("x.py"), &loaded(text))).starts_with("x.py:10: "),
                "{text}"
            );
        }
        let mut file = loaded("");
        file.config = None;
        assert!(message(check(Path::new("x.py"), &file)).contains("type str"));
        file.config_type = None;
        assert!(message(check(Path::new("x.py"), &file)).contains("is missing"));
    }
}
