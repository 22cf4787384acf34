//! A benchmark's values: persisted ones win over those of the file, key by key.

use serde_json::{Map, Value};

/// `persisted` over `file`: maps are merged, everything else, lists included, is replaced.
pub fn merged(file: &Map<String, Value>, persisted: &Map<String, Value>) -> Map<String, Value> {
    let mut result = file.clone();
    for (key, value) in persisted {
        let value = match (result.get(key), value) {
            (Some(Value::Object(below)), Value::Object(above)) => {
                Value::Object(merged(below, above))
            }
            _ => value.clone(),
        };
        result.insert(key.clone(), value);
    }
    result
}

/// A key with two different values.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The top-level key.
    pub key: String,
    /// The value that counts, if it has one.
    pub kept: Option<Value>,
    /// The value that does not.
    pub other: Option<Value>,
}

/// Top-level keys of `other` whose value `kept` does not share.
pub fn differences(kept: &Map<String, Value>, other: &Map<String, Value>) -> Vec<Difference> {
    let differing = other.iter().filter(|(key, value)| kept.get(*key) != Some(value));
    differing
        .map(|(key, value)| Difference {
            key: key.clone(),
            kept: kept.get(key).cloned(),
            other: Some(value.clone()),
        })
        .collect()
}

/// A value on one short line.
pub fn shown(value: Option<&Value>) -> String {
    const LONGEST: usize = 60;
    let Some(value) = value else { return "nothing".into() };
    let text = value.to_string();
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST - 3).chain("...".chars()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: Value) -> Map<String, Value> {
        let Value::Object(map) = value else { panic!("no map") };
        map
    }

    #[test]
    fn persisted_values_win_and_new_keys_appear() {
        let file = map(json!({"a": 9, "new": 2, "l": [1, 2], "m": {"x": 1, "y": 1}}));
        let persisted = map(json!({"a": 1, "gone": 3, "l": [7], "m": {"y": 2}}));
        let expected = json!({"a": 1, "new": 2, "l": [7], "m": {"x": 1, "y": 2}, "gone": 3});
        assert_eq!(Value::Object(merged(&file, &persisted)), expected);
    }

    #[test]
    fn names_what_differs() {
        let file = map(json!({"a": 9, "same": 1, "lost": 0}));
        let kept = map(json!({"a": 1, "same": 1, "own": 5}));
        let keys: Vec<String> =
            differences(&kept, &file).into_iter().map(|found| found.key).collect();
        assert_eq!(keys, ["a", "lost"]);
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(shown(Some(&json!("é".repeat(100)))).chars().count(), 60);
        assert_eq!(shown(None), "nothing");
    }
}
