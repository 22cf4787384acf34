//! Numbers: quantiles, their confidence intervals, and the summary of a pair.

mod accumulate;
mod counts;
mod distribution;
mod group;
mod interval;
mod modes;
mod quantile;
mod sort;
mod summary;

pub use accumulate::Accumulator;
pub use counts::ValueCounts;
pub use distribution::Distribution;
pub use group::{GroupKey, summarize_by};
pub use interval::{Ranks, minimum_n, ranks, supported};
pub use modes::{Mode, modes};
pub use quantile::quantile;
pub(crate) use sort::sort;
pub(crate) use summary::PercentileColumns;
pub use summary::{
    ALL_CLASSES, DEFAULT_PERCENTILES, Percentile, Summary, percentile_name, summarize,
    summarize_runs,
};
