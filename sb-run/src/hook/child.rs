//! Runs one hook in a `python3` child: starts it, and the threads that tell what it does.
//!
//! The channel is the child's stdin and stdout, which the shim moves out of the hook's way at
//! once; the hook's own stdout and stderr are the session's one [`Output`]. Everything that can
//! happen arrives as an event at one place, the conversation.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use super::conversation::{Conversation, HookEvent};
use super::outcome::Outcome;
use super::output::Output;
use super::protocol::{HostInfo, Loaded, Run};
use super::python;
use crate::benchmark::{Benchmark, Hook};
use crate::error::Error;
use crate::exec::command::CommandLine;
use crate::exec::engine::{Container, Engine};
use crate::exec::processes::{Search, TOKEN_VARIABLE};
use crate::exec::signal::Interrupts;
use crate::run::place::Place;
use crate::spec::commands::{SPEC_VARIABLE, spec_file, spec_file_inside};

/// A hook to be run.
#[derive(Debug)]
pub struct Call<'a> {
    /// The benchmark.
    pub benchmark: &'a Benchmark,
    /// The function.
    pub hook: Hook,
    /// Where it runs.
    pub place: &'a Place,
    /// The container engine.
    pub engine: &'a Engine,
    /// The run, if it is known already.
    pub run_id: Option<&'a str>,
    /// Names the step in the environment.
    pub token: &'a str,
    /// The limit.
    pub timeout: Option<Duration>,
    /// Where its output goes.
    pub output: &'a Output,
    /// Ctrl-C and SIGTERM.
    pub interrupts: &'a Interrupts,
    /// Run even though an interrupt has come (cleanup after Ctrl-C): only the next one stops it.
    pub despite_interrupt: bool,
}

/// What a loaded hook needs to begin.
#[derive(Debug)]
pub struct Begun {
    /// The benchmark's name.
    pub name: String,
    /// Its values.
    pub values: Map<String, Value>,
    /// What it may ask about its surroundings.
    pub host: HostInfo,
}

const NO_HOOK: &str = "no hook is running";

/// The side of the driver that hooks talk to. An `Err(String)` becomes an exception in the hook.
pub trait Host {
    /// The file was loaded. `None`: do not run the hook, loading was all.
    fn loaded(&mut self, loaded: &Loaded, pid: u32) -> Result<Option<Begun>, Error>;
    /// `spec[key] = value`; `upto`: how far the file of `$SB_SPEC` has been read.
    fn set(&mut self, _key: String, _value: Value, _upto: Option<u64>) -> Result<(), String> {
        Err(NO_HOOK.into())
    }
    /// `spec.pop(key)`
    fn remove(&mut self, _key: String) -> Result<(), String> {
        Err(NO_HOOK.into())
    }
    /// `spec.run` or `spec.run_k6` begins.
    fn run(&mut self, _id: u64, _run: &Run) -> Result<CommandLine, String> {
        Err(NO_HOOK.into())
    }
    /// `spec.build` begins.
    fn build(&mut self, _id: u64, _tag: &str, _file: &str) -> Result<CommandLine, String> {
        Err(NO_HOOK.into())
    }
    /// A command is over; says whether that is an error.
    fn command_ended(
        &mut self,
        _id: u64,
        _text: &str,
        _code: i32,
        _took: Duration,
        _check: Option<bool>,
    ) -> Result<bool, String> {
        Err(NO_HOOK.into())
    }
    /// `spec.workload_options()`, as JSON.
    fn workload(&mut self) -> Result<String, String> {
        Err(NO_HOOK.into())
    }
    /// Something to tell the user.
    fn say(&mut self, _text: &str) {}
}

/// A hook that has ended.
#[derive(Debug)]
pub struct Ended {
    /// How; `None` if it was loaded but not asked to run.
    pub outcome: Option<Outcome>,
    /// The exit code of its process; 128 + n after signal n.
    pub code: i32,
    /// The keys of `spec` that it read.
    pub reads: Vec<String>,
    /// Its process group.
    pub group: u32,
}

impl Ended {
    /// Whether it ended without a word, so that what it had to say last was not heard.
    pub fn died(&self) -> bool {
        matches!(
            self.outcome,
            Some(Outcome::Died { .. } | Outcome::TimedOut { .. } | Outcome::Interrupted { .. })
        )
    }
}

/// Runs the hook to its end.
pub fn run(call: &Call<'_>, host: &mut dyn Host) -> Result<Ended, Error> {
    let (events, arriving) = mpsc::channel();
    let mut child = spawn(call)?;
    let pid = child.id();
    let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(Error::System {
            doing: "talk with the hook",
            source: std::io::ErrorKind::BrokenPipe.into(),
        });
    };
    let sender = events.clone();
    thread("channel", move || {
        let mut lines = BufReader::new(stdout);
        loop {
            let mut line = Vec::new();
            match lines.read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => break,
                Ok(_) if sender.send(HookEvent::Line(line)).is_err() => break,
                Ok(_) => {}
            }
        }
        let _ = sender.send(HookEvent::Closed);
    })?;
    let sender = events.clone();
    thread("waiter", move || {
        let _ = sender.send(HookEvent::Exited(child.wait()));
    })?;
    let sender = events.clone();
    let past = if call.despite_interrupt {
        call.interrupts.seen().map_or(0, |seen| seen.count)
    } else {
        0
    };
    let _listening = call.interrupts.listen(move |interrupt| {
        if interrupt.count > past {
            let _ = sender.send(HookEvent::Signal(interrupt));
        }
    });

    let deadline = call.timeout.and_then(|limit| Instant::now().checked_add(limit));
    Conversation::new(call, host, pid, stdin, (events, arriving), deadline).hold()
}

fn spawn(call: &Call<'_>) -> Result<Child, Error> {
    let stream = || call.output.write_end().map_err(Error::system("share a pipe"));
    let file = spec_file(call.benchmark, call.token);
    let mut command = match call.place {
        Place::Host => {
            let mut command = python::command();
            command.env(SPEC_VARIABLE, file);
            command
        }
        Place::Container(inside) => {
            let file = spec_file_inside(&inside.mount, &file);
            let environment = [Search::token(call.token), format!("{SPEC_VARIABLE}={file}")];
            let container = Container {
                image: &inside.image,
                mount: &inside.mount,
                volumes: &inside.volumes,
                token: call.token,
                run_id: call.run_id,
                environment: &environment,
                interactive: true,
                terminal: false,
            };
            let mut command = Command::new(call.engine.program());
            command.args(call.engine.run_arguments(&container));
            command.args(["python3", "-c", python::BOOTSTRAP]);
            command
        }
    };
    let started = command
        .current_dir(&call.benchmark.folder)
        .env(TOKEN_VARIABLE, call.token)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(stream()?)
        .process_group(0)
        .spawn();
    started.map_err(|source| Error::NoPython { program: program(), source })
}

/// The interpreter as the user knows it.
pub(super) fn program() -> String {
    python::program().to_string_lossy().into_owned()
}

fn thread(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Error> {
    let started = std::thread::Builder::new().name(name.into()).spawn(work);
    started.map(drop).map_err(Error::system("start a thread"))
}
