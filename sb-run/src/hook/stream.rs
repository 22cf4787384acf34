//! Reads one pipe on a thread of its own, in fixed buffers, into the [`Log`].
//!
//! A pipe outlives the process it was made for: a server that a hook starts holds its write end.
//! So the end of a hook is not the end of its stream, and [`Stream::drain`] answers the question
//! "is everything in the log that was printed up to now?" without waiting for the end.

use std::io::{self, PipeReader, PipeWriter, Read, Seek, Write};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rustix::event::{PollFd, PollFlags, poll};
use tempfile::SpooledTempFile;

use super::log::Log;

const BUFFER: usize = 64 * 1024;
/// Up to this size what is captured stays in memory.
const CAPTURE_MEMORY: usize = 256 * 1024;
const DRAIN: u8 = b'd';
const RELEASE: u8 = b'r';

/// A pipe that is being read.
#[derive(Debug)]
pub struct Stream {
    wake: PipeWriter,
    drained: Receiver<()>,
    thread: JoinHandle<Option<PipeReader>>,
    capture: Capture,
}

/// What was read, in a file if it is much; or why it could not be kept.
type Capture = Arc<Mutex<Option<io::Result<SpooledTempFile>>>>;

impl Stream {
    /// Starts reading. With `capture`, the text is kept for [`Stream::take_capture`] too.
    pub fn start(pipe: PipeReader, log: Arc<Log>, capture: bool) -> io::Result<Self> {
        let (woken, wake) = io::pipe()?;
        let (ack, drained) = mpsc::channel();
        let capture: Capture =
            Arc::new(Mutex::new(capture.then(|| Ok(SpooledTempFile::new(CAPTURE_MEMORY)))));
        let reader = Reader {
            pipe,
            woken,
            ack,
            log,
            capture: Arc::clone(&capture),
            buffer: vec![0; BUFFER],
        };
        let thread =
            std::thread::Builder::new().name("output".into()).spawn(move || reader.read())?;
        Ok(Self { wake, drained, thread, capture })
    }

    /// Returns when everything that was written to the pipe before this call is in the log.
    pub fn drain(&self) {
        // Neither fails unless the pipe has come to its end, and then everything was read.
        if (&self.wake).write_all(&[DRAIN]).is_ok() {
            let _ = self.drained.recv();
        }
    }

    /// What was read so far; from now on nothing is captured.
    pub fn take_capture(&self) -> io::Result<SpooledTempFile> {
        let mut capture = self.capture.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = capture.take().unwrap_or_else(|| Ok(SpooledTempFile::new(0)))?;
        file.rewind()?;
        Ok(file)
    }

    /// Whether the last process that could write has ended.
    pub fn is_finished(&self) -> bool {
        self.thread.is_finished()
    }

    /// Stops reading and hands back the pipe, unless it has come to its end.
    pub fn release(self) -> Option<PipeReader> {
        let _ = (&self.wake).write_all(&[RELEASE]);
        self.thread.join().ok().flatten()
    }
}

struct Reader {
    pipe: PipeReader,
    woken: PipeReader,
    ack: Sender<()>,
    log: Arc<Log>,
    capture: Capture,
    buffer: Vec<u8>,
}

impl Reader {
    fn read(mut self) -> Option<PipeReader> {
        loop {
            let mut ends =
                [PollFd::new(&self.woken, PollFlags::IN), PollFd::new(&self.pipe, PollFlags::IN)];
            if let Err(error) = poll(&mut ends, None) {
                if error == rustix::io::Errno::INTR {
                    continue;
                }
                return None;
            }
            let [asked, _] = ends.map(|end| !end.revents().is_empty());
            if !asked {
                if self.take(BUFFER) == 0 {
                    return None;
                }
                continue;
            }
            let mut word = [0];
            match self.woken.read(&mut word) {
                Ok(1) if word == [DRAIN] => {
                    let waiting = rustix::io::ioctl_fionread(&self.pipe).unwrap_or(0);
                    let mut waiting = usize::try_from(waiting).unwrap_or(0);
                    while waiting > 0 {
                        match self.take(waiting) {
                            0 => return None,
                            size => waiting -= size,
                        }
                    }
                    if self.ack.send(()).is_err() {
                        return Some(self.pipe);
                    }
                }
                _ => return Some(self.pipe),
            }
        }
    }

    /// Reads once, at most `limit` bytes; 0 at the end of the pipe.
    fn take(&mut self, limit: usize) -> usize {
        let limit = limit.min(self.buffer.len());
        let Some(space) = self.buffer.get_mut(..limit) else { return 0 };
        let size = loop {
            match self.pipe.read(space) {
                Ok(size) => break size,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return 0,
            }
        };
        let bytes = space.get(..size).unwrap_or_default();
        self.log.write(bytes);
        let mut capture = self.capture.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Ok(file)) = capture.as_mut()
            && let Err(error) = file.write_all(bytes)
        {
            *capture = Some(Err(error));
        }
        size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drains_what_is_written_while_the_pipe_stays_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let log = Arc::new(Log::new(None));
        log.open(&path).unwrap();
        let (reader, mut writer) = io::pipe().unwrap();
        let stream = Stream::start(reader, log, true).unwrap();
        for round in 1..=200_usize {
            writer.write_all(b"0123456789").unwrap();
            stream.drain();
            assert_eq!(std::fs::metadata(&path).unwrap().len(), 10 * round as u64);
        }
        let mut captured = String::new();
        stream.take_capture().unwrap().read_to_string(&mut captured).unwrap();
        assert_eq!(captured, "0123456789".repeat(200));
        assert!(!stream.is_finished());
        let mut pipe = stream.release().expect("the pipe is open");
        writer.write_all(b"later").unwrap();
        drop(writer);
        let mut later = String::new();
        pipe.read_to_string(&mut later).unwrap();
        assert_eq!(later, "later");
    }

    #[test]
    fn ends_with_the_pipe() {
        let (reader, writer) = io::pipe().unwrap();
        let stream = Stream::start(reader, Arc::new(Log::new(None)), false).unwrap();
        drop(writer);
        stream.drain();
        while !stream.is_finished() {
            std::thread::yield_now();
        }
        stream.drain();
        assert!(stream.release().is_none());
    }
}
