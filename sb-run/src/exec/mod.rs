//! EXEC: processes, containers and signals of this machine.

pub mod command;
pub mod context;
pub mod engine;
pub mod processes;
pub mod quick;
pub mod signal;
