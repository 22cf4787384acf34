//! The driver's half of the talk with a hook's process: answers it, watches the clock and the
//! signals, and finds out how it ended.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{ChildStdin, ExitStatus};
use std::sync::mpsc::{Receiver, Sender};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustix::process::Signal;
use serde::Serialize;
use serde_json::Map;

use super::child::{Begun, Call, Ended, Host, program};
use super::outcome::Outcome;
use super::protocol::{Answer, Begin, CommandAnswer, End, Go, Loaded, Part, Raised, Request, Stop};
use super::python;
use crate::error::{Error, plain};
use crate::exec::command::{self, CommandLine, Finished};
use crate::exec::processes::{signal_group, signal_process};
use crate::exec::signal::Interrupt;
use crate::run::place::Place;

/// How long a hook may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(5);
const AGAIN: Duration = Duration::from_millis(300);
/// After this long a hook that has returned but does not exit is mentioned.
const LINGERING: Duration = Duration::from_secs(5);

/// What can happen while a hook runs.
pub(super) enum HookEvent {
    Line(Vec<u8>),
    Closed,
    Exited(std::io::Result<ExitStatus>),
    Signal(Interrupt),
    Command(Box<CommandDone>),
}

/// A command of the hook that has ended.
pub(super) struct CommandDone {
    id: u64,
    text: String,
    failure: String,
    check: Option<bool>,
    result: std::io::Result<Finished>,
}

struct Stopping {
    why: Outcome,
    kill_at: Option<Instant>,
    again_at: Option<Instant>,
}

/// A hook's process and what is known about it.
pub(super) struct Conversation<'a, 'b> {
    call: &'a Call<'a>,
    host: &'b mut dyn Host,
    pid: u32,
    stdin: ChildStdin,
    events: Sender<HookEvent>,
    arriving: Receiver<HookEvent>,
    deadline: Option<Instant>,
    stopping: Option<Stopping>,
    end: Option<End>,
    reads: Vec<String>,
    failure: Option<Error>,
    ended_at: Option<Instant>,
    loaded: bool,
    began: bool,
    closed: bool,
}

impl<'a, 'b> Conversation<'a, 'b> {
    /// With a process that was just started and has heard nothing yet.
    pub(super) fn new(
        call: &'a Call<'a>,
        host: &'b mut dyn Host,
        pid: u32,
        stdin: ChildStdin,
        (events, arriving): (Sender<HookEvent>, Receiver<HookEvent>),
        deadline: Option<Instant>,
    ) -> Self {
        Self {
            call,
            host,
            pid,
            stdin,
            events,
            arriving,
            deadline,
            stopping: None,
            end: None,
            reads: Vec::new(),
            failure: None,
            ended_at: None,
            loaded: false,
            began: false,
            closed: false,
        }
    }

    fn begin(&mut self) {
        let file = self.call.place.seen(&self.call.benchmark.file);
        self.send(&Begin {
            shim: python::SHIM,
            instrument: python::INSTRUMENT,
            file: &file,
            hook: self.call.hook.name(),
        });
    }

    /// Talks until the process has ended.
    pub(super) fn hold(mut self) -> Result<Ended, Error> {
        self.begin();
        let status = loop {
            match self.next() {
                Some(HookEvent::Exited(status)) => break status,
                Some(event) => self.handle(event),
                None => self.time_is_up(),
            }
        };
        // What it said last may still be on its way; a fork of it may hold the channel open.
        while !self.closed
            && let Ok(event) = self.arriving.recv_timeout(Duration::from_millis(500))
        {
            self.handle(event);
        }
        if self.stopping.is_some() {
            signal_group(self.pid, Signal::KILL);
            // Killing the engine's command line leaves the container alive.
            if self.call.engine.was_used() {
                self.call.engine.remove(&[self.call.token]);
            }
        }
        self.call.output.drain();
        let code = command::code(status.map_err(Error::system("wait for the hook"))?);
        self.ended(code)
    }

    fn ended(mut self, code: i32) -> Result<Ended, Error> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        if let (Some(End::Raised { error }), Place::Container(inside)) =
            (&mut self.end, self.call.place)
            && let Some(file) = inside.mount.outside(&error.file)
        {
            error.file = file.to_string_lossy().into_owned();
        }
        let outcome = match (self.stopping, self.end) {
            (Some(stopping), end) if end != Some(End::Returned) => Some(stopping.why),
            (_, Some(End::Raised { error })) if !self.began => return Err(load_error(error)),
            (_, Some(End::Returned)) if code == 0 => Some(Outcome::Returned),
            (_, Some(End::Raised { error })) => Some(Outcome::Raised(error)),
            _ if self.began => Some(Outcome::Died { code }),
            _ if self.loaded => None,
            _ => {
                let ended = if code > 128 {
                    format!("signal {}", code - 128)
                } else {
                    format!("exit code {code}")
                };
                return Err(Error::BrokenPython { program: program(), ended });
            }
        };
        Ok(Ended { outcome, code, reads: self.reads, group: self.pid })
    }

    /// The next event, or none when something is due.
    fn next(&mut self) -> Option<HookEvent> {
        let due = match &self.stopping {
            Some(stopping) => stopping.kill_at.into_iter().chain(stopping.again_at).min(),
            None => self.deadline.into_iter().chain(self.ended_at.map(|at| at + LINGERING)).min(),
        };
        match due {
            None => self.arriving.recv().ok(),
            Some(due) => {
                let result =
                    self.arriving.recv_timeout(due.saturating_duration_since(Instant::now()));
                result.ok()
            }
        }
    }

    fn time_is_up(&mut self) {
        if let Some(stopping) = &mut self.stopping {
            if stopping.kill_at.is_none_or(|at| at <= Instant::now()) {
                return self.kill();
            }
            // A signal just before the hook begins to sleep does not wake it; later ones are ignored.
            stopping.again_at = Instant::now().checked_add(AGAIN);
            if let Place::Host = self.call.place {
                signal_process(self.pid, Signal::TERM);
            }
        } else if let (Some(deadline), Some(limit)) = (self.deadline, self.call.timeout)
            && Instant::now() >= deadline
        {
            self.stop(Outcome::TimedOut { limit });
        } else if self.ended_at.take().is_some() {
            self.host.say(&format!(
                "{} has returned but its process goes on: does it leave a thread running that is not a daemon?",
                self.call.hook
            ));
        }
    }

    fn stop(&mut self, why: Outcome) {
        match self.call.place {
            Place::Host => signal_group(self.pid, Signal::TERM),
            // The commands that it waits for are in the container too.
            Place::Container(_) => self.send(&Stop { stop: true }),
        }
        let now = Instant::now();
        let (kill_at, again_at) = (now.checked_add(GRACE), now.checked_add(AGAIN));
        self.stopping = Some(Stopping { why, kill_at, again_at });
    }

    fn kill(&mut self) {
        signal_group(self.pid, Signal::KILL);
        if let Some(stopping) = &mut self.stopping {
            (stopping.kill_at, stopping.again_at) = (None, None);
        }
    }

    fn handle(&mut self, event: HookEvent) {
        match event {
            HookEvent::Line(line) => match serde_json::from_slice(&line) {
                Ok(request) => self.request(request),
                Err(error) => {
                    // Answering is impossible without an id, so the hook would wait for ever.
                    self.host.say(&format!(
                        "the hook's process sent something that is not a request: {error}"
                    ));
                    self.kill();
                }
            },
            HookEvent::Signal(Interrupt { signal, count }) => {
                let again = count > 1;
                if self.stopping.is_none() {
                    if !again {
                        self.host.say("stopping; once more stops at once");
                    }
                    self.stop(Outcome::Interrupted { signal });
                }
                if again {
                    self.kill();
                }
            }
            HookEvent::Command(done) => self.command_done(*done),
            HookEvent::Closed => self.closed = true,
            HookEvent::Exited(_) => {}
        }
    }

    fn request(&mut self, request: Request) {
        match request {
            Request::OldPython { version } => {
                self.failure = Some(Error::OldPython { program: program(), version });
            }
            Request::LoadFailed { error } => self.end = Some(End::Raised { error }),
            Request::Loaded(loaded) => self.go(&loaded),
            Request::Set { id, key, value, upto } => {
                let result = self.host.set(key, value, upto);
                self.reply(id, result);
            }
            Request::Remove { id, key } => {
                let result = self.host.remove(key);
                self.reply(id, result);
            }
            Request::Run { id, run } => {
                let failure =
                    format!("The spec.run() command `{}` exited unsuccessfully.", run.cmd);
                let started = self.may_start().and_then(|()| self.host.run(id, &run));
                self.start(id, started, (run.cmd, failure), run.check);
            }
            Request::Build { id, tag, file } => {
                let failure = format!("Error during building `{file}`.");
                let started = self.may_start().and_then(|()| self.host.build(id, &tag, &file));
                self.start(id, started, (format!("spec.build('{tag}')"), failure), Some(true));
            }
            Request::Workload { id } => match self.host.workload() {
                Ok(text) => self.send(&Answer { id, text: Some(text), ..Answer::default() }),
                Err(problem) => self.reply(id, Err(problem)),
            },
            Request::End { id, end, reads } => {
                self.end = Some(end);
                self.reads = reads;
                self.ended_at = Some(Instant::now());
                self.reply(id, Ok(()));
            }
        }
    }

    fn go(&mut self, loaded: &Loaded) {
        self.loaded = true;
        let begun = match self.host.loaded(loaded, self.pid) {
            Ok(begun) => begun,
            Err(error) => {
                self.failure = Some(error);
                None
            }
        };
        if let Some(Begun { name, values, host }) = &begun {
            self.began = true;
            self.send(&Go { go: true, name, values, host: Some(host) });
        } else {
            self.send(&Go { go: false, name: "", values: &Map::new(), host: None });
        }
    }

    fn may_start(&self) -> Result<(), String> {
        if self.stopping.is_some() { Err("the hook is being stopped".into()) } else { Ok(()) }
    }

    fn start(
        &mut self,
        id: u64,
        line: Result<CommandLine, String>,
        (text, failure): (String, String),
        check: Option<bool>,
    ) {
        let line = match line {
            Ok(line) => line,
            Err(problem) => return self.reply(id, Err(problem)),
        };
        // What the hook printed before stands before what the command prints.
        self.call.output.drain();
        let events = self.events.clone();
        let log = self.call.output.log().clone();
        let started = command::start(line, log, move |result| {
            let done = CommandDone { id, text, failure, check, result };
            let _ = events.send(HookEvent::Command(Box::new(done)));
        });
        if let Err(error) = started {
            self.reply(id, Err(format!("cannot run the command: {}", plain(&error))));
        }
    }

    fn command_done(&mut self, done: CommandDone) {
        let CommandDone { id, text, failure, check, result } = done;
        let mut finished = match result {
            Ok(finished) => finished,
            Err(error) => {
                return self.reply(id, Err(format!("cannot run the command: {}", plain(&error))));
            }
        };
        if !finished.stream.is_finished() {
            self.call.output.adopt(finished.stream);
        }
        match self.host.command_ended(id, &text, finished.code, finished.took, check) {
            Err(problem) => self.reply(id, Err(problem)),
            Ok(failed) => {
                if let Err(error) = self.send_output(id, &mut finished.output) {
                    return self
                        .reply(id, Err(format!("cannot read its output: {}", plain(&error))));
                }
                let failed = failed.then(|| format!("{failure} Exit code: {}", finished.code));
                let command = CommandAnswer { code: finished.code, failed };
                self.send(&Answer { id, command: Some(command), ..Answer::default() });
            }
        }
    }

    /// Hands on what a command printed, part by part: it may be more than fits in memory.
    fn send_output(&mut self, id: u64, output: &mut impl Read) -> std::io::Result<()> {
        let mut buffer = vec![0; 48 * 1024];
        loop {
            let size = output.read(&mut buffer)?;
            let Some(bytes) = buffer.get(..size).filter(|bytes| !bytes.is_empty()) else {
                return Ok(());
            };
            self.send(&Part { id, part: STANDARD.encode(bytes) });
        }
    }

    fn reply(&mut self, id: u64, result: Result<(), String>) {
        self.send(&Answer { id, error: result.err(), ..Answer::default() });
    }

    /// Sends a message. If the hook's process is gone, its exit says more than this error.
    fn send(&mut self, message: &impl Serialize) {
        if let Ok(mut line) = serde_json::to_vec(message) {
            line.push(b'\n');
            let _ = self.stdin.write_all(&line).and_then(|()| self.stdin.flush());
        }
    }
}

fn load_error(error: Raised) -> Error {
    let message = error.words();
    Error::Load { place: short_place(&error), message, missing_module: error.missing_module }
}

/// The place with the file as the user would name it from here.
fn short_place(error: &Raised) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let file = Path::new(&error.file);
    let shown = file.strip_prefix(&here).unwrap_or(file);
    Raised { file: shown.display().to_string(), ..error.clone() }.place()
}
