//! The command line: the only part that prints and chooses the exit code.

use crate::ci;
use crate::error::{Error, Result};
use crate::load::{Loaded, Source, find, read_lines, whole};
use crate::model::{Judged, Limit, LimitOutcome, Material, Report};
use crate::publish::publish;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use sb_trace::cli::{InputArgs, TraceArgs, print, progress};
use sb_trace::stats::GroupKey;
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

const EXAMPLES: &str = "\
Examples:
  sb-run && sb-report out/                report on the runs of a benchmark
  sb-report app.log                       report on a log collected elsewhere, in report/
  sb-report logs/ -o report/ --title 'Before the change'
  sb-report latencies.parquet -o report/  from a table that sb-trace wrote
  sb-report monday/out tuesday/out        several folders of runs in one report, in report/
  sb-report out/runs/RUN                  one run alone
  sb-report out/ --group-by tag_memory    a line and a row for each size of memory
  sb-report out/ --baseline before/out --fail-on 'p99>5%'

Exit codes: 0 done, 1 a limit that you set is broken, 2 wrong use, unreadable input or no
statement in the whole input, 3 a limit cannot be judged (--undecided changes that).";

/// Make a report of trace logs: SVG, PNG and one self-contained HTML page
#[derive(Debug, Parser)]
#[command(name = "sb-report", bin_name = "sb-report", version, after_help = EXAMPLES)]
#[command(arg_required_else_help = true, max_term_width = 100)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(disable_help_subcommand = true)]
struct Program {
    #[command(subcommand)]
    paper: Option<Paper>,
    #[command(flatten)]
    cli: Cli,
}

#[derive(Debug, Subcommand)]
enum Paper {
    /// Print a completion script for your shell
    #[command(
        after_help = "Example:\n  sb-report completions bash > ~/.local/share/bash-completion/completions/sb-report"
    )]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Debug, Args)]
struct Cli {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    trace: TraceArgs,
    /// Write into this folder [default: the out/ folder itself, or report/ for other logs]
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    output: Option<PathBuf>,
    /// The report's title
    #[arg(long, value_name = "TEXT", help_heading = "Output")]
    title: Option<String>,
    /// Compare with these latencies: an earlier out/ folder or report, a table or logs
    #[arg(long, value_name = "DIR", help_heading = "Comparison")]
    baseline: Option<String>,
    /// Changes of the median below this do not matter
    #[arg(long, value_name = "PERCENT", default_value = "3%", value_parser = parse_share, help_heading = "Comparison")]
    threshold: f64,
    /// Exit with 1 if a percentile exceeds this, or if it is sure to have changed by more
    /// (repeatable): p99>5% of the baseline, total:p99>200ms, A->B:p50>10%
    #[arg(long, value_name = "LIMIT", help_heading = "Comparison")]
    fail_on: Vec<Limit>,
    /// What becomes of a limit of --fail-on that cannot be judged, as after too few calls
    /// [default: exit with 3]
    #[arg(long, value_name = "HOW", requires = "fail_on", help_heading = "Comparison")]
    undecided: Option<Undecided>,
    /// Part the latencies by these columns: label, source, to_source, start_class, run_id,
    /// benchmark, provider, region, tag_NAME
    #[arg(long, value_name = "COLUMN", value_delimiter = ',', help_heading = "Output")]
    group_by: Vec<GroupKey>,
    /// Open the page in the browser when it is done
    #[arg(long, help_heading = "Output")]
    open: bool,
}

/// What becomes of a limit that cannot be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Undecided {
    /// It is taken for held.
    Pass,
    /// It is taken for broken.
    Fail,
}

/// Runs `sb-report` with the arguments of the process.
pub fn main() -> ExitCode {
    let program = Program::parse();
    let outcome = match &program.paper {
        None => run(&program.cli),
        Some(Paper::Completions { shell }) => {
            print::completions::<Program>("sb-report", *shell).map_err(Error::from)
        }
        Some(Paper::Man) => print::man(Program::command()).map_err(Error::from),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Error::Trace(error)) => print::finish("sb-report", Err(error)),
        Err(error) => {
            print::talk(&format!("sb-report: error: {error}"));
            if let Some(hint) = error.hint() {
                print::talk(&format!("  help: {hint}"));
            }
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(cli: &Cli) -> Result<()> {
    let options = cli.trace.options(&cli.input)?;
    let source = find(&cli.input.logs)?;
    let folder = folder(cli, &source)?;
    if let (None, Some(limit)) = (&cli.baseline, cli.fail_on.iter().find(|l| l.is_change())) {
        return Err(Error::NoBaseline { limit: limit.to_string() });
    }
    let bar = progress::Bar::new();
    let (loaded, report, written) = publish((&source, &options, &bar), &folder, |loaded| {
        GroupKey::check(&cli.group_by, &loaded.latencies().runs)?;
        let baseline = match &cli.baseline {
            Some(name) => Some(find(std::slice::from_ref(name))?.load(
                &options,
                &progress::Bar::new(),
                None,
            )?),
            None => None,
        };
        let mut report = Report::of(Material {
            latencies: loaded.latencies(),
            log: loaded.log(),
            facts: &source.facts,
            findings: loaded.findings(),
            baseline: baseline.as_ref().map(Loaded::latencies),
            threshold: cli.threshold,
            group_by: &cli.group_by,
            title: cli.title.as_deref(),
            limits: &cli.fail_on,
        });
        read_lines(&mut report.exemplars, &source);
        print::findings(&report.findings);
        Ok(report)
    })?;
    let mut text = String::new();
    for path in &written {
        let _ = writeln!(text, "{}", path.display());
    }
    text += "\nload the latencies:\n";
    for line in
        crate::page::load_lines(&folder.join("latencies.parquet").to_string_lossy(), &report)
    {
        let _ = writeln!(text, "  {line}");
    }
    print::data(|out| out.write_all(text.as_bytes()))?;
    if cli.open {
        open(&folder.join("report.html"));
    }
    if let Some(log) = loaded.log() {
        cli.trace.enforce(&log.figures.accounting)?;
    }
    ci::tell(&report.limits);
    enforce(&report.limits, cli.undecided)
}

/// Ends with an error if a limit is broken, cannot be judged or is about nothing; the report is written
/// already.
fn enforce(limits: &[Judged], undecided: Option<Undecided>) -> Result<()> {
    let of = |outcome: LimitOutcome| {
        let found = limits.iter().filter(move |judged| judged.outcome == outcome);
        let words: Vec<String> = found.map(Judged::plain_words).collect();
        (!words.is_empty()).then(|| words.join("; "))
    };
    if let Some(message) = of(LimitOutcome::Unknown) {
        return Err(Error::UnknownLimit { message });
    }
    let (broken, open) = (of(LimitOutcome::Broken), of(LimitOutcome::Undecided));
    let limit = |message| Err(Error::Trace(sb_trace::Error::Limit { message }));
    match (broken, open, undecided) {
        (None, None, _) => Ok(()),
        (Some(message), None, _) | (None, Some(message), Some(Undecided::Fail)) => limit(message),
        (None, Some(message), None) => Err(Error::Undecided { message }),
        (broken, Some(open), _) => {
            print::talk(&format!("note: {open}"));
            broken.map_or(Ok(()), limit)
        }
    }
}

/// `3%` or `3` -> 0.03.
fn parse_share(text: &str) -> std::result::Result<f64, String> {
    let number = text.trim().trim_end_matches('%').trim_end().parse::<f64>().ok();
    number
        .filter(|n| (0.0..=1000.0).contains(n))
        .map(|n| n / 100.0)
        .ok_or_else(|| format!("'{text}' is not a percentage: write for instance 3%"))
}

/// Where the report goes: never inside the logs that it is made of.
fn folder(cli: &Cli, source: &Source) -> Result<PathBuf> {
    let chosen = match (&cli.output, &source.out_folder) {
        (Some(chosen), _) => chosen.clone(),
        (None, Some(out)) => out.clone(),
        (None, None) => PathBuf::from("report"),
    };
    let target = whole(&chosen);
    match source.closed.iter().find(|folder| target.starts_with(whole(folder))) {
        Some(folder) => Err(Error::InsideInput { instead: beside(folder, &chosen), path: chosen }),
        None => Ok(chosen),
    }
}

/// A folder of the chosen name beside the logs, as the user would write it.
fn beside(logs: &Path, chosen: &Path) -> PathBuf {
    let named = matches!(logs.components().next_back(), Some(Component::Normal(_)));
    let above = match logs.parent() {
        Some(parent) if named => parent.to_owned(),
        _ if logs == Path::new(".") => PathBuf::from(".."),
        _ => logs.join(".."),
    };
    above.join(chosen.file_name().unwrap_or("report".as_ref()))
}

/// Hands the page to the desktop; a machine without one is no error.
fn open(page: &Path) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    if std::process::Command::new(program).arg(page).spawn().is_err() {
        print::talk(&format!("note: {program} is missing; open {} yourself", page.display()));
    }
}
