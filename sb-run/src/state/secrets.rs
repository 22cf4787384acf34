//! Values that must not reach `out/`: those whose key looks secret.

use serde_json::{Map, Value};

/// What stands in place of a secret.
pub const MASK: &str = "(masked)";

const WORDS: [&str; 8] =
    ["password", "passwd", "secret", "token", "connection", "credential", "apikey", "privatekey"];

/// Whether a key names a secret: `db_password`, `AZURE_CONNECTION_STRING`, `apiKey`.
pub fn is_secret(key: &str) -> bool {
    let plain: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
    let plain = plain.to_ascii_lowercase();
    WORDS.iter().any(|word| plain.contains(word))
}

/// The value with all secrets in it replaced; `key` is its own.
pub fn masked(key: &str, value: &Value) -> Value {
    if is_secret(key) && !value.is_null() {
        return Value::String(MASK.into());
    }
    match value {
        Value::Object(map) => Value::Object(masked_map(map)),
        Value::Array(items) => Value::Array(items.iter().map(|item| masked("", item)).collect()),
        other => other.clone(),
    }
}

/// The same for a whole map.
pub fn masked_map(map: &Map<String, Value>) -> Map<String, Value> {
    map.iter().map(|(key, value)| (key.clone(), masked(key, value))).collect()
}

/// Whether something in it was replaced.
pub fn is_masked(value: &Value) -> bool {
    match value {
        Value::String(text) => text == MASK,
        Value::Object(map) => map.values().any(is_masked),
        Value::Array(items) => items.iter().any(is_masked),
        _ => false,
    }
}

/// The text without the secrets among `values`, for command lines and messages.
pub fn scrubbed(text: &str, values: &Map<String, Value>) -> String {
    let mut secrets = Vec::new();
    for (key, value) in values {
        collect(is_secret(key), value, &mut secrets);
    }
    // The longest first: one secret may be part of another.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets.iter().fold(text.to_string(), |text, secret| text.replace(secret.as_str(), MASK))
}

fn collect(secret: bool, value: &Value, found: &mut Vec<String>) {
    match value {
        // Shorter ones would hit innocent text.
        Value::String(text) if secret && text.len() >= 4 => found.push(text.clone()),
        Value::Object(map) => {
            map.iter().for_each(|(key, value)| collect(secret || is_secret(key), value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(secret, item, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_that_look_secret() {
        for key in
            ["password", "DB_PASSWORD", "aws-secret", "accessToken", "connection_string", "api_key"]
        {
            assert!(is_secret(key), "{key}");
        }
        for key in ["endpoint", "provider", "key", "region"] {
            assert!(!is_secret(key), "{key}");
        }
    }

    #[test]
    fn masks_at_any_depth() {
        let value =
            json!({"user": "x", "db": [{"password": "hunter22", "port": 1}], "token": null});
        let expected = json!({"user": "x", "db": [{"password": MASK, "port": 1}], "token": null});
        let hidden = masked("app", &value);
        assert_eq!(hidden, expected);
        assert!(is_masked(&hidden) && !is_masked(&value));
        assert_eq!(masked("app_secret", &json!([1])), json!(MASK));
    }

    #[test]
    fn scrubs_text() {
        let Value::Object(values) =
            json!({"db": {"password": "hunter22"}, "token": ["hunter2"], "secret": "ab"})
        else {
            unreachable!()
        };
        assert_eq!(
            scrubbed("login -p hunter22 -t hunter2 ab", &values),
            format!("login -p {MASK} -t {MASK} ab")
        );
    }
}
