//! Twin of `sb-run`.

fn main() -> std::process::ExitCode {
    sb_run::cli::main()
}
