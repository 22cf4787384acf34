//! A suite: benchmarks, clouds and regions crossed, each so many times, in a certain order.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::benchmark::yaml;
use crate::units;

/// The order of the runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// All repetitions of the first, then all of the second.
    #[default]
    Sequential,
    /// The first repetition of all, then the second of all.
    Interleaved,
    /// By chance, the same for the same seed.
    Shuffled,
}

/// How many failed runs end a suite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Budget {
    /// So many may fail.
    Runs(usize),
    /// This part of all may fail.
    Share(f64),
}

/// A suite as it is written.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// Names of shipped benchmarks, patterns, or files.
    pub benchmarks: Vec<String>,
    /// `--cloud`
    #[serde(default)]
    pub clouds: Vec<String>,
    /// `--region`
    #[serde(default)]
    pub regions: Vec<String>,
    /// How often each is run.
    #[serde(default = "one")]
    pub repetitions: u32,
    /// In which order.
    #[serde(default)]
    pub order: Order,
    /// For `shuffled`.
    #[serde(default)]
    pub seed: u64,
    /// The N of `invoke N`, or `single`.
    #[serde(default)]
    pub invoke: Value,
    /// `--repeat`
    #[serde(default = "one")]
    pub repeat: u32,
    /// `--warmup`
    #[serde(default)]
    pub warmup: u32,
    /// A pause between runs.
    #[serde(default, deserialize_with = "duration")]
    pub wait: Option<Duration>,
    /// From the start of one run to the start of the next.
    #[serde(default, deserialize_with = "duration")]
    pub every: Option<Duration>,
    /// How many failed runs are put up with: `3` or `10%`.
    #[serde(default, deserialize_with = "budget")]
    pub error_budget: Option<Budget>,
    /// `--set`
    #[serde(default)]
    pub set: Map<String, Value>,
    /// `--tag`
    #[serde(default)]
    pub tags: Map<String, Value>,
}

fn one() -> u32 {
    1
}

fn duration<'de, D: serde::Deserializer<'de>>(source: D) -> Result<Option<Duration>, D::Error> {
    let Some(text) = Option::<String>::deserialize(source)? else { return Ok(None) };
    units::parse_duration(&text).map(Some).map_err(serde::de::Error::custom)
}

fn budget<'de, D: serde::Deserializer<'de>>(source: D) -> Result<Option<Budget>, D::Error> {
    let wrong = || serde::de::Error::custom("error_budget is a number of runs, or a share: 10%");
    match Value::deserialize(source)? {
        Value::Null => Ok(None),
        Value::Number(number) => {
            let runs = number.as_u64().and_then(|number| usize::try_from(number).ok());
            runs.map(|runs| Some(Budget::Runs(runs))).ok_or_else(wrong)
        }
        Value::String(text) => {
            let share = text.strip_suffix('%').and_then(|text| text.trim().parse::<f64>().ok());
            let share = share.filter(|share| (0.0..=100.0).contains(share)).ok_or_else(wrong)?;
            Ok(Some(Budget::Share(share / 100.0)))
        }
        _ => Err(wrong()),
    }
}

impl Suite {
    /// Reads one. The problem is a sentence that begins with line and column where they are known.
    pub fn parse(text: &str) -> Result<Self, String> {
        let tree = yaml::parse(text).map_err(|error| match (error.line, error.column) {
            (Some(line), Some(column)) => format!("{line}:{column}: {}", error.problem),
            _ => error.problem,
        })?;
        let suite: Self = serde_json::from_value(tree).map_err(|error| format!(" {error}"))?;
        if suite.benchmarks.is_empty() {
            return Err(" benchmarks is empty".into());
        }
        if suite.repetitions == 0 || suite.repeat == 0 {
            return Err(" repetitions and repeat are 1 at least".into());
        }
        Ok(suite)
    }

    /// In which order `count` configurations are run: their index and the repetition, from 1.
    pub fn runs(&self, count: usize) -> Vec<(usize, u32)> {
        let all = 1..=self.repetitions;
        let mut runs: Vec<(usize, u32)> = match self.order {
            Order::Sequential => {
                (0..count).flat_map(|one| all.clone().map(move |time| (one, time))).collect()
            }
            Order::Interleaved | Order::Shuffled => {
                all.flat_map(|time| (0..count).map(move |one| (one, time))).collect()
            }
        };
        if self.order == Order::Shuffled {
            let mut state = self.seed;
            for last in (1..runs.len()).rev() {
                let limit = u64::try_from(last + 1).unwrap_or(u64::MAX);
                let other = usize::try_from(next(&mut state) % limit).unwrap_or(0);
                runs.swap(last, other);
            }
        }
        runs
    }

    /// Whether so many failures of so many runs are too many.
    pub fn is_over_budget(&self, failed: usize, runs: usize) -> bool {
        match self.error_budget {
            None => false,
            Some(Budget::Runs(most)) => failed > most,
            Some(Budget::Share(share)) => failed as f64 > share * runs as f64,
        }
    }
}

/// `SplitMix64`: the same numbers for the same seed, on every machine and for ever.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suite(more: &str) -> Suite {
        Suite::parse(&format!("benchmarks: [a]\nrepetitions: 3\n{more}")).unwrap()
    }

    #[test]
    fn orders() {
        let runs = |more| suite(more).runs(2);
        assert_eq!(runs(""), [(0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 3)]);
        assert_eq!(runs("order: interleaved"), [(0, 1), (1, 1), (0, 2), (1, 2), (0, 3), (1, 3)]);
        let shuffled = runs("order: shuffled\nseed: 7");
        assert_eq!(shuffled, runs("order: shuffled\nseed: 7"));
        assert_ne!(shuffled, runs("order: shuffled\nseed: 8"));
        let mut sorted = shuffled.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, runs(""));
    }

    #[test]
    fn budgets() {
        assert!(!suite("").is_over_budget(6, 6));
        assert!(!suite("error_budget: 1").is_over_budget(1, 6));
        assert!(suite("error_budget: 1").is_over_budget(2, 6));
        assert!(!suite("error_budget: 50%").is_over_budget(3, 6));
        assert!(suite("error_budget: 50%").is_over_budget(4, 6));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let wrong = |text: &str| Suite::parse(text).unwrap_err();
        assert!(wrong("benchmarks: [a]\nrepetition: 3").contains("unknown field `repetition`"));
        assert!(wrong("benchmarks: [").starts_with('2'), "{}", wrong("benchmarks: ["));
        assert!(wrong("clouds: [aws]").contains("missing field `benchmarks`"));
        assert!(wrong("benchmarks: [a]\nwait: 5").contains("expected a string"));
        assert!(wrong("benchmarks: [a]\nwait: '5'").contains("no unit"));
        assert!(wrong("benchmarks: [a]\nerror_budget: -1").contains("error_budget"));
        assert!(wrong("benchmarks: [a]\norder: random").contains("unknown variant `random`"));
        assert!(wrong("benchmarks: []").contains("empty"));
    }
}
