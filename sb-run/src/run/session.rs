//! One driver process at work on one benchmark: holds its lock, its output and its open run.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::book::Book;
use super::collect;
use super::place::{self, Place};
use super::step::StepHost;
use super::{Options, pause};
use crate::benchmark::{Benchmark, Hook, shown};
use crate::ci::Ci;
use crate::error::{Error, plain};
use crate::exec::engine::Engine;
use crate::exec::processes::Process;
use crate::exec::signal::Interrupts;
use crate::hook::child::{self, Call, Ended};
use crate::hook::outcome::Outcome;
use crate::hook::output::Output;
use crate::spec::commands::spec_file;
use crate::spec::requests::Requests;
use crate::spec::workload::Workload;
use crate::state::config_file::{ConfigFile, state_folder};
use crate::state::lock::Lock;
use crate::state::run_folder::random;
use crate::units;

/// A step to take.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Call a hook.
    Hook(Hook),
    /// Call the invoke hook.
    Invoke {
        /// With this load.
        workload: Workload,
        /// Without measuring.
        warmup: bool,
    },
    /// Do nothing for a while.
    Wait(Duration),
    /// Set a value.
    Set {
        /// Its key.
        key: String,
        /// The value.
        value: Value,
    },
}

impl Step {
    /// The hook that it calls.
    pub fn hook(&self) -> Option<Hook> {
        match self {
            Self::Hook(hook) => Some(*hook),
            Self::Invoke { .. } => Some(Hook::Invoke),
            Self::Wait(_) | Self::Set { .. } => None,
        }
    }

    /// Words for a plan.
    pub fn words(&self) -> String {
        match self {
            Self::Hook(hook) => hook.to_string(),
            Self::Invoke { warmup: true, .. } => "warm-up".into(),
            Self::Invoke { workload, .. } => match workload.words() {
                Some(words) => format!("invoke {words}"),
                None => "invoke".into(),
            },
            Self::Wait(time) => format!("wait {}", units::duration(*time)),
            Self::Set { key, .. } => format!("set {key}"),
        }
    }
}

/// One driver process at work on one benchmark.
pub struct Session<'a> {
    pub(super) benchmark: &'a Benchmark,
    pub(super) options: &'a Options,
    pub(super) interrupts: &'a Interrupts,
    talk: &'a dyn Fn(&str),
    pub(super) output: Output,
    pub(super) engine: Engine,
    pub(super) ci: Ci,
    lock: Lock,
    place: Option<Place>,
    pub(super) book: Option<Book>,
    /// Whether the file has a collect hook, once it was loaded.
    collects: Option<bool>,
    said_local: bool,
}

impl<'a> Session<'a> {
    /// Takes the lock. `talk` is called with what is to be said to the user.
    pub fn open(
        benchmark: &'a Benchmark,
        options: &'a Options,
        interrupts: &'a Interrupts,
        talk: &'a dyn Fn(&str),
    ) -> Result<Self, Error> {
        let lock = Lock::take(&state_folder(&benchmark.folder).join("lock"))?;
        let output =
            Output::start(Some(Box::new(io::stderr()))).map_err(Error::system("make a pipe"))?;
        Ok(Self {
            benchmark,
            options,
            interrupts,
            talk,
            output,
            engine: Engine::default(),
            ci: Ci::found(),
            lock,
            place: None,
            book: None,
            collects: None,
            said_local: false,
        })
    }

    /// Says something, on a line of its own.
    pub fn say(&self, text: &str) {
        say(&self.output, self.talk, text);
    }

    fn workflow(&self, command: Option<String>) {
        if let Some(command) = command {
            self.output.drain();
            (self.talk)(&command);
        }
    }

    /// Tells GitHub Actions what kept a step from being taken.
    pub(super) fn annotate(&self, error: &Error) {
        self.workflow(self.ci.problem(error));
    }

    /// Whether a run is open.
    pub fn has_run(&self) -> bool {
        self.book.is_some()
    }

    /// Takes one step. `Err` if it did not come to that.
    pub fn take(&mut self, step: &Step, despite_interrupt: bool) -> Result<Outcome, Error> {
        match step {
            Step::Wait(time) => {
                self.say(&format!("waiting {} ...", units::duration(*time)));
                Ok(self
                    .wait(*time)
                    .map_or(Outcome::Returned, |signal| Outcome::Interrupted { signal }))
            }
            Step::Set { key, value } => self.set(key, value),
            Step::Hook(Hook::Collect) => self.collect(despite_interrupt),
            Step::Hook(hook) => self.call(*hook, &Workload::default(), false, despite_interrupt),
            Step::Invoke { workload, warmup } => {
                self.call(Hook::Invoke, workload, *warmup, despite_interrupt)
            }
        }
    }

    /// Sleeps; gives the signal that ended it early.
    pub(super) fn wait(&self, time: Duration) -> Option<i32> {
        pause(time, self.interrupts)
    }

    fn call(
        &mut self,
        hook: Hook,
        workload: &Workload,
        warmup: bool,
        despite_interrupt: bool,
    ) -> Result<Outcome, Error> {
        let began = Instant::now();
        self.workflow(self.ci.begin(hook));
        self.say(&format!("{} ...", if warmup { "warm-up" } else { hook.name() }));
        let token = format!("{:016x}{:016x}", random(), random());
        let ran = self.run(Some(hook), workload, warmup, &token, despite_interrupt);
        if let Ok(Ran { ended, requests, begun: true }) = &ran
            && ended.died()
        {
            self.take_spec_file(&token, requests.spec_file_at)?;
        }
        let _ = std::fs::remove_file(spec_file(self.benchmark, &token));
        let Ran { ended, begun, requests } = match ran {
            Ok(ran) => ran,
            Err(error) => {
                self.workflow(self.ci.end());
                return Err(error);
            }
        };
        let mut outcome = ended.outcome.clone().unwrap_or(Outcome::Returned);
        if outcome == Outcome::Returned && requests.failed_commands > 0 {
            outcome = Outcome::CommandsFailed { count: requests.failed_commands };
        }
        if let Some(error) = self.output.log().take_error() {
            let problem = plain(&error);
            if outcome == Outcome::Returned {
                outcome = Outcome::NotKept { problem };
            } else {
                self.say(&format!("cannot keep the hook's output: {problem}"));
            }
        }
        if begun {
            let measured = (hook == Hook::Invoke && !warmup).then_some(workload);
            self.step_ended(hook, measured, &requests, &ended, &outcome)?;
            self.processes_left(requests.step, &token, &ended, &outcome)?;
        }
        self.say(&words(hook, &outcome, began.elapsed()));
        self.workflow(self.ci.end());
        self.workflow(self.ci.error(self.benchmark, hook, &outcome));
        if hook == Hook::Cleanup && begun {
            self.finish_run(outcome == Outcome::Returned)?;
        }
        Ok(outcome)
    }

    /// Loads the file and runs a hook, or only opens the run if there is none.
    fn run(
        &mut self,
        hook: Option<Hook>,
        workload: &Workload,
        warmup: bool,
        token: &str,
        despite_interrupt: bool,
    ) -> Result<Ran, Error> {
        self.choose_place()?;
        let Self { benchmark, options, interrupts, talk, output, engine, place, book, .. } = self;
        let place: &Place = place.as_ref().unwrap_or(&Place::Host);
        let say = |text: &str| say(output, *talk, text);
        let run_id = book.as_ref().map(|book| book.record().run_id.clone());
        output.drain();
        output.log().hold();
        let mut host = StepHost {
            benchmark,
            options,
            engine,
            place,
            book,
            log: output.log(),
            say: &say,
            hook,
            workload,
            warmup,
            token,
            requests: Requests::new(hook.unwrap_or(Hook::Prepare)),
            group: 0,
            begun: false,
            collects: self.collects,
            said_local: self.said_local,
        };
        let call = Call {
            benchmark,
            hook: hook.unwrap_or(Hook::Prepare),
            place,
            engine,
            run_id: run_id.as_deref(),
            token,
            timeout: hook.and_then(|hook| options.timeouts.of(hook)),
            output,
            interrupts,
            despite_interrupt,
        };
        let ended = child::run(&call, &mut host);
        let StepHost { begun, requests, collects, said_local, .. } = host;
        (self.collects, self.said_local) = (collects, said_local);
        self.output.log().unhold().map_err(Error::system("keep the output"))?;
        Ok(Ran { ended: ended?, begun, requests })
    }

    fn choose_place(&mut self) -> Result<(), Error> {
        if self.place.is_none() {
            let say = |text: &str| say(&self.output, self.talk, text);
            let found =
                place::choose(self.benchmark, self.options, &self.engine, self.interrupts, &say)?;
            self.place = Some(found);
        }
        Ok(())
    }

    /// The image that hooks run in.
    pub(super) fn image(&self) -> Option<&str> {
        self.place.as_ref().and_then(Place::image)
    }

    /// Opens the run without calling a hook.
    fn open_run(&mut self) -> Result<(), Error> {
        if self.book.is_some() {
            return Ok(());
        }
        let token = format!("{:016x}", random());
        self.run(None, &Workload::default(), false, &token, false).map(drop)
    }

    fn set(&mut self, key: &str, value: &Value) -> Result<Outcome, Error> {
        self.open_run()?;
        if let Some(book) = self.book.as_mut() {
            book.set(key.into(), value.clone(), crate::state::journal::By::User)?;
            book.save()?;
        }
        Ok(Outcome::Returned)
    }

    /// The collect hook, or what stands in for it.
    fn collect(&mut self, despite_interrupt: bool) -> Result<Outcome, Error> {
        if self.collects.is_none() {
            self.open_run()?;
        }
        if self.collects == Some(true) {
            return self.call(Hook::Collect, &Workload::default(), false, despite_interrupt);
        }
        collect::built_in(self)
    }

    /// Ends the session; an open run stays open.
    pub fn close(self) -> Result<(), Error> {
        let mut mark = None;
        if let Some(book) = &self.book {
            let running = book.record().search().find();
            for Process { pid, command, .. } in &running {
                self.say(&format!("process {pid} goes on until cleanup: {command}"));
            }
            self.say(&format!(
                "run open: {} (end it with: {})",
                shown(book.folder().path()),
                self.benchmark.call("cleanup")
            ));
            mark = Some(book.record().run_id.clone());
        }
        let Self { output, lock, benchmark, talk, .. } = self;
        if let Err(error) = output.finish(mark.as_deref()) {
            talk(&format!("sb-run: what is printed from now on is lost: {}", plain(&error)));
        }
        let state = state_folder(&benchmark.folder);
        // The state may hold a run even if this session never came to open it.
        let idle =
            ConfigFile::read(&benchmark.folder).is_ok_and(|file| file.open_runs().is_empty());
        if benchmark.shipped.is_some() && idle {
            std::fs::remove_dir_all(&benchmark.folder)
                .map_err(Error::io("remove", &benchmark.folder))?;
        }
        drop(lock);
        // Both only if they are empty.
        let _ = std::fs::remove_dir(state);
        let _ = benchmark.shipped.and(benchmark.folder.parent()).map(std::fs::remove_dir);
        Ok(())
    }

    /// How long to wait for processes: not at all once the user has asked twice.
    pub(super) fn patience(&self, time: Duration) -> Duration {
        let hurry = self.interrupts.seen().is_some_and(|interrupt| interrupt.count > 1);
        if hurry { Duration::ZERO } else { time }
    }
}

struct Ran {
    ended: Ended,
    begun: bool,
    requests: Requests,
}

impl std::fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("benchmark", self.benchmark).finish_non_exhaustive()
    }
}

fn say(output: &Output, talk: &dyn Fn(&str), text: &str) {
    output.drain();
    let gap = if output.log().take_mid_line() { "\n" } else { "" };
    talk(&format!("{gap}sb-run: {text}"));
}

/// How a step went, in words.
pub(super) fn words(hook: Hook, outcome: &Outcome, took: Duration) -> String {
    match outcome.sentence() {
        None => format!("{hook} done in {}", units::duration(took)),
        Some(sentence) => format!("{hook} failed: {sentence}"),
    }
}

/// The folder of shipped benchmarks that are being run.
pub fn work_folder(out: &Path) -> std::path::PathBuf {
    out.join("work")
}
