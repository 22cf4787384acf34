//! Whether a difference may be chance alone: Mann and Whitney's test of a row, and what is left of
//! it where a table has many rows.

use crate::model::mann_whitney::{self, Test};
use crate::model::resample::Sample;
use serde::Serialize;

/// From this many runs on each side on, runs are what is compared.
const RUNS: usize = 4;

/// What a test takes for independent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Units {
    /// The median of each run: another run may differ.
    RunMedians,
    /// Every call. Calls of one run are alike, so that this finds a difference between any two runs.
    Calls,
}

/// Mann and Whitney's test of a row.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Chance {
    /// What was compared.
    pub units: Units,
    /// How many of them in the baseline and here.
    pub n: (usize, usize),
    /// Whether the chances were counted out; else they are the normal distribution's.
    pub exact: bool,
    /// How often samples of no difference would differ at least so much.
    pub p: f64,
    /// The same for the table as a whole (Holm): a table of many rows has a small `p` somewhere.
    pub p_holm: f64,
}

/// Tests a row, of which `calls` is the test of its calls; `p_holm` is still that of the row alone.
pub(super) fn test(baseline: &Sample, now: &Sample, calls: Option<Test>) -> Option<Chance> {
    let (units, n, test) = if baseline.runs() >= RUNS && now.runs() >= RUNS {
        let test = mann_whitney::test(&baseline.medians(), &now.medians());
        (Units::RunMedians, (baseline.runs(), now.runs()), test?)
    } else {
        (Units::Calls, (baseline.sorted().len(), now.sorted().len()), calls?)
    };
    Some(Chance { units, n, exact: test.exact, p: test.p, p_holm: test.p })
}

/// Holm's steps: the least p is held against as many tests as there are, the next one against one
/// fewer; none becomes less than one before it.
pub(super) fn holm<'a>(tests: impl Iterator<Item = &'a mut Chance>) {
    let mut tests: Vec<&mut Chance> = tests.collect();
    tests.sort_by(|a, b| a.p.total_cmp(&b.p));
    let (all, mut least) = (tests.len(), 0.0f64);
    for (at, test) in tests.into_iter().enumerate() {
        least = least.max((all - at) as f64 * test.p).min(1.0);
        test.p_holm = least;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holm_by_hand() {
        let one = |p| Chance { units: Units::Calls, n: (1, 1), exact: false, p, p_holm: p };
        let mut tests = [0.04, 0.01, 0.03, 0.9].map(one);
        holm(tests.iter_mut());
        let held: Vec<String> = tests.iter().map(|t| format!("{:.2}", t.p_holm)).collect();
        assert_eq!(held, ["0.09", "0.04", "0.09", "0.90"], "0.03 × 3, 0.01 × 4, no less than 0.09");
    }

    #[test]
    fn four_runs_on_each_side_are_compared_as_runs() {
        let runs = |n: usize, from: f64| {
            Sample::new(&(0..n).map(|r| vec![from + r as f64; 9]).collect::<Vec<_>>())
        };
        let by_run = test(&runs(4, 1.0), &runs(5, 9.0), None).unwrap();
        assert_eq!((by_run.units, by_run.n, by_run.exact), (Units::RunMedians, (4, 5), true));
        assert!((by_run.p - 2.0 / 126.0).abs() < 1e-12, "{by_run:?}");
        let calls = mann_whitney::test(&[1.0], &[2.0]);
        let by_call = test(&runs(3, 1.0), &runs(5, 9.0), calls).unwrap();
        assert_eq!((by_call.units, by_call.n), (Units::Calls, (27, 45)));
        assert_eq!(test(&runs(0, 1.0), &runs(5, 9.0), None), None);
    }
}
