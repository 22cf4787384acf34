//! What stands at the end of the pipeline.

use super::batch::Batch;
use crate::error::Result;
use crate::plan::{Planned, Rules};
use crate::trace::{StartClass, Trace, Traces};

/// Takes what was measured. Each thread has one of its own.
pub(crate) trait Sink: Send {
    /// Whether traces must come in the order of the log.
    const ORDERED: bool;

    /// Whether anybody asks for traces.
    fn wants_traces(&self) -> bool {
        true
    }

    /// The events of a block, in the order of the log. Blocks may come in any order.
    fn events(&mut self, batch: &Batch) -> Result<()> {
        let _ = batch;
        Ok(())
    }

    /// Whole traces. If they must be in order, those of a smaller number come first in the log; a
    /// number may be missing.
    fn take(&mut self, measured: &Measured<'_>) -> Result<()>;

    /// No traces have a smaller number than this and were not taken yet.
    fn passed(&mut self, number: u64) -> Result<()> {
        let _ = number;
        Ok(())
    }
}

/// Whole traces with what the plan says of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured<'m> {
    pub number: u64,
    pub traces: &'m Traces,
    /// The path of each trace.
    pub path_of: &'m [u32],
    /// What the plan says of each path.
    pub planned: &'m [Planned],
    pub rules: &'m Rules<'m>,
}

impl<'m> Measured<'m> {
    /// The traces with what their paths say of them.
    pub(crate) fn traces(&self) -> impl ExactSizeIterator<Item = (&'m Trace, &'m Planned)> + Clone {
        static NOTHING: Planned = Planned::NOTHING;
        let planned = |path: u32| self.planned.get(path as usize).unwrap_or(&NOTHING);
        self.traces.all.iter().zip(self.path_of).map(move |(trace, &path)| (trace, planned(path)))
    }

    /// How a trace started.
    pub(crate) fn start_class(trace: &Trace, planned: &Planned) -> StartClass {
        planned.class.or(trace.started.cold, trace.started.warm)
    }
}
