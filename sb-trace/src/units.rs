//! Durations: read with units, printed in one fitting unit.

use serde::Serialize;

/// Nanoseconds as the floating-point milliseconds of every table and figure.
pub fn ns_to_ms(ns: i64) -> f64 {
    ns as f64 / 1e6
}

/// The unit in which latencies are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Nanoseconds.
    Ns,
    /// Microseconds.
    Us,
    /// Milliseconds.
    Ms,
    /// Seconds.
    S,
    /// Minutes.
    Min,
}

impl Unit {
    /// Nanoseconds in one unit.
    pub fn ns(self) -> f64 {
        match self {
            Self::Ns => 1.0,
            Self::Us => 1e3,
            Self::Ms => 1e6,
            Self::S => 1e9,
            Self::Min => 60e9,
        }
    }

    /// The unit's symbol; `µs`, never `us`.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Ns => "ns",
            Self::Us => "µs",
            Self::Ms => "ms",
            Self::S => "s",
            Self::Min => "min",
        }
    }

    /// The unit in which a typical value (a median, in ms) has one to three integer digits.
    pub fn fitting(typical_ms: f64) -> Self {
        let ns = (typical_ms * 1e6).abs();
        if !ns.is_finite() || ns == 0.0 {
            Self::Ms
        } else if ns < 999.5 {
            Self::Ns
        } else if ns < 999.5e3 {
            Self::Us
        } else if ns < 999.5e6 {
            Self::Ms
        } else if ns < 600e9 {
            Self::S
        } else {
            Self::Min
        }
    }

    /// A value in milliseconds, printed in this unit with three significant digits and no symbol.
    pub fn format(self, ms: f64) -> String {
        let value = ms * 1e6 / self.ns();
        significant(value)
    }
}

/// Three significant digits, whole numbers in full, with a real minus sign left to the caller.
fn significant(value: f64) -> String {
    let size = value.abs();
    let decimals = if size >= 99.95 || size == 0.0 {
        0
    } else if size >= 9.995 {
        1
    } else if size >= 0.9995 {
        2
    } else {
        3
    };
    let text = format!("{value:.decimals$}");
    if text.trim_start_matches(['-', '0', '.']).is_empty() { "0".to_owned() } else { text }
}

/// Reads a duration with its unit: `250ms`, `1.5s`, `20m`, `1 min`, `2h`; `m` is minutes.
/// Returns nanoseconds.
pub fn parse_duration(text: &str) -> Result<i64, String> {
    let trimmed = text.trim();
    let split = trimmed.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(trimmed.len());
    let (number, unit) = trimmed.split_at(split);
    let scale = match unit.trim() {
        "ns" => 1.0,
        "us" | "µs" | "μs" => 1e3,
        "ms" => 1e6,
        "s" | "sec" | "secs" | "second" | "seconds" => 1e9,
        "m" | "min" | "mins" | "minute" | "minutes" => 60e9,
        "h" | "hour" | "hours" => 3600e9,
        "d" | "day" | "days" => 86400e9,
        "" => {
            return Err(format!("'{text}' has no unit: write for instance 250ms, 1.5s, 20m or 2h"));
        }
        other => {
            return Err(format!(
                "'{other}' in '{text}' is not a unit of time: use ns, us, ms, s, m (minutes), h or d"
            ));
        }
    };
    let value: f64 = number.parse().map_err(|_| {
        format!("'{text}' does not begin with a number: write for instance 250ms, 1.5s or 20m")
    })?;
    let ns = value * scale;
    if ns >= 9.2e18 {
        return Err(format!("'{text}' is longer than 292 years"));
    }
    #[expect(clippy::cast_possible_truncation, reason = "checked against the range above")]
    Ok(ns.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_with_units() {
        for (text, ns) in [
            ("250ms", 250_000_000),
            ("1.5s", 1_500_000_000),
            ("20m", 1_200_000_000_000),
            ("1 min", 60_000_000_000),
            ("2h", 7_200_000_000_000),
            ("3us", 3_000),
            ("0ns", 0),
        ] {
            assert_eq!(parse_duration(text), Ok(ns), "{text}");
        }
        assert!(parse_duration("5").unwrap_err().contains("no unit"));
        assert!(parse_duration("5 parsecs").unwrap_err().contains("parsecs"));
        assert!(parse_duration("fast").is_err());
        assert!(parse_duration("1.2.3s").unwrap_err().contains("number"));
        assert!(parse_duration("99999999999d").unwrap_err().contains("292 years"));
        assert!(parse_duration("-5s").is_err());
    }

    #[test]
    fn one_fitting_unit_and_three_digits() {
        assert_eq!(Unit::fitting(41.2), Unit::Ms);
        assert_eq!(Unit::fitting(0.041), Unit::Us);
        assert_eq!(Unit::fitting(1500.0), Unit::S);
        assert_eq!(Unit::fitting(0.000_5), Unit::Ns);
        assert_eq!(Unit::fitting(3_600_000.0), Unit::Min);
        assert_eq!(Unit::fitting(0.0), Unit::Ms);
        assert_eq!(Unit::Ms.format(41.234), "41.2");
        assert_eq!(Unit::Ms.format(3456.7), "3457");
        assert_eq!(Unit::Ms.format(-0.5), "-0.500");
        assert_eq!(Unit::S.format(1500.0), "1.50");
        assert_eq!(Unit::Ms.format(0.0), "0");
        assert_eq!(Unit::Ms.format(9.996), "10.0");
    }
}
