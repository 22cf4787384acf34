//! What a hook's commands become: a shell on this machine, or a container.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::images;
use crate::benchmark::Benchmark;
use crate::benchmark::mount::Mount;
use crate::error::plain;
use crate::exec::command::CommandLine;
use crate::exec::context;
use crate::exec::engine::{Container, Engine};
use crate::exec::processes::Search;
use crate::hook::protocol::Run;
use crate::run::place::left_out;
use crate::run::{Mode, Options};
use crate::state::config_file::state_folder;

/// Names the file that commands may append `key=value` to.
pub const SPEC_VARIABLE: &str = "SB_SPEC";

/// What a command's surroundings are.
#[derive(Debug)]
pub struct Surroundings<'a> {
    /// The benchmark.
    pub benchmark: &'a Benchmark,
    /// The flags.
    pub options: &'a Options,
    /// The container engine.
    pub engine: &'a Engine,
    /// The values now.
    pub values: &'a Map<String, Value>,
    /// The step's token.
    pub token: &'a str,
    /// The hook's process group.
    pub group: u32,
    /// Whether the hook itself runs on this machine.
    pub hook_is_here: bool,
    /// The run.
    pub run_id: &'a str,
}

/// The file of `$SB_SPEC`, in the folder of the state.
pub fn spec_file(benchmark: &Benchmark, token: &str) -> PathBuf {
    state_folder(&benchmark.folder).join(format!("spec-{}", token.get(..16).unwrap_or(token)))
}

/// The same file in a container.
pub fn spec_file_inside(mount: &Mount, file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    format!("{}/.sb/{name}", mount.inside)
}

impl Surroundings<'_> {
    /// `spec.run`; says whether it is a container.
    pub fn run(&self, run: &Run) -> Result<(CommandLine, bool), String> {
        if self.runs_here(run)? {
            let mut line = self.line(run.shell.clone().into());
            line.arguments = vec!["-c".into(), run.cmd.clone().into()];
            return Ok((line, false));
        }
        self.engine.answers().map_err(|why| {
            format!("containers cannot be used: {why}. With --local commands run on this machine")
        })?;
        let image = images::resolve(run.image.as_deref().unwrap_or(images::DEFAULT));
        let mount = Mount::new(&self.benchmark.folder, self.values.get("root"));
        let file = spec_file_inside(&mount, &spec_file(self.benchmark, self.token));
        let environment = [Search::token(self.token), format!("{SPEC_VARIABLE}={file}")];
        let container = Container {
            image,
            mount: &mount,
            volumes: &images::secret_mounts(self.values.get("provider")),
            token: self.token,
            run_id: Some(self.run_id),
            environment: &environment,
            interactive: false,
            terminal: false,
        };
        let mut line = self.line(self.engine.program().clone());
        line.arguments = self.engine.run_arguments(&container);
        line.arguments.extend([run.shell.clone().into(), "-c".into(), run.cmd.clone().into()]);
        line.first = Some(self.engine.get_line(image));
        Ok((line, true))
    }

    /// `spec.build`
    pub fn build(&self, tag: &str, file: &str) -> Result<CommandLine, String> {
        self.engine
            .answers()
            .map_err(|why| format!("spec.build needs a container engine: {why}"))?;
        let folder = &self.benchmark.folder;
        let context = context::copy(folder, &left_out(self.benchmark, self.options))
            .map_err(|error| format!("cannot copy the folder to be built: {}", plain(&error)))?;
        let mut line = self.line(self.engine.program().clone());
        line.arguments = self.engine.build_arguments(context.path(), file, tag);
        line.context = Some(context);
        Ok(line)
    }

    fn runs_here(&self, run: &Run) -> Result<bool, String> {
        let local = self.options.mode == Mode::Local;
        if run.k6.is_none() {
            return Ok(local);
        }
        let own_image = run.image.as_deref().is_some_and(|image| image != "k6");
        // From a hook in a container k6 would have to write to a folder that belongs to root.
        let auto = self.options.mode == Mode::Auto && !own_image && self.hook_is_here;
        if on_path("k6") && (local || auto) {
            return Ok(true);
        }
        if local {
            return Err(
                "k6 is not on the PATH of this machine; install it (https://grafana.com/docs/k6), \
                 or leave --local out to use its image"
                    .into(),
            );
        }
        Ok(false)
    }

    fn line(&self, program: std::ffi::OsString) -> CommandLine {
        let file = spec_file(self.benchmark, self.token);
        CommandLine {
            program,
            arguments: Vec::new(),
            first: None,
            folder: self.benchmark.folder.clone(),
            group: self.group,
            token: self.token.into(),
            environment: vec![(SPEC_VARIABLE.into(), file.into())],
            context: None,
        }
    }
}

/// Whether a program can be called by its name.
pub fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
