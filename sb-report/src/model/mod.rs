//! What the report says: numbers and sentences, from the table of latencies and the accounting of
//! the logs. Nothing here reads, writes or draws; every number comes from [`sb_trace::stats`].

mod arrivals;
mod breakdown;
mod compare;
mod detail;
mod exemplars;
mod flags;
mod groups;
mod limit;
mod load;
mod lookup;
mod mann_whitney;
mod mean;
mod pairs;
mod quality;
mod random;
mod resample;
mod runs;
mod series;
mod shift;
mod slug;
mod verdict;
pub mod words;

pub use arrivals::Arrivals;
pub use breakdown::{Band, Breakdown};
pub use compare::{COMPARED, Chance, Change, Compared, Comparison, Shifts, Units, Verdict};
pub use detail::Detail;
pub use exemplars::{Exemplar, Step};
pub use flags::Flag;
pub use groups::{Group, Grouped};
pub use limit::{Judged, Limit, LimitOutcome};
pub use load::LoadFacts;
pub use lookup::Lookup;
pub use pairs::{Cell, PairView, Row};
pub use quality::{Level, Quality, Sum};
pub use runs::{RunFacts, RunView};
pub use series::{CallPoint, PartPoints, Points, QUANTILES, Series, Slice};

use sb_trace::Collected;
use sb_trace::FileInfo;
use sb_trace::Finding;
use sb_trace::latency::{Latencies, Pair};
use sb_trace::stats::{DEFAULT_PERCENTILES, GroupKey, Summary, summarize_runs};

/// The percentiles of the page: those of every table, which `sb-trace stats` prints, too, and p10 for
/// the bars.
const PERCENTILES: [f64; 5] = [10.0, 50.0, 90.0, 95.0, 99.0];

/// What a report is made of.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    /// The latencies.
    pub latencies: &'a Latencies,
    /// Where they come from, unless they were read from a table.
    pub log: Option<&'a Collected>,
    /// What the runs' own records say of them.
    pub facts: &'a [RunFacts],
    /// What was done to bring the inputs together.
    pub findings: &'a [Finding],
    /// The latencies to compare with.
    pub baseline: Option<&'a Latencies>,
    /// Changes of the median below this share do not matter.
    pub threshold: f64,
    /// The columns by which latencies are grouped; none: by setting.
    pub group_by: &'a [GroupKey],
    /// The title that the user gave.
    pub title: Option<&'a str>,
    /// What may not be exceeded.
    pub limits: &'a [Limit],
}

/// Everything that the page, the summary and the pictures say.
#[derive(Debug, Clone)]
pub struct Report {
    /// The title.
    pub title: String,
    /// What was measured, in one sentence, where the title does not say it.
    pub subject: Option<String>,
    /// What ran when, in one line.
    pub extent: String,
    /// The runs, in the order of their ids.
    pub runs: Vec<RunView>,
    /// What can be taken together: runs of one setting, or what the user chose.
    pub groups: Vec<Group>,
    /// The pairs in the order in which they occur in a trace.
    pub pairs: Vec<PairView>,
    /// All runs together, as `sb-trace stats --json` prints it.
    pub summaries: Vec<Summary>,
    /// The comparison with the baseline.
    pub comparison: Option<Comparison>,
    /// Where the time goes.
    pub breakdown: Option<Breakdown>,
    /// Single traces.
    pub exemplars: Vec<Exemplar>,
    /// What to know in five seconds.
    pub verdict: Vec<String>,
    /// The user's limits and how they came out.
    pub limits: Vec<Judged>,
    /// What may be wrong with the data, or that nothing is.
    pub flags: Vec<Flag>,
    /// The details behind the flags.
    pub quality: Quality,
    /// What the analysis found worth knowing.
    pub findings: Vec<Finding>,
    /// The inputs, where they were logs.
    pub files: Vec<FileInfo>,
}

impl Report {
    /// Says what there is to say.
    pub fn of(material: Material<'_>) -> Self {
        let table = material.latencies;
        let summaries = summarize_runs(table, &PERCENTILES, |_| true);
        let mut runs = runs::views(material, &summaries);
        let grouped = groups::group(table, &mut runs, material.group_by, &summaries);
        let groups = &grouped.groups;
        let tick_ns = quality::tick_ns(table);
        let (pairs, (quality, (breakdown, exemplars))) = rayon::join(
            || pairs::views(table, &runs, &grouped, tick_ns),
            || {
                rayon::join(
                    || quality::of(material, &runs, tick_ns),
                    || (breakdown::of(table), material.log.map(exemplars::of).unwrap_or_default()),
                )
            },
        );
        let comparison = material.baseline.map(|baseline| {
            compare::compare(table, baseline, material.threshold, material.group_by)
        });
        let mut verdict = verdict::compared(comparison.as_ref());
        verdict.extend(verdict::sentences(&pairs, &runs, groups));
        let mut report = Self {
            title: runs::title(material.title, &runs),
            subject: runs::subject(&runs),
            extent: runs::extent(&runs),
            comparison,
            breakdown,
            exemplars,
            verdict,
            flags: flags::flags(material, &runs, &pairs, &quality),
            summaries: summaries.into_iter().map(shown).collect(),
            findings: {
                let of_log = material.log.map_or(&[][..], |l| l.figures.findings.as_slice());
                material.findings.iter().chain(of_log).cloned().collect()
            },
            files: material.log.map(|l| l.figures.files.clone()).unwrap_or_default(),
            runs,
            groups: grouped.groups,
            pairs,
            quality,
            limits: Vec::new(),
        };
        report.limits =
            material.limits.iter().map(|limit| limit.judge(&report, material)).collect();
        report
    }

    /// Whether several runs are told apart.
    pub fn several_runs(&self) -> bool {
        self.runs.len() > 1
    }
}

/// A summary with the percentiles of `sb-trace stats`.
fn shown(mut summary: Summary) -> Summary {
    summary.percentiles.retain(|p| DEFAULT_PERCENTILES.contains(&p.percent));
    summary
}

/// The pair that stands for the whole invocation: `total`, or the only one.
fn lead_pair(table: &Latencies) -> Option<usize> {
    let total = table.pairs.iter().position(|pair| *pair == Pair::Total);
    total.or((table.pairs.len() == 1).then_some(0))
}

#[cfg(test)]
pub(crate) mod tests;
