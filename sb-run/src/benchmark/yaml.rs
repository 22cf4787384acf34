//! YAML in and out. The only module that knows `serde_yaml`; everything else sees JSON values.

use serde::Serialize;
use serde_json::{Map, Number, Value};

use super::yaml_flavour::quoted;

/// Text that is no YAML, or holds what a value cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YamlError {
    /// Line within the text, counted from 1, where known.
    pub line: Option<usize>,
    /// Column, counted from 1, where known.
    pub column: Option<usize>,
    /// What is wrong.
    pub problem: String,
}

/// Reads one YAML document. Merge keys (`<<`) are applied, other tags than the plain ones refused.
pub fn parse(text: &str) -> Result<Value, YamlError> {
    let mut tree: serde_yaml::Value =
        serde_yaml::from_str(text).map_err(|error| described(&error))?;
    tree.apply_merge().map_err(|error| described(&error))?;
    to_json(tree)
}

/// Writes a value in block style, so that readers of YAML 1.1 (PyYAML) see the same values.
pub fn to_text(value: &impl Serialize) -> Result<String, YamlError> {
    let text = serde_yaml::to_string(value).map_err(|error| described(&error))?;
    Ok(quoted(&text))
}

fn described(error: &serde_yaml::Error) -> YamlError {
    let place = error.location();
    let text = error.to_string();
    // The place is reported apart from the sentence, which otherwise ends in it.
    let problem = text.split(" at line ").next().unwrap_or(&text).to_string();
    YamlError {
        line: place.as_ref().map(serde_yaml::Location::line),
        column: place.as_ref().map(serde_yaml::Location::column),
        problem,
    }
}

fn to_json(tree: serde_yaml::Value) -> Result<Value, YamlError> {
    Ok(match tree {
        serde_yaml::Value::Null => Value::Null,
        serde_yaml::Value::Bool(value) => Value::Bool(value),
        serde_yaml::Value::Number(value) => Value::Number(number(&value)?),
        serde_yaml::Value::String(value) => Value::String(value),
        serde_yaml::Value::Sequence(items) => {
            Value::Array(items.into_iter().map(to_json).collect::<Result<_, _>>()?)
        }
        serde_yaml::Value::Mapping(entries) => {
            let mut map = Map::new();
            for (key, value) in entries {
                map.insert(key_text(&key)?, to_json(value)?);
            }
            Value::Object(map)
        }
        serde_yaml::Value::Tagged(tagged) => {
            return Err(problem(format!("the tag {} is not supported", tagged.tag)));
        }
    })
}

fn number(value: &serde_yaml::Number) -> Result<Number, YamlError> {
    if value.as_u64().is_some_and(|whole| i64::try_from(whole).is_err()) {
        return Err(problem(format!("{value} is a number of more than 64 bits; quote it")));
    }
    let found =
        value.as_i64().map(Number::from).or_else(|| value.as_f64().and_then(Number::from_f64));
    found.ok_or_else(|| problem(format!("{value} is not a finite number")))
}

fn key_text(key: &serde_yaml::Value) -> Result<String, YamlError> {
    match key {
        serde_yaml::Value::String(text) => Ok(text.clone()),
        serde_yaml::Value::Number(value) => Ok(value.to_string()),
        serde_yaml::Value::Bool(value) => Ok(value.to_string()),
        serde_yaml::Value::Null => Ok("null".into()),
        _ => Err(problem("a key is a list or a map; only plain text can be a key".into())),
    }
}

fn problem(problem: String) -> YamlError {
    YamlError { line: None, column: None, problem }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_what_configurations_use() {
        let text = "app:\n  provider: [aws, pulumi]\n  n: 3\n  f: 0.5\n  e:\n  base: &b {x: 1}\n  more:\n    <<: *b\n    y: 2\n";
        let expected = json!({"app": {"provider": ["aws", "pulumi"], "n": 3, "f": 0.5, "e": null,
            "base": {"x": 1}, "more": {"y": 2, "x": 1}}});
        assert_eq!(parse(text).unwrap(), expected);
    }

    #[test]
    fn keys_that_are_no_text_become_text() {
        assert_eq!(parse("ports:\n  80: http\n").unwrap(), json!({"ports": {"80": "http"}}));
    }

    #[test]
    fn names_line_and_column() {
        let error = parse("app:\n  a: 1\n b: [\n").unwrap_err();
        assert_eq!(error.line, Some(3), "{error:?}");
        assert!(!error.problem.contains("at line"), "{error:?}");
    }

    #[test]
    fn refuses_tags_and_infinity() {
        assert!(parse("a: !custom [1]").is_err());
        assert!(parse("a: .inf").unwrap_err().problem.contains("finite"));
        assert!(parse("a: 9223372036854775808").unwrap_err().problem.contains("64 bits"));
        assert_eq!(parse("a: 9223372036854775807").unwrap(), json!({"a": i64::MAX}));
    }

    #[test]
    fn what_it_writes_it_reads_back() {
        let value = json!({"a": "yes", "b": "1:30", "c": "line\nline\n", "d": [], "e": {}, "f": "", "g": "010",
            "h": -9_223_372_036_854_775_808_i64, "i": 0.1, "j": null, "k": " x ", "l": "#", "m": "~"});
        let text = to_text(&value).unwrap();
        assert_eq!(parse(&text).unwrap(), value);
        // PyYAML would read true and 90.
        assert!(text.starts_with("a: 'yes'\nb: '1:30'\n"), "{text}");
    }
}
