//! Runs a command that a hook asked for.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tempfile::SpooledTempFile;

use super::processes::TOKEN_VARIABLE;
use crate::hook::log::Log;
use crate::hook::stream::Stream;

/// A command and its surroundings.
#[derive(Debug)]
pub struct CommandLine {
    /// The program: a shell, or the container engine.
    pub program: OsString,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Arguments of a shell line that must succeed before, and whose output is not the command's:
    /// it gets the image.
    pub first: Option<Vec<OsString>>,
    /// Where.
    pub folder: PathBuf,
    /// The hook's process group, which the command joins: stopping the hook stops both.
    pub group: u32,
    /// The step's token.
    pub token: String,
    /// Further variables.
    pub environment: Vec<(String, OsString)>,
    /// Kept until the command has ended: a build's context.
    pub context: Option<tempfile::TempDir>,
}

/// A command that has ended.
#[derive(Debug)]
pub struct Finished {
    /// The exit code; 128 + n after signal n.
    pub code: i32,
    /// What it printed, stdout and stderr in one.
    pub output: SpooledTempFile,
    /// How long it took.
    pub took: Duration,
    /// Its pipe, which processes it left behind may still write to.
    pub stream: Stream,
}

/// Starts it and returns; `done` is called on another thread when it has ended.
pub fn start(
    line: CommandLine,
    log: Arc<Log>,
    done: impl FnOnce(io::Result<Finished>) + Send + 'static,
) -> io::Result<()> {
    std::thread::Builder::new().name("command".into()).spawn(move || done(run(&line, log)))?;
    Ok(())
}

fn run(line: &CommandLine, log: Arc<Log>) -> io::Result<Finished> {
    let began = Instant::now();
    if let Some(first) = &line.first {
        let finished = one(line, &"/bin/sh".into(), first, Arc::clone(&log), false, began)?;
        if finished.code != 0 {
            return Ok(finished);
        }
    }
    one(line, &line.program, &line.arguments, log, true, began)
}

fn one(
    line: &CommandLine,
    program: &OsString,
    arguments: &[OsString],
    log: Arc<Log>,
    capture: bool,
    began: Instant,
) -> io::Result<Finished> {
    let (read_end, write_end) = io::pipe()?;
    let group = i32::try_from(line.group).map_err(io::Error::other)?;
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(&line.folder)
        .env(TOKEN_VARIABLE, &line.token)
        .envs(line.environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(write_end.try_clone()?)
        .stderr(write_end)
        .process_group(group)
        .spawn()?;
    let stream = Stream::start(read_end, log, capture)?;
    let status = child.wait()?;
    // The command's end is its exit, not the end of the pipe: see `Stream`.
    stream.drain();
    let output = stream.take_capture()?;
    Ok(Finished { code: code(status), output, took: began.elapsed(), stream })
}

/// As a shell reports it.
pub fn code(status: ExitStatus) -> i32 {
    status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(-1)
}
