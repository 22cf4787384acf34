//! What the typed flags and verbs mean: options, and the steps of a run.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::args::{Flags, Setting, Verb};
use crate::benchmark::{Hook, yaml};
use crate::error::Error;
use crate::run::session::Step;
use crate::run::{Mode, Options, PerHook};
use crate::spec::upscale::Scale;
use crate::spec::workload::{Kind, Workload};

/// The options of all runs; cloud and region differ from run to run.
pub(super) fn options(flags: &Flags, here: &Path) -> Options {
    Options {
        out: here.join(&flags.out),
        set: flags.set.clone(),
        tags: flags.tag.clone(),
        cloud: None,
        region: None,
        mode: match (flags.docker, flags.local) {
            (true, _) => Mode::Docker,
            (_, true) => Mode::Local,
            _ => Mode::Auto,
        },
        timeouts: per_hook::<Duration>(&flags.timeout),
        retries: per_hook::<u32>(&flags.retry),
        settle: flags.settle,
        on_interrupt: flags.on_interrupt,
        reset_config: flags.reset_config,
    }
}

fn per_hook<T: Copy>(settings: &[Setting<T>]) -> PerHook<T> {
    let mut result = PerHook::default();
    for Setting { hook, value } in settings {
        match hook {
            Some(hook) => result.own.push((*hook, *value)),
            None => result.all = Some(*value),
        }
    }
    result
}

/// The steps of a verb; none for those that run nothing of a benchmark.
pub(super) fn steps(verb: &Verb, flags: &Flags) -> Result<Vec<Step>, Error> {
    let hook = Step::Hook;
    Ok(match verb {
        Verb::Test => {
            let mut steps = vec![hook(Hook::Prepare)];
            steps.extend(invokes(None, flags)?);
            steps.extend([hook(Hook::Collect), hook(Hook::Cleanup)]);
            steps
        }
        Verb::Prepare => vec![hook(Hook::Prepare)],
        Verb::Invoke { workload } => invokes(workload.as_deref(), flags)?,
        Verb::Collect => vec![hook(Hook::Collect)],
        Verb::Cleanup => vec![hook(Hook::Cleanup)],
        Verb::Wait { time } => vec![Step::Wait(*time)],
        Verb::Config { words } if words.first().is_some_and(|word| word == "set") => {
            let [_, key, value] = words.as_slice() else {
                return Err(Error::Usage("config set takes a key and a value".into()));
            };
            let value = yaml::parse(value).unwrap_or_else(|_| Value::from(value.as_str()));
            vec![Step::Set { key: key.clone(), value }]
        }
        _ => Vec::new(),
    })
}

/// Chooses the noise within the minutes of `--workload-trace`.
const SEED: &str = "SB_WORKLOADGEN_SEED";

fn seed() -> Result<u128, Error> {
    let Some(text) = std::env::var_os(SEED).filter(|text| !text.is_empty()) else {
        return Ok(Scale::default().seed);
    };
    let text = text.to_string_lossy();
    text.trim()
        .parse()
        .map_err(|_| Error::Usage(format!("{SEED} is '{text}', no number from 0 on")))
}

/// The calls of invoke with this load.
pub(super) fn invokes(word: Option<&str>, flags: &Flags) -> Result<Vec<Step>, Error> {
    let kind = match word {
        None | Some("single" | "None") => Kind::Single,
        Some(word) => match word.parse::<u64>() {
            Ok(0) => return Err(Error::Usage("invoke takes a number from 1 on".into())),
            Ok(number) => Kind::Number(number),
            Err(_) => Kind::Named(word.into()),
        },
    };
    let workload = Workload {
        kind,
        options: flags.workload_options.clone(),
        trace: flags.workload_trace.clone(),
        scale: Scale {
            factor: flags.scale_factor,
            kind: flags.scale_type,
            rate: flags.scale_rate_per_second,
            skip: flags.seconds_to_skip,
            seed: seed()?,
        },
    };
    workload.check().map_err(Error::Usage)?;
    let step = |warmup| Step::Invoke { workload: workload.clone(), warmup };
    let warmups = std::iter::repeat_n(step(true), flags.warmup as usize);
    Ok(warmups.chain(std::iter::repeat_n(step(false), flags.repeat as usize)).collect())
}
