//! What the runtimes of AWS Lambda put around the app's text, and Lambda's own lines.

use super::id::RecordId;
use super::time;
use super::{Layer, Signal};
use crate::uuid::{self, Uuid};
use memchr::memmem::Finder;
use std::borrow::Cow;
use std::sync::LazyLock;

const TAB: u8 = b'\t';

static INIT_DURATION: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("Init Duration: "));

/// Lambda's own line, or what a runtime's logger wrote around the text.
pub(super) fn peel(text: &[u8]) -> Option<Layer<'_>> {
    match text.first()? {
        b'S' | b'E' | b'R' | b'I' => signal(text),
        b'[' => python(text),
        b'0'..=b'9' => tabbed(text).or_else(|| log4j(text)).or_else(|| peel(behind_epoch(text)?)),
        // What `--query 'events[].message' --output text` puts between messages.
        b'\t' => peel(text.get(1..)?),
        _ => None,
    }
}

/// What stands behind `1650000000000 TAB`: `--query 'events[].[timestamp,message]' --output text`.
pub(super) fn behind_epoch(text: &[u8]) -> Option<&[u8]> {
    const DIGITS: usize = 13;
    let (epoch, rest) = text.split_at_checked(DIGITS)?;
    let rest = rest.strip_prefix(b"\t")?;
    epoch.iter().all(u8::is_ascii_digit).then_some(rest)
}

/// Whether the text is one of Lambda's own lines or has the columns of one of its runtimes.
pub(crate) fn is_lambda(text: &[u8]) -> bool {
    let log4j_only = text.first().is_some_and(u8::is_ascii_digit) && tabbed(text).is_none();
    !log4j_only && peel(text).is_some()
}

/// One of Lambda's own lines, if a text is that and nothing else.
pub(crate) fn signal_alone(text: &[u8]) -> Option<Signal<'_>> {
    match text.first()? {
        b'S' | b'E' | b'R' | b'I' => {}
        _ => return None,
    }
    let layer = signal(text)?;
    if layer.body.trim_ascii().is_empty() { layer.signal } else { None }
}

fn signal(text: &[u8]) -> Option<Layer<'_>> {
    let (line, _) = text.split_at(memchr::memchr2(b'\n', b'\r', text).unwrap_or(text.len()));
    let id = |after: &[u8]| {
        let rest = line.strip_prefix(after)?;
        let is_end = |at: usize| rest.get(at).is_none_or(u8::is_ascii_whitespace);
        let id = |end: usize| rest.get(..end).filter(|id| is_request_id(id));
        // Nearly all are as long as a UUID. No blank is in what is an id.
        let of_uuid = if is_end(uuid::LENGTH) { id(uuid::LENGTH) } else { None };
        let id = of_uuid.or_else(|| id((0..=rest.len()).find(|&at| is_end(at))?))?;
        Some(Cow::Borrowed(std::str::from_utf8(id).ok()?))
    };
    let found = match line.first()? {
        b'S' => Signal::Start { id: id(b"START RequestId: ")?, sequential: true },
        b'E' => Signal::End { id: id(b"END RequestId: ")? },
        b'R' => {
            let id = id(b"REPORT RequestId: ")?;
            Signal::Report { id, cold: INIT_DURATION.find(line).is_some() }
        }
        b'I' if line.starts_with(b"INIT_START Runtime Version: ") => Signal::Init,
        _ => return None,
    };
    // The line itself holds nothing of the app's.
    let body = Cow::Borrowed(text.get(line.len()..).unwrap_or_default());
    Some(Layer { body, signal: Some(found), ..Layer::default() })
}

/// `time TAB id TAB [LEVEL TAB] text`: Node.js and .NET.
fn tabbed(text: &[u8]) -> Option<Layer<'_>> {
    let time = time::read(text)?;
    let rest = text.get(time.length..)?.strip_prefix(b"\t")?;
    let (id, rest) = column(rest)?;
    let body = match column(rest) {
        Some((level, body)) if is_level(level) => body,
        _ => rest,
    };
    layer(id, body)
}

/// `[LEVEL] TAB time TAB id TAB text`: Python's logging.
fn python(text: &[u8]) -> Option<Layer<'_>> {
    let (level, rest) = column(text)?;
    let level = level.strip_prefix(b"[")?.strip_suffix(b"]")?;
    if !is_level(level) {
        return None;
    }
    let (when, rest) = column(rest)?;
    time::read(when)?;
    let (id, body) = column(rest)?;
    layer(id, body)
}

/// `2022-04-14 05:20:00 id LEVEL text`: Log4j2 with the layout that AWS shows. The text is kept
/// whole, because the layout after the id may be any.
fn log4j(text: &[u8]) -> Option<Layer<'_>> {
    let time = time::read(text)?;
    let rest = text.get(time.length..)?.strip_prefix(b" ")?;
    let end = rest.iter().position(|&b| b == b' ')?;
    let id = std::str::from_utf8(rest.get(..end)?).ok()?;
    is_uuid(id).then(|| Layer {
        body: Cow::Borrowed(rest.get(end..).unwrap_or_default()),
        id: RecordId::invocation(id),
        ..Layer::default()
    })
}

fn layer<'a>(id: &'a [u8], body: &'a [u8]) -> Option<Layer<'a>> {
    let id = std::str::from_utf8(id).ok()?;
    let known = matches!(id, "" | "undefined" | "None") || is_request_id(id);
    known.then(|| Layer {
        body: Cow::Borrowed(body),
        id: RecordId::invocation(id),
        ..Layer::default()
    })
}

/// The text up to the next TAB, and what follows it.
fn column(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(TAB, text)?;
    let (column, rest) = text.split_at_checked(end)?;
    Some((column, rest.get(1..)?))
}

/// `INFO`, `warn`, `Information`.
fn is_level(text: &[u8]) -> bool {
    (3..=11).contains(&text.len()) && text.iter().all(u8::is_ascii_alphabetic)
}

/// A request id: mostly a UUID, but emulators print other tokens.
pub(crate) fn is_request_id(text: impl AsRef<[u8]>) -> bool {
    let text = text.as_ref();
    let of_an_id = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    Uuid::of(text).is_some() || (8..=64).contains(&text.len()) && text.iter().all(of_an_id)
}

/// A UUID with its dashes.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == uuid::LENGTH
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "c04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0";

    fn peeled(text: &str) -> Option<(String, String)> {
        let text = text.replace("ID", ID);
        let layer = peel(text.as_bytes())?;
        let body = String::from_utf8(layer.body.into_owned()).unwrap();
        Some((layer.id.text.replace(ID, "ID"), body))
    }

    #[test]
    fn ids_have_letters_digits_and_two_marks() {
        for byte in 0..=u8::MAX {
            let fits = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            for length in [8, uuid::LENGTH, 64] {
                let mut id = vec![b'a'; length];
                id[length - 1] = byte;
                assert_eq!(is_request_id(&id), fits, "{byte} {length}");
            }
        }
        assert!(!is_request_id("a".repeat(7)) && !is_request_id("a".repeat(65)));
    }

    #[test]
    fn lines_of_the_runtimes() {
        let time = "2022-04-14T05:20:00.000Z";
        assert_eq!(
            peeled(&format!("{time}\tID\tINFO\ttext\tmore")),
            Some(("ID".to_owned(), "text\tmore".to_owned()))
        );
        assert_eq!(
            peeled(&format!("{time}\tundefined\tINFO\ttext")),
            Some((String::new(), "text".to_owned()))
        );
        assert_eq!(
            peeled(&format!("{time}\tID\tinfo\ttext")),
            Some(("ID".to_owned(), "text".to_owned()))
        );
        assert_eq!(
            peeled(&format!("{time}\tID\t1600+|A")),
            Some(("ID".to_owned(), "1600+|A".to_owned()))
        );
        assert_eq!(
            peeled("[INFO]\t2022-04-14T05:20:00.5Z\tID\ttext\n\n"),
            Some(("ID".to_owned(), "text\n\n".to_owned()))
        );
        assert_eq!(
            peeled("2022-04-14 05:20:00 ID INFO  H:42 - x"),
            Some(("ID".to_owned(), " INFO  H:42 - x".to_owned()))
        );
        assert_eq!(peeled("2022/04/14 05:20:00 text"), None);
        assert_eq!(peeled("[INFO] text"), None);
        assert_eq!(peeled("1600776870140+0000|A"), None);
    }

    #[test]
    fn lines_of_lambda_itself() {
        let signal = |text: &str| peel(text.as_bytes()).and_then(|l| l.into_owned().signal);
        let id = || Cow::Borrowed(ID);
        assert_eq!(
            signal(&format!("START RequestId: {ID} Version: $LATEST\n")),
            Some(Signal::Start { id: id(), sequential: true })
        );
        assert_eq!(signal(&format!("END RequestId: {ID}")), Some(Signal::End { id: id() }));
        let report = format!("REPORT RequestId: {ID}\tDuration: 1 ms\tInit Duration: 158.90 ms");
        assert_eq!(signal(&report), Some(Signal::Report { id: id(), cold: true }));
        assert_eq!(signal("INIT_START Runtime Version: nodejs:18.v30\t"), Some(Signal::Init));
        assert_eq!(signal("START RequestId: a b"), None);
        assert_eq!(signal("STARTED"), None);
    }
}
