//! Which events and traces are looked at: `--where`, `--since`, `--until`, `--skip`.
//!
//! `--where` chooses events. The times choose whole traces by their first event, so that no
//! invocation is cut in two at the border. What is left out is counted.

use globset::{Glob, GlobMatcher};

/// What to look at; the default is everything.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only traces that begin at or after this time (Unix epoch in nanoseconds).
    pub since_ns: Option<i64>,
    /// Only traces that begin before this time.
    pub until_ns: Option<i64>,
    /// Not the traces that begin within this time (nanoseconds) after the first event of their run.
    pub skip_ns: i64,
    /// Only events whose label, source or id matches one of the patterns of its kind.
    pub conditions: Vec<Condition>,
}

/// One `--where KEY=PATTERN`.
#[derive(Debug, Clone)]
pub struct Condition {
    key: ConditionKey,
    pattern: GlobMatcher,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ConditionKey {
    Label,
    Source,
    Id,
}

impl Condition {
    /// Reads `label=HANDLER_*`, `source=web-1` or `id=4f2a`; `*` and `?` are wildcards.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (key, pattern) = text.split_once('=').ok_or_else(|| {
            format!("'{text}' is not a condition: write label=NAME, source=NAME or id=ID")
        })?;
        let key = match key.trim() {
            "label" => ConditionKey::Label,
            "source" => ConditionKey::Source,
            "id" => ConditionKey::Id,
            other => return Err(format!("'{other}' in '{text}' is not one of label, source, id")),
        };
        let pattern =
            Glob::new(pattern.trim()).map_err(|e| format!("'{pattern}': {}", e.kind()))?;
        Ok(Self { key, pattern: pattern.compile_matcher() })
    }
}

impl Filter {
    /// Whether it lets everything through.
    pub(crate) fn is_all(&self) -> bool {
        self.since_ns.is_none()
            && self.until_ns.is_none()
            && self.skip_ns == 0
            && self.conditions.is_empty()
    }

    /// Whether an event with these texts is looked at: for each kind of condition, one must hold.
    pub(crate) fn wants_event(&self, label: &str, source: &str, id: &str) -> bool {
        [(ConditionKey::Label, label), (ConditionKey::Source, source), (ConditionKey::Id, id)]
            .into_iter()
            .all(|(key, text)| {
                let mut of_key = self.conditions.iter().filter(|c| c.key == key).peekable();
                of_key.peek().is_none() || of_key.any(|c| c.pattern.is_match(text))
            })
    }

    /// Whether a time lies in the chosen span, given when its run began.
    pub(crate) fn wants_time(&self, ns: i64, run_began_ns: i64) -> bool {
        self.since_ns.is_none_or(|since| ns >= since)
            && self.until_ns.is_none_or(|until| ns < until)
            && (self.skip_ns == 0 || ns.saturating_sub(run_began_ns) >= self.skip_ns)
    }
}

/// Reads a time: RFC 3339 (`2020-09-22T12:14:30Z`), a date, or a Unix epoch of 10, 13, 16 or 19 digits.
pub fn parse_time(text: &str) -> Result<i64, String> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        let unit = crate::statement::EpochUnit::of_digits(text.len());
        let epoch = unit.and_then(|unit| text.parse::<i64>().ok()?.checked_mul(unit.ns()));
        return epoch.ok_or_else(|| format!("'{text}' is not an epoch of 10, 13, 16 or 19 digits"));
    }
    let date = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .and_then(|d| d.and_hms_opt(0, 0, 0));
    let time = match date {
        Some(midnight) => Some(midnight.and_utc()),
        None => chrono::DateTime::parse_from_rfc3339(text).ok().map(|t| t.to_utc()),
    };
    time.and_then(|t| t.timestamp_nanos_opt())
        .ok_or_else(|| format!("'{text}' is not a time: write for instance 2020-09-22T12:14:30Z, 2020-09-22 (UTC) or an epoch"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_or_refused() {
        assert_eq!(parse_time("1600776870140"), Ok(1_600_776_870_140_000_000));
        assert_eq!(parse_time("1600776870"), Ok(1_600_776_870_000_000_000));
        assert_eq!(parse_time("2020-09-22T14:14:30.140+02:00"), Ok(1_600_776_870_140_000_000));
        assert_eq!(parse_time("2020-09-22"), Ok(1_600_732_800_000_000_000));
        assert!(parse_time("12345").unwrap_err().contains("digits"));
        assert!(parse_time("yesterday").unwrap_err().contains("not a time"));
        assert!(parse_time("").is_err());
    }

    #[test]
    fn conditions_are_read_or_refused() {
        assert!(Condition::parse("label=HANDLER_*").is_ok());
        assert!(Condition::parse("label").unwrap_err().contains("not a condition"));
        assert!(Condition::parse("colour=red").unwrap_err().contains("not one of"));
        assert!(Condition::parse("id=[").is_err());
    }
}
