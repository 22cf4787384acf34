//! `rfc3339-prefix`: a time and the text: `docker logs -t`, `kubectl logs --timestamps`,
//! `az webapp log tail`.

use crate::body::time;
use crate::format::{Brackets, Format, Line, LineShape, Shape};
use std::borrow::Cow;

pub(in crate::format) static FORMAT: Format = Format {
    name: "rfc3339-prefix",
    family: "docker",
    example: "2022-04-14T05:20:00.000402117Z 1600776870140+0000|PRE_INVOKED",
    id: "none",
    source: "none",
    brackets: Brackets::Never,
    samples: &["docker-logs-timestamps.txt", "az-webapp-log-tail.txt", "docker-logs-details.txt"],
    shape: Shape::Lines(LineShape::new(open)),
};

fn open(line: &[u8]) -> Option<Line<'_>> {
    // Some versions of `az` say so of everything on standard error.
    let line = line.strip_prefix(b"WARNING: ").unwrap_or(line);
    let (_, body) = time::rfc3339(line)?;
    Some(Line { body: Cow::Borrowed(body), ..Line::default() })
}
