//! Load honesty: whether the load that was offered was made.

use super::words::{count, percent, span, whole};
use serde::Serialize;

/// What k6 says of a run's load.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct LoadFacts {
    /// Calls that its options ask for; none where they do not say.
    pub offered: Option<f64>,
    /// How long they ask for them, in seconds.
    pub offered_s: f64,
    /// Whether calls are made at their time, however long earlier ones take.
    pub open_loop: bool,
    /// Calls (iterations) that were made; none where there is no CSV.
    pub made: Option<f64>,
    /// How long that took, in seconds.
    pub made_s: Option<f64>,
    /// Calls that k6 had to leave out.
    pub dropped: f64,
    /// Requests that failed.
    pub failed: f64,
}

impl LoadFacts {
    /// Whether at least 99 of 100 calls that were offered were made; none where that is unknown.
    pub fn reached(&self) -> Option<bool> {
        match (self.offered, self.made) {
            (Some(offered), Some(made)) if offered > 0.0 => Some(made >= 0.99 * offered),
            (_, Some(_)) => Some(self.dropped <= 0.0),
            _ => None,
        }
    }

    /// One sentence.
    pub fn words(&self) -> String {
        let mut parts = Vec::new();
        if let Some(offered) = self.offered {
            parts.push(format!("{} offered{}", calls(offered), rate(offered, self.offered_s)));
        }
        if let Some(made) = self.made {
            let share = match self.offered {
                Some(offered) if offered >= 1.0 => {
                    format!(" ({})", percent(whole(made), whole(offered)))
                }
                _ => String::new(),
            };
            let rate = self.made_s.map(|s| rate(made, s)).unwrap_or_default();
            parts.push(format!("{} made{share}{rate}", calls(made)));
        }
        for (number, word) in [(self.dropped, "dropped"), (self.failed, "failed")] {
            if number > 0.0 {
                parts.push(format!("{} {word}", calls(number)));
            }
        }
        if !self.open_loop && self.offered.is_some() {
            parts.push("closed loop: each call waits for the one before, so slow calls are asked less often".to_owned());
        }
        parts.join("; ")
    }
}

fn calls(number: f64) -> String {
    count(whole(number))
}

fn rate(calls: f64, seconds: f64) -> String {
    if seconds < 1.0 {
        return String::new();
    }
    #[expect(clippy::cast_possible_truncation, reason = "clamped to years")]
    let ns = (seconds.min(9e8) * 1e9) as i64;
    let per_second = calls / seconds;
    let digits = if per_second >= 9.95 { 0 } else { 2 };
    format!(", {per_second:.digits$} a second for {}", span(ns))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_made_is_said() {
        let facts = LoadFacts {
            offered: Some(3600.0),
            offered_s: 3600.0,
            open_loop: true,
            made: Some(3400.0),
            made_s: Some(3600.0),
            dropped: 200.0,
            failed: 0.0,
        };
        assert_eq!(facts.reached(), Some(false));
        assert_eq!(
            facts.words().replace('\u{a0}', " "),
            "3 600 offered, 1.00 a second for 1 h 00 min; 3 400 made (94 %), 0.94 a second for 1 h 00 min; 200 dropped"
        );
        let closed = LoadFacts { offered: Some(10.0), made: Some(10.0), ..LoadFacts::default() };
        assert_eq!(closed.reached(), Some(true));
        assert!(closed.words().contains("closed loop"));
        assert_eq!(LoadFacts::default().reached(), None);
    }
}
