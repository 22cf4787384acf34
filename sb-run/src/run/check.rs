//! Checks a benchmark file without running a hook: for `validate` and `--dry-run`.

use std::time::Duration;

use super::Options;
use super::place::Place;
use crate::benchmark::config::{self, Config};
use crate::benchmark::findings::{self, Finding, Inspected, Level};
use crate::benchmark::{Benchmark, Hook};
use crate::error::Error;
use crate::exec::engine::Engine;
use crate::exec::quick;
use crate::exec::signal::Interrupts;
use crate::hook::child::{self, Begun, Call, Host};
use crate::hook::outcome::Outcome;
use crate::hook::output::Output;
use crate::hook::protocol::Loaded;
use crate::hook::python;
use crate::state::run_folder::random;

/// How long reading a file may take that is not executed.
const PATIENCE: Duration = Duration::from_mins(1);

/// Everything found.
#[derive(Debug)]
pub struct Validated {
    /// The benchmark's name, as far as it is known.
    pub name: String,
    /// All findings.
    pub findings: Vec<Finding>,
}

impl Validated {
    /// How many findings stop a run.
    pub fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding.level == Level::Error).count()
    }
}

/// Checks the file without executing it, as far as that is possible.
pub fn validate(
    benchmark: &Benchmark,
    options: &Options,
    interrupts: &Interrupts,
) -> Result<Validated, Error> {
    let program = python::program();
    let mut command = std::process::Command::new(&program);
    command.args(["-c", python::INSPECT]).arg(&benchmark.file).current_dir(&benchmark.folder);
    let name = || program.to_string_lossy().into_owned();
    let output = quick::output(&mut command, Some(PATIENCE), Some(interrupts))
        .map_err(|source| Error::NoPython { program: name(), source })?;
    let Ok(inspected) = serde_json::from_slice::<Inspected>(&output.stdout) else {
        // It is too old, or no Python: the usual way of starting it says which.
        check(benchmark, options, interrupts)?;
        return Err(Error::BrokenPython {
            program: name(),
            ended: String::from_utf8_lossy(&output.stderr).trim().to_string(),
        });
    };
    let (name, mut findings) = findings::of_file(&benchmark.file, &inspected);
    let only_then = !inspected.plain && inspected.syntax.is_none() && inspected.missing.is_empty();
    if !only_then {
        return Ok(Validated { name: name.unwrap_or_default(), findings });
    }
    // What it defines is known only once it is executed.
    findings.retain(|finding| finding.level == Level::Warning);
    match check(benchmark, options, interrupts) {
        Ok(config) => {
            findings.extend(config.warnings.into_iter().map(|text| Finding {
                level: Level::Warning,
                text,
                hint: None,
            }));
            Ok(Validated { name: config.name, findings })
        }
        Err(Error::Interrupted { signal }) => Err(Error::Interrupted { signal }),
        Err(problem) => {
            findings.push(findings::of_error(&problem));
            Ok(Validated { name: String::new(), findings })
        }
    }
}

/// What the file declares, if it can be run. Executes it.
pub fn check(
    benchmark: &Benchmark,
    options: &Options,
    interrupts: &Interrupts,
) -> Result<Config, Error> {
    let live = Box::new(std::io::stderr());
    let output = Output::start(Some(live)).map_err(Error::system("make a pipe"))?;
    let token = format!("{:016x}", random());
    let call = Call {
        benchmark,
        hook: Hook::Prepare,
        place: &Place::Host,
        engine: &Engine::default(),
        run_id: None,
        token: &token,
        timeout: options.timeouts.all,
        output: &output,
        interrupts,
        despite_interrupt: false,
    };
    let mut host = OnlyLoad { file: benchmark, config: None };
    let ended = child::run(&call, &mut host)?;
    output.finish(None).map_err(Error::system("keep the output"))?;
    host.config.ok_or(match ended.outcome {
        Some(Outcome::Interrupted { signal }) => Error::Interrupted { signal },
        _ => Error::Usage("loading the benchmark file took longer than --timeout allows".into()),
    })
}

struct OnlyLoad<'a> {
    file: &'a Benchmark,
    config: Option<Config>,
}

impl Host for OnlyLoad<'_> {
    fn loaded(&mut self, loaded: &Loaded, _pid: u32) -> Result<Option<Begun>, Error> {
        self.config = Some(config::check(&self.file.file, loaded)?);
        Ok(None)
    }
}
