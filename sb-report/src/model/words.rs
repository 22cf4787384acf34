//! Numbers in words: one way to write a latency, a count, a share and an instant.

use chrono::DateTime;
use sb_trace::units::Unit;

/// A latency in milliseconds, in the pair's unit, with the symbol: `41.2 ms`.
pub fn latency(ms: f64, unit: Unit) -> String {
    format!("{}\u{a0}{}", number(ms, unit), unit.symbol())
}

/// The same without the symbol, with a real minus sign.
pub fn number(ms: f64, unit: Unit) -> String {
    grouped(&unit.format(ms).replace('-', "−"))
}

/// A difference of latencies, with its sign.
pub fn signed(ms: f64, unit: Unit) -> String {
    format!("{}{}", if ms > 0.0 { "+" } else { "" }, latency(ms, unit))
}

/// The same without the symbol.
pub fn signed_number(ms: f64, unit: Unit) -> String {
    format!("{}{}", if ms > 0.0 { "+" } else { "" }, number(ms, unit))
}

/// Lower and upper end of an interval in milliseconds; an open end is said in words.
pub fn interval(low: Option<f64>, high: Option<f64>, unit: Unit) -> String {
    match (low, high) {
        (Some(low), Some(high)) => format!("{}–{}", number(low, unit), number(high, unit)),
        (Some(low), None) => format!("≥ {}", number(low, unit)),
        (None, Some(high)) => format!("≤ {}", number(high, unit)),
        (None, None) => "open".to_owned(),
    }
}

/// A count with its thousands apart: `12 345`.
pub fn count(n: impl TryInto<u64>) -> String {
    let digits = n.try_into().unwrap_or(u64::MAX).to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('\u{a0}');
        }
        out.push(digit);
    }
    out
}

/// A number of things, rounded.
pub fn whole(number: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let whole = number.round().clamp(0.0, 1e15) as u64;
    whole
}

/// A count with its noun: `1 run`, `3 runs`.
pub fn counted(n: impl TryInto<u64>, one: &str, many: &str) -> String {
    let n = n.try_into().unwrap_or(u64::MAX);
    format!("{}\u{a0}{}", count(n), if n == 1 { one } else { many })
}

/// A share of a whole in percent; neither 0 % nor 100 % unless it is exactly that.
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "0\u{a0}%".to_owned();
    }
    let share = part as f64 / whole as f64 * 100.0;
    let text = if share > 0.0 && share < 0.1 {
        "<\u{a0}0.1".to_owned()
    } else if (99.95..100.0).contains(&share) {
        ">\u{a0}99.9".to_owned()
    } else if share < 10.0 && part > 0 {
        format!("{share:.1}")
    } else {
        format!("{share:.0}")
    };
    format!("{text}\u{a0}%")
}

/// A share in percent with two digits, without a sign: `8.1 %`, `0.35 %`, `120 %`.
pub fn share(share: f64) -> String {
    let percent = share * 100.0;
    let decimals = if percent.abs() >= 9.95 {
        0
    } else if percent.abs() >= 0.995 || percent == 0.0 {
        1
    } else {
        2
    };
    let text = format!("{percent:.decimals$}").replace('-', "−");
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{}\u{a0}%", grouped(text))
}

/// A number with the thousands of a large whole one apart.
fn grouped(text: &str) -> String {
    match text.trim_start_matches('−').parse::<u64>() {
        Ok(whole) if whole >= 1_000 => {
            format!("{}{}", if text.starts_with('−') { "−" } else { "" }, count(whole))
        }
        _ => text.to_owned(),
    }
}

/// A change as a share, with its sign: `+8.1 %`, `−3 %`, `±0 %`.
pub fn change(change: f64) -> String {
    let text = share(change);
    let zero = text.trim_start_matches('−').trim_start_matches(['0', '.']).starts_with('\u{a0}');
    match (zero, change > 0.0) {
        (true, _) => "±0\u{a0}%".to_owned(),
        (false, true) => format!("+{text}"),
        (false, false) => text,
    }
}

/// How likely something is by chance: never 0, because it never is.
pub fn chance(p: f64) -> String {
    if p < 0.001 {
        "<\u{a0}0.001".to_owned()
    } else {
        format!("{p:.*}", if p < 0.1 { 3 } else { 2 })
    }
}

/// An instant, Unix epoch in nanoseconds, as `2022-04-15 09:10:11 UTC`.
pub fn instant(ns: i64) -> String {
    DateTime::from_timestamp_nanos(ns).format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// The time of day of an instant, to the millisecond: `09:10:11.123 UTC`.
pub fn clock(ns: i64) -> String {
    DateTime::from_timestamp_nanos(ns).format("%H:%M:%S%.3f UTC").to_string()
}

/// A span of time in nanoseconds: `850 ms`, `12.3 s`, `4 min 05 s`, `2 h 10 min`.
pub fn span(ns: i64) -> String {
    let seconds = ns as f64 / 1e9;
    if seconds < 1.0 {
        format!("{:.0}\u{a0}ms", seconds * 1e3)
    } else if seconds < 59.95 {
        format!("{seconds:.1}\u{a0}s")
    } else if seconds < 3_599.5 {
        let whole = seconds.round();
        format!("{:.0}\u{a0}min {:02.0}\u{a0}s", (whole / 60.0).floor(), whole % 60.0)
    } else {
        let minutes = (seconds / 60.0).round();
        format!("{:.0}\u{a0}h {:02.0}\u{a0}min", (minutes / 60.0).floor(), minutes % 60.0)
    }
}

/// A pair as readers see it: `A→B`.
pub fn arrow(pair: &str) -> String {
    pair.replace("->", "→")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(latency(-0.5, Unit::Ms), "−0.500\u{a0}ms");
        assert_eq!(latency(-31_304.0, Unit::Ms), "−31\u{a0}304\u{a0}ms");
        assert_eq!(interval(Some(1.0), None, Unit::Ms), "≥ 1.00");
        assert_eq!(interval(None, None, Unit::Ms), "open");
        assert_eq!(count(1_234_567u64), "1\u{a0}234\u{a0}567");
        assert_eq!(count(999usize), "999");
        assert_eq!(counted(1u64, "run", "runs"), "1\u{a0}run");
        assert_eq!(percent(1, 100_000), "<\u{a0}0.1\u{a0}%");
        assert_eq!(percent(99_999, 100_000), ">\u{a0}99.9\u{a0}%");
        assert_eq!(percent(0, 7), "0\u{a0}%");
        assert_eq!(percent(1, 20), "5.0\u{a0}%");
        assert_eq!(span(245_000_000_000), "4\u{a0}min 05\u{a0}s");
        assert_eq!(span(7_800_000_000_000), "2\u{a0}h 10\u{a0}min");
        assert_eq!(change(0.0814), "+8.1\u{a0}%");
        assert_eq!(change(-0.03), "−3\u{a0}%");
        assert_eq!(change(1e-9), "±0\u{a0}%");
        assert_eq!(change(1.2), "+120\u{a0}%");
        assert_eq!(change(33.17), "+3\u{a0}317\u{a0}%");
        assert_eq!(change(0.0035), "+0.35\u{a0}%");
        let p = [0.0, 0.000_99, 0.001, 0.0286, 0.25, 1.0].map(chance);
        assert_eq!(p, ["<\u{a0}0.001", "<\u{a0}0.001", "0.001", "0.029", "0.25", "1.00"]);
        assert_eq!(instant(0), "1970-01-01 00:00:00 UTC");
    }
}
