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
    /// Whether it was said that images are not used here.
    pub said_no_images: bool,
}

impl Requests {
    /// `spec[key] = value`
    pub fn set(book: &mut Book, key: String, value: Value) -> Result<(), String> {
        book.set(key, value, By::Hook).map_err(|error| not_kept(&error))
    }

    /// `spec.pop(key)`
    pub fn remove(book: &mut Book, key: String) -> Result<(), String> {
        book.write(Event::Removed { key }).map_err(|error| not_kept(&error))
    }

    /// `spec.run` begins.
    pub fn command_started(
        &mut self,
        book: &mut Book,
        id: u64,
        line: &str,
        image: Option<&str>,
    ) -> Result<(), String> {
        let event = Event::CommandStarted {
            step: self.step,
            command: id,
            line: line.into(),
            image: image.map(Into::into),
        };
        book.write(event).map_err(|error| not_kept(&error))
    }

    /// `spec.run` is over. Gives the exception for a command that failed and had to succeed:
    /// all do, except in cleanup, which goes on to remove what it can.
    pub fn command_ended(
        &mut self,
        book: &mut Book,
        id: u64,
        line: &str,
        code: i32,
        took: Duration,
        check: Option<bool>,
    ) -> Result<Option<String>, String> {
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let event = Event::CommandEnded { step: self.step, command: id, code, ms };
        book.write(event).map_err(|error| not_kept(&error))?;
        if code == 0 {
            return Ok(None);
        }
        if check.unwrap_or(self.hook != Hook::Cleanup) {
            let words =
                format!("The spec.run() command `{line}` exited unsuccessfully. Exit code: {code}");
            return Ok(Some(words));
        }
        if check.is_none() {
            self.failed_commands += 1;
        }
        Ok(None)
    }

    /// What is planned but not there.
    pub fn not_available(what: &str) -> String {
        format!("{what} is not available in this version of sb-run")
    }
}

fn not_kept(error: &Error) -> String {
    format!("sb-run cannot keep this: {error}")
}
