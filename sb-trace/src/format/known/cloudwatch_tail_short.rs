//! `cloudwatch-tail-short`: `aws logs tail --format short`: time without a zone, message.

use crate::body::time::{self, ZoneForm};
use crate::format::{Brackets, Continuation, Format, Line, LineShape, Shape};
use std::borrow::Cow;

pub(in crate::format) static FORMAT: Format = Format {
    name: "cloudwatch-tail-short",
    family: "cloudwatch",
    example: "2022-04-14T05:20:00 2022-04-14T05:20:00.000Z\\tREQUEST_ID\\tINFO\\t1600776870140+0000|PRE_INVOKED",
    id: "the request id in the message",
    source: "none",
    // It names no stream: lines between START and END may be another's.
    brackets: Brackets::Never,
    samples: &["cloudwatch-tail-short.txt", "cloudwatch-tail-short-node.txt"],
    shape: Shape::Lines(LineShape {
        of_lambda: true,
        continuation: Continuation::All,
        ..LineShape::new(open)
    }),
};

fn open(line: &[u8]) -> Option<Line<'_>> {
    let time = time::read(line)?;
    let rest = line.get(time.length..)?.strip_prefix(b" ")?;
    let form = !time.blank && time.zone == ZoneForm::None && time.fraction == 0;
    form.then_some(Line { body: Cow::Borrowed(rest), ..Line::default() })
}
