//! Bytes: from the LOG arguments to blocks of decoded lines.

mod block;
mod input;
mod lines;
#[cfg(feature = "tables")]
mod spool;
mod table;
mod text;
mod transport;
mod utf16;

pub(crate) use block::{AtLineEnds, BLOCK, Block, Blocks, Buffer, Cut, Unit, Units};
#[cfg(feature = "tables")]
pub(crate) use input::UNFINISHED;
pub use input::{Input, Place, expand};
pub use lines::lines;
#[cfg(feature = "tables")]
pub(crate) use spool::Spools;
pub use table::TableKind;
pub(crate) use text::{LOOKED_AT, Text};
pub(crate) use transport::open;
