//! Data goes to stdout, talk to stderr. A reader that has gone away is a normal end.

use std::io::Write;

/// Tells the user something.
pub(super) fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Prints data.
pub(super) fn data(bytes: &[u8]) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(bytes).and_then(|()| stdout.flush());
}
