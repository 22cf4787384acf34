//! The container engine: `docker`, or what `SB_ENGINE` names (podman). Only its command line is
//! used.
//!
//! Every container carries the label `sb.step`, so one that outlives its command, its hook or
//! sb-run itself is found again.

use std::ffi::OsString;
use std::process::{Command, Output};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::quick;
use super::signal::Interrupts;
use crate::benchmark::mount::Mount;

/// Names another engine than `docker`.
pub const VARIABLE: &str = "SB_ENGINE";
/// The label with the step's token.
const STEP: &str = "sb.step";
/// The label with the run's id.
const RUN: &str = "sb.run";
/// The label of images with the folder that they were built for.
const FOLDER: &str = "sb.folder";
/// How long the engine may take to answer a question.
const PATIENCE: Duration = Duration::from_secs(20);

/// Credentials in the environment of sb-run that containers may have too. They are handed on by
/// name, so their values are on no command line.
const CREDENTIALS: [&str; 6] =
    ["AWS_", "AZURE_", "ARM_", "GOOGLE_", "CLOUDSDK_", "SERVERLESS_ACCESS_KEY"];

/// A container engine.
#[derive(Debug, Clone)]
pub struct Engine {
    program: OsString,
    answer: Arc<OnceLock<Result<(), String>>>,
}

/// A container to be run.
#[derive(Debug)]
pub struct Container<'a> {
    /// The image, short names resolved.
    pub image: &'a str,
    /// The benchmark's folder.
    pub mount: &'a Mount,
    /// Further volumes: credentials.
    pub volumes: &'a [String],
    /// The step's token.
    pub token: &'a str,
    /// The run, where it is known.
    pub run_id: Option<&'a str>,
    /// `NAME=value`
    pub environment: &'a [String],
    /// Keep standard input open.
    pub interactive: bool,
    /// With a terminal.
    pub terminal: bool,
}

impl Default for Engine {
    fn default() -> Self {
        let named = std::env::var_os(VARIABLE).filter(|name| !name.is_empty());
        Self { program: named.unwrap_or_else(|| "docker".into()), answer: Arc::default() }
    }
}

impl Engine {
    /// Its program.
    pub fn program(&self) -> &OsString {
        &self.program
    }

    /// Whether it can be used, or why not. Asked once.
    pub fn answers(&self) -> Result<(), String> {
        self.answer.get_or_init(|| self.try_it()).clone()
    }

    /// Whether anyone asked for it, and it can be used.
    pub fn was_used(&self) -> bool {
        self.answer.get().is_some_and(Result::is_ok)
    }

    fn try_it(&self) -> Result<(), String> {
        let name = self.program.to_string_lossy();
        match self.ask(&["ps", "-q"]) {
            Ok(output) if output.status.success() => Ok(()),
            Ok(output) => {
                let words = String::from_utf8_lossy(&output.stderr);
                Err(format!(
                    "'{name}' does not answer: {}",
                    words.lines().next().unwrap_or("?").trim()
                ))
            }
            Err(error) => {
                Err(format!("'{name}' cannot be started: {}", crate::error::plain(&error)))
            }
        }
    }

    /// The arguments of `run`, up to and with the image.
    pub fn run_arguments(&self, container: &Container<'_>) -> Vec<OsString> {
        let mut words: Vec<String> = vec!["run".into(), "--rm".into()];
        if container.interactive {
            words.push("-i".into());
        }
        if container.terminal {
            words.push("-t".into());
        }
        words.extend(["--label".into(), format!("{STEP}={}", container.token)]);
        if let Some(run_id) = container.run_id {
            words.extend(["--label".into(), format!("{RUN}={run_id}")]);
        }
        for volume in container.volumes {
            words.extend(["-v".into(), volume.clone()]);
        }
        words.extend(["-v".into(), container.mount.volume()]);
        words.extend(["-w".into(), container.mount.inside.clone()]);
        // Files made in one container must be writable in the next, whatever its image's user.
        words.extend(["-u".into(), "root".into()]);
        for entry in container.environment {
            words.extend(["-e".into(), entry.clone()]);
        }
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if CREDENTIALS.iter().any(|prefix| name.starts_with(prefix)) {
                words.extend(["-e".into(), name]);
            }
        }
        // An image may have an entry point of its own.
        words.extend(["--entrypoint=".into(), container.image.into()]);
        words.into_iter().map(Into::into).collect()
    }

    /// Gets an image unless it is here, as one line of shell.
    pub fn get_line(&self, image: &str) -> Vec<OsString> {
        let line = "\"$1\" image inspect \"$0\" >/dev/null 2>&1 || \"$1\" pull \"$0\"";
        vec!["-c".into(), line.into(), image.into(), self.program.clone()]
    }

    /// Builds an image from a folder; the label says for which benchmark's folder.
    pub fn build(
        &self,
        folder: &std::path::Path,
        file: &str,
        tag: &str,
        label: &str,
        interrupts: &Interrupts,
    ) -> std::io::Result<Output> {
        let mut command = Command::new(&self.program);
        command.args(self.build_arguments(folder, file, tag));
        command.args(["--label", &format!("{FOLDER}={label}")]);
        quick::output(&mut command, None, Some(interrupts))
    }

    /// The arguments of `build`.
    pub fn build_arguments(
        &self,
        folder: &std::path::Path,
        file: &str,
        tag: &str,
    ) -> Vec<OsString> {
        let file = folder.join(file);
        vec!["build".into(), "-f".into(), file.into(), "--tag".into(), tag.into(), folder.into()]
    }

    /// What `python3 -V` says in an image.
    pub fn python_version(&self, image: &str) -> Option<String> {
        let words = ["run", "--rm", "--entrypoint=", image, "python3", "-V"];
        let output = self.ask(&words).ok().filter(|output| output.status.success())?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.trim().strip_prefix("Python ").map(str::to_string)
    }

    /// Removes the containers of these steps; says how many there were.
    pub fn remove(&self, tokens: &[&str]) -> usize {
        let format = format!("{{{{.ID}}}} {{{{.Label \"{STEP}\"}}}}");
        let filter = format!("label={STEP}");
        let words = ["ps", "-a", "--filter", filter.as_str(), "--format", format.as_str()];
        let Ok(output) = self.ask(&words) else { return 0 };
        let text = String::from_utf8_lossy(&output.stdout);
        let ids: Vec<&str> = text
            .lines()
            .filter_map(|line| line.split_once(' '))
            .filter(|(_, token)| tokens.contains(token))
            .map(|(id, _)| id)
            .collect();
        if !ids.is_empty() {
            let words: Vec<&str> = ["rm", "-f"].into_iter().chain(ids.iter().copied()).collect();
            let _ = self.ask(&words); // one that has just ended by itself is gone too
        }
        ids.len()
    }

    /// Gives files that containers made as root to the user who runs sb-run.
    pub fn hand_back(
        &self,
        mount: &Mount,
        image: &str,
        owner: (u32, u32),
    ) -> std::io::Result<Output> {
        let (user, group) = owner;
        let volume = mount.volume();
        let owner = format!("{user}:{group}");
        let words = [
            "run",
            "--rm",
            "-u",
            "root",
            "-v",
            &volume,
            "--entrypoint=",
            image,
            "chown",
            "-R",
            &owner,
            &mount.root,
        ];
        self.ask(&words)
    }

    fn ask(&self, words: &[&str]) -> std::io::Result<Output> {
        quick::output(Command::new(&self.program).args(words), Some(PATIENCE), None)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_command_line_is_the_one_hooks_know() {
        let mount = Mount::new(Path::new("/home/joe/app"), None);
        let volumes = ["aws-secrets:/root/.aws".to_string()];
        let container = Container {
            image: "alpine:3.12.0",
            mount: &mount,
            volumes: &volumes,
            token: "t",
            run_id: Some("app-1"),
            environment: &["SB_STEP_TOKEN=t".to_string()],
            interactive: false,
            terminal: false,
        };
        let words = Engine::default().run_arguments(&container);
        let words: Vec<String> =
            words.into_iter().map(|word| word.into_string().unwrap()).collect();
        let line = words.join(" ");
        assert!(line.starts_with("run --rm --label sb.step=t --label sb.run=app-1 -v aws-secrets:/root/.aws -v /home/joe/app:/apps/app -w /apps/app -u root -e SB_STEP_TOKEN=t"), "{line}");
        assert!(line.ends_with("--entrypoint= alpine:3.12.0"), "{line}");
    }
}
