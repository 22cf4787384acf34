//! `cloudwatch-s3-export`: an object of a CloudWatch Logs export: time, message.

use crate::body::time::{self, MILLISECONDS_Z, ZoneForm};
use crate::body::{FastRecord, of_lambda};
use crate::digits::begins_as;
use crate::format::{Brackets, Continuation, Format, Line, LineShape, Shape};
use std::borrow::Cow;

pub(in crate::format) static FORMAT: Format = Format {
    name: "cloudwatch-s3-export",
    family: "cloudwatch",
    example: "2022-04-14T05:20:00.000Z START RequestId: REQUEST_ID Version: $LATEST",
    id: "the request id in the message, else that of the START..END around it",
    source: "none: one object is one log stream, which its key names",
    brackets: Brackets::OneStream,
    samples: &["cloudwatch-s3-export.gz", "cloudwatch-s3-export-cat.gz"],
    shape: Shape::Lines(LineShape {
        of_lambda: true,
        continuation: Continuation::All,
        fast: Some(fast),
        ..LineShape::new(open)
    }),
};

fn open(line: &[u8]) -> Option<Line<'_>> {
    let (time, rest) = time::rfc3339(line)?;
    let form = time.zone == ZoneForm::Z && time.fraction == 3;
    form.then_some(Line { body: Cow::Borrowed(rest), ..Line::default() })
}

/// The same of most lines: all but those that end behind the time.
fn fast(text: &[u8]) -> Option<FastRecord> {
    const BODY: usize = 25;
    let known = begins_as(text, &MILLISECONDS_Z) && text.get(BODY - 1) == Some(&b' ');
    known.then(|| of_lambda(text, BODY, 0..0))
}
