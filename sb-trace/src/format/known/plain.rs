//! `plain`: the app's own text.

use crate::format::{Brackets, Format, Shape};

pub(in crate::format) static FORMAT: Format = Format {
    name: "plain",
    family: "plain",
    example: "1600776870140+0000|PRE_INVOKED",
    id: "none but trace_id= in the statement",
    source: "none",
    brackets: Brackets::Never,
    samples: &["plain.txt", "plain-traps.txt", "plain-levels.txt"],
    shape: Shape::Plain,
};
