//! How tests wait on a machine that may be busy: for signs, not for times. Where only a time can
//! tell, one that a slow machine has missed is tried again, and what is broken is so each time.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::NamedTempFile;

use crate::sandbox::{Said, wait};

/// How long sb-run waits for a hook that does not listen before it kills it.
pub(crate) const GRACE: Duration = Duration::from_secs(5);

/// sb-run at work, and what it has said so far. It does not outlive a test that fails.
pub(crate) struct Driver {
    child: Child,
    stderr: NamedTempFile,
}

impl Driver {
    pub(crate) fn start(command: &mut Command) -> Self {
        let stderr = NamedTempFile::new().unwrap();
        let child = command.stdout(Stdio::null()).stderr(stderr.reopen().unwrap()).spawn().unwrap();
        Self { child, stderr }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    fn stderr(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.stderr.path()).unwrap()).into_owned()
    }

    fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits for a sign; false if sb-run has ended without it.
    #[track_caller]
    pub(crate) fn shows(&mut self, what: &str, mut sign: impl FnMut() -> bool) -> bool {
        let mut seen = false;
        wait(what, || {
            let ended = self.has_ended();
            seen = sign();
            seen || ended
        });
        seen
    }

    /// Waits until it has said this.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, text: &str) {
        wait(text, || {
            let ended = self.has_ended();
            let stderr = self.stderr();
            assert!(!ended || stderr.contains(text), "ended without '{text}': {stderr}");
            stderr.contains(text)
        });
    }

    /// Waits until it waits itself, after it has said so: its main thread sleeps again and again.
    #[track_caller]
    pub(crate) fn wait_for_sleep(&self) {
        let before = self.sleeps();
        wait("sb-run to sleep", || self.sleeps() > before + 1);
    }

    /// How often its main thread has gone to sleep.
    fn sleeps(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        line.unwrap().trim().parse().unwrap()
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn end(mut self) -> Said {
        wait("the end of sb-run", || self.has_ended());
        let code = self.child.wait().unwrap().code();
        Said { code, stdout: String::new(), stderr: self.stderr() }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill(); // it has ended, as a rule
        let _ = self.child.wait();
    }
}

/// A time limit, and how sb-run says that it was reached.
pub(crate) struct Limit {
    pub(crate) time: Duration,
    pub(crate) words: &'static str,
}

impl Limit {
    const fn new(ms: u64, words: &'static str) -> Self {
        Self { time: Duration::from_millis(ms), words }
    }

    /// As a flag has it.
    pub(crate) fn flag(&self) -> String {
        format!("{}ms", self.time.as_millis())
    }
}

/// Limits within which a hook has begun, sooner or later.
pub(crate) const LIMITS: &[Limit] = &[
    Limit::new(700, "stopped after 700 ms"),
    Limit::new(2500, "stopped after 2.5 s"),
    Limit::new(8000, "stopped after 8 s"),
    Limit::new(30_000, "stopped after 30 s"),
    Limit::new(120_000, "stopped after 2 min"),
];

/// The same for one in a container.
pub(crate) const LONG_LIMITS: &[Limit] = LIMITS.split_at(2).1;

/// Lets something that hangs run into a time limit. On a busy machine python3 alone may take longer
/// to start than the limit allows: where `way` gives nothing, because the sign is missing that the
/// hook had come to the point, the next limit is tried.
#[track_caller]
pub(crate) fn run_out<T>(limits: &[Limit], way: impl FnMut(&Limit) -> Option<T>) -> T {
    let Some(found) = limits.iter().find_map(way) else {
        panic!("no sign before the limit, however long");
    };
    found
}

/// Tries what must be quick until it was: a machine may be slow at times, but a driver that waits
/// for what it should not wait for does so each time.
#[track_caller]
pub(crate) fn again<T>(what: &str, mut way: impl FnMut() -> Option<T>) -> T {
    let Some(found) = (0..5).find_map(|_| way()) else { panic!("too slow each time: {what}") };
    found
}
