//! Bytes: from the LOG arguments to blocks of decoded lines.

mod block;
mod input;
mod lines;
mod spool;
mod table_kind;
mod text;
mod transport;
mod utf16;

pub(crate) use block::{AtLineEnds, Block, Blocks, Buffer, Cut, RecordRange, RecordRanges};
pub(crate) use input::UNFINISHED;
pub use input::{Input, Place, expand};
pub use lines::lines;
pub(crate) use spool::Spools;
pub use table_kind::TableKind;
pub(crate) use text::{LOOKED_AT, Text};
pub(crate) use transport::open;
