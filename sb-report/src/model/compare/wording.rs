//! What the change of a median means, and how that is said.

use super::{Change, Verdict};
use crate::model::words::{self, count};

/// What the change of a median means, beyond a threshold `t`.
pub(super) fn verdict(median: &Change, t: f64) -> Verdict {
    let (Some(low), Some(high), true) = (median.low, median.high, median.supported) else {
        return Verdict::CannotTell;
    };
    if low > t {
        Verdict::Slower
    } else if high < -t {
        Verdict::Faster
    } else if low > 0.0 {
        if high > t { Verdict::SlowerUnsure } else { Verdict::SlowerTiny }
    } else if high < 0.0 {
        if low < -t { Verdict::FasterUnsure } else { Verdict::FasterTiny }
    } else if low >= -t && high <= t {
        Verdict::Same
    } else {
        Verdict::CannotTell
    }
}

/// That in a few words, and how much more would tell where nothing can be told.
pub(super) fn in_short(
    verdict: Verdict,
    median: &Change,
    t: f64,
    (_, n): (usize, usize),
    runs: Option<(usize, usize)>,
) -> String {
    let by = median.change.map_or_else(String::new, |c| words::share(c.abs()));
    let limit = words::share(t);
    match verdict {
        Verdict::Slower => format!("{by} slower"),
        Verdict::SlowerUnsure => format!("slower, size unsure ({by})"),
        Verdict::SlowerTiny => format!("slower, but by less than {limit}"),
        Verdict::Same => format!("no difference beyond {limit}"),
        Verdict::FasterTiny => format!("faster, but by less than {limit}"),
        Verdict::FasterUnsure => format!("faster, size unsure ({by})"),
        Verdict::Faster => format!("{by} faster"),
        Verdict::CannotTell => match (median.low, median.high, median.supported) {
            (Some(low), Some(high), true) if high > low && t > 0.0 => {
                // The interval narrows with the root of what is measured.
                let factor = ((high - low) / (2.0 * t)).powi(2);
                let more = |have: usize| counted_more(have as f64 * (factor - 1.0));
                match runs {
                    Some((_, runs)) => format!("cannot tell; about {} more runs would", more(runs)),
                    None => format!("cannot tell; about {} more calls would", more(n)),
                }
            }
            (_, _, false) => {
                "cannot tell: a median with an interval needs 6 on both sides".to_owned()
            }
            _ => "cannot tell: the baseline is not above zero".to_owned(),
        },
    }
}

/// A number of two digits: more would pretend to know.
fn counted_more(more: f64) -> String {
    let more = more.clamp(1.0, 1e12);
    let step = 10f64.powf((more.log10().floor() - 1.0).max(0.0));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 1e12")]
    let rounded = ((more / step).ceil() * step) as u64;
    count(rounded)
}
