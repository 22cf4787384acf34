//! `--fail-on`: a limit on a percentile, or on its change against the baseline.

use super::Report;
use super::words::{self, arrow, latency};
use sb_trace::units::{Unit, ns_to_ms, parse_duration};

/// The percentiles that a limit may name.
const KNOWN: [f64; 4] = [50.0, 90.0, 95.0, 99.0];

/// What a percentile may not exceed.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Most {
    /// This change against the baseline, as a share.
    Change(f64),
    /// This many milliseconds.
    Ms(f64),
}

/// A limit: `[PAIR:]pNN>X%` or `[PAIR:]pNN>DURATION`.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    text: String,
    /// The pair; none for every pair.
    pair: Option<String>,
    percent: f64,
    most: Most,
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::str::FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let help = "write for instance 'p99>5%', 'A->B:p50>10%' or 'total:p99>200ms'";
        let wrong = |what: &str| format!("'{text}': {what}: {help}");
        let (name, most) = text.rsplit_once('>').ok_or_else(|| wrong("there is no '>'"))?;
        let (pair, name) = match name.rsplit_once(':') {
            Some((pair, name)) => (Some(pair.trim().replace('→', "->")), name),
            None => (None, name),
        };
        let percent = name.trim().strip_prefix('p').and_then(|p| p.parse::<f64>().ok());
        let percent = percent
            .filter(|p| KNOWN.contains(p))
            .ok_or_else(|| wrong("before '>' stands none of p50, p90, p95, p99"))?;
        let most = most.trim();
        let most = if let Some(number) = most.strip_suffix('%') {
            let share = number.trim().parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0);
            if !super::COMPARED.contains(&percent) {
                return Err(wrong("changes are measured of p50, p90 and p99"));
            }
            Most::Change(share.ok_or_else(|| wrong("behind '>' stands no percentage"))? / 100.0)
        } else {
            Most::Ms(ns_to_ms(parse_duration(most).map_err(|what| format!("'{text}': {what}"))?))
        };
        Ok(Self { text: text.trim().to_owned(), pair, percent, most })
    }
}

/// How a limit held: what breaks it, and what could not be judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judged {
    /// A sentence for each broken limit and pair.
    pub broken: Vec<String>,
    /// What could not be judged, and why.
    pub open: Vec<String>,
}

impl Limit {
    /// Whether it needs a baseline.
    pub fn is_change(&self) -> bool {
        matches!(self.most, Most::Change(_))
    }

    /// Holds it against all start classes together of each pair.
    pub fn judge(&self, report: &Report, judged: &mut Judged) {
        let wanted = |pair: &str| self.pair.as_ref().is_none_or(|p| p == pair);
        let mut seen = false;
        let name = |pair: &str, of: &str| {
            let of = if of.is_empty() { String::new() } else { format!(" ({of})") };
            format!("{}{of}", arrow(pair))
        };
        match self.most {
            Most::Change(most) => {
                let rows = report.comparison.iter().flat_map(|c| &c.rows);
                for row in rows.filter(|r| wanted(&r.pair) && r.start_class == "all") {
                    seen = true;
                    let same = |p: f64| (p - self.percent).abs() < 1e-9;
                    let Some(c) = row.changes.iter().find(|c| same(c.percent)) else { continue };
                    let who =
                        format!("{}: p{} of {}", self.text, self.percent, name(&row.pair, &row.of));
                    match (c.change, c.low, c.high, c.supported) {
                        // What may as well be chance does not break a limit.
                        (Some(change), Some(low), Some(high), true) => {
                            if change > most && low > 0.0 {
                                judged.broken.push(format!(
                                    "{who} has changed by {} (95 % interval {} to {})",
                                    words::change(change),
                                    words::change(low),
                                    words::change(high)
                                ));
                            } else if change > most {
                                judged.open.push(format!(
                                    "{who} has changed by {}, which may be chance (95 % interval {} to {})",
                                    words::change(change),
                                    words::change(low),
                                    words::change(high)
                                ));
                            }
                        }
                        _ => judged.open.push(format!(
                            "{who} cannot be judged: {} calls against {}",
                            row.n.1, row.n.0
                        )),
                    }
                }
            }
            Most::Ms(most) => {
                for pair in report.pairs.iter().filter(|p| wanted(&p.name)) {
                    for row in pair.rows.iter().filter(|r| r.class.is_empty()) {
                        seen = true;
                        let who = format!(
                            "{}: p{} of {}",
                            self.text,
                            self.percent,
                            name(&pair.name, &row.of)
                        );
                        match row.ms(self.percent) {
                            Some(ms) if ms > most => {
                                judged
                                    .broken
                                    .push(format!("{who} is {}", latency(ms, Unit::fitting(ms))));
                            }
                            Some(_) => {}
                            None => judged.open.push(format!("{who} cannot be judged: no latency")),
                        }
                    }
                }
            }
        }
        if !seen {
            let what = self.pair.as_deref().unwrap_or("anything");
            judged.open.push(format!("{}: there is no {} to judge", self.text, arrow(what)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_and_wrong_ones_explained() {
        let limit: Limit = "A->B:p99>5%".parse().unwrap();
        assert_eq!((limit.pair.as_deref(), limit.percent), (Some("A->B"), 99.0));
        assert_eq!(limit.most, Most::Change(0.05));
        assert_eq!("p50>1.5s".parse::<Limit>().unwrap().most, Most::Ms(1500.0));
        for wrong in ["p99", "p98>5%", "p99>", "p99>x%", "p99>-5%", "p95>5%", "p99>5", "mean>5%"] {
            let error = wrong.parse::<Limit>().unwrap_err();
            assert!(error.contains(wrong), "{error}");
        }
    }
}
