//! The `sb-trace` program: see the library for what it does.

use std::process::ExitCode;

fn main() -> ExitCode {
    sb_trace::cli::main()
}
