//! Twin of `sb-trace`.

fn main() -> std::process::ExitCode {
    sb_trace::cli::main()
}
