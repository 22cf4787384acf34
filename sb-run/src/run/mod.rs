//! RUN: one prepare..cleanup cycle, and the rules that hold between its steps.

mod aftermath;
pub mod book;
pub mod check;
pub mod collect;
mod fetch;
pub mod opening;
pub mod place;
pub mod plan;
pub mod session;
pub mod step;
pub mod suite;
mod tails;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::benchmark::Hook;
use crate::exec::signal::Interrupts;

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
    /// Where hooks and their commands run.
    pub mode: Mode,
    /// The limits.
    pub timeouts: PerHook<Duration>,
    /// How often a hook that failed is called again.
    pub retries: PerHook<u32>,
    /// `--settle`: how long logs take to arrive at the provider.
    pub settle: Option<Duration>,
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

/// Sleeps; gives the signal that ended it early.
pub fn pause(time: Duration, interrupts: &Interrupts) -> Option<i32> {
    let until = Instant::now() + time;
    let before = interrupts.seen().map_or(0, |seen| seen.count);
    while Instant::now() < until {
        if let Some(seen) = interrupts.seen().filter(|seen| seen.count > before) {
            return Some(seen.signal);
        }
        let left = until.saturating_duration_since(Instant::now());
        std::thread::sleep(left.min(Duration::from_millis(50)));
    }
    None
}

/// Where hooks and their commands run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// Hooks in the image of the Dockerfile if there is one; commands in the images they name.
    #[default]
    Auto,
    /// Hooks in a container, whatever it takes.
    Docker,
    /// Everything on this machine.
    Local,
}

/// A setting for all hooks, with exceptions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PerHook<T> {
    /// Any hook without a setting of its own.
    pub all: Option<T>,
    /// `prepare=...`
    pub own: Vec<(Hook, T)>,
}

impl<T> Default for PerHook<T> {
    fn default() -> Self {
        Self { all: None, own: Vec::new() }
    }
}

impl<T: Copy> PerHook<T> {
    /// What holds for this hook.
    pub fn of(&self, hook: Hook) -> Option<T> {
        let own = self.own.iter().rev().find(|(of, _)| *of == hook);
        own.map(|(_, setting)| *setting).or(self.all)
    }
}
