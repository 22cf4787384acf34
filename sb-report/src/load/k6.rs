//! What k6 left in the folder of a run: how much load was offered, and how much of it was made.

use crate::model::LoadFacts;
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// How the header of k6's CSV begins.
const HEADER: &str = "metric_name,timestamp,metric_value";
/// The name of the options file.
const OPTIONS: &str = "workload_options.json";

/// None where k6 has left nothing.
pub(super) fn read(folder: &Path) -> Option<LoadFacts> {
    let mut facts = LoadFacts::default();
    let mut seen = false;
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    for entry in files.filter(|e| e.file_type().is_file()) {
        let path = entry.path();
        if path.extension().is_some_and(|e| e == "csv") {
            seen |= metrics(path, &mut facts).unwrap_or_default();
        } else if entry.file_name() == OPTIONS
            && let Ok(text) = std::fs::read(path)
            && let Ok(options) = serde_json::from_slice::<Value>(&text)
        {
            seen |= offered(&options, &mut facts);
        }
    }
    seen.then_some(facts)
}

/// Adds up a CSV of k6's; false if it is another one.
fn metrics(path: &Path, facts: &mut LoadFacts) -> std::io::Result<bool> {
    let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
    let mut line = Vec::new();
    file.read_until(b'\n', &mut line)?;
    if !line.starts_with(HEADER.as_bytes()) {
        return Ok(false);
    }
    let (mut first, mut last) = (f64::INFINITY, f64::NEG_INFINITY);
    loop {
        line.clear();
        if file.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let text = String::from_utf8_lossy(&line);
        let mut fields = text.split(',');
        let (Some(metric), Some(at), Some(value)) = (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        let (Ok(at), Ok(value)) = (at.trim().parse::<f64>(), value.trim().parse::<f64>()) else {
            continue;
        };
        match metric {
            "iterations" => {
                *facts.made.get_or_insert(0.0) += value;
                first = first.min(seconds(at));
                last = last.max(seconds(at));
            }
            "dropped_iterations" => facts.dropped += value,
            "http_req_failed" => facts.failed += value,
            _ => {}
        }
    }
    if last >= first {
        // Whole seconds: the last one has passed too.
        *facts.made_s.get_or_insert(0.0) += last - first + 1.0;
    }
    Ok(true)
}

/// k6 writes seconds; it can be told to write finer units.
fn seconds(at: f64) -> f64 {
    [1e17, 1e14, 1e11]
        .into_iter()
        .zip([1e9, 1e6, 1e3])
        .find(|(from, _)| at >= *from)
        .map_or(at, |(_, unit)| at / unit)
}

/// Adds up the scenarios of k6's options; false if there is none.
fn offered(options: &Value, facts: &mut LoadFacts) -> bool {
    let top = options.get("vus").or_else(|| options.get("iterations")).map(|_| options);
    let scenarios = options.get("scenarios").and_then(Value::as_object);
    let all: Vec<&Value> = scenarios.map(|s| s.values().collect()).unwrap_or_default();
    let mut seen = false;
    for scenario in all.into_iter().chain(top) {
        let number = |key: &str| scenario.get(key).and_then(Value::as_f64);
        let time =
            |value: &Value, key: &str| value.get(key).and_then(Value::as_str).and_then(duration);
        let unit = time(scenario, "timeUnit").unwrap_or(1.0).max(1e-9);
        let calls = match scenario.get("executor").and_then(Value::as_str) {
            Some("constant-arrival-rate") => {
                let length = time(scenario, "duration").unwrap_or_default();
                facts.offered_s = facts.offered_s.max(length);
                facts.open_loop = true;
                number("rate").map(|rate| rate * length / unit)
            }
            Some("ramping-arrival-rate") => {
                facts.open_loop = true;
                let (mut rate, mut calls, mut length) =
                    (number("startRate").unwrap_or_default(), 0.0, 0.0);
                for stage in scenario.get("stages").and_then(Value::as_array).into_iter().flatten()
                {
                    let target = stage.get("target").and_then(Value::as_f64).unwrap_or(rate);
                    let part = time(stage, "duration").unwrap_or_default();
                    calls += f64::midpoint(rate, target) * part / unit;
                    (rate, length) = (target, length + part);
                }
                facts.offered_s = facts.offered_s.max(length);
                Some(calls)
            }
            Some("per-vu-iterations") => {
                Some(number("vus").unwrap_or(1.0) * number("iterations").unwrap_or(1.0))
            }
            Some("shared-iterations") | None => number("iterations"),
            Some(_) => None,
        };
        seen = true;
        if let Some(calls) = calls {
            *facts.offered.get_or_insert(0.0) += calls;
        }
    }
    seen
}

/// k6's durations: `89s`, `1m30s`, `500ms`, `60m`.
fn duration(text: &str) -> Option<f64> {
    let mut seconds = 0.0;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(digits);
        let letters = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, after) = tail.split_at(letters);
        let scale = match unit {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            "d" => 86_400.0,
            _ => return None,
        };
        seconds += number.parse::<f64>().ok()? * scale;
        rest = after;
    }
    Some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn durations_of_k6() {
        for (text, seconds) in [("89s", 89.0), ("1m30s", 90.0), ("500ms", 0.5), ("60m", 3600.0)] {
            assert_eq!(duration(text), Some(seconds), "{text}");
        }
        assert_eq!((duration("5"), duration("x"), duration("1y")), (None, None, None));
    }

    #[test]
    fn what_scenarios_offer() {
        let of = |options: Value| {
            let mut facts = LoadFacts::default();
            assert!(offered(&options, &mut facts));
            (facts.offered, facts.open_loop)
        };
        let constant = json!({"executor": "constant-arrival-rate", "rate": 30, "timeUnit": "1m", "duration": "10m"});
        assert_eq!(of(json!({"scenarios": {"a": constant}})), (Some(300.0), true));
        let ramping = json!({"executor": "ramping-arrival-rate", "startRate": 0, "stages": [
            {"target": 10, "duration": "10s"}, {"target": 10, "duration": "5s"}]});
        assert_eq!(of(json!({"scenarios": {"a": ramping}})), (Some(100.0), true));
        assert_eq!(of(json!({"vus": 1, "iterations": 10})), (Some(10.0), false));
        assert_eq!(of(json!({"scenarios": {"a": {"executor": "ramping-vus"}}})), (None, false));
        assert!(!offered(&json!({"x": 1}), &mut LoadFacts::default()));
    }

    #[test]
    fn a_csv_is_added_up_and_another_one_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let write =
            |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("other.csv", "a,b\n1,2\n");
        assert_eq!(read(folder.path()), None);
        write(
            "k6_metrics.csv",
            "metric_name,timestamp,metric_value,x\niterations,1600000000,1,\nhttp_req_failed,1600000000,1,\niterations,1600000009,2,\ndropped_iterations,1600000009,4,\ntorn",
        );
        let facts = read(folder.path()).unwrap();
        assert_eq!(
            (facts.made, facts.dropped, facts.failed, facts.made_s),
            (Some(3.0), 4.0, 1.0, Some(10.0))
        );
    }
}
