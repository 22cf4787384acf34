//! `journald-short`: `journalctl -o short-iso`, `short-iso-precise` and `short-unix`.

use super::syslog::tagged;
use crate::body::time::{self, ZoneForm};
use crate::format::{Brackets, Continuation, Format, Line, LineShape, Shape};

pub(in crate::format) static FORMAT: Format = Format {
    name: "journald-short",
    family: "journald",
    example: "2022-04-14T07:20:00+0200 edge-7 orders[901]: 1600776870140+0000|PRE_INVOKED",
    id: "none",
    source: "HOST/IDENTIFIER[PID]",
    brackets: Brackets::Never,
    samples: &[
        "journald-short-iso.txt",
        "journald-short-iso-precise.txt",
        "journald-short-unix.txt",
    ],
    shape: Shape::Lines(LineShape { continuation: Continuation::All, ..LineShape::new(open) }),
};

fn open(line: &[u8]) -> Option<Line<'_>> {
    let length = match time::read(line) {
        // With a colon and a fraction it is a file of rsyslog.
        Some(time) => match (time.zone, time.fraction) {
            (ZoneForm::Digits, _) | (ZoneForm::Colon, 0) if !time.blank => time.length,
            _ => return None,
        },
        None => unix(line)?,
    };
    tagged(line.get(length..)?.strip_prefix(b" ")?)
}

/// `1650000000.000402`
fn unix(line: &[u8]) -> Option<usize> {
    let digits = |text: &[u8]| text.iter().take_while(|b| b.is_ascii_digit()).count();
    let whole = digits(line);
    let rest = line.get(whole..)?.strip_prefix(b".")?;
    (whole == 10 && digits(rest) == 6).then_some(17)
}
