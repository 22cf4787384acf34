//! A CSV file of invocations per minute, and the k6 options that follow invocations per second.

use serde_json::{Value, json};

/// The column's name.
const COLUMN: &str = "InvocationsPerMinute";

/// The rates in the column of that name. A file of one column needs no heading.
pub fn parse(text: &str) -> Result<Vec<f64>, String> {
    let mut minutes = Vec::new();
    let mut column = 0;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    for (place, (index, line)) in lines.enumerate() {
        let mut cells = line.split(',').map(|cell| cell.trim_matches([' ', '"', '\r', '\u{feff}']));
        if place == 0 {
            let alone = cells.clone().count() == 1;
            match cells.clone().position(|cell| cell == COLUMN) {
                Some(found) => column = found,
                None if !alone => return Err(format!("no column {COLUMN} in '{line}'")),
                None => {}
            }
            // A heading, whatever it says, is no number.
            if cells.clone().all(|cell| cell.parse::<f64>().is_err()) {
                continue;
            }
        }
        let cell = cells.nth(column).unwrap_or_default();
        match cell.parse::<f64>() {
            Ok(rate) if rate.is_finite() && (0.0..1e9).contains(&rate) => minutes.push(rate),
            _ => {
                return Err(format!(
                    "line {}: '{cell}' is not a number of invocations; expected a column {COLUMN}",
                    index + 1
                ));
            }
        }
    }
    if minutes.is_empty() {
        return Err(format!("no rates; expected is a column {COLUMN}"));
    }
    Ok(minutes)
}

/// k6 options that start so many iterations in each second.
pub fn k6(seconds: &[u64]) -> Value {
    let most = seconds.iter().copied().max().unwrap_or(0);
    let mut stages = Vec::new();
    let mut stage = |target: u64, length: usize| {
        stages.push(json!({"target": target, "duration": format!("{length}s")}));
    };
    for (index, run) in seconds.chunk_by(|a, b| a == b).enumerate() {
        let target = run.first().copied().unwrap_or(0);
        // k6 goes from target to target in a straight line: a step takes one second.
        if index > 0 && run.len() > 1 {
            stage(target, 1);
            stage(target, run.len() - 1);
        } else {
            stage(target, run.len());
        }
    }
    json!({"scenarios": {"benchmark_scenario": {
        "executor": "ramping-arrival-rate",
        "startRate": seconds.first().copied().unwrap_or(0),
        "timeUnit": "1s",
        "preAllocatedVUs": most.div_ceil(10),
        "stages": stages,
    }}})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name() {
        let same = Ok(vec![60.0, 0.0, 7.5]);
        assert_eq!(parse("\"InvocationsPerMinute\"\n60\n0\n\n7.5\n"), same);
        assert_eq!(parse("\u{feff}Minute,InvocationsPerMinute\r\n0,60\r\n1,0\r\n2,7.5\r\n"), same);
        assert_eq!(parse("60\n0\n7.5"), same);
        assert_eq!(parse("rate\n60\n0\n7.5"), same);
    }

    #[test]
    fn stages_step_within_a_second() {
        let options = k6(&[3, 3, 3, 5, 5, 5, 0, 11]);
        let scenario = &options["scenarios"]["benchmark_scenario"];
        assert_eq!(scenario["startRate"], 3);
        assert_eq!(scenario["preAllocatedVUs"], 2);
        let stages: Vec<String> = scenario["stages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|stage| format!("{}@{}", stage["duration"].as_str().unwrap(), stage["target"]))
            .collect();
        assert_eq!(stages, ["3s@3", "1s@5", "2s@5", "1s@0", "1s@11"]);
    }

    #[test]
    fn what_is_no_number_is_named() {
        assert!(parse("a\n1\nx\n").unwrap_err().starts_with("line 3: 'x'"));
        assert!(parse("InvocationsPerMinute\n").unwrap_err().starts_with("no rates"));
        assert!(parse("-1\n").is_err() && parse("1\nnan\n").is_err());
        assert!(parse("a,b\n1,2\n").unwrap_err().starts_with("no column"));
        assert!(parse("x,InvocationsPerMinute\n1\n").unwrap_err().starts_with("line 2: ''"));
    }
}
