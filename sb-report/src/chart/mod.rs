//! The pictures, a file each. A chart draws numbers that the model has; it computes none.

mod ecdf;
mod frame;
mod over_time;
mod spread;

pub use spread::SharedScale;

use crate::figure::Figure;
use crate::model::Report;
use rayon::prelude::*;

/// The pictures of one pair.
#[derive(Debug, Clone)]
pub struct PairCharts {
    /// The distribution.
    pub ecdf: Figure,
    /// Latency over time.
    pub over_time: Figure,
}

/// All pictures of a report.
#[derive(Debug, Clone)]
pub struct Charts {
    /// All pairs on one scale; none where there is no latency.
    pub summary: Option<Figure>,
    /// Of each pair, in the report's order; none where a pair has no latency.
    pub pairs: Vec<Option<PairCharts>>,
}

impl Charts {
    /// Draws the report.
    pub fn of(report: &Report) -> Self {
        let pairs = report.pairs.par_iter().map(|pair| {
            (pair.n > 0).then(|| PairCharts {
                ecdf: ecdf::figure(pair),
                over_time: over_time::figure(pair, &report.runs),
            })
        });
        Self { summary: spread::figure(report), pairs: pairs.collect() }
    }

    /// Every picture, in a fixed order.
    pub fn all(&self) -> Vec<&Figure> {
        let pairs = self.pairs.iter().flatten().flat_map(|p| [&p.ecdf, &p.over_time]);
        self.summary.iter().chain(pairs).collect()
    }
}

#[cfg(test)]
mod tests;
