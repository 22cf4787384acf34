//! The pictures, a file each. A chart draws numbers that the model has; it computes none.

mod by_run;
mod cold;
mod ecdf;
mod forest;
mod frame;
mod over_time;
mod percentile;
mod quality;
mod shift;
mod spread;
mod waterfall;

pub use shift::{Shifted, shifted};
pub use spread::SharedScale;

use crate::figure::Figure;
use crate::model::{PartPoints, Report};
use rayon::prelude::*;

/// The pictures of one pair.
#[derive(Debug, Clone)]
pub struct PairCharts {
    /// The distribution.
    pub ecdf: Figure,
    /// Latency over time.
    pub over_time: Figure,
    /// Latency by percentile, where there are enough latencies for a tail.
    pub percentile: Option<Figure>,
    /// The medians of the runs, where there are several.
    pub by_run: Option<Figure>,
}

impl PairCharts {
    /// All of them, in the order of the page.
    pub fn all(&self) -> impl Iterator<Item = &Figure> {
        [&self.ecdf, &self.over_time].into_iter().chain(&self.percentile).chain(&self.by_run)
    }
}

/// All pictures of a report.
#[derive(Debug, Clone)]
pub struct Charts {
    /// All pairs on one scale; none where there is no latency.
    pub summary: Option<Figure>,
    /// The changes against the baseline.
    pub compare: Option<Figure>,
    /// Where in the distribution pairs have moved, in the order of [`shifted`].
    pub shifts: Vec<Figure>,
    /// Where the time goes.
    pub breakdown: Option<Figure>,
    /// Cold against warm.
    pub cold: Option<Figure>,
    /// Data quality.
    pub quality: Option<Figure>,
    /// Single traces.
    pub exemplars: Vec<Figure>,
    /// Of each pair, in the report's order; none where a pair has no latency.
    pub pairs: Vec<Option<PairCharts>>,
}

impl Charts {
    /// Draws the report.
    pub fn of(report: &Report) -> Self {
        let pairs = report.pairs.par_iter().map(|pair| {
            (pair.n > 0).then(|| {
                let points = pair.series.iter().flat_map(|s| s.points.runs());
                let runs: std::collections::BTreeSet<usize> = points.map(PartPoints::run).collect();
                let top = frame::above(runs.len());
                PairCharts {
                    ecdf: ecdf::figure(pair, report.pairs.len(), top),
                    over_time: over_time::figure(pair, report, top),
                    percentile: percentile::figure(pair, report.pairs.len(), top),
                    by_run: by_run::figure(pair, &report.runs, top),
                }
            })
        });
        let exemplar = |(at, exemplar): (usize, &crate::model::Exemplar)| {
            let run = report.runs.get(exemplar.run).filter(|_| report.several_runs());
            waterfall::exemplar(exemplar, at + 1, run.map(|r| r.name.as_str()))
        };
        Self {
            summary: spread::figure(report),
            compare: report.comparison.as_ref().and_then(forest::figure),
            shifts: shifted(report).0.iter().map(shift::figure).collect(),
            breakdown: report.breakdown.as_ref().and_then(waterfall::breakdown),
            cold: cold::figure(report),
            quality: quality::figure(report),
            exemplars: report.exemplars.iter().enumerate().map(exemplar).collect(),
            pairs: pairs.collect(),
        }
    }

    /// Every picture, in a fixed order.
    pub fn all(&self) -> Vec<&Figure> {
        let whole = [&self.summary, &self.compare, &self.breakdown, &self.cold, &self.quality];
        let pairs = self.pairs.iter().flatten().flat_map(PairCharts::all);
        whole
            .into_iter()
            .flatten()
            .chain(&self.shifts)
            .chain(&self.exemplars)
            .chain(pairs)
            .collect()
    }
}

#[cfg(test)]
mod tests;
