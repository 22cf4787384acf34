//! The interpreter that runs the hooks.

use std::ffi::OsString;
use std::process::Command;

/// Names another interpreter than `python3`.
pub const VARIABLE: &str = "SB_PYTHON";

/// A small program that receives the shim over the channel, so that `ps` shows one short line.
pub const BOOTSTRAP: &str = include_str!("bootstrap.py");

/// The hook's side of the protocol, in parts that make one program.
pub const SHIM: &str = concat!(
    include_str!("shim/channel.py"),
    include_str!("shim/values.py"),
    include_str!("shim/events.py"),
    include_str!("shim/places.py"),
    include_str!("shim/spec.py"),
    include_str!("shim/main.py"),
);

/// The module `sb` that hooks can import: it prints trace statements.
pub const INSTRUMENT: &str = include_str!("../../../instrument/trace.py");

/// Reads a benchmark file without executing it.
pub const INSPECT: &str = include_str!("shim/inspect.py");

/// The interpreter's name or path.
pub fn program() -> OsString {
    std::env::var_os(VARIABLE).filter(|name| !name.is_empty()).unwrap_or_else(|| "python3".into())
}

/// The command line, without its streams.
pub fn command() -> Command {
    let mut command = Command::new(program());
    command.arg("-c").arg(BOOTSTRAP);
    command
}
