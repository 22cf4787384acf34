//! Traces: which events belong to one request of the app, and what is said of them.

mod missing;
mod paths;
mod start_class;
mod stream;
mod traces;

pub(crate) use missing::{Incomplete, count as count_missing};
pub use missing::{Lack, Missing};
pub(crate) use paths::{Family, Path, PathKind, Paths};
pub use start_class::{ClassSource, ColdWarm, StartClass};
pub(crate) use start_class::{Starts, of_labels};
pub(crate) use stream::{Steps, Stream, StreamState};
pub(crate) use traces::{InvocationStarts, Limits, Trace, TraceName, Traces};
