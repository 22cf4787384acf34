//! Events: parsed statements with where they came from.

mod begin;
mod columns;
mod count;
mod ids;
mod node;
mod parsed;
mod places;
mod raw;
mod record;
mod sink;
mod table;
mod usual;
mod words;

pub use columns::MostlyOne;
pub(crate) use ids::{Id, Key};
pub(crate) use parsed::Change;
pub(crate) use parsed::{LineClass, Mark, OpenPart, Parsed, RawEvent};
pub(crate) use raw::own_id;
pub(crate) use record::{How, Record};
pub(crate) use sink::Sink;
pub use table::{Event, Events};
pub(crate) use usual::UsualLines;
pub(crate) use words::Words;
