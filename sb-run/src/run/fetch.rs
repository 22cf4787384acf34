//! One log is fetched by a provider's own command line: that of this machine, or the one in its
//! image, with the credentials that `spec.run` would find there.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::Mode;
use crate::benchmark::mount::Mount;
use crate::benchmark::shown;
use crate::error::plain;
use crate::exec::engine::{Container, Engine};
use crate::exec::processes::{Search, TOKEN_VARIABLE};
use crate::exec::quick;
use crate::exec::signal::Interrupts;
use crate::hook::output::Output;
use crate::spec::commands::on_path;
use crate::spec::images;

/// One log of a provider.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fetch {
    /// The name of its file.
    pub(super) name: String,
    /// The command line.
    pub(super) words: Vec<String>,
    /// The short name of an image that has the command line.
    pub(super) image: &'static str,
}

/// Runs a provider's command line: that of this machine, or the one in its image.
pub(super) struct Fetcher<'a> {
    pub(super) mode: Mode,
    pub(super) engine: &'a Engine,
    pub(super) mount: Mount,
    pub(super) volumes: Vec<String>,
    pub(super) token: &'a str,
    pub(super) run_id: String,
    pub(super) output: &'a Output,
    pub(super) limit: Option<Duration>,
    pub(super) interrupts: &'a Interrupts,
}

impl Fetcher<'_> {
    /// The image to be used; none: the program of this machine.
    pub(super) fn image(&self, fetch: &Fetch) -> Option<&'static str> {
        let here = || fetch.words.first().is_some_and(|program| on_path(program));
        let wanted = match self.mode {
            Mode::Local => false,
            Mode::Docker => true,
            Mode::Auto => !here(),
        };
        (wanted && self.engine.answers().is_ok()).then(|| images::resolve(fetch.image))
    }

    pub(super) fn fetch(
        &self,
        fetch: &Fetch,
        image: Option<&str>,
        target: &Path,
    ) -> Result<(), String> {
        let (program, arguments) = fetch.words.split_first().ok_or("nothing to run")?;
        let mut command = match image {
            Some(image) => self.in_image(image, &fetch.words),
            None if on_path(program) => {
                let mut command = Command::new(program);
                command.args(arguments);
                command
            }
            None => {
                return Err(format!(
                    "'{program}' is not on the PATH, and there is no container engine for its image; install one, or write a hook collect(spec)"
                ));
            }
        };
        // Under another name until it is whole, so that half an answer is never read.
        let partial = target.with_extension("partial");
        let file = File::create(&partial)
            .map_err(|error| format!("{}: {}", shown(&partial), plain(&error)))?;
        let errors = self.output.write_end().map_err(|error| plain(&error))?;
        command.env(TOKEN_VARIABLE, self.token).stdin(Stdio::null()).stdout(file).stderr(errors);
        let result = quick::finish(&mut command, self.limit, Some(self.interrupts));
        drop(command);
        if image.is_some() && result.is_err() {
            // Ending the engine's command line leaves the container alive.
            self.engine.remove(&[self.token]);
        }
        self.output.drain();
        let ended = match result {
            Ok(ended) if ended.status.success() => Ok(()),
            Ok(ended) => Err(format!(
                "'{program}' failed with exit code {}",
                crate::exec::command::code(ended.status)
            )),
            Err(error) => Err(format!("'{program}': {}", plain(&error))),
        };
        match ended {
            Ok(()) => std::fs::rename(&partial, target).map_err(|error| plain(&error)),
            Err(problem) => {
                let _ = std::fs::remove_file(&partial);
                Err(problem)
            }
        }
    }

    fn in_image(&self, image: &str, words: &[String]) -> Command {
        // The command for Application Insights is an extension that az gets when it is needed.
        let environment = [
            Search::token(self.token),
            "AZURE_EXTENSION_USE_DYNAMIC_INSTALL=yes_without_prompt".into(),
        ];
        let mut command = Command::new(self.engine.program());
        command.args(self.engine.run_arguments(&Container {
            image,
            mount: &self.mount,
            volumes: &self.volumes,
            token: self.token,
            run_id: Some(&self.run_id),
            environment: &environment,
            interactive: false,
            terminal: false,
        }));
        command.args(words);
        command
    }
}
