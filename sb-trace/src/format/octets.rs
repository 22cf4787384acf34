//! RFC 6587 octet counting: `123 <14>1 ...` without line ends between the frames, so that the
//! length of the next message sticks to the text before it.

use super::Line;
use crate::body::ansi;
use crate::event::{Record, RecordParser};
use crate::read::{Cut, RecordRange, RecordRanges};

/// The message that `text` begins with: where it begins and ends.
fn frame(text: &[u8]) -> Option<(usize, usize)> {
    let digits = text.iter().take(7).take_while(|b| b.is_ascii_digit()).count();
    let length: usize = std::str::from_utf8(text.get(..digits)?).ok()?.parse().ok()?;
    let start = digits + 1;
    let priority = text.get(digits..digits + 2)? == b" <";
    priority.then_some((start, start + length))
}

/// Whether a text is a sequence of frames. The last may be cut off.
pub(super) fn claims(head: &[u8]) -> bool {
    let mut rest = head;
    let mut frames = 0;
    while let Some((_, end)) = frame(rest) {
        frames += 1;
        rest = rest.get(end..).unwrap_or_default();
        rest = rest.strip_prefix(b"\n").unwrap_or(rest);
    }
    // What is left over begins no frame: then the lengths do not fit.
    frames > 0 && rest.len() < 10
}

/// Finds the frames and cuts behind the last whole one.
#[derive(Debug, Default)]
pub(super) struct AtOctetCounts {
    found: Option<RecordRanges>,
}

impl Cut for AtOctetCounts {
    fn cut(&mut self, text: &[u8], ended: bool) -> Option<usize> {
        let mut units = RecordRanges::default();
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let whole = frame(rest).filter(|(_, end)| *end <= rest.len());
            let (range, stray) = match whole {
                Some((start, end)) => (at + start..at + end, false),
                None if !ended && rest.len() < (1 << 20) => break,
                // The lengths do not fit any more: go on at the next line.
                None => {
                    let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
                    (at..at + end, true)
                }
            };
            at = range.end + usize::from(text.get(range.end) == Some(&b'\n'));
            units.all.push(RecordRange { range, stray });
        }
        if units.all.is_empty() && !ended {
            return None;
        }
        self.found = Some(units);
        Some(if ended { text.len() } else { at })
    }

    fn units(&mut self) -> Option<RecordRanges> {
        self.found.take()
    }
}

/// Reads a block.
pub(super) fn read(
    parser: &mut RecordParser<'_>,
    units: Option<&RecordRanges>,
    open: for<'a> fn(&'a [u8]) -> Option<Line<'a>>,
) {
    for unit in units.map(|units| units.all.as_slice()).unwrap_or_default() {
        let text = parser.block().get(unit.range.clone()).unwrap_or_default();
        if memchr::memchr(b'|', text).is_none() {
            continue;
        }
        let text = ansi::strip(text);
        match open(&text).filter(|_| !unit.stray) {
            Some(line) => parser.record(&Record {
                raw: unit.range.clone(),
                line: false,
                body: &line.body,
                id: line.id.clone(),
                source: &line.source,
                unique: "",
            }),
            None => parser.stray(unit.range.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_told_from_text() {
        assert!(claims(b"5 <14>x5 <14>y"));
        assert!(claims(b"5 <14>x\n5 <14>y\n"));
        assert!(claims(b"5 <14>x500 <14>cut off"));
        assert!(!claims(b"5 <14>x and more that is no frame"));
        assert!(!claims(b"1600776870140 <1"));
        assert!(!claims(b""));
    }

    #[test]
    fn cuts_are_made_between_frames() {
        let text = b"5 <14>x5 <14>y5 <14>z";
        for size in 1..text.len() {
            let mut frames = AtOctetCounts::default();
            let (mut start, mut got) = (0, Vec::new());
            for end in (size..text.len()).step_by(size).chain([text.len()]) {
                if let Some(at) = frames.cut(&text[start..end], end == text.len()) {
                    let units = frames.units().unwrap();
                    got.extend(units.all.iter().map(|u| text[start..][u.range.clone()].to_vec()));
                    start += at;
                }
            }
            assert_eq!(got, [b"<14>x", b"<14>y", b"<14>z"], "in pieces of {size}");
        }
    }
}
