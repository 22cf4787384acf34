//! `journal.ndjson`: everything that happens in a run, one JSON object per line, on disk before
//! anyone relies on it. Secrets are masked in it; `.sb/config.yml` holds them.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::benchmark::Hook;
use crate::clock::Instant;
use crate::error::Error;
use crate::exec::processes::Process;

/// Who set a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// A hook.
    Hook,
    /// sb-run itself: what `invoke` is told.
    Driver,
    /// `--set`, `--cloud`, `--region`, or an edit of `.sb/config.yml`.
    User,
    /// A key that is new in the benchmark file.
    File,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are named after what they hold")]
pub enum Event {
    /// The run began, with the values of the file.
    RunOpened {
        run_id: String,
        benchmark: String,
        file: PathBuf,
        sb_run: String,
        values: Map<String, Value>,
    },
    /// `--reset-config`: only these values are left.
    Reset { values: Map<String, Value> },
    /// `--tag`
    Tagged { key: String, value: String },
    /// A value was set.
    Set {
        key: String,
        value: Value,
        by: By,
        /// It holds what `::add-mask::` hides.
        #[serde(default)]
        hidden: bool,
    },
    /// A value was removed.
    Removed { key: String },
    /// `.sb/config.yml` now shows all values set so far.
    Saved,
    /// A hook began.
    StepStarted {
        step: u32,
        hook: Hook,
        call: u32,
        log: String,
        token: String,
        group: u32,
        python: String,
        #[serde(default)]
        image: Option<String>,
        #[serde(default)]
        warmup: bool,
    },
    /// A command of a hook began.
    CommandStarted {
        step: u32,
        command: u64,
        line: String,
        image: Option<String>,
        #[serde(default)]
        container: bool,
    },
    /// It ended.
    CommandEnded { step: u32, command: u64, code: i32, ms: u64 },
    /// The hook ended.
    StepEnded { step: u32, outcome: String, exit_code: Option<i32>, error: Option<String> },
    /// A process of the step goes on.
    LeftBehind { step: u32, process: Process },
    /// sb-run ended it, or it had ended by itself.
    ProcessEnded { pid: u32, started: u64 },
    /// sb-run made a file for the hook, which goes with the run.
    FileMade { path: PathBuf },
    /// Ctrl-C or SIGTERM came while no hook was running, and cut the rest of the verbs off.
    Interrupted { by: String },
    /// The run is over.
    RunClosed { outcome: String },
}

/// An event and when it happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// UTC.
    pub at: String,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

/// An open journal.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
}

impl Journal {
    /// Opens it for appending; makes it if it does not exist.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let open = || -> std::io::Result<File> {
            let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
            // A crash can tear the last line; what follows must not become part of it.
            if file.seek(SeekFrom::End(0))? > 0 {
                file.seek(SeekFrom::End(-1))?;
                let mut last = [0];
                file.read_exact(&mut last)?;
                if last != *b"\n" {
                    file.write_all(b"\n")?;
                }
            }
            Ok(file)
        };
        let file = open().map_err(Error::io("open", path))?;
        Ok(Self { file, path: path.into() })
    }

    /// Appends; returns when the entry is on disk.
    pub fn append(&mut self, event: Event) -> Result<Entry, Error> {
        let entry = Entry { at: Instant::now().rfc3339(), event };
        let mut line = serde_json::to_vec(&entry)
            .map_err(|error| Error::io("write", &self.path)(error.into()))?;
        line.push(b'\n');
        self.file
            .write_all(&line)
            .and_then(|()| self.file.sync_data())
            .map_err(Error::io("write", &self.path))?;
        Ok(entry)
    }

    /// All entries. Lines that a crash has torn are left out.
    pub fn read(path: &Path) -> Result<Vec<Entry>, Error> {
        let bytes = std::fs::read(path).map_err(Error::io("read", path))?;
        let lines = bytes.split(|byte| *byte == b'\n');
        Ok(lines.filter_map(|line| serde_json::from_slice(line).ok()).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_torn_line_costs_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.ndjson");
        let set = |value| Event::Set { key: "a".into(), value, by: By::Hook, hidden: false };
        Journal::open(&path).unwrap().append(set(json!(1))).unwrap();
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"at\":\"2026").unwrap();
        Journal::open(&path).unwrap().append(set(json!({"x": [null]}))).unwrap();
        let events: Vec<Event> =
            Journal::read(&path).unwrap().into_iter().map(|entry| entry.event).collect();
        assert_eq!(events, [set(json!(1)), set(json!({"x": [null]}))]);
    }
}
