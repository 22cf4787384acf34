//! Prints a statement for now, on every platform.

use chrono::{DateTime, Offset, TimeZone};

/// The statement of `label` at `now`, with the zone that `now` is in.
pub fn stamp<Tz: TimeZone>(label: &str, trace_id: Option<&str>, now: &DateTime<Tz>) -> String {
    let minutes = now.offset().fix().local_minus_utc() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
    let id = trace_id.map_or_else(String::new, |id| format!(" trace_id={id}"));
    format!("{:013}{sign}{hours:02}{minutes:02}|{label}{id}", now.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::{EpochUnit, parse};
    use chrono::FixedOffset;

    #[test]
    fn what_is_printed_is_a_statement() {
        for minutes in [0, 120, -210, 345, 840] {
            let zone = FixedOffset::east_opt(minutes * 60).unwrap();
            let now =
                DateTime::from_timestamp_millis(1_600_776_870_140).unwrap().with_timezone(&zone);
            let text = stamp("A.b", Some("7f"), &now);
            let (rest, s) = parse(text.as_bytes(), EpochUnit::Ms).unwrap();
            assert!(rest.is_empty());
            assert_eq!(s.epoch_ns, 1_600_776_870_140_000_000);
            assert_eq!(i32::from(s.utc_offset_minutes), minutes);
            assert_eq!((s.label, s.trace_id), ("A.b", Some("7f")));
        }
    }
}
