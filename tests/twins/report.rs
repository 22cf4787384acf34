//! Twin of `sb-report`.

fn main() -> std::process::ExitCode {
    sb_report::cli::main()
}
