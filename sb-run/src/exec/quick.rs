//! Short commands whose answer sb-run itself waits for. They cannot hang it: there is a limit,
//! and Ctrl-C ends them.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::processes::signal_group;
use super::signal::Interrupts;

/// Runs the command, in a process group of its own and without standard input.
pub fn output(
    command: &mut Command,
    limit: Option<Duration>,
    interrupts: Option<&Interrupts>,
) -> io::Result<Output> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    finish(command, limit, interrupts)
}

/// The same with streams of the caller's choice.
pub fn finish(
    command: &mut Command,
    limit: Option<Duration>,
    interrupts: Option<&Interrupts>,
) -> io::Result<Output> {
    let child = command.process_group(0).spawn()?;
    let group = child.id();
    let (sender, arriving) = mpsc::channel();
    std::thread::Builder::new().name("quick".into()).spawn(move || {
        let _ = sender.send(child.wait_with_output());
    })?;
    let until = limit.map(|limit| Instant::now() + limit);
    let already = interrupts.and_then(Interrupts::seen).map_or(0, |seen| seen.count);
    loop {
        match arriving.recv_timeout(Duration::from_millis(50)) {
            Ok(result) => return result,
            Err(RecvTimeoutError::Disconnected) => return Err(io::ErrorKind::BrokenPipe.into()),
            Err(RecvTimeoutError::Timeout) => {}
        }
        let interrupted =
            interrupts.and_then(Interrupts::seen).is_some_and(|seen| seen.count > already);
        let late = until.is_some_and(|until| Instant::now() >= until);
        if interrupted || late {
            signal_group(group, Signal::KILL);
            let kind = if late { io::ErrorKind::TimedOut } else { io::ErrorKind::Interrupted };
            return Err(kind.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_what_hangs() {
        let mut command = Command::new("sleep");
        let error = output(command.arg("1000"), Some(Duration::from_millis(100)), None);
        assert_eq!(error.unwrap_err().kind(), io::ErrorKind::TimedOut);
        let mut command = Command::new("echo");
        let found = output(command.arg("x"), Some(Duration::from_secs(10)), None).unwrap();
        assert_eq!(found.stdout, b"x\n");
    }

    #[test]
    fn ctrl_c_ends_it_too() {
        let interrupts = Interrupts::default();
        let later = interrupts.clone();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(80));
            later.arrived(2);
        });
        let error = output(Command::new("sleep").arg("1000"), None, Some(&interrupts));
        assert_eq!(error.unwrap_err().kind(), io::ErrorKind::Interrupted);
    }
}
