//! Where in the distribution it moved: by how much each percentile here exceeds the baseline's.

use crate::model::resample::Sample;
use sb_trace::stats::quantile;
use serde::Serialize;

/// The shift of each percentile, in milliseconds: lists of equal length.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shifts {
    /// The percentiles: those of 1 to 99 beyond which both samples have at least one latency.
    pub percent: Vec<u32>,
    /// The percentile here less the baseline's.
    pub ms: Vec<f64>,
    /// Its 95 % bootstrap interval, for each percentile by itself.
    pub low_ms: Vec<f64>,
    /// See `low_ms`.
    pub high_ms: Vec<f64>,
}

/// The percentiles that two samples of these sizes have, as shares.
pub(super) fn shares(n: (usize, usize)) -> Vec<f64> {
    let least = n.0.min(n.1) as f64;
    // A hair of tolerance: 100 × (1 − 0.99) is a little less than 1 in binary.
    let has = |q: &f64| least * q.min(1.0 - q) >= 1.0 - 1e-9;
    (1..=99).map(|p| f64::from(p) / 100.0).filter(has).collect()
}

/// The shifts, from quantiles of resamples of both sides.
pub(super) fn shifts(
    qs: &[f64],
    baseline: (&Sample, Vec<Vec<f64>>),
    now: (&Sample, Vec<Vec<f64>>),
) -> Option<Shifts> {
    let mut shifts =
        Shifts { percent: Vec::new(), ms: Vec::new(), low_ms: Vec::new(), high_ms: Vec::new() };
    for (q, (before, after)) in qs.iter().zip(baseline.1.into_iter().zip(now.1)) {
        let mut moved: Vec<f64> = before.iter().zip(after).map(|(old, new)| new - old).collect();
        moved.sort_unstable_by(f64::total_cmp);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 99")]
        shifts.percent.push((q * 100.0).round() as u32);
        shifts.ms.push(quantile(now.0.sorted(), *q)? - quantile(baseline.0.sorted(), *q)?);
        shifts.low_ms.push(quantile(&moved, 0.025)?);
        shifts.high_ms.push(quantile(&moved, 0.975)?);
    }
    (!shifts.ms.is_empty()).then_some(shifts)
}
