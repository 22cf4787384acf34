//! `sb-run suite.yaml`: many runs, one after the other.

use std::path::Path;
use std::time::Instant;

use super::args::Flags;
use super::targets::{self, Target};
use super::{meaning, print};
use crate::error::Error;
use crate::exec::signal::Interrupts;
use crate::run::plan::{self, Plan};
use crate::run::session::Step;
use crate::run::suite::Suite;
use crate::run::{Options, pause};
use crate::state::config_file::ConfigFile;
use crate::units;

/// Runs it; gives the first failure's exit code.
pub(super) fn run(path: &Path, flags: &Flags, here: &Path) -> Result<u8, Error> {
    let text = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
    let suite =
        Suite::parse(&text).map_err(|problem| Error::Suite { path: path.into(), problem })?;
    let folder = here.join(path);
    let folder = folder.parent().unwrap_or(here);
    let (plan, options) = (steps(&suite, flags)?, options(&suite, flags, here));
    let targets = targets(&suite, flags, &options, folder)?;
    let runs = suite.runs(targets.len());
    if flags.dry_run {
        print::data(dry_run(&suite, &plan, &targets, &runs).as_bytes());
        return Ok(0);
    }
    let interrupts = Interrupts::catch()?;
    let mut first_failure = 0;
    let mut failed = 0;
    let mut began: Option<Instant> = None;
    for (number, (index, repetition)) in runs.iter().enumerate() {
        let Some(target) = targets.get(*index) else { continue };
        if let Some(began) = began.filter(|_| interrupts.seen().is_none()) {
            let every = suite.every.unwrap_or_default().saturating_sub(began.elapsed());
            pause(suite.wait.unwrap_or_default().max(every), &interrupts);
        }
        if interrupts.seen().is_some() {
            break;
        }
        began = Some(Instant::now());
        print::say(&format!(
            "sb-run: suite {}/{}: {}, repetition {repetition}",
            number + 1,
            runs.len(),
            target.name()
        ));
        let code = one(target, &plan, *repetition, &interrupts)?;
        if code != 0 {
            failed += 1;
            first_failure = if first_failure == 0 { code } else { first_failure };
        }
        if suite.is_over_budget(failed, runs.len()) {
            print::say(&format!(
                "sb-run: suite stopped: {failed} failed runs are more than error_budget allows; {} were left out",
                runs.len() - number - 1
            ));
            break;
        }
    }
    if let Some(stop) = interrupts.seen() {
        return Ok(crate::error::interrupted(stop.signal));
    }
    print::say(&format!("sb-run: suite: {failed} of {} runs failed", runs.len()));
    Ok(first_failure)
}

fn one(
    target: &Target,
    plan: &Plan,
    repetition: u32,
    interrupts: &Interrupts,
) -> Result<u8, Error> {
    let left = ConfigFile::read(&target.folder()).is_ok_and(|file| !file.open_runs().is_empty());
    if left {
        print::say(
            "sb-run: left out: its last run is still open, because cleanup did not succeed (sb-run status, sb-run cleanup)",
        );
        return Ok(1);
    }
    let mut options = target.options.clone();
    options.tags.push(("repetition".into(), repetition.to_string()));
    let benchmark = target.benchmark()?;
    match plan::carry_out(plan, &benchmark, &options, interrupts, &print::say) {
        Ok(code) => Ok(code),
        // A file that cannot be run is one failure; the others may be right.
        Err(error) => Ok(super::report(&error)),
    }
}

fn steps(suite: &Suite, flags: &Flags) -> Result<Plan, Error> {
    let flags = Flags { repeat: suite.repeat, warmup: suite.warmup, ..flags.clone() };
    let word = match &suite.invoke {
        serde_json::Value::Null => None,
        serde_json::Value::String(word) => Some(word.clone()),
        other => Some(other.to_string()),
    };
    let mut steps = vec![Step::Hook(crate::benchmark::Hook::Prepare)];
    steps.extend(meaning::invokes(word.as_deref(), &flags)?);
    steps.push(Step::Hook(crate::benchmark::Hook::Collect));
    steps.push(Step::Hook(crate::benchmark::Hook::Cleanup));
    Ok(Plan { steps })
}

fn options(suite: &Suite, flags: &Flags, here: &Path) -> Options {
    let mut options = meaning::options(flags, here);
    let own = suite.set.iter().map(|(key, value)| (key.clone(), value.clone()));
    options.set = own.chain(options.set).collect();
    let text = |value: &serde_json::Value| {
        value.as_str().map_or_else(|| value.to_string(), str::to_string)
    };
    let own = suite.tags.iter().map(|(key, value)| (key.clone(), text(value)));
    options.tags = own.chain(options.tags).collect();
    options
}

/// Files are relative to the suite; everything else is a shipped benchmark.
fn targets(
    suite: &Suite,
    flags: &Flags,
    options: &Options,
    folder: &Path,
) -> Result<Vec<Target>, Error> {
    let mut found = Vec::new();
    for name in &suite.benchmarks {
        let is_file = name.contains('/') || folder.join(name).exists();
        let choice = |typed: &[String], own: &[String]| {
            if typed.is_empty() { own.to_vec() } else { typed.to_vec() }
        };
        let flags = Flags {
            file: is_file.then(|| folder.join(name)),
            benchmarks: if is_file { Vec::new() } else { vec![name.clone()] },
            cloud: choice(&flags.cloud, &suite.clouds),
            region: choice(&flags.region, &suite.regions),
            ..flags.clone()
        };
        found.extend(targets::all(&flags, options, folder)?);
    }
    // Crossed with several clouds, a file that is written for one of them is meant for that one.
    found.retain(|target| {
        let other = target.other_provider();
        if let Some(other) = &other {
            print::say(&format!("sb-run: left out: {} (its provider is {other})", target.name()));
        }
        other.is_none()
    });
    if found.is_empty() {
        return Err(Error::Usage("the suite has nothing to run".into()));
    }
    Ok(found)
}

fn dry_run(suite: &Suite, plan: &Plan, targets: &[Target], runs: &[(usize, u32)]) -> String {
    let mut text = format!("each run: {}\n", plan.words());
    for (index, repetition) in runs {
        if let Some(target) = targets.get(*index) {
            text.push_str(&target.name());
            text.push_str(", repetition ");
            text.push_str(&repetition.to_string());
            text.push('\n');
        }
    }
    for (word, time) in [("wait", suite.wait), ("every", suite.every)] {
        if let Some(time) = time {
            text.push_str(word);
            text.push(' ');
            text.push_str(&units::duration(time));
            text.push('\n');
        }
    }
    text
}
