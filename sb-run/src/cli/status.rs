//! `sb-run status`: the open runs of a benchmark folder, read without a lock.

use std::fmt::Write;
use std::path::Path;

use crate::benchmark::shown;
use crate::error::Error;
use crate::state::config_file::{ConfigFile, OpenRun, state_folder};
use crate::state::journal::Journal;
use crate::state::lock;
use crate::state::record::{Record, StepRecord};
use crate::state::run_folder::RunFolder;

/// What is open in this folder, as text.
pub(super) fn text(folder: &Path) -> Result<String, Error> {
    let file = ConfigFile::read(folder)?;
    let runs = file.open_runs();
    if runs.is_empty() {
        return Ok("no run is open\n".into());
    }
    let mut text = String::new();
    for (_, run) in &runs {
        let _ = describe(run, folder, &mut text);
    }
    Ok(text)
}

fn describe(run: &OpenRun, folder: &Path, text: &mut String) -> std::fmt::Result {
    let run_folder = RunFolder::at(&run.folder);
    let record = Record::replay(Journal::read(&run_folder.journal()).unwrap_or_default());
    writeln!(text, "run        {}", run.run_id)?;
    writeln!(text, "file       {}", run.file)?;
    writeln!(text, "folder     {}", shown(&run.folder))?;
    writeln!(text, "opened     {}", record.opened)?;
    let holder = lock::holder(&state_folder(folder).join("lock"));
    for step in &record.steps {
        let name = format!("{} {}", step.hook, step.call);
        writeln!(text, "{name:<10} {}  {}", step.started, state(step, holder.is_some()))?;
    }
    for process in record.search().find() {
        writeln!(text, "process    {} {}", process.pid, process.command)?;
    }
    writeln!(
        text,
        "values     {} in {}",
        record.values.len(),
        shown(&state_folder(folder).join("config.yml"))
    )?;
    if let Some(holder) = &holder {
        writeln!(text, "at work    {holder}")?;
    }
    writeln!(text, "end it     sb-run cleanup")
}

fn state(step: &StepRecord, at_work: bool) -> String {
    match &step.ended {
        None if at_work => "running".into(),
        None => "cut off: sb-run was killed".into(),
        Some(end) => match &end.error {
            Some(error) => format!("{}: {error}", end.outcome),
            None => end.outcome.clone(),
        },
    }
}
