//! EXEC: processes and signals of this machine.

pub mod command;
pub mod processes;
pub mod signal;
