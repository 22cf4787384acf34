//! What the end-to-end tests share: a sandbox in which a program runs, and real tools.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::missing_panics_doc,
    reason = "a test helper that fails is a failing test"
)]

mod browser;
mod sandbox;
mod tools;

pub use browser::Browser;
pub use sandbox::{Outcome, Sandbox};
pub use tools::{Python, in_ci, skipped};
