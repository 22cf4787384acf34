//! The command line as it is typed. What it means is settled in `chain` and `verbs`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use serde_json::Value;

use crate::benchmark::yaml;
use crate::run::OnInterrupt;
use crate::units;

const OVERVIEW: &str = "\
Examples:
  sb-run                                        test the benchmark in this folder
  sb-run test --benchmarks=thumbnail_generator  test one that comes with sb-run
  sb-run prepare invoke 10 cleanup              verbs chain
  sb-run prepare                                verb by verb: the run stays open until cleanup
  sb-run invoke --repeat 5
  sb-run cleanup

Flags may stand anywhere, and '_' is '-' in them.
Each run leaves its logs in out/runs/<run>/; 'sb-report out/' turns them into a report.

Exit codes: 0 done, 1 a hook failed or took too long, 2 wrong use or unreadable input,
130 or 143 interrupted. The first failure counts.";

/// Runs the hooks of a serverless benchmark and keeps everything they log.
#[derive(Debug, Parser)]
#[command(name = "sb-run", version, after_help = OVERVIEW, disable_help_subcommand = true)]
#[command(
    args_conflicts_with_subcommands = false,
    subcommand_value_name = "VERB",
    subcommand_help_heading = "Verbs"
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) verb: Option<Verb>,
    #[command(flatten)]
    pub(super) flags: Flags,
}

#[derive(Debug, Clone, Subcommand)]
pub(super) enum Verb {
    /// Run prepare, invoke and cleanup; cleanup runs whatever happens (the default)
    #[command(
        after_help = "Examples:\n  sb-run test\n  sb-run test --repeat 3 --timeout 20m\n  sb-run test --benchmarks=thumbnail_generator"
    )]
    Test,
    /// Load the benchmark file and check it; no hook runs
    #[command(after_help = "Example:\n  sb-run validate --file app_benchmark.py")]
    Validate,
    /// Run the prepare hook; opens a run
    #[command(
        after_help = "Examples:\n  sb-run prepare\n  sb-run prepare --set memory=512 --tag variant=arm\n  sb-run prepare --timeout 20m --on-interrupt cleanup"
    )]
    Prepare,
    /// Run the invoke hook
    #[command(
        after_help = "Examples:\n  sb-run invoke\n  sb-run invoke 100          the hook is called once and told 100\n  sb-run invoke --repeat 5   the hook is called five times"
    )]
    Invoke {
        /// A number for the hook, which finds it in its spec under `workload_type`; or 'single'
        #[arg(value_name = "N", value_parser = invocations)]
        number: Option<Invocations>,
    },
    /// Run the cleanup hook; closes the run if nothing failed
    #[command(
        after_help = "Example:\n  sb-run cleanup\n\nA command that fails does not stop cleanup. The run stays open then, and cleanup can be repeated."
    )]
    Cleanup,
    /// Show the open run: its steps, its processes, where its logs are
    #[command(
        after_help = "Examples:\n  sb-run status\n  sb-run status --benchmarks=thumbnail_generator"
    )]
    Status,
    /// List the benchmarks that come with sb-run
    #[command(after_help = "Example:\n  sb-run list")]
    List,
    /// Print a completion script for a shell
    #[command(
        after_help = "Example:\n  sb-run completions bash > ~/.local/share/bash-completion/completions/sb-run"
    )]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    #[command(after_help = "Example:\n  sb-run man | man -l -")]
    Man,
}

/// The argument of `invoke`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Invocations(pub(super) Option<u64>);

#[derive(Debug, Clone, Args)]
pub(super) struct Flags {
    /// The benchmark file, if it is not the only *_benchmark.py here
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "benchmarks")]
    pub(super) file: Option<PathBuf>,
    /// Benchmarks that come with sb-run, separated by commas (see 'sb-run list')
    #[arg(long, global = true, value_name = "NAMES", value_delimiter = ',')]
    pub(super) benchmarks: Vec<String>,
    /// The cloud: picks the variant of a shipped benchmark, or sets `provider` in the spec
    #[arg(long, global = true, value_name = "CLOUD")]
    pub(super) cloud: Option<String>,
    /// Sets `region` in the spec
    #[arg(long, global = true, value_name = "REGION")]
    pub(super) region: Option<String>,
    /// Sets a value in the spec; VALUE is read as YAML. May be repeated
    #[arg(long, global = true, value_name = "KEY=VALUE", value_parser = set_value)]
    pub(super) set: Vec<(String, Value)>,
    /// Marks the run; becomes a column of the tables. May be repeated
    #[arg(long, global = true, value_name = "KEY=VALUE", value_parser = tag)]
    pub(super) tag: Vec<(String, String)>,
    /// Call the invoke hook this often
    #[arg(long, global = true, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) repeat: u32,
    /// Where runs are written
    #[arg(long, global = true, value_name = "FOLDER", default_value = "out")]
    pub(super) out: PathBuf,
    /// Run commands on this machine instead of in containers (always so in this version)
    #[arg(long, global = true)]
    pub(super) local: bool,
    /// The longest a hook may run: 250ms, 1.5s, 20m (minutes), or per hook: prepare=20m,invoke=5m
    #[arg(long, global = true, value_name = "TIME", value_delimiter = ',', value_parser = limit)]
    pub(super) timeout: Vec<Limit>,
    /// After Ctrl-C or SIGTERM: run cleanup, or keep all for later. Twice stops at once.
    /// Without it: cleanup if it is among the verbs (test), else keep
    #[arg(long, global = true, value_name = "WHAT")]
    pub(super) on_interrupt: Option<OnInterrupt>,
    /// Forget the values of the open run and take those of the file
    #[arg(long, global = true)]
    pub(super) reset_config: bool,
    /// Check the file and print what would be done
    #[arg(long, global = true)]
    pub(super) dry_run: bool,
}

/// One limit of `--timeout`; without a hook it holds for all.
#[derive(Debug, Clone)]
pub(super) struct Limit {
    pub(super) hook: Option<String>,
    pub(super) time: Duration,
}

fn invocations(text: &str) -> Result<Invocations, String> {
    if text == "single" {
        return Ok(Invocations(None));
    }
    match text.parse() {
        Ok(number) if number > 0 => Ok(Invocations(Some(number))),
        _ => Err("a number from 1 on, or 'single', is expected".into()),
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.trim().into(), value.into())),
        _ => Err("KEY=VALUE is expected".into()),
    }
}

fn set_value(text: &str) -> Result<(String, Value), String> {
    let (key, value) = pair(text)?;
    let value = yaml::parse(&value)
        .map_err(|error| format!("the value is not valid YAML: {}", error.problem))?;
    Ok((key, value))
}

fn tag(text: &str) -> Result<(String, String), String> {
    let (key, value) = pair(text)?;
    if key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Ok((key, value));
    }
    Err("a tag's key has letters, digits and '_' only, because it becomes a column's name".into())
}

fn limit(text: &str) -> Result<Limit, String> {
    match text.split_once('=') {
        None => Ok(Limit { hook: None, time: units::parse_duration(text)? }),
        Some((hook @ ("prepare" | "invoke" | "cleanup"), time)) => {
            Ok(Limit { hook: Some(hook.into()), time: units::parse_duration(time)? })
        }
        Some((other, _)) => {
            Err(format!("'{other}' is no hook; there are prepare, invoke and cleanup"))
        }
    }
}
