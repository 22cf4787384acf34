//! `lambda-text`: lines of Lambda and of its runtimes, with nothing around them.

use crate::body::{lambda, node};
use crate::format::{Brackets, Format, Line, LineShape, Shape};
use std::borrow::Cow;

pub(in crate::format) static FORMAT: Format = Format {
    name: "lambda-text",
    family: "lambda",
    example: "2022-04-14T05:20:00.000Z\\tREQUEST_ID\\tINFO\\t1600776870140+0000|PRE_INVOKED",
    id: "the request id on the line",
    source: "none",
    // A file of such lines may be joined from many streams.
    brackets: Brackets::Never,
    samples: &["lambda-text.log", "lambda-text-output.txt", "lambda-text-runtimes.log"],
    shape: Shape::Lines(LineShape {
        claims: Some(lambda::is_lambda),
        fast: Some(node),
        node: true,
        ..LineShape::new(open)
    }),
};

/// Any line: the columns of the runtime are a body.
fn open(line: &[u8]) -> Option<Line<'_>> {
    (!line.is_empty()).then(|| Line { body: Cow::Borrowed(line), ..Line::default() })
}
