//! How a hook ended.

use std::time::Duration;

use super::protocol::Raised;

/// How a hook ended. Everything but `Returned` is a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The function returned.
    Returned,
    /// It raised, or called `sys.exit` with a code.
    Raised(Raised),
    /// Executing the benchmark file failed.
    LoadFailed(Raised),
    /// Its process ended before the function returned.
    Died {
        /// The exit code; 128 + n after signal n.
        code: i32,
    },
    /// It ran longer than `--timeout` allows.
    TimedOut {
        /// The limit.
        limit: Duration,
    },
    /// Ctrl-C or SIGTERM.
    Interrupted {
        /// The signal.
        signal: i32,
    },
    /// The application's log could not be fetched.
    NotCollected {
        /// Why not.
        problem: String,
    },
    /// It returned, but what it printed could not be written down.
    NotKept {
        /// Why not.
        problem: String,
    },
    /// It returned, but commands of it failed (cleanup goes on after a failing command).
    CommandsFailed {
        /// How many.
        count: u32,
    },
}

impl Outcome {
    /// One word for machines.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Returned => "done",
            Self::Raised(_) => "raised",
            Self::LoadFailed(_) => "load_failed",
            Self::Died { .. } => "died",
            Self::TimedOut { .. } => "timed_out",
            Self::Interrupted { .. } => "interrupted",
            Self::NotCollected { .. } => "not_collected",
            Self::NotKept { .. } => "not_kept",
            Self::CommandsFailed { .. } => "commands_failed",
        }
    }

    /// One sentence for humans, without the hook's name; nothing if all is well.
    pub fn sentence(&self) -> Option<String> {
        Some(match self {
            Self::Returned => return None,
            Self::Raised(error) => format!("{}: {}", error.place(), error.words()),
            Self::LoadFailed(error) => {
                format!("{}: loading the benchmark file failed: {}", error.place(), error.words())
            }
            Self::Died { code } if *code > 128 => {
                format!("the process was ended by signal {}", code - 128)
            }
            Self::Died { code } => {
                format!(
                    "the process ended with code {code} before the function returned (os._exit, or a crash)"
                )
            }
            Self::TimedOut { limit } => {
                format!("stopped after {} (--timeout)", crate::units::duration(*limit))
            }
            Self::Interrupted { signal } => format!("interrupted by {}", signal_name(*signal)),
            Self::NotCollected { problem } => problem.clone(),
            Self::NotKept { problem } => format!("cannot keep the hook's output: {problem}"),
            Self::CommandsFailed { count: 1 } => "one of its commands failed".into(),
            Self::CommandsFailed { count } => format!("{count} of its commands failed"),
        })
    }

    /// The exit code of sb-run if this is the first failure.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Returned => 0,
            Self::LoadFailed(_) => 2,
            Self::Interrupted { signal } => crate::error::interrupted(*signal),
            _ => 1,
        }
    }
}

/// The signal as users know it.
pub fn signal_name(signal: i32) -> String {
    match signal {
        1 => "SIGHUP".into(),
        2 => "Ctrl-C".into(),
        15 => "SIGTERM".into(),
        other => format!("signal {other}"),
    }
}
