//! `sb-run config get|show`: the values of the open run, as `.sb/config.yml` has them.

use std::path::Path;

use serde_json::{Map, Value};

use crate::error::Error;
use crate::state::config_file::ConfigFile;

/// What is asked for, as text.
pub(super) fn text(folder: &Path, words: &[String]) -> Result<String, Error> {
    let file = ConfigFile::read(folder)?;
    let runs = file.open_runs();
    let values = || -> Result<&Map<String, Value>, Error> {
        let name = runs.first().map(|(name, _)| name.as_str());
        name.and_then(|name| file.values(name)).ok_or_else(|| {
            Error::Usage(
                "no run is open, so there are no values; prepare or 'config set' opens one".into(),
            )
        })
    };
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["get", key] => {
            let value = values()?.get(*key).cloned().unwrap_or_default();
            // Text as it is, so that a shell script can use it.
            Ok(value.as_str().map_or_else(|| format!("{value}\n"), |text| format!("{text}\n")))
        }
        ["show"] => {
            let mut text = String::new();
            for (name, _) in &runs {
                let values = file.values(name).cloned().unwrap_or_default();
                let tree = Value::Object(Map::from_iter([(name.clone(), Value::Object(values))]));
                text.push_str(&format_json(&tree));
                text.push('\n');
            }
            if runs.is_empty() { values().map(|_| text) } else { Ok(text) }
        }
        _ => Err(Error::Usage("config takes: get KEY, set KEY VALUE, or show".into())),
    }
}

/// Indented by four, as the original tool does.
fn format_json(tree: &Value) -> String {
    use serde::Serialize;
    use serde_json::ser::{PrettyFormatter, Serializer};
    let mut bytes = Vec::new();
    // Writing to memory and values of JSON do not fail.
    let _ = tree.serialize(&mut Serializer::with_formatter(
        &mut bytes,
        PrettyFormatter::with_indent(b"    "),
    ));
    String::from_utf8_lossy(&bytes).into_owned()
}
