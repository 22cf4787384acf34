//! End-to-end tests of the driver: the real program, real python3 children, temporary folders.
//!
//! - `sandbox`: a folder, a benchmark file in it, and what sb-run said and left behind
//! - `signs`: waiting for what shows that it is time, not for a time
//! - `errors`: wrong use and broken files: message, exit code, and nothing left behind
//! - `output`: what hooks and their commands print is captured, whole and in order
//! - `spec`: values and commands, within one call of sb-run and over several
//! - `state`: precedence, edits, secrets, the lock, the run folder
//! - `crash`: sb-run is killed; a new one knows what was set
//! - `processes`: servers and daemons that outlive their hook
//! - `signals`: Ctrl-C, SIGTERM, time limits
//! - `members`: the public members of `spec`
//! - `workloads`: invoke's load, k6, warm-ups
//! - `collect`: the application's log is fetched
//! - `ways`: retries, waits, config, validate, GitHub Actions, regions
//! - `plans`: suites and plans
//! - `failures`: each way to fail, in each hook, on this machine and in containers
//! - `acceptance`: what the original asks of a driver, under the names of its own tests
//! - `shipped`: the benchmark inside the program
//! - `engine`, `containers`: hooks and commands in containers, with a real engine
//! - `handed_back`: what containers make belongs to the user
//! - `command_line`: verbs, flags, help

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking; helpers are outside #[test] functions"
)]

mod acceptance;
mod collect;
mod command_line;
mod containers;
mod crash;
mod engine;
mod errors;
mod failures;
mod handed_back;
mod members;
mod output;
mod plans;
mod processes;
mod sandbox;
mod shipped;
mod signals;
mod signs;
mod spec;
mod state;
mod ways;
mod workloads;
