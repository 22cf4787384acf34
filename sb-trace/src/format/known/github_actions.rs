//! `github-actions`: the log of a job; with `gh run view --log`, job and step before the time.

use crate::body::time::{self, ZoneForm};
use crate::format::{Brackets, Format, Line, LineShape, Shape};
use std::borrow::Cow;

pub(in crate::format) static FORMAT: Format = Format {
    name: "github-actions",
    family: "github",
    example: "2022-04-14T05:20:00.0004021Z 1600776870140+0000|PRE_INVOKED",
    id: "none",
    source: "the job, where gh names it",
    brackets: Brackets::Never,
    samples: &[
        "github-actions-job.log",
        "github-actions-gh.txt",
        "github-actions-windows.txt",
        "github-actions-gh-jobs.txt",
    ],
    shape: Shape::Lines(LineShape::new(open)),
};

fn open(line: &[u8]) -> Option<Line<'_>> {
    let mut columns = line.splitn(3, |&b| b == b'\t');
    let (job, line) = match (columns.next(), columns.next(), columns.next()) {
        (Some(job), Some(_step), Some(rest)) if time::read(job).is_none() => {
            (std::str::from_utf8(job).ok()?, rest)
        }
        _ => ("", line),
    };
    // A byte order mark stands at the begin of every job.
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let (time, body) = time::rfc3339(line)?;
    let form = time.zone == ZoneForm::Z && time.fraction == 7;
    form.then(|| Line { body: Cow::Borrowed(body), source: Cow::Borrowed(job), ..Line::default() })
}
