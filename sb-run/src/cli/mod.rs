//! The border: reads the command line, prints what is to be said, chooses the exit code.

mod args;
mod chain;
mod config;
mod meaning;
mod papers;
mod plan_file;
mod print;
mod shell;
mod status;
mod suites;
mod targets;
mod verbs;

use std::process::ExitCode;

use crate::ci::Ci;
use crate::error::Error;

/// Runs the program.
pub fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1).peekable();
    if let Some(plan) = words.next_if(|word| plan_file::is_plan(word.as_ref())) {
        let arguments: Vec<_> = words.collect();
        let result = plan_file::run(plan.as_ref(), &arguments);
        return ExitCode::from(result.unwrap_or_else(|error| report(&error)));
    }
    ExitCode::from(match chain::parse(words) {
        Ok(asked) => verbs::run(&asked).unwrap_or_else(|error| report(&error)),
        Err(error) => {
            // Help and version go to stdout and are no errors.
            let _ = error.print();
            u8::try_from(error.exit_code()).unwrap_or(2)
        }
    })
}

fn report(error: &Error) -> u8 {
    print::say(&format!("sb-run: error: {error}"));
    if let Some(annotation) = Ci::found().problem(error) {
        print::say(&annotation);
    }
    if let Some(hint) = error.hint() {
        print::say(&format!("sb-run: hint: {hint}"));
    }
    error.exit_code()
}
