//! RUN: one prepare..cleanup cycle, and the rules that hold between its steps.

pub mod book;
pub mod check;
pub mod plan;
pub mod session;
pub mod step;

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use crate::benchmark::Hook;

/// What the user asked for, understood and checked.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The `out` folder, absolute.
    pub out: PathBuf,
    /// `--set`, in order.
    pub set: Vec<(String, Value)>,
    /// `--tag`, in order.
    pub tags: Vec<(String, String)>,
    /// `--cloud`
    pub cloud: Option<String>,
    /// `--region`
    pub region: Option<String>,
    /// How often invoke is called.
    pub repeat: u32,
    /// The limits.
    pub timeouts: Timeouts,
    /// What Ctrl-C leads to, if the user said so.
    pub on_interrupt: Option<OnInterrupt>,
    /// Forget persisted values.
    pub reset_config: bool,
}

/// What happens after Ctrl-C.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum OnInterrupt {
    /// The cleanup hook runs.
    Cleanup,
    /// Everything stays as it is; the run can be continued.
    Keep,
}

/// How long hooks may run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// Any hook without a limit of its own.
    pub all: Option<Duration>,
    /// `prepare=...`
    pub prepare: Option<Duration>,
    /// `invoke=...`
    pub invoke: Option<Duration>,
    /// `cleanup=...`
    pub cleanup: Option<Duration>,
}

impl Timeouts {
    /// The limit of this hook.
    pub fn of(&self, hook: Hook) -> Option<Duration> {
        let own = match hook {
            Hook::Prepare => self.prepare,
            Hook::Invoke => self.invoke,
            Hook::Cleanup => self.cleanup,
        };
        own.or(self.all)
    }
}
