//! The command line as it is typed. What it means is settled in `chain` and `verbs`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use serde_json::Value;

use crate::benchmark::{Hook, yaml};
use crate::run::OnInterrupt;
use crate::spec::upscale::ScaleType;
use crate::units;

const OVERVIEW: &str = "\
Examples:
  sb-run                                        test the benchmark in this folder
  sb-run test --benchmarks=thumbnail_generator  test one that comes with sb-run
  sb-run prepare invoke 10 cleanup              verbs chain
  sb-run prepare                                verb by verb: the run stays open until cleanup
  sb-run prepare invoke 10 wait 90s collect cleanup
  sb-run invoke --repeat 5
  sb-run suite.yaml                             many runs: benchmarks, clouds, regions, repetitions
  sb-run plan.py                                a plan in Python: from sb.sb import Sb
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
    /// Run prepare, invoke, collect and cleanup; cleanup runs whatever happens (the default)
    #[command(
        after_help = "Examples:\n  sb-run test\n  sb-run test --repeat 3 --timeout 20m\n  sb-run test --benchmarks=thumbnail_generator"
    )]
    Test,
    /// Check the benchmark file without executing it, as far as that is possible
    #[command(after_help = "Example:\n  sb-run validate --file app_benchmark.py")]
    Validate,
    /// Run the prepare hook; opens a run
    #[command(
        after_help = "Examples:\n  sb-run prepare\n  sb-run prepare --set memory=512 --tag variant=arm\n  sb-run prepare --timeout 20m --on-interrupt cleanup"
    )]
    Prepare,
    /// Run the invoke hook
    #[command(
        after_help = "Examples:\n  sb-run invoke\n  sb-run invoke 100          the hook is called once and told 100, as is k6\n  sb-run invoke --repeat 5   the hook is called five times\n  sb-run invoke custom --workload-trace rates.csv\n  sb-run invoke custom --workload-options options.json"
    )]
    Invoke {
        /// A number for the hook and for k6, found in the spec under `workload_type`; or 'single',
        /// or 'custom' with --workload-trace or --workload-options
        #[arg(value_name = "N|custom")]
        workload: Option<String>,
    },
    /// Fetch the application's log from its provider: the collect hook, or the provider's own CLI
    #[command(
        after_help = "Example:\n  sb-run collect --settle 60s\n\nWithout a collect hook the spec says what to fetch: log_groups (aws), app_insights and\nresource_group (azure), log_filter and project (google)."
    )]
    Collect,
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
    /// Do nothing for a while
    #[command(after_help = "Example:\n  sb-run prepare wait 90s invoke cleanup")]
    Wait {
        /// How long: 90s, 5m; a number alone is seconds
        #[arg(value_name = "DURATION", value_parser = pause)]
        time: Duration,
    },
    /// Open a shell in an image, with the benchmark's folder and credentials in it
    #[command(after_help = "Example:\n  sb-run shell aws_cli")]
    Shell {
        /// The image or its short name
        image: String,
        /// The shell's path in it
        #[arg(value_name = "SHELL", default_value = "/bin/sh")]
        shell: String,
    },
    /// Read or set the values of the open run
    #[command(
        after_help = "Examples:\n  sb-run config show\n  sb-run config get endpoint\n  sb-run config set load_level 20 prepare"
    )]
    Config {
        /// get KEY, set KEY VALUE, or show
        #[arg(value_name = "get|set|show", required = true, num_args = 1..=3, allow_negative_numbers = true)]
        words: Vec<String>,
    },
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

#[derive(Debug, Clone, Args)]
pub(super) struct Flags {
    /// The benchmark file, if it is not the only *_benchmark.py here
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "benchmarks")]
    pub(super) file: Option<PathBuf>,
    /// A suite; the word suite.yaml alone does the same
    #[arg(long, global = true, value_name = "FILE", hide = true)]
    pub(super) suite: Option<PathBuf>,
    /// Benchmarks that come with sb-run, separated by commas, '*' for any letters (see 'sb-run list')
    #[arg(long, global = true, value_name = "NAMES", value_delimiter = ',')]
    pub(super) benchmarks: Vec<String>,
    /// The cloud: picks the variant of a shipped benchmark, or sets `provider` in the spec.
    /// Several, separated by commas, are taken one after the other
    #[arg(long, global = true, value_name = "CLOUD", value_delimiter = ',')]
    pub(super) cloud: Vec<String>,
    /// Sets `region` in the spec; several, separated by commas, are taken one after the other
    #[arg(long, global = true, value_name = "REGION", value_delimiter = ',')]
    pub(super) region: Vec<String>,
    /// Sets a value in the spec; VALUE is read as YAML. May be repeated
    #[arg(long, global = true, value_name = "KEY=VALUE", value_parser = set_value)]
    pub(super) set: Vec<(String, Value)>,
    /// Marks the run; becomes a column of the tables. May be repeated
    #[arg(long, global = true, value_name = "KEY=VALUE", value_parser = tag)]
    pub(super) tag: Vec<(String, String)>,
    /// Call the invoke hook this often
    #[arg(long, global = true, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) repeat: u32,
    /// Call the invoke hook this often before, without measuring
    #[arg(long, global = true, value_name = "N", default_value_t = 0)]
    pub(super) warmup: u32,
    /// k6 options for invoke: a JSON file, or JSON itself
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) workload_options: Option<String>,
    /// Invocations per minute for 'invoke custom': a CSV file with the column InvocationsPerMinute
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) workload_trace: Option<PathBuf>,
    /// Multiplies the rates of --workload-trace
    #[arg(long, global = true, value_name = "X", default_value_t = 1.0, value_parser = positive)]
    pub(super) scale_factor: f64,
    /// How --scale-factor is meant: all rates times it, or the highest ones and the others less
    #[arg(long, global = true, value_name = "HOW", default_value = "linear")]
    pub(super) scale_type: ScaleType,
    /// Scales the rates of --workload-trace so that this is their mean
    #[arg(long, global = true, value_name = "X", value_parser = positive)]
    pub(super) scale_rate_per_second: Option<f64>,
    /// Leaves the first seconds of --workload-trace out
    #[arg(long, global = true, value_name = "N", default_value_t = 180)]
    pub(super) seconds_to_skip: u64,
    /// How long collect waits after the last invoke for the logs to arrive
    #[arg(long, global = true, value_name = "TIME", value_parser = pause)]
    pub(super) settle: Option<Duration>,
    /// Where runs are written
    #[arg(long, global = true, value_name = "FOLDER", default_value = "out")]
    pub(super) out: PathBuf,
    /// Run hooks in a container: that of the Dockerfile, or one with Python
    #[arg(long, global = true, conflicts_with = "local")]
    pub(super) docker: bool,
    /// Run hooks and their commands on this machine, without containers
    #[arg(long, global = true)]
    pub(super) local: bool,
    /// The longest a hook may run: 250ms, 1.5s, 20m (minutes), or per hook: prepare=20m,invoke=5m
    #[arg(long, global = true, value_name = "TIME", value_delimiter = ',', value_parser = limit)]
    pub(super) timeout: Vec<Setting<Duration>>,
    /// Call a hook that failed again, after 1 s, 2 s, 4 s ...: 2, or per hook: prepare=2
    #[arg(long, global = true, value_name = "N", value_delimiter = ',', value_parser = retry)]
    pub(super) retry: Vec<Setting<u32>>,
    /// After Ctrl-C or SIGTERM: run cleanup, or keep all for later. Twice stops at once.
    /// Without it: cleanup if it is among the verbs (test), else keep
    #[arg(long, global = true, value_name = "WHAT")]
    pub(super) on_interrupt: Option<OnInterrupt>,
    /// Forget the values of the open run and take those of the file
    #[arg(long, global = true)]
    pub(super) reset_config: bool,
    /// The original tool's; it changes nothing here
    #[arg(long, global = true, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "True")]
    pub(super) debug: Option<String>,
    /// The original tool's; it changes nothing here
    #[arg(long, global = true, hide = true)]
    pub(super) log_level: Option<String>,
    /// Check the file and print what would be done
    #[arg(long, global = true)]
    pub(super) dry_run: bool,
}

/// A setting of one hook, or without a hook of all.
#[derive(Debug, Clone)]
pub(super) struct Setting<T> {
    pub(super) hook: Option<Hook>,
    pub(super) value: T,
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok(number),
        _ => Err("a number greater than 0 is expected".into()),
    }
}

/// A duration; a number alone is seconds, as in the original tool.
fn pause(text: &str) -> Result<Duration, String> {
    match text.parse::<u64>() {
        Ok(seconds) => Ok(Duration::from_secs(seconds)),
        Err(_) => units::parse_duration(text),
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

fn limit(text: &str) -> Result<Setting<Duration>, String> {
    setting(text, units::parse_duration)
}

fn retry(text: &str) -> Result<Setting<u32>, String> {
    setting(text, |text| text.parse().map_err(|_| format!("'{text}' is not a number of times")))
}

fn setting<T>(text: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Setting<T>, String> {
    let Some((name, value)) = text.split_once('=') else {
        return Ok(Setting { hook: None, value: parse(text)? });
    };
    let names = || Hook::ALL.map(Hook::name).join(", ");
    let hook = Hook::ALL.into_iter().find(|hook| hook.name() == name);
    let hook = hook.ok_or_else(|| format!("'{name}' is not a hook; there are {}", names()))?;
    Ok(Setting { hook: Some(hook), value: parse(value)? })
}
