//! What the report says: numbers and sentences, from the table of latencies and the accounting of
//! the logs. Nothing here reads, writes or draws; every number comes from [`sb_trace::stats`].

mod pairs;
mod quality;
mod runs;
mod series;
mod slug;
mod verdict;
pub mod words;

pub use pairs::{Cell, PairView, Row};
pub use quality::{Flag, Level, Quality};
pub use runs::{Group, RunFacts, RunView};
pub use series::{QUANTILES, Series, Slice};

use sb_trace::latency::Latencies;
use sb_trace::stats::{DEFAULT_PERCENTILES, Summary, summarize};
use sb_trace::trace::Finding;
use sb_trace::{Analysis, FileInfo};

/// The percentiles of the page: those of every table, and p10 for the bars.
const PERCENTILES: [f64; 5] = [10.0, 50.0, 90.0, 95.0, 99.0];

/// What a report is made of.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    /// The latencies.
    pub latencies: &'a Latencies,
    /// Where they come from, unless they were read from a table.
    pub log: Option<&'a Analysis>,
    /// What the runs' own records say of them.
    pub facts: &'a [RunFacts],
    /// What was done to bring the inputs together.
    pub findings: &'a [Finding],
    /// The title that the user gave.
    pub title: Option<&'a str>,
}

/// Everything that the page, the summary and the pictures say.
#[derive(Debug, Clone)]
pub struct Report {
    /// The title.
    pub title: String,
    /// What was measured, in one sentence, where the title does not say it.
    pub subject: Option<String>,
    /// The runs, in the order of their ids.
    pub runs: Vec<RunView>,
    /// Runs that can be taken together: same benchmark, provider, region and tags.
    pub groups: Vec<Group>,
    /// The pairs in the order in which they occur in a trace.
    pub pairs: Vec<PairView>,
    /// All runs together, as `sb-trace stats --json` prints it.
    pub summaries: Vec<Summary>,
    /// What to know in five seconds.
    pub verdict: Vec<String>,
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
        let mut runs = runs::views(material);
        let groups = runs::groups(table, &mut runs);
        let pairs = pairs::views(table, &runs, &groups);
        let quality = quality::of(material, &runs);
        Self {
            title: runs::title(material.title, &runs),
            subject: runs::subject(&runs),
            verdict: verdict::sentences(&pairs, &runs, &groups),
            flags: quality::flags(material, &runs, &pairs, &quality),
            summaries: summarize(table, &DEFAULT_PERCENTILES, |_| true),
            findings: {
                let of_log = material.log.map_or(&[][..], |l| l.findings.as_slice());
                material.findings.iter().chain(of_log).cloned().collect()
            },
            files: material.log.map(|l| l.files.clone()).unwrap_or_default(),
            runs,
            groups,
            pairs,
            quality,
        }
    }

    /// Whether several runs are told apart.
    pub fn several_runs(&self) -> bool {
        self.runs.len() > 1
    }
}

#[cfg(test)]
pub(crate) mod tests;
