//! Does what was asked: settles the flags into [`Options`], then takes verbs in groups. Verbs that
//! run hooks are one group, so a chain of them is one session.

use std::path::{Path, PathBuf};

use super::args::{Flags, Verb};
use super::chain::Asked;
use super::{papers, print, status};
use crate::benchmark::shipped::{self, SHIPPED};
use crate::benchmark::{Benchmark, Hook, discover, shown};
use crate::error::Error;
use crate::exec::signal::Interrupts;
use crate::run::plan::{self, Plan};
use crate::run::session::{Step, work_folder};
use crate::run::{Options, Timeouts, check};

/// Does everything; gives the exit code.
pub(super) fn run(asked: &Asked) -> Result<u8, Error> {
    let here = std::env::current_dir().map_err(Error::system("find the current folder"))?;
    let options = options(&asked.flags, &here);
    let mut verbs = asked.verbs.as_slice();
    while let Some((verb, rest)) = verbs.split_first() {
        let hooks = verbs.iter().take_while(|verb| !steps(verb, options.repeat).is_empty()).count();
        let code = if hooks > 0 {
            let (group, after) = verbs.split_at(hooks);
            verbs = after;
            let steps = group.iter().flat_map(|verb| steps(verb, options.repeat)).collect();
            run_hooks(&Plan { steps }, asked, &options, &here)?
        } else {
            verbs = rest;
            other(verb, asked, &options, &here)?
        };
        if code != 0 {
            return Ok(code);
        }
    }
    Ok(0)
}

/// The steps of a verb; none for those that run no hook.
fn steps(verb: &Verb, repeat: u32) -> Vec<Step> {
    let step = |hook| Step { hook, number: None };
    let invokes =
        |number| std::iter::repeat_n(Step { hook: Hook::Invoke, number }, repeat as usize);
    match verb {
        Verb::Test => {
            let mut steps = vec![step(Hook::Prepare)];
            steps.extend(invokes(None));
            steps.push(step(Hook::Cleanup));
            steps
        }
        Verb::Prepare => vec![step(Hook::Prepare)],
        Verb::Invoke { number } => invokes(number.and_then(|number| number.0)).collect(),
        Verb::Cleanup => vec![step(Hook::Cleanup)],
        Verb::Validate | Verb::Status | Verb::List | Verb::Completions { .. } | Verb::Man => {
            Vec::new()
        }
    }
}

fn run_hooks(plan: &Plan, asked: &Asked, options: &Options, here: &Path) -> Result<u8, Error> {
    let interrupts = Interrupts::catch()?;
    let mut first_failure = 0;
    for target in targets(&asked.flags, options, here)? {
        if asked.flags.dry_run {
            dry_run(plan, &target, options, &interrupts)?;
            continue;
        }
        let code = plan::carry_out(plan, &target.benchmark()?, options, &interrupts, &print::say)?;
        if first_failure == 0 {
            first_failure = code;
        }
        if interrupts.seen().is_some() {
            break;
        }
    }
    Ok(first_failure)
}

fn other(verb: &Verb, asked: &Asked, options: &Options, here: &Path) -> Result<u8, Error> {
    match verb {
        Verb::Validate => {
            let interrupts = Interrupts::catch()?;
            for target in targets(&asked.flags, options, here)? {
                validate(&target, options, &interrupts)?;
            }
        }
        Verb::Status => {
            for target in targets(&asked.flags, options, here)? {
                print::data(status::text(&target.folder())?.as_bytes());
            }
        }
        Verb::List => print::data(list().as_bytes()),
        Verb::Completions { shell } => print::data(&papers::completions(*shell)),
        Verb::Man => print::data(&papers::manual()?),
        Verb::Test | Verb::Prepare | Verb::Invoke { .. } | Verb::Cleanup => {}
    }
    Ok(0)
}

/// A benchmark that is meant; a shipped one is unpacked only when it is needed.
enum Target {
    File(Benchmark),
    Shipped(&'static shipped::Shipped, PathBuf),
}

impl Target {
    fn benchmark(&self) -> Result<Benchmark, Error> {
        match self {
            Self::File(benchmark) => Ok(benchmark.clone()),
            Self::Shipped(shipped, work) => shipped.unpack(work),
        }
    }

    fn folder(&self) -> PathBuf {
        match self {
            Self::File(benchmark) => benchmark.folder.clone(),
            Self::Shipped(shipped, work) => shipped.folder(work),
        }
    }

    /// Calls `work` with the benchmark; a shipped one is unpacked for that time only.
    fn visit<T>(&self, work: impl FnOnce(&Benchmark) -> Result<T, Error>) -> Result<T, Error> {
        match self {
            Self::File(benchmark) => work(benchmark),
            Self::Shipped(shipped, _) => {
                let folder =
                    tempfile::tempdir().map_err(Error::system("make a temporary folder"))?;
                work(&shipped.unpack(folder.path())?)
            }
        }
    }
}

fn targets(flags: &Flags, options: &Options, here: &Path) -> Result<Vec<Target>, Error> {
    if flags.benchmarks.is_empty() {
        return Ok(vec![Target::File(discover::find(here, flags.file.as_deref())?)]);
    }
    let cloud = flags.cloud.as_deref().unwrap_or(shipped::DEFAULT_CLOUD);
    let work = work_folder(&options.out);
    let names = flags.benchmarks.iter();
    names
        .map(|name| Ok(Target::Shipped(shipped::find(name.trim(), cloud)?, work.clone())))
        .collect()
}

fn options(flags: &Flags, here: &Path) -> Options {
    let mut timeouts = Timeouts::default();
    for limit in &flags.timeout {
        let slot = match limit.hook.as_deref() {
            Some("prepare") => &mut timeouts.prepare,
            Some("invoke") => &mut timeouts.invoke,
            Some("cleanup") => &mut timeouts.cleanup,
            _ => &mut timeouts.all,
        };
        *slot = Some(limit.time);
    }
    Options {
        out: here.join(&flags.out),
        set: flags.set.clone(),
        tags: flags.tag.clone(),
        cloud: flags.cloud.clone(),
        region: flags.region.clone(),
        repeat: flags.repeat,
        timeouts,
        on_interrupt: flags.on_interrupt,
        reset_config: flags.reset_config,
    }
}

fn validate(target: &Target, options: &Options, interrupts: &Interrupts) -> Result<(), Error> {
    target.visit(|benchmark| {
        let config = check::check(benchmark, options, interrupts)?;
        config
            .warnings
            .iter()
            .for_each(|warning| print::say(&format!("sb-run: warning: {warning}")));
        let file = shown(&benchmark.file);
        print::data(format!("{file}: benchmark {}: valid\n", config.name).as_bytes());
        Ok(())
    })
}

fn dry_run(
    plan: &Plan,
    target: &Target,
    options: &Options,
    interrupts: &Interrupts,
) -> Result<(), Error> {
    target.visit(|benchmark| {
        let config = check::check(benchmark, options, interrupts)?;
        let line = format!(
            "{}: would run {}; logs in {}\n",
            config.name,
            plan.words(),
            shown(&options.out.join("runs"))
        );
        print::data(line.as_bytes());
        Ok(())
    })
}

fn list() -> String {
    let rows =
        SHIPPED.iter().map(|one| format!("{}  --cloud={}  {}\n", one.name, one.cloud, one.about));
    rows.collect()
}
