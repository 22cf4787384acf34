//! Reads the blocks of formats whose records are lines.
//!
//! Only lines with a `|`, or with one of Lambda's own words where those matter, can hold anything:
//! the search goes from one to the next and takes only those lines apart.

use super::continuation::Below;
use super::parts::Parts;
use super::prefilter::Hits;
use super::{Brackets, Continuation, Line, LineShape};
use crate::body::{ansi, lambda};
use crate::event::{FastLines, OpenPart, Record, RecordParser};
use crate::options::{Otherwise, Pattern};
use crate::read::{AtLineEnds, Cut};
use std::borrow::Cow;
use std::ops::Range;

/// A record longer than this is not looked for in further lines.
const LONGEST_RECORD: usize = 1 << 20;

/// What takes a line apart.
#[derive(Clone, Copy)]
pub(super) struct Opener<'o> {
    form: LineForm<'o>,
    continuation: Continuation,
    in_parts: InParts,
    signals: bool,
    /// Whether another line is an error.
    only: bool,
    pub(super) fast: Option<FastLines<'static>>,
}

/// Whether a record may come in parts.
#[derive(Clone, Copy)]
enum InParts {
    Never,
    /// Where one of these words stands.
    With(&'static [&'static str]),
    /// The user's pattern says so.
    Always,
}

impl InParts {
    /// Whether there may be parts in a text.
    fn are_in(self, text: &[u8]) -> bool {
        match self {
            Self::Never => false,
            Self::With(words) => {
                words.iter().any(|word| memchr::memmem::find(text, word.as_bytes()).is_some())
            }
            Self::Always => true,
        }
    }
}

#[derive(Clone, Copy)]
enum LineForm<'o> {
    Known(for<'a> fn(&'a [u8]) -> Option<Line<'a>>),
    Pattern(&'o Pattern),
}

impl<'o> Opener<'o> {
    pub(super) fn of(lines: &LineShape, brackets: Brackets) -> Self {
        Self {
            form: LineForm::Known(lines.open),
            continuation: lines.continuation,
            in_parts: match lines.in_parts {
                [] => InParts::Never,
                words => InParts::With(words),
            },
            signals: brackets != Brackets::Never,
            only: false,
            fast: lines.fast.map(|form| FastLines {
                form,
                goes_on: matches!(lines.continuation, Continuation::All),
                node: lines.node,
                signals: brackets != Brackets::Never,
                above: ("", ""),
            }),
        }
    }

    pub(super) fn of_pattern(pattern: &'o Pattern) -> Self {
        let continuation = match pattern.otherwise {
            Otherwise::Continue => Continuation::All,
            Otherwise::Plain | Otherwise::Error => Continuation::Nothing,
        };
        let only = pattern.otherwise == Otherwise::Error;
        let in_parts = if pattern.in_parts() { InParts::Always } else { InParts::Never };
        Self {
            form: LineForm::Pattern(pattern),
            continuation,
            in_parts,
            signals: true,
            only,
            fast: None,
        }
    }

    pub(super) fn open<'a>(&self, line: &'a [u8]) -> Option<Line<'a>> {
        match self.form {
            LineForm::Known(open) => open(line),
            LineForm::Pattern(pattern) => pattern.open(line),
        }
    }

    fn opens(&self, line: &[u8]) -> bool {
        self.open(&ansi::strip(bare(line))).is_some()
    }
}

/// Where to cut a format of lines: before a line that begins a record.
pub(super) fn cutter(lines: &'static LineShape) -> Box<dyn Cut> {
    match lines.continuation {
        Continuation::Nothing => Box::new(AtLineEnds::default()),
        _ => Box::new(AtRecords { opens: |line: &[u8]| (lines.open)(line).is_some() }),
    }
}

/// The same for the user's pattern.
pub(super) fn cutter_of_pattern(pattern: &Pattern) -> Box<dyn Cut> {
    match pattern.otherwise {
        Otherwise::Continue => {
            let pattern = pattern.clone();
            Box::new(AtRecords { opens: move |line: &[u8]| pattern.open(line).is_some() })
        }
        Otherwise::Plain | Otherwise::Error => Box::new(AtLineEnds::default()),
    }
}

struct AtRecords<F> {
    opens: F,
}

impl<F: Fn(&[u8]) -> bool + Send> Cut for AtRecords<F> {
    fn cut(&mut self, text: &[u8], ended: bool) -> Option<usize> {
        if ended {
            return Some(text.len());
        }
        let mut end = memchr::memrchr(b'\n', text)?;
        // The last whole line may go on: cut before one that begins a record.
        loop {
            let start = memchr::memrchr(b'\n', text.get(..end)?)? + 1;
            let line = text.get(start..end)?;
            if (self.opens)(&ansi::strip(bare(line))) {
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

/// Reads a block.
pub(super) fn read(
    parser: &mut RecordParser<'_>,
    opener: Opener<'_>,
    carry: Vec<OpenPart>,
) -> Vec<OpenPart> {
    if opener.only {
        check_all(parser, opener);
    }
    let text = parser.block();
    if !carry.is_empty() || opener.in_parts.are_in(text) {
        return read_parts(parser, opener, carry);
    }
    let mut hits = Hits::new(text, opener.signals, parser.is_coloured());
    let mut records = LineRecords { text, opener, coloured: hits.coloured, next: None };
    let mut below = Below::new(text, opener, hits.coloured);
    let mut from = 0;
    while let Some(hit) = hits.next(from) {
        let line = line_around(text, hit, from);
        from = match opener.continuation {
            Continuation::Each(text_of) => below.take(parser, line, from, text_of),
            continuation => match fast(parser, opener, &line, from) {
                Some(end) => end,
                None if matches!(continuation, Continuation::Nothing) => {
                    records.single(parser, line)
                }
                None => records.record(parser, line, from),
            },
        };
    }
    Vec::new()
}

/// Takes the record of a line that holds something, and those that follow, if their form is the
/// usual one; returns where the next search begins.
fn fast(
    parser: &mut RecordParser<'_>,
    opener: Opener<'_>,
    line: &Range<usize>,
    floor: usize,
) -> Option<usize> {
    let fast = opener.fast?;
    let start = match opener.continuation {
        Continuation::One if line.start <= floor => return None,
        Continuation::One => line_around(parser.block(), line.start - 1, floor).start,
        _ => line.start,
    };
    Some(parser.fast(start, fast)).filter(|&end| end > line.start)
}

/// Looks for the first line that has not the form.
fn check_all(parser: &mut RecordParser<'_>, opener: Opener<'_>) {
    let text = parser.block();
    let mut start = 0;
    while start < text.len() {
        let end = line_end(text, start);
        let line = &text[start..end];
        if !line.trim_ascii().is_empty() && !opener.opens(line) {
            parser.unmatched(start);
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

/// Hands on records of one line or more.
struct LineRecords<'b, 'o> {
    text: &'b [u8],
    opener: Opener<'o>,
    /// Whether there are colours, without which a line is taken apart where it stands.
    coloured: bool,
    /// The record that follows the last one, if that is known: where it begins, and its line.
    next: Option<(usize, Line<'b>)>,
}

impl<'b> LineRecords<'b, '_> {
    /// Takes a line that is a record of its own; returns where the next search begins.
    fn single(&mut self, parser: &mut RecordParser<'_>, line: Range<usize>) -> usize {
        let next = (line.end + 1).min(self.text.len());
        let known = if self.coloured {
            emit_coloured(parser, self.opener, line.clone(), line.end)
        } else {
            let opened = self.opener.open(bare(&self.text[line.clone()]));
            opened.as_ref().inspect(|opened| self.emit(parser, opened, &line, line.end)).is_some()
        };
        if !known {
            parser.stray(line);
        }
        next
    }

    /// The line taken apart, if it begins a record. Of a coloured one it is only said that it does.
    fn opened(&self, line: &Range<usize>) -> Option<Line<'b>> {
        let text = &self.text[line.clone()];
        if self.coloured {
            self.opener.opens(text).then(Line::default)
        } else {
            self.opener.open(bare(text))
        }
    }

    /// Takes the record that holds a line; returns where the next search begins.
    fn record(&mut self, parser: &mut RecordParser<'_>, hit: Range<usize>, floor: usize) -> usize {
        let text = self.text;
        let one = matches!(self.opener.continuation, Continuation::One);
        let known = self.next.take().filter(|(start, _)| *start == hit.start);
        // Back to the line that begins the record.
        let mut line = hit.clone();
        let mut steps = 0;
        let mut opened = known.map(|(_, line)| line).or_else(|| self.opened(&line));
        while opened.is_none() {
            let reached = line.start <= floor || hit.start - line.start > LONGEST_RECORD;
            if reached || (one && steps == 1) {
                parser.stray(hit.clone());
                return (hit.end + 1).min(text.len());
            }
            line = line_around(text, line.start - 1, floor);
            steps += 1;
            opened = self.opened(&line);
        }
        let mut end = hit.end;
        if one {
            let first = ansi::strip(bare(&text[line.clone()]));
            let says_something =
                self.opener.open(&first).is_some_and(|line| !line.body.trim_ascii().is_empty());
            if says_something && steps == 1 {
                parser.stray(hit.clone());
                return (hit.end + 1).min(text.len());
            }
        } else {
            while end + 1 < text.len() && end - line.start < LONGEST_RECORD {
                let next = end + 1..line_end(text, end + 1);
                if let Some(opened) = self.opened(&next) {
                    self.next = (!self.coloured).then_some((next.start, opened));
                    break;
                }
                end = next.end;
            }
        }
        match opened.filter(|_| !self.coloured) {
            Some(opened) => self.emit(parser, &opened, &line, end),
            None => {
                emit_coloured(parser, self.opener, line, end);
            }
        }
        (end + 1).min(text.len())
    }

    /// Hands on the record that begins with a line and ends at `end`.
    fn emit(
        &self,
        parser: &mut RecordParser<'_>,
        opened: &Line<'_>,
        line: &Range<usize>,
        end: usize,
    ) {
        let body = match &opened.body {
            // What was left out at the end of the line was left out on purpose.
            Cow::Borrowed(body) if end == line.end => body,
            Cow::Borrowed(body) => {
                let offset = (body.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
                self.text.get(offset..end).unwrap_or(body)
            }
            Cow::Owned(body) => body.as_slice(),
        };
        if self.opener.signals
            && let Some(signal) = lambda::signal_alone(body)
        {
            parser.signal_line(line.start, &signal, &opened.source);
            return;
        }
        let (id, unique) = (opened.id.clone(), opened.unique.as_ref());
        let (raw, line) = (line.start..end, end == line.end);
        parser.record(&Record { raw, line, body, id, source: &opened.source, unique });
    }
}

/// Hands on the record that begins with `line` and ends at `end`, without its colours.
fn emit_coloured(
    parser: &mut RecordParser<'_>,
    opener: Opener<'_>,
    line: Range<usize>,
    end: usize,
) -> bool {
    let text = parser.block();
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
    parser.record(&Record {
        raw: line.start..end,
        line: end == line.end,
        body,
        id: opened.id.clone(),
        source: &opened.source,
        unique: &opened.unique,
    });
    true
}

/// Formats whose records come in parts: every line must be looked at.
fn read_parts(
    parser: &mut RecordParser<'_>,
    opener: Opener<'_>,
    carry: Vec<OpenPart>,
) -> Vec<OpenPart> {
    let text = parser.block();
    let mut parts = Parts::new(carry);
    let mut start = 0;
    while start < text.len() {
        let end = line_end(text, start);
        let range = start..end;
        let line = ansi::strip(bare(&text[range.clone()]));
        let opened = opener.open(&line);
        match &opened {
            Some(Line { part: Some((key, more)), body, source, id, unique, .. })
                if *more || parts.is_open(key) =>
            {
                let offset = (body.as_ptr() as usize).checked_sub(text.as_ptr() as usize);
                let at = offset.filter(|&at| range.contains(&at)).unwrap_or(start);
                parts.add(parser, key, (source, &id.text, unique), body, at, *more);
            }
            Some(opened)
                if opener.signals
                    && let Some(signal) = lambda::signal_alone(&opened.body) =>
            {
                parser.signal_line(start, &signal, &opened.source);
            }
            _ if memchr::memchr(b'|', &text[range.clone()]).is_none() => {}
            Some(opened) => parser.record(&Record {
                raw: range.clone(),
                line: true,
                body: &opened.body,
                id: opened.id.clone(),
                source: &opened.source,
                unique: "",
            }),
            None => parser.stray(range.clone()),
        }
        start = end + 1;
    }
    parts.rest()
}
