//! What a benchmark file seems to say, without executing it: needed where hooks run in a
//! container, whose mounts must be known before the file can be loaded. What is seen here is
//! checked once it is loaded.

use serde_json::{Map, Value};

use super::yaml;

/// The values of a `BENCHMARK_CONFIG` that is one plain string; empty if it is written otherwise.
pub fn values(source: &str) -> Map<String, Value> {
    let section = || match yaml::parse(literal(source)?).ok()? {
        Value::Object(tree) => tree.into_iter().next(),
        _ => None,
    };
    match section() {
        Some((_, Value::Object(values))) => values,
        _ => Map::new(),
    }
}

/// Whether the file builds images itself.
pub fn builds_images(source: &str) -> bool {
    source
        .lines()
        .any(|line| line.split('#').next().is_some_and(|code| code.contains("spec.build(")))
}

fn literal(source: &str) -> Option<&str> {
    let start = source.lines().find(|line| line.starts_with("BENCHMARK_CONFIG"))?;
    let at = start.as_ptr().addr() - source.as_ptr().addr();
    let (_, rest) = source.get(at..)?.split_once('=')?;
    let rest = rest.trim_start_matches([' ', '\\', '\n', '(']);
    ["\"\"\"", "'''", "\"", "'"].iter().find_map(|quote| {
        let (text, _) = rest.strip_prefix(quote)?.split_once(quote)?;
        Some(text)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_a_plain_string() {
        let source =
            "import os\nBENCHMARK_CONFIG = \"\"\"\napp:\n  root: ..\n  provider: [aws]\n\"\"\"\n";
        assert_eq!(Value::Object(values(source)), json!({"root": "..", "provider": ["aws"]}));
        assert_eq!(
            Value::Object(values("BENCHMARK_CONFIG = 'a: {root: x}'\n")),
            json!({"root": "x"})
        );
    }

    #[test]
    fn gives_up_on_everything_else() {
        for source in [
            "",
            "BENCHMARK_CONFIG",
            "BENCHMARK_CONFIG = load()",
            "BENCHMARK_CONFIG = '''\na: [\n'''",
            "BENCHMARK_CONFIG = '''a:'''",
        ] {
            assert!(values(source).is_empty(), "{source}");
        }
    }

    #[test]
    fn sees_calls_but_not_comments() {
        assert!(builds_images("    spec.build('x')\n"));
        assert!(!builds_images("# spec.build('x')\n"));
    }
}
