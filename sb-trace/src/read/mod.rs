//! Bytes: from the LOG arguments to blocks of decoded lines.

mod block;
mod input;
mod lines;
mod transport;

pub(crate) use block::{Block, Blocks};
pub use input::{Input, Place, expand};
pub use lines::lines;
pub(crate) use transport::open;
