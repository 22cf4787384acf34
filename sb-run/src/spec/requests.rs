//! Answers a hook's requests, and writes each of them down before it does.

use std::time::Duration;

use serde_json::Value;

use crate::benchmark::Hook;
use crate::error::Error;
use crate::run::book::Book;
use crate::state::journal::{By, Event};

/// What a step is asked for while it runs.
#[derive(Debug)]
pub struct Requests {
    /// The step's number.
    pub step: u32,
    /// Its hook.
    pub hook: Hook,
    /// Commands that failed although nobody said that they may.
    pub failed_commands: u32,
    /// The files of k6's metrics that it wrote.
    pub k6_files: Vec<String>,
    /// How far the file of `$SB_SPEC` was read.
    pub spec_file_at: u64,
}

impl Requests {
    /// None so far.
    pub fn new(hook: Hook) -> Self {
        Self { step: 0, hook, failed_commands: 0, k6_files: Vec::new(), spec_file_at: 0 }
    }

    /// `spec[key] = value`
    pub fn set(book: &mut Book, key: String, value: Value) -> Result<(), String> {
        book.set(key, value, By::Hook).map_err(|error| not_kept(&error))
    }

    /// `spec.pop(key)`
    pub fn remove(book: &mut Book, key: String) -> Result<(), String> {
        book.write(Event::Removed { key }).map_err(|error| not_kept(&error))
    }

    /// A command begins.
    pub fn command_started(
        &mut self,
        book: &mut Book,
        id: u64,
        line: &str,
        image: Option<&str>,
        container: bool,
    ) -> Result<(), String> {
        let event = Event::CommandStarted {
            step: self.step,
            command: id,
            line: line.into(),
            image: image.map(Into::into),
            container,
        };
        book.write(event).map_err(|error| not_kept(&error))
    }

    /// A command is over. Says whether it failed and had to succeed: all do, except in cleanup,
    /// which goes on to remove what it can.
    pub fn command_ended(
        &mut self,
        book: &mut Book,
        id: u64,
        code: i32,
        took: Duration,
        check: Option<bool>,
    ) -> Result<bool, String> {
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let event = Event::CommandEnded { step: self.step, command: id, code, ms };
        book.write(event).map_err(|error| not_kept(&error))?;
        if code == 0 {
            return Ok(false);
        }
        if check.unwrap_or(self.hook != Hook::Cleanup) {
            return Ok(true);
        }
        if check.is_none() {
            self.failed_commands += 1;
        }
        Ok(false)
    }
}

fn not_kept(error: &Error) -> String {
    format!("sb-run cannot keep this: {error}")
}
