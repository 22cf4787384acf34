//! Under GitHub Actions: a fold per hook, failures as annotations, and the table of latencies on
//! the job's page.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::benchmark::{Benchmark, Hook, shown};
use crate::error::Error;
use crate::exec::quick;
use crate::hook::outcome::Outcome;

/// How long the table may take to be made.
const PATIENCE: Duration = Duration::from_mins(2);
/// Names another program than the `sb-trace` beside this one.
const TRACE_VARIABLE: &str = "SB_TRACE";

/// Whether this is GitHub Actions, and where its summary goes.
#[derive(Debug, Default, Clone)]
pub struct Ci {
    active: bool,
    summary: Option<PathBuf>,
}

impl Ci {
    /// As the environment says.
    pub fn found() -> Self {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        Self {
            active: set("GITHUB_ACTIONS").is_some_and(|value| value == "true"),
            summary: set("GITHUB_STEP_SUMMARY").map(PathBuf::from),
        }
    }

    /// Opens the fold of a hook.
    pub fn begin(&self, hook: Hook) -> Option<String> {
        self.active.then(|| format!("::group::{hook}"))
    }

    /// Closes it.
    pub fn end(&self) -> Option<String> {
        self.active.then(|| "::endgroup::".into())
    }

    /// The annotation of a failure, at its file and line.
    pub fn error(&self, benchmark: &Benchmark, hook: Hook, outcome: &Outcome) -> Option<String> {
        let sentence = outcome.sentence().filter(|_| self.active)?;
        let (file, line) = match outcome {
            Outcome::Raised(error) => (shown(Path::new(&error.file)), error.line),
            _ => (shown(&benchmark.file), None),
        };
        Some(annotation(Some((file, line)), &format!("{hook} failed: {sentence}")))
    }

    /// The annotation of what kept a hook from being called.
    pub fn problem(&self, error: &Error) -> Option<String> {
        self.active.then(|| annotation(error.place(), &error.to_string()))
    }

    /// Appends the latencies of a run to the summary.
    pub fn summary(&self, run: &Path) {
        let Some(path) = &self.summary else { return };
        let mut command = Command::new(sb_trace());
        command.args(["stats", "--markdown"]).arg(run);
        // Without an sb-trace, or without statements in the run, there is nothing to show.
        let Ok(output) = quick::output(&mut command, Some(PATIENCE), None) else { return };
        if !output.status.success() || output.stdout.is_empty() {
            return;
        }
        let name = run.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
        if let Ok(mut file) = file {
            let table = String::from_utf8_lossy(&output.stdout).into_owned();
            let _ = write!(file, "### {name}\n\n{}\n\n", table.trim_end());
        }
    }
}

fn sb_trace() -> PathBuf {
    if let Some(named) = std::env::var_os(TRACE_VARIABLE).filter(|name| !name.is_empty()) {
        return named.into();
    }
    let beside = std::env::current_exe().ok().map(|path| path.with_file_name("sb-trace"));
    beside.filter(|path| path.is_file()).unwrap_or_else(|| "sb-trace".into())
}

fn annotation(place: Option<(String, Option<u64>)>, text: &str) -> String {
    let place = place.map(|(file, line)| {
        let line = line.map(|line| format!(",line={line}")).unwrap_or_default();
        format!(" file={}{line}", property(&file))
    });
    format!("::error{}::{}", place.unwrap_or_default(), data(text))
}

/// Text after `::`, as workflow commands have it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_nothing_elsewhere() {
        let ci = Ci::default();
        assert_eq!((ci.begin(Hook::Prepare), ci.end()), (None, None));
    }

    #[test]
    fn text_is_one_line() {
        assert_eq!(data("50% a\nb"), "50%25 a%0Ab");
        assert_eq!(property("a:b,c"), "a%3Ab%2Cc");
    }
}
