//! What the programs say of themselves: help with examples, completions, manual pages.

use crate::{SB_REPORT, SB_RUN, SB_TRACE};
use sb_tests::Sandbox;

const PROGRAMS: [(&str, &str); 3] =
    [("sb-run", SB_RUN), ("sb-trace", SB_TRACE), ("sb-report", SB_REPORT)];

/// The subcommands of `sb-trace`, from its own help.
fn subcommands(help: &str) -> Vec<&str> {
    help.lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect()
}

#[test]
fn every_help_has_examples() {
    let sandbox = Sandbox::new();
    for (name, program) in PROGRAMS {
        let help = sandbox.run(program, &["--help"]).expect(0).stdout.clone();
        assert!(help.contains("Examples:"), "{name}\n{help}");
        assert!(help.contains("Exit codes:"), "{name}\n{help}");
        let version = sandbox.run(program, &["--version"]).expect(0).stdout.clone();
        assert_eq!(version, format!("{name} {}\n", env!("CARGO_PKG_VERSION")));
    }
    let help = sandbox.run(SB_TRACE, &["--help"]).stdout;
    let commands = subcommands(&help);
    assert!(commands.len() >= 7, "{help}");
    for command in commands.into_iter().filter(|command| *command != "completions") {
        let help = sandbox.run(SB_TRACE, &[command, "--help"]).expect(0).stdout.clone();
        assert!(help.contains("Examples:"), "{command}\n{help}");
        assert!(help.contains(&format!("sb-trace {command}")), "{command}\n{help}");
    }
}

#[test]
fn the_examples_of_the_help_are_accepted() {
    let sandbox = Sandbox::new();
    let log: String = (0..40i64)
        .map(|i| {
            let t = 1_600_776_870_000 + i * 1000;
            format!("{t}Z|PRE_INVOKED trace_id={i}\n{}Z|HANDLER_START trace_id={i}\n", t + i % 7)
        })
        .collect();
    sandbox.write("app.log", &log);
    sandbox.write("logs/a.log", &log);
    for command in ["stats", "events", "latencies", "check"] {
        let help = sandbox.run(SB_TRACE, &[command, "--help"]).expect(0).stdout.clone();
        let examples = help.lines().skip_while(|line| *line != "Examples:");
        let mut tried = 0;
        for line in examples.map(str::trim).filter(|line| line.starts_with("sb-trace ")) {
            // Words that explain stand two blanks behind; what follows a bar is another program.
            let line = line.split("  ").next().unwrap().split(" | ").next().unwrap();
            let line = line.replacen("sb-trace", "\"$SB\"", 1);
            if line.contains(".gz") {
                continue;
            }
            let out = sandbox.run_with("bash", &["-c", &line], b"", &[("SB", SB_TRACE)]);
            assert!(out.code == 0 || line.contains("--strict"), "{line}\n{}", out.stderr);
            tried += 1;
        }
        assert!(tried > 0, "{help}");
    }
}

#[test]
fn completions_are_scripts_and_manuals_are_pages() {
    let sandbox = Sandbox::new();
    for (name, program) in PROGRAMS {
        let script = sandbox.run(program, &["completions", "bash"]).expect(0).stdout.clone();
        assert!(script.contains(name), "{script}");
        sandbox.write("script", script);
        sandbox.run("bash", &["-n", "script"]).expect(0);
        let zsh = sandbox.run(program, &["completions", "zsh"]).expect(0).stdout.clone();
        assert!(zsh.starts_with(&format!("#compdef {name}")), "{zsh}");
        let page = sandbox.run(program, &["man"]).expect(0).stdout.clone();
        assert!(page.contains(".TH") && page.contains(".SH OPTIONS"), "{page}");
        assert!(page.contains("Examples:"), "{name}: {page}");
    }
}
