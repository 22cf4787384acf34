//! Reads the blocks of carriers whose records are lines.
//!
//! Only lines with a `|`, or with one of Lambda's own words where those matter, can hold anything:
//! the search goes from one to the next and takes only those lines apart.

use super::parts::Parts;
use super::pattern::{Otherwise, Pattern};
use super::{Brackets, Further, Line, Lines};
use crate::event::{OpenPart, Record, Sink};
use crate::payload::ansi;
use crate::read::{AtLineEnds, Cut};
use regex::bytes::Regex;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

/// A record longer than this is not looked for in further lines.
const LONGEST_RECORD: usize = 1 << 20;

/// What takes a line apart.
#[derive(Clone, Copy)]
pub(super) struct Opener<'o> {
    form: Form<'o>,
    further: Further,
    in_parts: bool,
    signals: bool,
    /// Whether another line is an error.
    only: bool,
}

#[derive(Clone, Copy)]
enum Form<'o> {
    Known(for<'a> fn(&'a [u8]) -> Option<Line<'a>>),
    Pattern(&'o Pattern),
}

impl<'o> Opener<'o> {
    pub(super) fn of(lines: &Lines, brackets: Brackets) -> Self {
        Self {
            form: Form::Known(lines.open),
            further: lines.further,
            in_parts: lines.in_parts,
            signals: brackets != Brackets::Never,
            only: false,
        }
    }

    pub(super) fn of_pattern(pattern: &'o Pattern) -> Self {
        let further = match pattern.otherwise {
            Otherwise::Continue => Further::All,
            Otherwise::Plain | Otherwise::Error => Further::Nothing,
        };
        let only = pattern.otherwise == Otherwise::Error;
        let in_parts = pattern.in_parts();
        Self { form: Form::Pattern(pattern), further, in_parts, signals: true, only }
    }

    fn open<'a>(&self, line: &'a [u8]) -> Option<Line<'a>> {
        match self.form {
            Form::Known(open) => open(line),
            Form::Pattern(pattern) => pattern.open(line),
        }
    }

    fn opens(&self, line: &[u8]) -> bool {
        self.open(&ansi::strip(bare(line))).is_some()
    }
}

/// Where to cut a carrier of lines: before a line that begins a record.
pub(super) fn cutter(lines: &'static Lines) -> Box<dyn Cut> {
    match lines.further {
        Further::Nothing => Box::new(AtLineEnds::default()),
        _ => Box::new(AtRecords { open: lines.open }),
    }
}

struct AtRecords {
    open: for<'a> fn(&'a [u8]) -> Option<Line<'a>>,
}

impl Cut for AtRecords {
    fn cut(&mut self, text: &[u8], ended: bool) -> Option<usize> {
        if ended {
            return Some(text.len());
        }
        let mut end = memchr::memrchr(b'\n', text)?;
        // The last whole line may go on: cut before one that begins a record.
        loop {
            let start = memchr::memrchr(b'\n', text.get(..end)?)? + 1;
            let line = text.get(start..end)?;
            if (self.open)(&ansi::strip(bare(line))).is_some() {
                return Some(start);
            }
            end = start - 1;
        }
    }
}

/// Without the carriage return that Windows puts before the line end.
pub(super) fn bare(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// What a line must hold to be looked at, where Lambda's own words matter.
static BARS_AND_SIGNALS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"\||RequestId: |INIT_START |"platform\.|\\"platform\."#).ok());

/// The next place that makes its line worth looking at.
fn next_hit(text: &[u8], from: usize, signals: Option<&Regex>) -> Option<usize> {
    match signals {
        Some(signals) => signals.find_at(text, from).map(|hit| hit.start()),
        None => memchr::memchr(b'|', text.get(from..)?).map(|at| from + at),
    }
}

/// Reads a block.
pub(super) fn read(sink: &mut Sink<'_>, opener: Opener<'_>, carry: Vec<OpenPart>) -> Vec<OpenPart> {
    if opener.only {
        check_all(sink, opener);
    }
    if opener.in_parts {
        return read_parts(sink, opener, carry);
    }
    let text = sink.block();
    let signals = BARS_AND_SIGNALS.as_ref().filter(|_| opener.signals);
    let mut from = 0;
    let mut header = None;
    while let Some(hit) = next_hit(text, from, signals) {
        let line = line_around(text, hit, from);
        from = match opener.further {
            Further::Nothing => single(sink, opener, line),
            Further::One | Further::All => record(sink, opener, line, from),
            Further::Each(text) => below(sink, opener, line, from, &mut header, text),
        };
    }
    Vec::new()
}

/// Looks for the first line that has not the form.
fn check_all(sink: &mut Sink<'_>, opener: Opener<'_>) {
    let text = sink.block();
    let mut start = 0;
    while start < text.len() {
        let end = line_end(text, start);
        let line = &text[start..end];
        if !line.trim_ascii().is_empty() && !opener.opens(line) {
            sink.unmatched(start);
            return;
        }
        start = end + 1;
    }
}

/// The line that holds `at`, without its end, not reaching back before `floor`.
fn line_around(text: &[u8], at: usize, floor: usize) -> Range<usize> {
    let start = memchr::memrchr(b'\n', &text[floor..at]).map_or(floor, |end| floor + end + 1);
    start..line_end(text, at)
}

fn line_end(text: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |end| at + end)
}

/// Takes a line that is a record of its own; returns where the next search begins.
fn single(sink: &mut Sink<'_>, opener: Opener<'_>, line: Range<usize>) -> usize {
    let next = (line.end + 1).min(sink.block().len());
    if !emit(sink, opener, line.clone(), line.end) {
        sink.stray(line);
    }
    next
}

/// Takes the record that holds a line; returns where the next search begins.
fn record(sink: &mut Sink<'_>, opener: Opener<'_>, hit: Range<usize>, floor: usize) -> usize {
    let text = sink.block();
    let one = matches!(opener.further, Further::One);
    // Back to the line that begins the record.
    let mut line = hit.clone();
    let mut steps = 0;
    while !opener.opens(&text[line.clone()]) {
        let reached = line.start <= floor || hit.start - line.start > LONGEST_RECORD;
        if reached || (one && steps == 1) {
            sink.stray(hit.clone());
            return (hit.end + 1).min(text.len());
        }
        line = line_around(text, line.start - 1, floor);
        steps += 1;
    }
    let mut end = hit.end;
    if one {
        let first = ansi::strip(bare(&text[line.clone()]));
        let says_something =
            opener.open(&first).is_some_and(|line| !line.body.trim_ascii().is_empty());
        if says_something && steps == 1 {
            sink.stray(hit.clone());
            return (hit.end + 1).min(text.len());
        }
    } else {
        while end + 1 < text.len() && end - line.start < LONGEST_RECORD {
            let next = end + 1..line_end(text, end + 1);
            if opener.opens(&text[next.clone()]) {
                break;
            }
            end = next.end;
        }
    }
    emit(sink, opener, line, end);
    (end + 1).min(text.len())
}

/// Takes a line that is a record of its own, with the id of the header above it.
fn below(
    sink: &mut Sink<'_>,
    opener: Opener<'_>,
    hit: Range<usize>,
    floor: usize,
    header: &mut Option<Range<usize>>,
    text_of: for<'a> fn(&'a [u8]) -> Cow<'a, [u8]>,
) -> usize {
    let text = sink.block();
    let mut line = hit.clone();
    loop {
        if opener.opens(&text[line.clone()]) {
            *header = Some(line);
            break;
        }
        if line.start <= floor {
            break;
        }
        line = line_around(text, line.start - 1, floor);
    }
    let above = header.clone().map(|header| ansi::strip(bare(&text[header])));
    let above = above.as_ref().and_then(|above| opener.open(above)).unwrap_or_default();
    let own = ansi::strip(bare(&text[hit.clone()]));
    sink.record(&Record {
        raw: hit.clone(),
        body: &text_of(&own),
        id: above.id.clone(),
        source: &above.source,
        unique: "",
    });
    (hit.end + 1).min(text.len())
}

/// Hands on the record that begins with `line` and ends at `end`.
fn emit(sink: &mut Sink<'_>, opener: Opener<'_>, line: Range<usize>, end: usize) -> bool {
    let text = sink.block();
    let whole = &text[line.start..end];
    let whole = if end > line.end { Cow::Borrowed(whole) } else { Cow::Borrowed(bare(whole)) };
    let whole = match whole {
        Cow::Borrowed(whole) => ansi::strip(whole),
        owned @ Cow::Owned(_) => owned,
    };
    let first = bare(&whole[..line_end(&whole, 0)]);
    let Some(opened) = opener.open(first) else {
        return false;
    };
    let body = match &opened.body {
        // What was left out at the end of the line was left out on purpose.
        Cow::Borrowed(body) if end == line.end => body,
        Cow::Borrowed(body) => {
            let offset = (body.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
            whole.get(offset..).unwrap_or(body)
        }
        Cow::Owned(body) => body.as_slice(),
    };
    sink.record(&Record {
        raw: line.start..end,
        body,
        id: opened.id.clone(),
        source: &opened.source,
        unique: &opened.unique,
    });
    true
}

/// Carriers whose records come in parts: every line must be looked at.
fn read_parts(sink: &mut Sink<'_>, opener: Opener<'_>, carry: Vec<OpenPart>) -> Vec<OpenPart> {
    let text = sink.block();
    let mut parts = Parts::new(carry);
    let mut start = 0;
    while start < text.len() {
        let end = line_end(text, start);
        let range = start..end;
        let line = ansi::strip(bare(&text[range.clone()]));
        let opened = opener.open(&line);
        match &opened {
            Some(Line { part: Some((key, more)), body, source, unique, .. })
                if *more || parts.is_open(key) =>
            {
                let offset = (body.as_ptr() as usize).checked_sub(text.as_ptr() as usize);
                let at = offset.filter(|&at| range.contains(&at)).unwrap_or(start);
                parts.add(sink, key, (source, unique), body, at, *more);
            }
            _ if memchr::memchr(b'|', &text[range.clone()]).is_none() => {}
            Some(opened) => sink.record(&Record {
                raw: range.clone(),
                body: &opened.body,
                id: opened.id.clone(),
                source: &opened.source,
                unique: "",
            }),
            None => sink.stray(range.clone()),
        }
        start = end + 1;
    }
    parts.rest()
}
