//! `docs/semantics.md` section 1, byte by byte: statements and look-alikes; of sections 2 and 6 the
//! lines.

use std::collections::BTreeSet;

/// What an epoch counts: how many digits it has, and how many nanoseconds one count is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) digits: usize,
    pub(super) ns: i64,
}

/// One statement of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) epoch_ns: i64,
    pub(super) offset_minutes: i16,
    pub(super) label: String,
    pub(super) trace_id: String,
}

/// What a line is: the greatest of what is found in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Statement,
    LookAlike,
    Undecodable,
    Other,
}

/// One line taken apart.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) statements: Vec<Statement>,
    pub(super) look_alikes: u64,
    pub(super) class: Class,
}

/// Splits at `\n` only. A last line without one counts; no bytes are no lines.
pub(super) fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (i, &byte) in bytes.iter().enumerate() {
        if byte == b'\n' {
            lines.push(&bytes[start..i]);
            start = i + 1;
        }
    }
    if start < bytes.len() {
        lines.push(&bytes[start..]);
    }
    lines
}

/// Finds the statements left to right without overlap, then looks at every bar that is left: so
/// what would begin inside the label or id of a statement is a look-alike.
pub(super) fn take_apart(line: &[u8], unit: Unit) -> Line {
    let mut statements = Vec::new();
    let mut bars = BTreeSet::new();
    let mut at = 0;
    while at < line.len() {
        if let Some((statement, bar, end)) = statement_at(line, at, unit) {
            statements.push(statement);
            bars.insert(bar);
            at = end;
        } else {
            at += 1;
        }
    }
    let mut look_alikes = 0;
    for (bar, &byte) in line.iter().enumerate() {
        if byte == b'|' && !bars.contains(&bar) && is_look_alike(line, bar, unit) {
            look_alikes += 1;
        }
    }
    let class = if !statements.is_empty() {
        Class::Statement
    } else if look_alikes > 0 {
        Class::LookAlike
    } else if std::str::from_utf8(line).is_err() {
        Class::Undecodable
    } else {
        Class::Other
    };
    Line { statements, look_alikes, class }
}

/// ASCII only counts as letter: `é` before an epoch does not hide it.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_label_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

fn is_id(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._:/+=-".contains(&byte)
}

/// The byte at a place; 0, which is part of no statement, beyond the end.
fn get(line: &[u8], at: usize) -> u8 {
    line.get(at).copied().unwrap_or(0)
}

fn is_glued(line: &[u8], at: usize) -> bool {
    at > 0 && is_word(line[at - 1])
}

/// The statement that begins exactly here, the place of its bar, and its end.
fn statement_at(line: &[u8], start: usize, unit: Unit) -> Option<(Statement, usize, usize)> {
    if is_glued(line, start) {
        return None;
    }
    let mut at = start;
    let mut epoch: i128 = 0;
    while at < start + unit.digits {
        let digit = get(line, at);
        if !digit.is_ascii_digit() {
            return None;
        }
        epoch = epoch * 10 + i128::from(digit - b'0');
        at += 1;
    }
    // The range of a 64-bit count of nanoseconds: 9223372036854 in ms.
    let epoch_ns = i64::try_from(epoch * i128::from(unit.ns)).ok()?;
    let bar = (at..line.len()).find(|&i| line[i] == b'|')?;
    let offset_minutes = valid_zone(&line[at..bar])?;
    let mut end = label_end(line, bar + 1)?;
    let label = text(&line[bar + 1..end]);
    let mut trace_id = String::new();
    let key = b" trace_id=";
    if line[end..].starts_with(key) {
        let from = end + key.len();
        let mut to = from;
        while to < from + 128 && is_id(get(line, to)) {
            to += 1;
        }
        if to > from {
            trace_id = text(&line[from..to]);
            end = to;
        }
    }
    Some((Statement { epoch_ns, offset_minutes, label, trace_id }, bar, end))
}

/// Minutes east of UTC of `Z`, `+hhmm` or `+hh:mm`.
fn valid_zone(zone: &[u8]) -> Option<i16> {
    if zone == b"Z" {
        return Some(0);
    }
    let digits: Vec<u8> = match zone.len() {
        5 => zone[1..].to_vec(),
        6 if zone[3] == b':' => vec![zone[1], zone[2], zone[4], zone[5]],
        _ => return None,
    };
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let two = |i: usize| i16::from(digits[i] - b'0') * 10 + i16::from(digits[i + 1] - b'0');
    let (hours, minutes) = (two(0), two(2));
    if hours > 14 || minutes > 59 {
        return None;
    }
    match zone[0] {
        b'+' => Some(hours * 60 + minutes),
        b'-' => Some(-(hours * 60 + minutes)),
        _ => None,
    }
}

/// Where the longest label that begins here ends.
fn label_end(line: &[u8], start: usize) -> Option<usize> {
    if !is_label_start(get(line, start)) {
        return None;
    }
    let mut end = start + 1;
    loop {
        if is_word(get(line, end)) {
            end += 1;
        } else if b".:/-".contains(&get(line, end)) && is_word(get(line, end + 1)) {
            end += 2;
        } else {
            return Some(end);
        }
    }
}

/// Whether text that ends in this bar, which belongs to no statement, nearly is a statement.
fn is_look_alike(line: &[u8], bar: usize, unit: Unit) -> bool {
    let digits_before = |end: usize| {
        let mut start = end;
        while start > 0 && line[start - 1].is_ascii_digit() {
            start -= 1;
        }
        (end - start, start)
    };
    // No zone at all: only what is a statement in all other respects.
    let (count, start) = digits_before(bar);
    if count >= 9 {
        return count == unit.digits
            && is_label_start(get(line, bar + 1))
            && !is_glued(line, start);
    }
    // A sign and up to seven digits and colons, or `Z`: possible and impossible zones.
    let zone_start = if bar > 0 && line[bar - 1] == b'Z' {
        bar - 1
    } else {
        let mut first = bar;
        while first > 0 && (line[first - 1].is_ascii_digit() || line[first - 1] == b':') {
            first -= 1;
        }
        if bar - first > 7 || first == 0 || !b"+-".contains(&line[first - 1]) {
            return false;
        }
        first - 1
    };
    if digits_before(zone_start).0 >= 9 {
        return true;
    }
    // macOS `date` prints the N of %3N; its zone is a real one.
    zone_start > 0
        && line[zone_start - 1] == b'N'
        && digits_before(zone_start - 1).0 >= 9
        && valid_zone(&line[zone_start..bar]).is_some()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
