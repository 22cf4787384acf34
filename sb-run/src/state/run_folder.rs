//! `out/runs/<run_id>/`: names in it, and the id, which is never used twice.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};

use crate::benchmark::Hook;
use crate::clock::Instant;
use crate::error::Error;

/// The folder of one run.
#[derive(Debug, Clone)]
pub struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// Makes a new one in `out/runs`; gives its id too.
    pub fn create(out: &Path, benchmark: &str) -> Result<(String, Self), Error> {
        let runs = out.join("runs");
        std::fs::create_dir_all(&runs).map_err(Error::io("create", &runs))?;
        loop {
            let id = format!(
                "{}-{}-{:04x}",
                file_name(benchmark),
                Instant::now().compact(),
                random() & 0xffff
            );
            let path = runs.join(&id);
            // Failing if it exists is what keeps ids apart.
            match std::fs::create_dir(&path) {
                Ok(()) => return Ok((id, Self { path })),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Error::io("create", path)(error)),
            }
        }
    }

    /// One that exists.
    pub fn at(path: &Path) -> Self {
        Self { path: path.into() }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// `journal.ndjson`
    pub fn journal(&self) -> PathBuf {
        self.path.join("journal.ndjson")
    }

    /// `driver.log`
    pub fn driver_log(&self) -> PathBuf {
        self.path.join("driver.log")
    }

    /// `run.yaml`
    pub fn run_yaml(&self) -> PathBuf {
        self.path.join("run.yaml")
    }

    /// The name of the log of a hook's n-th call: `prepare.log`, `invoke-0001.log`, `cleanup.log`,
    /// and `cleanup-0002.log` for a cleanup that is tried again. A warm-up's name does not end in
    /// `.log`, so nothing of it is ever counted.
    pub fn log_name(hook: Hook, call: u32, warmup: bool) -> String {
        match (hook, call) {
            _ if warmup => format!("warmup-{call:04}.txt"),
            (Hook::Invoke, _) | (_, 2..) => format!("{hook}-{call:04}.log"),
            _ => format!("{hook}.log"),
        }
    }

    /// `collected/`: the application's own logs.
    pub fn collected(&self) -> PathBuf {
        self.path.join("collected")
    }
}

/// A random number, good enough for names.
pub fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// A name of anything as a name of a file.
pub fn file_name(benchmark: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' };
    let name: String = benchmark.chars().map(plain).take(100).collect();
    // A leading dot would hide the folder.
    name.trim_start_matches('.').to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_names_and_never_the_same() {
        let out = tempfile::tempdir().unwrap();
        let ids: std::collections::HashSet<String> =
            (0..50).map(|_| RunFolder::create(out.path(), "a b/../c").unwrap().0).collect();
        assert_eq!(ids.len(), 50);
        let id = ids.iter().next().unwrap();
        let (name, rest) = id.split_at("a_b_.._c-".len());
        assert_eq!((name, rest.len()), ("a_b_.._c-", "20260122T101500Z-1a2b".len()));
    }

    #[test]
    fn logs_are_named_by_hook_and_call() {
        let names = [(Hook::Prepare, 1), (Hook::Invoke, 1), (Hook::Invoke, 12), (Hook::Cleanup, 2)]
            .map(|(hook, call)| RunFolder::log_name(hook, call, false));
        assert_eq!(
            names,
            ["prepare.log", "invoke-0001.log", "invoke-0012.log", "cleanup-0002.log"]
        );
        assert_eq!(RunFolder::log_name(Hook::Invoke, 1, true), "warmup-0001.txt");
    }
}
