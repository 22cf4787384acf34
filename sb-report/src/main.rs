//! The `sb-report` program: see the library for what it does.

use std::process::ExitCode;

fn main() -> ExitCode {
    sb_report::cli::main()
}
