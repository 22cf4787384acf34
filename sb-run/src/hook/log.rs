//! Where output goes: whole into the log of the hook during which it was printed, and live to
//! the terminal.
//!
//! One log serves a whole driver process. A hook's log file has a place only once the benchmark
//! file is loaded and the run is known; what was printed before that waits in a spool.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::SpooledTempFile;

use super::mask::{Masker, Masks};

/// Up to this size the spool stays in memory.
const SPOOL_MEMORY: usize = 256 * 1024;

/// Where output is shown while it is printed.
pub type Live = Box<dyn Write + Send>;

/// The log of the hook that runs now. Shared by all streams that end in it.
#[derive(Default)]
pub struct Log(Mutex<LogTarget>);

#[derive(Default)]
struct LogTarget {
    spool: Option<SpooledTempFile>,
    file: Option<(File, PathBuf)>,
    live: Option<Live>,
    /// Whether the file's last line is still open, and the terminal's.
    mid_line: (bool, bool),
    masker: Masker,
    error: Option<io::Error>,
}

impl Log {
    /// A log that keeps nothing yet.
    pub fn new(live: Option<Live>) -> Self {
        Self(Mutex::new(LogTarget { live, ..LogTarget::default() }))
    }

    /// From now on output waits for [`Log::open`].
    pub fn hold(&self) {
        let mut target = self.target();
        target.flush();
        target.spool.get_or_insert_with(|| SpooledTempFile::new(SPOOL_MEMORY));
    }

    /// Continues in this file, beginning with what waited.
    pub fn open(&self, path: &Path) -> io::Result<()> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let mut target = self.target();
        target.flush();
        target.file = Some((file, path.to_path_buf()));
        target.empty_spool()
    }

    /// What waited belongs to the file before; without one it was shown and is forgotten.
    pub fn unhold(&self) -> io::Result<()> {
        let mut target = self.target();
        target.flush();
        target.empty_spool()
    }

    /// The values that are hidden.
    pub fn masks(&self) -> Masks {
        self.target().masker.masks().clone()
    }

    /// Takes output. A full disk does not stop the stream; it is remembered.
    pub fn write(&self, bytes: &[u8]) {
        let mut target = self.target();
        target.take(bytes);
        if let Some(last) = bytes.last() {
            target.mid_line = (*last != b'\n', *last != b'\n');
        }
        if let Some(live) = &mut target.live
            && live.write_all(bytes).is_err()
        {
            target.live = None; // nobody is reading any more; the file still is written
        }
    }

    /// Writes to the file only, on a line of its own.
    pub fn note(&self, text: &str) -> io::Result<()> {
        let mut target = self.target();
        target.flush();
        let text = target.masker.masks().hide(text);
        let gap = if std::mem::take(&mut target.mid_line.0) { "\n" } else { "" };
        target.keep(format!("{gap}{text}").as_bytes())
    }

    /// Whether the terminal's cursor stands within a line that a hook printed.
    pub fn take_mid_line(&self) -> bool {
        let mut target = self.target();
        std::mem::take(&mut target.mid_line.1) && target.live.is_some()
    }

    /// The first error of keeping output, once.
    pub fn take_error(&self) -> Option<io::Error> {
        self.target().error.take()
    }

    /// The file that is written now.
    pub fn path(&self) -> Option<PathBuf> {
        self.target().file.as_ref().map(|(_, path)| path.clone())
    }

    fn target(&self) -> MutexGuard<'_, LogTarget> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").field("path", &self.path()).finish_non_exhaustive()
    }
}

impl LogTarget {
    /// Keeps output, except for what is to be hidden in it.
    fn take(&mut self, bytes: &[u8]) {
        let mut masker = std::mem::take(&mut self.masker);
        masker.feed(bytes, &mut |bytes| self.keep_or_remember(bytes));
        self.masker = masker;
    }

    /// Keeps what waits for the end of its line.
    fn flush(&mut self) {
        let mut masker = std::mem::take(&mut self.masker);
        masker.flush(&mut |bytes| self.keep_or_remember(bytes));
        self.masker = masker;
    }

    fn keep_or_remember(&mut self, bytes: &[u8]) {
        if let Err(error) = self.keep(bytes) {
            self.error.get_or_insert(error);
        }
    }

    fn keep(&mut self, bytes: &[u8]) -> io::Result<()> {
        match (&mut self.spool, &mut self.file) {
            (Some(spool), _) => spool.write_all(bytes),
            (None, Some((file, _))) => file.write_all(bytes),
            (None, None) => Ok(()),
        }
    }

    fn empty_spool(&mut self) -> io::Result<()> {
        let Some(mut spool) = self.spool.take() else { return Ok(()) };
        let Some((file, _)) = &mut self.file else { return Ok(()) };
        spool.seek(SeekFrom::Start(0))?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let size = spool.read(&mut buffer)?;
            let Some(bytes) = buffer.get(..size).filter(|bytes| !bytes.is_empty()) else {
                return Ok(());
            };
            file.write_all(bytes)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waited_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        let log = Log::new(None);
        log.hold();
        log.write(b"a\n");
        log.open(&one).unwrap();
        log.write(b"b");
        log.note("c\n").unwrap();
        log.hold();
        log.write(&vec![b'x'; SPOOL_MEMORY + 1]);
        log.open(&two).unwrap();
        log.hold();
        log.write(b"y");
        log.unhold().unwrap();
        assert_eq!(std::fs::read(&one).unwrap(), b"a\nb\nc\n");
        let two = std::fs::read(&two).unwrap();
        assert_eq!((two.len(), two.last()), (SPOOL_MEMORY + 2, Some(&b'y')));
    }
}
