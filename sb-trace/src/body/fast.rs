//! The commonest forms of a line, taken apart in few instructions. Each takes only what the way for
//! all lines takes alike; tests hold them to that.

use super::lambda::is_request_id;
use super::time::MILLISECONDS_Z;
use crate::digits::begins_as;
use crate::uuid::{self, Uuid};
use std::ops::Range;

/// Where the parts of a record stand. All its bytes but those of the app's own text are ASCII and no
/// NUL is among them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct FastRecord {
    /// The id of the invocation; empty where there is none.
    pub id: Range<usize>,
    /// The same as a UUID, where that was told already.
    pub uuid: Option<Uuid>,
    /// The source; empty where the line names none.
    pub source: Range<usize>,
    /// Where the app's own text begins.
    pub body: usize,
    /// Where that text ends, which is no part of a label, and where the next line begins; where none
    /// is said, the text is the rest of the line.
    pub end: Option<(usize, usize)>,
    /// How many lines of the record stand above that text.
    pub lines_above: u8,
    /// Whether the text may be one of Lambda's own lines.
    pub may_signal: bool,
}

/// What stands from a place on, where a format's own part of the line ends: the text of the app or
/// of Lambda, or the columns of Node.js.
#[inline]
pub(crate) fn of_lambda(text: &[u8], body: usize, source: Range<usize>) -> FastRecord {
    match text.get(body..).and_then(node) {
        Some(columns) => FastRecord {
            id: columns.id.start + body..columns.id.end + body,
            body: columns.body + body,
            source,
            ..columns
        },
        None => FastRecord { source, body, may_signal: true, ..FastRecord::default() },
    }
}

/// Where the id stands in a line of Node.js, and the commonest level.
const ID: usize = 25;
const COMMONEST: &[u8] = b"INFO\t";

/// What follows the time in such a line.
#[inline]
fn behind_time(line: &[u8]) -> Option<&[u8]> {
    let (time, rest) = line.split_at_checked(ID)?;
    (begins_as(time, &MILLISECONDS_Z) && time.last() == Some(&b'\t')).then_some(rest)
}

/// `2022-04-14T05:20:00.000Z TAB id TAB LEVEL TAB text`: Node.js on Lambda.
#[inline]
pub(crate) fn node(text: &[u8]) -> Option<FastRecord> {
    const LONGEST_ID: usize = 64;
    const LONGEST_LEVEL: usize = 11;
    let behind_time = behind_time(text)?;
    // No TAB is part of an id, and mostly it is a UUID.
    let uuid = match behind_time.split_at_checked(uuid::LENGTH) {
        Some((id, [b'\t', ..])) => Uuid::of(id),
        _ => None,
    };
    let length = if uuid.is_some() {
        uuid::LENGTH
    } else {
        let rest = behind_time.get(..=LONGEST_ID).unwrap_or(behind_time);
        let length = memchr::memchr(b'\t', rest)?;
        let id = rest.get(..length)?;
        // Before the first request, the runtime prints the word.
        Some(length).filter(|_| is_request_id(id) && id != b"undefined")?
    };
    let level = ID + length + 1;
    let rest = text.get(level..)?;
    let body = if rest.starts_with(COMMONEST) {
        level + COMMONEST.len()
    } else {
        let length = rest.iter().take(LONGEST_LEVEL + 1).position(|&b| b == b'\t')?;
        let is_level = length >= 3 && rest[..length].iter().all(u8::is_ascii_alphabetic);
        is_level.then_some(level + length + 1)?
    };
    Some(FastRecord { id: ID..level - 1, uuid, body, ..FastRecord::default() })
}

/// The id of such a line, if it may be a UUID, and the text, if the level is the commonest.
#[inline]
pub(crate) fn node_text(line: &[u8]) -> Option<(&[u8; uuid::LENGTH], &[u8])> {
    let (id, rest) = behind_time(line)?.split_first_chunk()?;
    Some((id, rest.strip_prefix(b"\t")?.strip_prefix(COMMONEST)?))
}

#[cfg(test)]
mod tests {
    use super::super::unwrap;
    use super::*;
    use proptest::prelude::*;

    const LINE: &str = "2022-04-14T05:20:00.000Z\tc04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0\tINFO\t1650000000000+0000|A";

    #[test]
    fn the_line_of_node() {
        let fast = node(LINE.as_bytes()).unwrap();
        assert_eq!(&LINE.as_bytes()[fast.id], b"c04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0");
        assert_eq!(&LINE.as_bytes()[fast.body..], b"1650000000000+0000|A");
        for other in [
            LINE.replace("INFO\t", ""),
            LINE.replace("INFO", "I2"),
            LINE.replace("c04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0", "undefined"),
            LINE.replace(".000Z", ".00Z"),
            LINE.replace('\t', " "),
        ] {
            assert_eq!(node(other.as_bytes()), None, "{other}");
        }
    }

    proptest! {
        /// What it takes, the way for all lines takes alike.
        #[test]
        fn takes_lines_as_all_lines_are_taken(
            edits in proptest::collection::vec((0..LINE.len(), any::<u8>()), 0..3),
            id in prop_oneof!["[0-9a-zA-Z_-]{1,70}", "undefined|None|-|", "[ -~]{8,12}"],
            level in prop_oneof!["[A-Za-z]{0,13}", "[ -~]{0,6}"],
        ) {
            let line = LINE.replace("c04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0", &id);
            let mut line = line.replace("INFO", &level).into_bytes();
            for (at, byte) in edits {
                if let Some(place) = line.get_mut(at) {
                    *place = byte;
                }
            }
            let Some(fast) = node(&line) else { return Ok(()) };
            // A statement and nothing else follows.
            let body = &line[fast.body..];
            if body != b"1650000000000+0000|A" {
                return Ok(());
            }
            let layer = unwrap(&line);
            prop_assert_eq!(layer.id.text.as_bytes(), &line[fast.id]);
            prop_assert_eq!(&*layer.body, body);
            prop_assert!(layer.source.is_empty() && layer.signal.is_none());
        }
    }
}
