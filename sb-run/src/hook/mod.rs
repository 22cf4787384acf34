//! HOOK: one function of a benchmark file, run in a `python3` child.

pub mod child;
mod conversation;
pub mod log;
pub mod mask;
pub mod outcome;
pub mod output;
pub mod protocol;
pub mod python;
pub mod stream;
