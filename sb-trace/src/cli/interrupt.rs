//! Ctrl-C and SIGTERM: half a table is removed before the process ends as it would have.

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

/// From now on. Where signals cannot be caught, the process ends and leaves what it has written.
pub(super) fn tidy_up() {
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
    let tidy = move || {
        for signal in signals.forever() {
            crate::tables::remove_unfinished();
            drop(emulate_default_handler(signal));
        }
    };
    drop(std::thread::Builder::new().name("signals".into()).spawn(tidy));
}
