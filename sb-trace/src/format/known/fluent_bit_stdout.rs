//! `fluent-bit-stdout`: what Fluent Bit's stdout output prints: number, tag, time, and a map with
//! `=>` between keys and values.

use crate::body::FastRecord;
use crate::format::{Brackets, Format, Line, LineShape, Shape};
use memchr::memmem::Finder;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

/// What ends a tag, the time, and the time with what version 2 puts beside it.
static TAG: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(": ["));
static TIME: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(", {"));
static METADATA: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("], {"));

pub(in crate::format) static FORMAT: Format = Format {
    name: "fluent-bit-stdout",
    family: "fluent",
    example: r#"[0] kube.orders: [1650000000.000117402, {"log"=>"1600776870140+0000|PRE_INVOKED", "kubernetes"=>{"pod_name"=>"orders-x2x7k"}}]"#,
    id: "an id among the fields",
    source: "kubernetes.pod_name",
    brackets: Brackets::Never,
    samples: &["fluent-bit-stdout.txt", "fluent-bit-stdout-v2.txt"],
    shape: Shape::Lines(LineShape { sure: true, fast: Some(fast), ..LineShape::new(open) }),
};

fn open(line: &[u8]) -> Option<Line<'_>> {
    let rest = line.strip_prefix(b"[")?;
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let rest = rest.get(digits..)?.strip_prefix(b"] ").filter(|_| digits > 0)?;
    // A tag may hold colons.
    let start = TAG.find(rest)? + 3;
    let value = rest.get(start..)?.trim_ascii_end().strip_suffix(b"]")?;
    let map = match value.strip_prefix(b"[") {
        // Version 2: [[time, {metadata}], {record}]
        Some(value) => value.get(METADATA.find(value)? + 3..)?,
        None => value.get(TIME.find(value)? + 2..)?,
    };
    let time = value.strip_prefix(b"[").unwrap_or(value);
    let known = time.first().is_some_and(u8::is_ascii_digit) && map.last() == Some(&b'}');
    known.then(|| Line { body: Cow::Owned(json(map)), ..Line::default() })
}

/// The map as JSON. In strings, `\xHH` stands for a byte.
fn json(map: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(map.len());
    let mut quoted = false;
    let mut rest = map;
    loop {
        // What stands between has no meaning of its own.
        let next = if quoted {
            memchr::memchr2(b'"', b'\\', rest)
        } else {
            memchr::memchr2(b'"', b'=', rest)
        };
        let Some((plain, special)) = next.and_then(|next| rest.split_at_checked(next)) else {
            out.extend_from_slice(rest);
            return out;
        };
        out.extend_from_slice(plain);
        let taken = match (quoted, special) {
            (false, [b'=', b'>', ..]) => {
                out.push(b':');
                2
            }
            (true, [b'\\', b'x', high, low, ..]) => {
                out.extend_from_slice(&[b'\\', b'u', b'0', b'0', *high, *low]);
                4
            }
            (true, [b'\\', escaped, ..]) => {
                out.extend_from_slice(&[b'\\', *escaped]);
                2
            }
            (_, [byte, ..]) => {
                quoted ^= *byte == b'"';
                out.push(*byte);
                1
            }
            (_, []) => 0,
        };
        rest = special.get(taken..).unwrap_or_default();
    }
}

/// A line whose map holds strings and maps of strings only, of which `log` is the text and
/// `kubernetes` names the pod, and nothing else could be either.
fn fast(text: &[u8]) -> Option<FastRecord> {
    let end = memchr::memchr(b'\n', text)?;
    let line = text.get(..end)?;
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    // Without an early end, so that many bytes are looked at at a time.
    if !line.iter().fold(true, |fits, b| fits & (b' '..=b'~').contains(b)) {
        return None;
    }
    let mut map = Map { line, at: 0 };
    map.skip(b"[")?;
    map.digits()?;
    map.skip(b"] ")?;
    map.at += TAG.find(line.get(map.at..)?)?;
    map.skip(b": [")?;
    let with_metadata = map.skip(b"[").is_some();
    map.digits()?;
    map.skip(b".")?;
    map.digits()?;
    map.skip(if with_metadata { b", {}], {" } else { b", {" })?;
    let (mut log, mut pod) = (None, None);
    loop {
        match map.key()? {
            b"log" if log.is_none() => log = Some(map.text()?),
            b"kubernetes" if pod.is_none() => pod = Some(map.pod()?),
            b"time" | b"stream" | b"logtag" | b"_p" => {
                map.string()?;
            }
            _ => return None,
        }
        if !map.goes_on()? {
            break;
        }
    }
    map.skip(b"]")?;
    let log = log.filter(|_| map.at == line.len())?;
    let (source, next) = (pod.unwrap_or_default(), end + 1);
    Some(FastRecord {
        source,
        body: log.start,
        end: Some((log.end, next)),
        ..FastRecord::default()
    })
}

/// A place in the map of a line of visible characters.
struct Map<'a> {
    line: &'a [u8],
    at: usize,
}

impl<'a> Map<'a> {
    fn rest(&self) -> &'a [u8] {
        self.line.get(self.at..).unwrap_or_default()
    }

    /// Goes on behind a text that must stand here.
    fn skip(&mut self, text: &[u8]) -> Option<()> {
        self.at += self.rest().starts_with(text).then_some(text.len())?;
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let count = self.rest().iter().take_while(|b| b.is_ascii_digit()).count();
        self.at += count;
        (count > 0).then_some(())
    }

    /// A string without any escape, and where it stands.
    fn string(&mut self) -> Option<Range<usize>> {
        let range = self.within_string()?;
        self.skip(b"\"")?;
        Some(range)
    }

    /// The same of a string at the end of which there may be a line end.
    fn text(&mut self) -> Option<Range<usize>> {
        let range = self.within_string()?;
        let _ = self.skip(b"\\n");
        self.skip(b"\"")?;
        Some(range)
    }

    /// Goes to the end of a string or to the first escape in it.
    fn within_string(&mut self) -> Option<Range<usize>> {
        self.skip(b"\"")?;
        let length = memchr::memchr2(b'"', b'\\', self.rest())?;
        let range = self.at..self.at + length;
        self.at = range.end;
        Some(range)
    }

    fn key(&mut self) -> Option<&'a [u8]> {
        let range = self.string()?;
        self.skip(b"=>")?;
        self.line.get(range)
    }

    /// Whether another entry follows; else the map is over.
    fn goes_on(&mut self) -> Option<bool> {
        if self.skip(b", ").is_some() {
            return Some(true);
        }
        self.skip(b"}").map(|()| false)
    }

    /// Goes over a map of strings and of maps of strings; gives the name of the pod in it.
    fn pod(&mut self) -> Option<Range<usize>> {
        self.skip(b"{")?;
        let mut name = None;
        loop {
            match self.key()? {
                b"pod_name" if name.is_none() => name = Some(self.string()?),
                // Those may name the pod too.
                b"pod_name" | b"pod" | b"pod.name" => return None,
                _ if self.rest().starts_with(b"{") => self.strings()?,
                _ => {
                    self.string()?;
                }
            }
            if !self.goes_on()? {
                return Some(name.unwrap_or_default());
            }
        }
    }

    /// Goes over a map of strings.
    fn strings(&mut self) -> Option<()> {
        self.skip(b"{")?;
        loop {
            self.key()?;
            self.string()?;
            if !self.goes_on()? {
                return Some(());
            }
        }
    }
}
