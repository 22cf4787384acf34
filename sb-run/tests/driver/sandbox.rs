//! A temporary folder with a benchmark in it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The interpreter, asked once: a wrapper named `python3` on the path would cost time in each hook.
pub(crate) fn python() -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    let find = || {
        let output =
            Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output();
        let path = output.ok().filter(|output| output.status.success());
        path.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
    };
    PYTHON.get_or_init(find).as_deref()
}

/// Leaves the test if there is no python3; in CI there must be one.
macro_rules! need_python {
    () => {
        if $crate::sandbox::python().is_none() {
            assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "CI must have python3");
            eprintln!("skipped: python3 is not installed");
            return;
        }
    };
}
pub(crate) use need_python;

pub(crate) struct Sandbox {
    folder: TempDir,
}

/// What a call of sb-run gave.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Said {
    pub(crate) fn new(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    #[track_caller]
    pub(crate) fn code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "no '{text}' in {self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn never_says(self, text: &str) -> Self {
        assert!(!self.stderr.contains(text), "'{text}' in {self:#?}");
        self
    }
}

impl Sandbox {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A folder with this as `x_benchmark.py`; a configuration is added.
    pub(crate) fn with(hooks: &str) -> Self {
        let sandbox = Self::new();
        sandbox.write("x_benchmark.py", &format!("{CONFIG}{hooks}"));
        sandbox
    }

    /// A copy of a folder of fixtures.
    pub(crate) fn fixture(name: &str) -> Self {
        let sandbox = Self::new();
        for entry in std::fs::read_dir(fixtures().join("benchmarks").join(name)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                std::fs::copy(&path, sandbox.path(path.file_name().unwrap())).unwrap();
            }
        }
        sandbox
    }

    /// A folder with one of the broken files.
    pub(crate) fn broken(name: &str) -> Self {
        let sandbox = Self::new();
        let file = format!("{name}_benchmark.py");
        std::fs::copy(fixtures().join("broken/benchmarks").join(&file), sandbox.path(&file))
            .unwrap();
        sandbox
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: impl AsRef<Path>) -> String {
        let path = self.path(name);
        String::from_utf8_lossy(
            &std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
        )
        .into_owned()
    }

    /// A program of this name on the path of sb-run, made of shell lines.
    pub(crate) fn tool(&self, name: &str, lines: &str) {
        use std::os::unix::fs::PermissionsExt;
        std::fs::create_dir_all(self.path("bin")).unwrap();
        let path = self.path("bin").join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{lines}\n")).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub(crate) fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sb-run"));
        command.args(words.split_whitespace()).current_dir(self.folder.path()).stdin(Stdio::null());
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SB_"))
        {
            command.env_remove(name);
        }
        command.env("SB_ENGINE", crate::engine::engine());
        if let Some(python) = python() {
            command.env("SB_PYTHON", python);
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.path("bin")).chain(std::env::split_paths(&path));
        command.env("PATH", std::env::join_paths(folders).unwrap());
        for name in ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"] {
            command.env_remove(name);
        }
        command
    }

    pub(crate) fn run(&self, words: &str) -> Said {
        Said::new(&self.command(words).output().unwrap())
    }

    /// Starts sb-run; its output can be read once it has ended.
    pub(crate) fn start(&self, words: &str) -> Child {
        self.command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// The run folders, oldest first.
    pub(crate) fn runs(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.path("out/runs")) else { return Vec::new() };
        let mut runs: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        runs.sort_by_key(|run| {
            let journal = std::fs::metadata(run.join("journal.ndjson"));
            journal.and_then(|journal| journal.modified()).ok() // a run may just be beginning
        });
        runs
    }

    /// The only run's folder.
    #[track_caller]
    pub(crate) fn only_run(&self) -> PathBuf {
        let runs = self.runs();
        assert_eq!(runs.len(), 1, "{runs:?}");
        runs.into_iter().next().unwrap()
    }

    /// A file of the only run.
    #[track_caller]
    pub(crate) fn log(&self, name: &str) -> String {
        self.read(self.only_run().join(name))
    }

    /// Everything in the folder but `out`, tools and Python's caches, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut files: Vec<String> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|name| !["out", "bin", "__pycache__"].contains(&name.as_str()))
            .collect();
        files.sort();
        files
    }

    /// The processes at work in the folder.
    pub(crate) fn processes(&self) -> Vec<String> {
        let folder = self.path("").canonicalize().unwrap();
        let inside = |process: &std::fs::DirEntry| {
            let folder_of = std::fs::read_link(process.path().join("cwd"));
            folder_of.is_ok_and(|cwd| cwd.starts_with(&folder))
                && alive(&process.file_name().to_string_lossy())
        };
        let command = |process: &std::fs::DirEntry| {
            let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).replace('\0', " ")
        };
        let all = std::fs::read_dir("/proc").unwrap().flatten();
        all.filter(inside).map(|process| command(&process)).collect()
    }

    /// The text of a file with which a hook says how far it has come, if it is there and whole.
    pub(crate) fn sign(&self, name: impl AsRef<Path>) -> Option<String> {
        let text = std::fs::read_to_string(self.path(name)).unwrap_or_default();
        text.ends_with('\n').then(|| text.trim().to_string())
    }

    /// Waits until a file exists and has something in it; gives its text.
    #[track_caller]
    pub(crate) fn wait_for(&self, name: impl AsRef<Path>) -> String {
        let mut text = None;
        wait(&format!("{}", self.path(&name).display()), || {
            text = self.sign(&name);
            text.is_some()
        });
        text.unwrap()
    }
}

/// Waits for something to become true. What never does is not waited for for ever.
#[track_caller]
pub(crate) fn wait(what: &str, mut done: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_mins(3);
    while !done() {
        assert!(Instant::now() < until, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Whether a process runs; a zombie does not.
pub(crate) fn alive(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with(['Z', 'X']))
}

/// Sends a signal, as `kill` does.
pub(crate) fn kill(signal: &str, pid: u32) {
    assert!(Command::new("kill").args([signal, &pid.to_string()]).status().unwrap().success());
}

pub(crate) const CONFIG: &str = "BENCHMARK_CONFIG = '''\nx:\n  provider: local\n'''\n";

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}
