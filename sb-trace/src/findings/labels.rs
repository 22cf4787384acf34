//! Labels that the user named and the log does not have: most are misspelt.

use super::Finding;
use crate::options::Options;
use crate::options::{Grouping, PairChoice};
use hashbrown::HashSet;

/// Less alike than this, two labels are not each other's misspelling.
const ALIKE: f64 = 0.8;

/// A warning for each label of `--pair`, `--expect` and `--by` that no event has.
pub(crate) fn unknown_labels(seen: &HashSet<&str>, options: &Options) -> Vec<Finding> {
    let mut asked: Vec<(&str, &str)> = Vec::new();
    if let PairChoice::Named(pairs) = &options.pairs {
        asked.extend(pairs.iter().flat_map(|p| [("--pair", &*p.from), ("--pair", &*p.to)]));
    }
    asked.extend(options.expect.iter().map(|label| ("--expect", &**label)));
    if let Grouping::Label(label) = &options.by {
        asked.push(("--by", label));
    }
    let mut findings: Vec<Finding> = Vec::new();
    for (flag, label) in asked {
        if seen.contains(label) {
            continue;
        }
        let message = format!("{flag}: no event has the label {label}");
        let finding = Finding::warning(message, remedy(label, seen));
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    findings
}

/// The label that is most like a misspelt one, if any is.
pub fn nearest_label<'l>(label: &str, known: impl Iterator<Item = &'l str>) -> Option<&'l str> {
    let upper = label.to_ascii_uppercase();
    let alike = |other: &'l str| (strsim::jaro_winkler(&upper, &other.to_ascii_uppercase()), other);
    let nearest = known.map(alike).max_by(|a, b| a.0.total_cmp(&b.0));
    nearest.filter(|(alike, _)| *alike >= ALIKE).map(|(_, label)| label)
}

fn remedy(label: &str, seen: &HashSet<&str>) -> String {
    const MOST_LISTED: usize = 12;
    let mut known: Vec<&str> = seen.iter().copied().collect();
    known.sort_unstable();
    if let Some(nearest) = nearest_label(label, known.iter().copied()) {
        return format!("did you mean {nearest}?");
    }
    let more = if known.len() > MOST_LISTED { ", ..." } else { "" };
    known.truncate(MOST_LISTED);
    format!("the labels are {}{more}", known.join(", "))
}
