//! Runs the hooks of a serverless benchmark and keeps everything they log.
//!
//! A run is one `prepare` .. `cleanup` cycle of one benchmark:
//!
//! 1. [`cli`] turns the words of the command line into a list of steps.
//! 2. [`benchmark`] finds the `*_benchmark.py`, or unpacks a shipped one.
//! 3. [`run`] takes the steps one by one. It opens the run at the first, and continues it in
//!    later calls of sb-run, until a cleanup has succeeded.
//! 4. [`hook`] runs each step's function in a `python3` child and keeps what it prints.
//! 5. [`spec`] answers what the function asks of its `spec`; [`exec`] runs its commands.
//! 6. [`state`] writes it all down before anyone relies on it: the journal, `.sb/config.yml`,
//!    `run.yaml`; [`statement`] marks the phases in `driver.log`.

pub mod benchmark;
pub mod ci;
pub mod cli;
pub mod clock;
pub mod error;
pub mod exec;
pub mod hook;
pub mod run;
pub mod spec;
pub mod state;
pub mod statement;
pub mod units;
