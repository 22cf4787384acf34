//! One step: opens or continues the run once the file is loaded, and stands between the hook and
//! the books while it runs.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::Options;
use super::book::{Book, Continued};
use crate::benchmark::config::{self, Config};
use crate::benchmark::{Benchmark, Hook};
use crate::error::Error;
use crate::exec::processes::Search;
use crate::hook::child::{Begun, Host};
use crate::hook::log::Log;
use crate::hook::protocol::Loaded;
use crate::spec::requests::Requests;
use crate::spec::workload;
use crate::state::config_file::ConfigFile;
use crate::state::journal::{By, Event};
use crate::state::run_folder::RunFolder;
use crate::state::values::{Difference, shown};
use crate::state::{secrets, values};

/// The driver's side of one hook's call.
pub(super) struct StepHost<'a> {
    pub(super) benchmark: &'a Benchmark,
    pub(super) options: &'a Options,
    pub(super) book: &'a mut Option<Book>,
    pub(super) log: &'a Log,
    pub(super) say: &'a dyn Fn(&str),
    pub(super) hook: Hook,
    pub(super) number: Option<u64>,
    pub(super) token: &'a str,
    pub(super) requests: Requests,
    pub(super) begun: bool,
}

impl Host for StepHost<'_> {
    fn loaded(&mut self, loaded: &Loaded, pid: u32) -> Result<Option<Begun>, Error> {
        let config = config::check(&self.benchmark.file, loaded)?;
        if self.book.is_none() {
            config.warnings.iter().for_each(|warning| (self.say)(&format!("warning: {warning}")));
            *self.book = Some(self.open(&config)?);
        }
        let Some(book) = self.book.as_mut() else { return Ok(None) };
        if self.hook == Hook::Invoke {
            let dynamic = book.record().values.iter().find(|(_, value)| *value == "DYNAMIC");
            if let Some((key, _)) = dynamic {
                return Err(Error::StillDynamic { key: key.clone() });
            }
            for (key, value) in workload::values(self.number) {
                if book.record().values.get(&key) != Some(&value) {
                    book.set(key, value, By::Driver)?;
                }
            }
        }
        self.start(pid, &loaded.python)?;
        let Some(book) = self.book.as_ref() else { return Ok(None) };
        Ok(Some(Begun { name: config.name, values: book.record().values.clone() }))
    }

    fn set(&mut self, key: String, value: Value) -> Result<(), String> {
        self.book.as_mut().map_or(Ok(()), |book| Requests::set(book, key, value))
    }

    fn remove(&mut self, key: String) -> Result<(), String> {
        self.book.as_mut().map_or(Ok(()), |book| Requests::remove(book, key))
    }

    fn command_started(&mut self, id: u64, text: &str, image: Option<&str>) -> Result<(), String> {
        if image.is_some() && !std::mem::replace(&mut self.requests.said_no_images, true) {
            (self.say)("images are not used: the commands of spec.run run on this machine");
        }
        let Some(book) = self.book.as_mut() else { return Ok(()) };
        self.requests.command_started(book, id, text, image)
    }

    fn command_ended(
        &mut self,
        id: u64,
        text: &str,
        code: i32,
        took: Duration,
        check: Option<bool>,
    ) -> Result<Option<String>, String> {
        let Some(book) = self.book.as_mut() else { return Ok(None) };
        let failed_before = self.requests.failed_commands;
        let answer = self.requests.command_ended(book, id, text, code, took, check);
        if self.requests.failed_commands > failed_before {
            (self.say)(&format!(
                "a command of {} failed (exit code {code}); going on: {text}",
                self.hook
            ));
        }
        answer
    }

    fn not_available(&mut self, what: &str) -> String {
        Requests::not_available(what)
    }

    fn say(&mut self, text: &str) {
        (self.say)(text);
    }
}

impl StepHost<'_> {
    fn open(&self, config: &Config) -> Result<Book, Error> {
        self.check_cloud(config)?;
        let config_file = ConfigFile::read(&self.benchmark.folder)?;
        let open = config_file.open_run(&config.name);
        let mut book = match open {
            Some(open) if RunFolder::at(&open.folder).journal().is_file() => {
                let (mut book, continued) = Book::resume(open, config, config_file)?;
                self.tell_continued(&book, &continued);
                self.end_what_was_cut_off(&mut book)?;
                if self.options.reset_config {
                    self.reset(&mut book, config)?;
                }
                book
            }
            Some(open) => {
                (self.say)(&format!(
                    "the folder of the open run is gone ({}); a new run begins with its values",
                    open.folder.display()
                ));
                let kept = config_file.values(&config.name).cloned().unwrap_or_default();
                let config =
                    Config { values: values::merged(&config.values, &kept), ..config.clone() };
                Book::begin(&self.options.out, self.benchmark, &config, config_file)?
            }
            None => {
                let book = Book::begin(&self.options.out, self.benchmark, config, config_file)?;
                (self.say)(&format!("run {}", book.record().run_id));
                if self.hook != Hook::Prepare {
                    (self.say)(&format!(
                        "no run was open: {} has the values of the file only",
                        self.hook
                    ));
                }
                book
            }
        };
        let region = self
            .options
            .region
            .iter()
            .map(|region| ("region".to_string(), Value::from(region.as_str())));
        let cloud = self
            .options
            .cloud
            .iter()
            .map(|cloud| ("provider".to_string(), Value::from(cloud.as_str())));
        for (key, value) in cloud.chain(region).chain(self.options.set.iter().cloned()) {
            if book.record().values.get(&key) != Some(&value)
                && !(key == "provider" && provides(book.record().values.get(&key), &value))
            {
                book.set(key, value, By::User)?;
            }
        }
        for (key, value) in &self.options.tags {
            book.write(Event::Tagged { key: key.clone(), value: value.clone() })?;
        }
        Ok(book)
    }

    fn check_cloud(&self, config: &Config) -> Result<(), Error> {
        let (Some(asked), Some(declared)) = (&self.options.cloud, config.values.get("provider"))
        else {
            return Ok(());
        };
        if declared.is_null() || provides(Some(declared), &Value::from(asked.as_str())) {
            return Ok(());
        }
        let declared = declared.as_str().map_or_else(|| declared.to_string(), str::to_string);
        Err(Error::OtherProvider {
            file: self.benchmark.short_name().into(),
            asked: asked.clone(),
            declared,
        })
    }

    fn tell_continued(&self, book: &Book, continued: &Continued) {
        (self.say)(&format!("continuing run {}", book.record().run_id));
        for Difference { key, kept, other } in continued.edited.iter().map(hidden) {
            let (kept, other) = (shown(kept.as_ref()), shown(other.as_ref()));
            (self.say)(&format!(".sb/config.yml was edited: {key} is {kept}, was {other}"));
        }
        if self.options.reset_config {
            return;
        }
        for Difference { key, kept, other } in continued.kept.iter().map(hidden) {
            let by =
                if book.record().set_by_hooks.contains(&key) { " (set by a hook)" } else { "" };
            let (kept, other) = (shown(kept.as_ref()), shown(other.as_ref()));
            (self.say)(&format!(
                "kept from the run: {key} = {kept}{by}; the file says {other} (--reset-config takes the file's)"
            ));
        }
    }

    /// Ends what a step left running that sb-run did not live to end.
    fn end_what_was_cut_off(&self, book: &mut Book) -> Result<(), Error> {
        let cut_off: Vec<_> =
            book.record().steps.iter().filter(|step| step.ended.is_none()).cloned().collect();
        for step in cut_off {
            (self.say)(&format!(
                "sb-run was killed during {}; what it had set is known",
                step.hook
            ));
            Search { environment: vec![Search::token(&step.token)], ..Search::default() }
                .end(Duration::from_secs(3));
            book.write(Event::StepEnded {
                step: step.number,
                outcome: "killed".into(),
                exit_code: None,
                error: Some("sb-run was killed while the hook ran".into()),
            })?;
        }
        book.save()
    }

    fn reset(&self, book: &mut Book, config: &Config) -> Result<(), Error> {
        for (key, value) in &book.record().values {
            if config.values.get(key) != Some(value) {
                let value = secrets::masked(key, value);
                (self.say)(&format!("--reset-config: forgets {key} = {}", shown(Some(&value))));
            }
        }
        book.write(Event::Reset { values: config.values.clone() })?;
        book.save()
    }

    fn start(&mut self, pid: u32, python: &str) -> Result<(), Error> {
        let Some(book) = self.book.as_mut() else { return Ok(()) };
        let call = book.record().calls(self.hook) + 1;
        let log = RunFolder::log_name(self.hook, call);
        let step = book.record().steps.last().map_or(0, |step| step.number) + 1;
        book.write(Event::StepStarted {
            step,
            hook: self.hook,
            call,
            log: log.clone(),
            token: self.token.into(),
            group: pid,
            python: python.into(),
        })?;
        self.requests.step = step;
        self.begun = true;
        let path = book.folder().path().join(log);
        self.log.open(&path).map_err(Error::io("write", Path::new(&path)))?;
        let note = self.number.map(|number| number.to_string()).unwrap_or_default();
        book.statement(&format!("{}_START", self.hook.name().to_uppercase()), &note)
    }
}

/// Whether a `provider` value, a name or a list of names, includes this one.
fn provides(declared: Option<&Value>, asked: &Value) -> bool {
    match declared {
        Some(Value::Array(names)) => names.contains(asked),
        Some(name) => name == asked,
        None => false,
    }
}

fn hidden(found: &Difference) -> Difference {
    let hide =
        |value: &Option<Value>| value.as_ref().map(|value| secrets::masked(&found.key, value));
    Difference { key: found.key.clone(), kept: hide(&found.kept), other: hide(&found.other) }
}
