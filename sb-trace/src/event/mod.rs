//! Events: parsed statements with where they came from.

mod parsed;
mod table;

pub(crate) use parsed::{LineClass, Parsed, RawEvent};
pub use table::{Event, Events};
