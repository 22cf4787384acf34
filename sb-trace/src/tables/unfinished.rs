//! Files that are being written under a temporary name: what ends the process by a signal removes
//! them, so that no later reading of their folder meets half a table.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

static ALL: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn all() -> MutexGuard<'static, Vec<PathBuf>> {
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lists a file until it is dropped.
#[derive(Debug)]
pub(super) struct Unfinished(PathBuf);

impl Unfinished {
    pub(super) fn list(path: &Path) -> Self {
        all().push(path.to_owned());
        Self(path.to_owned())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        all().retain(|path| *path != self.0);
    }
}

/// Removes all files that this process has not finished.
pub fn remove_unfinished() {
    for path in all().drain(..) {
        // What is gone already needs no removing; there is nobody left to tell of another reason.
        drop(std::fs::remove_file(path));
    }
}
