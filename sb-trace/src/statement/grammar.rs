//! The grammar of a statement, in nom.
//!
//! ```text
//! statement = epoch zone "|" label [ " trace_id=" id ]
//! epoch     = 13 digits        ; Unix time in ms, 0 .. 9223372036854
//!                              ; in s, us, ns: 10, 16, 19 digits
//! zone      = ("+" | "-") hh [":"] mm | "Z"        ; hh 00-14, mm 00-59
//! label     = (ALPHA | "_") *(ALNUM | "_") *( ("." | ":" | "/" | "-") 1*(ALNUM | "_") )
//! id        = 1*128( ALNUM | "." | "_" | ":" | "/" | "+" | "=" | "-" )
//! ```
//!
//! ALPHA and ALNUM are the ASCII letters and digits. No letter, digit or `_` may stand directly
//! before the epoch; that is checked by the caller, who knows what stands there.
//!
//! The epoch is UTC already. The zone is kept, but it never shifts the instant: `date +%s%3N%z`
//! prints the same epoch in every zone.

use nom::branch::alt;
use nom::bytes::{tag, take_while_m_n, take_while1};
use nom::character::one_of;
use nom::combinator::{map_opt, opt, recognize, value, verify};
use nom::multi::many0_count;
use nom::sequence::{pair, preceded, terminated};
use nom::{IResult, Parser};

/// The longest id, in bytes.
const LONGEST_ID: usize = 128;

/// What the epoch of a statement counts, and so how many digits it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EpochUnit {
    /// Seconds, 10 digits.
    S,
    /// Milliseconds, 13 digits.
    #[default]
    Ms,
    /// Microseconds, 16 digits.
    Us,
    /// Nanoseconds, 19 digits.
    Ns,
}

impl EpochUnit {
    /// All units, coarsest first.
    pub const ALL: [Self; 4] = [Self::S, Self::Ms, Self::Us, Self::Ns];

    /// How many digits an epoch has.
    pub const fn digits(self) -> usize {
        match self {
            Self::S => 10,
            Self::Ms => 13,
            Self::Us => 16,
            Self::Ns => 19,
        }
    }

    /// Nanoseconds in one unit.
    pub const fn ns(self) -> i64 {
        match self {
            Self::S => 1_000_000_000,
            Self::Ms => 1_000_000,
            Self::Us => 1_000,
            Self::Ns => 1,
        }
    }

    /// The name on the command line.
    pub fn text(self) -> &'static str {
        match self {
            Self::S => "s",
            Self::Ms => "ms",
            Self::Us => "us",
            Self::Ns => "ns",
        }
    }

    /// The unit whose epochs have this many digits.
    pub fn of_digits(digits: usize) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.digits() == digits)
    }
}

/// A parsed statement. Its strings are borrowed from the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement<'a> {
    /// Unix epoch in nanoseconds.
    pub epoch_ns: i64,
    /// The printed zone in minutes east of UTC.
    pub utc_offset_minutes: i16,
    /// The label.
    pub label: &'a str,
    /// The statement's own `trace_id=`.
    pub trace_id: Option<&'a str>,
}

/// Parses the statement that `text` begins with and returns it with the rest.
pub fn parse(text: &[u8], unit: EpochUnit) -> IResult<&[u8], Statement<'_>> {
    let (rest, epoch_ns) = epoch(text, unit)?;
    let (rest, utc_offset_minutes) = terminated(zone, tag(&b"|"[..])).parse_complete(rest)?;
    let (rest, label) = label(rest)?;
    let (rest, trace_id) = opt(preceded(tag(&b" trace_id="[..]), id)).parse_complete(rest)?;
    Ok((rest, Statement { epoch_ns, utc_offset_minutes, label, trace_id }))
}

/// Whether `text` is a label and nothing else.
pub fn is_label(text: &str) -> bool {
    matches!(label(text.as_bytes()), Ok((rest, _)) if rest.is_empty())
}

/// An epoch of exactly the unit's digits, in nanoseconds.
fn epoch(text: &[u8], unit: EpochUnit) -> IResult<&[u8], i64> {
    let digits = unit.digits();
    map_opt(take_while_m_n(digits, digits, |b: u8| b.is_ascii_digit()), |digits: &[u8]| {
        let mut count = 0i64;
        for &digit in digits {
            count = count.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
        }
        count.checked_mul(unit.ns())
    })
    .parse_complete(text)
}

/// A zone in minutes east of UTC. The offsets in use on Earth end at 14 hours.
pub(super) fn zone(text: &[u8]) -> IResult<&[u8], i16> {
    let sign = alt((value(1, tag(&b"+"[..])), value(-1, tag(&b"-"[..]))));
    let minutes = preceded(opt(tag(&b":"[..])), two_digits);
    let offset = (sign, verify(two_digits, |&h| h <= 14), verify(minutes, |&m| m <= 59))
        .map(|(sign, h, m): (i16, i16, i16)| sign * (h * 60 + m));
    alt((offset, value(0, tag(&b"Z"[..])))).parse_complete(text)
}

fn two_digits(text: &[u8]) -> IResult<&[u8], i16> {
    take_while_m_n(2, 2, |b: u8| b.is_ascii_digit())
        .map(|d: &[u8]| i16::from(d[0] - b'0') * 10 + i16::from(d[1] - b'0'))
        .parse_complete(text)
}

/// Whether a byte may stand in a word of a label; none may stand directly before an epoch.
pub(super) const fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

/// What joins the words of a label.
pub(super) const MARKS: &str = ".:/-";

/// The label that `text` begins with.
pub(crate) fn label(text: &[u8]) -> IResult<&[u8], &str> {
    let head = verify(take_while1(is_word), |word: &[u8]| !word[0].is_ascii_digit());
    let tail = many0_count(pair(one_of(MARKS), take_while1(is_word)));
    ascii(recognize(pair(head, tail)), text)
}

fn id(text: &[u8]) -> IResult<&[u8], &str> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._:/+=-".contains(&b);
    ascii(take_while_m_n(1, LONGEST_ID, allowed), text)
}

/// Runs a parser that accepts ASCII only and gives what it took as text.
fn ascii<'a>(
    parser: impl Parser<&'a [u8], Output = &'a [u8], Error = nom::error::Error<&'a [u8]>>,
    text: &'a [u8],
) -> IResult<&'a [u8], &'a str> {
    map_opt(parser, |taken| std::str::from_utf8(taken).ok()).parse_complete(text)
}

#[cfg(test)]
mod tests;
