//! Events: parsed statements with where they came from.

mod begin;
mod events;
mod fast_lines;
mod fast_node;
mod ids;
mod line_classes;
mod line_numbers;
mod mostly_one;
mod parsed;
mod raw;
mod record;
mod record_parser;
mod words;

pub use events::{Event, Events};
pub(crate) use fast_lines::FastLines;
pub(crate) use ids::{Id, Key};
pub use mostly_one::MostlyOne;
pub(crate) use parsed::{Change, LineClass, Mark, OpenPart, Parsed, RawEvent};
pub(crate) use raw::own_id;
pub(crate) use record::{Record, RecordOptions};
pub(crate) use record_parser::RecordParser;
pub(crate) use words::Words;
