//! `cri`: log files of containerd and CRI-O: time, stream, tag, text. A long line comes in parts.

use crate::body::cri;
use crate::format::{Brackets, Format, Line, LineShape, Shape};
use std::borrow::Cow;

pub(in crate::format) static FORMAT: Format = Format {
    name: "cri",
    family: "kubernetes",
    example: "2022-04-14T05:20:00.000402117Z stdout F 1600776870140+0000|PRE_INVOKED",
    id: "none",
    source: "none: pod and container are in the file's path",
    brackets: Brackets::Never,
    samples: &["cri-containerd.log", "cri-o.log", "cri-parts.log"],
    shape: Shape::Lines(LineShape {
        sure: true,
        in_parts: &["stdout P", "stderr P"],
        ..LineShape::new(open)
    }),
};

fn open(line: &[u8]) -> Option<Line<'_>> {
    let (stream, more, body) = cri::parts(line)?;
    let part = Some((Cow::Borrowed(stream.as_bytes()), more));
    Some(Line { body: Cow::Borrowed(body), part, ..Line::default() })
}
