//! What follows a hook: how it ended is written down, what it left running is listed or ended,
//! and after a successful cleanup the run is closed.

use std::time::Duration;

use super::session::Session;
use crate::benchmark::mount::Mount;
use crate::benchmark::{Hook, shown};
use crate::error::Error;
use crate::exec::processes::{Process, Search};
use crate::hook::child::Ended;
use crate::hook::outcome::{Outcome, signal_name};
use crate::hook::output::KEEPER_VARIABLE;
use crate::run::book::Book;
use crate::spec::commands::spec_file;
use crate::spec::images;
use crate::spec::requests::Requests;
use crate::spec::workload::{Kind, Workload};
use crate::state::journal::Event;
use crate::statement;

/// How long a process may take to end by itself once cleanup has returned.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long it may take after SIGTERM.
const GRACE: Duration = Duration::from_secs(3);

impl Session<'_> {
    /// Writes down how a hook ended. `measured`: the load, if it was an invoke that counts.
    pub(super) fn step_ended(
        &mut self,
        hook: Hook,
        measured: Option<&Workload>,
        requests: &Requests,
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
            step: requests.step,
            outcome: outcome.word().into(),
            exit_code: Some(ended.code),
            error: outcome.sentence(),
        })?;
        book.statement(&format!("{}_END", hook.name().to_uppercase()), outcome.word())?;
        for (index, file) in requests.k6_files.iter().enumerate() {
            let name = format!("k6_metrics-{:04}-{}.csv", requests.step, index + 1);
            // A k6 that failed has written none.
            let _ =
                std::fs::copy(self.benchmark.folder.join(file), book.folder().path().join(name));
        }
        book.save()?;
        self.hand_back();
        let several =
            measured.is_some_and(|load| matches!(load.kind, Kind::Number(number) if number > 1));
        let deaf =
            requests.k6_files.is_empty() && !ended.reads.iter().any(|key| key == "workload_type");
        if several && deaf && *outcome == Outcome::Returned {
            self.say("invoke N is told to the hook, which ran once and did not ask for it; use --repeat N to call it N times");
        }
        Ok(())
    }

    /// Writes down that the verbs were interrupted, unless the last hook's end says so already.
    pub(super) fn note_interrupt(&mut self, signal: i32) -> Result<(), Error> {
        let Some(book) = self.book.as_mut() else { return Ok(()) };
        let last = book.record().steps.last().and_then(|step| step.ended.as_ref());
        if last.is_some_and(|end| end.outcome == "interrupted") {
            return Ok(());
        }
        let by = signal_name(signal);
        book.write(Event::Interrupted { by: by.clone() })?;
        book.save()?;
        self.say(&format!("interrupted by {by}"));
        Ok(())
    }

    /// Takes what a hook that died had written to the file of `$SB_SPEC`.
    pub(super) fn take_spec_file(&mut self, token: &str, read: u64) -> Result<(), Error> {
        let Some(book) = self.book.as_mut() else { return Ok(()) };
        let bytes = std::fs::read(spec_file(self.benchmark, token)).unwrap_or_default();
        let read = usize::try_from(read).unwrap_or(usize::MAX);
        book.take_lines(bytes.get(read..).unwrap_or_default(), false)
    }

    /// Gives files that containers made as root to the user.
    fn hand_back(&self) {
        use std::os::unix::fs::MetadataExt;
        let Some(book) = self.book.as_ref().filter(|book| book.record().containers) else { return };
        let owner = (rustix::process::getuid().as_raw(), rustix::process::getgid().as_raw());
        let mount = Mount::new(&self.benchmark.folder, book.record().values.get("root"));
        let foreign = |path: &std::path::Path| {
            path.symlink_metadata().is_ok_and(|entry| entry.uid() != owner.0)
        };
        if owner.0 == 0 || !any_below(&mount.host_root, &foreign) {
            return;
        }
        let image = self.image().unwrap_or(images::DEFAULT).to_string();
        let image = book.record().last_image.clone().unwrap_or(image);
        let done = self.engine.hand_back(&mount, images::resolve(&image), owner);
        if !done.is_ok_and(|output| output.status.success()) {
            self.say(&format!(
                "files that containers made in {} belong to root",
                shown(&mount.host_root)
            ));
        }
    }

    /// Notes what goes on after its hook; ends it if the hook was stopped.
    pub(super) fn processes_left(
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
        if self.engine.was_used() && *outcome != Outcome::Returned {
            self.engine.remove(&[token]);
        }
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
    pub(super) fn finish_run(&mut self, succeeded: bool) -> Result<(), Error> {
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
        if book.record().containers && self.engine.remove(&book.record().tokens()) > 0 {
            self.say("removed containers that were still running");
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
        for file in book.record().files_made.clone() {
            let _ = std::fs::remove_file(file); // the user may have removed it
        }
        let invoked = book.record().invoke_window().is_some();
        let folder = book.close()?;
        if invoked && !statement::any_in(folder.path()) {
            self.say("no trace statement was seen in the output; print <epoch in ms>+0000|LABEL, or in Python: from sb import trace; trace(\"LABEL\")");
        }
        self.ci.summary(folder.path());
        self.say(&format!("run complete: {}", shown(folder.path())));
        Ok(())
    }
}

fn keeper_mark(book: &Book) -> String {
    format!("{KEEPER_VARIABLE}={}", book.record().run_id)
}

fn any_below(folder: &std::path::Path, wanted: &dyn Fn(&std::path::Path) -> bool) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| {
        let path = entry.path();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        wanted(&path) || (is_folder && any_below(&path, wanted))
    })
}
