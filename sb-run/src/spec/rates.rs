//! Invocations per minute -> k6 options that follow them, second by second.
//!
//! Each minute's invocations are spread evenly over its seconds; nothing is random, so the same
//! file gives the same load. Sums per minute and the length are those of the file.

use serde_json::{Value, json};

/// The numbers of a CSV file with one column.
pub fn parse(text: &str) -> Result<Vec<f64>, String> {
    let mut minutes = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let cell = line.trim().trim_start_matches('\u{feff}').trim_matches('"');
        if cell.is_empty() {
            continue;
        }
        match cell.parse::<f64>() {
            Ok(rate) if rate.is_finite() && (0.0..1e9).contains(&rate) => minutes.push(rate),
            // The heading.
            Err(_) if index == 0 => {}
            _ => {
                return Err(format!(
                    "line {}: '{cell}' is no number of invocations; expected is one column InvocationsPerMinute",
                    index + 1
                ));
            }
        }
    }
    if minutes.is_empty() {
        return Err("no rates; expected is one column InvocationsPerMinute".into());
    }
    Ok(minutes)
}

/// Invocations of each second.
pub fn seconds(minutes: &[f64], factor: f64, rate: Option<f64>, skip: u64) -> Vec<u64> {
    let mean = minutes.iter().sum::<f64>() / minutes.len().max(1) as f64 / 60.0;
    let factor = match rate {
        Some(rate) if mean > 0.0 => rate / mean,
        Some(_) => 1.0,
        None => factor,
    };
    let mut seconds = Vec::with_capacity(minutes.len() * 60);
    for minute in minutes {
        let whole = (minute * factor).round_ties_even();
        let upto = |second: u32| (whole * f64::from(second) / 60.0).floor();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "rates are whole, positive and small here"
        )]
        seconds.extend((0..60).map(|second| (upto(second + 1) - upto(second)) as u64));
    }
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    if seconds.len() > skip {
        seconds.drain(..skip);
    }
    seconds
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
        "preAllocatedVUs": most.div_ceil(10).max(1),
        "stages": stages,
    }}})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_per_minute_are_kept() {
        let minutes = parse("InvocationsPerMinute\n0\n60\n61\n7\n").unwrap();
        let all = seconds(&minutes, 1.0, None, 0);
        let sums: Vec<u64> = all.chunks(60).map(|minute| minute.iter().sum()).collect();
        assert_eq!(sums, [0, 60, 61, 7]);
        assert!(all.iter().all(|rate| *rate <= 2));
        assert_eq!(seconds(&minutes, 1.0, None, 180).len(), 60);
        assert_eq!(seconds(&minutes, 1.0, None, 240).len(), 240, "as nothing would be left");
        assert_eq!(seconds(&minutes, 10.0, None, 0).iter().sum::<u64>(), 1280);
        assert_eq!(seconds(&[60.0, 180.0], 1.0, Some(20.0), 0).iter().sum::<u64>(), 2400);
        assert_eq!(seconds(&[0.0], 1.0, Some(20.0), 0), [0; 60]);
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
    }
}
