//! Ctrl-C and SIGTERM, counted: the first stops the hook, the second everything.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::error::Error;

/// What has arrived so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interrupt {
    /// The first signal's number.
    pub signal: i32,
    /// How many came.
    pub count: u32,
}

type Listener = Box<dyn Fn(Interrupt) + Send>;

#[derive(Default)]
struct State {
    seen: Option<Interrupt>,
    listener: Option<Listener>,
}

/// The signals of this process.
#[derive(Clone, Default)]
pub struct Interrupts(Arc<Mutex<State>>);

impl Interrupts {
    /// Starts catching signals.
    pub fn catch() -> Result<Self, Error> {
        let interrupts = Self::default();
        let mut signals =
            Signals::new([SIGINT, SIGTERM, SIGHUP]).map_err(Error::system("catch signals"))?;
        let shared = interrupts.clone();
        std::thread::Builder::new()
            .name("signals".into())
            .spawn(move || signals.forever().for_each(|signal| shared.arrived(signal)))
            .map_err(Error::system("start a thread"))?;
        Ok(interrupts)
    }

    /// What has arrived so far.
    pub fn seen(&self) -> Option<Interrupt> {
        self.state().seen
    }

    /// Told of every signal from now on, and at once of those before, until the guard is dropped.
    pub fn listen(&self, listener: impl Fn(Interrupt) + Send + 'static) -> Listening<'_> {
        let mut state = self.state();
        if let Some(seen) = state.seen {
            listener(seen);
        }
        state.listener = Some(Box::new(listener));
        Listening(self)
    }

    /// Counts a signal and tells the listener.
    pub fn arrived(&self, signal: i32) {
        let mut state = self.state();
        let seen = match state.seen {
            None => Interrupt { signal, count: 1 },
            Some(seen) => Interrupt { count: seen.count + 1, ..seen },
        };
        state.seen = Some(seen);
        if let Some(listener) = &state.listener {
            listener(seen);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Interrupts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Interrupts").field(&self.seen()).finish()
    }
}

/// Ends listening when dropped.
#[derive(Debug)]
pub struct Listening<'a>(&'a Interrupts);

impl Drop for Listening<'_> {
    fn drop(&mut self) {
        self.0.state().listener = None;
    }
}
