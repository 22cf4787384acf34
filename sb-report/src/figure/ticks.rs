//! Ticks: 1-2-5 steps with units in words (500 µs, 1 ms, 2 s), never so many that they collide.

use super::label::text_width;
use super::scale::Scale;
use super::size;

/// A tick and its label.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// The value, in the unit of the scale.
    pub value: f64,
    /// What is written at it.
    pub label: String,
}

/// Least distance of two labels, in logical pixels: across, and from line to line.
const GAP: f64 = 8.0;
const LINE: f64 = 26.0;

/// Ticks of a scale of latencies in milliseconds; `upright` where they stand one above the other.
pub fn latency_ticks(scale: &Scale, upright: bool) -> Vec<Tick> {
    let (low, high) = scale.domain();
    let tick = |value: f64| Tick { value, label: latency_label(value) };
    if scale.is_log() {
        for mantissas in [&[1.0, 2.0, 5.0][..], &[1.0, 3.0], &[1.0]] {
            let ticks: Vec<Tick> = decades(low, high)
                .flat_map(|decade| mantissas.iter().map(move |m| m * decade))
                .filter(|v| (low..=high).contains(v))
                .map(tick)
                .collect();
            if ticks.len() >= 3 && fit(scale, &ticks, upright) {
                return ticks;
            }
        }
        let wide =
            decades(low, high).filter(|v| (low..=high).contains(v)).map(tick).collect::<Vec<_>>();
        if wide.len() >= 4 {
            return sparse(scale, &wide, upright);
        }
    }
    let mut best = Vec::new();
    for count in (2..=8).rev() {
        best = linear(low, high, count).map(tick).collect::<Vec<_>>();
        if best.len() >= 2 && fit(scale, &best, upright) {
            return best;
        }
    }
    sparse(scale, &best, upright)
}

/// Ticks of a scale of seconds since a start.
pub fn clock_ticks(scale: &Scale) -> Vec<Tick> {
    let (_, high) = scale.domain();
    let steps = [
        0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0,
        60.0, 120.0,
    ]
    .into_iter()
    .chain([
        300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0, 21600.0, 43200.0, 86400.0, 172_800.0,
    ])
    .chain((0..12).map(|n| 604_800.0 * 2f64.powi(n)));
    for step in steps.filter(|step| high / step <= 60.0) {
        let ticks: Vec<Tick> = (0..=60)
            .map(|n| f64::from(n) * step)
            .filter(|&v| v <= high)
            .map(|v| Tick { value: v, label: clock_label(v) })
            .collect();
        if fit(scale, &ticks, false) {
            return ticks;
        }
    }
    vec![Tick { value: 0.0, label: clock_label(0.0) }]
}

/// A latency in milliseconds with the unit that suits it, as short as it can be.
pub fn latency_label(ms: f64) -> String {
    let size = ms.abs();
    let (value, unit) = if size == 0.0 {
        return "0".to_owned();
    } else if size < 0.000_999_5 {
        (ms * 1e6, "ns")
    } else if size < 0.999_5 {
        (ms * 1e3, "µs")
    } else if size < 999.5 {
        (ms, "ms")
    } else if size > 7_199e3 && even(ms / 3_600e3) {
        (ms / 3_600e3, "h")
    } else if size > 119.9e3 && even(ms / 60e3) {
        (ms / 60e3, "min")
    } else {
        // Powers of ten are no whole minutes or hours: 1000 s, not 16.67 min.
        (ms / 1e3, "s")
    };
    format!("{} {unit}", short(value))
}

/// Whether a number is whole, or whole and a half.
fn even(value: f64) -> bool {
    (value * 2.0 - (value * 2.0).round()).abs() < 1e-6
}

fn clock_label(seconds: f64) -> String {
    if seconds == 0.0 {
        "0".to_owned()
    } else if seconds < 0.999_5 {
        format!("{} ms", short(seconds * 1e3))
    } else if seconds < 59.95 {
        format!("{} s", short(seconds))
    } else if seconds < 3_599.5 {
        format!("{} min", short(seconds / 60.0))
    } else if seconds < 172_799.5 {
        format!("{} h", short(seconds / 3600.0))
    } else {
        format!("{} d", short(seconds / 86400.0))
    }
}

/// At most four digits, no zeros at the end, and a real minus sign.
fn short(value: f64) -> String {
    let decimals = if value.abs() >= 999.5 {
        0
    } else if value.abs() >= 99.95 {
        1
    } else if value.abs() >= 9.995 {
        2
    } else {
        3
    };
    let text = format!("{:.decimals$}", value.abs());
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if value < 0.0 { format!("−{text}") } else { text.to_owned() }
}

/// The powers of ten from just below `low` to just above `high`.
fn decades(low: f64, high: f64) -> impl Iterator<Item = f64> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "exponents of finite numbers lie within 400"
    )]
    let exponent = |v: f64| v.log10().floor().clamp(-320.0, 320.0) as i32;
    (exponent(low)..=exponent(high)).map(|e| 10f64.powi(e))
}

/// Values at a step of 1, 2 or 5 times a power of ten, about `count` of them.
fn linear(low: f64, high: f64, count: u32) -> impl Iterator<Item = f64> {
    let raw = (high - low) / f64::from(count);
    let decade = 10f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|m| m * decade)
        .find(|s| *s >= raw * 0.999)
        .unwrap_or(raw);
    let first = (low / step).ceil();
    // Multiples of the step, not sums: no rounding errors pile up.
    (0..64)
        .map(move |n| (first + f64::from(n)) * step)
        .take_while(move |v| *v <= high)
        .map(move |v| if v.abs() < step / 1e6 { 0.0 } else { v })
}

fn fit(scale: &Scale, ticks: &[Tick], upright: bool) -> bool {
    ticks.windows(2).all(|pair| clear(scale, &pair[0], &pair[1], upright))
}

fn clear(scale: &Scale, a: &Tick, b: &Tick, upright: bool) -> bool {
    let distance = (scale.place(a.value) - scale.place(b.value)).abs();
    let width = |t: &Tick| text_width(&t.label, size::TEXT, false);
    distance >= if upright { LINE } else { f64::midpoint(width(a), width(b)) * size::GROWN + GAP }
}

/// As many ticks as there is room for, from the first on.
fn sparse(scale: &Scale, ticks: &[Tick], upright: bool) -> Vec<Tick> {
    let mut kept: Vec<Tick> = Vec::new();
    for tick in ticks {
        if kept.last().is_none_or(|last| clear(scale, last, tick, upright)) {
            kept.push(tick.clone());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(values: &[f64], pixels: f64) -> Vec<String> {
        let scale = Scale::of(values.iter().copied(), 0.0, pixels);
        latency_ticks(&scale, false).into_iter().map(|t| t.label).collect()
    }

    #[test]
    fn one_two_five_in_words() {
        assert_eq!(labels(&[0.9, 30.0], 600.0), ["1 ms", "2 ms", "5 ms", "10 ms", "20 ms"]);
        assert_eq!(labels(&[1.0, 1e6], 300.0), ["1 ms", "100 ms", "10 s", "1000 s"]);
    }

    #[test]
    fn narrow_ranges_and_odd_values_have_ticks_too() {
        assert!(labels(&[40.0, 44.0], 500.0).len() >= 2);
        assert!(labels(&[7.0; 3], 500.0).len() >= 2);
        assert!(labels(&[-5.0, -4.0], 500.0).iter().all(|l| l.starts_with('−')));
        assert!(!labels(&[], 500.0).is_empty());
        assert!(!labels(&[1e-300, 1e300], 500.0).is_empty());
        assert!(!labels(&[0.0], 500.0).is_empty());
    }

    #[test]
    fn labels_are_short() {
        let cases = [
            (0.5, "500 µs"),
            (1.0, "1 ms"),
            (1500.0, "1.5 s"),
            (-2.0, "−2 ms"),
            (0.0, "0"),
            (180_000.0, "3 min"),
        ];
        for (ms, label) in cases {
            assert_eq!(latency_label(ms), label);
        }
    }

    #[test]
    fn clocks_count_in_sixties() {
        let label = |high: f64| {
            let ticks = clock_ticks(&Scale::from_zero(high, 0.0, 400.0));
            ticks.into_iter().map(|t| t.label).collect::<Vec<_>>()
        };
        assert_eq!(label(150.0), ["0", "30 s", "1 min", "1.5 min", "2 min", "2.5 min"]);
        assert!(label(0.02).len() >= 3);
        assert!(label(1e9).len() >= 2);
        assert_eq!(label(0.0), label(1.0));
    }
}
