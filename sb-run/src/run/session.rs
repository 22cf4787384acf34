//! One driver process at work on one benchmark: holds its lock, its output and its open run.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use super::Options;
use super::book::Book;
use super::step::StepHost;
use crate::benchmark::{Benchmark, Hook, shown};
use crate::error::{Error, plain};
use crate::exec::processes::{Process, Search};
use crate::exec::signal::Interrupts;
use crate::hook::child::{self, Call, Ended};
use crate::hook::outcome::Outcome;
use crate::hook::output::{KEEPER_VARIABLE, Output};
use crate::spec::requests::Requests;
use crate::state::config_file::{ConfigFile, state_folder};
use crate::state::journal::Event;
use crate::state::lock::Lock;
use crate::state::run_folder::random;
use crate::units;

/// How long a process may take to end by itself once cleanup has returned.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long it may take after SIGTERM.
const GRACE: Duration = Duration::from_secs(3);

/// A step to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The hook.
    pub hook: Hook,
    /// The N of `invoke N`.
    pub number: Option<u64>,
}

/// One driver process at work on one benchmark.
pub struct Session<'a> {
    benchmark: &'a Benchmark,
    options: &'a Options,
    interrupts: &'a Interrupts,
    talk: &'a dyn Fn(&str),
    output: Output,
    lock: Lock,
    book: Option<Book>,
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
        Ok(Self { benchmark, options, interrupts, talk, output, lock, book: None })
    }

    /// Says something, on a line of its own.
    pub fn say(&self, text: &str) {
        say(&self.output, self.talk, text);
    }

    /// Whether a run is open.
    pub fn has_run(&self) -> bool {
        self.book.is_some()
    }

    /// Runs one hook. `Err` if it did not come to that.
    pub fn take(&mut self, step: Step, despite_interrupt: bool) -> Result<Outcome, Error> {
        let began = Instant::now();
        self.say(&format!("{} ...", step.hook));
        let token = format!("{:016x}{:016x}", random(), random());
        let Self { benchmark, options, interrupts, talk, output, book, .. } = self;
        let say = |text: &str| say(output, *talk, text);
        output.drain();
        output.log().hold();
        let mut host = StepHost {
            benchmark,
            options,
            book,
            log: output.log(),
            say: &say,
            hook: step.hook,
            number: step.number,
            token: &token,
            requests: Requests {
                step: 0,
                hook: step.hook,
                failed_commands: 0,
                said_no_images: false,
            },
            begun: false,
        };
        let call = Call {
            benchmark,
            hook: step.hook,
            token: &token,
            timeout: options.timeouts.of(step.hook),
            output,
            interrupts,
            despite_interrupt,
        };
        let ended = child::run(&call, &mut host);
        let (begun, number, failed_commands) =
            (host.begun, host.requests.step, host.requests.failed_commands);
        output.log().unhold().map_err(Error::system("keep the output"))?;
        let ended = ended?;
        let mut outcome = ended.outcome.clone().unwrap_or(Outcome::Returned);
        if outcome == Outcome::Returned && failed_commands > 0 {
            outcome = Outcome::CommandsFailed { count: failed_commands };
        }
        if begun {
            self.step_ended(number, step, &ended, &outcome)?;
            self.processes_left(number, &token, &ended, &outcome)?;
        }
        if let Some(error) = self.output.log().take_error() {
            return Err(Error::System { doing: "keep the hook's output", source: error });
        }
        self.say(&words(step.hook, &outcome, began.elapsed()));
        if step.hook == Hook::Cleanup && begun {
            self.finish_run(outcome == Outcome::Returned)?;
        }
        Ok(outcome)
    }

    fn step_ended(
        &mut self,
        number: u32,
        step: Step,
        ended: &Ended,
        outcome: &Outcome,
    ) -> Result<(), Error> {
        if let Outcome::Raised(error) = outcome {
            self.output
                .log()
                .note(&error.traceback)
                .map_err(Error::system("keep the traceback"))?;
        }
        let Some(book) = self.book.as_mut() else { return Ok(()) };
        book.write(Event::StepEnded {
            step: number,
            outcome: outcome.word().into(),
            exit_code: Some(ended.code),
            error: outcome.sentence(),
        })?;
        book.statement(&format!("{}_END", step.hook.name().to_uppercase()), outcome.word())?;
        book.save()?;
        let once = step.number.is_some_and(|number| number > 1)
            && *outcome == Outcome::Returned
            && !ended.reads.iter().any(|key| key == "workload_type");
        if once {
            self.say("invoke N is told to the hook, which ran once and did not ask for it; --repeat N calls it N times");
        }
        Ok(())
    }

    /// Notes what goes on after its hook; ends it if the hook was stopped.
    fn processes_left(
        &mut self,
        number: u32,
        token: &str,
        ended: &Ended,
        outcome: &Outcome,
    ) -> Result<(), Error> {
        let search = Search {
            environment: vec![Search::token(token)],
            groups: vec![ended.group],
            known: Vec::new(),
        };
        if matches!(outcome, Outcome::TimedOut { .. } | Outcome::Interrupted { .. }) {
            search.end(self.patience(GRACE));
            return Ok(());
        }
        let Some(book) = self.book.as_mut() else { return Ok(()) };
        for process in search.find() {
            book.write(Event::LeftBehind { step: number, process })?;
        }
        Ok(())
    }

    /// After cleanup: ends what still runs, and the run itself if nothing failed.
    fn finish_run(&mut self, succeeded: bool) -> Result<(), Error> {
        let Some(mut book) = self.book.take() else { return Ok(()) };
        let search = book.record().search();
        let leftover = search.wait(self.patience(PATIENCE));
        let stubborn =
            if leftover.is_empty() { Vec::new() } else { search.end(self.patience(GRACE)) };
        for Process { pid, command, .. } in &leftover {
            self.say(&format!("ended process {pid}, which was still running: {command}"));
        }
        for Process { pid, command, .. } in &stubborn {
            self.say(&format!("could not end process {pid}: {command}"));
        }
        for process in book.record().left_behind.clone() {
            if !stubborn.contains(&process) {
                book.write(Event::ProcessEnded { pid: process.pid, started: process.started })?;
            }
        }
        // Who kept a log for them ends with them; the last lines are in the log then.
        let keepers = Search { environment: vec![keeper_mark(&book)], ..Search::default() };
        if !keepers.wait(PATIENCE).is_empty() {
            keepers.end(PATIENCE);
        }
        self.output.drain();
        if !succeeded {
            self.say(&format!(
                "the state is kept, because cleanup did not succeed; try again with: {}",
                self.benchmark.call("cleanup")
            ));
            book.save()?;
            self.book = Some(book);
            return Ok(());
        }
        let folder = book.close()?;
        self.say(&format!("run complete: {}", shown(folder.path())));
        Ok(())
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
    fn patience(&self, time: Duration) -> Duration {
        let hurry = self.interrupts.seen().is_some_and(|interrupt| interrupt.count > 1);
        if hurry { Duration::ZERO } else { time }
    }
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

fn keeper_mark(book: &Book) -> String {
    format!("{KEEPER_VARIABLE}={}", book.record().run_id)
}

/// How a step went, in words.
fn words(hook: Hook, outcome: &Outcome, took: Duration) -> String {
    match outcome.sentence() {
        None => format!("{hook} done in {}", units::duration(took)),
        Some(sentence) => format!("{hook} failed: {sentence}"),
    }
}

/// The folder of shipped benchmarks that are being run.
pub fn work_folder(out: &Path) -> std::path::PathBuf {
    out.join("work")
}
