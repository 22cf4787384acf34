//! What is known about a run: its events, added up. Reading a journal and writing one go through
//! the same [`Record::apply`], so a run continued after a crash is the run that was interrupted.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Map, Value};

use super::journal::{By, Entry, Event};
use super::secrets::is_masked;
use crate::benchmark::Hook;
use crate::clock::Instant;
use crate::exec::processes::{Process, Search};

/// A hook's call.
#[derive(Debug, Clone)]
pub struct StepRecord {
    /// Counted over the run, from 1.
    pub number: u32,
    /// Which hook.
    pub hook: Hook,
    /// Counted per hook, from 1.
    pub call: u32,
    /// The log's name.
    pub log: String,
    /// Names the step in the environment of its processes.
    pub token: String,
    /// Its process group.
    pub group: u32,
    /// The interpreter's version.
    pub python: String,
    /// The image it ran in; none: on this machine.
    pub image: Option<String>,
    /// A call of invoke that is not measured.
    pub warmup: bool,
    /// When it began.
    pub started: String,
    /// When and how it ended; `None` while it runs, and for ever if sb-run was killed.
    pub ended: Option<StepEnd>,
    /// How many commands it ran, and how many of them failed.
    pub commands: (u32, u32),
}

/// The end of a step.
#[derive(Debug, Clone)]
pub struct StepEnd {
    /// When.
    pub at: String,
    /// `done`, `raised`, `timed_out`, ...
    pub outcome: String,
    /// Of the hook's process.
    pub exit_code: Option<i32>,
    /// One sentence.
    pub error: Option<String>,
}

/// A run.
#[derive(Debug, Default, Clone)]
pub struct Record {
    /// `<benchmark>-<UTC second>-<4 hex>`
    pub run_id: String,
    /// The benchmark's name.
    pub benchmark: String,
    /// The benchmark file.
    pub file: PathBuf,
    /// The version of sb-run that began it.
    pub sb_run: String,
    /// When it began.
    pub opened: String,
    /// When and how it ended.
    pub closed: Option<(String, String)>,
    /// Whether it was interrupted between hooks.
    pub interrupted: bool,
    /// The values as they are now.
    pub values: Map<String, Value>,
    /// The values as `.sb/config.yml` was last written.
    pub saved: Map<String, Value>,
    /// What hooks have set, which therefore differs from the file as a matter of course.
    pub set_by_hooks: Vec<String>,
    /// Keys whose values are shown nowhere in `out/`.
    pub hidden: Vec<String>,
    /// `--tag`
    pub tags: BTreeMap<String, String>,
    /// The hooks' calls.
    pub steps: Vec<StepRecord>,
    /// Processes that outlived their step.
    pub left_behind: Vec<Process>,
    /// Whether containers were used.
    pub containers: bool,
    /// The image of the last command in a container.
    pub last_image: Option<String>,
    /// Files that sb-run made for the hooks.
    pub files_made: Vec<PathBuf>,
}

impl Record {
    /// Adds up a journal.
    pub fn replay(entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut record = Self::default();
        entries.into_iter().for_each(|entry| record.apply(entry));
        record
    }

    /// Adds one event.
    pub fn apply(&mut self, entry: Entry) {
        let at = entry.at;
        match entry.event {
            Event::RunOpened { run_id, benchmark, file, sb_run, values } => {
                *self =
                    Self { run_id, benchmark, file, sb_run, values, opened: at, ..Self::default() };
            }
            Event::Reset { values } => {
                self.values = values;
                self.set_by_hooks.clear();
            }
            Event::Tagged { key, value } => {
                self.tags.insert(key, value);
            }
            Event::Set { key, value, by, hidden } => {
                self.hidden.retain(|one| *one != key);
                if hidden {
                    self.hidden.push(key.clone());
                }
                if by == By::Hook && !self.set_by_hooks.contains(&key) {
                    self.set_by_hooks.push(key.clone());
                }
                self.values.insert(key, value);
            }
            Event::Removed { key } => {
                self.values.shift_remove(&key);
            }
            Event::Saved => self.saved = self.values.clone(),
            Event::StepStarted { step, hook, call, log, token, group, python, image, warmup } => {
                self.containers |= image.is_some();
                self.steps.push(StepRecord {
                    number: step,
                    hook,
                    call,
                    log,
                    token,
                    group,
                    python,
                    image,
                    warmup,
                    started: at,
                    ended: None,
                    commands: (0, 0),
                });
            }
            Event::FileMade { path } => {
                if !self.files_made.contains(&path) {
                    self.files_made.push(path);
                }
            }
            Event::CommandStarted { step, container, image, .. } => {
                if container {
                    self.containers = true;
                    self.last_image = image.or_else(|| Some(crate::spec::images::DEFAULT.into()));
                }
                if let Some(step) = self.step(step) {
                    step.commands.0 += 1;
                }
            }
            Event::CommandEnded { step, code, .. } => {
                if let Some(step) = self.step(step).filter(|_| code != 0) {
                    step.commands.1 += 1;
                }
            }
            Event::StepEnded { step, outcome, exit_code, error } => {
                if let Some(step) = self.step(step) {
                    step.ended = Some(StepEnd { at, outcome, exit_code, error });
                }
            }
            Event::LeftBehind { process, .. } => {
                if !self.left_behind.contains(&process) {
                    self.left_behind.push(process);
                }
            }
            Event::ProcessEnded { pid, started } => {
                self.left_behind.retain(|process| (process.pid, process.started) != (pid, started));
            }
            Event::Interrupted { .. } => self.interrupted = true,
            Event::RunClosed { outcome } => self.closed = Some((at, outcome)),
        }
    }

    /// How often a hook was called; warm-ups are counted apart.
    pub fn calls(&self, hook: Hook, warmup: bool) -> u32 {
        let same = |step: &&StepRecord| step.hook == hook && step.warmup == warmup;
        self.steps.iter().filter(same).map(|step| step.call).max().unwrap_or(0)
    }

    /// From the first invoke that is measured to the end of the last.
    pub fn invoke_window(&self) -> Option<(Instant, Instant)> {
        let measured = |step: &&StepRecord| step.hook == Hook::Invoke && !step.warmup;
        let mut invokes = self.steps.iter().filter(measured);
        let first = invokes.clone().next()?;
        let last = invokes.next_back()?;
        let end = last.ended.as_ref().and_then(|end| Instant::parse(&end.at));
        Some((Instant::parse(&first.started)?, end.unwrap_or_else(Instant::now)))
    }

    /// The hooks' calls as the original tool logs them: `time,name,type`.
    pub fn event_log(&self) -> Vec<String> {
        let line = |at: &str, hook: Hook, kind: &str| {
            let time = Instant::parse(at)?.python_local();
            Some(format!("{time},{hook},{kind}"))
        };
        let lines = self.steps.iter().flat_map(|step| {
            let ended = step.ended.as_ref().and_then(|end| line(&end.at, step.hook, "end"));
            [line(&step.started, step.hook, "start"), ended]
        });
        lines.flatten().collect()
    }

    /// The tokens of all steps.
    pub fn tokens(&self) -> Vec<&str> {
        self.steps.iter().map(|step| step.token.as_str()).collect()
    }

    /// Finds what still runs of all steps.
    pub fn search(&self) -> Search {
        Search {
            environment: self.steps.iter().map(|step| Search::token(&step.token)).collect(),
            groups: Vec::new(),
            known: self.left_behind.clone(),
        }
    }

    /// Puts back what the journal has masked, from the values in `.sb/config.yml`.
    pub fn restore_secrets(&mut self, file: &Map<String, Value>) {
        for (key, value) in self.values.iter_mut().chain(self.saved.iter_mut()) {
            if let Some(real) = file.get(key).filter(|_| is_masked(value)) {
                *value = real.clone();
            }
        }
    }

    fn step(&mut self, number: u32) -> Option<&mut StepRecord> {
        self.steps.iter_mut().find(|step| step.number == number)
    }
}
