//! The one stream that everything printed during a driver process ends in.
//!
//! All hooks of a driver process share one pipe. So what a server started by `prepare` prints
//! while `invoke` runs stands in invoke's log, in the order in which it happened. When the driver
//! ends before such a server does (`sb-run prepare` alone), a `cat` takes over the pipe and keeps
//! appending to the last hook's log, until the server ends.

use std::io::{self, PipeReader, PipeWriter};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use super::log::{Live, Log};
use super::stream::Stream;

/// Marks the process that keeps a log after the driver has gone.
pub const KEEPER_VARIABLE: &str = "SB_LOG_KEEPER";

/// The shared pipe, its reader, and the readers of commands that left a process behind.
#[derive(Debug)]
pub struct Output {
    log: Arc<Log>,
    write_end: PipeWriter,
    stream: Stream,
    commands: Mutex<Vec<Stream>>,
}

impl Output {
    /// Starts reading.
    pub fn start(live: Option<Live>) -> io::Result<Self> {
        let log = Arc::new(Log::new(live));
        let (read_end, write_end) = io::pipe()?;
        let stream = Stream::start(read_end, Arc::clone(&log), false)?;
        Ok(Self { log, write_end, stream, commands: Mutex::default() })
    }

    /// Where it all goes.
    pub fn log(&self) -> &Arc<Log> {
        &self.log
    }

    /// A write end for a hook's stdout and stderr.
    pub fn write_end(&self) -> io::Result<PipeWriter> {
        self.write_end.try_clone()
    }

    /// Waits until what was printed up to now is in the log.
    pub fn drain(&self) {
        self.stream.drain();
        for stream in self.commands().iter() {
            stream.drain();
        }
    }

    /// Keeps reading what a finished command's descendants print.
    pub fn adopt(&self, stream: Stream) {
        let mut commands = self.commands();
        commands.retain(|stream| !stream.is_finished());
        commands.push(stream);
    }

    /// Ends reading. Pipes that others can still write to go on into the last log; `mark` lets
    /// the driver that runs cleanup find who does that.
    pub fn finish(self, mark: Option<&str>) -> io::Result<()> {
        self.drain();
        let Self { log, write_end, stream, commands } = self;
        drop(write_end);
        let commands = commands.into_inner().unwrap_or_else(PoisonError::into_inner);
        for stream in commands.into_iter().chain([stream]) {
            if let (Some(pipe), Some(path), Some(mark)) = (stream.release(), log.path(), mark)
                && has_writers(&pipe)
            {
                keep(pipe, &path, mark)?;
            }
        }
        Ok(())
    }

    fn commands(&self) -> std::sync::MutexGuard<'_, Vec<Stream>> {
        self.commands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// False if the pipe is empty and nobody can write to it any more.
fn has_writers(pipe: &PipeReader) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let mut ends = [PollFd::new(pipe, PollFlags::IN)];
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    let _ = poll(&mut ends, Some(&now));
    let [end] = ends;
    end.revents().contains(PollFlags::IN) || !end.revents().contains(PollFlags::HUP)
}

fn keep(pipe: PipeReader, path: &Path, mark: &str) -> io::Result<()> {
    let log = std::fs::OpenOptions::new().append(true).create(true).open(path)?;
    Command::new("cat")
        .env(KEEPER_VARIABLE, mark)
        .stdin(pipe)
        .stdout(log)
        .stderr(Stdio::null())
        .current_dir("/")
        .process_group(0)
        .spawn()
        .map(drop)
}
