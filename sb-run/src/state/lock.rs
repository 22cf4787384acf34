//! One sb-run at a time per benchmark folder; the lock says who holds it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::process::{Pid, test_kill_process};

use crate::clock::Instant;
use crate::error::Error;

/// Held until dropped. The system releases it too if sb-run is killed.
#[derive(Debug)]
pub struct Lock {
    _file: File,
    path: PathBuf,
}

impl Lock {
    /// Takes the lock, or says who has it. Makes the folder it lies in.
    pub fn take(path: &Path) -> Result<Self, Error> {
        loop {
            // Within the loop: the holder before may remove the folder together with its lock.
            let folder = path.parent().unwrap_or(Path::new("."));
            std::fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
            let mut file = OpenOptions::new()
                .create(true)
                .truncate(false)
                .read(true)
                .write(true)
                .open(path)
                .map_err(Error::io("write", path))?;
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {}
                Err(rustix::io::Errno::WOULDBLOCK) => {
                    let mut holder = String::new();
                    let _ = file.read_to_string(&mut holder);
                    let holder = holder.lines().next().unwrap_or("unknown").to_string();
                    return Err(Error::Locked { holder, path: path.into() });
                }
                Err(error) => return Err(Error::io("lock", path)(error.into())),
            }
            // The holder before may have removed the file between our opening and locking it.
            let ours = file.metadata().map_err(Error::io("lock", path))?.ino();
            if std::fs::metadata(path).is_ok_and(|now| now.ino() == ours) {
                let who =
                    format!("process {}, since {}\n", std::process::id(), Instant::now().rfc3339());
                file.set_len(0)
                    .and_then(|()| file.rewind())
                    .and_then(|()| file.write_all(who.as_bytes()))
                    .map_err(Error::io("write", path))?;
                return Ok(Self { _file: file, path: path.into() });
            }
        }
    }
}

/// Who holds the lock now. Asked without taking it, which could turn another sb-run away.
pub fn holder(path: &Path) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let line = text.lines().next()?;
    let pid = line.strip_prefix("process ")?.split(',').next()?.parse().ok()?;
    // A file without its process was left by one that was killed.
    let runs = test_kill_process(Pid::from_raw(pid)?);
    (runs != Err(rustix::io::Errno::SRCH)).then(|| line.to_string())
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Removed while it is held, so nobody else can have it.
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_exclusive_and_names_the_holder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let lock = Lock::take(&path).unwrap();
        let error = Lock::take(&path).unwrap_err();
        assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
        assert!(holder(&path).is_some_and(|holder| holder.starts_with("process ")));
        drop(lock);
        assert!(!path.exists());
        std::fs::write(&path, "process 999999999, killed\n").unwrap();
        assert_eq!(holder(&path), None);
        Lock::take(&path).unwrap();
    }
}
