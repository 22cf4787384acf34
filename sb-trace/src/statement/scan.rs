//! Finds the statements and the look-alikes in the text of one record.
//!
//! Both hold a `|`, so the search goes from bar to bar: back from the bar over what may be a
//! zone and over the digits before it, then forward with the grammar. A statement's only bar is
//! the one after its zone, so no statement can begin at any other place.

use super::grammar::{self, EpochUnit, Statement, is_word};
use super::lookalike::{self, FEWEST_DIGITS, LookAlike};

/// What [`scan`] finds, with the byte at which it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<'a> {
    /// A statement.
    Statement(Statement<'a>),
    /// Text that nearly is one.
    LookAlike(LookAlike),
}

/// The longest text between the digits and the bar that may have been meant as a zone.
const LONGEST_ZONE: usize = 7;

/// Calls `found` for each statement and each look-alike in `text`, in the order in which they
/// begin, with the byte at which each begins. Statements do not overlap: a number inside the
/// label or the id of the statement before it begins no other, but is a look-alike.
pub fn scan<'a>(text: &'a [u8], unit: EpochUnit, mut found: impl FnMut(usize, Found<'a>)) {
    let mut taken = 0;
    for pipe in memchr::memchr_iter(b'|', text) {
        let Some(start) = number_before(text, pipe) else {
            continue;
        };
        let glued = start > 0 && is_word(text[start - 1]);
        let inside = start < taken;
        if !(glued || inside)
            && let Ok((rest, statement)) = grammar::parse(&text[start..], unit)
        {
            taken = text.len() - rest.len();
            found(start, Found::Statement(statement));
        } else if let Some(reason) = lookalike::judge(text, start, pipe, unit, glued, inside) {
            let text = lookalike::excerpt(text, start, pipe);
            found(start, Found::LookAlike(LookAlike { text, reason }));
        }
    }
}

/// Where the run of digits begins that the zone before `pipe` belongs to, if it is long enough.
fn number_before(text: &[u8], pipe: usize) -> Option<usize> {
    let head = &text[..pipe];
    // The zone as it should be: `Z`, or a sign and at most five more bytes; or nothing at all.
    let zone = match head.last()? {
        b'Z' | b'+' | b'-' => 1,
        b'0'..=b'9' | b':' => {
            let tail = head.iter().rev().take(LONGEST_ZONE);
            let width = tail.take_while(|b| b.is_ascii_digit() || **b == b':').count();
            match head.len().checked_sub(width + 1).map(|i| head[i]) {
                Some(b'+' | b'-') => width + 1,
                // No sign: digits all the way.
                _ => 0,
            }
        }
        _ => return None,
    };
    let mut end = head.len() - zone;
    // macOS: `date +%s%3N%z` prints the N as it is.
    if zone > 0 && end > 0 && head[end - 1] == b'N' {
        end -= 1;
    }
    let digits = head[..end].iter().rev().take_while(|b| b.is_ascii_digit()).count();
    (digits >= FEWEST_DIGITS).then(|| end - digits)
}

#[cfg(test)]
mod tests;
