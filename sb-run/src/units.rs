//! Durations: read and printed with their unit.

use std::time::Duration;

/// Reads `250ms`, `1.5s`, `20m` (minutes), `2h`. A number alone has no unit and is refused.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.strip_prefix(digits).unwrap_or_default();
    let factor = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        "" => {
            return Err(format!(
                "'{text}' has no unit: write {text}s, {text}m (minutes) or {text}ms"
            ));
        }
        _ => {
            return Err(format!(
                "'{unit}' is not a unit of time; there are ms, s, m (minutes) and h"
            ));
        }
    };
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let seconds = digits.parse::<f64>().ok().filter(|_| plain).map(|number| number * factor);
    match seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) {
        Some(duration) if !duration.is_zero() => Ok(duration),
        _ => Err(format!("'{text}' is not a duration; write for example 250ms, 1.5s or 20m")),
    }
}

/// `850 ms`, `1.5 s`, `20 min`
pub fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    let trimmed = |number: f64| {
        let text = format!("{number:.1}");
        text.strip_suffix(".0").map_or(text.clone(), str::to_string)
    };
    match seconds {
        s if s < 1.0 => format!("{} ms", duration.as_millis()),
        s if s < 60.0 => format!("{} s", trimmed(s)),
        s if s < 3600.0 => format!("{} min", trimmed(s / 60.0)),
        s => format!("{} h", trimmed(s / 3600.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_units() {
        let ms = |text| parse_duration(text).map(|duration| duration.as_millis());
        assert_eq!(ms("250ms"), Ok(250));
        assert_eq!(ms("1.5s"), Ok(1500));
        assert_eq!(ms("20m"), Ok(1_200_000));
        assert_eq!(ms("2h"), Ok(7_200_000));
    }

    #[test]
    fn refuses_what_is_none() {
        assert!(parse_duration("20").unwrap_err().contains("20m (minutes)"));
        assert!(parse_duration("3 fortnights").unwrap_err().contains("fortnights"));
        for text in ["", "s", "-1s", "1e3s", "0s", "..s", "999999999999999999999h", "infs", "ms"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn prints_units() {
        let text = |ms| duration(Duration::from_millis(ms));
        assert_eq!(
            [text(850), text(1500), text(20_000), text(90_000), text(7_200_000)],
            ["850 ms", "1.5 s", "20 s", "1.5 min", "2 h"]
        );
    }
}
