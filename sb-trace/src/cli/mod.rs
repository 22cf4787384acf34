//! The command line: the only part that prints, reads the clock and chooses the exit code.

mod check;
mod events;
mod explain;
mod format_args;
mod formats;
mod input_args;
#[cfg(unix)]
mod interrupt;
mod latencies;
mod output_args;
mod plan;
pub mod print;
pub mod progress;
mod show;
mod stamp;
mod stamp_emit;
mod stats;
mod stats_json;
mod stats_text;
mod trace_args;

pub use check::accounting_text;
pub use format_args::FormatArgs;
pub use input_args::InputArgs;
pub use trace_args::TraceArgs;

use crate::error::{Error, Result};
use clap::{CommandFactory, Parser, Subcommand};
use std::process::ExitCode;

const ABOUT: &str = "Measures serverless applications from their trace logs";

const LONG_ABOUT: &str = "Measures serverless applications from their trace logs.

An app prints trace statements, <unix epoch in ms><time zone>|LABEL, for instance
1600776870140+0000|PRE_INVOKED, anywhere in its log. sb-trace finds them, puts them together to
one trace per invocation, and computes the latency from label to label.";

const EXAMPLES: &str = "\
Examples:
  sb-trace stats app.log                      latencies of each label to the next
  sb-trace stats logs/ --pair 'PRE_INVOKED->HANDLER_START'
  kubectl logs my-pod | sb-trace stats -      from standard input
  sb-trace latencies logs/*.gz -o latencies.parquet
  sb-trace check app.log --list               what was not understood, and why
  sb-trace formats                            the logs that are recognised, CloudWatch to journald
  echo \"$(sb-trace stamp PRE_INVOKED)\"        print a statement from a shell script

Exit codes: 0 done, 1 a limit that you set is broken, 2 wrong use, unreadable input or no
statement in the whole input.";

/// The arguments of `sb-trace`.
#[derive(Debug, Parser)]
#[command(name = "sb-trace", bin_name = "sb-trace", version, about = ABOUT, long_about = LONG_ABOUT, after_help = EXAMPLES)]
#[command(arg_required_else_help = true, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Stats(stats::StatsArgs),
    Events(events::EventsArgs),
    Latencies(latencies::LatenciesArgs),
    Check(check::CheckArgs),
    Show(show::ShowArgs),
    Plan(plan::PlanArgs),
    Stamp(stamp::StampArgs),
    Formats(formats::FormatsArgs),
    /// Print a completion script for your shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    #[command(hide = true)]
    Man,
}

/// Runs `sb-trace` with the arguments of the process.
pub fn main() -> ExitCode {
    #[cfg(unix)]
    interrupt::tidy_up();
    print::finish("sb-trace", run())
}

fn run() -> Result<()> {
    match Cli::parse().command {
        Command::Stats(command) => command.run(),
        Command::Events(command) => command.run(),
        Command::Latencies(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Show(command) => command.run(),
        Command::Plan(command) => command.run(),
        Command::Stamp(command) => command.run(),
        Command::Formats(command) => command.run(),
        Command::Completions { shell } => print::completions::<Cli>("sb-trace", shell),
        Command::Man => print::man(Cli::command()),
    }
}

/// Wrong use that clap cannot see.
fn usage(message: impl Into<String>) -> Error {
    Error::Usage { message: message.into() }
}
