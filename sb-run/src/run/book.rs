//! Keeps the books of one open run: every change goes to the journal first, then into the
//! record, and from there to `.sb/config.yml` and `run.yaml`.

use std::fs::OpenOptions;
use std::io::Write;

use serde_json::{Map, Value};

use crate::benchmark::Benchmark;
use crate::benchmark::config::Config;
use crate::clock::Instant;
use crate::error::Error;
use crate::hook::mask::Masks;
use crate::state::config_file::{ConfigFile, OpenRun};
use crate::state::journal::{By, Entry, Event, Journal};
use crate::state::record::Record;
use crate::state::run_folder::RunFolder;
use crate::state::secrets::{MASK, is_masked, masked, masked_map, scrubbed};
use crate::state::values::{Difference, differences};
use crate::state::{handover, run_yaml, values};
use crate::statement;

/// An open run.
#[derive(Debug)]
pub struct Book {
    folder: RunFolder,
    journal: Journal,
    record: Record,
    config_file: ConfigFile,
    open: OpenRun,
    masks: Masks,
}

/// What came to light when a run was continued.
#[derive(Debug, Default)]
pub struct Continued {
    /// Keys that the user has changed in `.sb/config.yml`; the edit wins.
    pub edited: Vec<Difference>,
    /// Persisted values that win over those of the benchmark file.
    pub kept: Vec<Difference>,
}

impl Book {
    /// Begins a run.
    pub fn begin(
        out: &std::path::Path,
        benchmark: &Benchmark,
        config: &Config,
        config_file: ConfigFile,
    ) -> Result<Self, Error> {
        let (run_id, folder) = RunFolder::create(out, &config.name)?;
        let file = benchmark.short_name().display().to_string();
        let open = OpenRun { run_id: run_id.clone(), folder: folder.path().into(), file };
        let journal = Journal::open(&folder.journal())?;
        let mut book = Self {
            folder,
            journal,
            record: Record::default(),
            config_file,
            open,
            masks: Masks::default(),
        };
        book.write(Event::RunOpened {
            run_id,
            benchmark: config.name.clone(),
            file: benchmark.file.clone(),
            sb_run: env!("CARGO_PKG_VERSION").into(),
            values: config.values.clone(),
        })?;
        book.statement("RUN_START", &book.record.run_id.clone())?;
        book.save()?;
        Ok(book)
    }

    /// Continues the run that `.sb/config.yml` names.
    pub fn resume(
        open: OpenRun,
        config: &Config,
        config_file: ConfigFile,
    ) -> Result<(Self, Continued), Error> {
        let folder = RunFolder::at(&open.folder);
        let mut record = Record::replay(Journal::read(&folder.journal())?);
        let journal = Journal::open(&folder.journal())?;
        let on_file = config_file.values(&config.name).cloned().unwrap_or_default();
        record.restore_secrets(&on_file);
        let mut book = Self { folder, journal, record, config_file, open, masks: Masks::default() };
        let mut continued = Continued { edited: book.take_edits(&on_file)?, kept: Vec::new() };

        let merged = values::merged(&config.values, &book.record.values);
        continued.kept = differences(&book.record.values, &config.values);
        continued.kept.retain(|found| found.kept.is_some());
        for found in differences(&book.record.values, &merged) {
            if let Some(value) = found.other {
                book.write(Event::Set { key: found.key, value, by: By::File, hidden: false })?;
            }
        }
        continued.kept.retain(|found| merged.get(&found.key) == found.kept.as_ref());
        book.save()?;
        Ok((book, continued))
    }

    /// What the user has changed in the file since we wrote it.
    fn take_edits(&mut self, on_file: &Map<String, Value>) -> Result<Vec<Difference>, Error> {
        let mut edits = Vec::new();
        for (key, value) in on_file {
            if self.record.saved.get(key) != Some(value)
                && self.record.values.get(key) != Some(value)
            {
                let other = self.record.values.get(key).cloned();
                edits.push(Difference { key: key.clone(), kept: Some(value.clone()), other });
                self.write(Event::Set {
                    key: key.clone(),
                    value: value.clone(),
                    by: By::User,
                    hidden: false,
                })?;
            }
        }
        let removed: Vec<String> =
            self.record.saved.keys().filter(|key| !on_file.contains_key(*key)).cloned().collect();
        for key in removed {
            // A key that has changed since it was last written was not removed by hand.
            if self.record.values.get(&key) == self.record.saved.get(&key) {
                let other = self.record.values.get(&key).cloned();
                edits.push(Difference { key: key.clone(), kept: None, other });
                self.write(Event::Removed { key })?;
            }
        }
        Ok(edits)
    }

    /// Hides these from now on.
    pub fn hide(&mut self, masks: Masks) {
        self.masks = masks;
    }

    /// What is known about the run.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Its folder.
    pub fn folder(&self) -> &RunFolder {
        &self.folder
    }

    /// Writes an event down; returns when it is on disk.
    pub fn write(&mut self, event: Event) -> Result<(), Error> {
        let shown = self.without_secrets(&event);
        // Hooks need values as they are; nobody needs a sentence with a secret in it.
        let is_sentence = matches!(event, Event::StepEnded { .. });
        let event = if is_sentence { shown.clone() } else { event };
        let written = self.journal.append(shown)?;
        self.record.apply(Entry { at: written.at, event });
        Ok(())
    }

    /// Sets a value. The journal has no secrets, so one is on disk only with `.sb/config.yml`.
    pub fn set(&mut self, key: String, value: Value, by: By) -> Result<(), Error> {
        let hidden = self.masks.hits(&value);
        let secret = hidden || is_masked(&masked(&key, &value));
        self.write(Event::Set { key, value, by, hidden })?;
        if secret { self.save() } else { Ok(()) }
    }

    /// Takes `key=value` lines that commands wrote to the file of `$SB_SPEC`.
    pub fn take_lines(&mut self, text: &[u8], only_new: bool) -> Result<(), Error> {
        let text = String::from_utf8_lossy(text).into_owned();
        for (key, value) in text.lines().filter_map(|line| line.split_once('=')) {
            let key = key.trim();
            let known = only_new && self.record.values.contains_key(key);
            if !key.is_empty() && !known {
                self.set(key.into(), value.into(), By::Hook)?;
            }
        }
        Ok(())
    }

    /// Brings `.sb/config.yml` and `run.yaml` up to date.
    pub fn save(&mut self) -> Result<(), Error> {
        self.config_file.save(&self.record.benchmark, &self.open, &self.record.values)?;
        handover::write(&self.record.benchmark, &self.record.values, self.folder.path())?;
        self.write(Event::Saved)?;
        run_yaml::write(&self.folder, &self.record)
    }

    /// A statement in `driver.log`.
    pub fn statement(&self, label: &str, note: &str) -> Result<(), Error> {
        let path = self.folder.driver_log();
        let line = statement::line(
            Instant::now(),
            label,
            &self.masks.hide(&scrubbed(note, &self.record.values)),
        );
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(Error::io("write", &path))?;
        file.write_all(line.as_bytes()).map_err(Error::io("write", &path))
    }

    /// Ends the run: nothing is left that a later verb would need.
    pub fn close(mut self) -> Result<RunFolder, Error> {
        let failed = self.record.steps.iter().find_map(|step| {
            step.ended.as_ref().map(|end| end.outcome.clone()).filter(|outcome| outcome != "done")
        });
        let otherwise = if self.record.interrupted { "interrupted" } else { "done" };
        let outcome = failed.unwrap_or_else(|| otherwise.into());
        self.statement("RUN_END", &outcome)?;
        self.write(Event::RunClosed { outcome })?;
        run_yaml::write(&self.folder, &self.record)?;
        self.config_file.forget(&self.record.benchmark)?;
        Ok(self.folder)
    }

    fn without_secrets(&self, event: &Event) -> Event {
        let scrub = |text: &str| self.masks.hide(&scrubbed(text, &self.record.values));
        let mut event = event.clone();
        match &mut event {
            Event::Set { value, hidden: true, .. } => *value = MASK.into(),
            Event::Set { key, value, .. } => *value = masked(key, value),
            Event::RunOpened { values, .. } | Event::Reset { values } => {
                *values = masked_map(values);
            }
            Event::CommandStarted { line, .. } => *line = scrub(line),
            Event::StepEnded { error: Some(error), .. } => *error = scrub(error),
            Event::LeftBehind { process, .. } => process.command = scrub(&process.command),
            _ => {}
        }
        event
    }
}
