//! Does what was asked. Verbs that run hooks are taken in groups, so a chain of them is one
//! session.

use std::path::Path;

use super::args::{Flags, Verb};
use super::chain::Asked;
use super::targets::{self, Target};
use super::{config, meaning, papers, print, shell, status, suites};
use crate::benchmark::shipped::SHIPPED;
use crate::benchmark::shown;
use crate::error::Error;
use crate::exec::signal::Interrupts;
use crate::run::plan::{self, Plan};
use crate::run::{Options, check};

/// Does everything; gives the exit code.
pub(super) fn run(asked: &Asked) -> Result<u8, Error> {
    let here = std::env::current_dir().map_err(Error::system("find the current folder"))?;
    let flags = &asked.flags;
    if let Some(suite) = &flags.suite {
        return suites::run(suite, flags, &here);
    }
    let options = meaning::options(flags, &here);
    let mut interrupts = None;
    let mut verbs = asked.verbs.as_slice();
    while let Some((verb, rest)) = verbs.split_first() {
        let mut steps = Vec::new();
        let mut group = 0;
        for verb in verbs {
            let more = meaning::steps(verb, flags)?;
            if more.is_empty() {
                break;
            }
            steps.extend(more);
            group += 1;
        }
        let interrupts = match &mut interrupts {
            Some(interrupts) => interrupts,
            None => interrupts.insert(Interrupts::catch()?),
        };
        let code = if group > 0 {
            verbs = verbs.get(group..).unwrap_or_default();
            run_steps(&Plan { steps }, flags, &options, &here, interrupts)?
        } else {
            verbs = rest;
            other(verb, flags, &options, &here, interrupts)?
        };
        if code != 0 {
            return Ok(code);
        }
    }
    Ok(0)
}

fn run_steps(
    plan: &Plan,
    flags: &Flags,
    options: &Options,
    here: &Path,
    interrupts: &Interrupts,
) -> Result<u8, Error> {
    let mut first_failure = 0;
    for target in targets::all(flags, options, here)? {
        if flags.dry_run {
            first_failure = first_failure.max(dry_run(plan, &target, interrupts)?);
            continue;
        }
        let benchmark = target.benchmark()?;
        let code = plan::carry_out(plan, &benchmark, &target.options, interrupts, &print::say)?;
        if first_failure == 0 {
            first_failure = code;
        }
        if interrupts.seen().is_some() {
            break;
        }
    }
    Ok(first_failure)
}

fn other(
    verb: &Verb,
    flags: &Flags,
    options: &Options,
    here: &Path,
    interrupts: &Interrupts,
) -> Result<u8, Error> {
    let targets = || targets::all(flags, options, here);
    match verb {
        Verb::Validate => {
            let mut code = 0;
            for target in targets()? {
                code = code.max(validate(&target, interrupts)?);
            }
            return Ok(code);
        }
        Verb::Status => {
            for target in targets()? {
                print::data(status::text(&target.folder())?.as_bytes());
            }
        }
        Verb::Config { words } => {
            for target in targets()? {
                print::data(config::text(&target.folder(), words)?.as_bytes());
            }
        }
        Verb::Shell { image, shell } => {
            if let Some(target) = targets()?.first() {
                return target.visit(|benchmark| shell::open(benchmark, image, shell));
            }
        }
        Verb::List => print::data(list().as_bytes()),
        Verb::Completions { shell } => print::data(&papers::completions(*shell)),
        Verb::Man => print::data(&papers::manual()?),
        Verb::Test
        | Verb::Prepare
        | Verb::Invoke { .. }
        | Verb::Collect
        | Verb::Cleanup
        | Verb::Wait { .. } => {}
    }
    Ok(0)
}

/// Says what was found about a file; gives its name, if it can be run.
fn examine(target: &Target, interrupts: &Interrupts) -> Result<Option<String>, Error> {
    target.visit(|benchmark| {
        let found = check::validate(benchmark, &target.options, interrupts)?;
        for finding in &found.findings {
            let hint = finding.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
            print::say(&format!("sb-run: {}: {}{hint}", finding.level, finding.text));
        }
        let errors = found.errors();
        if errors > 0 {
            let file = shown(&benchmark.file);
            print::say(&format!("sb-run: {file}: not valid, {errors} to mend"));
        }
        Ok((errors == 0).then_some(found.name))
    })
}

fn validate(target: &Target, interrupts: &Interrupts) -> Result<u8, Error> {
    let Some(name) = examine(target, interrupts)? else { return Ok(2) };
    print::data(format!("{}: benchmark {name}: valid\n", target.file_name()).as_bytes());
    Ok(0)
}

fn dry_run(plan: &Plan, target: &Target, interrupts: &Interrupts) -> Result<u8, Error> {
    let Some(name) = examine(target, interrupts)? else { return Ok(2) };
    let line = format!(
        "{name}{}: would run {}; logs in {}\n",
        target.place_words(),
        plan.words(),
        shown(&target.options.out.join("runs"))
    );
    print::data(line.as_bytes());
    Ok(0)
}

fn list() -> String {
    let rows =
        SHIPPED.iter().map(|one| format!("{}  --cloud={}  {}\n", one.name, one.cloud, one.about));
    rows.collect()
}
