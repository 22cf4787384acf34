//! An empty folder in which programs run, with all that they print and leave.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A temporary folder; it is removed at the end.
#[derive(Debug)]
pub struct Sandbox {
    dir: tempfile::TempDir,
}

/// What a program did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The exit code; 128 + signal if it was killed.
    pub code: i32,
    /// What it printed, as bytes.
    pub stdout_bytes: Vec<u8>,
    /// What it printed, as text.
    pub stdout: String,
    /// What it said.
    pub stderr: String,
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Sandbox {
    /// An empty folder.
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// The folder, or a file in it.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file, with its folders.
    pub fn write(&self, name: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, contents).unwrap();
        path
    }

    /// The text of a file.
    pub fn read(&self, name: impl AsRef<Path>) -> String {
        let path = self.path(name);
        std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }

    /// All files below a folder, sorted, with `/` between the parts.
    pub fn files(&self, below: impl AsRef<Path>) -> Vec<String> {
        let root = self.path(below);
        walkdir::WalkDir::new(&root)
            .sort_by_file_name()
            .into_iter()
            .map(|e| e.unwrap())
            .filter(|e| !e.file_type().is_dir())
            .map(|e| e.path().strip_prefix(&root).unwrap().to_string_lossy().into_owned())
            .collect()
    }

    /// Runs a program in the folder, without standard input.
    pub fn run(&self, program: impl AsRef<Path>, args: &[&str]) -> Outcome {
        self.run_with(program, args, b"", &[])
    }

    /// Runs a program in a folder below, without standard input.
    pub fn run_in(&self, folder: &str, program: impl AsRef<Path>, args: &[&str]) -> Outcome {
        let mut command = Command::new(program.as_ref());
        command.args(args).current_dir(self.path(folder)).stdin(Stdio::null());
        Outcome::of(&command.output().unwrap())
    }

    /// Starts a program in the folder, without standard input.
    pub fn start(&self, program: impl AsRef<Path>, args: &[&str]) -> std::process::Child {
        let mut command = Command::new(program.as_ref());
        command.args(args).current_dir(self.dir.path()).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Runs a program in the folder with standard input and environment variables.
    pub fn run_with(
        &self,
        program: impl AsRef<Path>,
        args: &[&str],
        stdin: &[u8],
        env: &[(&str, &str)],
    ) -> Outcome {
        let input = self.write(".stdin", stdin);
        let output = Command::new(program.as_ref())
            .args(args)
            .current_dir(self.dir.path())
            .envs(env.iter().copied())
            .stdin(Stdio::from(std::fs::File::open(&input).unwrap()))
            .output()
            .unwrap_or_else(|e| panic!("{}: {e}", program.as_ref().display()));
        std::fs::remove_file(input).unwrap();
        Outcome::of(&output)
    }
}

impl Outcome {
    /// From what the system reports.
    pub fn of(output: &std::process::Output) -> Self {
        use std::os::unix::process::ExitStatusExt;
        Self {
            code: output
                .status
                .code()
                .unwrap_or_else(|| 128 + output.status.signal().unwrap_or_default()),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            stdout_bytes: output.stdout.clone(),
        }
    }

    /// Fails, showing all that was said, unless the exit code is this one.
    #[track_caller]
    pub fn expect(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        assert!(!self.stderr.contains("panicked at"), "{}", self.stderr);
        self
    }

    /// Fails unless the text was said on standard error.
    #[track_caller]
    pub fn says(&self, text: &str) -> &Self {
        assert!(self.stderr.contains(text), "'{text}' is not in:\n{}", self.stderr);
        self
    }
}
