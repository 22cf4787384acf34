//! `run.yaml`: what a run was and how it went, for machines. Rewritten after every step.

use serde::Serialize;
use serde_json::{Map, Value};

use super::atomic;
use super::record::{Record, StepRecord};
use super::run_folder::RunFolder;
use super::secrets::{MASK, masked_map, scrubbed};
use crate::benchmark::yaml;
use crate::clock::Instant;
use crate::error::Error;

#[derive(Serialize)]
struct RunDocument<'a> {
    run_id: &'a str,
    benchmark: &'a str,
    provider: Option<&'a Value>,
    region: Option<&'a Value>,
    outcome: &'a str,
    started: &'a str,
    ended: Option<&'a str>,
    file: String,
    tags: &'a std::collections::BTreeMap<String, String>,
    versions: Versions<'a>,
    platform: Platform,
    steps: Vec<StepDocument<'a>>,
    left_behind: Vec<String>,
    config: Map<String, Value>,
}

#[derive(Serialize)]
struct Versions<'a> {
    sb_run: &'a str,
    python: Option<&'a str>,
}

#[derive(Serialize)]
struct Platform {
    system: &'static str,
    architecture: &'static str,
    kernel: Option<String>,
    cpus: Option<usize>,
}

#[derive(Serialize)]
struct StepDocument<'a> {
    hook: &'a str,
    call: u32,
    log: &'a str,
    started: &'a str,
    ended: Option<&'a str>,
    duration_ms: Option<i64>,
    outcome: &'a str,
    exit_code: Option<i32>,
    commands: u32,
    failed_commands: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Writes it.
pub fn write(folder: &RunFolder, record: &Record) -> Result<(), Error> {
    let path = folder.run_yaml();
    let text = yaml::to_text(&document(record)).map_err(|error| Error::State {
        place: path.display().to_string(),
        problem: error.problem,
    })?;
    atomic::write(&path, text.as_bytes(), 0o644)
}

fn document(record: &Record) -> RunDocument<'_> {
    let (ended, outcome) = match &record.closed {
        Some((at, outcome)) => (Some(at.as_str()), outcome.as_str()),
        None => (None, "open"),
    };
    RunDocument {
        run_id: &record.run_id,
        benchmark: &record.benchmark,
        provider: record.values.get("provider"),
        region: record.values.get("region"),
        outcome,
        started: &record.opened,
        ended,
        file: record.file.display().to_string(),
        tags: &record.tags,
        versions: Versions {
            sb_run: &record.sb_run,
            python: record.steps.last().map(|step| step.python.as_str()),
        },
        platform: Platform {
            system: std::env::consts::OS,
            architecture: std::env::consts::ARCH,
            kernel: rustix::system::uname().release().to_str().ok().map(str::to_string),
            cpus: std::thread::available_parallelism().ok().map(Into::into),
        },
        steps: record.steps.iter().map(|step| step_document(step, &record.values)).collect(),
        left_behind: record
            .left_behind
            .iter()
            .map(|one| format!("{} {}", one.pid, one.command))
            .collect(),
        config: config(record),
    }
}

fn config(record: &Record) -> Map<String, Value> {
    let mut config = masked_map(&record.values);
    for key in &record.hidden {
        config.insert(key.clone(), MASK.into());
    }
    config
}

fn step_document<'a>(step: &'a StepRecord, values: &Map<String, Value>) -> StepDocument<'a> {
    let end = step.ended.as_ref();
    let duration_ms =
        end.and_then(|end| Some(Instant::parse(&end.at)?.ms_since(Instant::parse(&step.started)?)));
    StepDocument {
        hook: step.hook.name(),
        call: step.call,
        log: &step.log,
        started: &step.started,
        ended: end.map(|end| end.at.as_str()),
        duration_ms,
        outcome: end.map_or("running", |end| end.outcome.as_str()),
        exit_code: end.and_then(|end| end.exit_code),
        commands: step.commands.0,
        failed_commands: step.commands.1,
        image: step.image.as_deref(),
        error: end.and_then(|end| end.error.as_deref()).map(|error| scrubbed(error, values)),
    }
}
