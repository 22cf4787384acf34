//! End-to-end tests: the programs as a user runs them.
//!
//! - `analysis`: `sb-trace` on logs whose figures are known
//! - `errors`: bad input, its message and its exit code
//! - `hostile`: input and surroundings that break programs
//! - `instrument`: the files that print statements from within an app
//! - `formats`: logs collected elsewhere, and what the user can say about their form
//! - `driver`: `sb-run` on benchmark files that are right, and on those that are wrong
//! - `papers`: help with examples, completions, manual pages
//! - `plan`: what is decided about a log; memory and disk; tables of events as logs
//! - `report`: `sb-report` on odd and on bad input
//! - `odd`: the report of small and odd data; limits, groups and loads
//! - `page`: the report in a real browser
//! - `report_numbers`: every number of the report, computed again by other means
//! - `numbers`: quantiles against numpy, intervals against simulation
//! - `oracle`: the analysis once more, plainly, and that the program agrees with it
//! - `notebooks`: other tools read the tables and find the same numbers
//! - `tables`: every table in every format, and the types other tools see
//! - `tidy`: what ARCHITECTURE.md and README.md say is true of the tree
//! - `end_to_end`: `sb-run`, then `sb-report out/`
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::format_collect,
    reason = "a test that fails to set itself up is a failing test, and its logs are short"
)]

mod analysis;
mod collected;
mod driver;
mod end_to_end;
mod errors;
mod formats;
mod hostile;
mod instrument;
mod notebooks;
mod numbers;
mod odd;
mod oracle;
mod page;
mod papers;
mod plan;
mod report;
mod report_numbers;
mod tables;
mod tidy;
mod two_ways;

/// The programs under test: twins of the real ones, built by the same `cargo test`.
const SB_TRACE: &str = env!("CARGO_BIN_EXE_sb-trace-twin");
const SB_REPORT: &str = env!("CARGO_BIN_EXE_sb-report-twin");
const SB_RUN: &str = env!("CARGO_BIN_EXE_sb-run-twin");
