//! Opens a run, or continues the one that `.sb/config.yml` names, and says what was found.

use std::time::Duration;

use serde_json::Value;

use super::book::{Book, Continued};
use super::step::StepHost;
use crate::benchmark::Hook;
use crate::benchmark::config::Config;
use crate::benchmark::{provides, regions};
use crate::error::Error;
use crate::exec::processes::Search;
use crate::spec::commands::spec_file;
use crate::state::config_file::ConfigFile;
use crate::state::journal::{By, Event};
use crate::state::run_folder::RunFolder;
use crate::state::values::{Difference, shown};
use crate::state::{handover, secrets, values};

impl StepHost<'_> {
    /// The open run, or a new one.
    pub(super) fn open(&self, config: &Config) -> Result<Book, Error> {
        self.check_cloud(config)?;
        let region = self.region(config)?;
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
                let kept = handover::values(&config.name);
                let config =
                    &Config { values: values::merged(&config.values, &kept), ..config.clone() };
                let book = Book::begin(&self.options.out, self.benchmark, config, config_file)?;
                (self.say)(&format!("run {}", book.record().run_id));
                if let Some(hook) = self.hook.filter(|hook| *hook != Hook::Prepare) {
                    (self.say)(&format!("no run was open: {hook} has the values of the file only"));
                }
                book
            }
        };
        let region = region.map(|region| ("region".to_string(), Value::from(region)));
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

    /// `--region` as the cloud itself writes it.
    fn region(&self, config: &Config) -> Result<Option<String>, Error> {
        let Some(region) = &self.options.region else { return Ok(None) };
        let declared = config.values.get("provider").and_then(Value::as_str);
        let cloud = self.options.cloud.as_deref().or(declared).unwrap_or_default();
        regions::canonical(cloud, region).map(Some).map_err(Error::Usage)
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
            if step.image.is_some() || book.record().containers {
                self.engine.remove(&[&step.token]);
            }
            self.take_spec_file(book, &step.token)?;
            book.write(Event::StepEnded {
                step: step.number,
                outcome: "killed".into(),
                exit_code: None,
                error: Some("sb-run was killed while the hook ran".into()),
            })?;
        }
        book.save()
    }

    /// Takes what commands of a step that was cut off had written to the file of `$SB_SPEC`.
    fn take_spec_file(&self, book: &mut Book, token: &str) -> Result<(), Error> {
        let path = spec_file(self.benchmark, token);
        // A key that is there was taken, and perhaps changed since.
        book.take_lines(&std::fs::read(&path).unwrap_or_default(), true)?;
        let _ = std::fs::remove_file(path); // it may not exist
        Ok(())
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
}

fn hidden(found: &Difference) -> Difference {
    let hide =
        |value: &Option<Value>| value.as_ref().map(|value| secrets::masked(&found.key, value));
    Difference { key: found.key.clone(), kept: hide(&found.kept), other: hide(&found.other) }
}
