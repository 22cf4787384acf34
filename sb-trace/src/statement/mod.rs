//! Statements: `epoch zone "|" label [" trace_id=" id]`, and text that nearly is one.
//!
//! [`scan`] finds both in the decoded text of one record. What a statement is, is said in one
//! place only: the nom grammar in `grammar.rs`.

mod fast;
mod grammar;
mod lookalike;
mod scan;
mod stamp;

pub(crate) use fast::{Prefix, PrefixParser, label_length, line_end, longest_head, of_unit};
pub(crate) use grammar::label;
pub use grammar::{EpochUnit, Statement, is_label, parse};
pub use lookalike::{LookAlike, Reason};
pub use scan::{Found, scan};
pub use stamp::stamp;
