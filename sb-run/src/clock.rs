//! The one clock: every time that sb-run writes comes from here, in UTC.

use chrono::{DateTime, Local, SecondsFormat, Utc};

/// An instant of the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(DateTime<Utc>);

impl Instant {
    /// The present.
    pub fn now() -> Self {
        Self(Utc::now())
    }

    /// Milliseconds since 1970, as a statement holds them.
    pub fn epoch_ms(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// `2026-01-22T10:15:00.123Z`
    pub fn rfc3339(self) -> String {
        self.0.to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// `20260122T101500Z`, for names of folders.
    pub fn compact(self) -> String {
        self.0.format("%Y%m%dT%H%M%SZ").to_string()
    }

    /// `2021-03-27 12:21:50.624000+01:00`, as Python prints the time here.
    pub fn python_local(self) -> String {
        self.0.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S%.6f%:z").to_string()
    }

    /// So much later.
    #[must_use]
    pub fn later(self, time: std::time::Duration) -> Self {
        let delta = chrono::TimeDelta::from_std(time).unwrap_or_default();
        Self(self.0.checked_add_signed(delta).unwrap_or(self.0))
    }

    /// Reads what [`Instant::rfc3339`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text).ok().map(|time| Self(time.to_utc()))
    }

    /// Milliseconds from `earlier` to this instant.
    pub fn ms_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).num_milliseconds()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_and_reads_utc() {
        let time = Instant::parse("2026-01-22T11:15:00.007+01:00").unwrap();
        assert_eq!(time.rfc3339(), "2026-01-22T10:15:00.007Z");
        assert_eq!(time.compact(), "20260122T101500Z");
        assert_eq!(time.epoch_ms(), 1_769_076_900_007);
        assert_eq!(Instant::parse(&time.rfc3339()), Some(time));
    }
}
