//! Real tools that a test needs: where they are missing, it is skipped with a reason; in CI it fails.

use crate::{Outcome, Sandbox};
use std::path::PathBuf;
use std::process::Command;

/// Whether this is a CI run, where nothing may be skipped.
pub fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|v| !v.is_empty() && v != "false")
}

/// Says on a user's machine why a test does nothing.
pub fn skipped(reason: &str) {
    eprintln!("skipped: {reason}");
}

/// A Python with certain modules: `$SB_TEST_PYTHON` or `python3`.
#[derive(Debug, Clone)]
pub struct Python {
    program: PathBuf,
}

impl Python {
    /// Finds it; none, with the reason said, where a module is missing on a user's machine.
    pub fn with(modules: &[&str]) -> Option<Self> {
        let program = std::env::var_os("SB_TEST_PYTHON").unwrap_or_else(|| "python3".into());
        let import = format!("import {}", modules.join(", "));
        let found = Command::new(&program).args(["-c", &import]).output();
        if found.is_ok_and(|output| output.status.success()) {
            return Some(Self { program: program.into() });
        }
        let reason =
            format!("{} cannot import {}", PathBuf::from(program).display(), modules.join(", "));
        assert!(!in_ci(), "in CI this test must run: {reason}");
        skipped(&reason);
        None
    }

    /// Runs a script in the sandbox.
    pub fn run(&self, sandbox: &Sandbox, script: &str, args: &[&str]) -> Outcome {
        let all: Vec<&str> = ["-c", script].into_iter().chain(args.iter().copied()).collect();
        sandbox.run(&self.program, &all)
    }
}
