//! Traces: which events belong to one request of the app, and what is said of them.

#[cfg(feature = "tables")]
mod doubts;
#[cfg(feature = "tables")]
mod finding;
mod grouping;
#[cfg(feature = "tables")]
mod missing;
#[cfg(feature = "tables")]
mod paths;
mod start_class;
#[cfg(feature = "tables")]
mod whole;

#[cfg(feature = "tables")]
pub(crate) use doubts::{Made, Sequences, doubts, steps};
#[cfg(feature = "tables")]
pub use finding::{Finding, Severity};
#[cfg(feature = "tables")]
pub(crate) use grouping::DRIVER;
pub use grouping::Grouping;
#[cfg(feature = "tables")]
pub(crate) use missing::{Incomplete, count as count_missing};
#[cfg(feature = "tables")]
pub use missing::{Lack, Missing};
#[cfg(feature = "tables")]
pub(crate) use paths::{Kind, Path, Paths, Planned};
#[cfg(feature = "tables")]
pub(crate) use start_class::of_labels;
pub use start_class::{ClassSource, ColdWarm, StartClass};
#[cfg(feature = "tables")]
pub(crate) use whole::{Called, Limits, Started, Trace, Traces};
