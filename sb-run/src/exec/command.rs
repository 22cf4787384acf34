//! Runs a command line that a hook asked for, here on this machine.

use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::processes::TOKEN_VARIABLE;
use crate::hook::log::Log;
use crate::hook::stream::Stream;

/// A command line and its surroundings.
#[derive(Debug)]
pub struct CommandLine {
    /// The text.
    pub text: String,
    /// Who interprets it: `/bin/sh`.
    pub shell: String,
    /// Where.
    pub folder: PathBuf,
    /// The hook's process group, which the command joins: stopping the hook stops both.
    pub group: u32,
    /// The step's token.
    pub token: String,
}

/// A command that has ended.
#[derive(Debug)]
pub struct Finished {
    /// The exit code; 128 + n after signal n.
    pub code: i32,
    /// What it printed, stdout and stderr in one.
    pub output: Vec<u8>,
    /// How long it took.
    pub took: Duration,
    /// Its pipe, which processes it left behind may still write to.
    pub stream: Stream,
}

/// Starts it and returns; `done` is called on another thread when it has ended.
pub fn start(
    line: &CommandLine,
    log: Arc<Log>,
    done: impl FnOnce(io::Result<Finished>) + Send + 'static,
) -> io::Result<()> {
    let began = Instant::now();
    let (read_end, write_end) = io::pipe()?;
    let group = i32::try_from(line.group).map_err(io::Error::other)?;
    let mut child = Command::new(&line.shell)
        .arg("-c")
        .arg(&line.text)
        .current_dir(&line.folder)
        .env(TOKEN_VARIABLE, &line.token)
        .stdin(Stdio::null())
        .stdout(write_end.try_clone()?)
        .stderr(write_end)
        .process_group(group)
        .spawn()?;
    let stream = Stream::start(read_end, log, true)?;
    std::thread::Builder::new().name("command".into()).spawn(move || {
        done(child.wait().map(|status| {
            // The command's end is its exit, not the end of the pipe: see `Stream`.
            stream.drain();
            Finished {
                code: code(status),
                output: stream.take_capture(),
                took: began.elapsed(),
                stream,
            }
        }));
    })?;
    Ok(())
}

/// As a shell reports it.
pub fn code(status: ExitStatus) -> i32 {
    status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(-1)
}
