//! One step: opens or continues the run once the file is loaded, and stands between the hook and
//! the books while it runs.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::Options;
use super::book::Book;
use super::place::Place;
use crate::benchmark::config::{self, Config};
use crate::benchmark::mount::Mount;
use crate::benchmark::{Benchmark, Hook};
use crate::error::Error;
use crate::exec::command::CommandLine;
use crate::exec::engine::Engine;
use crate::hook::child::{Begun, Host};
use crate::hook::log::Log;
use crate::hook::protocol::{HostInfo, Loaded, Run};
use crate::spec::commands::{Surroundings, spec_file, spec_file_inside};
use crate::spec::images;
use crate::spec::requests::Requests;
use crate::spec::workload::{Workload, options_file};
use crate::state::config_file::host_system;
use crate::state::journal::{By, Event};
use crate::state::run_folder::RunFolder;

/// The driver's side of one hook's call.
pub(super) struct StepHost<'a> {
    pub(super) benchmark: &'a Benchmark,
    pub(super) options: &'a Options,
    pub(super) engine: &'a Engine,
    pub(super) place: &'a Place,
    pub(super) book: &'a mut Option<Book>,
    pub(super) log: &'a Log,
    pub(super) say: &'a dyn Fn(&str),
    /// None: the file is loaded and the run opened, and that is all.
    pub(super) hook: Option<Hook>,
    pub(super) workload: &'a Workload,
    pub(super) warmup: bool,
    pub(super) token: &'a str,
    pub(super) requests: Requests,
    pub(super) group: u32,
    pub(super) begun: bool,
    /// Whether the file has a collect hook, once it is loaded.
    pub(super) collects: Option<bool>,
    pub(super) said_local: bool,
}

impl Host for StepHost<'_> {
    fn loaded(&mut self, loaded: &Loaded, pid: u32) -> Result<Option<Begun>, Error> {
        let config = config::check(&self.benchmark.file, loaded)?;
        self.collects = Some(loaded.hooks.contains_key(Hook::Collect.name()));
        if self.book.is_none() {
            config.warnings.iter().for_each(|warning| (self.say)(&format!("warning: {warning}")));
            let mut book = self.open(&config)?;
            book.hide(self.log.masks());
            *self.book = Some(book);
        }
        let Some(hook) = self.hook else { return Ok(None) };
        if hook == Hook::Collect && self.collects == Some(false) {
            return Ok(None);
        }
        self.group = pid;
        self.check_root(&config)?;
        if hook == Hook::Invoke {
            self.prepare_invoke()?;
        }
        self.start(hook, pid, &loaded.python)?;
        let host = self.host_info();
        let Some(book) = self.book.as_ref() else { return Ok(None) };
        Ok(Some(Begun { name: config.name, values: book.record().values.clone(), host }))
    }

    fn set(&mut self, key: String, value: Value, upto: Option<u64>) -> Result<(), String> {
        if let Some(upto) = upto {
            self.requests.spec_file_at = upto;
        }
        self.book.as_mut().map_or(Ok(()), |book| Requests::set(book, key, value))
    }

    fn remove(&mut self, key: String) -> Result<(), String> {
        self.book.as_mut().map_or(Ok(()), |book| Requests::remove(book, key))
    }

    fn run(&mut self, id: u64, run: &Run) -> Result<CommandLine, String> {
        let (line, container) = self.surroundings()?.run(run)?;
        if !container && run.k6.is_none() && !std::mem::replace(&mut self.said_local, true) {
            (self.say)(
                "--local: commands of spec.run run on this machine, in the benchmark's folder and \
                 with your own credentials; their images and /apps/... are not used",
            );
        }
        if let Some(file) = &run.k6 {
            self.requests.k6_files.push(file.clone());
        }
        let Some(book) = self.book.as_mut() else { return Ok(line) };
        self.requests.command_started(book, id, &run.cmd, run.image.as_deref(), container)?;
        Ok(line)
    }

    fn build(&mut self, id: u64, tag: &str, file: &str) -> Result<CommandLine, String> {
        let line = self.surroundings()?.build(tag, file)?;
        let Some(book) = self.book.as_mut() else { return Ok(line) };
        let words = format!("build -f {file} . --tag {tag}");
        self.requests.command_started(book, id, &words, None, false)?;
        Ok(line)
    }

    fn command_ended(
        &mut self,
        id: u64,
        text: &str,
        code: i32,
        took: Duration,
        check: Option<bool>,
    ) -> Result<bool, String> {
        let Some(book) = self.book.as_mut() else { return Ok(false) };
        let failed_before = self.requests.failed_commands;
        let answer = self.requests.command_ended(book, id, code, took, check);
        if self.requests.failed_commands > failed_before {
            let hook = self.hook.map_or("", Hook::name);
            (self.say)(&format!("a command of {hook} failed (exit code {code}); going on: {text}"));
        }
        answer
    }

    fn workload(&mut self) -> Result<String, String> {
        let bytes = self.workload.options_text(&self.benchmark.folder)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn say(&mut self, text: &str) {
        (self.say)(text);
    }
}

impl StepHost<'_> {
    fn surroundings(&self) -> Result<Surroundings<'_>, String> {
        let book = self.book.as_ref().ok_or("no run is open")?;
        Ok(Surroundings {
            benchmark: self.benchmark,
            options: self.options,
            engine: self.engine,
            values: &book.record().values,
            token: self.token,
            group: self.group,
            hook_is_here: *self.place == Place::Host,
            run_id: &book.record().run_id,
        })
    }

    /// The mounts of a container were made before the file could be loaded.
    fn check_root(&self, config: &Config) -> Result<(), Error> {
        let (Place::Container(inside), Some(book)) = (self.place, self.book.as_ref()) else {
            return Ok(());
        };
        let mount = Mount::new(&self.benchmark.folder, book.record().values.get("root"));
        if mount == inside.mount {
            return Ok(());
        }
        Err(Error::Config {
            place: self.benchmark.short_name().display().to_string(),
            problem: format!(
                "{}: root could not be read before the file was executed; write BENCHMARK_CONFIG as one plain string, or use --local",
                config.name
            ),
        })
    }

    fn prepare_invoke(&mut self) -> Result<(), Error> {
        let Some(book) = self.book.as_mut() else { return Ok(()) };
        let dynamic = book.record().values.iter().find(|(_, value)| *value == "DYNAMIC");
        if let Some((key, _)) = dynamic {
            return Err(Error::StillDynamic { key: key.clone() });
        }
        for (key, value) in self.workload.values() {
            if book.record().values.get(&key) != Some(&value) {
                book.set(key, value, By::Driver)?;
            }
        }
        let folder = &self.benchmark.folder;
        let text = self.workload.options_text(folder).map_err(Error::Usage)?;
        let path = folder.join(options_file(&book.record().values));
        if !path.exists() {
            book.write(Event::FileMade { path: path.clone() })?;
        }
        if std::fs::read(&path).is_ok_and(|there| there == text) {
            return Ok(());
        }
        std::fs::write(&path, text).map_err(Error::io("write", path))
    }

    fn host_info(&self) -> HostInfo {
        let record = self.book.as_ref().map(Book::record);
        let file = spec_file(self.benchmark, self.token);
        let spec_file = match self.place {
            Place::Host => file.to_string_lossy().into_owned(),
            Place::Container(inside) => spec_file_inside(&inside.mount, &file),
        };
        let (user, group) = (rustix::process::getuid(), rustix::process::getgid());
        let group = format!("{}:{}", user.as_raw(), group.as_raw());
        HostInfo {
            host_path: self.benchmark.folder.to_string_lossy().into_owned(),
            host_system: host_system(),
            host_user_group: cfg!(target_os = "linux").then_some(group),
            images: images::ALIASES.into_iter().collect(),
            secrets: images::secret_mounts(record.and_then(|record| record.values.get("provider"))),
            events: record.map(crate::state::record::Record::event_log).unwrap_or_default(),
            spec_file,
        }
    }

    fn start(&mut self, hook: Hook, pid: u32, python: &str) -> Result<(), Error> {
        let file = spec_file(self.benchmark, self.token);
        std::fs::write(&file, "").map_err(Error::io("write", file))?;
        let Some(book) = self.book.as_mut() else { return Ok(()) };
        let call = book.record().calls(hook, self.warmup) + 1;
        let log = RunFolder::log_name(hook, call, self.warmup);
        let step = book.record().steps.last().map_or(0, |step| step.number) + 1;
        book.write(Event::StepStarted {
            step,
            hook,
            call,
            log: log.clone(),
            token: self.token.into(),
            group: pid,
            python: python.into(),
            image: self.place.image().map(str::to_string),
            warmup: self.warmup,
        })?;
        self.requests.step = step;
        self.begun = true;
        let path = book.folder().path().join(log);
        self.log.open(&path).map_err(Error::io("write", Path::new(&path)))?;
        let note = if self.warmup { Some("warm-up".into()) } else { self.workload.words() };
        let note = note.filter(|_| hook == Hook::Invoke).unwrap_or_default();
        book.statement(&format!("{}_START", hook.name().to_uppercase()), &note)
    }
}
